/** PSTATE of a PE as SPSR_ELx holds it, and the mode word that generated code compares. */
import type { FeatureSet } from '../arch/features.ts';
import { PSTATE_NZCV_MASK, SPSR_AARCH64 } from '../arch/pstate.ts';
import { MODE, PE } from '../engine/layout.ts';
import type { CpuState } from './cpu-state.ts';

/** Everything of SPSR_ELx that lives in `PE.PSTATE`: all but NZCV, M and what is RES0. */
export const KEPT_PSTATE = SPSR_AARCH64.fields.reduce((mask, field) => (['N', 'Z', 'C', 'V', 'M'].includes(field.name) ? mask : mask | field.wordMask), 0);

/** Bits of `PE.PSTATE`. */
export const PSTATE = {
  D: SPSR_AARCH64.D.wordMask,
  A: SPSR_AARCH64.A.wordMask,
  I: SPSR_AARCH64.I.wordMask,
  F: SPSR_AARCH64.F.wordMask,
  IL: SPSR_AARCH64.IL.wordMask,
  SS: SPSR_AARCH64.SS.wordMask,
  PAN: SPSR_AARCH64.PAN.wordMask,
  UAO: SPSR_AARCH64.UAO.wordMask,
  DIT: SPSR_AARCH64.DIT.wordMask,
  TCO: SPSR_AARCH64.TCO.wordMask,
  SSBS: SPSR_AARCH64.SSBS.wordMask,
  BTYPE: SPSR_AARCH64.BTYPE.wordMask,
  DAIF: SPSR_AARCH64.D.wordMask | SPSR_AARCH64.A.wordMask | SPSR_AARCH64.I.wordMask | SPSR_AARCH64.F.wordMask,
} as const;

/** PSTATE bits of SPSR_ELx that exist on a core with these features. */
export function implementedPstate(features: FeatureSet): number {
  return SPSR_AARCH64.fields.reduce((mask, field) => (field.feature === null || features.has(field.feature) ? mask | field.wordMask : mask), 0);
}

/** The low word of SPSR_ELx for the current PSTATE (GetPSRFromPSTATE). */
export function spsrFromPstate(state: CpuState): number {
  const mode = state.get32(PE.MODE);
  const el = mode & MODE.EL_MASK;
  const m = (el << 2) | ((mode & MODE.SPSEL) !== 0 ? 1 : 0);
  return (state.nzcv << 28) | state.get32(PE.PSTATE) | m;
}

/** Sets NZCV and the kept bits from the low word of SPSR_ELx; EL and SP are the caller's business. */
export function setPstateBits(state: CpuState, spsr: number, implemented: number): void {
  state.nzcv = (spsr & PSTATE_NZCV_MASK) >>> 28;
  state.set32(PE.PSTATE, spsr & KEPT_PSTATE & implemented);
}

/**
 * Moves to `el` with stack pointer selection `spsel`, banking SP: the stack pointer in use is written back to its
 * SP_ELx and the new one loaded.
 */
export function setElAndSp(state: CpuState, el: number, spsel: boolean): void {
  const mode = state.get32(PE.MODE);
  const from = spIndex(mode & MODE.EL_MASK, (mode & MODE.SPSEL) !== 0);
  const to = spIndex(el, spsel);
  if (from !== to) {
    state.set64(PE.SP_EL + 8 * from, state.lo(PE.SP), state.hi(PE.SP));
    state.set64(PE.SP, state.lo(PE.SP_EL + 8 * to), state.hi(PE.SP_EL + 8 * to));
  }
  state.set32(PE.MODE, (mode & ~(MODE.EL_MASK | MODE.SPSEL)) | el | (spsel ? MODE.SPSEL : 0));
}

/** Which SP_ELx is in use. */
function spIndex(el: number, spsel: boolean): number {
  return spsel ? el : 0;
}
