/** The C guest that checks itself, bare: the same text on our machine and on QEMU. Needs Debian's cross compiler. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { createMachine } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'worldswitch-guests-'));
const builder = pathToFileURL(join(fileURLToPath(new URL('.', import.meta.url)), '..', '..', '..', 'guests', 'build.mjs')).href;
const { buildGuests, COMPILER } = (await import(builder)) as { buildGuests: (out: string) => Record<string, string> | null; COMPILER: string };
const has = (command: string): boolean => spawnSync(command, ['--version']).error === undefined;
const built = has(COMPILER) ? buildGuests(folder) : null;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const EXPECTED = 'PASS: 10000 exits, 5018 calls and 4982 reads, 0 mismatches\n';

test.skipIf(built === null).each(['seattle', 'thunderx2'] as const)('selfcheck passes at EL1 on %s (skipped without a cross compiler)', (profile) => {
  const made = createMachine({ profile, clock: 'retired', memory: 16 * 1024 * 1024 });
  if (!made.ok) throw new Error(made.error.message);
  const { machine } = made;
  const loaded = machine.loadElf(readFileSync(built!['selfcheck']!));
  if (!loaded.ok) throw new Error(loaded.error.message);
  machine.start(loaded.image.entry);
  const stop = machine.run({ maxInstructions: 100_000_000 });
  expect(machine.console.text).toBe(EXPECTED);
  expect(stop).toEqual({ reason: 'poweroff', exitCode: 0, diagnostic: null });
});

test.skipIf(built === null || !has('qemu-system-aarch64'))('selfcheck prints the same on QEMU (skipped without it)', () => {
  const args = ['-M', 'virt', '-cpu', 'cortex-a57', '-m', '128M', '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-nic', 'none', '-kernel', built!['selfcheck']!];
  const { stdout } = spawnSync('qemu-system-aarch64', args, { encoding: 'utf8', timeout: 60_000 });
  expect(stdout).toBe(EXPECTED);
});
