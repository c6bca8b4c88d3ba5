/** Lines of the sample, damaged: whatever comes of it is a program that can be written, or diagnostics; never an exception. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { assemble, flatImage, formatDiagnostic, formatListing, readElf, writeElf } from '../src/index.ts';

const LINES = readFileSync(fileURLToPath(new URL('sample.s', import.meta.url)), 'utf8').split('\n');
const WORDS = [...new Set(LINES.join(' ').match(/[\w.]+|\S/g)), '/*', '*/', '"', "'", '\\', '0x', '1f', '99999999999', '.org', '.space', '-', '~', '.', '@', '\0', 'é', ':lo12:', '}', '[', ']!'];
const CASES = 5000;

/** Numerical Recipes' generator: the cases are the same in every run. */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function damaged(line: string, below: (limit: number) => number): string {
  const parts: string[] = line.match(/[\w.]+|\s+|\S/g) ?? [''];
  for (let edits = below(4); edits > 0; edits--) {
    const word = WORDS[below(WORDS.length)] ?? '';
    parts.splice(below(parts.length), below(2), ...(below(3) === 0 ? [] : [word]));
  }
  return parts.join('');
}

test(`${String(CASES)} damaged sources`, () => {
  const below = generator(1);
  for (let count = 0; count < CASES; count++) {
    const source = Array.from({ length: 1 + below(10) }, () => damaged(LINES[below(LINES.length)] ?? '', below)).join('\n');
    const result = assemble(source);
    if (result.ok) {
      expect(readElf(writeElf(result.program)).ok, source).toBe(true);
      expect(flatImage(result.program), source).not.toBeNull();
      expect(formatListing(result.program).split('\n').length, source).toBeGreaterThanOrEqual(result.program.lines.length);
    } else {
      expect(result.diagnostics.length, source).toBeGreaterThan(0);
      for (const diagnostic of result.diagnostics) expect(formatDiagnostic(diagnostic), source).toMatch(/^input\.s:[1-9]\d*:[1-9]\d*: (?:error|warning): \S/);
    }
  }
});
