// @ts-check
/**
 * The guest programs of `check:ladder` about what one vCPU has: registers, FP, faults, system registers, debug, PMU. Interrupts and
 * timers are in interrupts.mjs, LPIs in lpis.mjs, several vCPUs in smp.mjs; their text is made of text.mjs.
 */
import { INTERRUPT_PROGRAMS } from './interrupts.mjs';
import { LPI_PROGRAMS } from './lpis.mjs';
import { SMP_PROGRAMS } from './smp.mjs';
import { DEVICE, exits, hypercall, repeat, report, stage1On, toEl0 } from './text.mjs';

/** @typedef {import('./text.mjs').Program} Program */

const EL1_REGISTERS = ['sctlr_el1', 'ttbr0_el1', 'ttbr1_el1', 'tcr_el1', 'esr_el1', 'far_el1', 'afsr0_el1', 'afsr1_el1', 'mair_el1', 'amair_el1', 'contextidr_el1', 'tpidr_el0', 'tpidrro_el0', 'tpidr_el1', 'par_el1', 'cntkctl_el1', 'csselr_el1', 'elr_el1', 'spsr_el1', 'sp_el0', 'actlr_el1'];
const ID_REGISTERS = ['id_aa64pfr0_el1', 'id_aa64pfr1_el1', 'id_aa64dfr0_el1', 'id_aa64isar0_el1', 'id_aa64isar1_el1', 'id_aa64mmfr0_el1', 'id_aa64mmfr1_el1', 'id_aa64mmfr2_el1', 'id_pfr0_el1', 'id_mmfr0_el1', 'id_isar5_el1', 'midr_el1', 'mpidr_el1', 'revidr_el1', 'ctr_el0', 'clidr_el1', 'dczid_el0', 's3_0_c0_c7_7'];

/** A page table for the first 2 GiB as blocks of 1 GiB: devices, then memory; T0SZ 25, so that level 1 is the first. */
const MMU_ON = `
        movz x0, #0x4000, lsl #16
        movk x0, #0x8000
        movz x1, #0x0405                        // block, AF, Device (attribute 1)
        str x1, [x0]
        movz x1, #0x4000, lsl #16
        movk x1, #0x0701                        // block, AF, Inner Shareable, Normal
        str x1, [x0, #8]
${stage1On('x0')}`;
const MMU_OFF = 'mrs x1, sctlr_el1\n bic x1, x1, #1\n bic x1, x1, #4\n msr sctlr_el1, x1\n isb\n';

/** Debug exceptions of the guest's own: MDE and KDE set, D unmasked. */
const DEBUG_ON = 'msr oslar_el1, xzr\n isb\n mov x0, #0xa000\n msr mdscr_el1, x0\n isb\n msr daifclr, #8\n';
const BREAK = '0x1e7';

/** @type {readonly Program[]} */
const OWN_PROGRAMS = [
  { name: 'hypercalls', purpose: 'the plainest exit, many times', body: `mov x19, #20\n1: ${hypercall} ${report('x0')} subs x19, x19, #1\n b.ne 1b\n` },
  { name: 'device-sizes', purpose: 'reads and writes of the VMM in each size, sign-extended or not', body: `${repeat(4, (n) => `ldr${['b', 'h', '', ''][n]} ${n === 3 ? 'x' : 'w'}1, [x28, #8]\n ${report('x1')} ldr${['sb', 'sh', 'sw', ''][n]} x1, [x28, #8]\n ${report('x1')}`)} mov x1, #-2\n strb w1, [x28, #1]\n strh w1, [x28, #2]\n str w1, [x28, #4]\n` },
  { name: 'x-registers', purpose: 'every general-purpose register across each kind of exit', body: `${repeat(22, (n) => `mov x${String(n + 1)}, #0x${(0x101 * (n + 1)).toString(16)}\n`)} mov x29, #0x29\n mov x30, #0x30\n ${exits.replaceAll('x0', 'x24')} ${repeat(22, (n) => report(`x${String(n + 1)}`))} ${report('x29')} ${report('x30')} mov x23, #4\n` },
  { name: 'flags', purpose: 'PSTATE across exits: NZCV, DAIF', body: `mov x1, #-1\n adds x1, x1, #1\n ${exits} mrs x2, nzcv\n ${report('x2')} mov x2, #0\n subs x1, x2, #1\n ${exits} mrs x2, nzcv\n ${report('x2')} msr daifclr, #1\n ${exits} mrs x2, daif\n ${report('x2')}` },
  { name: 'stacks', purpose: 'SP_EL0 and SP_EL1, either of them current', body: `mov x1, #0x1000\n msr sp_el0, x1\n msr spsel, #0\n ${exits.replaceAll('x0', 'x3')} mov x2, sp\n ${report('x2')} add sp, sp, #16\n ${exits.replaceAll('x0', 'x3')} msr spsel, #1\n mrs x2, sp_el0\n ${report('x2')} mov x2, sp\n ${report('x2')}` },
  {
    name: 'el1-registers', purpose: 'every EL1 register that a guest may write, across exits',
    body: `${EL1_REGISTERS.map((name, n) => (name === 'sctlr_el1' || name === 'actlr_el1' ? '' : `mov x1, #0x${(0x100 * (n + 1) + (name === 'csselr_el1' ? 0 : 8)).toString(16)}\n msr ${name}, x1\n`)).join('')} ${exits} ${exits} ${EL1_REGISTERS.map((name) => `mrs x1, ${name}\n ${report('x1')}`).join('')}`,
  },
  { name: 'id-registers', purpose: 'what feature registers show', body: ID_REGISTERS.map((name) => `mrs x1, ${name}\n ${report('x1')}`).join('') },
  { name: 'caches', purpose: 'CSSELR_EL1 and CCSIDR_EL1; maintenance by set and way', body: `${repeat(3, (n) => `mov x1, #${String(n)}\n msr csselr_el1, x1\n isb\n ${hypercall} mrs x1, ccsidr_el1\n ${report('x1')}`)} mov x1, #0\n dc csw, x1\n dc cisw, x1\n dc isw, x1\n mrs x1, sctlr_el1\n ${report('x1')}` },
  { name: 'fp', purpose: 'FP state loaded at the first use, and kept', body: `mov x1, #0x77\n fmov d1, x1\n movi v31.16b, #0x5a\n mov x1, #(1 << 22)\n msr fpcr, x1\n mov x1, #0x10\n msr fpsr, x1\n ${exits} fmov x2, d1\n ${report('x2')} ${exits} mov x3, v31.d[1]\n ${report('x3')} mrs x1, fpcr\n ${report('x1')} mrs x1, fpsr\n ${report('x1')} fadd d2, d1, d1\n ${exits} fmov x2, d2\n ${report('x2')}` },
  { name: 'fp-everything', purpose: 'all 32 V registers', body: `${repeat(32, (n) => `mov x1, #0x${(0x1001 * (n + 1)).toString(16)}\n`.replace(/#0x(\w{5,})/, (_, hex) => `#0x${hex.slice(-4)}`) + ` dup v${String(n)}.2d, x1\n`)} ${exits} ${repeat(32, (n) => `mov x1, v${String(n)}.d[1]\n ${report('x1')}`)}` },
  { name: 'fp-after-many-exits', purpose: 'FP used again after each exit, which arms the trap again', body: `mov x19, #6\n1: ${exits} mov x1, x19\n scvtf d0, x1\n ${hypercall} fcvtzs x2, d0\n ${report('x2')} subs x19, x19, #1\n b.ne 1b\n` },
  { name: 'fp-trap-of-its-own', purpose: "CPACR_EL1 of the guest's own", body: `msr cpacr_el1, xzr\n isb\n fmov d0, x1\n mov x0, #(3 << 20)\n msr cpacr_el1, x0\n isb\n mov x1, #9\n fmov d0, x1\n ${exits} fmov x2, d0\n ${report('x2')}` },
  { name: 'undefined', purpose: 'exceptions that the hypervisor injects: syndrome, return state, vector', body: `udf #1\n msr s3_0_c15_c2_0, x1\n mrs x1, s3_0_c15_c2_0\n hvc #1\n smc #0\n ${report('x0')} mrs x1, sctlr_el2\n` },
  { name: 'undefined-between', purpose: 'what an injected exception leaves, read and written over exits', body: `mov x1, #0x77\n msr elr_el1, x1\n msr esr_el1, x1\n ${hypercall} mrs x1, s3_0_c15_c2_0\n nop\n ${hypercall} mrs x1, elr_el1\n sub x1, x1, x27\n ${report('x1')} mrs x1, esr_el1\n ${report('x1')} mrs x1, spsr_el1\n ${report('x1')}` },
  { name: 'undefined-at-el0', purpose: 'the same, from EL0', body: `${toEl0('user', 'back')} user: mrs x1, s3_0_c15_c2_0\n mrs x1, sctlr_el1\n svc #3\n back: ${hypercall}` },
  { name: 'el0', purpose: 'EL0 and back, with its registers and FP', body: `mov x1, #0x111\n msr tpidr_el0, x1\n msr tpidrro_el0, x1\n ${toEl0('user', 'back')} user: mrs x1, tpidr_el0\n add x1, x1, #1\n msr tpidr_el0, x1\n str x1, [x28]\n mrs x2, tpidrro_el0\n str x2, [x28]\n fmov d3, x1\n ldr x3, [x28, #8]\n fmov x4, d3\n str x4, [x28]\n svc #7\n back: mrs x1, tpidr_el0\n ${report('x1')}` },
  { name: 'fetch-outside-memory', purpose: 'an instruction abort that is injected', body: `adr x20, 1f\n movz x1, #0x0a00, lsl #16\n sub x23, x20, x1\n br x1\n1: mov x23, #4\n mrs x1, far_el1\n ${report('x1')}` },
  { name: 'memory', purpose: 'pages that are mapped at their first use', body: `movz x1, #0x4008, lsl #16\n mov x19, #8\n1: str x19, [x1]\n ldr x2, [x1]\n add x1, x1, #4096\n ${report('x2')} subs x19, x19, #1\n b.ne 1b\n movz x1, #0x4008, lsl #16\n ldr x2, [x1]\n ${report('x2')} ldadd x2, x3, [x1]\n ldr x2, [x1]\n ${report('x2')}` },
  { name: 'mmu', purpose: "stage 1 on and off, a translation fault of the guest's own", body: `${MMU_ON} ${exits} mrs x1, sctlr_el1\n ${report('x1')} mrs x1, ttbr0_el1\n ${report('x1')} mov x1, #0x8000000000\n ldr x2, [x1]\n mrs x1, far_el1\n ${report('x1')} ${MMU_OFF} ${exits} mrs x1, sctlr_el1\n ${report('x1')}` },
  { name: 'mmu-toggled', purpose: 'TVM: the translation registers trap until the caches are on', body: `mov x19, #3\n1: ${MMU_ON} ${hypercall} ${MMU_OFF} mov x1, #0\n dc cisw, x1\n subs x19, x19, #1\n b.ne 1b\n mrs x1, tcr_el1\n ${report('x1')} mrs x1, mair_el1\n ${report('x1')}` },
  { name: 'address-translation', purpose: 'AT and PAR_EL1 across exits', body: `${MMU_ON} movz x1, #0x4000, lsl #16\n at s1e1r, x1\n isb\n ${exits} mrs x1, par_el1\n ${report('x1')} mov x1, #0x8000000000\n at s1e1w, x1\n isb\n mrs x1, par_el1\n ${report('x1')}` },
  { name: 'breakpoint-instruction', purpose: 'BRK of the guest', body: 'brk #0x123\n brk #0\n' },
  { name: 'exclusive', purpose: 'exclusive monitors', body: `movz x1, #0x4009, lsl #16\n mov x2, #5\n1: ldxr x3, [x1]\n add x3, x3, x2\n stxr w4, x3, [x1]\n cbnz w4, 1b\n ldr x3, [x1]\n ${report('x3')} clrex\n stxr w4, x3, [x1]\n ${report('x4')}` },
  { name: 'counter', timed: true, purpose: 'the virtual count goes on and never back', body: `mrs x1, cntvct_el0\n ${exits} mrs x2, cntvct_el0\n cmp x2, x1\n cset x3, hs\n ${report('x3')} mrs x1, cntfrq_el0\n ${report('x1')} mrs x1, cntvct_el0\n ${report('x1')}` },
  { name: 'timer', timed: true, purpose: 'registers of the virtual timer across exits; its condition', body: `mov x1, #0x5000\n msr cntv_cval_el0, x1\n mov x1, #3\n msr cntv_ctl_el0, x1\n ${exits} mrs x1, cntv_cval_el0\n ${report('x1')} mrs x1, cntv_ctl_el0\n ${report('x1')} mov x1, #100\n msr cntv_tval_el0, x1\n mov x1, #1\n msr cntv_ctl_el0, x1\n mov x19, #2000\n1: subs x19, x19, #1\n b.ne 1b\n mov x1, #3\n msr cntv_ctl_el0, x1\n mrs x1, cntv_ctl_el0\n ${report('x1')}` },
  // SMCCC_ARCH_WORKAROUND_1 is answered in the vectors of a later kernel's switch; those before it refuse it, as what is not known.
  { name: 'firmware', purpose: 'SMCCC and PSCI: what is known', notUnder: ['linux-4.0', 'linux-4.6'], body: [0x8000_0000, 0x8000_0001, 0x8000_8000, 0x8400_0000, 0x8400_0006, 0x8400_00aa].map((call) => `movz w0, #0x${(call >>> 16).toString(16)}, lsl #16\n movk w0, #0x${(call & 0xffff).toString(16)}\n hvc #0\n ${report('x0')}`).join('') },
  { name: 'wait', waits: true, purpose: 'WFI and WFE', body: `wfe\n sev\n wfe\n wfi\n mov x1, #6\n ${report('x1')} wfi\n ${report('x1')}` },
  // ---- SError ----
  { name: 'serror', purpose: 'a virtual SError that stays pending over several exits (VSE)', body: `msr daifset, #4\n str x28, [x28, #${String(DEVICE.SERROR)}]\n ${exits} mrs x1, isr_el1\n ${report('x1')} ${exits} msr daifclr, #4\n isb\n ${exits} mrs x1, isr_el1\n ${report('x1')}` },
  { name: 'serror-at-once', purpose: 'one that is taken at once', body: `msr daifclr, #4\n str x28, [x28, #${String(DEVICE.SERROR)}]\n nop\n ${hypercall} str x28, [x28, #${String(DEVICE.SERROR)}]\n ${exits}` },
  // ---- An interrupt line of user space ----
  { name: 'irq-line', purpose: 'an interrupt line of user space (VI)', irqchip: 'none', body: `msr daifset, #2\n mov x1, #1\n str x1, [x28, #${String(DEVICE.LINE)}]\n ${exits} mrs x1, isr_el1\n ${report('x1')} msr daifclr, #2\n nop\n isb\n ${exits} mrs x1, isr_el1\n ${report('x1')}` },
  // ---- Debug, the guest's own ----
  { name: 'breakpoint', purpose: "a breakpoint of the guest's own", meets: 'mdcr-is-current', body: `adr x1, 1f\n msr dbgbvr0_el1, x1\n mov x1, #${BREAK}\n msr dbgbcr0_el1, x1\n ${DEBUG_ON} ${exits} nop\n1: nop\n ${exits} nop\n mrs x1, dbgbcr0_el1\n ${report('x1')} mrs x1, mdscr_el1\n ${report('x1')}` },
  { name: 'watchpoint', purpose: "a watchpoint of the guest's own", meets: 'mdcr-is-current', body: `movz x20, #0x4008, lsl #16\n str xzr, [x20]\n msr dbgwvr0_el1, x20\n mov x1, #0x1ff7\n msr dbgwcr0_el1, x1\n ${DEBUG_ON} ${exits} ldr x1, [x20]\n ${exits} str x1, [x20]\n mrs x1, far_el1\n ${report('x1')}` },
  { name: 'debug-on-and-off', purpose: 'debug registers dirty, clean and dirty again', meets: 'mdcr-is-current', body: `mov x19, #3\n3: adr x1, 1f\n msr dbgbvr1_el1, x1\n mov x1, #${BREAK}\n msr dbgbcr1_el1, x1\n ${DEBUG_ON} ${hypercall}\n1: nop\n msr mdscr_el1, xzr\n msr dbgbcr1_el1, xzr\n isb\n ${exits} mrs x1, dbgbvr1_el1\n sub x1, x1, x27\n ${report('x1')} subs x19, x19, #1\n b.ne 3b\n` },
  { name: 'software-step', purpose: 'the guest steps itself', meets: 'mdcr-is-current', body: `mov x23, #0\n msr oslar_el1, xzr\n mov x0, #0x2001\n msr mdscr_el1, x0\n isb\n adr x0, 1f\n msr elr_el1, x0\n mov x0, #0x1c5\n orr x0, x0, #(1 << 21)\n msr spsr_el1, x0\n eret\n1: mov x1, #1\n mov x1, #2\n mov x0, #0\n msr mdscr_el1, x0\n isb\n mov x23, #4\n ${report('x1')}` },
  { name: 'debug-registers', purpose: 'what debug registers hold, with TDA', meets: 'mdcr-is-current', body: `${repeat(4, (n) => `mov x1, #0x${(0x4000 + 0x100 * n).toString(16)}\n msr dbgbvr${String(n)}_el1, x1\n msr dbgwvr${String(n)}_el1, x1\n`)} ${exits} ${repeat(4, (n) => `mrs x1, dbgbvr${String(n)}_el1\n ${report('x1')} mrs x1, dbgwvr${String(n)}_el1\n ${report('x1')}`)} mrs x1, oslsr_el1\n ${report('x1')} mrs x1, mdrar_el1\n ${report('x1')} mrs x1, mdccint_el1\n ${report('x1')}` },
  { name: 'debug-registers-again', purpose: 'debug registers in hardware at a load, and trapped again at a later entry', meets: 'mdcr-is-current', body: `${report('xzr')} movz x1, #0x4100\n msr dbgbvr1_el1, x1\n ${hypercall} mrs x1, dbgbvr1_el1\n ${report('x1')}` },
  // ---- Debug by user space ----
  { name: 'stepped', purpose: 'user space steps the guest, through emulated instructions and traps of FP', debug: 3, meets: 'mdcr-is-current', body: `mov x1, #1\n ${hypercall} mrs x2, id_aa64pfr0_el1\n fmov d0, x1\n ${report('x1')}` },
  { name: 'software-breakpoints', purpose: 'user space has the BRKs', debug: 1 | (1 << 16), meets: 'mdcr-is-current', body: `mov x1, #1\n brk #1\n mov x1, #2\n brk #2\n ${report('x1')}` },
  // ---- PMU ----
  { name: 'pmu-absent', purpose: 'a PMU that is not there', meets: 'mdcr-is-current', body: `mov x1, #7\n msr pmcr_el0, x1\n mrs x1, pmcr_el0\n ${report('x1')} mrs x1, pmccntr_el0\n ${report('x1')}` },
  {
    name: 'pmu-cycles', purpose: 'the cycle counter runs for the guest alone', features: { pmu: true }, meets: 'mdcr-is-current',
    body: `mov x1, #0x47\n msr pmcr_el0, x1\n msr pmccfiltr_el0, xzr\n movz x1, #0x8000, lsl #16\n msr pmcntenset_el0, x1\n mrs x2, pmccntr_el0\n mov x19, #100\n1: subs x19, x19, #1\n b.ne 1b\n mrs x3, pmccntr_el0\n ${exits} mrs x4, pmccntr_el0\n sub x5, x3, x2\n ${report('x5')} sub x5, x4, x3\n ${report('x5')} msr pmcntenclr_el0, x1\n mrs x2, pmccntr_el0\n ${exits} mrs x3, pmccntr_el0\n sub x5, x3, x2\n ${report('x5')}`,
  },
  {
    name: 'pmu-registers', purpose: 'emulated registers of the PMU', features: { pmu: true }, meets: 'mdcr-is-current',
    body: `mrs x1, pmcr_el0\n ${report('x1')} mrs x1, pmceid0_el0\n ${report('x1')} mov x1, #3\n msr pmcntenset_el0, x1\n mov x1, #1\n msr pmcntenclr_el0, x1\n mrs x1, pmcntenset_el0\n and x1, x1, #3\n ${report('x1')} mov x1, #2\n msr pmselr_el0, x1\n mov x1, #0x11\n msr pmxevtyper_el0, x1\n mrs x1, pmevtyper2_el0\n ${report('x1')} mov x1, #0x77\n msr pmevcntr2_el0, x1\n mrs x1, pmxevcntr_el0\n ${report('x1')} mov x1, #31\n msr pmselr_el0, x1\n movz x1, #0x4000, lsl #16\n msr pmxevtyper_el0, x1\n mrs x1, pmccfiltr_el0\n ${report('x1')} mov x1, #29\n msr pmselr_el0, x1\n mrs x1, pmxevcntr_el0\n mov x1, #0xf\n msr pmuserenr_el0, x1\n mrs x1, pmuserenr_el0\n ${report('x1')}`,
  },
  {
    name: 'pmu-software', purpose: 'an overflow by PMSWINC', features: { pmu: true }, meets: 'mdcr-is-current',
    body: `msr pmevtyper0_el0, xzr\n mov x1, #-1\n msr pmevcntr0_el0, x1\n mov x1, #-1\n msr pmovsclr_el0, x1\n mov x1, #1\n msr pmcntenset_el0, x1\n mov x1, #0x41\n msr pmcr_el0, x1\n mov x1, #1\n msr pmswinc_el0, x1\n mrs x1, pmovsset_el0\n ${report('x1')} mov x1, #1\n msr pmswinc_el0, x1\n ${exits} mrs x1, pmevcntr0_el0\n ${report('x1')}`,
  },
  {
    // Linux 4.0 knows no PMU of a guest and leaves PMUSERENR_EL0 0: EL0's access is trapped to EL1 by hardware there, as EC 0x18.
    name: 'pmu-at-el0', purpose: 'PMUSERENR_EL0: what EL0 may', features: { pmu: true }, meets: 'mdcr-is-current', notUnder: ['linux-4.0'],
    body: `msr pmuserenr_el0, xzr\n ${toEl0('user', 'back')} user: mrs x1, pmccntr_el0\n svc #1\n back: mov x1, #4\n msr pmuserenr_el0, x1\n mov x2, #0x123\n msr pmccntr_el0, x2\n ${toEl0('user2', 'back2')} user2: mrs x1, pmccntr_el0\n str x1, [x28]\n mrs x1, pmevcntr0_el0\n svc #2\n back2: nop\n`,
  },
];

/** All of them. @type {readonly Program[]} */
export const PROGRAMS = [...OWN_PROGRAMS, ...INTERRUPT_PROGRAMS, ...LPI_PROGRAMS, ...SMP_PROGRAMS];

/**
 * Programs whose trace or state is another one under VHE with all forty steps as merged: mdcr_el2 reaches hardware at load
 * only, and before the first entry it is 0, so in their first residency debug and PMU registers do not trap (step 33).
 */
export const MEETS_A_DEFECT = [
  'breakpoint', 'watchpoint', 'debug-on-and-off', 'debug-registers', 'stepped', 'software-breakpoints', 'pmu-absent', 'pmu-cycles', 'pmu-software', 'pmu-at-el0',
];
