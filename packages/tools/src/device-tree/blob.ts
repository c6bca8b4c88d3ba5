/**
 * Flattened device trees: written from nodes, and read back. A blob that is read is untrusted; what is wrong with it is a
 * typed error (Devicetree Specification v0.4, "Flattened Devicetree (DTB) Format").
 */
import { stringBytes, type DeviceTreeNode } from './node.ts';

const MAGIC = 0xd00d_feed;
const VERSION = 17;
const LAST_COMPATIBLE = 16;
const HEADER_BYTES = 40;
/** One empty entry ends the memory reservations. */
const RESERVATION_BYTES = 16;
const TOKEN = { BEGIN_NODE: 1, END_NODE: 2, PROP: 3, NOP: 4, END: 9 } as const;
const MAX_DEPTH = 64;
/** The specification has 31 for properties, and as many before the unit address of a node; the trees of boards know longer ones. */
const MAX_NAME = 255;

/** Bytes that grow. Numbers are big-endian. */
class Writer {
  #bytes = new Uint8Array(4096);
  length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  word(value: number): void {
    this.raw([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
  }

  raw(bytes: ArrayLike<number>): void {
    while (this.length + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  align(): void {
    this.raw(new Uint8Array((4 - (this.length % 4)) % 4));
  }
}

/** The blob of a tree, version 17. */
export function writeDeviceTree(root: DeviceTreeNode): Uint8Array {
  const structure = new Writer();
  const strings = new Writer();
  const offsets = new Map<string, number>();
  const nameOffset = (name: string): number => {
    let offset = offsets.get(name);
    if (offset === undefined) {
      offset = strings.length;
      offsets.set(name, offset);
      strings.raw(stringBytes(name));
    }
    return offset;
  };
  const node = ({ name, properties, children }: DeviceTreeNode): void => {
    structure.word(TOKEN.BEGIN_NODE);
    structure.raw(stringBytes(name));
    structure.align();
    for (const [key, value] of properties) {
      structure.word(TOKEN.PROP);
      structure.word(value.length);
      structure.word(nameOffset(key));
      structure.raw(value);
      structure.align();
    }
    children.forEach(node);
    structure.word(TOKEN.END_NODE);
  };
  node(root);
  structure.word(TOKEN.END);
  return assembled(structure.bytes, strings.bytes);
}

function assembled(structure: Uint8Array, strings: Uint8Array): Uint8Array {
  const blob = new Writer();
  const structureAt = HEADER_BYTES + RESERVATION_BYTES;
  const stringsAt = structureAt + structure.length;
  const words = [MAGIC, stringsAt + strings.length, structureAt, stringsAt, HEADER_BYTES, VERSION, LAST_COMPATIBLE, 0, strings.length, structure.length];
  words.forEach((word) => blob.word(word));
  blob.raw(new Uint8Array(RESERVATION_BYTES));
  blob.raw(structure);
  blob.raw(strings);
  return blob.bytes.slice();
}

export interface DeviceTreeError {
  readonly code: 'no-magic' | 'truncated' | 'bad-version' | 'bad-structure';
  readonly message: string;
  readonly offset: number;
}

export type DeviceTreeResult = { readonly ok: true; readonly root: DeviceTreeNode; readonly size: number } | { readonly ok: false; readonly error: DeviceTreeError };

/** Reads a blob; bytes behind its own size are ignored. */
export function readDeviceTree(bytes: Uint8Array): DeviceTreeResult {
  if (bytes.length < HEADER_BYTES) return failure('truncated', 'the file is shorter than the header of a device tree', bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [magic, size, structureAt, stringsAt, , version, lastCompatible, , stringsSize, structureSize] = Array.from({ length: 10 }, (_, n) => view.getUint32(4 * n)) as [
    number, number, number, number, number, number, number, number, number, number,
  ];
  if (magic !== MAGIC) return failure('no-magic', 'it does not begin with the magic number of a device tree', 0);
  if (version < LAST_COMPATIBLE || lastCompatible > VERSION) return failure('bad-version', `version ${String(version)} of the format: 16 and 17 are known`, 20);
  const structureEnd = structureAt + (version >= VERSION ? structureSize : size - structureAt);
  if (size > bytes.length || structureEnd > size || stringsAt + stringsSize > size || structureAt % 4 !== 0) return failure('truncated', 'its parts lie outside the file', 4);
  return new Reader(view, structureAt, structureEnd, stringsAt, stringsAt + stringsSize).read(size);
}

function failure(code: DeviceTreeError['code'], message: string, offset: number): Extract<DeviceTreeResult, { readonly ok: false }> {
  return { ok: false, error: { code, message, offset } };
}

class Reader {
  readonly #view: DataView;
  readonly #end: number;
  readonly #strings: number;
  readonly #stringsEnd: number;
  #at: number;
  #problem: string | null = null;

  constructor(view: DataView, start: number, end: number, strings: number, stringsEnd: number) {
    this.#view = view;
    this.#at = start;
    this.#end = end;
    this.#strings = strings;
    this.#stringsEnd = stringsEnd;
  }

  read(size: number): DeviceTreeResult {
    const root = this.#token() === TOKEN.BEGIN_NODE ? this.#node(0) : null;
    if (root === null || this.#token() !== TOKEN.END) return failure('bad-structure', this.#problem ?? 'a token is not where it should be', this.#at);
    return { ok: true, root, size };
  }

  #word(): number | null {
    if (this.#at + 4 > this.#end) return null;
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4);
  }

  /** The next token that is no NOP. */
  #token(): number | null {
    let token = this.#word();
    while (token === TOKEN.NOP) token = this.#word();
    return token;
  }

  #string(at: number, end: number): string | null {
    // Behind the end there is nothing; a view could not even begin there.
    const bytes = at < end ? new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, Math.min(end - at, MAX_NAME + 1)) : new Uint8Array(0);
    const length = bytes.indexOf(0);
    if (length >= 0) return String.fromCharCode(...bytes.subarray(0, length));
    this.#problem = bytes.length > MAX_NAME ? `a name has more than ${String(MAX_NAME)} characters` : 'a name has no end';
    return null;
  }

  #node(depth: number): DeviceTreeNode | null {
    if (depth > MAX_DEPTH) {
      this.#problem = `nodes are nested more than ${String(MAX_DEPTH)} deep`;
      return null;
    }
    const name = this.#string(this.#at, this.#end);
    if (name === null) return null;
    this.#at += (name.length + 4) & ~3;
    const properties = new Map<string, Uint8Array>();
    const children: DeviceTreeNode[] = [];
    for (;;) {
      const token = this.#token();
      if (token === TOKEN.END_NODE) return { name, properties, children };
      if (token === TOKEN.PROP) {
        if (!this.#property(properties)) return null;
      } else if (token === TOKEN.BEGIN_NODE) {
        const child = this.#node(depth + 1);
        if (child === null) return null;
        children.push(child);
      } else {
        return null;
      }
    }
  }

  #property(properties: Map<string, Uint8Array>): boolean {
    const length = this.#word();
    const nameOffset = this.#word();
    if (length === null || nameOffset === null || this.#at + length > this.#end) return false;
    const name = this.#string(this.#strings + nameOffset, this.#stringsEnd);
    if (name === null) return false;
    properties.set(name, new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#at, length).slice());
    this.#at += (length + 3) & ~3;
    return true;
  }
}
