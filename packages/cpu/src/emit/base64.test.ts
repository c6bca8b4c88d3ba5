/** Base64 against Node's. */
import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

test.each([0, 1, 2, 3, 4, 5, 255, 256, 1000])('%i bytes there and back', (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 151 + 7) & 0xff);
  expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  expect([...fromBase64(toBase64(bytes))]).toEqual([...bytes]);
});
