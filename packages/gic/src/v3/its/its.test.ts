/** LPIs and the ITS by registers, tables in memory and commands. Expected values are from IHI 0069, "Locality-specific Peripheral Interrupts and the ITS". */
import { ICC_EOIR1_EL1, ICC_HPPIR1_EL1, ICC_IAR1_EL1, ICC_IGRPEN1_EL1, ICC_PMR_EL1, MPIDR_EL1, type AnyRegister } from '@worldswitch/cpu/arch';
import { beforeEach, describe, expect, test } from 'vitest';
import { createGicV3, type Gic, type GicPe } from '../../controller.ts';
import type { MmioFrame } from '../../mmio.ts';
import {
  GICD_GICv3, GICR_CTLR, GICR_INVALLR, GICR_INVLPIR, GICR_PENDBASER, GICR_PROPBASER, GICR_SYNCR, GICR_WAKER, GITS_BASER, GITS_CBASER, GITS_CREADR, GITS_CTLR, GITS_CWRITER, GITS_TRANSLATER, ITS_INT,
  ITS_INVALL, ITS_MAPC, ITS_MAPD, ITS_MAPTI, ITS_MOVI, LPI_CONFIGURATION, TABLE_TYPES, type AnyFrameRegister,
} from '../../regs/index.ts';

const MEMORY = 0x10_0000;
const PROPERTIES = 0x1_0000;
const PENDING = [0x2_0000, 0x3_0000] as const;
const QUEUE = 0x4_0000;
const DEVICES = 0x5_0000;
const COLLECTIONS = 0x6_0000;
const EVENTS = 0x7_0000;
const SPURIOUS = 1023;
const LPI = 8192;

class Board {
  readonly bytes = new DataView(new ArrayBuffer(MEMORY));
  readonly irq = [false, false];
  readonly gic: Gic;
  #next = 0;
  readonly #data = new Uint32Array(2);

  constructor() {
    const pe = (n: number): GicPe => ({
      mpidr: MPIDR_EL1.of({ Aff0: n }),
      view: () => ({ el: 1, tge: false, imo: false, fmo: false }),
      lines: { setIrq: (level) => (this.irq[n] = level), setFiq: () => undefined, setVirtualIrq: () => undefined, setVirtualFiq: () => undefined },
    });
    const inside = (address: number): boolean => address >= 0 && address + 4 <= MEMORY;
    this.gic = createGicV3({ pes: 2, spis: 32, lrCount: 4, priorityBits: 5, preemptionBits: 5, intidBits: 24, hasEl2: true }, [pe(0), pe(1)], {
      read32: (address) => (inside(address) ? this.bytes.getUint32(address, true) : -1),
      write32: (address, value) => {
        if (inside(address)) this.bytes.setUint32(address, value, true);
        return inside(address);
      },
    });
    this.write(this.gic.distributor!, GICD_GICv3.byName('GICD_CTLR')!, 2);
    for (const n of [0, 1]) {
      const rd = this.gic.redistributors[2 * n]!;
      this.write(rd, GICR_WAKER, 0);
      this.write(rd, GICR_PROPBASER, GICR_PROPBASER.of({ Physical_Address: PROPERTIES >> 12, IDbits: 15 }));
      this.write(rd, GICR_PENDBASER, GICR_PENDBASER.of({ Physical_Address: PENDING[n as 0 | 1] >> 16 }));
      this.write(rd, GICR_CTLR, GICR_CTLR.of({ EnableLPIs: 1 }));
      this.msr(n, ICC_PMR_EL1, 0xff);
      this.msr(n, ICC_IGRPEN1_EL1, 1);
    }
    const { control } = this.gic.its!;
    this.write(control, GITS_BASER, GITS_BASER.of({ Valid: 1, Physical_Address: DEVICES >> 12, Page_Size: 2 }), 0);
    this.write(control, GITS_BASER, GITS_BASER.of({ Valid: 1, Physical_Address: COLLECTIONS >> 12, Page_Size: 2 }), 1);
    this.write(control, GITS_CBASER, GITS_CBASER.of({ Valid: 1, Physical_Address: QUEUE >> 12 }));
    this.write(control, GITS_CTLR, 1);
  }

  read(frame: MmioFrame, register: AnyFrameRegister, n = register.first): bigint {
    expect(frame.read(register.offsetOf(n), register.width / 8, this.#data)).toBe('ok');
    return (BigInt(this.#data[1]!) << 32n) | BigInt(this.#data[0]!);
  }

  write(frame: MmioFrame, register: AnyFrameRegister, value: bigint | number, n = register.first): void {
    const big = BigInt(value);
    this.#data.set([Number(big & 0xffff_ffffn), Number(big >> 32n)]);
    expect(frame.write(register.offsetOf(n), register.width / 8, this.#data)).toBe('ok');
  }

  mrs(pe: number, register: AnyRegister): number {
    this.gic.interfaces[pe]!.banks.find(({ keys }) => [...keys].includes(register.key))!.read(register.key, this.#data);
    return this.#data[0]!;
  }

  msr(pe: number, register: AnyRegister, value: number): void {
    this.#data.set([value, 0]);
    this.gic.interfaces[pe]!.banks.find(({ keys }) => [...keys].includes(register.key))!.write(register.key, this.#data);
  }

  /** Puts a command into the queue and tells the ITS. */
  command(command: bigint): void {
    for (let n = 0; n < 4; n++) this.bytes.setBigUint64(QUEUE + this.#next + 8 * n, BigInt.asUintN(64, command >> BigInt(64 * n)), true);
    this.#next += 32;
    this.write(this.gic.its!.control, GITS_CWRITER, this.#next);
  }

  configure(lpi: number, priority: number, enable: 0 | 1): void {
    this.bytes.setUint8(PROPERTIES + lpi - LPI, Number(LPI_CONFIGURATION.of({ Priority: priority >> 2, Enable: enable })));
  }

  /** Device 3 has four events; its event 1 is an LPI of collection 0, which is PE 0's; collection 1 is PE 1's. */
  map(lpi = LPI): void {
    this.command(ITS_MAPC.of({ Code: 9, ICID: 0, RDbase: 0, V: 1 }));
    this.command(ITS_MAPC.of({ Code: 9, ICID: 1, RDbase: 1, V: 1 }));
    this.command(ITS_MAPD.of({ Code: 8, DeviceID: 3, Size: 1, ITT_addr: EVENTS >> 8, V: 1 }));
    this.command(ITS_MAPTI.of({ Code: 0xa, DeviceID: 3, EventID: 1, pINTID: lpi, ICID: 0 }));
  }
}

let board: Board;

beforeEach(() => {
  board = new Board();
});

describe('a message becomes an interrupt', () => {
  test('of the LPI that its device and event are mapped to, taken like any other, without an active state', () => {
    board.configure(LPI, 0x80, 1);
    board.map();
    board.gic.its!.translate(3, 1);
    expect(board.irq).toEqual([true, false]);
    expect(board.mrs(0, ICC_IAR1_EL1)).toBe(LPI);
    expect(board.irq[0]).toBe(false);
    board.gic.its!.translate(3, 1);
    board.msr(0, ICC_EOIR1_EL1, LPI);
    expect(board.mrs(0, ICC_IAR1_EL1)).toBe(LPI);
  });

  test('and is lost where nothing is mapped: another device, another event', () => {
    board.configure(LPI, 0x80, 1);
    board.map();
    for (const [device, event] of [[4, 1], [3, 0], [3, 4], [0xffff_ffff, 1], [3, 0xffff_ffff]] as const) board.gic.its!.translate(device, event);
    expect(board.irq).toEqual([false, false]);
  });

  test('a PE that writes to GITS_TRANSLATER is device 0', () => {
    board.configure(LPI, 0x80, 1);
    board.map();
    board.command(ITS_MAPD.of({ Code: 8, DeviceID: 0, Size: 1, ITT_addr: EVENTS >> 8, V: 1 }));
    board.write(board.gic.its!.translation, GITS_TRANSLATER, 1);
    expect(board.mrs(0, ICC_HPPIR1_EL1)).toBe(LPI);
  });

  test('a write of 16 bits to GITS_TRANSLATER is an event, in the lower half alone; a byte is none', () => {
    board.configure(LPI, 0x80, 1);
    board.map();
    board.command(ITS_MAPD.of({ Code: 8, DeviceID: 0, Size: 1, ITT_addr: EVENTS >> 8, V: 1 }));
    const { translation } = board.gic.its!;
    const write = (offset: number, size: number): string => translation.write(offset, size, Uint32Array.of(0xabcd_0001, 0));
    const at = GITS_TRANSLATER.offset;
    expect([write(at + 2, 2), write(at, 1), board.irq[0]]).toEqual(['abort', 'abort', false]);
    expect([write(at, 2), board.irq[0], board.mrs(0, ICC_HPPIR1_EL1)]).toEqual(['ok', true, LPI]);
  });
});

describe('configuration', () => {
  test.each([
    ['GICR_INVLPIR', () => board.write(board.gic.redistributors[0]!, GICR_INVLPIR, LPI)],
    ['GICR_INVALLR', () => board.write(board.gic.redistributors[0]!, GICR_INVALLR, 0)],
    ['INVALL', () => board.command(ITS_INVALL.of({ Code: 0xd, ICID: 0 }))],
  ])('a change counts after %s', (_name, invalidate) => {
    board.map();
    board.command(ITS_INT.of({ Code: 3, DeviceID: 3, EventID: 1 }));
    expect(board.irq[0]).toBe(false);
    board.configure(LPI, 0x80, 1);
    invalidate();
    expect(board.read(board.gic.redistributors[0]!, GICR_SYNCR)).toBe(0n);
    expect(board.irq[0]).toBe(true);
  });

  test('the pending table is written when LPIs are disabled and read when they are enabled', () => {
    board.configure(LPI + 9, 0x80, 1);
    board.map(LPI + 9);
    board.gic.its!.translate(3, 1);
    const rd = board.gic.redistributors[0]!;
    board.write(rd, GICR_CTLR, 0);
    expect(board.irq[0]).toBe(false);
    expect(board.bytes.getUint8(PENDING[0] + (LPI + 9 - 1) / 8)).toBe(0b10);
    board.bytes.setUint8(PENDING[0] + 50_000 / 8, 1);
    board.configure(50_000, 0x40, 1);
    board.write(rd, GICR_CTLR, 1);
    expect([board.mrs(0, ICC_IAR1_EL1), board.mrs(0, ICC_IAR1_EL1)]).toEqual([50_000, SPURIOUS]);
    board.msr(0, ICC_EOIR1_EL1, 50_000);
    expect(board.mrs(0, ICC_IAR1_EL1)).toBe(LPI + 9);
  });
});

test('GICR_PENDBASER.PTZ is about the next time that LPIs are enabled, reads as 0, and what is pending is kept after that', () => {
  board.configure(LPI + 9, 0x80, 1);
  board.map(LPI + 9);
  const rd = board.gic.redistributors[0]!;
  board.write(rd, GICR_CTLR, 0);
  board.bytes.setUint8(PENDING[0] + (LPI + 8) / 8, 1 << 1);
  board.write(rd, GICR_PENDBASER, GICR_PENDBASER.of({ Physical_Address: PENDING[0] >> 16, PTZ: 1 }));
  expect(board.read(rd, GICR_PENDBASER)).toBe(BigInt(PENDING[0]));
  board.write(rd, GICR_CTLR, 1);
  expect(board.irq[0]).toBe(false);
  board.gic.its!.translate(3, 1);
  board.write(rd, GICR_CTLR, 0);
  board.write(rd, GICR_CTLR, 1);
  expect(board.mrs(0, ICC_IAR1_EL1)).toBe(LPI + 9);
});

describe('commands', () => {
  test('MOVI takes a pending interrupt along', () => {
    board.configure(LPI, 0x80, 1);
    board.map();
    board.gic.its!.translate(3, 1);
    board.command(ITS_MOVI.of({ Code: 1, DeviceID: 3, EventID: 1, ICID: 1 }));
    expect(board.irq).toEqual([false, true]);
    expect(board.mrs(1, ICC_IAR1_EL1)).toBe(LPI);
  });

  test('one in error is ignored and counted, and the next is executed', () => {
    board.configure(LPI, 0x80, 1);
    for (const bad of [ITS_INT.of({ Code: 3, DeviceID: 3, EventID: 1 }), ITS_MAPC.of({ Code: 9, RDbase: 2, V: 1 }), ITS_MAPD.of({ Code: 8, DeviceID: 1, Size: 16, V: 1 }), 0x77n, 2n ** 256n - 1n]) board.command(bad);
    expect(board.gic.its!.ignoredCommands).toBe(5);
    board.map();
    board.gic.its!.translate(3, 1);
    expect(board.irq[0]).toBe(true);
    expect(board.read(board.gic.its!.control, GITS_CREADR)).toBe(9n * 32n);
  });

  test('tables of rubbish name what is not there, and nothing happens', () => {
    board.map();
    for (let at = DEVICES; at < MEMORY; at += 4) board.bytes.setUint32(at, 0xffff_ffff, true);
    board.gic.its!.translate(3, 1);
    board.command(ITS_MOVI.of({ Code: 1, DeviceID: 3, EventID: 1, ICID: 1 }));
    expect(board.irq).toEqual([false, false]);
  });

  test('a queue that is in no memory stalls, and goes on with Retry where it is', () => {
    const { control } = board.gic.its!;
    board.write(control, GITS_CTLR, 0);
    board.write(control, GITS_CBASER, GITS_CBASER.of({ Valid: 1, Physical_Address: 0xf_ffff }));
    board.write(control, GITS_CTLR, 1);
    board.write(control, GITS_CWRITER, 32);
    expect(board.read(control, GITS_CREADR)).toBe(1n);
    board.write(control, GITS_CWRITER, GITS_CWRITER.of({ Offset: 1, Retry: 1 }));
    expect(board.read(control, GITS_CREADR)).toBe(1n);
  });
});

test('GITS_BASER keeps type and size of entries, and the registers of other tables are absent', () => {
  const { control } = board.gic.its!;
  board.write(control, GITS_CTLR, 0);
  board.write(control, GITS_BASER, 2n ** 64n - 1n, 1);
  const written = board.read(control, GITS_BASER, 1);
  expect(GITS_BASER.Type.get(written)).toBe(BigInt(TABLE_TYPES.Collections));
  expect(GITS_BASER.Entry_Size.get(written)).toBe(7n);
  board.write(control, GITS_BASER, 2n ** 64n - 1n, 2);
  expect(board.read(control, GITS_BASER, 2)).toBe(0n);
});
