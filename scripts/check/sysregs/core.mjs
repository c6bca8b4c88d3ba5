// @ts-check
/** Our side of `check:sysregs`: a core put into a situation with one control set, one access at a time, and what became of it. */
import { EVENT, SYSTEM_REGISTERS } from '../../../packages/cpu/dist/arch/index.js';
import { createCpu } from '../../../packages/cpu/dist/index.js';
import { MODE, PE, PE_STRIDE } from '../../../packages/cpu/dist/engine/layout.js';
import { SYSREG_CELLS } from '../../../packages/cpu/dist/sysreg/storage.js';
import { ID_VALUE } from './model.mjs';
import { RULES } from './rules.mjs';

/** @typedef {import('./model.mjs').Situation} Situation */

const CODE = 0x4000_0000;
const READ = 0xd520_0000;
const WRITE = 0xd500_0000;
const EC_SHIFT = 26;
/** From a lower EL and from the same. */
const DATA_ABORTS = [0x24, 0x25];
const BANKED = /^(ICC_|ICH_|CNT)/;
/** Not filled with noise: what translates, steps, counts or waits. */
const KEPT = /^(SCTLR|HCR|MDCR|CPTR|CPACR|MDSCR|OSLAR|OSDLR|PM|ICC|ICH|CNT|VTCR|VPIDR|VMPIDR|HSTR)/;

/** With these nothing is trapped; E2H and TGE are added. @type {Readonly<Record<string, bigint>>} */
const BASELINE = {
  HCR_EL2: 1n << 31n, CPACR_EL1: 3n << 20n, SCTLR_EL1: bits(9, 14, 15, 16, 18, 26), SCTLR_EL2: bits(14, 15, 16, 18, 26), CNTKCTL_EL1: bits(0, 1, 8, 9),
  CNTHCTL_EL2: bits(0, 1, 8, 9, 10, 11), PMUSERENR_EL0: 1n, MDSCR_EL1: 0n, MDCR_EL2: 0n, CPTR_EL2: 0n, ICC_SRE_EL1: 7n, ICC_SRE_EL2: 15n, ICH_HCR_EL2: 0n,
};

/** @param {...number} list */
function bits(...list) {
  return list.reduce((all, bit) => all | (1n << BigInt(bit)), 0n);
}

/** One control away from {@link BASELINE}: bits that are inverted. @typedef {{ register: string, bits: number[] }} Setting */

/** @returns {Setting[]} */
function settings() {
  // Not VM and DC, which turn on translation; not the pending bits; not RW, E2H and TGE.
  const hcr = Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => ![0, 6, 7, 8, 12, 27, 31, 34].includes(bit));
  /** @type {[string, (number | number[])[]][]} */
  const list = [
    ['HCR_EL2', hcr], ['CPTR_EL2', [31, 10, 20, 21, [20, 21]]], ['MDCR_EL2', [5, 6, 7, 8, 9, 10, 11]], ['CPACR_EL1', [20, 21, [20, 21]]], ['SCTLR_EL1', [9, 14, 15, 16, 18, 26]],
    ['SCTLR_EL2', [14, 15, 26]], ['CNTKCTL_EL1', [0, 1, 8, 9, [0, 1]]], ['CNTHCTL_EL2', [0, 1, 8, 9, 10, 11, [0, 1]]], ['PMUSERENR_EL0', [0, [0, 1], [0, 2], [0, 3]]],
    ['MDSCR_EL1', [12]], ['ICC_SRE_EL1', [0]], ['ICC_SRE_EL2', [0, 3]], ['ICH_HCR_EL2', [10, 11, 12, 14]],
  ];
  return [{ register: '', bits: [] }, ...list.flatMap(([register, which]) => which.map((one) => ({ register, bits: [one].flat() })))];
}

/** Nothing, and then every control alone. */
export const SETTINGS = settings();

/** Every EL with every value of {E2H, TGE} that it can be reached with: TGE keeps EL1 out. @type {readonly Situation[]} */
export const SITUATIONS = /** @type {const} */ ([2, 1, 0]).flatMap((el) =>
  /** @type {const} */ ([0, 1]).flatMap((e2h) => /** @type {const} */ ([0, 1]).filter((tge) => el !== 1 || tge === 0).map((tge) => ({ el, e2h, tge }))),
);

export class Subject {
  /** @type {Map<number, number[]>} */
  #banked = new Map();
  #bankKey = -1;
  /** What the access at hand replaced in a bank. @type {[number, number[] | undefined] | null} */
  #bankedBefore = null;
  #saved = new Int32Array(PE_STRIDE / 4);
  /** The control registers as they were set. @type {Record<string, bigint>} */
  registers = {};

  constructor() {
    const keys = [...RULES.values()].filter(({ name }) => BANKED.test(name)).map(({ key }) => key);
    const bank = {
      keys,
      read: (/** @type {number} */ key, /** @type {Uint32Array} */ data) => {
        this.#bankKey = key;
        data.set(this.#banked.get(key) ?? [0, 0]);
        return true;
      },
      write: (/** @type {number} */ key, /** @type {Uint32Array} */ data) => {
        this.#bankKey = key;
        this.#bankedBefore ??= [key, this.#banked.get(key)];
        this.#banked.set(key, [data[0] ?? 0, data[1] ?? 0]);
        return true;
      },
    };
    const { cpu, ram } = createCpu({ core: 'generic', translation: false, ports: { banks: [bank] } });
    this.cpu = cpu;
    this.ram = ram;
    this.words = new Int32Array(cpu.state.memory, cpu.memory.physical.host(CODE), 1);
  }

  /** @param {Situation} at @param {Setting} setting */
  enter({ el, e2h, tge }, setting) {
    const { cpu } = this;
    cpu.reset(2, BigInt(CODE));
    let noise = 0x1234_5678_9abcn;
    for (const row of SYSTEM_REGISTERS.rows) {
      noise = (noise * 0x5851_f42d_4c95_7f2dn + 1n) & 0xffff_ffff_ffff_ffffn;
      if (SYSREG_CELLS.has(row.key) && !KEPT.test(row.name)) cpu.setSystemRegister(row, noise);
    }
    this.registers = { ...BASELINE };
    this.#set('HCR_EL2', (BASELINE['HCR_EL2'] ?? 0n) | (BigInt(e2h) << 34n) | (BigInt(tge) << 27n));
    this.#set('CPTR_EL2', e2h === 1 ? 3n << 20n : 0n);
    if (e2h === 0) this.#set('CNTHCTL_EL2', 3n);
    if (setting.register !== '') this.#set(setting.register, (this.registers[setting.register] ?? 0n) ^ bits(...setting.bits));
    for (const [name, value] of Object.entries(this.registers)) {
      const row = SYSTEM_REGISTERS.byName(name);
      if (row === undefined || !cpu.setSystemRegister(row, value)) throw new Error(`no ${name}`);
    }
    cpu.state.set32(PE.MODE, el === 0 ? 0 : el | MODE.SPSEL);
    cpu.contextChanged();
    this.#saved.set(cpu.state.i32.subarray(cpu.state.word, cpu.state.word + PE_STRIDE / 4));
  }

  /** @param {string} name @param {bigint} value */
  #set(name, value) {
    this.registers[name] = value;
  }

  /** Executes MRS or MSR of `key` and undoes it; says what it came to in the model's words. @param {number} key @param {boolean} isRead @param {string} expected */
  access(key, isRead, expected) {
    const { cpu } = this;
    const target = SYSTEM_REGISTERS.byName(expected);
    if (!isRead && target !== undefined) cpu.setX(0, (cpu.sysregs.peek(target.key) ?? 0n) ^ 0xffff_ffff_ffff_ffffn);
    const isOperation = key >> 14 === 1;
    if (isOperation) cpu.setX(0, BigInt(CODE));
    this.words[0] = (isRead ? READ : WRITE) | (key << 5);
    this.#bankKey = -1;
    this.#bankedBefore = null;
    const taken = cpu.events[EVENT.exceptionEntry];
    const outcome = cpu.run(1);
    if (outcome !== 'budget') return this.#undo(outcome);
    if (cpu.events[EVENT.exceptionEntry] !== taken) return this.#undo(this.#exception(key));
    if (isOperation) return this.#undo(nameOf(key, isRead));
    if (this.#bankKey >= 0) return this.#undo(nameOf(this.#bankKey, isRead));
    if (!isRead) return this.#undo(this.#written(key, expected));
    if (target === undefined) return this.#undo(ID_VALUE);
    return cpu.sysregs.peek(target.key) === cpu.getX(0) ? this.#undo(expected) : this.#undo(`the value of another register than ${expected}`);
  }

  /** An operation that meets a fault of its address has been executed. @param {number} key */
  #exception(key) {
    const { el } = this.cpu.state;
    const esr = SYSTEM_REGISTERS.byName(`ESR_EL${String(el)}`);
    const syndrome = esr === undefined ? 0 : this.cpu.state.lo(SYSREG_CELLS.get(esr.key) ?? 0);
    const ec = syndrome >>> EC_SHIFT;
    if (key >> 14 === 1 && DATA_ABORTS.includes(ec)) return nameOf(key, false);
    return ec === 0 ? `UNDEFINED EL${String(el)}` : `trap EL${String(el)} ${ec.toString(16)}`;
  }

  /** The register whose cell changed; the expected one where none did or where it is among them. @param {number} key @param {string} expected */
  #written(key, expected) {
    const { state } = this.cpu;
    const rule = RULES.get(key);
    const changed = [...SYSREG_CELLS].filter(([, cell]) => [cell, cell + 4].some((offset) => state.get32(offset) !== this.#saved[offset >> 2])).map(([one]) => nameOf(one, false));
    const others = [rule?.name, rule?.redirect, rule?.aliasOf].filter((name) => name !== expected);
    // The debug communication channel is two registers under several names, with flags in a third.
    if (rule?.groups.includes('dcc') === true) return expected;
    const wrong = changed.find((name) => others.includes(name));
    return wrong ?? (changed.length === 0 || changed.includes(expected) ? expected : (changed[0] ?? ''));
  }

  /** @param {string} result */
  #undo(result) {
    const { cpu } = this;
    cpu.state.i32.set(this.#saved, cpu.state.word);
    cpu.waiting = null;
    if (this.#bankedBefore !== null) this.#banked.set(this.#bankedBefore[0], this.#bankedBefore[1] ?? [0, 0]);
    cpu.contextChanged();
    return result;
  }
}

/** @param {number} key @param {boolean} isRead */
function nameOf(key, isRead) {
  const rule = RULES.get(key);
  return (isRead ? rule?.name : rule?.writeName) ?? SYSTEM_REGISTERS.byKey(key)?.name ?? key.toString(16);
}
