/** What `run` was asked to do: its options and files, checked, before anything is made. */
import { gunzipSync } from 'node:zlib';
import { isLinuxImage, TRACE_KINDS, type ClockName, type Profile, type TraceKind } from '@worldswitch/machine';
import { FINAL, type ModeName, type StepSet } from '@worldswitch/hyp';
import { isMistake, mistake, type Context, type Mistake, type Values } from '../command.ts';
import { checkOutput, identityOf, readInput } from '../files.ts';
import { readProfile } from '../machines.ts';
import { readAddress, readCount } from '../numbers.ts';
import { readMode, readStepSet } from '../step-sets.ts';
import { openDisk, pathOfDrive, type FileDisk } from './disk.ts';
import { isElf, isGzip } from './image.ts';
import { readScript, type InputScript } from './record.ts';
import { readSnapshot, unfitForSnapshots } from './restore.ts';

export interface Request extends MachinePart, Stopping {
  readonly path: string;
  /** The image, decompressed, or a snapshot. */
  readonly bytes: Uint8Array;
  readonly isSnapshot: boolean;
  /** Where the machine is to be saved when it has stopped. */
  readonly snapshot: string | null;
  readonly base: number | null;
  readonly boot: Boot;
  readonly disk: FileDisk | null;
  readonly seed: number;
  /** Seconds since 1970; null for the board's default. */
  readonly rtcStart: number | null;
  readonly semihosting: boolean;
  readonly stats: string | null;
  readonly console: string;
  /** Where a virtio console prints; null: the board has none. */
  readonly virtioConsole: string | null;
  readonly input: InputRequest;
  readonly trace: { readonly kinds: ReadonlySet<TraceKind>; readonly path: string } | null;
  /** Where a debugger may connect; null: nowhere. */
  readonly gdbPort: number | null;
}

/** Where input comes from, and what becomes of it. */
export interface InputRequest {
  /** Whether standard input is a console's. */
  readonly isLive: boolean;
  /** What is typed comes from a file. */
  readonly script: InputScript | null;
  readonly record: string | null;
  /** Whether a guest that waits is waited for. */
  readonly waits: boolean;
}

/** What a boot loader would add to the image. */
export interface Boot {
  readonly initrd: Uint8Array | null;
  readonly commandLine: string | null;
  readonly deviceTree: Uint8Array | null;
  /** Where the generated device tree is to be written. */
  readonly dump: string | null;
}

interface Stopping {
  readonly maxInstructions: number;
  readonly until: RegExp | null;
}

interface MachinePart {
  readonly profile: Profile;
  readonly clock: ClockName;
  readonly el: 1 | 2;
  readonly vhe: boolean | null;
  readonly gic: 2 | 3 | null;
  /** With a hypervisor, the machine's, while `gic` is the guest's. */
  readonly hostGic: 2 | 3 | null;
  readonly pes: number;
  readonly memory: number;
  readonly mode: ModeName | null;
  readonly steps: StepSet;
}

const MIB = 1024 * 1024;
/** More than there are of anything: the machine says how many it has. */
const MAX_COUNT = 9_999_999_999;
const MAX_PORT = 65_535;
const DEFAULT_MEMORY = 512 * MIB;
/** Largest image after decompression: more than any machine's RAM. */
const MAX_IMAGE = 4096 * MIB - 1;

export async function readRequest(context: Context): Promise<Request | Mistake> {
  const { values, operands } = context;
  const unfitting = unfitForSnapshots(values, operands);
  if (unfitting !== null) return unfitting;
  const isSnapshot = values.has('restore');
  const [path, ...more] = isSnapshot ? [values.text('restore')!] : operands;
  if (path === undefined) return mistake('run needs an image: worldswitch run IMAGE (an ELF file, a Linux Image, or a flat binary with --base)');
  if (more.length > 0) return mistake(`run takes one image, but also got ${more.join(' ')}`);
  const machine = await readMachine(values);
  if (isMistake(machine)) return machine;
  const stopping = readStopping(values);
  if (isMistake(stopping)) return stopping;
  const seeds = readSeeds(values);
  if (isMistake(seeds)) return seeds;
  const gdbPort = readPort(values);
  if (typeof gdbPort === 'object' && gdbPort !== null) return gdbPort;
  const trace = readTrace(values, machine.mode);
  if (trace !== null && isMistake(trace)) return trace;
  const base = readBase(values);
  if (typeof base === 'object' && base !== null) return base;
  const stats = values.text('stats');
  const snapshot = values.text('snapshot');
  const console = values.text('console') ?? 'stdio';
  const virtioConsole = values.text('virtio-console');
  const whole = { stats: stats === '-' ? null : stats, 'dump-dtb': values.text('dump-dtb'), snapshot };
  const growing = { trace: trace?.path ?? null, record: values.text('record'), ...consoleFiles(console, virtioConsole) };
  const unwritable = (await checkOutputs(whole, false)) ?? (await checkOutputs(growing, true)) ?? (await checkIdentities(inputsOf(path, values), { ...whole, ...growing }));
  if (unwritable !== null) return unwritable;
  const bytes = await (isSnapshot ? readSnapshot(context, path) : readImage(context, path));
  if (isMistake(bytes)) return bytes;
  const unfit = isSnapshot ? null : unfitFor(path, bytes, base, machine.mode, values);
  if (unfit !== null) return unfit;
  const boot = await readBoot(context);
  if (isMistake(boot)) return boot;
  const input = await readInputRequest(context, virtioConsole ?? console);
  if (isMistake(input)) return input;
  const drive = values.text('drive');
  const disk = drive === null ? null : await openDisk(drive);
  if (disk !== null && isMistake(disk)) return disk;
  return { path, bytes, isSnapshot, snapshot, base, boot, disk, ...machine, ...stopping, ...seeds, semihosting: values.has('semihosting'), stats, console, virtioConsole, input, gdbPort, trace };
}

function consoleFiles(console: string, virtioConsole: string | null): Readonly<Record<string, string | null>> {
  const file = (where: string | null): string | null => (where === 'stdio' || where === 'none' ? null : where);
  return { console: file(console), 'virtio-console': file(virtioConsole) };
}

const RESTORE = '--restore';

/** Files that are read, by what names them. */
function inputsOf(path: string, values: Values): Readonly<Record<string, string | null>> {
  const drive = values.text('drive');
  return {
    [values.has('restore') ? RESTORE : 'the image']: path,
    ...Object.fromEntries(['initrd', 'dtb', 'replay'].map((name) => [`--${name}`, values.text(name)])),
    '--drive': drive === null ? null : pathOfDrive(drive),
  };
}

/** What cannot be written, by option, before anything has been done. */
async function checkOutputs(outputs: Readonly<Record<string, string | null>>, grows: boolean): Promise<Mistake | null> {
  for (const [option, path] of Object.entries(outputs)) {
    if (path === null) continue;
    if (path === '-') return mistake(`--${option} -: only --stats has a name for standard output: name a file`);
    const unwritable = await checkOutput(path, grows);
    if (unwritable !== null) return mistake(`--${option} ${unwritable.mistake}`);
  }
  return null;
}

/** An output that would replace what is read, or another output, under whatever name. */
async function checkIdentities(inputs: Readonly<Record<string, string | null>>, outputs: Readonly<Record<string, string | null>>): Promise<Mistake | null> {
  const read = new Map<string, string>();
  for (const [what, path] of Object.entries(inputs)) {
    const identity = path === null ? null : await identityOf(path);
    if (identity !== null) read.set(identity, what);
  }
  const written = new Map<string, string>();
  for (const [option, path] of Object.entries(outputs)) {
    const identity = path === null ? null : await identityOf(path);
    if (path === null || identity === null) continue;
    // A machine may be saved over the snapshot that it came from, which has been read by then.
    const replacesItself = option === 'snapshot' && read.get(identity) === RESTORE;
    if (read.has(identity) && !replacesItself) return mistake(`--${option} ${path}: it would replace ${read.get(identity)!}: name another file`);
    if (written.has(identity)) return mistake(`--${option} ${path}: --${written.get(identity)!} writes there: name another file`);
    written.set(identity, option);
  }
  return null;
}

async function readInputRequest(context: Context, where: string): Promise<InputRequest | Mistake> {
  const { values } = context;
  const idle = values.has('idle') ? oneOf(values, 'idle', ['wait', 'skip'] as const) : 'wait';
  if (typeof idle !== 'string') return idle;
  const record = values.text('record');
  const replay = values.text('replay');
  if (record !== null && replay !== null) return mistake('--record: what --replay gives is recorded already: leave one of them out');
  if (record !== null && where !== 'stdio') return mistake(`--record: nothing is typed with the console at ${where}: leave it out, or take --console stdio`);
  const script = replay === null ? null : await readScript(context, replay);
  if (script !== null && isMistake(script)) return script;
  return { isLive: where === 'stdio' && script === null, script, record, waits: idle === 'wait' };
}

/** The image's contents; a compressed one is decompressed. */
async function readImage(context: Context, path: string): Promise<Uint8Array | Mistake> {
  const bytes = await readInput(context, path);
  if (isMistake(bytes) || !isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_IMAGE });
  } catch {
    return mistake(`${path}: it begins as a gzip file, but cannot be decompressed: check that it was written completely`);
  }
}

/** Options that do not go with the kind of image. */
function unfitFor(path: string, bytes: Uint8Array, base: number | null, mode: ModeName | null, values: Values): Mistake | null {
  const linux = isLinuxImage(bytes);
  if ((linux || isElf(bytes)) && base !== null) return mistake(`--base: ${path} says itself where it goes: leave it out`);
  if (!linux && !isElf(bytes) && base === null) return mistake(`${path}: it is neither an ELF file nor a Linux Image: give a flat binary's address with --base (RAM begins at 0x40000000)`);
  for (const name of ['initrd', 'dtb', 'dump-dtb']) if (!linux && values.has(name)) return mistake(`--${name}: only with a Linux Image, which ${path} is not`);
  if (!linux && values.has('append') && !values.has('semihosting')) return mistake('--append: only with a Linux Image, or with --semihosting, whose command line it is');
  if (mode !== null && values.has('semihosting')) return mistake('--semihosting: a guest of the hypervisor has none yet: leave it out, or leave out --kvm');
  return null;
}

async function readBoot(context: Context): Promise<Boot | Mistake> {
  const { values } = context;
  const file = async (name: string): Promise<Uint8Array | Mistake | null> => {
    const path = values.text(name);
    return path === null ? null : readInput(context, path);
  };
  const initrd = await file('initrd');
  if (initrd !== null && isMistake(initrd)) return initrd;
  const deviceTree = await file('dtb');
  if (deviceTree !== null && isMistake(deviceTree)) return deviceTree;
  return { initrd, commandLine: values.text('append'), deviceTree, dump: values.text('dump-dtb') };
}

function readSeeds(values: Values): Pick<Request, 'seed' | 'rtcStart'> | Mistake {
  const seed = readCount(values.text('seed') ?? '1', 0, MAX_COUNT);
  if (seed === null) return mistake(`--seed ${values.text('seed')!}: give a whole number`);
  const rtc = values.text('rtc');
  const rtcStart = rtc === null ? null : readTime(rtc);
  return rtcStart !== null && typeof rtcStart !== 'number' ? rtcStart : { seed, rtcStart };
}

/** Seconds since 1970 of a time of UTC, or of the day that it begins. The host's zone has no part in it, and a day that its month has not is none. */
function readTime(text: string): number | Mistake {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
  const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) ? Date.parse(time) : NaN;
  const isTime = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === time.replace('Z', '.000Z');
  return isTime ? milliseconds / 1000 : mistake(`--rtc ${text}: a time is written 2018-02-15T00:00:00Z`);
}

async function readMachine(values: Values): Promise<MachinePart | Mistake> {
  const profile = await readProfile(values.text('machine') ?? 'generic');
  if (isMistake(profile)) return profile;
  const mode = readMode(values);
  if (mode !== null && typeof mode !== 'string') return mode;
  const clock = oneOf(values, 'clock', ['cost', 'retired'] as const);
  if (typeof clock !== 'string') return clock;
  const el = oneOf(values, 'el', ['1', '2'] as const);
  if (typeof el !== 'string') return el;
  if (mode !== null && values.has('el')) return mistake('--el: with --kvm the hypervisor has EL2, and the image starts at EL1: leave it out');
  const vhe = values.has('vhe') ? oneOf(values, 'vhe', ['on', 'off'] as const) : null;
  if (vhe !== null && typeof vhe !== 'string') return vhe;
  const gic = values.has('gic') ? oneOf(values, 'gic', ['2', '3'] as const) : null;
  if (gic !== null && typeof gic !== 'string') return gic;
  const hostGic = values.has('host-gic') ? oneOf(values, 'host-gic', ['2', '3'] as const) : null;
  if (hostGic !== null && typeof hostGic !== 'string') return hostGic;
  if (mode === null && hostGic !== null) return mistake('--host-gic: only with --kvm vhe or --kvm nvhe; the machine\'s own is --gic');
  const pes = readCount(values.text('smp') ?? '1', 1, MAX_COUNT);
  if (pes === null) return mistake(`--smp ${values.text('smp')!}: give a number of processors above 0`);
  const memory = readSize(values.text('memory'));
  if (typeof memory !== 'number') return memory;
  const steps = readSteps(values, mode);
  if (isMistake(steps)) return steps;
  if (mode === null && vhe === 'on' && el === '1') return mistake('--vhe on: VHE needs EL2: start at EL2, or leave it out (--el 2 starts there)');
  if (mode === 'vhe' && vhe === 'off') return mistake('--vhe off: with --kvm vhe the host needs FEAT_VHE: leave it out, or take --kvm nvhe');
  if (mode === 'vhe' && !profile.features.has('VHE') && vhe !== 'on') return mistake(`--kvm vhe: ${profile.name} has no FEAT_VHE: take --kvm nvhe, --vhe on, or another machine`);
  return { profile, mode, clock, el: el === '1' ? 1 : 2, vhe: vhe === null ? null : vhe === 'on', gic: gicVersion(gic), hostGic: gicVersion(hostGic), pes, memory, steps };
}

const gicVersion = (text: '2' | '3' | null): 2 | 3 | null => (text === null ? null : text === '2' ? 2 : 3);

/** The value of an option that has few; the first is the default. */
function oneOf<const T extends readonly string[]>(values: Values, name: string, allowed: T): T[number] | Mistake {
  const text = values.text(name) ?? allowed[0];
  return allowed.find((one) => one === text) ?? mistake(`--${name} ${String(text)}: it is ${allowed.join(' or ')}`);
}

function readSteps(values: Values, mode: ModeName | null): StepSet | Mistake {
  const text = values.text('steps');
  if (text === null) return FINAL;
  return mode === null ? mistake('--steps: only with --kvm vhe or --kvm nvhe') : readStepSet(text, mode);
}

/** `512M`, `1G`, or bytes. */
function readSize(text: string | null): number | Mistake {
  if (text === null) return DEFAULT_MEMORY;
  const found = /^(\d{1,15})([KMG]?)$/.exec(text);
  const size = Number(found?.[1]) * { '': 1, K: 1024, M: MIB, G: 1024 * MIB }[found?.[2] ?? '']!;
  return found === null || !Number.isSafeInteger(size) ? mistake(`--memory ${text}: a size is written 512M, 1G, or in bytes`) : size;
}

function readStopping(values: Values): Stopping | Mistake {
  const limit = values.text('max-instructions');
  const maxInstructions = limit === null ? Infinity : readCount(limit, 1, Number.MAX_SAFE_INTEGER);
  if (maxInstructions === null) return mistake(`--max-instructions ${limit}: give a number above 0`);
  const text = values.text('until');
  let until: RegExp | null = null;
  try {
    if (text !== null) until = new RegExp(text);
  } catch {
    return mistake(`--until ${text ?? ''}: it is no regular expression: check brackets, and write \\ before special characters`);
  }
  return { maxInstructions, until };
}

/** `--trace LIST FILE`. */
function readTrace(values: Values, mode: ModeName | null): Request['trace'] | Mistake {
  const list = values.text('trace');
  if (list === null) return null;
  const kinds = new Set<TraceKind>();
  for (const name of list.split(',')) {
    const kind = TRACE_KINDS.find((one) => one === name);
    if (kind === undefined) return mistake(`--trace ${list}: it traces ${TRACE_KINDS.join(', ')}, with commas between, but not ${name === '' ? 'nothing' : name}`);
    if (kind === 'switch' && mode === null) return mistake('--trace switch: there is a world switch only with --kvm vhe or --kvm nvhe');
    kinds.add(kind);
  }
  return { kinds, path: values.second('trace') };
}

function readPort(values: Values): number | null | Mistake {
  const text = values.text('gdb');
  if (text === null) return null;
  return readCount(text, 0, MAX_PORT) ?? mistake(`--gdb ${text}: give a TCP port, 1 to ${String(MAX_PORT)}, or 0 for one that is free`);
}

function readBase(values: Values): number | null | Mistake {
  const text = values.text('base');
  if (text === null) return null;
  const base = readAddress(text, '--base');
  return typeof base === 'bigint' ? Number(base) : base;
}
