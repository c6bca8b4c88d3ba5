// @ts-check
/**
 * `npm run check:readme`: the examples of the READMEs against the built checkout. Each ```js block of a library runs as ES module
 * and with `require` and prints what its comments say; each line of the command's ```sh block and of those of docs/TOUR.md, and each
 * `npm run -s worldswitch` line of the root's README, ends with status 0 and prints something; docs/CHECKS.md has a row for each long
 * check and benchmark of the manifest, and no other. Ends with `N passed, N failed`.
 * (`release:rehearse` does the same from packed tarballs, with the network.)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocks, cjsOf, expectedOutput, firstBlock } from '../lib/readme-example.mjs';
import { members, root } from '../lib/workspace.mjs';

let passed = 0;
let failed = 0;

/** @param {boolean} ok @param {string} what @param {string} said */
function record(ok, what, said) {
  if (ok) passed++;
  else {
    failed++;
    process.stdout.write(`FAILED ${what}\n  ${said.trim().replaceAll('\n', '\n  ')}\n`);
  }
}

/** @param {string} command @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} [env] */
function run(command, args, cwd, env = process.env) {
  const result = spawnSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return { status: result.status, stdout: result.stdout ?? '', said: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}` };
}

/** @param {string} name @param {string} example @param {string} folder */
function checkLibrary(name, example, folder) {
  const expected = expectedOutput(example);
  record(expected !== null, `${name}: every console.log of the example says what it prints`, 'add a comment behind it');
  for (const [file, text] of /** @type {const} */ ([['example.mjs', example], ['example.cjs', cjsOf(example)]])) {
    writeFileSync(join(folder, file), text);
    const { status, stdout, said } = run(process.execPath, [file], folder);
    record(status === 0 && (expected === null || stdout.trimEnd() === expected), `${name}: the README's example as ${file}`, `${said}\nexpected:\n${expected ?? ''}`);
  }
}

/** A shell line at a time, in one folder, because a later line uses what an earlier one wrote. @param {string} owner @param {string[]} lines @param {string} folder @param {NodeJS.ProcessEnv} env */
function checkLines(owner, lines, folder, env) {
  record(lines.length > 0, `${owner}: has an example`, 'no line found');
  for (const line of lines) {
    const { status, stdout, said } = run('sh', ['-c', line], folder, env);
    record(status === 0 && (stdout !== '' || !line.includes('worldswitch')), `${owner}: ${line}`, `status ${String(status)}\n${said}`);
  }
}

/** The rows of docs/CHECKS.md are the scripts of the manifest. */
function checkTable() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = Object.keys(scripts).filter((name) => /^(check|bench|test):|^(conformance|results)$/.test(name));
  const rows = [...readFileSync(join(root, 'docs', 'CHECKS.md'), 'utf8').matchAll(/^\| `([\w:-]+)` \|/gm)].map(([, name = '']) => name);
  for (const name of wanted) record(rows.filter((row) => row === name).length === 1, `docs/CHECKS.md: ${name}`, 'it has no row, or several');
  for (const row of rows.filter((name) => !wanted.includes(name))) record(false, `docs/CHECKS.md: ${row}`, 'the manifest has no such script');
}

checkTable();
const folder = mkdtempSync(join(tmpdir(), 'worldswitch-readme-'));
try {
  mkdirSync(join(folder, 'node_modules', '@worldswitch'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  const published = members().filter(({ manifest }) => manifest.private !== true);
  for (const member of published) symlinkSync(member.folder, join(folder, 'node_modules', ...String(member.manifest.name).split('/')));
  // `npx worldswitch` without a registry: the built command under that name.
  writeFileSync(join(folder, 'bin', 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, 'apps', 'cli', 'dist', 'main.js')}" "$@"\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  for (const member of published) {
    const name = String(member.manifest.name);
    const file = join(member.folder, 'README.md');
    const readme = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (member.manifest.bin !== undefined) {
      checkLines(name, (firstBlock(readme, 'sh') ?? '').split('\n').filter((line) => line !== ''), folder, env);
      continue;
    }
    const examples = blocks(readme, 'js');
    record(examples.length > 0, `${name}: README.md has a js block`, file);
    for (const example of examples) checkLibrary(name, example, folder);
  }
  const lines = readFileSync(join(root, 'README.md'), 'utf8').split('\n').filter((line) => line.startsWith('npm run -s worldswitch'));
  checkLines('README.md', lines, root, process.env);
  const tour = blocks(readFileSync(join(root, 'docs', 'TOUR.md'), 'utf8'), 'sh').join('').split('\n').filter((line) => line !== '');
  checkLines('docs/TOUR.md', tour, root, process.env);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
