/** The regions of one page of guest code: their slots by virtual address and mode, and what a store to the page drops. */
import type { Slots } from './compile.ts';
import type { RecordPage } from './records.ts';
import type { PageCode, Region } from './region.ts';
import type { Runtime } from './runtime.ts';

/** Where code is to be compiled. */
export interface CodeRequest {
  /** Offset of the page in machine memory. */
  readonly host: number;
  readonly pageLo: number;
  readonly pageHi: number;
  readonly mode: number;
  /** Of the entry, in the page. */
  readonly entry: number;
}

const PAGE_WORDS = 1024;
const GRANULE_SHIFT = 6;
/** After this many changes a page stays with Eval until it has retired {@link COLD_INSTRUCTIONS} more. */
const CHANGES_BEFORE_COLD = 16;
/** Targets that are kept of one indirect jump. */
const MAX_JUMP_TARGETS = 32;
/** A jump is watched so many times before its targets become a table: each costs a microsecond. */
const JUMPS_TO_LEARN = 256;
const COLD_INSTRUCTIONS = 10_000;
/** What a page takes of the host's memory without its regions, and each view of it: as measured, rounded up. */
const PAGE_BYTES = 1024;
const VIEW_BYTES = 4096 + 512;

/** The page as it is seen at one virtual address in one mode. */
export class PageView implements PageCode, Slots {
  readonly host: number;
  readonly jumpTargets: PageCode['jumpTargets'];
  readonly pageLo: number;
  readonly pageHi: number;
  readonly mode: number;
  readonly #runtime: Runtime;
  /** By word: slot plus 1, or 0; negative until it is ready. */
  readonly #slots = new Int32Array(PAGE_WORDS);

  constructor(host: number, pageLo: number, pageHi: number, mode: number, runtime: Runtime, jumpTargets: PageCode['jumpTargets']) {
    this.host = host;
    this.jumpTargets = jumpTargets;
    this.pageLo = pageLo;
    this.pageHi = pageHi;
    this.mode = mode;
    this.#runtime = runtime;
  }

  slotAt(offset: number): number {
    const known = this.#slots[offset >>> 2]!;
    if (known !== 0) return Math.abs(known) - 1;
    const slot = this.#runtime.allocate();
    this.#slots[offset >>> 2] = -(slot + 1);
    return slot;
  }

  isReady(offset: number): boolean {
    return this.#slots[offset >>> 2]! > 0;
  }

  setReady(offset: number): void {
    this.#slots[offset >>> 2] = this.slotAt(offset) + 1;
  }

  /** The slot of a region, or -1. */
  readySlot(offset: number): number {
    const slot = this.#slots[offset >>> 2]!;
    return slot > 0 ? slot - 1 : -1;
  }

  entries(): CodeRequest[] {
    const { host, pageLo, pageHi, mode } = this;
    const requests: CodeRequest[] = [];
    this.#slots.forEach((slot, word) => {
      if (slot > 0) requests.push({ host, pageLo, pageHi, mode, entry: 4 * word });
    });
    return requests;
  }

  release(): void {
    for (const slot of this.#slots) if (slot !== 0) this.#runtime.release(Math.abs(slot) - 1);
    this.#slots.fill(0);
  }
}

/** An indirect jump: where it has been seen to go inside the page, and how often it was watched. */
interface JumpSite {
  readonly targets: number[];
  seen: number;
}

/** A module of regions: how many of them are left, and what it takes of the host's memory until none is. */
export interface CodeBatch {
  live: number;
  readonly bytes: number;
}

export class CodePage {
  readonly #host: number;
  readonly #runtime: Runtime;
  #views: PageView[] = [];
  /** How many regions it has. */
  regions = 0;
  /** The module of each of them. */
  readonly batches: CodeBatch[] = [];
  /** When a region of it was last looked for and found, in the cache's count of such events. */
  used = 0;
  /** Its decoded records, by virtual address. */
  readonly records: RecordPage[] = [];
  /** Granules of 64 bytes with translated code or records. */
  readonly #granules = new Uint8Array(PAGE_WORDS * 4 >>> GRANULE_SHIFT);
  /** Indirect jumps by offset. */
  readonly #jumps = new Map<number, JumpSite>();
  #changes = 0;
  #cold = 0;

  constructor(host: number, runtime: Runtime) {
    this.#host = host;
    this.#runtime = runtime;
  }

  view(pageLo: number, pageHi: number, mode: number): PageView | undefined {
    return this.#views.find((view) => view.pageLo === pageLo && view.pageHi === pageHi && view.mode === mode);
  }

  viewFor(pageLo: number, pageHi: number, mode: number): PageView {
    let view = this.view(pageLo, pageHi, mode);
    if (view === undefined) {
      view = new PageView(this.#host, pageLo, pageHi, mode, this.#runtime, (offset) => this.#jumpTargets(offset));
      this.#views.push(view);
    }
    return view;
  }

  /**
   * The indirect jump at `from` went to offset `to` of the page, or out of it (-1). True when it has been watched long
   * enough: the page is to be compiled anew.
   */
  jumped(from: number, to: number): boolean {
    let site = this.#jumps.get(from);
    if (site === undefined) {
      site = { targets: [], seen: 0 };
      this.#jumps.set(from, site);
    }
    site.seen++;
    if (to >= 0 && site.targets.length < MAX_JUMP_TARGETS && !site.targets.includes(to)) site.targets.push(to);
    return site.seen === JUMPS_TO_LEARN;
  }

  #jumpTargets(offset: number): readonly number[] | null {
    const site = this.#jumps.get(offset);
    return site === undefined || site.seen < JUMPS_TO_LEARN ? null : site.targets;
  }

  /** What is compiled, to ask for it again. */
  entries(): CodeRequest[] {
    return this.#views.flatMap((view) => view.entries());
  }

  /** A region of it has become part of a module. */
  entered(region: Region, batch: CodeBatch): void {
    this.regions++;
    this.batches.push(batch);
    for (const { start, end } of region.blocks) this.cover(start, end);
  }

  /** The words from `start` up to `end` have been translated or decoded. */
  cover(start: number, end: number): void {
    for (let granule = start >>> GRANULE_SHIFT; granule <= (end - 1) >>> GRANULE_SHIFT; granule++) this.#granules[granule] = 1;
  }

  /** The virtual addresses, low words, that it has code at. */
  get addresses(): ReadonlySet<number> {
    return new Set([...this.#views, ...this.records].map(({ pageLo }) => pageLo));
  }

  /** Whether it has translated code or records: then it must not be written unseen. */
  get isCode(): boolean {
    return this.regions > 0 || this.records.length > 0;
  }

  /** Whether a region starts at `offset` of the page as these records see it. */
  hasRegion({ pageLo, pageHi, mode }: RecordPage, offset: number): boolean {
    return this.regions > 0 && this.view(pageLo, pageHi, mode)?.isReady(offset) === true;
  }

  /** Whether translated code lies in the bytes from `from` up to `to` of machine memory, which are in this page. */
  overlaps(from: number, to: number): boolean {
    if (!this.isCode) return false;
    for (let granule = (from - this.#host) >>> GRANULE_SHIFT; granule <= (to - 1 - this.#host) >>> GRANULE_SHIFT; granule++) {
      if (this.#granules[granule] === 1) return true;
    }
    return false;
  }

  /** Drops all regions: they call each other directly, so one cannot go without the others. */
  drop(): void {
    for (const view of this.#views) view.release();
    this.#views = [];
    this.#granules.fill(0);
    this.regions = 0;
    this.batches.length = 0;
  }

  /** What it takes of the host's memory beside its regions and records. */
  get bytes(): number {
    return PAGE_BYTES + VIEW_BYTES * this.#views.length;
  }

  /** Its code was overwritten. */
  changed(): void {
    this.#jumps.clear();
    if (++this.#changes >= CHANGES_BEFORE_COLD) this.#cold = COLD_INSTRUCTIONS;
  }

  /** Whether code may be compiled here, `retired` instructions after the last time this was asked. */
  mayCompile(retired: number): boolean {
    this.#cold -= retired;
    return this.#cold <= 0;
  }
}
