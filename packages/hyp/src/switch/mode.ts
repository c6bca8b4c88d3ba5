/**
 * What a mode supplies: the names it reaches registers by, how the host calls code of the hypervisor, and the plan from
 * before the series. `vhe.ts` and `nvhe.ts` each fill it in; nobody else knows that there are two.
 */
import type { NativeOutcome } from '@worldswitch/cpu';
import type { Word64 } from '../cells.ts';
import type { RegisterNames } from '../context.ts';
import type { Cpu } from '../cpu.ts';
import type { ModeName, Plan } from './plan.ts';

/** A function of the hypervisor that the host calls: through HVC, or directly. `ARG` holds its argument. */
export interface HypFunction {
  readonly name: string;
  readonly run: (cpu: Cpu) => void;
  /** It takes a second argument, in `ARG2`. */
  readonly takesTwo?: boolean;
  /** It leaves by an ERET into the guest, not back to the host. */
  readonly entersGuest?: boolean;
}

export interface Mode {
  readonly name: ModeName;
  readonly names: RegisterNames;
  readonly baseline: Plan;
  /** What this mode adds to a guest's HCR_EL2. */
  readonly guestHcr: bigint;
  /** The address at which code of the switch finds what lies at a physical address. */
  hypAddress(physical: number): Word64;
  /** Turns the kernel address in a cell into one that the switch can use (`kern_hyp_va`). */
  toHyp(cells: Uint32Array, cell: number): void;
  /** Calls a hyp function with the word in `ARG`; what it leaves in `RESULT` is there afterwards. */
  callHyp(cpu: Cpu, callee: HypFunction): void;
  /** In a hyp function: TLB maintenance works on the VMID of the VM whose kernel address is in `ARG`, until {@link tlbSwitchToHost}. */
  tlbSwitchToGuest(cpu: Cpu): void;
  tlbSwitchToHost(cpu: Cpu): void;
  /** Runs the phase `enter` for `cpu.vcpu`, up to the ERET into the guest. */
  enterGuest(cpu: Cpu): NativeOutcome;
  /** Clears the FP trap: in the path of that trap and nowhere else. */
  enableFp(cpu: Cpu, scratch: number): void;
  /** Reads the control of FP traps: whether it lets the guest use FP. Uses `T`. */
  readFpTrap(cpu: Cpu): boolean;
}
