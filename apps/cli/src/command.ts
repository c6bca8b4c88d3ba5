/** What a command is: its line in the help, its options, and the function that makes its document. */
import type { Io } from './io.ts';

/** A document: what a command found out, ready to be printed as JSON. `rows` may come piece by piece. */
export interface Document {
  readonly schema: `worldswitch.${string}/1`;
  readonly rows?: unknown;
}

/** Rows that are too many to hold at once: arrays of them, one after another; a text ends them with the user's mistake. */
export type RowStream<Row> = AsyncIterable<readonly Row[] | Mistake>;

/** The user's mistake: what, where and what to do, in one line. */
export interface Mistake {
  readonly mistake: string;
}

export function mistake(text: string): Mistake {
  return { mistake: text };
}

export function isMistake(value: object): value is Mistake {
  return 'mistake' in value;
}

/** What a command comes to. */
export type Outcome = Mistake | { readonly document: Document; readonly status?: number; readonly diagnostics?: string };

/** Values of the options that were given, by name. */
export interface Values {
  /** Whether the switch was given. */
  has(name: string): boolean;
  /** The option's value, or null. */
  text(name: string): string | null;
  /** What follows the value of an option that has two. */
  second(name: string): string;
}

export interface Context {
  readonly io: Io;
  readonly values: Values;
  readonly operands: readonly string[];
  /** The files that were read, for the replay line of an internal error. */
  readonly inputs: { readonly path: string; readonly bytes: Uint8Array }[];
  /** Where a machine is, for the report of an error of ours. */
  readonly scene: Scene;
  readonly style: Style;
}

export interface Scene {
  show: (() => { readonly instructions: number; readonly text: string; readonly needs: string | null }) | null;
}

/** Marks for a terminal; each returns its text unchanged where colours are off. */
export interface Style {
  error(text: string): string;
  warning(text: string): string;
  strong(text: string): string;
}

export interface OptionSpec {
  /** What the value is, in capitals; two words where two values follow; absent for a switch. */
  readonly value?: string;
  readonly short?: string;
  readonly help: string;
  /** Whether nothing is a value too. */
  readonly mayBeEmpty?: boolean;
  /** Why there is none: the option is known so that nobody looks for a slip, and not in the help. */
  readonly refusal?: string;
}

/** A command's module: logic, and the rendering of its document as text. */
export interface CommandModule {
  readonly run: (context: Context) => Promise<Outcome> | Outcome;
}

export interface Renderer {
  /** The document as text; pieces where it is long. */
  readonly render: (document: never, style: Style) => string | AsyncIterable<string | Mistake>;
}

export interface Command {
  readonly name: string;
  /** How it is called where that is not `worldswitch NAME`. */
  readonly invocation?: string;
  /** What follows the name. */
  readonly usage: string;
  readonly summary: string;
  readonly example: string;
  /** More of them, for the command's own help. */
  readonly moreExamples?: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly load: () => Promise<CommandModule>;
  readonly loadRenderer: () => Promise<Renderer>;
}

export function invocationOf({ name, invocation }: Pick<Command, 'name' | 'invocation'>): string {
  return invocation ?? `worldswitch ${name}`;
}
