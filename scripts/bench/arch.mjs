// @ts-check
/**
 * `npm run bench:arch`: what the architecture tables cost. Fixed work, repeated; CPU time of this process, the best and
 * the median of the runs. Prints figures beside their targets and fails for none: times are not tests.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Decoder, FeatureSet, ROWS } from '../../packages/cpu/dist/arch/index.js';
import { assemble, Disassembler } from '../../packages/tools/dist/index.js';
import { canonicalWord } from '../check/lib/cases.mjs';
import { Random } from '../check/lib/rng.mjs';
import { root } from '../lib/workspace.mjs';

const RUNS = 9;
const BASE = 0x4008_0000n;

const decoder = new Decoder(ROWS, FeatureSet.ALL);
/** Allocated words of all rows in random order: no branch predictor or cache learns them. */
const words = drawAllocated(2 ** 20);
const disassembler = new Disassembler();
const source = lines(2 ** 16);

print('decode', 'M words/s', '>= 20', measure(words.length * 4, () => decodeTimes(4)).map((rate) => rate / 1e6), 1);
print('disassemble', 'k words/s', '>= 500', measure(2 ** 17, () => disassembleSome(2 ** 17)).map((rate) => rate / 1e3), 0);
print('assemble', 'k lines/s', '>= 200', measure(2 ** 16, () => assembleAll()).map((rate) => rate / 1e3), 0);
print('import of cpu/arch', 'ms', '< 60', repeat(RUNS, importTime), 1, Math.min);
print('cpu package, unpacked', 'kB', '< 600', [packedSize() / 1000], 0, Math.min);

/** @param {number} count */
function drawAllocated(count) {
  const random = new Random(1);
  const drawn = new Uint32Array(count);
  for (let i = 0; i < count; ) {
    const row = ROWS[random.below(ROWS.length)];
    const word = row === undefined ? 0 : canonicalWord(row, random);
    if (row !== undefined && decoder.decode(word) === row.index) drawn[i++] = word;
  }
  return drawn;
}

/** Source that assembles again: targets that a line cannot reach from elsewhere are left out. @param {number} count */
function lines(count) {
  /** @type {string[]} */
  const texts = [];
  for (let i = 0; texts.length < count; i++) {
    const address = BASE + BigInt(4 * texts.length);
    texts.push(disassembler.text(words[i] ?? 0, address));
  }
  return `${texts.join('\n')}\n`;
}

/** @param {number} times */
function decodeTimes(times) {
  let sum = 0;
  for (let n = 0; n < times; n++) {
    for (let i = 0; i < words.length; i++) sum = (sum + decoder.decode(words[i] ?? 0)) | 0;
  }
  return sum;
}

/** @param {number} count */
function disassembleSome(count) {
  let length = 0;
  for (let i = 0; i < count; i++) length += disassembler.text(words[i] ?? 0, BASE).length;
  return length;
}

function assembleAll() {
  const result = assemble(source, { base: BASE });
  if (!result.ok) throw new Error(`the source does not assemble: ${result.diagnostics[0]?.message ?? ''}`);
  return result.program.sections.length;
}

/** Work per second of CPU time, one number a run. @param {number} work @param {() => number} run @returns {number[]} */
function measure(work, run) {
  run();
  return repeat(RUNS, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return work / ((user + system) / 1e6);
  });
}

/** Milliseconds of the import in a fresh process. */
function importTime() {
  const module = JSON.stringify(new URL('../../packages/cpu/dist/arch/index.js', import.meta.url).href);
  const code = `const t = performance.now(); await import(${module}); process.stdout.write(String(performance.now() - t));`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }));
}

/** What npm unpacks: the built package as `prepack` makes it, in a copy. */
function packedSize() {
  const copy = mkdtempSync(join(tmpdir(), 'worldswitch-bench-'));
  try {
    cpSync(join(root, 'packages', 'cpu'), copy, { recursive: true, filter: (from) => basename(from) !== 'node_modules' });
    execFileSync(process.execPath, [join(root, 'scripts', 'prune-package.mjs')], { cwd: copy, stdio: 'ignore' });
    const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: copy, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return Number(JSON.parse(listing)[0].unpackedSize);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** @param {number} times @param {() => number} run */
function repeat(times, run) {
  return Array.from({ length: times }, run);
}

/** @param {string} what @param {string} unit @param {string} target @param {number[]} figures @param {number} digits @param {(...values: number[]) => number} [best] */
function print(what, unit, target, figures, digits, best = Math.max) {
  const median = [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? 0;
  const of = figures.length > 1 ? `best of ${String(figures.length)}, median ${median.toFixed(digits)}` : '';
  process.stdout.write(`${what.padEnd(22)} ${best(...figures).toFixed(digits).padStart(8)} ${unit.padEnd(10)} target ${target.padEnd(8)} ${of}\n`);
}
