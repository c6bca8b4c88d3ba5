/** Words in hexadecimal, one a line, from a stream of bytes: as they come, whatever the length of the stream. */
import { mistake, type Mistake } from './command.ts';

interface Run {
  readonly address: bigint;
  readonly words: Uint32Array;
}

/** A line may be longer than its word by blanks, but not by any number: it is held until it ends. */
const MAX_LINE = 1000;

/** The words of each chunk that arrives, addressed from `base`; a line that is no word ends them with a mistake. */
export async function* hexWords(input: AsyncIterable<Uint8Array>, base: bigint): AsyncIterable<Run | Mistake> {
  const decoder = new TextDecoder('latin1');
  let rest = '';
  let before = 0;
  let address = base;
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    const { words, wrong } = parseLines(lines, before);
    yield { address, words };
    if (wrong !== null) {
      yield wrong;
      return;
    }
    before += lines.length;
    address += BigInt(words.length * 4);
    if (rest.length > MAX_LINE) {
      yield tooLong(before + 1);
      return;
    }
  }
  const { words, wrong } = parseLines([rest], before);
  yield wrong ?? { address, words };
}

/** The words of lines up to the first that is none; empty lines have no word. */
function parseLines(lines: readonly string[], before: number): { readonly words: Uint32Array; readonly wrong: Mistake | null } {
  const words = new Uint32Array(lines.length);
  let count = 0;
  for (const [index, text] of lines.entries()) {
    if (text.length > MAX_LINE) return { words: words.subarray(0, count), wrong: tooLong(before + index + 1) };
    if (WORD.test(text)) words[count++] = parseInt(text, 16);
    else if (text.trim() !== '') return { words: words.subarray(0, count), wrong: notAWord(before + index + 1, text) };
  }
  return { words: words.subarray(0, count), wrong: null };
}

const WORD = /^\s*(?:0x)?[0-9a-f]{1,8}\s*$/i;

function tooLong(line: number): Mistake {
  return mistake(`stdin:${String(line)}: the line has more than ${String(MAX_LINE)} characters: one word a line is expected, in hexadecimal, such as d53c1100`);
}

function notAWord(line: number, text: string): Mistake {
  const shown = text.trim().slice(0, 40).replace(/[^\x20-\x7e]/g, '?');
  return mistake(`stdin:${String(line)}: '${shown}' is no word: one word a line is expected, in hexadecimal, such as d53c1100`);
}
