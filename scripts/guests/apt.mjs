// @ts-check
/** Debian's arm64 packages, fetched and unpacked through apt without installing anything. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { root } from '../lib/workspace.mjs';

/** A guest cannot be had; the message says why. */
export class GuestError extends Error {}

/** @param {string} command @param {readonly string[]} args @param {string} [cwd] */
export function run(command, args, cwd = root) {
  return runForBytes(command, args, cwd).toString('utf8');
}

/** @param {string} command @param {readonly string[]} args @param {string} [cwd] */
export function runForBytes(command, args, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, maxBuffer: 1 << 28 });
  if (error !== undefined) throw new GuestError(`${command}: not found`);
  if (status !== 0) throw new GuestError(`${command} ${args.join(' ')}: ${stderr.toString('utf8').trim().split('\n').at(-1) ?? ''}`);
  return stdout;
}

/** Makes apt know arm64 packages. @param {string} one a package that must then be known */
export function prepareApt(one) {
  if (run('dpkg', ['--print-foreign-architectures']).split('\n').includes('arm64') && packageFields(one) !== null) return;
  const as = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  for (const command of [['dpkg', '--add-architecture', 'arm64'], ['apt-get', 'update', '-qq']]) {
    const [program = '', ...args] = [...as, ...command];
    run(program, args);
  }
}

/**
 * Version and dependencies (of alternatives the first) of the newest arm64 package of that name; null if apt has none.
 * @param {string} name @returns {{ version: string, depends: string[] } | null}
 */
export function packageFields(name) {
  const { status, stdout } = spawnSync('apt-cache', ['show', '--no-all-versions', `${name}:arm64`], { encoding: 'utf8' });
  const version = status === 0 ? /^Version: (\S+)/m.exec(stdout)?.[1] : undefined;
  if (version === undefined) return null;
  const depends = ['Pre-Depends', 'Depends'].flatMap((field) => new RegExp(`^${field}: (.*)`, 'm').exec(stdout)?.[1]?.split(',') ?? []);
  return { version, depends: depends.map((text) => text.trim().split(/[\s:]/)[0] ?? '') };
}

/** The arm64 packages that a package depends on, and those that they do, nearest first. @param {string} name @returns {string[]} */
export function dependencies(name) {
  const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((relation) => `--no-${relation}`);
  return [...run('apt-cache', ['depends', '--recurse', ...without, `${name}:arm64`]).matchAll(/^([a-z0-9][^:\s]*):arm64$/gm)].map((match) => match[1] ?? '');
}

/** Downloads packages and unpacks them below `folder`, over what is there. @param {readonly string[]} names @param {string} folder */
export function unpack(names, folder) {
  const scratch = `${folder}.deb`;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  run('apt-get', ['download', '-qq', ...names.map((name) => `${name}:arm64`)], scratch);
  const archives = readdirSync(scratch).filter((file) => file.endsWith('.deb'));
  if (archives.length !== names.length) throw new GuestError(`${names.join(', ')}: apt did not download all`);
  for (const archive of archives) run('dpkg-deb', ['-x', archive, folder], scratch);
  rmSync(scratch, { recursive: true });
}
