/** The disassembler's interface: addresses, symbols, feature sets, unallocated words. */
import { expect, test } from 'vitest';
import { FeatureSet } from '@worldswitch/cpu/arch';
import { disassemble, Disassembler, disassembleWord, SymbolIndex } from '../src/index.ts';
import { program } from './helpers.ts';

test.each([
  [0xd503201f, 'nop'],
  [0x91004020, 'add x0, x1, #0x10'],
  [0x910003e0, 'mov x0, sp'],
  [0xd65f03c0, 'ret'],
  [0xa9bf7bfd, 'stp x29, x30, [sp, #-16]!'],
  [0xffffffff, 'udf-or-unallocated'],
])('0x%s', (word, text) => {
  expect(disassembleWord(word).text).toBe(text);
});

test('targets are addresses, or symbols where these are known', () => {
  const bytes = Uint8Array.of(0x02, 0, 0, 0x14, 0xff, 0xff, 0xff, 0x17);
  const address = 0x1000n;
  expect(disassemble(bytes, { address }).map(({ text }) => text)).toEqual(['b 0x1008', 'b 0x1000']);
  expect(disassemble(bytes, { address, symbols: [{ name: 'here', address: 0x1000n }] }).map(({ text }) => text)).toEqual(['b here+0x8', 'b here']);
});

test('a symbol names only what lies in its own section', () => {
  const symbols = SymbolIndex.of(program('f: nop\n nop\n .data\nd: .word 1'));
  expect([symbols.describe(0x40080004n), symbols.describe(0x40080008n), symbols.describe(0x40081000n), symbols.at(0x40080004n)]).toEqual(['f+0x4', null, 'd', null]);
});

test('the symbols of one section, where sections overlap', () => {
  const image = program('f: nop\n .data\nd: .word 1');
  expect([SymbolIndex.of(image, 0).at(0x40081000n), SymbolIndex.of(image, 1).at(0x40081000n)]).toEqual([null, 'd']);
});

test('of symbols at one address, a global function is preferred', () => {
  const symbols = SymbolIndex.of(program('a: b: .global c\n .type c, %function\nc: nop'));
  expect(symbols.at(0x40080000n)).toBe('c');
});

test('without its feature a word is unallocated', () => {
  const word = 0xf8200041;
  expect([new Disassembler({ features: FeatureSet.upTo('v8.1', 'all') }).text(word, 0n), new Disassembler({ features: FeatureSet.upTo('v8.0', 'all') }).text(word, 0n)]).toEqual(['ldadd x0, x1, [x2]', 'udf-or-unallocated']);
});

test('up to three bytes at the end are no word', () => {
  expect(disassemble(Uint8Array.of(0x1f, 0x20, 0x03, 0xd5, 1, 2, 3)).length).toBe(1);
});
