/** The command `npm run harness`: which experiment, where its results go, and what is wrong with what the user asks. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROFILE_NAMES, type ProfileName } from '@worldswitch/machine';
import { ERASE_LINE, explain, Interrupted, isMistake, loadSuggestion, mistake, readProfile, readStepSet, STATUS, writeOutput, type Command, type Context, type Io, type Mistake, type Outcome, type Values } from 'worldswitch';
import { csvOf } from '../report/csv.ts';
import { reportOf } from '../report/report.tsx';
import type { Cell } from './cells.ts';
import { summaryOf, type HarnessDocument } from './document.ts';
import { cellsOf, EXPERIMENTS, type Experiment, type Narrowing } from './experiments.ts';
import { runCells, type RunOutcome } from './run.ts';
import { CellStore } from './store.ts';
import { startThread } from './threads.ts';
import { versions } from './versions.ts';

export const HARNESS: Command = {
  name: 'harness',
  invocation: 'npm run harness --',
  usage: '[--quick | --full | --experiment NAME] [options]',
  summary: 'runs an experiment of many cells, checks what must hold of each, and writes report.html, cells.csv and harness.json',
  example: 'npm run harness -- --quick --out results',
  options: {
    quick: { help: 'the machines of the published figures, under a minute (what runs unless another one is named)' },
    full: { help: 'everything, under 20 minutes' },
    experiment: { value: 'NAME', help: EXPERIMENTS.map(({ name, purpose }) => `${name}: ${purpose}`).join('; ') },
    out: { value: 'DIR', help: 'where the results go, and what is finished is found again (default: .cache/harness/NAME)' },
    workers: { value: 'N', help: 'worker threads; results do not depend on their number (default: one a CPU)' },
    machine: { value: 'NAME', help: `benchmarks of one machine only: ${PROFILE_NAMES.join(', ')}` },
    steps: { value: 'SET', help: 'benchmarks with this step set, in place of the experiment\'s' },
    only: { value: 'TEXT', help: 'cells only whose name has this in it' },
    seed: { value: 'N', help: 'of the values that a host\'s registers get before they are compared (default: 1)' },
  },
  load: () => Promise.resolve({ run }),
  loadRenderer: () => import('./render.ts'),
};

/** As `.cache` of the checkout: the harness is in no package. */
const CACHE = fileURLToPath(new URL('../../../../.cache/harness', import.meta.url));
const WORKER = new URL('./worker.js', import.meta.url);
const MOST_WORKERS = 64;

interface Request {
  readonly experiment: Experiment;
  readonly cells: readonly Cell[];
  readonly workers: number;
  readonly out: string;
  readonly seed: number;
}

export async function run(context: Context): Promise<Outcome> {
  const { io } = context;
  const request = await readRequest(context);
  if (isMistake(request)) return request;
  const { experiment, cells, workers, out, seed } = request;
  const ours = versions();
  const store = openStore(out, ours.build, seed);
  if (isMistake(store)) return store;
  const started = new Date();
  const deaths: string[] = [];
  const ran = await runStored(request, store, io, deaths);
  if (isMistake(ran)) return ran;
  const paths = ['report.html', 'cells.csv', 'harness.json'].map((name) => join(out, name));
  const document: HarnessDocument = {
    schema: 'worldswitch.harness/1',
    experiment: experiment.name,
    versions: ours,
    started: started.toISOString(),
    seed,
    cells: ran.cells,
    summary: summaryOf(ran.cells),
    host: { node: process.version, workers, seconds: (Date.now() - started.getTime()) / 1000, reused: ran.reused, deaths, files: paths },
  };
  const texts = [reportOf(document), csvOf(document), `${JSON.stringify(document, null, 1)}\n`];
  for (const [index, path] of paths.entries()) {
    const failure = await writeOutput(path, new TextEncoder().encode(texts[index]));
    if (failure !== null) return mistake(`${failure.mistake}; the ${String(cells.length)} finished cells are in ${store.path}`);
  }
  return { document, status: document.summary.violations.length === 0 ? STATUS.done : STATUS.failed };
}

/** All cells of a request; a signal that ends the program, and a disk that is full, leave what is finished in the store. */
async function runStored({ experiment, cells, workers, seed }: Request, store: CellStore, io: Io, deaths: string[]): Promise<RunOutcome | Mistake> {
  const aborting = new AbortController();
  const progress = new Progress(io, experiment.name, cells.filter((cell) => store.get(cell) !== undefined).length, cells.length);
  const kept = (): string => `${String(progress.done)} of ${String(cells.length)} cells are finished and stay in ${store.path}: the same command goes on from there`;
  const release = io.onInterrupt(() => aborting.abort(new Interrupted(`experiment ${experiment.name}: ${kept()}`)));
  try {
    return await runCells({
      cells, seed, workers, store,
      start: () => startThread(WORKER, seed),
      onProgress: (done, cell) => progress.show(done, cell),
      onDeath: (text) => {
        deaths.push(text);
        progress.clear();
        void io.stderr.write(`worldswitch: ${text}\n`);
      },
      signal: aborting.signal,
    });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return mistake(`${store.path}: ${explain(error)}; ${kept()}`);
  } finally {
    release();
    progress.clear();
  }
}

function openStore(out: string, build: string, seed: number): CellStore | Mistake {
  try {
    return new CellStore(out, build, seed);
  } catch (error) {
    return mistake(`--out ${out}: ${explain(error)}`);
  }
}

// ---- What the user asks ------------------------------------------------------------------------------------------------

async function readRequest({ io, values, operands }: Context): Promise<Request | Mistake> {
  if (operands.length > 0) return mistake(`harness takes no operand, but got ${operands.join(' ')}: name an experiment with --experiment`);
  const experiment = await readExperiment(values);
  if (isMistake(experiment)) return experiment;
  const narrowing = await readNarrowing(values);
  if (isMistake(narrowing)) return narrowing;
  const cells = cellsOf(experiment, narrowing);
  if (cells.length === 0) return mistake(`no cell of the experiment ${experiment.name} is left: widen --machine, --steps or --only`);
  const workers = readWhole(values, 'workers', 1, MOST_WORKERS, availableParallelism());
  if (typeof workers !== 'number') return workers;
  const seed = readWhole(values, 'seed', 0, 0xffff_ffff, 1);
  if (typeof seed !== 'number') return seed;
  const out = values.text('out');
  // npm runs scripts in the root; a relative path means the folder that npm was called from.
  return { experiment, cells, workers, seed, out: out === null ? join(CACHE, experiment.name) : resolve(io.env['INIT_CWD'] ?? '.', out) };
}

async function readExperiment(values: Values): Promise<Experiment | Mistake> {
  const named = values.text('experiment');
  const asked = [...(values.has('quick') ? ['quick'] : []), ...(values.has('full') ? ['full'] : []), ...(named === null ? [] : [named])];
  if (asked.length > 1) return mistake(`${asked.join(', ')}: one experiment at a time`);
  const [name = 'quick'] = asked;
  const names = EXPERIMENTS.map((one) => one.name);
  return EXPERIMENTS.find((one) => one.name === name) ?? mistake(`--experiment ${name}: the experiments are ${names.join(', ')}${await loadSuggestion(name, names)}`);
}

async function readNarrowing(values: Values): Promise<Narrowing | Mistake> {
  const name = values.text('machine');
  let machine: ProfileName | null = null;
  if (name !== null) {
    const profile = await readProfile(name);
    if (isMistake(profile)) return profile;
    machine = profile.name;
  }
  const steps = values.text('steps');
  if (steps !== null) {
    const set = readStepSet(steps);
    if (isMistake(set)) return set;
  }
  return { machine, steps, only: values.text('only') };
}

function readWhole(values: Values, name: string, least: number, most: number, usual: number): number | Mistake {
  const text = values.text(name);
  const value = text === null ? usual : Number(text);
  if (!Number.isInteger(value) || value < least || value > most) return mistake(`--${name} ${text ?? ''}: give a number from ${String(least)} to ${String(most)}`);
  return value;
}

// ---- Progress ----------------------------------------------------------------------------------------------------------

/** One line on a terminal's stderr, with the time that is left if cells go on to take what they took. */
class Progress {
  done: number;
  readonly #io: Io;
  readonly #name: string;
  readonly #before: number;
  readonly #all: number;
  readonly #started = Date.now();

  constructor(io: Io, name: string, before: number, all: number) {
    this.#io = io;
    this.#name = name;
    this.#before = before;
    this.#all = all;
    this.done = before;
  }

  show(done: number, cell: string): void {
    this.done = done;
    const left = ((Date.now() - this.#started) / (done - this.#before)) * (this.#all - done);
    this.#write(`${ERASE_LINE}${this.#name}: ${String(done)} of ${String(this.#all)} cells, ${clock(left)} left: ${cell}`);
  }

  clear(): void {
    this.#write(ERASE_LINE);
  }

  #write(text: string): void {
    if (this.#io.stderr.isTerminal) void this.#io.stderr.write(text);
  }
}

function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${String(seconds)} s` : `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}
