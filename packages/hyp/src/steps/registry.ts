/**
 * The forty patches of "Optimize KVM/ARM for VHE systems" as steps, in series order (kvm-arm-vhe-series.md, section 4).
 * A row says what the patch does to a plan, why that is legal, and what a counter must show. `requires` is behavioural:
 * the steps without which this one would do something wrong. That a patch was written on top of another one is no reason.
 */
import type { ModeName, Plan } from '../switch/plan.ts';
import { loadForRunOnly } from './rewrites/01-load-for-run-only.ts';
import { loadAfterInit } from './rewrites/02-load-after-init.ts';
import { vcpuPointer } from './rewrites/03-vcpu-pointer.ts';
import { panicWithoutVttbr } from './rewrites/04-panic.ts';
import { intOverride } from './rewrites/05-int-override.ts';
import { irqLines } from './rewrites/06-irq-lines.ts';
import { el1Is32Bit } from './rewrites/08-el1-is-32bit.ts';
import { debugDirty } from './rewrites/09-debug-dirty.ts';
import { debugSave } from './rewrites/10-debug-save.ts';
import { debugFlow } from './rewrites/11-debug-flow.ts';
import { vheRun } from './rewrites/13-vhe-run.ts';
import { keepVm } from './rewrites/15-keep-vm.ts';
import { noopTimer } from './rewrites/16-noop-timer.ts';
import { userRegisters } from './rewrites/17-user-registers.ts';
import { el2ReturnLast } from './rewrites/22-el2-return.ts';
import { defer64Bit } from './rewrites/28-defer-64bit.ts';
import { defer32BitAccessors } from './rewrites/29-defer-32bit-accessors.ts';
import { defer32Bit } from './rewrites/30-defer-32bit.ts';
import { commonTraps } from './rewrites/31-common-traps.ts';
import { trapsAtLoad } from './rewrites/33-traps-at-load.ts';
import { elrsr } from './rewrites/35-elrsr.ts';
import { gicv2InVgic } from './rewrites/36-gicv2-in-vgic.ts';
import { gicv3InVgic } from './rewrites/38-gicv3-in-vgic.ts';
import { aprsAtLoad } from './rewrites/39-aprs-at-load.ts';
import { gicv3WithoutIrqs } from './rewrites/40-gicv3-without-irqs.ts';

/**
 * `rewrite`: operations move, vanish or merge. `twin`: a strategy is exchanged for another with the same interface.
 * `structural`: nothing that runs changes, which a test proves.
 */
export type StepKind = 'rewrite' | 'twin' | 'structural';

export interface Step {
  readonly number: number;
  readonly slug: string;
  /** The subject of the patch. */
  readonly title: string;
  readonly kind: StepKind;
  /** The modes whose plan changes, or would; structural steps name those whose code they touched. */
  readonly modes: readonly ModeName[];
  readonly requires: readonly number[];
  /** Why the result is still right. */
  readonly why: string;
  readonly hazards: readonly string[];
  /** What a round trip, or a load and put, is expected to count differently; empty for nothing. */
  readonly counters: readonly string[];
  /** Sections of kvm-arm-vhe-series.md. */
  readonly references: readonly string[];
  readonly rewrite: ((plan: Plan) => Plan) | null;
}

const BOTH: readonly ModeName[] = ['vhe', 'nvhe'];
const VHE: readonly ModeName[] = ['vhe'];
const NVHE: readonly ModeName[] = ['nvhe'];

interface Row {
  readonly modes?: readonly ModeName[];
  readonly requires?: readonly number[];
  readonly why: string;
  readonly hazards?: readonly string[];
  readonly counters?: readonly string[];
  readonly references?: readonly string[];
  readonly rewrite?: (plan: Plan) => Plan;
}

function step(number: number, kind: StepKind, slug: string, title: string, row: Row): Step {
  const section = `4, "${String(number).padStart(2, '0')}"`;
  return {
    number, kind, slug, title,
    modes: row.modes ?? BOTH,
    requires: row.requires ?? [],
    why: row.why,
    hazards: row.hazards ?? [],
    counters: row.counters ?? [],
    references: [section, ...(row.references ?? [])],
    rewrite: row.rewrite ?? null,
  };
}

export const STEPS: readonly Step[] = [
  step(1, 'rewrite', 'load-for-run-only', 'arm/arm64: Avoid vcpu_load for other vcpu ioctls than KVM_RUN', {
    why: 'The other ioctls hold the vCPU\'s mutex, so it is not running, and all they touch is its state in memory.',
    counters: ['each such ioctl: one load and one put less'],
    references: ['4.41, load and put'],
    rewrite: loadForRunOnly,
  }),
  step(2, 'rewrite', 'load-after-init', 'arm/arm64: Move vcpu_load call after kvm_vcpu_first_run_init', {
    why: 'Initialisation, MMIO completion and the test of immediate_exit work on memory, which holds everything as long as nothing is loaded.',
    counters: ['early returns of KVM_RUN: one load and one put less', 'first KVM_RUN: the timer is loaded by the load alone'],
    references: ['3.1'],
    rewrite: loadAfterInit,
  }),
  step(3, 'rewrite', 'vcpu-pointer', 'arm64: Avoid storing the vcpu pointer on the stack', {
    why: 'The host context of a PE notes the vCPU that entered, and TPIDR_EL2 leads to the host context from any state of the stack.',
    hazards: ['TPIDR_EL2 must have its final form on every PE before a vCPU runs; here it always has.'],
    counters: ['reads +2 for an interrupt or SError, +3 for a trap', 'frame words -2 stored, -1 loaded', 'an FP trap: reads +2'],
    references: ['2.6', '3.3'],
    rewrite: vcpuPointer,
  }),
  step(4, 'twin', 'panic', 'arm64: Rework hyp_panic for VHE and non-VHE', {
    modes: VHE,
    why: 'Under VHE KVM\'s vectors are in place only while a guest is, so a panic that reaches them need not ask.',
    references: ['2.12', '3.5'],
    rewrite: panicWithoutVttbr,
  }),
  step(5, 'rewrite', 'int-override', 'arm64: Move HCR_INT_OVERRIDE to default HCR_EL2 guest flag', {
    why: 'The value while the guest runs is the same. Between the points where the bits used to change, interrupts are masked.',
    counters: ['reads -1, writes -1, trap configuration -1'],
    references: ['1.4'],
    rewrite: intOverride,
  }),
  step(6, 'rewrite', 'irq-lines', 'arm/arm64: Get rid of vcpu->arch.irq_lines', {
    requires: [5],
    why: 'VI and VF are set in the flags, atomically, by whoever drives the lines; the next entry writes them anyway.',
    hazards: ['Reading VSE back from hardware can overwrite VI or VF set meanwhile; later kernels merge VSE alone.'],
    counters: ['reads -1, writes -1, trap configuration -1'],
    references: ['5.3', '5.6'],
    rewrite: irqLines,
  }),
  step(7, 'structural', 'sysregs-hooks', 'arm/arm64: Add kvm_vcpu_load_sysregs and kvm_vcpu_put_sysregs', {
    why: 'Two empty functions, for 28 to fill.',
  }),
  step(8, 'rewrite', 'el1-is-32bit', 'arm64: Introduce vcpu_el1_is_32bit', {
    why: 'The width of EL1 is decided by VCPU_INIT and never changes, so the flags in memory know it as well as HCR_EL2.',
    counters: ['reads -2, for 64-bit guests too'],
    rewrite: el1Is32Bit,
  }),
  step(9, 'rewrite', 'debug-dirty', 'arm64: Move debug dirty flag calculation out of world switch', {
    why: 'It is a test of a word of memory that nothing changes between the two places.',
    hazards: ['It must see MDSCR_EL1 as modified for user-space debugging, and come after the decision about TDA.'],
    rewrite: debugDirty,
  }),
  step(10, 'rewrite', 'debug-save', 'arm64: Slightly improve debug save/restore functions', {
    modes: VHE,
    why: 'A VHE host profiles at EL2, which the guest\'s translation does not touch: there was nothing to save.',
    counters: ['a word of memory less, which is not counted'],
    rewrite: debugSave,
  }),
  step(11, 'rewrite', 'debug-flow', 'arm64: Improve debug register save/restore flow', {
    why: 'Host values are saved before guest values are loaded, and back after them: the order within each pair is kept.',
    hazards: ['Non-VHE: the profiling buffer is drained when MDCR_EL2 and the guest\'s translation are in place; mended in v5.12.'],
    references: ['5.2-5', '5.3'],
    rewrite: debugFlow,
  }),
  step(12, 'structural', 'fixup-guest-exit', 'arm64: Factor out fault info population and gic workarounds', {
    why: 'A block becomes a function and a jump becomes a loop.',
    references: ['2.8'],
  }),
  step(13, 'rewrite', 'vhe-run', 'arm64: Introduce VHE-specific kvm_vcpu_run', {
    modes: VHE,
    why: 'At EL2 a call needs no exception. The ISB that the hyp call brought along is put behind the unmasking of interrupts.',
    hazards: ['Without an ISB the host would go on with traps, vectors and HCR_EL2 of the guest.'],
    counters: ['no sum changes: the ISB moves'],
    references: ['5.2-7'],
    rewrite: vheRun,
  }),
  step(14, 'structural', 'no-kern-hyp-va', 'arm64: Remove kern_hyp_va() use in VHE switch function', {
    modes: VHE,
    why: 'Under VHE the conversion is patched to instructions that do nothing.',
  }),
  step(15, 'rewrite', 'keep-vm', 'arm64: Don\'t deactivate VM on VHE systems', {
    modes: VHE,
    requires: [4],
    why: 'The EL2&0 regime has no stage 2, and each entry writes VTTBR_EL2 again.',
    hazards: ['A panic must not take VTTBR_EL2 for the sign of a guest in place.'],
    counters: ['writes -1'],
    rewrite: keepVm,
  }),
  step(16, 'rewrite', 'noop-timer', 'arm64: Remove noop calls to timer save/restore from VHE switch', {
    modes: VHE,
    why: 'A VHE host sets CNTHCTL_EL2 once per PE; the functions found that out each time.',
    rewrite: noopTimer,
  }),
  step(17, 'rewrite', 'user-registers', 'arm64: Move userspace system registers into separate function', {
    why: 'ACTLR_EL1 is recommended to have no effect on a host at EL2, so a VHE host need not have its own back.',
    hazards: ['VHE: from here on ACTLR_EL1 keeps the guest\'s value after an exit.'],
    counters: ['VHE: reads -1, writes -1'],
    references: ['1.3', '5.8'],
    rewrite: userRegisters,
  }),
  step(18, 'structural', 'static-keys', 'arm64: Rewrite sysreg alternatives to static keys', {
    why: 'Another way to patch the same decision in.',
  }),
  step(19, 'structural', 'separate-sysreg-functions', 'arm64: Introduce separate VHE/non-VHE sysreg save/restore functions', {
    why: 'The functions of each mode contain what that mode executed already.',
  }),
  step(20, 'structural', 'leftover-comment', 'arm/arm64: Remove leftover comment from kvm_vcpu_run_vhe', {
    modes: VHE,
    why: 'A comment.',
  }),
  step(21, 'structural', 'unify-nvhe-sysregs', 'arm64: Unify non-VHE host/guest sysreg save and restore functions', {
    modes: NVHE,
    why: 'Host and guest moved the same registers through two pairs of functions.',
  }),
  step(22, 'rewrite', 'el2-return', 'arm64: Don\'t save the host ELR_EL2 and SPSR_EL2 on VHE systems', {
    why: 'A VHE host is not returned to by ERET. A v4.16 kernel did not save them for it any more, so only the order changes.',
    hazards: ['Non-VHE: the host\'s ELR_EL2 and SPSR_EL2 must come back, for its ERET goes where its HVC came from.'],
    counters: ['none against v4.16'],
    references: ['1.3', '2.5'],
    rewrite: el2ReturnLast,
  }),
  step(23, 'structural', 'vm-register-halves', 'arm64: Change 32-bit handling of VM system registers', {
    why: 'A trapped AArch32 write merges its half into the 64-bit slot: the same bytes by another name.',
  }),
  step(24, 'structural', 'sysreg-accessors', 'arm64: Rewrite system register accessors to read/write functions', {
    why: 'Functions that read and write the same words of memory.',
    hazards: ['As first posted: swapped arguments for big-endian guests, and a call from EL2 to code that non-VHE does not map there. Both were mended before v4.17.'],
    references: ['5.3'],
  }),
  step(25, 'structural', 'deferred-framework', 'arm64: Introduce framework for accessing deferred sysregs', {
    why: 'Accessors look at a flag that nobody sets before 28.',
    references: ['3.6'],
  }),
  step(26, 'structural', 'deferred-spsr', 'arm/arm64: Prepare to handle deferred save/restore of SPSR_EL1', {
    why: 'As 25, for SPSR_EL1.',
  }),
  step(27, 'structural', 'deferred-elr', 'arm64: Prepare to handle deferred save/restore of ELR_EL1', {
    why: 'As 25, for ELR_EL1.',
  }),
  step(28, 'rewrite', 'defer-64bit', 'arm64: Defer saving/restoring 64-bit sysregs to vcpu load/put on VHE', {
    modes: VHE,
    requires: [1, 17],
    why: 'A host at EL2 does not use the EL1 class at all, and USER only when its user space runs, which is after put.',
    hazards: [
      'Emulation must read and write these registers through the accessors, and another ioctl must not read memory while they are loaded (01).',
      'MPIDR_EL1 stays in memory: other vCPUs\' threads read it.',
    ],
    counters: ['VHE: reads -26, writes -26', 'load: reads +2, writes +24; put: reads +24, writes +2'],
    references: ['3.2', '3.6', '3.7'],
    rewrite: defer64Bit,
  }),
  step(29, 'twin', 'defer-32bit-accessors', 'arm64: Prepare to handle deferred save/restore of 32-bit registers', {
    modes: VHE,
    requires: [28],
    why: 'The accessors of AArch32 registers follow those of 28.',
    hazards: [
      'Until 30 the switch still moves these registers, so what emulation writes to hardware is overwritten at the next entry.',
      'As merged, a write of SPSR_svc also writes the SPSRs of the other modes (mended in v5.3).',
    ],
    references: ['5.3'],
    rewrite: defer32BitAccessors,
  }),
  step(30, 'rewrite', 'defer-32bit', 'arm64: Defer saving/restoring 32-bit sysregs to vcpu load/put', {
    requires: [29],
    why: 'They belong to an AArch32 EL1, which a host at EL2 does not have. FPEXC32_EL2 holds the guest\'s value only after an FP trap, so it is saved with FP.',
    hazards: ['DBGVCR32_EL2 goes along unconditionally: the dirty flag does not hold for a whole residency.', 'A32 before the EL1 class, at load too (errata 852523, 853709).'],
    counters: ['VHE, AArch32 guest: reads -7, writes -6; load +7 writes, put +7 reads', 'non-VHE, AArch32 guest: reads -1'],
    references: ['5.2-1', '5.7'],
    rewrite: defer32Bit,
  }),
  step(31, 'rewrite', 'common-traps', 'arm64: Move common VHE/non-VHE trap config in separate functions', {
    why: 'All of it is in effect at the ERET, and none of it before: the order of the writes does not show.',
    hazards: ['FPEXC32_EL2.EN must be in effect before an AArch32 guest runs, whichever register is written first.'],
    counters: ['none: HCR_EL2 is written before FPEXC32_EL2, and non-VHE clears HSTR_EL2 before MDCR_EL2 (the patch is deduced, its result is v4.17)'],
    references: ['3.3', '3.4'],
    rewrite: commonTraps,
  }),
  step(32, 'structural', 'fp-enabled-direct', 'arm64: Directly call VHE and non-VHE FPSIMD enabled functions', {
    why: 'A call instead of an indirect one.',
  }),
  step(33, 'rewrite', 'traps-at-load', 'arm64: Configure c15, PMU, and debug register traps on cpu load/put for VHE', {
    modes: VHE,
    why: 'HSTR_EL2, PMUSERENR_EL0 and the traps of MDCR_EL2 act on EL1 and EL0 only, and the host\'s EL0 runs after put.',
    hazards: ['mdcr_el2 is computed at each entry and, as merged, loaded at load only: TDA and TDE change late (mended in v4.20 and v5.13).'],
    counters: ['VHE: reads -1, writes -7, trap configuration -6', 'load: writes +4; put: reads +1, writes +3'],
    references: ['5.3'],
    rewrite: trapsAtLoad,
  }),
  step(34, 'structural', 'activate-traps', 'arm64: Cleanup __activate_traps and __deactive_traps for VHE and non-VHE', {
    why: 'Functions of a mode are called by name.',
  }),
  step(35, 'rewrite', 'elrsr', 'arm/arm64: Get rid of vgic_elrsr', {
    why: 'Nobody but the save itself looked at the value.',
    counters: ['GICv2 with more than 32 list registers: an MMIO read less'],
    rewrite: elrsr,
  }),
  step(36, 'rewrite', 'gicv2-in-vgic', 'arm/arm64: Handle VGICv2 save/restore from the main VGIC code', {
    why: 'The frame is memory-mapped and the kernel has a mapping of its own; list registers matter only between flush and sync.',
    hazards: ['An entry that is called off between the two has written list registers, so sync must save them.'],
    counters: ['none: MMIO moves out of the part with interrupts masked'],
    rewrite: gicv2InVgic,
  }),
  step(37, 'structural', 'move-vgic-v2', 'arm/arm64: Move arm64-only vgic-v2-sr.c file to arm64', {
    why: 'A file moves.',
  }),
  step(38, 'rewrite', 'gicv3-in-vgic', 'arm/arm64: Handle VGICv3 save/restore from the main VGIC code on VHE', {
    why: 'A kernel at EL2 can access ICH registers where the list registers are built.',
    hazards: ['Called off between flush and sync, what was written is read back without an exception between: an ISB is needed.'],
    counters: ['none per round trip; an entry called off: ISB +1'],
    references: ['5.2-8'],
    rewrite: gicv3InVgic,
  }),
  step(39, 'rewrite', 'aprs-at-load', 'arm/arm64: Move VGIC APR save/restore to vgic put/load', {
    why: 'Active priorities change only through list registers; while none is in use they stay as they are, loaded or not.',
    hazards: ['A stale non-zero value with an empty list is legal and must survive.'],
    counters: ['GICv3: reads -1 with no list register, else reads -(2 + 2k), writes -2k', 'GICv2 with list registers: an MMIO read and write less', 'load: reads +1, writes +2k; put: reads +1 + 2k; a hyp call each'],
    references: ['4.41, load and put'],
    rewrite: aprsAtLoad,
  }),
  step(40, 'rewrite', 'gicv3-without-irqs', 'arm/arm64: Avoid VGICv3 save/restore on VHE with no IRQs', {
    requires: [38, 39],
    why: 'Traps of the CPU interface concern EL1, which under VHE is the guest\'s from load to put; list registers concern only entries that use them.',
    hazards: [
      'ICH_VMCR_EL2 of a GICv2 guest may be written only while ICC_SRE_EL1.SRE is 0 and known to be; a non-VHE host cannot leave it at 0.',
      'A VM without an interrupt controller under VHE: ICC_SRE_EL2.Enable stays 1, as merged.',
    ],
    counters: ['VHE: reads -2, writes -2', 'VHE, GICv2 guest: no ISB and DSB without list registers', 'load: reads +1, writes +1; put: reads +1, writes +1'],
    references: ['3.2', '5.2-4'],
    rewrite: gicv3WithoutIrqs,
  }),
];

/** The row of a step number, 1 to 40. */
export function stepOf(number: number): Step | null {
  return STEPS[number - 1] ?? null;
}
