/**
 * Translated code of a machine: regions by page, the batches that are waiting to be compiled, and eviction. Pages are
 * known by where they lie in machine memory; a page has a view for each virtual address and mode it runs at.
 */
import type { WasmMemory } from '../emit/web-assembly.ts';
import type { StoreWatcher } from '../mem/access.ts';
import { RegionCompiler, MAX_BATCH, type CompiledRegion, type Member, type Slots } from './compile.ts';
import { CodePage } from './code-page.ts';
import type { Decode, PageCode } from './region.ts';
import { Runtime, type Run } from './runtime.ts';

/** Live regions; above it whole pages go, oldest first. */
const MAX_REGIONS = 8192;

/** A PE that runs translated code: told when addresses must be looked up anew, or pages may no longer be written. */
export interface CodeUser {
  forgetJumps(): void;
  /** Code that was asked for has gone: what is hot asks again. */
  codeDropped(): void;
  /** Drops the write entries of pages for which `isCode` holds, by page number of machine memory. */
  protect(isCode: (hostPage: number) => boolean): void;
}

/** Where code is to be compiled. */
export interface CodeRequest {
  /** Offset of the page in machine memory. */
  readonly host: number;
  readonly pageLo: number;
  readonly pageHi: number;
  readonly checkSp: boolean;
  /** Of the entry, in the page. */
  readonly entry: number;
}

export interface CodeStatistics {
  regions: number;
  batches: number;
  dropped: number;
}

export class CodeCache implements StoreWatcher {
  readonly run: Run;
  readonly statistics: CodeStatistics = { regions: 0, batches: 0, dropped: 0 };
  readonly #runtime: Runtime;
  readonly #compiler: RegionCompiler;
  readonly #hostOf: (physical: number) => number;
  readonly #pages = new Map<number, CodePage>();
  readonly #users: CodeUser[] = [];
  readonly #waiting: CodeRequest[] = [];
  #live = 0;

  /** `hostOf`: where a physical address of RAM lies in machine memory, 0 for others. */
  constructor(memory: WasmMemory, decode: Decode, hostOf: (physical: number) => number) {
    this.#runtime = new Runtime(memory);
    this.run = this.#runtime.run;
    this.#compiler = new RegionCompiler(memory.buffer, decode, this.#runtime.imports);
    this.#hostOf = hostOf;
  }

  attach(user: CodeUser): void {
    this.#users.push(user);
  }

  /** The slot of the region at `entry` of a page seen at this virtual address in this mode, or -1. */
  find(host: number, pageLo: number, pageHi: number, checkSp: boolean, entry: number): number {
    return this.#pages.get(host >>> PAGE_SHIFT)?.view(pageLo, pageHi, checkSp)?.readySlot(entry) ?? -1;
  }

  // ---- Compilation -------------------------------------------------------------------------------------------------

  /** Asks for a region. False: the page changes too often, ask again later. `retired`: instructions seen since the last. */
  request(request: CodeRequest, retired: number): boolean {
    const page = this.#pages.get(request.host >>> PAGE_SHIFT);
    if (page !== undefined && !page.mayCompile(retired)) return false;
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
    return this.#page(request.host).viewFor(request.pageLo, request.pageHi, request.checkSp);
  }

  #page(host: number): CodePage {
    const number = host >>> PAGE_SHIFT;
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new CodePage(host, this.#runtime);
      this.#pages.set(number, page);
    }
    return page;
  }

  /** The indirect jump at offset `from` of the page at `host` went to offset `to`, or out of the page (-1). */
  jumped(host: number, from: number, to: number): void {
    const page = this.#page(host);
    if (!page.jumped(from, to)) return;
    const entries = page.entries();
    this.#drop(page);
    this.#codeDropped();
    this.#waiting.push(...entries);
  }

  #enter(compiled: readonly CompiledRegion[]): void {
    const fresh = new Set<number>();
    for (const { page, region, entry, code } of compiled) {
      const number = page.host >>> PAGE_SHIFT;
      const owner = this.#pages.get(number)!;
      if (owner.regions === 0) fresh.add(number);
      this.#runtime.fill(page.slotAt(entry), code);
      owner.entered(region);
      owner.view(page.pageLo, page.pageHi, page.checkSp)!.setReady(entry);
    }
    this.#live += compiled.length;
    this.statistics.regions += compiled.length;
    this.statistics.batches++;
    if (fresh.size > 0) for (const user of this.#users) user.protect((hostPage) => fresh.has(hostPage));
    if (this.#live > MAX_REGIONS) this.#evict();
    else for (const user of this.#users) user.forgetJumps();
  }

  #evict(): void {
    for (const page of this.#pages.values()) {
      if (this.#live <= (MAX_REGIONS * 3) / 4) break;
      this.#drop(page);
    }
    this.#codeDropped();
  }

  // ---- Invalidation ------------------------------------------------------------------------------------------------

  mayEnterForWrite(physical: number): boolean {
    const page = this.#pages.get(this.#hostOf(physical) >>> PAGE_SHIFT);
    return page === undefined || page.regions === 0;
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
      this.#codeDropped();
    }
  }

  /** Drops everything: on reset and when a snapshot is restored. */
  clear(): void {
    for (const page of this.#pages.values()) this.#drop(page);
    this.#pages.clear();
    this.#waiting.length = 0;
    this.#codeDropped();
  }

  #drop(page: CodePage): void {
    this.#live -= page.regions;
    this.statistics.dropped += page.regions;
    page.drop();
  }

  /** After one or more drops. */
  #codeDropped(): void {
    for (const user of this.#users) user.codeDropped();
  }
}

const PAGE_SHIFT = 12;
const PAGE_BYTES = 4096;
