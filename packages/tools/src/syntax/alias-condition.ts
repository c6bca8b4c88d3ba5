/** When the disassembler prefers an alias: the condition language of `alias()` in the cpu package, compiled. */
import { extract, type InsnField, type Pattern } from '@worldswitch/cpu/arch';

export type AliasCondition = (word: number) => boolean;

/** Functions of the manual's alias conditions, by their pseudocode names. */
const PREDICATES: Readonly<Record<string, (field: (name: string) => InsnField) => AliasCondition>> = {};

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
