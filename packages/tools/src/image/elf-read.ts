/**
 * Reads ELF64 files for AArch64. The file is untrusted: every offset and size is checked against the file before it is
 * used, nothing is allocated by a size that the file only claims, and what is wrong comes back as a typed error.
 */
import { EHDR_SIZE, ELFCLASS64, ELFDATA2LSB, ELF_MAGIC, EM_AARCH64, PF, PHDR_SIZE, PT_LOAD, SHDR_SIZE, SHF, SHN_LORESERVE, SHT, STB, STT, SYM_SIZE } from './elf-format.ts';
import type { Image, ImageSection, ImageSymbol } from './image.ts';

export interface ElfSegment {
  readonly address: bigint;
  readonly physicalAddress: bigint;
  /** Size in memory; what is beyond the contents is zero. */
  readonly memorySize: bigint;
  readonly bytes: Uint8Array;
  readonly read: boolean;
  readonly write: boolean;
  readonly exec: boolean;
}

export interface ElfFile extends Image {
  /** `e_type`: 1 relocatable, 2 executable, 3 shared or position-independent. */
  readonly type: number;
  /** The segments to load, in the order of the file. */
  readonly segments: readonly ElfSegment[];
}

export interface ElfError {
  readonly code: 'not-elf' | 'wrong-class' | 'wrong-byte-order' | 'wrong-machine' | 'truncated' | 'bad-header' | 'bad-segment' | 'bad-section' | 'bad-symbol';
  /** What is wrong, in words. */
  readonly message: string;
  /** Offset in the file of what is wrong. */
  readonly offset: number;
}

export type ElfResult = { readonly ok: true; readonly elf: ElfFile } | { readonly ok: false; readonly error: ElfError };

/** Whether a file begins as ELF files do. */
export function isElf(bytes: Uint8Array): boolean {
  return ELF_MAGIC.every((byte, index) => bytes[index] === byte);
}

/** Reads headers, segments, sections and symbols. */
export function readElf(bytes: Uint8Array): ElfResult {
  const reader = new ElfReader(bytes);
  const elf = reader.read();
  return elf === null ? { ok: false, error: reader.error ?? { code: 'bad-header', message: 'unreadable', offset: 0 } } : { ok: true, elf };
}

interface Table {
  readonly offset: number;
  readonly count: number;
  readonly entrySize: number;
}

interface RawSection {
  readonly header: number;
  readonly name: number;
  readonly type: number;
  readonly flags: bigint;
  readonly address: bigint;
  readonly offset: bigint;
  readonly size: bigint;
  readonly link: number;
  readonly alignment: bigint;
  readonly entrySize: bigint;
}

/** Reading stops at the first error, which {@link error} then holds; the methods return null. */
class ElfReader {
  error: ElfError | null = null;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Names by their place in the file, and what they come to: a small file may name one string, or ends of one, again and again. */
  readonly #names = new Map<number, string>();
  #nameBytes = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): ElfFile | null {
    if (!this.#checkIdentity()) return null;
    const view = this.#view;
    const segmentTable = this.#table('program headers', view.getBigUint64(32, true), view.getUint16(56, true), view.getUint16(54, true), PHDR_SIZE, 'bad-segment');
    const sectionTable = this.#table('section headers', view.getBigUint64(40, true), view.getUint16(60, true), view.getUint16(58, true), SHDR_SIZE, 'bad-section');
    if (segmentTable === null || sectionTable === null) return null;
    const segments = this.#each(segmentTable, (at) => this.#segment(at));
    const raw = this.#each(sectionTable, (at) => this.#rawSection(at));
    if (segments === null || raw === null) return null;
    const names = raw[view.getUint16(62, true)];
    const sections: ImageSection[] = [];
    for (const section of raw.slice(1)) {
      const read = this.#section(section, names);
      if (read === null) return null;
      sections.push(read);
    }
    const symbols = this.#symbols(raw);
    if (symbols === null) return null;
    return { type: view.getUint16(16, true), entry: view.getBigUint64(24, true), segments: segments.filter((segment) => segment !== 'other'), sections, symbols };
  }

  #fail(code: ElfError['code'], offset: number, message: string): null {
    this.error ??= { code, offset, message };
    return null;
  }

  #checkIdentity(): boolean {
    const [code, offset, message] = identityError(this.#bytes, this.#view) ?? [];
    if (code !== undefined) this.#fail(code, offset ?? 0, message ?? '');
    return code === undefined;
  }

  /** A table of headers, checked to lie in the file. */
  #table(what: string, offset: bigint, count: number, entrySize: number, minimum: number, code: ElfError['code']): Table | null {
    if (count === 0 || offset === 0n) return { offset: 0, count: 0, entrySize: minimum };
    if (entrySize < minimum) return this.#fail(code, 0, `${what} of ${String(entrySize)} bytes each, expected ${String(minimum)}`);
    const start = this.#range(what, offset, BigInt(count * entrySize), 0);
    return start === null ? null : { offset: start, count, entrySize };
  }

  /** The offset as a number, where `size` bytes from there lie in the file. */
  #range(what: string, offset: bigint, size: bigint, at: number): number | null {
    const { length } = this.#bytes;
    if (offset + size > BigInt(length)) {
      return this.#fail('truncated', at, `${what} should lie at 0x${offset.toString(16)} with ${String(size)} bytes, but the file ends at 0x${length.toString(16)}`);
    }
    return Number(offset);
  }

  #each<T>({ offset, count, entrySize }: Table, read: (at: number) => T | null): T[] | null {
    const entries: T[] = [];
    for (let index = 0; index < count; index++) {
      const entry = read(offset + index * entrySize);
      if (entry === null) return null;
      entries.push(entry);
    }
    return entries;
  }

  #segment(at: number): ElfSegment | 'other' | null {
    const view = this.#view;
    if (view.getUint32(at, true) !== PT_LOAD) return 'other';
    const flags = view.getUint32(at + 4, true);
    const fileSize = view.getBigUint64(at + 32, true);
    const memorySize = view.getBigUint64(at + 40, true);
    const address = view.getBigUint64(at + 16, true);
    if (fileSize > memorySize) return this.#fail('bad-segment', at, `a segment has ${String(fileSize)} bytes in the file but ${String(memorySize)} in memory`);
    if (address + memorySize > 1n << 64n) return this.#fail('bad-segment', at, `the segment at 0x${address.toString(16)} goes beyond the end of the address space`);
    const start = this.#range('a segment', view.getBigUint64(at + 8, true), fileSize, at);
    if (start === null) return null;
    return {
      address,
      physicalAddress: view.getBigUint64(at + 24, true),
      memorySize,
      bytes: this.#bytes.subarray(start, start + Number(fileSize)),
      read: (flags & PF.R) !== 0,
      write: (flags & PF.W) !== 0,
      exec: (flags & PF.X) !== 0,
    };
  }

  #rawSection(at: number): RawSection {
    const view = this.#view;
    return {
      header: at,
      name: view.getUint32(at, true),
      type: view.getUint32(at + 4, true),
      flags: view.getBigUint64(at + 8, true),
      address: view.getBigUint64(at + 16, true),
      offset: view.getBigUint64(at + 24, true),
      size: view.getBigUint64(at + 32, true),
      link: view.getUint32(at + 40, true),
      alignment: view.getBigUint64(at + 48, true),
      entrySize: view.getBigUint64(at + 56, true),
    };
  }

  #section(raw: RawSection, names: RawSection | undefined): ImageSection | null {
    const name = this.#string(names, raw.name, raw.header, 'bad-section');
    if (name === null) return null;
    const hasBytes = raw.type !== SHT.NOBITS && raw.type !== SHT.NULL;
    const start = hasBytes ? this.#range(`section ${name}`, raw.offset, raw.size, raw.header) : 0;
    if (start === null) return null;
    if (raw.size > BigInt(Number.MAX_SAFE_INTEGER) || raw.address + raw.size > 1n << 64n) return this.#fail('bad-section', raw.header, `section ${name} goes beyond the end of the address space`);
    const flags = Number(raw.flags & 7n);
    return {
      name,
      type: raw.type === SHT.NOBITS ? 'nobits' : raw.type === SHT.NOTE ? 'note' : 'progbits',
      flags: { alloc: (flags & SHF.ALLOC) !== 0, write: (flags & SHF.WRITE) !== 0, exec: (flags & SHF.EXECINSTR) !== 0 },
      address: raw.address,
      size: Number(raw.size),
      alignment: raw.alignment > 0n && raw.alignment <= 1n << 32n ? Number(raw.alignment) : 1,
      bytes: hasBytes ? this.#bytes.subarray(start, start + Number(raw.size)) : new Uint8Array(0),
    };
  }

  /** The string at `offset` of a string table; the empty string where the file has no such table. */
  #string(table: RawSection | undefined, offset: number, at: number, code: ElfError['code']): string | null {
    if (table === undefined || table.type !== SHT.STRTAB) return '';
    const start = this.#range('a string table', table.offset, table.size, table.header);
    if (start === null) return null;
    const end = start + Number(table.size);
    if (start + offset > end) return this.#fail(code, at, `a name lies at ${String(offset)} of a string table that has ${String(table.size)} bytes`);
    const position = start + offset;
    const known = this.#names.get(position);
    if (known !== undefined) return known;
    const longest = this.#bytes.subarray(position, Math.min(end, position + MAX_NAME));
    const length = longest.indexOf(0);
    // In one piece: a string that is put together from characters keeps every step of the way.
    const text = String.fromCharCode(...(length < 0 ? longest : longest.subarray(0, length)));
    this.#nameBytes += text.length;
    if (this.#nameBytes > Math.max(LEAST_NAMES, NAMES_BY_BYTE * this.#bytes.length)) return this.#fail(code, at, 'names that overlap come to many times the size of the file');
    this.#names.set(position, text);
    return text;
  }

  #symbols(sections: readonly RawSection[]): ImageSymbol[] | null {
    const table = sections.find(({ type }) => type === SHT.SYMTAB);
    if (table === undefined) return [];
    if (table.entrySize !== BigInt(SYM_SIZE)) return this.#fail('bad-symbol', table.header, `symbols of ${String(table.entrySize)} bytes each, expected ${String(SYM_SIZE)}`);
    const start = this.#range('the symbol table', table.offset, table.size, table.header);
    if (start === null) return null;
    const count = Math.floor(Number(table.size) / SYM_SIZE);
    const symbols = this.#each({ offset: start + SYM_SIZE, count: Math.max(0, count - 1), entrySize: SYM_SIZE }, (at) => this.#symbol(at, sections, sections[table.link]));
    return symbols?.filter((symbol) => symbol !== 'undefined') ?? null;
  }

  #symbol(at: number, sections: readonly RawSection[], strings: RawSection | undefined): ImageSymbol | 'undefined' | null {
    const view = this.#view;
    const name = this.#string(strings, view.getUint32(at, true), at, 'bad-symbol');
    if (name === null) return null;
    const number = view.getUint16(at + 6, true);
    if (number === 0) return 'undefined';
    if (number < SHN_LORESERVE && number >= sections.length) return this.#fail('bad-symbol', at, `symbol ${name} is in section ${String(number)}, but there are ${String(sections.length)}`);
    const info = view.getUint8(at + 4);
    return {
      name,
      value: view.getBigUint64(at + 8, true),
      size: view.getBigUint64(at + 16, true),
      binding: STB[info >> 4] ?? 'local',
      type: STT[info & 15] ?? 'notype',
      section: number < SHN_LORESERVE ? number - 1 : null,
    };
  }
}

/** What keeps the file from being an ELF64 file for AArch64, or null. */
function identityError(bytes: Uint8Array, view: DataView): [ElfError['code'], number, string] | null {
  const { length } = bytes;
  if (length < 4) return ['truncated', length, `the file has ${String(length)} bytes, too few for any ELF file`];
  if (!isElf(bytes)) return ['not-elf', 0, 'the file does not begin with 7f 45 4c 46, so it is no ELF file'];
  if (length < EHDR_SIZE) return ['truncated', length, `the file has ${String(length)} bytes, its header alone takes ${String(EHDR_SIZE)}`];
  if (bytes[4] !== ELFCLASS64) return ['wrong-class', 4, `it is not a 64-bit ELF file (class ${String(bytes[4])}, expected ${String(ELFCLASS64)})`];
  if (bytes[5] !== ELFDATA2LSB) return ['wrong-byte-order', 5, `it is not little-endian (data encoding ${String(bytes[5])}, expected ${String(ELFDATA2LSB)})`];
  const machine = view.getUint16(18, true);
  if (machine !== EM_AARCH64) return ['wrong-machine', 18, `it is not for AArch64 (machine ${String(machine)}, expected ${String(EM_AARCH64)})`];
  return null;
}

/** Characters of a name that are kept. */
const MAX_NAME = 4096;
/** How much all names may come to: this, or so many times the size of the file. Linkers share ends of names, a few at most. */
const LEAST_NAMES = 2 ** 20;
const NAMES_BY_BYTE = 16;
