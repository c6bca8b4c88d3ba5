// @ts-check
/**
 * `npm run check:guests -- [--quick]`: the C guest that checks its own registers, flags and memory after each of 10,000 exits.
 * Under every prefix of the series, in both modes, scheduled out never and at every exit, it must pass and end with one
 * and the same guestDigest (clock `retired`); bare on our core, and on QEMU, it must print the same text.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildGuests } from '../../guests/build.mjs';
import { createMachine } from '../../packages/machine/dist/index.js';
import { runWorkers } from './lib/pool.mjs';

const QEMU = 'qemu-system-aarch64';
const QEMU_SECONDS = 60;
/** Both ends, and the steps that move state between the switch and load or put. */
const QUICK_PREFIXES = [0, 3, 17, 28, 33, 39, 40];

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, workers: { type: 'string' } } });
const prefixes = values.quick === true ? QUICK_PREFIXES : Array.from({ length: 41 }, (_, prefix) => prefix);
const workers = Math.max(1, Number(values.workers ?? '2'));

let passed = 0;
let failed = 0;
/** @param {boolean} ok @param {string} what */
function report(ok, what) {
  if (ok) passed++;
  else {
    failed++;
    process.stdout.write(`FAILED ${what}\n`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'worldswitch-guests-'));
try {
  check(folder);
  await checkHypervised(folder);
} finally {
  rmSync(folder, { recursive: true });
}
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** What the guest prints bare. @param {string} out */
function check(out) {
  const built = buildGuests(out);
  report(built !== null, 'the guests are built');
  if (built === null) return;
  const bare = runBare(readFileSync(join(out, 'selfcheck.elf')));
  process.stdout.write(`bare: ${bare}`);
  report(/^PASS: \d+ exits, .* 0 mismatches\n$/.test(bare), `bare, the guest prints ${JSON.stringify(bare)}`);
  const qemu = spawnSync(QEMU, ['-M', 'virt', '-cpu', 'cortex-a57', '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-nic', 'none', '-kernel', join(out, 'selfcheck.elf')], {
    encoding: 'utf8',
    timeout: QEMU_SECONDS * 1000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  report(qemu.stdout === bare, `${QEMU} prints ${JSON.stringify(qemu.stdout ?? qemu.error?.message)}, our core ${JSON.stringify(bare)}`);
}

/** @param {Uint8Array} image */
function runBare(image) {
  const made = createMachine({ profile: 'generic', clock: 'retired', memory: 16 * 2 ** 20 });
  if (!made.ok) return made.error.message;
  const loaded = made.machine.loadElf(image);
  if (!loaded.ok) return loaded.error.message;
  made.machine.start(loaded.image.entry);
  const stop = made.machine.run({ maxInstructions: 200_000_000 });
  return stop.reason === 'poweroff' ? made.machine.console.text : `ended with ${stop.reason}`;
}

/** @param {string} out */
async function checkHypervised(out) {
  const started = performance.now();
  let done = 0;
  /** @type {import('./lib/guests-worker.mjs').Result[][]} */
  const results = await runWorkers(new URL('lib/guests-worker.mjs', import.meta.url), workers, { prefixes, image: join(out, 'selfcheck.elf') }, () => {
    done++;
    if (process.stderr.isTTY) process.stderr.write(`\r${String(done)} runs`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const runs = results.flat();
  const digest = runs.find((run) => run.digest !== null)?.digest ?? null;
  for (const { name, text, stop, digest: own } of runs) {
    report(stop === 'poweroff' && text.startsWith('PASS: ') && own !== null && own === digest, `${name}: ended with ${stop}, digest ${String(own)}, printed ${JSON.stringify(text)}`);
  }
  process.stdout.write(`${String(runs.length)} runs under the hypervisor, ${String(prefixes.length)} prefixes, digest ${String(digest)}, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
}
