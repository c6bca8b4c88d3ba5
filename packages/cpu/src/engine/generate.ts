/**
 * A region to the code of one WebAssembly function: structured control flow from the dominator tree, or a loop around a
 * switch where that cannot be; the budget; calls; and the exits, which share one write-back per set of registers.
 */
import { InvariantError } from '../invariant.ts';
import { W, type CodeWriter } from '../emit/wasm.ts';
import { UNKNOWN_FLAGS, type KnownFlags } from './flags-code.ts';
import { DEPTH_LOCAL, Frame, LOCAL, PE_LOCAL } from './frame.ts';
import { FIRST_REGION, HELPER } from './helpers.ts';
import { BANK, LEAVE, PE } from './layout.ts';
import { exitKey, livenessOf, type Liveness } from './liveness.ts';
import { END, type Recorder } from './record.ts';
import type { Block, Region } from './region.ts';
import { StatementCode } from './statements.ts';
import { structureOf, type Structure } from './structure.ts';

/** Calls nest this deep on the host's stack; a deeper one leaves, and the stack starts anew. */
const MAX_DEPTH = 300;
const PAGE_SIZE = 0x1000;
const JUMP_MASK = BANK.JUMP_ENTRIES - 1;

/** Labels of the control stack: blocks that end before a merge node, loops, exits, the switch, and the end. */
const LABEL = { MERGE: 0x1000, LOOP: 0x2000, EXIT: 0x3000, CASE: 0x4000, SWITCH: 0x5000, END: 0x6000, OTHER: 0x7000 } as const;

/** Where a direct call inside the page goes: a function of this module, or a slot of the table. */
export interface CallTarget {
  readonly index: number;
  readonly slot: number;
}

export type FindCallTarget = (offset: number) => CallTarget;

export class RegionCode {
  readonly #code: CodeWriter;
  readonly #recorder: Recorder;
  readonly #statements: StatementCode;
  #region!: Region;
  #structure!: Structure;
  #liveness!: Liveness;
  #frame!: Frame;
  #callTarget!: FindCallTarget;
  /** Instructions on the longest path from each block to the next comparison of the budget. */
  #longest = new Int32Array(0);
  readonly #labels: number[] = [];
  /** Exit labels by their set; the first is the empty set. */
  readonly #exits = new Map<number, number>();
  readonly #flagsAtEnd: KnownFlags[] = [];
  #block!: Block;
  #number = 0;
  #offset = 0;
  #exitsIndirectly = false;

  constructor(code: CodeWriter, recorder: Recorder) {
    this.#code = code;
    this.#recorder = recorder;
    this.#statements = new StatementCode(code, recorder, (reason) => this.#leaveIf(reason));
  }

  /** Appends the code of the region; returns its locals. */
  generate(region: Region, callTarget: FindCallTarget): Frame['locals'] {
    this.#region = region;
    this.#callTarget = callTarget;
    this.#structure = structureOf(region.blocks);
    this.#liveness = livenessOf(region, this.#structure);
    this.#frame = new Frame(this.#liveness.used, this.#recorder.most32, this.#recorder.most64);
    this.#statements.begin(this.#frame);
    this.#longest = longestPaths(this.#structure);
    this.#exitsIndirectly = region.blocks.some((block) => block.last !== null && block.last.end >= END.JUMP && block.last.end <= END.RETURN);
    this.#labels.length = 0;
    this.#collectExits();
    this.#prologue();
    this.#openExits();
    if (this.#structure.isIrreducible) this.#switchLoop();
    else this.#tree(0);
    this.#code.op(W.unreachable);
    this.#closeExits();
    this.#epilogue();
    this.#code.op(W.end);
    return this.#frame.locals;
  }

  // ---- Entry and exits ---------------------------------------------------------------------------------------------

  #collectExits(): void {
    const { exit, exitFlags } = this.#liveness;
    this.#exits.clear();
    this.#exits.set(0, 0);
    for (let block = 0; block < exit.length; block++) {
      const key = exitKey(exit[block]!, exitFlags[block]!);
      if (!this.#exits.has(key)) this.#exits.set(key, this.#exits.size);
    }
  }

  #prologue(): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.BANK);
    code.set(LOCAL.BANK);
    this.#loadBudget();
  }

  #loadBudget(): void {
    this.#code.get(PE_LOCAL);
    this.#code.memory(W.i32Load, PE.BUDGET);
    this.#code.set(LOCAL.BUDGET);
  }

  #load(registers: number, flags: number): void {
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

  #open(op: number, label: number): void {
    this.#code.open(op);
    this.#labels.push(label);
  }

  #close(): void {
    this.#code.op(W.end);
    this.#labels.pop();
  }

  #depthOf(label: number): number {
    const at = this.#labels.lastIndexOf(label);
    if (at < 0) throw new InvariantError(`no label ${String(label)} around block ${String(this.#number)}`);
    return this.#labels.length - 1 - at;
  }

  #openExits(): void {
    this.#open(W.block, LABEL.END);
    for (let exit = this.#exits.size - 1; exit >= 0; exit--) this.#open(W.block, LABEL.EXIT + exit);
    // The comparison at the entry: a region that starts with a loop compares there.
    if (this.#structure.isHeader[0] === 0) this.#compareBudget(0, LABEL.EXIT);
    this.#load(this.#liveness.liveIn[0]!, this.#liveness.liveFlagsIn[0]!);
  }

  #closeExits(): void {
    for (const [key] of this.#exits) {
      this.#close();
      this.#spill(key);
      if (this.#labels.length > 1) this.#code.br(this.#labels.length - 1);
    }
    this.#close();
  }

  /** The state says how the region was left; see {@link pack}. */
  #epilogue(): void {
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
    if (this.#exitsIndirectly) this.#leaveIfMisaligned();
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

  #exitLabel(): number {
    const { exit, exitFlags } = this.#liveness;
    return LABEL.EXIT + this.#exits.get(exitKey(exit[this.#number]!, exitFlags[this.#number]!))!;
  }

  /** Leaves at the instruction at hand, with nothing of it done, if the stack says so. */
  #leaveIf(reason: number): void {
    const code = this.#code;
    const remaining = this.#block.length - (this.#offset - this.#block.start) / 4;
    code.i32(pack(reason, this.#offset, remaining));
    code.set(LOCAL.STATE);
    code.brIf(this.#depthOf(this.#exitLabel()));
  }

  /** Leaves BUDGET at the start of block `number` when the longest path from there does not fit. */
  #compareBudget(number: number, exit: number): void {
    const code = this.#code;
    code.get(LOCAL.BUDGET);
    code.i32(this.#longest[number]!);
    code.op(W.i32LtS);
    code.i32(pack(LEAVE.BUDGET, this.#structure.order[number]!.start, 0));
    code.set(LOCAL.STATE);
    code.brIf(this.#depthOf(exit));
  }

  /** Leaves to the PC in its local, everything written back. */
  #exitToPc(): void {
    this.#code.i32(0);
    this.#code.set(LOCAL.STATE);
    this.#code.br(this.#depthOf(this.#exitLabel()));
  }

  /** Puts the address `offset` bytes into the page, which may lie outside, on the stack. */
  #address(offset: number): void {
    const { pageLo, pageHi } = this.#region;
    const lo = (pageLo >>> 0) + offset;
    this.#code.i64(lo | 0, pageHi + Math.floor(lo / 0x1_0000_0000));
  }

  // ---- Control flow ------------------------------------------------------------------------------------------------

  #tree(number: number): void {
    const isHeader = this.#structure.isHeader[number] === 1;
    if (isHeader) this.#open(W.loop, LABEL.LOOP + number);
    this.#within(number, 0);
    if (isHeader) {
      this.#code.op(W.unreachable);
      this.#close();
    }
  }

  /** The code of a block inside the blocks that end where its merge children begin. */
  #within(number: number, child: number): void {
    const children = this.#structure.mergeChildren[number]!;
    const merge = children[child];
    if (merge === undefined) {
      this.#blockCode(number);
      return;
    }
    this.#open(W.block, LABEL.MERGE + merge);
    this.#within(number, child + 1);
    this.#code.op(W.unreachable);
    this.#close();
    this.#tree(merge);
  }

  /** One loop around a switch: for regions that structured flow cannot express. */
  #switchLoop(): void {
    const code = this.#code;
    const count = this.#structure.order.length;
    code.i32(0);
    code.set(LOCAL.BLOCK);
    this.#open(W.loop, LABEL.SWITCH);
    for (let number = count - 1; number >= 0; number--) this.#open(W.block, LABEL.CASE + number);
    code.get(LOCAL.BLOCK);
    code.op(W.brTable);
    code.u32(count - 1);
    for (let number = 0; number < count; number++) code.u32(number);
    for (let number = 0; number < count; number++) {
      this.#close();
      this.#blockCode(number);
      code.op(W.unreachable);
    }
    this.#close();
  }

  #goTo(number: number): void {
    if (this.#structure.isIrreducible) {
      this.#code.i32(number);
      this.#code.set(LOCAL.BLOCK);
      this.#code.br(this.#depthOf(LABEL.SWITCH));
    } else if (number <= this.#number) this.#code.br(this.#depthOf(LABEL.LOOP + number));
    else if (this.#structure.isMerge[number] === 1) this.#code.br(this.#depthOf(LABEL.MERGE + number));
    else this.#nested(number);
  }

  /** The code of a block that only this one reaches stands in its place. */
  #nested(number: number): void {
    const current = this.#number;
    const block = this.#block;
    const offset = this.#offset;
    this.#tree(number);
    this.#number = current;
    this.#block = block;
    this.#offset = offset;
  }

  #blockCode(number: number): void {
    const block = this.#structure.order[number]!;
    this.#number = number;
    this.#block = block;
    this.#offset = block.start;
    this.#statements.flags.known = this.#flagsAtStart(number);
    this.#statements.beginBlock();
    if (this.#structure.isHeader[number] === 1) this.#compareBudget(number, this.#exitLabel());
    this.#pay(block.length);
    for (let offset = block.start; offset < block.end; offset += 4) {
      this.#offset = offset;
      this.#statements.instruction(this.#region.insns[offset >>> 2]!);
    }
    this.#flagsAtEnd[number] = this.#statements.flags.known;
    this.#end(number, block);
  }

  /** A block with one way in knows the flags that its predecessor left. */
  #flagsAtStart(number: number): KnownFlags {
    const predecessors = this.#structure.predecessors[number]!;
    const from = predecessors[0];
    if (from === undefined || predecessors.length !== 1 || from >= number || endsInCall(this.#structure.order[from]!)) return UNKNOWN_FLAGS;
    return this.#flagsAtEnd[from]!;
  }

  #pay(length: number): void {
    if (length === 0) return;
    const code = this.#code;
    code.get(LOCAL.BUDGET);
    code.i32(length);
    code.op(W.i32Sub);
    code.set(LOCAL.BUDGET);
  }

  #end(number: number, block: Block): void {
    const { last } = block;
    const taken = this.#structure.taken[number]!;
    const next = this.#structure.next[number]!;
    switch (last?.end) {
      case undefined:
        this.#goToOrLeave(next, block.end);
        break;
      case END.BRANCH:
        this.#goToOrLeave(taken, last.target);
        break;
      case END.COND:
        this.#statements.expr(last.value);
        this.#open(W.if, LABEL.OTHER);
        this.#goToOrLeave(taken, last.target);
        this.#code.op(W.else);
        this.#statements.flags.known = this.#flagsAtEnd[number]!;
        this.#goToOrLeave(next, block.end);
        this.#close();
        break;
      case END.CALL:
        this.#directCall(last.target);
        this.#afterCall(next, block.end);
        break;
      case END.CALL_INDIRECT:
        this.#setPc(() => this.#statements.expr(last.value));
        this.#cachedCall();
        this.#afterCall(next, block.end);
        break;
      case END.STEP:
        this.#code.i32(pack(LEAVE.STEP, last.offset, 0));
        this.#code.set(LOCAL.STATE);
        this.#code.br(this.#depthOf(this.#exitLabel()));
        break;
      case END.JUMP:
        this.#setPc(() => this.#statements.expr(last.value));
        if (block.isLearning) {
          this.#leaveIndirect(last.offset);
          break;
        }
        if (block.cases.length > 0) this.#jumpCases(number, block);
        this.#cachedCall();
        this.#code.op(W.return);
        break;
      default:
        this.#setPc(() => this.#statements.expr(last!.value));
        this.#exitToPc();
    }
  }

  /** Leaves to the PC in its local, saying which jump it was. */
  #leaveIndirect(site: number): void {
    const code = this.#code;
    this.#spillAll();
    code.get(PE_LOCAL);
    this.#address(site);
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

  /**
   * A jump through a table: to the blocks where it has been seen to go, elsewhere behind this. The rotation makes a
   * misaligned or distant target a large index.
   */
  #jumpCases(number: number, block: Block): void {
    const code = this.#code;
    const { cases } = block;
    const successors = this.#structure.successors[number]!;
    const first = Math.min(...cases.map(({ offset }) => offset));
    const count = (Math.max(...cases.map(({ offset }) => offset)) - first) / 4 + 1;
    this.#open(W.block, LABEL.OTHER);
    for (let i = cases.length; i > 0; i--) this.#open(W.block, LABEL.OTHER);
    code.get(this.#frame.pc);
    this.#address(first);
    code.op(W.i64Sub);
    code.i64(2, 0);
    code.op(W.i64Rotr);
    code.tee(this.#frame.pc);
    code.i64(count, 0);
    code.op(W.i64GeU);
    code.brIf(cases.length);
    code.get(this.#frame.pc);
    code.op(W.i32WrapI64);
    code.op(W.brTable);
    code.u32(count);
    for (let word = 0; word < count; word++) {
      const index = cases.findIndex(({ offset }) => offset === first + 4 * word);
      code.u32(index < 0 ? cases.length : index);
    }
    code.u32(cases.length);
    for (let i = 0; i < cases.length; i++) {
      this.#close();
      this.#statements.flags.known = this.#flagsAtEnd[number]!;
      this.#goTo(successors[i]!);
    }
    this.#close();
    // The PC again, from its distance.
    code.get(this.#frame.pc);
    code.i64(62, 0);
    code.op(W.i64Rotr);
    this.#address(first);
    code.op(W.i64Add);
    code.set(this.#frame.pc);
  }

  #setPc(value: () => void): void {
    value();
    this.#code.set(this.#frame.pc);
  }

  /** To a block of the region, or out of it: the region there is entered from here, so that host frames stay guest frames. */
  #goToOrLeave(number: number, offset: number): void {
    if (number >= 0) {
      this.#goTo(number);
      return;
    }
    this.#setPc(() => this.#address(offset));
    this.#cachedCall();
    this.#code.op(W.return);
  }

  // ---- Calls -------------------------------------------------------------------------------------------------------

  /** Leaves to the PC in its local when the condition on the stack holds. */
  #exitToPcIf(): void {
    this.#code.i32(0);
    this.#code.set(LOCAL.STATE);
    this.#code.brIf(this.#depthOf(this.#exitLabel()));
  }

  #isDeep(): void {
    this.#code.get(DEPTH_LOCAL);
    this.#code.i32(MAX_DEPTH);
    this.#code.op(W.i32GeS);
  }

  #spillAll(): void {
    const { exit, exitFlags } = this.#liveness;
    this.#spill(exitKey(exit[this.#number]!, exitFlags[this.#number]!));
    this.#spillBudget();
  }

  #deeper(): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    code.get(DEPTH_LOCAL);
    code.i32(1);
    code.op(W.i32Add);
  }

  /** BL: a function of this module, a slot of this page, or through the jump cache. Leaves the next PC on the stack. */
  #directCall(offset: number): void {
    const code = this.#code;
    this.#setPc(() => this.#address(offset));
    if (offset < 0 || offset >= PAGE_SIZE) {
      this.#cachedCall();
      return;
    }
    this.#isDeep();
    this.#exitToPcIf();
    this.#spillAll();
    const { index, slot } = this.#callTarget(offset);
    if (index < 0) {
      // The slot may be empty: what it holds then returns this PC.
      code.get(PE_LOCAL);
      code.get(this.#frame.pc);
      code.memory(W.i64Store, PE.PC);
    }
    this.#deeper();
    if (index < 0) {
      code.i32(slot);
      code.call(HELPER.trampoline);
    } else code.call(FIRST_REGION + index);
  }

  /** Calls the region of the PC in its local if the bank's jump cache knows it, otherwise leaves there. */
  #cachedCall(): void {
    const code = this.#code;
    code.get(this.#frame.pc);
    code.op(W.i32WrapI64);
    code.i32(2);
    code.op(W.i32ShrU);
    code.i32(JUMP_MASK);
    code.op(W.i32And);
    code.i32(4);
    code.op(W.i32Shl);
    code.get(LOCAL.BANK);
    code.op(W.i32Add);
    code.tee(LOCAL.ENTRY);
    code.memory(W.i64Load, BANK.JUMP);
    code.get(this.#frame.pc);
    code.op(W.i64Ne);
    this.#isDeep();
    code.op(W.i32Or);
    this.#exitToPcIf();
    this.#spillAll();
    this.#deeper();
    code.get(LOCAL.ENTRY);
    code.memory(W.i32Load, BANK.JUMP + 8);
    code.call(HELPER.trampoline);
  }

  /** The next PC is on the stack: goes on behind the call, or returns what is not for here. */
  #afterCall(next: number, offset: number): void {
    const code = this.#code;
    if (next < 0) {
      code.op(W.return);
      return;
    }
    code.tee(this.#frame.pc);
    this.#address(offset);
    code.op(W.i64Ne);
    code.open(W.if);
    code.get(this.#frame.pc);
    code.op(W.return);
    code.op(W.end);
    this.#loadBudget();
    this.#compareBudget(next, LABEL.EXIT);
    this.#load(this.#liveness.liveIn[next]!, this.#liveness.liveFlagsIn[next]!);
    this.#goTo(next);
  }
}

/** Bits 11:0 offset of the PC in the page, 14:12 reason, from 15 on instructions paid for and not executed. */
const REASON_SHIFT = 12;
const REASON_MASK = 7;
const REMAINING_SHIFT = 15;

function pack(reason: number, offset: number, remaining: number): number {
  return offset | (reason << REASON_SHIFT) | (remaining << REMAINING_SHIFT);
}

function endsInCall(block: Block): boolean {
  return block.last?.end === END.CALL || block.last?.end === END.CALL_INDIRECT;
}

/** Headers and return points compare anew, so a path ends before them. */
function longestPaths(structure: Structure): Int32Array<ArrayBuffer> {
  const { order, successors, isHeader } = structure;
  const longest = new Int32Array(order.length);
  for (let number = order.length - 1; number >= 0; number--) {
    const block = order[number]!;
    let rest = 0;
    if (!endsInCall(block)) for (const to of successors[number]!) if (to > number && isHeader[to] === 0) rest = Math.max(rest, longest[to]!);
    longest[number] = block.length + rest;
  }
  return longest;
}
