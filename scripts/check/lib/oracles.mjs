// @ts-check
/**
 * The independent decoders and the assembler that the instruction table is checked against: llvm-mc and GNU binutils,
 * both run over files of many words, because a process a word would take weeks.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a tool said of a word: its text, or null where the word is unallocated. @typedef {string | null} Text */

const LLVM_MC = ['llvm-mc-14', 'llvm-mc'];
const GNU = 'aarch64-linux-gnu-';

/** The tools with their versions; ends the process with status 2 where one is missing. @returns {{ llvmMc: string, versions: string[] }} */
export function findTools() {
  const llvmMc = LLVM_MC.find((name) => spawnSync(name, ['--version']).status === 0);
  const objdump = spawnSync(`${GNU}objdump`, ['--version'], { encoding: 'utf8' });
  const as = spawnSync(`${GNU}as`, ['--version'], { encoding: 'utf8' });
  if (llvmMc === undefined || objdump.status !== 0 || as.status !== 0) {
    process.stderr.write('this check needs llvm-mc and GNU binutils for AArch64: apt-get install llvm binutils-aarch64-linux-gnu\n');
    process.exit(2);
  }
  const llvm = /version ([\d.]+)/.exec(spawnSync(llvmMc, ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? '?';
  return { llvmMc, versions: [`llvm-mc ${llvm}`, objdump.stdout.split('\n', 1)[0] ?? '', as.stdout.split('\n', 1)[0] ?? ''] };
}

/** A temporary folder that lives as long as `use`. @template T @param {(folder: string) => T} use @returns {T} */
function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-check-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a tool with stdout and stderr into files (they may be hundreds of megabytes).
 * @param {string} folder @param {string} tool @param {string[]} args
 */
function run(folder, tool, args) {
  const out = openSync(join(folder, 'out'), 'w');
  const err = openSync(join(folder, 'err'), 'w');
  const { status, error } = spawnSync(tool, args, { stdio: ['ignore', out, err] });
  closeSync(out);
  closeSync(err);
  if (error) throw error;
  return { status, out: join(folder, 'out'), err: join(folder, 'err') };
}

const HEX = Array.from({ length: 256 }, (_, byte) => `0x${byte.toString(16).padStart(2, '0')}`);

/** @param {Uint32Array} words */
function llvmInput(words) {
  const lines = new Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    lines[i] = `${HEX[word & 255]} ${HEX[(word >>> 8) & 255]} ${HEX[(word >>> 16) & 255]} ${HEX[word >>> 24]}`;
  }
  return `${lines.join('\n')}\n`;
}

/**
 * What llvm-mc prints with a list of features; also where it calls the encoding potentially undefined, by which it means
 * CONSTRAINED UNPREDICTABLE.
 * @param {string} llvmMc @param {Uint32Array} words @param {string} mattr @returns {Text[]}
 */
export function llvmDisassemble(llvmMc, words, mattr) {
  return withFolder((folder) => {
    const input = join(folder, 'in');
    writeFileSync(input, llvmInput(words));
    const { status, out, err } = run(folder, llvmMc, ['--disassemble', '-triple=aarch64', `-mattr=${mattr}`, input]);
    const refused = new Uint8Array(words.length);
    const complaints = readFileSync(err, 'latin1');
    let count = 0;
    for (const match of complaints.matchAll(/:(\d+):\d+: warning: invalid instruction encoding/g)) {
      refused[Number(match[1]) - 1] = 1;
      count++;
    }
    if (status !== 0 && count === 0) throw new Error(`llvm-mc failed: ${complaints.slice(0, 500)}`);
    const lines = readFileSync(out, 'latin1').split('\n');
    let at = lines[0]?.includes('.text') === true ? 1 : 0;
    const texts = Array.from(refused, (isRefused) => (isRefused === 1 ? null : (lines[at++] ?? '').trim()));
    if (lines.length - 1 !== at) throw new Error(`llvm-mc printed ${String(lines.length - 1)} lines where ${String(at)} were expected`);
    return texts;
  });
}

/** What objdump prints, word i at address 4i. @param {Uint32Array} words @returns {Text[]} */
export function objdumpDisassemble(words) {
  return withFolder((folder) => {
    const input = join(folder, 'in');
    writeFileSync(input, Buffer.from(words.buffer, words.byteOffset, words.byteLength));
    const { status, out, err } = run(folder, `${GNU}objdump`, ['-D', '-z', '-b', 'binary', '-m', 'aarch64', '--no-show-raw-insn', input]);
    if (status !== 0) throw new Error(`objdump failed: ${readFileSync(err, 'latin1').slice(0, 500)}`);
    /** @type {Text[]} */
    const texts = new Array(words.length).fill(null);
    const listing = readFileSync(out, 'latin1');
    const pattern = /^ *([0-9a-f]+):\t(.*)$/gm;
    let count = 0;
    for (let match = pattern.exec(listing); match !== null; match = pattern.exec(listing)) {
      const text = (match[2] ?? '').trim();
      texts[parseInt(match[1] ?? '', 16) >>> 2] = /^\.inst\s.*(?:undefined|NYI)/.test(text) ? null : text;
      count++;
    }
    if (count !== words.length) throw new Error(`objdump listed ${String(count)} of ${String(words.length)} words`);
    return texts;
  });
}

/**
 * Assembles and links lines with GNU as and ld, line i at `base` + 4i: its word, or the error with which as refuses it.
 * @param {readonly string[]} lines @param {string} march @param {bigint} base @returns {(number | string)[]}
 */
export function gnuAssemble(lines, march, base) {
  return withFolder((folder) => {
    const [source, object, linked, flat] = ['in.s', 'in.o', 'in.elf', 'in.bin'].map((name) => join(folder, name));
    /** @type {Map<number, string>} */
    const errors = new Map();
    // The first run finds the lines that as refuses; the next assembles the others, with NOPs in the gaps. A run stops
    // before it looks at ranges if anything does not parse, so there may be two rounds of errors.
    for (;;) {
      writeFileSync(source ?? '', `.text\n.globl _start\n_start:\n${lines.map((line, i) => (errors.has(i) ? 'nop' : line)).join('\n')}\n`);
      const { status, err } = run(folder, `${GNU}as`, [`-march=${march}`, '-o', object ?? '', source ?? '']);
      if (status === 0) break;
      const before = errors.size;
      for (const match of readFileSync(err, 'latin1').matchAll(/:(\d+): Error: (.*)$/gm)) errors.set(Number(match[1]) - 4, match[2] ?? '');
      if (errors.size === before) throw new Error(`as failed: ${readFileSync(err, 'latin1').slice(0, 500)}`);
    }
    const link = run(folder, `${GNU}ld`, ['-Ttext', `0x${base.toString(16)}`, '-o', linked ?? '', object ?? '']);
    if (link.status !== 0) throw new Error(`ld failed: ${readFileSync(link.err, 'latin1').slice(0, 500)}`);
    const copy = run(folder, `${GNU}objcopy`, ['-O', 'binary', '-j', '.text', linked ?? '', flat ?? '']);
    if (copy.status !== 0) throw new Error('objcopy failed');
    const bytes = readFileSync(flat ?? '');
    if (bytes.length < 4 * lines.length) throw new Error(`as made ${String(bytes.length / 4)} words of ${String(lines.length)} lines`);
    return lines.map((_, i) => errors.get(i) ?? bytes.readUInt32LE(4 * i));
  });
}
