// @ts-check
/**
 * The boots of `check:determinism`: each in several ways (other shares of `run`, saved and restored on the way, another Node)
 * that give the same digest every 10 M instructions and at power-off.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../lib/workspace.mjs';

/** @typedef {import('./boot.mjs').Boot} Boot */
/** @typedef {import('./boot.mjs').Way} Way */

const GUESTS = join(root, '.cache', 'guests');
const HERE = join(root, 'scripts/check/determinism');
const EVERY = 10_000_000;
const MILLION = 1_000_000;
const TIMEOUT = 600_000;

/** @type {readonly Boot[]} */
const BOOTS = [
  { name: 'cloud-el1-gic3-1', kernel: 'cloud', el: 1, gic: 3, pes: 1 },
  { name: 'cloud-el1-gic2-4', kernel: 'cloud', el: 1, gic: 2, pes: 4 },
  { name: 'cloud-vhe-gic3-2', kernel: 'cloud', el: 2, gic: 3, pes: 2 },
  { name: 'cloud-nvhe-gic2-1', kernel: 'cloud', el: 2, vhe: false, gic: 2, pes: 1 },
  { name: 'cloud-nvhe-gic3-4-retired', kernel: 'cloud', el: 2, vhe: false, gic: 3, pes: 4, clock: 'retired' },
  { name: 'generic-vhe-gic2-2', kernel: 'generic', el: 2, gic: 2, pes: 2 },
];

/** @type {readonly Way[]} */
const WAYS = [
  { name: 'whole', share: Infinity, restoreEvery: 0, translation: true },
  { name: 'in shares of 777,777', share: 777_777, restoreEvery: 0, translation: true },
  { name: 'restored every 70 M', share: Infinity, restoreEvery: 7, translation: true },
];

/**
 * What differs, a line each, and how many digests were compared. `quick`: the beginning of one boot of two PEs.
 * @param {{ quick: boolean, names: readonly string[], runtimes: readonly { name: string, node: string }[], print: (line: string) => void }} options
 * @returns {{ compared: number, failed: number }}
 */
export function checkBoots({ quick, names, runtimes, print }) {
  const boots = BOOTS.filter(({ name }) => (names.length > 0 ? names.some((part) => name.includes(part)) : !quick || name === 'cloud-vhe-gic3-2'));
  const limit = quick ? 60 * MILLION : 4000 * MILLION;
  const every = quick ? EVERY / 2 : EVERY;
  let compared = 0;
  let failed = 0;
  for (const boot of boots) {
    if (!existsSync(join(GUESTS, boot.kernel, 'initrd'))) {
      print(`${boot.name}: no guests: npm run guests fetches them`);
      failed++;
      continue;
    }
    /** @type {{ name: string, node: string, way: Way }[]} */
    const runs = [
      ...WAYS.map((way) => ({ name: way.name, node: process.execPath, way })),
      ...runtimes.map(({ name, node }) => ({ name, node, way: /** @type {Way} */ (WAYS[0]) })),
    ];
    /** @type {ReturnType<typeof run> | null} */
    let first = null;
    for (const { name, node, way } of runs) {
      const started = performance.now();
      const result = run(node, boot, way, { guests: GUESTS, every, limit });
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      print(`${boot.name}, ${name}: ${String(result.digests.length)} digests, ${result.stop} after ${(result.instructions / MILLION).toFixed(0)} M instructions, ${seconds} s`);
      first ??= result;
      if (!quick && result.stop !== 'poweroff') {
        failed++;
        print(`  it did not power off`);
      }
      compared += result.digests.length;
      const differs = first.digests.findIndex((digest, at) => digest !== result.digests[at]);
      if (differs < 0 && result.digests.length === first.digests.length) continue;
      failed++;
      print(`  it differs from the first run between ${String(differs * (every / MILLION))} and ${String((differs + 1) * (every / MILLION))} M instructions`);
    }
  }
  return { compared, failed };
}

/** @param {string} node @param {Boot} boot @param {Way} way @param {object} plan @returns {{ digests: string[], stop: string, instructions: number, lines: number }} */
function run(node, boot, way, plan) {
  // Infinity has no JSON.
  const argument = JSON.stringify({ boot, way: { ...way, share: Math.min(way.share, Number.MAX_SAFE_INTEGER) }, plan });
  return JSON.parse(execFileSync(node, [join(HERE, 'boot.mjs'), argument], { encoding: 'utf8', timeout: TIMEOUT, maxBuffer: 1 << 26 }));
}
