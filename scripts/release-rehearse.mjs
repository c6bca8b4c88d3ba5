// @ts-check
/**
 * `npm run release:rehearse [-- --keep]`: a release from start to end on a temporary copy of the checkout, into a registry on
 * loopback, and then each package installed *alone* in an empty folder, where its README example must run, from an ES module and
 * from `require`, and print what the README says. Nothing leaves the machine and the checkout stays as it is.
 * The programs of examples/ run with all packages installed together. `--keep` leaves the temporary folder. Ends with `N passed, N failed`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { filesBelow, members, pnpm, readJson, root } from './lib/workspace.mjs';
import { EXAMPLES, runExample } from './lib/examples.mjs';
import { cjsOf, expectedOutput, firstBlock } from './lib/readme-example.mjs';

/** Heavy, and needed here only: installed with plain npm into `.cache`, not into the workspace. */
const tools = { verdaccio: '6.2.9', publint: '0.3.25', '@arethetypeswrong/cli': '0.18.5' };
/** What a tarball may hold besides built files. */
const allowedFile = /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/(?:[\w.-]+\/)*[\w-]+(?:\.\d[\w-]*)*(?:\.d\.ts|\.js))$/;
/** Unpacked sizes with a bound, in bytes. @type {Readonly<Record<string, number>>} */
const sizeLimits = { '@worldswitch/cpu': 1_000_000 };

let passed = 0;
let failed = 0;

/** @param {boolean} ok @param {string} what @param {string} [detail] */
function record(ok, what, detail = '') {
  if (ok) passed++;
  else failed++;
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${what}${ok || detail.trim() === '' ? '' : `\n    ${detail.trim().split('\n').join('\n    ')}`}\n`);
  return ok;
}

/** A rehearsal that cannot go on. */
class Stop extends Error {}

/**
 * @param {string} command @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} [env]
 * @returns {{ status: number, stdout: string, said: string }}
 */
function run(command, args, cwd, env = process.env) {
  const result = spawnSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
  const stdout = result.stdout ?? '';
  return { status: result.status ?? 1, stdout, said: `${stdout}${result.stderr ?? ''}${result.error?.message ?? ''}` };
}

/** A step that the rest needs. @param {string} what @param {{ status: number | null, said?: string, stdout?: unknown, stderr?: unknown }} result */
function must(what, result) {
  const said = result.said ?? `${String(result.stdout ?? '')}${String(result.stderr ?? '')}`;
  if (!record(result.status === 0, what, said.split('\n').slice(-40).join('\n'))) throw new Stop(what);
}

/** The environment without what npm and pnpm put there, and without the user's npm configuration. @param {string} userconfig */
function plainEnvironment(userconfig) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|INIT_CWD$)/i.test(name));
  return { ...Object.fromEntries(kept), npm_config_userconfig: userconfig, npm_config_update_notifier: 'false', npm_config_fund: 'false', npm_config_audit: 'false' };
}

/** Where the pinned tools are; installs them once. @returns {string} the folder with their programs */
function installTools() {
  const folder = join(root, '.cache', `release-tools-${Object.values(tools).join('-')}`);
  if (existsSync(join(folder, 'node_modules', '.bin', 'verdaccio'))) return join(folder, 'node_modules', '.bin');
  // Some registries serve only the `latest` of node-fetch, which is too new for verdaccio's range: try as it is, then pinned.
  for (const overrides of [{}, { 'node-fetch': '2.7.0' }]) {
    const making = `${folder}.${String(process.pid)}`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    writeFileSync(join(making, 'package.json'), JSON.stringify({ private: true, dependencies: tools, overrides }));
    const result = run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'], making);
    if (result.status !== 0) {
      process.stdout.write(`npm could not install the tools${'node-fetch' in overrides ? ' with node-fetch pinned' : ''}: ${result.said.trim().split('\n')[0] ?? ''}\n`);
      rmSync(making, { recursive: true });
      continue;
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
    return join(folder, 'node_modules', '.bin');
  }
  throw new Stop('the release tools could not be installed');
}

/** The checkout without what is installed or built, as a repository of one commit (changesets asks git). @param {string} to */
function copyCheckout(to) {
  const skipped = new Set(['node_modules', '.git', '.turbo', '.cache', '.test-report', '.scratch', 'coverage', 'dist', '.eslintcache']);
  cpSync(root, to, { recursive: true, filter: (from) => !skipped.has(basename(from)) });
  const identity = ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@worldswitch.invalid', '-c', 'commit.gpgsign=false'];
  for (const args of [['init', '-q', '-b', 'main'], ['add', '-A'], [...identity, 'commit', '-q', '-m', 'rehearsal']]) {
    const result = run('git', args, to);
    if (result.status !== 0) throw new Stop(`git ${args.join(' ')}: ${result.said}`);
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** @param {string} folder @param {string} bin @param {string} upstream */
async function startRegistry(folder, bin, upstream) {
  mkdirSync(folder, { recursive: true });
  const open = { access: '$all', publish: '$all' };
  const config = {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
    // Ours are never looked up elsewhere; what the command depends on comes from the registry that npm is set to.
    uplinks: { upstream: { url: upstream } },
    packages: { '@worldswitch/*': open, worldswitch: open, '**': { access: '$all', proxy: 'upstream' } },
    log: { type: 'stdout', format: 'pretty', level: 'warn' },
    web: { enable: false },
  };
  writeFileSync(join(folder, 'config.yaml'), JSON.stringify(config));
  const port = await freePort();
  const child = spawn(join(bin, 'verdaccio'), ['--config', 'config.yaml', '--listen', `127.0.0.1:${String(port)}`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => { said += String(chunk); });
  child.stderr.on('data', (chunk) => { said += String(chunk); });
  const url = `http://127.0.0.1:${String(port)}/`;
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    const answer = await fetch(`${url}-/ping`).catch(() => null);
    if (answer?.ok === true) return { url, host: `127.0.0.1:${String(port)}`, stop: () => child.kill(), said: () => said };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill();
  throw new Stop(`the loopback registry did not start: ${said}`);
}

/** What is in a tarball: files with their sizes. @param {string} tarball @param {string} to @returns {Map<string, number>} */
function unpack(tarball, to) {
  mkdirSync(to, { recursive: true });
  const result = run('tar', ['-xzf', tarball, '-C', to], to);
  if (result.status !== 0) throw new Stop(`tar ${tarball}: ${result.said}`);
  const base = join(to, 'package');
  return new Map(filesBelow(base).map((file) => [file.slice(base.length + 1), statSync(file).size]));
}

/** @param {string} name @param {string} version @param {string} folder @param {Map<string, number>} files */
function checkContents(name, version, folder, files) {
  const manifest = readJson(join(folder, 'package.json'));
  const strange = [...files.keys()].filter((file) => !allowedFile.test(file) || /\.(?:test|bench)\./.test(file));
  record(strange.length === 0, `${name}: the tarball holds built files, README, LICENSE, CHANGELOG and nothing else`, strange.join('\n'));
  const lacking = ['README.md', 'LICENSE', 'CHANGELOG.md'].filter((file) => !files.has(file));
  record(lacking.length === 0, `${name}: README, LICENSE and CHANGELOG are in the tarball`, `lacks ${lacking.join(', ')}`);
  const text = JSON.stringify(manifest);
  const left = ['workspace:', 'catalog:', '@worldswitch/source', '"private"'].filter((word) => text.includes(word));
  record(left.length === 0, `${name}: nothing of the workspace is left in its manifest`, left.join(', '));
  const wrong = Object.entries(manifest.dependencies ?? {}).filter(([dependency, range]) => dependency.startsWith('@worldswitch/') ? range !== `^${version}` : name.startsWith('@'));
  record(wrong.length === 0, `${name}: depends on its own scope at ^${version} only`, JSON.stringify(wrong));
  const size = [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
  const limit = sizeLimits[name];
  process.stdout.write(`       ${name}: ${String(files.size)} files, ${String(size)} bytes unpacked\n`);
  if (limit !== undefined) record(size < limit, `${name}: under ${String(limit)} bytes unpacked`, `${String(size)} bytes`);
}

/** Installs one package alone and runs its README's example. @param {string} name @param {string} version @param {string} folder @param {string} registry @param {NodeJS.ProcessEnv} env */
function consume(name, version, folder, registry, env) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.npmrc'), `registry=${registry}\n@worldswitch:registry=${registry}\n`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const installed = run('npm', ['install', '--registry', registry, `${name}@${version}`], folder, env);
  if (!record(installed.status === 0, `${name}: installs alone with npm`, installed.said)) return;
  const file = join(folder, 'node_modules', ...name.split('/'), 'README.md');
  const readme = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (name === 'worldswitch') consumeCommand(version, readme, folder, env);
  else consumeLibrary(name, readme, folder, env);
}

/** @param {string} name @param {string} readme @param {string} folder @param {NodeJS.ProcessEnv} env */
function consumeLibrary(name, readme, folder, env) {
  const example = firstBlock(readme, 'js');
  if (!record(example !== null, `${name}: its README has an example`, 'no ```js block') || example === null) return;
  const expected = expectedOutput(example);
  /** @type {[file: string, text: string][]} */
  const forms = [['example.mjs', example], ['example.cjs', cjsOf(example)]];
  for (const [file, text] of forms) {
    writeFileSync(join(folder, file), text);
    const result = run(process.execPath, [file], folder, env);
    const same = expected === null || result.stdout.trimEnd() === expected;
    record(result.status === 0 && same, `${name}: its README example runs as ${file} and prints what it says`, `${result.said}\nexpected:\n${expected ?? 'status 0'}`);
  }
  // The example is JavaScript; what is compiled is every declaration that an entry reaches.
  const { exports: published } = readJson(join(folder, 'node_modules', ...name.split('/'), 'package.json'));
  const entries = Object.keys(published).filter((entry) => !entry.endsWith('.json'));
  writeFileSync(join(folder, 'types.mts'), entries.map((entry, n) => `import * as entry${String(n)} from '${name}${entry.slice(1)}';\nvoid entry${String(n)};\n`).join(''));
  for (const [label, compiler] of [['6', join(root, 'node_modules', '.bin', 'tsc')], ['7', join(root, 'packages', 'cpu', 'node_modules', '.bin', 'tsc')]]) {
    const args = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--ignoreConfig', 'types.mts'];
    const result = run(String(compiler), args, folder, env);
    record(result.status === 0, `${name}: its types compile with TypeScript ${String(label)}, libraries checked`, result.said);
  }
}

/** All libraries in one folder, and every example there. @param {readonly string[]} names @param {string} version @param {string} folder @param {string} registry @param {NodeJS.ProcessEnv} env */
function consumeExamples(names, version, folder, registry, env) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.npmrc'), `registry=${registry}\n@worldswitch:registry=${registry}\n`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  must('examples: the packages install together', run('npm', ['install', '--registry', registry, ...names.map((name) => `${name}@${version}`)], folder, env));
  for (const file of EXAMPLES) {
    const { name, ok, detail } = runExample(file, folder, env);
    record(ok, `examples: ${name} prints what it says`, detail);
  }
}

/** @param {string} version @param {string} readme @param {string} folder @param {NodeJS.ProcessEnv} env */
function consumeCommand(version, readme, folder, env) {
  const shown = run('npx', ['worldswitch', '--version'], folder, env);
  record(shown.status === 0 && shown.stdout.includes(version), `worldswitch: npx worldswitch --version prints ${version}`, shown.said);
  const block = firstBlock(readme, 'sh');
  if (!record(block !== null, 'worldswitch: its README has an example', 'no ```sh block') || block === null) return;
  const result = run('sh', ['-e', '-c', block], folder, env);
  record(result.status === 0 && result.stdout.trim() !== '', 'worldswitch: its README example runs', result.said);
}

/** @param {string} work */
async function rehearse(work) {
  const bin = installTools();
  const copy = join(work, 'checkout');
  copyCheckout(copy);
  must('the copy installs from the lockfile', pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { cwd: copy, encoding: 'utf8' }));
  must('changeset version', pnpm(['exec', 'changeset', 'version'], { cwd: copy, encoding: 'utf8' }));
  const packages = members(copy).filter(({ manifest }) => manifest.private !== true);
  const versions = new Set(packages.map(({ manifest }) => String(manifest.version)));
  const version = [...versions][0] ?? '';
  record(versions.size === 1 && version !== '0.0.0', `all packages move together, to ${version}`, [...versions].join(', '));
  must('the copy builds', pnpm(['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], { cwd: copy, encoding: 'utf8' }));

  const packed = join(work, 'packed');
  mkdirSync(packed);
  /** @type {{ name: string, tarball: string }[]} */
  const tarballs = [];
  for (const { folder, manifest } of packages) {
    const name = String(manifest.name);
    must(`${name}: packs`, pnpm(['pack', '--pack-destination', packed], { cwd: folder, encoding: 'utf8' }));
    const tarball = join(packed, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
    const unpacked = join(work, 'unpacked', name.replace('/', '-'));
    checkContents(name, version, join(unpacked, 'package'), unpack(tarball, unpacked));
    const lint = run(join(bin, 'publint'), ['--strict', tarball], work);
    record(lint.status === 0, `${name}: publint`, lint.said);
    if (name !== 'worldswitch') {
      const types = run(join(bin, 'attw'), [tarball, '--profile', 'esm-only', '--no-color', '--no-emoji'], work);
      record(types.status === 0, `${name}: are the types wrong? (esm-only)`, types.said);
    }
    tarballs.push({ name, tarball });
  }

  const upstream = run('npm', ['config', 'get', 'registry'], work).stdout.trim();
  const registry = await startRegistry(join(work, 'registry'), bin, upstream);
  try {
    const userconfig = join(work, 'npmrc');
    writeFileSync(userconfig, `registry=${registry.url}\n@worldswitch:registry=${registry.url}\n//${registry.host}/:_authToken=rehearsal\n`);
    const env = plainEnvironment(userconfig);
    for (const { name, tarball } of tarballs) must(`${name}: publishes`, run('npm', ['publish', tarball, '--access', 'public', '--registry', registry.url], work, env));
    for (const { name } of tarballs) consume(name, version, join(work, 'consumers', name.replace('/', '-')), registry.url, env);
    consumeExamples(tarballs.map(({ name }) => name).filter((name) => name !== 'worldswitch'), version, join(work, 'consumers', 'examples'), registry.url, env);
  } finally {
    registry.stop();
  }
}

const work = mkdtempSync(join(tmpdir(), 'worldswitch-release-'));
try {
  await rehearse(work);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  failed = Math.max(failed, 1);
  process.stdout.write(`stopped: ${error.message}\n`);
} finally {
  if (process.argv.includes('--keep')) process.stdout.write(`kept ${work}\n`);
  else rmSync(work, { recursive: true, force: true });
}
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
