/** What the worker that executes switches has answered, as signals; views read them and ask for nothing themselves. */
import { computed, effect, signal, type Signal } from '@preact/signals';
import type { ModeName } from '@worldswitch/hyp';
import type { BenchmarkRow, PublishedRow } from '@worldswitch/machine';
import { Client, type Catalogue, type LadderAnswer, type LoadPutAnswer, type PatchChange, type RegisterText, type SwitchAnswer, type SwitchQuery } from './protocol.ts';
import { MODE_NAMES, modesOf, screen } from './state.ts';

/** One side of the comparison: the last answer stays while the next is on its way. */
export interface Side {
  readonly query: SwitchQuery;
  readonly answer: SwitchAnswer | null;
  readonly error: string | null;
  readonly isStale: boolean;
}

export interface Rows<T> {
  readonly rows: readonly T[];
  readonly error: string | null;
}

export const catalogue = signal<Catalogue | null>(null);
export const changes = signal<Readonly<Partial<Record<ModeName, readonly PatchChange[]>>>>({});
export const sideA = signal<Side | null>(null);
export const sideB = signal<Side | null>(null);
/** By {@link ladderKey}. */
export const ladders = signal<ReadonlyMap<string, Rows<LadderAnswer>>>(new Map());
/** By {@link ladderKey}, with the interrupt controllers in place of the scenario. */
export const loadPuts = signal<ReadonlyMap<string, Rows<LoadPutAnswer>>>(new Map());
/** What others have measured, and our figure for each as it comes. */
export const published = signal<readonly PublishedRow[]>([]);
export const measured = signal<readonly (BenchmarkRow | string)[]>([]);
/** The register that the screen shows by field. */
export const describedRegister = signal<RegisterText | null>(null);
/** A failure that is no answer to a question. */
export const failure = signal<string | null>(null);

/** Made after the first paint. */
export function createWorker(): Client {
  return new Client(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
}

let client: Client | null = null;
/** The worker; views may use it once something is shown. */
export function worker(): Client {
  client ??= createWorker();
  return client;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const ANSWERS_KEPT = 200;
const answers = new Map<string, SwitchAnswer>();

async function recorded(query: SwitchQuery): Promise<SwitchAnswer> {
  const key = JSON.stringify(query);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = await worker().call('record', query);
  answers.set(key, answer);
  const [oldest] = answers.keys();
  if (answers.size > ANSWERS_KEPT && oldest !== undefined) answers.delete(oldest);
  return answer;
}

/** Keeps a side's answer that of the newest query; what a slider passed on its way is not asked for. */
function follow(side: Signal<Side | null>): (query: SwitchQuery) => void {
  let wanted: SwitchQuery | null = null;
  let isBusy = false;
  const run = async (): Promise<void> => {
    isBusy = true;
    for (let query = wanted; query !== null; query = wanted === query ? null : wanted) {
      try {
        side.value = { query, answer: await recorded(query), error: null, isStale: wanted !== query };
      } catch (error) {
        side.value = { query, answer: side.value?.answer ?? null, error: messageOf(error), isStale: true };
      }
    }
    isBusy = false;
  };
  return (query) => {
    if (JSON.stringify(query) === JSON.stringify(wanted)) return;
    wanted = query;
    if (side.value !== null) side.value = { ...side.value, query, isStale: true };
    if (!isBusy) void run();
  };
}

export const ladderKey = (machine: string, mode: ModeName, scenario: string): string => `${machine} ${mode} ${scenario}`;

/** What the ladder shows where that is load and put. */
export const TRANSFERS = 'loadPut';

const PREFIXES = Array.from({ length: 41 }, (_, prefix) => prefix);
let ladderWanted = '';

/** The interrupt controllers of a scenario, as part of a key. */
export function controllersKey(scenario: string): string {
  const found = catalogue.value?.scenarios.find(({ name }) => name === scenario);
  return found === undefined ? scenario : `${String(found.gic)}-${String(found.guestGic)}`;
}

/** Asks for every prefix in both modes, and shows rows as they come; another question ends this one. */
async function runPrefixes<T>(wanted: string, into: Signal<ReadonlyMap<string, Rows<T>>>, keyOf: (mode: ModeName) => string, ask: (mode: ModeName, prefix: number) => Promise<T>): Promise<void> {
  if (ladderWanted === wanted) return;
  ladderWanted = wanted;
  for (const mode of MODE_NAMES) {
    const key = keyOf(mode);
    const rows = [...(into.peek().get(key)?.rows ?? [])];
    for (const prefix of PREFIXES.slice(rows.length)) {
      if (ladderWanted !== wanted) return;
      let error: string | null = null;
      try {
        rows.push(await ask(mode, prefix));
      } catch (thrown) {
        error = messageOf(thrown);
      }
      into.value = new Map(into.peek()).set(key, { rows: [...rows], error });
      if (error !== null) return;
    }
  }
}

function runLadder(machine: string, scenario: string): Promise<void> {
  return runPrefixes(`${machine} ${scenario}`, ladders, (mode) => ladderKey(machine, mode, scenario), (mode, prefix) => worker().call('ladderRow', { machine, mode, scenario, prefix }));
}

function runLoadPuts(machine: string, scenario: string): Promise<void> {
  const controllers = controllersKey(scenario);
  return runPrefixes(`${machine} ${controllers} transfers`, loadPuts, (mode) => ladderKey(machine, mode, controllers), (mode, prefix) => worker().call('loadPutRow', { machine, mode, scenario, prefix }));
}

let isMeasuring = false;

/** Runs the benchmark behind each published figure; a reason stands where that fails. Goes on where it was left. */
async function runPublished(): Promise<void> {
  if (isMeasuring) return;
  isMeasuring = true;
  if (published.value.length === 0) published.value = await worker().call('published', {});
  for (let index = measured.value.length; index < published.value.length && screen.value.view === 'compare'; index++) {
    const row = await worker().call('measure', { index }).catch(messageOf);
    measured.value = [...measured.value, row];
  }
  isMeasuring = false;
}

/** Asks for what the screen shows, from now on. */
export function followScreen(): void {
  worker().onDeath = (why) => {
    failure.value = `${why} Load the page again.`;
  };
  worker().call('catalogue', {}).then((answer) => { catalogue.value = answer; }, (error: unknown) => { failure.value = messageOf(error); });
  const followA = follow(sideA);
  const followB = follow(sideB);
  effect(() => {
    const { view, machine, scenario, a, b, shown } = screen.value;
    const modes = modesOf(screen.value);
    if (view === 'ladder') {
      void (shown === TRANSFERS ? runLoadPuts(machine, scenario) : runLadder(machine, scenario));
      return;
    }
    ladderWanted = '';
    if (view === 'compare') {
      runPublished().catch((error: unknown) => { failure.value = messageOf(error); });
      return;
    }
    if (view !== 'switch') return;
    followA({ machine, mode: modes.a, scenario, steps: a });
    followB({ machine, mode: modes.b, scenario, steps: b });
  });
  effect(() => {
    for (const mode of new Set(Object.values(modesOf(screen.value)))) {
      if (changes.peek()[mode] !== undefined) continue;
      worker().call('changes', { mode }).then((answer) => { changes.value = { ...changes.value, [mode]: answer }; }, (error: unknown) => { failure.value = messageOf(error); });
    }
  });
  // Of its own, so that another register asks for nothing else.
  const register = computed(() => screen.value.register);
  effect(() => {
    const [name = '', value = '', e2h] = register.value.split('.');
    if (name === '') describedRegister.value = null;
    else worker().call('describe', { register: name, value, e2h: e2h === '1' }).then((text) => { describedRegister.value = text; }, (error: unknown) => { failure.value = messageOf(error); });
  });
}

/** Both sides, once both have an answer of the same machine, mode and scenario. */
export const bothSides = computed(() => {
  const a = sideA.value;
  const b = sideB.value;
  return a === null || b === null || a.answer === null || b.answer === null ? null : { a: a.answer, b: b.answer, isStale: a.isStale || b.isStale };
});
