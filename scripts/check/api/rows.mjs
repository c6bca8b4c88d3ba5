// @ts-check
/**
 * Section 6 of the series document, row by row: `[section, what the document says, proof]`. Values are typed from the
 * document or from KVM's own interface; nothing here is read from our tables.
 */
import { EDGE, KVM_GUESTDBG, sysReg } from '../../../packages/hyp/dist/index.js';
import { GUEST_BASE, MEMORY_MAP } from '../../../packages/machine/dist/index.js';
import { DEVICE, Lab } from './lab.mjs';

/** @typedef {readonly [section: string, row: string, proof: (lab: Lab) => void]} Row */

const [UNKNOWN, DEBUG, MMIO, INTR, SYSTEM_EVENT] = [0, 4, 6, 10, 24];
const REPORT = `movz x28, #0x${(DEVICE >>> 16).toString(16)}, lsl #16\n`;
const core = (/** @type {number} */ low) => 0x6030_0000_0010_0000n + BigInt(low);
const sys = (/** @type {number} */ op0, /** @type {number} */ op1, /** @type {number} */ crn, /** @type {number} */ crm, /** @type {number} */ op2) =>
  0x6030_0000_0013_0000n + BigInt((op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2);
const PATTERN = 0x1de7_ec7e_dbad_c0den;
const NO_MODE_32 = 0x10n;

/** Two vCPUs of one VM, the second one off. @param {Lab} lab @param {Partial<import('../../../packages/hyp/dist/index.js').VcpuFeatures>} features */
function pair(lab, features) {
  const vm = lab.newVm();
  const [one, other] = [lab.value(vm.createVcpu(0)), lab.value(vm.createVcpu(1))];
  lab.value(one.init(features));
  lab.value(other.init({ ...features, powerOff: true }));
  lab.initVgic(vm);
  return /** @type {const} */ ([one, other]);
}

/** A guest of a GICv3 that takes a PPI of its own, group 1 as after reset: distributor, redistributor and CPU interface. @param {number} intid */
const takePpi = (intid) => `ldr x1, =${String(MEMORY_MAP.GICD)}
      mov x2, #2
      str w2, [x1]
      ldr x1, =${String(MEMORY_MAP.GICR + 0x1_0000)}
      ldr x2, =${String(2 ** intid)}
      str w2, [x1, #0x100]
      mov x2, #0xff
      msr s3_0_c4_c6_0, x2
      mov x2, #1
      msr s3_0_c12_c12_7, x2
      isb`;

/** A call with x1 and zeros behind it; its result is reported. @param {number} id @param {number | bigint} x1 */
const call = (id, x1) => `${REPORT} ldr x0, =${String(id)}\n ldr x1, =${String(x1)}\n mov x2, #0\n mov x3, #0\n hvc #0\n str x0, [x28]\n`;

/** A firmware call: w0, and up to two arguments; the result is reported. @param {number} call @param {number} x1 */
const firmware = (call, x1 = 0) => `${REPORT} mov w1, #0x${(x1 & 0xffff).toString(16)}\n movk w1, #0x${(x1 >>> 16).toString(16)}, lsl #16\n mov w0, #0x${(call & 0xffff).toString(16)}\n movk w0, #0x${(call >>> 16).toString(16)}, lsl #16\n hvc #0\n str x0, [x28]\n`;

/** @type {readonly Row[]} */
const RUN = [
  ['6.1', 'ENOEXEC: not initialised', (lab) => {
    const vcpu = lab.value(lab.newVm().createVcpu(1));
    lab.refused('KVM_RUN', 'ENOEXEC', () => vcpu.run(), vcpu);
  }],
  ['6.1', 'ENXIO: no addresses of the interrupt controller; EBUSY: a GICv3 without INIT', (lab) => {
    const vm = lab.newVm();
    const vcpu = lab.value(vm.createVcpu(0));
    lab.value(vcpu.init({}));
    lab.refused('no address', 'ENXIO', () => vcpu.run(), vcpu);
    lab.value(vm.vgicDevice?.setAttr(0, 2n, 0x0800_0000n) ?? { ok: false, errno: 'ENODEV' });
    lab.refused('one address', 'ENXIO', () => vcpu.run(), vcpu);
    lab.value(vm.vgicDevice?.setAttr(0, 3n, 0x080a_0000n) ?? { ok: false, errno: 'ENODEV' });
    lab.refused('no INIT', 'EBUSY', () => vcpu.run(), vcpu);
  }],
  ['6.1', 'EINTR: immediate_exit, exit_reason untouched', (lab) => {
    lab.load(`${REPORT} str x0, [x28]\n str x0, [x28]`);
    lab.exits('first', lab.run(), MMIO);
    lab.vcpu.vcpu.run.immediateExit = true;
    lab.equal('second', lab.run(), { status: 'error', errno: 'EINTR' });
    lab.equal('exit_reason', lab.vcpu.vcpu.run.exitReason, MMIO);
    lab.vcpu.vcpu.run.immediateExit = false;
    lab.exits('third', lab.run(), MMIO);
  }],
  ['6.1', 'EINTR: a signal, exit_reason INTR', (lab) => {
    lab.load(`${REPORT} str x0, [x28]`);
    lab.vcpu.signal();
    lab.equal('KVM_RUN', lab.run(), { status: 'error', errno: 'EINTR' });
    lab.equal('exit_reason', lab.vcpu.vcpu.run.exitReason, INTR);
    lab.exits('the next one', lab.run(), MMIO);
  }],
  ['6.1', 'EINTR: a line of the kernel\'s devices that a controller of user space does not know; device_irq_level', (lab) => {
    const vcpu = lab.newVcpu({ psci02: true, pmu: true }, { irqchip: 'none' });
    lab.value(vcpu.setDeviceAttr(0, 1));
    const { run } = vcpu.vcpu;
    const changed = (/** @type {string} */ what, /** @type {number} */ level) => {
      lab.equal(what, lab.run(vcpu), { status: 'error', errno: 'EINTR' });
      lab.equal(`${what}: exit_reason and level`, [run.exitReason, run.deviceIrqLevel], [INTR, level]);
    };
    const reported = (/** @type {string} */ what, /** @type {bigint} */ value, /** @type {number} */ level) => lab.equal(what, [lab.report(vcpu), run.deviceIrqLevel], [value, level]);
    const spin = 'mov x19, #1000\n1: subs x19, x19, #1\n b.ne 1b\n';
    lab.load(`${REPORT} mov x1, #1\n msr cntv_cval_el0, xzr\n msr cntv_ctl_el0, x1\n isb\n${spin} str x1, [x28]
        msr cntv_ctl_el0, xzr\n mov x1, #2\n str x1, [x28]\n mov x1, #1\n msr cntv_ctl_el0, x1\n isb\n${spin.replaceAll('1:', '2:').replaceAll('1b', '2b')} msr cntv_ctl_el0, xzr\n mov x1, #3\n str x1, [x28]
        mov x1, #1\n msr cntp_cval_el0, xzr\n msr cntp_ctl_el0, x1\n mov x1, #4\n str x1, [x28]\n msr cntp_ctl_el0, xzr\n mov x1, #5\n str x1, [x28]
        mov x1, #1\n msr pmcr_el0, x1\n mov x1, #0x80000000\n msr pmcntenset_el0, x1\n msr pmintenset_el1, x1\n msr pmovsset_el0, x1\n mov x1, #6\n str x1, [x28]`, vcpu);
    lab.set_(vcpu, 'PMOVSSET_EL0', 0n);
    lab.set_(vcpu, 'PMCNTENSET_EL0', 0n);
    lab.set_(vcpu, 'PMINTENSET_EL1', 0n);
    lab.set_(vcpu, 'PMCCNTR_EL0', 0n);
    changed('the virtual timer', 1);
    reported('the guest goes on', 1n, 1);
    reported('its line is low', 2n, 0);
    changed('and high again', 1);
    reported('low', 3n, 0);
    changed('the physical timer', 2);
    reported('the guest goes on behind it', 4n, 2);
    changed('and it is low', 0);
    reported('behind that', 5n, 0);
    changed('the PMU', 4);
    reported('behind it', 6n, 4);
  }],
  ['6.1', 'EINVAL: timer interrupts that are the same', (lab) => {
    lab.value(lab.vcpu.setDeviceAttr(1, 1, 27));
    lab.refused('first KVM_RUN', 'EINVAL', () => lab.run());
    lab.refused('and again', 'EINVAL', () => lab.run());
    lab.value(lab.vcpu.setDeviceAttr(1, 1, 30));
    lab.load(`${REPORT} str x0, [x28]`);
    lab.exits('after it was mended', lab.run(), MMIO);
  }],
  ['6.1', 'ENOSYS: an MMIO abort without a valid syndrome', (lab) => {
    lab.load(`${REPORT} ldp x0, x1, [x28]`);
    lab.equal('KVM_RUN', lab.run(), { status: 'error', errno: 'ENOSYS' });
    lab.equal('pc stays', lab.get('pc'), 0x4000_0004n);
  }],
  ['6.1', 'EXIT_UNKNOWN is the initial value', (lab) => lab.equal('exit_reason', lab.vcpu.vcpu.run.exitReason, UNKNOWN)],
  ['6.1', 'EXIT_MMIO: address, length, data, direction; pc already advanced; a read is completed at the next KVM_RUN', (lab) => {
    lab.load(`${REPORT} mov w1, #0x1234\n strh w1, [x28, #6]\n mov x2, #-1\n ldrsb x2, [x28, #3]\n str x2, [x28]`);
    const write = lab.run();
    lab.exits('write', write, MMIO);
    const { run } = lab.vcpu.vcpu;
    lab.equal('write', [run.mmio.physAddr, run.mmio.len, run.mmio.isWrite, [...run.mmio.data.subarray(0, 2)]], [DEVICE + 6, 2, true, [0x34, 0x12]]);
    lab.equal('pc', lab.get('pc'), 0x4000_000cn);
    lab.exits('read', lab.run(), MMIO);
    lab.equal('read', [run.mmio.physAddr, run.mmio.len, run.mmio.isWrite], [DEVICE + 3, 1, false]);
    lab.equal('not completed yet', lab.get('x2'), 0xffff_ffff_ffff_ffffn);
    run.mmio.data[0] = 0x85;
    lab.equal('completed', lab.report(), 0xffff_ffff_ffff_ff85n);
  }],
  ['6.1', 'EXIT_SYSTEM_EVENT: SYSTEM_OFF is type 1; all vCPUs are off; x0 is INTERNAL_FAILURE', (lab) => {
    const vm = lab.newVm();
    const [vcpu, other] = [lab.value(vm.createVcpu(0)), lab.value(vm.createVcpu(1))];
    for (const one of [vcpu, other]) lab.value(one.init({ psci02: true }));
    lab.initVgic(vm);
    lab.load(firmware(0x8400_0008), vcpu);
    lab.exits('KVM_RUN', lab.run(vcpu), SYSTEM_EVENT);
    lab.equal('type', vcpu.vcpu.run.systemEvent.type, 1);
    lab.equal('power', [vcpu.getMpState(), other.getMpState()], [{ ok: true, value: 'stopped' }, { ok: true, value: 'stopped' }]);
    lab.equal('x0', BigInt.asIntN(32, lab.get('x0', vcpu)), -6n);
  }],
  ['6.1', 'EXIT_SYSTEM_EVENT: SYSTEM_RESET is type 2', (lab) => {
    lab.load(firmware(0x8400_0009));
    lab.exits('KVM_RUN', lab.run(), SYSTEM_EVENT);
    lab.equal('type', lab.vcpu.vcpu.run.systemEvent.type, 2);
  }],
  ['6.1', 'no exit of WFI: it blocks; WFE goes on', (lab) => {
    lab.load(`${REPORT} wfe\n wfi\n mov x0, #7\n str x0, [x28]`);
    lab.equal('KVM_RUN', lab.run(), { status: 'blocked' });
    lab.refused('an ioctl while it waits', 'EBUSY', () => lab.vcpu.getOneReg(core(0)));
    lab.equal('nothing to wake up for', lab.run(), { status: 'blocked' });
    lab.vcpu.signal();
    lab.equal('a signal', lab.run(), { status: 'error', errno: 'EINTR' });
    lab.equal('behind the WFI', lab.report(), 7n);
  }],
  ['6.1', 'a vCPU is not run twice at once, and no ioctl comes between', (lab) => {
    /** @type {unknown[]} */
    const answers = [];
    lab.onEdge = (edge) => {
      if (edge !== EDGE.exit || answers.length > 0) return;
      answers.push(lab.vcpu.run(), lab.vcpu.getOneReg(core(0)), lab.vcpu.setOneReg(core(0), 1n), lab.vcpu.regList(), lab.vcpu.init({ psci02: true }), lab.vcpu.setMpState('stopped'), lab.vcpu.setGuestDebug(1), lab.vcpu.getEvents());
    };
    lab.load(`${REPORT} mov x0, #3\n str x0, [x28]`);
    lab.equal('KVM_RUN', lab.report(), 3n);
    const busy = { ok: false, errno: 'EBUSY' };
    lab.equal('answers', answers, [{ status: 'error', errno: 'EBUSY' }, ...Array.from({ length: 7 }, () => busy)]);
  }],
];

/** A guest that catches what is injected: reports ESR_EL1, ELR_EL1 minus the start, and goes on behind the instruction. @param {string} body */
const catching = (body) => `
        ${REPORT}
        adr x27, _start
        adr x0, vectors
        msr vbar_el1, x0
        mov x0, #(3 << 20)
        msr cpacr_el1, x0
        isb
probe:  ${body}
        mov x0, #0x900d
        str x0, [x28]
        b .
        .balign 2048
vectors:
        .skip 0x200
        mrs x26, esr_el1
        str x26, [x28]
        mrs x26, elr_el1
        adr x25, probe
        sub x26, x26, x25
        str x26, [x28]
        mrs x26, elr_el1
        add x26, x26, #4
        msr elr_el1, x26
        eret
        .balign 128
        .skip 0x100
        mrs x26, esr_el1
        orr x26, x26, #(1 << 40)
        str x26, [x28]
        eret
`;
const UNDEFINED = 0x0200_0000n;
const GOOD = 0x900dn;

/** @type {readonly Row[]} */
const CLASSES = [
  ['6.2', 'FP/ASIMD 0x07: switched on first use, no exit', (lab) => {
    lab.load(`${REPORT} mov x0, #(3 << 20)\n msr cpacr_el1, x0\n isb\n mov x0, #5\n fmov d0, x0\n fmov x1, d0\n str x1, [x28]\n fmov x1, d0\n str x1, [x28]`);
    lab.equal('at once', lab.report(), 5n);
    lab.equal('after an exit', lab.report(), 5n);
  }],
  ['6.2', 'HVC64 0x16: pc already past; what nobody knows gives -1', (lab) => {
    lab.load(firmware(0x4b00_0000));
    lab.equal('x0', lab.report(), 0xffff_ffff_ffff_ffffn);
  }],
  ['6.2', 'SMC64 0x17: x0 = -1, pc skipped', (lab) => {
    lab.load(catching('smc #0\n cmn x0, #1\n cset x0, eq\n str x0, [x28]'));
    lab.equal('x0', lab.report(), 1n);
    lab.equal('goes on', lab.report(), GOOD);
  }],
  ['6.2', 'SYS64 0x18: a register without a handler is UNDEFINED, and counted', (lab) => {
    lab.load(catching('msr s3_0_c15_c2_0, x1'));
    lab.equal('ESR_EL1', lab.report(), UNDEFINED);
    lab.equal('ELR_EL1', lab.report(), 0n);
    lab.equal('goes on', lab.report(), GOOD);
    lab.equal('counted', [...lab.vm.vm.unhandled.values()], [1]);
  }],
  ['6.2', 'IABT 0x20 outside memory slots: a prefetch abort', (lab) => {
    lab.load(catching('adr x20, probe2\n movz x1, #0x0a00, lsl #16\n br x1\nprobe2: nop').replace('mrs x26, elr_el1\n        add x26, x26, #4', 'mov x26, x20'));
    lab.equal('ESR_EL1', lab.report(), 0x8600_0010n);
    lab.report();
    lab.equal('goes on', lab.report(), GOOD);
    lab.equal('FAR_EL1', lab.get('FAR_EL1'), 0x0a00_0000n);
  }],
  ['6.2', 'DABT 0x24 in a memory slot: mapped, and tried again', (lab) => {
    lab.load(`${REPORT} movz x1, #0x4010, lsl #16\n mov x2, #0x55\n str x2, [x1, #8]\n ldr x3, [x1, #8]\n str x3, [x28]`);
    lab.equal('reported', lab.report(), 0x55n);
  }],
  ['6.2', 'DABT 0x24, cache maintenance outside memory: skipped', (lab) => {
    lab.load(catching('dc civac, x28'));
    lab.equal('goes on', lab.report(), GOOD);
  }],
  ['6.2', 'DABT 0x24, a write to a read-only slot: MMIO', (lab) => {
    const { ram } = lab.hypervised.machine;
    const backing = ram.allocate(0x1000, 0x1000);
    lab.value(lab.vm.setUserMemoryRegion({ slot: 1, guestPhysAddr: 0x5000_0000, memorySize: 0x1000, backing, readOnly: true }));
    ram.bytes(backing, 1)[0] = 0x77;
    lab.load(`${REPORT} movz x1, #0x5000, lsl #16\n ldrb w2, [x1]\n str x2, [x28]\n strb w2, [x1, #1]`);
    lab.equal('a read is memory', lab.report(), 0x77n);
    lab.exits('a write is MMIO', lab.run(), MMIO);
    lab.equal('address', lab.vcpu.vcpu.run.mmio.physAddr, 0x5000_0001);
  }],
  ['6.2', 'external abort: a virtual SError', (lab) => {
    // A slot whose backing is a hole of the machine's bus.
    lab.value(lab.vm.setUserMemoryRegion({ slot: 1, guestPhysAddr: 0x5000_0000, memorySize: 0x1000, backing: 0x1000_0000 }));
    lab.load(catching('movz x1, #0x5000, lsl #16\n msr daifclr, #4\n ldrb w2, [x1]'));
    const esr = lab.report();
    lab.equal('class', typeof esr === 'bigint' ? [(esr >> 40n) & 1n, (esr >> 26n) & 0x3fn] : esr, [1n, 0x2fn]);
  }],
  ['6.2', 'external abort on the guest\'s own table walk: a virtual SError', (lab) => {
    lab.value(lab.vm.setUserMemoryRegion({ slot: 1, guestPhysAddr: 0x5000_0000, memorySize: 0x1000, backing: 0x1000_0000 }));
    // Blocks of 1 GiB for devices and memory, and a table at level 2 where nothing answers.
    lab.load(catching(`ldr x1, =0x40010000\n ldr x2, =0x405\n str x2, [x1]\n ldr x2, =0x40000701\n str x2, [x1, #8]\n ldr x2, =0x50000003\n str x2, [x1, #16]
        mov x2, #0xff\n msr mair_el1, x2\n msr ttbr0_el1, x1\n ldr x2, =0x200803519\n msr tcr_el1, x2\n isb\n tlbi vmalle1\n dsb sy
        mrs x2, sctlr_el1\n ldr x4, =0x1005\n orr x2, x2, x4\n msr sctlr_el1, x2\n isb\n msr daifclr, #4\n ldr x3, =0x80020000\n ldr x0, [x3]`));
    const esr = lab.report();
    lab.equal('class', typeof esr === 'bigint' ? [(esr >> 40n) & 1n, (esr >> 26n) & 0x3fn] : esr, [1n, 0x2fn]);
  }],
  ['6.2', 'debug classes go to the guest while nobody debugs it', (lab) => {
    lab.load(catching('brk #7'));
    lab.equal('ESR_EL1', lab.report(), 0xf200_0007n);
    lab.report();
    lab.equal('goes on', lab.report(), GOOD);
  }],
];

const SYSTEM_RESETS = /** @type {const} */ ([
  ['SCTLR_EL1', 0x00c5_0078n],
  ...['CPACR_EL1', 'TCR_EL1', 'VBAR_EL1', 'CONTEXTIDR_EL1', 'CNTKCTL_EL1', 'MDSCR_EL1', 'MDCCINT_EL1', 'DISR_EL1', 'PMUSERENR_EL0', 'PMCCFILTR_EL0', 'DBGVCR32_EL2', 'DBGBCR0_EL1', 'DBGWVR15_EL1'].map((name) => /** @type {const} */ ([name, 0n])),
  ['FPEXC32_EL2', 0x70n],
  ...['TTBR0_EL1', 'TTBR1_EL1', 'ESR_EL1', 'FAR_EL1', 'MAIR_EL1', 'TPIDR_EL0', 'TPIDR_EL1', 'PAR_EL1', 'PMCCNTR_EL0', 'PMEVTYPER3_EL0'].map((name) => /** @type {const} */ ([name, PATTERN])),
  ['MPIDR_EL1', 0x8000_0000n],
]);

/** @type {readonly Row[]} */
const INIT = [
  ['6.3', 'target must be the host\'s, and a repeated call must repeat it and the features', (lab) => {
    const target = lab.kvm.preferredTarget();
    lab.equal('generic core', target, 5);
    lab.refused('another target', 'EINVAL', () => lab.vcpu.init({ psci02: true }, 2));
    lab.refused('other features', 'EINVAL', () => lab.vcpu.init({}));
    lab.equal('the same', lab.vcpu.init({ psci02: true }, target), { ok: true });
  }],
  ['6.3', 'unknown feature: ENOENT', (lab) => lab.refused('VCPU_INIT', 'ENOENT', () => lab.vcpu.init(/** @type {any} */ ({ psci02: true, sve: true })))],
  ['6.3', 'EL1_32BIT on a core without AArch32: EINVAL', (lab) => {
    const vcpu = lab.value(lab.newVm().createVcpu(1));
    lab.refused('VCPU_INIT', 'EINVAL', () => vcpu.init({ el1Is32Bit: true }), vcpu);
    lab.refused('and it is still not initialised', 'ENOEXEC', () => vcpu.regList(), vcpu);
  }],
  ['6.3', 'reset: core registers', (lab) => {
    const vcpu = lab.newVcpu({ psci02: true });
    lab.equal('PSTATE', lab.get('pstate', vcpu), 0x3c5n);
    for (const name of ['x0', 'x30', 'sp', 'pc', 'sp_el1', 'elr_el1', 'spsr0', 'v7', 'fpsr']) lab.equal(name, lab.get(name, vcpu), 0n);
  }],
  ['6.3', 'reset: system registers', (lab) => {
    const vcpu = lab.newVcpu({});
    for (const [name, value] of SYSTEM_RESETS) lab.equal(name, lab.get(name, vcpu), value);
  }],
  ['6.3', 'reset: MPIDR from the number', (lab) => {
    const vm = lab.newVm();
    for (const [number, mpidr] of /** @type {const} */ ([[0, 0x8000_0000n], [15, 0x8000_000fn], [16, 0x8000_0100n], [0x1ff, 0x8000_1f0fn]])) {
      const vcpu = lab.value(vm.createVcpu(number));
      lab.value(vcpu.init());
      lab.equal(`vCPU ${String(number)}`, lab.get('MPIDR_EL1', vcpu), mpidr);
    }
  }],
  ['6.3', 'a second VCPU_INIT resets what the guest has changed', (lab) => {
    lab.load(`${REPORT} mov x1, #0x1230\n msr tpidr_el1, x1\n msr contextidr_el1, x1\n str x1, [x28]`);
    lab.report();
    lab.equal('before', [lab.get('TPIDR_EL1'), lab.get('CONTEXTIDR_EL1')], [0x1230n, 0x1230n]);
    lab.value(lab.vcpu.init({ psci02: true }));
    lab.equal('after', [lab.get('TPIDR_EL1'), lab.get('CONTEXTIDR_EL1'), lab.get('pc'), lab.get('pstate')], [PATTERN, 0n, 0n, 0x3c5n]);
  }],
  ['6.3', 'a second VCPU_INIT lowers the timer, whose interrupt is neither pending nor active then', (lab) => {
    const acknowledge = `${REPORT} ${takePpi(27)}
      mov x2, #1
      msr cntv_ctl_el0, x2
      isb
      str x0, [x28]
      mrs x0, s3_0_c12_c12_0
      str x0, [x28]
      b .`;
    const vtimer = lab.vm.vm.vgic?.irq(lab.vcpu.vcpu, 27);
    for (const turn of ['first', 'second']) {
      lab.load(acknowledge);
      lab.report();
      lab.equal(`${turn}: acknowledged`, lab.report(), 27n);
      lab.value(lab.vcpu.init({ psci02: true }));
      lab.equal(`${turn}: after VCPU_INIT`, [vtimer?.isPending, vtimer?.isActive], [false, false]);
      // As a VMM resets the CPU interface: ICC_AP1R0_EL1 (group 6, CPU_SYSREGS).
      lab.value(lab.vm.vgicDevice?.setAttr(6, BigInt((3 << 14) | (12 << 7) | (9 << 3)), 0n) ?? { ok: false, errno: 'ENODEV' });
    }
  }],
  ['6.3', 'a line of user space stays high over VCPU_INIT and CPU_ON', (lab) => {
    const vm = lab.newVm({ irqchip: 'none' });
    const [vcpu, other] = [lab.value(vm.createVcpu(0)), lab.value(vm.createVcpu(1))];
    lab.value(vcpu.init({ psci02: true }));
    lab.value(other.init({ psci02: true, powerOff: true }));
    for (const number of [0, 1]) lab.value(vm.irqLine(number << 16, true));
    lab.value(vcpu.init({ psci02: true }));
    lab.load(`${REPORT} mrs x0, isr_el1\n str x0, [x28]\n ldr x0, =0xc4000003\n mov x1, #1\n adr x2, other\n mov x3, #0\n hvc #0\n str x0, [x28]\n b .\nother: ${REPORT} mrs x0, isr_el1\n str x0, [x28]`, vcpu);
    lab.equal('behind VCPU_INIT', lab.report(vcpu), VI);
    lab.equal('CPU_ON', lab.report(vcpu), 0n);
    lab.equal('behind CPU_ON', lab.report(other), VI);
  }],
  ['6.3', 'POWER_OFF: the vCPU waits until user space, or PSCI, has it on', (lab) => {
    const vcpu = lab.newVcpu({ powerOff: true, psci02: true });
    lab.equal('MP state', vcpu.getMpState(), { ok: true, value: 'stopped' });
    lab.load(`${REPORT} mov x0, #9\n str x0, [x28]`, vcpu);
    lab.value(vcpu.setMpState('runnable'));
    lab.equal('on', lab.report(vcpu), 9n);
    lab.value(vcpu.setMpState('stopped'));
    lab.equal('off', vcpu.run(), { status: 'blocked' });
  }],
  ['6.3', 'wrong order: before VCPU_INIT', (lab) => {
    const vcpu = lab.value(lab.newVm().createVcpu(1));
    lab.refused('GET_REG_LIST', 'ENOEXEC', () => vcpu.regList(), vcpu);
    lab.refused('GET_ONE_REG', 'ENOEXEC', () => vcpu.getOneReg(core(0)), vcpu);
    lab.refused('SET_ONE_REG', 'ENOEXEC', () => vcpu.setOneReg(core(0), 0n), vcpu);
    lab.refused('GET_VCPU_EVENTS', 'ENOEXEC', () => vcpu.getEvents(), vcpu);
    lab.refused('SET_VCPU_EVENTS', 'ENOEXEC', () => vcpu.setEvents({ serrorPending: true, serrorHasEsr: false, serrorEsr: 0n }), vcpu);
  }],
  ['6.3', 'MP state: nothing but the two', (lab) => lab.refused('KVM_SET_MP_STATE', 'EINVAL', () => lab.vcpu.setMpState(/** @type {any} */ ('halted')))],
  ['6.3', 'KVM_CREATE_VCPU: a number once, and at most 512', (lab) => {
    const vm = lab.newVm();
    const vcpu = lab.value(vm.createVcpu(0));
    lab.value(vcpu.init());
    lab.refused('again', 'EEXIST', () => vm.createVcpu(0), vcpu);
    lab.refused('once the interrupt controller is initialised', 'EBUSY', () => lab.vm.createVcpu(1));
    lab.refused('512', 'EINVAL', () => lab.vm.createVcpu(512));
    lab.refused('-1', 'EINVAL', () => lab.vm.createVcpu(-1));
  }],
];

/** Every core register's id: low bits from the document. */
const CORE_IDS = /** @type {const} */ ([
  ...Array.from({ length: 31 }, (_, n) => /** @type {const} */ ([`x${String(n)}`, 2 * n])),
  ['sp', 0x3e], ['pc', 0x40], ['pstate', 0x42], ['sp_el1', 0x44], ['elr_el1', 0x46], ['spsr0', 0x48], ['spsr1', 0x4a], ['spsr2', 0x4c], ['spsr3', 0x4e], ['spsr4', 0x50],
]);

/** Read, write another value, read it back, put the old one back. @param {Lab} lab @param {bigint} id @param {bigint} other */
function writable(lab, id, other) {
  const old = lab.value(lab.vcpu.getOneReg(id));
  lab.value(lab.vcpu.setOneReg(id, other));
  lab.equal(`0x${id.toString(16)}`, lab.value(lab.vcpu.getOneReg(id)), other);
  lab.value(lab.vcpu.setOneReg(id, old));
}

/** @type {readonly Row[]} */
const ONE_REG = [
  ['6.4', 'timer control: ISTATUS is computed, and not kept', (lab) => {
    const LATE = 0xffff_ffffn;
    for (const [control, compare] of /** @type {const} */ ([['CNTV_CTL_EL0', 'CNTVCT_EL0'], ['CNTP_CTL_EL0', 'CNTP_CVAL_EL0']])) {
      lab.set_(lab.vcpu, compare, LATE);
      lab.set_(lab.vcpu, control, 5n);
      lab.equal(`${control}, not yet`, lab.get(control), 1n);
      lab.set_(lab.vcpu, compare, 0n);
      lab.equal(`${control}, due`, lab.get(control), 5n);
      lab.set_(lab.vcpu, control, 0n);
      lab.equal(`${control}, due and off`, lab.get(control), 4n);
    }
  }],
  ['6.4', 'core registers: each id, read and written, and no other changes', (lab) => {
    const ids = [...CORE_IDS.map(([name, low]) => /** @type {const} */ ([name, core(low)])), ...Array.from({ length: 32 }, (_, n) => /** @type {const} */ ([`v${String(n)}`, 0x6040_0000_0010_0054n + BigInt(4 * n)])), /** @type {const} */ (['fpsr', 0x6020_0000_0010_00d4n]), /** @type {const} */ (['fpcr', 0x6020_0000_0010_00d5n])];
    ids.forEach(([name, id], index) => lab.value(lab.vcpu.setOneReg(id, name === 'pstate' ? 0x3c4n : BigInt(0x100 + index))));
    ids.forEach(([name, id], index) => lab.equal(name, lab.value(lab.vcpu.getOneReg(id)), name === 'pstate' ? 0x3c4n : BigInt(0x100 + index)));
  }],
  ['6.4', 'V registers have 128 bits, FPSR and FPCR 32', (lab) => {
    writable(lab, 0x6040_0000_0010_0054n, 0x1122_3344_5566_7788_99aa_bbcc_ddee_ff00n);
    lab.refused('2^128', 'EINVAL', () => lab.vcpu.setOneReg(0x6040_0000_0010_0054n, 1n << 128n));
    lab.refused('FPSR of 33 bits', 'EINVAL', () => lab.vcpu.setOneReg(0x6020_0000_0010_00d4n, 1n << 32n));
    lab.refused('-1', 'EINVAL', () => lab.vcpu.setOneReg(core(0), -1n));
  }],
  ['6.4', 'an illegal mode of PSTATE: EINVAL', (lab) => {
    for (const mode of [0x8n, 0x9n, 0xcn, 0xdn, 0x1n, 0x6n, 0x3c0n | NO_MODE_32, 0x3c0n | 0x13n]) lab.refused(`mode 0x${mode.toString(16)}`, 'EINVAL', () => lab.vcpu.setOneReg(core(0x42), mode));
    for (const mode of [0x0n, 0x4n, 0x5n]) lab.equal(`mode 0x${mode.toString(16)}`, lab.vcpu.setOneReg(core(0x42), mode), { ok: true });
  }],
  ['6.4', 'system registers by their encoding', (lab) => {
    lab.equal('SCTLR_EL1', sysReg('SCTLR_EL1'), 0x6030_0000_0013_c080n);
    for (const id of [sys(3, 0, 1, 0, 0), sys(3, 0, 2, 0, 0), sys(3, 3, 13, 0, 2), sys(3, 0, 13, 0, 4), sys(2, 0, 0, 2, 2), sys(3, 4, 3, 0, 0), sys(3, 3, 14, 8, 5), sys(2, 0, 0, 15, 4), sys(2, 0, 0, 15, 7)]) writable(lab, id, 0x1_2345_6780n);
  }],
  ['6.4', 'the list: every register once, each readable, each settable to its own value', (lab) => {
    const list = lab.value(lab.vcpu.regList());
    lab.equal('once', new Set(list).size, list.length);
    for (const id of list) {
      const value = lab.vcpu.getOneReg(id);
      lab.equal(`GET 0x${id.toString(16)}`, value.ok, true);
      if (value.ok && id !== sys(3, 3, 14, 3, 2)) lab.equal(`SET 0x${id.toString(16)}`, lab.vcpu.setOneReg(id, value.value), { ok: true });
    }
    const wanted = [core(0), core(0x50), 0x6040_0000_0010_00d0n, 0x6020_0000_0010_00d5n, 0x6030_0000_0014_0000n, sys(3, 3, 14, 3, 1), sys(3, 0, 0, 0, 0), sys(3, 0, 0, 0, 5), sys(3, 0, 0, 7, 7), sys(3, 1, 0, 0, 1), sys(3, 3, 0, 0, 1), sys(2, 0, 0, 15, 6), sys(3, 3, 14, 15, 7), sys(3, 4, 5, 3, 0)];
    for (const id of wanted) lab.equal(`holds 0x${id.toString(16)}`, list.includes(id), true);
  }],
  ['6.4', 'what is not in the list: ENOENT', (lab) => {
    const list = lab.value(lab.vcpu.regList());
    for (const id of [0n, core(0x1f0), core(1), 0x6020_0000_0010_0000n, sys(3, 7, 15, 7, 7), sys(3, 4, 1, 1, 0), 0x6030_0000_0011_0000n, 0x6030_0000_0014_0001n, 0x4030_0000_0010_0000n, 0x6030_0000_0015_0000n]) {
      lab.equal('not listed', list.includes(id), false);
      lab.refused(`GET 0x${id.toString(16)}`, 'ENOENT', () => lab.vcpu.getOneReg(id));
      lab.refused(`SET 0x${id.toString(16)}`, 'ENOENT', () => lab.vcpu.setOneReg(id, 0n));
    }
  }],
  ['6.4', 'ID registers: what the guest reads, cut down to what is switched, and not to be changed', (lab) => {
    const read = ['id_aa64pfr0_el1', 'id_aa64dfr0_el1', 'id_aa64isar0_el1', 'id_aa64isar1_el1', 'id_aa64mmfr0_el1', 'id_aa64mmfr1_el1', 'id_aa64mmfr2_el1', 'id_pfr0_el1', 'midr_el1', 'ctr_el0', 's3_0_c0_c7_7', 's3_0_c0_c4_5'];
    lab.load(`${REPORT} ${read.map((name) => `mrs x1, ${name}\n str x1, [x28]\n`).join('')}`);
    const ids = [sys(3, 0, 0, 4, 0), sys(3, 0, 0, 5, 0), sys(3, 0, 0, 6, 0), sys(3, 0, 0, 6, 1), sys(3, 0, 0, 7, 0), sys(3, 0, 0, 7, 1), sys(3, 0, 0, 7, 2), sys(3, 0, 0, 1, 0), sys(3, 0, 0, 0, 0), sys(3, 3, 0, 0, 1), sys(3, 0, 0, 7, 7), sys(3, 0, 0, 4, 5)];
    const seen = read.map(() => lab.report());
    for (const [index, id] of ids.entries()) {
      lab.equal(String(read[index]), seen[index], lab.value(lab.vcpu.getOneReg(id)));
      lab.refused(`SET ${String(read[index])}`, 'EINVAL', () => lab.vcpu.setOneReg(id, lab.value(lab.vcpu.getOneReg(id)) ^ 1n));
    }
    const hidden = /** @type {const} */ ([[0, 0x000f_ff0f_0000_0000n], [1, 0xffff_ff0f_0f0f_0000n], [2, 0xff00_0000_0f00_000fn], [3, 0xffff_ffff_ff00_0ff0n], [4, 0xffff_ffff_0000_0000n], [5, 0xffff_ffff_ff00_0000n], [6, 0xffff_ffff_fff0_0000n]]);
    for (const [index, mask] of hidden) lab.equal(`${String(read[index])} hides`, BigInt(seen[index] ?? 0n) & mask, 0n);
  }],
  ['6.4', 'timer ids: CVAL and CNT have each other\'s encodings', (lab) => {
    writable(lab, sys(3, 3, 14, 3, 1), 7n);
    lab.value(lab.vcpu.setOneReg(sys(3, 3, 14, 0, 2), 0x1234n));
    lab.load(`${REPORT} mrs x1, cntv_cval_el0\n str x1, [x28]\n mrs x1, cntvct_el0\n str x1, [x28]`);
    lab.equal('CVAL', lab.report(), 0x1234n);
    lab.value(lab.vcpu.setOneReg(sys(3, 3, 14, 3, 2), 0x1_0000_0000n));
    const count = lab.report();
    lab.equal('CNT was set', typeof count === 'bigint' && count >= 0x1_0000_0000n && count < 0x1_0000_1000n, true);
  }],
  ['6.4', 'SET CNT changes the offset of all vCPUs of the VM', (lab) => {
    const vm = lab.newVm();
    const [vcpu, other] = [lab.value(vm.createVcpu(0)), lab.value(vm.createVcpu(1))];
    for (const one of [vcpu, other]) lab.value(one.init());
    lab.value(vcpu.setOneReg(sys(3, 3, 14, 3, 2), 0x5_0000_0000n));
    lab.equal('the other', lab.value(other.getOneReg(sys(3, 3, 14, 3, 2))) >> 32n, 5n);
  }],
  ['6.4', 'demux: CCSIDR of each cache by CSSELR', (lab) => {
    const ids = lab.value(lab.vcpu.regList()).filter((id) => id >> 16n === 0x6020_0000_0011n);
    lab.load(`${REPORT} ${ids.map((id) => `mov x1, #${String(id & 0xffn)}\n msr csselr_el1, x1\n isb\n mrs x2, ccsidr_el1\n str x2, [x28]\n`).join('')} nop`);
    lab.equal('caches are reported', ids.length > 0, true);
    for (const id of ids) {
      lab.equal(`selector ${String(id & 0xffn)}`, lab.report(), lab.value(lab.vcpu.getOneReg(id)));
      lab.refused('another geometry', 'EINVAL', () => lab.vcpu.setOneReg(id, lab.value(lab.vcpu.getOneReg(id)) ^ 8n));
    }
  }],
  ['6.4', 'firmware: the PSCI version', (lab) => {
    const id = 0x6030_0000_0014_0000n;
    lab.equal('1.0', lab.value(lab.vcpu.getOneReg(id)), 0x1_0000n);
    lab.value(lab.vcpu.setOneReg(id, 2n));
    lab.load(firmware(0x8400_0000));
    lab.equal('what the guest is told', lab.report(), 2n);
    for (const version of [0n, 1n, 3n, 0x1_0001n]) lab.refused(`version ${String(version)}`, 'EINVAL', () => lab.vcpu.setOneReg(id, version));
    const old = lab.newVcpu({});
    lab.equal('without the feature', lab.value(old.getOneReg(id)), 1n);
    lab.refused('0.2 without the feature', 'EINVAL', () => old.setOneReg(id, 2n), old);
  }],
];

const VI = 1n << 7n;

/** @type {readonly Row[]} */
const IRQ_LINE = [
  ['6.5', 'type CPU with a controller in the kernel: ENXIO', (lab) => lab.refused('KVM_IRQ_LINE', 'ENXIO', () => lab.vm.irqLine(0, true))],
  ['6.5', 'an unknown type: EINVAL', (lab) => lab.refused('KVM_IRQ_LINE', 'EINVAL', () => lab.vm.irqLine(3 << 24, true))],
  ['6.5', 'a GICv3 without INIT: EBUSY', (lab) => {
    const vm = lab.newVm();
    const vcpu = lab.value(vm.createVcpu(0));
    lab.value(vcpu.init({}));
    lab.refused('an SPI', 'EBUSY', () => vm.irqLine((1 << 24) | 40, true), vcpu);
    lab.refused('a PPI', 'EBUSY', () => vm.irqLine((2 << 24) | 20, true), vcpu);
  }],
  ['6.5', 'PPIs of the timers, and of the PMU, are not user space\'s: nothing happens', (lab) => {
    const vm = lab.newVm();
    const vcpu = lab.value(vm.createVcpu(0));
    lab.value(vcpu.init({ pmu: true }));
    lab.initVgic(vm);
    lab.value(vcpu.setDeviceAttr(0, 0, 23));
    lab.value(vcpu.setDeviceAttr(0, 1));
    lab.load(`${REPORT} str x28, [x28]`, vcpu);
    lab.report(vcpu);
    const pending = [30, 27, 23, 22].map((ppi) => [vm.irqLine((2 << 24) | ppi, true), vm.vm.vgic?.irq(vcpu.vcpu, ppi)?.isPending]);
    lab.equal('30, 27, 23, 22', pending, [[{ ok: true }, false], [{ ok: true }, false], [{ ok: true }, false], [{ ok: true }, true]]);
  }],
  ['6.5', 'type CPU: the IRQ line of a vCPU, level', (lab) => {
    const vm = lab.newVm({ irqchip: 'none' });
    const vcpu = lab.value(vm.createVcpu(0));
    lab.value(vcpu.init({ psci02: true }));
    lab.load(`${REPORT} mrs x0, isr_el1\n str x0, [x28]\n mrs x0, isr_el1\n str x0, [x28]\n mrs x0, isr_el1\n str x0, [x28]`, vcpu);
    lab.equal('low', lab.report(vcpu), 0n);
    lab.value(vm.irqLine(0, true));
    lab.equal('high', lab.report(vcpu), VI);
    lab.value(vm.irqLine(0, false));
    lab.equal('low again', lab.report(vcpu), 0n);
    lab.refused('line 2', 'EINVAL', () => vm.irqLine(2, true), vcpu);
    lab.refused('vCPU 9', 'EINVAL', () => vm.irqLine(9 << 16, true), vcpu);
  }],
  ['6.5', 'type CPU: either line is what a vCPU in WFI waits for', (lab) => {
    for (const line of [0, 1]) {
      const vm = lab.newVm({ irqchip: 'none' });
      const vcpu = lab.value(vm.createVcpu(0));
      lab.value(vcpu.init({ psci02: true }));
      lab.load(`${REPORT} wfi\n mov x0, #7\n str x0, [x28]`, vcpu);
      lab.equal(`line ${String(line)} low`, lab.run(vcpu), { status: 'blocked' });
      // The VMM's thread is on the same PE.
      vcpu.thread.suspend();
      lab.value(vm.irqLine(line, true));
      lab.equal(`line ${String(line)} high`, lab.report(vcpu), 7n);
    }
  }],
];

/** @type {readonly Row[]} */
const ATTRIBUTES = [
  ['6.6', 'vCPU attributes: unknown groups and attributes are ENXIO', (lab) => {
    for (const [group, attribute] of /** @type {const} */ ([[2, 0], [0, 2], [1, 2], [-1, 0], [1, -1]])) {
      lab.refused(`has ${String(group)}.${String(attribute)}`, 'ENXIO', () => lab.vcpu.hasDeviceAttr(group, attribute));
      lab.refused(`get ${String(group)}.${String(attribute)}`, 'ENXIO', () => lab.vcpu.getDeviceAttr(group, attribute));
      lab.refused(`set ${String(group)}.${String(attribute)}`, 'ENXIO', () => lab.vcpu.setDeviceAttr(group, attribute, 20));
    }
  }],
  ['6.6', 'TIMER_CTRL: defaults 27 and 30, PPIs only, for all vCPUs, not after the first run', (lab) => {
    lab.equal('has', [lab.vcpu.hasDeviceAttr(1, 0), lab.vcpu.hasDeviceAttr(1, 1)], [{ ok: true }, { ok: true }]);
    lab.equal('defaults', [lab.value(lab.vcpu.getDeviceAttr(1, 0)), lab.value(lab.vcpu.getDeviceAttr(1, 1))], [27, 30]);
    for (const irq of [15, 32, 0, 1.5]) lab.refused(`interrupt ${String(irq)}`, 'EINVAL', () => lab.vcpu.setDeviceAttr(1, 0, irq));
    const vm = lab.newVm();
    const [vcpu, other] = [lab.value(vm.createVcpu(0)), lab.value(vm.createVcpu(1))];
    lab.value(vcpu.setDeviceAttr(1, 0, 20));
    lab.equal('the other vCPU', lab.value(other.getDeviceAttr(1, 0)), 20);
    lab.load(`${REPORT} str x0, [x28]`);
    lab.report();
    lab.refused('after a run', 'EBUSY', () => lab.vcpu.setDeviceAttr(1, 0, 21));
    const bare = lab.newVcpu({}, { irqchip: 'none' });
    lab.refused('without a controller', 'EINVAL', () => bare.setDeviceAttr(1, 0, 20), bare);
  }],
  ['6.6', 'ITS: address 4; INIT 0, save 1, restore 2, reset 4; ITS_REGS 8; a GICv3 saves its pending tables by 3', (lab) => {
    const vm = lab.newVm();
    lab.value(vm.createVcpu(0));
    if (vm.vm.irqchip !== 'gicv3') {
      lab.refused('beside a GICv2', 'ENODEV', () => vm.createIts());
      return;
    }
    const its = lab.value(vm.createIts());
    const has = (/** @type {readonly (readonly [group: number, attr: bigint])[]} */ attributes) => attributes.map(([group, attr]) => its.hasAttr(group, attr).ok);
    lab.equal('has', has([[0, 4n], [4, 0n], [4, 1n], [4, 2n], [4, 4n], [8, 0n], [8, 0x100n]]), [true, true, true, true, true, true, true]);
    lab.equal('has not', has([[0, 2n], [4, 3n], [5, 0n], [8, 0x20n]]), [false, false, false, false]);
    lab.equal('no address', lab.value(its.getAttr(0, 4n)), 0xffff_ffff_ffff_ffffn);
    lab.refused('registers without an address', 'ENXIO', () => its.getAttr(8, 0n));
    lab.value(its.setAttr(0, 4n, 0x0808_0000n));
    lab.refused('a second address', 'EEXIST', () => its.setAttr(0, 4n, 0x0808_0000n));
    lab.equal('GITS_TYPER', lab.value(its.getAttr(8, 8n)), 0x1_ef71n);
    for (const control of [0n, 1n, 2n, 4n]) lab.value(its.setAttr(4, control));
    lab.value(vm.vgicDevice?.hasAttr(4, 3n) ?? its.hasAttr(4, 3n));
  }],
  ['6.6', 'REDIST_REGS: what user space writes of a mapped interrupt is the VM\'s, not the host\'s', (lab) => {
    const device = lab.vm.vgicDevice;
    const sgiFrame = lab.hypervised.machine.gic.redistributors[1];
    if (device === null || sgiFrame === undefined) throw new Error('no GICv3');
    const [ISENABLER, ISPENDR, ISACTIVER] = [0x100, 0x200, 0x300];
    const word = new Uint32Array(2);
    const host = () => [ISENABLER, ISPENDR, ISACTIVER].map((offset) => `${sgiFrame.read(offset, 4, word)} ${String(word[0])}`);
    lab.load(`${REPORT} str x0, [x28]`);
    lab.report();
    const before = host();
    for (const offset of [ISENABLER, ISPENDR, ISACTIVER]) lab.value(device.setAttr(5, BigInt(0x1_0000 + offset), 1n << 27n));
    lab.equal('the VM has them', [ISENABLER, ISPENDR, ISACTIVER].map((offset) => (lab.value(device.getAttr(5, BigInt(0x1_0000 + offset))) >> 27n) & 1n), [1n, 1n, 1n]);
    lab.equal('the host', host(), before);
  }],
  ['6.6', 'PMU_V3_CTRL: needs the feature', (lab) => {
    lab.refused('has', 'ENXIO', () => lab.vcpu.hasDeviceAttr(0, 0));
    lab.refused('IRQ', 'ENODEV', () => lab.vcpu.setDeviceAttr(0, 0, 23));
    lab.refused('INIT', 'ENXIO', () => lab.vcpu.setDeviceAttr(0, 1));
  }],
  ['6.6', 'PMU_V3_CTRL: IRQ before INIT, each once; then the guest counts', (lab) => {
    const vm = lab.newVm();
    const [vcpu, other] = [lab.value(vm.createVcpu(0)), lab.value(vm.createVcpu(1))];
    for (const one of [vcpu, other]) lab.value(one.init({ pmu: true }));
    lab.refused('INIT before the controller\'s', 'ENODEV', () => vcpu.setDeviceAttr(0, 1), vcpu);
    lab.initVgic(vm);
    lab.equal('has', [vcpu.hasDeviceAttr(0, 0), vcpu.hasDeviceAttr(0, 1)], [{ ok: true }, { ok: true }]);
    lab.refused('INIT too early', 'ENXIO', () => vcpu.setDeviceAttr(0, 1), vcpu);
    lab.refused('IRQ not set', 'ENXIO', () => vcpu.getDeviceAttr(0, 0), vcpu);
    for (const irq of [7, 15, 1020, -1]) lab.refused(`interrupt ${String(irq)}`, 'EINVAL', () => vcpu.setDeviceAttr(0, 0, irq), vcpu);
    lab.value(vcpu.setDeviceAttr(0, 0, 23));
    lab.equal('IRQ', lab.value(vcpu.getDeviceAttr(0, 0)), 23);
    lab.refused('IRQ twice', 'EBUSY', () => vcpu.setDeviceAttr(0, 0, 23), vcpu);
    lab.value(vcpu.setDeviceAttr(0, 1));
    lab.refused('INIT twice', 'EBUSY', () => vcpu.setDeviceAttr(0, 1), vcpu);
    lab.refused('another PPI than the first vCPU', 'EINVAL', () => other.setDeviceAttr(0, 0, 24), other);
    lab.value(other.setDeviceAttr(0, 0, 23));
    lab.load(`${REPORT} mov x1, #0x47\n msr pmcr_el0, x1\n mrs x2, pmcr_el0\n and x2, x2, #7\n str x2, [x28]
        msr pmccfiltr_el0, xzr\n movz x1, #0x100, lsl #32\n msr pmccntr_el0, x1\n movz x1, #0x8000, lsl #16\n msr pmcntenset_el0, x1
        mrs x2, pmccntr_el0\n mov x19, #100\n1: subs x19, x19, #1\n b.ne 1b\n mrs x3, pmccntr_el0\n sub x2, x3, x2\n str x2, [x28]
        msr pmcntenclr_el0, x1\n mrs x2, pmccntr_el0\n lsr x2, x2, #32\n str x2, [x28]`, vcpu);
    lab.equal('PMCR_EL0.P and C read as zero', lab.report(vcpu), 1n);
    lab.equal('cycles: a move and a hundred times two', lab.report(vcpu), 201n);
    lab.equal('64 bits', lab.report(vcpu), 0x100n);
    const bare = lab.newVcpu({ pmu: true }, { irqchip: 'none' });
    lab.refused('IRQ without a controller', 'EINVAL', () => bare.setDeviceAttr(0, 0, 23), bare);
    lab.value(bare.setDeviceAttr(0, 1));
  }],
  ['6.6', 'PMU_V3_CTRL: one PPI for the PMU and a timer, whoever is first; an SPI that the controller has not', (lab) => {
    const first = lab.newVcpu({ pmu: true });
    lab.value(first.setDeviceAttr(0, 0, 27));
    lab.value(first.setDeviceAttr(0, 1));
    lab.refused('KVM_RUN', 'EINVAL', () => first.run(), first);
    const second = lab.newVcpu({ pmu: true });
    lab.load(`${REPORT} str x28, [x28]`, second);
    lab.report(second);
    lab.value(second.setDeviceAttr(0, 0, 27));
    lab.refused('INIT', 'EEXIST', () => second.setDeviceAttr(0, 1), second);
    const third = lab.newVcpu({ pmu: true });
    lab.value(third.setDeviceAttr(0, 0, 1000));
    lab.refused('SPI 1000 of 256', 'EINVAL', () => third.setDeviceAttr(0, 1), third);
  }],
  ['6.6', 'ADDR: frames do not lie on each other; DIST_REGS of a GICv3 is the same for every affinity; a GICv3 needs the host\'s', (lab) => {
    const vm = lab.newVm();
    const vcpu = lab.value(vm.createVcpu(0));
    lab.value(vcpu.init({}));
    const device = vm.vgicDevice;
    if (device === null) throw new Error('no controller');
    lab.value(device.setAttr(0, 2n, 0x0800_0000n));
    for (const address of [0x0800_0000n, 0x07ff_0000n]) lab.refused(`redistributors at ${String(address)}`, 'EINVAL', () => device.setAttr(0, 3n, address), vcpu);
    lab.value(device.setAttr(0, 3n, 0x0801_0000n));
    lab.value(device.setAttr(4, 0n));
    lab.equal('GICD_TYPER', lab.value(device.getAttr(1, (7n << 32n) | 4n)), lab.value(device.getAttr(1, 4n)));
    const late = lab.newVm();
    lab.value(lab.value(late.createVcpu(0)).init({}));
    for (const type of [3n, 2n]) lab.value(late.vgicDevice?.setAttr(0, type, 0x0800_0000n) ?? { ok: false, errno: 'ENODEV' });
    lab.equal('the distributor on them', late.vgicDevice?.setAttr(4, 0n), { ok: false, errno: 'EINVAL' });
    const old = new Lab({ mode: lab.mode, steps: 'fixed', gic: 2 });
    const v2 = old.newVm();
    const bare = old.value(v2.createVcpu(0));
    old.value(bare.init({}));
    for (const type of [0n, 1n]) old.value(v2.vgicDevice?.setAttr(0, type, 0x0800_0000n) ?? { ok: false, errno: 'ENODEV' });
    lab.equal('GICD on GICC', bare.run(), { status: 'error', errno: 'EINVAL' });
    const v3 = old.newVm({ irqchip: 'gicv3' });
    old.value(v3.createVcpu(0));
    lab.equal('a GICv3 on a GICv2', v3.initVgic({ distributor: 0x0800_0000, interface: 0x080a_0000 }), { ok: false, errno: 'ENODEV' });
  }],
  ['6.6', 'PMU registers that are set before the first run: the guest finds its counter running', (lab) => {
    const vcpu = lab.newVcpu({ pmu: true });
    lab.value(vcpu.setDeviceAttr(0, 0, 23));
    lab.value(vcpu.setDeviceAttr(0, 1));
    const start = 0x100_0000_0000n;
    for (const [name, value] of /** @type {const} */ ([['PMCR_EL0', 0x41n], ['PMCCFILTR_EL0', 0n], ['PMCCNTR_EL0', start], ['PMCNTENSET_EL0', 0x8000_0000n]])) lab.set_(vcpu, name, value);
    lab.load(`${REPORT} mov x19, #100\n1: subs x19, x19, #1\n b.ne 1b\n mrs x2, pmccntr_el0\n str x2, [x28]`, vcpu);
    const count = lab.report(vcpu);
    // Two moves and a hundred times two, and what a host without VHE does at EL1 from load to put.
    lab.equal('cycles since it was loaded', typeof count === 'bigint' && count >= start + 202n && count < start + 20_000n, true);
  }],
];

/** @type {readonly Row[]} */
const PMU_INTERRUPT = [
  ['6.6', 'PMU_V3_CTRL: an overflow interrupts the guest, which had no reason to exit; cleared, its level falls', (lab) => {
    const vcpu = lab.newVcpu({ pmu: true });
    lab.value(vcpu.setDeviceAttr(0, 0, 23));
    lab.value(vcpu.setDeviceAttr(0, 1));
    // 64 bits of cycles, which wrap after 4,096.
    for (const [name, value] of /** @type {const} */ ([['PMCR_EL0', 0x41n], ['PMCCFILTR_EL0', 0n], ['PMOVSSET_EL0', 0n], ['PMCCNTR_EL0', 0xffff_ffff_ffff_f000n], ['PMCNTENSET_EL0', 0x8000_0000n], ['PMINTENSET_EL1', 0x8000_0000n]])) lab.set_(vcpu, name, value);
    lab.load(`${REPORT} ${takePpi(23)}
      mov x19, #0x4000
    1: mrs x3, isr_el1
      cbnz x3, 2f
      subs x19, x19, #1
      b.ne 1b
    2: mrs x4, s3_0_c12_c12_0
      str x4, [x28]
      mov x2, #0x80000000
      msr pmovsclr_el0, x2
      msr s3_0_c12_c12_1, x4
      isb
      mrs x3, isr_el1
      str x3, [x28]`, vcpu);
    lab.equal('ICC_IAR1_EL1', lab.report(vcpu), 23n);
    lab.equal('ISR_EL1 behind it', lab.report(vcpu), 0n);
  }],
];

/** @type {readonly Row[]} */
const FIRMWARE = /** @type {const} */ ([
  ['SMCCC version 1.1', 0x8000_0000, 0, 0x1_0001n],
  ['PSCI version 1.0', 0x8400_0000, 0, 0x1_0000n],
  ['MIGRATE_INFO_TYPE: 2', 0x8400_0006, 0, 2n],
  ['FEATURES of a known function: 0', 0x8400_000a, 0x8400_0008, 0n],
  ['FEATURES of an unknown one: -1', 0x8400_000a, 0x8400_00ff, 0xffff_ffff_ffff_ffffn],
  ['SMCCC_ARCH_WORKAROUND_1: 0', 0x8000_8000, 0, 0n],
]).map(([what, call, argument, value]) => /** @type {Row} */ (['6.8', what, (lab) => {
  lab.load(firmware(call, argument));
  lab.equal('x0', lab.report(), value);
}]));

/** A call of one vCPU with another that is off, whose MPIDR_EL1 may have been set. @type {readonly Row[]} */
const POWER = [
  ['6.8', '0.1: CPU_ON and CPU_OFF by their old numbers; on already is INVALID_PARAMETERS', (lab) => {
    const [one, other] = pair(lab, {});
    lab.load(call(0x95c1_ba60, 1) + call(0x95c1_ba60, 1) + call(0x95c1_ba5f, 0), one);
    lab.equal('CPU_ON', [lab.report(one), lab.value(other.getMpState())], [0n, 'runnable']);
    lab.equal('again', lab.report(one), 0xffff_ffff_ffff_fffen);
    lab.equal('CPU_OFF', [lab.run(one), one.vcpu.isPoweredOff], [{ status: 'blocked' }, true]);
  }],
  ['6.8', 'functions with 32-bit arguments do not look at upper halves', (lab) => {
    const [one, other] = pair(lab, { psci02: true });
    const upper = 0xff_0000_0001n;
    lab.load(call(0x8400_0004, upper) + call(0xc400_0004, upper) + call(0x8400_0003, upper), one);
    lab.equal('AFFINITY_INFO of 32 bits: off', lab.report(one), 1n);
    lab.equal('of 64: nobody', lab.report(one), 0xffff_ffff_ffff_fffen);
    lab.equal('CPU_ON', [lab.report(one), lab.value(other.getMpState())], [0n, 'runnable']);
  }],
  ['6.4', 'MPIDR_EL1: PSCI and the interrupt controller go by what user space has set', (lab) => {
    const [one, other] = pair(lab, { psci02: true });
    lab.set_(other, 'MPIDR_EL1', 0x8000_0100n);
    lab.load(`${call(0xc400_0004, 0x100n)}${call(0xc400_0004, 1)} ldr x1, =${String(MEMORY_MAP.GICR + 0x2_0000)}\n ldr x0, [x1, #8]\n str x0, [x28]\n`, one);
    lab.equal('AFFINITY_INFO: off', lab.report(one), 1n);
    lab.equal('nobody has the old one', lab.report(one), 0xffff_ffff_ffff_fffen);
    lab.equal('GICR_TYPER.Affinity_Value', /** @type {bigint} */ (lab.report(one)) >> 32n, 0x100n);
    lab.value(other.init({ psci02: true, powerOff: true }));
    lab.equal('reset', lab.get('MPIDR_EL1', other), 0x8000_0001n);
  }],
];

/** @type {readonly Row[]} */
const OLDER_FIRMWARE = [
  ['6.8', 'PSCI 0.2 has no FEATURES: -1', (lab) => {
    lab.value(lab.vcpu.setOneReg(0x6030_0000_0014_0000n, 2n));
    lab.load(firmware(0x8400_000a, 0x8400_0008));
    lab.equal('x0', lab.report(), 0xffff_ffff_ffff_ffffn);
  }],
];

/** What the debugged guest does: the third instruction is at `point`. */
const STEPPED = `mov x1, #1\n mov x2, #2\npoint: mov x3, #3\n mov x4, #4\n hvc #0\n mov x5, #5\n ${REPORT} str x5, [x28]\n mov x6, #6\n b .`;
const at = (/** @type {number} */ n) => 0x4000_0000n + BigInt(4 * n);
const CLASS = (/** @type {number} */ hsr) => hsr >>> 26;

/** @type {readonly Row[]} */
const GUEST_DEBUG = [
  ['6.9', 'unknown control bits: EINVAL', (lab) => {
    for (const bit of [2, 3, 15, 18, 31]) lab.refused(`bit ${String(bit)}`, 'EINVAL', () => lab.vcpu.setGuestDebug((1 | (1 << bit)) >>> 0));
  }],
  ['6.9', 'single-step: an exit after each instruction, emulated ones and MMIO among them', (lab) => {
    lab.load(STEPPED);
    lab.set_(lab.vcpu, 'x0', 0x8400_0000n);
    lab.value(lab.vcpu.setGuestDebug(KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.SINGLESTEP));
    const step = () => {
      lab.exits('step', lab.run(), DEBUG);
      return CLASS(lab.vcpu.vcpu.run.debug.hsr);
    };
    for (let n = 1; n <= 7; n++) {
      lab.equal('class', step(), 0x32);
      lab.equal('pc', lab.get('pc'), at(n));
    }
    lab.equal('the hypercall was made', lab.get('x0'), 0x1_0000n);
    lab.exits('the device write', lab.run(), MMIO);
    lab.equal('its step', step(), 0x32);
    lab.equal('pc', lab.get('pc'), at(8));
    lab.equal('MDSCR_EL1 is the guest\'s', lab.get('MDSCR_EL1'), 0n);
    // The distributor, which the kernel emulates, and a page that is mapped on the way.
    lab.load(`ldr x1, =${String(MEMORY_MAP.GICD)}\n ldr w2, [x1, #4]\n ldr x1, =${String(GUEST_BASE + 0x10_0000)}\n str w2, [x1]\n b .`);
    for (let n = 1; n <= 4; n++) {
      lab.equal('class', step(), 0x32);
      lab.equal('pc of a load in the kernel', lab.get('pc'), at(n));
    }
    lab.value(lab.vcpu.setGuestDebug(0));
    lab.equal('x5', lab.get('x5'), 5n);
  }],
  ['6.9', 'single-step of WFI: the guest waits first, then the step is over', (lab) => {
    lab.load('mov x1, #1\n wfi\n mov x2, #2');
    lab.value(lab.vcpu.setGuestDebug(KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.SINGLESTEP));
    lab.exits('the move', lab.run(), DEBUG);
    lab.equal('WFI', lab.run(), { status: 'blocked' });
    lab.vcpu.signal();
    lab.exits('a signal ends the wait, and that is the step', lab.run(), DEBUG);
    lab.equal('pc', lab.get('pc'), at(2));
    lab.equal('then the signal', lab.run(), { status: 'error', errno: 'EINTR' });
    lab.exits('the second move', lab.run(), DEBUG);
    lab.equal('pc behind it', lab.get('pc'), at(3));
  }],
  ['6.9', 'software breakpoints: BRK is user space\'s', (lab) => {
    lab.load('mov x1, #1\n brk #0x55\n mov x2, #2');
    lab.value(lab.vcpu.setGuestDebug(KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_SW_BP));
    lab.exits('KVM_RUN', lab.run(), DEBUG);
    lab.equal('hsr', lab.vcpu.vcpu.run.debug.hsr, 0xf200_0055);
    lab.equal('pc stays', lab.get('pc'), at(1));
  }],
  ['6.9', 'a hardware breakpoint', (lab) => {
    lab.load(STEPPED);
    // BAS 0b1111, PMC 0b11 (EL1 and EL0), E.
    lab.value(lab.vcpu.setGuestDebug(KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_HW, { bcr: [0x1e7n], bvr: [at(2)], wcr: [], wvr: [] }));
    lab.exits('KVM_RUN', lab.run(), DEBUG);
    lab.equal('class', CLASS(lab.vcpu.vcpu.run.debug.hsr), 0x30);
    lab.equal('pc', lab.get('pc'), at(2));
    lab.equal('the guest\'s own', [lab.get('DBGBCR0_EL1'), lab.get('DBGBVR0_EL1'), lab.get('MDSCR_EL1')], [0n, 0n, 0n]);
  }],
  ['6.9', 'a watchpoint, with the address', (lab) => {
    lab.load(`movz x1, #0x4010, lsl #16\n ldr x2, [x1]\n str x2, [x1, #16]\n b .`);
    // Stores, BAS 0xff.
    lab.value(lab.vcpu.setGuestDebug(KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_HW, { bcr: [], bvr: [], wcr: [0x1ff7n & ~0x8n], wvr: [0x4010_0010n] }));
    lab.exits('KVM_RUN', lab.run(), DEBUG);
    lab.equal('class', CLASS(lab.vcpu.vcpu.run.debug.hsr), 0x34);
    lab.equal('far', lab.vcpu.vcpu.run.debug.far, 0x4010_0010n);
    lab.equal('pc', lab.get('pc'), at(2));
  }],
  ['6.9', 'the guest\'s own debug registers trap meanwhile, and keep what it writes', (lab) => {
    lab.load(`${REPORT} mov x1, #0x4000\n msr dbgbvr1_el1, x1\n mrs x2, dbgbvr1_el1\n str x2, [x28]`);
    lab.value(lab.vcpu.setGuestDebug(KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_HW, { bcr: [], bvr: [0n, 0x77770n], wcr: [], wvr: [] }));
    lab.equal('reads back', lab.report(), 0x4000n);
    lab.equal('ONE_REG', lab.get('DBGBVR1_EL1'), 0x4000n);
  }],
  ['6.9', 'VCPU_EVENTS: a virtual SError, pending until the guest takes it', (lab) => {
    lab.equal('none', lab.value(lab.vcpu.getEvents()).serrorPending, false);
    const ras = lab.value(lab.vcpu.getEvents()).serrorHasEsr;
    lab.value(lab.vcpu.setEvents({ serrorPending: true, serrorHasEsr: ras, serrorEsr: ras ? 0x100_0042n : 0n }));
    lab.equal('pending', lab.value(lab.vcpu.getEvents()), { serrorPending: true, serrorHasEsr: ras, serrorEsr: ras ? 0x100_0042n : 0n });
    lab.load(catching('str x28, [x28]\n msr daifclr, #4\n isb'));
    lab.report();
    lab.equal('still pending behind an exit', lab.value(lab.vcpu.getEvents()).serrorPending, true);
    const esr = lab.report();
    lab.equal('taken', typeof esr === 'bigint' ? esr & 0xffff_ffff_ffn : esr, (1n << 40n & 0xffff_ffff_ffn) | (ras ? 0xbf00_0042n : 0xbe00_0000n));
    lab.equal('and gone', lab.value(lab.vcpu.getEvents()).serrorPending, false);
    lab.refused('a syndrome with other bits', 'EINVAL', () => lab.vcpu.setEvents({ serrorPending: true, serrorHasEsr: true, serrorEsr: 1n << 25n }));
  }],
];

export const ROWS = [...RUN, ...CLASSES, ...INIT, ...ONE_REG, ...IRQ_LINE, ...ATTRIBUTES, ...PMU_INTERRUPT, ...FIRMWARE, ...OLDER_FIRMWARE, ...POWER, ...GUEST_DEBUG];
