// @ts-check
/**
 * The plans of `check:ladder`: every prefix, every step off by itself, `fixed`, and older kernels. Plans that are the same operations in the
 * same order are one cell, for a plan is all that a VM knows of its steps.
 */
import { BASE, FINAL, FIXED, parseStepSet, planFor, prefix, printPlan, STEPS, stepsRefusal, withFix } from '../../../packages/hyp/dist/index.js';

/**
 * @typedef {import('../../../packages/hyp/dist/index.js').StepSet} StepSet
 * @typedef {{ mode: 'vhe' | 'nvhe', names: string[], steps: readonly number[], plan: import('../../../packages/hyp/dist/index.js').Plan }} PlanCell
 */

const MODES = /** @type {const} */ (['vhe', 'nvhe']);
const OLDER = ['linux-4.0', 'linux-4.6'];
const QUICK = ['p0', 'p28', 'p33', 'p40', 'fixed', ...OLDER];

/** @param {boolean} quick @returns {StepSet[]} */
function sets(quick) {
  const all = [...Array.from({ length: STEPS.length + 1 }, (_, n) => prefix(n)), ...STEPS.map(({ number }) => parsed(`final,-${String(number)}`)), FIXED, ...OLDER.map(parsed)];
  return quick ? all.filter(({ name }) => QUICK.includes(name)) : all;
}

/** @param {string} text */
function parsed(text) {
  const result = parseStepSet(text);
  if (!result.ok) throw new Error(result.error);
  return result.set;
}

/** @param {boolean} quick @param {string | undefined} fix @returns {PlanCell[]} */
export function planCells(quick, fix) {
  /** @type {Map<string, PlanCell>} */
  const cells = new Map();
  for (const mode of MODES) {
    for (const set of sets(quick)) {
      if (stepsRefusal(set, mode) !== null) continue;
      const fixed = fix === undefined ? set : withFix(set, fix);
      const plan = planFor(mode, fixed);
      const key = `${mode}\n${printPlan(plan)}`;
      const known = cells.get(key);
      if (known === undefined) cells.set(key, { mode, names: [fixed.name], steps: fixed.steps, plan });
      else known.names.push(fixed.name);
    }
  }
  return [...cells.values()];
}

/** VHE as merged, without the fix. */
export const AS_MERGED = { mode: /** @type {const} */ ('vhe'), plan: planFor('vhe', FINAL) };
/** By which the VM beside runs: it does in every entry what the others do at load. */
export const NEIGHBOUR_PLANS = { vhe: planFor('vhe', BASE), nvhe: planFor('nvhe', BASE) };
