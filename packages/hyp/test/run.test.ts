/** KVM_RUN on the recording port: what the guest keeps, what the host gets back, exits and their completion. */
import {
  CPTR_EL2, DISR_EL1, ELR_EL1, ELR_EL2, ESR_EL1, ESR_EL2, HCR_EL2, HSTR_EL2, ICC_SRE_EL2, ICH_LRn_EL2, MDCR_EL2, MDSCR_EL1, PAR_EL1, PMUSERENR_EL0, SCTLR_EL1, SPSR_EL1, TPIDR_EL0, TPIDR_EL1,
  TPIDRRO_EL0, TTBR0_EL1, VBAR_EL1, VTTBR_EL2, ISS_SYS, TCR_EL1, ID_AA64PFR0_EL1, type AnyRegister,
} from '@worldswitch/cpu/arch';
import { describe, expect, test } from 'vitest';
import { coreReg, sysReg } from '../src/api/vcpu.ts';
import { KVM_DEV_ARM_VGIC_GRP } from '../src/api/vgic-device.ts';
import { SYNC } from '../src/cpu.ts';
import { KVM_EXIT_INTR, KVM_EXIT_MMIO, KVM_EXIT_SYSTEM_EVENT } from '../src/kvm-run.ts';
import { FINAL, parseStepSet, prefix } from '../src/steps/set.ts';
import type { ModeName } from '../src/switch/plan.ts';
import { lowerElVector } from '../src/switch/vectors.ts';
import { FP_EXIT, GUEST_ENTRY, GUEST_RAM, HVC_EXIT, initVgic, IRQ_EXIT, machine, memoryFault, MMIO_EXIT, mmioExit, permissionFault, type TestMachine } from './machine.ts';
import type { GuestExit } from './recording-port.ts';

const MODES: readonly ModeName[] = ['vhe', 'nvhe'];
const PREFIXES = Array.from({ length: 41 }, (_, n) => n);

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const reg = (m: TestMachine, id: bigint): bigint => {
  const result = m.vcpu.getOneReg(id);
  if (!result.ok) throw new Error(result.errno);
  return result.value;
};

describe.each(MODES)('%s', (mode) => {
  test.each(PREFIXES)('p%i: the guest finds every register as it left it', (at) => {
    const m = machine({ mode, steps: prefix(at) });
    for (let n = 0; n < 31; n++) m.vcpu.setOneReg(coreReg(`x${n}`), 0x1000n + BigInt(n));
    const seen: string[] = [];
    const el1Names: readonly AnyRegister[] = [SCTLR_EL1, TTBR0_EL1, TPIDR_EL1, TPIDR_EL0, VBAR_EL1, ELR_EL1, SPSR_EL1, MDSCR_EL1];
    let round = 0n;
    m.port.onGuest = () => {
      seen.push([...m.port.x].map(hex).join(' '), el1Names.map((one) => hex(m.port.get(one))).join(' '), hex(m.port.sp[0]!), hex(m.port.sp[1]!));
      // The guest changes all of them.
      round++;
      for (let n = 0; n < 31; n++) m.port.x[n] = round * 0x1_0000n + BigInt(n);
      for (const [index, one] of el1Names.entries()) m.port.set(one, one === MDSCR_EL1 ? round : round * 0x100n + BigInt(index));
      m.port.sp[0] = round + 0x5000n;
      m.port.sp[1] = round + 0x6000n;
    };
    m.port.script.push(IRQ_EXIT, IRQ_EXIT, IRQ_EXIT);
    expect(m.vcpu.run()).toEqual({ status: 'stopped' });
    const expected = (value: bigint): string[] => [
      Array.from({ length: 31 }, (_, n) => hex(value * 0x1_0000n + BigInt(n))).join(' '),
      el1Names.map((one, index) => hex(one === MDSCR_EL1 ? value : value * 0x100n + BigInt(index))).join(' '),
      hex(value + 0x5000n), hex(value + 0x6000n),
    ];
    expect(seen.slice(4)).toEqual([...expected(1n), ...expected(2n), ...expected(3n)]);
    expect(seen[0]).toBe(Array.from({ length: 31 }, (_, n) => hex(0x1000n + BigInt(n))).join(' '));
  });

  test.each(PREFIXES)('p%i: the same trap bits are in force while the guest runs', (at) => {
    const m = machine({ mode, steps: prefix(at) });
    const seen: string[] = [];
    m.port.onGuest = () => {
      const registers: readonly AnyRegister[] = [HCR_EL2, CPTR_EL2, HSTR_EL2, PMUSERENR_EL0, MDCR_EL2, VTTBR_EL2, ICC_SRE_EL2];
      seen.push(registers.map((one) => `${one.name} ${hex(m.port.get(one))}`).join(', '));
    };
    m.port.script.push(HVC_EXIT, IRQ_EXIT);
    m.vcpu.run();
    const hcr = mode === 'vhe' ? '0x4847c663b' : '0x847c663b';
    // Under VHE from 33 on, the first load comes before mdcr_el2 is first computed: as merged.
    const late = mode === 'vhe' && at >= 33 ? '0x0' : '0x4e66';
    const cptr = mode === 'vhe' ? '0x10000000' : '0x1037ff';
    const vttbr = hex((1n << 48n) | BigInt(m.vm.vm.stage2.root));
    expect(new Set(seen)).toEqual(new Set([`HCR_EL2 ${hcr}, CPTR_EL2 ${cptr}, HSTR_EL2 0x8000, PMUSERENR_EL0 0xf, MDCR_EL2 ${late}, VTTBR_EL2 ${vttbr}, ICC_SRE_EL2 0x7`]));
  });

  test.each(PREFIXES)('p%i: after every exit the host has what section 5.1 says', (at) => {
    const m = machine({ mode, steps: prefix(at) });
    const { port } = m;
    // What the host owns, with values of its own; the guest overwrites all of it.
    const own: readonly AnyRegister[] = mode === 'nvhe' ? [SCTLR_EL1, TTBR0_EL1, TCR_EL1, VBAR_EL1, TPIDR_EL1, PAR_EL1, MDSCR_EL1, TPIDR_EL0, TPIDRRO_EL0] : [MDSCR_EL1, TPIDR_EL0, TPIDRRO_EL0];
    own.forEach((one, index) => {
      if (one !== VBAR_EL1 && one !== TTBR0_EL1) port.set(one, one === MDSCR_EL1 ? 0x1000n : 0x77_0000n + BigInt(index));
    });
    for (let n = 19; n < 31; n++) port.x[n] = 0x9900n + BigInt(n);
    const before = { own: own.map((one) => hex(port.get(one))), sp: port.sp[2], x: [...port.x.slice(19)] };
    port.onGuest = () => {
      for (const one of own) port.set(one, 0xdeadn);
      port.x.fill(0xbadn);
      port.sp[0] = 0xbadn;
      port.sp[1] = 0xbadn;
    };
    const problems: string[] = [];
    const check = (what: string, found: unknown, wanted: unknown): void => {
      if (JSON.stringify(found) !== JSON.stringify(wanted)) problems.push(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
    };
    port.script.push(HVC_EXIT, IRQ_EXIT, FP_EXIT, HVC_EXIT, MMIO_EXIT);
    const result = m.vcpu.run();
    expect(result.status).toBe('exit');
    check('owned registers', own.map((one) => hex(port.get(one))), before.own);
    check('x19 to x30', [...port.x.slice(19)].map(hex), before.x.map(hex));
    check('SP_EL2', hex(port.sp[2]!), hex(before.sp!));
    check('HCR_EL2', hex(port.get(HCR_EL2)), mode === 'vhe' ? '0x488000000' : '0x80000000');
    check('CPTR_EL2', hex(port.get(CPTR_EL2)), mode === 'vhe' ? '0x310000' : '0x32ff');
    check('HSTR_EL2', hex(port.get(HSTR_EL2)), '0x0');
    check('PMUSERENR_EL0', hex(port.get(PMUSERENR_EL0)), '0x0');
    check('MDCR_EL2', hex(port.get(MDCR_EL2)), mode === 'vhe' ? hex(port.get(MDCR_EL2)) : '0x3006');
    if (mode === 'nvhe' || at < 15) check('VTTBR_EL2', hex(port.get(VTTBR_EL2)), '0x0');
    check('ICC_SRE_EL2', hex(port.get(ICC_SRE_EL2)), '0xf');
    check('list registers', ICH_LRn_EL2.slice(0, 4).map((one) => hex(port.get(one))), ['0x0', '0x0', '0x0', '0x0']);
    check('frames', port.depth, 0);
    check('EL', port.el, 0);
    expect(problems).toEqual([]);
  });

  test('at the return from the switch the kernel has its registers, traps and vectors', () => {
    const m = machine({ mode, steps: FINAL });
    const seen: string[] = [];
    const { port } = m;
    port.onGuest = () => {
      port.sp[0] = 0xbadn;
      port.set(MDSCR_EL1, 0x8000n);
    };
    port.script.push(HVC_EXIT, IRQ_EXIT);
    const { vgic } = m.vcpu.vcpu;
    m.vcpu.vcpu.vgic = {
      hasPending: false,
      flush: () => undefined,
      sync: (cpu) => {
        seen.push([port.el, hex(port.get(HCR_EL2)), hex(port.get(MDSCR_EL1)), port.sp[0] === BigInt.asUintN(64, (BigInt(cpu.perCpu.hi) << 32n) | BigInt(cpu.perCpu.lo)), port.daif & 2n].join(' '));
        vgic.sync(cpu);
      },
    };
    m.vcpu.run();
    const wanted = mode === 'vhe' ? '2 0x488000000 0x0 true 2' : '1 0x80000000 0x0 true 2';
    expect(seen).toEqual([wanted, wanted]);
  });

  test('MMIO read: the record, the pc, and the value at the next KVM_RUN', () => {
    const m = machine({ mode });
    m.port.script.push(mmioExit({ SAS: 2, SRT: 3 }));
    m.vcpu.setOneReg(coreReg('x3'), 0xffff_ffff_ffff_ffffn);
    const first = m.vcpu.run();
    expect(first).toMatchObject({ status: 'exit', run: { exitReason: KVM_EXIT_MMIO, mmio: { physAddr: 0x0a00_0008, len: 4, isWrite: false } } });
    expect(reg(m, coreReg('pc'))).toBe(GUEST_ENTRY + 4n);
    m.vcpu.vcpu.run.mmio.data.set([2, 0, 0, 0x80]);
    m.vcpu.run();
    expect(m.port.x[3]).toBe(0x8000_0002n);
  });

  test.each([
    ['byte, sign-extended to 64 bits', { SAS: 0, SSE: 1, SF: 1, SRT: 4 }, [0x80], 0xffff_ffff_ffff_ff80n],
    ['halfword, sign-extended to 32 bits', { SAS: 1, SSE: 1, SF: 0, SRT: 4 }, [0x34, 0x92], 0xffff_9234n],
    ['halfword, zero-extended', { SAS: 1, SRT: 4 }, [0x34, 0x92], 0x9234n],
    ['doubleword', { SAS: 3, SF: 1, SRT: 4 }, [1, 2, 3, 4, 5, 6, 7, 8], 0x0807_0605_0403_0201n],
  ])('MMIO read of a %s', (_what, fields, data, value) => {
    const m = machine({ mode });
    m.port.script.push(mmioExit(fields));
    m.vcpu.run();
    m.vcpu.vcpu.run.mmio.data.set(data);
    m.vcpu.run();
    expect(hex(m.port.x[4]!)).toBe(hex(value));
  });

  test('MMIO write: the data of the register, little-endian; nothing is completed', () => {
    const m = machine({ mode });
    m.vcpu.setOneReg(coreReg('x5'), 0x1122_3344_5566_7788n);
    m.port.script.push(mmioExit({ SAS: 2, SRT: 5, WnR: 1 }));
    const result = m.vcpu.run();
    expect(result).toMatchObject({ run: { mmio: { len: 4, isWrite: true } } });
    expect([...m.vcpu.vcpu.run.mmio.data]).toEqual([0x88, 0x77, 0x66, 0x55, 0, 0, 0, 0]);
    m.vcpu.run();
    expect(m.port.x[5]).toBe(0x1122_3344_5566_7788n);
  });

  test('the zero register is read as 0 and never written', () => {
    const m = machine({ mode });
    m.port.script.push(mmioExit({ SAS: 3, SF: 1, SRT: 31, WnR: 1 }), mmioExit({ SAS: 3, SF: 1, SRT: 31 }));
    m.vcpu.run();
    expect([...m.vcpu.vcpu.run.mmio.data]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    m.vcpu.run();
    m.vcpu.vcpu.run.mmio.data.fill(0xff);
    m.port.script.push(MMIO_EXIT);
    const sp = reg(m, coreReg('sp'));
    m.vcpu.run();
    expect(reg(m, coreReg('sp'))).toBe(sp);
  });

  test('an access without a syndrome cannot be emulated', () => {
    const m = machine({ mode });
    m.port.script.push({ ...MMIO_EXIT, esr: MMIO_EXIT.esr! & ~(1 << 24) });
    expect(m.vcpu.run()).toEqual({ status: 'error', errno: 'ENOSYS' });
  });

  test('a fault in a memory slot maps the page and tries again', () => {
    const m = machine({ mode });
    m.port.script.push(memoryFault(GUEST_RAM.guestPhysAddr + 0x3004));
    expect(m.vcpu.run()).toEqual({ status: 'stopped' });
    const { root } = m.vm.vm.stage2;
    const level1 = m.port.words.get(root + 8 * 2)!;
    const level2 = m.port.words.get(Number(level1 & 0xffff_ffff_f000n))!;
    const page = m.port.words.get(Number(level2 & 0xffff_ffff_f000n) + 8 * 3)!;
    expect([level1 & 3n, level2 & 3n]).toEqual([3n, 3n]);
    // Page, Normal Write-Back, read and write, Inner Shareable, accessed.
    expect(hex(page)).toBe(hex(BigInt(GUEST_RAM.backing + 0x3000) | 0x7ffn));
  });

  test('a permission fault takes its IPA from AT, and PAR_EL1 stays the guest\'s', () => {
    const m = machine({ mode });
    m.port.set(PAR_EL1, 0n);
    const log = m.port;
    m.port.script.push(permissionFault(GUEST_RAM.guestPhysAddr + 0x5000));
    m.port.onGuest = () => (m.port.log ??= []);
    m.vcpu.run();
    const accesses = log.log!.filter((one) => one.startsWith('SYS') || one.includes('PAR_EL1'));
    expect(accesses.slice(0, 4)).toEqual(['MRS PAR_EL1', expect.stringMatching(/^SYS/), 'MRS PAR_EL1', 'MSR PAR_EL1']);
  });

  test.each([0, 3, 40])('p%i: when AT fails, the guest goes on at once', (at) => {
    const m = machine({ mode, steps: prefix(at) });
    let runs = 0;
    m.port.onGuest = () => {
      runs++;
      // The guest has unmapped the page meanwhile.
      m.port.set(PAR_EL1, 1n);
    };
    m.port.script.push(permissionFault(GUEST_RAM.guestPhysAddr + 0x5000), HVC_EXIT);
    m.vcpu.run();
    expect(runs).toBe(3);
    // One of the two exits never got to the host.
    expect(m.between('flush', 'synced')).toHaveLength(1);
    expect(m.port.sp[2]).toBe(m.port.sp[2]! & ~15n);
  });

  test('PSCI by HVC', () => {
    const m = machine({ mode });
    const call = (value: bigint): bigint => {
      m.port.onGuest = () => {
        if (m.port.script.length > 0) m.port.x[0] = value;
      };
      m.port.script.push(HVC_EXIT);
      m.vcpu.run();
      return m.port.x[0]!;
    };
    expect(hex(call(0x8400_0000n))).toBe('0x10000');
    const again = machine({ mode });
    again.port.onGuest = () => {
      if (again.port.script.length > 0) again.port.x[0] = 0x4b00_0000n;
    };
    again.port.script.push(HVC_EXIT);
    again.vcpu.run();
    expect(hex(again.port.x[0]!)).toBe('0xffffffffffffffff');
  });

  test('SYSTEM_OFF leaves to user space', () => {
    const m = machine({ mode });
    m.port.onGuest = () => (m.port.x[0] = 0x8400_0008n);
    m.port.script.push(HVC_EXIT);
    expect(m.vcpu.run()).toMatchObject({ status: 'exit', run: { exitReason: KVM_EXIT_SYSTEM_EVENT, systemEvent: { type: 1 } } });
  });

  test.each([0, 40])('p%i: the workaround call is answered at EL2', (at) => {
    const m = machine({ mode, steps: prefix(at) });
    const seen: bigint[] = [];
    m.port.onGuest = () => {
      seen.push(m.port.x[0]!);
      m.port.x[0] = 0x8000_8000n;
      m.port.x[5] = 0x55n;
    };
    m.port.script.push(HVC_EXIT, IRQ_EXIT);
    m.vcpu.run();
    expect(seen[1]).toBe(0n);
    // Two exits of the guest, one of them to the host.
    expect(m.between('flush', 'synced')).toHaveLength(1);
    expect(m.port.x[5]).toBe(0x55n);
  });

  test('an SError in the window of the exit becomes part of it, and the trap happens again', () => {
    const m = machine({ mode });
    let armed = true;
    let runs = 0;
    m.port.log = [];
    m.port.onGuest = () => {
      runs++;
    };
    m.port.onOperation = () => {
      if (!armed || m.port.log!.at(-1)?.endsWith('#31,4') !== true) return;
      armed = false;
      m.port.interrupt('serror');
    };
    m.port.script.push(HVC_EXIT);
    expect(m.vcpu.run()).toEqual({ status: 'stopped' });
    expect(runs).toBe(2);
    // The HVC is executed again.
    expect(hex(m.port.pc)).toBe(hex(GUEST_ENTRY));
    expect(m.port.depth).toBe(mode === 'vhe' ? 1 : 2);
  });

  test.each([0, 6, 40])('p%i: an SError of the guest becomes a virtual one, until the guest has taken it', (at) => {
    const m = machine({ mode, steps: prefix(at) });
    const pending: boolean[] = [];
    m.port.onGuest = () => {
      pending.push(HCR_EL2.VSE.is(m.port.get(HCR_EL2)));
      // The second time the guest takes it, and hardware clears the bit.
      if (pending.length === 3) m.port.set(HCR_EL2, HCR_EL2.VSE.set(m.port.get(HCR_EL2), 0));
    };
    m.port.script.push({ kind: 'serror', esr: 0xbe00_0000 }, IRQ_EXIT, IRQ_EXIT, IRQ_EXIT);
    m.vcpu.run();
    expect(pending).toEqual([false, true, true, false, false]);
  });

  test('a vCPU that is powered off waits in KVM_RUN', () => {
    const m = machine({ mode });
    m.port.onGuest = () => (m.port.x[0] = 0x8400_0008n);
    m.port.script.push(HVC_EXIT);
    m.vcpu.run();
    expect(m.vcpu.run()).toEqual({ status: 'blocked' });
    expect(m.vcpu.run()).toEqual({ status: 'blocked' });
  });

  test('an unknown exception class is an undefined instruction for the guest', () => {
    const m = machine({ mode });
    m.vcpu.setOneReg(sysReg('VBAR_EL1'), 0x8000_8000n);
    m.port.script.push({ kind: 'sync', esr: 0x6400_0000 });
    m.vcpu.run();
    expect([hex(m.port.pc), hex(m.port.get(ELR_EL1)), hex(m.port.get(SPSR_EL1)), hex(m.port.get(ESR_EL1))]).toEqual([
      hex(0x8000_8200n), hex(GUEST_ENTRY), '0x3c5', '0x2000000',
    ]);
    expect([...m.vm.vm.unhandledClasses]).toEqual([[0x19, 1]]);
  });

  const sysExit = (register: AnyRegister, direction: 0 | 1, Rt: number): GuestExit => {
    const [Op0, Op1, CRn, CRm, Op2] = register.encoding;
    return { kind: 'sync', esr: Number((0x18n << 26n) | (1n << 25n) | ISS_SYS.of({ Op0, Op1, CRn, CRm, Op2, Rt, Direction: direction })) };
  };

  test('a trapped write of a VM register reaches the register, and TVM goes when the caches are on', () => {
    const m = machine({ mode });
    m.port.onGuest = () => {
      m.port.x[2] = 0x1234_5000n;
      m.port.x[3] = SCTLR_EL1.of({ M: 1, C: 1 });
    };
    m.port.script.push(sysExit(TTBR0_EL1, 0, 2), sysExit(SCTLR_EL1, 0, 3));
    m.vcpu.run();
    expect([hex(m.port.get(TTBR0_EL1)), hex(m.port.get(SCTLR_EL1)), HCR_EL2.TVM.is(m.port.get(HCR_EL2))]).toEqual(['0x12345000', '0x5', false]);
    expect(hex(m.port.pc)).toBe(hex(GUEST_ENTRY + 8n));
  });

  test('a trapped ID register is shown', () => {
    const m = machine({ mode });
    m.port.script.push(sysExit(ID_AA64PFR0_EL1, 1, 7));
    m.vcpu.run();
    expect(m.port.x[7]).toBe(m.port.get(ID_AA64PFR0_EL1));
  });

  test('a signal calls the entry off between flush and enter', () => {
    const m = machine({ mode });
    m.vcpu.vcpu.signalPending = true;
    expect(m.vcpu.run()).toEqual({ status: 'error', errno: 'EINTR' });
    expect(m.vcpu.vcpu.run.exitReason).toBe(KVM_EXIT_INTR);
    expect(m.between('load', 'loaded')).toHaveLength(1);
    expect(m.between('put', 'putDone')).toHaveLength(1);
    expect(m.between('flush', 'synced')[0]).toMatchObject({ isb: 1, exceptionsToEl2: 0 });
    expect(m.port.el).toBe(0);
  });

  test('before 38 no ISB is needed for that', () => {
    const m = machine({ mode, steps: prefix(37) });
    m.vcpu.vcpu.signalPending = true;
    m.vcpu.run();
    expect(m.between('flush', 'synced')[0]).toMatchObject({ isb: 0, reads: 0, writes: 0 });
  });

  test.each([[0, 1], [1, 1], [2, 0], [40, 0]])('p%i: immediate_exit returns with %i loads', (at, loads) => {
    const m = machine({ mode, steps: prefix(at) });
    const before = m.between('load', 'loaded').length;
    m.vcpu.vcpu.run.immediateExit = true;
    expect(m.vcpu.run()).toEqual({ status: 'error', errno: 'EINTR' });
    expect(m.between('load', 'loaded').length - before).toBe(loads);
    expect(m.between('put', 'putDone').length - before).toBe(loads);
  });

  test.each([[0, 1], [1, 0]])('p%i: ONE_REG loads %i times', (at, loads) => {
    const m = machine({ mode, steps: prefix(at) });
    const before = m.between('load', 'loaded').length;
    m.vcpu.getOneReg(coreReg('pc'));
    expect(m.between('load', 'loaded').length - before).toBe(loads);
  });

  test('a vCPU that was not initialised does not run', () => {
    const m = machine({ mode, init: false });
    const other = m.vm.createVcpu(1);
    expect(other.ok && other.value.run()).toEqual({ status: 'error', errno: 'ENOEXEC' });
  });

  test('an interrupt controller that was not set up: without addresses, and a GICv3 without INIT, does not run; a GICv2 is set up now', () => {
    const run = (irqchip: 'gicv2' | 'gicv3', types: readonly bigint[]): unknown => {
      const m = machine({ mode, gic: irqchip === 'gicv2' ? 2 : 3, irqchip, init: false });
      for (const [n, type] of types.entries()) m.vm.vgicDevice!.setAttr(KVM_DEV_ARM_VGIC_GRP.ADDR, type, BigInt(0x0800_0000 + 0x10_0000 * n));
      m.port.script.push(MMIO_EXIT);
      const { status, ...result } = m.vcpu.run();
      return 'errno' in result ? result.errno : status;
    };
    expect([run('gicv3', []), run('gicv3', [2n]), run('gicv3', [2n, 3n])]).toEqual(['ENXIO', 'ENXIO', 'EBUSY']);
    expect([run('gicv2', [0n]), run('gicv2', [0n, 1n])]).toEqual(['ENXIO', 'exit']);
  });

  test('two vCPUs of a VM on one PE: the TLB is flushed between them', () => {
    const m = machine({ mode, init: false });
    const other = m.vm.createVcpu(1);
    if (!other.ok) throw new Error(other.errno);
    other.value.init({ psci02: true });
    initVgic(m.vm);
    m.port.script.push(MMIO_EXIT, MMIO_EXIT, MMIO_EXIT);
    m.port.log = [];
    const flushes = (): number => m.port.log!.filter((one) => one.startsWith('SYS')).length;
    m.vcpu.run();
    const first = flushes();
    other.value.run();
    const second = flushes();
    other.value.run();
    expect([first, second, flushes()]).toEqual([0, 1, 1]);
  });

  test('preempted at every exit, the guest finds the same', () => {
    const results = (['never', 'every-exit'] as const).map((preemption) => {
      const m = machine({ mode, init: false });
      const made = m.vm.createVcpu(3, { preemption });
      if (!made.ok) throw new Error(made.errno);
      made.value.init({ psci02: true });
      initVgic(m.vm);
      const seen: string[] = [];
      m.port.onGuest = () => {
        seen.push(hex(m.port.get(TPIDR_EL1)), hex(m.port.x[20]!));
        m.port.set(TPIDR_EL1, m.port.get(TPIDR_EL1) + 1n);
        m.port.x[20] = m.port.x[20]! + 3n;
      };
      m.port.script.push(IRQ_EXIT, HVC_EXIT, IRQ_EXIT);
      const loads = m.between('load', 'loaded').length;
      made.value.run();
      return { seen, loads: m.between('load', 'loaded').length - loads };
    });
    expect(results[0]!.seen).toEqual(results[1]!.seen);
    expect(results.map(({ loads }) => loads)).toEqual([1, 4]);
  });

  test('suspended, a thread leaves its PE to another one, and goes on', () => {
    const m = machine({ mode, init: false });
    const made = m.vm.createVcpu(3, { preemption: 'every-exit' });
    if (!made.ok) throw new Error(made.errno);
    made.value.init({ psci02: true });
    initVgic(m.vm);
    m.port.script.push(HVC_EXIT, MMIO_EXIT, MMIO_EXIT);
    const { thread } = made.value;
    expect([thread.resume(), thread.record.state]).toEqual(['runnable', 'scheduled-out']);
    expect(() => thread.migrate(m.cpu)).toThrow(/migrates while it is scheduled-out/);
    thread.suspend();
    expect(() => thread.suspend()).toThrow(/suspended while/);
    expect(m.vcpu.run().status).toBe('exit');
    thread.migrate(m.cpu);
    expect([thread.resume(), made.value.vcpu.run.exitReason]).toEqual(['exited', 6]);
  });

  test('two VMs with different steps on one machine', () => {
    const m = machine({ mode, steps: prefix(0) });
    const set = parseStepSet('final');
    if (!set.ok) throw new Error(set.error);
    m.port.script.push(MMIO_EXIT, MMIO_EXIT, MMIO_EXIT, MMIO_EXIT);
    m.vcpu.run();
    m.vcpu.run();
    const [, ofBase] = m.between('flush', 'synced');
    expect(ofBase).toMatchObject(mode === 'vhe' ? { reads: 50, writes: 52 } : { reads: 77, writes: 75 });
  });

  test('WFI puts the vCPU, which waits until an interrupt is pending for it', () => {
    const m = machine({ mode });
    m.port.script.push({ kind: 'sync', esr: 0x0600_0000 }, HVC_EXIT);
    expect(m.vcpu.run()).toEqual({ status: 'blocked' });
    expect(m.vcpu.thread.record).toEqual({ vcpu: 0, state: 'blocked' });
    expect(m.vcpu.vcpu.isLoaded).toBe(false);
    expect(m.vcpu.run()).toEqual({ status: 'blocked' });
    const vgic = m.vm.vm.vgic!;
    vgic.isEnabled = true;
    vgic.inject(m.cpu, Object.assign(vgic.irq(m.vcpu.vcpu, 40)!, { isEnabled: true }), true);
    expect(m.vcpu.run()).toEqual({ status: 'stopped' });
    expect(hex(m.port.pc)).toBe(hex(GUEST_ENTRY + 8n));
  });

  test('an SError of the kernel\'s own says what it was at', () => {
    const m = machine({ mode });
    m.port.onOperation = () => {
      if (m.cpu.operation === null || m.port.el !== (mode === 'vhe' ? 2 : 1)) return;
      m.port.onOperation = null;
      m.port.interrupt('serror');
    };
    expect(() => m.vcpu.run()).toThrow(new RegExp(`^kernel panic \\(${mode}\\): the host kernel took an SError: PS 0x.*, PC 0x[0-9a-f]{4,}, ESR 0xbe000000, FAR 0x.*, PE 0, vCPU 0, last operation [\\w-]+.* in load$`));
    expect(m.host.whereabouts(0)).toMatch(/^PE 0, vCPU 0, last operation [\w-]+.* in load$/);
    expect(m.host.whereabouts(1)).toBe(null);
  });

  test('a panic without a guest says where EL2 was', () => {
    const m = machine({ mode });
    m.port.el = 2;
    m.port.set(ELR_EL2, 0x1234n);
    m.port.set(ESR_EL2, 0x5600_0000n);
    expect(() => lowerElVector(m.cpu, SYNC, new Map())).toThrow(new RegExp(`^HYP panic \\(${mode}\\): the host trapped to EL2: PS 0x.*, PC 0x1234, ESR 0x56000000, FAR 0x.*, PE 0, vCPU 0$`));
  });

  test('an unexpected exception at EL2 is a panic that says where', () => {
    const m = machine({ mode });
    m.port.log = [];
    m.port.onOperation = () => {
      if (m.port.log!.at(-1) !== 'MRS HPFAR_EL2') return;
      m.port.onOperation = null;
      m.port.interrupt('serror');
    };
    m.port.script.push(MMIO_EXIT);
    expect(() => m.vcpu.run()).toThrow(new RegExp(`HYP panic \\(${mode}\\): an SError at EL2: PS 0x.*, ESR 0x.*, HPFAR 0x.*, PE 0, vCPU 0, last operation fixup-guest-exit in exit$`));
    expect(hex(m.port.get(HCR_EL2))).toBe(mode === 'vhe' ? '0x488000000' : '0x80000000');
  });
});

describe('RAS', () => {
  test.each([['vhe', 48, 53, 1], ['nvhe', 76, 77, 0]] as const)('%s: VDISR_EL2 comes along, and ESB takes the place of the window', (mode, reads, writes, isb) => {
    const m = machine({ mode, steps: prefix(0), ras: true });
    m.port.script.push(HVC_EXIT, HVC_EXIT);
    m.vcpu.run();
    expect(m.between('flush', 'synced')[1]).toMatchObject({ reads, writes, isb, dsb: 0 });
  });

  test.each(MODES)('%s: a deferred SError becomes part of the exit, and the trap happens again', (mode) => {
    const m = machine({ mode, ras: true });
    let armed = true;
    m.port.onGuest = () => {
      m.port.set(DISR_EL1, armed ? DISR_EL1.of({ A: 1 }) : 0n);
      armed = false;
    };
    m.port.script.push(HVC_EXIT);
    m.vcpu.run();
    expect(hex(m.port.pc)).toBe(hex(GUEST_ENTRY));
    expect(m.port.get(DISR_EL1)).toBe(0n);
  });
});
