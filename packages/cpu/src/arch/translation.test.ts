import { describe, expect, test } from 'vitest';
import {
  combineMemoryType,
  combineShareability,
  concatenatedTables,
  GRANULE_BY_TG0,
  GRANULE_BY_TG1,
  GRANULES,
  initialTableBits,
  isStage2StartConsistent,
  levelShift,
  mairAttribute,
  MEMORY_TYPES,
  PA_BITS,
  REGIMES,
  SHAREABILITIES,
  SHAREABILITY_BY_SH,
  STAGE1_AP,
  STAGE1_BLOCK,
  STAGE1_PAGE,
  STAGE1_TABLE,
  stage1StartLevel,
  STAGE2_AP,
  STAGE2_BLOCK,
  STAGE2_FWB,
  STAGE2_PAGE,
  STAGE2_STARTS,
  STAGE2_TABLE,
  STAGE2_XN,
  stage2Attribute,
} from './translation.ts';
import { SYSTEM_REGISTERS } from './sysregs/index.ts';

describe('geometry', () => {
  // DDI 0487, the tables of VA bits by level of each granule: size of a block or page, level 0 to 3.
  test.each([
    ['4K', [512 * 2 ** 30, 2 ** 30, 2 * 2 ** 20, 4 * 2 ** 10]],
    ['16K', [128 * 2 ** 40, 64 * 2 ** 30, 32 * 2 ** 20, 16 * 2 ** 10]],
    ['64K', [2 ** 55, 4 * 2 ** 40, 512 * 2 ** 20, 64 * 2 ** 10]],
  ] as const)('%s: bytes under one entry', (name, bytes) => {
    expect([0, 1, 2, 3].map((level) => 2 ** levelShift(GRANULES[name], level))).toEqual(bytes);
  });

  // DDI 0487, "TCR_EL1.T0SZ and the initial level", first and last T0SZ of each level.
  test.each([
    ['4K', 16, 0], ['4K', 24, 0], ['4K', 25, 1], ['4K', 33, 1], ['4K', 34, 2], ['4K', 39, 2], ['4K', 42, 2], ['4K', 43, 3], ['4K', 48, 3],
    ['16K', 16, 0], ['16K', 17, 1], ['16K', 27, 1], ['16K', 28, 2], ['16K', 38, 2], ['16K', 39, 3], ['16K', 48, 3],
    ['64K', 12, 1], ['64K', 21, 1], ['64K', 22, 2], ['64K', 34, 2], ['64K', 35, 3], ['64K', 47, 3],
  ] as const)('%s, T0SZ %i: stage 1 starts at level %i', (name, T0SZ, level) => {
    expect(stage1StartLevel(GRANULES[name], 64 - T0SZ)).toBe(level);
  });

  test('granule codes differ between TG0 and TG1', () => {
    expect(GRANULE_BY_TG0.map((granule) => granule?.name)).toEqual(['4K', '64K', '16K', undefined]);
    expect(GRANULE_BY_TG1.map((granule) => granule?.name)).toEqual([undefined, '16K', '4K', '64K']);
    for (const granule of Object.values(GRANULES)) expect([GRANULE_BY_TG0[granule.tg0], GRANULE_BY_TG1[granule.tg1]]).toEqual([granule, granule]);
  });

  test('a table fills a page', () => {
    for (const granule of Object.values(GRANULES)) expect(8 * 2 ** granule.bitsPerLevel).toBe(2 ** granule.pageBits);
  });

  test.each([
    ['4K', [0, 16, 16, 16], [1, 2]],
    ['16K', [0, 0, 32, 128], [2]],
    ['64K', [0, 0, 32, 32], [2]],
  ] as const)('%s: contiguous entries and block levels', (name, contiguous, blockLevels) => {
    expect(GRANULES[name]).toMatchObject({ contiguous, blockLevels });
  });

  test.each([
    ['4K', 16, 16, 39, 48],
    ['16K', 16, 16, 39, 48],
    ['64K', 16, 12, 39, 47],
  ] as const)('%s: TxSZ', (name, minTxSZ, minTxSZWithLVA, maxTxSZ, maxTxSZWithTTST) => {
    expect(GRANULES[name]).toMatchObject({ minTxSZ, minTxSZWithLVA, maxTxSZ, maxTxSZWithTTST });
  });

  test('PA sizes by PARange, IPS and PS', () => {
    expect(PA_BITS).toEqual([32, 36, 40, 42, 44, 48, 52, 56]);
  });
});

describe('stage 2 start', () => {
  test.each([
    ['4K', [2, 1, 0, 3]],
    ['16K', [3, 2, 1, 0]],
    ['64K', [3, 2, 1, undefined]],
  ] as const)('%s: level by SL0', (name, levels) => {
    expect([0, 1, 2, 3].map((SL0) => STAGE2_STARTS.find((one) => one.granule === name && one.SL0 === SL0)?.level)).toEqual(levels);
  });

  test('the top levels need a large PA size', () => {
    expect(STAGE2_STARTS.filter((one) => one.minPaBits > 0).map((one) => [one.granule, one.level, one.minPaBits])).toEqual([
      ['4K', 0, 44],
      ['16K', 1, 42],
      ['16K', 0, 48],
      ['64K', 1, 44],
    ]);
  });

  // By hand: bits of the initial level = ipaBits - shift; 16 tables at most, at least two entries.
  test.each([
    ['4K', 40, 1, true, 2, 13],
    ['4K', 39, 1, true, 1, 12],
    ['4K', 43, 1, true, 16, 16],
    ['4K', 44, 1, false, 32, 17],
    ['4K', 31, 1, true, 1, 6],
    ['4K', 30, 1, false, 1, 6],
    ['4K', 48, 0, true, 1, 12],
    ['16K', 40, 2, true, 16, 18],
    ['16K', 36, 2, true, 1, 14],
    ['64K', 42, 2, true, 1, 16],
    ['64K', 46, 2, true, 16, 20],
    ['64K', 47, 2, false, 32, 21],
  ] as const)('%s, %i bits, level %i', (name, ipaBits, level, consistent, tables, tableBits) => {
    const granule = GRANULES[name];
    expect(isStage2StartConsistent(granule, ipaBits, level)).toBe(consistent);
    expect(concatenatedTables(granule, ipaBits, level)).toBe(tables);
    expect(initialTableBits(granule, ipaBits, level)).toBe(tableBits);
  });

  test('a small stage 1 table is still 64-byte aligned', () => {
    expect(initialTableBits(GRANULES['4K'], 25, 2)).toBe(7);
    expect(initialTableBits(GRANULES['4K'], 22, 2)).toBe(6);
  });
});

describe('descriptors', () => {
  test('a kernel text page: AttrIndx 4, inner shareable, AF, UXN', () => {
    expect(STAGE1_PAGE.format(0x0040_0000_4008_0793n)).toBe('UXN=1 OutputAddress=0x40080 AF=1 SH=Inner Shareable AP=privileged RO AttrIndx=4 type=3');
  });

  test('a user data page: AP RW, nG, PXN and UXN', () => {
    expect(STAGE1_PAGE.of({ type: 3, OutputAddress: 0x4_1234, AP: 1, SH: 3, AF: 1, nG: 1, PXN: 1, UXN: 1 })).toBe(0x0060_0000_4123_4f43n);
  });

  test('a stage 1 block of 2 MiB', () => {
    expect(STAGE1_BLOCK.of({ type: 1, OutputAddress: 0x4020_0000 >> 17, AF: 1, SH: 3, Contiguous: 1 })).toBe(0x0010_0000_4020_0701n);
  });

  test('hierarchical attributes of a table', () => {
    expect(STAGE1_TABLE.of({ type: 3, NextTable: 0x4_0001, NSTable: 1, APTable: 3, UXNTable: 1, PXNTable: 1 })).toBe(0xf800_0000_4000_1003n);
    expect([STAGE1_TABLE.NSTable, STAGE1_TABLE.APTable, STAGE1_TABLE.UXNTable, STAGE1_TABLE.PXNTable].map((field) => field.lsb)).toEqual([63, 61, 60, 59]);
    expect(STAGE2_TABLE.res0 >> 59n).toBe(0x1fn);
  });

  test('a stage 2 page: MemAttr Normal WB, read and write, XN', () => {
    expect(STAGE2_PAGE.of({ type: 3, OutputAddress: 0x4_0000, MemAttr: 0xf, S2AP: 3, SH: 3, AF: 1, XN: 2 })).toBe(0x0040_0000_4000_07ffn);
    expect(STAGE2_BLOCK.of({ type: 1, OutputAddress: 0x4000_0000 >> 17, MemAttr: 1, S2AP: 1, AF: 1 })).toBe(0x4000_0445n);
  });

  test('permissions', () => {
    expect(STAGE1_AP.map((one) => `${one.privileged}/${one.unprivileged}`)).toEqual(['RW/', 'RW/RW', 'R/', 'R/R']);
    expect(STAGE2_AP).toEqual(['', 'R', 'W', 'RW']);
    expect(STAGE2_XN.map((one) => `${one.el1 ? 'EL1' : ''} ${one.el0 ? 'EL0' : ''}`.trim())).toEqual(['EL1 EL0', 'EL0', '', 'EL1']);
  });
});

describe('memory attributes', () => {
  test.each([
    [0x00, 'Device-nGnRnE Device-nGnRnE'],
    [0x04, 'Device-nGnRE Device-nGnRE'],
    [0x08, 'Device-nGRE Device-nGRE'],
    [0x0c, 'Device-GRE Device-GRE'],
    [0x44, 'NC NC'],
    [0xff, 'WB RW WB RW'],
    [0xbb, 'WT RW WT RW'],
    [0xf4, 'WB RW NC'],
    [0x4e, 'NC WB R'],
    [0x88, 'WT WT'],
    [0x77, 'WB RW WB RW transient'],
    [0x11, 'WT W WT W transient'],
    [0xf0, 'WB RW WB RW tagged'],
    // Unpredictable: an inner half of 0 with an outer half that is not, and Device with bits 1:0 set.
    [0x40, 'none'],
    [0x01, 'none'],
    [0x0f, 'none'],
  ])('MAIR byte %i', (byte, expected) => {
    const found = mairAttribute(byte);
    const parts = found === null ? ['none'] : [found.outer, found.outerAllocate, found.inner, found.innerAllocate, found.isTransient ? 'transient' : '', found.isTagged ? 'tagged' : ''];
    expect(parts.filter((part) => part !== '').join(' ')).toBe(expected);
  });

  test('stage 2 MemAttr without FWB', () => {
    expect(Array.from({ length: 16 }, (_, memAttr) => stage2Attribute(memAttr)).map((found) => (found === null ? '-' : `${found.outer}/${found.inner}`))).toEqual([
      'Device-nGnRnE/Device-nGnRnE', 'Device-nGnRE/Device-nGnRE', 'Device-nGRE/Device-nGRE', 'Device-GRE/Device-GRE',
      '-', 'NC/NC', 'NC/WT', 'NC/WB',
      '-', 'WT/NC', 'WT/WT', 'WT/WB',
      '-', 'WB/NC', 'WB/WT', 'WB/WB',
    ]);
  });

  test('stage 2 MemAttr with FWB', () => {
    expect([0b0000, 0b0011, 0b0100, 0b0101, 0b0110, 0b0111, 0b1111].map((memAttr) => STAGE2_FWB[memAttr])).toEqual(['Device-nGnRnE', 'Device-GRE', null, 'NC', 'WB', 'stage1', null]);
  });

  test('the memory type of two stages: rows stage 1, columns stage 2', () => {
    const letter: Readonly<Record<string, string>> = { 'Device-nGnRnE': 'a', 'Device-nGnRE': 'b', 'Device-nGRE': 'c', 'Device-GRE': 'd', NC: 'N', WT: 'T', WB: 'B' };
    expect(MEMORY_TYPES.map((stage1) => MEMORY_TYPES.map((stage2) => letter[combineMemoryType(stage1, stage2)]).join(''))).toEqual([
      'aaaaaaa',
      'abbbbbb',
      'abccccc',
      'abcdddd',
      'abcdNNN',
      'abcdNTT',
      'abcdNTB',
    ]);
  });

  test('the shareability of two stages', () => {
    expect(SHAREABILITIES.map((stage1) => SHAREABILITIES.map((stage2) => combineShareability(stage1, stage2)).join(' '))).toEqual(['OSH OSH OSH', 'OSH ISH ISH', 'OSH ISH NSH']);
    expect(SHAREABILITY_BY_SH).toEqual(['NSH', null, 'OSH', 'ISH']);
  });
});

describe('regimes', () => {
  test('their registers are in the table', () => {
    const missing = REGIMES.flatMap((one) => [one.sctlr, one.tcr, one.mair, ...one.ttbr, ...(one.stage2 === null ? [] : [one.stage2.vtcr, one.stage2.vttbr])]).filter((name) => SYSTEM_REGISTERS.byName(name) === undefined);
    expect(missing).toEqual([]);
  });

  test('ASID, VMID, ranges', () => {
    expect(REGIMES.map((one) => `${one.name} ${String(one.ranges)}${one.hasAsid ? ' ASID' : ''}${one.hasVmid ? ' VMID' : ''}`)).toEqual(['EL1&0 2 ASID VMID', 'EL2 1', 'EL2&0 2 ASID', 'EL3 1']);
  });
});
