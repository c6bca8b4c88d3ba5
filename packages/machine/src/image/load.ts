/** Loads images into RAM. Images are untrusted: what does not fit is a typed error, and then nothing has been written. */
import { readElf, type ElfFile, type ElfSegment } from '@worldswitch/tools';
import type { Ram } from '../ram.ts';

export interface LoadError {
  readonly code: 'bad-elf' | 'bad-image' | 'bad-device-tree' | 'not-executable' | 'nothing-to-load' | 'outside-ram' | 'entry-outside' | 'misaligned';
  /** What is wrong, where, and what would be right. */
  readonly message: string;
}

export interface LoadedImage {
  /** Physical address of the first instruction. */
  readonly entry: bigint;
  /** First physical address behind what was loaded. */
  readonly end: number;
}

export type LoadResult = { readonly ok: true; readonly image: LoadedImage } | { readonly ok: false; readonly error: LoadError };

const INSTRUCTION_BYTES = 4n;
const ET_REL = 1;

export function loadFailure(code: LoadError['code'], message: string): Extract<LoadResult, { readonly ok: false }> {
  return { ok: false, error: { code, message } };
}

export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** Loads the segments of an ELF file at their physical addresses. */
export function loadElf(bytes: Uint8Array, ram: Ram): LoadResult {
  const read = readElf(bytes);
  if (!read.ok) return loadFailure('bad-elf', `${read.error.message} (at offset ${hex(read.error.offset)})`);
  const { elf } = read;
  if (elf.type === ET_REL) return loadFailure('not-executable', 'the ELF file is relocatable: link it first');
  const segments = elf.segments.filter(({ memorySize }) => memorySize > 0n);
  if (segments.length === 0) return loadFailure('nothing-to-load', 'the ELF file has no segment to load');
  for (const segment of segments) {
    const outside = outsideRam(segment, ram);
    if (outside !== null) return loadFailure('outside-ram', outside);
  }
  const entry = physicalEntry(elf, segments);
  if (entry === null) return loadFailure('entry-outside', `the entry point ${hex(elf.entry)} is in no loaded segment`);
  if (entry % INSTRUCTION_BYTES !== 0n) return loadFailure('misaligned', `the entry point ${hex(elf.entry)} is not a multiple of 4`);
  let end = ram.base;
  for (const { physicalAddress, memorySize, bytes: contents } of segments) {
    const start = Number(physicalAddress);
    ram.write(start, contents);
    ram.clear(start + contents.length, Number(memorySize) - contents.length);
    end = Math.max(end, Number(physicalAddress + memorySize));
  }
  return { ok: true, image: { entry, end } };
}

function outsideRam({ physicalAddress, memorySize, bytes }: ElfSegment, ram: Ram): string | null {
  const size = memorySize > BigInt(bytes.length) ? memorySize : BigInt(bytes.length);
  if (physicalAddress >= BigInt(ram.base) && physicalAddress + size <= BigInt(ram.base) + BigInt(ram.size)) return null;
  return `a segment of ${hex(size)} bytes at ${hex(physicalAddress)} is outside RAM, which is ${hex(ram.base)} to ${hex(ram.end - 1)}`;
}

/** The entry point is a virtual address: where its segment was placed decides. */
function physicalEntry(elf: ElfFile, segments: readonly ElfSegment[]): bigint | null {
  const home = segments.find(({ address, memorySize }) => elf.entry >= address && elf.entry < address + memorySize);
  return home === undefined ? null : elf.entry - home.address + home.physicalAddress;
}

/** Loads a flat binary, which begins with its first instruction, at `base`. */
export function loadFlat(bytes: Uint8Array, base: number, ram: Ram): LoadResult {
  if (bytes.length === 0) return loadFailure('nothing-to-load', 'the file is empty');
  if (base % Number(INSTRUCTION_BYTES) !== 0) return loadFailure('misaligned', `the base ${hex(base)} is not a multiple of 4`);
  if (!ram.contains(base, bytes.length)) {
    return loadFailure('outside-ram', `${hex(bytes.length)} bytes at ${hex(base)} are outside RAM, which is ${hex(ram.base)} to ${hex(ram.end - 1)}`);
  }
  ram.write(base, bytes);
  return { ok: true, image: { entry: BigInt(base), end: base + bytes.length } };
}
