import { expect, test } from 'vitest';
import { Decoder, FeatureSet, ROWS } from '@worldswitch/cpu/arch';
import { encodeInstruction, formatInstruction } from './syntax/instructions.ts';
import { tokenize } from './asm/lexer.ts';
const decoder = new Decoder(ROWS, FeatureSet.ALL);
const context = { address: 0n, symbol: () => null };
test.each([
  ['add x0, x1, #0x10', 0x91004020],
  ['mov x0, sp', 0x910003e0],
  ['cmp w1, #0x1, lsl #12', 0x7140043f],
])('%s', (text, word) => {
  const row = decoder.row(word)!;
  expect(formatInstruction(row, word, context)).toBe(text);
  expect(encodeInstruction(tokenize(text), 0, 0n, { lookup: () => null })).toMatchObject({ word });
});
