/** MRS and MSR of every register, MSR (immediate), DC and IC in translated code, under every kind of control: as Eval does them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { EVENT } from '../src/arch/events.ts';
import { HCR_EL2, SCTLR_EL1, SYSTEM_REGISTERS } from '../src/arch/sysregs/index.ts';
import { MODE, PE, codeMode } from '../src/engine/layout.ts';
import { implementedPstate, PSTATE } from '../src/state/pstate.ts';
import { CELL } from '../src/sysreg/cells.ts';
import { SYSREG_CELLS } from '../src/sysreg/storage.ts';
import { difference, peBlock, Random, randomValue } from './random-state.ts';
import { DATA_AREA, leaving, RAM_BASE, restart, tieredCpu, type TieredCpu } from './tiered.ts';

const HLT = 0xd4400000;
const VM = HCR_EL2.VM.mask | HCR_EL2.DC.mask;
const HOST = HCR_EL2.E2H.mask | HCR_EL2.TGE.mask;
/** EL, SPSel, and HCR_EL2.{E2H, TGE}. */
const MODES = [
  ['EL0', 0, 0n],
  ['EL0 of a host', 0, HOST],
  ['EL1h', 1 | MODE.SPSEL, 0n],
  ['EL1t', 1, 0n],
  ['EL1h under E2H', 1 | MODE.SPSEL, HCR_EL2.E2H.mask],
  ['EL2h', 2 | MODE.SPSEL, 0n],
  ['EL2h of a host', 2 | MODE.SPSEL, HOST],
] as const;
/** Registers whose random values would move the code away or stop time. */
const CONTROLS = [...SYSREG_CELLS].filter(([key]) => /^(HCR|CPACR|CPTR|MDCR|HSTR|CNTHCTL|CNTKCTL|PMUSERENR|VPIDR|VMPIDR)/.test(SYSTEM_REGISTERS.byKey(key)?.name ?? ''));

/** Translation and alignment checks off; and little-endian, for big-endian data is Eval's alone. */
const SCTLR_OFF = SCTLR_EL1.M.wordMask | SCTLR_EL1.A.wordMask | SCTLR_EL1.SA.wordMask | SCTLR_EL1.SA0.wordMask | SCTLR_EL1.EE.wordMask | SCTLR_EL1.E0E.wordMask;

let target: TieredCpu;

interface Outcome {
  readonly executed: number;
  readonly mismatch: string | null;
}

/** Compiles the words, each with a HLT behind, for one mode; runs each by Eval and by the tier from the same random state. */
function compare(words: readonly number[], elSp: number, hcr: bigint, random: Random): Outcome[] {
  const { cpu, cache, ram, tier1 } = target;
  const { state } = cpu;
  const enter = (): void => {
    cpu.reset(2, BigInt(RAM_BASE));
    for (const [, cell] of CONTROLS) state.put64(cell, random.below(3) === 0 ? 0n : (BigInt(random.word() >>> 0) << 32n) | BigInt(random.word() >>> 0));
    state.put64(CELL.HCR_EL2, (state.get64(CELL.HCR_EL2) & ~(HOST | VM)) | hcr);
    for (const cell of [CELL.SCTLR_EL1, CELL.SCTLR_EL2]) state.put64(cell, BigInt(random.word() & ~SCTLR_OFF));
    state.set32(PE.PSTATE, random.word() & implementedPstate(cpu.features) & ~(PSTATE.IL | PSTATE.SS | 0xf000_000f));
    state.set32(PE.MODE, elSp);
    for (let register = 0; register < 31; register++) state.put64(PE.X + 8 * register, randomValue(random));
    cpu.contextChanged();
  };
  cache.clear();
  enter();
  const mode = codeMode(state.get32(PE.MODE));
  for (let i = 0; i < words.length; i++) {
    ram.set([words[i]!, HLT], 2 * i);
    const offset = (8 * i) & 0xfff;
    cache.request({ host: ram.byteOffset + 8 * i - offset, pageLo: (RAM_BASE + 8 * i) & ~0xfff, pageHi: 0, mode, entry: offset }, 0);
  }
  cache.compile();
  const outcomes = words.map((_word, i): Outcome => {
    enter();
    state.put64(PE.PC, BigInt(RAM_BASE + 8 * i));
    const before = state.i32.slice(state.word, state.word + 0x400);
    const eventsBefore = cpu.events.slice();
    cpu.stepOnce();
    const expected = peBlock(state);
    const expectedEvents = cpu.events.slice();
    state.i32.set(before, state.word);
    cpu.events.set(eventsBefore);
    cpu.contextChanged();
    state.set32(PE.BUDGET, 1);
    if (!tier1.enter(leaving)) return { executed: 0, mismatch: null };
    const executed = 1 - state.get32(PE.BUDGET);
    if (executed === 0) cpu.stepOnce();
    const events = expectedEvents.findIndex((count, event) => count !== cpu.events[event]);
    return { executed, mismatch: difference(expected, peBlock(state)) ?? (events < 0 ? null : `event ${String(events)}`) };
  });
  return outcomes;
}

const TIERS = [['tier 0', { tier0: true, tier1: false }], ['tier 1', { tier0: false, tier1: true }]] as const;

describe.each(TIERS)('%s', (_tier, tiers) => {
  beforeAll(() => {
    target = tieredCpu({ tiers });
  });

  test.each(MODES)('MRS and MSR at %s', (_name, elSp, hcr) => {
    const random = new Random(elSp + Number(hcr >> 27n) + 5);
    const keys = SYSTEM_REGISTERS.rows.map(({ key }) => key).filter(() => random.below(3) === 0);
    const words = [0xd5000000, 0xd5200000].flatMap((base) => keys.map((key) => (base | (key << 5) | random.below(32)) | 0));
    const outcomes = compare(words, elSp, hcr, random);
    const mismatches = outcomes.flatMap(({ mismatch }, i) => (mismatch === null ? [] : [`${SYSTEM_REGISTERS.byKey(keys[i % keys.length]!)?.name ?? ''} ${i < keys.length ? 'MSR' : 'MRS'}: ${mismatch}`]));
    expect(mismatches).toEqual([]);
    expect(outcomes.filter(({ executed }) => executed > 0).length).toBeGreaterThan(elSp === 0 ? 0 : 15);
  });

  test.each(MODES)('MSR DAIFSet and DAIFClr at %s', (_name, elSp, hcr) => {
    const random = new Random(9);
    const words = Array.from({ length: 32 }, (_none, i) => 0xd50340df | (i << 5) | ((i & 16) << 4)).map((word, i) => (word & ~0xfe0) | ((i & 15) << 8) | ((i < 16 ? 6 : 7) << 5));
    const outcomes = compare(words, elSp, hcr, random);
    expect(outcomes.filter(({ mismatch }) => mismatch !== null)).toEqual([]);
    expect(outcomes.filter(({ executed }) => executed > 0).length).toBe(elSp === 0 ? 0 : 32);
  });

  /** Compiles one word at the beginning of RAM. */
  function compileWord(word: number): void {
    const { cpu, cache, ram } = target;
    restart(cpu, RAM_BASE);
    cache.clear();
    ram.set([word, HLT]);
    cache.request({ host: ram.byteOffset, pageLo: RAM_BASE, pageHi: 0, mode: codeMode(cpu.state.get32(PE.MODE)), entry: 0 }, 0);
    cache.compile();
  }

  test.each([
    ['dc cvac', 0xd50b7a20], ['dc cvau', 0xd50b7b20], ['dc civac', 0xd50b7e20], ['ic ivau', 0xd50b7520],
  ])('%s changes nothing, and is done where the address is known to be readable', (_name, word) => {
    const { cpu, tier1 } = target;
    compileWord(word | 0);
    const { state } = cpu;
    cpu.setX(0, BigInt(DATA_AREA + 37));
    cpu.stepOnce();
    const before = state.i32.slice(state.word, state.word + 0x400);
    const done = cpu.events[EVENT.tlbi]!;
    const tryAt = (address: bigint): number => {
      state.put64(PE.PC, BigInt(RAM_BASE));
      cpu.setX(0, address);
      cpu.contextChanged();
      state.set32(PE.BUDGET, 1);
      tier1.enter(leaving);
      return 1 - state.get32(PE.BUDGET);
    };
    expect(tryAt(BigInt(DATA_AREA + 37))).toBe(1);
    expect([...state.i32.slice(state.word, state.word + 0x40)]).toEqual([...before.slice(0, 0x40)]);
    expect(cpu.events[EVENT.tlbi]! - done).toBe(1);
    expect(tryAt(0x40_0000_0000n)).toBe(0);
  });

  test.each([
    ['ic iallu', 0xd508751f], ['dc csw', 0xd5087a40],
  ])('%s is done by counting it', (_name, word) => {
    const { cpu, tier1 } = target;
    compileWord(word | 0);
    const done = cpu.events[EVENT.tlbi]!;
    cpu.stepOnce();
    cpu.state.put64(PE.PC, BigInt(RAM_BASE));
    cpu.contextChanged();
    cpu.state.set32(PE.BUDGET, 1);
    tier1.enter(leaving);
    expect([cpu.state.get32(PE.BUDGET), cpu.events[EVENT.tlbi]! - done]).toEqual([0, 2]);
  });

  test('DC ZVA is 64 bytes of zeros, wherever the address points in the block', () => {
    const { cpu, ram, tier1 } = target;
    compileWord(0xd50b7420 | 0); // dc zva, x0
    const { state } = cpu;
    const data = (DATA_AREA - RAM_BASE) / 4;
    cpu.setX(0, BigInt(DATA_AREA + 64));
    cpu.stepOnce();
    ram.fill(-1, data, data + 64);
    state.put64(PE.PC, BigInt(RAM_BASE));
    cpu.setX(0, BigInt(DATA_AREA + 64 + 37));
    cpu.contextChanged();
    state.set32(PE.BUDGET, 1);
    expect(tier1.enter(leaving)).toBe(true);
    expect(state.get32(PE.BUDGET)).toBe(0);
    expect([...ram.slice(data, data + 64)]).toEqual(Array.from({ length: 64 }, (_none, word) => (word >= 16 && word < 32 ? 0 : -1)));
  });
});
