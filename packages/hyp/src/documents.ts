/**
 * The JSON documents of `steps list`, `steps explain`, `steps plan` and `steps diff` (command-line.md): pure functions of
 * the registry and of step sets. The command renders them; it knows nothing that is not in them.
 */
import { planFor } from './steps/compose.ts';
import { STEPS, type Step, type StepKind } from './steps/registry.ts';
import { FIXES } from './steps/rewrites/fixes.ts';
import type { StepSet } from './steps/set.ts';
import type { HostCondition } from './switch/operation.ts';
import { diffPlans, PHASES, printDiff, printPlan, type ModeName, type Phase, type PlanChange } from './switch/plan.ts';

export interface StepRow {
  readonly number: number;
  readonly slug: string;
  readonly title: string;
  readonly kind: StepKind;
  readonly modes: readonly ModeName[];
  readonly requires: readonly number[];
  /** The steps that require this one, directly. */
  readonly requiredBy: readonly number[];
  readonly counters: readonly string[];
  readonly why: string;
  readonly hazards: readonly string[];
  readonly references: readonly string[];
  /** Later fixes of what this step brought. */
  readonly fixes: readonly { readonly slug: string; readonly since: string; readonly what: string }[];
}

export interface StepsDocument {
  readonly schema: 'worldswitch.steps/1';
  readonly rows: readonly StepRow[];
}

export interface PlanOperation {
  readonly operation: string;
  readonly variant: string;
  readonly does: string;
  readonly when: string;
  readonly host: HostCondition | null;
}

export interface PlanDocument {
  readonly schema: 'worldswitch.plan/1';
  readonly mode: ModeName;
  readonly steps: string;
  readonly on: readonly number[];
  readonly fixes: readonly string[];
  readonly fallen: readonly { readonly step: number; readonly requires: number }[];
  readonly phases: Readonly<Record<Phase, readonly PlanOperation[]>>;
  /** Classes that accessors of a loaded vCPU take from hardware. */
  readonly deferred: readonly string[];
  readonly knownBroken: readonly { readonly rule: string; readonly step: number }[];
  readonly text: string;
}

export interface PlanDiffDocument {
  readonly schema: 'worldswitch.plan/1';
  readonly mode: ModeName;
  readonly from: string;
  readonly to: string;
  readonly changes: readonly PlanChange[];
  readonly text: string;
}

function row(step: Step): StepRow {
  const { number, slug, title, kind, modes, requires, counters, why, hazards, references } = step;
  const requiredBy = STEPS.filter((other) => other.requires.includes(number)).map((other) => other.number);
  const fixes = FIXES.filter((fix) => fix.step === number).map(({ slug: name, since, what }) => ({ slug: name, since, what }));
  return { number, slug, title, kind, modes, requires, requiredBy, counters, why, hazards, references, fixes };
}

/** `steps list`. */
export function stepsDocument(): StepsDocument {
  return { schema: 'worldswitch.steps/1', rows: STEPS.map(row) };
}

/** `steps explain N`: one row; null for a number that is no step. */
export function stepDocument(number: number): StepsDocument | null {
  const step = STEPS.find((one) => one.number === number);
  return step === undefined ? null : { schema: 'worldswitch.steps/1', rows: [row(step)] };
}

/** `steps plan`. */
export function planDocument(mode: ModeName, set: StepSet): PlanDocument {
  const plan = planFor(mode, set);
  const phases = {} as Record<Phase, readonly PlanOperation[]>;
  for (const phase of PHASES) phases[phase] = plan.phases[phase].map(({ id, variant, does, when, host }) => ({ operation: id, variant, does, when, host }));
  return {
    schema: 'worldswitch.plan/1',
    mode,
    steps: set.name,
    on: set.steps,
    fixes: set.fixes,
    fallen: set.fallen,
    phases,
    deferred: plan.deferred,
    knownBroken: plan.waivers,
    text: printPlan(plan),
  };
}

/** `steps diff A B`. */
export function planDiffDocument(mode: ModeName, from: StepSet, to: StepSet): PlanDiffDocument {
  const changes = diffPlans(planFor(mode, from), planFor(mode, to));
  return { schema: 'worldswitch.plan/1', mode, from: from.name, to: to.name, changes, text: printDiff(changes) };
}
