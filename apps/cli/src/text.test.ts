/** Where a file is no UTF-8 (Unicode 16, table 3-7: well-formed sequences). */
import { expect, test } from 'vitest';
import { decodeText } from './text.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

test('UTF-8 is text, a replacement character in it too', () => {
  expect(decodeText('a.s', new TextEncoder().encode('nop // é, \ufffd, 🙂\n'))).toBe('nop // é, \ufffd, 🙂\n');
});

test.each([
  ['a byte that begins nothing', 'nop\nnop\n// \xff\n', 3, '0xff', 11],
  ['Latin-1', 'nop // caf\xe9\n', 1, '0xe9', 10],
  ['a character that the end of the file cuts', 'nop\n\xe2\x82', 2, '0xe2', 4],
  ['an encoding that is too long', '\xc0\x80', 1, '0xc0', 0],
  ['a surrogate', '\n\xed\xa0\x80', 2, '0xed', 1],
  ['UTF-16', '\xff\xfen\0', 1, '0xff', 0],
])('%s', (_title, text, line, byte, offset) => {
  expect(decodeText('a.s', bytes(text))).toEqual({ mistake: `a.s:${String(line)}: byte ${byte} at offset ${String(offset)} is not UTF-8: save the file in that encoding` });
});
