/** Translated code for a machine: one cache that all its PEs share. */
import { decoderFor } from '../arch/insn/decoder.ts';
import type { FeatureSet } from '../arch/features.ts';
import type { WasmMemory } from '../emit/web-assembly.ts';
import type { RamRegion } from '../mem/physical.ts';
import { DEFINITIONS } from '../sem/index.ts';
import { CodeCache } from './code-cache.ts';
import { Handlers } from './handlers.ts';
import { CODE_CACHE_BYTES, type MemoryPlan } from './layout.ts';
import { RecordCache } from './records.ts';
import { WordDecoder } from './word-decoder.ts';

/** The tiers that run beside Eval; results are the same with any of them. */
export interface Tiers {
  /** The interpreter of decoded records. */
  readonly tier0: boolean;
  /** Compiled regions. */
  readonly tier1: boolean;
}

export const ALL_TIERS: Tiers = { tier0: true, tier1: true };

let handlers: Handlers | null = null;

/**
 * `memory` must be a `WebAssembly.Memory` (`machineMemory`) laid out by `plan`, because generated code imports it.
 * `codeCacheBytes`: most bytes of the host's memory for all that is translated, with the records of the plan.
 */
export function createTranslation(memory: WasmMemory, plan: MemoryPlan, features: FeatureSet, ram: readonly RamRegion[], tiers: Tiers = ALL_TIERS, codeCacheBytes: number = CODE_CACHE_BYTES): CodeCache {
  const decoder = decoderFor(features);
  const words = new WordDecoder(decoder, DEFINITIONS);
  // Made when it is first needed, and shared by all machines of the program: it depends on none of them.
  const records = tiers.tier0 ? { records: new RecordCache(memory.buffer, plan, (handlers ??= new Handlers()), (word) => decoder.row(word)) } : {};
  return new CodeCache(memory, (word) => words.decode(word), (physical) => hostOf(ram, physical), { ...records, compile: tiers.tier1, bytes: codeCacheBytes - plan.recordsSize });
}

function hostOf(ram: readonly RamRegion[], physical: number): number {
  for (const { base, size, host } of ram) if (physical >= base && physical < base + size) return physical - base + host;
  return 0;
}
