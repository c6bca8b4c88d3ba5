/** Accesses that random single instructions do not reach: unaligned, across pages, by SP, exclusive, to Device memory. */
import { expect, test } from 'vitest';
import { DATA, mapEl1, setSp, smallCpu } from './small-cpu.ts';

/** AF, and RAM pages at 0x4008_0000 and above; AttrIndx 1 is Device-nGnRnE. */
const PAGE = 0x4008_0000n | 0x403n;
const DEVICE_PAGE = PAGE | (1n << 2n);
const MAPPED = 0x8000_0000n;

test('LDP with Rt = Rt2: the first value wins; LDXP: the second', () => {
  const small = smallCpu(1, [0xa9400401, 0xc87f0401]); // ldp x1, x1, [x0]; ldxp x1, x1, [x0]
  small.poke(DATA, 0x11n);
  small.poke(DATA + 8n, 0x22n);
  small.cpu.setX(0, DATA);
  small.cpu.run(1);
  expect(small.cpu.getX(1)).toBe(0x11n);
  small.cpu.run(1);
  expect(small.cpu.getX(1)).toBe(0x22n);
});

test('LDUR across a page border joins the bytes of both pages', () => {
  const small = smallCpu(1, [0xf85fc001]); // ldur x1, [x0, #-4]
  mapEl1(small, [PAGE, 0x4008_3000n | 0x403n]);
  small.poke(0x4008_0ff8n, 0x8877_6655_4433_2211n);
  small.poke(0x4008_3000n, 0x0011_2233_4455_6677n);
  small.cpu.setX(0, MAPPED + 0x1000n);
  small.cpu.run(1);
  expect(small.cpu.getX(1)).toBe(0x4455_6677_8877_6655n);
});

test('STP across a page border whose second page is not mapped: FAR is the second page, nothing is written', () => {
  const small = smallCpu(1, [0xa93f8801]); // stp x1, x2, [x0, #-8]
  mapEl1(small, [PAGE, 0n]);
  small.poke(0x4008_0ff8n, 0x1234n);
  small.cpu.setX(0, MAPPED + 0x1000n);
  small.cpu.setX(1, 0xffffn);
  small.cpu.run(1);
  expect(small.register('ESR_EL1')).toBe(0x9600_0047n);
  expect(small.register('FAR_EL1')).toBe(MAPPED + 0x1000n);
  expect(small.peek(0x4008_0ff8n)).toBe(0x1234n);
});

test('an unaligned LDR of Device memory is an Alignment fault, also with the MMU off', () => {
  const small = smallCpu(1, [0xf9400001]); // ldr x1, [x0]
  small.cpu.setX(0, DATA + 4n);
  small.cpu.run(1);
  expect(small.register('ESR_EL1')).toBe(0x9600_0021n);
  expect(small.register('FAR_EL1')).toBe(DATA + 4n);
});

test('a misaligned store to read-only Device memory: Alignment stands before Permission', () => {
  const small = smallCpu(1, [0xf9000001]); // str x1, [x0]
  mapEl1(small, [DEVICE_PAGE | (2n << 6n)]);
  small.cpu.setX(0, MAPPED + 4n);
  small.cpu.run(1);
  expect(small.register('ESR_EL1')).toBe(0x9600_0061n);
});

test('DC ZVA to Device memory is an Alignment fault; FAR is the operand, not the block', () => {
  const small = smallCpu(1, [0xd50b7420]); // dc zva, x0
  mapEl1(small, [DEVICE_PAGE]);
  small.cpu.setX(0, MAPPED + 0x48n);
  small.cpu.run(1);
  expect(small.register('ESR_EL1')).toBe(0x9600_0061n);
  expect(small.register('FAR_EL1')).toBe(MAPPED + 0x48n);
});

test('DC ZVA zeros the 64 bytes that hold the address', () => {
  const small = smallCpu(1, [0xd50b7420]); // dc zva, x0
  mapEl1(small, [PAGE]);
  for (let offset = 0n; offset < 192n; offset += 8n) small.poke(DATA + offset, 0x5555n);
  small.cpu.setX(0, MAPPED + 0x7fn);
  small.cpu.run(1);
  expect([0x38n, 0x40n, 0x78n, 0x80n].map((offset) => small.peek(DATA + offset))).toEqual([0x5555n, 0n, 0n, 0x5555n]);
});

test('SCTLR_EL1.A set after an access to the page: the next unaligned one faults all the same', () => {
  const small = smallCpu(1, [0xf9400001, 0xf9400001]); // ldr x1, [x0]; ldr x1, [x0]
  mapEl1(small, [PAGE]);
  small.cpu.setX(0, MAPPED + 1n);
  small.cpu.run(1);
  expect(small.cpu.pc).toBe(0x4000_0004n);
  small.setRegister('SCTLR_EL1', 0x30d0_0803n);
  small.cpu.run(1);
  expect(small.register('ESR_EL1')).toBe(0x9600_0021n);
});

test('a fault of SWP that a load would have too has WnR 0; one of its store has WnR 1; STXR has WnR 1', () => {
  const misaligned = smallCpu(1, [0xf8218002]); // swp x1, x2, [x0]
  misaligned.cpu.setX(0, DATA + 1n);
  misaligned.cpu.run(1);
  expect(misaligned.register('ESR_EL1')).toBe(0x9600_0021n);
  const readOnly = smallCpu(1, [0xf8218002]);
  mapEl1(readOnly, [PAGE | (2n << 6n)]);
  readOnly.cpu.setX(0, MAPPED);
  readOnly.cpu.run(1);
  expect(readOnly.register('ESR_EL1')).toBe(0x9600_004fn);
  const exclusive = smallCpu(1, [0xc8037c01]); // stxr w3, x1, [x0]
  exclusive.cpu.setX(0, DATA + 1n);
  exclusive.cpu.run(1);
  expect(exclusive.register('ESR_EL1')).toBe(0x9600_0061n);
});

test('SP as a base with SCTLR_EL1.SA: misaligned is EC 0x26 with ELR at the instruction; as an operand it is free', () => {
  const small = smallCpu(1, [0x910007e1, 0xf94003e1]); // add x1, sp, #1; ldr x1, [sp]
  small.setRegister('SCTLR_EL1', 0x30d0_0808n);
  setSp(small.cpu, DATA + 8n);
  small.cpu.run(1);
  expect(small.cpu.getX(1)).toBe(DATA + 9n);
  small.cpu.run(1);
  expect(small.register('ESR_EL1')).toBe(0x9a00_0000n);
  expect(small.register('ELR_EL1')).toBe(0x4000_0004n);
});

test('SP moves with write-back and extended forms; comparing SP leaves it', () => {
  // stp x1, x2, [sp, #-16]!; ldr x1, [sp], #8; cmp sp, x2; add sp, x0, w2, uxtb #1; mov x3, sp; and sp, x0, #0xf0; mov x4, sp
  const small = smallCpu(1, [0xa9bf0be1, 0xf84087e1, 0xeb2263ff, 0x8b22041f, 0x910003e3, 0x927c0c1f, 0x910003e4]);
  setSp(small.cpu, DATA + 16n);
  small.cpu.setX(0, 0x1230n);
  small.cpu.setX(1, 0x77n);
  small.cpu.setX(2, 0x1ffn);
  small.cpu.run(7);
  expect([small.cpu.getX(1), small.peek(DATA + 8n)]).toEqual([0x77n, 0x1ffn]);
  expect([small.cpu.getX(3), small.cpu.getX(4)]).toEqual([0x142en, 0x30n]);
});

test('STXR succeeds once after LDXR, and not after CLREX', () => {
  const small = smallCpu(1, [0xc85f7c01, 0xc8037c02, 0xc8047c02, 0xc85f7c01, 0xd5033f5f, 0xc8057c02]);
  small.cpu.setX(0, DATA);
  small.cpu.setX(2, 0x99n);
  small.cpu.run(6);
  expect([small.cpu.getX(3), small.cpu.getX(4), small.cpu.getX(5)]).toEqual([0n, 1n, 1n]);
  expect(small.peek(DATA)).toBe(0x99n);
});

test('LDR (literal) and LDRSW (literal) are relative to the instruction', () => {
  const small = smallCpu(1, [0x58000081, 0x98000062, 0, 0, 0x8000_0001, 0xffff_ffff]); // ldr x1, .+16; ldrsw x2, .+12
  small.cpu.run(2);
  expect(small.cpu.getX(1)).toBe(0xffff_ffff_8000_0001n);
  expect(small.cpu.getX(2)).toBe(0xffff_ffff_8000_0001n);
});

test('an abort that EL2 takes from itself has no valid syndrome', () => {
  const small = smallCpu(2, [0xf9400001]); // ldr x1, [x0]
  small.cpu.setX(0, 0x1_0000_0000n);
  small.cpu.run(1);
  expect(small.register('ESR_EL2')).toBe(0x9600_0010n);
});
