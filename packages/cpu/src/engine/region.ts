/**
 * Region forming: the blocks reached from an entry by direct branches and fall-through inside one 4 KiB page of guest
 * code, breadth first. A call is an edge to its return point. What a region never does is leave its page: invalidation
 * is by page.
 */
import type { AnyDefinition } from '../sem/semantics.ts';
import { END, type Insn, type Recorder } from './record.ts';

/** Instructions of a page. */
const PAGE_WORDS = 1024;
const MAX_BLOCKS = 200;

/** What an instruction word means. */
export type Decode = (word: number) => { readonly define: AnyDefinition | null; readonly operands: Readonly<Record<string, number>> };

/** A block: instructions from `start` up to `end` (byte offsets in the page). Successors are indices of blocks, or -1. */
export interface Block {
  readonly start: number;
  readonly end: number;
  /** Instructions that it retires: a step at its end is not one of them. */
  readonly length: number;
  /** The instruction that ends it, or null: it falls through. */
  readonly last: Insn | null;
  taken: number;
  next: number;
  /** Where an indirect jump goes inside the page: offsets and blocks. */
  readonly cases: { readonly offset: number; readonly block: number }[];
  /** It ends in an indirect jump whose targets are still being learnt. */
  readonly isLearning: boolean;
}

export interface Region {
  readonly pageLo: number;
  readonly pageHi: number;
  readonly entry: number;
  readonly blocks: readonly Block[];
  /** By word of the page. */
  readonly insns: readonly (Insn | null)[];
  readonly mode: number;
}

/** The code of a page: where it lies in machine memory, at which virtual address, and what its mode asks for. */
export interface PageCode {
  readonly host: number;
  readonly pageLo: number;
  readonly pageHi: number;
  readonly mode: number;
  /** Offsets in the page that the indirect jump at `offset` goes to; null while they are being learnt. */
  jumpTargets(offset: number): readonly number[] | null;
}

export class RegionFormer {
  readonly #i32: Int32Array;
  readonly #recorder: Recorder;
  readonly #decode: Decode;
  readonly #isLeader = new Uint8Array(PAGE_WORDS);
  readonly #blockAt = new Int16Array(PAGE_WORDS);

  constructor(memory: ArrayBufferLike, recorder: Recorder, decode: Decode) {
    this.#i32 = new Int32Array(memory);
    this.#recorder = recorder;
    this.#decode = decode;
  }

  form(page: PageCode, entry: number): Region {
    this.#recorder.begin(page.pageLo, page.pageHi, page.mode);
    const insns = new Array<Insn | null>(PAGE_WORDS).fill(null);
    const leaders = this.#discover(page, entry, insns);
    const blocks = leaders.map((start) => this.#block(page, start, insns));
    leaders.forEach((start, index) => (this.#blockAt[start >>> 2] = index));
    for (const block of blocks) this.#connect(page, block);
    return { pageLo: page.pageLo, pageHi: page.pageHi, entry, blocks, insns, mode: page.mode };
  }

  /** Records instructions from leader to leader; returns the leaders, the entry first. */
  #discover(page: PageCode, entry: number, insns: (Insn | null)[]): number[] {
    this.#isLeader.fill(0);
    this.#isLeader[entry >>> 2] = 1;
    const leaders = [entry];
    for (let i = 0; i < leaders.length; i++) {
      const last = this.#recordFrom(page, leaders[i]!, insns);
      if (last === null) continue;
      if (last.end === END.BRANCH || last.end === END.COND) this.#addLeader(leaders, last.target);
      if (last.end === END.JUMP) for (const target of page.jumpTargets(last.offset) ?? []) this.#addLeader(leaders, target);
      if (goesOn(last)) this.#addLeader(leaders, last.offset + 4);
    }
    return leaders;
  }

  #addLeader(leaders: number[], offset: number): void {
    if (offset < 0 || offset >= 4 * PAGE_WORDS || this.#isLeader[offset >>> 2] === 1 || leaders.length >= MAX_BLOCKS) return;
    this.#isLeader[offset >>> 2] = 1;
    leaders.push(offset);
  }

  /** Records up to the instruction that ends the block, and returns it; null at the page's end or known code. */
  #recordFrom(page: PageCode, start: number, insns: (Insn | null)[]): Insn | null {
    for (let offset = start; offset < 4 * PAGE_WORDS; offset += 4) {
      if (insns[offset >>> 2] !== null || !this.#recorder.hasRoom) return null;
      const { define, operands } = this.#decode(this.#i32[(page.host + offset) >>> 2]!);
      const insn = this.#recorder.record(offset, define, operands);
      insns[offset >>> 2] = insn;
      if (insn.end !== END.NONE) return insn;
    }
    return null;
  }

  /** The block that starts at a leader: up to its last instruction, the next leader, or what was not recorded. */
  #block(page: PageCode, start: number, insns: readonly (Insn | null)[]): Block {
    let end = start;
    let last: Insn | null = null;
    while (last === null && end < 4 * PAGE_WORDS) {
      const insn = insns[end >>> 2] ?? null;
      if (insn === null || (end !== start && this.#isLeader[end >>> 2] === 1)) break;
      if (insn.end !== END.NONE) last = insn;
      end += 4;
    }
    const length = (end - start) / 4 - (last?.end === END.STEP ? 1 : 0);
    const isLearning = last?.end === END.JUMP && page.jumpTargets(last.offset) === null;
    return { start, end, length, last, taken: -1, next: -1, cases: [], isLearning };
  }

  #connect(page: PageCode, block: Block): void {
    const { last } = block;
    if (last === null) {
      block.next = this.#indexOf(block.end);
      return;
    }
    if (last.end === END.JUMP) this.#connectCases(page, block, last.offset);
    if (last.end === END.BRANCH || last.end === END.COND) block.taken = this.#indexOf(last.target);
    if (goesOn(last)) block.next = this.#indexOf(block.end);
  }

  #connectCases(page: PageCode, block: Block, site: number): void {
    for (const offset of page.jumpTargets(site) ?? []) {
      const index = this.#indexOf(offset);
      if (index >= 0) block.cases.push({ offset, block: index });
    }
  }

  /** The block that starts at `offset`, or -1. */
  #indexOf(offset: number): number {
    const isInside = offset >= 0 && offset < 4 * PAGE_WORDS && this.#isLeader[offset >>> 2] === 1;
    return isInside ? this.#blockAt[offset >>> 2]! : -1;
  }
}

/** Whether the region goes on behind the instruction that ends a block. */
function goesOn({ end }: Insn): boolean {
  return end === END.COND || end === END.CALL || end === END.CALL_INDIRECT || end === END.UNMASK;
}
