/**
 * The values of VCPU_INIT (kvm-arm-vhe-series.md, section 6.3), written to the context in memory; `VCPU` holds a kernel
 * address. What the architecture leaves UNKNOWN gets a pattern that shows where someone relies on it.
 */
import { ACTLR_EL1, AMAIR_EL1, ICC_SRE_EL1, ICH_HCR_EL2, PMCR_EL0, SPSR_EL1 } from '@worldswitch/cpu/arch';
import { GICH_HCR } from '@worldswitch/gic/regs';
import { setCell, T, VCPU, word64, ZERO, type Word64 } from './cells.ts';
import type { Cpu } from './cpu.ts';
import { CONTEXT, sysRegOffset, VCPU_STRUCT, xOffset } from './layout.ts';
import { PMCR_WRITABLE } from './pmu/registers.ts';
import { guestHcr, IRQ_LINES } from './traps.ts';
import { affinityOf, type Vcpu } from './vcpu.ts';

const UNKNOWN = word64(0x1de7_ec7e_dbad_c0den);

const EVENT_COUNTERS: readonly number[] = Array.from({ length: 31 }, (_, n) => n);

const UNKNOWN_REGISTERS: readonly string[] = [
  'CSSELR_EL1', 'TTBR0_EL1', 'TTBR1_EL1', 'ESR_EL1', 'AFSR0_EL1', 'AFSR1_EL1', 'FAR_EL1', 'MAIR_EL1', 'TPIDR_EL0', 'TPIDRRO_EL0', 'TPIDR_EL1', 'PAR_EL1',
  'DACR32_EL2', 'IFSR32_EL2', 'PMSELR_EL0', 'PMCCNTR_EL0', 'PMCNTENSET_EL0', 'PMINTENSET_EL1', 'PMOVSSET_EL0', 'PMSWINC_EL0',
  ...EVENT_COUNTERS.flatMap((n) => [`PMEVCNTR${String(n)}_EL0`, `PMEVTYPER${String(n)}_EL0`]),
];

const ZERO_REGISTERS: readonly string[] = ['CPACR_EL1', 'TCR_EL1', 'VBAR_EL1', 'CONTEXTIDR_EL1', 'CNTKCTL_EL1', 'MDSCR_EL1', 'MDCCINT_EL1', 'DISR_EL1', 'PMUSERENR_EL0', 'PMCCFILTR_EL0', 'DBGVCR32_EL2'];

/** SCTLR_EL1 with the bits that were RES1 in v8.0, and everything off. */
const SCTLR_RESET = word64(0x00c5_0078n);
const FPEXC32_RESET = word64(0x70n);

/** EL1h with interrupts masked, and AArch32's Supervisor mode with the masks that it has. */
const PSTATE_RESET = word64(SPSR_EL1.of({ M: SPSR_EL1.M.value('EL1h'), D: 1, A: 1, I: 1, F: 1 }));
const PSTATE_RESET_32 = word64(SPSR_EL1.of({ M: SPSR_EL1.M.value('Supervisor'), A: 1, I: 1, F: 1 }));

function store(cpu: Cpu, offset: number, value: Word64): void {
  setCell(cpu.cells, T, value);
  cpu.port.str(T, VCPU, offset);
}

const is32Bit = ({ features }: Vcpu): boolean => features?.el1Is32Bit ?? false;

export function resetCore(cpu: Cpu): void {
  const vcpu = cpu.vcpu!;
  for (let n = 0; n < 31; n++) store(cpu, xOffset(n), ZERO);
  // SP_EL0 to FPCR, in words of 8 bytes.
  for (let word = CONTEXT.SP_EL0 / 8; 8 * word < CONTEXT.SYS_REGS; word++) store(cpu, 8 * word, ZERO);
  store(cpu, CONTEXT.PSTATE, is32Bit(vcpu) ? PSTATE_RESET_32 : PSTATE_RESET);
}

export function resetSysRegs(cpu: Cpu): void {
  for (const name of UNKNOWN_REGISTERS) store(cpu, sysRegOffset(name), UNKNOWN);
  for (const name of ZERO_REGISTERS) store(cpu, sysRegOffset(name), ZERO);
  store(cpu, sysRegOffset('SCTLR_EL1'), SCTLR_RESET);
  store(cpu, sysRegOffset('FPEXC32_EL2'), FPEXC32_RESET);
  const vcpu = cpu.vcpu!;
  store(cpu, sysRegOffset('MPIDR_EL1'), word64(vcpu.mpidr));
  vcpu.affinity = affinityOf(vcpu.mpidr);
  // The host's own value: auxiliary registers are shown, not invented.
  for (const register of [ACTLR_EL1, AMAIR_EL1]) {
    cpu.port.mrs(T, register.key);
    cpu.port.str(T, VCPU, sysRegOffset(register.name));
  }
  // As the host's, with the writable bits UNKNOWN but for E.
  if (cpu.facts.pmu) {
    cpu.port.mrs(T, PMCR_EL0.key);
    cpu.cells[2 * T] = (cpu.cells[2 * T]! & ~PMCR_WRITABLE) | (UNKNOWN.lo & PMCR_WRITABLE & ~PMCR_EL0.E.wordMask);
    cpu.port.str(T, VCPU, sysRegOffset('PMCR_EL0'));
  }
  store(cpu, VCPU_STRUCT.DEBUG_FLAGS, ZERO);
  store(cpu, VCPU_STRUCT.DEBUG_POINTER, { lo: VCPU_STRUCT.DEBUG, hi: 0 });
  for (let offset: number = VCPU_STRUCT.DEBUG; offset < VCPU_STRUCT.HOST_DEBUG; offset += 8) store(cpu, offset, ZERO);
  store(cpu, VCPU_STRUCT.CNTV_CTL, ZERO);
  store(cpu, VCPU_STRUCT.CNTV_CVAL, ZERO);
  store(cpu, VCPU_STRUCT.CNTP_CTL, ZERO);
  store(cpu, VCPU_STRUCT.CNTP_CVAL, ZERO);
}

/**
 * A line that user space holds high stays so (`kvm_reset_vcpu` leaves hcr_el2 and irq_lines alone). Differs: from step 06 on KVM loses it at
 * VCPU_INIT, where `vcpu_reset_hcr` writes the whole word.
 */
export function resetHcr(cpu: Cpu, intOverride: boolean): void {
  const { facts, mode } = cpu;
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.HCR_EL2);
  const lines = BigInt(cpu.cells[2 * T]! & IRQ_LINES);
  store(cpu, VCPU_STRUCT.HCR_EL2, word64(mode.guestHcr | guestHcr({ intOverride, ras: facts.ras, aarch32: is32Bit(cpu.vcpu!) }) | lines));
}

/** The virtual interface of a fresh vCPU: enabled, nothing in it. `guestGic` decides about ICC_SRE_EL1. */
export function resetVgic(cpu: Cpu, guestGic: 'gicv2' | 'gicv3' | 'none'): void {
  store(cpu, VCPU_STRUCT.V3_SRE, guestGic === 'gicv3' ? word64(ICC_SRE_EL1.of({ DIB: 1, DFB: 1, SRE: 1 })) : ZERO);
  store(cpu, VCPU_STRUCT.V3_HCR, word64(ICH_HCR_EL2.of({ En: guestGic === 'none' ? 0 : 1 })));
  cpu.cells[2 * T] = Number(GICH_HCR.of({ En: guestGic === 'none' ? 0 : 1 }));
  cpu.port.str32(T, VCPU, VCPU_STRUCT.V2_HCR);
}
