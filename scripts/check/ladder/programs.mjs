// @ts-check
/**
 * The guest programs of `check:ladder`: assembly for EL1, each with what its VMM needs. A program reports values by writing
 * them to the device; x28 holds the device, x27 the program's start, x23 what its handler adds to ELR_EL1. Nothing it reports
 * may depend on how often it exits.
 */

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {string} text
 * @property {string} [meets] A defect of the series that lives on: compared with its fix.
 * @property {Partial<import('../../../packages/hyp/dist/index.js').VcpuFeatures>} [features]
 * @property {'none'} [irqchip]
 * @property {number} [debug] KVM_SET_GUEST_DEBUG.
 */

/** The device: a report, a number from the VMM, an interrupt line, an SError, and the end. */
export const DEVICE = { BASE: 0x0900_0000, NUMBER: 8, LINE: 16, SERROR: 24, END: 32 };

const report = (/** @type {string} */ x) => `str ${x}, [x28]\n`;
const hypercall = 'movz w0, #0x4b00, lsl #16\n hvc #0\n';
/** An exit of each kind: a hypercall, a device read by the VMM, a trapped register. */
const exits = `${hypercall} ldr x0, [x28, #${String(DEVICE.NUMBER)}]\n mrs x0, id_aa64pfr0_el1\n`;
const repeat = (/** @type {number} */ count, /** @type {(n: number) => string} */ each) => Array.from({ length: count }, (_, n) => each(n)).join('');

const VECTORS = `
        .balign 2048
vectors:
        .skip 0x200
        b handler
        .balign 128
        mov x26, #(1 << 41)                     // IRQ at EL1h
        str x26, [x28]
        str xzr, [x28, #${String(DEVICE.LINE)}]
        eret
        .skip 0x70
        .balign 128
        mrs x26, esr_el1                        // SError at EL1h
        orr x26, x26, #(1 << 40)
        str x26, [x28]
        eret
        .balign 128
        b handler                               // synchronous, from EL0
        .balign 512
handler:
        mrs x26, esr_el1
        str x26, [x28]
        lsr x25, x26, #26
        mrs x26, elr_el1
        sub x26, x26, x27
        str x26, [x28]
        mrs x26, spsr_el1
        str x26, [x28]
        cmp x25, #0x15                          // SVC: back to EL1, where x22 says
        b.eq 2f
        mrs x26, elr_el1
        add x26, x26, x23
        msr elr_el1, x26
        cmp x25, #0x33                          // a step: and the next one
        b.ne 3f
        mrs x26, spsr_el1
        orr x26, x26, #(1 << 21)
        msr spsr_el1, x26
3:      eret
2:      msr elr_el1, x22
        mov x26, #0x3c5
        msr spsr_el1, x26
        eret
`;

/** @param {string} body */
function whole(body) {
  return `_start:
        movz x28, #0x${(DEVICE.BASE >>> 16).toString(16)}, lsl #16
        adr x27, _start
        mov x23, #4
        adr x0, vectors
        msr vbar_el1, x0
        mov x0, #(3 << 20)
        msr cpacr_el1, x0
        movz x0, #0x4010, lsl #16
        mov sp, x0
        isb
        ${body}
        str xzr, [x28, #${String(DEVICE.END)}]
        b .
        ${VECTORS}`;
}

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
        msr ttbr0_el1, x0
        movz x1, #0x04ff                        // attribute 0 Normal Write-Back, 1 Device-nGnRE
        msr mair_el1, x1
        movz x1, #0x3519
        msr tcr_el1, x1
        dsb ish
        isb
        mrs x1, sctlr_el1
        orr x1, x1, #1
        orr x1, x1, #4
        msr sctlr_el1, x1
        isb
`;
const MMU_OFF = 'mrs x1, sctlr_el1\n bic x1, x1, #1\n bic x1, x1, #4\n msr sctlr_el1, x1\n isb\n';

/** To EL0 at a label, and back by SVC to what follows. @param {string} label @param {string} behind */
const toEl0 = (label, behind) => `adr x22, ${behind}\n adr x0, ${label}\n msr elr_el1, x0\n msr spsr_el1, xzr\n eret\n`;

/** Debug exceptions of the guest's own: MDE and KDE set, D unmasked. */
const DEBUG_ON = 'msr oslar_el1, xzr\n isb\n mov x0, #0xa000\n msr mdscr_el1, x0\n isb\n msr daifclr, #8\n';
const BREAK = '0x1e7';

/** @type {readonly Program[]} */
export const PROGRAMS = [
  { name: 'hypercalls', text: whole(`mov x19, #20\n1: ${hypercall} ${report('x0')} subs x19, x19, #1\n b.ne 1b\n`) },
  { name: 'device-sizes', text: whole(`${repeat(4, (n) => `ldr${['b', 'h', '', ''][n]} ${n === 3 ? 'x' : 'w'}1, [x28, #8]\n ${report('x1')} ldr${['sb', 'sh', 'sw', ''][n]} x1, [x28, #8]\n ${report('x1')}`)} mov x1, #-2\n strb w1, [x28, #1]\n strh w1, [x28, #2]\n str w1, [x28, #4]\n`) },
  { name: 'x-registers', text: whole(`${repeat(22, (n) => `mov x${String(n + 1)}, #0x${(0x101 * (n + 1)).toString(16)}\n`)} mov x29, #0x29\n mov x30, #0x30\n ${exits.replaceAll('x0', 'x24')} ${repeat(22, (n) => report(`x${String(n + 1)}`))} ${report('x29')} ${report('x30')} mov x23, #4\n`) },
  { name: 'flags', text: whole(`mov x1, #-1\n adds x1, x1, #1\n ${exits} mrs x2, nzcv\n ${report('x2')} mov x2, #0\n subs x1, x2, #1\n ${exits} mrs x2, nzcv\n ${report('x2')} msr daifclr, #1\n ${exits} mrs x2, daif\n ${report('x2')}`) },
  { name: 'stacks', text: whole(`mov x1, #0x1000\n msr sp_el0, x1\n msr spsel, #0\n ${exits.replaceAll('x0', 'x3')} mov x2, sp\n ${report('x2')} add sp, sp, #16\n ${exits.replaceAll('x0', 'x3')} msr spsel, #1\n mrs x2, sp_el0\n ${report('x2')} mov x2, sp\n ${report('x2')}`) },
  {
    name: 'el1-registers',
    text: whole(`${EL1_REGISTERS.map((name, n) => (name === 'sctlr_el1' || name === 'actlr_el1' ? '' : `mov x1, #0x${(0x100 * (n + 1) + (name === 'csselr_el1' ? 0 : 8)).toString(16)}\n msr ${name}, x1\n`)).join('')} ${exits} ${exits} ${EL1_REGISTERS.map((name) => `mrs x1, ${name}\n ${report('x1')}`).join('')}`),
  },
  { name: 'id-registers', text: whole(ID_REGISTERS.map((name) => `mrs x1, ${name}\n ${report('x1')}`).join('')) },
  { name: 'caches', text: whole(`${repeat(3, (n) => `mov x1, #${String(n)}\n msr csselr_el1, x1\n isb\n ${hypercall} mrs x1, ccsidr_el1\n ${report('x1')}`)} mov x1, #0\n dc csw, x1\n dc cisw, x1\n dc isw, x1\n mrs x1, sctlr_el1\n ${report('x1')}`) },
  { name: 'fp', text: whole(`mov x1, #0x77\n fmov d1, x1\n movi v31.16b, #0x5a\n mov x1, #(1 << 22)\n msr fpcr, x1\n mov x1, #0x10\n msr fpsr, x1\n ${exits} fmov x2, d1\n ${report('x2')} ${exits} mov x3, v31.d[1]\n ${report('x3')} mrs x1, fpcr\n ${report('x1')} mrs x1, fpsr\n ${report('x1')} fadd d2, d1, d1\n ${exits} fmov x2, d2\n ${report('x2')}`) },
  { name: 'fp-everything', text: whole(`${repeat(32, (n) => `mov x1, #0x${(0x1001 * (n + 1)).toString(16)}\n`.replace(/#0x(\w{5,})/, (_, hex) => `#0x${hex.slice(-4)}`) + ` dup v${String(n)}.2d, x1\n`)} ${exits} ${repeat(32, (n) => `mov x1, v${String(n)}.d[1]\n ${report('x1')}`)}`) },
  { name: 'fp-after-many-exits', text: whole(`mov x19, #6\n1: ${exits} mov x1, x19\n scvtf d0, x1\n ${hypercall} fcvtzs x2, d0\n ${report('x2')} subs x19, x19, #1\n b.ne 1b\n`) },
  { name: 'fp-trap-of-its-own', text: whole(`msr cpacr_el1, xzr\n isb\n fmov d0, x1\n mov x0, #(3 << 20)\n msr cpacr_el1, x0\n isb\n mov x1, #9\n fmov d0, x1\n ${exits} fmov x2, d0\n ${report('x2')}`) },
  { name: 'undefined', text: whole(`udf #1\n msr s3_0_c15_c2_0, x1\n mrs x1, s3_0_c15_c2_0\n hvc #1\n smc #0\n ${report('x0')} mrs x1, sctlr_el2\n`) },
  { name: 'undefined-at-el0', text: whole(`${toEl0('user', 'back')} user: mrs x1, s3_0_c15_c2_0\n mrs x1, sctlr_el1\n svc #3\n back: ${hypercall}`) },
  { name: 'el0', text: whole(`mov x1, #0x111\n msr tpidr_el0, x1\n msr tpidrro_el0, x1\n ${toEl0('user', 'back')} user: mrs x1, tpidr_el0\n add x1, x1, #1\n msr tpidr_el0, x1\n str x1, [x28]\n mrs x2, tpidrro_el0\n str x2, [x28]\n fmov d3, x1\n ldr x3, [x28, #8]\n fmov x4, d3\n str x4, [x28]\n svc #7\n back: mrs x1, tpidr_el0\n ${report('x1')}`) },
  { name: 'fetch-outside-memory', text: whole(`adr x20, 1f\n movz x1, #0x0a00, lsl #16\n sub x23, x20, x1\n br x1\n1: mov x23, #4\n mrs x1, far_el1\n ${report('x1')}`) },
  { name: 'memory', text: whole(`movz x1, #0x4008, lsl #16\n mov x19, #8\n1: str x19, [x1]\n ldr x2, [x1]\n add x1, x1, #4096\n ${report('x2')} subs x19, x19, #1\n b.ne 1b\n movz x1, #0x4008, lsl #16\n ldr x2, [x1]\n ${report('x2')} ldadd x2, x3, [x1]\n ldr x2, [x1]\n ${report('x2')}`) },
  { name: 'mmu', text: whole(`${MMU_ON} ${exits} mrs x1, sctlr_el1\n ${report('x1')} mrs x1, ttbr0_el1\n ${report('x1')} mov x1, #0x8000000000\n ldr x2, [x1]\n mrs x1, far_el1\n ${report('x1')} ${MMU_OFF} ${exits} mrs x1, sctlr_el1\n ${report('x1')}`) },
  { name: 'mmu-toggled', text: whole(`mov x19, #3\n1: ${MMU_ON} ${hypercall} ${MMU_OFF} mov x1, #0\n dc cisw, x1\n subs x19, x19, #1\n b.ne 1b\n mrs x1, tcr_el1\n ${report('x1')} mrs x1, mair_el1\n ${report('x1')}`) },
  { name: 'address-translation', text: whole(`${MMU_ON} movz x1, #0x4000, lsl #16\n at s1e1r, x1\n isb\n ${exits} mrs x1, par_el1\n ${report('x1')} mov x1, #0x8000000000\n at s1e1w, x1\n isb\n mrs x1, par_el1\n ${report('x1')}`) },
  { name: 'breakpoint-instruction', text: whole('brk #0x123\n brk #0\n') },
  { name: 'exclusive', text: whole(`movz x1, #0x4009, lsl #16\n mov x2, #5\n1: ldxr x3, [x1]\n add x3, x3, x2\n stxr w4, x3, [x1]\n cbnz w4, 1b\n ldr x3, [x1]\n ${report('x3')} clrex\n stxr w4, x3, [x1]\n ${report('x4')}`) },
  { name: 'counter', text: whole(`mrs x1, cntvct_el0\n ${exits} mrs x2, cntvct_el0\n cmp x2, x1\n cset x3, hs\n ${report('x3')} mrs x1, cntfrq_el0\n ${report('x1')} mrs x1, cntvct_el0\n ${report('x1')}`) },
  { name: 'timer', text: whole(`mov x1, #0x5000\n msr cntv_cval_el0, x1\n mov x1, #3\n msr cntv_ctl_el0, x1\n ${exits} mrs x1, cntv_cval_el0\n ${report('x1')} mrs x1, cntv_ctl_el0\n ${report('x1')} mov x1, #100\n msr cntv_tval_el0, x1\n mov x1, #1\n msr cntv_ctl_el0, x1\n mov x19, #2000\n1: subs x19, x19, #1\n b.ne 1b\n mov x1, #3\n msr cntv_ctl_el0, x1\n mrs x1, cntv_ctl_el0\n ${report('x1')}`) },
  { name: 'firmware', text: whole([0x8000_0000, 0x8000_0001, 0x8000_8000, 0x8400_0000, 0x8400_0006, 0x8400_00aa].map((call) => `movz w0, #0x${(call >>> 16).toString(16)}, lsl #16\n movk w0, #0x${(call & 0xffff).toString(16)}\n hvc #0\n ${report('x0')}`).join('')) },
  { name: 'wait', text: whole(`wfe\n sev\n wfe\n wfi\n mov x1, #6\n ${report('x1')} wfi\n ${report('x1')}`) },
  // ---- SError ----
  { name: 'serror', text: whole(`msr daifset, #4\n str x28, [x28, #${String(DEVICE.SERROR)}]\n ${exits} mrs x1, isr_el1\n ${report('x1')} ${exits} msr daifclr, #4\n isb\n ${exits} mrs x1, isr_el1\n ${report('x1')}`) },
  { name: 'serror-at-once', text: whole(`msr daifclr, #4\n str x28, [x28, #${String(DEVICE.SERROR)}]\n nop\n ${hypercall} str x28, [x28, #${String(DEVICE.SERROR)}]\n ${exits}`) },
  // ---- An interrupt line of user space ----
  { name: 'irq-line', irqchip: 'none', text: whole(`msr daifset, #2\n mov x1, #1\n str x1, [x28, #${String(DEVICE.LINE)}]\n ${exits} mrs x1, isr_el1\n ${report('x1')} msr daifclr, #2\n nop\n isb\n ${exits} mrs x1, isr_el1\n ${report('x1')}`) },
  // ---- Debug, the guest's own ----
  { name: 'breakpoint', meets: 'mdcr-is-current', text: whole(`adr x1, 1f\n msr dbgbvr0_el1, x1\n mov x1, #${BREAK}\n msr dbgbcr0_el1, x1\n ${DEBUG_ON} ${exits} nop\n1: nop\n ${exits} nop\n mrs x1, dbgbcr0_el1\n ${report('x1')} mrs x1, mdscr_el1\n ${report('x1')}`) },
  { name: 'watchpoint', meets: 'mdcr-is-current', text: whole(`movz x20, #0x4008, lsl #16\n str xzr, [x20]\n msr dbgwvr0_el1, x20\n mov x1, #0x1ff7\n msr dbgwcr0_el1, x1\n ${DEBUG_ON} ${exits} ldr x1, [x20]\n ${exits} str x1, [x20]\n mrs x1, far_el1\n ${report('x1')}`) },
  { name: 'debug-on-and-off', meets: 'mdcr-is-current', text: whole(`mov x19, #3\n3: adr x1, 1f\n msr dbgbvr1_el1, x1\n mov x1, #${BREAK}\n msr dbgbcr1_el1, x1\n ${DEBUG_ON} ${hypercall}\n1: nop\n msr mdscr_el1, xzr\n msr dbgbcr1_el1, xzr\n isb\n ${exits} mrs x1, dbgbvr1_el1\n sub x1, x1, x27\n ${report('x1')} subs x19, x19, #1\n b.ne 3b\n`) },
  { name: 'software-step', meets: 'mdcr-is-current', text: whole(`mov x23, #0\n msr oslar_el1, xzr\n mov x0, #0x2001\n msr mdscr_el1, x0\n isb\n adr x0, 1f\n msr elr_el1, x0\n mov x0, #0x1c5\n orr x0, x0, #(1 << 21)\n msr spsr_el1, x0\n eret\n1: mov x1, #1\n mov x1, #2\n mov x0, #0\n msr mdscr_el1, x0\n isb\n mov x23, #4\n ${report('x1')}`) },
  { name: 'debug-registers', meets: 'mdcr-is-current', text: whole(`${repeat(4, (n) => `mov x1, #0x${(0x4000 + 0x100 * n).toString(16)}\n msr dbgbvr${String(n)}_el1, x1\n msr dbgwvr${String(n)}_el1, x1\n`)} ${exits} ${repeat(4, (n) => `mrs x1, dbgbvr${String(n)}_el1\n ${report('x1')} mrs x1, dbgwvr${String(n)}_el1\n ${report('x1')}`)} mrs x1, oslsr_el1\n ${report('x1')} mrs x1, mdrar_el1\n ${report('x1')} mrs x1, mdccint_el1\n ${report('x1')}`) },
  // ---- Debug by user space ----
  { name: 'stepped', debug: 3, meets: 'mdcr-is-current', text: whole(`mov x1, #1\n ${hypercall} mrs x2, id_aa64pfr0_el1\n fmov d0, x1\n ${report('x1')}`) },
  { name: 'software-breakpoints', debug: 1 | (1 << 16), meets: 'mdcr-is-current', text: whole(`mov x1, #1\n brk #1\n mov x1, #2\n brk #2\n ${report('x1')}`) },
  // ---- PMU ----
  { name: 'pmu-absent', meets: 'mdcr-is-current', text: whole(`mov x1, #7\n msr pmcr_el0, x1\n mrs x1, pmcr_el0\n ${report('x1')} mrs x1, pmccntr_el0\n ${report('x1')}`) },
  {
    name: 'pmu-cycles', features: { pmu: true }, meets: 'mdcr-is-current',
    text: whole(`mov x1, #0x47\n msr pmcr_el0, x1\n msr pmccfiltr_el0, xzr\n movz x1, #0x8000, lsl #16\n msr pmcntenset_el0, x1\n mrs x2, pmccntr_el0\n mov x19, #100\n1: subs x19, x19, #1\n b.ne 1b\n mrs x3, pmccntr_el0\n ${exits} mrs x4, pmccntr_el0\n sub x5, x3, x2\n ${report('x5')} sub x5, x4, x3\n ${report('x5')} msr pmcntenclr_el0, x1\n mrs x2, pmccntr_el0\n ${exits} mrs x3, pmccntr_el0\n sub x5, x3, x2\n ${report('x5')}`),
  },
  {
    name: 'pmu-registers', features: { pmu: true }, meets: 'mdcr-is-current',
    text: whole(`mrs x1, pmcr_el0\n ${report('x1')} mrs x1, pmceid0_el0\n ${report('x1')} mov x1, #3\n msr pmcntenset_el0, x1\n mov x1, #1\n msr pmcntenclr_el0, x1\n mrs x1, pmcntenset_el0\n and x1, x1, #3\n ${report('x1')} mov x1, #2\n msr pmselr_el0, x1\n mov x1, #0x11\n msr pmxevtyper_el0, x1\n mrs x1, pmevtyper2_el0\n ${report('x1')} mov x1, #0x77\n msr pmevcntr2_el0, x1\n mrs x1, pmxevcntr_el0\n ${report('x1')} mov x1, #31\n msr pmselr_el0, x1\n movz x1, #0x4000, lsl #16\n msr pmxevtyper_el0, x1\n mrs x1, pmccfiltr_el0\n ${report('x1')} mov x1, #29\n msr pmselr_el0, x1\n mrs x1, pmxevcntr_el0\n mov x1, #0xf\n msr pmuserenr_el0, x1\n mrs x1, pmuserenr_el0\n ${report('x1')}`),
  },
  {
    name: 'pmu-software', features: { pmu: true }, meets: 'mdcr-is-current',
    text: whole(`msr pmevtyper0_el0, xzr\n mov x1, #-1\n msr pmevcntr0_el0, x1\n mov x1, #-1\n msr pmovsclr_el0, x1\n mov x1, #1\n msr pmcntenset_el0, x1\n mov x1, #0x41\n msr pmcr_el0, x1\n mov x1, #1\n msr pmswinc_el0, x1\n mrs x1, pmovsset_el0\n ${report('x1')} mov x1, #1\n msr pmswinc_el0, x1\n ${exits} mrs x1, pmevcntr0_el0\n ${report('x1')}`),
  },
  {
    name: 'pmu-at-el0', features: { pmu: true }, meets: 'mdcr-is-current',
    text: whole(`msr pmuserenr_el0, xzr\n ${toEl0('user', 'back')} user: mrs x1, pmccntr_el0\n svc #1\n back: mov x1, #4\n msr pmuserenr_el0, x1\n mov x2, #0x123\n msr pmccntr_el0, x2\n ${toEl0('user2', 'back2')} user2: mrs x1, pmccntr_el0\n str x1, [x28]\n mrs x1, pmevcntr0_el0\n svc #2\n back2: nop\n`),
  },
];

/**
 * Programs whose trace or state is another one under VHE with all forty steps as merged: mdcr_el2 reaches hardware at load
 * only, and before the first entry it is 0, so in their first residency debug and PMU registers do not trap (step 33).
 */
export const MEETS_A_DEFECT = [
  'breakpoint', 'watchpoint', 'debug-on-and-off', 'software-step', 'debug-registers', 'stepped', 'software-breakpoints', 'pmu-absent', 'pmu-cycles', 'pmu-software', 'pmu-at-el0',
];
