/** `run`: boots an image, on the bare machine or as a guest of our hypervisor, and says what became of it. */
import { createWriteStream, type WriteStream } from 'node:fs';
import {
  createHypervised, createMachine, GUEST_BASE, runData, type ClockName, type ConsoleListener, type DescriptionError, type Hypervised, type Machine, type Profile, type RunData, type Stop,
} from '@worldswitch/machine';
import { FINAL, type ModeName, type StepSet } from '@worldswitch/hyp';
import { isMistake, mistake, type Context, type Document, type Mistake, type Outcome, type Values } from '../command.ts';
import { checkOutput, readInput, writeOutput } from '../files.ts';
import type { Output } from '../io.ts';
import { readProfile } from '../machines.ts';
import { hex, readAddress } from '../numbers.ts';
import { readMode, readStepSet } from '../step-sets.ts';

export interface RunDocument extends Document, Omit<RunData, 'stop' | 'exitCode'> {
  readonly schema: 'worldswitch.run/1';
  readonly stop: Stop['reason'];
  readonly exitCode: number;
  readonly mode: 'bare' | ModeName;
  /** With a hypervisor: exits of the guest by reason. */
  readonly exits: Readonly<Record<string, number>> | null;
  readonly guestDigest: string | null;
  /** With a hypervisor: accesses of the guest that no device of its VMM answered, by page. */
  readonly guestHoles: Readonly<Record<string, number>> | null;
  readonly hostSeconds: number;
  readonly mips: number;
  readonly peakRssBytes: number;
}

interface Request {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly profile: Profile;
  readonly clock: ClockName;
  readonly el: 1 | 2;
  readonly vhe: boolean | null;
  readonly gic: 2 | 3 | null;
  readonly memory: number;
  readonly base: number | null;
  readonly mode: ModeName | null;
  readonly steps: StepSet;
  readonly maxInstructions: number;
  readonly until: RegExp | null;
  readonly semihosting: string | null;
  readonly stats: string | null;
  readonly console: string;
}

/** What `run` drives: the same for a bare machine and for one with a hypervisor. */
type Runnable = Pick<Machine, 'run' | 'resume' | 'requestStop' | 'instructions'>;

const MIB = 1024 * 1024;
const DEFAULT_MEMORY = 512 * MIB;
/** Instructions between two looks at the host's signals: as many as take about so many milliseconds. */
const SHARE = { first: 10_000, least: 1_000, most: 1_000_000, milliseconds: 50 } as const;

export async function run(context: Context): Promise<Outcome> {
  const request = await readRequest(context);
  if (isMistake(request)) return request;
  const console = await openConsole(request, context);
  if (isMistake(console)) return console;
  const made = make(request, console.listener);
  if (isMistake(made)) return made;
  const started = performance.now();
  const stop = await drive(made.runnable, request, console);
  const hostSeconds = (performance.now() - started) / 1000;
  const unwritten = await console.end();
  if (unwritten !== null) return unwritten;
  const document = describe(request, made, stop, hostSeconds);
  const wrong = await writeStats(request, document, context);
  if (wrong !== null) return wrong;
  return { document, status: document.exitCode, diagnostics: diagnose(request, stop, document) };
}

async function writeStats({ stats }: Request, document: RunDocument, { io, values }: Context): Promise<Mistake | null> {
  if (stats === null) return null;
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (stats !== '-') return writeOutput(stats, new TextEncoder().encode(text));
  if (!values.has('json')) await io.stdout.write(text);
  return null;
}

// ---- The command line --------------------------------------------------------------------------------------------------

async function readRequest(context: Context): Promise<Request | Mistake> {
  const { values, operands } = context;
  const [path, ...more] = operands;
  if (path === undefined) return mistake('run needs an image: worldswitch run IMAGE (an ELF file, or a flat binary with --base)');
  if (more.length > 0) return mistake(`run takes one image, but also got ${more.join(' ')}`);
  const machine = await readMachine(values);
  if (isMistake(machine)) return machine;
  const stopping = readStopping(values);
  if (isMistake(stopping)) return stopping;
  const base = readBase(values);
  if (typeof base === 'object' && base !== null) return base;
  if (values.has('append') && !values.has('semihosting')) return mistake('--append: only with --semihosting, whose command line it is');
  const stats = values.text('stats');
  const unwritable = stats === null || stats === '-' ? null : await checkOutput(stats);
  if (unwritable !== null) return unwritable;
  const bytes = await readInput(context, path);
  if (isMistake(bytes)) return bytes;
  if (isElf(bytes) && base !== null) return mistake(`--base: ${path} is an ELF file, which says itself where it goes: leave it out`);
  if (isGzip(bytes) || isLinuxImage(bytes)) return mistake(`${path}: Linux images arrive with a later release; this one runs ELF files and flat binaries`);
  if (!isElf(bytes) && base === null) return mistake(`${path}: it is not an ELF file: give a flat binary's address with --base (RAM begins at 0x40000000)`);
  return {
    path, bytes, base, ...machine, ...stopping,
    semihosting: values.has('semihosting') ? (values.text('append') ?? path) : null,
    stats,
    console: values.text('console') ?? 'stdio',
  };
}

type MachinePart = Pick<Request, 'profile' | 'clock' | 'el' | 'vhe' | 'gic' | 'memory' | 'mode' | 'steps'>;

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
  const memory = readSize(values.text('memory'));
  if (typeof memory !== 'number') return memory;
  const steps = readSteps(values, mode);
  if (isMistake(steps)) return steps;
  if (mode === 'vhe' && !profile.features.has('VHE') && vhe !== 'on') return mistake(`--kvm vhe: ${profile.name} has no FEAT_VHE: take --kvm nvhe, --vhe on, or another machine`);
  return { profile, mode, clock, el: el === '1' ? 1 : 2, vhe: vhe === null ? null : vhe === 'on', gic: gic === null ? null : gic === '2' ? 2 : 3, memory, steps };
}

/** The value of an option that has few; the first is the default. */
function oneOf<const T extends readonly string[]>(values: Values, name: string, allowed: T): T[number] | Mistake {
  const text = values.text(name) ?? allowed[0];
  return allowed.find((one) => one === text) ?? mistake(`--${name} ${String(text)}: it is ${allowed.join(' or ')}`);
}

function readSteps(values: Values, mode: ModeName | null): StepSet | Mistake {
  const text = values.text('steps');
  if (text === null) return FINAL;
  return mode === null ? mistake('--steps: only with --kvm vhe or --kvm nvhe') : readStepSet(text);
}

/** `512M`, `1G`, or bytes. */
function readSize(text: string | null): number | Mistake {
  if (text === null) return DEFAULT_MEMORY;
  const found = /^(\d{1,15})([KMG]?)$/.exec(text);
  const size = Number(found?.[1]) * { '': 1, K: 1024, M: MIB, G: 1024 * MIB }[found?.[2] ?? '']!;
  return found === null || !Number.isSafeInteger(size) ? mistake(`--memory ${text}: a size is written 512M, 1G, or in bytes`) : size;
}

function readStopping(values: Values): Pick<Request, 'maxInstructions' | 'until'> | Mistake {
  const limit = values.text('max-instructions');
  if (limit !== null && (!/^[0-9_]+$/.test(limit) || Number(limit.replaceAll('_', '')) === 0)) return mistake(`--max-instructions ${limit}: give a number above 0`);
  const text = values.text('until');
  let until: RegExp | null = null;
  try {
    if (text !== null) until = new RegExp(text);
  } catch {
    return mistake(`--until ${text ?? ''}: it is no regular expression: check brackets, and write \\ before special characters`);
  }
  return { maxInstructions: limit === null ? Infinity : Number(limit.replaceAll('_', '')), until };
}

function readBase(values: Values): number | null | Mistake {
  const text = values.text('base');
  if (text === null) return null;
  const base = readAddress(text, '--base');
  return typeof base === 'bigint' ? Number(base) : base;
}

const isElf = (bytes: Uint8Array): boolean => bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
/** "ARM\x64" at offset 56 (Documentation/arm64/booting.txt). */
const isLinuxImage = (bytes: Uint8Array): boolean => bytes[56] === 0x41 && bytes[57] === 0x52 && bytes[58] === 0x4d && bytes[59] === 0x64;

// ---- The console -------------------------------------------------------------------------------------------------------

interface ConsoleSink {
  readonly listener: ConsoleListener;
  /** Called when a line matches `--until`. */
  onMatch: () => void;
  /** Whether nobody reads it any more. */
  readonly isClosed: boolean;
  /** Waits until the reader has caught up. */
  drain(): Promise<void>;
  /** What could not be written, if anything. */
  end(): Promise<Mistake | null>;
}

async function openConsole({ console: where, until, stats }: Request, { io, values }: Context): Promise<ConsoleSink | Mistake> {
  const takesStdout = stats === '-' || values.has('json');
  const output = takesStdout ? io.stderr : io.stdout;
  let behind: Promise<void> | null = null;
  const file = where === 'stdio' || where === 'none' ? null : await openFile(where);
  if (file !== null && 'mistake' in file) return file;
  const write = where === 'none' ? () => undefined : file === null ? textWriter(output, (reader) => void (behind = reader)) : (bytes: Uint8Array) => void file.write(bytes);
  const pending: number[] = [];
  const flush = (): void => {
    if (pending.length > 0) write(Uint8Array.from(pending.splice(0)));
  };
  let failure: string | null = null;
  file?.on('error', ({ message }) => (failure = message));
  const sink: ConsoleSink = {
    onMatch: () => undefined,
    listener: {
      byte: (byte) => {
        pending.push(byte);
        if (byte === NEWLINE || pending.length >= CHUNK) flush();
      },
      line: (text) => {
        if (until?.test(text) === true) sink.onMatch();
      },
    },
    get isClosed() {
      return where === 'stdio' && output.isClosed;
    },
    drain: async () => {
      await behind;
      behind = null;
    },
    end: async () => {
      flush();
      // A stream that has failed is closed already, and would not say so again.
      if (file !== null && !file.closed) await new Promise<void>((resolve) => file.once('close', resolve).end());
      return failure === null ? null : mistake(`--console ${where}: ${failure}: write to another place`);
    },
  };
  return sink;
}

const NEWLINE = 10;
const CHUNK = 4096;

/** Guests print UTF-8; a character may come in pieces. */
function textWriter(output: Output, waitFor: (reader: Promise<void>) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  return (bytes) => {
    const reader = output.write(decoder.decode(bytes, { stream: true }));
    if (reader !== null) waitFor(reader);
  };
}

async function openFile(path: string): Promise<WriteStream | Mistake> {
  const stream = createWriteStream(path);
  const wrong = await new Promise<Error | null>((resolve) => {
    stream.once('open', () => resolve(null));
    stream.once('error', resolve);
  });
  return wrong === null ? stream : mistake(`--console ${path}: it cannot be written: name a file in a folder that exists, stdio, or none`);
}

// ---- The machine -------------------------------------------------------------------------------------------------------

interface Made {
  readonly runnable: Runnable;
  readonly machine: Machine;
  readonly hypervised: Hypervised | null;
}

function make(request: Request, listener: ConsoleListener): Made | Mistake {
  return request.mode === null ? makeBare(request, listener) : makeHypervised(request, request.mode, listener);
}

function makeBare({ path, bytes, profile, clock, el, vhe, gic, memory, semihosting, base }: Request, listener: ConsoleListener): Made | Mistake {
  const made = createMachine({
    profile: profile.name, clock, el, memory, console: listener,
    ...(vhe === null ? {} : { vhe }),
    ...(gic === null ? {} : { gic }),
    ...(semihosting === null ? {} : { semihosting: { commandLine: semihosting } }),
  });
  if (!made.ok) return describeRefusal(profile, made.error);
  const { machine } = made;
  const loaded = isElf(bytes) ? machine.loadElf(bytes) : machine.loadFlat(bytes, base ?? machine.ram.base);
  if (!loaded.ok) return mistake(`${path}: ${loaded.error.message}`);
  machine.start(loaded.image.entry);
  return { runnable: machine, machine, hypervised: null };
}

/** Which option to change for a machine that cannot be. */
function describeRefusal({ name }: Profile, { code, message }: DescriptionError): Mistake {
  return mistake(`${code === 'bad-memory' ? '--memory' : `--machine ${name}`}: ${message}`);
}

function makeHypervised({ path, bytes, profile, clock, gic, vhe, memory, semihosting, base, steps }: Request, mode: ModeName, listener: ConsoleListener): Made | Mistake {
  if (semihosting !== null) return mistake('--semihosting: a guest of the hypervisor has none: leave out --kvm, or use the UART and PSCI');
  const made = createHypervised({
    profile: profile.name, clock, mode, steps, memory, console: listener,
    ...(vhe === null ? {} : { vhe }),
    ...(gic === null ? {} : { gic }),
  });
  if (!made.ok) return describeRefusal(profile, made.error);
  const { hypervised } = made;
  const loaded = isElf(bytes) ? hypervised.loadElf(bytes) : hypervised.loadFlat(bytes, base ?? GUEST_BASE);
  if (!loaded.ok) return mistake(`${path}: ${loaded.error.message}`);
  hypervised.start(loaded.image.entry);
  return { runnable: hypervised, machine: hypervised.machine, hypervised };
}

/** Runs by shares, so that Ctrl-C and a reader who has gone are noticed between them; a line that `--until` names stops at once. */
async function drive(runnable: Runnable, { maxInstructions }: Request, console: ConsoleSink): Promise<Stop> {
  const signal = { interrupted: false };
  const interrupt = (): void => {
    signal.interrupted = true;
  };
  process.once('SIGINT', interrupt);
  console.onMatch = () => runnable.requestStop('until');
  let share: number = SHARE.first;
  try {
    for (;;) {
      const limit = Math.min(maxInstructions, runnable.instructions + share);
      const started = performance.now();
      const stop = runnable.run({ maxInstructions: limit });
      if (stop.reason !== 'limit' || limit === maxInstructions) return stop;
      share = performance.now() - started < SHARE.milliseconds ? Math.min(2 * share, SHARE.most) : Math.max(share / 2, SHARE.least);
      share = Math.floor(share);
      await console.drain();
      await new Promise((resolve) => setImmediate(resolve));
      runnable.resume();
      if (signal.interrupted || console.isClosed) return interrupted(runnable);
    }
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

function interrupted(runnable: Runnable): Stop {
  runnable.requestStop('interrupted');
  return runnable.run();
}

// ---- The document ------------------------------------------------------------------------------------------------------

function describe(request: Request, { machine, hypervised }: Made, stop: Stop, hostSeconds: number): RunDocument {
  const data = runData(machine);
  const unmatched = request.until !== null && stop.reason !== 'until' && stop.exitCode === 0;
  return {
    schema: 'worldswitch.run/1',
    ...data,
    stop: stop.reason,
    exitCode: unmatched ? 1 : stop.exitCode,
    mode: request.mode ?? 'bare',
    exits: hypervised?.exits() ?? null,
    guestDigest: hypervised?.guestDigest() ?? null,
    guestHoles: hypervised === null ? null : Object.fromEntries(Array.from(hypervised.holes, ([page, count]) => [page < 0 ? 'elsewhere' : hex(page), count])),
    hostSeconds,
    mips: data.instructions.total / Math.max(hostSeconds, 1e-6) / 1e6,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** What a person wants to know where the guest did not simply end: one line, and for a gap of ours how to see it again. */
function diagnose({ path, until }: Request, { reason, diagnostic }: Stop, { instructions, exitCode }: RunDocument): string {
  const where = diagnostic === null ? '' : ` at PC ${hex(diagnostic.pc)}, EL${String(diagnostic.el)}${diagnostic.text === null ? '' : `: ${diagnostic.text}`}${diagnostic.row === null ? '' : ` (row ${diagnostic.row})`}: ${diagnostic.message}`;
  const after = `after ${instructions.total.toLocaleString('en')} instructions`;
  switch (reason) {
    case 'unimplemented':
      return `worldswitch: ${path}: stopped ${after}${where}\n`;
    case 'no-progress':
      return `worldswitch: ${path}: no progress ${after}${where}\n`;
    case 'idle-forever':
      return `worldswitch: ${path}: the guest waits for an interrupt that nothing will send, ${after}\n`;
    case 'limit':
      return `worldswitch: ${path}: the limit of --max-instructions was reached, ${after}\n`;
    case 'interrupted':
      return `worldswitch: ${path}: interrupted ${after}\n`;
    default:
      return until !== null && reason !== 'until' && exitCode === 1 ? `worldswitch: ${path}: it ended (${reason}) ${after}, and no console line matched --until ${until.source}\n` : '';
  }
}
