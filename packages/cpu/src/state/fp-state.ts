/**
 * FPCR and FPSR of a PE, and the cell that generated code asks before it computes without telling flags: 1 while FPCR has
 * its default value and FPSR.IXC is set already (execution-engine, "Floating point and SIMD").
 */
import { FPSR } from '../arch/sysregs/index.ts';
import { PE } from '../engine/layout.ts';
import type { CpuState } from './cpu-state.ts';

/** Derives the cell from the registers: after each write of either, and after state was restored. */
export function refreshFpFast(state: CpuState): void {
  const isFast = state.get32(PE.FPCR) === 0 && (state.get32(PE.FPSR) & FPSR.IXC.wordMask) !== 0;
  state.set32(PE.FP_FAST, isFast ? 1 : 0);
}

export function setFpcr(state: CpuState, value: number): void {
  state.set32(PE.FPCR, value);
  refreshFpFast(state);
}

export function setFpsr(state: CpuState, value: number): void {
  state.set32(PE.FPSR, value);
  refreshFpFast(state);
}

/** Adds cumulative exceptions to FPSR. */
export function raiseFpFlags(state: CpuState, flags: number): void {
  const before = state.get32(PE.FPSR);
  if ((before | flags) !== before) setFpsr(state, before | flags);
}
