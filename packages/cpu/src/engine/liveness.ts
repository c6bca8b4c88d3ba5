/**
 * Which registers a region loads, and which it writes back at each exit. Sets are masks of 32 registers (X0 to X30, SP)
 * and one bit for the flags, kept apart; they are computed by block.
 */
import { END, type Insn } from './record.ts';
import type { Region } from './region.ts';
import type { Structure } from './structure.ts';

/** More distinct exit sets than this share one: their union. */
const MAX_EXIT_SETS = 16;

export interface Liveness {
  /** Registers and flags to hold when the block begins: used there or written back later. */
  readonly liveIn: Int32Array;
  readonly liveFlagsIn: Uint8Array;
  /** What an exit in the block writes back. */
  readonly exit: Int32Array;
  readonly exitFlags: Uint8Array;
  /** Every register that the region touches. */
  readonly used: number;
}

/** What one block does. A call ends it with everything in memory. */
interface Effects {
  readonly use: Int32Array;
  readonly def: Int32Array;
  readonly useFlags: Uint8Array;
  readonly defFlags: Uint8Array;
  readonly leaves: Uint8Array;
  readonly calls: Uint8Array;
}

export function livenessOf(region: Region, structure: Structure): Liveness {
  const effects = effectsOf(region, structure);
  const count = structure.order.length;
  const exit = new Int32Array(count);
  const exitFlags = new Uint8Array(count);
  dirtySets(structure, effects, exit, exitFlags);
  limitExitSets(effects, exit, exitFlags);
  const liveIn = new Int32Array(count);
  const liveFlagsIn = new Uint8Array(count);
  liveSets(structure, effects, exit, exitFlags, liveIn, liveFlagsIn);
  let used = liveIn[0]!;
  for (let block = 0; block < count; block++) used |= effects.use[block]! | effects.def[block]! | liveIn[block]! | exit[block]!;
  return { liveIn, liveFlagsIn, exit, exitFlags, used };
}

function effectsOf(region: Region, structure: Structure): Effects {
  const count = structure.order.length;
  const effects: Effects = {
    use: new Int32Array(count), def: new Int32Array(count), useFlags: new Uint8Array(count), defFlags: new Uint8Array(count),
    leaves: new Uint8Array(count), calls: new Uint8Array(count),
  };
  structure.order.forEach((block, at) => {
    let leaves = block.last === null ? block.next < 0 : leavesAtEnd(block.last, block.taken, block.next);
    if (structure.isHeader[at] === 1) leaves = true;
    for (let offset = block.start; offset < block.end; offset += 4) {
      const insn = region.insns[offset >>> 2]!;
      effects.use[at]! |= insn.uses & ~effects.def[at]!;
      if (insn.usesFlags && effects.defFlags[at] === 0) effects.useFlags[at] = 1;
      effects.def[at]! |= insn.defs;
      if (insn.setsFlags) effects.defFlags[at] = 1;
      if (insn.leaves) leaves = true;
    }
    effects.leaves[at] = leaves ? 1 : 0;
    effects.calls[at] = block.last?.end === END.CALL || block.last?.end === END.CALL_INDIRECT ? 1 : 0;
  });
  return effects;
}

function leavesAtEnd(last: Insn, taken: number, next: number): boolean {
  switch (last.end) {
    case END.BRANCH: return taken < 0;
    case END.COND: return taken < 0 || next < 0;
    default: return true;
  }
}

/** Registers written since they were last in memory, on any path to the block or in it. */
function dirtySets(structure: Structure, effects: Effects, dirty: Int32Array, dirtyFlags: Uint8Array): void {
  const count = structure.order.length;
  dirty.set(effects.def);
  dirtyFlags.set(effects.defFlags);
  for (let changed = true; changed; ) {
    changed = false;
    for (let block = 0; block < count; block++) {
      let set = dirty[block]!;
      let flags = dirtyFlags[block]!;
      for (const from of structure.predecessors[block]!) {
        if (effects.calls[from] === 1) continue;
        set |= dirty[from]!;
        flags |= dirtyFlags[from]!;
      }
      if (set === dirty[block] && flags === dirtyFlags[block]) continue;
      dirty[block] = set;
      dirtyFlags[block] = flags;
      changed = true;
    }
  }
}

/** Exits share code: one spill sequence per distinct set, or one for all. */
function limitExitSets(effects: Effects, exit: Int32Array, exitFlags: Uint8Array): void {
  const sets = new Set<number>();
  let union = 0;
  let unionFlags = 0;
  for (let block = 0; block < exit.length; block++) {
    if (effects.leaves[block] === 0) continue;
    sets.add(exitKey(exit[block]!, exitFlags[block]!));
    union |= exit[block]!;
    unionFlags |= exitFlags[block]!;
  }
  if (sets.size <= MAX_EXIT_SETS) return;
  exit.fill(union);
  exitFlags.fill(unionFlags);
}

/** One number for a set of registers and flags. */
export function exitKey(registers: number, flags: number): number {
  return (registers >>> 0) + flags * 0x1_0000_0000;
}

function liveSets(structure: Structure, effects: Effects, exit: Int32Array, exitFlags: Uint8Array, liveIn: Int32Array, liveFlagsIn: Uint8Array): void {
  const { successors } = structure;
  for (let changed = true; changed; ) {
    changed = false;
    for (let block = liveIn.length - 1; block >= 0; block--) {
      let set = 0;
      let flags = 0;
      if (effects.calls[block] === 0) {
        for (const to of successors[block]!) {
          set |= liveIn[to]!;
          flags |= liveFlagsIn[to]!;
        }
      }
      set = (set & ~effects.def[block]!) | effects.use[block]!;
      flags = effects.defFlags[block] === 1 ? effects.useFlags[block]! : flags | effects.useFlags[block]!;
      if (effects.leaves[block] === 1) {
        set |= exit[block]!;
        flags |= exitFlags[block]!;
      }
      if (set === liveIn[block] && flags === liveFlagsIn[block]) continue;
      liveIn[block] = set;
      liveFlagsIn[block] = flags;
      changed = true;
    }
  }
}
