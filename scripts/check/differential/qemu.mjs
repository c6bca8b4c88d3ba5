// @ts-check
/** The far side of `check:differential`: the harness, built into a cache folder, and a qemu-aarch64 that runs batches in it. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASE, RESULT } from './cases.mjs';

const COMPILER = 'aarch64-linux-gnu-gcc';
const EMULATOR = 'qemu-aarch64';
const SOURCE = fileURLToPath(new URL('harness.c', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../.cache/check', import.meta.url));

/** The emulator's version; ends the process with status 2 where a tool is missing. */
export function findTools() {
  const version = spawnSync(EMULATOR, ['--version'], { encoding: 'utf8' });
  if (version.status !== 0 || spawnSync(COMPILER, ['--version']).status !== 0) {
    process.stderr.write(`this check needs ${EMULATOR} and ${COMPILER}: apt-get install qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross\n`);
    process.exit(2);
  }
  return version.stdout.split('\n', 1)[0] ?? '';
}

/** Builds the harness, once for each version of its source. */
export function buildHarness() {
  const name = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16);
  const program = join(CACHE, `differential-${name}`);
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${program}.${String(process.pid)}`;
  const { status, stderr } = spawnSync(COMPILER, ['-O2', '-static', '-Wall', '-Wextra', '-Werror', '-o', unfinished, SOURCE], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${COMPILER} failed: ${stderr}`);
  renameSync(unfinished, program);
  return program;
}

export class Qemu {
  #child;
  /** Chunks that came and are not yet asked for. @type {Buffer[]} */
  #chunks = [];
  #available = 0;
  /** @type {(() => void) | null} */
  #wake = null;
  #ended = false;

  /** @param {string} program @param {string} model @param {Int32Array} initial what the data area holds */
  constructor(program, model, initial) {
    this.#child = spawn(EMULATOR, ['-cpu', model, program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
      this.#chunks.push(chunk);
      this.#available += chunk.length;
      this.#wake?.();
    });
    this.#child.on('close', () => {
      this.#ended = true;
      this.#wake?.();
    });
    // A child that ended shows in `results`.
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdin.write(bytes(initial));
  }

  /** Sends a batch; {@link results} are asked for later, in the same order. @param {Int32Array} cases @param {number} count */
  send(cases, count) {
    this.#child.stdin.write(bytes(Int32Array.of(count)));
    this.#child.stdin.write(bytes(cases.subarray(0, count * CASE.WORDS)));
  }

  /** The results of the oldest batch not yet asked for, and the count of stray words behind them. @param {number} count @returns {Promise<Int32Array>} */
  async results(count) {
    const size = 4 * (count * RESULT.WORDS + 1);
    while (this.#available < size) {
      if (this.#ended) throw new Error(`${EMULATOR} ended before its results: status ${String(this.#child.exitCode)}, signal ${String(this.#child.signalCode)}`);
      await new Promise((/** @type {(value: void) => void} */ resolve) => (this.#wake = resolve));
    }
    const all = Buffer.concat(this.#chunks);
    this.#chunks = all.length > size ? [all.subarray(size)] : [];
    this.#available = all.length - size;
    const copy = new Int32Array(size / 4);
    bytes(copy).set(all.subarray(0, size));
    return copy;
  }

  end() {
    this.#child.stdin.end();
  }
}

/** @param {Int32Array} words */
function bytes(words) {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}
