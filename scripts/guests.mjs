// @ts-check
/**
 * `npm run guests`: fetches Debian's arm64 kernels through apt into .cache/guests and builds initial RAM disks for them: our
 * own init (guests/linux/init.c, by Debian's cross compiler) and the virtio modules of the same package. Nothing is installed
 * and nothing of it is committed. What is there already, of the version that apt offers, is kept.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpioArchive } from './guests/cpio.mjs';
import { filesBelow, root } from './lib/workspace.mjs';

export const GUESTS = join(root, '.cache', 'guests');
/** Debian's packages that depend on the newest kernel of a flavour. */
const KERNELS = { cloud: 'linux-image-cloud-arm64', generic: 'linux-image-arm64' };
/** Loaded in this order; what is built in has no file. */
const MODULES = ['virtio_ring', 'virtio', 'virtio_mmio', 'virtio_blk', 'virtio-rng'];
const COMPILER = process.env['CROSS_CC'] ?? 'aarch64-linux-gnu-gcc';

class GuestError extends Error {}

/** @param {string} command @param {readonly string[]} args @param {string} [cwd] */
function run(command, args, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (error !== undefined) throw new GuestError(`${command}: not found`);
  if (status !== 0) throw new GuestError(`${command} ${args.join(' ')}: ${stderr.trim().split('\n').at(-1) ?? ''}`);
  return stdout;
}

/** Makes apt know arm64 packages. */
function prepareApt() {
  if (run('dpkg', ['--print-foreign-architectures']).split('\n').includes('arm64') && spawnSync('apt-cache', ['show', `${KERNELS.cloud}:arm64`]).status === 0) return;
  const as = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  for (const command of [['dpkg', '--add-architecture', 'arm64'], ['apt-get', 'update', '-qq']]) {
    const [program = '', ...args] = [...as, ...command];
    run(program, args);
  }
}

/** The package that a flavour's newest kernel is in, and its version. @param {string} name */
function newest(name) {
  const text = run('apt-cache', ['show', '--no-all-versions', `${name}:arm64`]);
  const depends = /^Depends: (linux-image-\S+)/m.exec(text)?.[1];
  const version = /^Version: (\S+)/m.exec(text)?.[1];
  if (depends === undefined || version === undefined) throw new GuestError(`${name}: apt does not say which kernel it is`);
  return { kernel: depends, version };
}

/** @param {string} flavour @param {string} name */
function fetchKernel(flavour, name) {
  const { kernel, version } = newest(name);
  const folder = join(GUESTS, flavour);
  const stamp = join(folder, 'version');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === `${kernel} ${version}\n`) return folder;
  rmSync(folder, { recursive: true, force: true });
  const scratch = join(GUESTS, `${flavour}.new`);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  run('apt-get', ['download', '-qq', `${kernel}:arm64`], scratch);
  const archive = readdirSync(scratch).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new GuestError(`${kernel}: apt downloaded nothing`);
  run('dpkg-deb', ['-x', archive, 'root'], scratch);
  const image = filesBelow(join(scratch, 'root', 'boot')).find((file) => /vmlinuz-/.test(file));
  if (image === undefined) throw new GuestError(`${kernel}: no kernel in the package`);
  renameSync(image, join(scratch, 'Image'));
  mkdirSync(join(scratch, 'modules'));
  for (const file of filesBelow(join(scratch, 'root', 'lib', 'modules'))) {
    const module = MODULES.find((candidate) => file.endsWith(`/${candidate}.ko`));
    if (module !== undefined) renameSync(file, join(scratch, 'modules', `${module}.ko`));
  }
  rmSync(join(scratch, 'root'), { recursive: true });
  rmSync(join(scratch, archive));
  writeFileSync(join(scratch, 'version'), `${kernel} ${version}\n`);
  renameSync(scratch, folder);
  return folder;
}

function buildInit() {
  const out = join(GUESTS, 'init');
  run(COMPILER, ['-O2', '-static', '-pthread', '-Wall', '-Wextra', '-Werror', '-Wno-array-bounds', '-o', out, join(root, 'guests', 'linux', 'init.c')]);
  return readFileSync(out);
}

/** @param {string} folder @param {Uint8Array} init */
function writeInitrd(folder, init) {
  const modules = readdirSync(join(folder, 'modules')).sort().map((name) => ({ name: `modules/${name}`, mode: 0o644, bytes: readFileSync(join(folder, 'modules', name)) }));
  const entries = [
    { name: 'dev' }, { name: 'modules' }, { name: 'proc' },
    { name: 'dev/console', mode: 0o600, device: /** @type {[number, number]} */ ([5, 1]) },
    { name: 'init', bytes: init },
    ...modules,
  ];
  writeFileSync(join(folder, 'initrd'), cpioArchive(entries));
}

try {
  mkdirSync(GUESTS, { recursive: true });
  prepareApt();
  const init = buildInit();
  for (const [flavour, name] of Object.entries(KERNELS)) {
    const folder = fetchKernel(flavour, name);
    writeInitrd(folder, init);
    process.stdout.write(`${flavour}: ${readFileSync(join(folder, 'version'), 'utf8').trim()}\n`);
  }
} catch (error) {
  if (!(error instanceof GuestError)) throw error;
  process.stderr.write(`guests: ${error.message}\n`);
  process.exitCode = 1;
}
