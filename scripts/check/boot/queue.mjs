// @ts-check
/** Boots, as many at a time as there are processors, a line each; what check:boot, check:kvm and check:console end with. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { GUESTS } from './linux.mjs';

/** @typedef {{ problem: string | null, note: string }} Verdict */

/**
 * Runs `check` for each boot and sets the exit status. The files of the boots are kept if one fails.
 * @template {import('./linux.mjs').Boot} T
 * @param {string} title @param {readonly T[]} boots @param {(boot: T, folder: string) => Promise<Verdict>} check
 * @param {() => string[]} [afterwards] what is wrong with all boots together
 */
export async function runBoots(title, boots, check, afterwards = () => []) {
  process.stdout.write(`${title}  ${String(boots.length)} boots\n`);
  const missing = new Set(boots.map(({ kernel, initrd }) => join(kernel, initrd)).filter((file) => !existsSync(join(GUESTS, file))));
  if (missing.size > 0) {
    process.stdout.write(`no guests (${[...missing].join(', ')}): npm run guests fetches them\n0 passed, ${String(boots.length)} failed\n`);
    process.exitCode = 1;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-boot-'));
  let passed = 0;
  let failed = boots.length === 0 ? 1 : 0;
  const queue = [...boots];
  const work = async () => {
    for (let boot = queue.shift(); boot !== undefined; boot = queue.shift()) {
      const { problem, note } = await check(boot, folder);
      if (problem === null) passed++;
      else failed++;
      process.stdout.write(`${boot.name}: ${problem ?? `ok, ${note}`}\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), boots.length) }, work));
  for (const problem of afterwards()) {
    failed++;
    process.stdout.write(`${problem}\n`);
  }
  if (failed === 0) rmSync(folder, { recursive: true });
  else process.stdout.write(`consoles are in ${folder}\n`);
  process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** What is to run: those whose name contains one of the parts, or else the given ones. @template {{ name: string }} T @param {readonly T[]} all @param {readonly string[]} parts @param {(boot: T) => boolean} otherwise */
export function chosen(all, parts, otherwise) {
  return all.filter((boot) => (parts.length > 0 ? parts.some((part) => boot.name.includes(part)) : otherwise(boot)));
}
