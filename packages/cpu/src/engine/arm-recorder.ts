/**
 * The builder of tier 0, first half: runs a definition once for a row and form, with operands that are opaque. Registers
 * get stand-in numbers and immediates stand-in values; what follows from immediates and the address alone stays an
 * expression (`isStatic`), which is evaluated when a word is decoded and not when it is executed.
 */
import { REGISTER_FIELDS } from '../arch/insn/operands.ts';
import type { InsnField } from '../arch/insn/pattern.ts';
import type { Row } from '../arch/insn/row.ts';
import { ZR, type Emit, type Imm, type Reg, type Val, type Width } from '../emit/builder.ts';
import { isUnary, NODE } from '../emit/expr.ts';
import type { AnyDefinition } from '../sem/semantics.ts';
import { FLAGS } from './layout.ts';
import { Recorder, type Insn } from './record.ts';

/** A statement beside `STATEMENT`: lazy flags of kind p if node q, otherwise literal; operands r and s. */
export const FLAGS_CHOICE = 0x80;

/** Stand-ins of immediates: beyond every number that a definition writes itself. */
const FIELD_VALUE = 2 ** 40;
/** Each register field has two numbers: its own, and that of the register behind it (CASP). */
const NUMBERS_PER_FIELD = 2;

/** Which register a stand-in number means: a field of the pattern by index, and a distance. */
export function fieldOf(standIn: number): number {
  return Math.floor(standIn / NUMBERS_PER_FIELD);
}

export function distanceOf(standIn: number): number {
  return standIn % NUMBERS_PER_FIELD;
}

/** The operands of a form: `word` has the form's bits, all other fields are opaque. */
export function opaqueOperands(row: Row, forms: readonly InsnField[], word: number): Record<string, number> {
  const operands: Record<string, number> = {};
  row.pattern.fields.forEach(({ name }, index) => {
    operands[name] = REGISTER_FIELDS.has(name) ? NUMBERS_PER_FIELD * index : FIELD_VALUE + index;
  });
  for (const { name, mask, lsb } of forms) operands[name] = (word & mask) >>> lsb;
  return operands;
}

export class ArmRecorder extends Recorder implements Emit {
  /** The stand-in of the register whose alignment counts when it is the stack pointer, or -1. */
  baseRegister = -1;
  /** The address that a branch goes to, or -1. */
  target = -1 as Val;
  #lastWrite = 0;

  protected override get knowsRegisters(): boolean {
    return false;
  }

  /** Records the form; one that is for Eval ends in a step. */
  recordForm(define: AnyDefinition, operands: Readonly<Record<string, number>>): Insn {
    this.baseRegister = -1;
    this.target = -1 as Val;
    this.#lastWrite = 0;
    return this.record(0, define, operands);
  }

  /** Whether the node follows from the word and its address, and not from constants of the form alone. */
  isStatic(v: Val): boolean {
    return this.op[v] !== NODE.CONST && this.#isKnown(v) && this.#hasField(v);
  }

  #isKnown(v: Val): boolean {
    const op = this.op[v]!;
    if (op === NODE.CONST || op === NODE.FIELD || op === NODE.PC || op === NODE.BIT_MASK) return true;
    return op < 0x100 && this.#isKnown(this.a[v]! as Val) && (isUnary(op) || this.#isKnown(this.b[v]! as Val));
  }

  #hasField(v: Val): boolean {
    const op = this.op[v]!;
    if (op === NODE.FIELD || op === NODE.BIT_MASK) return true;
    return op < 0x100 && (this.#hasField(this.a[v]! as Val) || (!isUnary(op) && this.#hasField(this.b[v]! as Val)));
  }

  // ---- Operands ----------------------------------------------------------------------------------------------------

  /** Any register may be the one that was written. */
  protected override mayBeWritten(_register: number, v: Val): boolean {
    return v < this.#lastWrite;
  }

  override let(v: Val): Val {
    return this.#isKnown(v) ? v : super.let(v);
  }

  override base(r: Reg): Val {
    this.baseRegister = r;
    return this.x(r);
  }

  override setX(r: Reg, v: Val): void {
    super.setX(r, v);
    if (r !== ZR) this.#lastWrite = this.nodes;
  }

  override imm(n: number, w: Width = 64): Val {
    return n >= FIELD_VALUE ? this.node(NODE.FIELD, w === 64 ? 1 : 0, n - FIELD_VALUE) : super.imm(n, w);
  }

  override wmask(N: number, imms: Imm, immr: Imm, w: Width): Val {
    return this.node(NODE.BIT_MASK, w === 64 ? 1 : 0, N, imms - FIELD_VALUE, immr - FIELD_VALUE);
  }

  override tmask(N: number, imms: Imm, immr: Imm, w: Width): Val {
    return this.node(NODE.BIT_MASK, w === 64 ? 1 : 0, N | 2, imms - FIELD_VALUE, immr - FIELD_VALUE);
  }

  override pc(): Val {
    return this.node(NODE.PC, 1);
  }

  // ---- Flags -------------------------------------------------------------------------------------------------------

  override holds(cond: number): Val {
    return cond < FIELD_VALUE ? super.holds(cond) : this.node(NODE.HOLDS_FIELD, 0, this.imm(cond, 32));
  }

  override flagsIf(cond: number, op: 'add' | 'sub', a: Val, b: Val, nzcv: Imm): void {
    const isWide = this.wide[a] === 1;
    const kind = op === 'add' ? (isWide ? FLAGS.ADD64 : FLAGS.ADD32) : isWide ? FLAGS.SUB64 : FLAGS.SUB32;
    const holds = this.let(this.holds(cond));
    this.flagsStatement(FLAGS_CHOICE, kind, holds, this.select(holds, this.widen(a), this.imm(nzcv)), this.select(holds, this.widen(b), this.imm(0)));
  }

  // ---- Control flow ------------------------------------------------------------------------------------------------

  #goTo(words: Imm, bits: number): void {
    this.target = this.add(this.pc(), this.shl(this.sext(this.imm(words), bits, 64), this.imm(2)));
  }

  override branchIf(c: Val, words: Imm, bits: number): void {
    this.#goTo(words, bits);
    super.branchIf(c, words, bits);
  }

  override branch(words: Imm, bits: number, hint?: 'call'): void {
    this.#goTo(words, bits);
    super.branch(words, bits, hint);
  }
}
