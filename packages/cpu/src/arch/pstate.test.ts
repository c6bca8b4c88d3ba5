import { describe, expect, test } from 'vitest';
import { CONDITIONS, DAIF_BITS, MODE_ROWS, modeOf, PSTATE_DAIF_MASK, PSTATE_FIELDS, PSTATE_NZCV_MASK, pstateField, SPSR_AARCH64 } from './pstate.ts';
import { SPSR_ELx } from './sysregs/layouts.ts';

describe('SPSR_ELx', () => {
  test('EL1h with everything masked is 0x3c5, EL2h 0x3c9', () => {
    const { values } = SPSR_AARCH64.M;
    expect(SPSR_AARCH64.of({ D: 1, A: 1, I: 1, F: 1, M: values['EL1h'] ?? 0 })).toBe(0x3c5n);
    expect(SPSR_AARCH64.of({ D: 1, A: 1, I: 1, F: 1, M: values['EL2h'] ?? 0 })).toBe(0x3c9n);
  });

  test('bits by the manual', () => {
    expect(SPSR_AARCH64.format(0x8000_0000n)).toBe('N=1');
    expect(SPSR_AARCH64.format(0x03d0_1c04n)).toBe('TCO=1 DIT=1 UAO=1 PAN=1 IL=1 SSBS=1 BTYPE=3 M=EL1t');
    expect(SPSR_AARCH64.format(0x0020_0008n)).toBe('SS=1 M=EL2t');
  });

  test('is a selection from the register', () => {
    for (const field of SPSR_AARCH64.fields) {
      const { msb, lsb, feature } = SPSR_ELx.fields.find((one) => one.name === field.name) ?? {};
      expect([field.name, field.msb, field.lsb, field.feature]).toEqual([field.name, msb, lsb, feature]);
    }
  });

  test('masks of the low word', () => {
    expect(PSTATE_NZCV_MASK).toBe(0xf000_0000);
    expect(PSTATE_DAIF_MASK).toBe((DAIF_BITS.D | DAIF_BITS.A | DAIF_BITS.I | DAIF_BITS.F) << 6);
  });
});

describe('modes', () => {
  test.each([
    [0b00000, 'EL0t', 0, 0],
    [0b00100, 'EL1t', 1, 0],
    [0b00101, 'EL1h', 1, 1],
    [0b01000, 'EL2t', 2, 0],
    [0b01001, 'EL2h', 2, 1],
    [0b01100, 'EL3t', 3, 0],
    [0b01101, 'EL3h', 3, 1],
    [0b10000, 'User', 0, null],
    [0b10011, 'Supervisor', 1, null],
    [0b10110, 'Monitor', 3, null],
    [0b11010, 'Hyp', 2, null],
    [0b11111, 'System', 1, null],
  ])('%i is %s', (M, name, el, sp) => {
    expect(modeOf(M)).toEqual({ name, M, el, sp });
  });

  test('the rest of the 32 values is reserved', () => {
    expect(MODE_ROWS).toHaveLength(16);
    expect([0b00001, 0b00010, 0b01010, 0b11000, 0b11100].map(modeOf)).toEqual([null, null, null, null, null]);
  });
});

describe('conditions', () => {
  // Pseudocode ConditionHolds: cond<3:1> chooses, cond<0> inverts unless cond is 1111.
  const holds = (code: number, nzcv: number): boolean => {
    const [n, z, c, v] = [8, 4, 2, 1].map((bit) => (nzcv & bit) !== 0);
    const base = [z, c, n, v, c === true && z === false, n === v, n === v && z === false, true][code >> 1] === true;
    return (code & 1) === 1 && code !== 15 ? !base : base;
  };

  test.each(CONDITIONS.map((one, code) => [one.name, code] as const))('%s', (_, code) => {
    const row = CONDITIONS[code];
    for (let nzcv = 0; nzcv < 16; nzcv++) expect([nzcv, (((row?.holds ?? 0) >> nzcv) & 1) === 1]).toEqual([nzcv, holds(code, nzcv)]);
  });

  test('names by code', () => {
    expect(CONDITIONS.map((one) => one.name).join(' ')).toBe('EQ NE CS CC MI PL VS VC HI LS GE LT GT LE AL NV');
  });
});

describe('MSR (immediate)', () => {
  // DDI 0487, "MSR (immediate)": op1, op2 of each field.
  test.each([
    ['UAO', 0b000, 0b011, 1],
    ['PAN', 0b000, 0b100, 1],
    ['SPSel', 0b000, 0b101, 1],
    ['SSBS', 0b011, 0b001, 0],
    ['DIT', 0b011, 0b010, 0],
    ['TCO', 0b011, 0b100, 0],
    ['DAIFSet', 0b011, 0b110, 0],
    ['DAIFClr', 0b011, 0b111, 0],
  ])('%s', (name, op1, op2, minEl) => {
    expect(pstateField(op1, op2, 0b0001)).toMatchObject({ name, minEl, status: 'implemented' });
  });

  test('CRm chooses among the fields of later extensions', () => {
    expect([0b0010, 0b0100, 0b0110, 0b0000].map((CRm) => pstateField(0b011, 0b011, CRm)?.name)).toEqual(['SVCRSM', 'SVCRZA', 'SVCRSMZA', undefined]);
    expect([0b0001, 0b0011, 0b0100].map((CRm) => pstateField(0b001, 0b000, CRm)?.name)).toEqual(['ALLINT', 'PM', undefined]);
  });

  test('everything else is unallocated', () => {
    let allocated = 0;
    for (let op1 = 0; op1 < 8; op1++) for (let op2 = 0; op2 < 8; op2++) for (let CRm = 0; CRm < 16; CRm++) if (pstateField(op1, op2, CRm) !== null) allocated++;
    // Eight fields take any CRm, ALLINT, PM and the three of SVCR two each.
    expect(allocated).toBe(8 * 16 + 5 * 2);
    expect(PSTATE_FIELDS).toHaveLength(13);
  });
});
