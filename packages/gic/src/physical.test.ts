/** Both physical sides through registers and lines only: GICD, GICC, GICR, ICC. Expected values are from IHI 0048 and IHI 0069. */
import { describe, expect, test } from 'vitest';
import {
  ICC_CTLR_EL1, ICC_DIR_EL1, ICC_EOIR0_EL1, ICC_EOIR1_EL1, ICC_HPPIR1_EL1, ICC_IAR0_EL1, ICC_IAR1_EL1, ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1, ICC_PMR_EL1, ICC_RPR_EL1, ICC_SGI1R_EL1, MPIDR_EL1, type AnyRegister,
} from '@worldswitch/cpu/arch';
import { createGicV2, createGicV3, type Gic, type GicOptions, type GicPe } from './controller.ts';
import type { MmioFrame } from './mmio.ts';
import {
  GICC, GICC_CTLR, GICC_DIR, GICC_EOIR, GICC_HPPIR, GICC_IAR, GICC_PMR, GICC_RPR, GICD_GICv2, GICD_GICv3, GICD_ICFGR, GICD_IPRIORITYR, GICD_IROUTER, GICD_ISENABLER, GICD_ISPENDR, GICD_ITARGETSR, GICD_SGIR,
  GICD_SPENDSGIR, GICR_IGROUPR0, GICR_IPRIORITYR, GICR_ISENABLER0, GICR_RD, GICR_SGI, GICR_TYPER, GICR_WAKER, type AnyFrameRegister, type Frame,
} from './regs/index.ts';

const OPTIONS: GicOptions = { pes: 2, spis: 64, lrCount: 4, priorityBits: 5, preemptionBits: 5, intidBits: 24, hasEl2: true };
const SPURIOUS = 1023;

class Board {
  readonly gic: Gic;
  readonly irq = [false, false];
  readonly fiq = [false, false];
  readonly #data = new Uint32Array(2);

  constructor(create: typeof createGicV2) {
    const pe = (n: number): GicPe => ({
      mpidr: MPIDR_EL1.of({ Aff0: n }),
      view: () => ({ el: 1, tge: false, imo: false, fmo: false }),
      lines: { setIrq: (level) => (this.irq[n] = level), setFiq: (level) => (this.fiq[n] = level), setVirtualIrq: () => undefined, setVirtualFiq: () => undefined },
    });
    this.gic = create(OPTIONS, [pe(0), pe(1)]);
  }

  read(frame: MmioFrame, register: AnyFrameRegister, n = register.first, size = register.width / 8): bigint {
    expect(frame.read(register.offsetOf(n), size, this.#data)).toBe('ok');
    return (BigInt(this.#data[1]!) << 32n) | BigInt(this.#data[0]!);
  }

  write(frame: MmioFrame, register: AnyFrameRegister, value: bigint | number, n = register.first): void {
    const big = BigInt(value);
    this.#data.set([Number(big & 0xffff_ffffn), Number(big >> 32n)]);
    expect(frame.write(register.offsetOf(n), register.width / 8, this.#data)).toBe('ok');
  }

  /** One byte of an array of bytes. */
  writeByte(frame: MmioFrame, register: AnyFrameRegister, at: number, value: number): void {
    this.#data.set([value, 0]);
    expect(frame.write(register.offset + at, 1, this.#data)).toBe('ok');
  }

  mrs(pe: number, register: AnyRegister): number {
    const bank = this.gic.interfaces[pe]!.banks.find(({ keys }) => [...keys].includes(register.key))!;
    expect(bank.read(register.key, this.#data)).toBe(true);
    return this.#data[0]!;
  }

  msr(pe: number, register: AnyRegister, value: bigint | number): void {
    const bank = this.gic.interfaces[pe]!.banks.find(({ keys }) => [...keys].includes(register.key))!;
    const big = BigInt(value);
    this.#data.set([Number(big & 0xffff_ffffn), Number(big >> 32n)]);
    expect(bank.write(register.key, this.#data)).toBe(true);
  }
}

const registerOf = (frame: Frame, name: string): AnyFrameRegister => frame.byName(name)!;

describe('GICv2', () => {
  function started(): { board: Board; gicd: (pe: number) => MmioFrame; gicc: (pe: number) => MmioFrame } {
    const board = new Board(createGicV2);
    const gicd = (pe: number): MmioFrame => board.gic.interfaces[pe]!.frames.GICD!;
    const gicc = (pe: number): MmioFrame => board.gic.interfaces[pe]!.frames.GICC!;
    board.write(gicd(0), registerOf(GICD_GICv2, 'GICD_CTLR'), 1);
    for (const pe of [0, 1]) {
      board.write(gicc(pe), GICC_PMR, 0xf8);
      board.write(gicc(pe), GICC_CTLR, 1);
    }
    return { board, gicd, gicc };
  }

  test('a level-sensitive SPI: pending while asserted, active after IAR, pending again after EOIR while the line stays', () => {
    const { board, gicd, gicc } = started();
    board.writeByte(gicd(0), GICD_ITARGETSR, 40, 0b01);
    board.write(gicd(0), GICD_ISENABLER, 1 << 8, 1);
    board.gic.setSpi(40, true);
    expect(board.irq).toEqual([true, false]);
    expect(board.read(gicc(0), GICC_IAR)).toBe(40n);
    expect(board.irq[0]).toBe(false);
    board.write(gicc(0), GICC_EOIR, 40);
    expect(board.irq[0]).toBe(true);
    expect(board.read(gicc(0), GICC_IAR)).toBe(40n);
    board.gic.setSpi(40, false);
    board.write(gicc(0), GICC_EOIR, 40);
    expect(board.irq[0]).toBe(false);
    expect(board.read(gicc(0), GICC_IAR)).toBe(BigInt(SPURIOUS));
  });

  test('an edge-triggered SPI is latched: the line may fall before it is taken, and a second edge while active pends again', () => {
    const { board, gicd, gicc } = started();
    board.writeByte(gicd(0), GICD_ITARGETSR, 41, 0b10);
    board.write(gicd(0), GICD_ICFGR, 0b10 << 18, 2);
    board.write(gicd(0), GICD_ISENABLER, 1 << 9, 1);
    board.gic.setSpi(41, true);
    board.gic.setSpi(41, false);
    expect(board.irq).toEqual([false, true]);
    expect(board.read(gicc(1), GICC_IAR)).toBe(41n);
    board.gic.setSpi(41, true);
    board.write(gicc(1), GICC_EOIR, 41);
    expect(board.read(gicc(1), GICC_IAR)).toBe(41n);
    board.write(gicc(1), GICC_EOIR, 41);
    expect(board.irq[1]).toBe(false);
  });

  test('SGIs are pending once for each source: lowest source first, and EOIR repeats it', () => {
    const { board, gicd, gicc } = started();
    for (const pe of [1, 0]) board.write(gicd(pe), GICD_SGIR, GICD_SGIR.of({ CPUTargetList: 0b10, INTID: 5 }));
    expect(board.read(gicd(1), GICD_SPENDSGIR, 1)).toBe(0x0300n);
    expect(board.read(gicc(1), GICC_IAR)).toBe(5n);
    board.write(gicc(1), GICC_EOIR, 5);
    expect(board.read(gicc(1), GICC_HPPIR)).toBe(BigInt(5 | (1 << 10)));
    expect(board.read(gicc(1), GICC_IAR)).toBe(BigInt(5 | (1 << 10)));
    board.write(gicc(1), GICC_EOIR, 5 | (1 << 10));
    expect(board.irq[1]).toBe(false);
  });

  test('SGIR filters: all others, and self', () => {
    const { board, gicd, gicc } = started();
    board.write(gicd(0), GICD_SGIR, GICD_SGIR.of({ TargetListFilter: 1, INTID: 1 }));
    board.write(gicd(0), GICD_SGIR, GICD_SGIR.of({ TargetListFilter: 2, INTID: 2 }));
    expect(board.read(gicc(1), GICC_IAR)).toBe(1n);
    expect(board.read(gicc(0), GICC_IAR)).toBe(2n);
  });

  test('a higher priority preempts, an equal one waits; RPR shows what runs; the mask holds back', () => {
    const { board, gicd, gicc } = started();
    for (const [intid, priority] of [[40, 0x80], [41, 0x40], [42, 0x80]] as const) {
      board.writeByte(gicd(0), GICD_ITARGETSR, intid, 1);
      board.writeByte(gicd(0), GICD_IPRIORITYR, intid, priority);
    }
    board.write(gicd(0), GICD_ISENABLER, 0b111 << 8, 1);
    board.gic.setSpi(40, true);
    expect(board.read(gicc(0), GICC_IAR)).toBe(40n);
    expect(board.read(gicc(0), GICC_RPR)).toBe(0x80n);
    board.gic.setSpi(42, true);
    expect(board.irq[0]).toBe(false);
    expect(board.read(gicc(0), GICC_HPPIR)).toBe(42n);
    board.gic.setSpi(41, true);
    expect(board.irq[0]).toBe(true);
    board.write(gicc(0), GICC_PMR, 0x40);
    expect(board.irq[0]).toBe(false);
    board.write(gicc(0), GICC_PMR, 0x48);
    expect(board.read(gicc(0), GICC_IAR)).toBe(41n);
    expect(board.read(gicc(0), GICC_RPR)).toBe(0x40n);
  });

  test('EOImode splits: EOIR drops the priority, DIR deactivates', () => {
    const { board, gicd, gicc } = started();
    board.write(gicc(0), GICC_CTLR, GICC_CTLR.of({ EOImode: 1, EnableGrp0: 1 }));
    board.writeByte(gicd(0), GICD_ITARGETSR, 40, 1);
    board.write(gicd(0), GICD_ISENABLER, 1 << 8, 1);
    board.gic.setSpi(40, true);
    board.read(gicc(0), GICC_IAR);
    board.write(gicc(0), GICC_EOIR, 40);
    expect(board.read(gicc(0), GICC_RPR)).toBe(0xffn);
    expect(board.irq[0]).toBe(false);
    board.write(gicc(0), GICC_DIR, 40);
    expect(board.irq[0]).toBe(true);
  });

  test('group 1 as IRQ, group 0 as FIQ with FIQEn; IAR shows 1022 for group 1 unless AckCtl', () => {
    const { board, gicd, gicc } = started();
    board.write(gicd(0), registerOf(GICD_GICv2, 'GICD_CTLR'), 3);
    board.write(gicc(0), GICC_CTLR, GICC_CTLR.of({ EnableGrp0: 1, EnableGrp1: 1, FIQEn: 1 }));
    board.write(gicd(0), registerOf(GICD_GICv2, 'GICD_IGROUPR'), 1 << 20, 0);
    board.write(gicd(0), GICD_ISENABLER, (1 << 20) | (1 << 21), 0);
    board.gic.setPpi(0, 20, true);
    expect([board.irq[0], board.fiq[0]]).toEqual([true, false]);
    expect(board.read(gicc(0), GICC_IAR)).toBe(1022n);
    board.gic.setPpi(0, 20, false);
    board.gic.setPpi(0, 21, true);
    expect([board.irq[0], board.fiq[0]]).toEqual([false, true]);
    expect(board.read(gicc(0), GICC_IAR)).toBe(21n);
  });

  test('banked: targets of private interrupts read the own PE; SGIs cannot be pended by ISPENDR', () => {
    const { board, gicd } = started();
    expect(board.read(gicd(1), GICD_ITARGETSR, 0)).toBe(0x0202_0202n);
    board.write(gicd(1), GICD_ISPENDR, 0xffff, 0);
    expect(board.read(gicd(1), GICD_ISPENDR, 0)).toBe(0n);
  });

  test('the frames say what they are', () => {
    const { board, gicd, gicc } = started();
    expect(board.read(gicd(0), registerOf(GICD_GICv2, 'GICD_TYPER'))).toBe(0x22n);
    expect(board.read(gicd(0), registerOf(GICD_GICv2, 'GICD_ICPIDR2'))).toBe(0x2bn);
    expect(board.read(gicd(0), registerOf(GICD_GICv2, 'GICD_IIDR'))).toBe(0x0200_143bn);
    expect(board.read(gicc(0), registerOf(GICC, 'GICC_IIDR'))).toBe(0x0202_143bn);
  });
});

describe('GICv3', () => {
  function started(): { board: Board; gicd: MmioFrame; rd: (pe: number) => MmioFrame; sgi: (pe: number) => MmioFrame } {
    const board = new Board(createGicV3);
    const gicd = board.gic.distributor!;
    const rd = (pe: number): MmioFrame => board.gic.redistributors[2 * pe]!;
    const sgi = (pe: number): MmioFrame => board.gic.redistributors[2 * pe + 1]!;
    board.write(gicd, registerOf(GICD_GICv3, 'GICD_CTLR'), 3);
    for (const pe of [0, 1]) {
      board.write(rd(pe), GICR_WAKER, 0);
      board.write(sgi(pe), GICR_IGROUPR0, 0xffff_ffff);
      board.write(sgi(pe), GICR_ISENABLER0, 0xffff_ffff);
      board.msr(pe, ICC_PMR_EL1, 0xf8);
      board.msr(pe, ICC_IGRPEN1_EL1, 1);
    }
    board.write(gicd, registerOf(GICD_GICv3, 'GICD_IGROUPR'), 0xffff_ffff, 1);
    board.write(gicd, GICD_ISENABLER, 0xffff_ffff, 1);
    return { board, gicd, rd, sgi };
  }

  test('an SPI goes where IROUTER says, by affinity', () => {
    const { board, gicd } = started();
    board.write(gicd, GICD_IROUTER, 1, 40);
    board.gic.setSpi(40, true);
    expect(board.irq).toEqual([false, true]);
    expect(board.mrs(1, ICC_IAR1_EL1)).toBe(40);
    board.write(gicd, GICD_IROUTER, 0x0100, 41);
    board.gic.setSpi(41, true);
    expect(board.irq).toEqual([false, false]);
    board.write(gicd, GICD_IROUTER, 1n << 31n, 41);
    expect(board.irq).toEqual([true, false]);
  });

  // IHI 0069, "Routing SPIs and SGIs by PE affinity", "Enabling the distribution of interrupts", 1 of N.
  test('an SPI for any PE goes to one that is awake and has its group on, and moves when that changes', () => {
    const { board, gicd, rd } = started();
    const signalled = (): (readonly boolean[])[] => [board.irq, board.fiq].map((lines) => [...lines]);
    board.write(gicd, GICD_IROUTER, 1n << 31n, 40);
    board.gic.setSpi(40, true);
    expect(signalled()).toEqual([[true, false], [false, false]]);
    board.write(rd(0), GICR_WAKER, GICR_WAKER.of({ ProcessorSleep: 1 }));
    expect(signalled()).toEqual([[false, true], [false, false]]);
    board.write(rd(0), GICR_WAKER, 0);
    expect(signalled()).toEqual([[true, false], [false, false]]);
    board.msr(0, ICC_IGRPEN1_EL1, 0);
    expect(signalled()).toEqual([[false, true], [false, false]]);
    // As Group 0 it is for whoever has that on: nobody, and then PE 0 again.
    board.write(gicd, registerOf(GICD_GICv3, 'GICD_IGROUPR'), 0, 1);
    expect(signalled()).toEqual([[false, false], [false, false]]);
    board.msr(0, ICC_IGRPEN0_EL1, 1);
    expect(signalled()).toEqual([[false, false], [true, false]]);
    board.write(gicd, registerOf(GICD_GICv3, 'GICD_IGROUPR'), 0xffff_ffff, 1);
    expect(board.mrs(1, ICC_IAR1_EL1)).toBe(40);
  });

  test('an SPI for one PE waits for that one, whatever it does', () => {
    const { board, gicd, rd } = started();
    board.write(gicd, GICD_IROUTER, 0, 40);
    board.write(rd(0), GICR_WAKER, GICR_WAKER.of({ ProcessorSleep: 1 }));
    board.gic.setSpi(40, true);
    expect(board.irq).toEqual([false, false]);
    board.write(rd(0), GICR_WAKER, 0);
    expect(board.irq).toEqual([true, false]);
  });

  test('a PPI: level again after EOIR; HPPIR looks without taking; RPR', () => {
    const { board } = started();
    board.gic.setPpi(0, 27, true);
    expect(board.mrs(0, ICC_HPPIR1_EL1)).toBe(27);
    expect(board.mrs(0, ICC_IAR1_EL1)).toBe(27);
    expect(board.mrs(0, ICC_RPR_EL1)).toBe(0);
    expect(board.mrs(0, ICC_IAR1_EL1)).toBe(SPURIOUS);
    board.msr(0, ICC_EOIR1_EL1, 27);
    expect(board.mrs(0, ICC_RPR_EL1)).toBe(0xff);
    expect(board.irq[0]).toBe(true);
  });

  test('SGIs by target list and to all others; a group that does not fit is dropped', () => {
    const { board, sgi } = started();
    board.msr(0, ICC_SGI1R_EL1, ICC_SGI1R_EL1.of({ INTID: 3, TargetList: 0b10 }));
    expect(board.irq).toEqual([false, true]);
    board.msr(1, ICC_SGI1R_EL1, ICC_SGI1R_EL1.of({ INTID: 4, IRM: 1 }));
    expect(board.irq).toEqual([true, true]);
    expect([board.mrs(0, ICC_IAR1_EL1), board.mrs(1, ICC_IAR1_EL1)]).toEqual([4, 3]);
    board.write(sgi(1), GICR_IGROUPR0, 0);
    board.msr(0, ICC_SGI1R_EL1, ICC_SGI1R_EL1.of({ INTID: 6, TargetList: 0b10 }));
    board.write(sgi(1), GICR_IGROUPR0, 0xffff_ffff);
    board.msr(1, ICC_EOIR1_EL1, 3);
    expect(board.irq[1]).toBe(false);
  });

  test('group 0 is FIQ, and has registers of its own', () => {
    const { board, sgi } = started();
    board.write(sgi(0), GICR_IGROUPR0, ~(1 << 27) >>> 0);
    board.msr(0, ICC_IGRPEN0_EL1, 1);
    board.gic.setPpi(0, 27, true);
    expect([board.irq[0], board.fiq[0]]).toEqual([false, true]);
    expect(board.mrs(0, ICC_IAR1_EL1)).toBe(SPURIOUS);
    expect(board.mrs(0, ICC_IAR0_EL1)).toBe(27);
    // The end of another group's interrupt drops nothing.
    board.msr(0, ICC_EOIR1_EL1, 27);
    expect(board.mrs(0, ICC_RPR_EL1)).toBe(0);
    board.msr(0, ICC_EOIR0_EL1, 27);
    expect(board.mrs(0, ICC_RPR_EL1)).toBe(0xff);
  });

  test('EOImode 1: active until DIR', () => {
    const { board } = started();
    board.msr(0, ICC_CTLR_EL1, ICC_CTLR_EL1.of({ EOImode: 1 }));
    board.gic.setPpi(0, 27, true);
    board.mrs(0, ICC_IAR1_EL1);
    board.msr(0, ICC_EOIR1_EL1, 27);
    expect(board.irq[0]).toBe(false);
    board.msr(0, ICC_DIR_EL1, 27);
    expect(board.irq[0]).toBe(true);
  });

  test('a PE that sleeps is offered nothing', () => {
    const { board, rd } = started();
    board.write(rd(0), GICR_WAKER, GICR_WAKER.of({ ProcessorSleep: 1 }));
    board.gic.setPpi(0, 27, true);
    expect(board.irq[0]).toBe(false);
    expect(board.read(rd(0), GICR_WAKER)).toBe(0b110n);
    board.write(rd(0), GICR_WAKER, 0);
    expect(board.irq[0]).toBe(true);
  });

  test('priorities have five bits; bytes and words', () => {
    const { board, sgi } = started();
    board.writeByte(sgi(0), GICR_IPRIORITYR, 27, 0xff);
    expect(board.read(sgi(0), GICR_IPRIORITYR, 6)).toBe(0xf800_0000n);
  });

  test('the frames say what they are: affinity, number, and the last redistributor', () => {
    const { board, gicd, rd } = started();
    expect(board.read(gicd, registerOf(GICD_GICv3, 'GICD_CTLR'))).toBe(0x53n);
    expect(board.read(gicd, registerOf(GICD_GICv3, 'GICD_PIDR2')) >> 4n).toBe(3n);
    const typer = board.read(rd(1), GICR_TYPER);
    expect([GICR_TYPER.Affinity_Value.get(typer), GICR_TYPER.Processor_Number.get(typer), GICR_TYPER.Last.get(typer)]).toEqual([1n, 1n, 1n]);
    expect(GICR_TYPER.Last.get(board.read(rd(0), GICR_TYPER))).toBe(0n);
    expect([GICR_RD.size, GICR_SGI.size]).toEqual([0x10000, 0x10000]);
  });
});
