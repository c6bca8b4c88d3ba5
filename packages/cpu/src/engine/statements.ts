/** Statements of the recorder to code: registers in locals, the inline check of every access, lazy flags. */
import type { Val } from '../emit/builder.ts';
import { FLOAT_NODE, isUnary, NODE, SIMD_NODE, VECTOR } from '../emit/expr.ts';
import { F, F64, floatOp, SATURATING } from '../emit/floats.ts';
import { S, simdImmediate, simdOperands } from '../emit/simd.ts';
import { I32, I64, W, type CodeWriter } from '../emit/wasm.ts';
import { InvariantError } from '../invariant.ts';
import { countOffset } from './counts.ts';
import { FlagsCode } from './flags-code.ts';
import { LOCAL, PE_LOCAL, type Frame } from './frame.ts';
import { HELPER } from './helpers.ts';
import { BANK, FLAGS, LEAVE, PE } from './layout.ts';
import { SOURCE, SP_INDEX, STATEMENT, type Insn, type Recorder } from './record.ts';

/** The page index of a bank entry: bits 27:16 of the address shifted down to a multiple of the entry size. */
const INDEX_SHIFT = 8;
const INDEX_MASK = (BANK.ENTRIES - 1) * BANK.ENTRY_SIZE;
const PAGE_SIZE = 4096;
const SP_ALIGNMENT = 16;

/** How to leave at the instruction at hand, nothing of it done: expects the condition on the stack. */
export type LeaveIf = (reason: number) => void;

export class StatementCode {
  readonly flags: FlagsCode;
  readonly #code: CodeWriter;
  readonly #recorder: Recorder;
  readonly #leaveIf: LeaveIf;
  #frame!: Frame;
  /** The stack pointer has been found aligned in this block. */
  #spAligned = false;
  /** Node of each temporary of 64 bits of the instruction, to see what is added to SP. */
  readonly #definition = new Int32Array(256);

  constructor(code: CodeWriter, recorder: Recorder, leaveIf: LeaveIf) {
    this.#code = code;
    this.#recorder = recorder;
    this.#leaveIf = leaveIf;
    this.flags = new FlagsCode(code);
  }

  begin(frame: Frame): void {
    this.#frame = frame;
    this.flags.begin(frame);
  }

  beginBlock(): void {
    this.#spAligned = false;
  }

  /** The address in the register where the PE block says so. */
  register(index: number): number {
    return this.#frame.register(index);
  }

  instruction(insn: Insn): void {
    const { kind, p, q, r, s } = this.#recorder;
    for (let at = insn.from; at < insn.to; at++) this.#statement(kind[at]!, p[at]!, q[at]! as Val, r[at]!, s[at]!);
  }

  #statement(kind: number, p: number, q: Val, r: number, s: number): void {
    const code = this.#code;
    switch (kind) {
      case STATEMENT.NOP: break;
      case STATEMENT.LET: this.#let(p, q); break;
      case STATEMENT.SET_X: this.#setX(p, q); break;
      case STATEMENT.FLAGS: this.setFlags(p, q, r as Val); break;
      case STATEMENT.FLAGS_LITERAL: this.setLiteral(q); break;
      case STATEMENT.FLAGS_IF: this.#setFlagsIf(p, q, r as Val); break;
      case STATEMENT.CHECK: this.#check(p, q, r); break;
      case STATEMENT.LOAD:
        code.get(this.#frame.temp(q, 0));
        code.memory(s, r);
        code.set(this.#frame.temp(p, isWideLoad(s)));
        break;
      case STATEMENT.STORE: this.#store(p, q, r, s); break;
      case STATEMENT.MONITOR_SET: this.#monitorSet(p, q); break;
      case STATEMENT.MONITOR_CLEAR: this.#cell32(PE.MONITOR_SIZE, 0); break;
      case STATEMENT.SP_CHECK: this.#checkSp(); break;
      case STATEMENT.COUNT: this.#count(p); break;
      case STATEMENT.STEP_IF:
        this.expr(p as Val);
        this.#leaveIf(LEAVE.STEP);
        break;
      case STATEMENT.SET_CELL:
        code.get(PE_LOCAL);
        this.expr(q);
        code.memory(this.#recorder.wide[q] === 1 ? W.i64Store : W.i32Store, p);
        break;
      case STATEMENT.SET_V: this.writeVector(p, q); break;
      case STATEMENT.LOAD_V: this.#loadVector(p, q, r, s); break;
      case STATEMENT.STORE_V: this.#storeVector(p, q, r, s); break;
      default: this.otherStatement(kind, p, q, r as Val, s as Val);
    }
  }

  #cell32(offset: number, value: number): void {
    this.#code.get(PE_LOCAL);
    this.#code.i32(value);
    this.#code.memory(W.i32Store, offset);
  }

  #let(temp: number, value: Val): void {
    const wide = this.#recorder.wide[value]!;
    if (wide === 1) this.#definition[temp] = value;
    this.expr(value);
    this.#code.set(this.#frame.temp(temp, wide));
  }

  #setX(register: number, value: Val): void {
    if (register === SP_INDEX && this.#spAligned) this.#spAligned = this.#keepsAlignment(value);
    this.writeRegister(register, value);
  }

  // ---- Where state lies: in locals; tier 0 keeps it in the PE block ---------------------------------------------------

  protected readRegister(register: number): void {
    this.#code.get(this.#frame.register(register));
  }

  protected writeRegister(register: number, value: Val): void {
    this.wideExpr(value);
    this.#code.set(this.#frame.register(register));
  }

  protected readVector(register: number): void {
    this.#code.get(PE_LOCAL);
    this.#code.simdMemory(S.load, PE.V + 16 * register);
  }

  protected writeVector(register: number, value: Val): void {
    this.#code.get(PE_LOCAL);
    this.expr(value);
    this.#code.simdMemory(S.store, PE.V + 16 * register);
  }

  /** Leaves 1 or 0 on the stack: whether `cond` (below AL) holds. */
  protected condition(cond: number): void {
    this.flags.condition(cond);
  }

  protected readNzcv(): void {
    this.flags.nzcv();
  }

  /** A statement that regions do not have. */
  protected otherStatement(kind: number, _p: number, _q: Val, _r: Val, _s: Val): void {
    throw new InvariantError(`statement ${String(kind)}`);
  }

  /** Whether the value is SP plus or minus a multiple of 16. */
  #keepsAlignment(value: Val): boolean {
    const { op, a, b } = this.#recorder;
    const node = op[value] === NODE.TEMP ? (this.#definition[a[value]!]! as Val) : value;
    if (op[node] !== W.i64Add && op[node] !== W.i64Sub) return false;
    const base = a[node]!;
    const amount = b[node]!;
    return op[base] === NODE.REG && a[base] === SP_INDEX && op[amount] === NODE.CONST && (a[amount]! & (SP_ALIGNMENT - 1)) === 0;
  }

  // ---- Flags -------------------------------------------------------------------------------------------------------

  protected setFlags(kind: number, left: Val, right: Val): void {
    const code = this.#code;
    this.wideExpr(left);
    code.set(this.#frame.flagsA);
    this.wideExpr(right);
    code.set(this.#frame.flagsB);
    code.i32(kind);
    code.set(LOCAL.FLAGS_KIND);
    this.flags.known = { kind, otherwise: -1 };
  }

  protected setLiteral(value: Val): void {
    const code = this.#code;
    this.expr(value);
    code.i32(15);
    code.op(W.i32And);
    code.op(W.i64ExtendI32U);
    code.set(this.#frame.flagsA);
    code.i64(0, 0);
    code.set(this.#frame.flagsB);
    code.i32(FLAGS.LITERAL);
    code.set(LOCAL.FLAGS_KIND);
    this.flags.known = { kind: FLAGS.LITERAL, otherwise: -1 };
  }

  /** (kind, a, b) where the condition holds, (literal, nzcv, 0) elsewhere; the operands also stay for conditions. */
  #setFlagsIf(packed: number, left: Val, right: Val): void {
    const code = this.#code;
    const frame = this.#frame;
    const cond = packed & 15;
    const kind = (packed >> 4) & 15;
    const nzcv = packed >> 8;
    if (cond >= 14) {
      this.setFlags(kind, left, right);
      return;
    }
    this.flags.condition(cond);
    code.set(LOCAL.COMPARED);
    this.wideExpr(left);
    code.tee(frame.comparedA);
    code.i64(nzcv, 0);
    code.get(LOCAL.COMPARED);
    code.op(W.select);
    code.set(frame.flagsA);
    this.wideExpr(right);
    code.tee(frame.comparedB);
    code.i64(0, 0);
    code.get(LOCAL.COMPARED);
    code.op(W.select);
    code.set(frame.flagsB);
    code.i32(kind);
    code.i32(FLAGS.LITERAL);
    code.get(LOCAL.COMPARED);
    code.op(W.select);
    code.set(LOCAL.FLAGS_KIND);
    this.flags.known = { kind, otherwise: nzcv };
  }

  // ---- Memory ------------------------------------------------------------------------------------------------------

  /**
   * One unsigned comparison checks the tag, the canonical form of the address and page crossing (execution-engine, "TLB
   * bank"). On a miss the code leaves; it never calls, because a call costs registers even where it is not taken.
   */
  #check(packed: number, address: Val, host: number): void {
    const code = this.#code;
    const bytes = packed & 0xff;
    const half = (packed & 0x100) !== 0 ? BANK.WRITE : BANK.READ;
    if ((packed & 0x200) !== 0 && bytes > 1) this.#checkAlignment(address, bytes);
    this.expr(address);
    code.i64(INDEX_SHIFT, 0);
    code.op(W.i64ShrU);
    code.op(W.i32WrapI64);
    code.i32(INDEX_MASK);
    code.op(W.i32And);
    this.#bank((packed & 0x400) !== 0);
    code.op(W.i32Add);
    code.tee(LOCAL.ENTRY);
    code.memory(W.i64Load, half + BANK.TAG);
    this.expr(address);
    code.op(W.i64Xor);
    code.i64(PAGE_SIZE + 1 - bytes, 0);
    code.op(W.i64GeU);
    this.#leaveIf(LEAVE.MISS);
    this.expr(address);
    code.op(W.i32WrapI64);
    code.get(LOCAL.ENTRY);
    code.memory(W.i32Load, half + BANK.ADDEND);
    code.op(W.i32Add);
    code.set(this.#frame.temp(host, 0));
  }

  #bank(unprivileged: boolean): void {
    const code = this.#code;
    if (!unprivileged) {
      code.get(LOCAL.BANK);
      return;
    }
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.BANK_UNPRIV);
  }

  #checkAlignment(address: Val, bytes: number): void {
    const code = this.#code;
    this.expr(address);
    code.op(W.i32WrapI64);
    code.i32(bytes - 1);
    code.op(W.i32And);
    this.#leaveIf(LEAVE.STEP);
  }

  #store(host: number, value: Val, packed: number, only: number): void {
    const code = this.#code;
    const size = packed & 15;
    if (only >= 0) {
      this.expr(only as Val);
      code.open(W.if);
    }
    code.get(this.#frame.temp(host, 0));
    this.expr(value);
    code.memory(storeOp(size, this.#recorder.wide[value]!), packed >> 4);
    if (only >= 0) code.op(W.end);
  }

  #loadVector(temp: number, host: number, offset: number, bytes: number): void {
    const code = this.#code;
    code.get(this.#frame.temp(host, 0));
    switch (bytes) {
      case 16: code.simdMemory(S.load, offset); break;
      case 8: code.simdMemory(S.load64Zero, offset); break;
      case 4: code.simdMemory(S.load32Zero, offset); break;
      default:
        code.simd(S.const);
        for (let i = 0; i < 16; i++) code.byte(0);
        code.simdMemory(bytes === 2 ? S.load16Lane : S.load8Lane, offset);
        code.byte(0);
    }
    code.set(this.#frame.temp(temp, VECTOR));
  }

  #storeVector(host: number, value: Val, offset: number, bytes: number): void {
    const code = this.#code;
    code.get(this.#frame.temp(host, 0));
    this.expr(value);
    if (bytes === 16) {
      code.simdMemory(S.store, offset);
      return;
    }
    code.simdMemory(bytes === 8 ? S.store64Lane : bytes === 4 ? S.store32Lane : bytes === 2 ? S.store16Lane : S.store8Lane, offset);
    code.byte(0);
  }

  #monitorSet(bytes: number, address: Val): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    this.expr(address);
    code.memory(W.i64Store, PE.MONITOR_ADDRESS);
    this.#cell32(PE.MONITOR_SIZE, bytes);
  }

  /** Once a block, and again after a change that is not a multiple of 16. */
  #checkSp(): void {
    if (this.#spAligned) return;
    const code = this.#code;
    code.get(this.#frame.register(SP_INDEX));
    code.op(W.i32WrapI64);
    code.i32(SP_ALIGNMENT - 1);
    code.op(W.i32And);
    this.#leaveIf(LEAVE.STEP);
    this.#spAligned = true;
  }

  #count(event: number): void {
    const code = this.#code;
    const offset = countOffset(event);
    code.get(PE_LOCAL);
    code.get(PE_LOCAL);
    code.memory(W.i32Load, offset);
    code.i32(1);
    code.op(W.i32Add);
    code.memory(W.i32Store, offset);
  }

  // ---- Expressions -------------------------------------------------------------------------------------------------

  /** The value of a node, zero-extended to 64 bits. */
  protected wideExpr(node: Val): void {
    this.expr(node);
    if (this.#recorder.wide[node] === 0) this.#code.op(W.i64ExtendI32U);
  }

  /** Leaves the value of a node on the stack. */
  expr(node: Val): void {
    const code = this.#code;
    const { op, a, b, c, wide } = this.#recorder;
    const operation = op[node]!;
    const first = a[node]! as Val;
    const second = b[node]! as Val;
    switch (operation) {
      case NODE.CONST:
        if (wide[node] === 1) code.i64(first, second);
        else code.i32(first);
        break;
      case NODE.REG:
        this.readRegister(first);
        if (wide[node] === 0) code.op(W.i32WrapI64);
        break;
      case NODE.TEMP: code.get(this.#frame.temp(first, wide[node]!)); break;
      case NODE.SELECT:
        this.expr(first);
        this.expr(second);
        this.expr(c[node]! as Val);
        code.op(W.select);
        break;
      case NODE.HOLDS: this.condition(first); break;
      case NODE.NZCV: this.readNzcv(); break;
      case NODE.UDIV: this.#divide(first, second, false); break;
      case NODE.SDIV: this.#divide(first, second, true); break;
      case NODE.UMULH: this.#call(HELPER.umulh, first, second); break;
      case NODE.SMULH: this.#call(HELPER.smulh, first, second); break;
      case NODE.ADC_FLAGS: this.#call(HELPER.adcFlags, first, second, c[node]! as Val); break;
      case NODE.RBIT: this.#rbit(first); break;
      case NODE.CRC32:
        this.expr(first);
        this.expr(second);
        code.i32(c[node]!);
        code.call(HELPER.crc32);
        break;
      case NODE.MONITOR_HOLDS: this.#monitorHolds(first, second); break;
      case NODE.AND_THEN:
        this.expr(first);
        code.open(W.if, I32);
        this.expr(second);
        code.op(W.else);
        code.i32(0);
        code.op(W.end);
        break;
      case NODE.FLOAT_BITS:
        this.expr(first);
        code.op(F.bits[wide[node] === 1 ? 64 : 32]);
        break;
      case NODE.FMA:
        this.#call(wide[node] === 1 ? HELPER.fma64 : HELPER.fma32, first, second, c[node]! as Val);
        break;
      case NODE.VREG: this.readVector(first); break;
      case NODE.CELL:
        code.get(PE_LOCAL);
        code.memory(wide[node] === 1 ? W.i64Load : W.i32Load, first);
        break;
      default:
        if (operation >= FLOAT_NODE) {
          this.#float(operation - FLOAT_NODE, first, second);
          break;
        }
        if (operation >= SIMD_NODE) {
          this.#simd(operation - SIMD_NODE, first, second, c[node]!);
          break;
        }
        this.expr(first);
        if (!isUnary(operation)) this.expr(second);
        code.op(operation);
    }
  }

  #call(helper: number, ...operands: readonly Val[]): void {
    for (const operand of operands) this.expr(operand);
    this.#code.call(helper);
  }

  #float(opcode: number, first: Val, second: Val): void {
    const code = this.#code;
    const { takes, operands } = floatOp(opcode);
    this.#number(first, takes);
    if (operands > 1) this.#number(second, takes);
    if (opcode >= SATURATING) code.saturating(opcode - SATURATING);
    else code.op(opcode);
  }

  /** An operand of a floating-point instruction: from where the number already is, or from its bits. */
  #number(node: Val, type: number): void {
    const code = this.#code;
    const { op, b, c } = this.#recorder;
    const isTemp = op[node] === NODE.TEMP;
    if (type === I32 || type === I64) this.expr(node);
    else if (isTemp && b[node] === SOURCE.FLOAT) this.expr(c[node]! as Val);
    else if (isTemp && b[node] === SOURCE.CELL) {
      code.get(PE_LOCAL);
      code.memory(type === F64 ? W.f64Load : W.f32Load, c[node]!);
    } else {
      this.expr(node);
      code.op(F.ofBits[type === F64 ? 64 : 32]);
    }
  }

  #simd(opcode: number, first: Val, second: Val, third: number): void {
    const code = this.#code;
    const operands = simdOperands(opcode);
    if (operands > 0) this.expr(first);
    if (operands > 1) this.expr(second);
    if (operands > 2) this.expr(third as Val);
    code.simd(opcode);
    switch (simdImmediate(opcode)) {
      case 'lane': code.byte(third); break;
      case 'lanes': for (const lane of this.#recorder.shuffles[third]!) code.byte(lane); break;
      case 'zero': for (let i = 0; i < 16; i++) code.byte(0); break;
      default:
    }
  }

  /** By zero 0; the signed overflow case, which traps in WebAssembly, gives the dividend. */
  #divide(dividend: Val, divisor: Val, signed: boolean): void {
    const code = this.#code;
    const wide = this.#recorder.wide[dividend] === 1;
    const type = wide ? I64 : I32;
    const constant = (n: number): void => (wide ? code.i64(n, n >> 31) : code.i32(n));
    this.expr(divisor);
    code.op(wide ? W.i64Eqz : W.i32Eqz);
    code.open(W.if, type);
    constant(0);
    code.op(W.else);
    if (signed) {
      this.expr(divisor);
      constant(-1);
      code.op(wide ? W.i64Eq : W.i32Eq);
      code.open(W.if, type);
      constant(0);
      this.expr(dividend);
      code.op(wide ? W.i64Sub : W.i32Sub);
      code.op(W.else);
    }
    this.expr(dividend);
    this.expr(divisor);
    if (signed) code.op(wide ? W.i64DivS : W.i32DivS);
    else code.op(wide ? W.i64DivU : W.i32DivU);
    if (signed) code.op(W.end);
    code.op(W.end);
  }

  /** 32 bits are reversed at the top of 64. */
  #rbit(value: Val): void {
    const code = this.#code;
    this.wideExpr(value);
    code.call(HELPER.rbit);
    if (this.#recorder.wide[value] === 1) return;
    code.i64(32, 0);
    code.op(W.i64ShrU);
    code.op(W.i32WrapI64);
  }

  #monitorHolds(address: Val, bytes: number): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    code.memory(W.i64Load, PE.MONITOR_ADDRESS);
    this.expr(address);
    code.op(W.i64Eq);
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.MONITOR_SIZE);
    code.i32(bytes);
    code.op(W.i32Eq);
    code.op(W.i32And);
  }
}

function isWideLoad(op: number): number {
  return op === W.i64Load || (op >= W.i64Load8S && op <= W.i64Load32S) ? 1 : 0;
}

function storeOp(size: number, wide: number): number {
  switch (size) {
    case 1: return wide === 1 ? W.i64Store8 : W.i32Store8;
    case 2: return wide === 1 ? W.i64Store16 : W.i32Store16;
    case 4: return wide === 1 ? W.i64Store32 : W.i32Store;
    default: return W.i64Store;
  }
}
