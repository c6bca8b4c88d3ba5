// @ts-check
/**
 * `prepack`: makes `dist` what is published (docs/decisions/0006). Declarations are cut down to what the published
 * `exports` reach (lib/trim-declarations.mjs); files that neither these nor a program (`bin`) reach go, that is modules that are not public, and leftovers of
 * deleted sources; JavaScript is minified, file by file. Runs in the package's folder; the next build brings everything back.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { minifySync } from 'rolldown/utils';
import ts from 'typescript';
import { trimDeclarations } from './lib/trim-declarations.mjs';
import { filesBelow, readJson } from './lib/workspace.mjs';

/**
 * Comments (but licences) and white space go, local names become short. The code itself stays, and so do the names of files,
 * exports, functions, classes, members and properties: stack traces and a debugger still speak our language.
 * @type {import('rolldown/utils').MinifyOptions}
 */
const MINIFY = { module: true, compress: false, mangle: { toplevel: true, keepNames: { function: true, class: true } }, codegen: { removeWhitespace: true, legalComments: 'inline' } };

const folder = process.cwd();
const dist = join(folder, 'dist');
const manifest = readJson(join(folder, 'package.json'));

/** @param {unknown} entry @returns {string[]} the files that an `exports` value names */
const filesOf = (entry) => (typeof entry === 'string' ? [entry] : typeof entry === 'object' && entry !== null ? Object.values(entry).flatMap(filesOf) : []);
const entries = filesOf([manifest.publishConfig.exports, manifest.bin]).map((file) => resolve(folder, file));

for (const [file, text] of trimDeclarations(dist, entries.filter((file) => file.endsWith('.d.ts')))) writeFileSync(file, text);

const reached = new Set();
const waiting = [...entries];
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
// With it goes the compiler's own record, so that the next build writes every file again.
const pruned = filesBelow(dist).filter((file) => !reached.has(file));
for (const file of pruned) rmSync(file);
for (const file of reached) {
  if (!file.endsWith('.js')) continue;
  const { code, errors } = minifySync(file, readFileSync(file, 'utf8'), MINIFY);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message ?? ''}`);
  writeFileSync(file, code);
}
process.stderr.write(`${String(manifest.name)}: ${String(reached.size)} files are reached, ${String(pruned.length)} pruned\n`);
