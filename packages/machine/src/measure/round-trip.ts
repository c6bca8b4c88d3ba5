/**
 * The operations of one steady-state round trip, counted from the start of flush to the end of sync after a warm-up, and
 * those of vcpu_load and vcpu_put (kvm-arm-vhe-series.md, section 4.41).
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { FIRST_SPI } from '@worldswitch/gic';
import { GICD_SPENDSGIR, GICR_ISPENDR0 } from '@worldswitch/gic/regs';
import { EDGE, KVM_ARM_IRQ_TYPE, withFix, type ModeName, type Plan, type StepSet } from '@worldswitch/hyp';
import type { ProfileName } from '../profiles.ts';
import { UNITS_PER_CYCLE } from '../prices.ts';
import { createHypervised } from '../hypervised.ts';
import type { Machine } from '../machine.ts';
import { guestImage, type GuestName } from './guests.ts';
import { ladderProfile, planOf, runOn } from './shared-host.ts';
import type { SwitchRecorder } from './switch-recorder.ts';
import { countsBetween, readCounts, sameCounts, sumOf, type OperationCounts } from './operation-counts.ts';

/** What a scenario of section 4.41 is made of: the guest, the host's and the guest's interrupt controller, and how many list registers are in use. */
interface Scenario {
  readonly guest: GuestName;
  readonly gic: 2 | 3;
  readonly guestGic: 2 | 3;
  readonly lines: number;
  /** A physical interrupt ends each round trip, before the guest's first instruction. */
  readonly isInterrupted: boolean;
  /** A defect of the series as merged that the guest sees: the later fix of it. */
  readonly meets?: string;
}

const V3 = { gic: 3, guestGic: 3, lines: 0, isInterrupted: false } as const;
const V2_ON_V3 = { ...V3, guestGic: 2, isInterrupted: true } as const;
const V2 = { ...V2_ON_V3, gic: 2 } as const;

const SCENARIOS = {
  hvc: { ...V3, guest: 'hvc' },
  mmio: { ...V3, guest: 'mmio' },
  irq: { ...V3, guest: 'hvc', isInterrupted: true },
  'irq-1lr': { ...V3, guest: 'lines', lines: 1, isInterrupted: true },
  'irq-4lr': { ...V3, guest: 'lines', lines: 4, isInterrupted: true },
  'gicv2-on-v3-irq': { ...V2_ON_V3, guest: 'hvc' },
  'gicv2-on-v3-irq-1lr': { ...V2_ON_V3, guest: 'lines', lines: 1 },
  'hvc-fp': { ...V3, guest: 'fp' },
  'hvc-debug': { ...V3, guest: 'debug', meets: 'mdcr-is-current' },
  'gicv2-irq': { ...V2, guest: 'hvc' },
  'gicv2-irq-1lr': { ...V2, guest: 'lines', lines: 1 },
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof SCENARIOS;

export const RUNNABLE_SCENARIOS = Object.keys(SCENARIOS) as readonly ScenarioName[];

/** The host's interrupt controller in a scenario, and its guest's. */
export function scenarioControllers(scenario: ScenarioName): { readonly gic: 2 | 3; readonly guestGic: 2 | 3 } {
  const { gic, guestGic } = SCENARIOS[scenario];
  return { gic, guestGic };
}

export interface RoundTripRequest {
  readonly mode: ModeName;
  readonly steps: StepSet;
  /** A plan of the caller's own making, instead of the one of `steps`. */
  readonly plan?: Plan;
  readonly scenario: ScenarioName;
  /** Whose prices; what the core has does not depend on it. */
  readonly profile: ProfileName;
}

export interface RoundTrip {
  readonly counts: OperationCounts;
  /** Cycles of the cost model, those of charged host code included. */
  readonly cycles: number;
}

export interface LoadAndPut {
  readonly load: OperationCounts;
  readonly put: OperationCounts;
}

/** What prices the ladder where no machine is named. */
export const DEFAULT_PROFILE: ProfileName = 'generic';

/** Exits before the one that is measured: the first fetch faults, then caches of ours fill. */
const WARM_UP = 3;
/** Exits after which every guest is in its loop. */
const SET_UP = 4;

/** An SGI of some other PE arrives at the first one. */
function interruptHost({ gic, pes }: Machine): void {
  const distributor = pes[0]!.gic.frames.GICD;
  const word = Uint32Array.of(1, 0);
  if (distributor !== undefined) distributor.write(GICD_SPENDSGIR.offset, 4, word);
  else gic.redistributors[1]!.write(GICR_ISPENDR0.offset, 4, word);
}

/** One round trip; the one after it must be the same. */
export function measureRoundTrip(request: RoundTripRequest): RoundTrip {
  return followRoundTrip(request, null);
}

/** The same, with the round trip that is measured recorded. */
export function followRoundTrip({ mode, steps, plan, scenario, profile }: RoundTripRequest, recorder: SwitchRecorder | null): RoundTrip {
  const { isInterrupted, gic, guestGic, guest, lines } = SCENARIOS[scenario];
  const trips: RoundTrip[] = [];
  // Before its first interrupt a guest has set itself up.
  const skipped = isInterrupted ? SET_UP + WARM_UP : WARM_UP;
  let start: { readonly counts: OperationCounts; readonly time: number } | null = null;
  runOn(
    { mode, gic, profile, recorder },
    { plan: plan ?? planOf(mode, steps), gic: guestGic, guest, lines, iterations: skipped + 2 },
    (edge, { cpu, port, clock }, machine) => {
      if (edge === EDGE.flush && trips.length === skipped) recorder?.start();
      if (edge === EDGE.enter && isInterrupted && trips.length >= SET_UP && trips.length < skipped + 2) interruptHost(machine);
      recorder?.edge(edge);
      if (edge !== EDGE.flush && edge !== EDGE.synced) return;
      if (edge === EDGE.synced) recorder?.stop();
      const now = { counts: readCounts(cpu, port!), time: clock.time };
      if (edge === EDGE.flush) start = now;
      else if (start !== null) trips.push({ counts: countsBetween(start.counts, now.counts), cycles: (now.time - start.time) / UNITS_PER_CYCLE });
    },
  );
  const [measured, next] = trips.slice(skipped);
  if (measured === undefined || next === undefined || !sameCounts(measured.counts, next.counts)) throw new InvariantError(`${mode} ${scenario} ${steps.name}: the round trip has no steady state`);
  return measured;
}

/** The guest of a scenario, as an ELF file. */
export function scenarioGuest(scenario: ScenarioName): Uint8Array {
  const { guest, guestGic } = SCENARIOS[scenario];
  return guestImage(guest, guestGic);
}

const MIB = 1024 * 1024;
const DIGEST_ITERATIONS = 8;

/**
 * What a scenario's guest owns at its end under the clock `retired`, on a machine of its own: the same in every mode and under every plan. A
 * guest that meets a defect of the series runs with its later fix.
 */
export function scenarioDigest({ mode, steps, scenario, profile }: Omit<RoundTripRequest, 'plan'>): string | null {
  const { isInterrupted, gic, guestGic, guest, lines, meets }: Scenario = SCENARIOS[scenario];
  let entries = 0;
  const made = createHypervised({
    profile: ladderProfile(profile), mode, gic, guestGic, steps: meets === undefined ? steps : withFix(steps, meets), clock: 'retired', memory: 2 * MIB, hostMemory: 14 * MIB, translation: false,
    // It has to have set itself up before it may be interrupted at every entry.
    observe: (edge) => {
      if (edge === EDGE.enter && isInterrupted && entries++ >= SET_UP && entries <= SET_UP + DIGEST_ITERATIONS) interruptHost(hypervised.machine);
    },
  });
  if (!made.ok) throw new InvariantError(made.error.message);
  const { hypervised } = made;
  const loaded = hypervised.loadElf(guestImage(guest, guestGic));
  if (!loaded.ok) throw new InvariantError(loaded.error.message);
  hypervised.start(loaded.image.entry);
  hypervised.setX('x19', BigInt(SET_UP + DIGEST_ITERATIONS));
  for (let line = 0; line < lines; line++) hypervised.vm.irqLine((KVM_ARM_IRQ_TYPE.SPI << 24) | (FIRST_SPI + line), true);
  const { reason } = hypervised.run();
  if (reason !== 'poweroff') throw new InvariantError(`the guest of ${scenario} ended with ${reason}`);
  return hypervised.guestDigest();
}

export interface LoadAndPutRequest extends Omit<RoundTripRequest, 'scenario' | 'plan'> {
  readonly gic: 2 | 3;
  readonly guestGic: 2 | 3;
}

/** vcpu_load and vcpu_put around an exit to user space, not the first one. */
export function measureLoadAndPut(request: LoadAndPutRequest): LoadAndPut {
  return followLoadAndPut(request, null);
}

/** The same, with the load and the put that are measured recorded. */
export function followLoadAndPut({ mode, gic, guestGic, steps, profile }: LoadAndPutRequest, recorder: SwitchRecorder | null): LoadAndPut {
  const found: { readonly load: OperationCounts[]; readonly put: OperationCounts[] } = { load: [], put: [] };
  let start: OperationCounts | null = null;
  let poke: OperationCounts | null = null;
  runOn({ mode, gic, profile, recorder }, { plan: planOf(mode, steps), gic: guestGic, guest: 'mmio', iterations: WARM_UP + 2 }, (edge, { cpu, port }) => {
    const isMeasured = (edge === EDGE.load && found.load.length === WARM_UP) || (edge === EDGE.put && found.put.length === WARM_UP);
    if (isMeasured) recorder?.start();
    recorder?.edge(edge);
    if (edge === EDGE.loaded || edge === EDGE.putDone) recorder?.stop();
    if (edge === EDGE.load || edge === EDGE.put) start = readCounts(cpu, port!);
    else if (edge === EDGE.poke) poke = readCounts(cpu, port!);
    // What the physical GIC is told is left out, as 4.41 does: the start moves by as much.
    else if (edge === EDGE.poked && start !== null && poke !== null) start = countsBetween(poke, sumOf(start, readCounts(cpu, port!)));
    else if ((edge === EDGE.loaded || edge === EDGE.putDone) && start !== null) found[edge === EDGE.loaded ? 'load' : 'put'].push(countsBetween(start, readCounts(cpu, port!)));
  });
  const load = found.load[WARM_UP];
  const put = found.put[WARM_UP];
  if (load === undefined || put === undefined) throw new InvariantError(`${mode} ${steps.name}: the vCPU was not loaded and put`);
  return { load, put };
}
