/**
 * A region to the code of one WebAssembly function: structured control flow from the dominator tree, or a loop around a
 * switch where that cannot be; what each block pays of the budget; and calls.
 */
import { W, type CodeWriter } from '../emit/wasm.ts';
import { CLEAN_EXIT, LABEL, RegionExits } from './exits.ts';
import { UNKNOWN_FLAGS, type KnownFlags } from './flags-code.ts';
import { DEPTH_LOCAL, Frame, LOCAL, PE_LOCAL } from './frame.ts';
import { FIRST_REGION, HELPER } from './helpers.ts';
import { emitJumpOffset } from './jump-index.ts';
import { BANK, LEAVE, MODE, PE } from './layout.ts';
import { livenessOf, type Liveness } from './liveness.ts';
import { END, type Recorder } from './record.ts';
import type { Block, Region } from './region.ts';
import { StatementCode } from './statements.ts';
import { structureOf, type Structure } from './structure.ts';

/** Calls nest this deep on the host's stack; a deeper one leaves, and the stack starts anew. */
const MAX_DEPTH = 300;
const PAGE_SIZE = 0x1000;

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
  readonly #exits: RegionExits;
  #region!: Region;
  #structure!: Structure;
  #liveness!: Liveness;
  #frame!: Frame;
  #callTarget!: FindCallTarget;
  /** Instructions on the longest path from each block to the next comparison of the budget. */
  #longest = new Int32Array(0);
  readonly #flagsAtEnd: KnownFlags[] = [];
  #block!: Block;
  #number = 0;
  #offset = 0;

  constructor(code: CodeWriter, recorder: Recorder) {
    this.#code = code;
    this.#recorder = recorder;
    this.#exits = new RegionExits(code);
    this.#statements = new StatementCode(code, recorder, (reason) => this.#leaveIf(reason));
  }

  /** Appends the code of the region; returns its locals. */
  generate(region: Region, callTarget: FindCallTarget): Frame['locals'] {
    this.#region = region;
    this.#callTarget = callTarget;
    this.#structure = structureOf(region.blocks);
    this.#liveness = livenessOf(region, this.#structure);
    this.#frame = new Frame(this.#liveness.used, this.#recorder.most32, this.#recorder.most64, this.#recorder.most128, this.#recorder.mostSingle, this.#recorder.mostDouble);
    this.#statements.begin(this.#frame);
    this.#longest = longestPaths(this.#structure);
    const exits = this.#exits;
    exits.begin(region, this.#liveness, this.#frame);
    exits.prologue();
    exits.openExits();
    if (region.insns.some((insn) => insn?.usesVectors === true)) this.#requireFp(region.entry);
    // The comparison at the entry; a region that starts with a loop compares there.
    if (this.#structure.isHeader[0] === 0) this.#compareBudget(0, CLEAN_EXIT);
    exits.load(this.#liveness.liveIn[0]!, this.#liveness.liveFlagsIn[0]!);
    if (this.#structure.isIrreducible) this.#switchLoop();
    else this.#tree(0);
    this.#code.op(W.unreachable);
    exits.closeExits();
    exits.epilogue(region.blocks.some((block) => block.last !== null && block.last.end >= END.JUMP && block.last.end <= END.RETURN));
    this.#code.op(W.end);
    return this.#frame.locals;
  }

  /** FP and SIMD are disabled: the trap is Eval's to find. */
  #requireFp(entry: number): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.MODE);
    code.i32(MODE.FP_ENABLED);
    code.op(W.i32And);
    code.op(W.i32Eqz);
    this.#exits.leaveIf(CLEAN_EXIT, LEAVE.STEP, entry, 0);
  }

  /** Leaves at the instruction at hand, with nothing of it done, if the stack says so. */
  #leaveIf(reason: number): void {
    const remaining = this.#block.length - (this.#offset - this.#block.start) / 4;
    this.#exits.leaveIf(this.#exits.exitLabel(this.#number), reason, this.#offset, remaining);
  }

  #compareBudget(number: number, label: number): void {
    this.#exits.compareBudget(label, this.#longest[number]!, this.#structure.order[number]!.start);
  }

  // ---- Control flow ------------------------------------------------------------------------------------------------

  #tree(number: number): void {
    const isHeader = this.#structure.isHeader[number] === 1;
    if (isHeader) this.#exits.open(W.loop, LABEL.LOOP + number);
    this.#within(number, 0);
    if (isHeader) {
      this.#code.op(W.unreachable);
      this.#exits.close();
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
    this.#exits.open(W.block, LABEL.MERGE + merge);
    this.#within(number, child + 1);
    this.#code.op(W.unreachable);
    this.#exits.close();
    this.#tree(merge);
  }

  /** One loop around a switch: for regions that structured flow cannot express. */
  #switchLoop(): void {
    const code = this.#code;
    const count = this.#structure.order.length;
    code.i32(0);
    code.set(LOCAL.BLOCK);
    this.#exits.open(W.loop, LABEL.SWITCH);
    for (let number = count - 1; number >= 0; number--) this.#exits.open(W.block, LABEL.CASE + number);
    code.get(LOCAL.BLOCK);
    code.op(W.brTable);
    code.u32(count - 1);
    for (let number = 0; number < count; number++) code.u32(number);
    for (let number = 0; number < count; number++) {
      this.#exits.close();
      this.#blockCode(number);
      code.op(W.unreachable);
    }
    this.#exits.close();
  }

  #goTo(number: number): void {
    if (this.#structure.isIrreducible) {
      this.#code.i32(number);
      this.#code.set(LOCAL.BLOCK);
      this.#code.br(this.#exits.depthOf(LABEL.SWITCH));
    } else if (number <= this.#number) this.#code.br(this.#exits.depthOf(LABEL.LOOP + number));
    else if (this.#structure.isMerge[number] === 1) this.#code.br(this.#exits.depthOf(LABEL.MERGE + number));
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
    if (this.#structure.isHeader[number] === 1) this.#compareBudget(number, this.#exits.exitLabel(number));
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
        this.#exits.open(W.if, LABEL.OTHER);
        this.#goToOrLeave(taken, last.target);
        this.#code.op(W.else);
        this.#statements.flags.known = this.#flagsAtEnd[number]!;
        this.#goToOrLeave(next, block.end);
        this.#exits.close();
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
        this.#exits.leave(this.#exits.exitLabel(number), LEAVE.STEP, last.offset);
        break;
      case END.UNMASK:
        this.#leaveIfPending(number, block.end);
        this.#goToOrLeave(next, block.end);
        break;
      case END.JUMP:
        this.#setPc(() => this.#statements.expr(last.value));
        if (block.isLearning) {
          this.#exits.leaveIndirect(number, last.offset);
          break;
        }
        if (block.cases.length > 0) this.#jumpCases(number, block);
        this.#cachedCall();
        this.#code.op(W.return);
        break;
      default:
        this.#setPc(() => this.#statements.expr(last!.value));
        this.#exits.exitToPc(this.#exits.exitLabel(this.#number));
    }
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
    this.#exits.open(W.block, LABEL.OTHER);
    for (let i = cases.length; i > 0; i--) this.#exits.open(W.block, LABEL.OTHER);
    code.get(this.#frame.pc);
    this.#exits.address(first);
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
      this.#exits.close();
      this.#statements.flags.known = this.#flagsAtEnd[number]!;
      this.#goTo(successors[i]!);
    }
    this.#exits.close();
    // The PC again, from its distance.
    code.get(this.#frame.pc);
    code.i64(62, 0);
    code.op(W.i64Rotr);
    this.#exits.address(first);
    code.op(W.i64Add);
    code.set(this.#frame.pc);
  }

  /** Behind an instruction that unmasked interrupts. */
  #leaveIfPending(number: number, offset: number): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.LINES);
    this.#exits.leaveIf(this.#exits.exitLabel(number), LEAVE.UNMASKED, offset, 0);
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
    this.#setPc(() => this.#exits.address(offset));
    this.#cachedCall();
    this.#code.op(W.return);
  }

  // ---- Calls -------------------------------------------------------------------------------------------------------

  #isDeep(): void {
    this.#code.get(DEPTH_LOCAL);
    this.#code.i32(MAX_DEPTH);
    this.#code.op(W.i32GeS);
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
    this.#setPc(() => this.#exits.address(offset));
    if (offset < 0 || offset >= PAGE_SIZE) {
      this.#cachedCall();
      return;
    }
    this.#isDeep();
    this.#exits.exitToPcIf(this.#exits.exitLabel(this.#number));
    this.#exits.spillAll(this.#number);
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
    emitJumpOffset(code, this.#frame.pc);
    code.get(LOCAL.BANK);
    code.op(W.i32Add);
    code.tee(LOCAL.ENTRY);
    code.memory(W.i64Load, BANK.JUMP);
    code.get(this.#frame.pc);
    code.op(W.i64Ne);
    this.#isDeep();
    code.op(W.i32Or);
    this.#exits.exitToPcIf(this.#exits.exitLabel(this.#number));
    this.#exits.spillAll(this.#number);
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
    this.#exits.address(offset);
    code.op(W.i64Ne);
    code.open(W.if);
    code.get(this.#frame.pc);
    code.op(W.return);
    code.op(W.end);
    this.#exits.loadBudget();
    this.#compareBudget(next, CLEAN_EXIT);
    this.#exits.load(this.#liveness.liveIn[next]!, this.#liveness.liveFlagsIn[next]!);
    this.#goTo(next);
  }
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
