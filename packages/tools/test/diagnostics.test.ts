/** What the assembler says about mistakes: all of a file at once, with place, token, and what was expected. */
import { expect, test } from 'vitest';
import { assemble, formatDiagnostic } from '../src/index.ts';
import { errorsOf } from './helpers.ts';

test('every mistake of a file is reported, in order, with the token marked', () => {
  const result = assemble('_start: mvo x0, x1\n\tadd\tx0, x1, #5000\n nop\n mov x0, x32\n b _strat\n', { file: 'bad.s' });
  expect(result.ok ? '' : result.diagnostics.map(formatDiagnostic).join('\n')).toBe(
    [
      'bad.s:1:9: error: unknown instruction mvo; did you mean mov?',
      '  _start: mvo x0, x1',
      '          ^~~',
      'bad.s:2:14: error: immediate out of range: 0 to 4095, or such a number times 4096',
      '  \tadd\tx0, x1, #5000',
      '  \t   \t        ^',
      'bad.s:4:10: error: there is no register x32; did you mean x0 to x30?',
      '   mov x0, x32',
      '           ^~~',
      'bad.s:5:4: error: undefined symbol _strat; did you mean _start?',
      '   b _strat',
      '     ^~~~~~',
    ].join('\n'),
  );
});

test.each([
  ['an unknown directive', ' .balgin 4', '1:2: error: unknown directive .balgin; did you mean .balign?'],
  ['.include', ' .include "a.s"', '1:2: error: .include is not supported: put the files together before assembling them, as with cat'],
  ['a label twice', 'a: nop\na: nop', '2:1: error: a is defined already, in line 1'],
  ['a value that is a label already', 'a: nop\n .set a, 1', '2:7: error: a is defined already, in line 1'],
  ['.equiv of a defined symbol', ' .set a, 1\n .equiv a, 2', '2:9: error: a is defined already, in line 1'],
  ['a register as a symbol', ' .set x1, 3', '1:7: error: x1 is a register, and cannot be a symbol'],
  ['a symbol in terms of itself', ' .set a, b\n .set b, a', '1:10: error: the value depends on symbols that have none, or on itself'],
  ['a value that is too large', ' .byte 256', '1:8: error: value out of range: -128 to 255'],
  ['a late value that is too large', ' .byte . - 1', '1:8: error: value out of range: -128 to 255'],
  ['a value that must be known', ' .space start\nstart:', '1:9: error: undefined symbol start'],
  ['a size that depends on the layout', 'start: .space start', '1:15: error: the value must be known here, but it depends on where sections are placed'],
  ['division by zero', ' .word 1 / 0', '1:10: error: division by zero'],
  ['a string that is not closed', ' .ascii "abc', '1:9: error: the string is not closed'],
  ['a comment that is not closed', ' nop /* and then', '1:6: error: the comment is not closed: expected */'],
  ['a character that means nothing', ' nop\n ? nop', '2:2: error: expected a label, a directive or an instruction'],
  ['words after an instruction', ' nop nop', '1:6: error: expected the end of the instruction'],
  ['words after a directive', ' .byte 1 2', '1:10: error: expected the end of .byte'],
  ['.org that goes back', ' nop\n .org 0', '2:7: error: .org cannot go back: the section has 0x4 bytes, beyond 0x0'],
  ['an instruction at an odd place', ' .byte 1\n nop', '2:2: error: an instruction must begin at a multiple of 4: put .balign 4 before it'],
  ['data in .bss', ' .bss\n .byte 1', '2:8: error: .bss holds no data, only space: use .data'],
  ['an instruction in .bss', ' .bss\n nop', '2:2: error: .bss holds no instructions: use .text'],
  ['other flags for a section', ' .section .text,"aw"', '1:11: error: section .text was given other flags or another type before'],
  ['a literal of a store', ' str x0, =1', '1:10: error: a value with = is loaded by ldr into a w, x, s, d or q register, or by ldrsw into an x register'],
  ['an alignment that is no power of 2', ' .balign 3', '1:10: error: the alignment must be a power of 2'],
  ['an unknown processor', ' .cpu cortex-a27', '1:7: error: unknown processor cortex-a27; did you mean cortex-a57?'],
  ['a size of an undefined symbol', 'f: nop\n .size f, nosuch - f', '2:11: error: undefined symbol nosuch'],
])('%s', (_, source, expected) => {
  expect(errorsOf(source)[0]).toBe(expected);
});

test('a macro is refused once, not line by line', () => {
  expect(errorsOf(' .macro save reg\n stp \\reg, x1, [sp]\n .endm\n nop')).toEqual(['1:2: error: .macro is not supported: there are no macros: preprocess the file, as with m4 or the C preprocessor']);
});

test.each([
  ['a space larger than memory', ' .space 0x7fffffffffff', /would grow beyond the limit of 128 MiB/],
  ['spaces that together are too large', ' .space 100000000\n .space 100000000', /^2:9: .*128 MiB/],
  ['a fill of a billion', ' .fill 1000000000, 8, 1', /128 MiB/],
  ['parentheses without end', ` .word ${'('.repeat(100_000)}1`, /nested more than 250 deep/],
  ['signs without end', ` .word ${'-'.repeat(100_000)}1`, /nested more than 250 deep/],
  ['a number of a million digits', ` .quad ${'9'.repeat(1_000_000)}`, /1:8: error/],
  ['a name of a million characters', ` b ${'a'.repeat(1_000_000)}`, /undefined symbol/],
  ['two thousand sections', Array.from({ length: 2000 }, (_, index) => ` .section .s${String(index)},"a"`).join('\n'), /more than 1000 sections/],
  ['pushes without end', ' .pushsection .text\n'.repeat(2000), /nested more than 1000 deep/],
  ['names of JavaScript objects', ' .word constructor + __proto__', /undefined symbol constructor/],
  ['instructions called like methods', ' toString x0', /unknown instruction toString/],
])('hostile: %s', (_, source, expected) => {
  expect(errorsOf(source)[0]).toMatch(expected);
});

test('hostile: products of many factors stay small numbers', () => {
  expect(errorsOf(` .word ${'0xffffffffffffffff * '.repeat(20_000)}1`)).toEqual([]);
});

test('a hundred thousand mistakes: the first thousand, and how many more', () => {
  const errors = errorsOf(' nonsense x0\n'.repeat(100_000));
  expect([errors.length, errors[1000]]).toEqual([1001, '1000:2: error: 99000 more like these are not shown']);
});

test('a very long line is shown around the token', () => {
  const result = assemble(` .byte ${'1, '.repeat(100_000)}256`, { file: 't.s' });
  const text = result.ok ? '' : formatDiagnostic(result.diagnostics[0]!);
  expect(text.length).toBeLessThan(500);
  expect(text).toContain('256\n');
});
