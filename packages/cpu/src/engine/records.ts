/**
 * Decoded records of a machine: a cache of pages of fixed size. A page of guest code has a page of records for each
 * virtual address that it runs at; blocks are decoded when they are reached, and dropped with the page.
 */
import type { Row } from '../arch/insn/row.ts';
import { out } from '../emit/int64.ts';
import { FIXED_ARM } from './handler-loop.ts';
import type { RecordPlan, RegisterPlan } from './handler-plans.ts';
import type { Handlers } from './handlers.ts';
import type { PlainRegisters } from './step-inlining.ts';
import { StepFunctions } from './step-functions.ts';
import { PE, RECORD, RECORD_PAGE, type MemoryPlan } from './layout.ts';

const PAGE_BYTES = 4 * RECORD_PAGE.WORDS;
const RECORD_PER_BYTE = RECORD.SIZE / 4;
const ZERO_REGISTER = 31;
const VECTOR_BYTES = 16;

/** A page of guest code as it runs at one virtual address in one mode. */
export interface RecordPage {
  /** Where its records lie in machine memory. */
  readonly address: number;
  /** Where its words lie. */
  readonly host: number;
  readonly pageLo: number;
  readonly pageHi: number;
  /** What of the mode word it is decoded for (`codeMode`). */
  readonly mode: number;
}

/** The row that a word belongs to, or null. */
export type FindRow = (word: number) => Row | null;

export class RecordCache {
  readonly #i32: Int32Array;
  readonly #u16: Uint16Array;
  readonly #u8: Uint8Array;
  readonly #handlers: Handlers;
  readonly #rowOf: FindRow;
  readonly #free: number[] = [];
  #steps: StepFunctions | null = null;

  /** The area of the plan for records is its own from now on. */
  constructor(memory: ArrayBufferLike, plan: Pick<MemoryPlan, 'records' | 'recordsSize'>, handlers: Handlers, rowOf: FindRow) {
    this.#i32 = new Int32Array(memory);
    this.#u16 = new Uint16Array(memory);
    this.#u8 = new Uint8Array(memory);
    this.#handlers = handlers;
    this.#rowOf = rowOf;
    for (let address = plan.records; address + RECORD_PAGE.SIZE <= plan.records + plan.recordsSize; address += RECORD_PAGE.SIZE) this.#free.push(address);
    this.#free.reverse();
  }

  /** Makes tier 0's loop for a machine, a function of `HANDLER_TYPE`: `imports` are those of regions. */
  instantiate(imports: Readonly<Record<string, unknown>>, registers: PlainRegisters): unknown {
    const { run, table } = this.#handlers.instantiate(imports);
    this.#steps = new StepFunctions(registers, table, imports);
    return run;
  }

  get hasRoom(): boolean {
    return this.#free.length > 0;
  }

  /** An empty page of records; there must be room. */
  allocate(host: number, pageLo: number, pageHi: number, mode: number): RecordPage {
    const address = this.#free.pop()!;
    const end = address + RECORD_PAGE.END;
    this.#u16[(end + RECORD.ARM) >>> 1] = FIXED_ARM.PAGE_END;
    this.#u16[(end + RECORD.OWN) >>> 1] = FIXED_ARM.PAGE_END;
    const next = (pageLo + PAGE_BYTES) | 0;
    this.#i32[(end + RECORD.IMMEDIATE) >>> 2] = next;
    this.#i32[(end + RECORD.IMMEDIATE + 4) >>> 2] = next === 0 ? (pageHi + 1) | 0 : pageHi;
    return { address, host, pageLo, pageHi, mode };
  }

  release(page: RecordPage): void {
    this.#i32.fill(0, page.address >>> 2, (page.address + RECORD_PAGE.SIZE) >>> 2);
    this.#free.push(page.address);
  }

  /** What the record says to do: a fixed arm, or a form's. */
  arm(record: number): number {
    return this.#u16[(record + RECORD.ARM) >>> 1]!;
  }

  /** Decodes from `offset` of the page up to the end of the block or what is decoded; returns where that is. */
  decode(page: RecordPage, offset: number): number {
    let at = offset;
    let record = page.address + at * RECORD_PER_BYTE;
    let executed = 0;
    for (let ends = false; !ends && at < PAGE_BYTES; at += 4) {
      if (this.#u16[(record + RECORD.OWN) >>> 1] !== FIXED_ARM.UNDECODED) {
        executed = this.#u16[(record + RECORD.LENGTH) >>> 1]!;
        break;
      }
      const word = this.#i32[(page.host + at) >>> 2]!;
      const row = this.#rowOf(word);
      const plan = row === null ? null : (this.#handlers.plan(row, word) ?? this.#steps?.plan(row, word, page.mode) ?? null);
      if (plan === null) this.#setArm(record, FIXED_ARM.STEP);
      else this.#fill(page, record, at, word, plan);
      ends = plan === null || plan.endsBlock;
      if (ends) executed = plan === null ? -1 : 0;
      record += RECORD.SIZE;
    }
    for (let back = record - RECORD.SIZE; back >= page.address + offset * RECORD_PER_BYTE; back -= RECORD.SIZE) {
      this.#u16[(back + RECORD.LENGTH) >>> 1] = ++executed;
    }
    return at;
  }

  #setArm(record: number, arm: number): void {
    this.#u16[(record + RECORD.ARM) >>> 1] = arm;
    this.#u16[(record + RECORD.OWN) >>> 1] = arm;
  }

  #fill(page: RecordPage, record: number, offset: number, word: number, plan: RecordPlan): void {
    const u16 = this.#u16;
    for (let i = 0; i < plan.registers.length; i++) {
      const register = plan.registers[i]!;
      u16[(record + register.offset) >>> 1] = cellOf(register, word);
    }
    for (let i = 0; i < plan.values.length; i++) {
      const value = plan.values[i]!;
      value.evaluate(word, page.pageLo + offset, page.pageHi);
      this.#put(record + value.offset, value.bytes);
    }
    if (plan.branches) this.#setTarget(page, record);
    u16[(record + RECORD.FUNCTION) >>> 1] = plan.function;
    const { base } = plan;
    const onStack = base !== null && (word & base.mask) >>> base.lsb === ZERO_REGISTER;
    this.#setArm(record, onStack ? FIXED_ARM.CHECK_SP : plan.arm);
    if (onStack) u16[(record + RECORD.INNER) >>> 1] = plan.arm;
  }

  #put(address: number, bytes: number): void {
    if (bytes === 1) {
      this.#u8[address] = out.lo;
      return;
    }
    this.#i32[address >>> 2] = out.lo;
    if (bytes === 8) this.#i32[(address >>> 2) + 1] = out.hi;
  }

  /** The record of a branch target in this page; the immediate has its address. */
  #setTarget(page: RecordPage, record: number): void {
    const lo = this.#i32[(record + RECORD.IMMEDIATE) >>> 2]!;
    const hi = this.#i32[(record + RECORD.IMMEDIATE + 4) >>> 2]!;
    const isInside = (lo & -PAGE_BYTES) === page.pageLo && hi === page.pageHi;
    if (isInside) this.#i32[(record + RECORD.TARGET) >>> 2] = page.address + (lo & (PAGE_BYTES - 1)) * RECORD_PER_BYTE;
  }

  /** From now on the record at `offset` leaves for the region that starts there. */
  enterRegion(page: RecordPage, offset: number): void {
    const record = page.address + offset * RECORD_PER_BYTE;
    if (this.#u16[(record + RECORD.OWN) >>> 1] !== FIXED_ARM.UNDECODED) this.#u16[(record + RECORD.ARM) >>> 1] = FIXED_ARM.REGION;
  }
}

function cellOf({ field, distance, use }: RegisterPlan, word: number): number {
  const number = ((word & field.mask) >>> field.lsb) + distance;
  if (use === 'vector') return PE.V + VECTOR_BYTES * number;
  if (number !== ZERO_REGISTER) return PE.X + 8 * number;
  return use === 'pointer' ? PE.SP : use === 'read' ? PE.ZERO : PE.DUMP;
}
