/** The arithmetic that regions call: flags in full, high halves of products, bit reversal, CRC. Parameters are locals. */
import { W, type CodeWriter } from '../emit/wasm.ts';
import { FLAGS } from './layout.ts';

const CRC32_REVERSED = 0xedb8_8320;
const CRC32C_REVERSED = 0x82f6_3b78;

/** Shifts bit 63 of the value on the stack to bit `to` of an i32. */
function signTo(code: CodeWriter, to: number): void {
  code.i64(63 - to, 0);
  code.op(W.i64ShrU);
  code.op(W.i32WrapI64);
  code.i32(1 << to);
  code.op(W.i32And);
}

/** N and Z of a local in bits 3 and 2. */
function negativeZero(code: CodeWriter, result: number): void {
  code.get(result);
  signTo(code, 3);
  code.get(result);
  code.op(W.i64Eqz);
  code.i32(2);
  code.op(W.i32Shl);
  code.op(W.i32Or);
}

/** V: bit 63 of (x ^ result) & (y ^ z). */
function overflow(code: CodeWriter, x: number, result: number, y: number, z: number): void {
  code.get(x);
  code.get(result);
  code.op(W.i64Xor);
  code.get(y);
  code.get(z);
  code.op(W.i64Xor);
  code.op(W.i64And);
  signTo(code, 0);
}

/** NZCV of lazy flags. Narrow operands move to the top half, where every flag comes out the same. */
export function flags(code: CodeWriter): void {
  const [kind, a, b, result] = [0, 1, 2, 3];
  code.get(kind);
  code.op(W.i32Eqz);
  code.open(W.if);
  code.get(a);
  code.op(W.i32WrapI64);
  code.op(W.return);
  code.op(W.end);
  code.get(kind);
  code.i32(1);
  code.op(W.i32And);
  code.open(W.if);
  for (const operand of [a, b]) {
    code.get(operand);
    code.i64(32, 0);
    code.op(W.i64Shl);
    code.set(operand);
  }
  code.op(W.end);
  arm(code, kind, FLAGS.SUB64, () => {
    binaryTo(code, W.i64Sub, a, b, result);
    negativeZero(code, result);
    carryFrom(code, W.i64GeU, a, b);
    overflow(code, a, result, a, b);
    code.op(W.i32Or);
  });
  arm(code, kind, FLAGS.ADD64, () => {
    binaryTo(code, W.i64Add, a, b, result);
    negativeZero(code, result);
    carryFrom(code, W.i64LtU, result, a);
    overflow(code, a, result, b, result);
    code.op(W.i32Or);
  });
  negativeZero(code, a);
}

/** Returns what `emit` leaves when the kind is at most `limit`. */
function arm(code: CodeWriter, kind: number, limit: number, emit: () => void): void {
  code.get(kind);
  code.i32(limit);
  code.op(W.i32LeU);
  code.open(W.if);
  emit();
  code.op(W.return);
  code.op(W.end);
}

function binaryTo(code: CodeWriter, op: number, a: number, b: number, to: number): void {
  code.get(a);
  code.get(b);
  code.op(op);
  code.set(to);
}

/** Adds C, the comparison of x and y, to the flags on the stack. */
function carryFrom(code: CodeWriter, comparison: number, x: number, y: number): void {
  code.get(x);
  code.get(y);
  code.op(comparison);
  code.i32(1);
  code.op(W.i32Shl);
  code.op(W.i32Or);
}

/** NZCV of a + b + c: carry out where both are set, or one is and the sum is not. */
export function adcFlags(code: CodeWriter): void {
  const [a, b, carry, result] = [0, 1, 2, 3];
  binaryTo(code, W.i64Add, a, b, result);
  binaryTo(code, W.i64Add, result, carry, result);
  negativeZero(code, result);
  code.get(a);
  code.get(b);
  code.op(W.i64And);
  code.get(a);
  code.get(b);
  code.op(W.i64Or);
  code.get(result);
  code.i64(-1, -1);
  code.op(W.i64Xor);
  code.op(W.i64And);
  code.op(W.i64Or);
  signTo(code, 1);
  code.op(W.i32Or);
  overflow(code, a, result, b, result);
  code.op(W.i32Or);
}

/** The high half of the unsigned product, from four products of halves. */
export function umulh(code: CodeWriter): void {
  umulhOf(code, 0, 1, 2, 3);
}

function umulhOf(code: CodeWriter, a: number, b: number, low: number, middle: number): void {
  const low32 = (local: number): void => {
    code.get(local);
    code.i64(-1, 0);
    code.op(W.i64And);
  };
  const high32 = (local: number): void => {
    code.get(local);
    code.i64(32, 0);
    code.op(W.i64ShrU);
  };
  // low = a.hi * b.lo + (a.lo * b.lo >> 32); middle = a.lo * b.hi + low.lo
  low32(a);
  low32(b);
  code.op(W.i64Mul);
  code.i64(32, 0);
  code.op(W.i64ShrU);
  high32(a);
  low32(b);
  code.op(W.i64Mul);
  code.op(W.i64Add);
  code.set(low);
  low32(a);
  high32(b);
  code.op(W.i64Mul);
  low32(low);
  code.op(W.i64Add);
  code.set(middle);
  high32(a);
  high32(b);
  code.op(W.i64Mul);
  high32(low);
  code.op(W.i64Add);
  high32(middle);
  code.op(W.i64Add);
}

/** The unsigned one less each operand whose other is negative. */
export function smulh(code: CodeWriter): void {
  const [a, b] = [0, 1];
  umulhOf(code, a, b, 2, 3);
  for (const [sign, other] of [[a, b], [b, a]] as const) {
    code.get(sign);
    code.i64(63, 0);
    code.op(W.i64ShrS);
    code.get(other);
    code.op(W.i64And);
    code.op(W.i64Sub);
  }
}

/** Exchanges neighbouring groups of 1, 2, 4, 8, 16 and 32 bits. */
export function rbit(code: CodeWriter): void {
  for (const [by, mask] of [[1, 0x5555_5555], [2, 0x3333_3333], [4, 0x0f0f_0f0f], [8, 0x00ff_00ff], [16, 0x0000_ffff]] as const) {
    code.get(0);
    code.i64(by, 0);
    code.op(W.i64ShrU);
    code.i64(mask, mask);
    code.op(W.i64And);
    code.get(0);
    code.i64(mask, mask);
    code.op(W.i64And);
    code.i64(by, 0);
    code.op(W.i64Shl);
    code.op(W.i64Or);
    code.set(0);
  }
  code.get(0);
  code.i64(32, 0);
  code.op(W.i64Rotr);
}

/** Bit by bit: acc, value, bytes | castagnoli << 4. */
export function crc32(code: CodeWriter): void {
  const [acc, value, options, bits, polynomial] = [0, 1, 2, 3, 4];
  code.i32(CRC32C_REVERSED | 0);
  code.i32(CRC32_REVERSED | 0);
  code.get(options);
  code.i32(16);
  code.op(W.i32And);
  code.op(W.select);
  code.set(polynomial);
  code.get(options);
  code.i32(15);
  code.op(W.i32And);
  code.i32(3);
  code.op(W.i32Shl);
  code.set(bits);
  code.open(W.loop);
  // acc = (acc >>> 1) ^ (polynomial & -((acc ^ value) & 1)); value >>= 1
  code.get(acc);
  code.i32(1);
  code.op(W.i32ShrU);
  code.get(polynomial);
  code.i32(0);
  code.get(acc);
  code.get(value);
  code.op(W.i32WrapI64);
  code.op(W.i32Xor);
  code.i32(1);
  code.op(W.i32And);
  code.op(W.i32Sub);
  code.op(W.i32And);
  code.op(W.i32Xor);
  code.set(acc);
  code.get(value);
  code.i64(1, 0);
  code.op(W.i64ShrU);
  code.set(value);
  code.get(bits);
  code.i32(1);
  code.op(W.i32Sub);
  code.tee(bits);
  code.brIf(0);
  code.op(W.end);
  code.get(acc);
}
