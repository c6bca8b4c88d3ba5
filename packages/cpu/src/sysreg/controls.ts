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
import type { FieldPlace, TrapGuard } from './plain.ts';
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
    const place = this.place(register, fieldName, e2h);
    if (typeof place === 'number') return () => place;
    if (place === null) {
      const { key, field } = this.#control(register, fieldName, e2h);
      return this.#bankReader(this.#bankOf(key)!, key, field!);
    }
    const state = this.#state;
    const { offset, mask, shift } = place;
    return () => (state.get32(offset) & mask) >>> shift;
  }

  /** Whether a field has one of the values of a test, in the layout for an E2H value: asked at each access, nearly always of one value in a cell. */
  test({ register, field, values }: FieldTest, e2h: 0 | 1): () => boolean {
    const place = this.place(register, field, e2h);
    if (typeof place === 'number') {
      const holds = values.includes(place);
      return () => holds;
    }
    const [value] = values;
    if (place === null || value === undefined || values.length > 1) {
      const read = this.reader(register, field, e2h);
      return () => values.includes(read());
    }
    const state = this.#state;
    const { offset } = place;
    const mask = place.mask | 0;
    const wanted = value << place.shift;
    return () => (state.get32(offset) & mask) === wanted;
  }

  /** Where a field lies in the PE block; the number that it always is where it has no storage; null where a bank holds it. */
  place(register: string, fieldName: string, e2h: 0 | 1): FieldPlace | number | null {
    const { key, field } = this.#control(register, fieldName, e2h);
    if (field === undefined) return 0;
    if (field.feature !== null && !this.#features.has(field.feature)) return field.absent;
    const cell = SYSREG_CELLS.get(key);
    if (cell !== undefined) return { offset: cell + (field.word === 1 ? 4 : 0), mask: field.wordMask, shift: field.wordShift };
    return this.#bankOf(key) === null ? 0 : null;
  }

  #control(register: string, fieldName: string, e2h: 0 | 1): { readonly key: number; readonly field: Field | undefined } {
    const row = SYSTEM_REGISTERS.byName(register);
    if (row === undefined) throw new InvariantError(`no control register ${register}`);
    return { key: row.key, field: e2hLayout(row, e2h).fields.find((candidate) => candidate.name === fieldName) };
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
  /** The same as places and values; `never` where it cannot hold on this core, null where a bank is asked. */
  readonly guard: TrapGuard | 'never' | null;
}

export function compileTrap(row: TrapRow, e2h: 0 | 1, controls: ControlReader): CompiledTrap {
  const tests = row.tests.map((test: FieldTest) => controls.test(test, e2h));
  const all = (): boolean => {
    for (let i = 0; i < tests.length; i++) if (!tests[i]!()) return false;
    return true;
  };
  const holds = tests.length === 1 ? tests[0]! : all;
  return { row, holds, guard: guardOf(row, e2h, controls) };
}

function guardOf(row: TrapRow, e2h: 0 | 1, controls: ControlReader): TrapGuard | 'never' | null {
  const places = row.tests.map((test) => ({ place: controls.place(test.register, test.field, e2h), values: test.values }));
  if (places.some(({ place, values }) => typeof place === 'number' && !values.includes(place))) return 'never';
  if (places.some(({ place }) => place === null)) return null;
  return places.flatMap(({ place, values }) => (typeof place === 'number' ? [] : [{ place: place!, values }]));
}
