/** Reading control fields on the way of an access: names resolved to cells and masks once. */
import type { Field } from '../arch/bits.ts';
import { fpAccessSyndrome, UNKNOWN_SYNDROME } from '../arch/esr.ts';
import { EC } from '../arch/exception-class.ts';
import type { FeatureSet } from '../arch/features.ts';
import { e2hLayout, SYSTEM_REGISTERS } from '../arch/sysregs/index.ts';
import type { FieldTest, TrapRow } from '../arch/traps.ts';
import { InvariantError } from '../invariant.ts';
import type { SysRegBank } from '../ports.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { SYSREG_CELLS } from './storage.ts';

/** Reads one field in the layout for an E2H value; 0 where its feature is absent. */
type FieldReader = () => number;

export class ControlReader {
  readonly #state: CpuState;
  readonly #features: FeatureSet;
  readonly #bankOf: (key: number) => SysRegBank | null;
  readonly #data = new Uint32Array(2);

  constructor(state: CpuState, features: FeatureSet, bankOf: (key: number) => SysRegBank | null) {
    this.#state = state;
    this.#features = features;
    this.#bankOf = bankOf;
  }

  reader(register: string, fieldName: string, e2h: 0 | 1): FieldReader {
    const row = SYSTEM_REGISTERS.byName(register);
    if (row === undefined) throw new InvariantError(`no control register ${register}`);
    const field = e2hLayout(row, e2h).fields.find((candidate) => candidate.name === fieldName);
    if (field === undefined) return () => 0;
    if (field.feature !== null && !this.#features.has(field.feature)) {
      const { absent } = field;
      return () => absent;
    }
    const cell = SYSREG_CELLS.get(row.key);
    if (cell !== undefined) return this.#cellReader(cell, field);
    const bank = this.#bankOf(row.key);
    return bank === null ? () => 0 : this.#bankReader(bank, row.key, field);
  }

  #cellReader(cell: number, field: Field): FieldReader {
    const state = this.#state;
    const { wordMask, wordShift } = field;
    return field.word === 1 ? () => (state.hi(cell) & wordMask) >>> wordShift : () => (state.lo(cell) & wordMask) >>> wordShift;
  }

  #bankReader(bank: SysRegBank, key: number, field: Field): FieldReader {
    const data = this.#data;
    const { word, wordMask, wordShift } = field;
    return () => {
      bank.read(key, data);
      return (data[word === 1 ? 1 : 0]! & wordMask) >>> wordShift;
    };
  }
}

/** The syndrome of a trap: `own` is that of the access, which the class of the row may replace (FPCR and FPSR are FP accesses). */
export function trapSyndrome(row: TrapRow, own: number): number {
  switch (row.ec) {
    case EC.Unknown:
      return UNKNOWN_SYNDROME;
    case EC.AdvSIMDFPAccess:
      return fpAccessSyndrome();
    default:
      return own;
  }
}

/** A trap row ready to be asked, for one value of E2H. */
export interface CompiledTrap {
  readonly row: TrapRow;
  /** Whether the control's fields have the row's values now. */
  readonly holds: () => boolean;
}

export function compileTrap(row: TrapRow, e2h: 0 | 1, controls: ControlReader): CompiledTrap {
  const tests = row.tests.map((test: FieldTest) => ({ read: controls.reader(test.register, test.field, e2h), values: test.values }));
  return { row, holds: () => tests.every(({ read, values }) => values.includes(read())) };
}
