// @ts-check
/**
 * Guest programs of `check:ladder` with several vCPUs, memory slots, and firmware calls that change who runs. What a vCPU reports goes
 * by vCPU: how they interleave is nobody's promise.
 */
import { await_, call, counting, exits, hypercall, load, repeat, report, SHARED, spi, stage1On, tell, TIDY, turnOn, unmask, untilOff, waitFor } from './text.mjs';

/** @typedef {import('./text.mjs').Program} Program */

const EL1_REGISTERS = ['ttbr0_el1', 'ttbr1_el1', 'contextidr_el1', 'far_el1', 'mair_el1', 'tpidr_el0', 'tpidrro_el0', 'tpidr_el1', 'elr_el1', 'sp_el0'];
/** Registers full of what x16 says, over exits, and read back. */
const ownRegisters = `mov x15, #4
        1: ${EL1_REGISTERS.map((name, n) => `add x1, x16, #${String(8 * n)}\n msr ${name}, x1\n`).join('')} ${repeat(4, (n) => `add x1, x16, #${String(n)}\n dup v${String(8 * n)}.2d, x1\n`)} mov x14, #0
        ${exits} ${EL1_REGISTERS.map((name, n) => `mrs x1, ${name}\n sub x1, x1, #${String(8 * n)}\n eor x1, x1, x16\n orr x14, x14, x1\n`).join('')} ${repeat(4, (n) => `fmov x1, d${String(8 * n)}\n sub x1, x1, #${String(n)}\n eor x1, x1, x16\n orr x14, x14, x1\n`)}
        ${report('x14')} subs x15, x15, #1\n b.ne 1b\n`;

/** A stage 1 of the vCPU's own: 1 GiB of devices, 1 GiB of memory, and at 2 GiB the page that x16 names; tables at x13. */
const OWN_TABLES = `
        movz x0, #0x0405
        str x0, [x13]
        movz x0, #0x4000, lsl #16
        movk x0, #0x0701
        str x0, [x13, #8]
        add x0, x13, #0x1000
        orr x0, x0, #3
        str x0, [x13, #16]
        add x0, x13, #0x2000
        orr x0, x0, #3
        str x0, [x13, #0x1000]
        mov x0, #0x703
        orr x0, x0, x16
        str x0, [x13, #0x2000]
${stage1On('x13')}`;
const OWN_PAGE = `movz x12, #0x8000, lsl #16\n mov x15, #6\n 1: ldr x1, [x12]\n add x1, x1, #1\n str x1, [x12]\n ${hypercall} ldr x1, [x12]\n ${report('x1')} subs x15, x15, #1\n b.ne 1b\n mrs x1, sctlr_el1\n bic x1, x1, #1\n msr sctlr_el1, x1\n isb\n`;

/** @type {readonly Program[]} */
export const SMP_PROGRAMS = [
  // ---- Firmware calls ----
  { name: 'system-off', purpose: 'PSCI SYSTEM_OFF ends KVM_RUN', body: `${exits} ${call(0x8400_0008)} ${report('x0')}` },
  { name: 'system-reset', purpose: 'PSCI SYSTEM_RESET ends KVM_RUN', body: `${exits} ${call(0x8400_0009)} ${report('x0')}` },
  {
    name: 'psci-power', purpose: 'CPU_ON, AFFINITY_INFO, CPU_OFF and CPU_ON again; what is refused', vcpus: 2,
    body: `mov x1, #1\n mov x2, #0\n ${call(0xc400_0004)} ${report('x0')} ${turnOn(1, 0x77)} ${report('x0')} ${untilOff(1)} ${turnOn(1, 0x78)} ${report('x0')} ${untilOff(1)} ${turnOn(0, 1)} ${report('x0')} ${turnOn(9, 1)} ${report('x0')} mov x1, #0\n mov x2, #0\n ${call(0xc400_0004)} ${report('x0')} mov x1, #0\n mov x2, #5\n ${call(0xc400_0004)} ${report('x0')}`,
    second: `${report('x2')} ${exits} mrs x1, sctlr_el1\n ${report('x1')} mov x1, #0x123\n msr tpidr_el1, x1\n`,
  },
  {
    name: 'psci-on-twice', purpose: 'CPU_ON of one that is on already', vcpus: 2,
    body: `${SHARED} ${turnOn(1, 1)} ${report('x0')} ${await_(0, 1)} ${turnOn(1, 2)} ${report('x0')} ${tell(8, 1)} ${untilOff(1)}`,
    second: `${SHARED} ${report('x2')} ${tell(0, 1)} ${await_(8, 1)} ${exits}`,
  },
  {
    name: 'psci-race', purpose: 'two vCPUs turn a third one on: one of them, and its entry and context together', vcpus: 3,
    body: `${SHARED} ${turnOn(1, 1)} ${tell(8, 1)} ${await_(0, 1)} ${turnOn(2, 0x1111, 'third')} mov x15, x0\n ${untilOff(1)} ${tell(16, 1)} ${untilOff(2)} ldr x1, [x19, #64]\n add x1, x1, x15\n ${report('x1')} ldr x1, [x19, #128]\n ldr x2, [x19, #136]\n sub x1, x1, x2\n ${report('x1')} cmp x15, #0\n cset x3, eq\n cmp x2, #1\n cset x4, eq\n eor x3, x3, x4\n ${report('x3')} str xzr, [x19, #64]\n str xzr, [x19, #128]\n str xzr, [x19, #136]\n mov x15, #0\n mov x2, #0\n mov x4, #0\n`,
    second: `${SHARED} cmp x2, #1\n b.ne third\n ${await_(8, 1)} ${tell(0, 1)} ${turnOn(2, 0x2222, 'fourth')} str x0, [x19, #64]\n mov x0, #0\n mov x2, #0\n mov x3, #0\n ${call(0x8400_0002)}
      third: mov x18, #1\n b 1f\n fourth: mov x18, #2\n 1: ${SHARED} str x18, [x19, #136]\n and x2, x0, #3\n str x2, [x19, #128]\n ${await_(16, 1)} mov x2, #0\n mov x17, #0\n mov x0, #0\n mov x18, #0\n`,
  },
  // ---- Memory ----
  { name: 'read-only-slot', purpose: 'a write to a read-only slot goes to user space, a read does not', readOnlyHalf: true, body: `movz x1, #0x4010, lsl #16\n ldr x2, [x1]\n ${report('x2')} mov x2, #5\n str x2, [x1, #8]\n ldr x2, [x1, #8]\n ${report('x2')} ${exits} strb w28, [x1, #3]\n ldr x2, [x1]\n ${report('x2')}` },
  {
    name: 'tables-in-read-only-slot', purpose: 'a stage 2 fault of a table walk is a read', readOnlyHalf: true,
    // The tables are all zeros there: a translation fault of the guest's own.
    body: `movz x1, #0x4018, lsl #16\n msr ttbr1_el1, x1\n movz x1, #0x4000, lsl #16\n movk x1, #0x8000\n movz x0, #0x0405\n str x0, [x1]\n movz x0, #0x4000, lsl #16\n movk x0, #0x0701\n str x0, [x1, #8]\n msr ttbr0_el1, x1\n movz x1, #0x04ff\n msr mair_el1, x1\n ${load('x1', 0xb519_3519)} msr tcr_el1, x1\n isb\n mrs x1, sctlr_el1\n orr x1, x1, #1\n msr sctlr_el1, x1\n isb\n
      mov x3, #-0x1000\n ldr x2, [x3]\n mrs x1, far_el1\n ${report('x1')} str x2, [x3]\n ${exits} mrs x1, sctlr_el1\n bic x1, x1, #1\n msr sctlr_el1, x1\n isb\n`,
  },
  {
    name: 'code-changes', purpose: 'instructions that the guest writes, over exits', body: `mov x19, #3\n 1: adr x1, 2f\n ${load('x2', 0xd280_0001)} add x2, x2, x19, lsl #5\n str w2, [x1]\n dc cvau, x1\n dsb ish\n ic ivau, x1\n dsb ish\n isb\n ${hypercall} 2: mov x1, #0\n ${report('x1')} subs x19, x19, #1\n b.ne 1b\n`,
  },
  { name: 'big-endian', purpose: 'device accesses with SCTLR_EL1.EE', body: `mrs x1, sctlr_el1\n orr x1, x1, #(1 << 25)\n msr sctlr_el1, x1\n isb\n ${load('x2', 0x1234_5678)} str w2, [x28, #4]\n ldr w3, [x28, #8]\n ldrsh x4, [x28, #8]\n mrs x1, sctlr_el1\n bic x1, x1, #(1 << 25)\n msr sctlr_el1, x1\n isb\n ${report('x3')} ${report('x4')}` },
  {
    name: 'shared-counter', purpose: 'a lock by exclusives, between vCPUs that exit inside', vcpus: 2,
    body: `${SHARED} ${turnOn(1, 1)} ${lockLoop()} ${untilOff(1)} ldr x1, [x19, #64]\n ${report('x1')}`,
    second: `${SHARED} ${lockLoop()}`,
  },
  { name: 'message-passing', purpose: 'WFE and SEV between vCPUs', vcpus: 2, body: `${SHARED} ${turnOn(1, 1)} ${repeat(3, (n) => `${tell(0, n + 1)} ${await_(8, n + 1)} ${report('x18')}`)} ${untilOff(1)}`, second: `${SHARED} ${repeat(3, (n) => `${await_(0, n + 1)} ${report('x18')} ${tell(8, n + 1)}`)}` },
  { name: 'own-registers', purpose: 'each vCPU has its own EL1 and FP registers', vcpus: 2, body: `movz x16, #0x4a00\n ${turnOn(1, 1)} movz x16, #0x4a00\n ${ownRegisters} ${untilOff(1)}`, second: `movz x16, #0x3300\n ${ownRegisters}` },
  {
    name: 'own-tables', purpose: 'each vCPU has its own stage 1, and they share a VMID', vcpus: 2,
    body: `${turnOn(1, 1)} movz x13, #0x4004, lsl #16\n movz x16, #0x4006, lsl #16\n mov x1, #0x100\n str x1, [x16]\n ${OWN_TABLES} ${OWN_PAGE} ${untilOff(1)}`,
    second: `movz x13, #0x4005, lsl #16\n movz x16, #0x4007, lsl #16\n mov x1, #0x900\n str x1, [x16]\n ${OWN_TABLES} ${OWN_PAGE}`,
  },
  // ---- Interrupts between vCPUs ----
  {
    name: 'ipi', purpose: 'SGIs to and fro, both wait by WFI', vcpus: 2,
    body: (gic) => `${gic.on} ${counting('mine')} ${turnOn(1, 1)} ${unmask} ${repeat(4, (n) => `${waitFor(n + 1)} ${gic.sgi(2, 2)}`)} ${untilOff(1)} ${TIDY}`,
    second: (gic) => `${gic.interfaceOn} ${counting('peers')} ${unmask} ${repeat(4, (n) => `${gic.sgi(1, 1)} ${waitFor(n + 1)}`)} ${TIDY}`,
  },
  {
    name: 'sgi-senders', purpose: 'one SGI from two vCPUs: with a GICv2 both, with a GICv3 once', vcpus: 2,
    body: (gic) => `${gic.on} ${SHARED} ${turnOn(1, 1)} ${gic.sgi(6, 1)} ${untilOff(1)} ${exits} ${unmask} nop\n ${exits}`,
    second: (gic) => `${gic.interfaceOn} ${gic.sgi(6, 1)}`,
  },
  {
    name: 'other-redistributor', purpose: 'private interrupts of another vCPU by its frame, where it has one', vcpus: 2,
    body: (gic) => `${gic.on} ${gic.privateBase('x18', 1)} ${gic.isV3 ? `ldr w1, [x18, #0x100]\n ${report('x1')} mov w1, #0x400000\n str w1, [x18, #0x100]\n ldr w1, [x18, #0x100]\n ${report('x1')} ${gic.privateBase('x18')} ldr w1, [x18, #0x100]\n ${report('x1')}` : `ldr w1, [x18, #0x100]\n ${report('x1')}`} ${turnOn(1, 1)} ${untilOff(1)}`,
    second: (gic) => `${gic.privateBase('x18', 1)} ldr w1, [x18, #0x100]\n ${report('x1')}`,
  },
  {
    name: 'spi-routed', purpose: 'an SPI of another vCPU, and one that moves while it is pending', vcpus: 2,
    body: (gic) => `${gic.on} ${gic.edges(true)} ${SHARED} ${gic.route(40, 1)} ${turnOn(1, 1)} ${await_(0, 1)} ${spi(40)} ${await_(0, 2)} ${spi(41)} ${exits} ${gic.route(41, 1)} ${exits} ${await_(0, 3)} ${unmask} ${exits} ${untilOff(1)} ${TIDY}`,
    second: (gic) => `${SHARED} ${gic.interfaceOn} ${counting('peers')} ${unmask} ${tell(0, 1)} ${waitFor(1)} ${tell(0, 2)} ${waitFor(2)} ${tell(0, 3)} ${TIDY}`,
  },
];

function lockLoop() {
  return `mov x15, #20\n 1: add x17, x19, #8\n 2: ldaxr x1, [x17]\n cbnz x1, 3f\n mov x2, #1\n stxr w3, x2, [x17]\n cbz w3, 4f\n b 2b\n 3: clrex\n wfe\n b 2b\n 4: ldr x1, [x19, #64]\n add x1, x1, #1\n ${hypercall} str x1, [x19, #64]\n stlr xzr, [x17]\n sev\n subs x15, x15, #1\n b.ne 1b\n mov x1, #0\n mov x2, #0\n mov x3, #0\n mov x0, #0\n`;
}
