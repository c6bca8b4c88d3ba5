/** Writes an image as an ELF64 executable: one segment per run of sections with equal permissions, then the tables. */
import { EHDR_SIZE, ELFCLASS64, ELFDATA2LSB, ELF_MAGIC, EM_AARCH64, ET, PF, PHDR_SIZE, PT_LOAD, SHDR_SIZE, SHF, SHN_ABS, SHT, STB, STT, SYM_SIZE } from './elf-format.ts';
import { PAGE_SIZE, type Image, type ImageSection, type ImageSymbol } from './image.ts';

interface Segment {
  readonly sections: ImageSection[];
  readonly flags: number;
}

interface SectionHeader {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
}

/** The file's bytes. */
export function writeElf(image: Image): Uint8Array {
  const segments = segmentsOf(image.sections);
  const offsets = new Map<ImageSection, number>();
  let end = EHDR_SIZE + segments.length * PHDR_SIZE;
  for (const segment of segments) {
    const first = segment.sections[0]!;
    // Within a page, a segment lies in the file as it lies in memory.
    end += Number((first.address - BigInt(end)) & BigInt(PAGE_SIZE - 1));
    const start = end;
    for (const section of segment.sections) {
      const offset = start + Number(section.address - first.address);
      offsets.set(section, section.type === 'nobits' ? end : offset);
      if (section.type !== 'nobits') end = offset + section.size;
    }
  }
  for (const section of image.sections) {
    if (section.flags.alloc) continue;
    end = roundUp(end, section.alignment);
    offsets.set(section, end);
    end += section.bytes.length;
  }
  return assemble(image, segments, offsets, end);
}

function assemble(image: Image, segments: readonly Segment[], offsets: ReadonlyMap<ImageSection, number>, contentsEnd: number): Uint8Array {
  const strings = new StringTable();
  const symbolTable = symbolTableOf(image, strings);
  const symbolOffset = roundUp(contentsEnd, 8);
  const stringOffset = symbolOffset + symbolTable.bytes.length;
  const names = new StringTable();
  const count = image.sections.length;
  const headers: SectionHeader[] = [
    ...image.sections.map((section) => sectionHeader(section, offsets.get(section) ?? 0)),
    { name: '.symtab', type: SHT.SYMTAB, flags: 0, address: 0n, offset: symbolOffset, size: symbolTable.bytes.length, link: count + 2, info: symbolTable.locals, alignment: 8, entrySize: SYM_SIZE },
    { name: '.strtab', type: SHT.STRTAB, flags: 0, address: 0n, offset: stringOffset, size: strings.size, link: 0, info: 0, alignment: 1, entrySize: 0 },
  ];
  const nameOffsets = [...headers.map(({ name }) => names.add(name)), names.add('.shstrtab')];
  const namesOffset = stringOffset + strings.size;
  headers.push({ name: '.shstrtab', type: SHT.STRTAB, flags: 0, address: 0n, offset: namesOffset, size: names.size, link: 0, info: 0, alignment: 1, entrySize: 0 });
  const headersOffset = roundUp(namesOffset + names.size, 8);
  const file = new Uint8Array(headersOffset + (headers.length + 1) * SHDR_SIZE);
  const view = new DataView(file.buffer);
  writeFileHeader(view, image.entry, segments.length, headersOffset, headers.length + 1);
  segments.forEach((segment, index) => writeProgramHeader(view, EHDR_SIZE + index * PHDR_SIZE, segment, offsets.get(segment.sections[0]!) ?? 0));
  for (const section of image.sections) file.set(section.bytes, offsets.get(section));
  file.set(symbolTable.bytes, symbolOffset);
  file.set(strings.bytes(), stringOffset);
  file.set(names.bytes(), namesOffset);
  headers.forEach((header, index) => writeSectionHeader(view, headersOffset + (index + 1) * SHDR_SIZE, header, nameOffsets[index] ?? 0));
  return file;
}

function roundUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

function permissions({ flags }: ImageSection): number {
  return PF.R | (flags.write ? PF.W : 0) | (flags.exec ? PF.X : 0);
}

function segmentsOf(sections: readonly ImageSection[]): Segment[] {
  const segments: Segment[] = [];
  for (const section of sections) {
    if (!section.flags.alloc || section.size === 0) continue;
    const last = segments[segments.length - 1];
    const flags = permissions(section);
    // What has bytes cannot follow space in one segment: space has no place in the file.
    const followsSpace = last?.sections[last.sections.length - 1]?.type === 'nobits' && section.type !== 'nobits';
    if (last?.flags === flags && !followsSpace) last.sections.push(section);
    else segments.push({ sections: [section], flags });
  }
  return segments;
}

function sectionHeader(section: ImageSection, offset: number): SectionHeader {
  const { alloc, write, exec } = section.flags;
  return {
    name: section.name,
    type: section.type === 'nobits' ? SHT.NOBITS : section.type === 'note' ? SHT.NOTE : SHT.PROGBITS,
    flags: (alloc ? SHF.ALLOC : 0) | (write ? SHF.WRITE : 0) | (exec ? SHF.EXECINSTR : 0),
    address: section.address,
    offset,
    size: section.size,
    link: 0,
    info: 0,
    alignment: section.alignment,
    entrySize: 0,
  };
}

/** The symbol table: local symbols first, as the format wants; `locals` is the index of the first other one. */
function symbolTableOf(image: Image, strings: StringTable): { readonly bytes: Uint8Array; readonly locals: number } {
  const symbols = [...image.symbols.filter(({ binding }) => binding === 'local'), ...image.symbols.filter(({ binding }) => binding !== 'local')];
  const bytes = new Uint8Array((symbols.length + 1) * SYM_SIZE);
  const view = new DataView(bytes.buffer);
  symbols.forEach((symbol, index) => writeSymbol(view, (index + 1) * SYM_SIZE, symbol, strings.add(symbol.name)));
  return { bytes, locals: 1 + symbols.filter(({ binding }) => binding === 'local').length };
}

function writeSymbol(view: DataView, at: number, symbol: ImageSymbol, name: number): void {
  view.setUint32(at, name, true);
  view.setUint8(at + 4, (STB.indexOf(symbol.binding) << 4) | STT.indexOf(symbol.type));
  view.setUint16(at + 6, symbol.section === null ? SHN_ABS : symbol.section + 1, true);
  view.setBigUint64(at + 8, symbol.value, true);
  view.setBigUint64(at + 16, symbol.size, true);
}

function writeFileHeader(view: DataView, entry: bigint, segments: number, sectionHeaders: number, sections: number): void {
  [...ELF_MAGIC, ELFCLASS64, ELFDATA2LSB, 1].forEach((byte, index) => view.setUint8(index, byte));
  view.setUint16(16, ET.EXEC, true);
  view.setUint16(18, EM_AARCH64, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, entry, true);
  view.setBigUint64(32, segments === 0 ? 0n : BigInt(EHDR_SIZE), true);
  view.setBigUint64(40, BigInt(sectionHeaders), true);
  view.setUint16(52, EHDR_SIZE, true);
  view.setUint16(54, PHDR_SIZE, true);
  view.setUint16(56, segments, true);
  view.setUint16(58, SHDR_SIZE, true);
  view.setUint16(60, sections, true);
  view.setUint16(62, sections - 1, true);
}

function writeProgramHeader(view: DataView, at: number, { sections, flags }: Segment, offset: number): void {
  const first = sections[0]!;
  const last = sections[sections.length - 1]!;
  const lastWithBytes = [...sections].reverse().find(({ type }) => type !== 'nobits');
  view.setUint32(at, PT_LOAD, true);
  view.setUint32(at + 4, flags, true);
  view.setBigUint64(at + 8, BigInt(offset), true);
  view.setBigUint64(at + 16, first.address, true);
  view.setBigUint64(at + 24, first.address, true);
  view.setBigUint64(at + 32, lastWithBytes === undefined ? 0n : lastWithBytes.address + BigInt(lastWithBytes.size) - first.address, true);
  view.setBigUint64(at + 40, last.address + BigInt(last.size) - first.address, true);
  view.setBigUint64(at + 48, BigInt(PAGE_SIZE), true);
}

function writeSectionHeader(view: DataView, at: number, header: SectionHeader, name: number): void {
  view.setUint32(at, name, true);
  view.setUint32(at + 4, header.type, true);
  view.setBigUint64(at + 8, BigInt(header.flags), true);
  view.setBigUint64(at + 16, header.address, true);
  view.setBigUint64(at + 24, BigInt(header.offset), true);
  view.setBigUint64(at + 32, BigInt(header.size), true);
  view.setUint32(at + 40, header.link, true);
  view.setUint32(at + 44, header.info, true);
  view.setBigUint64(at + 48, BigInt(header.alignment), true);
  view.setBigUint64(at + 56, BigInt(header.entrySize), true);
}

/** Strings one after another, each once, the empty one first. */
class StringTable {
  readonly #offsets = new Map<string, number>([['', 0]]);
  readonly #chunks: Uint8Array[] = [];
  size = 1;

  add(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.size;
    const bytes = utf8(`${text}\0`);
    this.#offsets.set(text, offset);
    this.#chunks.push(bytes);
    this.size += bytes.length;
    return offset;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.size);
    let at = 1;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}

/** Names come from the assembler's lexer, so they are ASCII. */
function utf8(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
