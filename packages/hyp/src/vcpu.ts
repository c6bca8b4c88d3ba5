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
  /** A signal for the thread: the next entry is called off. */
  signalPending = false;
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
