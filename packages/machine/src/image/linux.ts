/**
 * Linux `Image` files: the header, and where kernel, initial RAM disk and device tree go (Linux, Documentation/arch/arm64,
 * "Booting AArch64 Linux"). Images are untrusted: what does not fit is a typed error, and then nothing has been written.
 */
import type { Ram } from '../ram.ts';
import { hex, loadFailure, type LoadResult } from './load.ts';

/** Offsets in the header. */
const HEADER = { TEXT_OFFSET: 8, IMAGE_SIZE: 16, FLAGS: 24, MAGIC: 56, SIZE: 64 } as const;
/** "ARM\x64", little-endian. */
const MAGIC = 0x644d_5241;
/** Bit 0 of the flags: a big-endian kernel. */
const BIG_ENDIAN = 1n;
const MIB = 1024 * 1024;
/** The kernel's base, and the device tree, begin at a multiple. */
const ALIGNMENT = 2 * MIB;
/** Kernels before 3.17 leave the size 0; they were linked for this offset. */
const OLD_TEXT_OFFSET = 0x8_0000n;
/** Where the initial RAM disk goes at the latest: out of the way of a kernel that decompresses or relocates itself. */
const INITRD_OFFSET = 128 * MIB;

export function isLinuxImage(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER.SIZE && new DataView(bytes.buffer, bytes.byteOffset).getUint32(HEADER.MAGIC, true) === MAGIC;
}

/** Where the parts of a boot lie: physical addresses, ends behind the last byte. */
export interface BootLayout {
  readonly kernel: { readonly start: number; readonly end: number };
  readonly initrd: { readonly start: number; readonly end: number } | null;
  /** Where the device tree goes. */
  readonly deviceTree: number;
}

export type LayoutResult = { readonly ok: true; readonly layout: BootLayout } | Extract<LoadResult, { readonly ok: false }>;

/** Of an image that is a PE file for EFI too ("PE Format", Microsoft): the section table says how long the file is. */
const PE = { OFFSET: 0x3c, MAGIC: 0x0000_4550, SECTIONS: 6, OPTIONAL_SIZE: 20, HEADER_SIZE: 24, SECTION_SIZE: 40, RAW_SIZE: 16, RAW_OFFSET: 20 } as const;

/** Bytes that the sections of the file take; 0 where it has none. */
function sectionsEnd(image: Uint8Array): number {
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  const header = view.getUint32(PE.OFFSET, true);
  if (header + PE.HEADER_SIZE > image.length || view.getUint32(header, true) !== PE.MAGIC) return 0;
  const table = header + PE.HEADER_SIZE + view.getUint16(header + PE.OPTIONAL_SIZE, true);
  let end = 0;
  for (let n = 0; n < view.getUint16(header + PE.SECTIONS, true); n++) {
    const at = table + n * PE.SECTION_SIZE;
    if (at + PE.SECTION_SIZE > image.length) return end;
    end = Math.max(end, view.getUint32(at + PE.RAW_OFFSET, true) + view.getUint32(at + PE.RAW_SIZE, true));
  }
  return end;
}

/** Decides where the parts go; nothing is written. */
export function planLinuxBoot(image: Uint8Array, initrdSize: number, ram: Ram): LayoutResult {
  if (!isLinuxImage(image)) return loadFailure('bad-image', 'it has no header of an arm64 Linux Image');
  const header = new DataView(image.buffer, image.byteOffset, HEADER.SIZE);
  const imageSize = header.getBigUint64(HEADER.IMAGE_SIZE, true);
  const textOffset = imageSize === 0n ? OLD_TEXT_OFFSET : header.getBigUint64(HEADER.TEXT_OFFSET, true);
  if ((header.getBigUint64(HEADER.FLAGS, true) & BIG_ENDIAN) !== 0n) return loadFailure('bad-image', 'it is a big-endian kernel, which these machines do not run');
  if (imageSize > BigInt(ram.size) || textOffset >= BigInt(ram.size)) {
    return loadFailure('outside-ram', `the kernel needs ${hex(imageSize)} bytes at offset ${hex(textOffset)}, but RAM has ${hex(ram.size)} bytes: give more with --memory`);
  }
  if (imageSize !== 0n && imageSize < BigInt(image.length)) return loadFailure('bad-image', `its header says ${hex(imageSize)} bytes, but the file has ${hex(image.length)}`);
  const wanted = sectionsEnd(image);
  if (wanted > image.length) return loadFailure('bad-image', `its sections end at ${hex(wanted)}, but the file at ${hex(image.length)}: check that it was written completely`);
  const start = ram.base + Number(textOffset);
  const end = start + Math.max(Number(imageSize), image.length);
  const kernel = { start, end };
  const initrdStart = Math.max(alignUp(end, ALIGNMENT), ram.base + Math.min(INITRD_OFFSET, alignDown(ram.size / 2, ALIGNMENT)));
  const initrd = initrdSize === 0 ? null : { start: initrdStart, end: initrdStart + initrdSize };
  const deviceTree = alignUp(initrd?.end ?? initrdStart, ALIGNMENT);
  if (end > ram.end) return loadFailure('outside-ram', `the kernel ends at ${hex(end)}, behind RAM, which ends at ${hex(ram.end)}: give more with --memory`);
  if (initrd !== null && initrd.end > ram.end) {
    return loadFailure('outside-ram', `the initial RAM disk of ${hex(initrdSize)} bytes does not fit behind the kernel into RAM of ${hex(ram.size)} bytes: give more with --memory`);
  }
  if (deviceTree + ALIGNMENT > ram.end) return loadFailure('outside-ram', `no room for the device tree in RAM of ${hex(ram.size)} bytes: give more with --memory`);
  return { ok: true, layout: { kernel, initrd, deviceTree } };
}

/** Largest device tree: what `planLinuxBoot` keeps free. */
export const MAX_DEVICE_TREE = ALIGNMENT;

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

function alignDown(value: number, alignment: number): number {
  return Math.floor(value / alignment) * alignment;
}
