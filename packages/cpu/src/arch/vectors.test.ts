import { describe, expect, test } from 'vitest';
import { vectorAt, vectorOffset, type VectorGroup, type VectorKind } from './vectors.ts';

// DDI 0487, "Exception vectors", the table of offsets.
const TABLE: readonly (readonly [number, VectorGroup, VectorKind])[] = [
  [0x000, 'CURRENT_SP_EL0', 'SYNCHRONOUS'],
  [0x080, 'CURRENT_SP_EL0', 'IRQ'],
  [0x100, 'CURRENT_SP_EL0', 'FIQ'],
  [0x180, 'CURRENT_SP_EL0', 'SERROR'],
  [0x200, 'CURRENT_SP_ELx', 'SYNCHRONOUS'],
  [0x280, 'CURRENT_SP_ELx', 'IRQ'],
  [0x300, 'CURRENT_SP_ELx', 'FIQ'],
  [0x380, 'CURRENT_SP_ELx', 'SERROR'],
  [0x400, 'LOWER_AARCH64', 'SYNCHRONOUS'],
  [0x480, 'LOWER_AARCH64', 'IRQ'],
  [0x500, 'LOWER_AARCH64', 'FIQ'],
  [0x580, 'LOWER_AARCH64', 'SERROR'],
  [0x600, 'LOWER_AARCH32', 'SYNCHRONOUS'],
  [0x680, 'LOWER_AARCH32', 'IRQ'],
  [0x700, 'LOWER_AARCH32', 'FIQ'],
  [0x780, 'LOWER_AARCH32', 'SERROR'],
];

describe('vectors', () => {
  test.each(TABLE)('0x%s is %s %s', (offset, group, kind) => {
    expect(vectorOffset(group, kind)).toBe(offset);
    expect(vectorAt(offset)).toEqual({ group, kind });
    expect(vectorAt(offset + 0x7c)).toEqual({ group, kind });
  });

  test('the table ends at 0x800', () => {
    expect(vectorAt(0x800)).toBeNull();
    expect(vectorAt(-4)).toBeNull();
  });
});
