/**
 * The runtime module: the dispatch loop, the trampoline, the helpers of generated code, and the only function table.
 * Region modules import the trampoline and never the table, which costs milliseconds a module (execution-engine,
 * "Pitfalls").
 */
import { wasm, type WasmMemory, type WasmTable } from '../emit/web-assembly.ts';
import { F64 } from '../emit/floats.ts';
import { CodeWriter, encodeModule, I32, I64, W, type FunctionBody } from '../emit/wasm.ts';
import { fma32, fma64 } from './fma-code.ts';
import { adcFlags, crc32, flags, rbit, smulh, umulh } from './helper-code.ts';
import { REGION_IMPORTS, TYPE, TYPES } from './helpers.ts';
import { BANK, LEAVE, PE } from './layout.ts';

const JUMP_MASK = BANK.JUMP_ENTRIES - 1;
const INITIAL_SLOTS = 1024;

/** Runs the region in `slot` and what it leads to; returns the leave reason, with the PC in the PE block. */
export type Run = (pe: number, slot: number) => number;

export class Runtime {
  readonly run: Run;
  /** What region modules import. */
  readonly imports: Readonly<Record<string, unknown>>;
  readonly #table: WasmTable;
  readonly #stub: unknown;
  readonly #free: number[] = [];
  #next = 0;

  constructor(memory: WasmMemory) {
    this.#table = new wasm.Table({ initial: INITIAL_SLOTS, element: 'anyfunc' });
    const { exports } = new wasm.Instance(new wasm.Module(runtimeModule()), { e: { memory, table: this.#table } });
    this.run = exports['run'] as Run;
    this.#stub = exports['stub'];
    this.imports = { memory, ...Object.fromEntries(REGION_IMPORTS.filter(({ kind }) => kind === 'function').map(({ name }) => [name, exports[name]])) };
  }

  /** A slot that returns the PC of the PE block until it is filled. */
  allocate(): number {
    const slot = this.#free.pop() ?? this.#next++;
    if (slot >= this.#table.length) this.#table.grow(this.#table.length);
    this.#table.set(slot, this.#stub);
    return slot;
  }

  fill(slot: number, region: unknown): void {
    this.#table.set(slot, region);
  }

  release(slot: number): void {
    this.#table.set(slot, this.#stub);
    this.#free.push(slot);
  }
}

function runtimeModule(): Uint8Array<ArrayBuffer> {
  const code = new CodeWriter();
  const bodies: FunctionBody[] = [];
  const add = (name: string, type: number, locals: FunctionBody['locals'], emit: (code: CodeWriter) => void): void => {
    const from = code.length;
    emit(code);
    code.op(W.end);
    bodies.push({ name, type, locals, from, to: code.length });
  };
  add('run', TYPE.run, [[1, I64], [1, I32]], run);
  add('stub', TYPE.region, [], stub);
  add('trampoline', TYPE.trampoline, [], trampoline);
  add('flags', TYPE.flags, [[1, I64]], flags);
  add('adcFlags', TYPE.adcFlags, [[1, I64]], adcFlags);
  add('umulh', TYPE.mulh, [[2, I64]], umulh);
  add('smulh', TYPE.mulh, [[2, I64]], smulh);
  add('rbit', TYPE.rbit, [], rbit);
  add('crc32', TYPE.crc32, [[2, I32]], crc32);
  add('fma64', TYPE.fma64, [[14, F64], [1, I64]], fma64);
  add('fma32', TYPE.fma32, [[5, F64], [1, I64], [1, I32]], fma32);
  return encodeModule(TYPES, [{ name: 'memory', kind: 'memory' }, { name: 'table', kind: 'table' }], bodies, code);
}

/** Regions return the next PC: while the bank's jump cache knows it, go on there; odd is a leave. */
function run(code: CodeWriter): void {
  const [pe, slot, next, entry] = [0, 1, 2, 3];
  code.open(W.loop);
  code.get(pe);
  code.i32(0);
  code.get(slot);
  callSlot(code);
  code.tee(next);
  code.op(W.i32WrapI64);
  code.i32(1);
  code.op(W.i32And);
  code.open(W.if);
  code.get(pe);
  code.memory(W.i32Load, PE.LEAVE);
  code.op(W.return);
  code.op(W.end);
  jumpEntry(code, next, pe);
  code.tee(entry);
  code.memory(W.i64Load, BANK.JUMP);
  code.get(next);
  code.op(W.i64Eq);
  code.open(W.if);
  code.get(entry);
  code.memory(W.i32Load, BANK.JUMP + 8);
  code.set(slot);
  code.br(1);
  code.op(W.end);
  code.op(W.end);
  code.get(pe);
  code.get(next);
  code.memory(W.i64Store, PE.PC);
  code.get(pe);
  code.i32(LEAVE.NEXT);
  code.memory(W.i32Store, PE.LEAVE);
  code.i32(LEAVE.NEXT);
}

function callSlot(code: CodeWriter): void {
  code.op(W.callIndirect);
  code.u32(TYPE.region);
  code.byte(0);
}

/** The jump cache entry of the PC in a local, relative to the cache. */
function jumpEntry(code: CodeWriter, pc: number, pe: number): void {
  code.get(pc);
  code.op(W.i32WrapI64);
  code.i32(2);
  code.op(W.i32ShrU);
  code.i32(JUMP_MASK);
  code.op(W.i32And);
  code.i32(4);
  code.op(W.i32Shl);
  code.get(pe);
  code.memory(W.i32Load, PE.BANK);
  code.op(W.i32Add);
}

/** What an empty slot holds: the caller has stored the PC, and goes there in another way. */
function stub(code: CodeWriter): void {
  code.get(0);
  code.memory(W.i64Load, PE.PC);
}

function trampoline(code: CodeWriter): void {
  code.get(0);
  code.get(1);
  code.get(2);
  callSlot(code);
}
