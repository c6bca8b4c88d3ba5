/** Text of files. */
import { mistake, type Mistake } from './command.ts';

const NEWLINE = 10;

/** The text of a file in UTF-8, or where it is none. */
export function decodeText(path: string, bytes: Uint8Array): string | Mistake {
  const text = decoded(bytes, false);
  if (text !== null) return text;
  const at = firstInvalid(bytes);
  const line = bytes.subarray(0, at).reduce((count, byte) => (byte === NEWLINE ? count + 1 : count), 1);
  return mistake(`${path}:${String(line)}: byte 0x${bytes[at]!.toString(16).padStart(2, '0')} at offset ${String(at)} is not UTF-8: save the file in that encoding`);
}

/** Null where it is no UTF-8; `isPart`: it may end within a character. */
function decoded(bytes: Uint8Array, isPart: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isPart });
  } catch {
    return null;
  }
}

/** Offset of the first character that is none. */
function firstInvalid(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decoded(bytes.subarray(0, middle), true) === null) bad = middle;
    else good = middle;
  }
  while (decoded(bytes.subarray(0, good), false) === null) good--;
  return good;
}
