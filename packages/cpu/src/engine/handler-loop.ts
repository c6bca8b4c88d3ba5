/**
 * The functions of tier 0's module: the loop around a br_table in which the arms stand, the forms that are called, and
 * `holds`. Whoever enters a block pays for it, a record says how much; so leaving anywhere gives back what the record says.
 */
import { CodeWriter, W, type FunctionBody } from '../emit/wasm.ts';
import { PAGE_LOCAL, RECORD_LOCAL, pcOfRecord } from './arm-statements.ts';
import { LOCAL, PE_LOCAL, type Frame } from './frame.ts';
import { HANDLER_TYPE } from './helpers.ts';
import { LABEL, type HandlerText, type TextWriter } from './handler-text.ts';
import { BANK, LEAVE, MODE, PE, RECORD, RECORD_PAGE } from './layout.ts';
import { MemoryFlags } from './memory-flags.ts';

/** Arms that are no form. */
export const FIXED_ARM = {
  /** Memory that was never written: the instruction must be decoded. */
  UNDECODED: 0,
  /** The instruction is Eval's. */
  STEP: 1,
  /** Tier 1 has a region that starts here. */
  REGION: 2,
  /** Behind the last word of a page. */
  PAGE_END: 3,
  /** The base is the stack pointer: before the arm of the form. */
  CHECK_SP: 4,
  /** The form is a function. */
  FUNCTION: 5,
} as const;
export const FIXED_ARMS = 6;

/** The local that holds the arm. */
const ARM_LOCAL = LOCAL.COMPARED;
const RECORD_SHIFT = 5;
/** From an address to the offset of its page's entry in the bank's cache of pages. */
const PAGE_INDEX_SHIFT = 8;
const PAGE_INDEX_MASK = (BANK.PAGE_ENTRIES - 1) * BANK.ENTRY_SIZE;
const SP_ALIGNMENT = 16;
/** Blocks around an arm, beyond those of the arms behind it. */
const DEPTH = { JUMP: 0, FAR: 1, DISPATCH: 2, ENTER: 3, LEAVE: 4 } as const;
const DEPTH_OF_LABEL: Readonly<Record<number, number>> = { [LABEL.JUMP]: DEPTH.JUMP, [LABEL.FAR]: DEPTH.FAR, [LABEL.ENTER]: DEPTH.ENTER, [LABEL.LEAVE]: DEPTH.LEAVE };
const CONDITION_PAIRS = 7;

/** Goes to the next record, and loads its arm. */
export function nextRecord(code: CodeWriter): void {
  code.get(RECORD_LOCAL);
  code.i32(RECORD.SIZE);
  code.op(W.i32Add);
  code.tee(RECORD_LOCAL);
  code.memory(W.i32Load16U, RECORD.ARM);
  code.set(ARM_LOCAL);
}

/**
 * Puts on the stack whether the bank's cache of pages has records for the PC in local `pc`: then `entry` is the cache's entry
 * and `index` (i64) the word in the page. A misaligned PC is far from every page.
 */
export function findRecordPage(code: CodeWriter, pc: number, bank: number, entry: number, index: number): void {
  code.get(pc);
  code.get(pc);
  code.i64(PAGE_INDEX_SHIFT, 0);
  code.op(W.i64ShrU);
  code.op(W.i32WrapI64);
  code.i32(PAGE_INDEX_MASK);
  code.op(W.i32And);
  code.get(bank);
  code.op(W.i32Add);
  code.tee(entry);
  code.memory(W.i64Load, BANK.PAGES + BANK.TAG);
  code.op(W.i64Xor);
  code.i64(2, 0);
  code.op(W.i64Rotr);
  code.tee(index);
  code.i64(RECORD_PAGE.WORDS, 0);
  code.op(W.i64LtU);
}

/** Puts the record that {@link findRecordPage} found on the stack, and its page into `page`. */
export function recordInPage(code: CodeWriter, entry: number, index: number, page: number): void {
  code.get(entry);
  code.memory(W.i32Load, BANK.PAGES + BANK.ADDEND);
  code.tee(page);
  code.get(index);
  code.op(W.i32WrapI64);
  code.i32(RECORD_SHIFT);
  code.op(W.i32Shl);
  code.op(W.i32Add);
}

export class HandlerLoop {
  readonly code = new CodeWriter();
  readonly #texts: TextWriter;
  readonly #frame: Frame;

  constructor(texts: TextWriter, frame: Frame) {
    this.#texts = texts;
    this.#frame = frame;
  }

  #body(name: string, type: number, parameters: number, emit: () => void): FunctionBody {
    const { code } = this;
    const [narrow, ...others] = this.#frame.locals;
    const from = code.length;
    emit();
    code.op(W.end);
    return { name, type, locals: [[narrow![0] - (parameters - LOCAL.BANK), narrow![1]], ...others], from, to: code.length };
  }

  // ---- The loop ----------------------------------------------------------------------------------------------------

  run(type: number, arms: readonly HandlerText[]): FunctionBody {
    return this.#body('run', type, 3, () => {
      const { code } = this;
      this.#prologue();
      code.open(W.block);
      code.open(W.loop);
      this.#pay();
      code.open(W.loop);
      code.open(W.block);
      code.open(W.block);
      this.#arms(arms);
      code.op(W.end);
      this.#jump();
      code.op(W.end);
      this.#far();
      code.op(W.end);
      code.op(W.end);
      code.op(W.end);
      this.#leave();
    });
  }

  /** The page comes where the bank will be; the first arm is the record's own, whatever starts there. */
  #prologue(): void {
    const { code } = this;
    code.get(LOCAL.BANK);
    code.set(PAGE_LOCAL);
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.BANK);
    code.set(LOCAL.BANK);
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.BUDGET);
    code.set(LOCAL.BUDGET);
    code.get(RECORD_LOCAL);
    code.memory(W.i32Load16U, RECORD.OWN);
    code.set(ARM_LOCAL);
  }

  /** The block at the record is paid for; if the budget is too small, leaves. */
  #pay(): void {
    const { code } = this;
    code.get(LOCAL.BUDGET);
    code.get(RECORD_LOCAL);
    code.memory(W.i32Load16U, RECORD.LENGTH);
    code.op(W.i32Sub);
    code.tee(LOCAL.BUDGET);
    code.i32(0);
    code.op(W.i32LtS);
    code.i32(LEAVE.BUDGET);
    code.set(LOCAL.STATE);
    code.brIf(DEPTH.LEAVE - DEPTH.ENTER);
  }

  #arms(arms: readonly HandlerText[]): void {
    const { code } = this;
    const count = FIXED_ARMS + arms.length;
    for (let arm = 0; arm < count; arm++) code.open(W.block);
    code.get(ARM_LOCAL);
    code.op(W.brTable);
    code.u32(count - 1);
    for (let arm = 0; arm < count; arm++) code.u32(arm);
    for (let arm = 0; arm < count; arm++) {
      code.op(W.end);
      const around = count - 1 - arm;
      const text = arms[arm - FIXED_ARMS];
      if (text === undefined) this.#fixed(arm, around);
      else {
        this.#texts.place(text, code, (label) => around + DEPTH_OF_LABEL[label]!);
        if (text.falls) this.#next(around);
      }
    }
  }

  #next(around: number): void {
    nextRecord(this.code);
    this.code.br(around + DEPTH.DISPATCH);
  }

  #fixed(arm: number, around: number): void {
    const { code } = this;
    switch (arm) {
      case FIXED_ARM.UNDECODED: this.#leaveWith(LEAVE.UNDECODED, around); break;
      case FIXED_ARM.STEP: this.#leaveWith(LEAVE.STEP, around); break;
      case FIXED_ARM.REGION: this.#leaveWith(LEAVE.NEXT, around); break;
      case FIXED_ARM.PAGE_END:
        code.get(RECORD_LOCAL);
        code.memory(W.i64Load, RECORD.IMMEDIATE);
        code.set(this.#frame.pc);
        code.br(around + DEPTH.FAR);
        break;
      case FIXED_ARM.CHECK_SP: this.#checkSp(around); break;
      default:
        for (const local of [PE_LOCAL, RECORD_LOCAL, LOCAL.BANK, RECORD_LOCAL]) code.get(local);
        code.memory(W.i32Load16U, RECORD.FUNCTION);
        code.op(W.callIndirect);
        code.u32(HANDLER_TYPE);
        code.byte(0);
        code.tee(LOCAL.STATE);
        code.open(W.if);
        this.#passUnmasked();
        code.br(around + 1 + DEPTH.LEAVE);
        code.op(W.end);
        this.#next(around);
    }
  }

  /** An instruction that unmasked interrupts is done when it leaves: at the next one. */
  #passUnmasked(): void {
    const { code } = this;
    code.get(RECORD_LOCAL);
    code.get(LOCAL.STATE);
    code.i32(LEAVE.UNMASKED);
    code.op(W.i32Eq);
    code.i32(RECORD_SHIFT);
    code.op(W.i32Shl);
    code.op(W.i32Add);
    code.set(RECORD_LOCAL);
  }

  #leaveWith(reason: number, around: number): void {
    this.code.i32(reason);
    this.code.set(LOCAL.STATE);
    this.code.br(around + DEPTH.LEAVE);
  }

  #checkSp(around: number): void {
    const { code } = this;
    code.i32(LEAVE.STEP);
    code.set(LOCAL.STATE);
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.SP);
    code.i32(SP_ALIGNMENT - 1);
    code.op(W.i32And);
    code.i32(0);
    code.op(W.i32Ne);
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.MODE);
    code.i32(MODE.SP_CHECK);
    code.op(W.i32And);
    code.i32(0);
    code.op(W.i32Ne);
    code.op(W.i32And);
    code.brIf(around + DEPTH.LEAVE);
    code.get(RECORD_LOCAL);
    code.memory(W.i32Load16U, RECORD.INNER);
    code.set(ARM_LOCAL);
    code.br(around + DEPTH.DISPATCH);
  }

  /** To the record in its local, `around` blocks inside the loop of blocks. */
  #enter(around: number): void {
    const { code } = this;
    code.get(RECORD_LOCAL);
    code.memory(W.i32Load16U, RECORD.ARM);
    code.set(ARM_LOCAL);
    code.br(around);
  }

  #jump(): void {
    const { code } = this;
    code.get(RECORD_LOCAL);
    code.memory(W.i32Load, RECORD.TARGET);
    code.tee(LOCAL.ENTRY);
    code.open(W.if);
    code.get(LOCAL.ENTRY);
    code.set(RECORD_LOCAL);
    this.#enter(1 + DEPTH.ENTER - DEPTH.FAR);
    code.op(W.end);
    code.get(RECORD_LOCAL);
    code.memory(W.i64Load, RECORD.IMMEDIATE);
    code.set(this.#frame.pc);
  }

  /** Goes on at the PC in its local if the bank knows its page; otherwise leaves there. A misaligned PC is far from every page. */
  #far(): void {
    const { code } = this;
    const { pc, comparedA } = this.#frame;
    findRecordPage(code, pc, LOCAL.BANK, LOCAL.ENTRY, comparedA);
    code.open(W.if);
    recordInPage(code, LOCAL.ENTRY, comparedA, PAGE_LOCAL);
    code.set(RECORD_LOCAL);
    this.#enter(1 + DEPTH.ENTER - DEPTH.DISPATCH);
    code.op(W.end);
    this.#store64(PE.PC, () => code.get(pc));
    this.#store32(PE.BUDGET, () => code.get(LOCAL.BUDGET));
    this.#store32(PE.LEAVE, () => code.i32(LEAVE.NEXT));
    code.i32(LEAVE.NEXT);
    code.op(W.return);
  }

  #leave(): void {
    const { code } = this;
    this.#store32(PE.BUDGET, () => {
      code.get(LOCAL.BUDGET);
      code.get(RECORD_LOCAL);
      code.memory(W.i32Load16U, RECORD.LENGTH);
      code.op(W.i32Add);
    });
    this.#store64(PE.PC, () => pcOfRecord(code));
    this.#store32(PE.LEAVE, () => code.get(LOCAL.STATE));
    code.get(LOCAL.STATE);
  }

  #store32(offset: number, value: () => void): void {
    this.code.get(PE_LOCAL);
    value();
    this.code.memory(W.i32Store, offset);
  }

  #store64(offset: number, value: () => void): void {
    this.code.get(PE_LOCAL);
    value();
    this.code.memory(W.i64Store, offset);
  }

  // ---- Functions ---------------------------------------------------------------------------------------------------

  /** A form that is called: 0, or why it left. */
  form(name: string, type: number, text: HandlerText): FunctionBody {
    return this.#body(name, type, 3, () => {
      const { code } = this;
      code.open(W.block);
      this.#texts.place(text, code, () => 0);
      code.i32(0);
      code.op(W.return);
      code.op(W.end);
      code.get(LOCAL.STATE);
    });
  }

  /** Whether a condition holds that is not known when code is made: PE block, condition. */
  holds(type: number): FunctionBody {
    return this.#body('', type, 2, () => {
      const { code } = this;
      const cond = RECORD_LOCAL;
      const flags = new MemoryFlags(code);
      flags.begin(this.#frame);
      for (let pair = 0; pair <= CONDITION_PAIRS; pair++) code.open(W.block);
      code.get(cond);
      code.i32(1);
      code.op(W.i32ShrU);
      code.op(W.brTable);
      code.u32(CONDITION_PAIRS);
      for (let pair = 0; pair <= CONDITION_PAIRS; pair++) code.u32(pair);
      for (let pair = 0; pair < CONDITION_PAIRS; pair++) {
        code.op(W.end);
        flags.condition(2 * pair);
        code.get(cond);
        code.i32(1);
        code.op(W.i32And);
        code.op(W.i32Xor);
        code.op(W.return);
      }
      code.op(W.end);
      code.i32(1);
    });
  }
}
