import { Decoder, FeatureSet, ROWS, type Feature } from '@worldswitch/cpu/arch';
import { describe, expect, test } from 'vitest';
import { tokenize } from '../asm/lexer.ts';
import { encodeInstruction, formatInstruction } from './instructions.ts';

const decoder = new Decoder(ROWS, FeatureSet.ALL);

function disassemble(word: number): string | null {
  const row = decoder.row(word);
  return row === null ? null : formatInstruction(row, word, { address: 0n, symbol: () => null });
}

/** The word in hexadecimal, or the message. */
function assemble(text: string): string {
  const encoded = encodeInstruction(tokenize(text), 0, 0n, { lookup: () => null });
  if ('word' in encoded) return encoded.word.toString(16).padStart(8, '0');
  return encoded.failure === null ? 'no such mnemonic' : encoded.failure.message;
}

/** Words with the text of GNU objdump 2.40, by the manual's headings; GNU as makes the same words of the texts. */
const CLASSES = {
  'Advanced SIMD scalar copy': `
    5e1d0556 mov b22, v10.b[14]
    5e1b040d mov b13, v0.b[13]
    5e1a0680 mov h0, v20.h[6]
  `,
  'Advanced SIMD scalar three same FP16': `
    5e401c25 fmulx h5, h1, h0
    5e412627 fcmeq h7, h17, h1
    5e463f45 frecps h5, h26, h6
    5ecd3ca2 frsqrts h2, h5, h13
    7e4f262e fcmge h14, h17, h15
    7e472f7b facge h27, h27, h7
    7ec316bf fabd h31, h21, h3
    7ed325d5 fcmgt h21, h14, h19
  `,
  'Advanced SIMD scalar two-register miscellaneous FP16': `
    5e79a821 fcvtns h1, h1
    5e79cb6a fcvtas h10, h27
    5ef8d9a2 fcmeq h2, h13, #0.0
    5ef9aa07 fcvtps h7, h16
    5ef9fa12 frecpx h18, h16
    7e79ba10 fcvtmu h16, h16
    7ef8c9cf fcmge h15, h14, #0.0
    7ef9a83f fcvtpu h31, h1
  `,
  'Advanced SIMD scalar three same extra': `
    7e518449 sqrdmlah h9, h2, h17
    7e448655 sqrdmlah h21, h18, h4
    7e858690 sqrdmlah s16, s20, s5
    7e978ead sqrdmlsh s13, s21, s23
    7e808fdc sqrdmlsh s28, s30, s0
    7e828c91 sqrdmlsh s17, s4, s2
  `,
  'Advanced SIMD scalar two-register miscellaneous': `
    5ea038e9 suqadd s9, s7
    5ee0a819 cmlt d25, d0, #0
    5e61b8dc fcvtms d28, d6
    5ee0e868 fcmlt d8, d3, #0.0
    5ee1fb00 frecpx d0, d24
    7ee098e7 cmle d7, d7, #0
    7e61abb9 fcvtnu d25, d29
    7ea0ca95 fcmge s21, s20, #0.0
  `,
  'Advanced SIMD scalar pairwise': `
    5ef1b9ac addp d12, v13.2d
    5e30cb60 fmaxnmp h0, v27.2h
    5e30d82d faddp h13, v1.2h
    5eb0c8d9 fminnmp h25, v6.2h
    5eb0f9b1 fminp h17, v13.2h
    7e70c9f8 fmaxnmp d24, v15.2d
    7e70fa94 fmaxp d20, v20.2d
    7eb0cb92 fminnmp s18, v28.2s
  `,
  'Advanced SIMD scalar three different': `
    5eae9107 sqdmlal d7, s8, s14
    5eab937e sqdmlal d30, s27, s11
    5e64918c sqdmlal s12, h12, h4
    5e77b026 sqdmlsl s6, h1, h23
    5e7db121 sqdmlsl s1, h9, h29
    5ea2b308 sqdmlsl d8, s24, s2
    5ea0d159 sqdmull d25, s10, s0
    5e7fd1ad sqdmull s13, h13, h31
    5e67d32b sqdmull s11, h25, h7
  `,
  'Advanced SIMD scalar three same': `
    5ef20d2a sqadd d10, d9, d18
    5ee83cb1 cmge d17, d5, d8
    5e665d3e sqrshl h30, h9, h6
    5e67de8e fmulx d14, d20, d7
    7efe0fa5 uqadd d5, d29, d30
    7eea4730 ushl d16, d25, d10
    7ef787f6 sub d22, d31, d23
    7e66ee82 facge d2, d20, d6
  `,
  'Advanced SIMD scalar shift by immediate': `
    5f5a0629 sshr d9, d17, #38
    5f793626 srsra d6, d17, #7
    5f0b96f8 sqshrn b24, h23, #5
    5f4efc52 fcvtzs d18, d2, #50
    7f5b26f0 urshr d16, d23, #37
    7f5c5422 sli d2, d1, #28
    7f168519 sqshrun h25, s8, #10
    7f0d9c23 uqrshrn b3, h1, #3
  `,
  'Advanced SIMD scalar x indexed element': `
    5fae3207 sqdmlal d7, s16, v14.s[1]
    5fbb7830 sqdmlsl d16, s1, v27.s[3]
    5f75c25d sqdmulh h29, h18, v5.h[3]
    5f301242 fmla h2, h18, v0.h[3]
    5f39911e fmul h30, h8, v9.h[3]
    5fd65933 fmls d19, d9, v22.d[1]
    7f67db6b sqrdmlah h11, h27, v7.h[6]
    7f01996e fmulx h14, h11, v1.h[4]
  `,
  'Advanced SIMD table lookup': `
    0e096198 tbl v24.8b, {v12.16b-v15.16b}, v9.8b
    0e0d41d5 tbl v21.8b, {v14.16b-v16.16b}, v13.8b
    0e11420e tbl v14.8b, {v16.16b-v18.16b}, v17.8b
    4e037306 tbx v6.16b, {v24.16b-v27.16b}, v3.16b
    0e051317 tbx v23.8b, {v24.16b}, v5.8b
    0e0813e4 tbx v4.8b, {v31.16b}, v8.8b
  `,
  'Advanced SIMD permute': `
    4e451b5e uzp1 v30.8h, v26.8h, v5.8h
    4e1d1ac6 uzp1 v6.16b, v22.16b, v29.16b
    0e972aaa trn1 v10.2s, v21.2s, v23.2s
    0e933a3b zip1 v27.2s, v17.2s, v19.2s
    0e4859e1 uzp2 v1.4h, v15.4h, v8.4h
    4e5059eb uzp2 v11.8h, v15.8h, v16.8h
    0e1d6ace trn2 v14.8b, v22.8b, v29.8b
    4ec97afc zip2 v28.2d, v23.2d, v9.2d
  `,
  'Advanced SIMD extract': `
    6e0578a3 ext v3.16b, v5.16b, v5.16b, #15
    6e1f63db ext v27.16b, v30.16b, v31.16b, #12
    6e164bc9 ext v9.16b, v30.16b, v22.16b, #9
  `,
  'Advanced SIMD copy': `
    4e19058e dup v14.16b, v12.b[12]
    4e1c06c4 dup v4.4s, v22.s[3]
    4e020c9a dup v26.8h, w4
    4e052d02 smov x2, v8.b[2]
    0e0b3fe1 umov w1, v31.b[5]
    0e143dd8 mov w24, v14.s[2]
    4e1f1fcf mov v15.b[15], w30
    6e092d3c mov v28.b[4], v9.b[5]
  `,
  'Advanced SIMD three same (FP16)': `
    0e4607db fmaxnm v27.4h, v30.4h, v6.4h
    4e4d1f25 fmulx v5.8h, v25.8h, v13.8h
    4e4f3db1 frecps v17.8h, v13.8h, v15.8h
    0ec4166d fsub v13.4h, v19.4h, v4.4h
    2e4e0789 fmaxnmp v9.4h, v28.4h, v14.4h
    6e5825e6 fcmge v6.8h, v15.8h, v24.8h
    6e5b3fe4 fdiv v4.8h, v31.8h, v27.8h
    6edd26f7 fcmgt v23.8h, v23.8h, v29.8h
  `,
  'Advanced SIMD two-register miscellaneous (FP16)': `
    4e798896 frintn v22.8h, v4.8h
    0e79b8eb fcvtms v11.4h, v7.4h
    0ef8dae3 fcmeq v3.4h, v23.4h, #0.0
    0ef98853 frintp v19.4h, v2.4h
    0ef9dba3 frecpe v3.4h, v29.4h
    2e79b86d fcvtmu v13.4h, v3.4h
    2ef8c88c fcmge v12.4h, v4.4h, #0.0
    2ef9aa3b fcvtpu v27.4h, v17.4h
  `,
  'Advanced SIMD three-register extension': `
    0e979659 sdot v25.2s, v18.8b, v23.8b
    4e9a9e07 usdot v7.4s, v16.16b, v26.16b
    6e488cda sqrdmlsh v26.8h, v6.8h, v8.8h
    6e9294c3 udot v3.4s, v6.16b, v18.16b
    2e45f686 fcadd v6.4h, v20.4h, v5.4h, #270
    6edafe4c bfmlalt v12.4s, v18.8h, v26.8h
    4e92a495 smmla v21.4s, v4.16b, v18.16b
    6e48edf5 bfmmla v21.4s, v15.8h, v8.8h
  `,
  'Advanced SIMD two-register miscellaneous': `
    4e60096e rev64 v14.8h, v11.8h
    0e204808 cls v8.8b, v0.8b
    4ee09a65 cmeq v5.2d, v19.2d, #0
    0e216899 fcvtn v25.4h, v4.4s
    4e61b992 fcvtms v18.2d, v12.2d
    4e21fb03 frint64z v3.4s, v24.4s
    0ea16a6c bfcvtn v12.4h, v19.4s
    4ea1c8b7 urecpe v23.4s, v5.4s
    6ea04b15 clz v21.4s, v24.4s
    6ee0b843 neg v3.2d, v2.2d
    2e616b3c fcvtxn v28.2s, v25.2d
    6e61c912 fcvtau v18.2d, v8.2d
    2e605934 rbit v20.8b, v9.8b
    6ee1aa0e fcvtpu v14.2d, v16.2d
  `,
  'Advanced SIMD across lanes': `
    4e303bce saddlv h14, v30.16b
    4eb0aa55 smaxv s21, v18.4s
    4e31baf4 addv b20, v23.16b
    0e30f958 fmaxv h24, v10.4h
    4eb0fa47 fminv h7, v18.8h
    6e70a807 umaxv h7, v0.8h
    6e30c849 fmaxnmv s9, v2.4s
    6eb0c845 fminnmv s5, v2.4s
  `,
  'Advanced SIMD three different': `
    0e640247 saddl v7.4s, v18.4h, v4.4h
    4e3a31a1 ssubw2 v1.8h, v13.8h, v26.16b
    0e2462a9 subhn v9.8b, v21.8h, v4.8h
    0eb1913d sqdmlal v29.2d, v9.2s, v17.2s
    4e6cd236 sqdmull2 v22.4s, v17.8h, v12.8h
    6e761053 uaddw2 v19.4s, v2.4s, v22.8h
    2e64411d raddhn v29.4h, v8.4s, v4.4s
    2eb272ee uabdl v14.2d, v23.2s, v18.2s
  `,
  'Advanced SIMD three same': `
    4e310729 shadd v9.16b, v25.16b, v17.16b
    0e783423 cmgt v3.4h, v1.4h, v24.4h
    0e6f5d6d sqrshl v13.4h, v11.4h, v15.4h
    0eb9879c add v28.2s, v28.2s, v25.2s
    0ea8ae59 sminp v25.2s, v18.2s, v8.2s
    4e33d4b8 fadd v24.4s, v5.4s, v19.4s
    0e391f6a and v10.8b, v27.8b, v25.8b
    4eb6d419 fsub v25.4s, v0.4s, v22.4s
    4eea1d63 orn v3.16b, v11.16b, v10.16b
    6ee22cf0 uqsub v16.2d, v7.2d, v2.2d
    2e6b574e urshl v14.4h, v26.4h, v11.4h
    2e687cb9 uaba v25.4h, v5.4h, v8.4h
    6e23a716 umaxp v22.16b, v24.16b, v3.16b
    6e63dcf6 fmul v22.2d, v7.2d, v3.2d
    2e3d1dc8 eor v8.8b, v14.8b, v29.8b
    6ee9e78e fcmgt v14.2d, v28.2d, v9.2d
  `,
  'Advanced SIMD modified immediate': `
    4f044552 movi v18.4s, #0x8a, lsl #16
    0f01a579 movi v25.4h, #0x2b, lsl #8
    4f05d442 movi v2.4s, #0xa2, msl #16
    0f00f45c fmov v28.2s, #2.250000000000000000e+00
    6f0067f5 mvni v21.4s, #0x1f, lsl #24
    2f00a676 mvni v22.4h, #0x13, lsl #8
    6f03c595 mvni v21.4s, #0x6c, msl #8
    6f06e401 movi v1.2d, #0xffff000000000000
  `,
  'Advanced SIMD shift by immediate': `
    0f0c05aa sshr v10.8b, v13.8b, #4
    4f123676 srsra v22.8h, v19.8h, #14
    4f338c4a rshrn2 v10.4s, v2.2d, #13
    4f25a59d sshll2 v29.2d, v12.4s, #5
    6f571756 usra v22.2d, v26.2d, #41
    2f1044c0 sri v0.4h, v6.4h, #16
    2f1184c4 sqshrun v4.4h, v6.4s, #15
    2f3b9c80 uqrshrn v0.2s, v4.2d, #5
  `,
  'Advanced SIMD vector x indexed element': `
    0f5f294c smlal v12.4s, v10.4h, v15.h[5]
    4fac8b17 mul v23.4s, v24.4s, v12.s[3]
    0f89d830 sqrdmulh v16.2s, v1.2s, v9.s[2]
    0f315897 fmls v23.4h, v4.4h, v1.h[7]
    4f839926 fmul v6.4s, v9.4s, v3.s[2]
    0fc1fb55 bfmlalb v21.4s, v26.8h, v1.h[4]
    2f47a940 umull v0.4s, v10.4h, v7.h[4]
    6f189bd7 fmulx v23.8h, v30.8h, v8.h[5]
  `,
};

describe.each(Object.entries(CLASSES))('%s', (_, lines) => {
  const entries = lines.trim().split('\n').map((line) => [line.trim().slice(0, 8), line.trim().slice(9)] as const);
  test.each(entries)('%s %s', (word, text) => {
    expect(disassemble(parseInt(word, 16))).toBe(text);
    expect(assemble(text)).toBe(word);
  });
});

describe('Aliases', () => {
  // The base instruction may be written too; the alias is what is printed.
  test.each([
    ['orr v3.16b, v4.16b, v4.16b', 'mov v3.16b, v4.16b'],
    ['not v0.8b, v1.8b', 'mvn v0.8b, v1.8b'],
    ['dup b0, v1.b[3]', 'mov b0, v1.b[3]'],
    ['umov w0, v1.s[2]', 'mov w0, v1.s[2]'],
    ['umov x0, v1.d[1]', 'mov x0, v1.d[1]'],
    ['umov w0, v1.h[2]', 'umov w0, v1.h[2]'],
    ['ins v0.s[1], w2', 'mov v0.s[1], w2'],
    ['ins v0.d[1], v2.d[0]', 'mov v0.d[1], v2.d[0]'],
    ['sshll v0.8h, v1.8b, #0', 'sxtl v0.8h, v1.8b'],
    ['sshll v0.8h, v1.8b, #1', 'sshll v0.8h, v1.8b, #1'],
    ['ushll2 v0.2d, v1.4s, #0', 'uxtl2 v0.2d, v1.4s'],
  ])('%s is %s', (written, printed) => {
    expect(disassemble(parseInt(assemble(written), 16))).toBe(printed);
  });
});

describe('Spellings that are not printed', () => {
  test.each([
    ['TBL V0.16B, {V1.16B-V4.16B}, V2.16B', '4e026020'],
    ['tbl v0.8b, { v30.16b , v31.16b, v0.16b }, v3.8b', '0e0343c0'],
    ['fcmeq v0.4s, v1.4s, 0', '4ea0d820'],
    ['fcmeq v0.4s, v1.4s, #0.0', '4ea0d820'],
    ['cmeq v0.4s, v1.4s, 0x0', '4ea09820'],
    ['fmov v0.4s, 1.5e0', '4f03f700'],
    ['fmov v0.2d, #-2', '6f04f400'],
    ['fmov v0.4s, #0x3f800000', '4f03f600'],
    ['fmov v0.8h, #1', '4f03fe00'],
    ['movi v0.4s, 1, msl 8', '4f00c420'],
    ['movi v0.4s, #1, lsl #0', '4f000420'],
    ['movi v0.16b, #1, lsl #0', '4f00e420'],
    ['movi v0.16b, #-1', '4f07e7e0'],
    ['movi v0.2d, #-1', '6f07e7e0'],
    ['fmla v0.4s, v1.4s, v2.4s[1]', '4fa21020'],
    ['mul v0.8h, v1.8h, v15.h[(1 << 2) | 3]', '4f7f8820'],
    ['ins v0.s[1], wzr', '4e0c1fe0'],
  ])('%s', (text, word) => {
    expect(assemble(text)).toBe(word);
  });
});

describe('Mistakes', () => {
  test.each([
    ['tbl v0.16b, {v1.16b, v3.16b}, v2.16b', 'the registers of a list have consecutive numbers'],
    ['tbl v0.16b, {v1.8b}, v2.16b', 'expected a list of one to four registers with the arrangement 16b'],
    ['shl v0.8b, v1.8b, #8', 'immediate out of range: 0 to 7'],
    ['sshr v0.4s, v1.4s, #33', 'immediate out of range: 1 to 32'],
    ['shl s0, s1, #1', 'expected a register of another size'],
    ['mul v0.4s, v1.4s, v2.s[4]', 'element index out of range: 0 to 3'],
    ['mul v0.8h, v1.8h, v16.h[0]', 'elements of this size are those of v0 to v15'],
    ['dup v0.4s, v1.h[0]', 'the element size must be s'],
    ['mov v0.s[1], x2', 'expected a register of 32 bits (w)'],
    ['mov w0, v1.b[1]', 'the element size must be s or d'],
    ['shll v0.4s, v1.4h, #8', 'the operand must be #16'],
    ['cmgt d0, d1, #1', 'the operand must be #0'],
    ['fcadd v0.4s, v1.4s, v2.4s, #180', 'the rotation is #90 or #270'],
    ['movi v0.4s, #256', 'immediate out of range: -128 to 255'],
    ['bic v0.8h, #1, lsl #16', 'immediate out of range: 0 to 8, a multiple of 8'],
    ['movi d0, #0xff01', 'each byte of the 64-bit immediate must be 0x00 or 0xff'],
    ['xtn2 v0.8b, v1.8h', 'expected another vector arrangement'],
    ['add v0.1d, v1.1d, v2.1d', 'no such encoding: these operands are reserved together'],
  ])('%s', (text, message) => {
    expect(assemble(text)).toBe(message);
  });
});

describe('Unallocated', () => {
  test.each([
    ['ADD of one doubleword', 0x0ee08400],
    ['ADDV of two words', 0x0eb1b800],
    ['FADD of one doubleword', 0x0e60d400],
    ['DUP from no element', 0x0e000400],
    ['UMOV of a word to a 64-bit register', 0x4e043c00],
    ['EXT beyond eight bytes', 0x2e004000],
    ['FMLA by doubleword with L', 0x4fe01000],
    ['FMLAL of doubles', 0x0e60ec00],
    ['PMULL of halfwords', 0x0e60e000],
    ['a shift with immh 0 and bit 10 clear', 0x0f000000],
  ])('%s', (_, word) => {
    expect(disassemble(word)).toBeNull();
  });

  // A word that the feature alone takes away, and one of the same row or class that stays.
  test.each<[Feature, number, number]>([
    ['FP16', 0x0e401400, 0x0e20d400],
    ['RDM', 0x2e808400, 0x2ea0b400],
    ['PMULL', 0x0ee0e000, 0x0e20e000],
    ['FCMA', 0x2e80c400, 0x0ea01c00],
    ['FHM', 0x0e20ec00, 0x0e20d400],
    ['DotProd', 0x0e809400, 0x0ea09400],
    ['FRINTTS', 0x0e21e800, 0x0e218800],
    ['BF16', 0x2e40fc00, 0x0e20d400],
    ['I8MM', 0x0e809c00, 0x0e809400],
  ])('%s off', (feature, taken, kept) => {
    const without = new Decoder(ROWS, FeatureSet.ALL.without(feature));
    expect(disassemble(taken)).not.toBeNull();
    expect(without.row(taken)).toBeNull();
    expect(without.row(kept)).not.toBeNull();
  });
});
