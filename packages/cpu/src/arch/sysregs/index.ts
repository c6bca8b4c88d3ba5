/**
 * The system register table: every row of the sibling files, by encoding and by name. Two rows may share an encoding
 * only where one is read and the other written; anything else shared stops the program at load.
 */
import { InvariantError } from '../../invariant.ts';
import * as debug from './debug.ts';
import * as el1 from './el1.ts';
import * as el2 from './el2.ts';
import * as gicCpu from './gic-cpu.ts';
import * as id from './id.ts';
import { NAMED_REGISTERS } from './named.ts';
import * as pmu from './pmu.ts';
import { SystemRegisterBase, type AnyRegister } from './register.ts';
import * as timer from './timer.ts';
import { E2H_ALIASES } from './vhe.ts';

/** The rows among a file's exports: registers, and families of registers. */
function rowsOf(exports: object): AnyRegister[] {
  return Object.values(exports)
    .flat()
    .filter((value): value is AnyRegister => value instanceof SystemRegisterBase);
}

/** Rows by key and direction and by name; throws where two rows claim the same. */
export class RegisterIndex {
  readonly #rows: readonly AnyRegister[];
  readonly #read = new Map<number, AnyRegister>();
  readonly #write = new Map<number, AnyRegister>();
  readonly #names = new Map<string, AnyRegister>();
  #sorted: readonly AnyRegister[] | undefined;

  constructor(rows: readonly AnyRegister[]) {
    this.#rows = rows;
    for (const row of rows) {
      if (row.directions !== 'W') claim(this.#read, row.key, row, (other) => `${row.encoding.join(',')} is read as ${other.name} and ${row.name}`);
      if (row.directions !== 'R') claim(this.#write, row.key, row, (other) => `${row.encoding.join(',')} is written as ${other.name} and ${row.name}`);
      claim(this.#names, row.name.toUpperCase(), row, (other) => `${row.name} names ${other.encoding.join(',')} and ${row.encoding.join(',')}`);
    }
  }

  /** All rows in order of encoding. */
  get rows(): readonly AnyRegister[] {
    return (this.#sorted ??= this.#rows.toSorted((a, b) => a.key - b.key));
  }

  /** The row that an MRS (`R`) or MSR (`W`) of this key names; without a direction, whichever there is. */
  byKey(key: number, direction?: 'R' | 'W'): AnyRegister | undefined {
    if (direction === 'R') return this.#read.get(key);
    if (direction === 'W') return this.#write.get(key);
    return this.#read.get(key) ?? this.#write.get(key);
  }

  /** The row of a name, in any case of letters. */
  byName(name: string): AnyRegister | undefined {
    return this.#names.get(name.toUpperCase());
  }
}

function claim<Key>(map: Map<Key, AnyRegister>, key: Key, row: AnyRegister, complaint: (other: AnyRegister) => string): void {
  const other = map.get(key);
  if (other !== undefined) throw new InvariantError(complaint(other));
  map.set(key, row);
}

/** Every system register, in order of encoding. */
export const SYSTEM_REGISTERS = new RegisterIndex([
  ...rowsOf(id),
  ...rowsOf(el1),
  ...rowsOf(el2),
  ...rowsOf(timer),
  ...rowsOf(gicCpu),
  ...rowsOf(debug),
  ...rowsOf(pmu),
  ...E2H_ALIASES,
  ...NAMED_REGISTERS,
]);

export * from './debug.ts';
export * from './el1.ts';
export * from './el2.ts';
export * from './gic-cpu.ts';
export * from './id.ts';
export * from './layouts.ts';
export * from './named.ts';
export * from './pmu.ts';
export * from './register.ts';
export * from './timer.ts';
export * from './vhe.ts';
