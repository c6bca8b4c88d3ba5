/**
 * Virtual addresses as debug compares them: bits 48:0, so that an address tag does not count (DDI 0487, D2, pseudocode
 * AArch64.WatchpointByteMatch). As a number, which holds them exactly.
 */
const HIGH_BITS = 0x1_ffff;
const WORD = 2 ** 32;

export function debugAddress(lo: number, hi: number): number {
  return (hi & HIGH_BITS) * WORD + (lo >>> 0);
}
