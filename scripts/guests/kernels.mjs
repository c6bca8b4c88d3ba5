// @ts-check
/** Debian's arm64 kernels and their virtio modules, one folder a flavour. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filesBelow } from '../lib/workspace.mjs';
import { GuestError, packageFields, runForBytes, unpack } from './apt.mjs';

/** Debian's packages that depend on the newest kernel of a flavour. */
export const KERNELS = {
  cloud: 'linux-image-cloud-arm64',
  generic: 'linux-image-arm64',
  'cloud-6.12': 'linux-image-6.12-cloud-arm64',
  'generic-6.12': 'linux-image-6.12-arm64',
};
/** Loaded in this order; what is built in has no file. */
const MODULES = ['virtio_ring', 'virtio', 'virtio_mmio', 'virtio_blk', 'virtio-rng', 'virtio_console'];
/** In the flavour's folder: the modules that were looked for, of which some may be built in. */
const WANTED = 'modules.wanted';

/**
 * The flavour's folder with Image, modules and version, fetched unless it is there in the version that apt offers; null if apt
 * has no such kernel. @param {string} guests @param {string} flavour @param {string} name
 */
export function fetchKernel(guests, flavour, name) {
  const newest = packageFields(name);
  if (newest === null) return null;
  const kernel = newest.depends.find((depended) => depended.startsWith('linux-image-'));
  if (kernel === undefined) throw new GuestError(`${name}: apt does not say which kernel it is`);
  const folder = join(guests, flavour);
  const stamp = join(folder, 'version');
  const version = `${kernel} ${newest.version}\n`;
  const wanted = `${MODULES.join('\n')}\n`;
  const says = (/** @type {string} */ file, /** @type {string} */ text) => existsSync(file) && readFileSync(file, 'utf8') === text;
  if (says(stamp, version) && says(join(folder, WANTED), wanted)) return folder;
  const scratch = join(guests, `${flavour}.new`);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(join(scratch, 'modules'), { recursive: true });
  const unpacked = join(scratch, 'root');
  unpack([kernel], unpacked);
  const image = filesBelow(join(unpacked, 'boot')).find((file) => /vmlinuz-/.test(file));
  if (image === undefined) throw new GuestError(`${kernel}: no kernel in the package`);
  renameSync(image, join(scratch, 'Image'));
  for (const file of filesBelow(join(unpacked, 'lib', 'modules'))) {
    const module = MODULES.find((candidate) => basename(file).replace(/\.xz$/, '') === `${candidate}.ko`);
    if (module !== undefined) writeFileSync(join(scratch, 'modules', `${module}.ko`), file.endsWith('.xz') ? runForBytes('xz', ['-dc', file]) : readFileSync(file));
  }
  rmSync(unpacked, { recursive: true });
  writeFileSync(join(scratch, 'version'), version);
  writeFileSync(join(scratch, WANTED), wanted);
  // Whoever boots meanwhile finds the old archives beside the new kernel.
  const old = `${folder}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(folder)) {
    for (const archive of readdirSync(folder).filter((name) => name.startsWith('initrd'))) copyFileSync(join(folder, archive), join(scratch, archive));
    renameSync(folder, old);
  }
  renameSync(scratch, folder);
  rmSync(old, { recursive: true, force: true });
  return folder;
}
