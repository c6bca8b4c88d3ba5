// @ts-check
/**
 * The checkout: whether it is installed and built, and how to get it there. Knows no command of the product.
 * Nothing here writes to stdout; the scripts that use it own that.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const stateFolder = join(root, '.cache', 'workspace');

/** @typedef {{ name: string, folder: string, manifest: any }} Member */

/** The packages and apps of the workspace at `at`, in folder order. @param {string} at @returns {Member[]} */
export function members(at = root) {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(at, group))
      .sort()
      .map((name) => ({ name, folder: join(at, group, name) }))
      .filter(({ folder }) => existsSync(join(folder, 'package.json')))
      .map(({ name, folder }) => ({ name, folder, manifest: readJson(join(folder, 'package.json')) })),
  );
}

/** @param {string} file @returns {any} */
export function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** All files below `folder`, absolute, sorted by name; nothing if there is no such folder. @param {string} folder @returns {string[]} */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** The pinned package manager, `pnpm@x.y.z`. */
export function packageManager() {
  return String(readJson(join(root, 'package.json')).packageManager);
}

/**
 * Runs the pinned pnpm: the one that runs us, one of the same version on the PATH, or one that npx fetches.
 * @param {string[]} args @param {import('node:child_process').SpawnSyncOptions} options
 */
export function pnpm(args, options) {
  const [command = '', ...first] = pnpmCommand();
  return spawnSync(command, [...first, ...args], { cwd: root, ...options, env: environment(options.env) });
}

/** What npm told us about our own call must not configure the next npm. @param {NodeJS.ProcessEnv | undefined} more @returns {NodeJS.ProcessEnv} */
function environment(more) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, ...more, TURBO_TELEMETRY_DISABLED: '1' };
  // `npm run -s` would silence the next npm's errors.
  if (env['npm_config_loglevel'] === 'silent') env['npm_config_loglevel'] = 'error';
  // `npm --prefix CHECKOUT` would make the next npm look for its global configuration in the checkout.
  if (env['npm_config_prefix'] !== undefined && resolve(env['npm_config_prefix']) === root) {
    for (const name of ['prefix', 'local_prefix', 'global_prefix', 'globalconfig']) Reflect.deleteProperty(env, `npm_config_${name}`);
  }
  return env;
}

function pnpmCommand() {
  const pinned = packageManager();
  if (process.env['npm_config_user_agent']?.startsWith('pnpm/12.') === true) return ['pnpm'];
  const found = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8', env: environment(undefined) });
  if (found.status === 0 && `pnpm@${found.stdout.trim()}` === pinned) return ['pnpm'];
  return ['npx', '--yes', '--prefer-offline', pinned];
}

/** Installs the workspace if a manifest or the lockfile changed since we last did. @param {Output} output */
export function ensureInstalled(output) {
  ensure('installed', installFingerprint, () => step('install', ['install'], output));
}

/** Builds the workspace if a source or a built file changed since we last did. @param {Output} output */
export function ensureBuilt(output) {
  ensureInstalled(output);
  ensure('built', buildFingerprint, () => step('build', ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], output));
}

/**
 * Where the output of an installation or a build goes: to the user's stderr, or kept and shown on failure only.
 * @typedef {'shown' | 'kept'} Output
 */

/** A failed installation or build; its output has been shown. */
export class WorkspaceError extends Error {}

/** @param {string} what @param {string[]} args @param {Output} output */
function step(what, args, output) {
  const result = pnpm(args, output === 'shown' ? { stdio: ['ignore', 2, 2] } : { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  if (result.status === 0) return;
  if (output === 'kept') process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  throw new WorkspaceError(`the workspace's ${what} failed (pnpm ${args.join(' ')}${result.error === undefined ? '' : `: ${result.error.message}`})`);
}

/** Runs `make` unless the stamp called `name` holds the present fingerprint; one process at a time. @param {string} name @param {() => string | null} fingerprint @param {() => void} make */
function ensure(name, fingerprint, make) {
  const stamp = join(stateFolder, name);
  const fresh = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
  if (fresh()) return;
  withLock(() => {
    if (fresh()) return;
    make();
    writeFileSync(stamp, fingerprint() ?? '');
  });
}

/** By content, because `git checkout` touches files that stay the same. */
function installFingerprint() {
  if (!existsSync(join(root, 'node_modules', '.modules.yaml'))) return null;
  const manifests = members().map(({ folder }) => join(folder, 'package.json'));
  const hash = createHash('sha256');
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc'].map((name) => join(root, name)).concat(manifests)) {
    hash.update(`${relative(root, file)}\0`).update(readFileSync(file));
  }
  for (const { folder } of members()) hash.update(String(existsSync(join(folder, 'node_modules'))));
  return hash.digest('hex');
}

/** By name, size and time of what goes in and what came out, because that takes milliseconds; turbo compares contents. */
function buildFingerprint() {
  const hash = createHash('sha256').update(`${process.version}\0`);
  const files = [join(root, 'tsconfig.base.json'), join(root, 'turbo.json'), join(root, 'pnpm-lock.yaml')];
  for (const { folder } of members()) {
    const built = filesBelow(join(folder, 'dist'));
    if (built.length === 0) return null;
    files.push(join(folder, 'package.json'), join(folder, 'tsconfig.build.json'), ...filesBelow(join(folder, 'src')), ...built);
  }
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)}\0${String(size)}\0${String(mtimeMs)}\0`);
  }
  return hash.digest('hex');
}

/** @param {() => void} action */
function withLock(action) {
  mkdirSync(stateFolder, { recursive: true });
  const lock = join(stateFolder, 'lock');
  for (let waited = 0; !tryLock(lock); waited += 100) {
    if (waited > 600_000) throw new WorkspaceError(`${lock} has been held for ten minutes; remove it if nothing builds`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  try {
    action();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Takes the lock, or takes over one whose owner has died. @param {string} lock */
function tryLock(lock) {
  try {
    const file = openSync(lock, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  const owner = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : 0);
  if (age > 2000 && !(owner > 0 && isAlive(owner))) rmSync(lock, { force: true });
  return false;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
