import { expect, test } from 'vitest';
import { Decoder } from './decoder.ts';
import { FeatureSet } from '../features.ts';
import { ROWS } from './index.ts';
import { overlaps, wordCounts } from './overlap.ts';
import { buildRow, row, type Row } from './row.ts';

const build = (...specs: ReturnType<typeof row>[]): Row[] => specs.map((spec, index) => buildRow(index, `ROW${String(index)}`, 'test', false, spec, () => true));

test('no word belongs to two rows of the table', () => {
  expect(overlaps(ROWS).map(({ rows: [a, b], word }) => `${a.id} ${b.id} 0x${word.toString(16)}`)).toEqual([]);
});

test('two rows that match one word are found, with the word', () => {
  const rows = build(row('0 0000000 a:8 size:2 00000000000000', 'a'), row('0 0000000 00000000 1 b:15', 'b', { not: 'b=1xxxxxxxxxxxxxx' }));
  expect(overlaps(rows)).toEqual([{ rows: [rows[0], rows[1]], word: 0x8000 }]);
});

test('exclusions that cover the common words part two rows', () => {
  const rows = build(row('0 0000000 a:8 size:2 00000000000000', 'a', { not: 'size=11 a=00000000 | size=10' }), row('0 0000000 00000000 1 b:15', 'b'));
  expect(overlaps(rows)).toEqual([]);
});

test('a fallback row may be overlapped by others, not by a fallback row', () => {
  const narrow = row('11111111 a:24', 'a');
  const wide = row('1111 b:28', 'b', { fallback: true });
  expect(overlaps(build(narrow, wide))).toEqual([]);
  expect(overlaps(build(narrow, wide, wide))).toHaveLength(1);
});

test('the decoder finds as many words in a small space as the cubes say', () => {
  const rows = build(row('111111110000 a:4 b:8 00000000', 'a', { not: 'a=1xx1 b=xxxx0000 | a=0000' }), row('1111 c:28', 'c', { fallback: true, not: 'c=xxxx1xxxxxxxxxxxxxxxxxxxxxxx' }));
  const decoder = new Decoder(rows, FeatureSet.ALL);
  let count = 0;
  for (let word = 0xff000000; word <= 0xff0fffff; word += 256) count += decoder.decode(word) === 0 ? 1 : 0;
  expect(wordCounts(rows)[0]).toBe(count);
  expect(wordCounts(rows)).toEqual([3776, 2 ** 27 - 3776]);
});
