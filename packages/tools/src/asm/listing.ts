/** A listing: for each source line its address, its bytes, and its text. */
import type { Program } from './program.ts';

export interface ListingRow {
  /** Null for a line that makes nothing. */
  readonly address: bigint | null;
  readonly bytes: Uint8Array;
  /** Whether the bytes are one instruction. */
  readonly isInstruction: boolean;
  /** Line of the source, from 1; a line with more than one statement has a row for each. */
  readonly line: number;
  /** The source line; empty in further rows of the same line. */
  readonly source: string;
}

/** The rows of a program's listing in the order of the source; a line with long data keeps its first 64 bytes. */
export function listingRows(program: Program): ListingRow[] {
  const code = program.sections.map((_, index) => program.symbols.filter(({ name, section }) => section === index && (name === '$x' || name === '$d')));
  const rows: ListingRow[] = [];
  let next = 0;
  program.lines.forEach((source, index) => {
    const line = index + 1;
    let isFirst = true;
    for (; program.ranges[next]?.line === line; next++) {
      const { section: number, offset, length } = program.ranges[next]!;
      const section = program.sections[number]!;
      const address = section.address + BigInt(offset);
      const marks = code[number]!;
      const isInstruction = length === 4 && marks[lastAtOrBefore(marks, address)]?.name === '$x';
      rows.push({ address, bytes: section.bytes.subarray(offset, offset + Math.min(length, MAX_BYTES)), isInstruction, line, source: isFirst ? source : '' });
      isFirst = false;
    }
    const isEndOfFile = line === program.lines.length && source === '';
    if (isFirst && !isEndOfFile) rows.push({ address: null, bytes: new Uint8Array(0), isInstruction: false, line, source });
  });
  return rows;
}

const MAX_BYTES = 64;

function lastAtOrBefore(marks: readonly { readonly value: bigint }[], address: bigint): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle]!.value <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Bytes of data shown in one row of the text. */
const ROW_BYTES = 8;

/** The listing as text: address, bytes (an instruction as its word), source. */
export function formatListing(program: Program): string {
  const rows = listingRows(program);
  let text = '';
  for (const { address, bytes, isInstruction, source } of rows) {
    const shown = source.replace(/\r$/, '');
    if (address === null) {
      text += `${' '.repeat(MARGIN)}${shown}`.trimEnd() + '\n';
      continue;
    }
    const pieces = isInstruction ? [wordText(bytes)] : byteRows(bytes);
    pieces.forEach((piece, index) => {
      const at = (address + BigInt(index * ROW_BYTES)).toString(16).padStart(8, '0');
      text += `${at}  ${piece.padEnd(ROW_BYTES * 2)}  ${index === 0 ? shown : ''}`.trimEnd() + '\n';
    });
  }
  return text;
}

const MARGIN = 8 + 2 + ROW_BYTES * 2 + 2;

function wordText(bytes: Uint8Array): string {
  return [...bytes].reverse().map(byteText).join('');
}

function byteText(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function byteRows(bytes: Uint8Array): string[] {
  if (bytes.length === 0) return ['(space)'];
  return Array.from({ length: Math.ceil(bytes.length / ROW_BYTES) }, (_, row) => [...bytes.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES)].map(byteText).join(''));
}
