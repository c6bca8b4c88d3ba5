/**
 * A core on its own: one PE with RAM and nothing else, for tools and tests that need no machine. Everything that is not
 * given has a value with which it runs; devices, interrupts and firmware come in as ports.
 */
import { withoutFeature } from './arch/feature-rules.ts';
import type { FeatureSet } from './arch/features.ts';
import { ArgumentError } from './argument-error.ts';
import { CORE_NAMES, CORES, type CoreDescription, type CoreName } from './cores.ts';
import { Cpu, type CpuPorts } from './core.ts';
import { machineMemory } from './emit/web-assembly.ts';
import { planMemory, recordBytes } from './engine/layout.ts';
import { ALL_TIERS, createTranslation, type Tiers } from './engine/translation.ts';
import { StandaloneCpu } from './standalone.ts';
import { DirtyPages } from './state/dirty-pages.ts';

export interface CreateCpuOptions {
  /** What it is: a core that we know, or the caller's own. `generic` unless given. */
  readonly core?: CoreName | CoreDescription;
  /** Instead of the features of the core. */
  readonly features?: FeatureSet;
  /** Where RAM lies, and how many bytes it has: 1 MiB at 0x4000_0000 unless given. */
  readonly ram?: { readonly base: number; readonly size: number };
  /** What is outside; what is not given answers as if there were nothing. */
  readonly ports?: Partial<Omit<CpuPorts, 'ram'>>;
  /** The tiers that run beside Eval: all unless others are given, none for false. Everything is the same without, but slower. */
  readonly translation?: Tiers | boolean;
  /** Most bytes of the host's memory for translated code and decoded records, 4 MiB to 1 GiB: 128 MiB unless given. */
  readonly codeCacheBytes?: number;
}

/** The PE's affinity is 0.0.0.0; bit 31 of MPIDR_EL1 is RES1. */
const MPIDR = 0x8000_0000n;

const NOTHING: Omit<CpuPorts, 'ram'> = {
  bus: { read: () => 'abort', write: () => 'abort' },
  banks: [],
  firmwareCall: () => false,
  broadcastTlbi: () => undefined,
  sendEvent: () => undefined,
  isNative: () => false,
};

/**
 * Makes a core with RAM, reset to EL2 (EL1 where EL2 is not implemented) and to the first word of RAM, with its MMU off.
 * Throws an `ArgumentError` that names what cannot be.
 */
export function createCpu(options: CreateCpuOptions = {}): StandaloneCpu {
  const core = coreOf(options.core ?? 'generic');
  const { base, size } = options.ram ?? { base: 0x4000_0000, size: 0x10_0000 };
  const ports = { ...NOTHING, ...options.ports };
  const features = options.features ?? featuresFor(core, ports);
  const plan = planMemory(1, size, recordBytes(size, options.codeCacheBytes));
  const wasm = machineMemory(plan.size);
  const region = { base, size, host: plan.ram };
  const translation = options.translation === false ? null : createTranslation(wasm, plan, features, [region], tiersOf(options.translation), options.codeCacheBytes);
  const dirty = new DirtyPages(region, translation);
  const { midr, paBits, breakpoints, watchpoints } = core;
  const cpu = new Cpu({
    memory: wasm.buffer,
    plan,
    pe: 0,
    features,
    identity: { midr, mpidr: MPIDR, paBits, breakpoints, watchpoints },
    ports: { ...ports, ram: [region] },
    watcher: dirty,
    ...(translation !== null && { translation }),
  });
  cpu.reset(cpu.hasEl2 ? 2 : 1, BigInt(base));
  return new StandaloneCpu(cpu, region, dirty, translation);
}

function tiersOf(tiers: Tiers | true | undefined): Tiers {
  return tiers === undefined || tiers === true ? ALL_TIERS : tiers;
}

function coreOf(core: CoreName | CoreDescription): CoreDescription {
  if (typeof core !== 'string') return core;
  if (!CORE_NAMES.includes(core)) throw new ArgumentError('core', core, CORE_NAMES.join(', '));
  return CORES[core];
}

/** A core without a GIC has no system registers of one. */
function featuresFor(core: CoreDescription, ports: Pick<CpuPorts, 'banks'>): FeatureSet {
  return ports.banks.length > 0 ? core.features : withoutFeature(core.features, 'GICv3');
}
