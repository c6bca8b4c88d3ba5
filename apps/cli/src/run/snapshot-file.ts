/**
 * Snapshots as files: the bytes of a snapshot in pieces of 1 MiB, each compressed by itself, so that several are at work at
 * once. Layout, little-endian: 8 bytes of magic, u32 version, u32 pieces, u64 bytes of the snapshot; for each piece u32 length,
 * contents (RFC 1951). A snapshot that is not compressed is a file too. The snapshot's own checksum covers everything.
 */
import { createHash } from 'node:crypto';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Hash } from '@worldswitch/cpu';
import { mistake, type Mistake } from '../command.ts';

const MAGIC = new TextEncoder().encode('WSSNAPZ\n');
const VERSION = 1;
const HEADER = 24;
const PIECE = 1 << 20;
/** Deflate makes nothing longer than this many times its size (RFC 1951: 258 bytes by two bits). */
const MOST_GAIN = 1032;
/** Pages of RAM compress well, and time counts. */
const LEVEL = 1;
const WORD = 2 ** 32;

export const hash: Hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

export async function packSnapshot(snapshot: Uint8Array): Promise<Uint8Array> {
  const pieces = await Promise.all(Array.from({ length: Math.ceil(snapshot.length / PIECE) }, (_, piece) => deflated(snapshot.subarray(piece * PIECE, (piece + 1) * PIECE))));
  const file = new Uint8Array(pieces.reduce((sum, { length }) => sum + 4 + length, HEADER));
  const view = new DataView(file.buffer);
  file.set(MAGIC);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, pieces.length, true);
  view.setUint32(16, snapshot.length % WORD, true);
  view.setUint32(20, Math.floor(snapshot.length / WORD), true);
  let at = HEADER;
  for (const piece of pieces) {
    view.setUint32(at, piece.length, true);
    file.set(piece, at + 4);
    at += 4 + piece.length;
  }
  return file;
}

/** The snapshot in a file; a file of something else is returned as it is, for others to refuse. */
export async function unpackSnapshot(file: Uint8Array): Promise<Uint8Array | Mistake> {
  if (file.length < HEADER || MAGIC.some((byte, at) => file[at] !== byte)) return file;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const version = view.getUint32(8, true);
  if (version !== VERSION) return mistake(`the file has version ${String(version)}, and this release reads version ${String(VERSION)}: take the release that wrote it`);
  const count = view.getUint32(12, true);
  const length = view.getUint32(20, true) * WORD + view.getUint32(16, true);
  if (length > MOST_GAIN * file.length || Math.ceil(length / PIECE) !== count) return mistake(`its header says ${String(length)} bytes in ${String(count)} pieces, which cannot be: it was changed`);
  const pieces: Uint8Array[] = [];
  let at = HEADER;
  for (let piece = 0; piece < count; piece++) {
    const end = at + 4 > file.length ? Infinity : at + 4 + view.getUint32(at, true);
    if (end > file.length) return mistake(`piece ${String(piece)} at offset ${String(at)} is not complete: the file was cut off`);
    pieces.push(file.subarray(at + 4, end));
    at = end;
  }
  if (at !== file.length) return mistake(`${String(file.length - at)} bytes too many at offset ${String(at)}: it was changed`);
  const snapshot = new Uint8Array(length);
  const wrong = await Promise.all(pieces.map((piece, number) => inflateInto(snapshot.subarray(number * PIECE, (number + 1) * PIECE), piece)));
  const first = wrong.indexOf(false);
  return first < 0 ? snapshot : mistake(`piece ${String(first)} cannot be decompressed: the file was changed`);
}

function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    deflateRaw(bytes, { level: LEVEL, chunkSize: PIECE }, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}

/** False where the piece is not exactly that long. */
function inflateInto(target: Uint8Array, piece: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    inflateRaw(piece, { chunkSize: PIECE, maxOutputLength: PIECE }, (error, result) => {
      if (error === null && result.length === target.length) target.set(result);
      resolve(error === null && result.length === target.length);
    });
  });
}

