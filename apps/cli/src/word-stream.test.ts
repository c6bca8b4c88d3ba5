/** Lines that hold no word, however they arrive. */
import { expect, test } from 'vitest';
import { hexWords } from './word-stream.ts';

/** The words of a text that arrives in pieces of that size, and the mistake that ends them. */
async function wordsOf(text: string, size: number): Promise<{ readonly words: readonly number[]; readonly mistake: string | null }> {
  async function* chunks(): AsyncIterable<Uint8Array> {
    await Promise.resolve();
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const words: number[] = [];
  for await (const run of hexWords(chunks(), 0n)) {
    if ('mistake' in run) return { words, mistake: run.mistake };
    words.push(...run.words);
  }
  return { words, mistake: null };
}

const TOO_LONG = 'stdin:2: the line has more than 1000 characters: one word a line is expected, in hexadecimal, such as d53c1100';

test.each([1, 7, 1000, 5000])('in pieces of %i bytes: blanks up to a limit, and then a mistake', async (size) => {
  const blanks = ' '.repeat(992);
  expect(await wordsOf(`d503201f\n${blanks}d503201f\n0x1\n`, size)).toEqual({ words: [0xd503_201f, 0xd503_201f, 1], mistake: null });
  expect(await wordsOf(`d503201f\n${blanks} d503201f\n0x1\n`, size)).toEqual({ words: [0xd503_201f], mistake: TOO_LONG });
  expect(await wordsOf(`d503201f\n${' '.repeat(4000)}`, size)).toEqual({ words: [0xd503_201f], mistake: TOO_LONG });
  expect(await wordsOf(`d503201f\n${'0'.repeat(4000)}\n1\n`, size)).toEqual({ words: [0xd503_201f], mistake: TOO_LONG });
});
