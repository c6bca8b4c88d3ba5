/** `demo`: what `npm start` shows: one hypercall through both world switches, before and after the series, and the ladder between. */
import { DEFAULT_PROFILE } from '@worldswitch/machine';
import { BASE, FINAL } from '@worldswitch/hyp';
import { isMistake, mistake, type Context, type Document, type Outcome } from '../command.ts';
import { readProfile } from '../machines.ts';
import { progress } from '../progress.ts';
import { LAST_PREFIX, MODES } from '../step-sets.ts';
import { benchDocument, type BenchRow } from './bench.ts';
import { ladderDocument, type LadderRow } from './ladder.ts';

export interface DemoDocument extends Document {
  readonly schema: 'worldswitch.demo/1';
  readonly iterations: number;
  readonly bench: readonly BenchRow[];
  readonly ladder: readonly LadderRow[];
  readonly next: readonly string[];
}

const NEXT: readonly string[] = [
  'npm run -s worldswitch -- steps explain 28',
  'npm run -s worldswitch -- steps diff base final --kvm vhe',
  'npm run -s worldswitch -- ladder --scenario mmio --kvm vhe',
  'npm run -s worldswitch -- bench hvc mmio_read_user noop',
  'npm run -s worldswitch -- sysreg HCR_EL2 0x488000000',
  'npm run -s worldswitch -- --help',
];

/** Enough for a mean that a first translation no longer moves, and quick. */
const ITERATIONS = 512;

const CELLS = [
  ['seattle', 'nvhe'],
  ['seattle-vhe', 'vhe'],
  ['thunderx2', 'vhe'],
] as const;

export async function run({ io, operands }: Context): Promise<Outcome> {
  if (operands.length > 0) return mistake(`demo takes no operand, but got ${operands.join(' ')}`);
  const cells = [];
  for (const [machine, mode] of CELLS) {
    const profile = await readProfile(machine);
    if (isMistake(profile)) return profile;
    cells.push({ profile, mode });
  }
  const report = progress(io);
  const bench = await benchDocument({ benchmarks: ['hvc'], cells, sets: [BASE, FINAL], gic: null, iterations: ITERATIONS }, report.say);
  const prefixes = Array.from({ length: LAST_PREFIX + 1 }, (_, prefix) => prefix);
  const ladder = await ladderDocument({ modes: MODES, scenarios: ['hvc'], prefixes, machine: DEFAULT_PROFILE, transfers: false }, report.say);
  report.end();
  const document: DemoDocument = { schema: 'worldswitch.demo/1', iterations: ITERATIONS, bench: bench.rows, ladder: ladder.rows, next: NEXT };
  return { document };
}
