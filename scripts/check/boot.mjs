// @ts-check
/**
 * `npm run check:boot -- [--quick] [NAME…]`: Debian's arm64 kernels, as `npm run guests` fetched them, boot on our machine to
 * our init, whose self-test passes, and power off: at EL1 and EL2, with GICv2 and GICv3, with 1, 2 and 4 PEs. At EL2 the
 * kernel's own KVM must say that it works in the mode that the machine is for. A boot of each with a virtio console finds what the
 * self-test writes to /dev/hvc0. `--quick`: one boot at EL1, one at EL2, and one with that console.
 * NAME…: only the boots whose name contains one of these. Run one at a time: `npm run check:boot -- cloud-el1-gic3-1`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KERNELS } from '../guests/kernels.mjs';
import { bootHere, failures, GUESTS, modeOf, MODES, unclean } from './boot/linux.mjs';
import { chosen, runBoots } from './boot/queue.mjs';

const TESTS = 10;
const HVC_LINE = 'init: a line for hvc0\r\n';
const QUICK = ['cloud-el1-gic3-1', 'cloud-vhe-gic3-1', 'cloud-el1-gic3-1-hvc0'];
/** Kernels that apt must have; the others are booted where they were fetched. */
const REQUIRED = ['cloud', 'generic'];

/** @typedef {import('./boot/linux.mjs').Boot & { hvc?: boolean }} Boot */

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
    boots.push({ name: `${kernel}-el1-gic3-1-hvc0`, kernel, mode: 'el1', gic: 3, pes: 1, initrd: 'initrd', append: 'pes=1', disk: true, hvc: true });
  }
  return boots;
}

/** @param {Boot} boot @param {string} folder */
async function check(boot, folder) {
  const hvcFile = join(folder, `${boot.name}-hvc0.txt`);
  const outcome = await bootHere(boot, folder, boot.hvc === true ? ['--virtio-console', hvcFile] : []);
  const { kvm } = modeOf(boot.mode);
  const problems = [
    unclean(outcome),
    outcome.console.includes(`init: ${String(boot.hvc === true ? TESTS + 1 : TESTS)} passed, 0 failed`) ? null : `the self-test: ${failures(outcome.console)}`,
    boot.hvc !== true || (existsSync(hvcFile) && readFileSync(hvcFile, 'latin1') === HVC_LINE) ? null : 'the virtio console does not have the line of the self-test',
    kvm.test(outcome.console) ? null : `KVM did not say ${kvm.source}`,
  ].filter((problem) => problem !== null);
  const millions = (outcome.document?.instructions.total ?? 0) / 1e6;
  return { problem: problems.length === 0 ? null : problems.join('; '), note: `${millions.toFixed(0)} M instructions, ${outcome.seconds.toFixed(1)} s` };
}

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
await runBoots('check:boot', chosen(allBoots(), positionals, ({ name }) => values.quick !== true || QUICK.includes(name)), check);
