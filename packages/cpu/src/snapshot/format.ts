/**
 * The container of a snapshot: named, versioned sections of bytes. It knows nothing of what is in them; `SnapshotPart` is
 * how a PE, RAM or a device says and checks its own. Snapshots are untrusted: nothing is allocated by a size that was not
 * compared with what is there, and nothing is changed before every section has been checked.
 *
 * Layout, little-endian: 8 bytes of magic, u32 version, SHA-256 of everything behind it as 64 hexadecimal digits, u32 number
 * of sections; then each section: u32 length of its name, the name in ASCII, u32 version, u32 length, contents.
 */
import { Sha256 } from '../state/sha256.ts';

/** Why bytes are no snapshot that can be restored here. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  /** The section, or empty for the container. */
  readonly section: string;
  /** Where in the section's contents, or in the container. */
  readonly offset: number;

  constructor(section: string, offset: number, problem: string) {
    super(`${section === '' ? 'snapshot' : `section ${section}`}, offset ${String(offset)}: ${problem}`);
    this.section = section;
    this.offset = offset;
  }
}

const MAGIC = [0x57, 0x53, 0x53, 0x4e, 0x41, 0x50, 0x0d, 0x0a] as const;
const VERSION = 2;
const HASH_DIGITS = 64;
const MOST_SECTIONS = 4096;
const MOST_NAME = 64;

/** SHA-256 of bytes as 64 hexadecimal digits: our own, or the host's, which may be faster. */
export type Hash = (bytes: Uint8Array) => string;

const ownHash: Hash = (bytes) => new Sha256().update(bytes).hex();

/** Something that is saved and restored as a section of its own. */
export interface SnapshotPart {
  /** ASCII, unique in a snapshot: `pe0/state`. */
  readonly name: string;
  /** Changes whenever the contents mean something else. */
  readonly version: number;
  save(into: SectionWriter): void;
  /** Reads and checks the whole section, and changes nothing; what it returns puts the state in place. */
  restore(from: SectionReader): () => void;
}

export class SectionWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  u32(value: number): this {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** A non-negative integer below 2^53: counters and times. */
  integer(value: number): this {
    return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Makes room for `count` more bytes at once. */
  reserve(count: number): this {
    this.#reserve(count);
    this.#length -= count;
    return this;
  }

  /** An ASCII text with its length. */
  text(text: string): this {
    return this.u32(text.length).bytes(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

export class SectionReader {
  readonly section: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(section: string, bytes: Uint8Array) {
    this.section = section;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u32(): number {
    this.#require(4);
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  /** An unsigned word from `least` to `most`. */
  within(what: string, least: number, most: number): number {
    const value = this.u32();
    if (value < least || value > most) this.fail(`${what} is ${String(value)}, not ${String(least)} to ${String(most)}`);
    return value;
  }

  integer(what: string): number {
    const low = this.u32();
    const value = this.u32() * 2 ** 32 + low;
    if (!Number.isSafeInteger(value)) this.fail(`${what} is not below 2^53`);
    return value;
  }

  /** A view of the next bytes, not a copy. */
  bytes(count: number): Uint8Array {
    this.#require(count);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  text(what: string, most: number): string {
    const bytes = this.bytes(this.within(`the length of ${what}`, 0, most));
    if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) this.fail(`${what} is not ASCII`);
    return String.fromCharCode(...bytes);
  }

  /** Nothing may be left. */
  end(): void {
    if (this.left > 0) this.fail(`${String(this.left)} bytes too many`);
  }

  fail(problem: string): never {
    throw new SnapshotError(this.section, this.#at, problem);
  }

  #require(count: number): void {
    if (count > this.left) this.fail(`${String(count)} bytes are wanted, ${String(this.left)} are left`);
  }
}

/** Saves the parts in order. Throws a {@link SnapshotError} where one cannot be saved now. */
export function saveParts(parts: readonly SnapshotPart[], hash: Hash = ownHash): Uint8Array {
  const sections = parts.map((part) => {
    const section = new SectionWriter();
    part.save(section);
    const contents = section.finish();
    if (contents.length >= 2 ** 32) throw new SnapshotError(part.name, 0, `${String(contents.length)} bytes are more than a section holds`);
    return { header: new SectionWriter().text(part.name).u32(part.version).u32(contents.length).finish(), contents };
  });
  const body = [new SectionWriter().u32(parts.length).finish(), ...sections.flatMap(({ header, contents }) => [header, contents])];
  const start = MAGIC.length + 4 + HASH_DIGITS;
  const bytes = new Uint8Array(body.reduce((sum, { length }) => sum + length, start));
  let at = start;
  for (const piece of body) {
    bytes.set(piece, at);
    at += piece.length;
  }
  const digits = Uint8Array.from(hash(bytes.subarray(start)), (digit) => digit.charCodeAt(0));
  bytes.set(new SectionWriter().bytes(Uint8Array.from(MAGIC)).u32(VERSION).bytes(digits).finish());
  return bytes;
}

/**
 * Restores exactly these parts. Throws a {@link SnapshotError}, and has changed nothing, where there are other sections or
 * other versions, or where a part finds a value that cannot be.
 */
export function restoreParts(parts: readonly SnapshotPart[], sections: Sections): void {
  const commits = parts.map((part) => {
    const reader = sectionReader(sections, part);
    const commit = part.restore(reader);
    reader.end();
    return commit;
  });
  const unknown = [...sections.keys()].find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined) throw new SnapshotError(unknown, 0, 'belongs to nothing here');
  for (const commit of commits) commit();
}

/** The contents of the section of a part, whose version must be that of the part. */
export function sectionReader(sections: Sections, { name, version }: Pick<SnapshotPart, 'name' | 'version'>): SectionReader {
  const section = sections.get(name);
  if (section === undefined) throw new SnapshotError(name, 0, 'is missing');
  if (section.version !== version) throw new SnapshotError(name, 0, `has version ${String(section.version)}, not ${String(version)}`);
  return new SectionReader(name, section.contents);
}

export interface Section {
  readonly version: number;
  readonly contents: Uint8Array;
}

/** The sections of a snapshot by name, in order. */
export type Sections = ReadonlyMap<string, Section>;

/** Takes a snapshot apart. Throws a {@link SnapshotError} for bytes that are none, or not complete. */
export function readSections(bytes: Uint8Array, hash: Hash = ownHash): Sections {
  const reader = new SectionReader('', bytes);
  const magic = bytes.subarray(0, MAGIC.length);
  if (MAGIC.some((byte, index) => magic[index] !== byte)) reader.fail('these bytes are no snapshot');
  reader.bytes(MAGIC.length);
  const version = reader.u32();
  if (version !== VERSION) reader.fail(`the format has version ${String(version)}, and this release reads version ${String(VERSION)}`);
  const digits = String.fromCharCode(...reader.bytes(HASH_DIGITS));
  if (hash(bytes.subarray(bytes.length - reader.left)) !== digits) reader.fail('the checksum is not that of the contents: the file was cut off or changed');
  const sections = new Map<string, Section>();
  for (let left = reader.within('the number of sections', 0, MOST_SECTIONS); left > 0; left--) {
    const name = reader.text('a name', MOST_NAME);
    if (sections.has(name)) reader.fail(`${name} is there twice`);
    sections.set(name, { version: reader.u32(), contents: reader.bytes(reader.u32()) });
  }
  reader.end();
  return sections;
}
