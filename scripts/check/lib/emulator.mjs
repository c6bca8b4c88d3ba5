// @ts-check
/** Programs of the checks in qemu-aarch64: built into a cache folder, once for each version of their source, and spoken to through pipes. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = 'aarch64-linux-gnu-gcc';
const EMULATOR = 'qemu-aarch64';
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

/** Builds the C program at `source`; returns its path. @param {string} name @param {URL} source */
export function buildProgram(name, source) {
  const path = fileURLToPath(source);
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
  const program = join(CACHE, `${name}-${hash}`);
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${program}.${String(process.pid)}`;
  const { status, stderr } = spawnSync(COMPILER, ['-O2', '-static', '-Wall', '-Wextra', '-Werror', '-o', unfinished, path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${COMPILER} failed: ${stderr}`);
  renameSync(unfinished, program);
  return program;
}

/** A running program; what is sent and what is read are arrays of 32-bit words. */
export class Emulator {
  #child;
  /** Chunks that came and are not yet asked for. @type {Buffer[]} */
  #chunks = [];
  #available = 0;
  /** @type {(() => void) | null} */
  #wake = null;
  #ended = false;

  /** @param {string} program @param {string} model the CPU */
  constructor(program, model) {
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
    // A child that ended shows in `read`.
    this.#child.stdin.on('error', () => undefined);
  }

  /** @param {Int32Array} words */
  write(words) {
    this.#child.stdin.write(bytes(words));
  }

  /** The next `words` words. @param {number} words @returns {Promise<Int32Array>} */
  async read(words) {
    const size = 4 * words;
    while (this.#available < size) {
      if (this.#ended) throw new Error(`${EMULATOR} ended before its results: status ${String(this.#child.exitCode)}, signal ${String(this.#child.signalCode)}`);
      await new Promise((/** @type {(value: void) => void} */ resolve) => (this.#wake = resolve));
    }
    const all = Buffer.concat(this.#chunks);
    this.#chunks = all.length > size ? [all.subarray(size)] : [];
    this.#available = all.length - size;
    const copy = new Int32Array(words);
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
