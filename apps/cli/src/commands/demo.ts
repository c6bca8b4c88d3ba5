/** `demo`: what `npm start` shows: what a hypercall and a device read cost through both world switches, before and after the series, and the ladder between. */
import { DEFAULT_PROFILE, type BenchmarkRow, type LadderRow } from '@worldswitch/machine';
import { BASE, FINAL, LAST_PREFIX, MODE_NAMES } from '@worldswitch/hyp';
import { isMistake, mistake, type Context, type Document, type Outcome } from '../command.ts';
import { readProfile } from '../machines.ts';
import { progress } from '../progress.ts';
import { readStepSet } from '../step-sets.ts';
import { benchDocument } from './bench.ts';
import { ladderDocument } from './ladder.ts';

export interface DemoDocument extends Document {
  readonly schema: 'worldswitch.demo/1';
  readonly iterations: number;
  readonly bench: readonly BenchmarkRow[];
  readonly ladder: readonly LadderRow[];
  /** How to boot a kernel as a guest. */
  readonly debian: readonly string[];
  readonly next: readonly string[];
}

const DEBIAN: readonly string[] = [
  'npm run guests',
  'npm run -s worldswitch -- run .cache/guests/cloud/Image --initrd .cache/guests/cloud/initrd --append console=ttyAMA0 --kvm vhe',
];

const NEXT: readonly string[] = [
  'npm run -s worldswitch -- steps explain 28',
  'npm run -s worldswitch -- steps diff base final --kvm vhe',
  'npm run -s worldswitch -- ladder --scenario mmio --kvm vhe',
  'npm run -s worldswitch -- bench ipi --machine thunderx2',
  'npm run -s worldswitch -- sysreg HCR_EL2 0x488000000',
  'npm run -s worldswitch -- --help',
];

/** What is measured. */
export const DEMO = {
  benchmarks: ['hvc', 'mmio_read_user'],
  cells: [
    ['seattle', 'nvhe'],
    ['seattle-vhe', 'vhe'],
    ['thunderx2', 'vhe'],
  ],
  /** Enough for a mean of what does not change from one to the next, and quick. */
  iterations: 64,
} as const;

export async function run({ io, operands }: Context): Promise<Outcome> {
  if (operands.length > 0) return mistake(`demo takes no operand, but got ${operands.join(' ')}`);
  const cells = [];
  for (const [machine, mode] of DEMO.cells) {
    const profile = await readProfile(machine);
    if (isMistake(profile)) return profile;
    cells.push({ profile, mode });
  }
  const report = progress(io);
  const older = readStepSet('linux-4.0');
  if (isMistake(older)) return older;
  const common = { benchmarks: DEMO.benchmarks, gic: null, form: 'kut', iterations: DEMO.iterations } as const;
  const before = await benchDocument({ ...common, cells: cells.filter(({ mode }) => mode === 'nvhe'), sets: [older] }, report.say);
  const bench = await benchDocument({ ...common, cells, sets: [BASE, FINAL] }, report.say);
  const prefixes = Array.from({ length: LAST_PREFIX + 1 }, (_, prefix) => prefix);
  const ladder = await ladderDocument({ modes: MODE_NAMES, scenarios: ['hvc'], prefixes, machine: DEFAULT_PROFILE, transfers: false }, report.say);
  report.end();
  return { document: demoDocument([...before.rows, ...bench.rows], ladder.rows) };
}

/** What was measured, and what to do next. */
export function demoDocument(bench: readonly BenchmarkRow[], ladder: readonly LadderRow[]): DemoDocument {
  return { schema: 'worldswitch.demo/1', iterations: DEMO.iterations, bench, ladder, debian: DEBIAN, next: NEXT };
}
