/**
 * The integer, branch, system and load/store rows against GNU binutils 2.40: words with the text of objdump, and sources
 * with the words of as. Addresses: the instruction is at 0x10000, foo is 0x12345678, bar 0x14000, abs1 0x1000, sym0 0.
 */
import { expect, test } from 'vitest';
import { Decoder, FeatureSet, ROWS, type Row } from '@worldswitch/cpu/arch';
import { tokenize } from '../asm/lexer.ts';
import { encodeInstruction, formatInstruction, formsOf } from './instructions.ts';

const ADDRESS = 0x10000n;
const SYMBOLS: Readonly<Record<string, bigint>> = { foo: 0x12345678n, bar: 0x14000n, abs1: 0x1000n, sym0: 0n };
const GROUPS = new Set(['Reserved', 'Data processing, immediate', 'Branches', 'Exception generation', 'System instructions', 'Data processing, register', 'Loads and stores']);

const decoder = new Decoder(ROWS, FeatureSet.upTo('v8.5', 'all'));

const rowOf = (word: number): Row | null => decoder.row(word);

function disassemble(word: number): string {
  const row = rowOf(word);
  return row === null ? 'unallocated' : formatInstruction(row, word, { address: ADDRESS, symbol: () => null });
}

/** The word in hexadecimal, or the column and the message. */
function assemble(source: string): string {
  const encoded = encodeInstruction(tokenize(source), 0, ADDRESS, { lookup: (name) => SYMBOLS[name] ?? null });
  if ('word' in encoded) return (encoded.word >>> 0).toString(16).padStart(8, '0');
  return encoded.failure === null ? 'no such mnemonic' : `${String(encoded.failure.token.column + 1)}: ${encoded.failure.message}`;
}

const linesOf = (table: string): string[] => table.trim().split('\n').map((line) => line.trim());
const wordAndText = (line: string): [word: string, text: string] => [line.slice(0, 8), line.slice(9)];

/** One word for each row and for each alias that a disassembler prefers, with the text of objdump. */
const EXAMPLES = linesOf(`
  00000000 udf #0
  5000001f adr xzr, 0x10002
  f0b4dd45 adrp x5, 0xffffffff69bbb000
  91000000 add x0, x0, #0x0
  9100027f mov sp, x19
  b1215912 adds x18, x8, #0x856
  314f253f cmn w9, #0x3c9, lsl #12
  516687f6 sub w22, wsp, #0x9a1, lsl #12
  f142bce0 subs x0, x7, #0xaf, lsl #12
  7115c6ff cmp w23, #0x571
  91b9195f addg sp, x10, #0x390, #0x6
  d1ac0054 subg x20, x2, #0x2c0, #0x0
  121b4932 and w18, w9, #0xffffe0
  321b49a3 orr w3, w13, #0xffffe0
  b21177fe mov x30, #0xffff9fffffff9fff
  d26203e0 eor x0, xzr, #0x40000000
  f26b35b4 ands x20, x13, #0x7ffe00000
  721e03df tst w30, #0x4
  92e0001f movn xzr, #0x0, lsl #48
  9286051f mov xzr, #0xffffffffffffcfd7
  d2e00006 movz x6, #0x0, lsl #48
  5280001f mov wzr, #0x0
  f2fa446f movk x15, #0xd223, lsl #48
  13001bff sbfx wzr, wzr, #0, #7
  936003b2 sbfiz x18, x29, #32, #1
  93407e8e sxtw x14, w20
  93403c00 sxth x0, w0
  93401d60 sxtb x0, w11
  937dfd7f asr xzr, x11, #61
  b3404684 bfxil x4, x20, #0, #18
  b379c67f bfi xzr, x19, #7, #50
  b37ca7f4 bfc x20, #4, #42
  53004c20 ubfx w0, w1, #0, #20
  d34e0183 ubfiz x3, x12, #50, #1
  53003c55 uxth w21, w2
  53001efa uxtb w26, w23
  530103fe lsl w30, wzr, #31
  53007e0a lsr w10, w16, #0
  139f2c9f extr wzr, w4, wzr, #11
  93d4ba91 ror x17, x20, #46
  549f7d8d b.le 0xfffffffffff4efb0
  d61f0000 br x0
  d61f081f braaz x0
  d61f0e5f brabz x18
  d63f00c0 blr x6
  d63f0bff blraaz xzr
  d63f0f7f blrabz x27
  d65f0000 ret x0
  d65f0bff retaa
  d65f0fff retab
  d69f03e0 eret
  d69f0bff eretaa
  d69f0fff eretab
  d6bf03e0 drps
  d71f0b80 braa x28, x0
  d71f0e60 brab x19, x0
  d73f092c blraa x9, x12
  d73f0c0d blrab x0, x13
  15d40553 b 0x751154c
  94af31b6 bl 0x2bdc6d8
  b424cfff cbz xzr, 0x599fc
  b59b435d cbnz x29, 0xfffffffffff46868
  b6500015 tbz x21, #42, 0x10000
  3750e099 tbnz w25, #10, 0x11c10
  d41e63a1 svc #0xf31d
  d400e1c2 hvc #0x70e
  d41c26c3 smc #0xe136
  d4315920 brk #0x8ac9
  d442ad60 hlt #0x156b
  d4a3eb41 dcps1 #0x1f5a
  d4a7aa22 dcps2 #0x3d51
  d4b80543 dcps3 #0xc02a
  d503201f nop
  d503203f yield
  d503205f wfe
  d503207f wfi
  d503209f sev
  d50320bf sevl
  d50320ff xpaclri
  d503211f pacia1716
  d503215f pacib1716
  d503219f autia1716
  d50321df autib1716
  d503221f esb
  d503223f psb csync
  d503225f tsb csync
  d503229f csdb
  d503231f paciaz
  d503233f paciasp
  d503235f pacibz
  d503237f pacibsp
  d503239f autiaz
  d50323bf autiasp
  d50323df autibz
  d50323ff autibsp
  d50324df bti jc
  d5032fff hint #0x7f
  d5033b5f clrex #0xb
  d5033a9f dsb ishst
  d503349f pssbb
  d503309f ssbb
  d50336bf dmb nshst
  d50331df isb #0x1
  d50330ff sb
  d500401f cfinv
  d500403f xaflag
  d500405f axflag
  d500407f msr uao, #0x0
  d500409f msr pan, #0x0
  d50040bf msr spsel, #0x0
  d503403f msr ssbs, #0x0
  d503405f msr dit, #0x0
  d503409f msr tco, #0x0
  d50349df msr daifset, #0x9
  d50340ff msr daifclr, #0x0
  d50f050e sys #7, c0, c5, #0, x14
  d50b73e1 cpp rctx, x1
  d50b73a4 dvp rctx, x4
  d50b7383 cfp rctx, x3
  d50e81a5 tlbi vale3os, x5
  d508711f ic ialluis
  d508767f dc igvac, xzr
  d508780a at s1e1r, x10
  d52b0f20 sysl x0, #3, c0, c15, #1
  d518f378 msr s3_0_c15_c3_3, x24
  d537fff9 mrs x25, s2_7_c15_c15_7
  1adf0adf udiv wzr, w22, wzr
  9acb0c1a sdiv x26, x0, x11
  9ac023b8 lsl x24, x29, x0
  9acd279b lsr x27, x28, x13
  1ac92bb9 asr w25, w29, w9
  9ade2fef ror x15, xzr, x30
  9ad14fee crc32x w14, wzr, x17
  1acb547f crc32ch wzr, w3, w11
  9ac4000b subp x11, x0, x4
  9ac01076 irg x22, x3, x0
  9adf14a0 gmi x0, x5, xzr
  9ac0311f pacga xzr, x8, x0
  bac2018f subps x15, x12, x2
  badf033f cmpp x25, sp
  dac003e0 rbit x0, xzr
  5ac007ea rev16 w10, wzr
  5ac00abb rev w27, w21
  dac00b33 rev32 x19, x25
  dac00d0b rev x11, x8
  dac01030 clz x16, x1
  dac0162f cls x15, x17
  dac103fd pacia x29, sp
  dac107cd pacib x13, x30
  dac10b9a pacda x26, x28
  dac10d95 pacdb x21, x12
  dac11001 autia x1, x0
  dac1175f autib xzr, x26
  dac11b1f autda xzr, x24
  dac11ff0 autdb x16, sp
  dac123e0 paciza x0
  dac127fa pacizb x26
  dac12bff pacdza xzr
  dac12fff pacdzb xzr
  dac133f3 autiza x19
  dac137f2 autizb x18
  dac13be3 autdza x3
  dac13fe4 autdzb x4
  dac143e0 xpaci x0
  dac147eb xpacd x11
  0ac02157 and w23, w10, w0, ror #8
  0a202403 bic w3, w0, w0, lsl #9
  aadc93e0 orr x0, xzr, x28, ror #36
  aa0203e0 mov x0, x2
  2a2a03c8 orn w8, w30, w10
  aaf903e6 mvn x6, x25, ror #0
  4adf023f eor wzr, w17, wzr, ror #0
  4a2043fd eon w29, wzr, w0, lsl #16
  ea480066 ands x6, x3, x8, lsr #0
  6adf011f tst w8, wzr, ror #0
  6af1341f bics wzr, w0, w17, ror #13
  0b1f2102 add w2, w8, wzr, lsl #8
  ab9e000c adds x12, x0, x30, asr #0
  ab1e00df cmn x6, x30
  4b9f7741 sub w1, w26, wzr, asr #29
  cb9f9bf3 neg x19, xzr, asr #38
  eb938220 subs x0, x17, x19, asr #32
  6b0067e0 negs w0, w0, lsl #25
  6b02313f cmp w9, w2, lsl #12
  0b36c3f7 add w23, wsp, w22, sxtw
  2b39e0e8 adds w8, w7, w25, sxtx
  2b3e801f cmn w0, w30, sxtb
  cb3f42dc sub x28, x22, wzr, uxtw
  6b3f8c26 subs w6, w1, wzr, sxtb #3
  6b26081f cmp w0, w6, uxtb #2
  1a0f03c0 adc w0, w30, w15
  ba0000fe adcs x30, x7, x0
  da000000 sbc x0, x0, x0
  5a1a03ef ngc w15, w26
  fa000000 sbcs x0, x0, x0
  fa1903ff ngcs xzr, x25
  ba130400 rmif x0, #38, #0
  3a00080d setf8 w0
  3a00480d setf16 w0
  ba400000 ccmn x0, x0, #0x0, eq
  7a53f0eb ccmp w7, w19, #0xb, nv
  ba405b45 ccmn x26, #0x0, #0x5, pl
  fa561bef ccmp xzr, #0x16, #0xf, ne
  1a9513d9 csel w25, w30, w21, ne
  1a90b420 csinc w0, w1, w16, lt
  9a80a40c cinc x12, x0, lt
  9a9f07e0 cset x0, ne
  da8ec300 csinv x0, x24, x14, gt
  da930262 cinv x2, x19, ne
  da9f53fe csetm x30, mi
  da95e637 csneg x23, x17, x21, al
  da80641f cneg xzr, x0, vc
  1b0c03e0 madd w0, wzr, w12, w0
  1b0d7fae mul w14, w29, w13
  1b1bc1a0 msub w0, w13, w27, w16
  1b09fc1f mneg wzr, w0, w9
  9b2c381f smaddl xzr, w0, w12, x14
  9b387ff5 smull x21, wzr, w24
  9b3f9598 smsubl x24, w12, wzr, x5
  9b3fffe9 smnegl x9, wzr, wzr
  9b5f7d72 smulh x18, x11, xzr
  9ba65280 umaddl x0, w20, w6, x20
  9ba37ffe umull x30, wzr, w3
  9ba594fb umsubl x27, w7, w5, x5
  9bbffdc3 umnegl x3, w14, wzr
  9bd97f41 umulh x1, x26, x25
  d9200006 stzgm x6, [x0]
  d93b74c8 stg x8, [x6], #-1168
  d924a8f1 stg x17, [x7, #1184]
  d92bafcd stg x13, [x30, #2976]!
  d960024a ldg x10, [x18]
  d96c9414 stzg x20, [x0], #3216
  d96d88a7 stzg x7, [x5, #3456]
  d972bfa2 stzg x2, [x29, #-3408]!
  d9a00340 stgm x0, [x26]
  d9b8a55f st2g sp, [x10], #-1888
  d9a0090f st2g x15, [x8]
  d9ad6c05 st2g x5, [x0, #3424]!
  d9e003e0 ldgm x0, [sp]
  d9e3c5a0 stz2g x0, [x13], #960
  d9e00a60 stz2g x0, [x19]
  d9f29fea stz2g x10, [sp, #-3440]!
  08007ff8 stxrb w0, w24, [sp]
  481f7d7f stxrh wzr, wzr, [x11]
  88027fa0 stxr w2, w0, [x29]
  081ffc1f stlxrb wzr, wzr, [x0]
  4814ffdb stlxrh w20, w27, [x30]
  c81afc1d stlxr w26, x29, [x0]
  085f7c1f ldxrb wzr, [x0]
  485f7ca0 ldxrh w0, [x5]
  885f7cc0 ldxr w0, [x6]
  085ffdba ldaxrb w26, [x13]
  485ffe65 ldaxrh w5, [x19]
  c85fffe0 ldaxr x0, [sp]
  88207b7c stxp w0, w28, w30, [x27]
  c83f9007 stlxp wzr, x7, x4, [x0]
  c87f067f ldxp xzr, x1, [x19]
  887faafc ldaxp w28, w10, [x23]
  089f7e4f stllrb w15, [x18]
  489f7c7d stllrh w29, [x3]
  889f7c00 stllr w0, [x0]
  089ffeb3 stlrb w19, [x21]
  489ffdc0 stlrh w0, [x14]
  889ffff2 stlr w18, [sp]
  08df7c20 ldlarb w0, [x1]
  48df7f40 ldlarh w0, [x26]
  88df7ff0 ldlar w16, [sp]
  08dffde0 ldarb w0, [x15]
  48dfff60 ldarh w0, [x27]
  88dfff03 ldar w3, [x24]
  08ff7d78 casab wzr, w24, [x11]
  48b27c42 cash w18, w2, [x2]
  c8fffffa casal xzr, x26, [sp]
  4862fffa caspal x2, x3, x26, x27, [sp]
  19000171 stlurb w17, [x11]
  19566294 ldapurb w20, [x20, #-154]
  19c3d3ea ldapursb w10, [sp, #61]
  59051040 stlurh w0, [x2, #81]
  59578001 ldapurh w1, [x0, #-136]
  598a43f9 ldapursh x25, [sp, #164]
  d90c9243 stlur x3, [x18, #201]
  994e9372 ldapur w18, [x27, #233]
  9988035c ldapursw x28, [x26, #128]
  58be7dff ldr xzr, 0xfffffffffff8cfbc
  9873095a ldrsw x26, 0xf6128
  d8362406 prfm #0x06, 0x7c480
  a81afebf stnp xzr, xzr, [x21, #424]
  a86c0160 ldnp x0, x0, [x11, #-320]
  a8a87fff stp xzr, xzr, [sp], #-384
  28c0035b ldp w27, w0, [x26], #0
  68a20d5d stgp x29, x3, [x10], #-960
  68c07002 ldpsw x2, x28, [x0], #0
  a901d8c1 stp x1, x22, [x6, #24]
  a94a7edf ldp xzr, xzr, [x22, #160]
  69017c00 stgp x0, xzr, [x0, #32]
  697a8233 ldpsw x19, x0, [x17, #-44]
  a993513f stp xzr, x20, [x9, #304]!
  a9fc3e0a ldp x10, x15, [x16, #-64]!
  69847d5f stgp xzr, xzr, [x10, #128]!
  69cefeda ldpsw x26, xzr, [x22, #116]!
  381e7305 sturb w5, [x24, #-25]
  384ef0f0 ldurb w16, [x7, #239]
  38c053a5 ldursb w5, [x29, #5]
  7818d005 sturh w5, [x0, #-115]
  785620be ldurh w30, [x5, #-158]
  78d4a069 ldursh w9, [x3, #-182]
  b804a013 stur w19, [x0, #74]
  f855101f ldur xzr, [x0, #-175]
  b88c829f ldursw xzr, [x20, #200]
  f88113f5 prfum pstl3strm, [sp, #17]
  3800c511 strb w17, [x8], #12
  38400460 ldrb w0, [x3], #0
  388f37e5 ldrsb x5, [sp], #243
  7817d41f strh wzr, [x0], #-131
  784597e0 ldrh w0, [sp], #89
  78cb741f ldrsh wzr, [x0], #183
  f814d4df str xzr, [x6], #-179
  b85a26f4 ldr w20, [x23], #-94
  b880a64c ldrsw x12, [x18], #10
  38014bff sttrb wzr, [sp, #20]
  38400bfb ldtrb w27, [sp]
  388c3a0a ldtrsb x10, [x16, #195]
  78000b95 sttrh w21, [x28]
  78425806 ldtrh w6, [x0, #37]
  78c0ba31 ldtrsh w17, [x17, #11]
  b810a81f sttr wzr, [x0, #-246]
  f840083f ldtr xzr, [x1]
  b89f4bd4 ldtrsw x20, [x30, #-12]
  38020c5d strb w29, [x2, #32]!
  3846dc1a ldrb w26, [x0, #109]!
  3883dfe1 ldrsb x1, [sp, #61]!
  780fcd3c strh w28, [x9, #252]!
  784edc0a ldrh w10, [x0, #237]!
  78d3cd1f ldrsh wzr, [x8, #-196]!
  b8000c21 str w1, [x1, #0]!
  b8421fa0 ldr w0, [x29, #33]!
  b8894f30 ldrsw x16, [x25, #148]!
  38a003ec ldaddab w0, w12, [sp]
  383a025f staddb w26, [x18]
  38f612b6 ldclralb w22, w22, [x21]
  387d121f stclrlb w29, [x16]
  387c2120 ldeorlb w28, w0, [x9]
  382022ff steorb w0, [x23]
  38a73079 ldsetab w7, w25, [x3]
  387f301f stsetlb wzr, [x0]
  38fc43a0 ldsmaxalb w28, w0, [x29]
  3870401f stsmaxlb w16, [x0]
  38fe5339 ldsminalb w30, w25, [x25]
  3830511f stsminb w16, [x8]
  38736147 ldumaxlb w19, w7, [x10]
  383263df stumaxb w18, [x30]
  38277164 lduminb w7, w4, [x11]
  386c70bf stuminlb w12, [x5]
  3868813f swplb w8, wzr, [x9]
  38bfc115 ldaprb w21, [x8]
  7860025b ldaddlh w0, w27, [x18]
  7875001f staddlh w21, [x0]
  78bf13e0 ldclrah wzr, w0, [sp]
  782013df stclrh w0, [x30]
  78aa2000 ldeorah w10, w0, [x0]
  7820233f steorh w0, [x25]
  783f33ef ldseth wzr, w15, [sp]
  7820303f stseth w0, [x1]
  78ff4025 ldsmaxalh wzr, w5, [x1]
  787f43ff stsmaxlh wzr, [sp]
  78a0533f ldsminah w0, wzr, [x25]
  7820511f stsminh w0, [x8]
  78a2636c ldumaxah w2, w12, [x27]
  787a623f stumaxlh w26, [x17]
  78e572ef lduminalh w5, w15, [x23]
  7868735f stuminlh w8, [x26]
  783683e5 swph w22, w5, [sp]
  78bfc04b ldaprh w11, [x2]
  b8e0013b ldaddal w0, w27, [x9]
  f87d021f staddl x29, [x16]
  b8271085 ldclr w7, w5, [x4]
  b87b101f stclrl w27, [x0]
  f8a023e0 ldeora x0, x0, [sp]
  b87f23ff steorl wzr, [sp]
  b83f3020 ldset wzr, w0, [x1]
  f86f33ff stsetl x15, [sp]
  f8e0436c ldsmaxal x0, x12, [x27]
  f820427f stsmax x0, [x19]
  b830500a ldsmin w16, w10, [x0]
  b87c501f stsminl w28, [x0]
  f8776036 ldumaxl x23, x22, [x1]
  f86b601f stumaxl x11, [x0]
  f8bf7007 ldumina xzr, x7, [x0]
  f872701f stuminl x18, [x0]
  b8bb83fa swpa w27, w26, [sp]
  f8bfc368 ldapr x8, [x27]
  383ff81f strb wzr, [x0, xzr, sxtx #0]
  3866d801 ldrb w1, [x0, w6, sxtw #0]
  38f84a60 ldrsb w0, [x19, w24, uxtw]
  782aebff strh wzr, [sp, x10, sxtx]
  7873f80e ldrh w14, [x0, x19, sxtx #1]
  78e4681f ldrsh wzr, [x0, x4]
  b83a5bf1 str w17, [sp, w26, uxtw #2]
  b860e80d ldr w13, [x0, x0, sxtx]
  b8b0eba9 ldrsw x9, [x29, x16, sxtx]
  f8be6bf8 prfm #0x18, [sp, x30]
  f832a650 ldraa x16, [x18, #2384]
  f83c6fe0 ldraa x0, [sp, #3632]!
  f8b67400 ldrab x0, [x0, #2872]
  f8a48c1b ldrab x27, [x0, #576]!
  391cb46e strb w14, [x3, #1837]
  396f89a0 ldrb w0, [x13, #3042]
  398669ba ldrsb x26, [x13, #410]
  7911a41f strh wzr, [x0, #2258]
  79400140 ldrh w0, [x10]
  7983f81e ldrsh x30, [x0, #508]
  f900015f str xzr, [x10]
  f940025f ldr xzr, [x18]
  b9ade3e3 ldrsw x3, [sp, #11744]
  f99c901d prfm #0x1d, [x0, #14624]
`);

/** Sources that are not the preferred text of their word, with the word of GNU as. */
const SOURCES = linesOf(`
  d2800000 mov x0, #0
  d28000a0 mov x0, 5
  12800000 mov w0, #-1
  d2820000 mov x0, #abs1
  d2820000 mov x0, abs1
  d2f00000 mov x0, #-0x8000000000000000
  91400420 add x0, x1, #4096
  917ffc20 add x0, x1, #0xfff000
  d1400420 add x0, x1, #-4096
  91400420 add x0, x1, #1, lsl #12
  d1400420 add x0, x1, #-1, lsl #12
  91001020 add x0, x1, 4
  b10007e0 adds x0, sp, #1
  121f7820 and w0, w1, #-2
  927ff820 and x0, x1, #-2
  b240001f orr sp, x0, #1
  8b220820 add x0, x1, w2, uxtb 2
  8b224020 add x0, x1, x2, uxtw
  8b226020 add x0, x1, w2, uxtx
  8b2143ff add sp, sp, w1
  d10043ff sub sp, sp, #16
  f10007ff cmp sp, #1
  f140041f cmp x0, #abs1
  f13ffc1f cmp x0, #4095
  b13ffc1f cmp x0, #-4095
  f100041f cmn x0, #-1
  d340fc20 lsl x0, x1, #0
  53007c20 ubfx w0, w1, #0, #32
  531f7c20 ubfx w0, w1, #31, #1
  13001020 sbfiz w0, w1, #0, #5
  b340fc20 bfi x0, x1, #0, #64
  b3401020 bfi x0, x1, #0, #5
  93431420 sbfm x0, x1, #3, #5
  331f7c20 bfm w0, w1, #31, #31
  d341fc20 ubfm x0, x1, 1, 63
  2a0103e0 uxtw x0, w1
  53003c20 uxth x0, w1
  d2ffffe0 movz x0, #0xffff, lsl #48
  92800000 movn x0, #0
  f28acf00 movk x0, #:abs_g0_nc:foo
  f2a24680 movk x0, #:abs_g1_nc:foo
  d2a24680 movz x0, #:abs_g1:foo
  9119e000 add x0, x0, #:lo12:foo
  9119e000 add x0, x0, :lo12:foo
  f9433c20 ldr x0, [x1, #:lo12:foo]
  b9467820 ldr w0, [x1, :lo12:foo]
  3959e020 ldrb w0, [x1, :lo12:foo]
  f9434020 ldr x0, [x1, #:lo12:foo+8]
  b00919a0 adrp x0, foo
  b00919a0 adrp x0, :pg_hi21:foo
  10020000 adr x0, bar
  10020020 adr x0, bar+4
  58020000 ldr x0, bar
  18020000 ldr w0, bar
  98020000 ldrsw x0, bar
  d8020000 prfm pldl1keep, bar
  d8020007 prfm #7, bar
  b4020000 cbz x0, bar
  3502001f cbnz wzr, bar
  361a0000 tbz w0, #3, bar
  361a0000 tbz x0, #3, bar
  b6fa0000 tbz x0, #63, bar
  b70a0000 tbnz x0, 33, bar
  14001000 b bar
  94001000 bl bar
  54020001 b.ne bar
  54020001 bne bar
  54020002 b.hs bar
  54020003 blo bar
  d65f03c0 ret x30
  d65f03c0 ret lr
  d61f0200 br ip0
  d4000002 hvc #0
  d4000003 smc 0
  d4200020 brk #1
  d4a00061 dcps1 #3
  0000ffff udf 65535
  d503201f hint #0
  d5032fff hint 127
  d503335f clrex #3
  d503379f dsb #7
  d5033f9f dsb 0xf
  d5033fdf isb sy
  d5033fdf isb 15
  d50342df msr daifset, #2
  d5034fff msr DAIFClr, #15
  d50041bf msr spsel, #1
  d500417f msr uao, #1
  d500409f msr pan, #0
  d503415f msr dit, #1
  d503413f msr ssbs, #1
  d503419f msr tco, #1
  d5381000 mrs x0, SCTLR_EL1
  d53000a0 mrs x0, S2_0_C0_C0_5
  d50b7420 sys #3, c7, c4, #1, x0
  d508751f sys 0, c7, c5, 0
  d508751f sys #0, C7, C5, #0
  d50b7420 dc ZVA, X0
  f85f8020 ldr x0, [x1, #-8]
  f8401020 ldr x0, [x1, #1]
  f84ff020 ldr x0, [x1, #255]
  c85f7c20 ldxr x0, [x1, #0]
  998ff020 ldapursw x0, [x1, 255]
  91bf3c20 addg x0, x1, #1008, #15
  d18003ff subg sp, sp, #0, #0
  dac00c20 rev64 x0, x1
  fa410000 ccmp x0, x1, #0, eq
  fa5f280f ccmp x0, #31, #15, hs
  9a823020 csel x0, x1, x2, lo
  da812020 cinv x0, x1, lo
  f9800005 prfm 5, [x0]
  f8900000 prfm pldl1keep, [x0, #-256]
  f9400020 ldr x0, [x1, #sym0]
  f9480020 ldr x0, [x1, abs1]
  8b020020 ADD X0, X1, X2
  f94007e0 Ldr X0, [SP, #(1 << 3)]
  91018420 add x0, x1, #'a'
  91003020 add x0, x1, #(1+2)*4
  91001420 add x0, x1, #0b101
  91002020 add x0, x1, #010
  8b020c20 add x0, x1, x2, lsl 3
  910003fd add fp, sp, #0
  a9bf7bfd stp fp, lr, [sp, -16]!
  927ff820 and x0, x1, #~1
  321f7820 orr w0, w1, #~1
  92800000 mov x0, #~0
  12800000 mov w0, ~0
  38401c00 ldrb w0, [x0, 1]!
  f8408c20 ldr x0,[x1,#8]!
  91000420 sub x0, x1, #-1
  b1000420 subs x0, x1, #-1
  f1000420 adds x0, x1, #-1
  0b2243e0 add w0, wsp, w2, uxtw
  0b224be0 add w0, wsp, w2, uxtw #2
  8b226820 add x0, x1, w2, uxtx #2
  8b2263e0 add x0, sp, w2, uxtx
  8b226be0 add x0, sp, w2, uxtx #2
  8b22e020 add x0, x1, w2, sxtx
  8b22e820 add x0, x1, w2, sxtx #2
  8b22e3e0 add x0, sp, w2, sxtx
  8b22ebe0 add x0, sp, w2, sxtx #2
  8b224be0 add x0, sp, w2, lsl #2
  8b220020 add x0, x1, x2, uxtb
  8b220820 add x0, x1, x2, uxtb #2
  8b2203e0 add x0, sp, x2, uxtb
  8b220be0 add x0, sp, x2, uxtb #2
  8b222020 add x0, x1, x2, uxth
  8b222820 add x0, x1, x2, uxth #2
  8b2223e0 add x0, sp, x2, uxth
  8b222be0 add x0, sp, x2, uxth #2
  8b224820 add x0, x1, x2, uxtw #2
  8b2243e0 add x0, sp, x2, uxtw
  8b224be0 add x0, sp, x2, uxtw #2
  8b2263e0 add x0, sp, x2, uxtx
  8b226be0 add x0, sp, x2, uxtx #2
  8b228020 add x0, x1, x2, sxtb
  8b228820 add x0, x1, x2, sxtb #2
  8b2283e0 add x0, sp, x2, sxtb
  8b228be0 add x0, sp, x2, sxtb #2
  8b22a020 add x0, x1, x2, sxth
  8b22a820 add x0, x1, x2, sxth #2
  8b22a3e0 add x0, sp, x2, sxth
  8b22abe0 add x0, sp, x2, sxth #2
  8b22c020 add x0, x1, x2, sxtw
  8b22c820 add x0, x1, x2, sxtw #2
  8b22c3e0 add x0, sp, x2, sxtw
  8b22cbe0 add x0, sp, x2, sxtw #2
  8b2243e0 add x0, sp, w2
  eb2243e0 subs x0, sp, w2
  8b2243ff add sp, sp, w2
  f8624820 ldr x0, [x1, w2, uxtw #0]
  f862c820 ldr x0, [x1, w2, sxtw #0]
  f862e820 ldr x0, [x1, x2, sxtx #0]
  f8626820 ldr x0, [x1, x2, lsl #0]
  14000002 b #8
  54000080 b.eq #16
  b4ffffe0 cbz x0, #-4
  36080040 tbz x0, #1, #8
  58000040 ldr x0, #8
`);

/** Sources that GNU as rejects too. */
const REJECTED = linesOf(`
  mov x0, #0xaaaaaaaa       | 9: this number takes more than one instruction
  mov w0, #0x100000000      | 9: the number does not fit in 32 bits
  mov x0, w0                | 9: expected a register of 64 bits (x)
  add x0, x1, #4097         | 13: immediate out of range: 0 to 4095, or such a number times 4096
  add x0, x1, #-4097        | 13: immediate out of range: 0 to 4095, or such a number times 4096
  add xzr, x0, #1           | 14: expected a general register
  add w0, w1, w2, lsl #32   | 21: immediate out of range: 0 to 31
  add x0, x1, x2, ror #3    | 17: expected a shift: lsl, lsr, asr
  add x0, x1, sp            | 13: the stack pointer is not allowed here, the zero register is
  add x0, x1, w2            | 15: expected an extension such as uxtw
  add x0, x1, w2, foo       | 17: expected an extension such as uxtw
  add x0, sp, x1, lsl #5    | 21: immediate out of range: 0 to 4
  and x0, x1, #0            | 13: this number is no logical immediate: a rotated run of ones, repeated
  orr x0, sp, #1            | 9: the stack pointer is not allowed here, the zero register is
  lsl x0, x1, #64           | 13: immediate out of range: 0 to 63
  sbfx x0, x1, #60, #5      | 19: immediate out of range: 1 to 4
  extr w0, w1, w2, #32      | 18: immediate out of range: 0 to 31
  sxtw x0, x1               | 10: expected a register of 32 bits (w)
  movz w0, #1, lsl #32      | 19: the shift is a multiple of 16 from 0 to 16
  movk x0, #0x10000         | 11: immediate out of range: 0 to 65535
  movz x0, #:abs_g0:foo     | 12: the value needs more than 16 bits
  movz x0, #:got:foo        | 12: unsupported relocation operator: known here are lo12, pg_hi21, pg_hi21_nc, abs_g0, abs_g0_nc, abs_g1, abs_g1_nc, abs_g2, abs_g2_nc, abs_g3
  add x0, x0, #:abs_g0:foo  | 15: unsupported relocation operator: known here are lo12, pg_hi21, pg_hi21_nc
  adds sp, x0, #1           | 6: the stack pointer is not allowed here, the zero register is
  cset x0, al               | 10: this condition has no inverse
  csel x0, x1, x2, xx       | 18: expected a condition such as eq
  ccmp x0, #32, #15, hs     | 10: immediate out of range: 0 to 31
  tbz w0, #32, bar          | 9: immediate out of range for this register
  b bar+2                   | 3: the target is not a multiple of 4 away
  cbz x0, foo               | 9: target out of range: -1048576 to 1048572 from here
  ret w0                    | 5: expected a register of 64 bits (x)
  svc 0x10000               | 5: immediate out of range: 0 to 65535
  hint #128                 | 6: immediate out of range: 0 to 127
  bti x                     | 5: expected c, j or jc
  psb                       | 4: expected csync
  dsb 16                    | 5: immediate out of range: 0 to 15
  dmb foo                   | 5: expected oshld, oshst, osh, nshld, nshst, nsh, ishld, ishst, ish, ld, st, sy or a number
  isb ish                   | 5: expected sy or a number
  msr daifset, 16           | 14: immediate out of range: 0 to 15
  mrs w0, nzcv              | 5: expected a register of 64 bits (x)
  mrs x0, sctlr_el3x        | 9: unknown system register sctlr_el3x; did you mean SCTLR_EL3?
  mrs x0, icc_eoir1_el1     | 9: ICC_EOIR1_EL1 cannot be read
  msr midr_el1, x0          | 5: MIDR_EL1 cannot be written
  tlbi vae1                 | 10: expected ','
  tlbi vmalle1, x0          | 13: TLBI VMALLE1 takes no register
  tlbi vmale1               | 6: unknown TLBI operation; did you mean VMALLE1?
  dc zvaa, x0               | 4: unknown DC operation; did you mean ZVA?
  sys #0, c16, c0, #0       | 9: expected c0 to c15
  ldr x0, [x1, #32768]      | 14: immediate out of range: -256 to 255 or 0 to 32760, a multiple of 8
  ldr w0, [sp], 256         | 15: immediate out of range: -256 to 255
  ldr x0, [x1, x2, lsl #2]  | 22: the shift is 0 or 3
  ldr x0, [x1, x2, sxtw]    | 14: expected a register of 32 bits (w) before this extension
  ldr x0, [x1, w2]          | 14: expected a register of 64 bits (x), or an extension
  ldrsw w0, [x1]            | 7: expected a register of 64 bits (x)
  ldr sp, [x0]              | 5: the stack pointer is not allowed here, the zero register is
  str x0, [xzr]             | 10: the zero register is not allowed here, the stack pointer is
  ldr x0, [x1               | 12: expected ']'
  ldr x0, x1                | 9: expected '['
  ldr x0, [x1], undefined   | 15: undefined symbol undefined
  ldp x0, x1, [x2], #-520   | 19: immediate out of range: -512 to 504, a multiple of 8
  ldp w0, x1, [x2]          | 9: expected a register of 32 bits (w)
  ldxr x0, [x1, #8]         | 15: this instruction takes no offset
  casp x1, x2, x2, x3, [x4] | 6: expected an even register
  casp x0, x2, x2, x3, [x4] | 10: expected x1, the register after the one before
  ldrab x0, [x1, #4]        | 16: immediate out of range: -4096 to 4088, a multiple of 8
  crc32x w0, w1, w2         | 16: expected a register of 64 bits (x)
  prfm foo, [x0]            | 6: expected a prefetch operation such as pldl1keep, or a number
  nop nop                   | 5: expected the end of the instruction
  add x0, x1, x2, x3        | 17: expected a shift: lsl, lsr, asr
`);

test('each word has the text of objdump', () => {
  expect(EXAMPLES.map((line) => `${line.slice(0, 8)} ${disassemble(Number(`0x${line.slice(0, 8)}`))}`)).toEqual(EXAMPLES);
});

test('each text assembles to its word', () => {
  expect(EXAMPLES.map((line) => `${assemble(wordAndText(line)[1])} ${wordAndText(line)[1]}`)).toEqual(EXAMPLES);
});

test('each row and each preferred alias has an example', () => {
  const seen = new Set(EXAMPLES.map((line) => {
    const word = Number(`0x${line.slice(0, 8)}`);
    const row = rowOf(word);
    return row === null ? '' : (formsOf(row).find((form) => form.isPreferred(word))?.id ?? '');
  }));
  const ids = ROWS.filter((row) => GROUPS.has(row.group)).flatMap((row) => formsOf(row).filter((form) => form.alias?.preferred !== 'never').map((form) => form.id));
  // Every word of these has an alias.
  expect(ids.filter((id) => !seen.has(id))).toEqual(['SBFM', 'BFM', 'UBFM', 'LSLV', 'LSRV', 'ASRV', 'RORV']);
});

test('sources assemble as with GNU as', () => {
  expect(SOURCES.map((line) => `${assemble(wordAndText(line)[1])} ${wordAndText(line)[1]}`)).toEqual(SOURCES);
});

test('what does not fit is rejected with its column and the reason', () => {
  expect(REJECTED.map((line) => `${line.slice(0, line.indexOf('|'))}| ${assemble(line.slice(0, line.indexOf('|')).trim())}`)).toEqual(REJECTED);
});
