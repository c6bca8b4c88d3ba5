// @ts-check
/**
 * `npm run check:kvm -- [--quick] [--qemu] [NAME…]`: the KVM of Debian's kernels on our machine, in VHE and nVHE boots, with
 * GICv2 and GICv3. `kvm-…`: guests/linux/kvm.c makes virtual machines and checks every value that comes out of them.
 * `qemu-…`: Debian's own QEMU boots a Linux in one, to our init, whose self-test passes. `--quick`: one boot, the first of the
 * names. `--qemu`: the same programs on qemu-system-aarch64 instead of our machine, which shows whether they are right.
 * NAME…: only the boots whose name contains one of these: `npm run check:kvm -- kvm-cloud-vhe`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootHere, bootOnQemu, failures, GUESTS, modeOf, unclean } from './boot/linux.mjs';
import { chosen, runBoots } from './boot/queue.mjs';

/** Of our program: some for the host, some for each virtual GIC. */
const HOST_CHECKS = 2;
const VGIC_CHECKS = 57;
const NESTED_TESTS = 10;
const QUICK = 'kvm-cloud-vhe-gic3-1';

/** @typedef {import('./boot/linux.mjs').Boot & { program: 'kvm' | 'qemu' }} KvmBoot */

/** The versions of virtual GICs that a host offers. @param {number} gic @param {boolean} onQemu whose GICv3 has no interface for GICv2 guests */
function virtualGics(gic, onQemu) {
  return gic === 2 ? '2' : onQemu ? '3' : '23';
}

/** @param {boolean} onQemu @returns {KvmBoot[]} */
function allBoots(onQemu) {
  /** @type {KvmBoot[]} */
  const boots = [];
  for (const kernel of ['cloud', 'cloud-6.12'].filter((name) => name === 'cloud' || existsSync(join(GUESTS, name)))) {
    for (const mode of ['vhe', 'nvhe', 'vhe-as-nvhe']) {
      for (const gic of [3, 2]) {
        for (const pes of [1, 2]) {
          boots.push({ name: `kvm-${kernel}-${mode}-gic${String(gic)}-${String(pes)}`, program: 'kvm', kernel, mode, gic, pes, initrd: 'initrd-kvm', append: `vgic=${virtualGics(gic, onQemu)}` });
        }
        boots.push({ name: `qemu-${kernel}-${mode}-gic${String(gic)}-1`, program: 'qemu', kernel, mode, gic, pes: 1, initrd: 'initrd-qemu', memory: '1G' });
      }
    }
  }
  return boots;
}

/** What the console lacks; null where it has all. @param {KvmBoot} boot @param {string} console @param {boolean} onQemu */
function lacking({ program, mode, gic }, console, onQemu) {
  const { kvm } = modeOf(mode);
  if (!kvm.test(console)) return `KVM did not say ${kvm.source}`;
  const passed = program === 'kvm' ? `kvm: ${String(HOST_CHECKS + VGIC_CHECKS * virtualGics(gic, onQemu).length)} passed, 0 failed` : `init: ${String(NESTED_TESTS)} passed, 0 failed`;
  const ended = program === 'kvm' ? 'init: /kvm ended with 0' : 'init: /qemu-system-aarch64 ended with 0';
  return console.includes(passed) && console.includes(ended) ? null : `not “${passed}”: ${failures(console)}`;
}

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' }, qemu: { type: 'boolean' } }, allowPositionals: true });
const onQemu = values.qemu === true;

/** @param {KvmBoot} boot @param {string} folder */
async function check(boot, folder) {
  if (onQemu) {
    const { console, seconds } = await bootOnQemu(boot, folder);
    return { problem: lacking(boot, console, true), note: `${seconds.toFixed(1)} s` };
  }
  const outcome = await bootHere(boot, folder);
  const problems = [unclean(outcome), lacking(boot, outcome.console, false)].filter((problem) => problem !== null);
  const millions = (outcome.document?.instructions.total ?? 0) / 1e6;
  return { problem: problems.length === 0 ? null : problems.join('; '), note: `${millions.toFixed(0)} M instructions, ${outcome.seconds.toFixed(1)} s` };
}

await runBoots('check:kvm', chosen(allBoots(onQemu), positionals, ({ name }) => values.quick !== true || name === QUICK), check);
