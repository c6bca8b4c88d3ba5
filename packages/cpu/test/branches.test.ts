/** Branches and PC-relative addresses: targets, links, conditions, tags and alignment of the PC. */
import { describe, expect, test } from 'vitest';
import { CODE, mapEl1, smallCpu } from './small-cpu.ts';

const TAKEN = CODE + 8n;
const NOT_TAKEN = CODE + 4n;

describe('conditional branches of +8', () => {
  test.each([
    ['tbz x0, #63', 0xb6f80040, 1n << 63n, 0, NOT_TAKEN],
    ['tbz x0, #63', 0xb6f80040, (1n << 63n) - 1n, 0, TAKEN],
    ['tbnz w0, #31', 0x37f80040, 1n << 31n, 0, TAKEN],
    ['tbnz w0, #31', 0x37f80040, 1n << 32n, 0, NOT_TAKEN],
    ['cbz w0', 0x34000040, 1n << 32n, 0, TAKEN],
    ['cbz w0', 0x34000040, 1n << 31n, 0, NOT_TAKEN],
    ['cbnz x0', 0xb5000040, 1n << 32n, 0, TAKEN],
    ['b.nv', 0x5400004f, 0n, 0, TAKEN],
    ['b.hi', 0x54000048, 0n, 0b0010, TAKEN],
    ['b.hi', 0x54000048, 0n, 0b0110, NOT_TAKEN],
    ['b.lt', 0x5400004b, 0n, 0b1000, TAKEN],
    ['b.lt', 0x5400004b, 0n, 0b1001, NOT_TAKEN],
    ['b.le', 0x5400004d, 0n, 0b0100, TAKEN],
  ])('%s', (_, word, x0, nzcv, pc) => {
    const { cpu } = smallCpu(1, [word]);
    cpu.setX(0, x0);
    cpu.state.nzcv = nzcv;
    cpu.run(1);
    expect(cpu.pc).toBe(pc);
  });
});

test('BLR X30 reads the target before it writes the link', () => {
  const { cpu } = smallCpu(1, [0xd63f03c0]);
  cpu.setX(30, CODE + 0x100n);
  cpu.run(1);
  expect([cpu.pc, cpu.getX(30)]).toEqual([CODE + 0x100n, CODE + 4n]);
});

test('B and BL reach forward and backward; BL links', () => {
  const forward = smallCpu(1, [0x15ffffff]); // b .+0x7fffffc
  forward.cpu.run(1);
  expect(forward.cpu.pc).toBe(CODE + 0x7ff_fffcn);
  const backward = smallCpu(1, [0x97fffffe]); // bl .-8
  backward.cpu.run(1);
  expect([backward.cpu.pc, backward.cpu.getX(30)]).toEqual([CODE - 8n, CODE + 4n]);
});

test('ADR reaches one byte back; ADRP clears the page offset of the PC', () => {
  const { cpu } = smallCpu(1, [0x70ffffe1, 0xb0000002]); // adr x1, .-1; adrp x2, .+0x1000
  cpu.run(2);
  expect([cpu.getX(1), cpu.getX(2)]).toEqual([CODE - 1n, CODE + 0x1000n]);
});

test('BR to a misaligned address: PC alignment at the target, with FAR and ELR', () => {
  const small = smallCpu(1, [0xd61f0000]);
  small.cpu.setX(0, CODE + 0x102n);
  small.cpu.run(2);
  expect([small.register('ESR_EL1'), small.register('FAR_EL1'), small.register('ELR_EL1')]).toEqual([0x8a00_0000n, CODE + 0x102n, CODE + 0x102n]);
});

test('a branch with TBI loses the tag: the next instruction sees an address without it', () => {
  const small = smallCpu(1, [0xd61f0000, 0x10000001]); // br x0; adr x1, .
  mapEl1(small, [], 1n << 37n);
  small.cpu.setX(0, 0x5500_0000_4000_0004n);
  small.cpu.run(2);
  expect(small.cpu.getX(1)).toBe(CODE + 4n);
});

test('a branch without TBI keeps it, and the fetch is a Translation fault of level 0', () => {
  const small = smallCpu(1, [0xd61f0000]);
  mapEl1(small);
  small.cpu.setX(0, 0x5500_0000_4000_0004n);
  small.cpu.run(2);
  expect([small.register('ESR_EL1'), small.register('FAR_EL1')]).toEqual([0x8600_0004n, 0x5500_0000_4000_0004n]);
});
