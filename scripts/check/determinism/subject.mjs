// @ts-check
/**
 * What `check:determinism` runs, in Node and in a browser alike: a program on a core, with some tiers and in slices of some
 * size, up to a number of instructions; its digest. Nothing here knows where it runs.
 */
import { FeatureSet, ROWS } from '../../../packages/cpu/dist/arch/index.js';
import { CORES, createCpu, isImplemented } from '../../../packages/cpu/dist/index.js';
import { Random } from '../lib/rng.mjs';

const RAM = 0x4000_0000;
const RAM_SIZE = 64 << 20;
const SEMIHOSTING = 0xf000;
const SYS_WRITE0 = 0x04;
const SYS_EXIT = 0x18;
const SYS_ELAPSED = 0x30;

/** Tiers and the size of slices; every one must give the same digest. */
export const WAYS = /** @type {const} */ ([
  { name: 'Eval, one slice', tier0: false, tier1: false, slice: Infinity },
  { name: 'all tiers, one slice', tier0: true, tier1: true, slice: Infinity },
  { name: 'all tiers, slices of 997', tier0: true, tier1: true, slice: 997 },
  { name: 'all tiers, slices of 1', tier0: true, tier1: true, slice: 1 },
  { name: 'tier 0, slices of 10000', tier0: true, tier1: false, slice: 10_000 },
  { name: 'tier 1, slices of 7', tier0: false, tier1: true, slice: 7 },
]);

/** @typedef {{ name: string, elf: Uint8Array | null, seed: number }} Program `elf` null: random words from the seed */
/** @typedef {(typeof WAYS)[number]} Way */

/** @param {Program} program @param {Way} way @param {number} budget instructions @returns {string} */
export function digestOf(program, way, budget) {
  const features = FeatureSet.upTo('v8.2', 'mandatory').with('AES', 'PMULL', 'SHA1', 'SHA256', 'CRC32', 'FP16', 'DotProd', 'FHM', 'SHA512', 'SHA3', 'SM3', 'SM4', 'FCMA', 'JSCVT', 'LRCPC', 'FlagM');
  let isDone = false;
  const one = createCpu({
    core: CORES.seattle,
    features,
    ram: { base: RAM, size: RAM_SIZE },
    translation: way.tier0 || way.tier1 ? { tier0: way.tier0, tier1: way.tier1 } : false,
    ports: { firmwareCall: (kind, imm) => kind === 'hlt' && imm === SEMIHOSTING && semihosting() },
  });
  const { cpu, ram } = one;
  cpu.reset(1, program.elf === null ? randomProgram(ram, program.seed) : loadElf(ram, program.elf));
  for (let left = budget; left > 0 && !isDone; left -= way.slice) {
    const outcome = cpu.run(Math.min(left, way.slice));
    if (outcome === 'unimplemented') return `unimplemented ${cpu.unimplementedRow?.id ?? ''} ${one.digest()}`;
  }
  return one.digest();

  /** The clock is the count of instructions. */
  function semihosting() {
    const block = Number(cpu.getX(1));
    switch (Number(cpu.getX(0))) {
      case SYS_ELAPSED:
        ram.writeWords(block, [cpu.retired.reduce((sum, count) => sum + count, 0), 0]);
        return true;
      case SYS_WRITE0:
        return true;
      case SYS_EXIT:
        isDone = true;
        cpu.requestStop();
        return true;
      default:
        return false;
    }
  }
}

/** Copies the segments; returns the entry. @param {import('../../../packages/cpu/dist/index.js').HostRam} ram @param {Uint8Array} elf */
function loadElf(ram, elf) {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const headers = Number(view.getBigUint64(32, true));
  for (let i = 0; i < view.getUint16(56, true); i++) {
    const at = headers + 56 * i;
    if (view.getUint32(at, true) !== 1) continue;
    const from = Number(view.getBigUint64(at + 8, true));
    ram.write(Number(view.getBigUint64(at + 24, true)), elf.subarray(from, from + Number(view.getBigUint64(at + 32, true))));
  }
  return view.getBigUint64(24, true);
}

// ---- Random words

const CODE = RAM + 0x1_0000;
const VECTORS = RAM + 0x8000;
const TABLES = RAM + 0x2000;
const DATA = RAM + 0x10_0000;
const BLOCKS = 10;
const WORDS = 40;
/** msr tpidr_el1, x0; mrs x0, elr_el1; add x0, x0, #4; msr elr_el1, x0; mrs x0, tpidr_el1; eret */
const SKIP = [0xd518_d080, 0xd538_4020, 0x9100_1000, 0xd518_4020, 0xd538_d080, 0xd69f_03e0];
const GROUPS = /^(Data processing|Loads and stores)/;

/**
 * Blocks of random words of rows that have definitions, each behind pointers into data; a fault is skipped by its handler,
 * and the whole begins anew at the end. @param {import('../../../packages/cpu/dist/index.js').HostRam} ram @param {number} seed
 */
function randomProgram(ram, seed) {
  const random = new Random(seed);
  const rows = ROWS.filter((row) => GROUPS.test(row.group) && isImplemented(row));
  const words = [];
  for (let block = 0; block < BLOCKS; block++) {
    for (let n = 0; n < 28; n += 3) words.push(0xd280_0000 | (random.below(0x2000) << 5) | n, 0xf2a0_0000 | ((DATA >>> 16) << 5) | n);
    words.push(0x9100_001f | (3 << 5)); // mov sp, x3
    for (let n = 0; n < WORDS; n++) {
      const { mask, value, shouldMask, shouldValue } = /** @type {import('../../../packages/cpu/dist/arch/index.js').Row} */ (rows[random.below(rows.length)]).pattern;
      words.push((value | (shouldValue & shouldMask) | (random.bits() & ~(mask | shouldMask))) >>> 0);
    }
  }
  words.push((0x1400_0000 | (-words.length & 0x3ff_ffff)) >>> 0);
  ram.writeWords(CODE, words.map((word) => word >>> 0));
  ram.write(DATA, Uint8Array.from({ length: 0x4000 }, () => random.bits() & 0xff));
  for (const offset of [0x000, 0x200]) ram.writeWords(VECTORS + offset, SKIP);
  // 1 GiB of Normal memory at RAM, for what sets up translation below.
  ram.writeWords(TABLES, [0, 0, RAM | 0x701, 0]);
  ram.writeWords(RAM, SETUP);
  return BigInt(RAM);
}

/** Stage 1 on, vectors, FP on, then the code. */
const SETUP = [
  0xd2a8_0000 | 0, // mov x0, #0x40000000
  0x9140_0801, // add x1, x0, #0x2000
  0xd518_2001, // msr ttbr0_el1, x1
  0xd280_1fe2, // mov x2, #0xff
  0xd518_a202, // msr mair_el1, x2
  0xd286_a322, // mov x2, #0x3519
  0xf2a0_1002, // movk x2, #0x80, lsl #16
  0xd518_2042, // msr tcr_el1, x2
  0x9140_2003, // add x3, x0, #0x8000
  0xd518_c003, // msr vbar_el1, x3
  0xd2a0_0604, // mov x4, #0x300000
  0xd518_1044, // msr cpacr_el1, x4
  0xd280_0025, // mov x5, #1
  0xd518_1005, // msr sctlr_el1, x5
  0xd503_3fdf, // isb
  0x9140_4006, // add x6, x0, #0x10000
  0xd61f_00c0, // br x6
].map((word) => word >>> 0);
