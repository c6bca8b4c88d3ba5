/** A PE with 1 MiB of RAM and a program, for directed tests: words in, registers and the exception out. */
import { FeatureSet } from '../src/arch/features.ts';
import { SYSTEM_REGISTERS } from '../src/arch/sysregs/index.ts';
import { Cpu } from '../src/core.ts';
import { PE, planMemory } from '../src/engine/layout.ts';
import { InvariantError } from '../src/invariant.ts';

export const RAM_BASE = 0x4000_0000;
const RAM_SIZE = 0x10_0000;
/** The program; data; tables. */
export const CODE = 0x4000_0000n;
export const DATA = 0x4008_0000n;
const TABLES = 0x4001_0000;

export interface SmallCpu {
  readonly cpu: Cpu;
  /** Physical memory as 64-bit words, by address. */
  readonly peek: (address: bigint) => bigint;
  readonly poke: (address: bigint, value: bigint) => void;
  readonly register: (name: string) => bigint;
  readonly setRegister: (name: string, value: bigint) => void;
}

export function smallCpu(el: 1 | 2, words: readonly number[], features = FeatureSet.upTo('v8.2', 'mandatory').with('EL2')): SmallCpu {
  const plan = planMemory(1, RAM_SIZE);
  const memory = new ArrayBuffer(plan.size);
  const cpu = new Cpu({
    memory,
    plan,
    pe: 0,
    features,
    identity: { midr: 0xf0000n, mpidr: 0x8000_0000n, paBits: 40, breakpoints: 6, watchpoints: 4 },
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
  const view = new DataView(memory, plan.ram, RAM_SIZE);
  words.forEach((word, i) => {
    view.setInt32(4 * i, word, true);
  });
  cpu.reset(el, CODE);
  const row = (name: string): { readonly key: number } => {
    const found = SYSTEM_REGISTERS.byName(name);
    if (found === undefined) throw new InvariantError(`no register ${name}`);
    return found;
  };
  return {
    cpu,
    peek: (address) => view.getBigUint64(Number(address) - RAM_BASE, true),
    poke: (address, value) => {
      view.setBigUint64(Number(address) - RAM_BASE, value, true);
    },
    register: (name) => cpu.sysregs.peek(row(name).key) ?? -1n,
    setRegister: (name, value) => {
      cpu.sysregs.poke(row(name).key, value);
    },
  };
}

/** Stage 1 of EL1&0 on: 39 bits of VA, RAM flat as one block, Normal; VA 0x8000_0000 + 8 KiB by pages that `leaves` name. */
export function mapEl1(small: SmallCpu, leaves: readonly bigint[] = [], tcr = 0n): void {
  const { poke, setRegister } = small;
  const [level1, level2, level3] = [TABLES, TABLES + 0x1000, TABLES + 0x2000].map(BigInt) as [bigint, bigint, bigint];
  poke(level1 + 8n, BigInt(RAM_BASE) | 0x401n);
  poke(level1 + 16n, level2 | 3n);
  poke(level2, level3 | 3n);
  leaves.forEach((leaf, i) => {
    poke(level3 + 8n * BigInt(i), leaf);
  });
  setRegister('MAIR_EL1', 0x00ffn);
  setRegister('TCR_EL1', 25n | (1n << 23n) | (2n << 32n) | tcr);
  setRegister('TTBR0_EL1', level1);
  setRegister('SCTLR_EL1', 0x30d0_0801n);
}

/** The stack pointer in use. */
export function setSp(cpu: Cpu, value: bigint): void {
  cpu.state.put64(PE.SP, value);
}
