/**
 * `ladder`: what one steady-state round trip executes, for each prefix of the series, in both modes. The counts are those of
 * operations that ran on a machine; a scenario that cannot run yet says why in its rows.
 */
import { COUNT_NAMES, DEFAULT_PROFILE, measureLoadAndPut, measureRoundTrip, type OperationCounts, type ProfileName, type RoundTrip } from '@worldswitch/machine';
import { prefix as prefixSet, STEPS, type ModeName } from '@worldswitch/hyp';
import { isMistake, mistake, type Context, type Document, type Mistake, type Outcome, type Values } from '../command.ts';
import { readProfile } from '../machines.ts';
import { progress } from '../progress.ts';
import { MODES, readMode, readPrefixes } from '../step-sets.ts';

export interface LadderRow extends Partial<OperationCounts> {
  readonly mode: ModeName;
  readonly scenario: string;
  readonly prefix: number;
  /** The step that the prefix ends with; null for the base. */
  readonly step: string | null;
  readonly cycles?: number;
  /** Why there are no counts. */
  readonly skipped?: string;
}

export type TransferCounts = Pick<OperationCounts, 'reads' | 'writes' | 'isb' | 'dsb' | 'hvcs' | 'mmioReads' | 'mmioWrites'>;

export interface LoadPutRow {
  readonly mode: ModeName;
  readonly gic: 2 | 3;
  /** The guest's: a GICv3 also carries guests of a GICv2. */
  readonly guestGic: 2 | 3;
  readonly prefix: number;
  readonly load: TransferCounts;
  readonly put: TransferCounts;
}

export interface LadderDocument extends Document {
  readonly schema: 'worldswitch.ladder/1';
  readonly machine: string;
  readonly rows: readonly LadderRow[];
  readonly loadPut: readonly LoadPutRow[];
}

/** The scenarios of section 4.41, in its order; and why one does not run yet. */
const SCENARIO_NAMES = ['hvc', 'irq', 'irq-1lr', 'irq-4lr', 'mmio', 'gicv2-on-v3-irq', 'gicv2-on-v3-irq-1lr', 'hvc-a32', 'hvc-fp', 'hvc-debug', 'gicv2-irq', 'gicv2-irq-1lr'] as const;
const LACKS = { 'hvc-a32': 'AArch32 at EL1' } as const;

type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** Interrupt controllers of the host and its guest, in the order of section 4.41's second table. */
const CONTROLLERS = [[3, 3], [3, 2], [2, 2]] as const;

export interface LadderRequest {
  readonly modes: readonly ModeName[];
  readonly scenarios: readonly ScenarioName[];
  readonly prefixes: readonly number[];
  readonly machine: ProfileName;
  /** Whether load and put are measured too. */
  readonly transfers: boolean;
}

export async function run(context: Context): Promise<Outcome> {
  const request = await readRequest(context);
  if (isMistake(request)) return request;
  const report = progress(context.io);
  const document = await ladderDocument(request, report.say);
  report.end();
  return { document };
}

async function readRequest({ values, operands }: Context): Promise<LadderRequest | Mistake> {
  if (operands.length > 0) return mistake(`ladder takes no operand, but got ${operands.join(' ')}: name a scenario with --scenario`);
  const mode = readMode(values);
  if (mode !== null && typeof mode !== 'string') return mode;
  const scenarios = readScenarios(values);
  if ('mistake' in scenarios) return scenarios;
  const prefixes = readPrefixes(values);
  if ('mistake' in prefixes) return prefixes;
  const profile = await readProfile(values.text('machine') ?? DEFAULT_PROFILE);
  if (isMistake(profile)) return profile;
  return { modes: mode === null ? MODES : [mode], scenarios, prefixes, machine: profile.name, transfers: true };
}

function readScenarios(values: Values): readonly ScenarioName[] | Mistake {
  const text = values.text('scenario') ?? 'hvc';
  if (text === 'all') return SCENARIO_NAMES;
  const found = SCENARIO_NAMES.find((name) => name === text);
  return found === undefined ? mistake(`--scenario ${text}: known are ${SCENARIO_NAMES.join(', ')}, and all`) : [found];
}

/** The document: rows by mode, scenario and prefix, then load and put of each pair of controllers. */
export async function ladderDocument({ modes, scenarios, prefixes, machine, transfers }: LadderRequest, say: (text: string) => Promise<void>): Promise<LadderDocument> {
  const rows: LadderRow[] = [];
  const loadPut: LoadPutRow[] = [];
  for (const mode of modes) {
    for (const scenario of scenarios) {
      for (const prefix of prefixes) {
        await say(`ladder: ${mode} ${scenario} p${String(prefix)}`);
        rows.push(measureRow({ mode, scenario, prefix, machine }));
      }
    }
    for (const [gic, guestGic] of transfers ? CONTROLLERS : []) {
      for (const prefix of prefixes) {
        await say(`ladder: ${mode} load and put, GICv${String(guestGic)} on GICv${String(gic)} p${String(prefix)}`);
        const { load, put } = measureLoadAndPut({ mode, gic, guestGic, steps: prefixSet(prefix), profile: machine });
        loadPut.push({ mode, gic, guestGic, prefix, load: transferCounts(load), put: transferCounts(put) });
      }
    }
  }
  return { schema: 'worldswitch.ladder/1', machine, rows, loadPut };
}

function measureRow({ mode, scenario, prefix, machine }: { readonly mode: ModeName; readonly scenario: ScenarioName; readonly prefix: number; readonly machine: ProfileName }): LadderRow {
  const head = { mode, scenario, prefix, step: STEPS[prefix - 1]?.slug ?? null };
  if (scenario === 'hvc-a32') return { ...head, skipped: `needs ${LACKS[scenario]}, which is not there yet` };
  return describe(head, measureRoundTrip({ mode, steps: prefixSet(prefix), scenario, profile: machine }));
}

function describe(head: Pick<LadderRow, 'mode' | 'scenario' | 'prefix' | 'step'>, { counts, cycles }: RoundTrip): LadderRow {
  return { ...head, ...(Object.fromEntries(COUNT_NAMES.map((name) => [name, counts[name]])) as OperationCounts), cycles };
}

function transferCounts({ reads, writes, isb, dsb, hvcs, mmioReads, mmioWrites }: OperationCounts): TransferCounts {
  return { reads, writes, isb, dsb, hvcs, mmioReads, mmioWrites };
}
