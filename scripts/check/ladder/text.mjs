// @ts-check
/**
 * What the guest programs of `check:ladder` are made of: the device, vectors, and the words of either interrupt controller. A
 * program reports values by writing them to the device; x28 holds the device, x27 the program's start, x23 what its handler adds to
 * ELR_EL1, x21 what it does in an interrupt, x24 GICC of a GICv2. Nothing that it reports may depend on how often it exits.
 */

/**
 * @typedef {'gicv2' | 'gicv3'} Model
 * @typedef {object} Program
 * @property {string} name
 * @property {string} purpose What may go wrong here.
 * @property {string | ((gic: Gic) => string)} body
 * @property {string | ((gic: Gic) => string)} [second] Where other vCPUs begin: `second`, with x0 as CPU_ON had it.
 * @property {string} [meets] A defect of the series that lives on: compared with its fix.
 * @property {readonly string[]} [notUnder] Older kernels that lack what the program asks for.
 * @property {number} [mendedBy] A step of the series that ends a defect of what was before it: compared from there on.
 * @property {Partial<import('../../../packages/hyp/dist/index.js').VcpuFeatures>} [features]
 * @property {'none'} [irqchip]
 * @property {number} [debug] KVM_SET_GUEST_DEBUG.
 * @property {number} [vcpus]
 * @property {boolean} [timed] It is about time: nobody else may run beside it, and its count is compared.
 * @property {boolean} [waits] It counts on WFI to last, which a signal ends.
 * @property {boolean} [its] It has LPIs: a GICv3 with an ITS.
 * @property {boolean} [readOnlyHalf] The upper half of its memory is a read-only slot.
 */

/**
 * The device: a report, a number from the VMM, an interrupt line, an SError, the end, an SPI by number and, in bit 31, level, and a
 * message by event and, in the upper word, device.
 */
export const DEVICE = { BASE: 0x0900_0000, NUMBER: 8, LINE: 16, SERROR: 24, END: 32, SPI: 40, MSI: 48 };

export const report = (/** @type {string} */ x) => `str ${x}, [x28]\n`;
export const hypercall = 'movz w0, #0x4b00, lsl #16\n hvc #0\n';
/** An exit of each kind: a hypercall, a device read by the VMM, a trapped register. */
export const exits = `${hypercall} ldr x0, [x28, #${String(DEVICE.NUMBER)}]\n mrs x0, id_aa64pfr0_el1\n`;
export const repeat = (/** @type {number} */ count, /** @type {(n: number) => string} */ each) => Array.from({ length: count }, (_, n) => each(n)).join('');
/** Any number of 64 bits into a register. @param {string} x @param {number | bigint} value */
export function load(x, value) {
  const parts = Array.from({ length: 4 }, (_, n) => Number((BigInt(value) >> BigInt(16 * n)) & 0xffffn));
  const used = parts.map((part, n) => ({ part, n })).filter(({ part, n }) => part !== 0 || n === 0);
  return used.map(({ part, n }, index) => `mov${index === 0 ? 'z' : 'k'} ${x}, #0x${part.toString(16)}, lsl #${String(16 * n)}\n`).join('');
}
/** Stage 1 and the data cache of EL1 on, with the table of level 1 that a register names. @param {string} table */
export const stage1On = (table) => `
        msr ttbr0_el1, ${table}
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
export const unmask = 'msr daifclr, #2\n isb\n';
export const mask = 'msr daifset, #2\n';

/** To EL0 at a label, and back by SVC to what follows. @param {string} label @param {string} behind */
export const toEl0 = (label, behind) => `adr x22, ${behind}\n adr x0, ${label}\n msr elr_el1, x0\n msr spsr_el1, xzr\n eret\n`;

/** The device sets the level of an SPI. @param {number} intid @param {boolean} level */
export const spi = (intid, level = true) => `${load('x1', intid + (level ? 2 ** 31 : 0))} str x1, [x28, #${String(DEVICE.SPI)}]\n`;

/** Values of {@link Program.body} that differ between the interrupt controllers. @param {Model} model */
export function gicOf(model) {
  const isV3 = model === 'gicv3';
  return {
    isV3,
    /** Distributor and CPU interface on, every SPI from 32 to 63, every SGI and the timers enabled. x20 is the distributor. */
    on: `${load('x20', 0x0800_0000)} ${isV3 ? `${load('x24', 0x080b_0000)}` : load('x24', 0x0800_0000)}
        mov w1, #-1
        str w1, [x20, #0x104]
        str w1, [x24, #0x100]
        mov w1, #${isV3 ? 2 : 1}
        str w1, [x20]
        ${isV3 ? '' : load('x24', 0x0801_0000)}
        mov x1, #0xf0
        ${isV3 ? 'msr icc_pmr_el1, x1\n mov x1, #1\n msr icc_igrpen1_el1, x1\n isb' : 'str w1, [x24, #4]\n mov w1, #1\n str w1, [x24]'}
        adr x21, quiet\n`,
    /** SPIs 32 to 63 are edges, or levels. @param {boolean} isEdge */
    edges: (isEdge) => `mov w1, #${isEdge ? '0xaaaaaaaa' : '0'}\n str w1, [x20, #0xc08]\n str w1, [x20, #0xc0c]\n`,
    ack: (/** @type {string} */ n) => (isV3 ? `mrs x${n}, icc_iar1_el1\n` : `ldr w${n}, [x24, #0xc]\n`),
    end: (/** @type {string} */ n) => (isV3 ? `msr icc_eoir1_el1, x${n}\n` : `str w${n}, [x24, #0x10]\n`),
    deactivate: (/** @type {string} */ n) => (isV3 ? `msr icc_dir_el1, x${n}\n` : `${load('x2', 0x0801_1000)} str w${n}, [x2]\n`),
    priorityMask: (/** @type {number} */ value) => `mov x1, #${String(value)}\n ${isV3 ? 'msr icc_pmr_el1, x1\n isb\n' : 'str w1, [x24, #4]\n'}`,
    splitEoi: (/** @type {boolean} */ isOn) => (isV3 ? `mov x1, #${isOn ? '2' : '0'}\n msr icc_ctlr_el1, x1\n isb\n` : `mov w1, #${isOn ? '0x201' : '1'}\n str w1, [x24]\n`),
    running: (/** @type {string} */ n) => (isV3 ? `mrs x${n}, icc_rpr_el1\n` : `ldr w${n}, [x24, #0x14]\n`),
    highest: (/** @type {string} */ n) => (isV3 ? `mrs x${n}, icc_hppir1_el1\n` : `ldr w${n}, [x24, #0x18]\n`),
    priority: (/** @type {number} */ intid, /** @type {number} */ value) => `mov w1, #${String(value)}\n strb w1, [x20, #${String(0x400 + intid)}]\n`,
    /** The base of the registers of private interrupts of vCPU `n`, by GICD's offsets. */
    privateBase: (/** @type {string} */ x, n = 0) => load(x, isV3 ? 0x080b_0000 + 0x2_0000 * n : 0x0800_0000),
    /** An SGI to vCPUs by a bit each. */
    sgi: (/** @type {number} */ intid, /** @type {number} */ targets) => (isV3 ? `${load('x1', 2 ** 24 * intid + targets)} msr icc_sgi1r_el1, x1\n isb\n` : `${load('x1', 0x1_0000 * targets + intid)} str w1, [x20, #0xf00]\n`),
    /** An SPI goes to vCPU `n`. */
    route: (/** @type {number} */ intid, /** @type {number} */ n) => (isV3 ? `mov x1, #${String(n)}\n ${load('x2', 0x0800_6000 + 8 * intid)} str x1, [x2]\n` : `mov w1, #${String(1 << n)}\n strb w1, [x20, #${String(0x800 + intid)}]\n`),
    /** The CPU interface of another vCPU. */
    interfaceOn: `${load('x20', 0x0800_0000)} ${isV3 ? '' : load('x24', 0x0801_0000)} mov x1, #0xf0
        ${isV3 ? 'msr icc_pmr_el1, x1\n mov x1, #1\n msr icc_igrpen1_el1, x1\n isb' : 'str w1, [x24, #4]\n mov w1, #1\n str w1, [x24]'}
        adr x21, quiet\n`,
  };
}
/** @typedef {ReturnType<typeof gicOf>} Gic */

/** @param {Program} program @param {Model} model */
function vectors({ irqchip }, model) {
  const gic = gicOf(model);
  return `
        .balign 2048
vectors:
        .skip 0x200
        b handler                               // synchronous, at EL1h
        .balign 128
        ${irqchip === 'none' ? 'b line' : 'b interrupt'}
        .balign 128
        .skip 128
        mrs x26, esr_el1                        // SError at EL1h
        orr x26, x26, #(1 << 40)
        str x26, [x28]
        eret
        .balign 128
        b handler                               // synchronous, from EL0
        .balign 128
        ${irqchip === 'none' ? 'b line' : 'b interrupt'}
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
line:                                           // an interrupt without a controller
        mov x26, #(1 << 41)
        str x26, [x28]
        str xzr, [x28, #${String(DEVICE.LINE)}]
        eret
interrupt:
        stp x0, x1, [sp, #-96]!
        mrs x0, elr_el1
        mrs x1, spsr_el1
        stp x0, x1, [sp, #16]
        stp x2, x3, [sp, #32]
        stp x25, x26, [sp, #48]
        stp x29, x30, [sp, #64]
        ${gic.ack('25')}
        str x25, [x28]
        blr x21
        ${gic.end('25')}
        ldp x29, x30, [sp, #64]
        ldp x25, x26, [sp, #48]
        ldp x2, x3, [sp, #32]
        ldp x0, x1, [sp, #16]
        msr elr_el1, x0
        msr spsr_el1, x1
        ldp x0, x1, [sp], #96
        eret
lower:                                          // the device of an SPI has what it wanted
        str x25, [x28, #${String(DEVICE.SPI)}]
quiet:
        ret
`;
}

/** @param {string} sp */
const prologue = (sp) => `
        ${load('x28', DEVICE.BASE)}
        adr x27, _start
        mov x23, #4
        adr x1, vectors
        msr vbar_el1, x1
        mov x1, #(3 << 20)
        msr cpacr_el1, x1
        ${sp}
        isb
`;

/** @param {string | ((gic: Gic) => string)} body @param {Model} model */
const bodyOf = (body, model) => (typeof body === 'string' ? body : body(gicOf(model)));

/** The whole text of a program. @param {Program} program @param {Model} model */
export function whole(program, model) {
  const { body, second } = program;
  return `_start:
        ${prologue('movz x1, #0x400f, lsl #16\n mov sp, x1')}
        ${bodyOf(body, model)}
        str xzr, [x28, #${String(DEVICE.END)}]
        b .
${second === undefined ? '' : `second:
        mov x2, x0
        mrs x3, mpidr_el1
        and x3, x3, #0xff
        ${prologue('movz x1, #0x400f, lsl #16\n sub x1, x1, x3, lsl #14\n mov sp, x1')}
        ${bodyOf(second, model)}
        ${call(0x8400_0002)}
        b .
`}
        ${vectors(program, model)}`;
}

/** A firmware call with what x1 to x3 hold. @param {number} id */
export const call = (id) => `${load('x0', id)} hvc #0\n`;
/** CPU_ON of vCPU `n` at `second`. @param {number} n @param {number} context */
export const turnOn = (n, context, entry = 'second') => `mov x1, #${String(n)}\n adr x2, ${entry}\n mov x3, #${String(context)}\n ${call(0xc400_0003)}`;
/** Until AFFINITY_INFO says that vCPU `n` is off; WFE gives others the PE. @param {number} n */
export const untilOff = (n) => `91: wfe\n mov x1, #${String(n)}\n mov x2, #0\n ${call(0xc400_0004)} cmp x0, #1\n b.ne 91b\n`;

// ---- Several vCPUs ----------------------------------------------------------------------------------------------------

/** A word of memory that all vCPUs see; x19 points at it, the rest of the line is free. */
export const SHARED = 'movz x19, #0x4008, lsl #16\n';
/** Until the word at x19 plus `offset` is `value`. @param {number} offset @param {number} value */
export const await_ = (offset, value) => `add x17, x19, #${String(offset)}\n 96: ldar x18, [x17]\n cmp x18, #${String(value)}\n b.eq 95f\n wfe\n b 96b\n 95:\n`;
/** @param {number} offset @param {number} value */
export const tell = (offset, value) => `add x17, x19, #${String(offset)}\n mov x18, #${String(value)}\n stlr x18, [x17]\n sev\n`;
/** Interrupts are masked between looking and waiting: one that comes there wakes. */
export const waitFor = (/** @type {number} */ count) => `94: ${mask} cmp x22, #${String(count)}\n b.hs 93f\n wfi\n ${unmask} b 94b\n 93: ${unmask}`;
/** An interrupt handler that counts in x22. @param {string} name */
export const counting = (name) => `b 92f\n ${name}: add x22, x22, #1\n ret\n 92: mov x22, #0\n adr x21, ${name}\n`;
/** Where an interrupt came is nobody's promise either: what the handler leaves of that is wiped. */
export const TIDY = `msr daifset, #2\n msr elr_el1, xzr\n msr spsr_el1, xzr\n ${repeat(16, (n) => `stp xzr, xzr, [sp, #-${String(16 * (n + 1))}]\n`)}`;
