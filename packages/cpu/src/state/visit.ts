/** The architectural state of a PE block as words, in a form that does not depend on which tier computed it. */
import { MODE, PE, SYSREG_SLOTS } from '../engine/layout.ts';
import type { CpuState } from './cpu-state.ts';

const GENERAL_REGISTERS = 31;
const VECTOR_WORDS = 32 * 4;
const EXCEPTION_LEVELS = 3;

/** Cells that are state once {@link normaliseState} has run, in the order of digests and snapshots. */
export const PE_CELLS: readonly { readonly offset: number; readonly words: number }[] = [
  { offset: PE.X, words: 2 * GENERAL_REGISTERS },
  { offset: PE.SP_EL, words: 2 * EXCEPTION_LEVELS },
  { offset: PE.V, words: VECTOR_WORDS },
  { offset: PE.PC, words: 2 },
  { offset: PE.FLAGS_A, words: 1 },
  { offset: PE.MODE, words: 1 },
  { offset: PE.PSTATE, words: 1 },
  { offset: PE.FPCR, words: 1 },
  { offset: PE.FPSR, words: 1 },
  { offset: PE.MONITOR_SIZE, words: 1 },
  { offset: PE.MONITOR_ADDRESS, words: 2 },
  { offset: PE.ELR_EL, words: 2 * EXCEPTION_LEVELS },
  { offset: PE.SPSR_EL, words: 2 * EXCEPTION_LEVELS },
  { offset: PE.SYSREGS, words: 2 * SYSREG_SLOTS },
];

/** Of the mode word, what is state; the rest follows from registers. */
export const MODE_STATE = MODE.EL_MASK | MODE.SPSEL;

/** Brings cells that say one thing in several ways into one of them: flags, the stack pointer in use, an open monitor. */
export function normaliseState(state: CpuState): void {
  const { nzcv } = state;
  state.nzcv = nzcv;
  const inUse = PE.SP_EL + 8 * stackPointerInUse(state);
  state.set64(inUse, state.lo(PE.SP), state.hi(PE.SP));
  // The monitor's address counts only while it is set.
  if (state.get32(PE.MONITOR_SIZE) === 0) state.set64(PE.MONITOR_ADDRESS, 0, 0);
}

/** Which SP_ELx is in use. */
export function stackPointerInUse(state: CpuState): number {
  return state.spsel ? state.el : 0;
}

/** Calls `put` with every word of architectural state, always in the same order. */
export function visitPeState(state: CpuState, put: (word: number) => void): void {
  normaliseState(state);
  for (const { offset, words } of PE_CELLS) {
    for (let word = 0; word < words; word++) {
      const value = state.get32(offset + 4 * word);
      put(offset === PE.MODE ? value & MODE_STATE : value);
    }
  }
}
