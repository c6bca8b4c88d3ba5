/** `sysreg`: a register by name or encoding: access at each EL with and without E2H, what traps it, its fields. */
import {
  E2H_LAYOUTS,
  E2H_REDIRECTIONS,
  genericRegisterName,
  sysRegEncoding,
  sysRegKey,
  SYSTEM_REGISTERS,
  trapsOf,
  type AnyRegister,
  type Field,
  type HostBits,
  type LayoutBase,
  type TrapRow,
} from '@worldswitch/cpu/arch';
import { mistake, type Context, type Document, type Mistake, type Outcome } from '../command.ts';
import { featureName, hex, readBits, suggestion } from '../numbers.ts';

export interface AccessText {
  /** `RW`, `R`, `W`, or `UNDEFINED`. */
  readonly access: string;
  /** Another register that is reached instead, with the condition. */
  readonly reaches: string | null;
}

export interface FieldText {
  readonly name: string;
  readonly bits: string;
  /** In hexadecimal; null where no value was given. */
  readonly value: string | null;
  readonly meaning: string | null;
  readonly feature: string | null;
}

export interface LayoutText {
  /** `E2H=0` or `E2H=1` where the fields move with HCR_EL2.E2H. */
  readonly when: string | null;
  readonly fields: readonly FieldText[];
  /** Bits of the value that should be 0 (or 1) and are not; null where no value was given. */
  readonly res0Set: string | null;
  readonly res1Clear: string | null;
}

export interface TrapText {
  readonly id: string;
  readonly when: string;
  readonly from: readonly number[];
  readonly direction: string;
  readonly target: string;
  readonly ec: string | null;
}

export interface RegisterText {
  /** Null for an encoding that no register has. */
  readonly name: string | null;
  readonly doc: string;
  readonly generic: string;
  readonly encoding: { readonly op0: number; readonly op1: number; readonly CRn: number; readonly CRm: number; readonly op2: number };
  readonly directions: string;
  readonly feature: string | null;
  readonly status: string;
  readonly reset: string;
  readonly access: readonly { readonly el: number; readonly e2h0: AccessText; readonly e2h1: AccessText }[];
  readonly traps: readonly TrapText[];
  readonly layouts: readonly LayoutText[];
}

export interface SysregDocument extends Document {
  readonly value: string | null;
  /** One, or two where an encoding is read as one register and written as another. */
  readonly registers: readonly RegisterText[];
}

export function run({ operands }: Context): Outcome {
  const [text, valueText, ...more] = operands;
  if (text === undefined || more.length > 0) return mistake('sysreg takes a register and perhaps a value: worldswitch sysreg HCR_EL2 0x488000000');
  const found = find(text);
  if ('mistake' in found) return found;
  const value = valueText === undefined ? null : readBits(valueText, 64, 'the value');
  if (value !== null && typeof value !== 'bigint') return value;
  if (value !== null && found.registers.length === 0) return mistake(`${text}: no register has this encoding, so that ${valueText!} has no fields: leave it out`);
  const registers = found.registers.length === 0 ? [nameless(found.key)] : found.registers.map((register) => describe(register, value));
  const document: SysregDocument = { schema: 'worldswitch.sysreg/1', value: value === null ? null : hex(value), registers };
  return { document };
}

interface Found {
  readonly key: number;
  readonly registers: readonly AnyRegister[];
}

/** By name, by `S3_4_C1_C1_0`, or by `3,4,1,1,0`. */
function find(text: string): Found | Mistake {
  const named = SYSTEM_REGISTERS.byName(text);
  if (named !== undefined) return { key: named.key, registers: [named] };
  const numbers = /^S([0-3])_([0-7])_C(\d{1,2})_C(\d{1,2})_([0-7])$/i.exec(text) ?? /^([0-3]),\s*([0-7]),\s*(\d{1,2}),\s*(\d{1,2}),\s*([0-7])$/.exec(text);
  if (numbers === null) {
    const names = SYSTEM_REGISTERS.rows.map(({ name }) => name);
    return mistake(`there is no system register ${text}${suggestion(text.toUpperCase(), names)} (an encoding is written S3_4_C1_C1_0 or 3,4,1,1,0)`);
  }
  const [op0 = 0, op1 = 0, CRn = 0, CRm = 0, op2 = 0] = numbers.slice(1).map(Number);
  if (op0 < 2 || CRn > 15 || CRm > 15) return mistake(`${text} is no encoding of a system register: op0 is 2 or 3, CRn and CRm are 0 to 15`);
  const key = sysRegKey(op0, op1, CRn, CRm, op2);
  const both = [SYSTEM_REGISTERS.byKey(key, 'R'), SYSTEM_REGISTERS.byKey(key, 'W')].filter((register) => register !== undefined);
  return { key, registers: [...new Set(both)] };
}

function encodingOf(key: number): Pick<RegisterText, 'generic' | 'encoding'> {
  const [op0, op1, CRn, CRm, op2] = sysRegEncoding(key);
  return { generic: genericRegisterName(key), encoding: { op0, op1, CRn, CRm, op2 } };
}

function nameless(key: number): RegisterText {
  return {
    name: null,
    doc: 'no register has this encoding: MRS and MSR are UNDEFINED, unless a control traps them first',
    ...encodingOf(key),
    directions: '',
    feature: null,
    status: 'unallocated',
    reset: '',
    access: [],
    traps: trapsOf({ kind: 'register', key, name: null }).map(describeTrap),
    layouts: [],
  };
}

function describe(register: AnyRegister, value: bigint | null): RegisterText {
  const { key, name, doc, directions, feature, status, reset, resetMask } = register;
  const resetText = reset === 'unknown' ? 'UNKNOWN' : `${hex(reset)}${resetMask === ALL_BITS ? '' : `, the bits outside ${hex(resetMask)} UNKNOWN`}`;
  return {
    name,
    doc,
    ...encodingOf(key),
    directions,
    feature: feature === null ? null : featureName(feature),
    status,
    reset: resetText,
    access: ([0, 1, 2] as const).map((el) => ({ el, e2h0: accessAt(register, el, 0), e2h1: accessAt(register, el, 1) })),
    traps: trapsOf({ kind: 'register', key, name }).map(describeTrap),
    layouts: layoutsOf(register).map(([when, layout]) => describeLayout(when, layout, value)),
  };
}

const ALL_BITS = 0xffff_ffff_ffff_ffffn;

function accessAt(register: AnyRegister, el: 0 | 1 | 2, e2h: 0 | 1): AccessText {
  const declared = register.accessAt(el);
  const access = declared === '-' ? 'UNDEFINED' : declared;
  const plain = { access, reaches: null };
  if (el === 1 || declared === '-') return plain;
  const alias = E2H_REDIRECTIONS.find((row) => row.alias === register);
  if (alias !== undefined) return e2h === 0 ? { access: 'UNDEFINED', reaches: null } : { access, reaches: alias.from.name };
  const redirection = E2H_REDIRECTIONS.find((row) => row.from === register);
  if (redirection === undefined || e2h === 0 || (el === 0 && !redirection.atEl0)) return plain;
  return { access, reaches: el === 2 ? redirection.to.name : `${redirection.to.name} while TGE is 1` };
}

function layoutsOf(register: AnyRegister): (readonly [string | null, LayoutBase<string>])[] {
  const moving = E2H_LAYOUTS.find((row) => row.register === register);
  if (moving === undefined) return [[null, register]];
  return moving.layouts.map((layout, e2h) => [`E2H=${String(e2h)}`, layout]);
}

function describeLayout(when: string | null, layout: LayoutBase<string>, value: bigint | null): LayoutText {
  const res0 = value === null ? 0n : value & layout.res0;
  const res1 = value === null ? 0n : ~value & layout.res1;
  return {
    when,
    fields: layout.fields.map((field) => describeField(field, value)),
    res0Set: value === null ? null : hex(res0),
    res1Clear: value === null ? null : hex(res1),
  };
}

function describeField(field: Field, value: bigint | null): FieldText {
  const number = value === null ? null : field.get(value);
  return {
    name: field.name,
    bits: field.width === 1 ? String(field.lsb) : `${String(field.msb)}:${String(field.lsb)}`,
    value: number === null ? null : hex(number),
    meaning: number === null ? namesOf(field) : field.valueName(number),
    feature: field.feature === null ? null : featureName(field.feature),
  };
}

/** All named values, for a field without a value at hand. */
function namesOf({ values }: Field): string | null {
  const named = Object.entries(values);
  return named.length === 0 ? null : named.map(([name, value]) => `${String(value)} ${name}`).join(', ');
}

function describeTrap({ id, tests, from, hostBits, direction, target, ec, undefinedAccess, feature }: TrapRow): TrapText {
  const conditions = [
    ...tests.map(({ register, field, values }) => `${register}.${field} is ${values.map((one) => `0b${one.toString(2)}`).join(' or ')}`),
    ...(hostCondition(hostBits) ?? []),
    ...(undefinedAccess === 'only' ? ['the access is UNDEFINED otherwise'] : []),
    ...(feature === null ? [] : [`the core has ${featureName(feature)}`]),
  ];
  return { id, when: conditions.join(', '), from, direction, target: target === 'undefined' ? 'UNDEFINED' : `EL${String(target)}`, ec: ec === null ? null : hex(ec, 2) };
}

/** Values of {E2H, TGE}, the first worth 2, as a condition; null where any will do. */
function hostCondition(bits: readonly HostBits[]): readonly string[] | null {
  const key = [...bits].sort().join('');
  const known: Readonly<Record<string, string>> = { '012': '{E2H,TGE} is not {1,1}', '3': '{E2H,TGE} is {1,1}', '01': 'E2H is 0', '23': 'E2H is 1', '13': 'TGE is 1', '0': '{E2H,TGE} is {0,0}', '1': '{E2H,TGE} is {0,1}', '2': '{E2H,TGE} is {1,0}' };
  if (key === '0123') return null;
  return [known[key] ?? `{E2H,TGE} is one of ${[...bits].map((one) => `{${String(one >> 1)},${String(one & 1)}}`).join(' ')}`];
}
