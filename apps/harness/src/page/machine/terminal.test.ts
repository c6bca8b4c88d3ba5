import { expect, it } from 'vitest';
import { bytesOfKey, Terminal } from './terminal.ts';

const printed = (...parts: string[]): string => {
  const terminal = new Terminal();
  for (const part of parts) terminal.write(new TextEncoder().encode(part));
  return terminal.text;
};

it('keeps what looks like markup as text', () => {
  expect(printed('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
});

it('returns, goes back, and erases to the end of the line, also where a sequence is split', () => {
  expect(printed('abc\rx\b', 'yz\n', 'long line\r\x1b', '[K', 'short')).toBe('yzc\nshort');
});

it('leaves colours out, and a character in two parts whole', () => {
  const terminal = new Terminal();
  terminal.write(Uint8Array.of(0x1b, 0x5b, 0x33, 0x31, 0x6d, 0xc3));
  terminal.write(Uint8Array.of(0xa9));
  expect(terminal.text).toBe('\u00e9');
});

it('keeps a bounded number of lines', () => {
  expect(printed('x\n'.repeat(5000)).split('\n').length).toBeLessThanOrEqual(2000);
});

it.each([['a', false, [97]], ['c', true, [3]], ['Enter', false, [13]], ['F5', false, null], ['constructor', false, null]] as const)('sends for %s (control: %s) %s', (key, ctrlKey, bytes) => {
  const sent = bytesOfKey({ key, ctrlKey, altKey: false, metaKey: false });
  expect(sent === null ? null : [...sent]).toEqual(bytes);
});
