/**
 * Finished cells on disk, so that what was interrupted goes on: one line a cell, appended when it is finished, with a key of everything
 * that went into it. A line that was not written to its end counts as not written.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell, Measured } from './cells.ts';

const FILE = 'cells.jsonl';

interface Line {
  readonly build: string;
  readonly key: string;
  readonly measured: Measured;
}

export class CellStore {
  readonly path: string;
  readonly #build: string;
  readonly #seed: number;
  readonly #known = new Map<string, Measured>();

  /** Opens the store of a folder, which is made; `build` stands for all code that measures. Errors of the file system are thrown. */
  constructor(folder: string, build: string, seed: number) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, FILE);
    this.#build = build;
    this.#seed = seed;
    const text = readText(this.path);
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter((line) => line !== '');
    const current = lines.filter((line) => this.#take(line));
    // What another build has measured, and half a line, would only grow; an existing file also shows whether it can be written.
    const kept = current.map((line) => `${line}\n`).join('');
    const temporary = join(folder, `.${FILE}.${String(process.pid)}.tmp`);
    try {
      writeFileSync(temporary, kept);
      renameSync(temporary, this.path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  get(cell: Cell): Measured | undefined {
    return this.#known.get(this.#keyOf(cell));
  }

  /** Errors of the file system are thrown; cells that were added before are not lost. */
  add(cell: Cell, measured: Measured): void {
    const key = this.#keyOf(cell);
    appendFileSync(this.path, `${JSON.stringify({ build: this.#build, key, measured } satisfies Line)}\n`);
    this.#known.set(key, measured);
  }

  /** Whether a line is of this build, and then its cell is known. */
  #take(text: string): boolean {
    let line: Partial<Line> | null;
    try {
      line = JSON.parse(text) as Partial<Line> | null;
    } catch {
      return false;
    }
    if (line?.build !== this.#build || line.key === undefined || line.measured === undefined) return false;
    this.#known.set(line.key, line.measured);
    return true;
  }

  #keyOf(cell: Cell): string {
    return createHash('sha256').update(JSON.stringify([this.#build, this.#seed, cell])).digest('hex');
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
