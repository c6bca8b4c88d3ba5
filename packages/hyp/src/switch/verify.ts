/**
 * Rejects a plan that loses a register, leaves a trap on or off, or breaks an ordering rule (kvm-arm-vhe-series.md, section
 * 5). Two parts: a walk through two round trips of one residency that follows who owns each piece of state, by the facts
 * that operations declare; and rules about order, each with the reason it exists. It runs for every plan that is composed.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { CONTROLS, STATES, type Control, type Fact, type HostCondition, type Operation, type State } from './operation.ts';
import { has, LAST_OF_HEAD, type DeferrableClass, type ModeName, type Phase, type Plan } from './plan.ts';

export interface Violation {
  readonly rule: string;
  readonly text: string;
}

// ---- Ownership ---------------------------------------------------------------------------------------------------------

/** State whose value for the host is a constant (empty, off), so that nobody saves it. */
const NO_HOST_IMAGE: ReadonlySet<State> = new Set<State>(['LRS', 'APRS', 'VMCR', 'TIMER', 'A32']);

/** What the kernel of the host needs as soon as an exit is over. */
const KERNEL_NEEDS: Readonly<Record<ModeName, readonly State[]>> = {
  vhe: ['COMMON', 'DEBUG', 'FP'],
  nvhe: ['COMMON', 'USER', 'ACTLR', 'EL1', 'EL2_RETURN', 'DEBUG', 'SPE', 'FP'],
};

/** What the host needs once the vCPU is put. */
const USER_NEEDS: Readonly<Record<ModeName, readonly State[]>> = {
  vhe: ['COMMON', 'USER', 'DEBUG', 'FP', 'LRS', 'TIMER'],
  nvhe: ['COMMON', 'USER', 'ACTLR', 'EL1', 'EL2_RETURN', 'DEBUG', 'SPE', 'FP', 'LRS', 'TIMER'],
};

const GUEST_NEEDS: Readonly<Record<ModeName, readonly State[]>> = {
  vhe: ['COMMON', 'USER', 'ACTLR', 'EL1', 'EL2_RETURN', 'A32', 'DEBUG', 'LRS', 'APRS', 'VMCR', 'TIMER'],
  nvhe: ['COMMON', 'USER', 'ACTLR', 'EL1', 'EL2_RETURN', 'A32', 'DEBUG', 'SPE', 'LRS', 'APRS', 'VMCR', 'TIMER'],
};

const GUEST_CONTROLS: Readonly<Record<ModeName, readonly Control[]>> = {
  vhe: ['HCR', 'CPTR', 'VBAR', 'HSTR_PMU', 'MDCR', 'VM', 'DAIF'],
  nvhe: ['HCR', 'CPTR', 'HSTR_PMU', 'MDCR', 'VM', 'CNTHCTL'],
};

/** Controls that must be the host's again after an exit. VTTBR_EL2 under VHE has a rule of its own. */
const KERNEL_CONTROLS: Readonly<Record<ModeName, readonly Control[]>> = {
  vhe: ['HCR', 'CPTR', 'VBAR', 'DAIF'],
  nvhe: ['HCR', 'CPTR', 'HSTR_PMU', 'MDCR', 'VM', 'CNTHCTL', 'SRE1', 'SRE2'],
};

const GICV3_CONTROLS: readonly Control[] = ['SRE1', 'SRE2'];

/** Follows state through a sequence of operations. */
class Walk {
  readonly #plan: Plan;
  readonly #host: HostCondition;
  readonly #unknown: readonly State[];
  readonly #owner = new Map<State, 'host' | 'guest'>(STATES.map((state) => [state, 'host']));
  readonly #hostImage = new Set<State>();
  readonly #guestImage = new Set<State>(STATES);
  readonly #active = new Set<Control>();
  readonly found: Violation[] = [];

  constructor(plan: Plan, host: HostCondition) {
    this.#plan = plan;
    this.#host = host;
    this.#unknown = plan.unknownState ?? [];
  }

  #violate(rule: string, text: string): void {
    this.found.push({ rule, text: `${text} (${this.#host} host)` });
  }

  phase(phase: Phase): void {
    for (const one of this.#plan.phases[phase]) {
      if (one.host === null || one.host === this.#host || one.host === 'no-ras') for (const fact of one.facts) this.#apply(one, fact);
    }
  }

  #apply(one: Operation, fact: Fact): void {
    const [verb, second, third] = fact.split(' ') as [string, string, string | undefined];
    if (third === undefined) this.#control(one, verb, second as Control);
    else if (verb === 'save') this.#save(one, second, third as State);
    else this.#restore(one, second, third as State);
  }

  #control(one: Operation, verb: string, control: Control): void {
    if (verb === 'activate') {
      // VTTBR_EL2 may stay from the entry before, and is written again.
      if (this.#active.has(control) && control !== 'VM') this.#violate('control-pairs', `${one.id} activates ${control}, which is active`);
      this.#active.add(control);
    } else if (!this.#active.delete(control)) this.#violate('control-pairs', `${one.id} deactivates ${control}, which is not active`);
  }

  #save(one: Operation, owner: string, state: State): void {
    if (this.#owner.get(state) !== owner) this.#violate('save-own-value', `${one.id} saves ${state} of the ${owner}, but hardware holds the other's`);
    (owner === 'host' ? this.#hostImage : this.#guestImage).add(state);
  }

  #restore(one: Operation, owner: string, state: State): void {
    const mode = this.#plan.mode;
    if (owner === 'guest') {
      const mustSave = USER_NEEDS[mode].includes(state) && !NO_HOST_IMAGE.has(state);
      if (mustSave && this.#owner.get(state) === 'host' && !this.#hostImage.has(state)) this.#violate('lost-save', `${one.id} overwrites ${state} of the host, which nobody saved`);
      if (!this.#guestImage.has(state)) this.#violate('stale-image', `${one.id} restores ${state} of the guest from an image that is not current`);
      this.#owner.set(state, 'guest');
      return;
    }
    if (this.#owner.get(state) === 'guest' && !this.#guestImage.has(state)) this.#violate('lost-save', `${one.id} overwrites ${state} of the guest, which nobody saved`);
    if (!this.#hostImage.has(state) && !NO_HOST_IMAGE.has(state)) this.#violate('stale-image', `${one.id} restores ${state} of the host from an image that nobody made`);
    this.#owner.set(state, 'host');
    this.#hostImage.delete(state);
  }

  /** The guest runs: everything is its own, and what it owns it may change. */
  guestRuns(): void {
    const mode = this.#plan.mode;
    for (const state of GUEST_NEEDS[mode]) if (!this.#unknown.includes(state) && this.#owner.get(state) !== 'guest') this.#violate('lost-restore', `the guest runs without its ${state}`);
    const controls = this.#host === 'gicv3' ? [...GUEST_CONTROLS[mode], ...GICV3_CONTROLS] : GUEST_CONTROLS[mode];
    for (const control of controls) if (!this.#active.has(control)) this.#violate('lost-activate', `the guest runs with ${control} of the host`);
    // FP: its trap path saves the host's and restores the guest's.
    this.#owner.set('FP', 'guest');
    this.#hostImage.add('FP');
    for (const state of STATES) if (this.#owner.get(state) === 'guest') this.#guestImage.delete(state);
  }

  kernelRuns(): void {
    const mode = this.#plan.mode;
    for (const state of KERNEL_NEEDS[mode]) if (this.#owner.get(state) !== 'host') this.#violate('lost-restore', `after an exit ${state} is not the host's`);
    for (const control of KERNEL_CONTROLS[mode]) if (this.#active.has(control)) this.#violate('lost-deactivate', `after an exit ${control} is not the host's`);
  }

  listRegistersFree(): void {
    if (this.#owner.get('LRS') === 'guest') this.#violate('lost-restore', 'after sync list registers are still in use');
  }

  /** User space of the host, or another thread, runs: nothing of the guest is in hardware only. */
  userRuns(): void {
    const mode = this.#plan.mode;
    for (const state of USER_NEEDS[mode]) if (this.#owner.get(state) !== 'host') this.#violate('lost-restore', `after put ${state} is not the host's`);
    for (const state of STATES) if (this.#owner.get(state) === 'guest' && !this.#guestImage.has(state)) this.#violate('lost-save', `after put ${state} of the guest is in hardware only`);
    for (const control of CONTROLS) if (this.#active.has(control) && !(control === 'VM' && mode === 'vhe')) this.#violate('lost-deactivate', `after put ${control} is not the host's`);
  }
}

function walk(plan: Plan, host: HostCondition): readonly Violation[] {
  const state = new Walk(plan, host);
  state.phase('load');
  for (let round = 0; round < 2; round++) {
    state.phase('flush');
    state.phase('enter');
    state.guestRuns();
    state.phase('exit');
    state.kernelRuns();
    state.phase('sync');
    state.listRegistersFree();
  }
  state.phase('put');
  state.userRuns();
  const calledOff = new Walk(plan, host);
  for (const phase of ['load', 'flush', 'cancel', 'sync', 'put'] as const) calledOff.phase(phase);
  // Whether list registers were filled decides at run time what there is to save, so a called-off entry is asked this only.
  const lost = calledOff.found.filter(({ rule }) => rule === 'lost-save');
  return [...state.found, ...lost];
}

// ---- Order -------------------------------------------------------------------------------------------------------------

const ORDER: readonly Phase[] = ['load', 'flush', 'enter', 'exit', 'sync', 'put'];

/** Operations that match, by id or by fact, with their place in a residency. */
function places(plan: Plan, what: string): { readonly phase: Phase; readonly place: number }[] {
  const found: { phase: Phase; place: number }[] = [];
  let place = 0;
  for (const phase of ORDER) {
    for (const one of plan.phases[phase]) {
      if (one.id === what || one.facts.includes(what as Fact)) found.push({ phase, place });
      place++;
    }
  }
  return found;
}

/** Each `first` stands before each `then`; `samePhase` compares only within a phase. */
function isBefore(plan: Plan, first: string, then: string, samePhase = false): boolean {
  return places(plan, first).every((a) => places(plan, then).every((b) => (samePhase && a.phase !== b.phase) || a.place < b.place));
}

const stands = (plan: Plan, phase: Phase, what: string): boolean => places(plan, what).some((one) => one.phase === phase);

const variantOf = (plan: Plan, phase: Phase, id: string): string => plan.phases[phase].find((one) => one.id === id)?.variant ?? '';

export interface OrderingRule {
  readonly name: string;
  readonly modes: readonly ModeName[];
  /** What it says, and why. */
  readonly text: string;
  readonly holds: (plan: Plan) => boolean;
}

const BOTH: readonly ModeName[] = ['vhe', 'nvhe'];
const VHE: readonly ModeName[] = ['vhe'];
const NVHE: readonly ModeName[] = ['nvhe'];

const DEFERRABLE: readonly DeferrableClass[] = ['EL1', 'USER', 'A32'];

/** FP moves in every switch, and does not trap. */
const movesFp = (plan: Plan): boolean => stands(plan, 'enter', 'restore guest FP');

/** Operations of the host kernel that may stand before its call of the switch. */
const BEFORE_THE_CALL: readonly string[] = ['setup-debug', 'mark-debug-dirty', 'write-changed-mdcr', 'mask-daif', 'call-hyp'];

export const ORDERING_RULES: readonly OrderingRule[] = [
  {
    name: 'a32-before-el1', modes: BOTH,
    text: 'AArch32 state is restored before the EL1 class, where both are restored in one phase (errata 852523, 853709)',
    holds: (plan) => isBefore(plan, 'restore guest A32', 'restore guest EL1', true),
  },
  {
    name: 'fpexc32-before-guest', modes: BOTH,
    text: 'where FP traps, FPEXC32_EL2.EN is set on the way in, so that an AArch32 guest\'s FP access traps to EL2 and not to its own EL1',
    holds: (plan) => movesFp(plan) || stands(plan, 'enter', 'activate-fpexc32'),
  },
  {
    name: 'fp-asked-in-time', modes: BOTH,
    text: 'where FP traps, whether it was used is read while the guest\'s trap settings are in the register, and before FP is switched back',
    holds: (plan) => movesFp(plan) || isBefore(plan, 'read-fp-enabled', 'deactivate CPTR') && isBefore(plan, 'read-fp-enabled', 'switch-fp') && stands(plan, 'exit', 'read-fp-enabled'),
  },
  {
    name: 'sre-before-vmcr', modes: BOTH,
    text: 'a GICv2 guest: ICC_SRE_EL1 is 0 before list registers are written, and the barrier comes behind them',
    holds: (plan) => isBefore(plan, 'gic3-clear-sre1', 'gic3-restore-lrs') && isBefore(plan, 'gic3-restore-lrs', 'gic3-barrier-in') && isBefore(plan, 'gic3-barrier-in', 'guest-enter'),
  },
  {
    name: 'sre-after-save', modes: BOTH,
    text: 'a GICv2 guest: the barrier comes before VMCR and list registers are read; ICC_SRE_EL2.Enable is set before ICC_SRE_EL1, and both after',
    holds: (plan) =>
      isBefore(plan, 'gic3-barrier-out', 'gic3-save-vmcr') && isBefore(plan, 'gic3-barrier-out', 'gic3-save-lrs') && isBefore(plan, 'gic3-enable-sre2', 'gic3-set-sre1') &&
      isBefore(plan, 'gic3-save-vmcr', 'gic3-set-sre1'),
  },
  {
    name: 'spe-drained-early', modes: NVHE,
    text: 'profiling stops and drains before MDCR_EL2 and the guest\'s translation are in place',
    holds: (plan) => isBefore(plan, 'save-host-spe', 'activate MDCR') && isBefore(plan, 'save-host-spe', 'restore guest EL1') && isBefore(plan, 'save-host-spe', 'activate HCR'),
  },
  {
    name: 'spe-restarted-late', modes: NVHE,
    text: 'profiling goes on after the host\'s translation is back',
    holds: (plan) => isBefore(plan, 'restore host EL1', 'restore-host-spe'),
  },
  {
    name: 'vse-read-back', modes: BOTH,
    text: 'HCR_EL2.VSE is read back before HCR_EL2 is the host\'s',
    holds: (plan) => stands(plan, 'exit', 'fold-vse') && isBefore(plan, 'fold-vse', 'deactivate HCR'),
  },
  {
    name: 'exit-synchronised', modes: VHE,
    text: 'an ISB stands behind the writes of HCR_EL2, CPTR_EL2 and VBAR_EL2 on the way out, for no exception return does',
    holds: (plan) => stands(plan, 'exit', 'exit-isb') && ['deactivate HCR', 'deactivate CPTR', 'deactivate VBAR'].every((fact) => isBefore(plan, fact, 'exit-isb')),
  },
  {
    name: 'exit-returns-last', modes: BOTH,
    text: 'the return to the host is the last operation of an exit',
    holds: (plan) => plan.phases.exit.at(-1)?.id === 'return-to-host',
  },
  {
    name: 'cancel-synchronised', modes: BOTH,
    text: 'where flush writes ICH registers, an ISB stands before a called-off entry reads them back',
    holds: (plan) => !has(plan, 'flush', 'gic3-restore-lrs') || has(plan, 'cancel', 'cancel-isb'),
  },
  {
    name: 'masked-while-switching', modes: VHE,
    text: 'interrupts and SErrors are masked from before HCR_EL2 and VBAR_EL2 change until they are the host\'s again',
    holds: (plan) => ['HCR', 'VBAR'].every((control) => isBefore(plan, 'activate DAIF', `activate ${control}`) && isBefore(plan, `deactivate ${control}`, 'deactivate DAIF')),
  },
  {
    name: 'fixup-in-guest-regime', modes: BOTH,
    text: 'fault information is taken while stage 1 and stage 2 of the guest are in place: AT works in them, and the guest may be entered again',
    holds: (plan) => CONTROLS.every((control) => isBefore(plan, LAST_OF_HEAD, `deactivate ${control}`)) && STATES.every((state) => isBefore(plan, LAST_OF_HEAD, `restore host ${state}`) && isBefore(plan, LAST_OF_HEAD, `save guest ${state}`)),
  },
  {
    name: 'syndrome-before-fixup', modes: BOTH,
    text: 'the syndrome is captured before it is asked about',
    holds: (plan) => stands(plan, 'exit', 'capture-syndrome') && isBefore(plan, 'capture-syndrome', LAST_OF_HEAD),
  },
  {
    name: 'vttbr-tells-host', modes: NVHE,
    text: 'VTTBR_EL2 is 0 whenever the host can execute an HVC: the vector tells host and guest by it',
    holds: (plan) => stands(plan, 'exit', 'deactivate VM') && isBefore(plan, 'deactivate VM', 'return-to-host') && isBefore(plan, 'call-hyp', 'activate VM'),
  },
  {
    name: 'vttbr-kept-unasked', modes: VHE,
    text: 'VTTBR_EL2 may stay after an exit only if a panic does not take it for a guest in place',
    holds: (plan) => stands(plan, 'exit', 'deactivate VM') || variantOf(plan, 'panic', 'panic-restore-host') === 'always',
  },
  {
    name: 'accessors-match-placement', modes: BOTH,
    text: 'accessors of a loaded vCPU use hardware for exactly the classes that load restores',
    holds: (plan) => DEFERRABLE.every((one) => plan.deferred.includes(one) === stands(plan, 'load', `restore guest ${one}`)),
  },
  {
    name: 'loaded-flag', modes: BOTH,
    text: 'accessors that may use hardware go by a flag, which load sets and put clears',
    holds: (plan) => plan.deferred.length === 0 || (has(plan, 'load', 'mark-sysregs-loaded') && has(plan, 'put', 'mark-sysregs-put')),
  },
  {
    name: 'memory-while-unloaded', modes: BOTH,
    text: 'an ioctl other than KVM_RUN works on memory, so it must not run with registers deferred into hardware',
    holds: (plan) => plan.deferred.length === 0 || !has(plan, 'ioctl', 'vcpu-load'),
  },
  {
    name: 'loaded-for-run', modes: BOTH,
    text: 'KVM_RUN loads the vCPU',
    holds: (plan) => has(plan, 'prologue', 'vcpu-load'),
  },
  {
    name: 'vcpu-noted', modes: BOTH,
    text: 'the host context notes the vCPU before the guest runs',
    holds: (plan) => stands(plan, 'enter', 'set-running-vcpu') && isBefore(plan, 'set-running-vcpu', 'guest-enter'),
  },
  {
    name: 'pointers-agree', modes: BOTH,
    text: 'entry, vector and exit agree on where the addresses of vCPU and host context are',
    holds: (plan) => {
      const pushed = variantOf(plan, 'enter', 'guest-enter') !== '';
      return pushed === (variantOf(plan, 'exit', 'exit-vector') !== '') && pushed === (variantOf(plan, 'exit', 'guest-exit') !== '');
    },
  },
  {
    name: 'debug-saved-first', modes: BOTH,
    text: 'dirtiness is known before the host\'s debug registers are saved, and after the decision about TDA',
    holds: (plan) => isBefore(plan, 'setup-debug', 'mark-debug-dirty', true) && isBefore(plan, 'mark-debug-dirty', 'save-host-debug') && stands(plan, 'enter', 'mark-debug-dirty'),
  },
  {
    name: 'mdcr-is-current', modes: BOTH,
    text: 'MDCR_EL2 is written with what this entry has computed',
    holds: (plan) => has(plan, 'enter', 'write-changed-mdcr') || (stands(plan, 'enter', 'activate MDCR') && isBefore(plan, 'setup-debug', 'activate MDCR')),
  },
  {
    name: 'interrupts-to-el2', modes: BOTH,
    text: 'FMO and IMO are set while the guest runs: in its flags, or on the way in behind the write of HCR_EL2',
    holds: (plan) => {
      if (variantOf(plan, 'reset', 'reset-hcr') === '') return !has(plan, 'exit', 'vgic-lower-hcr');
      return variantOf(plan, 'enter', 'vgic-raise-hcr').includes('FMO') && isBefore(plan, 'activate HCR', 'vgic-raise-hcr') && has(plan, 'exit', 'vgic-lower-hcr');
    },
  },
  {
    name: 'switch-behind-call', modes: NVHE,
    text: 'what needs EL2 stands behind the HVC',
    holds: (plan) => {
      const ids = plan.phases.enter.map(({ id }) => id);
      const call = ids.indexOf('call-hyp');
      return call >= 0 && ids.slice(0, call).every((id) => BEFORE_THE_CALL.includes(id)) && !ids.slice(call).includes('setup-debug');
    },
  },
  {
    name: 'frame-of-the-phase', modes: BOTH,
    text: 'the GICH frame is accessed through the mapping of the code that does it',
    holds: (plan) => (['flush', 'enter'] as const).every((phase) => !has(plan, phase, 'gic2-restore') || variantOf(plan, phase, 'gic2-restore').includes('by the kernel') === (phase === 'flush')),
  },
];

/** Everything that is wrong with a plan; what it is known to break is not told again. */
export function violations(plan: Plan): readonly Violation[] {
  const waived = new Set(plan.waivers.map(({ rule }) => rule));
  const broken = ORDERING_RULES.filter(({ name, modes, holds }) => modes.includes(plan.mode) && !waived.has(name) && !holds(plan));
  const idle = plan.waivers.filter(({ rule }) => ORDERING_RULES.some(({ name, holds }) => name === rule && holds(plan)));
  return [
    ...walk(plan, 'gicv3'),
    ...walk(plan, 'gicv2'),
    ...broken.map(({ name, text }) => ({ rule: name, text })),
    ...idle.map(({ rule }) => ({ rule, text: 'is stated as broken and holds' })),
  ];
}

/** Throws for a plan with violations: a mistake of ours, in a rewrite or in the baseline. */
export function verifyPlan(plan: Plan): void {
  const found = violations(plan);
  if (found.length > 0) throw new InvariantError(`${plan.mode} plan:\n${found.map(({ rule, text }) => `  ${rule}: ${text}`).join('\n')}`);
}
