// @ts-check
/**
 * `npm run bench:cpu -- [--runtime 24|26] [PROGRAM…]`: the engine against QEMU's TCG on the bare-metal programs of
 * packages/cpu/bench and a generated one, run in turns so that both meet the same moods of the machine. Each program reads
 * the host's clock before and after its work, prints a checksum and the time, and is the same ELF file for both. Prints the
 * best of the rounds and the ratio; fails only when checksums differ. `--runtime`: under another version of Node, an npm
 * package that is fetched into .cache/. Needs `aarch64-linux-gnu-gcc` and `qemu-system-aarch64`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runtime, RUNTIMES } from '../lib/runtimes.mjs';
import { root } from '../lib/workspace.mjs';
import { runProgram } from './lib/bare-metal.mjs';
import { largeProgram } from './lib/large-program.mjs';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const PROGRAMS = ['crc-bitwise', 'crc-table', 'list', 'matrix', 'state-machine', 'copy', 'fib', 'bytecode', 'indirect', 'sha256', 'chase', 'large'];
/** Whose sources are generated. */
const GENERATED = { large: largeProgram };
/** With floating point and SIMD. */
const FP_PROGRAMS = ['nbody', 'copy-simd', 'fir', 'mandelbrot'];
const GCC = ['-O2', '-ffreestanding', '-nostdlib', '-ffp-contract=fast', '-fno-math-errno', '-fno-tree-vectorize', '-static', '-fno-tree-loop-distribute-patterns', '-fno-pic', '-no-pie', '-Wl,--build-id=none'];
const QEMU = ['-M', 'virt', '-cpu', 'cortex-a57', '-m', '128', '-nic', 'none', '-nographic', '-monitor', 'none', '-serial', 'none', '-semihosting', '-kernel'];
/** Instructions of Eval alone, and of tier 0 alone: the optimised code of its loop comes after a tenth of a second. */
const EVAL_INSTRUCTIONS = 5_000_000;
const TIER0_INSTRUCTIONS = 150_000_000;
const INTERPRETED = ['crc-bitwise', 'crc-table', 'matrix', 'state-machine', 'fib'];

const sources = join(root, 'packages/cpu/bench/programs');
const { values, positionals: wanted } = parseArgs({ allowPositionals: true, options: { runtime: { type: 'string' } } });
if (values.runtime !== undefined) {
  const version = Object.entries(RUNTIMES).find(([major]) => major === values.runtime)?.[1];
  if (version === undefined) {
    process.stderr.write(`--runtime wants ${Object.keys(RUNTIMES).join(' or ')}, not ${values.runtime}\n`);
    process.exit(2);
  }
  process.exit(spawnSync(runtime(version), [fileURLToPath(import.meta.url), ...wanted], { stdio: 'inherit' }).status ?? 1);
}
const directory = mkdtempSync(join(tmpdir(), 'bench-cpu-'));
console.log(`Node ${process.versions.node}`);
try {
  const isWanted = (/** @type {string} */ name) => wanted.length === 0 || wanted.includes(name);
  compareAll(PROGRAMS.filter(isWanted), 'target 1.0, aim 1.3');
  compareAll(FP_PROGRAMS.filter(isWanted), 'target 0.7, aim 2');
  const records = INTERPRETED.map((name) => {
    const { instructions, milliseconds } = runProgram(build(name), { tiers: 'tier0', limit: TIER0_INSTRUCTIONS });
    return instructions / milliseconds / 1e3;
  });
  console.log(`tier 0 alone: ${INTERPRETED.map((name, i) => `${name} ${(records[i] ?? 0).toFixed(0)}`).join(', ')} M instructions/s (target 200, aim 300)`);
  const alone = runProgram(build('crc-bitwise'), { tiers: 'eval', limit: EVAL_INSTRUCTIONS });
  console.log(`Eval alone: ${(alone.instructions / alone.milliseconds / 1e3).toFixed(1)} M instructions/s (target 3)`);
} finally {
  rmSync(directory, { recursive: true });
}

/** @param {string[]} names @param {string} target */
function compareAll(names, target) {
  if (names.length === 0) return;
  const ratios = names.map((name) => compare(name));
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  console.log(`geometric mean of ${String(ratios.length)} ratios: ${mean.toFixed(2)} (${target})`);
}

/** @param {string} name */
function build(name) {
  const file = join(directory, `${name}.elf`);
  const generate = name in GENERATED ? GENERATED[/** @type {keyof typeof GENERATED} */ (name)] : null;
  const source = generate === null ? join(sources, `${name}.c`) : join(directory, `${name}.c`);
  if (generate !== null) writeFileSync(source, generate());
  const registers = FP_PROGRAMS.includes(name) ? [] : ['-mgeneral-regs-only'];
  execFileSync('aarch64-linux-gnu-gcc', [...GCC, ...registers, `-I${sources}`, '-T', join(sources, 'link.ld'), '-o', file, join(sources, 'start.S'), join(sources, 'main.c'), source]);
  return file;
}

/** Runs both in turns; returns how many times as fast as QEMU we are. @param {string} name */
function compare(name) {
  const file = build(name);
  let ours = Infinity;
  let theirs = Infinity;
  let instructions = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const run = runProgram(file, {});
    const [checksum, microseconds] = runQemu(file);
    if (run.checksum !== checksum) throw new Error(`${name}: checksum ${run.checksum}, QEMU says ${String(checksum)}`);
    ours = Math.min(ours, run.milliseconds);
    theirs = Math.min(theirs, Number(microseconds) / 1000);
    instructions = run.instructions;
  }
  const rate = (/** @type {number} */ milliseconds) => `${milliseconds.toFixed(0).padStart(6)} ms ${(instructions / milliseconds / 1e3).toFixed(0).padStart(5)} MIPS`;
  console.log(`${name.padEnd(14)} ${(instructions / 1e6).toFixed(0).padStart(5)} M instructions   ours ${rate(ours)}   QEMU ${rate(theirs)}   ratio ${(theirs / ours).toFixed(2)}`);
  return theirs / ours;
}

/** @param {string} file */
function runQemu(file) {
  // Semihosting writes to stderr.
  const { stdout, stderr } = spawnSync('qemu-system-aarch64', [...QEMU, file], { encoding: 'utf8', timeout: 120_000 });
  return `${stdout}${stderr}`.trim().split(' ');
}
