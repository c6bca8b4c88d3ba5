/** From a step set to the plan of a mode: the baseline, and each enabled step's rewrite in series order, verified throughout. */
import { InvariantError } from '@worldswitch/cpu/arch';
import { GENERATIONS } from '../switch/generations/index.ts';
import type { ModeName, Plan } from '../switch/plan.ts';
import { MODES } from '../switch/twins.ts';
import { verifyPlan } from '../switch/verify.ts';
import { STEPS } from './registry.ts';
import { FIXES } from './rewrites/fixes.ts';
import type { StepSet } from './set.ts';

const isOn = (set: StepSet, number: number): boolean => set.steps.includes(number);

/** The plan of `mode` with the steps of `set`, which the mode can run; throws if a rewrite breaks a rule, which is a mistake of ours. */
export function planFor(mode: ModeName, set: StepSet): Plan {
  if (set.generation !== undefined) {
    const older = GENERATIONS[set.generation][mode];
    if (older === null) throw new InvariantError(`${set.generation} has no plan for ${mode}`);
    verifyPlan(older);
    return older;
  }
  let plan: Plan = MODES[mode].baseline;
  verifyPlan(plan);
  for (const { number, modes, rewrite } of STEPS) {
    if (rewrite === null || !isOn(set, number) || !modes.includes(mode)) continue;
    plan = rewrite(plan);
    verifyPlan(plan);
  }
  for (const { slug, rewrite } of FIXES) {
    if (!set.fixes.includes(slug)) continue;
    plan = rewrite(plan);
    verifyPlan(plan);
  }
  return plan;
}
