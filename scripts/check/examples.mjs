// @ts-check
/**
 * `npm run check:examples -- [NAME…]`: the programs of examples/ with the built packages of the checkout; each prints what its comments
 * say. With NAME, what they print is shown. Ends with `N passed, N failed`. (`release:rehearse` does the same with packed tarballs.)
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXAMPLES, runExample } from '../lib/examples.mjs';
import { members } from '../lib/workspace.mjs';

const names = process.argv.slice(2);
let passed = 0;
let failed = 0;
const folder = mkdtempSync(join(tmpdir(), 'worldswitch-examples-'));
try {
  mkdirSync(join(folder, 'node_modules', '@worldswitch'), { recursive: true });
  for (const { folder: from, manifest } of members().filter((member) => member.manifest.private !== true)) symlinkSync(from, join(folder, 'node_modules', ...String(manifest.name).split('/')));
  for (const file of EXAMPLES.filter((path) => names.length === 0 || names.some((name) => path.endsWith(`/${name}.mjs`)))) {
    const { name, ok, printed, detail } = runExample(file, folder);
    if (ok) passed++;
    else failed++;
    if (!ok) process.stdout.write(`FAILED ${name}: ${detail}\n`);
    else process.stdout.write(names.length > 0 ? printed : `ok     ${name}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
