/**
 * The guests of measurements that take interrupts. The first vCPU turns the others on, runs the loop a few times to warm up and then X19
 * times; X20 to X24 are of the second run, as `guests.ts` has them. X25 holds the address of the flag that handlers set, X26 the number of
 * the vCPU, X27 and X28 belong to a guest's handlers.
 */
import {
  GICR_CTLR, GICR_PENDBASER, GICR_PROPBASER, GICR_RD, GICR_SGI, GITS_BASER, GITS_CBASER, GITS_CREADR, GITS_CTLR, GITS_CWRITER, itsCommand, LPI_CONFIGURATION,
} from '@worldswitch/gic/regs';
import { MEMORY_MAP } from '../memory-map.ts';
import { CYCLE_COUNTER_ON, type Form } from './forms.ts';

const REDISTRIBUTOR_BYTES = GICR_RD.size + GICR_SGI.size;
const PAGE = 0x1000;

/** Iterations of the first run. */
const WARM_UP = 8;

/** What a handler and a sender do, by version of the interrupt controller. */
interface Interface {
  /** On each vCPU: SGIs and the virtual timer's PPI are enabled. */
  readonly setUp: string;
  /** Into W10. */
  readonly acknowledge: string;
  readonly end: string;
  /** SGI 1 to the vCPUs of a mask. */
  readonly send: (mask: number) => string;
  /** SPI 32 is edge-triggered and enabled. */
  readonly enableSpi: string;
}

const INTERFACES: Readonly<Record<2 | 3, Interface>> = {
  2: {
    setUp: `
        movz    x1, #0x0800, lsl #16    // GICD_ISENABLER0, GICD_CTLR
        movz    w2, #0x0800, lsl #16
        orr     w2, w2, #0xffff
        str     w2, [x1, #0x100]
        mov     w2, #1
        str     w2, [x1]
        movz    x1, #0x0801, lsl #16    // GICC_PMR, GICC_CTLR
        mov     w2, #0xf0
        str     w2, [x1, #4]
        mov     w2, #1
        str     w2, [x1]
`,
    acknowledge: `
        movz    x11, #0x0801, lsl #16
        ldr     w10, [x11, #0xc]
`,
    end: `
        movz    x11, #0x0801, lsl #16
        str     w10, [x11, #0x10]
`,
    send: (mask) => `
        dsb     ishst
        movz    x1, #0x0800, lsl #16
        movz    w2, #${String(mask)}, lsl #16
        orr     w2, w2, #1
        str     w2, [x1, #0xf00]
`,
    enableSpi: `
        movz    x1, #0x0800, lsl #16
        mov     w2, #2
        str     w2, [x1, #0xc08]
        mov     w2, #1
        str     w2, [x1, #0x104]
        str     w2, [x1, #0x820]
`,
  },
  3: {
    setUp: `
        movz    x1, #0x080b, lsl #16    // SGI_base of this vCPU: GICR_IGROUPR0, GICR_ISENABLER0
        add     x1, x1, x26, lsl #17
        mov     w2, #-1
        str     w2, [x1, #0x80]
        movz    w2, #0x0800, lsl #16
        orr     w2, w2, #0xffff
        str     w2, [x1, #0x100]
        movz    x1, #0x0800, lsl #16    // GICD_CTLR
        mov     w2, #0x12
        str     w2, [x1]
        mov     x2, #0xf0
        msr     icc_pmr_el1, x2
        mov     x2, #1
        msr     icc_igrpen1_el1, x2
        isb
`,
    acknowledge: `
        mrs     x10, icc_iar1_el1
        dsb     sy
`,
    end: `
        msr     icc_eoir1_el1, x10
        isb
`,
    send: (mask) => `
        dsb     ishst
        movz    x2, #${String(mask)}
        movk    x2, #0x0100, lsl #16
        msr     icc_sgi1r_el1, x2
        isb
`,
    enableSpi: `
        movz    x1, #0x0800, lsl #16
        mov     w2, #2
        str     w2, [x1, #0xc08]
        mov     w2, #1
        str     w2, [x1, #0x104]
`,
  },
};

/** The handler sets the flag between acknowledging and ending. */
const setsFlag = ({ acknowledge, end }: Interface): string => `
${acknowledge}
        mov     w12, #1
        str     w12, [x25]
${end}
        eret
`;

/** Until the flag is set; the core is told that it is a loop which waits. */
const WAIT_FOR_FLAG = `
1:      ldr     w8, [x25]
        cbnz    w8, 2f
        yield
        b       1b
2:
`;

const SPINS = `
        msr     daifclr, #2
1:      yield
        b       1b
`;

/** What a guest reads around an iteration. */
const COUNTERS = { kut: 'cntvct_el0', papers: 'pmccntr_el0' } as const;

/** The count before, kept in X7. */
const countBefore = (form: Form): string => `
        isb
        mrs     x7, ${COUNTERS[form]}
        isb
`;

/** And after: what it came to goes into X22, X23 and X24. */
const countAfter = (form: Form): string => `
        isb
        mrs     x8, ${COUNTERS[form]}
        isb
        sub     x8, x8, x7
        add     x22, x22, x8
        cmp     x8, x23
        csel    x23, x8, x23, lo
        cmp     x8, x24
        csel    x24, x8, x24, hi
`;

/** Device, event, collection and LPI of kvm-unit-tests' benchmark; the vCPU that takes it. */
const LPI = { device: 7, event: 20, collection: 3, intid: 8199, vcpu: 1 } as const;
const FIRST_LPI = 8192;
/** In the guest's RAM: tables of its LPIs, 64 KiB for each vCPU's pending ones, and the ITS's tables, with a queue of 64 KiB. */
const LPI_MEMORY = { configuration: 0x4010_0000, pending: 0x4011_0000, queue: 0x4014_0000, devices: 0x4015_0000, collections: 0x4016_0000, events: 0x4017_0000 } as const;

/** A number of 64 bits into a register. */
const load = (x: string, value: bigint): string =>
  [0, 1, 2, 3].map((part) => `        mov${part === 0 ? 'z' : 'k'}    ${x}, #${String((value >> BigInt(16 * part)) & 0xffffn)}, lsl #${String(16 * part)}\n`).join('');

/** Stores of X1 behind one another, from where X27 is. */
const queued = (command: bigint, words: number): string => Array.from({ length: words }, (_, n) => `${load('x1', (command >> BigInt(64 * n)) & 0xffff_ffff_ffff_ffffn)}        str     x1, [x27], #8\n`).join('');
const COMMAND_WORDS = 4;
const commandOf = (name: string, fields: Readonly<Record<string, bigint | number>>): string => {
  const { code, layout } = itsCommand(name);
  return queued(layout.of({ ...fields, Code: code }), COMMAND_WORDS);
};
const setRegister = (frame: string, { offset }: { readonly offset: number }, value: bigint): string => `${load('x1', value)}        str     x1, [${frame}, #${String(offset)}]\n`;
/** Commands are executed. The queue wraps where bit 16 of the address carries. */
const ISSUE = `
        bic     x27, x27, #0x10000
        and     x4, x27, #0xffff
        dsb     ishst
        str     x4, [x3, #${String(GITS_CWRITER.offset)}]
`;

/** LPIs of both vCPUs, and an event that is one of them. X3 is GITS, X27 where the next command goes. */
const lpiSetUp = (vcpus: number): string => `
${Array.from({ length: vcpus }, (_, vcpu) => `
${load('x3', BigInt(MEMORY_MAP.GICR + vcpu * REDISTRIBUTOR_BYTES))}${setRegister('x3', GICR_PROPBASER, GICR_PROPBASER.of({ Physical_Address: LPI_MEMORY.configuration / 2 ** GICR_PROPBASER.Physical_Address.lsb, IDbits: 13 }))}
${setRegister('x3', GICR_PENDBASER, GICR_PENDBASER.of({ Physical_Address: LPI_MEMORY.pending / 2 ** GICR_PENDBASER.Physical_Address.lsb + vcpu }))}
        mov     w1, #${String(GICR_CTLR.EnableLPIs.wordMask)}
        str     w1, [x3, #${String(GICR_CTLR.offset)}]
`).join('')}
${load('x3', BigInt(LPI_MEMORY.configuration + LPI.intid - FIRST_LPI))}
        mov     w1, #${String(LPI_CONFIGURATION.of({ Priority: 0xa0 >> LPI_CONFIGURATION.Priority.lsb, Enable: 1 }))}
        strb    w1, [x3]
${load('x3', BigInt(MEMORY_MAP.ITS))}${load('x27', BigInt(LPI_MEMORY.queue))}
${setRegister('x3', GITS_CBASER, GITS_CBASER.of({ Valid: 1, Physical_Address: LPI_MEMORY.queue / PAGE, Size: 15 }))}
${setRegister('x3', { offset: GITS_BASER.offsetOf(0) }, GITS_BASER.of({ Valid: 1, Physical_Address: LPI_MEMORY.devices / PAGE }))}
${setRegister('x3', { offset: GITS_BASER.offsetOf(1) }, GITS_BASER.of({ Valid: 1, Physical_Address: LPI_MEMORY.collections / PAGE }))}
        mov     w1, #${String(GITS_CTLR.Enabled.wordMask)}
        str     w1, [x3, #${String(GITS_CTLR.offset)}]
${commandOf('MAPD', { DeviceID: LPI.device, Size: 7, ITT_addr: LPI_MEMORY.events / 2 ** 8, V: 1 })}
${commandOf('MAPC', { ICID: LPI.collection, RDbase: LPI.vcpu, V: 1 })}
${commandOf('MAPTI', { DeviceID: LPI.device, EventID: LPI.event, pINTID: LPI.intid, ICID: LPI.collection })}
${ISSUE}`;

interface InterruptGuest {
  readonly vcpus: number;
  /** One iteration of the first vCPU. */
  readonly body: (own: Interface, form: Form) => string;
  /** What the others do, with interrupts enabled there. */
  readonly others: string;
  readonly handler: (own: Interface) => string;
  /** Before the loop, on the first vCPU. */
  readonly setUp?: (own: Interface) => string;
}

const sgiToOther = (own: Interface): string => `
        str     wzr, [x25]
${own.send(0b10)}${WAIT_FOR_FLAG}`;

/** vCPUs of the IPI benchmark. */
const CALLERS = 4;

/**
 * `smp_call_function_single` and `_many` of Linux 4.15, waiting: the call data of each vCPU is locked and queued, one SGI goes to all, and
 * each is waited for. (Differs: the queue is of one producer, so it is stored to and not exchanged; and the wait yields, where Linux waits
 * for an event.)
 */
const calls = (targets: readonly number[]) => (own: Interface, form: Form): string => `
${countBefore(form)}
        adr     x3, csd
        mov     w4, #1
${targets.map((target) => `
        str     x7, [x3, #${String(64 * target + 8)}]
        str     w4, [x3, #${String(64 * target)}]
        str     x3, [x3, #${String(64 * target + 16)}]
`).join('')}${own.send(targets.reduce((mask, target) => mask | (1 << target), 0))}${targets.map((target) => `
        add     x5, x3, #${String(64 * target)}
1:      ldar    w8, [x5]
        cbz     w8, 2f
        yield
        b       1b
2:
`).join('')}${countAfter(form)}`;

/** `handle_IPI`: ended first, then the queue is taken, the function is called, and its call data unlocked. */
const callHandler = (body: string) => ({ acknowledge, end }: Interface): string => `
${acknowledge}${end}
        adr     x11, csd
        add     x11, x11, x26, lsl #6
        ldr     x13, [x11, #16]
        str     xzr, [x11, #16]
        ldr     x13, [x11, #8]
${body}
        stlr    wzr, [x11]
        eret
`;

export const INTERRUPT_GUESTS = {
  /** An SGI to a vCPU that spins with interrupts enabled, until its handler has set the flag. */
  ipi: { vcpus: 2, body: (own, form) => (form === 'papers' ? `${countBefore(form)}${sgiToOther(own)}${countAfter(form)}` : sgiToOther(own)), others: SPINS, handler: setsFlag },
  /** An LPI to the other one, by the command INT; whether that was read is asked once, as kvm-unit-tests does. */
  lpi: {
    vcpus: 2,
    setUp: () => lpiSetUp(2),
    body: (_own, form) => `${countBefore(form)}
        str     wzr, [x25]
${load('x3', BigInt(MEMORY_MAP.ITS))}${commandOf('INT', { DeviceID: LPI.device, EventID: LPI.event })}${ISSUE}
        ldr     x4, [x3, #${String(GITS_CREADR.offset)}]
${WAIT_FOR_FLAG}${countAfter(form)}`,
    others: SPINS,
    handler: setsFlag,
  },
  /** The same, and the other one waits in WFI: it is given the time to fall asleep again. */
  ipi_wfi: {
    vcpus: 2,
    body: (own, form) => `
        movz    w8, #0x6000
1:      subs    w8, w8, #1
        b.ne    1b
${countBefore(form)}${sgiToOther(own)}${countAfter(form)}`,
    others: `
        msr     daifclr, #2
1:      wfi
        b       1b
`,
    handler: setsFlag,
  },
  /** The virtual timer, 10 ms ahead, until its handler has set the flag. */
  timer: {
    vcpus: 1,
    body: (_own, form) => `
        str     wzr, [x25]
        mrs     x8, cntfrq_el0
        mov     x9, #100
        udiv    x8, x8, x9
${countBefore(form)}
        msr     cntv_tval_el0, x8
        mov     w9, #1
        msr     cntv_ctl_el0, x9
        isb
${WAIT_FOR_FLAG}${countAfter(form)}`,
    others: '',
    handler: (own) => `
${own.acknowledge}
        mov     x12, #3                 // CNTV_CTL_EL0.IMASK, ENABLE
        msr     cntv_ctl_el0, x12
        isb
        mov     w12, #1
        str     w12, [x25]
${own.end}
        eret
`,
  },
  /** The IPI benchmark of the cover letter, a mode each: nothing is sent; a function on the own vCPU; on another; on all others; and with a lock. */
  calls_dry: { vcpus: CALLERS, body: (_own, form) => `${countBefore(form)}${countAfter(form)}`, others: SPINS, handler: callHandler('') },
  calls_self: { vcpus: CALLERS, body: (_own, form) => `${countBefore(form)}
        msr     daifset, #2
        mov     x6, x30
        bl      call
        mov     x30, x6
        msr     daifclr, #2
${countAfter(form)}`, others: SPINS, handler: callHandler('') },
  calls_normal: { vcpus: CALLERS, body: calls([1]), others: SPINS, handler: callHandler('') },
  calls_broadcast: { vcpus: CALLERS, body: calls([1, 2, 3]), others: SPINS, handler: callHandler('') },
  /** With the one instruction that does it where there is LSE: an exclusive pair would not fit into a turn. */
  calls_lock: { vcpus: CALLERS, body: calls([1, 2, 3]), others: SPINS, handler: callHandler(`
        add     x12, x25, #4
        mov     w13, #1
3:      swpa    w13, w14, [x12]
        cbnz    w14, 3b
        stlr    wzr, [x12]
`) },
  /** A device's interrupt ends a WFI; the handler says at once that it has begun, by a hypercall that nobody knows. */
  io_in: {
    vcpus: 1,
    setUp: (own) => own.enableSpi,
    body: () => `
        str     wzr, [x25]
1:      wfi
        ldr     w8, [x25]
        cbz     w8, 1b
`,
    others: '',
    handler: (own) => `
        hvc     #0
${setsFlag(own)}`,
  },
} as const satisfies Readonly<Record<string, InterruptGuest>>;

export type InterruptGuestName = keyof typeof INTERRUPT_GUESTS;

/** A vector that nothing comes to. */
const UNEXPECTED = `
        b       .
        .balign 128
`;

/** How many vCPUs a guest has. */
export function vcpusOf(name: string): number {
  return (INTERRUPT_GUESTS as Readonly<Record<string, InterruptGuest>>)[name]?.vcpus ?? 1;
}

export function interruptGuest(name: InterruptGuestName, gic: 2 | 3, form: Form): string {
  const guest: InterruptGuest = INTERRUPT_GUESTS[name];
  const own = INTERFACES[gic];
  const { vcpus, body, others, handler, setUp } = guest;
  return `
_start: mov     x26, #0
        bl      prepare
${form === 'papers' ? CYCLE_COUNTER_ON : ''}${setUp?.(own) ?? ''}${Array.from({ length: vcpus - 1 }, (_, n) => startVcpu(n + 1)).join('')}
        movz    w0, #0x4b00, lsl #16
        msr     daifclr, #2
        mov     x28, x19
        mov     x19, #${String(WARM_UP)}
        bl      measure
        mov     x19, x28
        bl      measure
        msr     daifset, #2
        movz    w0, #0x8400, lsl #16    // PSCI SYSTEM_OFF
        movk    w0, #8
        hvc     #0
        b       .

measure:
        mov     x22, #0
        mov     x23, #-1
        mov     x24, #0
        dsb     ish
        isb
        mrs     x20, cntvct_el0
        isb
again:
${body(own, form)}
        subs    x19, x19, #1
        b.ne    again
        dsb     ish
        isb
        mrs     x21, cntvct_el0
        ret

call:   ret

prepare:
        adr     x25, flag
        adr     x0, vectors
        msr     vbar_el1, x0
        isb
${own.setUp}
        ret

secondary:
        mov     x26, x0
        bl      prepare
        adr     x1, arrived
        add     x1, x1, x26, lsl #2
        mov     w2, #1
        str     w2, [x1]
${others}

        .balign 2048
vectors:
${UNEXPECTED.repeat(5)}${handler(own)}
        .balign 128
${UNEXPECTED.repeat(10)}
        .balign 64
flag:   .word   0, 0
        .balign 64
csd:    .fill   ${String(vcpus * 8)}, 8, 0
arrived: .fill  ${String(vcpus)}, 4, 0
`;
}

/** PSCI CPU_ON, and until it has arrived. */
function startVcpu(number: number): string {
  return `
        movz    w0, #0xc400, lsl #16
        movk    w0, #3
        mov     x1, #${String(number)}
        adr     x2, secondary
        mov     x3, #${String(number)}
        hvc     #0
        adr     x1, arrived
1:      ldr     w2, [x1, #${String(4 * number)}]
        yield
        cbz     w2, 1b
`;
}
