import { describe, expect, test } from 'vitest';
import { FAULT_STATUSES, FSC, faultStatus, faultStatusCode, type Fault, type FaultLevel } from './fault-status.ts';

// DDI 0487, "ISS encoding for an exception from a Data Abort", DFSC, by hand.
const CODES: readonly (readonly [code: number, fault: Fault, level: FaultLevel | null])[] = [
  [0b000000, 'ADDRESS_SIZE', 0],
  [0b000001, 'ADDRESS_SIZE', 1],
  [0b000010, 'ADDRESS_SIZE', 2],
  [0b000011, 'ADDRESS_SIZE', 3],
  [0b000100, 'TRANSLATION', 0],
  [0b000101, 'TRANSLATION', 1],
  [0b000110, 'TRANSLATION', 2],
  [0b000111, 'TRANSLATION', 3],
  [0b001000, 'ACCESS_FLAG', 0],
  [0b001001, 'ACCESS_FLAG', 1],
  [0b001010, 'ACCESS_FLAG', 2],
  [0b001011, 'ACCESS_FLAG', 3],
  [0b001100, 'PERMISSION', 0],
  [0b001101, 'PERMISSION', 1],
  [0b001110, 'PERMISSION', 2],
  [0b001111, 'PERMISSION', 3],
  [0b010000, 'EXTERNAL', null],
  [0b010001, 'TAG_CHECK', null],
  [0b010011, 'EXTERNAL_ON_WALK', -1],
  [0b010100, 'EXTERNAL_ON_WALK', 0],
  [0b010101, 'EXTERNAL_ON_WALK', 1],
  [0b010110, 'EXTERNAL_ON_WALK', 2],
  [0b010111, 'EXTERNAL_ON_WALK', 3],
  [0b011000, 'PARITY', null],
  [0b011011, 'PARITY_ON_WALK', -1],
  [0b011100, 'PARITY_ON_WALK', 0],
  [0b011101, 'PARITY_ON_WALK', 1],
  [0b011110, 'PARITY_ON_WALK', 2],
  [0b011111, 'PARITY_ON_WALK', 3],
  [0b100001, 'ALIGNMENT', null],
  [0b100010, 'DEBUG', null],
  [0b101001, 'ADDRESS_SIZE', -1],
  [0b101011, 'TRANSLATION', -1],
  [0b110000, 'TLB_CONFLICT', null],
  [0b110001, 'ATOMIC_UPDATE', null],
  [0b110100, 'LOCKDOWN', null],
  [0b110101, 'EXCLUSIVE', null],
];

describe('fault status codes', () => {
  test.each(CODES)('0x%s is %s at level %s, both ways', (code, fault, level) => {
    expect(faultStatus(code)).toMatchObject({ fault, level });
    expect(faultStatusCode(fault, level)).toBe(code);
  });

  test('the other codes of the 64 are reserved', () => {
    const known = new Set(CODES.map(([code]) => code));
    for (let code = 0; code < 64; code++) expect(faultStatus(code) !== null).toBe(known.has(code));
    expect(FAULT_STATUSES).toHaveLength(CODES.length);
  });

  test('a hot path adds the level to the base', () => {
    expect(FSC.TRANSLATION + 3).toBe(faultStatusCode('TRANSLATION', 3));
    expect(FSC.EXTERNAL_ON_WALK + 1).toBe(faultStatusCode('EXTERNAL_ON_WALK', 1));
  });

  test('before FEAT_LPA2 there is no access flag or permission fault at level 0', () => {
    expect(FAULT_STATUSES.filter((one) => one.feature === 'LPA2' && one.level === 0).map((one) => one.fault)).toEqual(['ACCESS_FLAG', 'PERMISSION']);
  });

  test('a fault without a level has no code with one', () => {
    expect(() => faultStatusCode('ALIGNMENT', 1)).toThrow('ALIGNMENT at level 1');
    expect(() => faultStatusCode('TRANSLATION')).toThrow('TRANSLATION');
  });
});
