/**
 * Plans as text, one file a prefix and mode: the difference between neighbours is the documentation of a patch.
 * To write them anew: `npx vitest run --update test/plans.test.ts`, and read the diff.
 */
import { describe, expect, test } from 'vitest';
import { planFor } from '../src/steps/compose.ts';
import { STEPS } from '../src/steps/registry.ts';
import { parseStepSet, prefix } from '../src/steps/set.ts';
import { diffPlans, printDiff, printPlan, type ModeName } from '../src/switch/plan.ts';

const MODES: readonly ModeName[] = ['vhe', 'nvhe'];
const PREFIXES = Array.from({ length: 41 }, (_, n) => n);

test.each([['nvhe', 'linux-4.0'], ['nvhe', 'linux-4.6'], ['vhe', 'linux-4.6']] as const)('the plan of %s %s is the committed one', async (mode, name) => {
  const parsed = parseStepSet(name);
  expect(parsed.ok).toBe(true);
  if (parsed.ok) await expect(printPlan(planFor(mode, parsed.set))).toMatchFileSnapshot(`../golden/plan.${mode}.${name}.txt`);
});

describe.each(MODES)('%s', (mode) => {
  test.each(PREFIXES)('the plan of p%i is the committed one', async (at) => {
    await expect(printPlan(planFor(mode, prefix(at)))).toMatchFileSnapshot(`../golden/plan.${mode}.${String(at).padStart(2, '0')}.txt`);
  });

  test('what each patch changes is the committed list', async () => {
    const changes = STEPS.map(({ number, title }) => {
      const text = printDiff(diffPlans(planFor(mode, prefix(number - 1)), planFor(mode, prefix(number))));
      return `${String(number).padStart(2, '0')} ${title}\n${text === '' ? '  (nothing)\n' : text.replace(/^/gm, '  ').trimEnd()}`.trimEnd();
    });
    await expect(`${changes.join('\n\n')}\n`).toMatchFileSnapshot(`../golden/changes.${mode}.txt`);
  });

  const idle = STEPS.filter(({ kind, modes, number }) => kind === 'structural' || (!modes.includes(mode) && number > 0));
  test.each(idle.map(({ number, slug }) => [number, slug] as const))('step %i (%s) leaves the plan as it is', (number) => {
    const before = planFor(mode, prefix(number - 1));
    const after = planFor(mode, prefix(number));
    expect(after.phases).toEqual(before.phases);
    expect(after.deferred).toEqual(before.deferred);
    expect(after.waivers).toEqual(before.waivers);
  });

  const active = STEPS.filter(({ kind, modes }) => kind !== 'structural' && modes.includes(mode));
  test.each(active.map(({ number, slug }) => [number, slug] as const))('step %i (%s) changes the plan', (number) => {
    expect(printPlan(planFor(mode, prefix(number)))).not.toBe(printPlan(planFor(mode, prefix(number - 1))));
  });
});
