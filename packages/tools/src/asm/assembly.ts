/**
 * A file being assembled: its sections, symbols and diagnostics, and what must wait until addresses are known. The
 * statements call its methods; `assemble.ts` runs them.
 */
import type { FeatureSet } from '@worldswitch/cpu/arch';
import type { SectionFlags, SectionType } from '../image/image.ts';
import { Cursor, type Failure } from '../syntax/cursor.ts';
import { nearest } from '../syntax/nearest.ts';
import type { DiagnosticList } from './diagnostics.ts';
import type { Token } from './lexer.ts';
import type { Literal } from './literals.ts';
import { defaultKind, MAX_IMAGE_BYTES, MAX_NOBITS_BYTES, Section, type Budget } from './section.ts';
import { SymbolTable, type Definition } from './symbols.ts';

/** A statement or an operand that can be encoded only when addresses are known. */
interface LateBase {
  readonly section: Section;
  readonly offset: number;
  readonly line: number;
  readonly sequence: number;
  readonly tokens: readonly Token[];
  readonly position: number;
}

export interface LateInstruction extends LateBase {
  readonly kind: 'instruction';
  readonly features: FeatureSet;
  readonly literal: Literal | null;
}

export interface LateData extends LateBase {
  readonly kind: 'data';
  readonly size: number;
}

/** Made-up positions of the sections; an expression that has the same value in both depends on no address. */
const TRIALS: readonly ((index: number) => bigint)[] = [(index) => BigInt(index + 1) << 96n, (index) => (BigInt(index + 1) << 97n) + BigInt(index + 1) * 0x1_0001_0000n];

/** Does what a line says; the cursor stands behind the directive's name. */
export type Directive = (assembly: Assembly, cursor: Cursor) => void;

export class Assembly {
  readonly diagnostics: DiagnosticList;
  readonly sections: Section[] = [];
  readonly symbols: SymbolTable;
  readonly late: (LateInstruction | LateData)[] = [];
  /** Sections to which `.popsection` returns. */
  readonly stack: { readonly section: Section; readonly previous: Section }[] = [];
  section: Section;
  /** The section to which `.previous` returns. */
  previous: Section;
  features: FeatureSet;
  /** The line of the statement at hand, from 1. */
  line = 1;
  /** Set by `.end`, and where the file is abandoned. */
  isFinished = false;
  /** Set when an error made the rest of the file meaningless. */
  isAbandoned = false;
  /** The directive up to which everything is passed over: the end of a block that is refused as a whole. */
  skipUntil: string | null = null;
  #comparisons = MAX_COMPARISONS;
  readonly #budget: Budget = { left: MAX_IMAGE_BYTES };
  readonly #byName = new Map<string, Section>();
  #sequence = 0;

  constructor(diagnostics: DiagnosticList, features: FeatureSet) {
    this.diagnostics = diagnostics;
    this.features = features;
    this.section = this.#addSection('.text', defaultKind('.text'));
    this.previous = this.section;
    this.symbols = new SymbolTable({ section: this.section, offset: 0, sequence: 0 });
  }

  // ---- Messages ---------------------------------------------------------------------------------------------------------

  error(token: Token, message: string): void {
    this.diagnostics.add('error', this.line, token, message);
  }

  warning(token: Token, message: string): void {
    this.diagnostics.add('warning', this.line, token, message);
  }

  /** Reports what stopped the cursor. */
  report(cursor: Cursor): void {
    const failure: Failure = cursor.failure ?? { token: cursor.token, message: 'expected something else' };
    this.error(failure.token, failure.message);
  }

  /** `; did you mean NAME?`, or nothing; nothing too once a file has asked for so much that it would take long. */
  suggestion(name: string, candidates: () => readonly string[]): string {
    if (this.diagnostics.isFull || this.#comparisons <= 0 || name.length > MAX_SUGGESTED) return '';
    const names = candidates();
    this.#comparisons -= names.length;
    const near = nearest(name, names);
    return near === null || near === name ? '' : `; did you mean ${near}?`;
  }

  /** The message about a failure, with the name that was probably meant where a symbol is undefined. */
  explain({ token, message }: Failure): string {
    if (!message.startsWith('undefined symbol')) return message;
    const isDefined = (this.symbols.get(token.text)?.definitions.length ?? 0) > 0;
    return isDefined ? `${token.text} has no value: it depends on itself, or on too many others` : message + this.suggestion(token.text, () => this.symbols.definedNames());
  }

  // ---- Sections ---------------------------------------------------------------------------------------------------------

  /** Makes the named section the current one; kinds are given only by a directive that says flags. */
  enter(token: Token, name: string, kind: { readonly type: SectionType; readonly flags: SectionFlags } | null): void {
    let section = this.#byName.get(name);
    if (section === undefined) {
      if (this.sections.length >= MAX_SECTIONS) {
        this.error(token, `more than ${String(MAX_SECTIONS)} sections`);
        return;
      }
      section = this.#addSection(name, kind ?? defaultKind(name));
    } else if (kind !== null && !sameKind(section, kind)) {
      this.error(token, `section ${name} was given other flags or another type before`);
      return;
    }
    this.switchTo(section);
  }

  switchTo(section: Section): void {
    this.previous = this.section;
    this.section = section;
  }

  #addSection(name: string, { type, flags }: { readonly type: SectionType; readonly flags: SectionFlags }): Section {
    const section = new Section(name, type, flags, this.#budget);
    this.#byName.set(name, section);
    this.sections.push(section);
    return section;
  }

  // ---- Statements -------------------------------------------------------------------------------------------------------

  /** Marks the beginning of a statement or a label: what follows comes after everything before. */
  advance(): void {
    this.symbols.place = { section: this.section, offset: this.section.size, sequence: ++this.#sequence };
  }

  defineLabel(token: Token): void {
    this.advance();
    this.section.hasLabels = true;
    if (token.kind === 'number') this.symbols.defineLocal(token.text);
    else this.define(token, { kind: 'label', place: this.symbols.place }, false);
  }

  /** Defines a symbol; a second time only where `redefines` says so and it was so the first time. */
  define(token: Token, definition: Definition, redefines: boolean): void {
    const symbol = this.symbols.declare(token.text);
    const [first] = symbol.definitions;
    if (first !== undefined && (!redefines || first.kind === 'label')) {
      this.error(token, `${token.text} is defined already, in line ${String(symbol.line)}`);
      return;
    }
    if (first === undefined) symbol.line = this.line;
    symbol.definitions.push(definition);
  }

  /** Whether `length` more bytes may be added here; reports where not, and stops: all that follows would fail too. */
  hasRoom(token: Token, length: number): boolean {
    if (this.section.hasRoom(length)) return true;
    const limit = this.section.type === 'nobits' ? MAX_NOBITS_BYTES : MAX_IMAGE_BYTES;
    this.error(token, `${this.section.name} would grow beyond the limit of ${String(limit / 2 ** 20)} MiB (${String(length)} bytes here)`);
    this.isFinished = true;
    this.isAbandoned = true;
    return false;
  }

  // ---- Expressions ------------------------------------------------------------------------------------------------------

  cursor(tokens: readonly Token[], position: number): Cursor {
    return new Cursor(tokens, position, 0n, this.symbols);
  }

  /** An expression if it has a value now; `late` (the cursor behind it) if it depends on addresses or on what follows. */
  early(cursor: Cursor): bigint | 'late' | null {
    this.symbols.watch();
    const start = cursor.position;
    const value = cursor.expression();
    if (!this.symbols.isLate) return value;
    cursor.position = endOfExpression(cursor.tokens, start);
    return 'late';
  }

  /** An expression whose value must be known here; reports where there is none. Differences of labels are known. */
  absolute(cursor: Cursor): bigint | null {
    const start = cursor.position;
    const early = this.early(cursor);
    if (early === null) this.report(cursor);
    if (early !== 'late') return early;
    const [first, second] = this.onTrial(cursor, start);
    if (first === null || second === null) {
      this.report(cursor);
      return null;
    }
    if (first === second) return first;
    this.error(cursor.tokens[start]!, 'the value must be known here, but it depends on where sections are placed');
    return null;
  }

  /** The value of an expression with the sections in two made-up places. */
  onTrial(cursor: Cursor, start: number): [bigint | null, bigint | null] {
    const values = TRIALS.map((_, trial) => {
      cursor.position = start;
      this.symbols.placeSections((section) => this.trialAddress(section, trial));
      return cursor.expression();
    });
    this.symbols.placeSections(null);
    return [values[0] ?? null, values[1] ?? null];
  }

  trialAddress(section: Section, trial: number): bigint {
    return TRIALS[trial]!(this.sections.indexOf(section));
  }

  /** An absolute expression in `[min, max]`; reports where it is not. */
  absoluteNumber(cursor: Cursor, min: number, max: number, what: string): number | null {
    const token = cursor.token;
    const value = this.absolute(cursor);
    if (value === null) return null;
    if (value >= BigInt(min) && value <= BigInt(max)) return Number(value);
    this.error(token, `${what} out of range: ${String(min)} to ${String(max)}`);
    return null;
  }
}

const MAX_SECTIONS = 1000;
/** Names that are compared for suggestions in one file, and the longest name that is. */
const MAX_COMPARISONS = 1_000_000;
const MAX_SUGGESTED = 100;

function sameKind(section: Section, kind: { readonly type: SectionType; readonly flags: SectionFlags }): boolean {
  const { alloc, write, exec } = kind.flags;
  return section.type === kind.type && section.flags.alloc === alloc && section.flags.write === write && section.flags.exec === exec;
}

/** The position of the comma or of the end that closes the expression at `from`. */
function endOfExpression(tokens: readonly Token[], from: number): number {
  let depth = 0;
  let at = from;
  for (; ; at++) {
    const { kind, text } = tokens[at]!;
    if (kind === 'end' || text === ';') return at;
    if (kind !== 'punct') continue;
    if (text === '(') depth++;
    else if (text === ')') depth--;
    else if (text === ',' && depth <= 0) return at;
  }
}
