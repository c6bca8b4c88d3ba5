/** A PE with tiers beside Eval, and the loop that runs them: what tests of translated code share. */
import { FeatureSet } from '../src/arch/features.ts';
import { Cpu } from '../src/core.ts';
import { machineMemory } from '../src/emit/web-assembly.ts';
import type { CodeCache } from '../src/engine/code-cache.ts';
import { BANK, planMemory, recordBytes } from '../src/engine/layout.ts';
import type { TranslatedCode } from '../src/engine/parts.ts';
import { createTranslation, type Tiers } from '../src/engine/translation.ts';
import { CPACR_EL1 } from '../src/arch/sysregs/index.ts';
import { CELL } from '../src/sysreg/cells.ts';

export const RAM_BASE = 0x4000_0000;
export const RAM_SIZE = 0x40_0000;
/** Page tables: one of each level, at the end of the 2 MiB for code. */
const TABLES = 0x1f_0000;
/** The second 2 MiB: mapped page by page, for EL0 too. */
export const DATA_AREA = RAM_BASE + 0x20_0000;
const NORMAL = 0x700n; // AF, inner shareable, attribute 0
const USER = 1n << 6n;
const READ_ONLY = 1n << 7n;

/** Tiers by what they are together. */
export const MIXES: readonly (readonly [string, Tiers])[] = [
  ['tier 0', { tier0: true, tier1: false }],
  ['tier 1', { tier0: false, tier1: true }],
  ['all tiers', { tier0: true, tier1: true }],
];

export interface TieredCpu {
  readonly cpu: Cpu;
  readonly cache: CodeCache;
  readonly tier1: TranslatedCode;
  readonly ram: Int32Array;
}

export function tieredCpu(options: { readonly features?: FeatureSet; readonly ramSize?: number; readonly tiers?: Tiers; readonly codeCacheBytes?: number; setPmuOverflow?: (cpu: Cpu, level: boolean) => void; firmwareCall?: (cpu: Cpu, imm: number) => boolean } = {}): TieredCpu {
  const features = options.features ?? FeatureSet.upTo('v8.4', 'mandatory').with('EL2');
  const ramSize = options.ramSize ?? RAM_SIZE;
  const plan = planMemory(1, ramSize, recordBytes(ramSize, options.codeCacheBytes));
  const memory = machineMemory(plan.size);
  const cache = createTranslation(memory, plan, features, [{ base: RAM_BASE, size: ramSize, host: plan.ram }], options.tiers ?? { tier0: false, tier1: true }, options.codeCacheBytes);
  const cpu: Cpu = new Cpu({
    memory: memory.buffer,
    plan,
    pe: 0,
    features,
    identity: { midr: 0xf0000n, mpidr: 0x8000_0000n, paBits: 48, breakpoints: 6, watchpoints: 4 },
    translation: cache,
    ports: {
      bus: { read: () => 'abort', write: () => 'abort' },
      ram: [{ base: RAM_BASE, size: ramSize, host: plan.ram }],
      banks: [],
      firmwareCall: (kind, imm) => kind === 'hlt' && (options.firmwareCall?.(cpu, imm) ?? false),
      broadcastTlbi: () => undefined,
      sendEvent: () => undefined,
      isNative: () => false,
      setPmuOverflow: (level) => options.setPmuOverflow?.(cpu, level),
    },
  });
  // Little is hot in a test: tier 1 takes over early.
  if (options.tiers?.tier0 === true) cache.patience = { hot: 4096, batch: 4096 };
  mapIdentity(cpu, plan.ram);
  restart(cpu, RAM_BASE);
  const tier1 = cpu.translated;
  if (tier1 === null) throw new Error('the PE has no translated code');
  return { cpu, cache, tier1, ram: new Int32Array(memory.buffer, plan.ram, ramSize / 4) };
}

/** Level 1 to 3 tables: code in a block of 2 MiB, data in pages. */
function mapIdentity(cpu: Cpu, host: number): void {
  const table = new BigUint64Array(cpu.state.memory as ArrayBuffer, host + TABLES, 3 * 512);
  const physical = BigInt(RAM_BASE + TABLES);
  table[1] = (physical + 0x1000n) | 3n;
  table[512] = BigInt(RAM_BASE) | NORMAL | 1n;
  table[513] = (physical + 0x2000n) | 3n;
  for (let page = 0; page < 512; page++) mapData(cpu, host, page, 'write');
}

/** Maps page `page` of the data area, to RAM there or elsewhere, and forgets what the TLB knew. */
export function mapData(cpu: Cpu, host: number, page: number, rights: 'none' | 'read' | 'write', physical = DATA_AREA + 0x1000 * page): void {
  const entry = BigInt(physical) | NORMAL | USER | (rights === 'read' ? READ_ONLY : 0n) | 3n;
  new BigUint64Array(cpu.state.memory as ArrayBuffer, host + TABLES + 0x2000, 512)[page] = rights === 'none' ? 0n : entry;
  cpu.memory.tlb.invalidate(() => true);
  cpu.memory.contexts.invalidateBanks(() => true, 0, BANK.ENTRIES);
  cpu.memory.forgetFetchPage();
}

/** Cold reset into EL1 with the MMU on, FP and SIMD enabled. */
export function restart(cpu: Cpu, pc: number): void {
  cpu.reset(1, BigInt(pc));
  const { state } = cpu;
  state.put64(CELL.MAIR_EL1, 0xffn);
  state.put64(CELL.TCR_EL1, 25n | (1n << 23n));
  state.put64(CELL.TTBR0_EL1, BigInt(RAM_BASE + TABLES));
  state.put64(CELL.SCTLR_EL1, state.get64(CELL.SCTLR_EL1) | 1n);
  state.put64(CELL.CPACR_EL1, BigInt(CPACR_EL1.FPEN.wordMask));
  cpu.contextChanged();
}

/** For `enter`: what is left to Eval is not executed, so that a test sees where translated code leaves. */
export const leaving = (): boolean => false;

/** Runs for `budget` instructions and exceptions, in translated code where there is some; returns how many it was. */
export function runTiered({ cpu }: TieredCpu, budget: number): number {
  return cpu.run(budget) === 'budget' ? budget : -1;
}
