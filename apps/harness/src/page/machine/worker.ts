/** The live machine of the worker: made on request, in place of the one before, and only once it is complete. */
import { parseStepSet, stepsRefusal } from '@worldswitch/hyp';
import { createHypervised, createMachine, isLinuxImage, PROFILE_NAMES, type Hypervised, type LoadResult, type Machine } from '@worldswitch/machine';
import { MODE_TEXT } from '../../mode-text.ts';
import { PageError, type Tell } from '../protocol.ts';
import { benchmarkGuest } from './benchmark-guest.ts';
import { inspect, walkText } from './inspect.ts';
import { LiveMachine, Watcher } from './live-machine.ts';
import type { MachineCalls, StartQuery } from './protocol.ts';

const MIB = 1024 * 1024;
const SMALL_MEMORY = 64 * MIB;
const IMAGE_MEMORY = 512 * MIB;

interface Made {
  readonly machine: Machine;
  readonly hypervised: Hypervised | null;
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
const isElf = (bytes: Uint8Array): boolean => bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new PageError('The image is not whole: it begins as gzip does and cannot be unpacked.');
  }
}

function make({ machine: name, hypervisor, steps, image }: StartQuery, watcher: Watcher): Made {
  const profile = PROFILE_NAMES.find((one) => one === name);
  if (profile === undefined) throw new PageError(`There is no machine ${name}.`);
  const memory = image === null ? SMALL_MEMORY : IMAGE_MEMORY;
  const { console, trace } = watcher;
  if (hypervisor === 'none') {
    const made = createMachine({ profile, memory, console, trace });
    if (!made.ok) throw new PageError(made.error.message);
    return { machine: made.machine, hypervised: null };
  }
  const parsed = parseStepSet(steps);
  const refusal = parsed.ok ? stepsRefusal(parsed.set, hypervisor) : parsed.error;
  if (!parsed.ok || refusal !== null) throw new PageError(refusal ?? '');
  const made = createHypervised({ profile, mode: hypervisor, steps: parsed.set, memory, console, trace });
  if (!made.ok) throw new PageError(made.error.message);
  return { machine: made.hypervised.machine, hypervised: made.hypervised };
}

function load({ machine, hypervised }: Made, bytes: Uint8Array, initrd: Uint8Array | null, commandLine: string): LoadResult {
  const target = hypervised ?? machine;
  if (isLinuxImage(bytes)) return target.loadLinux(bytes, { initrd, commandLine });
  const loaded = target.loadElf(bytes);
  if (loaded.ok) target.start(loaded.image.entry);
  return loaded;
}

async function start(query: StartQuery, tell: Tell): Promise<LiveMachine> {
  const { image, hypervisor, machine } = query;
  if (image === null && hypervisor === 'none') throw new PageError('Our guest makes hypercalls: choose a hypervisor, or give it a kernel.');
  const bytes = image === null ? benchmarkGuest() : await unpacked(image.bytes);
  const name = image === null ? 'Benchmark guest' : image.name;
  if (!isLinuxImage(bytes) && !isElf(bytes)) throw new PageError(`${name} is neither an arm64 Linux Image, gzipped or not, nor an ELF file for AArch64.`);
  const watcher = new Watcher();
  let made;
  try {
    made = make(query, watcher);
  } catch (error) {
    if (error instanceof RangeError) throw new PageError('The browser does not give the machine as much memory as it needs.');
    throw error;
  }
  const loaded = load(made, bytes, image?.initrd ?? null, image?.commandLine ?? '');
  if (!loaded.ok) throw new PageError(`${name}: ${loaded.error.message}`);
  const host = hypervisor === 'none' ? 'nothing below it' : `guest of our hypervisor, ${MODE_TEXT[hypervisor]}, ${query.steps}`;
  return new LiveMachine(`${name} on ${machine}: ${host}`, made.machine, made.hypervised, watcher, tell);
}

const ADDRESS = /^0x[\da-f]{1,16}$/i;

/** The calls of one worker, which has at most one live machine. */
export function machineCalls(tell: Tell): { readonly [K in keyof MachineCalls]: MachineCalls[K] } {
  let live: LiveMachine | null = null;
  const now = (): LiveMachine => {
    if (live === null) throw new PageError('There is no machine yet.');
    return live;
  };
  return {
    start: async (query) => {
      const made = await start(query, tell);
      live?.end();
      live = made;
      return made.drive('pause');
    },
    drive: ({ what }) => now().drive(what),
    type: ({ bytes }) => {
      live?.type(bytes);
      return undefined;
    },
    inspect: ({ find }) => (live === null ? null : inspect(live.machine, live.hypervised, find)),
    walk: ({ address }) => (live === null || !ADDRESS.test(address) ? null : walkText(live.machine.pes[0]!.cpu, address)),
  };
}
