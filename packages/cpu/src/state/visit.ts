/** The architectural state of a PE block as words, in a form that does not depend on which tier computed it. */
import { MODE, PE, SYSREG_SLOTS } from '../engine/layout.ts';
import type { CpuState } from './cpu-state.ts';

const GENERAL_REGISTERS = 31;
const VECTOR_WORDS = 32 * 4;
const EXCEPTION_LEVELS = 3;

/** Calls `put` with every word of architectural state, always in the same order. */
export function visitPeState(state: CpuState, put: (word: number) => void): void {
  const words = (offset: number, count: number): void => {
    for (let word = 0; word < count; word++) put(state.get32(offset + 4 * word));
  };
  words(PE.X, 2 * GENERAL_REGISTERS);
  const inUse = state.spsel ? state.el : 0;
  for (let el = 0; el < EXCEPTION_LEVELS; el++) words(el === inUse ? PE.SP : PE.SP_EL + 8 * el, 2);
  words(PE.V, VECTOR_WORDS);
  words(PE.PC, 2);
  put(state.nzcv);
  put(state.get32(PE.MODE) & (MODE.EL_MASK | MODE.SPSEL));
  put(state.get32(PE.PSTATE));
  put(state.get32(PE.FPCR));
  put(state.get32(PE.FPSR));
  // The monitor's address and value count only while it is set.
  const size = state.get32(PE.MONITOR_SIZE);
  put(size);
  if (size !== 0) words(PE.MONITOR_ADDRESS, 2);
  words(PE.ELR_EL, 2 * EXCEPTION_LEVELS);
  words(PE.SPSR_EL, 2 * EXCEPTION_LEVELS);
  words(PE.SYSREGS, 2 * SYSREG_SLOTS);
}
