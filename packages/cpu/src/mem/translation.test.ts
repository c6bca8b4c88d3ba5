/** Memory types of two stages, by the tables of DDI 0487, "Combining the stage 1 and stage 2 memory type attributes" and FEAT_S2FWB. */
import { describe, expect, test } from 'vitest';
import { Translation } from './translation.ts';

function combined(attr: number, memAttr: number, fwb = false, sh1 = 3, sh2 = 0): string {
  const translation = new Translation();
  translation.attr = attr;
  translation.shareability = sh1;
  if (fwb) translation.forceAttributes(memAttr, sh2);
  else translation.combineAttributes(memAttr, sh2);
  return `${translation.attr.toString(16)} ${String(translation.shareability)}`;
}

describe('without FWB', () => {
  test.each([
    ['Device-nGRE, Normal', 0x08, 0b1111, '8 2'],
    ['Device-nGRE, Non-cacheable', 0x08, 0b0101, '8 2'],
    ['Device-GRE, Non-cacheable', 0x0c, 0b0101, 'c 2'],
    ['Device-GRE, Device-nGnRE', 0x0c, 1, '4 2'],
    ['Non-cacheable, Device-nGRE', 0x44, 2, '8 2'],
    ['Non-cacheable, Device-GRE', 0x44, 3, 'c 2'],
    ['Write-Back, Non-cacheable inner, Device-GRE', 0xf4, 3, 'c 2'],
    ['Write-Back, Write-Back', 0xff, 0b1111, 'ff 3'],
    ['Write-Back, Write-Through', 0xff, 0b1010, 'bb 3'],
    ['Write-Through, Non-cacheable outer', 0xbb, 0b0111, '4b 3'],
    ['Write-Back, Non-cacheable', 0xff, 0b0101, '44 2'],
  ])('%s', (_, attr, memAttr, expected) => {
    expect(combined(attr, memAttr)).toBe(expected);
  });
});

describe('with FWB', () => {
  test.each([
    ['Write-Back whatever stage 1 says', 0x44, 0b0110, 'ff 3'],
    ['Write-Back over Device', 0x00, 0b0110, 'ff 3'],
    ['stage 1 kept', 0xbb, 0b0111, 'bb 3'],
    ['stage 1 kept, Device', 0x04, 0b0111, '4 3'],
    ['Non-cacheable', 0xff, 0b0101, '44 2'],
    ['Non-cacheable leaves Device', 0x04, 0b0101, '4 3'],
    ['Device-nGnRE', 0xff, 0b0001, '4 2'],
  ])('%s', (_, attr, memAttr, expected) => {
    expect(combined(attr, memAttr, true)).toBe(expected);
  });

  test('the more shareable wins', () => {
    expect([combined(0xff, 0b1111, false, 0, 0), combined(0xff, 0b1111, false, 0, 3), combined(0xff, 0b1111, false, 3, 2)]).toEqual(['ff 0', 'ff 3', 'ff 2']);
  });
});
