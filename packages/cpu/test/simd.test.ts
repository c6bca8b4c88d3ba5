/** Advanced SIMD where random single instructions say little: cumulative saturation, order in memory, faults, traps, what is above a result. */
import { expect, test } from 'vitest';
import { FPSR, CPTR_EL2 } from '../src/arch/sysregs/index.ts';
import { PE } from '../src/engine/layout.ts';
import { encode } from './encode.ts';
import { CODE, DATA, mapEl1, smallCpu, type SmallCpu } from './small-cpu.ts';

const ENABLED = 3n << 20n;
const ONES = (1n << 128n) - 1n;
/** AF, and RAM pages at 0x4008_0000 and above. */
const PAGE = 0x4008_0000n | 0x403n;
const MAPPED = 0x8000_0000n;

/** At EL1, FP and SIMD enabled, every V register all ones but those given. */
function simd(words: readonly number[], registers: Readonly<Record<number, bigint>> = {}): SmallCpu {
  const small = smallCpu(1, words);
  small.setRegister('CPACR_EL1', ENABLED);
  small.cpu.contextChanged();
  for (let n = 0; n < 32; n++) small.cpu.setV(n, registers[n] ?? ONES);
  return small;
}

function qc(small: SmallCpu): boolean {
  return (small.cpu.state.get32(PE.FPSR) & FPSR.QC.wordMask) !== 0;
}

test('FPSR.QC is set by an element that saturates, stays, and an element that does not count leaves it', () => {
  const sqadd = (Q: number): number => encode('SQADD_simd', { Q, size: 0, Rd: 2, Rn: 0, Rm: 1 });
  const add = encode('ADD_simd', { Q: 1, size: 0, Rd: 2, Rn: 0, Rm: 1 });
  // Element 8 alone saturates: 0x7f + 0x01.
  const small = simd([sqadd(0), sqadd(1), add], { 0: 0x7fn << 64n, 1: 1n << 64n });
  small.cpu.run(1);
  expect(qc(small)).toBe(false);
  small.cpu.run(1);
  expect([qc(small), small.cpu.getV(2)]).toEqual([true, 0x7fn << 64n]);
  small.cpu.run(1);
  expect([qc(small), small.cpu.getV(2)]).toEqual([true, 0x80n << 64n]);
});

test.each<[string, number, bigint]>([
  ['a vector of 64 bits', encode('NOT_simd', { Q: 0, Rd: 2, Rn: 0 }), 0xffff_ffff_ffff_ff00n],
  ['a scalar', encode('DUP_elt_sisd', { imm5: 0b00001, Rd: 2, Rn: 0 }), 0xffn],
  ['FMOV from a general register', encode('FMOV_int2float', { sf: 0, ftype: 0, Rd: 2, Rn: 31 }), 0n],
  ['a narrowing form', encode('XTN_simd', { Q: 0, size: 0, Rd: 2, Rn: 0 }), 0x0000_0000_0000_00ffn],
  ['a sum across lanes', encode('ADDV_simd', { Q: 1, size: 0, Rd: 2, Rn: 0 }), 0xffn],
])('%s has zeros above it', (_, word, expected) => {
  const small = simd([word], { 0: 0xffn });
  small.cpu.run(1);
  expect(small.cpu.getV(2)).toBe(expected);
});

test('the second half of a narrowing form keeps the first', () => {
  const small = simd([encode('XTN_simd', { Q: 1, size: 2, Rd: 2, Rn: 0 })], { 0: 0x1111_1111_2222_2222_3333_3333_4444_4444n, 2: 0x99n });
  small.cpu.run(1);
  expect(small.cpu.getV(2)).toBe((0x2222_2222_4444_4444n << 64n) | 0x99n);
});

test('TBL of four registers from V30 goes on with V0; an index of 64 gives 0, and with TBX keeps the byte', () => {
  const fields = { Q: 0, len: 3, Rn: 30, Rm: 4 };
  const indices = 0x40_3f_20_1f_10_0f_00n;
  const registers = { 30: 0xa0n, 31: 0xb0n | (0xb1n << 120n), 0: 0xc0n, 1: 0xd1n << 120n, 4: indices };
  const small = simd([encode('TBL_simd', { ...fields, Rd: 5 }), encode('TBX_simd', { ...fields, Rd: 6 })], registers);
  small.cpu.run(2);
  // Bytes 0, 15, 16, 31, 32, 63, 64 and 0 of the table.
  expect(small.cpu.getV(5)).toBe(0xa0_00_d1_c0_b1_b0_00_a0n);
  expect(small.cpu.getV(6)).toBe(0xa0_ff_d1_c0_b1_b0_00_a0n);
});

test('LD3 takes elements in turn, ST3 puts them back, and the base moves by what was moved or by a register', () => {
  const load = encode('LD3_mult_post', { Q: 0, size: 1, Rn: 0, Rt: 30 });
  const store = encode('ST3_mult_post_reg', { Q: 0, size: 1, Rn: 1, Rm: 2, Rt: 30 });
  const small = simd([load, store]);
  small.poke(DATA, 0x0004_0003_0002_0001n);
  small.poke(DATA + 8n, 0x0008_0007_0006_0005n);
  small.poke(DATA + 16n, 0x000c_000b_000a_0009n);
  small.cpu.setX(0, DATA);
  small.cpu.setX(1, DATA + 64n);
  small.cpu.setX(2, 5n);
  small.cpu.run(2);
  expect([30, 31, 0].map((n) => small.cpu.getV(n))).toEqual([0x000a_0007_0004_0001n, 0x000b_0008_0005_0002n, 0x000c_0009_0006_0003n]);
  expect([small.peek(DATA + 64n), small.peek(DATA + 72n), small.peek(DATA + 80n)]).toEqual([0x0004_0003_0002_0001n, 0x0008_0007_0006_0005n, 0x000c_000b_000a_0009n]);
  expect([small.cpu.getX(0), small.cpu.getX(1)]).toEqual([DATA + 24n, DATA + 69n]);
});

test('LD4 that faults on its second page leaves vectors and base as they were; FAR is that page', () => {
  const small = simd([encode('LD4_mult_post', { Q: 1, size: 0, Rn: 0, Rt: 0 })]);
  mapEl1(small, [PAGE, 0n]);
  small.cpu.contextChanged();
  small.cpu.setX(0, MAPPED + 0x1000n - 40n);
  small.cpu.run(1);
  expect(small.register('FAR_EL1')).toBe(MAPPED + 0x1000n);
  expect([0, 1, 2, 3].map((n) => small.cpu.getV(n))).toEqual([ONES, ONES, ONES, ONES]);
  expect(small.cpu.getX(0)).toBe(MAPPED + 0x1000n - 40n);
});

test('ST4 that faults on its second page has written nothing; across two pages it writes in order', () => {
  const store = encode('ST4_mult', { Q: 1, size: 3, Rn: 0, Rt: 0 });
  const faulting = simd([store]);
  mapEl1(faulting, [PAGE, 0n]);
  faulting.cpu.contextChanged();
  faulting.cpu.setX(0, MAPPED + 0x1000n - 16n);
  faulting.cpu.run(1);
  expect(faulting.peek(0x4008_0ff0n)).toBe(0n);
  const crossing = simd([store], { 0: 1n | (5n << 64n), 1: 2n | (6n << 64n), 2: 3n | (7n << 64n), 3: 4n | (8n << 64n) });
  mapEl1(crossing, [PAGE, 0x4008_3000n | 0x403n]);
  crossing.cpu.contextChanged();
  crossing.cpu.setX(0, MAPPED + 0x1000n - 12n);
  crossing.cpu.run(1);
  expect([crossing.peek(0x4008_0ff8n), crossing.peek(0x4008_3000n), crossing.peek(0x4008_3008n)]).toEqual([2n << 32n, 3n << 32n, 4n << 32n]);
});

test('alignment under SCTLR_EL1.A is that of the element, of a Q register sixteen bytes', () => {
  const small = simd([encode('LD1_mult_1', { Q: 1, size: 0, Rn: 0, Rt: 0 }), encode('LDR_imm_fpsimd', { opc1: 1, size: 0, Rn: 0, Rt: 0 })]);
  small.setRegister('SCTLR_EL1', small.register('SCTLR_EL1') | 2n);
  small.cpu.contextChanged();
  small.cpu.setX(0, DATA + 8n);
  small.cpu.run(1);
  expect(small.cpu.getV(0)).toBe(0n);
  small.cpu.run(1);
  expect(small.register('ESR_EL1')).toBe(0x9600_0021n);
});

test('CPACR_EL1.FPEN traps before anything else of the instruction: no access, no fault, EC 0x07', () => {
  const small = simd([encode('ST1_mult_1', { Q: 1, size: 0, Rn: 0, Rt: 0 })]);
  small.setRegister('CPACR_EL1', 0n);
  small.cpu.contextChanged();
  small.cpu.setX(0, 1n << 60n);
  small.cpu.run(1);
  expect(small.register('ESR_EL1')).toBe(0x1fe0_0000n);
  expect(small.register('ELR_EL1')).toBe(CODE);
});

test('MSR to CPACR_EL1 or CPTR_EL2 counts at once: enabled, then trapped to EL2', () => {
  const move = encode('NOT_simd', { Q: 1, Rd: 0, Rn: 0 });
  const small = smallCpu(1, [0xd518_1040, move, move]); // msr cpacr_el1, x0
  small.cpu.setX(0, ENABLED);
  small.cpu.run(2);
  expect(small.cpu.getV(0)).toBe(ONES);
  small.cpu.setSystemRegister(CPTR_EL2, BigInt(CPTR_EL2.TFP.wordMask));
  small.cpu.contextChanged();
  small.cpu.run(1);
  expect([small.register('ESR_EL2'), small.cpu.state.el]).toEqual([0x1fe0_0000n, 2]);
});
