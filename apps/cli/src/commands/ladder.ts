/**
 * `ladder`: what one steady-state round trip executes, for each prefix of the series, in both modes. The counts are those of
 * operations that ran on a machine; a scenario that cannot run yet says why in its rows.
 */
import { CONTROLLERS, DEFAULT_PROFILE, LADDER_SCENARIOS, measureLadderRow, measureLoadPutRow, type LadderRow, type LadderScenario, type LoadPutRow, type ProfileName } from '@worldswitch/machine';
import { MODE_NAMES, type ModeName } from '@worldswitch/hyp';
import { isMistake, mistake, type Context, type Document, type Mistake, type Outcome, type Values } from '../command.ts';
import { readProfile } from '../machines.ts';
import { progress } from '../progress.ts';
import { readMode, readPrefixes } from '../step-sets.ts';

export interface LadderDocument extends Document {
  readonly schema: 'worldswitch.ladder/1';
  readonly machine: string;
  readonly rows: readonly LadderRow[];
  readonly loadPut: readonly LoadPutRow[];
}

export interface LadderRequest {
  readonly modes: readonly ModeName[];
  readonly scenarios: readonly LadderScenario[];
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
  return { modes: mode === null ? MODE_NAMES : [mode], scenarios, prefixes, machine: profile.name, transfers: true };
}

function readScenarios(values: Values): readonly LadderScenario[] | Mistake {
  const text = values.text('scenario') ?? 'hvc';
  if (text === 'all') return LADDER_SCENARIOS;
  const found = LADDER_SCENARIOS.find((name) => name === text);
  return found === undefined ? mistake(`--scenario ${text}: known are ${LADDER_SCENARIOS.join(', ')}, and all`) : [found];
}

/** The document: rows by mode, scenario and prefix, then load and put of each pair of controllers. */
export async function ladderDocument({ modes, scenarios, prefixes, machine, transfers }: LadderRequest, say: (text: string) => Promise<void>): Promise<LadderDocument> {
  const rows: LadderRow[] = [];
  const loadPut: LoadPutRow[] = [];
  for (const mode of modes) {
    for (const scenario of scenarios) {
      for (const prefix of prefixes) {
        await say(`ladder: ${mode} ${scenario} p${String(prefix)}`);
        rows.push(measureLadderRow({ mode, scenario, prefix, machine }));
      }
    }
    for (const [gic, guestGic] of transfers ? CONTROLLERS : []) {
      for (const prefix of prefixes) {
        await say(`ladder: ${mode} load and put, GICv${String(guestGic)} on GICv${String(gic)} p${String(prefix)}`);
        loadPut.push(measureLoadPutRow({ mode, gic, guestGic, prefix, machine }));
      }
    }
  }
  return { schema: 'worldswitch.ladder/1', machine, rows, loadPut };
}
