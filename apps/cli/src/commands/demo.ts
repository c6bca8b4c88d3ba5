/** `demo`: what `npm start` shows: what a hypercall and a device read cost through both world switches, before and after the series, and the ladder between. */
import { DEFAULT_PROFILE, type LadderRow } from '@worldswitch/machine';
import { BASE, FINAL, LAST_PREFIX, MODE_NAMES } from '@worldswitch/hyp';
import { isMistake, mistake, type Context, type Document, type Outcome } from '../command.ts';
import { readProfile } from '../machines.ts';
import { progress } from '../progress.ts';
import { readStepSet } from '../step-sets.ts';
import { benchDocument, type BenchRow } from './bench.ts';
import { ladderDocument } from './ladder.ts';

export interface DemoDocument extends Document {
  readonly schema: 'worldswitch.demo/1';
  readonly iterations: number;
  readonly bench: readonly BenchRow[];
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

/** Enough for a mean of what does not change from one to the next, and quick. */
const ITERATIONS = 64;

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
  const older = readStepSet('linux-4.0');
  if (isMistake(older)) return older;
  const common = { benchmarks: ['hvc', 'mmio_read_user'], gic: null, form: 'kut', iterations: ITERATIONS } as const;
  const before = await benchDocument({ ...common, cells: cells.filter(({ mode }) => mode === 'nvhe'), sets: [older] }, report.say);
  const bench = await benchDocument({ ...common, cells, sets: [BASE, FINAL] }, report.say);
  const prefixes = Array.from({ length: LAST_PREFIX + 1 }, (_, prefix) => prefix);
  const ladder = await ladderDocument({ modes: MODE_NAMES, scenarios: ['hvc'], prefixes, machine: DEFAULT_PROFILE, transfers: false }, report.say);
  report.end();
  const document: DemoDocument = { schema: 'worldswitch.demo/1', iterations: ITERATIONS, bench: [...before.rows, ...bench.rows], ladder: ladder.rows, debian: DEBIAN, next: NEXT };
  return { document };
}
