/** What user space shares with a vCPU: `struct kvm_run`. Exit reasons have KVM's numbers. */

export const KVM_EXIT_UNKNOWN = 0;
export const KVM_EXIT_DEBUG = 4;
export const KVM_EXIT_MMIO = 6;
export const KVM_EXIT_FAIL_ENTRY = 9;
export const KVM_EXIT_INTR = 10;
export const KVM_EXIT_INTERNAL_ERROR = 17;
export const KVM_EXIT_SYSTEM_EVENT = 24;

export type ExitReason =
  | typeof KVM_EXIT_UNKNOWN
  | typeof KVM_EXIT_DEBUG
  | typeof KVM_EXIT_MMIO
  | typeof KVM_EXIT_FAIL_ENTRY
  | typeof KVM_EXIT_INTR
  | typeof KVM_EXIT_INTERNAL_ERROR
  | typeof KVM_EXIT_SYSTEM_EVENT;

export const KVM_SYSTEM_EVENT_SHUTDOWN = 1;
export const KVM_SYSTEM_EVENT_RESET = 2;

/** Bits of `deviceIrqLevel`. */
export const KVM_ARM_DEV_EL1_VTIMER = 1 << 0;
export const KVM_ARM_DEV_EL1_PTIMER = 1 << 1;
export const KVM_ARM_DEV_PMU = 1 << 2;

/** The errno of a failed ioctl, by name. */
export type Errno = 'ENOEXEC' | 'EINTR' | 'ENOENT' | 'EINVAL' | 'EEXIST' | 'EFAULT' | 'ENOSYS' | 'ENOMEM' | 'ENXIO' | 'EBUSY' | 'ENODEV' | 'E2BIG';

/** One record, reused for every exit. */
export interface KvmRun {
  /** Makes the next KVM_RUN return -EINTR before it enters the guest. */
  immediateExit: boolean;
  exitReason: ExitReason;
  readonly mmio: {
    /** A guest physical address, below 2^48. */
    physAddr: number;
    /** Little-endian, `len` bytes of it valid. User space fills it in for a read. */
    readonly data: Uint8Array;
    len: number;
    isWrite: boolean;
  };
  /** The syndrome of what user space debugs, and for a watchpoint the address. */
  readonly debug: { hsr: number; far: bigint };
  readonly systemEvent: { type: number };
  readonly failEntry: { reason: number };
  /** `s.regs.device_irq_level`: levels of the kernel's devices, for a VM whose interrupt controller is user space's. */
  deviceIrqLevel: number;
}

export function kvmRun(): KvmRun {
  return {
    immediateExit: false,
    exitReason: KVM_EXIT_UNKNOWN,
    mmio: { physAddr: 0, data: new Uint8Array(8), len: 0, isWrite: false },
    debug: { hsr: 0, far: 0n },
    systemEvent: { type: 0 },
    failEntry: { reason: 0 },
    deviceIrqLevel: 0,
  };
}
