/** PEs that share memory: exclusives and locks, events, TLBI by broadcast, code that another PE changes. */
import { describe, expect, test } from 'vitest';
import { CODE, DATA, set, severalCpus, TABLES, takeTurns, TCR } from './several-cpus.ts';

const LDXR = 0xc85f_7c23; // ldxr x3, [x1]
const STXR = 0xc804_7c23; // stxr w4, x3, [x1]
const NOP = 0xd503_201f;
const WFE = 0xd503_205f;
const SELF = 0x1400_0000; // b .

describe('the exclusive monitor', () => {
  test('is lost when another PE has run, which is an event; not when the same PE runs on', () => {
    const { cpus: [first, second], peek } = severalCpus(2, [LDXR, STXR, LDXR, STXR, NOP]);
    for (const cpu of [first!, second!]) cpu.setX(1, DATA);
    first!.run(1);
    first!.run(1);
    expect(first!.getX(4)).toBe(0n);
    first!.run(1);
    second!.setX(3, 7n);
    second!.run(2);
    expect([second!.getX(4), first!.eventRegister, second!.eventRegister]).toEqual([0n, true, false]);
    first!.setX(3, 5n);
    first!.run(1);
    expect([first!.getX(4), peek(DATA)]).toEqual([1n, 0n]);
  });

  test('survives exception entry and is lost by the return', () => {
    const { cpus: [cpu], load } = severalCpus(1, [LDXR, 0xd400_0001, STXR, LDXR, 0xd400_0001, STXR]); // svc #0
    set(cpu!, 'VBAR_EL1', CODE + 0x1000n);
    load(CODE + 0x1200n, [STXR, 0xaa04_03e5, 0xd69f_03e0]); // stxr; mov x5, x4; eret
    cpu!.setX(1, DATA);
    cpu!.run(5);
    expect([cpu!.getX(5), cpu!.pc]).toEqual([0n, CODE + 8n]);
    load(CODE + 0x1200n, [0xd69f_03e0]);
    cpu!.run(5);
    expect([cpu!.getX(4), cpu!.pc]).toEqual([1n, CODE + 0x18n]);
  });

  test('is lost when TTBR0_EL1 changes: the same address may be other memory', () => {
    const { cpus: [cpu] } = severalCpus(1, [LDXR, 0xd518_2000, STXR]); // msr ttbr0_el1, x0
    cpu!.setX(0, TABLES);
    cpu!.setX(1, DATA);
    cpu!.run(3);
    expect(cpu!.getX(4)).toBe(1n);
  });
});

/** 1: ldxr x3, [x1]; add; stxr w4, x3, [x1]; cbnz w4, 1b; subs x2, x2, #1; b.ne 1b; b . */
const INCREMENT = [0xc85f_7c23, 0x9100_0463, 0xc804_7c23, 0x35ff_ffa4, 0xf100_0442, 0x54ff_ff61, SELF];
/**
 * 1: sevl; 2: wfe; 3: ldaxr w3, [x0]; cbnz w3, 2b; mov w4, #1; stxr w5, w4, [x0]; cbnz w5, 3b;
 * ldr x6, [x1]; add; str x6, [x1]; stlr wzr, [x0]; subs x2, x2, #1; b.ne 1b; b .
 */
const LOCKED = [
  0xd503_20bf, 0xd503_205f, 0x885f_fc03, 0x35ff_ffc3, 0x5280_0024, 0x8805_7c04, 0x35ff_ff85, 0xf940_0026, 0x9100_04c6, 0xf900_0026, 0x889f_fc1f, 0xf100_0442,
  0x54ff_fe81, SELF,
];

describe.each([['evaluated', false], ['translated', true]] as const)('three PEs, %s, in turns of any length', (_, translated) => {
  test.each([['LDXR and STXR', INCREMENT], ['a spin lock with WFE', LOCKED]])('count with %s and lose nothing', (__, words) => {
    const { cpus, peek } = severalCpus(3, words, translated);
    for (const cpu of cpus) {
      cpu.setX(0, DATA);
      cpu.setX(1, DATA + 64n);
      cpu.setX(2, 1500n);
    }
    const turns = takeTurns(cpus, CODE + BigInt(4 * (words.length - 1)), 7);
    expect([peek(DATA + 64n), turns < 100_000]).toEqual([4500n, true]);
    expect(cpus.every((cpu) => cpu.translated === null || cpu.translated.leaves.some((count) => count > 0))).toBe(true);
  });
});

test('SEV wakes the WFE of another PE; SEVL only its own', () => {
  const { cpus: [first, second], load } = severalCpus(2, [WFE, WFE]);
  load(CODE + 0x100n, [0xd503_20bf, 0xd503_209f, WFE]); // sevl; sev; wfe
  second!.pc = CODE + 0x100n;
  expect(first!.run(5)).toBe('wait');
  expect([first!.waiting, first!.pc]).toEqual(['wfe', CODE + 4n]);
  second!.run(1);
  expect([first!.eventRegister, second!.eventRegister]).toEqual([false, true]);
  second!.run(2);
  expect([first!.eventRegister, second!.waiting]).toEqual([true, null]);
  first!.run(1);
  expect([first!.eventRegister, first!.pc, first!.waiting]).toEqual([false, CODE + 8n, null]);
});

const LOAD = 0xf940_0003; // ldr x3, [x0]
const PAGE = 0x743n;

/** VA 0x8000_0000 by a page of its own; returns the address of its descriptor. */
function mapPage(several: ReturnType<typeof severalCpus>, output: bigint): bigint {
  const { poke } = several;
  poke(TABLES + 16n, (TABLES + 0x1000n) | 3n);
  poke(TABLES + 0x1000n, (TABLES + 0x2000n) | 3n);
  poke(TABLES + 0x2000n, output | PAGE);
  return TABLES + 0x2000n;
}

describe('TLBI to the Inner Shareable domain', () => {
  const run = (tlbi: number, options: { readonly ownVmid?: bigint; readonly otherVmid?: bigint; readonly fb?: boolean }): bigint => {
    const several = severalCpus(2, [tlbi, NOP]);
    const [first, second] = several.cpus as [typeof several.cpus[0] & object, typeof several.cpus[0] & object];
    const descriptor = mapPage(several, DATA);
    several.load(CODE + 0x100n, [LOAD, NOP, LOAD]);
    several.poke(DATA, 0x11n);
    several.poke(DATA + 0x1000n, 0x22n);
    set(second, 'VTTBR_EL2', 5n << 48n);
    set(second, 'TTBR0_EL1', TABLES);
    second.setX(0, 0x8000_0000n);
    second.pc = CODE + 0x100n;
    second.run(1);
    several.poke(descriptor, (DATA + 0x1000n) | PAGE);
    // Where the other PE's VTTBR_EL2 points meanwhile is none of the TLBI's business.
    set(second, 'VTTBR_EL2', (options.otherVmid ?? 5n) << 48n);
    set(first, 'VTTBR_EL2', (options.ownVmid ?? 5n) << 48n);
    if (options.fb === true) set(first, 'HCR_EL2', (1n << 31n) | (1n << 9n));
    first.setX(0, 0x8_0000n);
    first.run(1);
    set(second, 'VTTBR_EL2', 5n << 48n);
    set(second, 'TTBR0_EL1', TABLES);
    second.run(2);
    return second.getX(3);
  };
  const [VMALLE1, VMALLE1IS, VAAE1IS] = [0xd508_871f, 0xd508_831f, 0xd508_8360];

  test('names the VMID of the PE that executes it', () => {
    expect(run(VMALLE1IS, {})).toBe(0x22n);
    expect(run(VAAE1IS, {})).toBe(0x22n);
    expect(run(VMALLE1IS, { otherVmid: 6n })).toBe(0x22n);
    expect(run(VAAE1IS, { otherVmid: 6n })).toBe(0x22n);
    expect(run(VMALLE1IS, { ownVmid: 6n, otherVmid: 6n })).toBe(0x11n);
  });

  test('is what HCR_EL2.FB makes of a local one; without it that stays local', () => {
    expect(run(VMALLE1, {})).toBe(0x11n);
    expect(run(VMALLE1, { fb: true })).toBe(0x22n);
  });
});

test('an ASID of 8 bits: the upper half of the operand is ignored', () => {
  const several = severalCpus(1, [LOAD, 0xd508_8745, LOAD]); // tlbi aside1, x5
  const cpu = several.cpus[0]!;
  const descriptor = mapPage(several, DATA | (1n << 11n));
  set(cpu, 'TCR_EL1', TCR & ~(1n << 36n));
  set(cpu, 'TTBR0_EL1', TABLES | (0x34n << 48n));
  several.poke(DATA + 0x1000n, 0x22n);
  cpu.setX(0, 0x8000_0000n);
  cpu.setX(5, 0x1234n << 48n);
  cpu.run(1);
  several.poke(descriptor, (DATA + 0x1000n) | PAGE | (1n << 11n));
  cpu.run(2);
  expect(cpu.getX(3)).toBe(0x22n);
});

test.each([['evaluated', false], ['translated', true]] as const)('code that another PE stores is executed, %s', (_, translated) => {
  // 1: add x7, x7, #1; subs x2, x2, #1; b.ne 1b; b .
  const several = severalCpus(2, [0x9100_04e7, 0xf100_0442, 0x54ff_ffc1, SELF], translated);
  const [runner, writer] = several.cpus;
  several.load(CODE + 0x3000n, [0xb900_0025, NOP]); // str w5, [x1]
  runner!.setX(2, 100_000n);
  runner!.run(30_000);
  expect(runner!.getX(7)).toBe(10_000n);
  writer!.pc = CODE + 0x3000n;
  writer!.setX(1, CODE);
  writer!.setX(5, 0x9100_08e7n); // add x7, x7, #2
  writer!.run(1);
  runner!.run(30_000);
  expect(runner!.getX(7)).toBe(30_000n);
});
