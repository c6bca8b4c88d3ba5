/**
 * Where the hypervisor's state lies in machine RAM: the context of a vCPU or of the host on a PE, the rest of a vCPU, a VM,
 * and the per-CPU area. Offsets in bytes; every structure fits in a page. Facts only: whoever touches a word does it with
 * the port's loads and stores.
 *
 * The context starts with KVM's `struct kvm_regs`, whose offsets divided by 4 are the core register ids of ONE_REG.
 */
import { InvariantError } from '@worldswitch/cpu/arch';

const SYS_REG_SLOTS: readonly string[] = [
  'invalid',
  'MPIDR_EL1', 'CSSELR_EL1', 'SCTLR_EL1', 'ACTLR_EL1', 'CPACR_EL1', 'TTBR0_EL1', 'TTBR1_EL1', 'TCR_EL1', 'ESR_EL1', 'AFSR0_EL1', 'AFSR1_EL1',
  'FAR_EL1', 'MAIR_EL1', 'VBAR_EL1', 'CONTEXTIDR_EL1', 'TPIDR_EL0', 'TPIDRRO_EL0', 'TPIDR_EL1', 'AMAIR_EL1', 'CNTKCTL_EL1', 'PAR_EL1',
  'MDSCR_EL1', 'MDCCINT_EL1', 'DISR_EL1',
  'PMCR_EL0', 'PMSELR_EL0',
  ...Array.from({ length: 31 }, (_, n) => `PMEVCNTR${String(n)}_EL0`),
  'PMCCNTR_EL0',
  ...Array.from({ length: 31 }, (_, n) => `PMEVTYPER${String(n)}_EL0`),
  'PMCCFILTR_EL0', 'PMCNTENSET_EL0', 'PMINTENSET_EL1', 'PMOVSSET_EL0', 'PMSWINC_EL0', 'PMUSERENR_EL0',
  'DACR32_EL2', 'IFSR32_EL2', 'FPEXC32_EL2', 'DBGVCR32_EL2',
];

/** The names of `sys_regs[]`, in order; slot 0 is invalid. */
export const SYS_REG_NAMES: readonly string[] = SYS_REG_SLOTS;

const SYS_REGS = 0x360;
const RUNNING_VCPU = SYS_REGS + 8 * SYS_REG_SLOTS.length;

/** `struct kvm_cpu_context`. */
export const CONTEXT = {
  /** x0 to x30, 8 bytes each. */
  X: 0x000,
  SP_EL0: 0x0f8,
  PC: 0x100,
  PSTATE: 0x108,
  SP_EL1: 0x110,
  ELR_EL1: 0x118,
  /** SPSR by AArch32 mode: SVC (which is SPSR_EL1), ABT, UND, IRQ, FIQ. */
  SPSR: 0x120,
  /** V0 to V31, 16 bytes each. */
  V: 0x150,
  FPSR: 0x350,
  FPCR: 0x354,
  SYS_REGS,
  /** Meaningful in the host's context only: the vCPU that this PE entered last. */
  RUNNING_VCPU,
  SIZE: RUNNING_VCPU + 16,
} as const;

const slots = new Map(SYS_REG_SLOTS.map((name, index) => [name, SYS_REGS + 8 * index]));

/** The offset of a system register's slot in a context. */
export function sysRegOffset(name: string): number {
  const offset = slots.get(name);
  if (offset === undefined || name === 'invalid') throw new InvariantError(`${name} has no slot in the context`);
  return offset;
}

/** The offset of a general-purpose register's slot. */
export function xOffset(n: number): number {
  return CONTEXT.X + 8 * n;
}

/** Lays fields out one after another from `start`: `name: size in bytes`. */
function struct<const Fields extends Readonly<Record<string, number>>>(start: number, fields: Fields): { readonly [K in keyof Fields]: number } & { readonly SIZE: number } {
  const offsets: Record<string, number> = {};
  let at = start;
  for (const [name, size] of Object.entries(fields)) {
    offsets[name] = at;
    at += size;
  }
  offsets['SIZE'] = at;
  return offsets as { readonly [K in keyof Fields]: number } & { readonly SIZE: number };
}

/** The vCPU: its context at offset 0, then what KVM keeps beside it. */
export const VCPU_STRUCT = struct(CONTEXT.SIZE, {
  VM: 8,
  HCR_EL2: 8,
  MDCR_EL2: 8,
  FAULT_ESR: 8,
  FAULT_FAR: 8,
  FAULT_HPFAR: 8,
  FAULT_DISR: 8,
  VSESR_EL2: 8,
  /** Bit 0: DEBUG_DIRTY. */
  DEBUG_FLAGS: 8,
  HOST_CONTEXT: 8,
  /** PMSCR_EL1 of the host while the guest runs; 0 when profiling is not in use. */
  HOST_PMSCR: 8,
  /** VI and VF as a user-space interrupt controller drives them, before step 06 put them into HCR_EL2. */
  IRQ_LINES: 8,
  /** 1 while deferred registers are in hardware. */
  SYSREGS_LOADED: 8,
  /** The MDSCR_EL1 of a guest that user space debugs, while its image is modified. */
  MDSCR_PRESERVED: 8,
  CNTVOFF: 8,
  CNTV_CTL: 8,
  CNTV_CVAL: 8,
  /** The emulated EL1 physical timer. */
  CNTP_CTL: 8,
  CNTP_CVAL: 8,
  /** 1 once the first KVM_RUN has set the timer up. */
  TIMER_ENABLED: 8,
  TIMER_LOADED: 8,
  /** MDCR_EL2 as last written to hardware; used by the fix of step 33 only. */
  MDCR_IN_HARDWARE: 8,
  USED_LRS: 8,
  V3_HCR: 8,
  V3_VMCR: 8,
  V3_SRE: 8,
  V3_ELRSR: 8,
  V3_AP0R: 4 * 8,
  V3_AP1R: 4 * 8,
  V3_LR: 16 * 8,
  V2_HCR: 4,
  V2_VMCR: 4,
  V2_APR: 4,
  V2_PAD: 4,
  V2_ELRSR: 8,
  V2_LR: 64 * 4,
  /** What the switches of older kernels save beside: MISR, and EISR in two words. */
  V3_MISR: 8,
  V3_EISR: 8,
  V2_MISR: 8,
  V2_EISR: 8,
  /** DBGBCR, DBGBVR, DBGWCR, DBGWVR of the guest, 16 of each; then those of the host while the guest's are in hardware. */
  DEBUG: 4 * 16 * 8,
  HOST_DEBUG: 4 * 16 * 8,
  /** Of user space, while it debugs the guest with hardware breakpoints. */
  EXTERNAL_DEBUG: 4 * 16 * 8,
  /** `debug_ptr`: which of the areas the switch moves for the guest, as the offset of `DEBUG` or `EXTERNAL_DEBUG`. */
  DEBUG_POINTER: 8,
});

/** DEBUG_FLAGS: the guest owns the debug registers, so they are switched. */
export const DEBUG_DIRTY = 1;

/** The VM. */
export const VM_STRUCT = struct(0, {
  /** VTTBR_EL2: the stage 2 table and the VMID. */
  VTTBR: 8,
  /** The address of the GICH frame, a copy per VM until step 36. */
  GICH: 8,
});

/** The per-CPU area: the host's context at offset 0 (`kvm_host_cpu_state`), then what else the host keeps for a PE. */
export const PERCPU_STRUCT = struct(CONTEXT.SIZE, {
  /** MDCR_EL2.HPMN as found at boot, the number of counters that EL2 leaves to EL1. */
  MDCR_EL2: 8,
  /** The vCPU that is loaded on this PE. */
  LOADED_VCPU: 8,
  /** What the initialisation of EL2 is told (non-VHE): TTBR0_EL2, stack, vectors. */
  HYP_INIT_TTBR: 8,
  HYP_INIT_STACK: 8,
  HYP_INIT_VECTORS: 8,
});

/** Bytes of every structure above, a page each. */
export const STRUCT_BYTES = 0x1000;
for (const size of [VCPU_STRUCT.SIZE, PERCPU_STRUCT.SIZE]) {
  if (size > STRUCT_BYTES) throw new InvariantError(`a structure of ${String(size)} bytes does not fit in its page`);
}
