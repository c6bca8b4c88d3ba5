/** Errors and warnings about a source file: where, what, and the line with the token marked. */
import type { Token } from './lexer.ts';

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** Length of the offending token, at least 1. */
  readonly length: number;
  readonly message: string;
  /** The whole source line. */
  readonly source: string;
}

/** Diagnostics kept; a file that has more is told how many were left out. */
const MAX_DIAGNOSTICS = 1000;

/** Collects diagnostics in any order. */
export class DiagnosticList {
  readonly #file: string;
  readonly #lines: readonly string[];
  readonly #list: Diagnostic[] = [];
  #errors = 0;
  #leftOut = 0;

  constructor(file: string, lines: readonly string[]) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Number of errors so far. */
  get errors(): number {
    return this.#errors;
  }

  /** Whether another diagnostic would be kept: what is costly to say need not be worked out otherwise. */
  get isFull(): boolean {
    return this.#list.length >= MAX_DIAGNOSTICS;
  }

  /** Adds a diagnostic about `token` of the line with this number (from 1). */
  add(severity: Diagnostic['severity'], line: number, token: Token, message: string): void {
    if (severity === 'error') this.#errors++;
    if (this.isFull) {
      this.#leftOut++;
      return;
    }
    const source = this.#lines[line - 1] ?? '';
    this.#list.push({ severity, file: this.#file, line, column: token.column + 1, length: Math.max(1, token.text.length), message, source });
  }

  /** All of them by place, with a last one that counts what was left out. */
  sorted(): Diagnostic[] {
    const list = this.#list.sort((a, b) => a.line - b.line || a.column - b.column);
    const last = list[list.length - 1];
    if (this.#leftOut > 0 && last !== undefined) list.push({ ...last, message: `${String(this.#leftOut)} more like these are not shown` });
    return list;
  }
}

/** Columns of source shown around the token of a very long line. */
const WINDOW = 160;

/** `file:line:column: error: message`, the source line, and a line with carets under the token. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message } = diagnostic;
  return `${file}:${String(line)}:${String(column)}: ${severity}: ${message}\n${sourceExcerpt(diagnostic)}`;
}

/** The two lines under a message: the source line and the mark. */
export function sourceExcerpt({ source, column, length }: Diagnostic): string {
  const start = Math.max(0, Math.min(column - 1 - WINDOW / 2, source.length - WINDOW));
  const shown = source.slice(start, start + WINDOW).replace(/[^\t\x20-\x7e\u00a0-\uffff]/g, '?');
  const before = shown.slice(0, column - 1 - start).replace(/[^\t]/g, ' ');
  const width = Math.max(1, Math.min(length, shown.length - before.length));
  return `  ${shown}\n  ${before}^${'~'.repeat(width - 1)}`;
}
