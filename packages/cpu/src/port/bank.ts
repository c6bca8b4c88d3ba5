/** What a TLB bank answers to native software: the check that translated code makes. */
import { PE } from '../engine/layout.ts';

const BANK_AT = PE.BANK >>> 2;

/** The host offset of `bytes` bytes at an address by the bank's half for reads or writes; 0: the bank does not answer for them. */
export function bankHost(i32: Int32Array, word: number, lo: number, hi: number, half: number, bytes: number): number {
  const entry = (i32[word + BANK_AT]! + half + ((lo >>> 8) & 0xfff0)) >>> 2;
  if (i32[entry + 1] !== hi || (lo ^ i32[entry]!) >>> 0 > 4096 - bytes) return 0;
  return (lo + i32[entry + 2]!) >>> 0;
}

/** The same for a base plus offset, as an index of words; 0 also where they do not lie on words. */
export function bankWords(i32: Int32Array, word: number, baseLo: number, baseHi: number, offset: number, half: number, bytes: number): number {
  const sum = (baseLo >>> 0) + offset;
  const host = bankHost(i32, word, sum | 0, sum < 0 ? (baseHi - 1) | 0 : sum > 0xffff_ffff ? (baseHi + 1) | 0 : baseHi | 0, half, bytes);
  return (host & 3) === 0 ? host >>> 2 : 0;
}
