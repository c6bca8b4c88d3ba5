/** Instruction statements: encoded at once where no address matters, and later where one does. */
import { FeatureSet, type Feature, type Row } from '@worldswitch/cpu/arch';
import type { Cursor, Failure } from '../syntax/cursor.ts';
import { encodeInstruction, knownMnemonics } from '../syntax/instructions.ts';
import type { Assembly, LateInstruction } from './assembly.ts';
import { fitsInteger, integerRange, isInstructionPlace } from './data-directives.ts';
import type { Token } from './lexer.ts';
import type { Literal, LiteralSize } from './literals.ts';
import { LITERAL_NAME } from './symbols.ts';
import { extensionOf } from './target.ts';

/** Assembles the instruction whose mnemonic is `tokens[position]`. */
export function assembleInstruction(assembly: Assembly, tokens: readonly Token[], position: number): void {
  const mnemonic = tokens[position]!;
  if (!isInstructionPlace(assembly, mnemonic) || !assembly.hasRoom(mnemonic, 4)) return;
  if (tokens[position + 3]?.text === '=') {
    loadLiteral(assembly, tokens, position);
    return;
  }
  const { section, symbols } = assembly;
  symbols.watch();
  const encoded = encodeInstruction(tokens, position, 0n, symbols);
  if ('word' in encoded && !encoded.usesAddress && !symbols.isLate) {
    if (isEnabled(assembly, mnemonic, encoded.form.row, encoded.word, assembly.features)) section.appendInstruction(encoded.word);
    return;
  }
  if ('failure' in encoded && encoded.failure === null) {
    assembly.error(mnemonic, unknownMnemonic(assembly, mnemonic, tokens[position + 1]!));
    return;
  }
  addLate(assembly, tokens, position, null);
}

/** Leaves a gap for an instruction that is encoded when addresses are known. */
function addLate(assembly: Assembly, tokens: readonly Token[], position: number, literal: Literal | null): void {
  const { section, line, features, symbols } = assembly;
  assembly.late.push({ kind: 'instruction', section, offset: section.size, line, sequence: symbols.place.sequence, tokens, position, features, literal });
  section.appendInstruction(0);
}

function unknownMnemonic(assembly: Assembly, mnemonic: Token, next: Token): string {
  if (next.lower === '.req') return '.req is not supported: use the name of the register';
  return `unknown instruction ${mnemonic.text}${assembly.suggestion(mnemonic.lower, knownMnemonics)}`;
}

/** `ldr x0, =value`: the value goes to the literal pool, and the instruction loads it from there. */
function loadLiteral(assembly: Assembly, tokens: readonly Token[], position: number): void {
  const size = literalSize(tokens[position]!.lower, tokens[position + 1]!.lower);
  const equals = tokens[position + 3]!;
  if (size === null || tokens[position + 2]!.text !== ',') {
    assembly.error(equals, 'a value with = is loaded by ldr into a w, x, s, d or q register, or by ldrsw into an x register');
    return;
  }
  const cursor = assembly.cursor(tokens, position + 4);
  const value = assembly.early(cursor);
  if (value === null) {
    assembly.report(cursor);
  } else if (!cursor.atEnd()) {
    assembly.error(cursor.token, 'expected the end of the instruction');
  } else if (value !== 'late' && !fitsInteger(value, size)) {
    assembly.error(tokens[position + 4]!, `value out of range: ${integerRange(size)}`);
  } else {
    const { sequence } = assembly.symbols.place;
    const literal = assembly.section.literals.add(literalKey(value, size, cursor, position + 4), {
      size,
      value: value === 'late' ? null : value,
      tokens,
      position: position + 4,
      line: assembly.line,
      sequence,
      offset: -1,
    });
    const name: Token = { ...equals, kind: 'name', text: LITERAL_NAME, lower: LITERAL_NAME, column: equals.column, value: 0n };
    addLate(assembly, [...tokens.slice(position, position + 3), name, tokens[tokens.length - 1]!], 0, literal);
  }
}

function literalSize(mnemonic: string, register: string): LiteralSize | null {
  const letter = /^(?:x(?:[0-9]|[12][0-9]|30|zr)|lr|fp)$/.test(register) ? 'x' : (/^([wsdq])[0-9]+$|^(w)zr$/.exec(register)?.[0]?.charAt(0) ?? '');
  if (mnemonic === 'ldrsw') return letter === 'x' ? 4 : null;
  if (mnemonic !== 'ldr') return null;
  return ({ w: 4, s: 4, x: 8, d: 8, q: 16 } as const)[letter] ?? null;
}

/** What two equal literals have in common; null where the same text may mean another value in another place. */
function literalKey(value: bigint | 'late', size: number, cursor: Cursor, start: number): string | null {
  if (value !== 'late') return `${String(size)}:${String(value)}`;
  const words = cursor.tokens.slice(start, cursor.position);
  return words.some(({ kind, text }) => text === '.' || (kind === 'number' && /[bf]$/.test(text))) ? null : `${String(size)}:${words.map(({ text }) => text).join(' ')}`;
}

/** Encodes an instruction whose addresses are known now; `assembly.symbols` is placed where it stands. */
export function encodeLate(assembly: Assembly, item: LateInstruction, address: bigint): void {
  const { symbols } = assembly;
  symbols.literal = item.literal;
  const encoded = encodeInstruction(item.tokens, item.position, address, symbols);
  symbols.literal = null;
  const mnemonic = item.tokens[item.position]!;
  if ('failure' in encoded) {
    const failure = encoded.failure ?? { token: mnemonic, message: 'expected an instruction' };
    assembly.error(failure.token, failureMessage(assembly, failure));
  } else if (isEnabled(assembly, mnemonic, encoded.form.row, encoded.word, item.features)) {
    item.section.putInteger(item.offset, 4, encoded.word);
  }
}

/** The message, with the name that was probably meant. */
function failureMessage(assembly: Assembly, failure: Failure): string {
  const { token, message } = failure;
  if (token.text === LITERAL_NAME) return 'the literal pool is too far away: put .ltorg nearer';
  const isAboutName = token.kind === 'name' && (message.startsWith('undefined symbol') || message.includes('register'));
  if (!isAboutName || message.includes('did you mean')) return message;
  const bank = registerBank(token.lower);
  if (bank !== null) return `there is no register ${token.text}; did you mean ${bank}?`;
  return message.startsWith('undefined symbol') ? assembly.explain(failure) : message + assembly.suggestion(token.lower, () => SPECIAL_REGISTERS);
}

const SPECIAL_REGISTERS = ['sp', 'wsp', 'xzr', 'wzr', 'lr', 'fp'];

/** What a name that looks like a register and is none may mean: `x32` is beyond its bank, `r3` has the name of AArch32. */
function registerBank(name: string): string | null {
  const [, letter = '', number = ''] = /^([wxvbhsdqr])([0-9]+)$/.exec(name) ?? [];
  if (letter === '') return null;
  const last = letter === 'w' || letter === 'x' || letter === 'r' ? 30 : 31;
  if (letter === 'r' && Number(number) <= last) return `x${number}`;
  return Number(number) > last ? `${letter === 'r' ? 'x' : letter}0 to ${letter === 'r' ? 'x' : letter}${String(last)}` : null;
}

/** Whether the features in force have the instruction; reports where not. */
function isEnabled(assembly: Assembly, mnemonic: Token, row: Row, word: number, features: FeatureSet): boolean {
  if (features === FeatureSet.ALL) return true;
  const missing = missingFeature(row, word, features);
  if (missing === null) return true;
  const extension = extensionOf(missing);
  assembly.error(mnemonic, `${mnemonic.text} needs FEAT_${missing}, which is off here${extension === null ? '' : `; .arch_extension ${extension} turns it on`}`);
  return false;
}

/** The feature without which `features` do not allocate the word, or null. */
export function missingFeature(row: Row, word: number, features: FeatureSet): Feature | null {
  if (row.feature !== null && !features.has(row.feature)) return row.feature;
  return row.featureWhen.find(({ feature, cubes }) => !features.has(feature) && cubes.some(({ mask, value }) => (word & mask) === value))?.feature ?? null;
}
