/** ELF written and read: the fields that other tools rely on, and files that someone else made badly. */
import { expect, test } from 'vitest';
import { isElf, readElf, writeElf, type ElfFile, type ElfResult } from '../src/index.ts';
import { program } from './helpers.ts';

const SOURCE = ' .global _start\n .type _start, %function\n_start: ldr x0, =_start\n ret\n .section .rodata\n .asciz "hello"\n .data\nvalue: .quad value\n .bss\nspace: .space 0x2000\n .section .comment,""\n .ascii "ws"';

function file(): Uint8Array {
  return writeElf(program(SOURCE));
}

function elfOf(result: ElfResult): ElfFile {
  if (!result.ok) throw new Error(result.error.message);
  return result.elf;
}

test('what was written is read back', () => {
  const written = program(SOURCE);
  const elf = elfOf(readElf(writeElf(written)));
  expect(elf.entry).toBe(0x40080000n);
  expect(elf.type).toBe(2);
  expect(elf.sections.slice(0, 5).map(({ name, type, address, size, bytes }) => ({ name, type, address, size, bytes }))).toEqual(
    written.sections.map(({ name, type, address, size, bytes }) => ({ name, type, address, size, bytes: Uint8Array.from(bytes) })),
  );
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  expect([...elf.symbols].sort(byName)).toEqual([...written.symbols].sort(byName));
});

test('segments: code, constants, and data with its space; each lies in the file as in its page', () => {
  const bytes = file();
  const elf = elfOf(readElf(bytes));
  expect(elf.segments.map(({ address, bytes: contents, memorySize, read, write, exec }) => [address, contents.length, memorySize, `${read ? 'r' : ''}${write ? 'w' : ''}${exec ? 'x' : ''}`])).toEqual([
    [0x40080000n, 16, 16n, 'rx'],
    [0x40081000n, 6, 6n, 'r'],
    [0x40082000n, 8, 0x2008n, 'rw'],
  ]);
  const view = new DataView(bytes.buffer);
  for (const index of [0, 1, 2]) {
    const header = 64 + 56 * index;
    expect(view.getBigUint64(header + 8, true) & 0xfffn).toBe(view.getBigUint64(header + 16, true) & 0xfffn);
  }
});

test('local symbols come first, as the format wants', () => {
  const elf = elfOf(readElf(file()));
  const bindings = elf.symbols.map(({ binding }) => binding);
  expect(bindings.lastIndexOf('local')).toBeLessThan(bindings.indexOf('global'));
});

test.each([
  ['an empty file', new Uint8Array(0), 'truncated'],
  ['text', new TextEncoder().encode('not an ELF file at all'), 'not-elf'],
  ['half a header', file().subarray(0, 40), 'truncated'],
  ['a 32-bit file', patched(4, 1), 'wrong-class'],
  ['a big-endian file', patched(5, 2), 'wrong-byte-order'],
  ['a file for x86-64', patched(18, 62), 'wrong-machine'],
  ['program headers of 8 bytes', patched(54, 8), 'bad-segment'],
  ['section headers beyond the end', patched(44, 1), 'truncated'],
  ['a segment larger in the file than in memory', patched(64 + 40, 1), 'bad-segment'],
  ['a segment beyond the address space', patched(64 + 23, 0xff, patched(64 + 16 + 6, 0xff, patched(64 + 47, 0xff))), 'bad-segment'],
])('%s', (_, bytes, code) => {
  const result = readElf(bytes);
  expect(result.ok ? 'ok' : result.error.code).toBe(code);
  expect(isElf(bytes)).toBe(code !== 'not-elf' && bytes.length >= 4);
});

function patched(offset: number, value: number, bytes = file()): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[offset] = value;
  return copy;
}

test('cut off at every byte: an error that names the place, or a file without what was cut', () => {
  const bytes = file();
  for (let length = 0; length < bytes.length; length++) {
    const result = readElf(bytes.subarray(0, length));
    expect(result.ok ? 'ok' : result.error.code).toBe('truncated');
  }
});

test('with any byte of its headers and tables changed: a typed error, or a file whose contents lie in it', () => {
  const bytes = file();
  const tables = bytes.length - 0x400;
  for (let offset = 0; offset < bytes.length; offset = offset === 64 + 3 * 56 ? Math.max(offset + 1, tables) : offset + 1) {
    for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff, bytes[offset]! ^ 0x10]) {
      const result = readElf(patched(offset, value, bytes));
      if (!result.ok) {
        expect(result.error.message).not.toBe('');
        continue;
      }
      const { sections, segments } = result.elf;
      for (const { bytes: contents } of [...sections, ...segments]) expect(contents.length).toBeLessThanOrEqual(bytes.length);
    }
  }
});

/** An ELF file of `count` symbols, absolute, whose names are at `nameOf(i)` of a string table of one long name. */
function manyNames(count: number, nameOf: (i: number) => number, length: number): Uint8Array {
  const [symbols, strings] = [64 + 3 * 64, 64 + 3 * 64 + 24 * (count + 1)];
  const bytes = new Uint8Array(strings + length).fill(0x61, strings + 1, strings + length - 1);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  for (const [offset, value] of [[16, 2], [18, 183], [58, 64], [60, 3]] as const) view.setUint16(offset, value, true);
  view.setBigUint64(40, 64n, true);
  // SYMTAB, linked to the STRTAB behind it.
  for (const [index, type, offset, size, link] of [[1, 2, symbols, 24 * (count + 1), 2], [2, 3, strings, length, 0]] as const) {
    const header = 64 + 64 * index;
    view.setUint32(header + 4, type, true);
    view.setBigUint64(header + 24, BigInt(offset), true);
    view.setBigUint64(header + 32, BigInt(size), true);
    view.setUint32(header + 40, link, true);
    view.setBigUint64(header + 56, 24n, true);
  }
  for (let i = 1; i <= count; i++) {
    view.setUint32(symbols + 24 * i, nameOf(i), true);
    view.setUint16(symbols + 24 * i + 6, 0xfff1, true);
  }
  return bytes;
}

test('names that many symbols share are read once, and ends of one long name only so far', () => {
  const shared = elfOf(readElf(manyNames(20_000, () => 1, 4000)));
  expect([shared.symbols.length, shared.symbols[19_999]?.name.length]).toEqual([20_000, 3998]);
  expect(readElf(manyNames(12_000, (i) => i, 16_200))).toMatchObject({ ok: false, error: { code: 'bad-symbol' } });
});
