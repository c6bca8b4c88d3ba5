/**
 * Operands as data: which field names are registers, immediates or forms, which registers a selector field chooses,
 * vector arrangements, names by number, and the kinds of operand that are no plain register. How a kind is written and
 * read stands in the tools package, which must have one codec for each kind named here.
 */

/** Fields that hold a register number. */
export const REGISTER_FIELDS: ReadonlySet<string> = new Set(['Rd', 'Rn', 'Rm', 'Ra', 'Rt', 'Rt2', 'Rs']);

/** Fields that hold an immediate: opaque to a semantic definition. All others are forms. */
export const IMMEDIATE_FIELDS: ReadonlySet<string> = new Set([
  'imm2', 'imm3', 'imm4', 'imm5', 'imm6', 'imm7', 'imm8', 'imm9', 'imm12', 'imm14', 'imm16', 'imm19', 'imm26',
  'immlo', 'immhi', 'immr', 'imms', 'immh', 'immb', 'b5', 'b40', 'cond', 'nzcv', 'CRm', 'CRn', 'rot', 'scale', 'mask',
]);

/** Whether a definition may branch on the field in TypeScript (execution-engine, "The builder"). */
export function isFormField(name: string): boolean {
  return !REGISTER_FIELDS.has(name) && !IMMEDIATE_FIELDS.has(name);
}

/** A choice by the value of fields, most significant first; null is reserved, and no row allocates it. */
export interface Selector {
  readonly fields: readonly string[];
  readonly names: readonly (string | null)[];
}

/** Width of a general register: `<Rt@size>`. */
export const GPR_SELECTORS = {
  sf: { fields: ['sf'], names: ['W', 'X'] },
  size: { fields: ['size'], names: ['W', 'W', 'W', 'X'] },
} as const satisfies Record<string, Selector>;

/** Scalar FP and SIMD register: `<Fd>` takes `ftype`, `<Fd@size>` another. */
export const SCALAR_SELECTORS = {
  ftype: { fields: ['ftype'], names: ['S', 'D', null, 'H'] },
  size: { fields: ['size'], names: ['B', 'H', 'S', 'D'] },
  sz: { fields: ['sz'], names: ['S', 'D'] },
  cvt: { fields: ['opc'], names: ['S', 'D', null, 'H'] },
  opc: { fields: ['opc'], names: ['S', 'D', 'Q', null] },
  opc1size: { fields: ['opc1', 'size'], names: ['B', 'H', 'S', 'D', 'Q', null, null, null] },
} as const satisfies Record<string, Selector>;

/** Vector arrangement: `<Vd.sizeQ>`. */
export const ARRANGEMENTS = {
  sizeQ: { fields: ['size', 'Q'], names: ['8B', '16B', '4H', '8H', '2S', '4S', '1D', '2D'] },
  szQ: { fields: ['sz', 'Q'], names: ['2S', '4S', null, '2D'] },
  bQ: { fields: ['Q'], names: ['8B', '16B'] },
  hQ: { fields: ['Q'], names: ['4H', '8H'] },
} as const satisfies Record<string, Selector>;

/** Names by number, for mnemonics (`b.{cond@cond}`) and operands. */
export const NAME_LISTS = {
  cond: ['eq', 'ne', 'cs', 'cc', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le', 'al', 'nv'],
  shift: ['lsl', 'lsr', 'asr', 'ror'],
  extend: ['uxtb', 'uxth', 'uxtw', 'uxtx', 'sxtb', 'sxth', 'sxtw', 'sxtx'],
} as const;

/**
 * Operand kinds that are no plain register, with what they stand for and the fields they use when the template names
 * none. `*` after a field in a template is a scale: `<simm(imm7*8)>`.
 */
export const OPERAND_KINDS = {
  uimm: { fields: [], doc: 'unsigned immediate of one field, times a scale' },
  simm: { fields: [], doc: 'signed immediate of one field, times a scale' },
  addsubimm: { fields: ['sh', 'imm12'], doc: '#imm12, optionally shifted left by 12' },
  label: { fields: [], doc: 'PC-relative target, a signed count of words in one field' },
  adr: { fields: ['immhi', 'immlo'], doc: 'PC-relative byte address' },
  adrp: { fields: ['immhi', 'immlo'], doc: 'PC-relative 4 KiB page' },
  nzcv: { fields: ['nzcv'], doc: 'flags of a failed conditional compare, in hexadecimal' },
  cond: { fields: ['cond'], doc: 'condition by name' },
  fpimm: { fields: ['imm8'], doc: 'floating-point constant of eight bits (VFPExpandImm)' },
  fpzero: { fields: [], doc: '#0.0' },
  fbits: { fields: ['scale'], doc: 'fraction bits of a fixed-point number, 64 - scale' },
  list: { fields: [], doc: '`list(Rt*4 sizeQ)`: list of four vectors from Rt with that arrangement' },
  lanes: { fields: [], doc: '`lanes(Rt*3)`: one element of three vectors from Rt; size and index in opcode, Q, S, size' },
  lane: { fields: [], doc: '`lane(Rm S imm2)`: element of a vector, its size a letter, its index a field or a number' },
  bytes: { fields: [], doc: '`bytes(32 Q)`: post-index immediate, 32 << Q' },
  lanebytes: { fields: [], doc: '`lanebytes(3)`: post-index immediate, the size of three elements of `lanes`' },
  uoffset: { fields: [], doc: '`uoffset(imm12 opc1 size)`: unsigned offset << opc1:size' },
  soffset: { fields: [], doc: '`soffset(imm7 opc)`: signed offset << 2 + opc' },
  vregoffset: { fields: ['opc1', 'size'], doc: 'register offset, extended by option, shifted by opc1:size if S' },
} as const satisfies Record<string, { readonly fields: readonly string[]; readonly doc: string }>;

export type OperandKind = keyof typeof OPERAND_KINDS;
