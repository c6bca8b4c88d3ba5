/** From a step set to the plan of a mode: the baseline, and each enabled step's rewrite in series order, verified throughout. */
import { InvariantError } from '@worldswitch/cpu/arch';
import { GENERATIONS } from '../switch/generations/index.ts';
import type { ModeName, Plan } from '../switch/plan.ts';
import { MODES } from '../switch/twins.ts';
import { verifyPlan } from '../switch/verify.ts';
import { STEPS } from './registry.ts';
import { FIXES } from './rewrites/fixes.ts';
import type { StepSet } from './set.ts';

/** Plans that have been verified, by what they were made of: VMs share them. Beyond so many they are forgotten, and made again. */
const verified = new Map<string, Plan>();
const MOST_VERIFIED = 1024;

function verifiedPlan(name: string, make: () => Plan): Plan {
  const known = verified.get(name);
  if (known !== undefined) return known;
  const plan = make();
  verifyPlan(plan);
  if (verified.size === MOST_VERIFIED) verified.clear();
  verified.set(name, plan);
  return plan;
}

const isOn = (set: StepSet, number: number): boolean => set.steps.includes(number);

/** The plan of `mode` with the steps of `set`, which the mode can run; throws if a rewrite breaks a rule, which is a mistake of ours. */
export function planFor(mode: ModeName, set: StepSet): Plan {
  if (set.generation !== undefined) {
    const older = GENERATIONS[set.generation][mode];
    if (older === null) throw new InvariantError(`${set.generation} has no plan for ${mode}`);
    return verifiedPlan(`${mode} ${set.generation}`, () => older);
  }
  let name: string = mode;
  let plan = verifiedPlan(name, () => MODES[mode].baseline);
  const apply = (what: string, rewrite: (plan: Plan) => Plan): void => {
    const before = plan;
    name += ` ${what}`;
    plan = verifiedPlan(name, () => rewrite(before));
  };
  for (const { number, modes, rewrite } of STEPS) if (rewrite !== null && isOn(set, number) && modes.includes(mode)) apply(String(number), rewrite);
  for (const { slug, rewrite } of FIXES) if (set.fixes.includes(slug)) apply(slug, rewrite);
  return plan;
}
