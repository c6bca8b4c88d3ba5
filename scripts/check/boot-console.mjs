// @ts-check
/**
 * `npm run check:console -- [NAME…]`: what a Debian kernel prints on our machine with one PE equals what it prints on QEMU's
 * nearest CPU, without PCI and with our device tree (`run --dump-dtb`, `-dtb`). Times are removed; every remaining difference is a row of boot-console-explained.mjs, and a row that explains nothing is a failure.
 * NAME…: only the boots whose name contains one of these.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MODES, bootHere, bootOnQemu, unclean } from './boot/linux.mjs';
import { chosen, runBoots } from './boot/queue.mjs';
import { EXPLAINED } from './boot-console-explained.mjs';

/** @typedef {import('./boot/linux.mjs').Boot} Boot */

/** @returns {Boot[]} */
function allBoots() {
  const boots = Object.keys(MODES).flatMap((mode) => [2, 3].map((gic) => /** @type {const} */ ([mode, gic])));
  return boots.map(([mode, gic]) => ({ name: `cloud-${mode}-gic${String(gic)}`, kernel: 'cloud', mode, gic, pes: 1, initrd: 'initrd', append: 'pes=1', disk: true }));
}

/** The lines of a console, without times. @param {string} console */
function lines(console) {
  return console
    .split('\n')
    .map((line) => line.replace(/^\[ *\d+\.\d+\] /, '').trimEnd())
    .filter((line) => line !== '');
}

/** Lines of `from` that are not in `other`, each as often as it is there more. @param {readonly string[]} from @param {readonly string[]} other */
function surplus(from, other) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const line of other) counts.set(line, (counts.get(line) ?? 0) + 1);
  return from.filter((line) => {
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left <= 0;
  });
}

const used = new Set();

/** @param {string} line @param {'ours' | 'qemu'} side @param {string} name @param {readonly string[]} others what only the other side printed */
function isExplained(line, side, name, others) {
  const row = EXPLAINED.find(
    (candidate) =>
      (candidate.side === undefined || candidate.side === side) &&
      (candidate.boots === undefined || candidate.boots.test(name)) &&
      candidate.line.test(line) &&
      (candidate.moreInQemu === undefined || others.some((other) => moreInQemu(candidate.line, line, side, other) === candidate.moreInQemu)),
  );
  if (row !== undefined) used.add(row);
  return row !== undefined;
}

/** How much more the number is that `pattern` takes out of QEMU's line. @param {RegExp} pattern @param {string} line @param {'ours' | 'qemu'} side @param {string} other */
function moreInQemu(pattern, line, side, other) {
  const more = Number(pattern.exec(line)?.[1]) - Number(pattern.exec(other)?.[1]);
  return side === 'qemu' ? more : -more;
}

/** @param {Boot} boot @param {string} folder */
async function check(boot, folder) {
  const tree = join(folder, `${boot.name}.dtb`);
  const ours = await bootHere(boot, folder, ['--dump-dtb', tree]);
  const stopped = unclean(ours);
  if (stopped !== null) return { problem: stopped, note: '' };
  const qemu = await bootOnQemu(boot, folder, ['-dtb', tree]);
  writeFileSync(join(folder, `${boot.name}.qemu.txt`), qemu.console);
  const [here, there] = [lines(ours.console), lines(qemu.console)];
  const [oursOnly, qemuOnly] = [surplus(here, there), surplus(there, here)];
  const unexplained = [
    ...oursOnly.filter((line) => !isExplained(line, 'ours', boot.name, qemuOnly)).map((line) => `ours only: ${line}`),
    ...qemuOnly.filter((line) => !isExplained(line, 'qemu', boot.name, oursOnly)).map((line) => `QEMU only: ${line}`),
  ];
  return { problem: unexplained.length === 0 ? null : `\n  ${unexplained.join('\n  ')}`, note: `${String(here.length)} lines, ${String(oursOnly.length)} explained` };
}

const { positionals } = parseArgs({ options: {}, allowPositionals: true });
const boots = chosen(allBoots(), positionals, () => true);
const idleRows = () => (boots.length < allBoots().length ? [] : EXPLAINED.filter((row) => !used.has(row)).map((row) => `a row that explains nothing: ${row.line.source}`));
await runBoots('check:console', boots, check, idleRows);
