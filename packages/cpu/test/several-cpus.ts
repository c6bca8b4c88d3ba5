/** PEs that share memory, code and translated code, at EL1 with RAM mapped flat as Normal memory; and words to run. */
import { FeatureSet } from '../src/arch/features.ts';
import { SYSTEM_REGISTERS } from '../src/arch/sysregs/index.ts';
import { Cpu } from '../src/core.ts';
import { machineMemory } from '../src/emit/web-assembly.ts';
import { planMemory } from '../src/engine/layout.ts';
import { createTranslation } from '../src/engine/translation.ts';

const RAM_BASE = 0x4000_0000;
const RAM_SIZE = 0x10_0000;
export const CODE = 0x4000_0000n;
export const DATA = 0x4008_0000n;
/** Level 1 and level 2 of stage 1; free tables behind them. */
export const TABLES = 0x4001_0000n;
/** 39 bits of VA, 4 KiB granule, 40 bits of IPA, ASIDs of 16 bits. */
export const TCR = 25n | (1n << 23n) | (2n << 32n) | (1n << 36n);
const FEATURES = FeatureSet.upTo('v8.2', 'mandatory').with('EL2', 'VMID16');

export interface SeveralCpus {
  readonly cpus: readonly Cpu[];
  readonly peek: (address: bigint) => bigint;
  readonly poke: (address: bigint, value: bigint) => void;
  readonly load: (address: bigint, words: readonly number[]) => void;
}

export function severalCpus(count: number, words: readonly number[], translated = false): SeveralCpus {
  const plan = planMemory(count, RAM_SIZE);
  const memory = machineMemory(plan.size);
  const ram = [{ base: RAM_BASE, size: RAM_SIZE, host: plan.ram }];
  const view = new DataView(memory.buffer, plan.ram, RAM_SIZE);
  const translation = translated ? { translation: createTranslation(memory, plan, FEATURES, ram) } : {};
  const cpus: Cpu[] = [];
  const others = (self: number): readonly Cpu[] => cpus.filter((_, pe) => pe !== self);
  for (let pe = 0; pe < count; pe++) {
    const cpu = new Cpu({
      memory: memory.buffer, plan, pe, features: FEATURES, ...translation,
      identity: { midr: 0xf0000n, mpidr: 0x8000_0000n | BigInt(pe), paBits: 40, breakpoints: 6, watchpoints: 4 },
      ports: {
        bus: { read: () => 'abort', write: () => 'abort' },
        ram,
        banks: [],
        firmwareCall: () => false,
        broadcastTlbi: (scope) => {
          for (const other of others(pe)) other.invalidateTlb(scope);
        },
        sendEvent: () => {
          for (const other of others(pe)) other.eventRegister = true;
        },
        isNative: () => false,
      },
    });
    cpus.push(cpu);
  }
  const several: SeveralCpus = {
    cpus,
    peek: (address) => view.getBigUint64(Number(address) - RAM_BASE, true),
    poke: (address, value) => {
      view.setBigUint64(Number(address) - RAM_BASE, value, true);
    },
    load: (address, list) => {
      list.forEach((word, i) => {
        view.setInt32(Number(address) - RAM_BASE + 4 * i, word, true);
      });
    },
  };
  several.load(CODE, words);
  several.poke(TABLES + 8n, BigInt(RAM_BASE) | 0x701n);
  for (const cpu of cpus) {
    cpu.reset(1, CODE);
    set(cpu, 'HCR_EL2', 1n << 31n);
    set(cpu, 'MAIR_EL1', 0xffn);
    set(cpu, 'TCR_EL1', TCR);
    set(cpu, 'TTBR0_EL1', TABLES);
    set(cpu, 'SCTLR_EL1', 0x30d0_0801n);
  }
  return several;
}

export function set(cpu: Cpu, name: string, value: bigint): void {
  cpu.sysregs.poke(SYSTEM_REGISTERS.byName(name)!.key, value);
}

/** Lets the PEs take turns of random length until all stand at `end`, or for `limit` turns; returns how many it took. */
export function takeTurns(cpus: readonly Cpu[], end: bigint, seed: number, limit = 100_000): number {
  let random = seed;
  for (let turn = 0; turn < limit; turn++) {
    if (cpus.every((cpu) => cpu.pc === end)) return turn;
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    cpus[(random >>> 16) % cpus.length]!.run(8 + ((random >>> 8) % 150));
  }
  return limit;
}
