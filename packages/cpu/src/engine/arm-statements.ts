/**
 * The builder of tier 0, second half: what was recorded of a form as code. Registers and flags lie in the PE block and
 * are found through the record; static expressions are fields of the record. Which field holds what is decided here,
 * in the order of use, so that forms that come to the same code share it.
 */
import type { InsnField } from '../arch/insn/pattern.ts';
import type { Val } from '../emit/builder.ts';
import { NODE } from '../emit/expr.ts';
import { S } from '../emit/simd.ts';
import { W, type CodeWriter } from '../emit/wasm.ts';
import { FLAGS_CHOICE, type ArmRecorder } from './arm-recorder.ts';
import { PE_LOCAL, type Frame } from './frame.ts';
import { FLAGS, PE, RECORD, RECORD_PAGE } from './layout.ts';
import { MemoryFlags } from './memory-flags.ts';
import type { Insn } from './record.ts';
import { StatementCode, type LeaveIf } from './statements.ts';

/** Locals of an arm: the record, and the page of records that it is in. */
export const RECORD_LOCAL = 1;
export const PAGE_LOCAL = 8;

/** X30 is the one register that definitions name themselves. */
const LINK = 30;
const INSTRUCTION_SHIFT = 3;
const BITS_OF_SMALL = 8;
const REGISTERS_WITH_IMMEDIATE = RECORD.REGISTER_COUNT + 4;

/** A register of the form in its field of the record. */
export interface RegisterSlot {
  readonly standIn: number;
  /** A general register that is read or written, which differ for register 31, or a V register. */
  readonly use: 'read' | 'written' | 'vector';
  readonly offset: number;
}

/** A static expression in its field of the record: 8 bytes, 4 or 1. */
export interface ValueSlot {
  readonly node: Val;
  readonly offset: number;
  readonly bytes: number;
}

export class ArmStatements extends StatementCode {
  /** What the record must hold. */
  readonly registers: RegisterSlot[] = [];
  readonly values: ValueSlot[] = [];
  /** Whether the record has room for all of it. */
  fits = true;
  readonly #code: CodeWriter;
  readonly #recorder: ArmRecorder;
  readonly #memoryFlags: MemoryFlags;
  /** Function index of `holds`. */
  readonly #holds: number;
  #frame!: Frame;
  #fields: readonly InsnField[] = [];
  /** Registers do not need it. */
  #immediateIsFree = true;
  #isPointer: (standIn: number) => boolean = () => false;

  constructor(code: CodeWriter, recorder: ArmRecorder, leaveIf: LeaveIf, holds: number) {
    super(code, recorder, leaveIf);
    this.#code = code;
    this.#recorder = recorder;
    this.#memoryFlags = new MemoryFlags(code);
    this.#holds = holds;
  }

  override begin(frame: Frame): void {
    super.begin(frame);
    this.#frame = frame;
    this.#memoryFlags.begin(frame);
  }

  /** Starts a form. `isPointer`: register 31 in this field is the stack pointer, which is read and written in one place. */
  form(insn: Insn, fields: readonly InsnField[], isPointer: (standIn: number) => boolean): void {
    this.registers.length = 0;
    this.values.length = 0;
    this.fits = true;
    this.#immediateIsFree = true;
    this.#fields = fields;
    this.#isPointer = isPointer;
    if (this.#recorder.target >= 0) this.values.push({ node: this.#recorder.target, offset: RECORD.IMMEDIATE, bytes: 8 });
    this.beginBlock();
    this.instruction(insn);
  }

  // ---- Fields of the record ----------------------------------------------------------------------------------------

  #registerSlot(standIn: number, use: RegisterSlot['use']): number {
    const { registers } = this;
    const known = registers.find((slot) => slot.standIn === standIn && (slot.use === use || this.#isPointer(standIn)));
    if (known !== undefined) return known.offset;
    const isIn = registers.length < RECORD.REGISTER_COUNT;
    // The immediate has room for four more, where there is no other use for it.
    if (registers.length === RECORD.REGISTER_COUNT) this.#reserveImmediate();
    if (registers.length === REGISTERS_WITH_IMMEDIATE) this.fits = false;
    const offset = isIn ? RECORD.REGISTERS + 2 * registers.length : RECORD.IMMEDIATE + 2 * (registers.length - RECORD.REGISTER_COUNT);
    registers.push({ standIn, use, offset });
    return offset;
  }

  #reserveImmediate(): void {
    if (this.values.some(({ bytes }) => bytes > 1)) this.fits = false;
    this.#immediateIsFree = false;
  }

  #valueSlot(node: Val, first: number, bytes: number, count: number): number {
    const known = this.values.find((value) => value.node === node && value.bytes === bytes);
    if (known !== undefined) return known.offset;
    if (bytes > 1 && !this.#immediateIsFree) this.fits = false;
    for (let offset = first; offset < first + bytes * count; offset += bytes) {
      if (this.values.some((value) => value.offset < offset + bytes && offset < value.offset + value.bytes)) continue;
      this.values.push({ node, offset, bytes });
      return offset;
    }
    this.fits = false;
    return first;
  }

  /** Whether the immediate is free, or holds the node already. */
  #hasRoom(node: Val): boolean {
    return this.values.every((value) => value.bytes === 1 || value.node === node);
  }

  #isSmall(field: number): boolean {
    return this.#fields[field]!.width <= BITS_OF_SMALL;
  }

  /** An expression as a byte: shift counts, which are modulo the width, conditions and NZCV. */
  #small(node: Val): void {
    this.#code.get(RECORD_LOCAL);
    this.#code.memory(W.i32Load8U, this.#valueSlot(node, RECORD.SMALL, 1, RECORD.SMALL_COUNT));
  }

  #value(node: Val): void {
    const isWide = this.#recorder.wide[node] === 1;
    this.#code.get(RECORD_LOCAL);
    if (isWide) this.#code.memory(W.i64Load, this.#valueSlot(node, RECORD.IMMEDIATE, 8, 1));
    else this.#code.memory(W.i32Load, this.#valueSlot(node, RECORD.IMMEDIATE, 4, 2));
  }

  // ---- State in the PE block ---------------------------------------------------------------------------------------

  #cell(standIn: number, use: RegisterSlot['use']): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    if (standIn === LINK && use !== 'vector') return;
    code.get(RECORD_LOCAL);
    code.memory(W.i32Load16U, this.#registerSlot(standIn, use));
    code.op(W.i32Add);
  }

  protected override readRegister(standIn: number): void {
    this.#cell(standIn, 'read');
    this.#code.memory(W.i64Load, standIn === LINK ? PE.X + 8 * LINK : 0);
  }

  protected override writeRegister(standIn: number, value: Val): void {
    this.#cell(standIn, 'written');
    this.wideExpr(value);
    this.#code.memory(W.i64Store, standIn === LINK ? PE.X + 8 * LINK : 0);
  }

  protected override readVector(standIn: number): void {
    this.#cell(standIn, 'vector');
    this.#code.simdMemory(S.load, 0);
  }

  protected override writeVector(standIn: number, value: Val): void {
    this.#cell(standIn, 'vector');
    this.expr(value);
    this.#code.simdMemory(S.store, 0);
  }

  protected override condition(cond: number): void {
    this.#memoryFlags.condition(cond);
  }

  protected override readNzcv(): void {
    this.#memoryFlags.nzcv();
  }

  protected override setFlags(kind: number, left: Val, right: Val): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    code.i32(kind);
    code.memory(W.i32Store, PE.FLAGS_KIND);
    this.#setOperands(left, right);
  }

  #setOperands(left: Val, right: Val): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    this.wideExpr(left);
    code.memory(W.i64Store, PE.FLAGS_A);
    code.get(PE_LOCAL);
    this.wideExpr(right);
    code.memory(W.i64Store, PE.FLAGS_B);
  }

  /** The value may be made of the flags that it replaces. */
  protected override setLiteral(value: Val): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    this.expr(value);
    code.i32(15);
    code.op(W.i32And);
    code.op(W.i64ExtendI32U);
    code.memory(W.i64Store, PE.FLAGS_A);
    code.get(PE_LOCAL);
    code.i64(0, 0);
    code.memory(W.i64Store, PE.FLAGS_B);
    code.get(PE_LOCAL);
    code.i32(FLAGS.LITERAL);
    code.memory(W.i32Store, PE.FLAGS_KIND);
  }

  protected override otherStatement(kind: number, p: number, q: Val, r: Val, s: Val): void {
    if (kind !== FLAGS_CHOICE) {
      super.otherStatement(kind, p, q, r, s);
      return;
    }
    const code = this.#code;
    code.get(PE_LOCAL);
    code.i32(p);
    code.i32(FLAGS.LITERAL);
    this.expr(q);
    code.op(W.select);
    code.memory(W.i32Store, PE.FLAGS_KIND);
    this.#setOperands(r, s);
  }

  // ---- Expressions -------------------------------------------------------------------------------------------------

  override expr(node: Val): void {
    const code = this.#code;
    const { op, a, b, wide } = this.#recorder;
    const operation = op[node]!;
    if (operation === NODE.PC) pcOfRecord(code);
    else if (operation === NODE.HOLDS_FIELD) {
      code.get(PE_LOCAL);
      this.#small(a[node]! as Val);
      code.call(this.#holds);
    } else if (!this.#recorder.isStatic(node)) {
      if (!isShift(operation) || !this.#recorder.isStatic(b[node]! as Val)) super.expr(node);
      else {
        this.expr(a[node]! as Val);
        this.#small(b[node]! as Val);
        if (wide[node] === 1) code.op(W.i64ExtendI32U);
        code.op(operation);
      }
    } else if (this.#isComplement(node) || (operation === W.i64ExtendI32U && !this.#hasRoom(node))) super.expr(node);
    else if (operation === NODE.FIELD && this.#isSmall(a[node]!) && !this.#hasRoom(node)) {
      this.#small(node);
      if (wide[node] === 1) code.op(W.i64ExtendI32U);
    } else this.#value(node);
  }

  /** NOT of a static expression: the expression may be wanted too, and the record has room for one. */
  #isComplement(node: Val): boolean {
    const { op, a, b } = this.#recorder;
    const mask = b[node]!;
    return (op[node] === W.i64Xor || op[node] === W.i32Xor) && op[mask] === NODE.CONST && a[mask] === -1;
  }

}

/** Leaves the address of the instruction on the stack, from where its record lies. */
export function pcOfRecord(code: CodeWriter): void {
  code.get(PAGE_LOCAL);
  code.memory(W.i64Load, RECORD_PAGE.END + RECORD.IMMEDIATE);
  code.get(RECORD_LOCAL);
  code.get(PAGE_LOCAL);
  code.op(W.i32Sub);
  code.i32(INSTRUCTION_SHIFT);
  code.op(W.i32ShrU);
  code.op(W.i64ExtendI32U);
  code.op(W.i64Add);
  code.i64(4 * RECORD_PAGE.WORDS, 0);
  code.op(W.i64Sub);
}

function isShift(op: number): boolean {
  return (op >= W.i32Shl && op <= W.i32Rotr) || (op >= W.i64Shl && op <= W.i64Rotr);
}
