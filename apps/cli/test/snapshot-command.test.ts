/** `run --snapshot` and `--restore`, and `snapshot`: a machine goes through a file; files that are none are one line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packSnapshot, unpackSnapshot } from '../src/run/snapshot-file.ts';
import type { SnapshotDiffDocument, SnapshotDocument } from '../src/commands/snapshot.ts';
import { inFolder, run } from './run.ts';

/** Prints a and b, each with a line end, and powers off. */
const SOURCE = `
_start: mov x3, #0x09000000
        mov w4, #'a'
1:      str w4, [x3]
        mov w5, #10
        str w5, [x3]
        add w4, w4, #1
        cmp w4, #'c'
        b.ne 1b
        movz w0, #0x8400, lsl #16
        movk w0, #8
        hvc #0
`;

/** A folder with a snapshot after the line a. */
async function withSnapshot(use: (path: (name: string) => string) => Promise<void>): Promise<void> {
  await inFolder({ 'a.s': SOURCE }, async (path) => {
    await run(['asm', path('a.s'), '-o', path('a.elf')]);
    expect(await run(['run', path('a.elf'), '--memory', '1M', '--smp', '2', '--until', '^a$', '--snapshot', path('a.snap')])).toEqual({ status: 0, stdout: 'a\n', stderr: '' });
    await use(path);
  });
}

test('what was saved goes on where it was, and needs no option', async () => {
  await withSnapshot(async (path) => {
    expect(await run(['run', '--restore', path('a.snap')])).toEqual({ status: 0, stdout: 'b\n', stderr: '' });
    const { stdout } = await run(['snapshot', 'show', path('a.snap'), '--json']);
    const document = JSON.parse(stdout) as SnapshotDocument;
    expect(document).toMatchObject({ schema: 'worldswitch.snapshot/1', machine: { name: 'generic', el: 1, gic: 3, memoryBytes: 1 << 20 }, instructions: 5, consoleLines: 1 });
    expect(document.pes.map(({ state }) => state)).toEqual(['ready', 'off']);
    expect((await run(['snapshot', 'show', path('a.snap')])).stdout).toContain('generic, EL1, GICv3, 1 MiB, clock cost\n5 instructions');
  });
});

test('diff names the sections that differ', async () => {
  await withSnapshot(async (path) => {
    await run(['run', '--restore', path('a.snap'), '--max-instructions', '6', '--snapshot', path('b.snap')]);
    expect((await run(['snapshot', 'diff', path('a.snap'), path('a.snap')])).stdout).toBe('no difference\n');
    const { status, stdout } = await run(['snapshot', 'diff', path('a.snap'), path('b.snap'), '--json']);
    const { rows } = JSON.parse(stdout) as SnapshotDiffDocument;
    expect([status, rows.map(({ section }) => section)]).toEqual([1, expect.arrayContaining(['pe0/state', 'pe0/counters'])]);
    expect(rows.map(({ section }) => section)).not.toContain('ram');
  });
});

test.each([
  [['run', '--restore', 'a.elf'], 'a.elf: snapshot, offset 0: these bytes are no snapshot: give a snapshot that this release wrote'],
  [['run', '--restore', 'a.snap', '--memory', '2M'], '--memory: the snapshot says itself what the machine is: leave it out, or leave out --restore'],
  [['run', '--restore', 'a.snap', 'a.elf'], '--restore: the snapshot has an image already: leave out a.elf'],
  [['run', 'a.elf', '--kvm', 'vhe', '--snapshot', 'c.snap'], '--snapshot: a machine with our hypervisor cannot be saved yet: leave out --kvm'],
  [['snapshot', 'show'], 'snapshot show: write snapshot show FILE, or snapshot diff A B'],
])('one line and status 2: %j', async (args, message) => {
  await withSnapshot(async (path) => {
    const { status, stderr } = await run(args.map((arg) => (/\.(elf|snap)$/.test(arg) ? path(arg) : arg)));
    expect([status, stderr.replaceAll(path('/'), '')]).toEqual([2, `worldswitch: ${message}\n`]);
  });
});

test('a file that was cut off or changed is one line', async () => {
  await withSnapshot(async (path) => {
    const file = readFileSync(path('a.snap'));
    for (const [damaged, message] of [
      [file.subarray(0, 1000), 'is not complete: the file was cut off'],
      [Buffer.from(file).fill(0xff, 400, 500), ''],
      [Buffer.from(file).fill(9, 8, 9), 'the file has version 9, and this release reads version 1'],
      [Buffer.from(file).fill(0xff, 16, 24), 'which cannot be: it was changed'],
    ] as const) {
      writeFileSync(path('b.snap'), damaged);
      const { status, stderr } = await run(['run', '--restore', path('b.snap')]);
      expect([status, stderr.split('\n').length, stderr.includes(message)]).toEqual([2, 2, true]);
    }
  });
});

test('a file of several pieces is what was packed', async () => {
  const snapshot = Uint8Array.from({ length: 5 << 19 }, (_, at) => (at * at) >> 8);
  const unpacked = await unpackSnapshot(await packSnapshot(snapshot));
  expect(unpacked instanceof Uint8Array && Buffer.compare(unpacked, snapshot) === 0).toBe(true);
});
