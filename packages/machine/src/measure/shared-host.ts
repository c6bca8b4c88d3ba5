/** The hosts that rows of a ladder are measured on: one serves VM after VM, so that rows differ by their VM alone. */
import { InvariantError } from '@worldswitch/cpu/arch';
import { planFor, type Edge, type ModeName, type Plan, type StepSet } from '@worldswitch/hyp';
import { PROFILES, type Profile, type ProfileName } from '../profiles.ts';
import { createHypervised, type Hypervised } from '../hypervised.ts';
import type { Machine } from '../machine.ts';
import type { MachinePe } from '../pe.ts';
import { MeasuredVm, type MeasuredVmOptions } from './measured-vm.ts';
import type { SwitchRecorder } from './switch-recorder.ts';

/**
 * The core of section 4.41: VHE but no RAS and no profiling, no erratum, 5 preemption bits, 6 breakpoints, 4 watchpoints,
 * 4 list registers. Only the prices are the profile's.
 */
export function ladderProfile(name: ProfileName): Profile {
  const { generic, thunderx2 } = PROFILES;
  return {
    ...PROFILES[name],
    midr: generic.midr, features: thunderx2.features, paBits: thunderx2.paBits,
    lrCount: 4, priorityBits: 5, preemptionBits: 5, breakpoints: 6, watchpoints: 4,
  };
}

const plans = new Map<string, Plan>();

/** A plan of which several VMs are measured is composed and verified once. */
export function planOf(mode: ModeName, steps: StepSet): Plan {
  const key = `${mode} ${steps.name}`;
  let plan = plans.get(key);
  if (plan === undefined) {
    plan = planFor(mode, steps);
    plans.set(key, plan);
  }
  return plan;
}

export interface HostRequest {
  readonly mode: ModeName;
  readonly gic: 2 | 3;
  readonly profile: ProfileName;
  /** Who records what the hypervisor does there, between its own `start` and `stop`; null: nobody, and nothing stands between. */
  readonly recorder: SwitchRecorder | null;
}

/** The host that the last measurement was made on, and who is told of edges there now. */
interface SharedHost extends HostRequest {
  readonly hypervised: Hypervised;
  vms: number;
  observe: ((edge: Edge) => void) | null;
}

let last: SharedHost | null = null;

/** VMs on one host: each takes some of its memory, and gives none back. */
const MOST_VMS = 41;
const MIB = 1024 * 1024;

const KEYS = ['mode', 'gic', 'profile', 'recorder'] as const satisfies readonly (keyof HostRequest)[];

/** A host for one more VM: rows of a ladder differ by their VM alone. */
function hostFor(request: HostRequest): SharedHost {
  const found = last;
  if (found !== null && found.vms < MOST_VMS && KEYS.every((key) => found[key] === request[key])) {
    found.vms++;
    return found;
  }
  const { mode, gic, profile, recorder } = request;
  const made = createHypervised({
    profile: ladderProfile(profile), mode, gic, memory: 2 * MIB, hostMemory: 62 * MIB,
    // A run of few instructions is over before code could be compiled.
    translation: false,
    observe: (edge) => host.observe?.(edge),
    ...(recorder !== null && { trace: recorder.trace, port: (pe) => recorder.port(pe) }),
  });
  if (!made.ok) throw new InvariantError(made.error.message);
  const host: SharedHost = { mode, gic, profile, recorder, hypervised: made.hypervised, vms: 1, observe: null };
  last = host;
  return host;
}

/** Runs a guest on a host that others have run on. */
export function runOn(request: HostRequest, options: MeasuredVmOptions, observe: (edge: Edge, pe: MachinePe, machine: Machine) => void): void {
  const host = hostFor(request);
  const { machine } = host.hypervised;
  const vm = new MeasuredVm(host.hypervised, { ...options, plan: request.recorder?.plan(options.plan) ?? options.plan });
  // From here: what sets the guest up is not measured.
  host.observe = (edge) => observe(edge, machine.pes[0]!, machine);
  vm.run();
  host.observe = null;
}
