/**
 * `--record FILE` and `--replay FILE`: what was typed, each piece with the instant at which the guest got it. JSON lines: the first
 * says what ran; the others have the instructions that had retired, virtual time in nanoseconds, and the text, a character a byte.
 */
import { createHash } from 'node:crypto';
import type { Stop } from '@worldswitch/machine';
import { isMistake, mistake, type Context, type Mistake } from '../command.ts';
import { explain, readInput } from '../files.ts';
import { GrowingFile } from './growing-file.ts';
import type { InputLimits, InputSource } from './input-source.ts';
import type { Runnable } from './runnable.ts';

const SCHEMA = 'worldswitch.input/1';

export interface InputPiece {
  readonly instruction: number;
  readonly ns: number;
  readonly bytes: Uint8Array;
}

const fingerprint = (image: Uint8Array): string => createHash('sha256').update(image).digest('hex');

export class InputRecord {
  readonly #path: string;
  readonly #file: GrowingFile;

  private constructor(path: string) {
    this.#path = path;
    this.#file = new GrowingFile(path);
  }

  static open(path: string, image: Uint8Array): InputRecord | Mistake {
    try {
      const record = new InputRecord(path);
      record.#write({ schema: SCHEMA, image: fingerprint(image) });
      return record;
    } catch (error) {
      return mistake(`--record ${path}: ${explain(error)}`);
    }
  }

  add({ instruction, ns, bytes }: InputPiece): void {
    this.#write({ instruction, ns, text: String.fromCharCode(...bytes) });
  }

  /** What could not be written, if anything. */
  close(): Mistake | null {
    const failure = this.#file.close();
    return failure === null ? null : mistake(`--record ${this.#path}: ${failure} (the record is not complete)`);
  }

  /** At once: who kills the run still has what was typed. */
  #write(line: object): void {
    this.#file.write(`${JSON.stringify(line)}\n`);
  }
}

export interface InputScript {
  readonly path: string;
  readonly image: string;
  readonly pieces: readonly InputPiece[];
}

export async function readScript(context: Context, path: string): Promise<InputScript | Mistake> {
  const file = await readInput(context, path);
  if (isMistake(file)) return file;
  const [head, ...lines] = new TextDecoder().decode(file).trimEnd().split('\n').map(parsed);
  if (head?.['schema'] !== SCHEMA || typeof head['image'] !== 'string') return mistake(`--replay ${path}: it is no file that --record wrote`);
  const pieces: InputPiece[] = [];
  for (const line of lines) {
    const piece = pieceOf(line, pieces.at(-1));
    if (piece === null) return mistake(`--replay ${path}: line ${String(pieces.length + 2)}: it is no line that --record wrote: give the file as it was`);
    pieces.push(piece);
  }
  return { path, image: head['image'], pieces };
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

function pieceOf(line: Readonly<Record<string, unknown>> | null, before: InputPiece | undefined): InputPiece | null {
  const { instruction, ns, text } = line ?? {};
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!isCount(instruction) || !isCount(ns) || typeof text !== 'string' || !/^[\0-\xff]+$/.test(text)) return null;
  if (before !== undefined && (instruction < before.instruction || ns < before.ns)) return null;
  return { instruction, ns, bytes: Uint8Array.from(text, (character) => character.charCodeAt(0)) };
}

/** What was recorded with another image. */
export function checkScript({ path, image: recorded }: InputScript, image: Uint8Array): Mistake | null {
  return fingerprint(image) === recorded ? null : mistake(`--replay ${path}: it was recorded with another image: give the one with the SHA-256 ${recorded}`);
}

/** Gives each piece at its instant; whoever runs something else is told. */
export class ReplayedInput implements InputSource {
  readonly isConversation = false;
  readonly #runnable: Runnable;
  readonly #script: InputScript;
  #next = 0;
  /** The instruction has been reached, but not the time: native software takes time, and so does waiting. */
  #isThere = false;

  constructor(runnable: Runnable, script: InputScript) {
    this.#runnable = runnable;
    this.#script = script;
  }

  /** The recorded run was stopped here too, if it had something to give. */
  wanted(): void {
    if (this.#next < this.#script.pieces.length) this.#runnable.requestPause();
  }

  limits(): InputLimits {
    const piece = this.#script.pieces[this.#next];
    return piece === undefined ? {} : { maxInstructions: piece.instruction + (this.#isThere ? 1 : 0), idleLimit: piece.ns };
  }

  next({ reason }: Stop): Promise<boolean | Mistake> {
    return Promise.resolve(this.#give(reason));
  }

  #give(reason: Stop['reason']): boolean | Mistake {
    const piece = this.#script.pieces[this.#next];
    if (piece === undefined) return reason !== 'idle-forever';
    const runnable = this.#runnable;
    const waits = reason !== 'limit';
    const isThere = runnable.instructions === piece.instruction;
    if (isThere && waits && runnable.nanoseconds < piece.ns) runnable.skipTo(piece.ns);
    if (isThere && runnable.nanoseconds === piece.ns && runnable.input.receive(piece.bytes) === piece.bytes.length) {
      this.#next++;
      this.#isThere = false;
      return true;
    }
    this.#isThere = isThere;
    if (!waits && runnable.instructions <= piece.instruction && runnable.nanoseconds < piece.ns) return true;
    return mistake(`--replay ${this.#script.path}: line ${String(this.#next + 2)}: this run is another one: it is at instruction ${String(runnable.instructions)}, ${String(runnable.nanoseconds)} ns; give the options of the run that was recorded`);
  }

  wake(): void {
    // Nothing is waited for.
  }

  close(): void {
    // Nothing is open.
  }
}
