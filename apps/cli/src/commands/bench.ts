/** `bench`: benchmarks of the world switch, in cycles of the cost model, beside what others have published. */
import { benchmarkLacks, FORMS, measureBenchmarkRow, RUNNABLE_BENCHMARKS, type BenchmarkName, type BenchmarkRow, type Form, type Profile } from '@worldswitch/machine';
import { stepsRefusal, type ModeName, type StepSet } from '@worldswitch/hyp';
import { isMistake, mistake, type Context, type Document, type Mistake, type Outcome, type Values } from '../command.ts';
import { readProfile } from '../machines.ts';
import { readCount } from '../numbers.ts';
import { progress } from '../progress.ts';
import { readMode, readStepSet } from '../step-sets.ts';

export interface BenchRow extends BenchmarkRow {
  readonly hostMicrosecondsPerIteration: number;
}

export interface BenchDocument extends Document {
  readonly schema: 'worldswitch.bench/1';
  readonly form: Form;
  /** What the form means for the guest. */
  readonly note: string;
  readonly rows: readonly BenchRow[];
}

/** What runs where no machine is named: both hosts of the published comparison, a VHE machine with a GICv3, and the default one. */
const CELLS: readonly (readonly [machine: string, mode: ModeName])[] = [
  ['seattle', 'nvhe'], ['seattle-vhe', 'vhe'], ['thunderx2', 'vhe'], ['generic', 'vhe'],
];

const NOTES: Readonly<Record<Form, string>> = {
  kut: 'the virtual count around the whole loop; of interrupts, from one exit of the sender to its next one, or around what waits',
  papers: 'PMCCNTR_EL0 around each iteration, read by the guest: the VM runs with MDCR_EL2.TPM and TPMCR clear; the bracket is in every figure, and noop is the bracket',
};

const DEFAULT_ITERATIONS = 1024;
const MAX_ITERATIONS = 1_000_000;

export interface BenchRequest {
  readonly benchmarks: readonly BenchmarkName[];
  readonly cells: readonly { readonly profile: Profile; readonly mode: ModeName }[];
  readonly sets: readonly StepSet[];
  readonly gic: 2 | 3 | null;
  readonly form: Form;
  readonly iterations: number;
}

export async function run(context: Context): Promise<Outcome> {
  const request = await readRequest(context);
  if (isMistake(request)) return request;
  const report = progress(context.io);
  const document = await benchDocument(request, report.say);
  report.end();
  const left = context.operands.length === 0 ? [] : leftOut(request);
  return { document, ...(left.length > 0 && { diagnostics: left.map((line) => `worldswitch: ${line}\n`).join('') }) };
}

async function readRequest({ values, operands }: Context): Promise<BenchRequest | Mistake> {
  const form = FORMS.find((one) => one === (values.text('form') ?? 'kut'));
  if (form === undefined) return mistake(`--form ${values.text('form') ?? ''}: the forms are kut and papers`);
  const benchmarks = readBenchmarks(operands);
  if ('mistake' in benchmarks) return benchmarks;
  const cells = await readCells(values);
  if ('mistake' in cells) return cells;
  const sets = readSets(values);
  if ('mistake' in sets) return sets;
  const legal = cellsFor(sets, cells, values.text('machine') !== null || values.text('kvm') !== null);
  if ('mistake' in legal) return legal;
  const gic = values.text('gic');
  if (gic !== null && gic !== '2' && gic !== '3') return mistake(`--gic ${gic}: the versions are 2 and 3`);
  const iterations = readCount(values.text('iterations') ?? String(DEFAULT_ITERATIONS), 1, MAX_ITERATIONS);
  if (iterations === null) return mistake(`--iterations ${values.text('iterations') ?? ''}: give a number from 1 to ${String(MAX_ITERATIONS)}`);
  const request: BenchRequest = { benchmarks, cells: legal, sets, gic: gic === null ? null : gic === '2' ? 2 : 3, form, iterations };
  const left = leftOut(request);
  return left.length === benchmarks.length ? mistake(left[0]!) : request;
}

/** Benchmarks that no cell can run, and why. */
function leftOut({ benchmarks, cells, gic, form }: BenchRequest): readonly string[] {
  return benchmarks.flatMap((benchmark) => {
    const lacks = cells.map(({ profile }) => benchmarkLacks(benchmark, form, profile, gic ?? profile.gic));
    return lacks.includes(null) ? [] : [`bench ${benchmark}: it lacks ${lacks[0] ?? 'a machine'}: choose another --gic, --machine or --form`];
  });
}

function readBenchmarks(names: readonly string[]): readonly BenchmarkName[] | Mistake {
  if (names.length === 0) return RUNNABLE_BENCHMARKS;
  const found: BenchmarkName[] = [];
  for (const name of names) {
    const runnable = RUNNABLE_BENCHMARKS.filter((one) => one === name || one.startsWith(`${name}/`));
    if (runnable.length === 0) return mistake(`bench ${name}: there is no such benchmark; known are ${[...new Set(RUNNABLE_BENCHMARKS.map((known) => known.split('/')[0]!))].join(', ')}`);
    found.push(...runnable);
  }
  return found;
}

async function readCells(values: Values): Promise<BenchRequest['cells'] | Mistake> {
  const mode = readMode(values);
  if (mode !== null && typeof mode !== 'string') return mode;
  const name = values.text('machine');
  const wanted = name === null ? CELLS : [[name, null] as const];
  const cells: { profile: Profile; mode: ModeName }[] = [];
  for (const [machine, usual] of wanted) {
    const profile = await readProfile(machine);
    if (isMistake(profile)) return profile;
    const chosen = mode ?? usual ?? (profile.features.has('VHE') ? 'vhe' : 'nvhe');
    if (chosen === 'vhe' && !profile.features.has('VHE')) {
      if (name === null) continue;
      return mistake(`--kvm vhe: ${machine} has no FEAT_VHE; take --kvm nvhe or --machine ${machine === 'seattle' ? 'seattle-vhe' : 'thunderx2'}`);
    }
    cells.push({ profile, mode: chosen });
  }
  return cells;
}

/** The cells whose mode has the step sets: one that was `named` must. */
function cellsFor(sets: readonly StepSet[], cells: BenchRequest['cells'], named: boolean): BenchRequest['cells'] | Mistake {
  const refusals = cells.map(({ mode }) => sets.map((set) => stepsRefusal(set, mode)).find((refusal) => refusal !== null) ?? null);
  const refusal = refusals.find((one) => one !== null);
  return named && refusal !== undefined ? mistake(`--steps: ${refusal}`) : cells.filter((_, index) => refusals[index] === null);
}

function readSets(values: Values): readonly StepSet[] | Mistake {
  const sets: StepSet[] = [];
  const text = values.text('steps');
  for (const name of text === null ? ['base', 'final'] : [text]) {
    const set = readStepSet(name);
    if (isMistake(set)) return set;
    sets.push(set);
  }
  return sets;
}

export async function benchDocument({ benchmarks, cells, sets, gic, form, iterations }: BenchRequest, say: (text: string) => Promise<void>): Promise<BenchDocument> {
  const rows: BenchRow[] = [];
  for (const benchmark of benchmarks) {
    for (const { profile, mode } of cells) {
      // What a machine or a form does not have is left out.
      if (benchmarkLacks(benchmark, form, profile, gic ?? profile.gic) !== null) continue;
      for (const steps of sets) {
        await say(`bench: ${benchmark} on ${profile.name}, ${mode} ${steps.name}`);
        const started = performance.now();
        const row = measureBenchmarkRow({ benchmark, mode, steps, profile: profile.name, form, iterations, ...(gic === null ? {} : { gic }) });
        const microseconds = (performance.now() - started) * 1000;
        rows.push({ ...row, hostMicrosecondsPerIteration: Math.round((microseconds / iterations) * 10) / 10 });
      }
    }
  }
  return { schema: 'worldswitch.bench/1', form, note: NOTES[form], rows };
}
