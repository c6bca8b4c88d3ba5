/** Every definition keeps the rules of the builder. */
import { expect, test } from 'vitest';
import { IMMEDIATE_FIELDS, REGISTER_FIELDS } from '../arch/insn/operands.ts';
import { ROWS } from '../arch/insn/index.ts';
import type { Row } from '../arch/insn/row.ts';
import { DEFINITIONS } from '../sem/index.ts';
import { operandPlan, operandsOf } from '../sem/semantics.ts';
import type { Emit, Imm, Reg, Val, Vec, VReg } from './builder.ts';
import { lint } from './lint.ts';

/** Fields that choose among words of the same meaning here: acquire and release, options of barriers, hints, prefetches. */
const MEANINGLESS = new Set(['A', 'R', 'L', 'CRm', 'op2', 'targets']);
/** Fields that follow from another one in every allocated word. */
const IMPLIED: Readonly<Record<string, string>> = { SBFM: 'N', UBFM: 'N', EXTR: 'N', CRC32: 'sf', CRC32C: 'sf' };
/** Rows that take no notice of their operands at all. */
const IGNORES_OPERANDS = /^(PRFM|PRFUM|HINT|BTI|DSB|DMB|CLREX|ISB)/;

function isOpaque(name: string): boolean {
  return REGISTER_FIELDS.has(name) || IMMEDIATE_FIELDS.has(name);
}

/** Words of the row with each combination of its forms, and all other fields as `fill` says. */
function formsOf(row: Row, fill: (name: string, width: number) => number): number[] {
  let words = [row.pattern.value];
  for (const { name, lsb, width } of row.pattern.fields) {
    if (isOpaque(name)) words = words.map((word) => word | (fill(name, width) << lsb));
    else words = words.flatMap((word) => Array.from({ length: 1 << width }, (_, value) => word | (value << lsb)));
  }
  return words.filter((word) => row.excluded.every(({ mask, value }) => (word & mask) !== value));
}

test.each(ROWS.filter((row) => DEFINITIONS[row.index] !== null).map((row) => [row.id, row] as const))('%s', (id, row) => {
  const define = DEFINITIONS[row.index]!;
  const plan = operandPlan(row);
  const problems = new Set<string>();
  const used = new Set<string>();
  // Distinct registers and small immediates; then equal registers, among them ZR and SP, and large immediates.
  const fillings = [(_: string, width: number) => Math.min(5, (1 << width) - 1), (_: string, width: number) => (1 << width) - 1, (name: string) => name.length];
  const traces = fillings.map((fill) => new Map(formsOf(row, fill).map((word) => {
    const result = lint(define, operandsOf(plan, word));
    result.problems.forEach((problem) => problems.add(problem));
    result.usedOperands.forEach((name) => used.add(name));
    return [forms(row, word), result.trace.join(' ')] as const;
  })));
  expect([...problems]).toEqual([]);
  for (const [key, trace] of traces[0]!) for (const other of traces) if (other.has(key)) expect(other.get(key), key).toBe(trace);
  const unused = row.pattern.fields.map(({ name }) => name).filter((name) => !used.has(name) && !MEANINGLESS.has(name) && IMPLIED[id] !== name);
  if (!IGNORES_OPERANDS.test(id)) expect(unused).toEqual([]);
});

/** Whether the syntax has a V register in this field. */
function isVectorField(row: Row, field: string): boolean {
  const n = field.slice(1);
  return new RegExp(`<[VBHSDQF]${n}[>.@[]|<(list|lanes|lane)\\(${field}[* ]`).test(row.syntax) || (field === 'Rn' && row.syntax.includes('<tablelist>'));
}

test('a register field is read and written as the syntax says: general, or a V register', () => {
  const wrong: string[] = [];
  for (const row of ROWS.filter(({ index }) => DEFINITIONS[index] !== null)) {
    const plan = operandPlan(row);
    const registers = row.pattern.fields.filter(({ name, width }) => REGISTER_FIELDS.has(name) && width >= 4);
    // Lists and pairs reach up to three registers further.
    const number = (name: string): number => 4 * registers.findIndex((field) => field.name === name);
    for (const word of formsOf(row, (name) => (REGISTER_FIELDS.has(name) ? number(name) : 0))) {
      const { generalRegisters, vectorRegisters } = lint(DEFINITIONS[row.index]!, operandsOf(plan, word));
      for (const { name } of registers) if ((isVectorField(row, name) ? generalRegisters : vectorRegisters).has(number(name))) wrong.push(`${row.id}.${name}`);
    }
  }
  expect([...new Set(wrong)]).toEqual([]);
});

/** The forms of a word, as a key. */
function forms(row: Row, word: number): string {
  return row.pattern.fields.filter(({ name }) => !isOpaque(name)).map(({ name, mask, lsb }) => `${name}=${String((word & mask) >>> lsb)}`).join(' ');
}

const X0 = 0 as Reg;
const V0 = 0 as VReg;

test.each<[string, (e: Emit) => void, string]>([
  ['memory after a write', (e) => { e.setX(X0, e.imm(1)); e.load(e.x(X0), { size: 8 }); }, 'load: memory after a write'],
  ['two checks', (e) => { e.load(e.x(X0), { size: 8 }); e.load(e.x(X0), { size: 8 }); }, 'load: a second access; the whole range is checked once'],
  ['mixed widths', (e) => e.setX(X0, e.add(e.x(X0), e.imm(1, 32))), 'add: operands of 32 and of 64 bits'],
  ['a value outlives its register', (e) => { const old = e.x(X0); e.setX(X0, e.imm(1)); e.jump(old); }, 'jump: uses X0 of before its write without let'],
  ['something after a branch', (e) => { e.branch(2 as Imm, 26); e.setX(X0, e.imm(0)); }, 'setX: after the instruction has branched or stepped'],
  ['a wide condition', (e) => e.branchIf(e.x(X0), 2 as Imm, 19), 'branchIf: a condition of 64 bits'],
  ['a vector that outlives its register', (e) => { const old = e.v(V0); e.setV(V0, e.vecOf(e.imm(1))); e.setV(V0, old); }, 'setV: uses V0 of before its write without let'],
  ['an element of another width', (e) => { e.withLane(e.v(V0), 64, 0, e.imm(1, 32)); }, 'withLane: an element of 64 bits from a value of another width'],
  ['an element that is not there', (e) => { e.lane(e.v(V0), 32, 4); }, 'lane: no element 4 of 32 bits'],
  ['a vector as a value', (e) => e.setX(X0, e.v(V0) as number as Val), 'a vector is used as a value'],
  ['a value as a vector', (e) => e.setV(V0, e.x(X0) as number as Vec), 'setV: a value is used as a vector'],
  ['an operation without its operand', (e) => { e.vop('add', 8, e.v(V0)); }, 'add: not with 1 vectors of 8 bits'],
  ['a narrow address', (e) => { e.load(e.x(X0, 32), { size: 4 }); }, 'load: an address of 32 bits'],
])('lint finds %s', (_, define, problem) => {
  expect(lint(define, { Rd: 0 }).problems).toEqual([problem]);
});
