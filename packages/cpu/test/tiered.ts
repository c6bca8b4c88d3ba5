/** A PE with tier 1 beside Eval, and the loop that runs both: what tests of translated code share. */
import { Decoder } from '../src/arch/insn/decoder.ts';
import { ROWS } from '../src/arch/insn/index.ts';
import { FeatureSet } from '../src/arch/features.ts';
import { Cpu } from '../src/core.ts';
import { machineMemory } from '../src/emit/web-assembly.ts';
import { CodeCache } from '../src/engine/code-cache.ts';
import { LEAVE, PE, planMemory } from '../src/engine/layout.ts';
import { Tier1 } from '../src/engine/tier1.ts';
import { WordDecoder } from '../src/engine/word-decoder.ts';
import { DEFINITIONS } from '../src/sem/index.ts';

export const RAM_BASE = 0x4000_0000;
export const RAM_SIZE = 0x20_0000;

export interface TieredCpu {
  readonly cpu: Cpu;
  readonly cache: CodeCache;
  readonly tier1: Tier1;
  readonly ram: Int32Array;
}

export function tieredCpu(options: { readonly features?: FeatureSet; readonly ramSize?: number; firmwareCall?: (cpu: Cpu, imm: number) => boolean } = {}): TieredCpu {
  const features = options.features ?? FeatureSet.upTo('v8.4', 'mandatory').with('EL2');
  const ramSize = options.ramSize ?? RAM_SIZE;
  const plan = planMemory(1, ramSize);
  const memory = machineMemory(plan.size);
  const hostOf = (address: number): number => (address >= RAM_BASE && address < RAM_BASE + ramSize ? address - RAM_BASE + plan.ram : 0);
  const words = new WordDecoder(new Decoder(ROWS, features), DEFINITIONS);
  const cache = new CodeCache(memory, (word) => words.decode(word), hostOf);
  const cpu: Cpu = new Cpu({
    memory: memory.buffer,
    plan,
    pe: 0,
    features,
    identity: { midr: 0xf0000n, mpidr: 0x8000_0000n, paBits: 48, breakpoints: 6, watchpoints: 4 },
    watcher: cache,
    ports: {
      bus: { read: () => 'abort', write: () => 'abort' },
      ram: [{ base: RAM_BASE, size: ramSize, host: plan.ram }],
      banks: [],
      firmwareCall: (kind, imm) => kind === 'hlt' && (options.firmwareCall?.(cpu, imm) ?? false),
      broadcastTlbi: () => undefined,
      sendEvent: () => undefined,
      isNative: () => false,
    },
  });
  const tier1 = new Tier1(cache, cpu.state, cpu.memory, cpu.events);
  cpu.reset(1, BigInt(RAM_BASE));
  return { cpu, cache, tier1, ram: new Int32Array(memory.buffer, plan.ram, ramSize / 4) };
}

/** Retires `budget` instructions, in translated code where there is some; returns how many it retired. */
export function runTiered(target: TieredCpu, budget: number): number {
  const { cpu, tier1 } = target;
  const { state } = cpu;
  let left = budget;
  while (left > 0) {
    state.set32(PE.BUDGET, left);
    let steps = Number.MAX_SAFE_INTEGER;
    if (tier1.enter()) {
      left = state.get32(PE.BUDGET);
      if (left === 0) break;
      const reason = state.get32(PE.LEAVE);
      if (reason === LEAVE.STEP) steps = 1;
    }
    const lo = state.lo(PE.PC);
    const hi = state.hi(PE.PC);
    let done = 0;
    let expected = lo;
    do {
      expected = (expected + 4) | 0;
      const outcome = cpu.stepOnce();
      done++;
      left--;
      if (outcome !== null) return budget - left;
    } while (left > 0 && done < steps && state.lo(PE.PC) === expected);
    tier1.note(lo, hi, done);
  }
  tier1.compile();
  return budget - left;
}
