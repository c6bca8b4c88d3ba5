/** The sample file, byte for byte as GNU as and ld make it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { writeElf } from '../src/index.ts';
import { flat, hex, program } from './helpers.ts';

const SAMPLE = readFileSync(fileURLToPath(new URL('sample.s', import.meta.url)), 'utf8');
const PREFIX = 'aarch64-linux-gnu-';

/** Our own layout: kinds of section from new pages. */
const LINKER_SCRIPT = `ENTRY(_start) SECTIONS {
  . = 0x40080000; .text : { *(.text) } .text.vectors : { *(.text.vectors) }
  . = ALIGN(0x1000); .rodata : { *(.rodata) }
  . = ALIGN(0x1000); .data : { *(.data) } .bss : { *(.bss) }
}`;

function isPresent(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const hasGnu = ['as', 'ld', 'objcopy'].every((name) => isPresent(PREFIX + name));
if (!hasGnu) process.stderr.write(`skipped: ${PREFIX}as, ld and objcopy are not installed (package binutils-aarch64-linux-gnu)\n`);

function inFolder<T>(use: (path: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-'));
  try {
    return use((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(!hasGnu)('the sample file has the bytes that GNU as and ld give it', () => {
  const expected = inFolder((path) => {
    writeFileSync(path('sample.s'), SAMPLE);
    writeFileSync(path('layout.ld'), LINKER_SCRIPT);
    execFileSync(`${PREFIX}as`, [path('sample.s'), '-o', path('sample.o')]);
    execFileSync(`${PREFIX}ld`, ['-T', path('layout.ld'), path('sample.o'), '-o', path('sample.elf')], { stdio: 'ignore' });
    execFileSync(`${PREFIX}objcopy`, ['-O', 'binary', path('sample.elf'), path('sample.bin')]);
    return readFileSync(path('sample.bin'));
  });
  expect(hex(flat(SAMPLE))).toBe(hex(expected));
});

test.skipIf(!hasGnu)('readelf and objdump read our ELF file without a complaint', () => {
  inFolder((path) => {
    writeFileSync(path('ours.elf'), writeElf(program(SAMPLE)));
    const headers = execFileSync(`${PREFIX}readelf`, ['-hlSsW', path('ours.elf')], { encoding: 'utf8' });
    expect(headers).toMatch(/Entry point address:\s+0x40080000/);
    expect(headers).toMatch(/LOAD\s+0x001000 0x0000000040080000/);
    expect(headers).toMatch(/FUNC\s+GLOBAL\s+DEFAULT\s+1 _start/);
    expect(headers).not.toMatch(/[Ww]arning|[Ee]rror/);
    expect(execFileSync(`${PREFIX}objdump`, ['-d', path('ours.elf')], { encoding: 'utf8' })).toContain('<_start>:');
  });
});
