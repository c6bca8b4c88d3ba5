/** Affinities: how MPIDR_EL1, GICD_IROUTER and ICC_SGI1R_EL1 name PEs (IHI 0069, "Affinity routing"). */
import { ICC_SGI1R_EL1, MPIDR_EL1 } from '@worldswitch/cpu/arch';

const WORD = 0xffff_ffffn;
const LOW = MPIDR_EL1.Aff2.mask | MPIDR_EL1.Aff1.mask | MPIDR_EL1.Aff0.mask;

/** Aff2.Aff1.Aff0 in the low word, Aff3 in the high one, from an MPIDR_EL1. */
export function affinityOf(mpidr: bigint): readonly [lo: number, hi: number] {
  return [Number(mpidr & LOW), Number((mpidr & MPIDR_EL1.Aff3.mask) >> 32n & WORD)];
}

const { IRM, RS, TargetList, Aff1, Aff2, Aff3 } = ICC_SGI1R_EL1;
/** Aff0 values that one SGI can name: sixteen, from 16 times the range selector on. */
const TARGETS = 16;

/** Whether a write of ICC_SGI*R_EL1 by PE `from` sends to the PE of affinity `[lo, hi]`, number `pe`. */
export function sgiReaches(lo: number, hi: number, from: number, pe: number, affinity: readonly [lo: number, hi: number]): boolean {
  if (IRM.inWord(hi) !== 0) return pe !== from;
  const [targetLo, targetHi] = affinity;
  const aff0 = targetLo & 0xff;
  const index = aff0 - TARGETS * RS.inWord(hi);
  if (index < 0 || index >= TARGETS || ((TargetList.inWord(lo) >>> index) & 1) === 0) return false;
  return ((targetLo >>> 8) & 0xff) === Aff1.inWord(lo) && ((targetLo >>> 16) & 0xff) === Aff2.inWord(hi) && targetHi === Aff3.inWord(hi);
}
