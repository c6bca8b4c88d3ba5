/** Every definition by row index; a row without one is unimplemented. */
import { ROWS } from '../arch/insn/index.ts';
import type { Row } from '../arch/insn/row.ts';
import { branchSemantics } from './branch.ts';
import { cryptoSemantics } from './crypto.ts';
import { dpImmSemantics } from './dp-imm.ts';
import { dpRegSemantics } from './dp-reg.ts';
import { exceptionGenSemantics } from './exception-gen.ts';
import { loadStoreSemantics } from './load-store.ts';
import { fpMoveSemantics } from './fp-move.ts';
import { fpSemantics } from './fp.ts';
import type { AnyDefinition } from './semantics.ts';
import { simdFpSemantics } from './simd-fp.ts';
import { simdLoadStoreSemantics } from './simd-load-store.ts';
import { permuteSemantics, scalarCopySemantics } from './simd-permute.ts';
import { scalarShiftSemantics, shiftSemantics } from './simd-shift.ts';
import { structureSemantics } from './simd-structures.ts';
import { byElementSemantics, scalarByElementSemantics, scalarThreeDifferentSemantics, threeDifferentSemantics } from './simd-three-different.ts';
import { scalarThreeSameSemantics, threeSameSemantics } from './simd-three-same.ts';
import { scalarTwoSemantics, twoSemantics } from './simd-two.ts';
import { sisdFpSemantics } from './sisd-fp.ts';
import { systemSemantics } from './system.ts';

const byId: Readonly<Record<string, unknown>> = {
  ...dpImmSemantics,
  ...dpRegSemantics,
  ...branchSemantics,
  ...exceptionGenSemantics,
  ...systemSemantics,
  ...loadStoreSemantics,
  ...simdLoadStoreSemantics,
  ...structureSemantics,
  ...permuteSemantics,
  ...scalarCopySemantics,
  ...threeSameSemantics,
  ...scalarThreeSameSemantics,
  ...threeDifferentSemantics,
  ...scalarThreeDifferentSemantics,
  ...byElementSemantics,
  ...scalarByElementSemantics,
  ...twoSemantics,
  ...scalarTwoSemantics,
  ...shiftSemantics,
  ...scalarShiftSemantics,
  ...cryptoSemantics,
  ...fpMoveSemantics,
  ...fpSemantics,
  ...simdFpSemantics,
  ...sisdFpSemantics,
};

/** The definitions, typed away: each was checked against its own row where it was written. */
export const DEFINITIONS: readonly (AnyDefinition | null)[] = ROWS.map((row) => (byId[row.id] as AnyDefinition | undefined) ?? null);

/** Whether the row executes: an allocated row that does not stops the machine with a diagnostic. */
export function isImplemented(row: Row): boolean {
  return DEFINITIONS[row.index] !== null;
}
