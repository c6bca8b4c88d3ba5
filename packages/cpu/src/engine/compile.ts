/**
 * Compiles regions in batches: one WebAssembly module of several functions. A batch grows by the functions of the same
 * page that its regions call, so that those calls are direct.
 */
import { wasm } from '../emit/web-assembly.ts';
import { CodeWriter, encodeModule, type FunctionBody } from '../emit/wasm.ts';
import type { CallTarget } from './generate.ts';
import { RegionCode } from './generate.ts';
import { REGION_IMPORTS, TYPE, TYPES } from './helpers.ts';
import { Recorder } from './record.ts';
import type { PlainRegisters } from './step-inlining.ts';
import { RegionFormer, type Decode, type PageCode, type Region } from './region.ts';

/** Functions of one module: fewer cost memory and compile time, more cost pauses (execution-engine, "Tier 1"). */
export const MAX_BATCH = 32;

/** Where the regions of a page are entered in the table. */
export interface Slots {
  /** The slot of the region that starts at `offset`, allocated if need be. */
  slotAt(offset: number): number;
  isReady(offset: number): boolean;
}

export interface Member {
  readonly page: PageCode & Slots;
  readonly entry: number;
}

export interface CompiledRegion extends Member {
  readonly region: Region;
  readonly code: unknown;
}

/** The regions of one module, which goes when all of them have gone. */
export interface CompiledBatch {
  readonly regions: readonly CompiledRegion[];
  /** The length of the module. */
  readonly moduleBytes: number;
}

export class RegionCompiler {
  readonly #code = new CodeWriter();
  readonly #former: RegionFormer;
  readonly #generator: RegionCode;
  readonly #imports: Readonly<Record<string, unknown>>;

  constructor(memory: ArrayBufferLike, decode: Decode, registers: PlainRegisters, imports: Readonly<Record<string, unknown>>) {
    const recorder = new Recorder(registers);
    this.#former = new RegionFormer(memory, recorder, decode);
    this.#generator = new RegionCode(this.#code, recorder);
    this.#imports = imports;
  }

  /** Compiles the members, and what they call in their pages as far as the batch allows. */
  compile(members: readonly Member[]): CompiledBatch {
    this.#code.reset();
    const batch = [...members];
    const bodies: FunctionBody[] = [];
    const regions: Region[] = [];
    for (let i = 0; i < batch.length; i++) {
      const { page, entry } = batch[i]!;
      const region = this.#former.form(page, entry);
      const from = this.#code.length;
      const locals = this.#generator.generate(region, (offset) => callTarget(batch, page, offset));
      bodies.push({ type: TYPE.region, locals, from, to: this.#code.length, name: `f${String(i)}` });
      regions.push(region);
    }
    const bytes = encodeModule(TYPES, REGION_IMPORTS, bodies, this.#code);
    const { exports } = new wasm.Instance(new wasm.Module(bytes), { e: this.#imports });
    return { regions: batch.map((member, i) => ({ ...member, region: regions[i]!, code: exports[`f${String(i)}`] })), moduleBytes: bytes.length };
  }
}

function callTarget(batch: Member[], page: PageCode & Slots, offset: number): CallTarget {
  let index = batch.findIndex((member) => member.page === page && member.entry === offset);
  if (index < 0 && batch.length < MAX_BATCH && !page.isReady(offset)) index = batch.push({ page, entry: offset }) - 1;
  return { index, slot: page.slotAt(offset) };
}
