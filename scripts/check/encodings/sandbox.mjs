// @ts-check
/** A core in which any word may run: state is put back after each, and what became of it is one short text. */
import { EVENT, FeatureSet, ROWS, SYSTEM_REGISTERS } from '../../../packages/cpu/dist/arch/index.js';
import { CORES, createCpu } from '../../../packages/cpu/dist/index.js';
import { MODE, PE, PE_STRIDE } from '../../../packages/cpu/dist/engine/layout.js';

/** @typedef {0 | 1 | 2} El */

const RAM = 0x4000_0000;
const SIZE = 0x10_0000;
const TABLES = RAM + 0x4_0000;
const DATA = RAM + 0x8_0000;
const PAGE = 0x1000;
/** Descriptor of a page: AF, inner shareable, EL0 too; the first page is read-only, so that EL1 and EL0 may execute it. */
const DATA_PAGE = 0x743;
const CODE_PAGE = DATA_PAGE | 0x80;
const EC_SHIFT = 26;

/** Everything that the table knows up to v8.5: more rows than any core has. */
const FEATURES = FeatureSet.upTo('v8.5', 'all');
/** Groups whose rows change what translation, banks and interrupts follow from. */
const CHANGES_CONTEXT = new Set(['System instructions', 'Exception generation', 'Branches']);

export class Sandbox {
  #blocks;
  /** @type {El | -1} */
  #el = -1;

  constructor() {
    const { cpu, ram } = createCpu({ core: CORES.generic, features: FEATURES, ram: { base: RAM, size: SIZE }, translation: false });
    this.cpu = cpu;
    this.ram = ram;
    this.code = new Int32Array(cpu.state.memory, cpu.memory.physical.host(RAM), 1);
    this.#blocks = /** @type {const} */ ([0, 1, 2]).map((el) => this.#prepare(el));
  }

  /** The PE block from which a word runs at this EL. @param {El} el */
  #prepare(el) {
    const { cpu } = this;
    this.#writeTables();
    cpu.reset(2, BigInt(RAM));
    /** @param {string} name @param {bigint} value */
    const set = (name, value) => {
      const row = SYSTEM_REGISTERS.byName(name);
      if (row !== undefined) cpu.setSystemRegister(row, value);
    };
    set('HCR_EL2', 1n << 31n);
    set('CPACR_EL1', 3n << 20n);
    set('CPTR_EL2', 0n);
    set('MAIR_EL1', 0xffn);
    set('TCR_EL1', 25n | (1n << 23n) | (2n << 32n));
    set('TTBR0_EL1', BigInt(TABLES));
    // M, and everything that EL0 may be allowed: nTWE, nTWI, DZE, UCT, UCI, UMA.
    set('SCTLR_EL1', 1n | (1n << 9n) | (1n << 14n) | (1n << 15n) | (1n << 16n) | (1n << 18n) | (1n << 26n));
    set('VBAR_EL1', BigInt(RAM + 0x1000));
    set('VBAR_EL2', BigInt(RAM + 0x1000));
    for (let n = 0; n < 31; n++) cpu.setX(n, n % 4 === 3 ? (0x0123_4567_89ab_cdefn * BigInt(n + 1)) & 0xffff_ffff_ffff_ffffn : BigInt(DATA + 0x100 * n + (n % 4 === 2 ? n : 0)));
    for (let n = 0; n < 32; n++) cpu.setV(n, (0x3ff8_0000_4049_0fdb_7ff0_0001_c000_3c00n * BigInt(n + 1)) & ((1n << 128n) - 1n));
    cpu.state.put64(PE.SP, BigInt(DATA));
    for (const at of [0, 8, 16]) cpu.state.put64(PE.SP_EL + at, BigInt(DATA));
    cpu.state.set32(PE.MODE, el === 0 ? 0 : el | MODE.SPSEL);
    cpu.contextChanged();
    return cpu.state.i32.slice(cpu.state.word, cpu.state.word + PE_STRIDE / 4);
  }

  /** Level 1 to 3, flat. */
  #writeTables() {
    this.ram.writeWords(TABLES, [0, 0, (TABLES + PAGE) | 3, 0]);
    this.ram.writeWords(TABLES + PAGE, [(TABLES + 2 * PAGE) | 3, 0]);
    this.ram.writeWords(TABLES + 2 * PAGE, Array.from({ length: SIZE / PAGE }, (_, page) => [(RAM + page * PAGE) | (page === 0 ? CODE_PAGE : DATA_PAGE), 0]).flat());
  }

  /** All that follows is at this EL. @param {El} el */
  enter(el) {
    this.#writeTables();
    this.#el = el;
    this.#restore();
  }

  #restore() {
    const { cpu } = this;
    cpu.state.i32.set(/** @type {Int32Array} */ (this.#blocks[this.#el]), cpu.state.word);
    cpu.contextChanged();
  }

  /** Runs one word. `retired`, `wait`, `exception EC`, or the row that has no definition. @param {number} word */
  run(word) {
    const { cpu } = this;
    this.code[0] = word;
    const taken = cpu.events[EVENT.exceptionEntry] ?? 0;
    const outcome = cpu.run(1);
    const result = this.#result(outcome, taken);
    const row = cpu.interpreter.decode(word).row;
    if (result !== 'retired' || row === null || CHANGES_CONTEXT.has(row.group)) this.#restore();
    else cpu.state.i32.set(/** @type {Int32Array} */ (this.#blocks[this.#el]).subarray(0, PE.LEAVE >> 2), cpu.state.word);
    cpu.waiting = null;
    cpu.inputs = 0;
    return result;
  }

  /** @param {import('../../../packages/cpu/dist/index.js').RunOutcome} outcome @param {number} taken */
  #result(outcome, taken) {
    const { cpu } = this;
    if (outcome === 'unimplemented') {
      const row = cpu.unimplementedRow;
      if (row === null || !ROWS.includes(row) || cpu.pc !== BigInt(RAM) || cpu.state.el !== this.#el) throw new Error('an unimplemented row without PC, EL or row');
      return `unimplemented ${row.id}`;
    }
    if (outcome !== 'budget') return outcome;
    if (cpu.events[EVENT.exceptionEntry] === taken) return 'retired';
    const { el } = cpu.state;
    const esr = SYSTEM_REGISTERS.byName(`ESR_EL${String(el)}`);
    return `exception ${((esr === undefined ? 0 : Number((cpu.sysregs.peek(esr.key) ?? 0n) & 0xffff_ffffn)) >>> EC_SHIFT).toString(16)}`;
  }
}
