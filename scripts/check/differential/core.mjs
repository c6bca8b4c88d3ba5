// @ts-check
/**
 * Our side of `check:differential`: a PE at EL0, its MMU on, with the addresses of the harness; Eval and tier 0 run single
 * words in turns.
 */
import { FeatureSet, withoutFeature } from '../../../packages/cpu/dist/arch/index.js';
import { BANK, PE, RECORD } from '../../../packages/cpu/dist/engine/layout.js';
import { createTranslation } from '../../../packages/cpu/dist/engine/translation.js';
import { Cpu, machineMemory, planMemory } from '../../../packages/cpu/dist/index.js';
import { refreshFpFast } from '../../../packages/cpu/dist/state/fp-state.js';
import { CASE, CODE_BASE, DATA_BASE, DATA_SIZE, WINDOW_AT, WINDOW_SIZE, X_REGISTERS } from './cases.mjs';

/** Signals as Linux raises them. */
export const SIGNAL = { NONE: 0, ILL: 4, TRAP: 5, BUS: 7, FPE: 8, SEGV: 11, UNIMPLEMENTED: 99 };

/** Physical addresses: tables, code, data. */
const RAM = 0x4000_0000;
const CODE_AT = 0x1_0000;
const DATA_AT = 0x2_0000;

/** Descriptor bits: valid, table or page; AF; AP: EL0 may read and write; attribute 0. */
const TABLE = 3n;
const PAGE = 3n | (1n << 10n) | (1n << 6n);

/** EC of ESR_ELx (DDI 0487, "ESR_EL1") and fault status 0x21, alignment. */
const EC = { UNKNOWN: 0x00, FP: 0x07, ILLEGAL: 0x0e, SYSREG: 0x18, PC_ALIGNMENT: 0x22, DATA_LOWER: 0x24, SP_ALIGNMENT: 0x26, BRK: 0x3c };
const ALIGNMENT = 0x21;

/** As Linux has it: UCI, UCT, DZE, nTWE, nTWI, SA0, SA, C, I, M and RES1. */
const SCTLR = 0x3497_d91dn | 0x1000n;

/** What qemu-aarch64 is asked to be, and what we are then. @type {Readonly<Record<string, FeatureSet>>} */
export const MODELS = {
  max: withoutFeature(FeatureSet.upTo('v8.5', 'all'), 'EL2').without('PAuth', 'MTE', 'MTE2', 'RNG', 'LSE2'),
  'cortex-a57': withoutFeature(FeatureSet.upTo('v8.0', 'all'), 'EL2'),
};

/** Bits of FPCR that software can set: AHP, DN, FZ, RMode; FZ16. @param {FeatureSet} features */
export function fpcrMask(features) {
  return 0x07c0_0000 | (features.has('FP16') ? 1 << 19 : 0);
}

export class Core {
  #cpu;
  /** The PE block, data area and code word in machine memory, as words. */
  #i32;
  #pe;
  #data;
  #code;
  #initial;
  /** Cases that tier 0 was asked to run, and those that it did not leave to Eval. */
  asked = 0;
  executed = 0;

  /** @param {FeatureSet} features @param {Int32Array} initial */
  constructor(features, initial) {
    const plan = planMemory(1, 0x10_0000);
    const wasm = machineMemory(plan.size);
    const memory = wasm.buffer;
    const ram = { base: RAM, size: 0x10_0000, host: plan.ram };
    const cpu = /** @type {any} */ (
      new Cpu({
        memory,
        translation: createTranslation(wasm, plan, features, [ram], { tier0: true, tier1: false }),
        plan,
        pe: 0,
        features,
        identity: { midr: 0xf0000n, mpidr: 0x8000_0000n, paBits: 40, breakpoints: 6, watchpoints: 4 },
        ports: {
          bus: { read: () => 'abort', write: () => 'abort' },
          ram: [ram],
          banks: [],
          firmwareCall: () => false,
          broadcastTlbi: () => undefined,
          sendEvent: () => undefined,
          isNative: () => false,
        },
      })
    );
    this.#cpu = cpu;
    this.#i32 = new Int32Array(memory);
    this.#pe = plan.peBase(0) >>> 2;
    this.#data = (plan.ram + DATA_AT) >>> 2;
    this.#code = (plan.ram + CODE_AT) >>> 2;
    this.#initial = initial;
    this.#i32.set(initial, this.#data);
    this.#map(plan.ram);
    this.#control();
  }

  /** 4 KiB pages in one level 1 table, one level 2 table and a level 3 table each for code and data. @param {number} ram */
  #map(ram) {
    const u64 = new BigUint64Array(this.#i32.buffer);
    const table = (/** @type {number} */ n) => ({ at: (ram + n * 4096) >>> 3, pa: BigInt(RAM + n * 4096) });
    const [level1, level2, code, data] = [table(0), table(1), table(2), table(3)];
    u64[level1.at] = level2.pa | TABLE;
    u64[level2.at + (CODE_BASE >>> 21)] = code.pa | TABLE;
    u64[level2.at + (DATA_BASE >>> 21)] = data.pa | TABLE;
    u64[code.at] = BigInt(RAM + CODE_AT) | PAGE;
    for (let page = 0; page < DATA_SIZE / 4096; page++) u64[data.at + page] = BigInt(RAM + DATA_AT + page * 4096) | PAGE;
  }

  #control() {
    const cpu = this.#cpu;
    const key = (/** @type {string} */ name) => KEYS[/** @type {keyof typeof KEYS} */ (name)];
    const write = (/** @type {string} */ name, /** @type {bigint} */ value) => {
      cpu.sysregs.value[0] = Number(value & 0xffff_ffffn);
      cpu.sysregs.value[1] = Number(value >> 32n);
      if (!cpu.sysregs.write(key(name), 0)) throw new Error(`cannot write ${name}`);
    };
    write('CPACR_EL1', 3n << 20n);
    write('MAIR_EL1', 0xffn);
    // 39 bits of VA from TTBR0, none from TTBR1; IPS 40 bits, TBI0.
    write('TCR_EL1', 25n | (1n << 23n) | (2n << 32n) | (1n << 37n));
    write('TTBR0_EL1', BigInt(RAM));
    write('TTBR1_EL1', 0n);
    write('SCTLR_EL1', SCTLR);
    cpu.state.set32(PE.MODE, 0);
    cpu.state.set32(PE.PSTATE, 0);
    cpu.contextChanged();
  }

  /** Runs a case; the registers are then where {@link x} and its neighbours read them. @param {Int32Array} cases @param {number} at @returns {number} the signal */
  run(cases, at) {
    const cpu = this.#cpu;
    const i32 = this.#i32;
    const pe = this.#pe;
    i32[this.#code] = cases[at + CASE.WORD] ?? 0;
    i32.set(cases.subarray(at + CASE.X, at + CASE.X + 2 * X_REGISTERS), pe + (PE.X >>> 2));
    i32.set(cases.subarray(at + CASE.V, at + CASE.V + 128), pe + (PE.V >>> 2));
    i32[pe + (PE.FPCR >>> 2)] = cases[at + CASE.FPCR] ?? 0;
    i32[pe + (PE.FPSR >>> 2)] = cases[at + CASE.FPSR] ?? 0;
    refreshFpFast(cpu.state);
    i32[pe + (PE.PC >>> 2)] = CODE_BASE;
    i32[pe + (PE.PC >>> 2) + 1] = 0;
    cpu.state.nzcv = (cases[at + CASE.NZCV] ?? 0) >>> 28;
    if ((at / CASE.WORDS) % 2 === 1 && this.#runRecord()) return SIGNAL.NONE;
    const outcome = cpu.interpreter.step();
    if (outcome === 'retired') return SIGNAL.NONE;
    return outcome === 'exception' ? signalOf(cpu.exception.syndrome) : SIGNAL.UNIMPLEMENTED;
  }

  /** The word in tier 0; false: it has left it to Eval. */
  #runRecord() {
    const { state, memory, translated } = this.#cpu;
    this.asked++;
    // The fetch that tier 0 does not do.
    if (!memory.fetch(CODE_BASE, 0)) return false;
    // The word is a new one: its record goes, and that of the word behind it, which says how the block goes on.
    const entry = (state.get32(PE.BANK) + BANK.PAGES + ((CODE_BASE >>> 12) & (BANK.PAGE_ENTRIES - 1)) * BANK.ENTRY_SIZE) >>> 2;
    const page = this.#i32[entry + 2] ?? 0;
    if (this.#i32[entry] === CODE_BASE && page !== 0) this.#i32.fill(0, page >>> 2, (page + 2 * RECORD.SIZE) >>> 2);
    state.set32(PE.BUDGET, 1);
    if (!translated.enter(() => false) || state.get32(PE.BUDGET) !== 0) return false;
    this.executed++;
    return true;
  }

  /** Where the registers of the last case are in {@link words}. */
  get base() {
    return this.#pe;
  }

  get words() {
    return this.#i32;
  }

  get nzcv() {
    return this.#cpu.state.nzcv << 28;
  }

  /** The first word of the window. */
  get window() {
    return this.#data + WINDOW_AT / 4;
  }

  /** What the data area held at first. */
  get initial() {
    return this.#initial;
  }

  /** Puts the window back as it was; whether it was so already. */
  restore() {
    const { window } = this;
    const first = WINDOW_AT / 4;
    let same = true;
    for (let i = 0; i < WINDOW_SIZE / 4; i++) {
      if (this.#i32[window + i] === this.#initial[first + i]) continue;
      same = false;
      this.#i32[window + i] = this.#initial[first + i] ?? 0;
    }
    return same;
  }

  /** Puts the whole data area back; returns how many 64-bit words differed. */
  restoreAll() {
    let strays = 0;
    for (let i = 0; i < this.#initial.length; i += 2) {
      const at = this.#data + i;
      if (this.#i32[at] === this.#initial[i] && this.#i32[at + 1] === this.#initial[i + 1]) continue;
      strays++;
      this.#i32[at] = this.#initial[i] ?? 0;
      this.#i32[at + 1] = this.#initial[i + 1] ?? 0;
    }
    return strays;
  }
}

const KEYS = { CPACR_EL1: 0xc082, MAIR_EL1: 0xc510, TCR_EL1: 0xc102, TTBR0_EL1: 0xc100, TTBR1_EL1: 0xc101, SCTLR_EL1: 0xc080 };

/** @param {number} syndrome */
function signalOf(syndrome) {
  switch (syndrome >>> 26) {
    case EC.UNKNOWN:
    case EC.FP:
    case EC.ILLEGAL:
    case EC.SYSREG:
      return SIGNAL.ILL;
    case EC.PC_ALIGNMENT:
    case EC.SP_ALIGNMENT:
      return SIGNAL.BUS;
    case EC.DATA_LOWER:
      return (syndrome & 63) === ALIGNMENT ? SIGNAL.BUS : SIGNAL.SEGV;
    case EC.BRK:
      return SIGNAL.TRAP;
    default:
      return -1;
  }
}
