/** `steps`: the forty patches as a registry, the plan that a set of them makes, and what lies between two plans. */
import { planDiffDocument, planDocument, prefix, stepDocument, STEPS, stepsDocument, type ModeName, type PlanDiffDocument, type PlanDocument, type StepsDocument } from '@worldswitch/hyp';
import { isMistake, mistake, type Context, type Mistake, type Outcome, type Values } from '../command.ts';
import { readMode, readStepSet } from '../step-sets.ts';

/** One step in full, with the change of each mode's plan from the prefix before it. */
export interface ExplainDocument extends StepsDocument {
  readonly plans: readonly PlanDiffDocument[];
}

export type AnyStepsDocument = StepsDocument | ExplainDocument | PlanDocument | PlanDiffDocument;

const USAGE = 'steps list, steps explain N, steps plan --kvm vhe --steps p28, or steps diff A B --kvm vhe';

/** Options of each. */
const USES: Readonly<Partial<Record<string, readonly string[]>>> = { list: [], explain: [], plan: ['kvm', 'steps'], diff: ['kvm'] };

export function run({ values, operands }: Context): Outcome {
  const [verb, ...rest] = operands;
  const unused = (['kvm', 'steps'] as const).find((name) => values.has(name) && !(USES[verb ?? ''] ?? [name]).includes(name));
  if (unused !== undefined) return mistake(`--${unused}: steps ${verb!} does not use it: leave it out`);
  switch (verb) {
    case 'list':
      return rest.length > 0 ? mistake(`steps list takes no operand, but got ${rest.join(' ')}`) : { document: stepsDocument() };
    case 'explain':
      return explain(rest);
    case 'plan':
      return rest.length > 0 ? mistake(`steps plan takes no operand, but got ${rest.join(' ')}: name the set with --steps`) : plan(values);
    case 'diff':
      return diff(rest, values);
    case undefined:
      return mistake(`steps needs to know what to print: ${USAGE}`);
    default:
      return mistake(`steps ${verb}: write ${USAGE}`);
  }
}

function explain(operands: readonly string[]): Outcome {
  const [text = ''] = operands;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : (STEPS.find(({ slug }) => slug === text)?.number ?? 0);
  const step = stepDocument(number);
  if (step === null || operands.length !== 1) return mistake(`steps explain takes one step, 1 to ${String(STEPS.length)} or its slug${text === '' ? '' : `, but got ${operands.join(' ')}`}`);
  const modes = step.rows[0]?.modes ?? [];
  const document: ExplainDocument = { ...step, plans: modes.map((mode) => planDiffDocument(mode, prefix(number - 1), prefix(number))) };
  return { document };
}

function readNeededMode(values: Values, what: string): ModeName | Mistake {
  return readMode(values) ?? mistake(`${what} needs a mode: --kvm vhe or --kvm nvhe`);
}

function plan(values: Values): Outcome {
  const mode = readNeededMode(values, 'steps plan');
  if (typeof mode !== 'string') return mode;
  const set = readStepSet(values.text('steps') ?? 'final', mode);
  return isMistake(set) ? set : { document: planDocument(mode, set) };
}

function diff(operands: readonly string[], values: Values): Outcome {
  const [from, to, ...more] = operands;
  if (from === undefined || to === undefined || more.length > 0) return mistake('steps diff takes two step sets: worldswitch steps diff p27 p28 --kvm vhe');
  const mode = readNeededMode(values, 'steps diff');
  if (typeof mode !== 'string') return mode;
  const first = readStepSet(from, mode);
  if (isMistake(first)) return first;
  const second = readStepSet(to, mode);
  return isMistake(second) ? second : { document: planDiffDocument(mode, first, second) };
}
