/** The vgic with its images in memory, on the recording port: flush, sync, what is queued where, and what a guest's MMIO does. */
import { GICH_LR } from '@worldswitch/gic/regs';
import { ICH_LR } from '@worldswitch/cpu/arch';
import { describe, expect, test } from 'vitest';
import { setCell, T, VCPU } from '../src/cells.ts';
import { VCPU_STRUCT } from '../src/layout.ts';
import { createDistributorV2 } from '../src/vgic/v2.ts';
import { createDistributorV3, createRedistributor, dispatchSgi } from '../src/vgic/v3.ts';
import type { Vgic } from '../src/vgic/vgic.ts';
import { initVgic, machine, type TestMachine } from './machine.ts';

interface Setup {
  readonly m: TestMachine;
  readonly vgic: Vgic;
}

/** A VM in its kernel, with the vCPU's address where the switch has it. */
function setup(gic: 2 | 3, irqchip: 'gicv2' | 'gicv3' = gic === 2 ? 'gicv2' : 'gicv3', vcpus = 1): Setup {
  const m = machine({ mode: 'vhe', gic, irqchip, init: false });
  for (let number = 1; number < vcpus; number++) m.vm.createVcpu(number);
  initVgic(m.vm);
  const vgic = m.vm.vm.vgic!;
  vgic.isEnabled = true;
  m.port.el = 2;
  setCell(m.cpu.cells, VCPU, m.vcpu.vcpu.address);
  return { m, vgic };
}

function word(m: TestMachine, offset: number): bigint {
  m.cpu.port.ldr(T, VCPU, offset);
  return (BigInt(m.cpu.cells[2 * T + 1]!) << 32n) | BigInt(m.cpu.cells[2 * T]!);
}

const lr3 = (m: TestMachine, n: number): bigint => word(m, VCPU_STRUCT.V3_LR + 8 * n);
const setLr3 = (m: TestMachine, n: number, value: bigint): void => {
  setCell(m.cpu.cells, T, { lo: Number(value & 0xffff_ffffn), hi: Number(value >> 32n) });
  m.cpu.port.str(T, VCPU, VCPU_STRUCT.V3_LR + 8 * n);
};

function raise({ m, vgic }: Setup, intid: number, priority = 0xa0): void {
  const irq = vgic.irq(m.vcpu.vcpu, intid)!;
  irq.isEnabled = true;
  irq.priority = priority;
  vgic.inject(m.cpu, irq, true);
}

describe('flush and sync', () => {
  test('an SPI becomes a list register image of a GICv3, and is folded back when the guest has ended it', () => {
    const s = setup(3);
    raise(s, 40);
    const { m } = s;
    m.vcpu.vcpu.vgic.flush(m.cpu);
    // Pending, Group 1, priority 0xa0, EOI, INTID 40.
    expect(lr3(m, 0)).toBe(0x50a0_0200_0000_0028n);
    expect(word(m, VCPU_STRUCT.USED_LRS)).toBe(1n);
    s.vgic.inject(m.cpu, s.vgic.irq(m.vcpu.vcpu, 40)!, false);
    setLr3(m, 0, lr3(m, 0) & ~ICH_LR.State.mask);
    m.vcpu.vcpu.vgic.sync(m.cpu);
    expect(word(m, VCPU_STRUCT.USED_LRS)).toBe(0n);
    expect(s.vgic.cpus[0]!.apList).toEqual([]);
  });

  test('for a GICv2 host the image has GICH_LR\'s layout', () => {
    const s = setup(2);
    raise(s, 40);
    s.m.vcpu.vcpu.vgic.flush(s.m.cpu);
    s.m.cpu.port.ldr32(T, VCPU, VCPU_STRUCT.V2_LR);
    // Pending, priority 0xa0 >> 3, EOI, VirtualID 40.
    expect(s.m.cpu.cells[2 * T]).toBe(((1 << 28) | (0x14 << 23) | (1 << 19) | 40) >>> 0);
    expect(GICH_LR.State.inWord(s.m.cpu.cells[2 * T]!)).toBe(1);
  });

  test('a GICv2 guest on a GICv3 has Group 0, and the sender above the number', () => {
    const s = setup(3, 'gicv2', 3);
    const irq = s.vgic.irq(s.m.vcpu.vcpu, 5)!;
    Object.assign(irq, { pendingLatch: true, sources: 0b100, priority: 0x80 });
    s.vgic.queue(s.m.cpu, irq);
    s.m.vcpu.vcpu.vgic.flush(s.m.cpu);
    expect(lr3(s.m, 0)).toBe(0x4080_0000_0000_0805n);
  });

  test('more than there are list registers: the most urgent go in, and the end of all but one is reported', () => {
    const s = setup(3);
    for (const [intid, priority] of [[40, 0xa0], [41, 0x60], [42, 0x80], [43, 0x40], [44, 0xc0]] as const) raise(s, intid, priority);
    s.m.vcpu.vcpu.vgic.flush(s.m.cpu);
    expect([0, 1, 2, 3].map((n) => lr3(s.m, n) & 0x3ffn)).toEqual([43n, 41n, 42n, 40n]);
    expect(word(s.m, VCPU_STRUCT.V3_HCR) & 3n).toBe(3n);
    s.m.vcpu.vcpu.vgic.sync(s.m.cpu);
    expect(word(s.m, VCPU_STRUCT.V3_HCR) & 3n).toBe(1n);
  });

  test('what is routed elsewhere while it waits moves to that vCPU', () => {
    const s = setup(3, 'gicv3', 2);
    raise(s, 40);
    const irq = s.vgic.irq(s.m.vcpu.vcpu, 40)!;
    irq.target = s.vgic.cpus[1]!.vcpu;
    s.m.vcpu.vcpu.vgic.flush(s.m.cpu);
    expect(word(s.m, VCPU_STRUCT.USED_LRS)).toBe(0n);
    s.m.vcpu.vcpu.vgic.sync(s.m.cpu);
    expect([s.vgic.cpus[0]!.apList, s.vgic.cpus[1]!.apList]).toEqual([[], [irq]]);
    expect(irq.vcpu?.number).toBe(1);
  });

  test('the line of an edge is seen when it rises, that of a level as long as it is high', () => {
    const s = setup(3);
    const irq = s.vgic.irq(s.m.vcpu.vcpu, 41)!;
    irq.isEdge = true;
    raise(s, 41);
    s.vgic.inject(s.m.cpu, irq, false);
    expect(irq.isPending).toBe(true);
    raise(s, 42);
    s.vgic.inject(s.m.cpu, s.vgic.irq(s.m.vcpu.vcpu, 42)!, false);
    expect(s.vgic.irq(s.m.vcpu.vcpu, 42)!.isPending).toBe(false);
  });
});

describe('a guest\'s distributor', () => {
  const data = new Uint32Array(2);
  const read = (s: Setup, device: ReturnType<typeof createDistributorV3>, offset: number, size = 4): bigint => {
    device.read(s.m.cpu, s.m.vcpu.vcpu, offset, size, data);
    return (BigInt(data[1]!) << 32n) | BigInt(data[0]!);
  };
  const write = (s: Setup, device: ReturnType<typeof createDistributorV3>, offset: number, value: bigint, size = 4): void => {
    data[0] = Number(value & 0xffff_ffffn);
    data[1] = Number(value >> 32n);
    device.write(s.m.cpu, s.m.vcpu.vcpu, offset, size, data);
  };

  test('of a GICv3 routes by affinity, in either half and whole; private interrupts are not its', () => {
    const s = setup(3, 'gicv3', 2);
    const gicd = createDistributorV3(s.vgic);
    write(s, gicd, 0x6000 + 8 * 40, 1n, 8);
    expect(read(s, gicd, 0x6000 + 8 * 40, 8)).toBe(1n);
    expect(s.vgic.irq(s.m.vcpu.vcpu, 40)!.target?.number).toBe(1);
    write(s, gicd, 0x104, 0x0000_0300n);
    expect([read(s, gicd, 0x104), read(s, gicd, 0x184), read(s, gicd, 0x100)]).toEqual([0x300n, 0x300n, 0n]);
    write(s, gicd, 0x184, 0x0000_0100n);
    expect(read(s, gicd, 0x104)).toBe(0x200n);
    write(s, gicd, 0x400 + 40, 0xffn, 1);
    expect(read(s, gicd, 0x400 + 40)).toBe(0xf8n);
    expect(read(s, gicd, 0x400 + 40, 2)).toBe(0n);
    write(s, gicd, 0xc00 + 8, 0x8000_0000n);
    expect([read(s, gicd, 0xc08), s.vgic.irq(s.m.vcpu.vcpu, 47)!.isEdge]).toEqual([0x8000_0000n, true]);
    // Affinity routing, one security state; 256 interrupts of 10 bits.
    expect([read(s, gicd, 0), read(s, gicd, 4)]).toEqual([0x52n, 0x0048_0007n]);
  });

  test('turned on, forwards what was pending', () => {
    const s = setup(3);
    s.vgic.isEnabled = false;
    raise(s, 40);
    expect(s.vgic.cpus[0]!.apList).toEqual([]);
    write(s, createDistributorV3(s.vgic), 0, 2n);
    expect(s.vgic.cpus[0]!.apList.map(({ intid }) => intid)).toEqual([40]);
  });

  test('a redistributor shows its vCPU\'s private interrupts to whoever asks', () => {
    const s = setup(3, 'gicv3', 2);
    const { sgi, rd } = createRedistributor(s.vgic, s.vgic.cpus[1]!.vcpu);
    write(s, sgi, 0x100, 1n << 27n);
    expect(read(s, sgi, 0x100)).toBe(0x0800_ffffn);
    expect(s.vgic.irq(s.m.vcpu.vcpu, 27)!.isEnabled).toBe(false);
    // Affinity 1, number 1, the last.
    expect(read(s, rd, 8, 8)).toBe(0x0000_0001_0000_0110n);
  });

  test('an SGI reaches those that its list or its filter names', () => {
    const s = setup(3, 'gicv3', 3);
    const reached = (): number[] => s.vgic.cpus.flatMap((one) => (one!.private[4]!.pendingLatch ? [one!.vcpu.number] : []));
    dispatchSgi(s.vgic, s.m.cpu, s.m.vcpu.vcpu, (4 << 24) | 0b100, 0);
    expect(reached()).toEqual([2]);
    dispatchSgi(s.vgic, s.m.cpu, s.m.vcpu.vcpu, 4 << 24, 1 << 8);
    expect(reached()).toEqual([1, 2]);
  });

  test('of a GICv2 keeps the senders of an SGI apart, and targets by bit', () => {
    const s = setup(2, 'gicv2', 2);
    const gicd = createDistributorV2(s.vgic);
    write(s, gicd, 0xf00, (2n << 24n) | 7n);
    expect(s.vgic.irq(s.m.vcpu.vcpu, 7)).toMatchObject({ sources: 1, pendingLatch: true });
    expect(read(s, gicd, 0xf20 + 4)).toBe(0x0100_0000n);
    write(s, gicd, 0xf10 + 7, 1n, 1);
    expect(s.vgic.irq(s.m.vcpu.vcpu, 7)!.isPending).toBe(false);
    write(s, gicd, 0x800 + 40, 0b10n, 1);
    expect([read(s, gicd, 0x800 + 40, 1), s.vgic.irq(s.m.vcpu.vcpu, 40)!.target?.number, read(s, gicd, 0x800)]).toEqual([2n, 1, 0x0101_0101n]);
    write(s, gicd, 0x200, 1n << 7n);
    expect(s.vgic.irq(s.m.vcpu.vcpu, 7)!.isPending).toBe(false);
  });
});
