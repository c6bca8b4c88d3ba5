// @ts-check
/**
 * `npm run check:boot -- [--quick] [NAME…]`: Debian's arm64 kernels, as `npm run guests` fetched them, boot on our machine to
 * our init, whose self-test passes, and power off: at EL1 and EL2, with GICv2 and GICv3, with 1, 2 and 4 PEs. At EL2 the
 * kernel's own KVM must say that it works in the mode that the machine is for. `--quick`: one boot at EL1, one at EL2.
 * NAME…: only the boots whose name contains one of these. Run one at a time: `npm run check:boot -- cloud-el1-gic3-1`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KERNELS } from '../guests/kernels.mjs';
import { bootHere, failures, GUESTS, modeOf, MODES, unclean } from './boot/linux.mjs';
import { chosen, runBoots } from './boot/queue.mjs';

const TESTS = 10;
const QUICK = ['cloud-el1-gic3-1', 'cloud-vhe-gic3-1'];
/** Kernels that apt must have; the others are booted where they were fetched. */
const REQUIRED = ['cloud', 'generic'];

/** @typedef {import('./boot/linux.mjs').Boot} Boot */

/** @returns {Boot[]} */
function allBoots() {
  const boots = [];
  for (const kernel of Object.keys(KERNELS).filter((name) => REQUIRED.includes(name) || existsSync(join(GUESTS, name)))) {
    for (const mode of Object.keys(MODES)) {
      for (const gic of [2, 3]) {
        for (const pes of [1, 2, 4]) {
          boots.push({ name: `${kernel}-${mode}-gic${String(gic)}-${String(pes)}`, kernel, mode, gic, pes, initrd: 'initrd', append: `pes=${String(pes)}`, disk: true });
        }
      }
    }
  }
  return boots;
}

/** @param {Boot} boot @param {string} folder */
async function check(boot, folder) {
  const outcome = await bootHere(boot, folder);
  const { kvm } = modeOf(boot.mode);
  const problems = [
    unclean(outcome),
    outcome.console.includes(`init: ${String(TESTS)} passed, 0 failed`) ? null : `the self-test: ${failures(outcome.console)}`,
    kvm.test(outcome.console) ? null : `KVM did not say ${kvm.source}`,
  ].filter((problem) => problem !== null);
  const millions = (outcome.document?.instructions.total ?? 0) / 1e6;
  return { problem: problems.length === 0 ? null : problems.join('; '), note: `${millions.toFixed(0)} M instructions, ${outcome.seconds.toFixed(1)} s` };
}

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
await runBoots('check:boot', chosen(allBoots(), positionals, ({ name }) => values.quick !== true || QUICK.includes(name)), check);
