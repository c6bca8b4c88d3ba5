/**
 * A vCPU. Its registers lie in machine RAM at `address`; this object holds what KVM keeps in C structures that the switch
 * does not touch: the plan it runs by, the record shared with user space, and where an exit is to be completed.
 */
import { MPIDR_EL1 } from '@worldswitch/cpu/arch';
import type { Word64 } from './cells.ts';
import type { Cpu } from './cpu.ts';
import { kvmRun, type Errno, type KvmRun } from './kvm-run.ts';
import type { CompiledPlan } from './switch/plan.ts';
import { TALLIES } from './host/tallies.ts';
import { VcpuTimers } from './timer/arch-timer.ts';
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
  /** What the vgic was told last. */
  level: boolean;
}

const AFFINITY = MPIDR_EL1.Aff2.mask | MPIDR_EL1.Aff1.mask | MPIDR_EL1.Aff0.mask;

/** Aff2.Aff1.Aff0 of a value of MPIDR_EL1, which is what an interrupt controller and PSCI know a vCPU by. */
export function affinityOf(mpidr: bigint): number {
  return Number(mpidr & AFFINITY);
}

/** The interrupts of a vCPU as the switch meets them: flush fills list register images, sync folds them back. */
export interface VcpuVgic {
  /** Whether an interrupt waits that would end a WFI. */
  readonly hasPending: boolean;
  flush(cpu: Cpu): void;
  sync(cpu: Cpu): void;
}

/** No interrupt is pending or active, ever: a VM without an interrupt controller. */
const NO_VGIC: VcpuVgic = {
  hasPending: false,
  flush: (cpu) => cpu.port.charge(TALLIES.vgicFlush),
  sync: (cpu) => cpu.port.charge(TALLIES.vgicSync),
};

export class Vcpu {
  readonly vm: Vm;
  readonly number: number;
  /** MPIDR_EL1 after a reset: sixteen vCPUs a cluster, as one SGI can name. */
  readonly mpidr: bigint;
  /** Aff2.Aff1.Aff0 of what the guest's MPIDR_EL1 is now: user space may have set it. */
  affinity: number;
  /** A kernel address. */
  readonly address: Word64;
  readonly run: KvmRun = kvmRun();
  readonly pendingMmio: PendingMmio = { valid: false, register: 0, len: 0, signExtend: false, is64: false, bigEndian: false };
  /** Null until VCPU_INIT. */
  features: VcpuFeatures | null = null;
  vgic: VcpuVgic = NO_VGIC;
  readonly timers: VcpuTimers;
  /** The PE that its thread runs on; null until there is a thread. */
  host: Cpu | null = null;
  /** In the guest, its PE running or not; and waiting in the kernel. Either way another PE must interrupt it to be noticed. */
  isInGuest = false;
  isBlocked = false;
  hasRun = false;
  isLoaded = false;
  isPoweredOff = false;
  /** A WFI was emulated: the run loop blocks before it enters again. */
  wantsToBlock = false;
  /** KVM_SET_GUEST_DEBUG: bits of `KVM_GUESTDBG`; 0 while user space does not debug the guest. */
  guestDebug = 0;
  readonly pmu: VcpuPmu = { irq: null, isReady: false, running: 0, level: false };
  /** The PPIs of the guest's timers. */
  readonly timerIrqs = { vtimer: 27, ptimer: 30 };
  /** A WFE was emulated: another thread may have what it waits for. */
  wantsToYield = false;
  /** A signal for the thread: the next entry is called off. */
  signalPending = false;
  /** The prologue of a KVM_RUN has found a reason to exit: the loop does not start. */
  endsEarly = false;
  /** What stops a KVM_RUN before it enters the guest. */
  error: Errno | null = null;

  constructor(vm: Vm, number: number, address: Word64) {
    this.vm = vm;
    this.number = number;
    this.mpidr = MPIDR_EL1.of({ Aff0: number & 0xf, Aff1: (number >> 4) & 0xff, Aff2: (number >> 12) & 0xff });
    this.affinity = affinityOf(this.mpidr);
    this.address = address;
    this.timers = new VcpuTimers(this);
  }

  get compiled(): CompiledPlan {
    return this.vm.compiled;
  }
}
