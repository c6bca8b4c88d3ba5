// @ts-check
/** Guest programs of `check:ladder` about interrupts in every state, and timers. */
import { DEVICE, exits, hypercall, load, mask, repeat, report, spi, unmask } from './text.mjs';

/** @typedef {import('./text.mjs').Program} Program */
/** @typedef {import('./text.mjs').Gic} Gic */

/** A routine of the program's own for the interrupt handler. @param {string} text */
const handler = (text) => `b 98f\nhook: ${text}\n ret\n98: adr x21, hook\n`;
/** What the distributor says of SPIs 32 to 63: enabled, pending, active. */
const states = repeat(3, (n) => `ldr w1, [x20, #${String([0x104, 0x204, 0x304][n])}]\n ${report('x1')}`);
/** A time that is long for the machine and short for us, in ticks from now. @param {string} timer @param {number} ticks */
const after = (timer, ticks) => `mov x1, #${String(ticks)}\n msr cnt${timer}_tval_el0, x1\n mov x1, #1\n msr cnt${timer}_ctl_el0, x1\n isb\n`;
const stop = (/** @type {string} */ timer) => `mov x1, #3\n msr cnt${timer}_ctl_el0, x1\n isb\n`;
/** Waits without an exit until the handler has counted x22 up to a number. @param {number} count */
const until = (count) => `97: cmp x22, #${String(count)}\n b.lo 97b\n`;

/** @type {readonly Program[]} */
export const INTERRUPT_PROGRAMS = [
  // ---- SPIs ----
  { name: 'spi-edge', purpose: 'an edge is delivered once', body: (gic) => `${gic.on} ${gic.edges(true)} ${unmask} ${spi(40)} nop\n ${exits} ${spi(40)} ${spi(40, false)} ${spi(40)} ${exits} ${states}` },
  { name: 'spi-level', purpose: 'a level is delivered until its device is content', body: (gic) => `${gic.on} ${gic.edges(false)} adr x21, lower\n ${unmask} ${spi(41)} nop\n ${exits} ${spi(42)} ${exits} ${states}` },
  {
    name: 'spi-level-again', purpose: 'a level that stays is pending again after its EOI',
    body: (gic) => `${gic.on} ${gic.edges(false)} mov x22, #0\n ${handler(`add x22, x22, #1\n cmp x22, #3\n b.ne 1f\n ${spi(40, false)} 1:`)} ${unmask} ${spi(40)} ${until(3)} ${exits} ${states}`,
  },
  { name: 'spi-masked', purpose: 'pending while PSTATE.I is set, over exits', body: (gic) => `${gic.on} ${gic.edges(true)} ${spi(43)} ${exits} mrs x1, isr_el1\n ${report('x1')} ${states} ${exits} ${unmask} ${exits} mrs x1, isr_el1\n ${report('x1')}` },
  { name: 'spi-priority-mask', purpose: 'pending behind the priority mask', body: (gic) => `${gic.on} ${gic.edges(true)} ${gic.priority(44, 0x80)} ${gic.priorityMask(0x80)} ${unmask} ${spi(44)} ${exits} ${gic.highest('1')} ${report('x1')} ${gic.priorityMask(0x88)} nop\n ${exits}` },
  { name: 'spi-disabled', purpose: 'pending while disabled: forwarded when it is enabled', body: (gic) => `${gic.on} ${gic.edges(false)} adr x21, lower\n ${unmask} mov w1, #0x100\n str w1, [x20, #0x184]\n ${spi(40)} ${exits} ${states} mov w1, #0x100\n str w1, [x20, #0x104]\n nop\n ${exits}` },
  { name: 'spi-distributor-off', purpose: 'pending while the distributor is off: forwarded when it is on', body: (gic) => `${gic.on} ${gic.edges(true)} ${unmask} str wzr, [x20]\n ${spi(45)} ${exits} ${states} mov w1, #${gic.isV3 ? '2' : '1'}\n str w1, [x20]\n nop\n ${exits} ldr w1, [x20]\n ${report('x1')}` },
  { name: 'spi-active-and-pending', purpose: 'an edge that comes while it is active', body: (gic) => `${gic.on} ${gic.edges(true)} mov x22, #0\n ${handler(`add x22, x22, #1\n cmp x22, #1\n b.ne 1f\n ${spi(40)} ${exits} ${states} 1:`)} ${unmask} ${spi(40)} ${until(2)} ${exits} ${states}` },
  { name: 'spi-split-eoi', purpose: 'priority drop and deactivation apart', body: (gic) => `${gic.on} ${gic.edges(true)} ${gic.splitEoi(true)} ${handler('mov x19, x25')} ${unmask} ${spi(46)} ${exits} ${states} ${gic.running('1')} ${report('x1')} mov x18, x19\n ${spi(47)} ${exits} ${states} ${gic.deactivate('19')} ${gic.deactivate('18')} ${exits} ${states} ${gic.splitEoi(false)}` },
  {
    name: 'spi-nested', purpose: 'a higher priority preempts; active priorities over exits',
    body: (gic) => `${gic.on} ${gic.edges(true)} ${gic.priority(40, 0xa0)} ${gic.priority(41, 0x60)} ${gic.priority(42, 0x20)} mov x22, #0
      ${handler(`add x22, x22, #1\n ${gic.running('1')} ${report('x1')} cmp x22, #3\n b.hs 1f\n cmp x22, #1\n b.ne 2f\n ${spi(41)} b 3f\n 2: ${spi(42)} 3: ${unmask} nop\n nop\n ${exits} ${mask} ${states} 1: ${gic.running('1')} ${report('x1')}`)}
      ${unmask} ${spi(40)} ${until(3)} ${exits} ${states}`,
  },
  {
    // Before step 39 active priorities are loaded with list registers only, so without any the PE shows those of its last guest.
    name: 'active-priorities-gone', purpose: 'no priority is active behind the last EOI, whoever was on the PE', mendedBy: 39,
    body: (gic) => `${gic.on} ${gic.edges(true)} ${handler(exits)} ${unmask} ${repeat(4, () => `${spi(40)} ${exits} ${gic.running('1')} ${report('x1')}`)}`,
  },
  {
    name: 'spi-more-than-list-registers', purpose: 'more pending than the hardware holds: by priority, and all of them',
    body: (gic) => `${gic.on} ${gic.edges(true)} mov x22, #0\n ${handler('add x22, x22, #1')} ${repeat(20, (n) => `${gic.priority(32 + n, 8 * ((7 * n) % 20))}`)} ${repeat(20, (n) => spi(32 + n))} ${exits} ${states} ${unmask} ${until(20)} ${exits} ${states}`,
  },
  {
    name: 'spi-many-levels', purpose: 'levels beyond the list registers, each lowered by its handler',
    body: (gic) => `${gic.on} ${gic.edges(false)} mov x22, #0\n ${handler(`add x22, x22, #1\n str x25, [x28, #${String(DEVICE.SPI)}]`)} ${repeat(9, (n) => spi(50 + n))} ${unmask} ${until(9)} ${exits} ${states}`,
  },
  {
    name: 'spi-underflow', purpose: 'more pending than the hardware holds, and a guest that never exits: list registers that run empty are filled again',
    body: (gic) => `${gic.on} ${gic.edges(true)} mov x22, #0\n mov w1, #-1\n str w1, [x20, #0x204]\n adr x1, own\n msr vbar_el1, x1\n isb\n ${unmask} ${until(32)} ${mask} adr x1, vectors\n msr vbar_el1, x1\n isb\n msr elr_el1, xzr\n msr spsr_el1, xzr\n ${report('x22')} ${states} mov x25, #0\n b 99f
      .balign 2048
      own: .skip 0x280
      ${gic.ack('25')} add x22, x22, #1\n ${gic.end('25')} eret
      99: `,
  },
  { name: 'spi-disabled-beside', purpose: 'the first of two on the list is disabled: what the guest does is the second one\'s', body: (gic) => `${gic.on} ${gic.edges(true)} ${spi(40)} ${spi(41)} mov w1, #0x100\n str w1, [x20, #0x184]\n ${exits} ${states} ${unmask} nop\n ${exits} ${states} mov w1, #0x100\n str w1, [x20, #0x104]\n nop\n ${exits} ${states}` },
  { name: 'spi-lowered', purpose: 'a level that goes before it is seen', body: (gic) => `${gic.on} ${gic.edges(false)} ${spi(40)} ${exits} ${spi(40, false)} ${exits} mrs x1, isr_el1\n ${report('x1')} ${states} ${unmask} ${exits}` },
  { name: 'spi-withdrawn', purpose: 'disabled again while it is pending', body: (gic) => `${gic.on} ${gic.edges(true)} ${spi(40)} ${exits} mov w1, #0x100\n str w1, [x20, #0x184]\n ${unmask} ${exits} ${states} mov w1, #0x100\n str w1, [x20, #0x284]\n str w1, [x20, #0x104]\n ${exits} ${states}` },
  { name: 'set-pending', purpose: 'ISPENDR and ICPENDR', body: (gic) => `${gic.on} ${gic.edges(true)} mov w1, #0x300\n str w1, [x20, #0x204]\n mov w1, #0x100\n ${exits} mov w1, #0x100\n str w1, [x20, #0x284]\n ${states} ${unmask} ${exits} ${states}` },
  { name: 'set-pending-level', purpose: 'a level that software has latched is over when it is acknowledged', body: (gic) => `${gic.on} ${gic.edges(false)} mov w1, #0x300\n str w1, [x20, #0x204]\n ${exits} ${states} ${unmask} ${exits} ${states}` },
  { name: 'set-active', purpose: 'ISACTIVER and ICACTIVER: active by software, it is not delivered', body: (gic) => `${gic.on} ${gic.edges(true)} mov w1, #0x100\n str w1, [x20, #0x304]\n ${spi(40)} ${unmask} ${exits} ${states} mov w1, #0x100\n str w1, [x20, #0x384]\n nop\n ${exits} ${states}` },
  { name: 'active-while-acknowledged', purpose: 'ISACTIVER read while it is in a list register', body: (gic) => `${gic.on} ${gic.edges(true)} ${spi(40)} ${gic.ack('19')} ${report('x19')} ${states} ${exits} ${states} ${gic.end('19')} ${states} ${exits}` },
  {
    name: 'distributor-registers', purpose: 'registers of the distributor in each size',
    body: (gic) => `${gic.on} ${repeat(3, (n) => `ldr w1, [x20, #${String([0, 4, 8][n])}]\n ${report('x1')}`)} mov w1, #0xff\n strb w1, [x20, #0x428]\n ldr w1, [x20, #0x428]\n ${report('x1')} ldrb w1, [x20, #0x429]\n ${report('x1')} mov w1, #-1\n str w1, [x20, #0xc08]\n ldr w1, [x20, #0xc08]\n ${report('x1')} ldr w1, [x20, #0xc04]\n ${report('x1')}
      mov w1, #-1\n str w1, [x20, #0x184]\n ldr w1, [x20, #0x184]\n ${report('x1')} ldrh w1, [x20, #0x428]\n ${report('x1')} ldr w1, [x20, #0xfe8]\n ${report('x1')} ldr w1, [x20, #0x820]\n ${report('x1')} ldr w1, [x20, #0x500]\n ${report('x1')} ldr w1, [x20, #0x1c0]\n ${report('x1')}
      ${gic.isV3 ? `${load('x2', 0x0800_6140)} mov x1, #-1\n str x1, [x2]\n ldr x1, [x2]\n ${report('x1')} ldr w1, [x2, #4]\n ${report('x1')} ${load('x2', 0x080a_0000)} ldr x1, [x2, #8]\n ${report('x1')} ldr w1, [x2, #0xffe8 & 0xffc]\n ${report('x1')}` : `mov w1, #0xff\n strb w1, [x20, #0x828]\n ldrb w1, [x20, #0x828]\n ${report('x1')}`}`,
  },
  {
    name: 'private-registers', purpose: 'registers of SGIs and PPIs; those of SGIs of a GICv2 are fixed',
    body: (gic) => `${gic.on} ${gic.privateBase('x18')} ${repeat(4, (n) => `ldr w1, [x18, #${String([0x100, 0x200, 0x300, 0x400][n])}]\n ${report('x1')}`)} mov w1, #0xff\n str w1, [x18, #0x180]\n ldr w1, [x18, #0x100]\n ${report('x1')} mov w1, #4\n str w1, [x18, #0x200]\n ldr w2, [x18, #0x200]\n ${report('x2')} str w1, [x18, #0x280]\n ldr w2, [x18, #0x200]\n ${report('x2')} mov w1, #-1\n str w1, [x18, #0x100]\n
      mov w1, #4\n str w1, [x18, #0x200]\n ldr w1, [x18, #0x200]\n ${report('x1')} ${exits} ${unmask} ${exits} ${mask} mov w1, #(1 << 22)\n str w1, [x18, #0x200]\n ldr w1, [x18, #0x200]\n ${report('x1')} ${unmask} ${exits} ldr w1, [x18, #0x200]\n ${report('x1')}`,
  },
  { name: 'no-controller', purpose: 'registers of a CPU interface that is not there', irqchip: 'none', body: `mov x1, #1\n msr icc_sgi1r_el1, x1\n ${report('x1')}` },
  // ---- SGIs ----
  { name: 'sgi-self', purpose: 'each SGI to oneself', body: (gic) => `${gic.on} ${unmask} ${repeat(16, (n) => `${gic.sgi(n, 1)} nop\n`)} ${exits}` },
  { name: 'sgi-masked', purpose: 'SGIs pending over exits, one of them twice', body: (gic) => `${gic.on} ${repeat(4, (n) => gic.sgi(3 * n, 1))} ${gic.sgi(3, 1)} ${exits} mrs x1, isr_el1\n ${report('x1')} ${gic.privateBase('x18')} ldr w1, [x18, #0x200]\n ${report('x1')} ${unmask} ${exits}` },
  { name: 'sgi-while-active', purpose: 'an SGI to oneself from its own handler', body: (gic) => `${gic.on} mov x22, #0\n ${handler(`add x22, x22, #1\n cmp x22, #3\n b.hs 1f\n ${gic.sgi(5, 1)} ${exits} 1:`)} ${unmask} ${gic.sgi(5, 1)} ${until(3)} ${exits}` },
  { name: 'sgi-made-active', purpose: 'an SGI that software has made active has no sender, and ends as one of vCPU 0', body: (gic) => `${gic.on} ${gic.splitEoi(true)} ${gic.privateBase('x18')} mov w1, #4\n str w1, [x18, #0x300]\n ldr w1, [x18, #0x300]\n ${report('x1')} ${exits} mov x19, #2\n ${gic.deactivate('19')} ${exits} ldr w1, [x18, #0x300]\n ${report('x1')} ${gic.splitEoi(false)}` },
  // ---- The virtual timer ----
  { name: 'timer-interrupt', purpose: 'the virtual timer by its mapped interrupt', timed: true, body: (gic) => `${gic.on} mov x22, #0\n ${handler(`${stop('v')} add x22, x22, #1`)} ${unmask} ${after('v', 40)} ${until(1)} ${exits} mrs x1, cntv_ctl_el0\n ${report('x1')}` },
  { name: 'timer-again', purpose: 'its handler arms it again', timed: true, body: (gic) => `${gic.on} mov x22, #0\n ${handler(`${after('v', 30)} add x22, x22, #1\n cmp x22, #4\n b.ne 1f\n ${stop('v')} 1:`)} ${unmask} ${after('v', 30)} ${until(4)} ${exits}` },
  { name: 'timer-while-exiting', purpose: 'it fires while the guest exits all the time', timed: true, body: (gic) => `${gic.on} mov x22, #0\n ${handler(`${stop('v')} mov x22, #1`)} ${unmask} ${after('v', 20)} 1: ${exits} cbz x22, 1b\n ${exits}` },
  { name: 'timer-masked', purpose: 'it is pending, and its state is that of the physical interrupt', timed: true, body: (gic) => `${gic.on} ${gic.privateBase('x18')} ${handler(stop('v'))} ${after('v', 2)} mov x19, #200\n 1: subs x19, x19, #1\n b.ne 1b\n ${exits} ldr w1, [x18, #0x200]\n ${report('x1')} mrs x1, isr_el1\n ${report('x1')} ${unmask} nop\n ${exits} ldr w1, [x18, #0x200]\n ${report('x1')} ldr w1, [x18, #0x300]\n ${report('x1')}` },
  { name: 'timer-level-stays', purpose: 'a handler that leaves the timer as it is gets it again', timed: true, body: (gic) => `${gic.on} mov x22, #0\n ${handler(`add x22, x22, #1\n cmp x22, #3\n b.ne 1f\n ${stop('v')} 1:`)} ${unmask} ${after('v', 10)} ${until(3)} ${exits}` },
  { name: 'timer-late-eoi', purpose: 'active over exits, and its physical interrupt with it', timed: true, body: (gic) => `${gic.on} ${gic.splitEoi(true)} ${handler(`${stop('v')} mov x19, x25`)} ${unmask} ${after('v', 10)} mov x19, #0\n 1: cbz x19, 1b\n ${exits} ${gic.privateBase('x18')} ldr w1, [x18, #0x300]\n ${report('x1')} ${after('v', 1)} mov x18, #100\n 2: subs x18, x18, #1\n b.ne 2b\n ${exits} ${stop('v')} ${gic.deactivate('19')} ${exits} ${gic.splitEoi(false)}` },
  { name: 'timer-disabled', purpose: 'its interrupt disabled at the distributor while it fires', timed: true, body: (gic) => `${gic.on} ${gic.privateBase('x18')} ${load('x1', 1 << 27)} str w1, [x18, #0x180]\n ${handler(stop('v'))} ${unmask} ${after('v', 2)} mov x19, #200\n 1: subs x19, x19, #1\n b.ne 1b\n ${exits} ${load('x1', 1 << 27)} str w1, [x18, #0x100]\n nop\n ${exits}` },
  { name: 'timer-wait', waits: true, purpose: 'WFI until it fires: a timer of the host stands in', timed: true, body: (gic) => `${gic.on} ${handler(stop('v'))} ${unmask} ${after('v', 2000)} wfi\n ${exits} mrs x1, cntv_ctl_el0\n ${report('x1')}` },
  { name: 'timer-wait-masked', waits: true, purpose: 'WFI wakes for what PSTATE.I keeps off', timed: true, body: (gic) => `${gic.on} ${handler(stop('v'))} ${after('v', 2000)} wfi\n mrs x1, isr_el1\n ${report('x1')} ${exits} ${unmask} ${exits}` },
  { name: 'timer-values', purpose: 'TVAL is the distance, with its sign; CVAL stays', timed: true, body: () => `mov x1, #400\n 1: subs x1, x1, #1\n b.ne 1b\n mov x1, #-5\n msr cntv_tval_el0, x1\n mov x1, #3\n msr cntv_ctl_el0, x1\n ${exits} mrs x1, cntv_ctl_el0\n ${report('x1')} mrs x1, cntv_tval_el0\n asr x1, x1, #31\n ${report('x1')} ${exits} mrs x1, cntv_cval_el0\n mrs x2, cntvct_el0\n cmp x1, x2\n cset x1, lo\n ${report('x1')}` },
  // ---- The physical timer ----
  { name: 'ptimer-interrupt', purpose: 'the emulated physical timer', timed: true, body: (gic) => `${gic.on} mov x22, #0\n ${handler(`${stop('p')} add x22, x22, #1`)} ${unmask} ${after('p', 40)} ${until(1)} ${exits} mrs x1, cntp_ctl_el0\n ${report('x1')}` },
  { name: 'ptimer-wait', waits: true, purpose: 'WFI until the physical timer fires', timed: true, body: (gic) => `${gic.on} ${handler(stop('p'))} ${unmask} ${after('p', 3000)} wfi\n ${exits}` },
  { name: 'ptimer-values', purpose: 'its registers as emulated: TVAL has 32 bits and a sign', timed: true, body: () => `mov x1, #-5\n msr cntp_tval_el0, x1\n mov x1, #3\n msr cntp_ctl_el0, x1\n mrs x1, cntp_ctl_el0\n ${report('x1')} mrs x1, cntp_tval_el0\n lsr x1, x1, #31\n ${report('x1')} mrs x1, cntp_cval_el0\n mrs x2, cntpct_el0\n cmp x1, x2\n cset x1, lo\n ${report('x1')} mov x1, #-1\n msr cntp_cval_el0, x1\n mrs x1, cntp_ctl_el0\n ${report('x1')} mov x1, #0x7f\n msr cntp_ctl_el0, x1\n mrs x1, cntp_ctl_el0\n ${report('x1')} ${load('x1', 0x7000_0000)} msr cntp_tval_el0, x1\n mrs x1, cntp_cval_el0\n mrs x2, cntpct_el0\n sub x1, x1, x2\n lsr x1, x1, #12\n ${report('x1')} mov x2, #0\n msr cntp_ctl_el0, xzr\n msr cntp_cval_el0, xzr\n` },
  { name: 'both-timers', waits: true, purpose: 'WFI wakes at the earlier one, each by its own interrupt', timed: true, body: (gic) => `${gic.on} ${handler(`cmp x25, #27\n b.ne 1f\n ${stop('v')} b 2f\n 1: ${stop('p')} 2:`)} ${unmask} ${after('p', 4000)} ${after('v', 1500)} wfi\n ${report('x22')} wfi\n ${exits}` },
  { name: 'physical-count', purpose: 'CNTPCT_EL0 and CNTVCT_EL0 keep their distance', timed: true, body: () => `isb\n mrs x1, cntpct_el0\n mrs x2, cntvct_el0\n sub x3, x1, x2\n ${exits} isb\n mrs x1, cntpct_el0\n mrs x2, cntvct_el0\n sub x1, x1, x2\n sub x1, x1, x3\n add x1, x1, #1\n lsr x1, x1, #1\n ${report('x1')} mov x2, #0\n mov x3, #0\n` },
  // ---- Waiting ----
  { name: 'wait-pending', purpose: 'WFI with something pending does not wait', body: (gic) => `${gic.on} ${gic.edges(true)} ${spi(40)} wfi\n ${exits} wfi\n ${unmask} ${exits}` },
  { name: 'wait-active', waits: true, purpose: 'an active interrupt wakes nobody, a second one does', body: (gic) => `${gic.on} ${gic.edges(true)} ${handler(stop('v'))} ${spi(40)} ${gic.ack('19')} ${report('x19')} ${hypercall} wfi\n mov x1, #5\n ${report('x1')} ${gic.end('19')} ${exits}` },
  // ---- With something else ----
  { name: 'interrupt-and-fp', purpose: 'a handler that uses FP first', body: (gic) => `${gic.on} ${gic.edges(true)} mov x1, #0x55\n fmov d9, x1\n ${handler('mov x1, #0x66\n fmov d9, x1')} ${unmask} ${hypercall} ${spi(40)} nop\n ${exits} fmov x1, d9\n ${report('x1')}` },
  { name: 'interrupt-and-serror', purpose: 'a virtual SError and an interrupt at once', body: (gic) => `${gic.on} ${gic.edges(true)} ${spi(40)} str x28, [x28, #${String(DEVICE.SERROR)}]\n ${exits} mrs x1, isr_el1\n ${report('x1')} msr daifclr, #6\n nop\n ${exits} mrs x1, isr_el1\n ${report('x1')}` },
  { name: 'interrupt-at-el0', purpose: 'an interrupt of EL0', body: (gic) => `${gic.on} ${gic.edges(true)} adr x22, back\n adr x0, user\n msr elr_el1, x0\n msr spsr_el1, xzr\n eret\n user: ${spi(40)} nop\n ldr x3, [x28, #8]\n svc #7\n back: ${exits}` },
];
