/** The command line: finds the command, runs it, prints its document, and turns what happened into an exit status. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArguments, loadSuggestion } from './arguments.ts';
import { COMMANDS, LATER } from './commands.ts';
import { invocationOf, isMistake, mistake, type Command, type Context, type Document, type Mistake, type Scene } from './command.ts';
import { commandHelp, generalHelp } from './help.ts';
import type { Io } from './io.ts';
import { jsonPieces } from './json.ts';
import { Interrupted } from './progress.ts';
import { styleFor } from './style.ts';

/** Exit statuses of command-line.md. */
export const STATUS = { done: 0, failed: 1, mistake: 2, limit: 3, bug: 70, interrupted: 130 } as const;

/** Runs one command line; the result is the exit status. Nothing is thrown. */
export async function main(argv: readonly string[], io: Io, commands: readonly Command[] = COMMANDS): Promise<number> {
  const inputs: Context['inputs'] = [];
  const scene: Scene = { show: null };
  // `--json` belongs to every command, so it may come before it.
  const [name, ...args] = argv[0] === '--json' ? [...argv.slice(1, 2), '--json', ...argv.slice(2)] : argv;
  try {
    if (name === undefined || name === '--json') return complain(io, mistake('no command given (worldswitch --help lists them)'));
    if (name === '--help' || name === '-h' || name === 'help') return await help(io, commands, args[0]);
    if (name === '--version') return await version(io, args.includes('--json'));
    const command = commands.find((candidate) => candidate.name === name);
    if (command === undefined) return complain(io, await unknownCommand(name, commands));
    return await runCommand(command, args, io, { inputs, scene });
  } catch (error) {
    if (error instanceof Interrupted) {
      await io.stderr.write(`worldswitch: interrupted at ${error.message}\n`);
      return STATUS.interrupted;
    }
    const command = commands.find((candidate) => candidate.name === name);
    await reportBug(invocationOf(command ?? { name: name ?? '' }), args, io, { inputs, scene }, error);
    return STATUS.bug;
  }
}

async function runCommand(command: Command, args: readonly string[], io: Io, evidence: Evidence): Promise<number> {
  const parsed = await parseArguments(command, args);
  if (isMistake(parsed)) return complain(io, parsed);
  if (parsed.values.has('help')) return printAll(io, commandHelp(command));
  const style = styleFor(io.stdout, io.env);
  const outcome = await (await command.load()).run({ io, ...parsed, ...evidence, style: styleFor(io.stderr, io.env) });
  if (isMistake(outcome)) return complain(io, outcome);
  if (outcome.diagnostics !== undefined) await io.stderr.write(outcome.diagnostics);
  if (outcome.status === STATUS.bug) await io.stderr.write(await replayLine(invocationOf(command), args, evidence));
  const late = parsed.values.has('json') ? await print(io, jsonPieces(outcome.document)) : await printText(command, outcome.document, io, style);
  return late === null ? (outcome.status ?? STATUS.done) : complain(io, late);
}

async function printText(command: Command, document: Document, io: Io, style: Context['style']): Promise<Mistake | null> {
  const { render } = await command.loadRenderer();
  const text = render(document as never, style);
  return print(io, typeof text === 'string' ? [text] : text);
}

/** Prints pieces until the reader has gone; a mistake among them ends the output. */
async function print(io: Io, pieces: AsyncIterable<string | Mistake> | readonly string[]): Promise<Mistake | null> {
  for await (const piece of pieces) {
    if (typeof piece !== 'string') return piece;
    await io.stdout.write(piece);
    if (io.stdout.isClosed) break;
  }
  // What went wrong with a write to a file is told after it.
  await new Promise((resolve) => setImmediate(resolve));
  const { failure } = io.stdout;
  return failure === null ? null : mistake(`the standard output: ${failure}: write to another place`);
}

async function printAll(io: Io, text: string): Promise<number> {
  const late = await print(io, [text]);
  return late === null ? STATUS.done : complain(io, late);
}

function complain(io: Io, { mistake: text }: Mistake): number {
  void io.stderr.write(`worldswitch: ${text}\n`);
  return STATUS.mistake;
}

async function unknownCommand(name: string, commands: readonly Command[]): Promise<Mistake> {
  if (LATER.has(name)) return mistake(`${name} arrives with a later release (worldswitch --help lists what this one has)`);
  if (name.startsWith('-')) return mistake(`unknown option ${name}; a command comes first (worldswitch --help lists them)`);
  return mistake(`unknown command ${name}${await loadSuggestion(name, commands.map((command) => command.name))} (worldswitch --help lists them)`);
}

async function help(io: Io, commands: readonly Command[], name: string | undefined): Promise<number> {
  const command = commands.find((candidate) => candidate.name === name);
  if (name !== undefined && command === undefined && !name.startsWith('-')) return complain(io, await unknownCommand(name, commands));
  return printAll(io, command === undefined ? generalHelp(commands) : commandHelp(command));
}

async function version(io: Io, json: boolean): Promise<number> {
  const text = await packageVersion();
  return printAll(io, json ? `${JSON.stringify({ schema: 'worldswitch.version/1', version: text })}\n` : `worldswitch ${text}\n`);
}

async function packageVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}

/** What the report of a bug needs beside the command line. */
type Evidence = Pick<Context, 'inputs' | 'scene'>;

/** A bug of ours: what happened, and all that is needed to see it again. */
async function reportBug(invocation: string, args: readonly string[], io: Io, evidence: Evidence, error: unknown): Promise<void> {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const scene = evidence.scene.show?.();
  const where = scene === undefined ? '' : `${scene.text}, after ${scene.instructions.toLocaleString('en')} instructions\n`;
  await io.stderr.write(`worldswitch: a bug of ours: ${what}\n${where}${await replayLine(invocation, args, evidence)}`);
}

/** A command line that comes to the same instruction, and not beyond it. */
async function replayLine(invocation: string, args: readonly string[], { inputs, scene }: Evidence): Promise<string> {
  const shown = scene.show?.();
  const limit = shown === undefined || args.some((argument) => argument.startsWith(LIMIT)) ? [] : [LIMIT, String(shown.instructions + 1)];
  const hashes = inputs.map(({ path, bytes }) => `; sha256 of ${path}: ${createHash('sha256').update(bytes).digest('hex')}`);
  const needs = shown?.needs ?? null;
  return `replay: ${[invocation, ...[...args, ...limit].map(quoted)].join(' ')}  (worldswitch ${await packageVersion()}, node ${process.version}${hashes.join('')}${needs === null ? '' : `; and ${needs}`})\n`;
}

const LIMIT = '--max-instructions';

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
