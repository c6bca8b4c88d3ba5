/**
 * The builder of tier 1, first half: runs the definition of an instruction and keeps what it says as statements in order,
 * over expressions that are pure. The generator turns statements into code once the region's shape is known.
 */
import { EVENT } from '../arch/events.ts';
import { branchOffset, SP, ZR, type Access, type Emit, type Imm, type Lane, type Reg, type StepAction, type Val, type Vec, type VecBytes, type VReg, type Width } from '../emit/builder.ts';
import { decodeBitMasks } from '../emit/bit-masks.ts';
import { DOUBLE, ExprStore, FLOAT_NODE, isUnary, NODE, SIMD_NODE, SINGLE, VECTOR } from '../emit/expr.ts';
import { F32, F64, floatOp } from '../emit/floats.ts';
import { fpResultWidth, type FpOp, type FpWidth } from '../emit/fp-ops.ts';
import { S, simdExtract, simdOp, simdOperands, simdReplace, simdReplaceFloat, simdShift, simdSplat } from '../emit/simd.ts';
import type { VecOp, VecShift } from '../emit/vector-ops.ts';
import { I32, I64, W } from '../emit/wasm.ts';
import { InvariantError } from '../invariant.ts';
import type { AnyDefinition } from '../sem/semantics.ts';
import { FpInlining } from './fp-inlining.ts';
import { FLAGS, MODE, PE } from './layout.ts';
import { StepInlining, type PlainRegisters } from './step-inlining.ts';

/** Kinds of statement; operands p to s. */
export const STATEMENT = {
  NOP: 0,
  /** Temporary p = node q. */
  LET: 1,
  /** Register p = node q. */
  SET_X: 2,
  /** Lazy flags of kind p, operands q and r. */
  FLAGS: 3,
  /** NZCV = node q. */
  FLAGS_LITERAL: 4,
  /** p: condition | kind << 4 | nzcv << 8; operands q and r. */
  FLAGS_IF: 5,
  /** Check of an access, p as packed by {@link packCheck}; address q; the host address goes to temporary r. */
  CHECK: 6,
  /** Temporary p = what lies r bytes behind host address q, as {@link loadOp} s reads it. */
  LOAD: 7,
  /** Stores node q, r & 15 bytes, r >> 4 bytes behind host address p; only if node s, unless s is -1. */
  STORE: 8,
  /** Monitor: address node q for p bytes; or cleared. */
  MONITOR_SET: 9,
  MONITOR_CLEAR: 10,
  /** The stack pointer must be aligned. */
  SP_CHECK: 11,
  /** Counts event p. */
  COUNT: 12,
  /** Leaves STEP if node p. */
  STEP_IF: 13,
  /** The cell of the PE block at offset p, of the width of node q, = node q. */
  SET_CELL: 14,
  /** V register p = node q. */
  SET_V: 15,
  /** Temporary p = the s bytes that lie r bytes behind host address q, zero-extended. */
  LOAD_V: 16,
  /** Stores the low s bytes of node q, r bytes behind host address p. */
  STORE_V: 17,
} as const;

/** How an instruction ends its block. UNMASK: a pending interrupt may be taken behind it. */
export const END = { NONE: 0, BRANCH: 1, COND: 2, CALL: 3, JUMP: 4, CALL_INDIRECT: 5, RETURN: 6, STEP: 7, UNMASK: 8 } as const;

/** One instruction of a region. Registers are bits of a mask: X0 to X30, and SP at 31. */
export interface Insn {
  /** Byte offset in the page. */
  readonly offset: number;
  readonly from: number;
  readonly to: number;
  readonly end: number;
  /** Byte offset in the page of the branch target; may lie outside. */
  readonly target: number;
  /** The condition, or where to jump. */
  readonly value: Val;
  readonly uses: number;
  readonly defs: number;
  readonly usesFlags: boolean;
  readonly setsFlags: boolean;
  /** Whether it may leave in its middle. */
  readonly leaves: boolean;
  readonly usesVectors: boolean;
}

/** Where else the value of a temporary is: b of its node, with c. */
export const SOURCE = {
  NONE: 0,
  /** V register c: the whole of it. */
  VREG: 1,
  /** Floating-point node c, of which it has the bits. */
  FLOAT: 2,
  /** The cell of the PE block at offset c. */
  CELL: 3,
} as const;

export const SP_INDEX = 31;
const NOTHING = -1 as Val;
const STATEMENT_LIMIT = 1 << 15;

/** Bits 7:0 bytes; 8 write; 9 aligned; 10 unprivileged. */
function packCheck(bytes: number, write: boolean, access: Access): number {
  return bytes | (write ? 0x100 : 0) | (access.aligned === true ? 0x200 : 0) | (access.unprivileged === true ? 0x400 : 0);
}

const UNSIGNED_LOADS: Readonly<Record<number, number>> = { 1: W.i32Load8U, 2: W.i32Load16U, 4: W.i32Load, 8: W.i64Load };
const SIGNED_LOADS_32: Readonly<Record<number, number>> = { 1: W.i32Load8S, 2: W.i32Load16S, 4: W.i32Load };
const SIGNED_LOADS_64: Readonly<Record<number, number>> = { 1: W.i64Load8S, 2: W.i64Load16S, 4: W.i64Load32S, 8: W.i64Load };

function loadOp(access: Access): number {
  const ops = access.signed === 64 ? SIGNED_LOADS_64 : access.signed === 32 ? SIGNED_LOADS_32 : UNSIGNED_LOADS;
  return ops[access.size]!;
}

export class Recorder extends ExprStore implements Emit {
  readonly kind = new Uint8Array(STATEMENT_LIMIT);
  readonly p = new Int32Array(STATEMENT_LIMIT);
  readonly q = new Int32Array(STATEMENT_LIMIT);
  readonly r = new Int32Array(STATEMENT_LIMIT);
  readonly s = new Int32Array(STATEMENT_LIMIT);
  /** The most temporaries of 32 and of 64 bits that one instruction uses. */
  most32 = 0;
  most64 = 0;
  most128 = 0;
  mostSingle = 0;
  mostDouble = 0;
  #statements = 0;
  #temps32 = 0;
  #temps64 = 0;
  #temps128 = 0;
  #tempsSingle = 0;
  #tempsDouble = 0;
  readonly #fp = new FpInlining(this);
  /** A V register has been written: what was noted of it is not there any more. */
  #vectorWritten = false;
  #pageLo = 0;
  #pageHi = 0;
  #mode = 0;
  readonly #inline: StepInlining | null;

  // Of the instruction at hand.
  #offset = 0;
  #from = 0;
  #end: number = END.NONE;
  #target = 0;
  #value = NOTHING;
  #uses = 0;
  #defs = 0;
  #usesFlags = false;
  #setsFlags = false;
  #leaves = false;
  /** It works on V registers, which are Eval's. */
  #onlyEval = false;
  /** It works on V registers: the region is entered with FP and SIMD enabled only. */
  usesVectors = false;
  /** Byte tables of shuffles, by number. */
  readonly shuffles: Readonly<Uint8Array>[] = [];
  /** Nodes made before register r was written are older than `#writtenAt[r]`. */
  readonly #writtenAt = new Int32Array(32);

  /** Without `registers` every step is Eval's. */
  constructor(registers: PlainRegisters | null = null) {
    super();
    this.#inline = registers === null ? null : new StepInlining(this, registers);
  }

  /** Starts a region of the page at this virtual address, for a mode (`codeMode`). */
  begin(pageLo: number, pageHi: number, mode: number): void {
    this.resetNodes();
    this.#statements = 0;
    this.most32 = 0;
    this.most64 = 0;
    this.most128 = 0;
    this.mostSingle = 0;
    this.mostDouble = 0;
    this.shuffles.length = 0;
    this.#pageLo = pageLo;
    this.#pageHi = pageHi;
    this.#mode = mode;
  }

  /** Whether one more instruction is sure to fit. */
  get hasRoom(): boolean {
    return this.nodes < this.op.length - 4096 && this.#statements < STATEMENT_LIMIT - 2048;
  }

  /** Records the instruction at `offset` of the page; one without a definition is a step. */
  record(offset: number, define: AnyDefinition | null, operands: Readonly<Record<string, number>>): Insn {
    this.#offset = offset;
    this.#from = this.#statements;
    this.#end = END.NONE;
    this.#target = 0;
    this.#value = NOTHING;
    this.#uses = 0;
    this.#defs = 0;
    this.#usesFlags = false;
    this.#setsFlags = false;
    this.#leaves = false;
    this.#onlyEval = false;
    this.usesVectors = false;
    this.#temps32 = 0;
    this.#temps64 = 0;
    this.#temps128 = 0;
    this.#tempsSingle = 0;
    this.#tempsDouble = 0;
    this.#fp.begin();
    this.#vectorWritten = false;
    if (define === null) this.#end = END.STEP;
    else define(this, operands);
    this.#forgetEffectsOfStep();
    return {
      offset, from: this.#from, to: this.#statements, end: this.#end, target: this.#target, value: this.#value,
      uses: this.#uses, defs: this.#defs, usesFlags: this.#usesFlags, setsFlags: this.#setsFlags, leaves: this.#leaves, usesVectors: this.#isVector(),
    };
  }

  #isVector(): boolean {
    return this.usesVectors && this.#end !== END.STEP;
  }

  /** A step does nothing here: the instruction is Eval's as a whole. */
  #forgetEffectsOfStep(): void {
    if (this.#onlyEval) this.#end = END.STEP;
    if (this.#end !== END.STEP) return;
    this.#statements = this.#from;
    this.#uses = 0;
    this.#defs = 0;
    this.#usesFlags = false;
    this.#setsFlags = false;
    this.#leaves = true;
  }

  /** A statement that sets flags and is not one of regions. */
  protected flagsStatement(kind: number, p: number, q: Val, r: Val, s: Val): void {
    this.#statement(kind, p, this.#used(q), this.#used(r), this.#used(s));
    this.#setsFlags = true;
  }

  #statement(kind: number, p = 0, q = 0, r = 0, s = 0): number {
    const at = this.#statements++;
    this.kind[at] = kind;
    this.p[at] = p;
    this.q[at] = q;
    this.r[at] = r;
    this.s[at] = s;
    return at;
  }

  #temp(wide: number): number {
    if (wide === SINGLE) {
      this.mostSingle = Math.max(this.mostSingle, this.#tempsSingle + 1);
      return this.#tempsSingle++;
    }
    if (wide === DOUBLE) {
      this.mostDouble = Math.max(this.mostDouble, this.#tempsDouble + 1);
      return this.#tempsDouble++;
    }
    if (wide === VECTOR) {
      const index = this.#temps128++;
      if (this.#temps128 > MOST_VECTORS) this.#onlyEval = true;
      else if (this.#temps128 > this.most128) this.most128 = this.#temps128;
      return index;
    }
    if (wide === 1) {
      const index = this.#temps64++;
      if (this.#temps64 > this.most64) this.most64 = this.#temps64;
      return index;
    }
    const index = this.#temps32++;
    if (this.#temps32 > this.most32) this.most32 = this.#temps32;
    return index;
  }

  // ---- Values ------------------------------------------------------------------------------------------------------

  /** A register keeps its local: a copy is made only if it is used after it was written. */
  let(v: Val): Val {
    const op = this.op[v];
    if (op === NODE.CONST || op === NODE.TEMP) return v;
    if (op === NODE.REG) return this.b[v]! >= 0 ? v : this.node(NODE.REG, this.wide[v]!, this.a[v], this.#statement(STATEMENT.NOP));
    const wide = this.wide[v]!;
    const temp = this.#temp(wide);
    this.#statement(STATEMENT.LET, temp, this.#used(v));
    return this.node(NODE.TEMP, wide, temp);
  }

  /** `v`, about to be used in a statement: what it reads of registers written since is copied where it was read. */
  #used(v: Val): Val {
    if (this.#defs !== 0) this.#guard(v);
    return v;
  }

  #guard(v: Val): void {
    const op = this.op[v]!;
    if (op === NODE.CONST || op === NODE.TEMP || op >= NODE.FIELD) return;
    if (op === NODE.REG) this.#guardRegister(v);
    else this.#guardOperands(v, op);
  }

  #guardRegister(v: Val): void {
    const register = this.a[v]!;
    if (!this.mayBeWritten(register, v)) return;
    const slot = this.b[v]!;
    if (slot < 0) throw new InvariantError(`a definition uses X${String(register)} of before its write: it needs a let`);
    const wide = this.wide[v]!;
    const temp = this.#temp(wide);
    this.kind[slot] = STATEMENT.LET;
    this.p[slot] = temp;
    this.q[slot] = this.node(NODE.REG, wide, register, -1);
    this.op[v] = NODE.TEMP;
    this.a[v] = temp;
  }

  /** Whether register `register` may have been written since node `v` was made. */
  protected mayBeWritten(register: number, v: Val): boolean {
    return (this.#defs & (1 << register)) !== 0 && v < this.#writtenAt[register]!;
  }

  #guardOperands(v: Val, op: number): void {
    if (op === NODE.HOLDS || op === NODE.NZCV || op === NODE.CELL || op === NODE.VREG || op === NODE.FLOAT_BITS) return;
    if (op >= SIMD_NODE) {
      const operands = op >= FLOAT_NODE ? floatOp(op - FLOAT_NODE).operands : simdOperands(op - SIMD_NODE);
      if (operands > 0) this.#guard(this.a[v]! as Val);
      if (operands > 1) this.#guard(this.b[v]! as Val);
      return;
    }
    this.#guard(this.a[v]! as Val);
    if (op < 0x100 ? !isUnary(op) : op !== NODE.RBIT && op !== NODE.MONITOR_HOLDS) this.#guard(this.b[v]! as Val);
    if (op === NODE.SELECT || op === NODE.ADC_FLAGS || op === NODE.FMA) this.#guard(this.c[v]! as Val);
  }

  x(r: Reg, w: Width = 64): Val {
    const wide = w === 64 ? 1 : 0;
    if (r === ZR) return this.constant(0, 0, wide);
    const index = r === SP ? SP_INDEX : r;
    this.#uses |= 1 << index;
    return this.node(NODE.REG, wide, index, -1);
  }

  base(r: Reg): Val {
    if (r === SP && (this.#mode & MODE.SP_CHECK) !== 0) {
      this.#statement(STATEMENT.SP_CHECK);
      this.#uses |= 1 << SP_INDEX;
      this.#leaves = true;
    }
    return this.x(r);
  }

  setX(r: Reg, v: Val): void {
    if (r === ZR) return;
    const index = r === SP ? SP_INDEX : r;
    this.#statement(STATEMENT.SET_X, index, this.#used(v));
    this.#defs |= 1 << index;
    this.#writtenAt[index] = this.nodes;
  }

  wmask(N: number, imms: Imm, immr: Imm, w: Width): Val {
    const masks = decodeBitMasks(N, imms, immr);
    return this.constant(masks.wLo, masks.wHi, w === 64 ? 1 : 0);
  }

  tmask(N: number, imms: Imm, immr: Imm, w: Width): Val {
    const masks = decodeBitMasks(N, imms, immr);
    return this.constant(masks.tLo, masks.tHi, w === 64 ? 1 : 0);
  }

  // ---- Flags -------------------------------------------------------------------------------------------------------

  #flags(kind32: number, kind64: number, a: Val, b: Val): void {
    this.#statement(STATEMENT.FLAGS, this.wide[a] === 1 ? kind64 : kind32, this.#used(a), this.#used(b));
    this.#setsFlags = true;
  }

  flagsAdd(a: Val, b: Val): void {
    this.#flags(FLAGS.ADD32, FLAGS.ADD64, a, b);
  }

  flagsSub(a: Val, b: Val): void {
    this.#flags(FLAGS.SUB32, FLAGS.SUB64, a, b);
  }

  flagsLogic(r: Val): void {
    this.#flags(FLAGS.LOGIC32, FLAGS.LOGIC64, r, r);
  }

  adc(a: Val, b: Val, carry: Val, set: boolean): Val {
    const c = this.let(carry);
    const isWide = this.wide[a] === 1;
    const sum = this.let(this.add(this.add(a, b), isWide ? this.widen(c) : c));
    if (set) {
      // Narrow operands are compared at the top of 64 bits, where carry and overflow are the same.
      const top = (v: Val): Val => (isWide ? this.widen(v) : this.shl(this.widen(v), this.imm(32)));
      this.flagsLiteral(this.node(NODE.ADC_FLAGS, 0, top(a), top(b), top(c)));
    }
    return sum;
  }

  flagsLiteral(v: Val): void {
    this.#statement(STATEMENT.FLAGS_LITERAL, 0, this.#used(v));
    this.#setsFlags = true;
  }

  flagsIf(cond: number, op: 'add' | 'sub', a: Val, b: Val, nzcv: Imm): void {
    const isWide = this.wide[a] === 1;
    const kind = op === 'add' ? (isWide ? FLAGS.ADD64 : FLAGS.ADD32) : isWide ? FLAGS.SUB64 : FLAGS.SUB32;
    this.#usesFlags = true;
    this.#setsFlags = true;
    this.#statement(STATEMENT.FLAGS_IF, cond | (kind << 4) | (nzcv << 8), a, b);
  }

  nzcv(): Val {
    this.#usesFlags = true;
    return this.node(NODE.NZCV, 0);
  }

  carry(): Val {
    return this.holds(CARRY_SET);
  }

  holds(cond: number): Val {
    if (cond >= ALWAYS) return this.imm(1, 32);
    this.#usesFlags = true;
    return this.node(NODE.HOLDS, 0, cond);
  }

  // ---- Memory ------------------------------------------------------------------------------------------------------

  /** Emits the check; returns the temporary with the host address. */
  #check(va: Val, bytes: number, write: boolean, access: Access): number {
    const address = this.let(va);
    const host = this.#temp(0);
    this.#statement(STATEMENT.CHECK, packCheck(bytes, write, access), address, host);
    this.#leaves = true;
    return host;
  }

  #loadAt(host: number, offset: number, access: Access): Val {
    const wide = access.size === 8 || access.signed === 64 ? 1 : 0;
    const temp = this.#temp(wide);
    this.#statement(STATEMENT.LOAD, temp, host, offset, loadOp(access));
    return this.node(NODE.TEMP, wide, temp);
  }

  #storeAt(host: number, offset: number, v: Val, size: number, only: Val = NOTHING): void {
    this.#statement(STATEMENT.STORE, host, v, size | (offset << 4), only);
  }

  load(va: Val, access: Access): Val {
    return this.#loadAt(this.#check(va, access.size, false, access), 0, access);
  }

  load2(va: Val, access: Access): readonly [Val, Val] {
    const host = this.#check(va, access.size * 2, false, access);
    return [this.#loadAt(host, 0, access), this.#loadAt(host, access.size, access)];
  }

  store(va: Val, v: Val, access: Access): void {
    this.#storeAt(this.#check(va, access.size, true, access), 0, v, access.size);
  }

  store2(va: Val, a: Val, b: Val, access: Access): void {
    const host = this.#check(va, access.size * 2, true, access);
    this.#storeAt(host, 0, a, access.size);
    this.#storeAt(host, access.size, b, access.size);
  }

  storeIf(c: Val, va: Val, v: Val, access: Access): void {
    this.#storeAt(this.#check(va, access.size, true, access), 0, v, access.size, this.let(c));
  }

  storeIf2(c: Val, va: Val, a: Val, b: Val, access: Access): void {
    const host = this.#check(va, access.size * 2, true, access);
    const only = this.let(c);
    this.#storeAt(host, 0, a, access.size, only);
    this.#storeAt(host, access.size, b, access.size, only);
  }

  rmw(va: Val, access: Access, update: (old: Val) => Val): Val {
    const host = this.#check(va, access.size, true, access);
    const old = this.#loadAt(host, 0, access);
    this.#storeAt(host, 0, update(old), access.size);
    return old;
  }

  rmw2(va: Val, access: Access, update: (low: Val, high: Val) => readonly [Val, Val]): readonly [Val, Val] {
    const host = this.#check(va, access.size * 2, true, access);
    const low = this.#loadAt(host, 0, access);
    const high = this.#loadAt(host, access.size, access);
    const [newLow, newHigh] = update(low, high);
    this.#storeAt(host, 0, newLow, access.size);
    this.#storeAt(host, access.size, newHigh, access.size);
    return [low, high];
  }

  monitorSet(va: Val, bytes: number): void {
    this.#statement(STATEMENT.MONITOR_SET, bytes, this.#used(va));
  }

  monitorHolds(va: Val, bytes: number): Val {
    return this.node(NODE.MONITOR_HOLDS, 0, va, bytes);
  }

  monitorClear(): void {
    this.#statement(STATEMENT.MONITOR_CLEAR);
  }

  // ---- Vectors ------------------------------------------------------------------------------------------------------
  // Each operation is a statement of its own: an instruction for which there is none here is Eval's as a whole.

  #noVector(): Vec {
    this.#onlyEval = true;
    return this.simdNode(S.const, VECTOR) as number as Vec;
  }

  #noElement(size: number): Val {
    this.#onlyEval = true;
    return this.constant(0, 0, size === 64 ? 1 : 0);
  }

  /** The result of a SIMD instruction, evaluated here. */
  simdNode(opcode: number, wide: number, a = 0, b = 0, c = 0): Val {
    this.usesVectors = true;
    return this.let(this.node(SIMD_NODE + opcode, wide, a, b, c));
  }

  #simd(opcode: number, a: number, b = 0, c = 0): Vec {
    return opcode === 0 ? this.#noVector() : (this.simdNode(opcode, VECTOR, a, b, c) as number as Vec);
  }

  /** The element as WebAssembly wants it: 64 bits for lanes of 64, 32 for all others. */
  #asLane(size: Lane, element: Val): Val {
    return size === 64 ? this.widen(element) : this.narrow(element);
  }

  /** Whether a register number says where in the PE block the register is. */
  protected get knowsRegisters(): boolean {
    return true;
  }

  v(r: VReg): Vec {
    this.usesVectors = true;
    return this.#noted(this.let(this.node(NODE.VREG, VECTOR, r)), SOURCE.VREG, r) as number as Vec;
  }

  setV(r: VReg, v: Vec): void {
    this.usesVectors = true;
    this.#vectorWritten = true;
    this.#statement(STATEMENT.SET_V, r, v);
  }

  lane(v: Vec, size: Lane, index: number): Val {
    if (size >= 32 && this.knowsRegisters && this.b[v] === SOURCE.VREG && this.op[v] === NODE.TEMP && !this.#vectorWritten) {
      const offset = PE.V + 16 * this.c[v]! + (size / 8) * index;
      return this.#noted(this.cell(offset, size === 64 ? 64 : 32), SOURCE.CELL, offset);
    }
    return this.simdNode(simdExtract(size), size === 64 ? 1 : 0, v, 0, index);
  }

  withLane(v: Vec, size: Lane, index: number, element: Val): Vec {
    if (size >= 32 && this.op[element] === NODE.TEMP && this.b[element] === SOURCE.FLOAT && this.wide[element] === (size === 64 ? 1 : 0)) {
      return this.#simd(simdReplaceFloat(size as 32 | 64), v, this.c[element], index);
    }
    return this.#simd(simdReplace(size), v, this.#asLane(size, element), index);
  }

  splat(size: Lane, element: Val): Vec {
    return this.#simd(simdSplat(size), this.#asLane(size, element));
  }

  vec(lo: Val, hi: Val): Vec {
    return this.withLane(this.splat(64, lo), 64, 1, hi);
  }

  vecOf(v: Val): Vec {
    return this.withLane(this.#simd(S.const, 0), this.wide[v] === 1 ? 64 : 32, 0, v);
  }

  low64(v: Vec): Vec {
    return this.withLane(v, 64, 1, this.imm(0));
  }

  shuffle(a: Vec, b: Vec, indices: Readonly<Uint8Array>): Vec {
    return this.#simd(S.shuffle, a, b, this.shuffles.push(indices) - 1);
  }

  vop(op: VecOp, size: Lane, a: Vec, b?: Vec, c?: Vec): Vec {
    if (op === 'select') return this.#simd(S.bitselect, b!, c, a);
    return this.#simd(simdOp(op, size), a, b);
  }

  vshift(op: VecShift, size: Lane, a: Vec, n: Val): Vec {
    if (!this.isConst(n)) return this.#noVector();
    const count = this.a[n]!;
    if (count >= size && op !== 'sshr') return this.#simd(S.const, 0);
    return this.#simd(simdShift(op, size), a, this.imm(Math.min(count, size - 1), 32));
  }

  vsat(): Vec {
    return this.#noVector();
  }

  loadV(va: Val, count: 1 | 2 | 3 | 4, bytes: VecBytes, access: Access): readonly Vec[] {
    this.usesVectors = true;
    const host = this.#check(va, count * bytes, false, access);
    return Array.from({ length: count }, (_none, i) => {
      const temp = this.#temp(VECTOR);
      this.#statement(STATEMENT.LOAD_V, temp, host, i * bytes, bytes);
      return this.node(NODE.TEMP, VECTOR, temp) as number as Vec;
    });
  }

  storeV(va: Val, vectors: readonly Vec[], bytes: VecBytes, access: Access): void {
    this.usesVectors = true;
    const host = this.#check(va, vectors.length * bytes, true, access);
    vectors.forEach((v, i) => this.#statement(STATEMENT.STORE_V, host, v, i * bytes, bytes));
  }

  // ---- Floating point ----------------------------------------------------------------------------------------------

  fp(op: FpOp, width: FpWidth, a: Val, b: Val = a, c: Val = a): Val {
    return this.#fp.operate(op, width, a, b, c) ?? this.#noElement(fpResultWidth(op, width));
  }

  /** Lane by lane. */
  vfp(op: FpOp, width: FpWidth, lanes: number, a: Vec, b: Vec = a, c: Vec = a): Vec {
    const to = fpResultWidth(op, width);
    let result = this.#simd(S.const, 0);
    for (let i = 0; i < lanes; i++) result = this.withLane(result, to, i, this.fp(op, width, this.lane(a, width, i), this.lane(b, width, i), this.lane(c, width, i)));
    return result;
  }

  fpCompare(width: FpWidth, a: Val, b: Val, _signalling: boolean, when?: Val): Val {
    return this.#fp.compare(width, a, b, when) ?? this.#noElement(32);
  }

  /** A floating-point instruction on numbers as bits, evaluated here; the result as bits of 32 or 64. */
  float(opcode: number, width: Width, a: Val, b: Val = a): Val {
    const { gives } = floatOp(opcode);
    const result = this.let(this.node(FLOAT_NODE + opcode, gives === F64 ? DOUBLE : gives === F32 ? SINGLE : gives === I64 ? 1 : 0, a, b));
    if (gives === I32 || gives === I64) return result;
    return this.#noted(this.let(this.node(NODE.FLOAT_BITS, width === 64 ? 1 : 0, result)), SOURCE.FLOAT, result);
  }

  /** Whether both hold; `b` is asked only if `a` does. */
  andThen(a: Val, b: Val): Val {
    return this.node(NODE.AND_THEN, 0, a, b);
  }

  /** a + b * c. */
  fusedMultiplyAdd(width: Width, a: Val, b: Val, c: Val): Val {
    return this.let(this.node(NODE.FMA, width === 64 ? 1 : 0, a, b, c));
  }

  /** Notes where else the value of a temporary is. */
  #noted(temp: Val, source: number, where: number): Val {
    this.b[temp] = source;
    this.c[temp] = where;
    return temp;
  }

  // ---- Control flow ------------------------------------------------------------------------------------------------

  pc(): Val {
    return this.constant(this.#pageLo + this.#offset, this.#pageHi, 1);
  }

  jump(to: Val, hint?: 'call' | 'return'): void {
    this.#value = this.#used(to);
    this.#end = hint === 'call' ? END.CALL_INDIRECT : hint === 'return' ? END.RETURN : END.JUMP;
  }

  branchIf(c: Val, words: Imm, bits: number): void {
    this.#target = this.#offset + branchOffset(words, bits);
    if (this.isConst(c)) {
      if (this.a[c] !== 0) this.#end = END.BRANCH;
      return;
    }
    this.#value = c;
    this.#end = END.COND;
  }

  branch(words: Imm, bits: number, hint?: 'call'): void {
    this.#target = this.#offset + branchOffset(words, bits);
    this.#end = hint === 'call' ? END.CALL : END.BRANCH;
  }

  step(action: StepAction): void {
    if (this.#inline?.step(action, this.#mode) !== true) this.#end = END.STEP;
  }

  /** The cell of the PE block at `offset`, now. */
  cell(offset: number, w: Width): Val {
    return this.let(this.node(NODE.CELL, w === 64 ? 1 : 0, offset));
  }

  setCell(offset: number, v: Val): void {
    this.#statement(STATEMENT.SET_CELL, offset, this.#used(v));
  }

  /** Leaves the instruction to Eval if `c`; before it has done anything. */
  stepIf(c: Val): void {
    this.#statement(STATEMENT.STEP_IF, c);
    this.#leaves = true;
  }

  /** Ends the block behind this instruction, and leaves there if an interrupt is pending: where the page has a next word. */
  unmask(): void {
    this.#end = this.#offset === LAST_OFFSET ? END.STEP : END.UNMASK;
  }

  imm64(lo: number, hi: number): Val {
    return this.constant(lo, hi, 1);
  }

  /** Zeros `bytes` bytes from `va` on. */
  zero(va: Val, bytes: number): void {
    const host = this.#check(va, bytes, true, { size: 8 });
    const zero = this.constant(0, 0, 1);
    for (let offset = 0; offset < bytes; offset += 8) this.#storeAt(host, offset, zero, 8);
  }

  /** Leaves the instruction to Eval unless the byte at `va` is known to be readable. */
  translate(va: Val): void {
    this.#check(va, 1, false, { size: 1 });
  }

  countEvent(event: number): void {
    this.#statement(STATEMENT.COUNT, event);
  }

  count(event: 'isb' | 'dsb' | 'dmb' | 'hint'): void {
    this.#statement(STATEMENT.COUNT, EVENT[event]);
  }
}

/** An instruction that needs more vectors at a time is Eval's. */
const MOST_VECTORS = 64;
const LAST_OFFSET = 0xffc;
const CARRY_SET = 2;
/** Conditions AL and NV. */
const ALWAYS = 14;
