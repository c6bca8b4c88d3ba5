// @ts-check
/**
 * `npm run bench:kvm -- [MODE…]`: what a round trip from a guest of Debian's KVM costs, on our machine and on QEMU, in one run:
 * a hypercall that the kernel answers, and a load that user space answers. The machine is timed from outside: the host's time of N
 * round trips and of N/10 is taken, boot included, and the difference counts. Prints figures beside their target and fails for none.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootHere, bootOnQemu } from '../check/boot/linux.mjs';

const HYPERCALLS = 500_000;
const DEVICE_LOADS = 100_000;
/** Of QEMU's time. */
const TARGET = 0.5;

const folder = mkdtempSync(join(tmpdir(), 'worldswitch-bench-'));
const modes = process.argv.length > 2 ? process.argv.slice(2) : ['vhe', 'nvhe'];
for (const mode of modes) {
  for (const [what, count, more] of /** @type {const} */ ([['hypercall', HYPERCALLS, ''], ['load, by user space', DEVICE_LOADS, ' device=1']])) {
    const here = await roundTrip(bootHere, mode, count, more);
    const there = await roundTrip(bootOnQemu, mode, count, more);
    const figures = [`ours ${here.toFixed(2).padStart(7)} us`, `QEMU ${there.toFixed(2).padStart(7)} us`, `ratio ${(here / there).toFixed(2)}`];
    process.stdout.write(`${`${what}, ${mode}`.padEnd(28)} ${figures.join('   ')}   target <= ${String(TARGET)}\n`);
  }
}
rmSync(folder, { recursive: true });

/** Microseconds. @param {(boot: import('../check/boot/linux.mjs').Boot, folder: string) => Promise<import('../check/boot/linux.mjs').Outcome>} start @param {string} mode @param {number} count @param {string} more */
async function roundTrip(start, mode, count, more) {
  const seconds = [];
  for (const rate of [count / 10, count]) {
    const outcome = await start({ name: `${mode}-${String(rate)}`, kernel: 'cloud', mode, gic: 3, pes: 1, initrd: 'initrd-kvm', append: `rate=${String(rate)}${more}` }, folder);
    if (!outcome.console.includes('init: /kvm ended with 0')) throw new Error(`${mode}: ${outcome.stderr || outcome.console.slice(-400)}`);
    seconds.push(outcome.seconds);
  }
  return (((seconds[1] ?? 0) - (seconds[0] ?? 0)) * 1e6) / (count * 0.9);
}
