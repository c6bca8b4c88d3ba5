/** What a console keeps of what was printed. */
import { DigestBuilder, readSections, restoreParts, saveParts } from '@worldswitch/cpu';
import { expect, test } from 'vitest';
import { Console } from './console.ts';

const MIB = 2 ** 20;

function print(console: Console, text: string, times = 1): Console {
  const bytes = new TextEncoder().encode(text);
  for (let n = 0; n < times; n++) for (const byte of bytes) console.write(byte);
  return console;
}

function digestOf(console: Console): string {
  const digest = new DigestBuilder();
  console.addTo(digest);
  return digest.hex();
}

function copyOf(console: Console): Console {
  const copy = new Console({});
  restoreParts([copy.part('console')], readSections(saveParts([console.part('console')])));
  return copy;
}

const LINE = 'sixteen letters\n';

test('of what is printed 16 MiB are kept, then the later half; lines are counted, and digests know all', () => {
  const seen: string[] = [];
  const console = print(new Console({ line: (line) => seen.push(line) }), LINE, MIB);
  expect([console.bytes.length, console.lines]).toEqual([16 * MIB, MIB]);
  print(console, 'a last line\n');
  expect([console.bytes.length, console.lines, seen.length, seen.at(-1)]).toEqual([8 * MIB + 12, MIB + 1, MIB + 1, 'a last line']);
  const other = print(print(print(new Console({}), 'Sixteen letters\n'), LINE, MIB - 1), 'a last line\n');
  expect([other.bytes.length, other.text === console.text, digestOf(other) === digestOf(console)]).toEqual([console.bytes.length, true, false]);
});

test('a snapshot holds what digests know of what is not kept, and the copy goes on alike', () => {
  const console = print(print(new Console({}), LINE, MIB), 'begun');
  const copy = copyOf(console);
  expect([copy.lines, copy.bytes.length, digestOf(copy)]).toEqual([MIB, 8 * MIB + 5, digestOf(console)]);
  const more = 8 * MIB;
  expect(digestOf(print(copy, 'x', more))).toBe(digestOf(print(console, 'x', more)));
  expect(digestOf(print(copy, '\n'))).toBe(digestOf(copyOf(print(console, '\n'))));
  expect([copy.lines, console.lines]).toEqual([MIB + 1, MIB + 1]);
});
