// @ts-check
/**
 * `npm run bench:limits -- [--regions N] [--instructions N] [--only regions|growth|creation]`: what must not grow does not.
 * 20,000 regions are forced, which must give what tier 0 gives: memory while they come and go, the longest pause, and what
 * a region costs. A program that changes code, contexts and controls runs for 2,000,000,000 instructions: RSS and heap each
 * 500,000,000. A core: how long it takes to make, and what it takes beside RAM while it has no code. Times are printed beside
 * their targets; results that differ and memory that grows fail.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { recordBytes } from '../../packages/cpu/dist/engine/layout.js';
import { createCpu } from '../../packages/cpu/dist/index.js';
import { root } from '../lib/workspace.mjs';
import { everything, manyFunctions } from './lib/limits-programs.mjs';
import { onePe, RAM_BASE } from './lib/one-pe.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
const RAM_SIZE = 64 * MIB;
const SLICE = 1_000_000;
const CODE_CACHE = 128 * MIB;
/** Beyond what code may take: what the engine has not given back yet. */
const SLACK = 64 * MIB;
const FEW = 2000;
const SAMPLES = 4;
const MOST_BETWEEN_SAMPLES = 500_000_000;
const MOST_HEAP_GROWTH = 2 * MIB;
const MOST_RSS_GROWTH = 16 * MIB;
const MOST_BESIDE_RAM = 64 * MIB;
const MOST_CREATION = 30;
const CREATIONS = 20;
const IDLE = 'await 0';
const WITH_CORE = "const { createCpu } = await import('./packages/cpu/dist/index.js'); globalThis.core = createCpu({ ram: { base: 0x4000_0000, size: 0x400_0000 } })";

const { values } = parseArgs({ options: { regions: { type: 'string', default: '20000' }, instructions: { type: 'string', default: '2000000000' }, only: { type: 'string' } } });
setFlagsFromString('--expose-gc');
const collect = /** @type {() => void} */ (runInNewContext('gc'));
let passed = 0;
let failed = 0;
for (const bench of [regions, growth, creation]) if (values.only === undefined || values.only === bench.name) bench();
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

function regions() {
  const count = Number(values.regions);
  const few = force(count, Math.min(count, FEW));
  const many = force(count, count);
  print('regions, in modules', `${String(many.statistics.regions)}, ${String(many.statistics.batches)}`);
  print('evictions, and regions that went', `${String(many.statistics.evictions)}, ${String(many.statistics.dropped)}`);
  print('a region costs', `${(many.compiling / many.statistics.regions).toFixed(3)} ms (target 0.2)`);
  print('longest pause', `${many.longest.toFixed(1)} ms of processor time`);
  judge('code caches by the estimate', many.bytes / MIB, CODE_CACHE / MIB, 'MiB');
  judge('RSS beside a core without code', many.rss / MIB, (CODE_CACHE + SLACK) / MIB, 'MiB');
  judge('cells that tier 0 leaves otherwise', differences(many, count), 0, '');
  print('a region while none goes', `${(few.rss / few.statistics.regions / KIB).toFixed(1)} KiB of RSS, ${(few.statistics.bytes / few.statistics.regions / KIB).toFixed(1)} KiB by the estimate`);
}

/** Calls functions one after the other until so many regions have been compiled. @param {number} count @param {number} wanted */
function force(count, wanted) {
  const { cpu, cache, ram, retired } = onePe({ ramSize: RAM_SIZE, codeCacheBytes: CODE_CACHE });
  manyFunctions(ram, count);
  cpu.reset(1, BigInt(RAM_BASE));
  // One sample of tier 0 is enough.
  cache.patience = { hot: 1, batch: cache.patience.batch };
  let compiling = 0;
  let longest = 0;
  const compile = cache.compile.bind(cache);
  cache.compile = () => {
    const from = process.cpuUsage();
    compile();
    const took = milliseconds(from);
    compiling += took;
    longest = Math.max(longest, took);
  };
  const idle = settledMemory().rss;
  let [bytes, rss] = [0, 0];
  while (cache.statistics.regions < wanted) {
    cpu.run(SLICE);
    bytes = Math.max(bytes, cache.statistics.bytes);
    rss = Math.max(rss, process.memoryUsage().rss - idle);
  }
  return { cpu, retired: retired(), statistics: cache.statistics, compiling, longest, bytes: bytes + recordBytes(RAM_SIZE, CODE_CACHE), rss };
}

/** How many general registers tier 0 alone leaves otherwise after as many instructions. @param {{ cpu: import('../../packages/cpu/dist/core.js').Cpu, retired: number }} run @param {number} count */
function differences({ cpu, retired }, count) {
  const { cpu: other, ram } = onePe({ ramSize: RAM_SIZE, tiers: 'tier0' });
  manyFunctions(ram, count);
  other.reset(1, BigInt(RAM_BASE));
  other.run(retired);
  return Array.from({ length: 31 }, (_, n) => n).filter((n) => cpu.getX(n) !== other.getX(n)).length;
}

function growth() {
  const { cpu, cache, ram, retired } = onePe({ ramSize: RAM_SIZE });
  everything(ram);
  cpu.reset(1, BigInt(RAM_BASE));
  const instructions = Number(values.instructions);
  /** @type {{ rss: number, heapUsed: number }[]} */
  const samples = [];
  const count = Math.max(SAMPLES, Math.ceil(instructions / MOST_BETWEEN_SAMPLES));
  for (let sample = 1; sample <= count; sample++) {
    const until = (instructions * sample) / count;
    while (retired() < until) cpu.run(Math.min(SLICE, Math.ceil(until - retired())));
    const { rss, heapUsed } = settledMemory();
    samples.push({ rss, heapUsed });
    print(`after ${retired().toLocaleString('en')}`, `RSS ${(rss / MIB).toFixed(1)} MiB, heap ${(heapUsed / MIB).toFixed(2)} MiB, code ${(cache.statistics.bytes / MIB).toFixed(2)} MiB, ${String(cpu.memory.contexts.controlNames.length)} control ids`);
  }
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return;
  judge('heap since the first sample', (last.heapUsed - first.heapUsed) / MIB, MOST_HEAP_GROWTH / MIB, 'MiB');
  judge('RSS since the first sample', (last.rss - first.rss) / MIB, MOST_RSS_GROWTH / MIB, 'MiB');
}

function creation() {
  createCpu();
  let best = Infinity;
  for (let n = 0; n < CREATIONS; n++) {
    const from = process.cpuUsage();
    createCpu();
    best = Math.min(best, milliseconds(from));
  }
  judge('a core after the first', best, MOST_CREATION, 'ms');
  judge('a core beside RAM and an idle Node', (rssOf(WITH_CORE) - rssOf(IDLE)) / MIB, MOST_BESIDE_RAM / MIB, 'MiB');
}

/** Processor time since then: the clock says more of the machine's other work. @param {NodeJS.CpuUsage} from */
function milliseconds(from) {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

/** RSS of a Node that has run a module. @param {string} source */
function rssOf(source) {
  return Number(execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', `${source}; gc(); process.stdout.write(String(process.memoryUsage().rss))`], { cwd: root, encoding: 'utf8' }));
}

/** After two collections: code of modules goes with the second. */
function settledMemory() {
  collect();
  collect();
  return process.memoryUsage();
}

/** @param {string} what @param {string} figure */
function print(what, figure) {
  process.stdout.write(`${what.padEnd(36)} ${figure}\n`);
}

/** @param {string} what @param {number} figure @param {number} most @param {string} unit */
function judge(what, figure, most, unit) {
  if (figure <= most) passed++;
  else failed++;
  print(what, `${figure.toFixed(figure === Math.round(figure) ? 0 : 2)} ${unit} (at most ${String(most)})${figure <= most ? '' : '  FAILED'}`);
}
