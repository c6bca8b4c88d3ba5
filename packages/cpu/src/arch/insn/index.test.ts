/** The table as a whole. That no word belongs to two rows is proved in `overlap.test.ts`. */
import { expect, test } from 'vitest';
import { FEATURE_NAMES, FeatureSet } from '../features.ts';
import { Decoder } from './decoder.ts';
import { ALIASES, ROWS, rowById } from './index.ts';
import { overlaps } from './overlap.ts';
import type { Row } from './row.ts';

const decoder = new Decoder(ROWS, FeatureSet.ALL);

/** Words that agree with `mask` and `value`, the other bits drawn by a fixed xorshift. */
function words(mask: number, value: number, count: number): number[] {
  let state = 0x2545f491;
  return Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state & ~mask) | (value & mask);
  });
}

const isExcluded = (row: Row, word: number): boolean => row.excluded.some(({ mask, value }) => (word & mask) === value);

test('every word of a row decodes to it, and an excluded one does not', () => {
  const wrong = ROWS.filter((row) => !row.fallback).flatMap((row) =>
    words(row.pattern.mask, row.pattern.value, 300)
      .filter((word) => (decoder.row(word) === row) === isExcluded(row, word))
      .map((word) => `${row.id} 0x${(word >>> 0).toString(16)}`),
  );
  expect(wrong).toEqual([]);
});

test('should-be bits decide nothing', () => {
  const rows = ROWS.filter((row) => row.pattern.shouldMask !== 0);
  expect(rows.length).toBeGreaterThan(0);
  const wrong = rows.filter((row) => words(row.pattern.mask, row.pattern.value, 300).some((word) => decoder.row(word) !== decoder.row((word & ~row.pattern.shouldMask) | row.pattern.shouldValue)));
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

test('the one fallback row is HINT, and only hints take words from it', () => {
  expect(ROWS.filter((row) => row.fallback).map(({ id }) => id)).toEqual(['HINT']);
  const hint = { ...rowById('HINT'), fallback: false };
  const over = overlaps([hint, ...ROWS.filter((row) => !row.fallback)]).map(({ rows }) => rows[1]);
  expect(over.map(({ id }) => id)).toEqual(ROWS.filter(({ group, index }) => group === hint.group && index < hint.index).map(({ id }) => id));
});

test('an alias leaves words of its row', () => {
  const empty = ALIASES.filter(({ base, fixed }) => {
    const { mask, value } = base.pattern;
    return !words(mask | fixed.mask, value | fixed.value, 2000).some((word) => decoder.row(word) === base);
  });
  expect(empty.map(({ id }) => id)).toEqual([]);
});

test('identifiers are unique among rows and aliases', () => {
  const ids = [...ROWS, ...ALIASES].map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test('without a feature exactly its rows are gone', () => {
  const all = FeatureSet.ALL;
  for (const feature of FEATURE_NAMES) {
    const without = new Decoder(ROWS, all.without(feature));
    const gone = ROWS.filter((row) => !row.fallback && words(row.pattern.mask, row.pattern.value, 20).some((word) => decoder.row(word) === row && without.row(word) !== row));
    expect(gone.filter((row) => row.feature !== feature && !row.featureWhen.some((when) => when.feature === feature)).map(({ id }) => id)).toEqual([]);
    expect(ROWS.filter((row) => row.feature === feature && !gone.includes(row) && !row.fallback).map(({ id }) => id)).toEqual([]);
  }
});

test('the decoder answers for the words at the edges', () => {
  for (const word of [0, -1, 1 << 31, 0x7fffffff, 0xffffffff, 2 ** 31]) expect(decoder.decode(word)).toBeGreaterThanOrEqual(-1);
});
