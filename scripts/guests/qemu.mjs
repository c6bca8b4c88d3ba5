// @ts-check
/** Debian's arm64 QEMU, to run inside a guest: the program and the shared libraries that the loader asks for, nothing else. */
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies, GuestError, packageFields, unpack } from './apt.mjs';
import { neededLibraries } from './programs.mjs';

const PACKAGE = 'qemu-system-arm';
const PROGRAM = 'usr/bin/qemu-system-aarch64';
/** Packages with libraries, fetched together. */
const LIBRARY_PACKAGE = /^(?:lib|zlib)/;
const BATCH = 16;
const LIBRARY_FOLDERS = ['usr/lib/aarch64-linux-gnu', 'lib/aarch64-linux-gnu'];

/** @typedef {import('./cpio.mjs').Entry} Entry */

/** The members of an archive that has QEMU as /qemu-system-aarch64. @param {string} guests @returns {Entry[]} */
export function qemuEntries(guests) {
  const unpacked = join(guests, 'qemu');
  const newest = packageFields(PACKAGE);
  if (newest === null) throw new GuestError(`${PACKAGE}: apt does not have it for arm64`);
  const stamp = join(unpacked, 'version');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== `${newest.version}\n`) {
    rmSync(unpacked, { recursive: true, force: true });
    mkdirSync(unpacked, { recursive: true });
    unpack([PACKAGE], unpacked);
  }
  const program = join(unpacked, PROGRAM);
  const libraries = resolveLibraries(program, unpacked);
  writeFileSync(stamp, `${newest.version}\n`);
  return [
    { name: 'lib' },
    ...[...libraries].sort().map(([name, file]) => ({ name: `lib/${name}`, bytes: readFileSync(file) })),
    { name: 'qemu-system-aarch64', bytes: readFileSync(program) },
  ];
}

/**
 * Where each library is that the program needs, and those that they need. While one is not there, more of the packages that
 * PACKAGE depends on are unpacked. @param {string} program @param {string} unpacked @returns {Map<string, string>}
 */
function resolveLibraries(program, unpacked) {
  /** @type {Map<string, string>} */
  const found = new Map();
  /** @type {string[] | null} */
  let packages = null;
  const asked = neededLibraries(program);
  for (let name = asked.shift(); name !== undefined; name = asked.shift()) {
    if (found.has(name)) continue;
    let file = libraryFile(name, unpacked);
    while (file === null) {
      packages ??= dependencies(PACKAGE).filter((depended) => LIBRARY_PACKAGE.test(depended));
      const batch = packages.splice(0, BATCH);
      if (batch.length === 0) throw new GuestError(`${PACKAGE}: no package has ${name}`);
      unpack(batch, unpacked);
      file = libraryFile(name, unpacked);
    }
    found.set(name, file);
    asked.push(...neededLibraries(file));
  }
  return found;
}

/** @param {string} name @param {string} unpacked */
function libraryFile(name, unpacked) {
  const file = LIBRARY_FOLDERS.map((folder) => join(unpacked, folder, name)).find((candidate) => existsSync(candidate));
  return file === undefined ? null : realpathSync(file);
}
