/**
 * The operations of one steady-state round trip, counted from the start of flush to the end of sync after a warm-up, and
 * those of vcpu_load and vcpu_put (kvm-arm-vhe-series.md, section 4.41).
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { GICD_SPENDSGIR, GICR_ISPENDR0 } from '@worldswitch/gic/regs';
import { EDGE, planFor, type Edge, type ModeName, type Plan, type StepSet } from '@worldswitch/hyp';
import { PROFILES, type Profile, type ProfileName } from '../profiles.ts';
import { UNITS_PER_CYCLE } from '../prices.ts';
import { createHypervised, type Hypervised } from '../hypervised.ts';
import type { Machine } from '../machine.ts';
import type { MachinePe } from '../pe.ts';
import type { GuestName } from './guests.ts';
import { MeasuredVm, type MeasuredVmOptions } from './measured-vm.ts';
import { countsBetween, readCounts, sameCounts, sumOf, type OperationCounts } from './operation-counts.ts';

/** What a scenario of section 4.41 is made of: the guest, the host's and the guest's interrupt controller, and how many list registers are in use. */
interface Scenario {
  readonly guest: GuestName;
  readonly gic: 2 | 3;
  readonly guestGic: 2 | 3;
  readonly lines: number;
  /** A physical interrupt ends each round trip, before the guest's first instruction. */
  readonly isInterrupted: boolean;
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
  'hvc-debug': { ...V3, guest: 'debug' },
  'gicv2-irq': { ...V2, guest: 'hvc' },
  'gicv2-irq-1lr': { ...V2, guest: 'lines', lines: 1 },
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof SCENARIOS;

export const RUNNABLE_SCENARIOS = Object.keys(SCENARIOS) as readonly ScenarioName[];

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

/**
 * The core of section 4.41: VHE but no RAS and no profiling, no erratum, 5 preemption bits, 6 breakpoints, 4 watchpoints,
 * 4 list registers. Only the prices are the profile's.
 */
function ladderProfile(name: ProfileName): Profile {
  const { generic, thunderx2 } = PROFILES;
  return {
    ...PROFILES[name],
    midr: generic.midr, features: thunderx2.features, paBits: thunderx2.paBits,
    lrCount: 4, priorityBits: 5, preemptionBits: 5, breakpoints: 6, watchpoints: 4,
  };
}

const plans = new Map<string, Plan>();

/** A plan of which several VMs are measured is composed and verified once. */
function planOf(mode: ModeName, steps: StepSet): Plan {
  const key = `${mode} ${steps.name}`;
  let plan = plans.get(key);
  if (plan === undefined) {
    plan = planFor(mode, steps);
    plans.set(key, plan);
  }
  return plan;
}

/** The host that the last measurement was made on, and who is told of edges there now. */
interface Host {
  readonly key: string;
  readonly hypervised: Hypervised;
  vms: number;
  observe: ((edge: Edge) => void) | null;
}

let last: Host | null = null;

/** VMs on one host: each takes some of its memory, and gives none back. */
const MOST_VMS = 41;
const MIB = 1024 * 1024;

/** A host for one more VM: rows of a ladder differ by their VM alone. */
function hostFor(mode: ModeName, gic: 2 | 3, profile: ProfileName): Host {
  const key = `${mode} ${String(gic)} ${profile}`;
  if (last === null || last.key !== key || last.vms >= MOST_VMS) {
    const made = createHypervised({
      profile: ladderProfile(profile), mode, gic, memory: 2 * MIB, hostMemory: 62 * MIB,
      // A run of few instructions is over before code could be compiled.
      translation: false,
      observe: (edge) => host.observe?.(edge),
    });
    if (!made.ok) throw new InvariantError(made.error.message);
    const host: Host = { key, hypervised: made.hypervised, vms: 0, observe: null };
    last = host;
  }
  last.vms++;
  return last;
}

/** Runs a guest on a host that others have run on. */
function runOn({ mode, gic, profile }: { readonly mode: ModeName; readonly gic: 2 | 3; readonly profile: ProfileName }, options: MeasuredVmOptions, observe: (edge: Edge, pe: MachinePe, machine: Machine) => void): void {
  const host = hostFor(mode, gic, profile);
  const { machine } = host.hypervised;
  const vm = new MeasuredVm(host.hypervised, options);
  // From here: what sets the guest up is not measured.
  host.observe = (edge) => observe(edge, machine.pes[0]!, machine);
  vm.run();
  host.observe = null;
}

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
export function measureRoundTrip({ mode, steps, plan, scenario, profile }: RoundTripRequest): RoundTrip {
  const { isInterrupted, gic, guestGic, guest, lines } = SCENARIOS[scenario];
  const trips: RoundTrip[] = [];
  // Before its first interrupt a guest has set itself up.
  const skipped = isInterrupted ? SET_UP + WARM_UP : WARM_UP;
  let start: { readonly counts: OperationCounts; readonly time: number } | null = null;
  runOn(
    { mode, gic, profile },
    { plan: plan ?? planOf(mode, steps), gic: guestGic, guest, lines, iterations: skipped + 2 },
    (edge, { cpu, port, clock }, machine) => {
      if (edge === EDGE.enter && isInterrupted && trips.length >= SET_UP && trips.length < skipped + 2) interruptHost(machine);
      if (edge !== EDGE.flush && edge !== EDGE.synced) return;
      const now = { counts: readCounts(cpu, port!), time: clock.time };
      if (edge === EDGE.flush) start = now;
      else if (start !== null) trips.push({ counts: countsBetween(start.counts, now.counts), cycles: (now.time - start.time) / UNITS_PER_CYCLE });
    },
  );
  const [measured, next] = trips.slice(skipped);
  if (measured === undefined || next === undefined || !sameCounts(measured.counts, next.counts)) throw new InvariantError(`${mode} ${scenario} ${steps.name}: the round trip has no steady state`);
  return measured;
}

/** vcpu_load and vcpu_put around an exit to user space, not the first one. */
export function measureLoadAndPut({ mode, gic, guestGic, steps, profile }: Omit<RoundTripRequest, 'scenario' | 'plan'> & { readonly gic: 2 | 3; readonly guestGic: 2 | 3 }): LoadAndPut {
  const found: { readonly load: OperationCounts[]; readonly put: OperationCounts[] } = { load: [], put: [] };
  let start: OperationCounts | null = null;
  let poke: OperationCounts | null = null;
  runOn({ mode, gic, profile }, { plan: planOf(mode, steps), gic: guestGic, guest: 'mmio', iterations: WARM_UP + 2 }, (edge, { cpu, port }) => {
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
