/**
 * How a region's function begins and ends: what it loads, what it writes back, and how it says where and why it left.
 * Exits share code: one write-back per set of registers, at labels around the whole body.
 */
import { InvariantError } from '../invariant.ts';
import { NO_RESULT, W, type CodeWriter } from '../emit/wasm.ts';
import { LOCAL, PE_LOCAL, type Frame } from './frame.ts';
import { LEAVE, PE } from './layout.ts';
import { exitKey, type Liveness } from './liveness.ts';
import type { Region } from './region.ts';

const PAGE_SIZE = 0x1000;

/** Labels of the control stack: blocks that end before a merge node, loops, exits, the switch, and the end. */
export const LABEL = { MERGE: 0x1000, LOOP: 0x2000, EXIT: 0x3000, CASE: 0x4000, SWITCH: 0x5000, END: 0x6000, OTHER: 0x7000 } as const;

/** The label of an exit with nothing to write back. */
export const CLEAN_EXIT = LABEL.EXIT;

/** Bits 11:0 offset of the PC in the page, 14:12 reason, from 15 on instructions paid for and not executed. */
const REASON_SHIFT = 12;
const REASON_MASK = 7;
const REMAINING_SHIFT = 15;

function pack(reason: number, offset: number, remaining: number): number {
  return offset | (reason << REASON_SHIFT) | (remaining << REMAINING_SHIFT);
}

export class RegionExits {
  readonly #code: CodeWriter;
  readonly #labels: number[] = [];
  #region!: Region;
  #liveness!: Liveness;
  #frame!: Frame;
  /** Exit labels by their set; the first is the empty set. */
  readonly #exits = new Map<number, number>();

  constructor(code: CodeWriter) {
    this.#code = code;
  }

  begin(region: Region, liveness: Liveness, frame: Frame): void {
    this.#region = region;
    this.#liveness = liveness;
    this.#frame = frame;
    this.#labels.length = 0;
    this.#collectExits();
  }

  // ---- The control stack -------------------------------------------------------------------------------------------

  open(op: number, label: number): void {
    this.#code.open(op, NO_RESULT);
    this.#labels.push(label);
  }

  close(): void {
    this.#code.op(W.end);
    this.#labels.pop();
  }

  depthOf(label: number): number {
    const at = this.#labels.lastIndexOf(label);
    if (at < 0) throw new InvariantError(`no label ${String(label)} around this code`);
    return this.#labels.length - 1 - at;
  }

  // ---- Registers in memory ------------------------------------------------------------------------------------------

  prologue(): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.BANK);
    code.set(LOCAL.BANK);
    this.loadBudget();
  }

  loadBudget(): void {
    this.#code.get(PE_LOCAL);
    this.#code.memory(W.i32Load, PE.BUDGET);
    this.#code.set(LOCAL.BUDGET);
  }

  load(registers: number, flags: number): void {
    const code = this.#code;
    for (let register = 0; register < 32; register++) {
      if ((registers & (1 << register)) === 0) continue;
      code.get(PE_LOCAL);
      code.memory(W.i64Load, PE.X + 8 * register);
      code.set(this.#frame.register(register));
    }
    if (flags === 0) return;
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.FLAGS_KIND);
    code.set(LOCAL.FLAGS_KIND);
    code.get(PE_LOCAL);
    code.memory(W.i64Load, PE.FLAGS_A);
    code.set(this.#frame.flagsA);
    code.get(PE_LOCAL);
    code.memory(W.i64Load, PE.FLAGS_B);
    code.set(this.#frame.flagsB);
  }

  #spill(key: number): void {
    const code = this.#code;
    const registers = key | 0;
    for (let register = 0; register < 32; register++) {
      if ((registers & (1 << register)) === 0) continue;
      code.get(PE_LOCAL);
      code.get(this.#frame.register(register));
      code.memory(W.i64Store, PE.X + 8 * register);
    }
    if (key < 0x1_0000_0000) return;
    code.get(PE_LOCAL);
    code.get(LOCAL.FLAGS_KIND);
    code.memory(W.i32Store, PE.FLAGS_KIND);
    code.get(PE_LOCAL);
    code.get(this.#frame.flagsA);
    code.memory(W.i64Store, PE.FLAGS_A);
    code.get(PE_LOCAL);
    code.get(this.#frame.flagsB);
    code.memory(W.i64Store, PE.FLAGS_B);
  }

  #spillBudget(): void {
    this.#code.get(PE_LOCAL);
    this.#code.get(LOCAL.BUDGET);
    this.#code.memory(W.i32Store, PE.BUDGET);
  }

  /** Writes back everything that block `number` may have changed, as before a call. */
  spillAll(number: number): void {
    const { exit, exitFlags } = this.#liveness;
    this.#spill(exitKey(exit[number]!, exitFlags[number]!));
    this.#spillBudget();
  }

  // ---- Exits -------------------------------------------------------------------------------------------------------

  #collectExits(): void {
    const { exit, exitFlags } = this.#liveness;
    this.#exits.clear();
    this.#exits.set(0, 0);
    for (let block = 0; block < exit.length; block++) {
      const key = exitKey(exit[block]!, exitFlags[block]!);
      if (!this.#exits.has(key)) this.#exits.set(key, this.#exits.size);
    }
  }

  openExits(): void {
    this.open(W.block, LABEL.END);
    for (let exit = this.#exits.size - 1; exit >= 0; exit--) this.open(W.block, LABEL.EXIT + exit);
  }

  closeExits(): void {
    for (const [key] of this.#exits) {
      this.close();
      this.#spill(key);
      if (this.#labels.length > 1) this.#code.br(this.#labels.length - 1);
    }
    this.close();
  }

  /** The state says how the region was left; see `pack`. */
  epilogue(exitsIndirectly: boolean): void {
    const code = this.#code;
    const { pageLo, pageHi } = this.#region;
    code.get(LOCAL.BUDGET);
    code.get(LOCAL.STATE);
    code.i32(REMAINING_SHIFT);
    code.op(W.i32ShrU);
    code.op(W.i32Add);
    code.set(LOCAL.BUDGET);
    this.#spillBudget();
    code.get(LOCAL.STATE);
    code.open(W.if);
    code.get(PE_LOCAL);
    code.get(LOCAL.STATE);
    code.i32(PAGE_SIZE - 1);
    code.op(W.i32And);
    code.op(W.i64ExtendI32U);
    code.i64(pageLo, pageHi);
    code.op(W.i64Or);
    code.memory(W.i64Store, PE.PC);
    code.get(PE_LOCAL);
    code.get(LOCAL.STATE);
    code.i32(REASON_SHIFT);
    code.op(W.i32ShrU);
    code.i32(REASON_MASK);
    code.op(W.i32And);
    code.memory(W.i32Store, PE.LEAVE);
    code.i64(1, 0);
    code.op(W.return);
    code.op(W.end);
    if (exitsIndirectly) this.#leaveIfMisaligned();
    code.get(this.#frame.pc);
  }

  /** A misaligned target looks like a leave to the callers: it is left there, and the fetch faults. */
  #leaveIfMisaligned(): void {
    const code = this.#code;
    code.get(this.#frame.pc);
    code.op(W.i32WrapI64);
    code.i32(1);
    code.op(W.i32And);
    code.open(W.if);
    code.get(PE_LOCAL);
    code.get(this.#frame.pc);
    code.memory(W.i64Store, PE.PC);
    code.get(PE_LOCAL);
    code.i32(LEAVE.NEXT);
    code.memory(W.i32Store, PE.LEAVE);
    code.i64(1, 0);
    code.op(W.return);
    code.op(W.end);
  }

  exitLabel(number: number): number {
    const { exit, exitFlags } = this.#liveness;
    return LABEL.EXIT + this.#exits.get(exitKey(exit[number]!, exitFlags[number]!))!;
  }

  /** Leaves at `offset` of the page if the stack says so; `remaining` instructions are paid for and not done. */
  leaveIf(label: number, reason: number, offset: number, remaining: number): void {
    this.#code.i32(pack(reason, offset, remaining));
    this.#code.set(LOCAL.STATE);
    this.#code.brIf(this.depthOf(label));
  }

  /** Leaves at `offset` of the page, before the instruction there. */
  leave(label: number, reason: number, offset: number): void {
    this.#code.i32(pack(reason, offset, 0));
    this.#code.set(LOCAL.STATE);
    this.#code.br(this.depthOf(label));
  }

  /** Leaves BUDGET at `offset`, where a block starts, when the longest path from there does not fit. */
  compareBudget(label: number, longest: number, offset: number): void {
    const code = this.#code;
    code.get(LOCAL.BUDGET);
    code.i32(longest);
    code.op(W.i32LtS);
    this.leaveIf(label, LEAVE.BUDGET, offset, 0);
  }

  /** Leaves to the PC in its local, everything written back. */
  exitToPc(label: number): void {
    this.#code.i32(0);
    this.#code.set(LOCAL.STATE);
    this.#code.br(this.depthOf(label));
  }

  /** The same when the condition on the stack holds. */
  exitToPcIf(label: number): void {
    this.#code.i32(0);
    this.#code.set(LOCAL.STATE);
    this.#code.brIf(this.depthOf(label));
  }

  /** Leaves to the PC in its local, saying which jump it was. */
  leaveIndirect(number: number, site: number): void {
    const code = this.#code;
    this.spillAll(number);
    code.get(PE_LOCAL);
    this.address(site);
    code.memory(W.i64Store, PE.MISS_VA);
    code.get(PE_LOCAL);
    code.get(this.#frame.pc);
    code.memory(W.i64Store, PE.PC);
    code.get(PE_LOCAL);
    code.i32(LEAVE.INDIRECT);
    code.memory(W.i32Store, PE.LEAVE);
    code.i64(1, 0);
    code.op(W.return);
  }

  /** Puts the address `offset` bytes into the page, which may lie outside, on the stack. */
  address(offset: number): void {
    const { pageLo, pageHi } = this.#region;
    const lo = (pageLo >>> 0) + offset;
    this.#code.i64(lo | 0, pageHi + Math.floor(lo / 0x1_0000_0000));
  }
}
