/** A core made on its own: the README's example, and what cannot be made. */
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ArgumentError, CORE_NAMES, CORES, Cpu, createCpu, machineMemory, mostRam, planMemory, type CpuOptions } from '../src/index.ts';
import { EVENT, FeatureSet, MAIR_EL1, missingFeatures, SCTLR_EL1, TCR_EL1, TTBR0_EL1 } from '../src/arch/index.ts';

/** The README's example of the core, and what its comments say that it prints. */
function readmeExample(): { readonly body: string; readonly lines: number; readonly promised: readonly string[] } {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const block = [...readme.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map((found) => found[1]!).find((text) => text.includes('createCpu'))!;
  const promised = [...block.matchAll(/console\.log\(.*; \/\/ (.*)$/gm)].map((found) => found[1]!);
  return { body: block.replace(/^import .*$/gm, ''), lines: block.trim().split('\n').length, promised };
}

test('the example of the README has at most fifteen lines and prints what it says', () => {
  const { body, lines, promised } = readmeExample();
  const printed: string[] = [];
  runInNewContext(body, { createCpu, console: { log: (...texts: unknown[]) => printed.push(texts.join(' ')) } });
  expect(lines).toBeLessThanOrEqual(15);
  expect(promised.length).toBeGreaterThan(1);
  expect(printed).toEqual(promised);
});

test('every core by name has all that its features need, and says its MIDR', () => {
  for (const core of CORE_NAMES) {
    expect(missingFeatures(CORES[core].features)).toEqual([]);
    const { cpu, ram } = createCpu({ core });
    ram.writeWords(0x4000_0000, [0xd538_0000]); // mrs x0, midr_el1
    cpu.run(1);
    expect(cpu.getX(0)).toBe(CORES[core].midr);
  }
});

const OPTIONS: CpuOptions = {
  memory: new ArrayBuffer(planMemory(1, 0x1_0000).size),
  plan: planMemory(1, 0x1_0000),
  pe: 0,
  features: FeatureSet.upTo('v8.0', 'mandatory'),
  identity: { midr: 0n, mpidr: 0n, paBits: 40, breakpoints: 2, watchpoints: 2 },
  ports: {
    bus: { read: () => 'abort', write: () => 'abort' },
    ram: [{ base: 0, size: 0x1_0000, host: planMemory(1, 0x1_0000).ram }],
    banks: [],
    firmwareCall: () => false,
    broadcastTlbi: () => undefined,
    sendEvent: () => undefined,
    isNative: () => false,
  },
};
const withIdentity = (identity: Partial<CpuOptions['identity']>): Cpu => new Cpu({ ...OPTIONS, identity: { ...OPTIONS.identity, ...identity } });
const withRam = (...ram: CpuOptions['ports']['ram']): Cpu => new Cpu({ ...OPTIONS, ports: { ...OPTIONS.ports, ram } });
const host = OPTIONS.plan.ram;

test.each<[argument: string, given: string, allowed: string, make: () => unknown]>([
  ['pe', '1', '0 to 0', () => new Cpu({ ...OPTIONS, pe: 1 })],
  ['pe', '-1', '0 to 0', () => new Cpu({ ...OPTIONS, pe: -1 })],
  ['memory.byteLength', '65536', 'at least', () => new Cpu({ ...OPTIONS, memory: new ArrayBuffer(0x1_0000) })],
  ['features', '"FHM without FP16"', 'FP16 with it', () => new Cpu({ ...OPTIONS, features: OPTIONS.features.with('FHM') })],
  ['features', '"NV without VHE"', 'VHE with it', () => createCpu({ features: OPTIONS.features.with('NV') })],
  ['features', 'an object', 'a FeatureSet', () => new Cpu({ ...OPTIONS, features: new Set(['FP']) as unknown as FeatureSet })],
  ['identity.midr', '0x100000000', '32 bits', () => withIdentity({ midr: 1n << 32n })],
  ['identity.mpidr', '0x-1', '40 bits', () => withIdentity({ mpidr: -1n })],
  ['identity.paBits', '41', '32, 36, 40, 42, 44, 48', () => withIdentity({ paBits: 41 })],
  ['identity.paBits', '52', '32, 36, 40, 42, 44, 48', () => withIdentity({ paBits: 52 })],
  ['identity.breakpoints', '1', '2 to 16', () => withIdentity({ breakpoints: 1 })],
  ['identity.watchpoints', '17', '2 to 16', () => withIdentity({ watchpoints: 17 })],
  ['ports.ram[0].size', '100', 'multiple of 4096', () => withRam({ base: 0, size: 100, host })],
  ['ports.ram[0].size', '1099511627776', 'multiple of 4096', () => withRam({ base: 0, size: 2 ** 40, host })],
  ['ports.ram[0].base', '4097', 'multiple of 4096', () => withRam({ base: 4097, size: 4096, host })],
  ['ports.ram[0].base', '1099511627776', '0 to 1099511623680', () => withRam({ base: 2 ** 40, size: 4096, host })],
  ['ports.ram[0].host', 'NaN', 'multiple of 4096', () => withRam({ base: 0, size: 4096, host: NaN })],
  ['ports.ram[1].base', '4096', 'outside the region of 8192 bytes at 0', () => withRam({ base: 0, size: 8192, host }, { base: 4096, size: 4096, host })],
  ['pes', '0', '1 to 64', () => planMemory(0, 0x1_0000)],
  ['pes', '65', '1 to 64', () => planMemory(65, 0x1_0000)],
  ['ramSize', '0', 'multiple of 4096', () => planMemory(1, 0)],
  ['ramSize', '1.5', 'multiple of 4096', () => planMemory(1, 1.5)],
  ['ramSize', '4294967296', `to ${String(mostRam(1))}`, () => planMemory(1, 2 ** 32)],
  ['size', '4295032832', '65536 to 4294967296', () => machineMemory(2 ** 32 + 0x1_0000)],
  ['core', '"cortex-a57"', 'generic, mustang', () => createCpu({ core: 'cortex-a57' as 'seattle' })],
  ['ramSize', '-4096', 'multiple of 4096', () => createCpu({ ram: { base: 0, size: -4096 } })],
  ['codeCacheBytes', '0', '4194304 to 1073741824', () => createCpu({ codeCacheBytes: 0 })],
  ['codeCacheBytes', 'NaN', '4194304 to', () => createCpu({ codeCacheBytes: NaN })],
  ['el', '3', '1 to 2', () => { createCpu().cpu.reset(3 as 1, 0n); }],
  ['el', '2', '1 to 1', () => { createCpu({ core: { ...CORES.mustang, features: OPTIONS.features } }).cpu.reset(2, 0n); }],
  ['pc', '0x10000000000000000', '64 bits', () => { createCpu().cpu.reset(1, 1n << 64n); }],
  ['budget', 'NaN', 'an integer', () => createCpu().cpu.run(NaN)],
  ['budget', '-1', 'an integer', () => createCpu().cpu.run(-1)],
  ['n', '31', '0 to 30', () => createCpu().cpu.getX(31)],
  ['n', '32', '0 to 31', () => { createCpu().cpu.setV(32, 0n); }],
  ['address', '1073741823', '1073741824 to', () => createCpu().ram.read(0x3fff_ffff, 1)],
  ['length', '1048577', '0 to 1048576', () => createCpu().ram.read(0x4000_0000, 0x10_0001)],
  ['address', '1074790398', 'to 1074790396', () => { createCpu().ram.writeWords(0x400f_fffe, [0]); }],
])('%s cannot be %s', (argument, given, allowed, make) => {
  let error: unknown = null;
  try {
    make();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ArgumentError);
  expect(error).toMatchObject({ argument, given });
  expect((error as ArgumentError).allowed).toContain(allowed);
  expect((error as ArgumentError).message).toContain(argument);
});

test('without the registers of a timer, those of the counter and the timers read as zero and ignore writes', () => {
  const { cpu, ram } = createCpu();
  // mrs x0, cntfrq_el0; mrs x2, cntvct_el0; msr cntv_ctl_el0, x1; mrs x3, cntv_ctl_el0; msr cntfrq_el0, x1; mrs x4, cntfrq_el0
  ram.writeWords(0x4000_0000, [0xd53b_e000, 0xd53b_e042, 0xd51b_e321, 0xd53b_e323, 0xd51b_e001, 0xd53b_e004]);
  for (let n = 0; n < 5; n++) cpu.setX(n, 0xffn);
  cpu.run(6);
  expect([cpu.pc, cpu.getX(0), cpu.getX(2), cpu.getX(3), cpu.getX(4)]).toEqual([0x4000_0018n, 0n, 0n, 0n, 0n]);
});

test('RAM of more than 2 GiB: the last words are executed, loaded and stored like the first', () => {
  const size = mostRam(1);
  const base = 0x4000_0000;
  const { cpu, ram } = createCpu({ ram: { base, size } });
  const code = base + size - 0x2000;
  // str x0, [x1]; ldr x2, [x1]; ldr w3, [x1, #4]
  ram.writeWords(code, [0xf900_0020, 0xf940_0022, 0xb940_0423]);
  cpu.reset(2, BigInt(code));
  cpu.setX(0, 0x1234_5678_9abc_def0n);
  cpu.setX(1, BigInt(base + size - 8));
  expect(cpu.run(3)).toBe('budget');
  expect([cpu.getX(2), cpu.getX(3)]).toEqual([0x1234_5678_9abc_def0n, 0x1234_5678n]);
  expect(ram.readWords(base + size - 8, 2)).toEqual([0x9abc_def0, 0x1234_5678]);
});

test('a loop in the last page of 4 GiB runs translated, with loads and stores behind 2 GiB', () => {
  const size = mostRam(1);
  const base = 0x4000_0000;
  const { cpu, ram } = createCpu({ ram: { base, size } });
  const code = base + size - 0x1000;
  // ldr x2, [x1]; add x2, x2, #1; str x2, [x1]; subs x0, x0, #1; b.ne .-16; b .
  ram.writeWords(code, [0xf940_0022, 0x9100_0442, 0xf900_0022, 0xf100_0400, 0x54ff_ff81, 0x1400_0000]);
  // Stage 1 of EL1&0: 39 bits of VA, flat, in blocks of 1 GiB of Normal memory.
  ram.writeWords(base, Array.from({ length: 8 }, (_, gib) => [gib * 0x4000_0000 % 2 ** 32 + 0x401, Math.floor(gib / 4)]).flat());
  cpu.reset(1, BigInt(code));
  cpu.setSystemRegister(MAIR_EL1, 0xffn);
  cpu.setSystemRegister(TCR_EL1, TCR_EL1.of({ T0SZ: 25, EPD1: 1, IPS: 2 }));
  cpu.setSystemRegister(TTBR0_EL1, BigInt(base));
  cpu.setSystemRegister(SCTLR_EL1, SCTLR_EL1.of({ M: 1 }));
  cpu.setX(0, 20_000n);
  cpu.setX(1, BigInt(base + 0x9000_0000));
  expect(cpu.run(100_000)).toBe('budget');
  expect(ram.readWords(base + 0x9000_0000, 1)).toEqual([20_000]);
  expect(cpu.retired[1]).toBe(100_000);
  expect(cpu.translated?.leaves.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  expect(cpu.events[EVENT.walkReference]).toBeLessThan(10);
});
