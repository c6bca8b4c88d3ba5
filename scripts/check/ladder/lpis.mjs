// @ts-check
/**
 * Guest programs of `check:ladder` about LPIs: an ITS in the kernel, by its registers, its commands in memory, and messages of the VMM's
 * device. x12 is GITS, x11 the RD_base of the vCPU, x13 where the next command goes. What they see is by IHI 0069, "ITS commands"
 * and "LPIs", and where that leaves it open, what KVM does.
 */
import { await_, counting, DEVICE, exits, load, mask, repeat, report, SHARED, tell, TIDY, turnOn, unmask, untilOff, waitFor } from './text.mjs';

/** @typedef {import('./text.mjs').Program} Program */
/** @typedef {import('./text.mjs').Gic} Gic */

/** In the guest's memory: what each vCPU's tables are, the queue, and the ITS's own. */
const [PROPERTIES, QUEUE, DEVICES, COLLECTIONS, EVENTS] = [0x4010_0000, 0x4013_0000, 0x4014_0000, 0x4015_0000, 0x4016_0000];
const pendingTable = (/** @type {number} */ vcpu) => 0x4011_0000 + 0x1_0000 * vcpu;
const FIRST = 8192;
const VALID = 2n ** 63n;
/** A device, as all programs have it. */
const DEV = 5;

const store = (/** @type {string} */ base, /** @type {number} */ offset, /** @type {number | bigint} */ value) => `${load('x1', value)} str x1, [${base}, #${String(offset)}]\n`;
const storeWord = (/** @type {string} */ base, /** @type {number} */ offset, /** @type {number | bigint} */ value) => `${load('x1', value)} str w1, [${base}, #${String(offset)}]\n`;
/** A byte of memory. @param {number} address @param {number} value */
const byte = (address, value) => `${load('x1', address)} mov w2, #${String(value)}\n strb w2, [x1]\n`;
const reportByte = (/** @type {number} */ address) => `${load('x1', address)} ldrb w1, [x1]\n ${report('x1')}`;

/** Priority and enable of an LPI, in the table that both vCPUs have. @param {number} lpi @param {number} priority */
const configure = (lpi, priority, enable = 1) => byte(PROPERTIES + lpi, priority | enable);
/** The pending bit of an LPI in the table of the first vCPU. */
const pendingByte = (/** @type {number} */ lpi) => pendingTable(0) + Math.floor((FIRST + lpi) / 8);

// ---- Commands: LPIs are counted from 8192 ------------------------------------------------------------------------------

/** Commands behind each other, then GITS_CWRITER. @param {(readonly (number | bigint)[])[]} commands */
const issue = (...commands) => `${commands.map((words) => [0, 1, 2, 3].map((n) => `${load('x1', words[n] ?? 0)} str x1, [x13], #8\n`).join('')).join('')} and x1, x13, #0xffff\n str x1, [x12, #0x88]\n`;
const of = (/** @type {number} */ code, device = DEV) => BigInt(code) + (BigInt(device) << 32n);
const mapd = (device = DEV, bits = 5, valid = true) => [of(8, device), bits - 1, (valid ? VALID : 0n) + BigInt(EVENTS)];
const mapc = (/** @type {number} */ id, /** @type {number} */ vcpu, valid = true) => [9, 0, (valid ? VALID : 0n) + BigInt(vcpu * 2 ** 16 + id)];
const mapti = (/** @type {number} */ event, /** @type {number} */ lpi, id = 0, device = DEV) => [of(0xa, device), BigInt(event) + (BigInt(FIRST + lpi) << 32n), id];
const movi = (/** @type {number} */ event, /** @type {number} */ id) => [of(1), event, id];
const int = (/** @type {number} */ event, device = DEV) => [of(3, device), event];
const clear = (/** @type {number} */ event) => [of(4), event];
const inv = (/** @type {number} */ event) => [of(0xc), event];
const invall = (/** @type {number} */ id) => [0xd, 0, id];
const movall = (/** @type {number} */ from, /** @type {number} */ to) => [0xe, 0, from * 2 ** 16, to * 2 ** 16];
const discard = (/** @type {number} */ event) => [of(0xf), event];
const SYNC = [5];

// ---- Setting up --------------------------------------------------------------------------------------------------------

/** Tables and queue are there, and the ITS is on. */
const itsOn = `${load('x12', 0x0808_0000)} ${load('x13', QUEUE)} ${store('x12', 0x80, VALID + BigInt(QUEUE) + 15n)} ${store('x12', 0x100, VALID + BigInt(DEVICES))} ${store('x12', 0x108, VALID + BigInt(COLLECTIONS))} ${storeWord('x12', 0, 1)}`;
/** The tables of a vCPU; with LPIs of 14 bits. @param {number} vcpu */
const tables = (vcpu) => `${load('x11', 0x080a_0000 + 0x2_0000 * vcpu)} ${store('x11', 0x70, PROPERTIES + 13)} ${store('x11', 0x78, pendingTable(vcpu))}`;
const enableLpis = storeWord('x11', 0, 1);
/** All of it, with events 0 to `events` - 1 of a device as LPIs 8192 and up, at priority 0xa0. @param {Gic} gic @param {number} events */
const ready = (gic, events) => `${gic.on} ${tables(0)} ${enableLpis} ${itsOn} ${repeat(events, (n) => configure(n, 0xa0))} ${issue(mapd(), mapc(0, 0))} ${repeat(events, (n) => issue(mapti(n, n)))} ${issue(SYNC)}`;

/** A message of the VMM's device. @param {number} event */
const message = (event, device = DEV) => `${load('x1', BigInt(event) + (BigInt(device) << 32n))} str x1, [x28, #${String(DEVICE.MSI)}]\n`;

/** @type {readonly Program[]} */
export const LPI_PROGRAMS = [
  { name: 'lpi-int', purpose: 'an LPI by the command INT', its: true, body: (gic) => `${ready(gic, 2)} ${unmask} ${issue(int(1))} nop\n ${exits} ${issue(int(0), int(1))} nop\n ${exits} ${issue(int(0))} ${exits}` },
  { name: 'lpi-message', purpose: 'an LPI by a message of the VMM; one that nobody has mapped', its: true, body: (gic) => `${ready(gic, 2)} ${unmask} ${message(1)} nop\n ${exits} ${message(0)} ${message(0)} ${exits} ${message(7)} ${message(0, 9)} ${exits}` },
  { name: 'lpi-masked', purpose: 'pending while PSTATE.I is set, over exits, and once', its: true, body: (gic) => `${ready(gic, 1)} ${issue(int(0))} ${exits} mrs x1, isr_el1\n ${report('x1')} ${gic.highest('1')} ${report('x1')} ${issue(int(0))} ${exits} ${unmask} ${exits} mrs x1, isr_el1\n ${report('x1')}` },
  {
    name: 'lpi-configuration', purpose: 'enable and disable in memory count once INV or INVALL has been executed', its: true,
    body: (gic) => `${ready(gic, 2)} ${configure(0, 0xa0, 0)} ${unmask} ${issue(int(0))} nop\n ${exits} ${issue(inv(0), int(0))} ${exits} mrs x1, isr_el1\n ${report('x1')} ${configure(0, 0xa0)} ${exits} ${issue(inv(0))} nop\n ${exits} ${configure(0, 0xa0, 0)} ${configure(1, 0xa0, 0)} ${issue(invall(0), int(0), int(1))} ${exits} ${configure(0, 0xa0)} ${configure(1, 0xa0)} ${issue(invall(0))} nop\n ${exits}`,
  },
  { name: 'lpi-priority', purpose: 'by priority, and behind the priority mask', its: true, body: (gic) => `${ready(gic, 4)} ${configure(0, 0x80)} ${configure(1, 0x20)} ${configure(2, 0xc0)} ${configure(3, 0x40)} ${issue(invall(0), int(0), int(1), int(2), int(3))} ${gic.priorityMask(0x80)} ${unmask} nop\n ${exits} ${gic.highest('1')} ${report('x1')} ${gic.priorityMask(0xf0)} nop\n ${exits}` },
  {
    name: 'lpi-in-handler', purpose: 'an LPI runs over exits, is made pending again, and is preempted', its: true,
    body: (gic) => `${ready(gic, 2)} ${configure(1, 0x20)} ${issue(inv(1))} mov x22, #0\n b 98f\n hook: add x22, x22, #1\n ${gic.running('1')} ${report('x1')} cmp x22, #1\n b.ne 1f\n stp x30, x25, [sp, #-16]!\n ${exits} ${issue(int(0))} ${exits} ${issue(int(1))} ${unmask} nop\n ${exits} ${mask} ldp x30, x25, [sp], #16\n 1: ret\n 98: adr x21, hook\n ${unmask} ${issue(int(0))} nop\n ${exits}`,
  },
  { name: 'lpi-clear', purpose: 'CLEAR takes what is pending away', its: true, body: (gic) => `${ready(gic, 2)} ${issue(int(0), int(1))} ${exits} ${issue(clear(0))} ${exits} ${unmask} ${exits}` },
  {
    // What was pending on an ap_list is delivered still, as KVM has it.
    name: 'lpi-discard', purpose: 'DISCARD: the event is not translated any more; and mapped again it is another LPI', its: true,
    body: (gic) => `${ready(gic, 2)} ${configure(9, 0xa0)} ${issue(discard(0), int(0))} ${unmask} ${exits} ${issue(mapti(0, 9), int(0))} nop\n ${exits} ${mask} ${issue(int(1), discard(1))} ${exits} ${unmask} ${exits} ${issue(int(1))} ${exits} ${issue(mapd(DEV, 5, false), int(0))} ${exits} ${issue(mapd(), int(0), mapti(0, 0), int(0))} ${exits}`,
  },
  {
    name: 'lpi-pending-table', purpose: 'what the pending table says: of an LPI that is mapped, and when LPIs are enabled', its: true,
    body: (gic) => `${gic.on} ${tables(0)} ${itsOn} ${repeat(3, (n) => configure(n, 0xa0 - 0x20 * n))} ${byte(pendingByte(0), 1)} ${issue(mapd(), mapc(0, 0), mapti(0, 0), mapti(1, 1), mapti(2, 2))} ${reportByte(pendingByte(0))} ${byte(pendingByte(1), 7)} ${exits} ${unmask} ${exits} ${enableLpis} nop\n ${exits} ldr w1, [x11]\n ${report('x1')}`,
  },
  { name: 'lpi-pending-table-zero', purpose: 'PENDBASER.PTZ: the table is not read', its: true, body: (gic) => `${gic.on} ${tables(0)} ${store('x11', 0x78, 2n ** 62n + BigInt(pendingTable(0)))} ${itsOn} ${configure(0, 0xa0)} ${issue(mapd(), mapc(0, 0), mapti(0, 0))} ${byte(pendingByte(0), 1)} ${enableLpis} ${unmask} ${exits}` },
  { name: 'lpi-not-enabled', purpose: 'an LPI for a redistributor that has them off is lost', its: true, body: (gic) => `${gic.on} ${tables(0)} ${itsOn} ${configure(0, 0xa0)} ${issue(mapd(), mapc(0, 0), mapti(0, 0), int(0))} ${unmask} ${message(0)} ${exits} ${enableLpis} ${exits} ${message(0)} nop\n ${exits} str wzr, [x12]\n ${message(0)} ${exits} ldr w1, [x12]\n ${report('x1')}` },
  {
    name: 'lpi-more-than-list-registers', purpose: 'more LPIs pending than the hardware holds, and SPIs between them: by priority, and all', its: true,
    body: (gic) => `${ready(gic, 12)} ${gic.edges(true)} ${counting('hook')} ${repeat(12, (n) => configure(n, 16 * ((5 * n) % 12)))} ${issue(invall(0))} ${repeat(6, (n) => `${gic.priority(40 + n, 8 + 32 * ((5 * n) % 6))}`)} mov w1, #0x3f00\n str w1, [x20, #0x204]\n ${repeat(12, (n) => issue(int(n)))} ${exits} ${unmask} 97: cmp x22, #18\n b.lo 97b\n ${exits}`,
  },
  {
    name: 'lpi-moved', purpose: 'MOVI while it is pending, and MAPC and MOVALL: another vCPU takes it', its: true, vcpus: 2,
    body: (gic) => `${gic.on} ${SHARED} ${tables(0)} ${enableLpis} ${itsOn} ${repeat(4, (n) => configure(n, 0xa0))} ${turnOn(1, 1)} ${await_(0, 1)} ${issue(mapd(), mapc(0, 0), mapc(1, 1), mapti(0, 0), mapti(1, 1), mapti(2, 2))}
      ${issue(int(0))} ${exits} ${issue(movi(0, 1))} ${exits} ${await_(0, 2)} ${issue(int(0))} ${await_(0, 3)} ${issue(mapc(0, 1), int(1))} ${await_(0, 4)} ${issue(mapc(0, 0), int(1))} ${exits} ${unmask} ${exits} ${issue(movall(0, 1), int(2))} ${await_(0, 5)} ${issue(movi(0, 0), int(0))} ${exits} ${untilOff(1)} ${TIDY}`,
    second: (gic) => `${SHARED} ${gic.interfaceOn} ${tables(1)} ${enableLpis} ${counting('peers')} ${unmask} ${tell(0, 1)} ${repeat(4, (n) => `${waitFor(n + 1)} ${tell(0, n + 2)}`)} ${TIDY}`,
  },
  {
    name: 'its-errors', purpose: 'commands in error change nothing, and the next one is executed', its: true,
    body: (gic) => `${gic.on} ${tables(0)} ${enableLpis} ${itsOn} ${configure(0, 0xa0)} ${unmask} ${issue(mapti(0, 0), int(0), mapd(0x1_0000), mapd(DEV, 17), mapti(0, 0), mapd(), mapc(0, 9), mapc(0, 0), mapti(32, 0), mapti(0, -1), mapti(0, 8192), int(0), mapti(0, 0, 0, 6), movi(0, 0), inv(0), clear(0), discard(0), invall(3), movall(0, 9), [0x77])} ${exits} ${issue(mapti(0, 0, 4), int(0), movi(0, 0))} ${exits} ${issue(mapc(4, 0), int(0))} ${exits} ${issue(mapti(0, 1), movi(0, 7), int(0))} ${exits} ${issue(mapc(4, 0, false), int(0), discard(0))} ${exits} ldr x1, [x12, #0x90]\n ${report('x1')}`,
  },
  {
    name: 'its-queue', purpose: 'the command queue wraps; what is beyond it, or not in memory, is passed over', its: true,
    body: (gic) => `${ready(gic, 1)} ${unmask} str wzr, [x12]\n ${store('x12', 0x80, VALID + BigInt(QUEUE))} ${storeWord('x12', 0, 1)} ${load('x13', QUEUE)} mov x1, #0x1000\n str x1, [x12, #0x88]\n ldr x1, [x12, #0x88]\n ${report('x1')}
      ${load('x13', QUEUE + 0xfe0)} mov x1, #0xfe0\n str x1, [x12, #0x88]\n ldr x1, [x12, #0x90]\n ${report('x1')} ${[3n + (5n << 32n), 0, 0, 0].map((word) => `${load('x1', word)} str x1, [x13], #8\n`).join('')} str xzr, [x12, #0x88]\n nop\n ${exits} ldr x1, [x12, #0x90]\n ${report('x1')}
      str wzr, [x12]\n ${store('x12', 0x80, VALID + 0x0900_0000n)} ${storeWord('x12', 0, 1)} mov x1, #0x40\n str x1, [x12, #0x88]\n ldr x1, [x12, #0x90]\n ${report('x1')} ${exits}`,
  },
  {
    name: 'its-registers', purpose: 'registers of the ITS and of the redistributor: what is fixed, what is kept, in each size', its: true,
    body: (gic) => `${gic.on} ${load('x12', 0x0808_0000)} ${load('x11', 0x080a_0000)} ldr w1, [x20, #4]\n ${report('x1')} ${repeat(4, (n) => `ldr x1, [x11, #${String([0, 8, 0x70, 0x78][n])}]\n ${report('x1')}`)}
      ${repeat(7, (n) => `ldr x1, [x12, #${String([0, 8, 0x80, 0x88, 0x90, 0x100, 0x108][n])}]\n ${report('x1')}`)} ${load('x9', 0x0808_ffd0)} ${repeat(12, (n) => `ldr w1, [x9, #${String(4 * n)}]\n ${report('x1')}`)}
      ${repeat(5, (n) => `mov x1, #-1\n str x1, [x12, #${String([0x80, 0x100, 0x108, 0x110, 0x90][n])}]\n ldr x1, [x12, #${String([0x80, 0x100, 0x108, 0x110, 0x90][n])}]\n ${report('x1')}`)} ${repeat(2, (n) => `${store('x11', 0x70 + 8 * n, 0x0123_4567_89ab_cdefn)} ldr w1, [x11, #${String(0x70 + 8 * n)}]\n ${report('x1')} ldr w1, [x11, #${String(0x74 + 8 * n)}]\n ${report('x1')}`)}
      mov w1, #1\n str w1, [x12]\n ldr w1, [x12]\n ${report('x1')} ${load('x9', 0x0809_0040)} str wzr, [x9]\n ldr w1, [x9]\n ${report('x1')} ${enableLpis} mov x1, #0\n str x1, [x11, #0x70]\n ldr x1, [x11, #0x70]\n ${report('x1')} str xzr, [x12, #0x108]\n mov w1, #1\n str w1, [x12]\n ldr w1, [x12]\n ${report('x1')} ldr x1, [x12, #0x108]\n ${report('x1')}`,
  },
];
