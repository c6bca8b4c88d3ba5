import { expect, test } from 'vitest';
import { DigestBuilder } from './digest.ts';
import { Sha256 } from './sha256.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

// FIPS 180-4 examples, and the empty message.
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
])('SHA-256 of %j', (text, expected) => {
  expect(new Sha256().update(ascii(text)).hex()).toBe(expected);
});

test('SHA-256 of a million letters, in pieces of odd size', () => {
  const hash = new Sha256();
  const letters = new Uint8Array(997).fill(0x61);
  for (let left = 1_000_000; left > 0; left -= 997) hash.update(letters.subarray(0, Math.min(997, left)));
  expect(hash.hex()).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
});

test('a digest depends on sections, and on the page that a byte is in', () => {
  const digestOf = (offset: number): string => {
    const memory = new ArrayBuffer(0x4000);
    new Uint8Array(memory)[offset] = 1;
    return new DigestBuilder().section('ram').pages(memory, 0, 0x4000).hex();
  };
  expect(digestOf(0x1000)).not.toBe(digestOf(0x2000));
  expect(new DigestBuilder().section('a').word(1).hex()).not.toBe(new DigestBuilder().section('b').word(1).hex());
});
