/** The whole A64 instruction table: every group in the manual's order, every row once, aliases after them. */
import { InvariantError } from '../../invariant.ts';
import { branch, branchAliases } from './branch.ts';
import { crypto } from './crypto.ts';
import { dpImm, dpImmAliases } from './dp-imm.ts';
import { dpReg, dpRegAliases } from './dp-reg.ts';
import { exceptionGen } from './exception-gen.ts';
import { fp } from './fp.ts';
import { loadStore, loadStoreAliases } from './load-store.ts';
import { isFormField } from './operands.ts';
import { reserved } from './reserved.ts';
import { simdScalar, simdScalarAliases } from './simd-scalar.ts';
import { simdVector, simdVectorAliases } from './simd-vector.ts';
import { simdLoadStore, simdLoadStoreAliases } from './simd-load-store.ts';
import { system, systemAliases } from './system.ts';
import { buildAlias, buildRow, type Alias, type AliasSpec, type Row, type Rows } from './row.ts';

/** The groups of the table with the manual's headings. */
export const INSN_GROUPS: Readonly<Record<string, Rows>> = {
  'Reserved': reserved,
  'Data processing, immediate': dpImm,
  'Branches': branch,
  'Exception generation': exceptionGen,
  'System instructions': system,
  'Data processing, register': dpReg,
  'Loads and stores': loadStore,
  'Loads and stores, SIMD and floating-point': simdLoadStore,
  'Data processing, cryptography': crypto,
  'Data processing, Advanced SIMD scalar': simdScalar,
  'Data processing, Advanced SIMD vector': simdVector,
  'Data processing, scalar floating-point': fp,
};

/** Groups whose instructions use V registers, FPCR or FPSR, all of them and no others. */
const FP_SIMD_GROUPS: readonly Rows[] = [simdLoadStore, crypto, simdScalar, simdVector, fp];

const ALIAS_GROUPS: readonly Readonly<Record<string, AliasSpec>>[] = [dpImmAliases, branchAliases, systemAliases, dpRegAliases, loadStoreAliases, simdLoadStoreAliases, simdScalarAliases, simdVectorAliases];

/** All rows; a row's position is its `index`. */
export const ROWS: readonly Row[] = buildRows();

const byId = new Map(ROWS.map((row) => [row.id, row]));

/** All aliases in order of preference. */
export const ALIASES: readonly Alias[] = ALIAS_GROUPS.flatMap((group) => Object.entries(group).map(([id, spec]) => buildAlias(id, spec, rowById(spec.base))));

/** The row with this identifier; asking for one that does not exist is our own mistake. */
export function rowById(id: string): Row {
  const row = byId.get(id);
  if (row === undefined) throw new InvariantError(`the instruction table has no row ${id}`);
  return row;
}

function buildRows(): Row[] {
  const rows: Row[] = [];
  const seen = new Set<string>();
  for (const [group, specs] of Object.entries(INSN_GROUPS)) {
    for (const [id, spec] of Object.entries(specs)) {
      if (seen.has(id)) throw new InvariantError(`the instruction table has two rows ${id}`);
      seen.add(id);
      rows.push(buildRow(rows.length, id, group, FP_SIMD_GROUPS.includes(specs), spec, isFormField));
    }
  }
  return rows;
}
