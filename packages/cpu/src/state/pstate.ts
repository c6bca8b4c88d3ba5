/** PSTATE of a PE as SPSR_ELx holds it, and the mode word that generated code compares. */
import type { FeatureSet } from '../arch/features.ts';
import { SPSR_AARCH64 } from '../arch/pstate.ts';
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

// Constants of this module: see `CpuState`.
const KEPT = KEPT_PSTATE | 0;
const { EL_MASK, SPSEL } = MODE;
const SP_AT = PE.SP >>> 2;
const SP_EL_AT = PE.SP_EL >>> 2;

/** PSTATE bits of SPSR_ELx that exist on a core with these features. */
export function implementedPstate(features: FeatureSet): number {
  return SPSR_AARCH64.fields.reduce((mask, field) => (field.feature === null || features.has(field.feature) ? mask | field.wordMask : mask), 0);
}

/** The low word of SPSR_ELx for the current PSTATE (GetPSRFromPSTATE). */
export function spsrFromPstate(state: CpuState): number {
  const { mode } = state;
  const m = ((mode & EL_MASK) << 2) | ((mode & SPSEL) !== 0 ? 1 : 0);
  return (state.nzcv << 28) | state.pstate | m;
}

/** Sets NZCV and the kept bits from the low word of SPSR_ELx; EL and SP are the caller's business. */
export function setPstateBits(state: CpuState, spsr: number, implemented: number): void {
  state.nzcv = spsr >>> 28;
  state.pstate = spsr & KEPT & implemented;
}

/**
 * Moves to `el` with stack pointer selection `spsel`, banking SP: the stack pointer in use is written back to its
 * SP_ELx and the new one loaded.
 */
export function setElAndSp(state: CpuState, el: number, spsel: boolean): void {
  const { i32, word, mode } = state;
  const from = (mode & SPSEL) !== 0 ? mode & EL_MASK : 0;
  const to = spsel ? el : 0;
  if (from !== to) {
    const sp = word + SP_AT;
    const banked = word + SP_EL_AT;
    i32[banked + 2 * from] = i32[sp]!;
    i32[banked + 2 * from + 1] = i32[sp + 1]!;
    i32[sp] = i32[banked + 2 * to]!;
    i32[sp + 1] = i32[banked + 2 * to + 1]!;
  }
  state.mode = (mode & ~(EL_MASK | SPSEL)) | el | (spsel ? SPSEL : 0);
}
