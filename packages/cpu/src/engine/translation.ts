/** Translated code for a machine: one cache that all its PEs share. */
import { Decoder } from '../arch/insn/decoder.ts';
import { ROWS } from '../arch/insn/index.ts';
import type { FeatureSet } from '../arch/features.ts';
import type { WasmMemory } from '../emit/web-assembly.ts';
import type { RamRegion } from '../mem/physical.ts';
import { DEFINITIONS } from '../sem/index.ts';
import { CodeCache } from './code-cache.ts';
import { WordDecoder } from './word-decoder.ts';

/** `memory` must be a `WebAssembly.Memory` (`machineMemory`), because generated code imports it. */
export function createTranslation(memory: WasmMemory, features: FeatureSet, ram: readonly RamRegion[]): CodeCache {
  const words = new WordDecoder(new Decoder(ROWS, features), DEFINITIONS);
  return new CodeCache(memory, (word) => words.decode(word), (physical) => hostOf(ram, physical));
}

function hostOf(ram: readonly RamRegion[], physical: number): number {
  for (const { base, size, host } of ram) if (physical >= base && physical < base + size) return physical - base + host;
  return 0;
}
