/** What runs the code of a PE beside Eval: tier 1, and tier 0 where the machine has records. */
import type { MemoryAccess } from '../mem/access.ts';
import type { CpuState } from '../state/cpu-state.ts';
import type { CodeCache } from './code-cache.ts';
import { NO_SLOT } from './layout.ts';
import type { TranslatedCode } from './parts.ts';
import type { PlainRegisters } from './step-inlining.ts';
import { Tier0 } from './tier0.ts';
import { Tier1 } from './tier1.ts';

export function tiersOf(cache: CodeCache, state: CpuState, memory: MemoryAccess, events: Float64Array, registers: PlainRegisters): TranslatedCode {
  const tier1 = new Tier1(cache, state, memory, events, registers);
  return cache.recordsSlot === NO_SLOT ? tier1 : new Tier0(tier1, cache, state, memory);
}
