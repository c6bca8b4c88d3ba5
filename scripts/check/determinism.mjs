// @ts-check
/**
 * `npm run check:determinism -- [--quick] [--seed N] [--cases N] [--no-browser] [--only programs|boots] [BOOT…]`: the bench
 * programs and random words give the same digest with any tiers, with any splitting of `run`, on this Node, on Node 24 and 26,
 * and in chromium; boots of Debian kernels (`determinism/boots.mjs`) the same every 10 M instructions and at power-off, also
 * when they are saved and restored on the way. `--cases` is the number of instructions of each run of a program. The runtimes
 * are npm packages, fetched into .cache/; `--quick` takes one of them, fewer programs, and the beginning of one boot.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';
import { runtime, RUNTIMES } from '../lib/runtimes.mjs';
import { root } from '../lib/workspace.mjs';
import { checkBoots } from './determinism/boots.mjs';

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean' }, seed: { type: 'string', default: '1' }, cases: { type: 'string' }, 'no-browser': { type: 'boolean' }, only: { type: 'string' } },
  allowPositionals: true,
});
const quick = values.quick === true;
const budget = Number(values.cases ?? (quick ? '60000' : '400000'));
const versions = quick ? [RUNTIMES[24]] : Object.values(RUNTIMES);
const PROGRAMS = quick ? ['bytecode', 'list'] : ['crc-bitwise', 'crc-table', 'list', 'matrix', 'state-machine', 'copy', 'fib', 'bytecode', 'indirect', 'sha256', 'chase'];
const RANDOM_PROGRAMS = quick ? 3 : 12;
const GCC = ['-O2', '-ffreestanding', '-nostdlib', '-mgeneral-regs-only', '-static', '-fno-tree-loop-distribute-patterns', '-fno-pic', '-no-pie', '-Wl,--build-id=none'];
const CHROMIUM = ['--headless', '--no-sandbox', '--disable-gpu', '--allow-file-access-from-files', '--virtual-time-budget=600000', '--dump-dom'];
const TIMEOUT = 600_000;

const here = join(root, 'scripts/check/determinism');
let failed = 0;
let compared = 0;
if (values.only !== 'boots') await checkPrograms();
if (values.only !== 'programs') {
  const runtimes = versions.map((version) => ({ name: `Node ${version}`, node: runtime(version) }));
  const boots = checkBoots({ quick, names: positionals, runtimes, print: (line) => process.stdout.write(`${line}\n`) });
  compared += boots.compared;
  failed += boots.failed;
}
process.stdout.write(`${String(compared - failed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 || compared === 0 ? 1 : 0;

async function checkPrograms() {
  const folder = mkdtempSync(join(tmpdir(), 'determinism-'));
  try {
    const input = JSON.stringify({ budget, programs: programs(folder) });
    const file = join(folder, 'input.json');
    writeFileSync(file, input);
    /** @type {[string, () => Promise<string> | string][]} */
    const hosts = [
      [`Node ${process.versions.node}`, () => runNode(process.execPath, file)],
      ...versions.map((version) => /** @type {[string, () => string]} */ ([`Node ${version}`, () => runNode(runtime(version), file)])),
      ...(values['no-browser'] === true ? [] : [/** @type {[string, () => Promise<string>]} */ (['chromium', () => runBrowser(input, folder)])]),
    ];
    /** By program: the first digest, and whose it is. @type {Map<string, [string, string]>} */
    const first = new Map();
    for (const [host, run] of hosts) {
      const started = performance.now();
      const digests = Object.entries(/** @type {Record<string, string>} */ (JSON.parse(await run())));
      for (const [way, digest] of digests) {
        const [program = ''] = way.split(':');
        const known = first.get(program);
        if (known === undefined) first.set(program, [digest, `${host}, ${way}`]);
        compared++;
        if (known !== undefined && known[0] !== digest) {
          failed++;
          process.stdout.write(`${host}, ${way}: ${digest}, but ${known[1]}: ${known[0]}\n`);
        }
      }
      process.stdout.write(`${host}: ${String(digests.length)} digests in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
    }
    for (const [program, [digest]] of first) process.stdout.write(`  ${program.padEnd(14)} ${digest}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  process.stdout.write(`seed ${String(values.seed)}: ${String(compared)} digests of ${budget.toLocaleString('en')} instructions each\n`);
}

/** The bench programs, compiled, and random ones by their seeds. @param {string} folder */
function programs(folder) {
  const sources = join(root, 'packages/cpu/bench/programs');
  const compiled = PROGRAMS.map((name) => {
    const elf = join(folder, `${name}.elf`);
    execFileSync('aarch64-linux-gnu-gcc', [...GCC, '-T', join(sources, 'link.ld'), '-o', elf, ...['start.S', 'main.c', `${name}.c`].map((source) => join(sources, source))]);
    return { name, elf: readFileSync(elf).toString('base64'), seed: 0 };
  });
  const random = Array.from({ length: RANDOM_PROGRAMS }, (_, n) => ({ name: `random ${String(n)}`, elf: null, seed: Number(values.seed) * 1000 + n }));
  return [...compiled, ...random];
}

/** @param {string} node @param {string} file */
function runNode(node, file) {
  return execFileSync(node, [join(here, 'node.mjs'), file], { encoding: 'utf8', timeout: TIMEOUT, maxBuffer: 1 << 26 });
}

/** @param {string} input @param {string} folder */
async function runBrowser(input, folder) {
  const bundle = await rolldown({ input: join(here, 'page.mjs') });
  const { output } = await bundle.generate({ format: 'iife' });
  const page = join(folder, 'page.html');
  writeFileSync(page, `<!doctype html><pre id="digests"></pre><script>globalThis.input = ${input}</script><script>${output[0].code.replaceAll('</script', '<\\/script')}</script>`);
  const { stdout, stderr } = spawnSync('chromium', [...CHROMIUM, `--user-data-dir=${join(folder, 'profile')}`, `file://${page}`], { encoding: 'utf8', timeout: TIMEOUT, maxBuffer: 1 << 26 });
  const digests = /<pre id="digests">(\{.*?\})<\/pre>/.exec(stdout ?? '')?.[1];
  if (digests === undefined) throw new Error(`chromium gave no digests: ${(stderr ?? '').slice(-2000)}`);
  return digests.replaceAll('&quot;', '"');
}
