import { describe, expect, test } from 'vitest';
import { InvariantError } from '../invariant.ts';
import { layout, parseRange } from './bits.ts';

/** A small layout with one of everything: a field in each half, one across them, enumerated values, RES0, RES1, IMPDEF. */
const SAMPLE = layout('SAMPLE', 64, {
  fields: { High: '63:48', Across: '35:30', Mode: { bits: '7:4', values: { Off: 0, On: 1 } }, Bit31: 29, V: { bits: 0, feature: 'VHE', absent: 1 } },
  res0: '47:40 28:8',
  res1: '3',
  impdef: '39:36 2:1',
});

describe('bit accounting', () => {
  test('two fields that share a bit are refused, with the bit and both names', () => {
    expect(() => layout('L', 32, { fields: { A: '7:0', B: '15:7' }, res0: '31:16' })).toThrow(new InvariantError('L: bit 7 is claimed by A and by B'));
  });

  test('a field that shares a bit with RES0, RES1 or IMPDEF is refused', () => {
    expect(() => layout('L', 32, { fields: { A: '15:0' }, res0: '31:15' })).toThrow('L: bit 15 is claimed by A and by RES0');
    expect(() => layout('L', 32, { fields: { A: '15:0' }, res0: '31:16', res1: '3' })).toThrow('L: bit 3 is claimed by A and by RES1');
    expect(() => layout('L', 32, { fields: { A: '15:0' }, res0: '31:16', impdef: '0' })).toThrow('L: bit 0 is claimed by A and by IMPDEF');
  });

  test('a bit that nothing claims is refused', () => {
    expect(() => layout('L', 64, { fields: { A: '15:0' }, res0: '63:17' })).toThrow(new InvariantError('L: bit 16 is claimed by nothing'));
    expect(() => layout('L', 64, {})).toThrow('L: bit 0 is claimed by nothing');
  });

  test('a bit beyond the layout is refused', () => {
    expect(() => layout('L', 32, { fields: { A: '32:0' } })).toThrow('L: A claims bit 32, beyond the layout');
  });

  test('a gap and an overlap of the same size do not cancel out', () => {
    expect(() => layout('L', 8, { fields: { A: '3:0', B: '4:1' }, res0: '7:5' })).toThrow('claimed by A and by B');
  });

  test('a value named twice, or too wide for its field, is refused', () => {
    expect(() => layout('L', 32, { fields: { A: { bits: '1:0', values: { One: 1, Uno: 1 } } }, res0: '31:2' })).toThrow('L.A: value 1 is named twice (Uno)');
    expect(() => layout('L', 32, { fields: { A: { bits: '1:0', values: { Four: 4 } } }, res0: '31:2' })).toThrow('L.A: Four=4 does not fit in 2 bits');
    expect(() => layout('L', 32, { fields: { A: { bits: '1:0', values: { Minus: -1 } } }, res0: '31:2' })).toThrow('does not fit');
  });

  test('what is no range is refused', () => {
    for (const range of ['0:7', '7:', ':0', 'a:b', '', '1.5', '-1'] as const) expect(() => parseRange(range, 'L'), range).toThrow('is not a bit range');
    expect(() => parseRange(-1, 'L')).toThrow('L: -1 is not a bit range');
    expect(() => parseRange(1.5, 'L')).toThrow('is not a bit range');
    expect(parseRange('31:26', 'L')).toEqual([31, 26]);
    expect(parseRange('5', 'L')).toEqual([5, 5]);
    expect(parseRange(5, 'L')).toEqual([5, 5]);
  });

  test('a field cannot have the name of a member of layouts', () => {
    expect(() => layout('L', 32, { fields: { format: '31:0' } })).toThrow('L: a field cannot be called format');
  });
});

describe('a layout', () => {
  test('holds its fields from the top, and the masks of the other bits', () => {
    expect(SAMPLE.fields.map(({ name }) => name)).toEqual(['High', 'Across', 'Bit31', 'Mode', 'V']);
    expect(SAMPLE.res0).toBe(0x0000_ff00_1fff_ff00n);
    expect(SAMPLE.res1).toBe(0x8n);
    expect(SAMPLE.impdef).toBe(0x0000_00f0_0000_0006n);
  });

  test('makes a value from named fields, RES1 bits set', () => {
    expect(SAMPLE.of({ Mode: 1, High: 0xabcd })).toBe(0xabcd_0000_0000_0018n);
    expect(SAMPLE.of({})).toBe(8n);
    expect(() => SAMPLE.of({ Mode: 16 })).toThrow('SAMPLE.Mode: 16 does not fit in 4 bits');
  });

  test('prints the fields that are not zero, values by name, stray RES0 bits', () => {
    expect(SAMPLE.format(0xabcd_0008_0000_0010n)).toBe('High=0xabcd Across=32 Mode=On');
    expect(SAMPLE.format(0x0000_0100_0000_0000n)).toBe('RES0=0x10000000000');
    expect(SAMPLE.format(0n)).toBe('');
  });
});

describe('a field', () => {
  test('reads and writes its bits and no others', () => {
    const all = 0xffff_ffff_ffff_ffffn;
    expect(SAMPLE.Across.mask).toBe(0x0000_000f_c000_0000n);
    expect(SAMPLE.Across.get(0x0000_0005_4000_0000n)).toBe(0b010101n);
    expect(SAMPLE.Across.set(all, 0)).toBe(0xffff_fff0_3fff_ffffn);
    expect(SAMPLE.Across.set(0n, 0x3fn)).toBe(SAMPLE.Across.mask);
    expect(SAMPLE.High.is(all)).toBe(true);
    expect(SAMPLE.High.is(~SAMPLE.High.mask & all)).toBe(false);
    expect(() => SAMPLE.Mode.set(0n, -1)).toThrow('does not fit');
  });

  test('knows the 32-bit half that holds it, and reads from it without bigint', () => {
    expect([SAMPLE.High.word, SAMPLE.High.wordShift, SAMPLE.High.wordMask]).toEqual([1, 16, 0xffff_0000]);
    expect([SAMPLE.Mode.word, SAMPLE.Mode.wordShift, SAMPLE.Mode.wordMask]).toEqual([0, 4, 0xf0]);
    expect([SAMPLE.Across.word, SAMPLE.Across.wordShift, SAMPLE.Across.wordMask]).toEqual([-1, 0, 0]);
    expect(SAMPLE.High.inWord(0x8001_0000 | 0)).toBe(0x8001);
    const wide = layout('W', 128, { fields: { Low: '31:0', Top: '127:32' } });
    expect([wide.Low.word, wide.Low.wordMask, wide.Low.inWord(-1)]).toEqual([0, 0xffff_ffff, 0xffff_ffff]);
    expect(wide.Top.word).toBe(-1);
  });

  test('names its values both ways', () => {
    expect(SAMPLE.Mode.value('On')).toBe(1);
    expect(SAMPLE.Mode.valueName(0n)).toBe('Off');
    expect(SAMPLE.Mode.valueName(9)).toBeNull();
    expect(() => SAMPLE.Mode.value('Half')).toThrow('SAMPLE.Mode has no value named Half');
  });

  test('carries the feature that brings it and what its bits are without', () => {
    expect([SAMPLE.V.feature, SAMPLE.V.absent]).toEqual(['VHE', 1]);
    expect([SAMPLE.Mode.feature, SAMPLE.Mode.absent]).toEqual([null, 0]);
  });
});
