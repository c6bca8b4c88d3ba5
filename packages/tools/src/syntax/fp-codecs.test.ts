import { expect, test } from 'vitest';
import { tokenize } from '../asm/lexer.ts';
import { encodeInstruction } from './instructions.ts';

const encode = (text: string): ReturnType<typeof encodeInstruction> => encodeInstruction(tokenize(text), 0, 0n, { lookup: () => null });

// Spellings that the disassembler does not print; the words are GNU as 2.40's.
test.each([
  ['fmov s0, #1.0', 0x1e2e1000],
  ['fmov d0, 1.0', 0x1e6e1000],
  ['fmov h0, #-2.5', 0x1ef09000],
  ['fmov s0, #0x3f800000', 0x1e2e1000],
  ['fmov d0, #0x3ff0000000000000', 0x1e6e1000],
  ['fmov s0, #1', 0x1e2e1000],
  ['fmov s0, #1e0', 0x1e2e1000],
  ['fmov s0, #.5', 0x1e2c1000],
  ['fcmp s0, #0', 0x1e202008],
  ['fcmpe d1, 0.0', 0x1e602038],
  ['fcsel d0, d1, d2, hs', 0x1e622c20],
  ['fccmp s0, s1, 3, lo', 0x1e213403],
  ['ld1 {v0.16b, v1.16b, v2.16b}, [x0], #48', 0x4cdf6000],
  ['ld1 {V31.16B,V0.16B}, [SP]', 0x4c40a3ff],
  ['ld1r {v0.8h}, [x1], #2', 0x4ddfc420],
  ['ldr q0, [x0, x1, lsl #0]', 0x3ce16800],
  ['ldr b0, [x0, x1, lsl 0]', 0x3c617800],
  ['ldr q0, [x0, w1, uxtw #0]', 0x3ce14800],
  ['ldr q0, [x0, #0]', 0x3dc00000],
  ['ldr q0, [x0, #15]', 0x3cc0f000],
  ['ldr q0, [x0, #-16]', 0x3cdf0000],
  ['ldnp q0, q1, [x0, #0]', 0xac400400],
])('%s', (text, word) => {
  expect(encode(text)).toMatchObject({ word: word >>> 0 });
});

test.each([
  ['fmov s0, #0.0', 'not an 8-bit floating-point constant: plus or minus n / 16 * 2^r, n from 16 to 31, r from -3 to 4'],
  ['fcmp s0, #1.0', 'the constant must be 0.0'],
  ['fcvtzs w0, s1, #33', 'immediate out of range: 1 to 32'],
  ['ld1 {v31.16b-v1.16b}, [sp]', 'the registers of a list have consecutive numbers'],
  ['ld1 {v0.16b, v2.16b}, [sp]', 'the registers of a list have consecutive numbers'],
  ['ld1 {v0.16b, v1.8b}, [sp]', 'expected the same arrangement throughout the list'],
  ['ld2 {v0.b, v1.b}[16], [sp]', 'immediate out of range: 0 to 15'],
  ['ld4 {v0.2d-v3.2d}, [x0], #32', 'the increment must be #64, the size of the transfer, or a register'],
  ['ld2 {v0.1d, v1.1d}, [x0]', 'no such encoding: these operands are reserved together'],
  ['ldr q0, [x0, x1, lsl #3]', 'the shift is #0 or #4'],
  ['ldr q0, [x0, w1]', 'a 32-bit index needs uxtw or sxtw'],
  ['fmov x0, v1.d[0]', 'the index must be 1'],
])('%s is refused', (text, message) => {
  expect(encode(text)).toMatchObject({ failure: { message } });
});
