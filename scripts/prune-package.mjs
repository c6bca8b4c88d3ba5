// @ts-check
/**
 * `prepack` of the libraries: removes from `dist` what no entry of the published `exports` reaches, that is built files of
 * modules that are not public yet, declarations that no public declaration names, and leftovers of deleted sources.
 * Runs in the package's folder; the next build brings the files back.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { filesBelow, readJson } from './lib/workspace.mjs';

const folder = process.cwd();
const manifest = readJson(join(folder, 'package.json'));

/** @param {unknown} entry @returns {string[]} the files that an `exports` value names */
const filesOf = (entry) => (typeof entry === 'string' ? [entry] : typeof entry === 'object' && entry !== null ? Object.values(entry).flatMap(filesOf) : []);

const reached = new Set();
const waiting = filesOf(manifest.publishConfig.exports).map((file) => resolve(folder, file));
for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
  if (reached.has(file)) continue;
  if (!existsSync(file)) throw new Error(`${file} is exported or imported and was not built`);
  reached.add(file);
  if (!/\.(js|d\.ts)$/.test(file)) continue;
  for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles) {
    // Declarations name each other with the source's extension.
    const target = file.endsWith('.d.ts') ? fileName.replace(/(?<!\.d)\.[jt]s$/, '.d.ts') : fileName;
    if (target.startsWith('.')) waiting.push(resolve(dirname(file), target));
  }
}
const pruned = filesBelow(join(folder, 'dist')).filter((file) => !reached.has(file) && !file.endsWith('.tsbuildinfo'));
for (const file of pruned) rmSync(file);
process.stderr.write(`${String(manifest.name)}: ${String(reached.size)} files are reached, ${String(pruned.length)} pruned\n`);
