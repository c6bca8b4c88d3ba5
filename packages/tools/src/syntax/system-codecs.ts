/** Codecs of operands of the system group: registers, operations and barriers by name. */
import { BARRIER_OPTIONS, genericRegisterName, sysOp, sysOpByName, sysRegKey, SYSTEM_REGISTERS, SYS_OPS } from '@worldswitch/cpu/arch';
import type { CodecFactory, OperandCodec, Placeholder } from './codec.ts';
import { readScaled } from './integer-codecs.ts';
import { nearest } from './nearest.ts';
import { asGeneralRegister, generalRegisterName } from './register-codecs.ts';

/** CRn or CRm: `c7`. */
const cn: CodecFactory = (placeholder) => {
  const field = placeholder.field(placeholder.args[0]?.name ?? '');
  return {
    format: (word) => `c${String((word & field.mask) >>> field.lsb)}`,
    parse: (cursor, word) => {
      const match = /^c([0-9]|1[0-5])$/.exec(cursor.token.lower);
      if (match === null) return cursor.fail('expected c0 to c15');
      cursor.position++;
      return word.put(field, Number(match[1]));
    },
  };
};

// System registers

/** The key of a register stands in bits 19:5, where op0 has only its low bit; `2` is the other. */
const KEY_SHIFT = 5;
const KEY_BITS = 0x7fff;
const OP0_HIGH = 0x8000;

/** The register of MRS (`R`) or MSR (`W`). */
function systemRegister(placeholder: Placeholder, direction: 'R' | 'W'): OperandCodec {
  const mask = ['o0', 'op1', 'CRn', 'CRm', 'op2'].reduce((bits, name) => bits | placeholder.field(name).mask, 0);
  const names = new Map<number, string>();
  return {
    format: (word) => {
      const key = OP0_HIGH | ((word >>> KEY_SHIFT) & KEY_BITS);
      let name = names.get(key);
      if (name === undefined) {
        name = (SYSTEM_REGISTERS.byKey(key, direction)?.name ?? genericRegisterName(key)).toLowerCase();
        names.set(key, name);
      }
      return name;
    },
    parse: (cursor, word) => {
      const { token } = cursor;
      const register = token.kind === 'name' ? SYSTEM_REGISTERS.byName(token.text) : undefined;
      if (register !== undefined && SYSTEM_REGISTERS.byKey(register.key, direction) !== register) {
        return cursor.fail(`${register.name} cannot be ${direction === 'R' ? 'read' : 'written'}`);
      }
      const key = register?.key ?? genericKey(token.lower);
      if (key === null) return cursor.fail(token.kind === 'name' ? unknownRegister(token.text) : 'expected a system register');
      cursor.position++;
      return word.putBits(mask, (key & KEY_BITS) << KEY_SHIFT);
    },
  };
}

/** `s3_0_c1_c0_0` as a key, or null. */
function genericKey(lower: string): number | null {
  const match = /^s([23])_([0-7])_c([0-9]|1[0-5])_c([0-9]|1[0-5])_([0-7])$/.exec(lower);
  if (match === null) return null;
  const [op0, op1, CRn, CRm, op2] = match.slice(1).map(Number) as [number, number, number, number, number];
  return sysRegKey(op0, op1, CRn, CRm, op2);
}

function unknownRegister(name: string): string {
  const near = nearest(name.toUpperCase(), SYSTEM_REGISTERS.rows.map((row) => row.name));
  return `unknown system register ${name}${near === null ? '' : `; did you mean ${near}?`}`;
}

// System operations

/** The name after AT, DC, IC or TLBI, and Xt where the operation takes one. */
function operation(placeholder: Placeholder, mnemonic: string): OperandCodec {
  const key = ['op1', 'CRn', 'CRm', 'op2'].reduce((bits, name) => bits | placeholder.field(name).mask, 0);
  const Rt = placeholder.field('Rt');
  return {
    format: (word) => {
      const op = sysOp((word & key) >>> KEY_SHIFT);
      if (op === null) return '?';
      return op.name.toLowerCase() + (op.xt === 'absent' ? '' : `, ${generalRegisterName('X', (word & Rt.mask) >>> Rt.lsb, false)}`);
    },
    parse: (cursor, word) => {
      const op = sysOpByName(mnemonic, cursor.token.text);
      if (op === null) {
        const near = nearest(cursor.token.text.toUpperCase(), SYS_OPS.filter((candidate) => candidate.mnemonic === mnemonic).map(({ name }) => name));
        return cursor.fail(`unknown ${mnemonic} operation${near === null ? '' : `; did you mean ${near}?`}`);
      }
      if (!word.putBits(key, op.key << KEY_SHIFT)) return cursor.fail('expected another operation');
      cursor.position++;
      if (op.xt === 'absent') return word.put(Rt, 31) && (!cursor.isAt(',') || cursor.fail(`${mnemonic} ${op.name} takes no register`));
      if (!cursor.punct(',')) return false;
      const register = asGeneralRegister(cursor.token.lower);
      if (register?.letter !== 'X' || register.sp) return cursor.fail('expected a register of 64 bits (x)');
      cursor.position++;
      return word.put(Rt, register.number);
    },
  };
}

// Barriers and branch targets

/** A name for some values of CRm, a number of so many digits for the others. */
function option(placeholder: Placeholder, names: readonly (string | null)[], digits: number, preset: number | null): OperandCodec {
  const CRm = placeholder.field('CRm');
  return {
    format: (word) => {
      const value = (word & CRm.mask) >>> CRm.lsb;
      return value === preset ? null : (names[value] ?? `#0x${value.toString(16).padStart(digits, '0')}`);
    },
    parse: (cursor, word) => {
      const value = names.indexOf(cursor.token.lower);
      if (value >= 0) {
        cursor.position++;
        return word.put(CRm, value);
      }
      if (cursor.token.kind === 'name') return cursor.fail(`expected ${names.filter((name) => name !== null).join(', ')} or a number`);
      const number = readScaled(cursor, 0, 15, 1);
      return number !== null && word.put(CRm, number);
    },
    omit: (word) => word.put(CRm, preset ?? 15),
  };
}

const barrierNames: readonly (string | null)[] = Array.from({ length: 16 }, (_, CRm) => BARRIER_OPTIONS.find((entry) => entry.CRm === CRm)?.name.toLowerCase() ?? null);
const isbNames = barrierNames.map((name) => (name === 'sy' ? name : null));

const TARGETS: readonly (string | null)[] = [null, 'c', 'j', 'jc'];

/** What may branch here: `c`alls, `j`umps, both, or nothing written. */
const btitarget: CodecFactory = (placeholder) => {
  const targets = placeholder.field('targets');
  return {
    format: (word) => TARGETS[(word & targets.mask) >>> targets.lsb]!,
    parse: (cursor, word) => {
      const value = TARGETS.indexOf(cursor.token.lower);
      if (value < 0) return cursor.fail('expected c, j or jc');
      cursor.position++;
      return word.put(targets, value);
    },
    omit: (word) => word.put(targets, 0),
  };
};

/** Codecs by kind; `codecs.ts` checks that the table is total. */
export const SYSTEM_CODECS = {
  cn,
  readreg: (placeholder) => systemRegister(placeholder, 'R'),
  writtenreg: (placeholder) => systemRegister(placeholder, 'W'),
  at: (placeholder) => operation(placeholder, 'AT'),
  dc: (placeholder) => operation(placeholder, 'DC'),
  ic: (placeholder) => operation(placeholder, 'IC'),
  tlbi: (placeholder) => operation(placeholder, 'TLBI'),
  barrier: (placeholder) => option(placeholder, barrierNames, 2, null),
  isboption: (placeholder) => option(placeholder, isbNames, 1, 15),
  btitarget,
} as const satisfies Readonly<Record<string, CodecFactory>>;
