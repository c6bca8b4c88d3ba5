/**
 * The WebAssembly encoder: instructions and sections into one growing buffer. It knows the binary format (WebAssembly
 * Core Specification, "Binary Format") and nothing of the guest.
 */

import { SIMD_PREFIX } from './simd.ts';

/** Value types. */
export const I32 = 0x7f;
export const I64 = 0x7e;

/** Block type of a block without a result. */
export const NO_RESULT = 0x40;

/** Opcodes by the specification's names. */
export const W = {
  unreachable: 0x00, block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, brIf: 0x0d, brTable: 0x0e, return: 0x0f,
  call: 0x10, callIndirect: 0x11, drop: 0x1a, select: 0x1b,
  localGet: 0x20, localSet: 0x21, localTee: 0x22,
  i32Load: 0x28, i64Load: 0x29, f32Load: 0x2a, f64Load: 0x2b, i32Load8S: 0x2c, i32Load8U: 0x2d, i32Load16S: 0x2e, i32Load16U: 0x2f,
  i64Load8S: 0x30, i64Load16S: 0x32, i64Load32S: 0x34,
  i32Store: 0x36, i64Store: 0x37, i32Store8: 0x3a, i32Store16: 0x3b, i64Store8: 0x3c, i64Store16: 0x3d, i64Store32: 0x3e,
  i32Const: 0x41, i64Const: 0x42,
  i32Eqz: 0x45, i32Eq: 0x46, i32Ne: 0x47, i32LtS: 0x48, i32LtU: 0x49, i32GtS: 0x4a, i32GtU: 0x4b, i32LeS: 0x4c, i32LeU: 0x4d, i32GeS: 0x4e, i32GeU: 0x4f,
  i64Eqz: 0x50, i64Eq: 0x51, i64Ne: 0x52, i64LtS: 0x53, i64LtU: 0x54, i64GtS: 0x55, i64GtU: 0x56, i64LeS: 0x57, i64LeU: 0x58, i64GeS: 0x59, i64GeU: 0x5a,
  i32Clz: 0x67, i32Add: 0x6a, i32Sub: 0x6b, i32Mul: 0x6c, i32DivS: 0x6d, i32DivU: 0x6e, i32And: 0x71, i32Or: 0x72, i32Xor: 0x73,
  i32Shl: 0x74, i32ShrS: 0x75, i32ShrU: 0x76, i32Rotr: 0x78,
  i64Clz: 0x79, i64Add: 0x7c, i64Sub: 0x7d, i64Mul: 0x7e, i64DivS: 0x7f, i64DivU: 0x80, i64And: 0x83, i64Or: 0x84, i64Xor: 0x85,
  i64Shl: 0x86, i64ShrS: 0x87, i64ShrU: 0x88, i64Rotr: 0x8a,
  i32WrapI64: 0xa7, i64ExtendI32S: 0xac, i64ExtendI32U: 0xad,
  i32Extend8S: 0xc0, i32Extend16S: 0xc1, i64Extend8S: 0xc2, i64Extend16S: 0xc3, i64Extend32S: 0xc4,
} as const;

/** A growing byte buffer with the encodings of the format. */
export class ByteBuffer {
  bytes = new Uint8Array(1 << 14);
  length = 0;

  reset(): void {
    this.length = 0;
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.#grow(1);
    this.bytes[this.length++] = value;
  }

  /** Appends bytes `from` to `to` of another buffer. */
  append(other: ByteBuffer, from: number, to: number): void {
    const count = to - from;
    if (this.length + count > this.bytes.length) this.#grow(count);
    this.bytes.set(other.bytes.subarray(from, to), this.length);
    this.length += count;
  }

  u32(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  s32(value: number): void {
    let rest = value | 0;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  /** Signed LEB128 of 64 bits in two words, seven bits at a time. */
  s64(lo: number, hi: number): void {
    let low = lo | 0;
    let high = hi | 0;
    while (high !== low >> 31 || low < -64 || low > 63) {
      this.byte((low & 0x7f) | 0x80);
      low = (low >>> 7) | (high << 25);
      high >>= 7;
    }
    this.byte(low & 0x7f);
  }

  name(text: string): void {
    this.u32(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }

  #grow(atLeast: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + atLeast));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** The instructions of a function body. */
export class CodeWriter extends ByteBuffer {
  op(code: number): void {
    this.byte(code);
  }

  get(local: number): void {
    this.byte(W.localGet);
    this.u32(local);
  }

  set(local: number): void {
    this.byte(W.localSet);
    this.u32(local);
  }

  tee(local: number): void {
    this.byte(W.localTee);
    this.u32(local);
  }

  i32(value: number): void {
    this.byte(W.i32Const);
    this.s32(value);
  }

  i64(lo: number, hi: number): void {
    this.byte(W.i64Const);
    this.s64(lo, hi);
  }

  /** A load or store; alignment is declared as unknown. */
  memory(code: number, offset: number): void {
    this.byte(code);
    this.byte(0);
    this.u32(offset);
  }

  /** A SIMD instruction; its immediates follow. */
  simd(opcode: number): void {
    this.byte(SIMD_PREFIX);
    this.u32(opcode);
  }

  /** A saturating conversion to an integer. */
  saturating(opcode: number): void {
    this.byte(SATURATING_PREFIX);
    this.u32(opcode);
  }

  /** A SIMD load or store. */
  simdMemory(opcode: number, offset: number): void {
    this.simd(opcode);
    this.byte(0);
    this.u32(offset);
  }

  call(index: number): void {
    this.byte(W.call);
    this.u32(index);
  }

  open(code: number, type: number = NO_RESULT): void {
    this.byte(code);
    this.byte(type);
  }

  br(depth: number): void {
    this.byte(W.br);
    this.u32(depth);
  }

  brIf(depth: number): void {
    this.byte(W.brIf);
    this.u32(depth);
  }
}

export interface FunctionType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

/** An import of module `e`: a function by type index, the memory or the table. */
export type Import = { readonly name: string } & ({ readonly kind: 'function'; readonly type: number } | { readonly kind: 'memory' | 'table' });

/** One function: its type, the locals beyond its parameters as (count, type), and where its code lies in the code writer. */
export interface FunctionBody {
  readonly type: number;
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

const SATURATING_PREFIX = 0xfc;
const SECTION = { type: 1, import: 2, function: 3, export: 7, element: 9, code: 10 } as const;
const EXTERNAL = { function: 0, table: 1, memory: 2 } as const;
const FUNCREF = 0x70;

/** Puts a module together; every function with a name is exported by it. `elements`: functions, by index, that fill the imported table from 0 on. */
export function encodeModule(types: readonly FunctionType[], imports: readonly Import[], bodies: readonly FunctionBody[], code: CodeWriter, elements: readonly number[] = []): Uint8Array<ArrayBuffer> {
  const out = new ByteBuffer();
  const section = new ByteBuffer();
  for (const byte of [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.byte(byte);
  const finish = (id: number): void => {
    out.byte(id);
    out.u32(section.length);
    out.append(section, 0, section.length);
    section.reset();
  };
  encodeTypes(section, types);
  finish(SECTION.type);
  encodeImports(section, imports);
  finish(SECTION.import);
  section.u32(bodies.length);
  for (const body of bodies) section.u32(body.type);
  finish(SECTION.function);
  encodeExports(section, imports, bodies);
  finish(SECTION.export);
  if (elements.length > 0) {
    encodeElements(section, elements);
    finish(SECTION.element);
  }
  encodeBodies(section, bodies, code);
  finish(SECTION.code);
  return out.bytes.slice(0, out.length);
}

function encodeTypes(section: ByteBuffer, types: readonly FunctionType[]): void {
  section.u32(types.length);
  for (const { params, results } of types) {
    section.byte(0x60);
    for (const list of [params, results]) {
      section.u32(list.length);
      for (const type of list) section.byte(type);
    }
  }
}

function encodeImports(section: ByteBuffer, imports: readonly Import[]): void {
  section.u32(imports.length);
  for (const entry of imports) {
    section.name('e');
    section.name(entry.name);
    section.byte(EXTERNAL[entry.kind]);
    if (entry.kind === 'function') section.u32(entry.type);
    else {
      if (entry.kind === 'table') section.byte(FUNCREF);
      section.byte(0);
      section.u32(0);
    }
  }
}

function encodeExports(section: ByteBuffer, imports: readonly Import[], bodies: readonly FunctionBody[]): void {
  const imported = imports.filter((entry) => entry.kind === 'function').length;
  section.u32(bodies.filter(({ name }) => name !== '').length);
  bodies.forEach((body, index) => {
    if (body.name === '') return;
    section.name(body.name);
    section.byte(EXTERNAL.function);
    section.u32(imported + index);
  });
}

/** One segment. */
function encodeElements(section: ByteBuffer, elements: readonly number[]): void {
  for (const byte of [1, 0, W.i32Const, 0, W.end]) section.byte(byte);
  section.u32(elements.length);
  for (const index of elements) section.u32(index);
}

function encodeBodies(section: ByteBuffer, bodies: readonly FunctionBody[], code: CodeWriter): void {
  const head = new ByteBuffer();
  section.u32(bodies.length);
  for (const { locals, from, to } of bodies) {
    head.reset();
    head.u32(locals.length);
    for (const [count, type] of locals) {
      head.u32(count);
      head.byte(type);
    }
    section.u32(head.length + to - from);
    section.append(head, 0, head.length);
    section.append(code, from, to);
  }
}
