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
  'immlo', 'immhi', 'immr', 'imms', 'immb', 'abc', 'defgh', 'b5', 'b40', 'cond', 'nzcv', 'CRm', 'CRn', 'scale', 'mask',
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

/**
 * The names of a selector whose first field says the element size by its highest bit that is set, as `immh` does:
 * `rows[k]` are the names for bit k, one for each value of the other fields; none is set in a reserved value.
 */
function byHighestBit<T>(rows: readonly (readonly T[])[]): (T | null)[] {
  return Array.from({ length: 2 ** rows.length }, (_, value) => (value === 0 ? rows[0]!.map(() => null) : rows[31 - Math.clz32(value)]!)).flat();
}

/** As {@link byHighestBit}, by the lowest bit that is set among the first `rows.length` of `bits`: `imm5`. */
function byLowestBit<T>(bits: number, rows: readonly (readonly T[])[]): (T | null)[] {
  return Array.from({ length: 2 ** bits }, (_, value) => rows.find((__, bit) => ((value >> bit) & 1) === 1) ?? rows[0]!.map(() => null)).flat();
}

/** Selectors by name. Their type keeps the names only: what they choose would fill the declarations. */
function selectors<K extends string>(table: Readonly<Record<K, Selector>>): Readonly<Record<K, Selector>> {
  return table;
}

/** Width of a general register: `<Rt@size>`. */
export const GPR_SELECTORS = selectors({
  sf: { fields: ['sf'], names: ['W', 'X'] },
  // N, where it must equal sf.
  sfN: { fields: ['sf', 'N'], names: ['W', null, null, 'X'] },
  // The data of CRC32.
  crc: { fields: ['sf', 'sz'], names: ['W', 'W', 'W', null, null, null, null, 'X'] },
  // The lowest bit of size, and of opc of a sign-extending load.
  sz: { fields: ['sz'], names: ['W', 'X'] },
  opc0: { fields: ['opc0'], names: ['X', 'W'] },
  b5: { fields: ['b5'], names: ['W', 'X'] },
  size: { fields: ['size'], names: ['W', 'W', 'W', 'X'] },
  Q: { fields: ['Q'], names: ['W', 'X'] },
  imm5: { fields: ['imm5'], names: byLowestBit(5, [['W'], ['W'], ['W'], ['X']]) },
});

/** Scalar FP and SIMD register: `<Fd>` takes `ftype`, `<Fd@size>` another. */
export const SCALAR_SELECTORS = selectors({
  ftype: { fields: ['ftype'], names: ['S', 'D', null, 'H'] },
  size: { fields: ['size'], names: ['B', 'H', 'S', 'D'] },
  sz: { fields: ['sz'], names: ['S', 'D'] },
  cvt: { fields: ['opc'], names: ['S', 'D', null, 'H'] },
  opc: { fields: ['opc'], names: ['S', 'D', 'Q', null] },
  opc1size: { fields: ['opc1', 'size'], names: ['B', 'H', 'S', 'D', 'Q', null, null, null] },
  wide: { fields: ['size'], names: ['H', 'S', 'D', null] },
  imm5: { fields: ['imm5'], names: byLowestBit(5, [['B'], ['H'], ['S'], ['D']]) },
  immh: { fields: ['immh'], names: byHighestBit([['B'], ['H'], ['S'], ['D']]) },
  immhWide: { fields: ['immh'], names: byHighestBit([['H'], ['S'], ['D'], [null]]) },
  immhD: { fields: ['immh'], names: byHighestBit([[null], [null], [null], ['D']]) },
});

/** Vector arrangement: `<Vd.sizeQ>`. */
export const ARRANGEMENTS = selectors({
  sizeQ: { fields: ['size', 'Q'], names: ['8B', '16B', '4H', '8H', '2S', '4S', '1D', '2D'] },
  szQ: { fields: ['sz', 'Q'], names: ['2S', '4S', null, '2D'] },
  bQ: { fields: ['Q'], names: ['8B', '16B'] },
  hQ: { fields: ['Q'], names: ['4H', '8H'] },
  sQ: { fields: ['Q'], names: ['2S', '4S'] },
  hPairQ: { fields: ['Q'], names: ['2H', '4H'] },
  // The wider side of long, wide and narrowing forms, and of pairwise long additions.
  wide: { fields: ['size'], names: ['8H', '4S', '2D', '1Q'] },
  pairQ: { fields: ['size', 'Q'], names: ['4H', '8H', '2S', '4S', '1D', '2D', null, null] },
  szPair: { fields: ['sz'], names: ['2S', '2D'] },
  szWide: { fields: ['sz'], names: ['4S', '2D'] },
  szNarrowQ: { fields: ['sz', 'Q'], names: ['4H', '8H', '2S', '4S'] },
  imm5Q: { fields: ['imm5', 'Q'], names: byLowestBit(5, [['8B', '16B'], ['4H', '8H'], ['2S', '4S'], [null, '2D']]) },
  immhQ: { fields: ['immh', 'Q'], names: byHighestBit([['8B', '16B'], ['4H', '8H'], ['2S', '4S'], [null, '2D']]) },
  immhWide: { fields: ['immh'], names: byHighestBit([['8H'], ['4S'], ['2D'], [null]]) },
});

/** How a word names one element of a vector: under `when` (`field=bits`), with this size and the index in these fields. */
export interface ElementRule {
  readonly when: string | null;
  readonly size: string;
  /** Fields, most significant first; `imm5>>2` leaves out the two lowest bits. */
  readonly index: string;
}

const element = (when: string | null, size: string, index: string): ElementRule => ({ when, size, index });

/** One element of a vector: `<Vm[size]>`. Field M, where the index does not use it, is the highest bit of Rm. */
export const ELEMENTS = {
  imm5:   [element('imm5=xxxx1', 'B', 'imm5>>1'), element('imm5=xxx10', 'H', 'imm5>>2'), element('imm5=xx100', 'S', 'imm5>>3'), element('imm5=x1000', 'D', 'imm5>>4')],
  imm5SD: [element('imm5=xx100', 'S', 'imm5>>3'), element('imm5=x1000', 'D', 'imm5>>4')],
  imm4:   [element('imm5=xxxx1', 'B', 'imm4>>0'), element('imm5=xxx10', 'H', 'imm4>>1'), element('imm5=xx100', 'S', 'imm4>>2'), element('imm5=x1000', 'D', 'imm4>>3')],
  size:   [element('size=01', 'H', 'H L M'), element('size=10', 'S', 'H L')],
  sz:     [element('sz=0', 'S', 'H L'), element('sz=1', 'D', 'H')],
  fcmla:  [element('size=01', 'H', 'H L'), element('size=10', 'S', 'H')],
  H:      [element(null, 'H', 'H L M')],
  '2H':   [element(null, '2H', 'H L')],
  '4B':   [element(null, '4B', 'H L')],
} as const satisfies Record<string, readonly ElementRule[]>;

/** Names by number, for mnemonics (`b.{cond@cond}`) and operands. */
export const NAME_LISTS = {
  cond: ['eq', 'ne', 'cs', 'cc', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le', 'al', 'nv'],
  shift: ['lsl', 'lsr', 'asr', 'ror'],
  extend: ['uxtb', 'uxth', 'uxtw', 'uxtx', 'sxtb', 'sxth', 'sxtw', 'sxtx'],
} as const;

/** Second names of conditions; the first stands in the list. */
export const CONDITION_SYNONYMS: Readonly<Record<string, (typeof NAME_LISTS.cond)[number]>> = { hs: 'cs', lo: 'cc' };

export interface OperandKindInfo {
  readonly fields: readonly string[];
  readonly doc: string;
}

function kinds<K extends string>(table: Readonly<Record<K, OperandKindInfo>>): Readonly<Record<K, OperandKindInfo>> {
  return table;
}

/**
 * Operand kinds that are no plain register, with what they stand for and the fields they use when the template names
 * none. `*` after a field in a template is a scale: `<simm(imm7*8)>`, `<simm(imm7*4<<sz)>`; `=` a default: `<xreg(Rn=30)>`.
 */
export const OPERAND_KINDS = kinds({
  uimm: { fields: [], doc: 'unsigned immediate of the fields together, times a scale; in `{...}` its default, 0, is left out' },
  simm: { fields: [], doc: 'signed immediate, likewise' },
  himm: { fields: [], doc: 'unsigned immediate, likewise, in hexadecimal' },
  bit: { fields: [], doc: 'bit number in a register whose width is chosen by sf' },
  xreg: { fields: [], doc: '`xreg(Rn=30)`: X register, left out when it is the default' },
  next: { fields: [], doc: '`next(Rs sz)`: the register after Rs, of the width chosen by sz' },
  addsubimm: { fields: ['sh', 'imm12'], doc: '#imm12, optionally shifted left by 12' },
  negaddsubimm: { fields: ['sh', 'imm12'], doc: 'the same, negated' },
  bitmask: { fields: ['N', 'immr', 'imms'], doc: 'logical immediate' },
  notbitmask: { fields: ['N', 'immr', 'imms'], doc: 'complement of a logical immediate' },
  movewide: { fields: ['hw', 'imm16'], doc: '#imm16, shifted left by 16 * hw' },
  wideimm: { fields: ['hw', 'imm16'], doc: 'the number that MOVZ leaves' },
  invertedimm: { fields: ['hw', 'imm16'], doc: 'the number that MOVN leaves' },
  rshift: { fields: ['immr', 'imms'], doc: 'amount of a right shift written as a bitfield' },
  lshift: { fields: ['immr', 'imms'], doc: 'amount of a left shift written as a bitfield' },
  bfxlsb: { fields: ['immr'], doc: 'lowest bit of a field that is extracted' },
  bfxwidth: { fields: ['immr', 'imms'], doc: 'width of a field that is extracted' },
  bfizlsb: { fields: ['immr'], doc: 'lowest bit of a field that is inserted' },
  bfizwidth: { fields: ['immr', 'imms'], doc: 'width of a field that is inserted' },
  shift: { fields: ['shift', 'imm6'], doc: 'shift of the register before it' },
  addshift: { fields: ['shift', 'imm6'], doc: 'shift of the register before it, no rotation' },
  extended: { fields: [], doc: '`extended(Rn Rd)`: Rm, extended by option, shifted by imm3; the fields may name SP' },
  regoffset: { fields: [], doc: '`regoffset(S*8)`: Rm, extended by option, times 8 if S' },
  nooffset: { fields: [], doc: '#0, where the instruction has no offset' },
  invcond: { fields: ['cond'], doc: 'the inverse of the condition, by name' },
  prfop: { fields: ['Rt'], doc: 'prefetch operation' },
  cn: { fields: [], doc: 'CRn or CRm as c0 to c15' },
  readreg: { fields: ['o0', 'op1', 'CRn', 'CRm', 'op2'], doc: 'system register that is read' },
  writtenreg: { fields: ['o0', 'op1', 'CRn', 'CRm', 'op2'], doc: 'system register that is written' },
  at: { fields: ['op1', 'CRn', 'CRm', 'op2', 'Rt'], doc: 'operation of AT, and Xt' },
  dc: { fields: ['op1', 'CRn', 'CRm', 'op2', 'Rt'], doc: 'operation of DC, and Xt' },
  ic: { fields: ['op1', 'CRn', 'CRm', 'op2', 'Rt'], doc: 'operation of IC, and Xt where it takes one' },
  tlbi: { fields: ['op1', 'CRn', 'CRm', 'op2', 'Rt'], doc: 'operation of TLBI, and Xt where it takes one' },
  barrier: { fields: ['CRm'], doc: 'domain and types of a barrier' },
  isboption: { fields: ['CRm'], doc: 'sy, which is left out, or a number' },
  btitarget: { fields: ['targets'], doc: 'branches that may land here' },
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
  copy: { fields: [], doc: 'nothing written; the second field has the value of the first' },
  zero: { fields: [], doc: 'the constant #0' },
  esize: { fields: ['size'], doc: 'the element size in bits' },
  vlshift: { fields: ['immh', 'immb'], doc: 'left shift: immh:immb less the element size, which the highest bit of immh says' },
  vrshift: { fields: ['immh', 'immb'], doc: 'right shift or fraction bits: twice the element size less immh:immb' },
  fcaddrot: { fields: ['rot'], doc: 'rotation by 90 or 270 degrees' },
  vimm8: { fields: ['abc', 'defgh'], doc: 'the eight bits of a modified immediate' },
  vlsl: { fields: ['cmode'], doc: 'lsl of a modified immediate, in bytes' },
  vmsl: { fields: ['cmode'], doc: 'msl #8 or #16: a shift that brings in ones' },
  vmask: { fields: ['abc', 'defgh'], doc: 'a modified immediate whose bits are repeated to bytes' },
  vfpimm: { fields: ['abc', 'defgh'], doc: 'the floating-point constant of a modified immediate (VFPExpandImm)' },
  tablelist: { fields: ['Rn', 'len'], doc: 'one to four consecutive vectors of bytes' },
});

export type OperandKind = keyof typeof OPERAND_KINDS;
