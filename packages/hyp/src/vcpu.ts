/**
 * A vCPU. Its registers lie in machine RAM at `address`; this object holds what KVM keeps in C structures that the switch
 * does not touch: the plan it runs by, the record shared with user space, and where an exit is to be completed.
 */
import type { Word64 } from './cells.ts';
import { kvmRun, type Errno, type KvmRun } from './kvm-run.ts';
import type { CompiledPlan } from './switch/plan.ts';
import { EMPTY_VGIC, type VcpuVgic } from './vgic.ts';
import type { Vm } from './vm.ts';

export interface VcpuFeatures {
  readonly powerOff: boolean;
  readonly el1Is32Bit: boolean;
  readonly psci02: boolean;
  readonly pmu: boolean;
}

/** An MMIO read that user space has answered and the guest has not got yet. */
export interface PendingMmio {
  valid: boolean;
  register: number;
  len: number;
  signExtend: boolean;
  is64: boolean;
  bigEndian: boolean;
}

/** The guest's PMU. */
export interface VcpuPmu {
  irq: number | null;
  /** User space has finished setting it up. */
  isReady: boolean;
  /** Counters that are in hardware now, as in PMCNTENSET_EL0. */
  running: number;
}

export class Vcpu {
  readonly vm: Vm;
  /** Its number, which is also its affinity. */
  readonly number: number;
  /** A kernel address. */
  readonly address: Word64;
  readonly run: KvmRun = kvmRun();
  readonly pendingMmio: PendingMmio = { valid: false, register: 0, len: 0, signExtend: false, is64: false, bigEndian: false };
  /** Null until VCPU_INIT. */
  features: VcpuFeatures | null = null;
  vgic: VcpuVgic = EMPTY_VGIC;
  hasRun = false;
  isLoaded = false;
  isPoweredOff = false;
  /** A WFI was emulated: the run loop blocks before it enters again. */
  wantsToBlock = false;
  /** KVM_SET_GUEST_DEBUG: bits of `KVM_GUESTDBG`; 0 while user space does not debug the guest. */
  guestDebug = 0;
  readonly pmu: VcpuPmu = { irq: null, isReady: false, running: 0 };
  /** The PPIs of the guest's timers. */
  readonly timerIrqs = { vtimer: 27, ptimer: 30 };
  /** A signal for the thread: the next entry is called off. */
  signalPending = false;
  /** The prologue of a KVM_RUN has found a reason to exit: the loop does not start. */
  endsEarly = false;
  /** What stops a KVM_RUN before it enters the guest. */
  error: Errno | null = null;

  constructor(vm: Vm, number: number, address: Word64) {
    this.vm = vm;
    this.number = number;
    this.address = address;
  }

  get compiled(): CompiledPlan {
    return this.vm.compiled;
  }
}
