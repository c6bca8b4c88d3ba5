// @ts-check
/**
 * A measurement as the command would run it: in one module with all that it uses of our packages, for V8 knows the value of an
 * imported constant only within a module (docs/decisions/0023). `--modules` runs it over the packages' own files, as a program has
 * them that uses the packages and is not bundled.
 */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { root } from '../../lib/workspace.mjs';

/** Runs a module of this folder. @param {string} name */
export async function runBundled(name) {
  const file = join(root, 'scripts/bench/lib', name);
  if (process.argv.includes('--modules')) {
    await import(pathToFileURL(file).href);
    return;
  }
  const dir = join(root, '.cache/bench');
  mkdirSync(dir, { recursive: true });
  await build({ input: file, platform: 'node', logLevel: 'warn', output: { dir, format: 'esm', entryFileNames: basename(name) } });
  await import(pathToFileURL(join(dir, basename(name))).href);
}
