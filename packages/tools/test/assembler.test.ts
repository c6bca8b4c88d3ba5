/** What the assembler makes of GNU syntax. The expected bytes are those of GNU as 2.40 and ld, as literals. */
import { expect, test } from 'vitest';
import { FeatureSet } from '@worldswitch/cpu/arch';
import { assemble, formatListing } from '../src/index.ts';
import { bytesOf, errorsOf, flat, hex, program } from './helpers.ts';

test.each([
  ['statements separated by ;', ' nop; ret // two statements', '1f2003d5c0035fd6'],
  ['a comment over lines', ' mov x0, #1 /* a comment\n that spans lines */ ; ret', '200080d2c0035fd6'],
  ['a # line is a comment', '# 1 "file.c"\n\t# "not closed\n ret', 'c0035fd6'],
  ['carriage returns', ' nop\r\n ret\r\n', '1f2003d5c0035fd6'],
  ['local labels: the nearest before and after', '1: b 1b\n b 1f\n1: b 1b', '000000140100001400000014'],
  ['a forward reference', ' b later\n nop\nlater: ret', '020000141f2003d5c0035fd6'],
  ['.equ, .set, =', ' .equ size, 0x10\n .set twice, size * 2\n count = twice + 1\n .byte size, twice, count', '102021'],
  ['.set again: each use has the value before it', ' .set n, 1\n .byte n\n .set n, 2\n .byte n', '0102'],
  ['a difference of labels', ' .word end - start\nstart: .space 6\nend:', '06000000000000000000'],
  ['a literal pool: by size, each value once', ' ldr x0, =0x12345678\n ldr w1, =0x12345678\n ldr x2, =0x12345678\n ldr x3, =here\nhere: ret', 'c00000588100001882000058a3000058c0035fd67856341278563412000000001000084000000000'],
  ['.ltorg empties the pool', ' ldr x0, =1\n .ltorg\n ldr x1, =1', '4000005800000000010000000000000041000058000000000100000000000000'],
  ['literals of ldrsw, d and q registers', ' ldrsw x0, =-5\n ldr d1, =0x3ff0000000000000\n ldr q2, =7', '600000986100005cc200009cfbffffff000000000000f03f000000000000000007000000000000000000000000000000'],
  ['.align in code: NOPs', ' ret\n .align 3\n ret', 'c0035fd61f2003d5c0035fd6'],
  ['.p2align after a byte', ' .byte 1\n .p2align 2\n ret', '01000000c0035fd6'],
  ['.p2align with a maximum, .balign with a fill', ' ret\n .p2align 4,,7\n ret\n .balign 8, 0xff', 'c0035fd6c0035fd6'],
  [
    'integers of every size',
    " .byte 1, -1, 255, 'a', '\\n'\n .hword 0x1234\n .2byte 1\n .word -1\n .long 2\n .quad -2\n .xword 3\n .8byte 4",
    '01ffff610a34120100ffffffff02000000feffffffffffffff03000000000000000400000000000000',
  ],
  ['strings', ' .ascii "ab\\n", "c"\n .asciz "d" "e"\n .string "\\x41\\101\\\\\\""', '61620a6364650041415c2200'],
  ['.fill, .space, .zero, .skip', ' .fill 2, 3, 0x010203\n .fill 2\n .fill 1, 8, -1\n .space 2, 0xee\n .zero 1\n .skip 1', '0302010302010000ffffffff00000000eeee0000'],
  ['floats', ' .float 1.5, -2\n .double 1e3', '0000c03f000000c00000000000408f40'],
  ['.org and . =', ' .org 8\n ret\n . = 0x10\n ret', '0000000000000000c0035fd600000000c0035fd6'],
  ['.inst', ' .inst 0xd503201f, 0xd65f03c0', '1f2003d5c0035fd6'],
  ['precedence as in GNU', ' .word 2 + 3 * 4 - 6 / 2, 1 << 4 | 1, ~0, (1 + 2) * 3, -7 % 4, 1 == 1, 3 < 2', '0b00000011000000ffffffff09000000fdffffffffffffff00000000'],
  ['adrp with :lo12:, adr', ' adrp x0, value\n add x0, x0, :lo12:value\n adr x1, value\nvalue: .quad value', '0000009000300091210000100c00084000000000'],
  ['the location counter', ' cbz x0, . + 8\n tbnz w1, #3, .\n b.ne . - 4', '400000b401001837e1ffff54'],
  ['directives for debuggers and unwinders', ' .file "a.c"\n .cfi_startproc\n .loc 1 2 3\n ret\n .cfi_endproc\n .ident "x"', 'c0035fd6'],
  ['nothing after .end', ' ret\n .end\n nonsense', 'c0035fd6'],
  ['a vector table slot: space up to an offset from a label', 'vec: b vec\n .space 0x10 - (. - vec)\n b vec', '00000014000000000000000000000000fcffff17'],
])('%s', (_, source, expected) => {
  expect(bytesOf(source)).toBe(expected);
});

test('sections: code, constants, data and space, each kind from a new page', () => {
  const { sections } = program(' .bss\nspace: .space 8\n .data\n .byte 1\n .section .rodata\n .byte 2\n .section .note.x,"",%note\n .byte 3\n .text\n ret');
  expect(sections.map(({ name, address, size }) => [name, address, size])).toEqual([
    ['.text', 0x40080000n, 4],
    ['.rodata', 0x40081000n, 1],
    ['.data', 0x40082000n, 1],
    ['.bss', 0x40082001n, 8],
    ['.note.x', 0n, 1],
  ]);
});

test('.pushsection, .popsection and .previous return', () => {
  const { sections } = program(' .data\n .byte 1\n .pushsection .text\n ret\n .popsection\n .byte 2\n .text\n .previous\n .byte 3');
  expect(sections.map(({ bytes }) => hex(bytes))).toEqual(['c0035fd6', '010203']);
});

test('a flat binary begins with the first byte that is loaded, and gaps are zero', () => {
  const bytes = flat(' ret\n .data\n .byte 0xaa\n .bss\n .space 100');
  expect([bytes.length, hex(bytes.subarray(0, 5)), bytes[0x1000]]).toEqual([0x1001, 'c0035fd600', 0xaa]);
});

test('mnemonics, registers and directives are read in any case', () => {
  expect(bytesOf(' ADD X0, X1, #1\n .ALIGN 2\n MRS X0, SCTLR_EL1\n')).toBe('20040091001038d5');
});

test('symbols have binding, type, size and value; .L labels stay inside', () => {
  const { symbols } = program(' .global f\n .type f, %function\nf: ret\n .size f, . - f\n.Lhidden: ret\n .weak w\nw: ret\n .set k, 42');
  expect(symbols.filter(({ name }) => !name.startsWith('$'))).toEqual([
    { name: 'f', value: 0x40080000n, size: 4n, binding: 'global', type: 'function', section: 0 },
    { name: 'w', value: 0x40080008n, size: 0n, binding: 'weak', type: 'notype', section: 0 },
    { name: 'k', value: 42n, size: 0n, binding: 'local', type: 'notype', section: null },
  ]);
});

test('the entry is _start, the symbol that is named, or the first instruction', () => {
  const source = ' nop\n_start: nop\nother: nop';
  expect([program(source).entry, program(source, { entry: 'other' }).entry, program(' nop', { base: 0x1000n }).entry]).toEqual([0x40080004n, 0x40080008n, 0x1000n]);
  expect(errorsOf(source, { entry: 'othre' })).toEqual(['1:1: error: no symbol othre to start at; did you mean other?']);
});

test('a weak symbol without a definition is 0', () => {
  expect(bytesOf(' .weak nothing\n .quad nothing')).toBe('0000000000000000');
});

test('a register is never a symbol in an operand', () => {
  expect(bytesOf('d1: fmov d0, d1\n b d1')).toBe('2040601effffff17');
});

test('symbols by other symbols, defined in any order', () => {
  expect(bytesOf(' .quad a\n .set a, b + 1\n .set b, c - start\nstart: nop\nc:')).toBe('05000000000000001f2003d5');
});

test('a chain of doubled symbols is computed once each', () => {
  const chain = Array.from({ length: 150 }, (_, index) => ` .set a${String(index)}, a${String(index + 1)} + a${String(index + 1)} - a${String(index + 1)}`);
  expect(bytesOf([...chain, ' .quad a0', 'l: .set a150, l'].join('\n'))).toBe('0800084000000000');
});

test('.arch, .cpu and .arch_extension choose the features', () => {
  const source = ' .arch armv8-a\n ldadd x0, x1, [x2]\n .arch_extension lse\n ldadd x0, x1, [x2]\n .cpu cortex-a72+nocrc\n crc32b w0, w0, w0\n .arch armv8.2-a\n fadd v0.8h, v0.8h, v0.8h';
  expect(errorsOf(source)).toEqual([
    '2:2: error: ldadd needs FEAT_LSE, which is off here; .arch_extension lse turns it on',
    '6:2: error: crc32b needs FEAT_CRC32, which is off here; .arch_extension crc turns it on',
    '8:2: error: fadd needs FEAT_FP16, which is off here; .arch_extension fp16 turns it on',
  ]);
});

test('features of the options hold from the start', () => {
  const features = FeatureSet.upTo('v8.0', 'all');
  expect(errorsOf(' ldadd x0, x1, [x2]\n nop', { features })).toEqual(['1:2: error: ldadd needs FEAT_LSE, which is off here; .arch_extension lse turns it on']);
});

test('an instruction that waits for addresses keeps the features of its place', () => {
  expect(errorsOf(' .arch armv8-a\n ldadd x0, x1, [x2]\n ldapr x0, [x1]\n .arch armv8.5-a\n ldapr x0, [x1]').length).toBe(2);
});

test('a literal that is out of reach', () => {
  expect(errorsOf(' ldr x0, =0x12345678\n .space 0x200000')).toEqual(['1:10: error: the literal pool is too far away: put .ltorg nearer']);
});

test('the listing: address, bytes, source', () => {
  expect(formatListing(program('// start\n_start: mov x0, #1 // one\n .byte 1, 2, 3, 4, 5, 6, 7, 8, 9\n'))).toBe(
    [
      '                            // start',
      '40080000  d2800020          _start: mov x0, #1 // one',
      '40080004  0102030405060708   .byte 1, 2, 3, 4, 5, 6, 7, 8, 9',
      '4008000c  09',
      '',
    ].join('\n'),
  );
});

test('the result of one source does not depend on the one before', () => {
  assemble(' .set x9y, 1\n .section .other,"a"');
  expect(errorsOf(' .word x9y')).toEqual(['1:8: error: undefined symbol x9y']);
});
