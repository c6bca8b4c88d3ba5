/**
 * What a row of the instruction table is, and the aliases that are written in terms of a row. The rows stand in the
 * sibling files, one file a group of DDI 0487 C4, in the manual's order; `index.ts` puts them together.
 *
 * A syntax is GNU's, with operands in angle brackets. Placeholders:
 *
 *   `<Xd>` `<Wd|WSP>` `<Xn|SP>`   general registers by field (`Xd`: field Rd); register 31 is ZR, or SP where `|SP` says so
 *   `<Rd>` `<Rn|SP>` `<Rt@size>`  the width is chosen by field sf, or by the named selector
 *   `<Bd>` ... `<Qd>`, `<Fd>`     scalar FP and SIMD registers; `F` by ftype, or by the selector after `@`
 *   `<Vd.4S>` `<Vd.sizeQ>`        vectors: a fixed arrangement or a rule of `ARRANGEMENTS`
 *   `<Vm[size]>`                  one element of a vector, by a rule of `ELEMENTS`
 *   `<name>` `<name(field)>`      every other operand: a kind of `OPERAND_KINDS`, with the fields it names
 *
 * `{, <x>}` may be left out, and is when it has its default. In the mnemonic, `{A:,a}` chooses by the value of field A,
 * and `{cond@cond}` takes the name from a list of `NAME_LISTS`.
 */
import type { Feature } from '../features.ts';
import { parseCubes, parsePattern, type Cube, type Pattern } from './pattern.ts';

/**
 * `implemented`: it executes (set by the package's semantics). `unimplemented`: allocated in the architecture, and
 * executing it stops with a diagnostic. `undefined`: known, but architecturally UNDEFINED here, with the reason.
 */
export type RowStatus = 'implemented' | 'unimplemented' | 'undefined';

export interface RowOptions {
  /** The feature that allocates the row. */
  readonly needs?: Feature;
  /** Features that allocate some words of the row only: `{ FP16: 'ftype=11' }`. */
  readonly needsWhen?: Readonly<Partial<Record<Feature, string>>>;
  /** Words that match the pattern and are unallocated: alternatives of `field=bits`, see `parseCubes`. */
  readonly not?: string;
  /** This row takes the words that no other row takes: it may be overlapped (HINT, SYS, MSR). */
  readonly fallback?: true;
  /** Fields by which a semantic definition may branch, where the default by field name is wrong. */
  readonly forms?: readonly string[];
  /** Why the row is UNDEFINED here. */
  readonly undefined?: string;
  /** What we do where the manual says CONSTRAINED UNPREDICTABLE. */
  readonly choice?: string;
}

export interface RowSpec<P extends string = string> {
  readonly pattern: P;
  readonly syntax: string;
  readonly options: RowOptions;
}

export function row<const P extends string>(pattern: P, syntax: string, options: RowOptions = {}): RowSpec<P> {
  return { pattern, syntax, options };
}

/** {@link row} for a group whose rows need `feature` unless they name another. */
export function rowsNeeding(feature: Feature): typeof row {
  return (pattern, syntax, options = {}) => row(pattern, syntax, { needs: feature, ...options });
}

export interface AliasSpec {
  readonly base: string;
  readonly syntax: string;
  readonly fixed: string;
  readonly preferred: string;
}

/**
 * An alias: `base` row, syntax, what must hold of the word (`fixed`, one cube: the assembler sets these bits), and when
 * the disassembler prefers the alias: `''` always, `'never'`, or a condition of alternatives separated by `|` whose
 * terms are `field=bits`, `field!=bits`, `Rn=Rm` (equal fields) and predicates of `ALIAS_PREDICATES`, `!` negating.
 */
export function alias(base: string, syntax: string, fixed = '', preferred = ''): AliasSpec {
  return { base, syntax, fixed, preferred };
}

/** A row as the decoder, the assembler, the disassembler, listings and tests use it. */
export interface Row {
  /** Position in the whole table. */
  readonly index: number;
  /** The manual's identifier: `ADD_imm`. */
  readonly id: string;
  /** The manual's heading. */
  readonly group: string;
  readonly pattern: Pattern;
  readonly syntax: string;
  readonly feature: Feature | null;
  readonly featureWhen: readonly { readonly feature: Feature; readonly cubes: readonly Cube[] }[];
  readonly excluded: readonly Cube[];
  readonly fallback: boolean;
  /** It uses V registers, FPCR or FPSR: CPACR_EL1.FPEN and CPTR_EL2 can trap it, before anything else that it does. */
  readonly usesFpSimd: boolean;
  readonly forms: readonly string[];
  readonly undefinedBecause: string | null;
  readonly choice: string | null;
}

export interface Alias {
  readonly id: string;
  readonly base: Row;
  readonly syntax: string;
  readonly fixed: Cube;
  readonly preferred: string;
}

/** Rows of one group by identifier. */
export type Rows = Readonly<Record<string, RowSpec>>;

/** Builds a row of a group of FP and SIMD instructions or of another; `isForm` says which fields are forms by default. */
export function buildRow(index: number, id: string, group: string, usesFpSimd: boolean, spec: RowSpec, isForm: (field: string) => boolean): Row {
  const pattern = parsePattern(spec.pattern, id);
  const { options } = spec;
  return {
    index,
    id,
    group,
    pattern,
    syntax: spec.syntax,
    feature: options.needs ?? null,
    featureWhen: Object.entries(options.needsWhen ?? {}).map(([feature, when]) => ({ feature: feature as Feature, cubes: parseCubes(when, pattern, id) })),
    excluded: options.not === undefined ? [] : parseCubes(options.not, pattern, id),
    fallback: options.fallback === true,
    usesFpSimd,
    forms: options.forms ?? pattern.fields.map((field) => field.name).filter(isForm),
    undefinedBecause: options.undefined ?? null,
    choice: options.choice ?? null,
  };
}

export function buildAlias(id: string, spec: AliasSpec, base: Row): Alias {
  const fixed = spec.fixed === '' ? { mask: 0, value: 0 } : parseCubes(spec.fixed, base.pattern, id)[0];
  return { id, base, syntax: spec.syntax, fixed: fixed ?? { mask: 0, value: 0 }, preferred: spec.preferred };
}
