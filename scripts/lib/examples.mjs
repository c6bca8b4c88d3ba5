// @ts-check
/** The programs of `examples/`, run where their packages are installed: what each prints is what its comments say. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expectedOutput } from './readme-example.mjs';
import { root } from './workspace.mjs';

/** @typedef {{ name: string, ok: boolean, printed: string, detail: string }} ExampleResult */

/** Their files, by name. */
export const EXAMPLES = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.mjs')).map((file) => join(root, 'examples', file)).sort();

/** Runs a copy in `folder`, whose node_modules has the packages. @param {string} file @param {string} folder @param {NodeJS.ProcessEnv} [env] @returns {ExampleResult} */
export function runExample(file, folder, env = process.env) {
  const name = basename(file, '.mjs');
  const expected = expectedOutput(readFileSync(file, 'utf8'));
  copyFileSync(file, join(folder, basename(file)));
  const { status, stdout, stderr } = spawnSync(process.execPath, [basename(file)], { cwd: folder, env, encoding: 'utf8' });
  if (expected === null || expected === '') return { name, ok: false, printed: stdout, detail: 'a console.log does not say what it prints' };
  const ok = status === 0 && stdout.trimEnd() === expected;
  return { name, ok, printed: stdout, detail: ok ? '' : `status ${String(status)}\n${stdout}${stderr}\nexpected:\n${expected}` };
}
