/** Small programs through Eval: the path of an instruction from fetch to retirement. */
import { expect, test } from 'vitest';
import { FeatureSet } from '../src/arch/features.ts';
import { SYSTEM_REGISTERS } from '../src/arch/sysregs/index.ts';
import { Cpu } from '../src/core.ts';
import { planMemory } from '../src/engine/layout.ts';

const RAM_BASE = 0x4000_0000;
const RAM_SIZE = 0x10_0000;

function makeCpu(el: 1 | 2, words: readonly number[], features = FeatureSet.upTo('v8.1', 'mandatory').with('EL2')): Cpu {
  const plan = planMemory(1, RAM_SIZE);
  const memory = new ArrayBuffer(plan.size);
  const cpu = new Cpu({
    memory,
    plan,
    pe: 0,
    features,
    identity: { midr: 0xf0000n, mpidr: 0x8000_0000n, paBits: 48, breakpoints: 6, watchpoints: 4 },
    ports: {
      bus: { read: () => 'abort', write: () => 'abort' },
      ram: [{ base: RAM_BASE, size: RAM_SIZE, host: plan.ram }],
      banks: [],
      firmwareCall: () => false,
      broadcastTlbi: () => undefined,
      sendEvent: () => undefined,
      isNative: () => false,
    },
  });
  new Int32Array(memory, plan.ram, words.length).set(words);
  cpu.reset(el, BigInt(RAM_BASE));
  return cpu;
}

test('a loop adds 1 to 10: MOV, ADD, SUBS, B.NE', () => {
  const cpu = makeCpu(1, [
    0xd2800000, // mov x0, #0
    0xd2800141, // mov x1, #10
    0x8b010000, // add x0, x0, x1
    0xf1000421, // subs x1, x1, #1
    0x54ffffc1, // b.ne .-8
  ]);
  expect(cpu.run(2 + 30)).toBe('budget');
  expect(cpu.getX(0)).toBe(55n);
  expect(cpu.pc).toBe(0x4000_0014n);
  expect(cpu.retired[1]).toBe(32);
});

test('SVC from EL1 goes to VBAR_EL1 + 0x200 with EC 0x15, and ERET returns behind it', () => {
  const words = new Array<number>(0x400).fill(0xd503201f); // nop
  words[0] = 0xd2a80020; // mov x0, #0x40010000
  words[1] = 0xd518c000; // msr vbar_el1, x0
  words[2] = 0xd4000541; // svc #0x2a
  words[3] = 0xd2800022; // mov x2, #1
  const cpu = makeCpu(1, words);
  const vector = new Int32Array(cpu.state.memory as ArrayBuffer, cpu.memory.physical.host(0x4001_0200), 2);
  vector.set([0xd5385203, 0xd69f03e0]); // mrs x3, esr_el1; eret
  expect(cpu.run(7)).toBe('budget');
  expect(cpu.getX(3)).toBe(0x5600_002an);
  expect(cpu.getX(2)).toBe(1n);
});

test('at EL2 with E2H, SCTLR_EL1 names SCTLR_EL2 and SCTLR_EL12 the EL1 register', () => {
  const cpu = makeCpu(2, [
    0xd2c00080, // mov x0, #0x4_0000_0000 (E2H)
    0xd51c1100, // msr hcr_el2, x0
    0xd2800081, // mov x1, #4
    0xd51d1001, // msr sctlr_el12, x1
    0xd2800102, // mov x2, #8
    0xd5181002, // msr sctlr_el1, x2
    0xd53c1003, // mrs x3, sctlr_el2
    0xd53d1004, // mrs x4, sctlr_el12
  ]);
  expect(cpu.run(8)).toBe('budget');
  expect(cpu.getX(3) & 0xfn).toBe(8n);
  expect(cpu.getX(4) & 0xfn).toBe(4n);
});

test('loads and stores: STP with write-back, LDRSB, LDP; a load from a hole is an external abort to the same EL', () => {
  const cpu = makeCpu(1, [
    0xd2a80100, // mov x0, #0x40080000
    0x92800021, // mov x1, #-2
    0xd2800062, // mov x2, #3
    0xa9bf0801, // stp x1, x2, [x0, #-16]!
    0x39c00003, // ldrsb w3, [x0]
    0xa9401404, // ldp x4, x5, [x0]
    0xf94003e6, // ldr x6, [sp]
  ]);
  cpu.run(7);
  expect(cpu.getX(0)).toBe(0x4007_fff0n);
  expect(cpu.getX(3)).toBe(0xffff_fffen);
  expect([cpu.getX(4), cpu.getX(5)]).toEqual([0xffff_ffff_ffff_fffen, 3n]);
  // EC 0x25 (Data Abort, same EL), IL, DFSC 0x10 (external), FAR 0: SP resets to 0.
  expect(cpu.sysregs.read(SYSTEM_REGISTERS.byName('ESR_EL1')?.key ?? 0, 0)).toBe(true);
  expect(cpu.sysregs.value[0]).toBe(0x9600_0010);
});

test('an illegal exception return keeps EL1, and the instruction at its target takes EC 0x0e with SPSR.IL set', () => {
  const words = new Array<number>(0x400).fill(0xd503201f); // nop
  words[0] = 0xd2a80020; // mov x0, #0x40010000
  words[1] = 0xd518c000; // msr vbar_el1, x0
  words[2] = 0xd28078c0; // mov x0, #0x3c6: M[1] is reserved
  words[3] = 0xd5184000; // msr spsr_el1, x0
  words[4] = 0x10000060; // adr x0, .+12
  words[5] = 0xd5184020; // msr elr_el1, x0
  words[6] = 0xd69f03e0; // eret
  words[7] = 0xd2800022; // mov x2, #1: not executed
  const cpu = makeCpu(1, words);
  const vector = new Int32Array(cpu.state.memory as ArrayBuffer, cpu.memory.physical.host(0x4001_0200), 3);
  vector.set([0xd5385203, 0xd5384004, 0xd5384025]); // mrs x3, esr_el1; mrs x4, spsr_el1; mrs x5, elr_el1
  expect(cpu.run(7 + 1 + 3)).toBe('budget');
  expect(cpu.getX(3)).toBe(0x3a00_0000n);
  expect(cpu.getX(4)).toBe(0x0010_03c5n);
  expect(cpu.getX(5)).toBe(0x4000_001cn);
  expect(cpu.getX(2)).toBe(0n);
});
