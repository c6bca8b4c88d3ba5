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
import { findRecordPage, FIXED_ARM, recordInPage } from './handler-loop.ts';
import { HANDLER_TYPE, HANDLER_TYPES, REGION_IMPORTS, TYPE } from './helpers.ts';
import { emitJumpOffset } from './jump-index.ts';
import { BANK, FROM_RECORDS, LEAVE, PE, RECORD } from './layout.ts';

const INITIAL_SLOTS = 1024;

/**
 * Runs the region in `slot`, or the records at the PC, and what that leads to; returns the leave reason, with the PC in the
 * PE block. `records`: slot of tier 0's loop; either may be `NO_SLOT`.
 */
export type Run = (pe: number, slot: number, records: number) => number;

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
  add('run', HANDLER_TYPE, [[1, I64], [3, I32]], run);
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
  return encodeModule(HANDLER_TYPES, [{ name: 'memory', kind: 'memory' }, { name: 'table', kind: 'table' }], bodies, code);
}

/**
 * From region to region by the bank's jump cache, from a region to records by its cache of pages, and back. Regions return
 * the next PC; odd is a leave. Who begins with records runs their own arms; later a record at which a region starts, and
 * that no jump cache knows, is the caller's. A sample of tier 0 counts what records execute, so they get no more than that.
 */
function run(code: CodeWriter): void {
  const [pe, slot, records, next, entry, left, found] = [0, 1, 2, 3, 4, 5, 6];
  const goOnInRegion = (depth: number): void => {
    jumpEntry(code, next, pe);
    code.tee(entry);
    code.memory(W.i64Load, BANK.JUMP);
    code.get(next);
    code.op(W.i64Eq);
    code.open(W.if);
    code.get(entry);
    code.memory(W.i32Load, BANK.JUMP + BANK.ADDEND);
    code.set(slot);
    code.br(depth + 1);
    code.op(W.end);
  };
  const store = (type: number, offset: number, value: () => void): void => {
    code.get(pe);
    value();
    code.memory(type, offset);
  };
  const leaveNext = (): void => {
    store(W.i32Store, PE.LEAVE, () => code.i32(LEAVE.NEXT));
    code.i32(LEAVE.NEXT);
    code.op(W.return);
  };

  code.open(W.loop);
  code.get(slot);
  code.i32(0);
  code.op(W.i32GeS);
  code.open(W.if);
  code.get(pe);
  code.i32(0);
  code.get(slot);
  callSlot(code, TYPE.region);
  code.tee(next);
  code.op(W.i32WrapI64);
  code.i32(1);
  code.op(W.i32And);
  code.open(W.if);
  code.get(pe);
  code.memory(W.i32Load, PE.LEAVE);
  code.op(W.return);
  code.op(W.end);
  goOnInRegion(1);
  store(W.i64Store, PE.PC, () => code.get(next));
  code.op(W.end);

  code.get(records);
  code.i32(0);
  code.op(W.i32LtS);
  code.open(W.if);
  leaveNext();
  code.op(W.end);
  recordOfPc();
  code.get(slot);
  code.i32(0);
  code.op(W.i32GeS);
  code.get(found);
  code.memory(W.i32Load16U, RECORD.ARM);
  code.i32(FIXED_ARM.REGION);
  code.op(W.i32Eq);
  code.op(W.i32And);
  code.open(W.if);
  leaveNext();
  code.op(W.end);
  runRecords();
  code.get(slot);
  code.i32(LEAVE.NEXT);
  code.op(W.i32Ne);
  code.open(W.if);
  code.get(slot);
  code.i32(FROM_RECORDS);
  code.op(W.i32Or);
  code.op(W.return);
  code.op(W.end);
  code.get(pe);
  code.memory(W.i64Load, PE.PC);
  code.set(next);
  goOnInRegion(0);
  code.op(W.end);
  code.i32(LEAVE.NEXT);

  /** The record at the PC, and in `entry` its page, if the bank knows it; otherwise leaves. */
  function recordOfPc(): void {
    code.get(pe);
    code.memory(W.i64Load, PE.PC);
    code.set(next);
    code.get(pe);
    code.memory(W.i32Load, PE.BANK);
    code.set(found);
    findRecordPage(code, next, found, entry, next);
    code.op(W.i32Eqz);
    code.open(W.if);
    leaveNext();
    code.op(W.end);
    recordInPage(code, entry, next, entry);
    code.set(found);
  }

  /** Runs what was found up to the next sample at most; why it left goes to `slot`. */
  function runRecords(): void {
    const load = (offset: number): void => {
      code.get(pe);
      code.memory(W.i32Load, offset);
    };
    store(W.i64Store, PE.ENTERED, () => {
      code.get(pe);
      code.memory(W.i64Load, PE.PC);
    });
    load(PE.BUDGET);
    code.set(left);
    store(W.i32Store, PE.BUDGET, () => {
      code.get(left);
      load(PE.SAMPLE);
      code.get(left);
      load(PE.SAMPLE);
      code.op(W.i32LtS);
      code.op(W.select);
    });
    // What records leave of their budget is what is missing from it: both counts go down by what they executed.
    code.get(left);
    load(PE.BUDGET);
    code.op(W.i32Sub);
    code.set(left);
    store(W.i32Store, PE.SAMPLE, () => {
      load(PE.SAMPLE);
      load(PE.BUDGET);
      code.op(W.i32Sub);
    });
    code.get(pe);
    code.get(found);
    code.get(entry);
    code.get(records);
    callSlot(code, HANDLER_TYPE);
    code.set(slot);
    store(W.i32Store, PE.SAMPLE, () => {
      load(PE.SAMPLE);
      load(PE.BUDGET);
      code.op(W.i32Add);
    });
    store(W.i32Store, PE.BUDGET, () => {
      code.get(left);
      load(PE.BUDGET);
      code.op(W.i32Add);
    });
  }
}

function callSlot(code: CodeWriter, type: number): void {
  code.op(W.callIndirect);
  code.u32(type);
  code.byte(0);
}

/** The jump cache entry of the PC in a local, relative to the cache. */
function jumpEntry(code: CodeWriter, pc: number, pe: number): void {
  emitJumpOffset(code, pc);
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
  callSlot(code, TYPE.region);
}
