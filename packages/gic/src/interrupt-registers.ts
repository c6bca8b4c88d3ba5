/**
 * The registers with a field for each interrupt, as rows over a block: the same in GICD of both versions and in GICR's
 * SGI_base. A write-one-to-set and a write-one-to-clear register differ in one function.
 */
import { WORD_BITS, type InterruptBlock } from './interrupt-block.ts';
import type { FrameHandler } from './mmio.ts';

const SGI_COUNT = 16;
const PRIORITIES_PER_WORD = 4;
const TRIGGERS_PER_WORD = 16;

/** Names of the handlers; a frame adds its prefix and, for GICR, the suffix of its single registers. */
export type InterruptRegisterName =
  | 'IGROUPR' | 'ISENABLER' | 'ICENABLER' | 'ISPENDR' | 'ICPENDR' | 'ISACTIVER' | 'ICACTIVER' | 'IPRIORITYR' | 'ICFGR';

export interface InterruptRegistersOwner {
  /** The block that holds the interrupts from `intid` on; null where none are implemented: RAZ, WI. */
  block(intid: number): InterruptBlock | null;
  /** Interrupts 0 to 31 that ISENABLER and ICENABLER, and ISPENDR and ICPENDR, cannot change. */
  readonly fixedEnabled: number;
  readonly fixedPending: number;
  /** Something changed: recompute what PEs are offered. */
  changed(): void;
}

type Words = (block: InterruptBlock) => Uint32Array;

export function interruptRegisters(owner: InterruptRegistersOwner): Record<InterruptRegisterName, FrameHandler> {
  const plain = (words: Words): FrameHandler => ({
    read: (n) => at(owner, n * WORD_BITS, (block, word) => words(block)[word]!),
    write: (value, n) => {
      change(owner, n * WORD_BITS, words, value, 0);
    },
  });
  const oneBit = (read: (block: InterruptBlock, word: number) => number, words: Words, set: boolean, fixed = 0): FrameHandler => ({
    read: (n) => at(owner, n * WORD_BITS, read),
    write: (value, n) => {
      const bits = n === 0 ? value & ~fixed : value;
      if (set) change(owner, n * WORD_BITS, words, bits, -1);
      else change(owner, n * WORD_BITS, words, 0, ~bits);
    },
  });
  const enabled: Words = (block) => block.enabled;
  const active: Words = (block) => block.active;
  const readEnabled = (block: InterruptBlock, word: number): number => block.enabled[word]!;
  const readActive = (block: InterruptBlock, word: number): number => block.active[word]!;
  const readPending = (block: InterruptBlock, word: number): number => block.pending(word);
  const latch: Words = (block) => block.latch;
  return {
    IGROUPR: plain((block) => block.group),
    ISENABLER: oneBit(readEnabled, enabled, true, owner.fixedEnabled),
    ICENABLER: oneBit(readEnabled, enabled, false, owner.fixedEnabled),
    ISPENDR: oneBit(readPending, latch, true, owner.fixedPending),
    ICPENDR: oneBit(readPending, latch, false, owner.fixedPending),
    ISACTIVER: oneBit(readActive, active, true),
    ICACTIVER: oneBit(readActive, active, false),
    IPRIORITYR: priorityRegister(owner),
    ICFGR: configurationRegister(owner),
  };
}

function priorityRegister(owner: InterruptRegistersOwner): FrameHandler {
  return {
    read: (n) => {
      const intid = n * PRIORITIES_PER_WORD;
      const block = owner.block(intid);
      if (block === null) return 0;
      const at = intid - block.first;
      const { priority } = block;
      return (priority[at]! | (priority[at + 1]! << 8) | (priority[at + 2]! << 16) | (priority[at + 3]! << 24)) >>> 0;
    },
    write: (value, n, _half, mask) => {
      const block = owner.block(n * PRIORITIES_PER_WORD);
      if (block === null) return;
      for (let i = 0; i < PRIORITIES_PER_WORD; i++) {
        if (((mask >>> (8 * i)) & 0xff) !== 0) block.setPriority(n * PRIORITIES_PER_WORD + i, (value >>> (8 * i)) & 0xff);
      }
      owner.changed();
    },
  };
}

/** Bit 1 of each field: edge-triggered. SGIs are, whatever is written. */
function configurationRegister(owner: InterruptRegistersOwner): FrameHandler {
  return {
    read: (n) => {
      const intid = n * TRIGGERS_PER_WORD;
      const block = owner.block(intid);
      if (block === null) return 0;
      let value = 0;
      const edges = halfWord(block, intid);
      for (let i = 0; i < TRIGGERS_PER_WORD; i++) value |= ((edges >>> i) & 1) << (2 * i + 1);
      return value >>> 0;
    },
    write: (value, n) => {
      const intid = n * TRIGGERS_PER_WORD;
      const block = owner.block(intid);
      if (block === null || intid < SGI_COUNT) return;
      let edges = 0;
      for (let i = 0; i < TRIGGERS_PER_WORD; i++) edges |= ((value >>> (2 * i + 1)) & 1) << i;
      const index = intid - block.first;
      const shift = index & 31;
      const word = index >>> 5;
      block.edge[word] = (block.edge[word]! & ~(0xffff << shift)) | (edges << shift);
      owner.changed();
    },
  };
}

function halfWord(block: InterruptBlock, intid: number): number {
  const index = intid - block.first;
  return (block.edge[index >>> 5]! >>> (index & 31)) & 0xffff;
}

function at(owner: InterruptRegistersOwner, intid: number, read: (block: InterruptBlock, word: number) => number): number {
  const block = owner.block(intid);
  return block === null ? 0 : read(block, (intid - block.first) / WORD_BITS);
}

/** Sets `bits` of the word that holds an interrupt's, and keeps those of the others that are in `kept`. */
function change(owner: InterruptRegistersOwner, intid: number, words: Words, bits: number, kept: number): void {
  const block = owner.block(intid);
  if (block === null) return;
  const word = (intid - block.first) / WORD_BITS;
  const all = words(block);
  all[word] = (all[word]! & kept) | bits;
  owner.changed();
}
