import { InvariantError, layout } from '@worldswitch/cpu/arch';
import { describe, expect, test } from 'vitest';
import { Frame, frameRegister } from './frame.ts';
import {
  GICC,
  GICD_CTLR,
  GICD_GICv2,
  GICD_GICv3,
  GICD_ICFGR,
  GICD_IPRIORITYR,
  GICD_IROUTER,
  GICD_IROUTERnE,
  GICD_ISENABLER,
  GICD_SPISR,
  GICH,
  GICH_LR,
  GICH_LR_HW0,
  GICH_VMCR,
  GICR_RD,
  GICR_SGI,
  GICR_TYPER,
  GICR_VLPI,
  GICR_WAKER,
  GICR_ICFGR1,
  GICR_IPRIORITYRnE,
  GICV,
  GITS,
  GITS_BASER,
  GITS_CBASER,
  GITS_TRANSLATION,
  ITS_COMMANDS,
  ITS_MAPC,
  ITS_MAPD,
  ITS_MAPTI,
  ITS_VMAPP,
  itsCommand,
} from './index.ts';

const bits = (value: { readonly fields: readonly { readonly name: string; readonly msb: number; readonly lsb: number }[] }): Record<string, string> =>
  Object.fromEntries(value.fields.map(({ name, msb, lsb }) => [name, msb === lsb ? `${msb}` : `${msb}:${lsb}`]));

describe('a frame', () => {
  const word = { access: 'RW', fields: { VALUE: '31:0' } } as const;

  test('is refused where two registers overlap', () => {
    const array = frameRegister('ARRAY', 0x10, 32, { ...word, count: 4 });
    expect(() => new Frame('F', 0x100, [array, frameRegister('INSIDE', 0x1c, 32, word)])).toThrow('F: INSIDE at 0x1c overlaps ARRAY');
    expect(() => new Frame('F', 0x100, [array, frameRegister('AFTER', 0x20, 32, word)])).not.toThrow();
  });

  test('is refused where a register leaves it or a name stands twice', () => {
    expect(() => new Frame('F', 0x100, [frameRegister('LAST', 0xfc, 32, { ...word, count: 2 })])).toThrow('F: LAST ends beyond the frame');
    expect(() => new Frame('F', 0x100, [frameRegister('A', 0, 32, word), frameRegister('A', 4, 32, word)])).toThrow('two registers have one name');
  });

  test('is refused where an array overlaps itself, is not aligned, or divides a register unevenly', () => {
    expect(() => frameRegister('A', 0, 32, { ...word, count: 2, stride: 2 })).toThrow('the registers of the array overlap');
    expect(() => frameRegister('A', 2, 32, word)).toThrow('A: offset 0x2 is not aligned');
    expect(() => frameRegister('A', 0, 32, { ...word, interrupts: { bits: 3, firstIntid: 0 } })).toThrow('3 bits do not divide the register');
  });

  test('a register that leaves a bit unclaimed is refused', () => {
    expect(() => frameRegister('A', 0, 32, { access: 'RW', fields: { X: 0 } })).toThrow(InvariantError);
  });

  test('finds what stands at an offset, and nothing in the reserved parts', () => {
    const strided = frameRegister('STRIDED', 0x20, 32, { ...word, count: 3, stride: 8, first: 5 });
    const frame = new Frame('F', 0x100, [strided]);
    expect(frame.at(0x1c)).toBeUndefined();
    expect(frame.at(0x20)).toEqual({ register: strided, n: 5, byte: 0 });
    expect(frame.at(0x24)).toBeUndefined();
    expect(frame.at(0x2b)).toEqual({ register: strided, n: 6, byte: 3 });
    expect(frame.at(0x34)).toBeUndefined();
    expect(frame.byName('STRIDED')?.offsetOf(7)).toBe(0x30);
    expect(() => strided.offsetOf(8)).toThrow('STRIDED has no number 8');
  });
});

/** Offsets of IHI 0048 and IHI 0069, as architecture-checklist.md sections 11 and 12 give them. */
const OFFSETS: readonly [Frame, Record<string, number>][] = [
  [
    GICD_GICv2,
    {
      GICD_CTLR: 0, GICD_TYPER: 4, GICD_IIDR: 8, GICD_IGROUPR: 0x80, GICD_ISENABLER: 0x100, GICD_ICENABLER: 0x180, GICD_ISPENDR: 0x200, GICD_ICPENDR: 0x280,
      GICD_ISACTIVER: 0x300, GICD_ICACTIVER: 0x380, GICD_IPRIORITYR: 0x400, GICD_ITARGETSR: 0x800, GICD_ICFGR: 0xc00, GICD_PPISR: 0xd00, GICD_SPISR: 0xd04,
      GICD_NSACR: 0xe00, GICD_SGIR: 0xf00, GICD_CPENDSGIR: 0xf10, GICD_SPENDSGIR: 0xf20, GICD_ICPIDR2: 0xfe8,
    },
  ],
  [
    GICD_GICv3,
    {
      GICD_CTLR: 0, GICD_TYPER: 4, GICD_IIDR: 8, GICD_TYPER2: 0xc, GICD_STATUSR: 0x10, GICD_SETSPI_NSR: 0x40, GICD_CLRSPI_NSR: 0x48, GICD_IGROUPR: 0x80,
      GICD_IGRPMODR: 0xd00, GICD_NSACR: 0xe00, GICD_IROUTER: 0x6100, GICD_PIDR2: 0xffe8,
    },
  ],
  [
    GICR_RD,
    {
      GICR_CTLR: 0, GICR_IIDR: 4, GICR_TYPER: 8, GICR_STATUSR: 0x10, GICR_WAKER: 0x14, GICR_SETLPIR: 0x40, GICR_CLRLPIR: 0x48, GICR_PROPBASER: 0x70,
      GICR_PENDBASER: 0x78, GICR_INVLPIR: 0xa0, GICR_INVALLR: 0xb0, GICR_SYNCR: 0xc0, GICR_PIDR2: 0xffe8,
    },
  ],
  [
    GICR_SGI,
    {
      GICR_IGROUPR0: 0x80, GICR_ISENABLER0: 0x100, GICR_ICENABLER0: 0x180, GICR_ISPENDR0: 0x200, GICR_ICPENDR0: 0x280, GICR_ISACTIVER0: 0x300,
      GICR_ICACTIVER0: 0x380, GICR_IPRIORITYR: 0x400, GICR_ICFGR0: 0xc00, GICR_ICFGR1: 0xc04, GICR_IGRPMODR0: 0xd00, GICR_NSACR: 0xe00,
    },
  ],
  [GICR_VLPI, { GICR_VPROPBASER: 0x70, GICR_VPENDBASER: 0x78 }],
  [GITS, { GITS_CTLR: 0, GITS_IIDR: 4, GITS_TYPER: 8, GITS_CBASER: 0x80, GITS_CWRITER: 0x88, GITS_CREADR: 0x90, GITS_BASER: 0x100, GITS_PIDR2: 0xffe8 }],
  [GITS_TRANSLATION, { GITS_TRANSLATER: 0x40 }],
  [
    GICC,
    {
      GICC_CTLR: 0, GICC_PMR: 4, GICC_BPR: 8, GICC_IAR: 0xc, GICC_EOIR: 0x10, GICC_RPR: 0x14, GICC_HPPIR: 0x18, GICC_ABPR: 0x1c, GICC_AIAR: 0x20,
      GICC_AEOIR: 0x24, GICC_AHPPIR: 0x28, GICC_APR: 0xd0, GICC_NSAPR: 0xe0, GICC_IIDR: 0xfc, GICC_DIR: 0x1000,
    },
  ],
  [GICV, { GICV_CTLR: 0, GICV_PMR: 4, GICV_BPR: 8, GICV_IAR: 0xc, GICV_EOIR: 0x10, GICV_RPR: 0x14, GICV_HPPIR: 0x18, GICV_APR: 0xd0, GICV_IIDR: 0xfc, GICV_DIR: 0x1000 }],
  [GICH, { GICH_HCR: 0, GICH_VTR: 4, GICH_VMCR: 8, GICH_MISR: 0x10, GICH_EISR: 0x20, GICH_ELRSR: 0x30, GICH_APR: 0xf0, GICH_LR: 0x100 }],
];

test.each(OFFSETS.map(([frame, offsets]) => ({ frame, name: frame.name, offsets })))('$name: offsets as the specification prints them', ({ frame, offsets }) => {
  const ours = Object.fromEntries(Object.keys(offsets).map((name) => [name, frame.byName(name)?.offset]));
  expect(ours).toEqual(offsets);
});

describe('arrays of interrupts', () => {
  test('one, two and eight bits an interrupt', () => {
    expect(GICD_ISENABLER.fieldOf(37)).toEqual({ offset: 0x104, shift: 5, bits: 1 });
    expect(GICD_ICFGR.fieldOf(31)).toEqual({ offset: 0xc04, shift: 30, bits: 2 });
    expect(GICD_IPRIORITYR.fieldOf(1019)).toEqual({ offset: 0x7f8, shift: 24, bits: 8 });
    expect(GICD_IPRIORITYR.fieldOf(1020)).toBeUndefined();
    expect(GICD_IPRIORITYR.firstIntidOf(9)).toBe(36);
  });

  test('IROUTER has one register an interrupt, numbered by INTID', () => {
    expect(GICD_IROUTER.fieldOf(32)?.offset).toBe(0x6000 + 8 * 32);
    expect(GICD_IROUTER.fieldOf(1019)?.offset).toBe(0x7fd8);
    expect(GICD_IROUTER.fieldOf(31)).toBeUndefined();
    expect(GICD_IROUTER.offsetOf(1019)).toBe(0x7fd8);
    expect(GICD_IROUTERnE.fieldOf(4097)?.offset).toBe(0x8008);
  });

  test('arrays that do not begin with INTID 0', () => {
    expect(GICR_ICFGR1.fieldOf(27)).toEqual({ offset: 0xc04, shift: 22, bits: 2 });
    expect(GICR_ICFGR1.fieldOf(15)).toBeUndefined();
    expect(GICR_IPRIORITYRnE.fieldOf(1056)).toEqual({ offset: 0x420, shift: 0, bits: 8 });
    expect(GICD_SPISR.fieldOf(33)).toEqual({ offset: 0xd04, shift: 1, bits: 1 });
  });

  test('a byte of a priority register is found, the reserved word behind the last one is not', () => {
    expect(GICD_GICv3.at(0x427)).toMatchObject({ register: { name: 'GICD_IPRIORITYR', bytes: true }, n: 9, byte: 3 });
    expect(GICD_GICv3.at(0x7fc)).toBeUndefined();
    expect(GICD_GICv3.at(0x6004)).toBeUndefined();
    expect(GICD_GICv3.at(0x6108)).toMatchObject({ register: { name: 'GICD_IROUTER' }, n: 33 });
  });
});

describe('fields by the specification', () => {
  test('GICD_CTLR with one security state, GICR_TYPER, GICR_WAKER', () => {
    expect(bits(GICD_CTLR)).toEqual({ RWP: '31', nASSGIreq: '8', E1NWF: '7', DS: '6', ARE: '4', EnableGrp1: '1', EnableGrp0: '0' });
    expect(bits(GICR_TYPER)).toMatchObject({ PLPIS: '0', VLPIS: '1', DirectLPI: '3', Last: '4', Processor_Number: '23:8', Affinity_Value: '63:32' });
    expect(bits(GICR_WAKER)).toEqual({ ChildrenAsleep: '2', ProcessorSleep: '1' });
  });

  test('GICH_LR in both forms, GICH_VMCR', () => {
    expect(bits(GICH_LR)).toEqual({ HW: '31', Grp1: '30', State: '29:28', Priority: '27:23', PhysicalID: '19:10', VirtualID: '9:0' });
    expect(bits(GICH_LR_HW0)).toEqual({ HW: '31', Grp1: '30', State: '29:28', Priority: '27:23', EOI: '19', CPUID: '12:10', VirtualID: '9:0' });
    expect(bits(GICH_VMCR)).toEqual({ VMPriMask: '31:27', VMBP: '23:21', VMABP: '20:18', VEM: '9', VMCBPR: '4', VMFIQEn: '3', VMAckCtl: '2', VMGrp1En: '1', VMGrp0En: '0' });
  });

  test('GITS_CBASER and GITS_BASERn', () => {
    expect(bits(GITS_CBASER)).toEqual({ Valid: '63', InnerCache: '61:59', OuterCache: '55:53', Physical_Address: '51:12', Shareability: '11:10', Size: '7:0' });
    expect(bits(GITS_BASER)).toEqual({
      Valid: '63', Indirect: '62', InnerCache: '61:59', Type: '58:56', OuterCache: '55:53', Entry_Size: '52:48', Physical_Address: '47:12', Shareability: '11:10', Page_Size: '9:8', Size: '7:0',
    });
    expect(GITS.at(0x138)).toMatchObject({ register: { name: 'GITS_BASER' }, n: 7 });
  });
});

describe('ITS commands', () => {
  /** Codes of IHI 0069, "ITS commands". */
  const CODES = {
    MOVI: 0x01, INT: 0x03, CLEAR: 0x04, SYNC: 0x05, MAPD: 0x08, MAPC: 0x09, MAPTI: 0x0a, MAPI: 0x0b, INV: 0x0c, INVALL: 0x0d, MOVALL: 0x0e, DISCARD: 0x0f,
    VMOVI: 0x21, VMOVP: 0x22, VSGI: 0x23, VSYNC: 0x25, VMAPP: 0x29, VMAPTI: 0x2a, VMAPI: 0x2b, VINVALL: 0x2d, INVDB: 0x2e,
  };

  test('each code once, each layout of 256 bits with the code in bits 7:0', () => {
    expect(Object.fromEntries(ITS_COMMANDS.map(({ code, layout: { name } }) => [name, code]))).toEqual(CODES);
    expect(ITS_COMMANDS.every(({ layout: { width, fields } }) => width === 256 && fields.some(({ name, msb, lsb }) => name === 'Code' && msb === 7 && lsb === 0))).toBe(true);
    expect(itsCommand('MAPC').layout).toBe(ITS_MAPC);
    expect(() => itsCommand('NONE')).toThrow('the ITS has no command NONE');
  });

  test('MAPD, MAPTI and MAPC as Linux encodes them, by doubleword', () => {
    const doublewords = (value: bigint): bigint[] => [0n, 64n, 128n, 192n].map((at) => BigInt.asUintN(64, value >> at));
    // its_encode_cmd, _devid, _size, _itt (address >> 8 into 51:8), _valid.
    const mapd = ITS_MAPD.of({ Code: 0x08, DeviceID: 0x10, Size: 4, ITT_addr: 0x4000_0000n >> 8n, V: 1 });
    expect(doublewords(mapd)).toEqual([(0x10n << 32n) | 0x08n, 4n, 0x8000_0000_4000_0000n, 0n]);
    // _event_id, _phys_id, _collection.
    const mapti = ITS_MAPTI.of({ Code: 0x0a, DeviceID: 3, EventID: 5, pINTID: 8192, ICID: 1 });
    expect(doublewords(mapti)).toEqual([(3n << 32n) | 0x0an, (8192n << 32n) | 5n, 1n, 0n]);
    // _target (address >> 16 into 51:16).
    const mapc = ITS_MAPC.of({ Code: 0x09, ICID: 2, RDbase: 0x080b_0000n >> 16n, V: 1 });
    expect(doublewords(mapc)).toEqual([9n, 0n, 0x8000_0000_080b_0002n, 0n]);
    const vmapp = ITS_VMAPP.of({ Code: 0x29, vPEID: 7, RDbase: 1, V: 1, VPT_size: 15, VPT_addr: 0x10 });
    expect(doublewords(vmapp)).toEqual([0x29n, 7n << 32n, (1n << 63n) | 0x1_0000n, (0x10n << 16n) | 15n]);
  });
});

test('a layout wider than a register keeps its accounting', () => {
  expect(() => layout('C', 256, { fields: { A: '127:0' } })).toThrow('C: bit 128 is claimed by nothing');
});
