/**
 * Translated code of a machine: regions by page, the batches that are waiting to be compiled, and eviction. Pages are
 * known by where they lie in machine memory; a page has a view for each virtual address and mode it runs at.
 */
import type { WasmMemory } from '../emit/web-assembly.ts';
import type { StoreWatcher } from '../mem/access.ts';
import { RegionCompiler, MAX_BATCH, type CompiledBatch, type Member, type Slots } from './compile.ts';
import { CodePage, type CodeBatch, type CodeRequest } from './code-page.ts';
import { BANK, NO_SLOT } from './layout.ts';
import type { RecordCache, RecordPage } from './records.ts';
import type { Decode, PageCode } from './region.ts';
import { Runtime, type Run } from './runtime.ts';
import type { PlainRegisters } from './step-inlining.ts';
import { WriteSlots, type BankUser } from './write-slots.ts';

/**
 * What a module takes of the host's memory: so much, and so many times its length, as measured (`bench:limits`). An
 * estimate that is computed from the code alone, so that what is evicted does not depend on the host.
 */
const MODULE_BYTES = 16 << 10;
const BYTES_PER_MODULE_BYTE = 5;
/** Of what code may take, so much is left when pages have gone because it took more. */
const KEPT = 3 / 4;
/** From this part of it on, what is looked for is watched. */
const WATCHED = 1 / 2;

/** A PE that runs translated code: told when addresses must be looked up anew, or pages may no longer be written. */
export interface CodeUser extends PlainRegisters, BankUser {
  /** All addresses are looked up anew. */
  forgetJumps(): void;
  /** There are new regions: what had none may have one. */
  codeAdded(): void;
  /** Code in the page at this virtual address, by its low word, has gone: what is hot there asks again. */
  codeDropped(pageLo: number): void;
}

/** What a machine runs its code by, beside Eval. */
export interface CodeOptions {
  /** Decoded records, for tier 0; none: it is off. */
  readonly records?: RecordCache;
  /** Most bytes of the host's memory for all but the records; above it whole pages go, least recently looked for first. */
  readonly bytes: number;
  /** Whether regions are compiled: yes unless false is given. */
  readonly compile?: boolean;
}

/** When code is compiled, in instructions. */
export interface Patience {
  /** Retired at a block head before it is asked for. */
  readonly hot: number;
  /** Retired since the first head of a batch was asked for. */
  readonly batch: number;
}

/**
 * Eval takes 300 ns an instruction more than generated code and a region costs about 0.3 ms with everything, so it has
 * paid for itself after a thousand instructions; tier 0 takes 3 ns more (execution-engine, "When"). A module costs a
 * millisecond whatever is in it: a batch waits for as long as that pays.
 */
const PATIENCE_WITH_EVAL: Patience = { hot: 1000, batch: 4000 };
const PATIENCE_WITH_TIER0: Patience = { hot: 100_000, batch: 400_000 };

/** Decoded pages that go at once when there is room for no more: each time all addresses are looked up anew. */
const EVICTED_RECORDS = 16;

export interface CodeStatistics {
  /** Pages of records that were begun, and blocks that were decoded. */
  decodedPages: number;
  decodedBlocks: number;
  regions: number;
  batches: number;
  /** Regions that have gone; and how often pages went because there was no room. */
  dropped: number;
  evictions: number;
  /** What is there, by the estimate that decides when pages go. */
  bytes: number;
}

export class CodeCache implements StoreWatcher {
  readonly run: Run;
  /** The slot of tier 0's loop; `NO_SLOT`: it is off. */
  readonly recordsSlot: number;
  readonly statistics: CodeStatistics = { decodedPages: 0, decodedBlocks: 0, regions: 0, batches: 0, dropped: 0, evictions: 0, bytes: 0 };
  readonly #runtime: Runtime;
  readonly #compiler: RegionCompiler;
  readonly #hostOf: (physical: number) => number;
  readonly #pages = new Map<number, CodePage>();
  readonly #users: CodeUser[] = [];
  readonly #writable: WriteSlots;
  readonly #waiting: CodeRequest[] = [];
  /** Tier 0's decoded records, if it is on; and their pages in the order in which they were begun. */
  readonly #records: RecordCache | null;
  readonly #recordPages = new Map<number, RecordPage>();
  readonly #compiles: boolean;
  readonly #most: number;
  patience: Patience;
  /** PEs of a machine have the same registers: the first is asked. */
  readonly #registers: PlainRegisters = {
    plain: (key, isRead, mode) => this.#users[0]?.plain(key, isRead, mode) ?? null,
    plainOperation: (operation, mode) => this.#users[0]?.plainOperation(operation, mode) ?? null,
  };
  /** Counts how often a region was looked for and found. */
  #found = 0;

  /** `hostOf`: where a physical address of RAM lies in machine memory, 0 for others. */
  constructor(memory: WasmMemory, decode: Decode, hostOf: (physical: number) => number, options: CodeOptions) {
    this.#records = options.records ?? null;
    this.#compiles = options.compile !== false;
    this.#most = options.bytes;
    this.patience = this.#records === null ? PATIENCE_WITH_EVAL : PATIENCE_WITH_TIER0;
    this.#runtime = new Runtime(memory);
    this.#writable = new WriteSlots(memory.buffer.byteLength >>> PAGE_SHIFT, BANK.ENTRIES, this.#users);
    this.recordsSlot = this.#records === null ? NO_SLOT : this.#runtime.allocate();
    if (this.#records !== null) this.#runtime.fill(this.recordsSlot, this.#records.instantiate(this.#runtime.imports, this.#registers));
    this.run = this.#runtime.run;
    this.#compiler = new RegionCompiler(memory.buffer, decode, this.#registers, this.#runtime.imports);
    this.#hostOf = hostOf;
  }

  attach(user: CodeUser): void {
    this.#users.push(user);
  }

  /** The slot of the region at `entry` of a page seen at this virtual address in this mode, or -1. */
  find(host: number, pageLo: number, pageHi: number, mode: number, entry: number): number {
    const page = this.#pages.get(host >>> PAGE_SHIFT);
    const slot = page?.view(pageLo, pageHi, mode)?.readySlot(entry) ?? -1;
    if (slot >= 0) page!.used = ++this.#found;
    return slot;
  }

  // ---- Compilation -------------------------------------------------------------------------------------------------

  /** Asks for a region. False: the page changes too often, ask again later. `retired`: instructions seen since the last. */
  request(request: CodeRequest, retired: number): boolean {
    const page = this.#pages.get(request.host >>> PAGE_SHIFT);
    if (!this.#compiles || (page !== undefined && !page.mayCompile(retired))) return false;
    this.#waiting.push(request);
    return true;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Compiles what waits. No translated code may be running. */
  compile(): void {
    while (this.#waiting.length > 0) {
      const members: Member[] = [];
      for (const request of this.#waiting.splice(0, MAX_BATCH)) {
        const page = this.#view(request);
        if (!page.isReady(request.entry) && !members.some((member) => member.page === page && member.entry === request.entry)) members.push({ page, entry: request.entry });
      }
      if (members.length > 0) this.#enter(this.#compiler.compile(members));
    }
  }

  #view(request: CodeRequest): PageCode & Slots {
    const page = this.#page(request.host);
    const { bytes } = page;
    const view = page.viewFor(request.pageLo, request.pageHi, request.mode);
    this.statistics.bytes += page.bytes - bytes;
    return view;
  }

  #page(host: number): CodePage {
    const number = host >>> PAGE_SHIFT;
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new CodePage(host, this.#runtime);
      this.#pages.set(number, page);
      this.statistics.bytes += page.bytes;
    }
    return page;
  }

  /** The indirect jump at offset `from` of the page at `host` went to offset `to`, or out of the page (-1). */
  jumped(host: number, from: number, to: number): void {
    const page = this.#page(host);
    if (!page.jumped(from, to)) return;
    const entries = page.entries();
    this.#drop(page);
    this.#waiting.push(...entries);
  }

  #enter({ regions, moduleBytes }: CompiledBatch): void {
    const { statistics } = this;
    const batch: CodeBatch = { live: regions.length, bytes: MODULE_BYTES + BYTES_PER_MODULE_BYTE * moduleBytes };
    for (const { page, region, entry, code } of regions) {
      const number = page.host >>> PAGE_SHIFT;
      const owner = this.#pages.get(number)!;
      if (!owner.isCode) this.#writable.protect(number);
      this.#runtime.fill(page.slotAt(entry), code);
      owner.entered(region, batch);
      owner.used = ++this.#found;
      owner.view(page.pageLo, page.pageHi, page.mode)!.setReady(entry);
      for (const records of owner.records) if (records.pageLo === page.pageLo && records.pageHi === page.pageHi && records.mode === page.mode) this.#records!.enterRegion(records, entry);
    }
    statistics.bytes += batch.bytes;
    statistics.regions += regions.length;
    statistics.batches++;
    if (statistics.bytes > this.#most) this.#evict();
    // What will go soon is decided by what is looked for: then all that runs is looked for again.
    const forgets = statistics.bytes > this.#most * WATCHED;
    for (const user of this.#users) {
      user.codeAdded();
      if (forgets) user.forgetJumps();
    }
  }

  // ---- Decoded records ---------------------------------------------------------------------------------------------

  /** The records of the page at `host` as it is seen at this virtual address in this mode; 0: it changes too often, see `request`. */
  recordsOf(host: number, pageLo: number, pageHi: number, mode: number, retired: number): number {
    const records = this.#records;
    const page = this.#page(host);
    const known = page.records.find((candidate) => candidate.pageLo === pageLo && candidate.pageHi === pageHi && candidate.mode === mode);
    if (known !== undefined) return known.address;
    if (records === null || !page.mayCompile(retired)) return 0;
    if (!records.hasRoom) this.#evictRecords(records);
    const fresh = records.allocate(host, pageLo, pageHi, mode);
    if (!page.isCode) this.#writable.protect(host >>> PAGE_SHIFT);
    page.records.push(fresh);
    this.#recordPages.set(fresh.address, fresh);
    this.statistics.decodedPages++;
    return fresh.address;
  }

  /** Decodes the block at `offset` of a page of records. */
  decode(address: number, offset: number): void {
    const page = this.#recordPages.get(address)!;
    const owner = this.#pages.get(page.host >>> PAGE_SHIFT)!;
    const end = this.#records!.decode(page, offset);
    owner.cover(offset, end);
    this.statistics.decodedBlocks++;
    if (owner.regions === 0) return;
    for (let at = offset; at < end; at += 4) if (owner.hasRegion(page, at)) this.#records!.enterRegion(page, at);
  }

  #evictRecords(records: RecordCache): void {
    let left = EVICTED_RECORDS;
    for (const [address, page] of this.#recordPages) {
      if (left-- === 0) break;
      const owner = this.#pages.get(page.host >>> PAGE_SHIFT)!;
      owner.records.splice(owner.records.indexOf(page), 1);
      records.release(page);
      this.#recordPages.delete(address);
    }
    for (const user of this.#users) user.forgetJumps();
  }

  /** Pages that have no code any more go first: what is lost is how often they changed. */
  #evict(): void {
    const { statistics } = this;
    const most = this.#most * KEPT;
    const pages = [...this.#pages].sort(([, a], [, b]) => Number(a.isCode) - Number(b.isCode) || a.used - b.used);
    for (const [number, page] of pages) {
      if (statistics.bytes <= most) break;
      this.#drop(page);
      this.#pages.delete(number);
      statistics.bytes -= page.bytes;
    }
    statistics.evictions++;
  }

  // ---- Invalidation ------------------------------------------------------------------------------------------------

  mayEnterForWrite(physical: number, slot: number): boolean {
    const number = this.#hostOf(physical) >>> PAGE_SHIFT;
    if (this.#pages.get(number)?.isCode === true) return false;
    this.#writable.enter(number, slot);
    return true;
  }

  /** RAM changed: by a store, a walk, a device or a debugger. */
  stored(physical: number, bytes: number): void {
    const host = this.#hostOf(physical);
    if (host === 0) return;
    for (let at = host - (host % PAGE_BYTES); at < host + bytes; at += PAGE_BYTES) {
      const page = this.#pages.get(at >>> PAGE_SHIFT);
      if (page === undefined || !page.overlaps(Math.max(host, at), Math.min(host + bytes, at + PAGE_BYTES))) continue;
      this.#drop(page);
      page.changed();
    }
  }

  /** Drops everything: on reset and when a snapshot is restored. */
  clear(): void {
    for (const page of this.#pages.values()) {
      this.#drop(page);
      this.statistics.bytes -= page.bytes;
    }
    this.#pages.clear();
    for (const { pageLo } of this.#waiting.splice(0)) for (const user of this.#users) user.codeDropped(pageLo);
  }

  #drop(page: CodePage): void {
    const { statistics } = this;
    const { bytes } = page;
    statistics.dropped += page.regions;
    for (const batch of page.batches) if (--batch.live === 0) statistics.bytes -= batch.bytes;
    for (const user of this.#users) for (const pageLo of page.addresses) user.codeDropped(pageLo);
    for (const records of page.records.splice(0)) {
      this.#records!.release(records);
      this.#recordPages.delete(records.address);
    }
    page.drop();
    statistics.bytes += page.bytes - bytes;
  }
}

const PAGE_SHIFT = 12;
const PAGE_BYTES = 4096;
