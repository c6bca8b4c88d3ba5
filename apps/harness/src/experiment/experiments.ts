/** The experiments as data: which machines, modes, step sets and benchmarks each crosses, and the cells that come of it. */
import { EVENTS } from '@worldswitch/cpu/arch';
import { LAST_PREFIX, MODE_NAMES, parseStepSet, stepsRefusal, type ModeName } from '@worldswitch/hyp';
import { benchmarkLacks, CONTROLLERS, DEFAULT_PROFILE, LADDER_SCENARIOS, PROFILE_NAMES, PROFILES, RUNNABLE_BENCHMARKS, type BenchmarkName, type LadderScenario, type ProfileName } from '@worldswitch/machine';
import { DEMO } from 'worldswitch';
import { idOf, type BenchCell, type Cell, type LadderCell, type LoadPutCell } from './cells.ts';

/** A host: a machine with the hypervisor in one of its modes, and the plans that it is measured with. */
interface HostPlans {
  readonly machine: ProfileName;
  readonly mode: ModeName;
  readonly steps: readonly string[];
}

export interface Experiment {
  readonly name: string;
  readonly purpose: string;
  readonly hosts: readonly HostPlans[];
  readonly benchmarks: readonly BenchmarkName[];
  readonly iterations: number;
  readonly scenarios: readonly LadderScenario[];
  /** Interrupt controllers of a host and its guest, with which loads and puts are counted. */
  readonly controllers: readonly (readonly [2 | 3, 2 | 3])[];
  /** Benchmarks whose ways go through several PEs: what an estimated price does to them is measured anew. */
  readonly remeasured: readonly { readonly benchmark: BenchmarkName; readonly machine: ProfileName; readonly mode: ModeName }[];
}

const SERIES = ['base', 'final'];
const SERIES_AND_OLDER = ['linux-4.0', ...SERIES];

/** Every machine in every mode that it has. The older kernels are of hosts with a GICv2 and without VHE, as the published machines are. */
const ALL_HOSTS: readonly HostPlans[] = PROFILE_NAMES.flatMap((machine) =>
  MODE_NAMES.filter((mode) => mode === 'nvhe' || PROFILES[machine].features.has('VHE')).map((mode) => ({ machine, mode, steps: mode === 'nvhe' && PROFILES[machine].gic === 2 ? SERIES_AND_OLDER : SERIES })),
);

export const EXPERIMENTS: readonly Experiment[] = [
  {
    name: 'start',
    purpose: 'a hypercall and a device read before and after the series, and the ladder between',
    hosts: DEMO.cells.map(([machine, mode]) => ({ machine, mode, steps: mode === 'nvhe' ? SERIES_AND_OLDER : SERIES })),
    benchmarks: DEMO.benchmarks,
    iterations: DEMO.iterations,
    scenarios: ['hvc'],
    controllers: [],
    remeasured: [],
  },
  {
    name: 'quick',
    purpose: 'the machines of the published figures and a VHE server: exits, an IPI, and the ladder of a hypercall',
    hosts: [
      { machine: 'mustang', mode: 'nvhe', steps: ['linux-4.0'] },
      { machine: 'seattle', mode: 'nvhe', steps: SERIES_AND_OLDER },
      { machine: 'seattle-vhe', mode: 'vhe', steps: SERIES },
      { machine: 'thunderx2', mode: 'vhe', steps: SERIES },
    ],
    benchmarks: ['hvc', 'mmio_read_vgic', 'mmio_read_user', 'ipi'],
    iterations: DEMO.iterations,
    scenarios: ['hvc'],
    controllers: [[3, 3]],
    remeasured: [],
  },
  {
    name: 'full',
    purpose: 'every benchmark on every machine in every mode, every scenario of the ladder, loads and puts, and IPIs under changed prices',
    hosts: ALL_HOSTS,
    benchmarks: RUNNABLE_BENCHMARKS,
    iterations: DEMO.iterations,
    scenarios: LADDER_SCENARIOS,
    controllers: CONTROLLERS,
    remeasured: [
      { benchmark: 'ipi', machine: 'seattle-vhe', mode: 'vhe' },
      { benchmark: 'ipi', machine: 'thunderx2', mode: 'vhe' },
    ],
  },
];

/** How far an estimated price is moved, in percent. */
export const PRICE_RANGE = 30;

/** What a user narrows an experiment to; null where it is as it stands. */
export interface Narrowing {
  readonly machine: ProfileName | null;
  /** In place of the experiment's own step sets. */
  readonly steps: string | null;
  /** A part of the names of cells. */
  readonly only: string | null;
}

/** The cells of an experiment, in the order in which documents have them. */
export function cellsOf(experiment: Experiment, { machine, steps, only }: Narrowing): readonly Cell[] {
  const { hosts, benchmarks, iterations, scenarios, controllers, remeasured } = experiment;
  const chosen = hosts.filter((host) => machine === null || host.machine === machine).map((host) => (steps === null ? host : { ...host, steps: isFor(steps, host.mode) ? [steps] : [] }));
  const bench = benchmarks.flatMap((benchmark) => chosen.filter((host) => benchmarkLacks(benchmark, 'kut', PROFILES[host.machine]) === null).flatMap((host) => benchCells(benchmark, host, iterations)));
  const isWhole = machine === null && steps === null;
  const ladder = isWhole ? scenarios.flatMap((benchmark) => MODE_NAMES.flatMap((mode) => ladderCells(benchmark, mode))) : [];
  const loadPut = isWhole ? controllers.flatMap(([gic, guestGic]) => MODE_NAMES.flatMap((mode) => loadPutCells(gic, guestGic, mode))) : [];
  const changed = bench.filter((cell) => SERIES.includes(cell.steps) && remeasured.some((one) => one.benchmark === cell.benchmark && one.machine === cell.machine && one.mode === cell.mode)).flatMap(changedPrices);
  return [...bench, ...ladder, ...loadPut, ...changed].filter((cell) => only === null || idOf(cell).includes(only));
}

function isFor(steps: string, mode: ModeName): boolean {
  const result = parseStepSet(steps);
  return result.ok && stepsRefusal(result.set, mode) === null;
}

function benchCells(benchmark: BenchmarkName, { machine, mode, steps }: HostPlans, iterations: number): readonly BenchCell[] {
  return steps.map((set) => ({ kind: 'bench', benchmark, machine, mode, gic: PROFILES[machine].gic, steps: set, iterations }));
}

const PREFIXES = Array.from({ length: LAST_PREFIX + 1 }, (_, prefix) => prefix);

function ladderCells(benchmark: LadderScenario, mode: ModeName): readonly LadderCell[] {
  return PREFIXES.map((prefix) => ({ kind: 'ladder', benchmark, machine: DEFAULT_PROFILE, mode, prefix }));
}

function loadPutCells(gic: 2 | 3, guestGic: 2 | 3, mode: ModeName): readonly LoadPutCell[] {
  const benchmark = guestGic === 3 ? 'gicv3' : gic === 3 ? 'gicv2-on-v3' : 'gicv2';
  return PREFIXES.map((prefix) => ({ kind: 'load-put', benchmark, gic, guestGic, machine: DEFAULT_PROFILE, mode, prefix }));
}

/** Each estimated price moved by itself, and all of them together. */
function changedPrices(cell: BenchCell): readonly BenchCell[] {
  const { prices } = PROFILES[cell.machine];
  const estimated = EVENTS.filter((event) => prices[event][1] === 'E' && prices[event][0] !== 0);
  return [...estimated, 'all' as const].flatMap((event) => [-PRICE_RANGE, PRICE_RANGE].map((percent) => ({ ...cell, change: { event, percent } })));
}
