/** The text of a form while it is not known where in the loop it will stand: its branches are filled in later. */
import { CodeWriter, W } from '../emit/wasm.ts';
import { LOCAL } from './frame.ts';

/** Where the text of a form may go. */
export const LABEL = {
  /** Out of tier 0 at this instruction, nothing of it done; the reason is in its local. */
  LEAVE: 0,
  /** To the branch target of the record. */
  JUMP: 1,
  /** To the PC in its local. */
  FAR: 2,
  /** To the block that starts at the record in its local. */
  ENTER: 3,
} as const;

interface Branch {
  readonly at: number;
  readonly label: number;
}

export interface HandlerText {
  readonly from: number;
  readonly to: number;
  readonly hash: number;
  readonly branches: readonly Branch[];
  /** Whether it goes on at the next record. */
  readonly falls: boolean;
}

/** Leaves if the stack says so. */
export function leaveIf(code: TextWriter, reason: number): void {
  code.i32(reason);
  code.set(LOCAL.STATE);
  code.branch(W.brIf, LABEL.LEAVE);
}

/** A branch depth takes two bytes, whatever it is. */
const DEPTH_BYTES = 2;

export class TextWriter extends CodeWriter {
  #branches: Branch[] = [];

  branch(op: number, label: number): void {
    this.byte(op);
    this.#branches.push({ at: this.length, label });
    this.byte(0x80 | label);
    this.byte(0);
  }

  /** Ends the text that began at `from`. */
  finish(from: number, falls: boolean): HandlerText {
    const branches = this.#branches.map(({ at, label }) => ({ at: at - from, label }));
    this.#branches = [];
    return { from, to: this.length, hash: this.hash(from), branches, falls };
  }

  /** A number that equal texts share. */
  hash(from: number): number {
    let hash = 0;
    for (let at = from; at < this.length; at++) hash = (Math.imul(hash, 31) + this.bytes[at]!) | 0;
    return hash;
  }

  /** Whether what was written from `from` on is the text. */
  equals(text: HandlerText, from: number): boolean {
    if (text.to - text.from !== this.length - from) return false;
    for (let at = from; at < this.length; at++) if (this.bytes[at] !== this.bytes[text.from + at - from]) return false;
    return true;
  }

  /** Takes the text that began at `from` back. */
  cut(from: number): void {
    this.#branches = [];
    this.length = from;
  }

  /** Appends a text to `code`, with the depth of each label. */
  place(text: HandlerText, code: CodeWriter, depthOf: (label: number) => number): void {
    const start = code.length;
    code.append(this, text.from, text.to);
    for (const { at, label } of text.branches) {
      const depth = depthOf(label);
      for (let byte = 0; byte < DEPTH_BYTES; byte++) code.bytes[start + at + byte] = ((depth >>> (7 * byte)) & 0x7f) | (byte < DEPTH_BYTES - 1 ? 0x80 : 0);
    }
  }
}
