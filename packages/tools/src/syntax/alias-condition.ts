/** When the disassembler prefers an alias: the condition language of `alias()` in the cpu package, compiled. */
import { extract, sysOp, type InsnField, type Pattern } from '@worldswitch/cpu/arch';

export type AliasCondition = (word: number) => boolean;

/** Functions of the manual's alias conditions, by their pseudocode names. */
const PREDICATES: Readonly<Record<string, (field: (name: string) => InsnField) => AliasCondition>> = {
  moveWidePreferred,
  /** A shift of nothing: another encoding of 0. */
  zeroShifted: (field) => {
    const [imm16, hw] = [field('imm16'), field('hw')];
    return (word) => (word & imm16.mask) === 0 && (word & hw.mask) !== 0;
  },
  /** UInt(imms) < UInt(immr): the bitfield is moved up, not down. */
  immsBelowImmr: (field) => {
    const [imms, immr] = [field('imms'), field('immr')];
    return (word) => extract(word, imms) < extract(word, immr);
  },
  /** imms + 1 == immr: the bitfield moves up to the top, as by LSL. */
  immrFollowsImms: (field) => {
    const [imms, immr] = [field('imms'), field('immr')];
    return (word) => extract(word, imms) + 1 === extract(word, immr);
  },
  namesAT: names('AT'),
  namesDC: names('DC'),
  namesIC: names('IC'),
  namesTLBI: names('TLBI'),
};

/**
 * MoveWidePreferred(): whether MOVZ or MOVN writes the logical immediate as well. Differs: the manual's bounds for MOVN
 * are S >= width - 15 and R MOD 16 <= S - (width - 15), which miss some numbers that MOVN does write; what is printed as
 * MOV must assemble to the same word, so we ask the exact question, as binutils and LLVM do.
 */
function moveWidePreferred(field: (name: string) => InsnField): AliasCondition {
  const [sf, N, imms, immr] = [field('sf'), field('N'), field('imms'), field('immr')];
  return (word) => {
    const width = extract(word, sf) === 1 ? 64 : 32;
    const s = extract(word, imms);
    const r = extract(word, immr);
    // One run of ones in the whole register, not repeated.
    if (width === 64 ? extract(word, N) === 0 : extract(word, N) === 1 || s > 31) return false;
    // The ones, or else the zeros, lie within one aligned halfword.
    if (s < 16) return (-r & 15) <= 15 - s;
    if (s >= width - 17) return (r & 15) <= s - (width - 17);
    return false;
  };
}

/** SysOp(): the word is an operation of this mnemonic. One that takes no register is written so only without one. */
function names(mnemonic: string): (field: (name: string) => InsnField) => AliasCondition {
  return (field) => {
    const [op1, Rt] = [field('op1'), field('Rt')];
    const keyMask = op1.mask | field('CRn').mask | field('CRm').mask | field('op2').mask;
    const keyLsb = field('op2').lsb;
    return (word) => {
      const op = sysOp((word & keyMask) >>> keyLsb);
      return op?.mnemonic === mnemonic && !op.isRead && (op.xt !== 'absent' || extract(word, Rt) === 31);
    };
  };
}

export function aliasCondition(text: string, pattern: Pattern, owner: string): AliasCondition {
  if (text === '') return () => true;
  if (text === 'never') return () => false;
  const alternatives = text.split('|').map((alternative) => {
    const terms = alternative
      .trim()
      .split(/\s+/)
      .map((term) => compileTerm(term, pattern, owner));
    return (word: number): boolean => terms.every((holds) => holds(word));
  });
  return (word) => alternatives.some((holds) => holds(word));
}

function compileTerm(term: string, pattern: Pattern, owner: string): AliasCondition {
  const fieldNamed = (name: string): InsnField => {
    const field = pattern.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new TypeError(`${owner}: the alias condition names no field ${name}`);
    return field;
  };
  const comparison = /^(\w+)(!?=)(\w+)$/.exec(term);
  if (comparison !== null) {
    const [, left, operator, right] = comparison;
    const field = fieldNamed(left ?? '');
    const equal = operator === '=';
    if (!/^[01x]+$/.test(right ?? '')) {
      const other = fieldNamed(right ?? '');
      return (word) => (extract(word, field) === extract(word, other)) === equal;
    }
    const bits = right ?? '';
    if (bits.length !== field.width) throw new TypeError(`${owner}: ${term} has the wrong width`);
    const mask = parseInt(bits.replace(/[01]/g, '1').replace(/x/g, '0'), 2);
    const value = parseInt(bits.replace(/x/g, '0'), 2);
    return (word) => ((extract(word, field) & mask) === value) === equal;
  }
  const negated = term.startsWith('!');
  const make = PREDICATES[negated ? term.slice(1) : term];
  if (make === undefined) throw new TypeError(`${owner}: cannot read the alias condition ${term}`);
  const holds = make(fieldNamed);
  return negated ? (word) => !holds(word) : holds;
}
