/** From a step set to the plan of a mode: the baseline, and each enabled step's rewrite in series order. What comes of it is verified. */
import { InvariantError } from '@worldswitch/cpu/arch';
import { GENERATIONS } from '../switch/generations/index.ts';
import type { ModeName, Plan } from '../switch/plan.ts';
import { MODES } from '../switch/twins.ts';
import { verifyPlan } from '../switch/verify.ts';
import { STEPS } from './registry.ts';
import { FIXES } from './rewrites/fixes.ts';
import type { StepSet } from './set.ts';

/** Plans that were asked for and verified, by mode and what they are made of: VMs share them. Beyond so many they are forgotten, and made again. */
const verified = new Map<string, Plan>();
const MOST_VERIFIED = 1024;

/** The plan of `mode` with the steps of `set`, which the mode can run; throws if it breaks a rule, which is a mistake of ours. */
export function planFor(mode: ModeName, set: StepSet): Plan {
  const name = [mode, set.generation ?? '', ...set.steps, ...set.fixes].join(' ');
  const known = verified.get(name);
  if (known !== undefined) return known;
  const plan = compose(mode, set);
  verifyPlan(plan);
  if (verified.size === MOST_VERIFIED) verified.clear();
  verified.set(name, plan);
  return plan;
}

function compose(mode: ModeName, { generation, steps, fixes }: StepSet): Plan {
  if (generation !== undefined) {
    const older = GENERATIONS[generation][mode];
    if (older === null) throw new InvariantError(`${generation} has no plan for ${mode}`);
    return older;
  }
  const rewrites = [...STEPS.filter(({ number, modes }) => steps.includes(number) && modes.includes(mode)), ...FIXES.filter(({ slug }) => fixes.includes(slug))];
  return rewrites.reduce((plan, { rewrite }) => rewrite?.(plan) ?? plan, MODES[mode].baseline);
}
