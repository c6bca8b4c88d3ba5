/**
 * A PE from reset into user space, as native code: EL2 set up, MMU on, and in non-VHE mode down to EL1 and KVM's EL2 code
 * initialised from there by HVC (kvm-arm-vhe-series.md, sections 1.4 and 1.5). The two modes stand one below the other.
 */
import {
  CNTHCTL_EL2, CNTHCTL_EL2_E2H0, CNTHCTL_EL2_E2H1, CNTVOFF_EL2, CPACR_EL1, CPTR_EL2, CPTR_EL2_E2H0, DISR_EL1, ELR_EL1, ELR_EL2, HCR_EL2, HSTR_EL2, ICC_SRE_EL1,
  ICC_SRE_EL2, ICH_HCR_EL2, InvariantError, MAIR_EL1, MAIR_EL2, MDCR_EL2, MDSCR_EL1, MIDR_EL1, MPIDR_EL1, OSLAR_EL1, PMCNTENCLR_EL0, PMCR_EL0, PMINTENCLR_EL1, PMOVSCLR_EL0, SCTLR_EL1, SCTLR_EL1_BITS, SCTLR_EL2, SCTLR_EL2_E2H0,
  SP_EL0, SP_EL1, SPSR_EL1, SPSR_EL2, TCR_EL1, TCR_EL2, TCR_EL2_E2H0, TCR_ELx, TPIDR_EL1, TPIDR_EL2, TTBR0_EL1, TTBR0_EL2, TTBR1_EL1, VBAR_EL1, VBAR_EL2, VMPIDR_EL2, VPIDR_EL2,
  VTCR_EL2, VTTBR_EL2, type AnyRegister,
} from '@worldswitch/cpu/arch';
import { GICH_HCR, GICH_LR } from '@worldswitch/gic/regs';
import { ARG, FRAME, K, K2, setCell, T, word64, ZERO, type Word64 } from '../cells.ts';
import { FAMILIES, type Cpu } from '../cpu.ts';
import { BARRIER, SYS } from '../instructions.ts';
import { PERCPU_STRUCT } from '../layout.ts';
import { stage2Control } from '../mmu/stage2.ts';
import type { HypFunction } from '../switch/mode.ts';
import { CPACR_HOST_VHE, HCR_HOST_NVHE, HCR_HOST_VHE, MDCR_HOST_NVHE, MDCR_HPMN } from '../traps.ts';
import { hypAddress, kernelAddress, plainAddress } from './addresses.ts';
import type { HostFacts } from './facts.ts';
import { setUpHostGic } from './gic.ts';
import type { VectorTables } from './host.ts';
import { MAIR_VALUE } from './stage1.ts';

/** Roots, physical. */
export interface BootTables {
  readonly kernel: number;
  /** TTBR0 while the MMU is turned on. */
  readonly idmap: number;
  readonly user: number;
  /** The EL2 regime of a non-VHE host. */
  readonly hyp: number | null;
}

export interface BootOptions {
  readonly tables: BootTables;
  readonly vectors: VectorTables;
  /** Labels and addresses, physical. */
  readonly kernelEntry: number;
  readonly kernelStackTop: number;
  readonly hypStackTop: number;
  readonly userStackTop: number;
}

function write(cpu: Cpu, register: AnyRegister, value: Word64): void {
  setCell(cpu.cells, T, value);
  cpu.port.msr(register.key, T);
}

function copy(cpu: Cpu, to: AnyRegister, from: AnyRegister): void {
  cpu.port.mrs(T, from.key);
  cpu.port.msr(to.key, T);
}

/** 48-bit ranges, 4 KiB, Write-Back walks; the PA size is the machine's, at most 48 bits. */
function translationControl({ paRange }: HostFacts): Word64 {
  const WB = TCR_ELx.ORGN0.value('WBRAWA');
  const INNER = TCR_ELx.SH0.value('InnerShareable');
  return word64(TCR_ELx.of({
    T0SZ: 16, T1SZ: 16,
    TG0: TCR_ELx.TG0.value('4K'), TG1: TCR_ELx.TG1.value('4K'),
    SH0: INNER, SH1: INNER, ORGN0: WB, ORGN1: WB, IRGN0: WB, IRGN1: WB,
    IPS: Math.min(paRange, 5),
  }));
}

function hypTranslationControl({ paRange }: HostFacts): Word64 {
  const WB = TCR_EL2_E2H0.ORGN0.value('WBRAWA');
  return word64(TCR_EL2_E2H0.of({ T0SZ: 16, TG0: TCR_EL2_E2H0.TG0.value('4K'), SH0: TCR_EL2_E2H0.SH0.value('InnerShareable'), ORGN0: WB, IRGN0: WB, PS: Math.min(paRange, 5) }));
}

/** MMU and caches on, SP alignment checked, and what was RES1 in v8.0. */
const KERNEL_SCTLR = word64(SCTLR_EL1_BITS.of({
  M: 1, C: 1, I: 1, SA: 1, SA0: 1, EIS: 1, EOS: 1, SPAN: 1, TSCXT: 1, nTLSMD: 1, LSMAOE: 1, nTWI: 1, nTWE: 1, DZE: 1, UCT: 1, UCI: 1, SED: 1,
}));
const HYP_SCTLR = word64(SCTLR_EL2_E2H0.of({ M: 1, C: 1, I: 1, SA: 1, EIS: 1, EOS: 1 }));

const MASKED = { D: 1, A: 1, I: 1, F: 1 } as const;
const EL1H_MASKED = word64(SPSR_EL2.of({ M: SPSR_EL2.M.value('EL1h'), ...MASKED }));
const EL2H_MASKED = word64(SPSR_EL2.of({ M: SPSR_EL2.M.value('EL2h'), ...MASKED }));
const EL0T = word64(SPSR_EL1.of({ M: SPSR_EL1.M.value('EL0t') }));

/** ASID 1 in TTBR0: user space. */
const USER_ASID = 1;

export function bringUp(cpu: Cpu, options: BootOptions): void {
  setUpEl2(cpu);
  if (cpu.facts.vhe) startVhe(cpu, options);
  else startNvhe(cpu, options);
  startUser(cpu, options);
}

// ---- Both modes: EL2 from reset ----------------------------------------------------------------------------------------

/** What EL1 sees of the machine, and nothing trapped; list registers empty, for the switch relies on it. */
function setUpEl2(cpu: Cpu): void {
  const { port, cells } = cpu;
  write(cpu, HCR_EL2, HCR_HOST_NVHE);
  write(cpu, CNTHCTL_EL2, word64(CNTHCTL_EL2_E2H0.of({ EL1PCTEN: 1, EL1PCEN: 1 })));
  write(cpu, CNTVOFF_EL2, ZERO);
  copy(cpu, VPIDR_EL2, MIDR_EL1);
  copy(cpu, VMPIDR_EL2, MPIDR_EL1);
  write(cpu, CPTR_EL2, word64(CPTR_EL2_E2H0.of({ TSM: 1 })));
  write(cpu, HSTR_EL2, ZERO);
  write(cpu, VTTBR_EL2, ZERO);
  write(cpu, VTCR_EL2, stage2Control(cpu.facts));
  write(cpu, MDSCR_EL1, ZERO);
  // While the OS lock is held, as after reset, there are no debug exceptions.
  write(cpu, OSLAR_EL1, ZERO);
  // UNKNOWN at reset, and read after every exit: it would pass for a deferred SError.
  if (cpu.facts.ras) write(cpu, DISR_EL1, ZERO);
  write(cpu, TPIDR_EL2, cpu.perCpuOffset);
  // All event counters belong to EL1; what EL2 keeps of MDCR_EL2 is noted for the computation at each entry.
  port.mrs(T, PMCR_EL0.key);
  cells[2 * T] = (PMCR_EL0.N.inWord(cells[2 * T]!) & MDCR_HPMN) | MDCR_HOST_NVHE;
  cells[2 * T + 1] = 0;
  port.msr(MDCR_EL2.key, T);
  setCell(cells, K, plainAddressOf(cpu.perCpu));
  port.str(T, K, PERCPU_STRUCT.MDCR_EL2);
  setUpGic(cpu);
}

/** The MMU is off: the physical address behind a kernel address. */
function plainAddressOf({ lo, hi }: Word64): Word64 {
  return { lo, hi: hi & 0x7fff };
}

function setUpGic(cpu: Cpu): void {
  const { port, cells, facts } = cpu;
  if (facts.gic === 3) {
    write(cpu, ICC_SRE_EL2, word64(ICC_SRE_EL2.of({ SRE: 1, Enable: 1, DIB: 1, DFB: 1 })));
    port.isb();
    write(cpu, ICC_SRE_EL1, word64(ICC_SRE_EL1.of({ SRE: 1 })));
    write(cpu, ICH_HCR_EL2, ZERO);
    for (let n = 0; n < facts.lrCount; n++) {
      setCell(cells, T, ZERO);
      port.msr(FAMILIES.lr[n]!, T);
    }
    return;
  }
  setCell(cells, FRAME, plainAddress(facts.gich ?? 0));
  setCell(cells, T, ZERO);
  port.str32(T, FRAME, GICH_HCR.offset);
  for (let n = 0; n < facts.lrCount; n++) port.str32(T, FRAME, GICH_LR.offsetOf(n));
}

// ---- The kernel: VHE ---------------------------------------------------------------------------------------------------

/** EL2 becomes the kernel's EL: from here its registers have the names of EL1. */
function startVhe(cpu: Cpu, options: BootOptions): void {
  const { port } = cpu;
  write(cpu, HCR_EL2, HCR_HOST_VHE);
  port.isb();
  write(cpu, CNTHCTL_EL2, word64(CNTHCTL_EL2_E2H1.of({ EL1PCTEN: 1 })));
  write(cpu, CPACR_EL1, CPACR_HOST_VHE);
  configureKernel(cpu, options);
  setStack(cpu, options.kernelStackTop);
  write(cpu, SCTLR_EL1, KERNEL_SCTLR);
  port.isb();
  enterAt(cpu, options.kernelEntry, EL2H_MASKED, [ELR_EL1, SPSR_EL1]);
  finishKernel(cpu, options);
}

/** Stage 1 of the regime that the `_EL1` names reach, and its vectors. */
function configureKernel(cpu: Cpu, { tables, vectors }: BootOptions): void {
  write(cpu, MAIR_EL1, MAIR_VALUE);
  write(cpu, TCR_EL1, translationControl(cpu.facts));
  write(cpu, TTBR0_EL1, plainAddress(tables.idmap));
  write(cpu, TTBR1_EL1, plainAddress(tables.kernel));
  write(cpu, VBAR_EL1, kernelAddress(vectors.host));
  cpu.port.isb();
}

function setStack(cpu: Cpu, top: number): void {
  setCell(cpu.cells, T, kernelAddress(top));
  cpu.port.movToSp(T);
}

/** In the kernel's address space: the identity map goes, user space's table comes. */
function finishKernel(cpu: Cpu, { tables }: BootOptions): void {
  write(cpu, TTBR0_EL1, word64(TTBR0_EL1.ASID.of(USER_ASID) | BigInt(tables.user)));
  cpu.port.isb();
  write(cpu, SP_EL0, cpu.perCpu);
  if (cpu.facts.pmu) resetCounters(cpu);
  setUpHostGic(cpu);
}

const ALL_COUNTERS: Word64 = { lo: 0xffff_ffff, hi: 0 };

/** `armv8pmu_reset`: what a PE's counters are after reset is UNKNOWN, and some may ask for an interrupt. */
function resetCounters(cpu: Cpu): void {
  for (const register of [PMCNTENCLR_EL0, PMINTENCLR_EL1, PMOVSCLR_EL0]) write(cpu, register, ALL_COUNTERS);
}

/** An ERET to a label by a kernel address. */
function enterAt(cpu: Cpu, label: number, pstate: Word64, [elr, spsr]: readonly [AnyRegister, AnyRegister]): void {
  write(cpu, elr, kernelAddress(label));
  write(cpu, spsr, pstate);
  if (cpu.port.eret() !== 'taken') throw new InvariantError('the kernel did not start');
}

// ---- The kernel: non-VHE -----------------------------------------------------------------------------------------------

/** The kernel's registers can be set from EL2, so its MMU is on when it starts. EL2 is left with stubs. */
function startNvhe(cpu: Cpu, options: BootOptions): void {
  write(cpu, VBAR_EL2, plainAddress(options.vectors.stub));
  setStack2(cpu, options.hypStackTop);
  write(cpu, CPACR_EL1, word64(CPACR_EL1.of({ FPEN: CPACR_EL1.FPEN.value('NoTrap') })));
  configureKernel(cpu, options);
  write(cpu, SP_EL1, kernelAddress(options.kernelStackTop));
  write(cpu, SCTLR_EL1, KERNEL_SCTLR);
  cpu.port.isb();
  enterAt(cpu, options.kernelEntry, EL1H_MASKED, [ELR_EL2, SPSR_EL2]);
  finishKernel(cpu, options);
  write(cpu, TPIDR_EL1, cpu.perCpuOffset);
  initHyp(cpu, options);
}

/** The stack of EL2 while its MMU is off. */
function setStack2(cpu: Cpu, top: number): void {
  setCell(cpu.cells, T, plainAddress(top));
  cpu.port.movToSp(T);
}

/**
 * At EL2, its MMU off: tables, stack and vectors of KVM, from the per-CPU area, whose physical address is the argument. The
 * native text is mapped where it lies too, so the code goes on.
 */
const initHypMode: HypFunction = {
  name: '__kvm_hyp_init',
  run: (cpu) => {
    const { port } = cpu;
    write(cpu, MAIR_EL2, MAIR_VALUE);
    port.ldr(T, ARG, PERCPU_STRUCT.HYP_INIT_TTBR);
    port.msr(TTBR0_EL2.key, T);
    write(cpu, TCR_EL2, hypTranslationControl(cpu.facts));
    port.ldr(K, ARG, PERCPU_STRUCT.HYP_INIT_STACK);
    port.ldr(K2, ARG, PERCPU_STRUCT.HYP_INIT_VECTORS);
    port.isb();
    port.sys(SYS.TLBI_ALLE2, -1);
    port.dsb(BARRIER.SY);
    write(cpu, SCTLR_EL2, HYP_SCTLR);
    port.isb();
    port.movToSp(K);
    port.msr(VBAR_EL2.key, K2);
  },
};

export const HYP_INIT_FUNCTIONS: readonly HypFunction[] = [initHypMode];

function initHyp(cpu: Cpu, { tables, vectors, hypStackTop }: BootOptions): void {
  if (tables.hyp === null) throw new InvariantError('no tables for EL2');
  const { port, cells } = cpu;
  setCell(cells, K, cpu.perCpu);
  const parameters = [
    [PERCPU_STRUCT.HYP_INIT_TTBR, plainAddress(tables.hyp)], [PERCPU_STRUCT.HYP_INIT_STACK, hypAddress(hypStackTop)], [PERCPU_STRUCT.HYP_INIT_VECTORS, hypAddress(vectors.hyp)],
  ] as const;
  for (const [offset, value] of parameters) {
    setCell(cells, T, value);
    port.str(T, K, offset);
  }
  setCell(cells, ARG, plainAddressOf(cpu.perCpu));
  cpu.mode.callHyp(cpu, initHypMode);
}

// ---- User space --------------------------------------------------------------------------------------------------------

/** The VMM's first instruction; its address space maps the native text and RAM where they lie. */
function startUser(cpu: Cpu, { userStackTop }: BootOptions): void {
  write(cpu, SP_EL0, plainAddress(userStackTop));
  write(cpu, ELR_EL1, plainAddress(cpu.labels.user));
  write(cpu, SPSR_EL1, EL0T);
  if (cpu.port.eret() !== 'taken') throw new InvariantError('user space did not start');
}
