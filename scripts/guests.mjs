// @ts-check
/**
 * `npm run guests -- [--quick] [FLAVOUR…]`: fetches Debian's arm64 kernels through apt into .cache/guests (all flavours of
 * KERNELS that apt has, or those that are named) and builds initial RAM disks for each from guests/linux, by Debian's cross
 * compiler:
 *
 *   initrd       the self-test, with the virtio modules of the same package
 *   initrd-kvm   a user of /dev/kvm
 *   initrd-qemu  Debian's QEMU, which starts the same kernel with `initrd` in a virtual machine; not with `--quick`
 *
 * Nothing is installed and nothing of it is committed. What is there already, of the version that apt offers, is kept.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GuestError, prepareApt } from './guests/apt.mjs';
import { common, startedByInit } from './guests/archives.mjs';
import { cpioArchive } from './guests/cpio.mjs';
import { fetchKernel, KERNELS } from './guests/kernels.mjs';
import { buildInit, buildKvm } from './guests/programs.mjs';
import { qemuEntries } from './guests/qemu.mjs';
import { root } from './lib/workspace.mjs';

const GUESTS = join(root, '.cache', 'guests');
const NESTED_DISK_BYTES = 8 * 1024 * 1024;
const NESTED_QEMU = [
  '/qemu-system-aarch64', '-accel', 'kvm', '-M', 'virt,gic-version=host', '-cpu', 'host', '-m', '256', '-nographic', '-nodefaults', '-serial', 'stdio',
  '-drive', 'file=/disk,if=none,format=raw,id=disk', '-device', 'virtio-blk-device,drive=disk', '-kernel', '/Image', '-initrd', '/initrd', '-append', 'console=ttyAMA0 pes=1',
];

/** @typedef {import('./guests/cpio.mjs').Entry} Entry */

/** @param {string} folder @param {Uint8Array} init @param {Uint8Array} kvm @param {readonly Entry[] | null} qemu */
function writeArchives(folder, init, kvm, qemu) {
  const modules = readdirSync(join(folder, 'modules')).sort().map((name) => ({ name: `modules/${name}`, mode: 0o644, bytes: readFileSync(join(folder, 'modules', name)) }));
  const initrd = cpioArchive([...common(init), { name: 'modules' }, ...modules]);
  replaceFile(join(folder, 'initrd'), initrd);
  replaceFile(join(folder, 'initrd-kvm'), cpioArchive([...common(init), startedByInit(['/kvm']), { name: 'kvm', bytes: kvm }]));
  if (qemu === null) return;
  const nested = [{ name: 'Image', bytes: readFileSync(join(folder, 'Image')) }, { name: 'initrd', bytes: initrd }, { name: 'disk', mode: 0o600, bytes: new Uint8Array(NESTED_DISK_BYTES) }];
  replaceFile(join(folder, 'initrd-qemu'), cpioArchive([...common(init), startedByInit(NESTED_QEMU), ...qemu, ...nested]));
}

/** At once: somebody may boot from it. @param {string} path @param {Uint8Array} bytes */
function replaceFile(path, bytes) {
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
}

try {
  const { values, positionals: wanted } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
  const unknown = wanted.find((flavour) => !(flavour in KERNELS));
  if (unknown !== undefined) throw new GuestError(`no flavour ${unknown}: there are ${Object.keys(KERNELS).join(', ')}`);
  mkdirSync(GUESTS, { recursive: true });
  prepareApt(KERNELS.cloud);
  const init = buildInit();
  const kvm = buildKvm();
  const qemu = values.quick === true ? null : qemuEntries(GUESTS);
  for (const [flavour, name] of Object.entries(KERNELS)) {
    if (wanted.length > 0 && !wanted.includes(flavour)) continue;
    const folder = fetchKernel(GUESTS, flavour, name);
    if (folder !== null) writeArchives(folder, init, kvm, qemu);
    process.stdout.write(`${flavour}: ${folder === null ? 'apt has no such kernel' : readFileSync(join(folder, 'version'), 'utf8').trim()}\n`);
  }
} catch (error) {
  if (!(error instanceof GuestError)) throw error;
  process.stderr.write(`guests: ${error.message}\n`);
  process.exitCode = 1;
}
