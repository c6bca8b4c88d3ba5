/** What `steps` prints. */
import type { PlanDiffDocument, PlanDocument, StepRow } from '@worldswitch/hyp';
import type { Style } from '../command.ts';
import type { AnyStepsDocument, ExplainDocument } from '../commands/steps.ts';
import { table } from '../table.ts';

export function render(document: AnyStepsDocument, style: Style): string {
  if ('phases' in document) return plan(document);
  if ('changes' in document) return `${diffHeading(document)}\n${indented(diffText(document))}`;
  return 'plans' in document ? explain(document, style) : list(document.rows);
}

function list(rows: readonly StepRow[]): string {
  const lines = rows.map(({ number, slug, title, kind, modes, requires }) => [String(number).padStart(2), slug, kind, modes.join(' '), requires.join(' '), title]);
  return table([['', 'step', 'kind', 'modes', 'requires', 'title'], ...lines]);
}

function explain({ rows, plans }: ExplainDocument, style: Style): string {
  const [step] = rows;
  if (step === undefined) return '';
  const { number, title, kind, modes, why, counters, hazards, requires, requiredBy, fixes, references } = step;
  const steps = (numbers: readonly number[]): readonly string[] => (numbers.length === 0 ? [] : [numbers.map((one) => `step ${String(one)}`).join(', ')]);
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['why it is right', [why]],
    ['what a counter shows', counters],
    ['hazards', hazards],
    ['requires', steps(requires)],
    ['required by', steps(requiredBy)],
    ['fixed later', fixes.map(({ slug, since, what }) => `${slug} (${since}): ${what}`)],
    ['references', references],
  ];
  const facts = sections.filter(([, lines]) => lines.length > 0).map(([heading, lines]) => `\n${heading}:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  const changes = plans.map((one) => `\nplan of ${diffHeading(one)}:\n${indented(diffText(one))}`);
  return `${style.strong(`${String(number)}  ${title}`)}  (${kind}; ${modes.join(' ')})\n${[...facts, ...changes].join('')}`;
}

const diffHeading = ({ mode, from, to }: PlanDiffDocument): string => `${mode}, from ${from} to ${to}`;

const diffText = ({ text }: PlanDiffDocument): string => (text === '' ? 'nothing moves\n' : text);

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

function plan({ mode, steps, fallen, text }: PlanDocument): string {
  return `${mode}, ${steps}\n${fallen.map(({ step, requires }) => `step ${String(step)} fell: it requires step ${String(requires)}\n`).join('')}\n${text}`;
}
