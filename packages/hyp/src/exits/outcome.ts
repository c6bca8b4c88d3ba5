/**
 * How a handler ends. Who advances the pc is said here and done in one place, because it differs: after an HVC the pc is
 * behind the instruction already, after an SMC or a trap it is not.
 */
import type { Cpu } from '../cpu.ts';
import type { Vcpu } from '../vcpu.ts';

/** Back into the guest. */
export const RESUME = 1;
/** The same, behind the instruction that trapped. */
export const SKIP_AND_RESUME = 2;
/** To user space, with `run.exitReason` set. */
export const EXIT = 3;
export const SKIP_AND_EXIT = 4;
/** KVM_RUN fails with `vcpu.error`. */
export const FAIL = 5;
/** Back into the guest, which does the same instruction again: nothing was emulated, and nothing counts as a step. */
export const RETRY = 6;

export type Outcome = typeof RESUME | typeof RETRY | typeof SKIP_AND_RESUME | typeof EXIT | typeof SKIP_AND_EXIT | typeof FAIL;

/** `esr` is the low word of the syndrome, signed. */
export type ExitHandler = (cpu: Cpu, vcpu: Vcpu, esr: number) => Outcome;
