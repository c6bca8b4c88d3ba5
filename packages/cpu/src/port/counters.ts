/**
 * What native software has executed, as the ladder counts it: accesses of system registers by the register really
 * reached, barriers, calls, and the words of register frames (loads and stores of X registers).
 */

export class PortCounters {
  /** Accesses by register key; PSTATE accesses (DAIF, PAN, CurrentEL, SPSel) are in here and in no total. */
  readonly readsOf = new Uint32Array(1 << 16);
  readonly writesOf = new Uint32Array(1 << 16);
  reads = 0;
  writes = 0;
  isb = 0;
  dsb = 0;
  dmb = 0;
  hvcs = 0;
  svcs = 0;
  frameWordsLoaded = 0;
  frameWordsStored = 0;
  contextWordsLoaded = 0;
  contextWordsStored = 0;
  mmioReads = 0;
  mmioWrites = 0;
  /** Abstract operations of host C code: loads, stores, branches, ALU operations, atomics, calls. */
  readonly software = new Float64Array(6);
}
