/** Directives about symbols: their values, and what an object file says of them. */
import type { Assembly, Directive } from './assembly.ts';
import type { Cursor } from '../syntax/cursor.ts';
import { eachOperand } from './data-directives.ts';
import type { Token } from './lexer.ts';
import { isReservedName, type SymbolType } from './symbols.ts';

/** The name at the cursor; null (reported) where there is none. */
function symbolName(assembly: Assembly, cursor: Cursor): Token | null {
  const { token } = cursor;
  if (token.kind !== 'name' || token.text === '.') {
    assembly.error(token, 'expected the name of a symbol');
    return null;
  }
  cursor.position++;
  return token;
}

export const bindSymbols =
  (binding: 'local' | 'global' | 'weak'): Directive =>
  (assembly, cursor) => {
    if (cursor.atEnd()) assembly.error(cursor.token, 'expected the name of a symbol');
    eachOperand(cursor, () => {
      const name = symbolName(assembly, cursor);
      if (name !== null) assembly.symbols.declare(name.text).binding = binding;
      return name !== null;
    });
  };

const TYPES: ReadonlyMap<string, SymbolType> = new Map([
  ['function', 'function'],
  ['func', 'function'],
  ['gnu_indirect_function', 'function'],
  ['object', 'object'],
  ['tls_object', 'object'],
  ['common', 'object'],
  ['notype', 'notype'],
]);

/** `.type name, %function`: also `@function`, `"function"`, `STT_FUNC`. */
export const symbolType: Directive = (assembly, cursor) => {
  const name = symbolName(assembly, cursor);
  if (name === null) return;
  if (cursor.token.text === ',') cursor.position++;
  if (cursor.token.text === '%' || cursor.token.text === '@') cursor.position++;
  const { token } = cursor;
  const type = TYPES.get(token.lower.replace(/^"|"$/g, '').replace(/^stt_/, ''));
  if (type === undefined) {
    assembly.error(token, 'expected a type: %function, %object or %notype');
    return;
  }
  cursor.position++;
  assembly.symbols.declare(name.text).type = type;
};

/** `.size name, expression`. */
export const symbolSize: Directive = (assembly, cursor) => {
  const name = symbolName(assembly, cursor);
  if (name === null) return;
  if (!cursor.punct(',')) {
    assembly.report(cursor);
    return;
  }
  const { tokens, position } = cursor;
  if (assembly.early(cursor) === null) assembly.report(cursor);
  else assembly.symbols.declare(name.text).size = { tokens, position, place: assembly.symbols.place, line: assembly.line };
};

/** `.set name, expression`; `.equiv` (`once`) refuses a name that has a value. */
export const setSymbol =
  (mode: 'again' | 'once'): Directive =>
  (assembly, cursor) => {
    const name = symbolName(assembly, cursor);
    if (name === null) return;
    if (cursor.punct(',')) assign(assembly, cursor, name, mode === 'again');
    else assembly.report(cursor);
  };

/** Defines `name` as the expression at the cursor. */
export function assign(assembly: Assembly, cursor: Cursor, name: Token, redefines: boolean): void {
  if (isReservedName(name.text)) {
    assembly.error(name, `${name.text} is a register, and cannot be a symbol`);
    return;
  }
  const { tokens, position } = cursor;
  const { place } = assembly.symbols;
  const value = assembly.early(cursor);
  if (value === null) {
    assembly.report(cursor);
    return;
  }
  const known = value === 'late' ? sameOnTrial(assembly, cursor, position) : value;
  assembly.define(name, known === null ? { kind: 'expression', tokens, position, place } : { kind: 'value', value: known, sequence: place.sequence }, redefines);
}

/** The value of an expression that depends on labels but not on their addresses; null for any other. */
function sameOnTrial(assembly: Assembly, cursor: Cursor, position: number): bigint | null {
  const { position: end } = cursor;
  const [first, second] = assembly.onTrial(cursor, position);
  cursor.position = end;
  return first !== null && first === second ? first : null;
}
