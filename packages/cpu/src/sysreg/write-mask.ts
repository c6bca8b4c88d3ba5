/** What a write of a register changes on a core: RES0, RES1, and fields of features that it has not. */
import type { LayoutBase } from '../arch/bits.ts';
import type { FeatureSet } from '../arch/features.ts';
import { e2hLayout, type AnyRegister } from '../arch/sysregs/index.ts';

/** Bits that a write changes, and bits that read as one, as words. */
export interface WriteMask {
  readonly maskLo: number;
  readonly maskHi: number;
  readonly onesLo: number;
  readonly onesHi: number;
}

export const NOTHING_WRITABLE: WriteMask = { maskLo: 0, maskHi: 0, onesLo: 0, onesHi: 0 };
export const ALL_WRITABLE: WriteMask = { maskLo: -1, maskHi: -1, onesLo: 0, onesHi: 0 };

/**
 * Bits of `register` that a write changes, and bits that always read as one. A bit that is reserved under one value of
 * E2H only keeps what is written under either (DDI 0487, Glossary, "RES0", "RES1"); without FEAT_VHE there is one value.
 */
export function writeMask(register: AnyRegister, features: FeatureSet): WriteMask {
  const layouts = features.has('VHE') ? [e2hLayout(register, 0), e2hLayout(register, 1)] : [e2hLayout(register, 0)];
  const reserved = layouts.map((layout) => reservedBits(layout, features));
  const zeros = reserved.reduce((bits, { res0 }) => bits & res0, -1n);
  const ones = reserved.reduce((bits, { res1 }) => bits & res1, -1n);
  const mask = ~(zeros | ones);
  const word = (bits: bigint): number => Number(BigInt.asIntN(32, bits));
  return { maskLo: word(mask), maskHi: word(mask >> 32n), onesLo: word(ones), onesHi: word(ones >> 32n) };
}

function reservedBits(layout: LayoutBase<string>, features: FeatureSet): { readonly res0: bigint; readonly res1: bigint } {
  let { res0, res1 } = layout;
  for (const field of layout.fields) {
    if (field.feature === null || features.has(field.feature)) continue;
    if (field.absent === 1) res1 |= field.mask;
    else res0 |= field.mask;
  }
  return { res0, res1 };
}
