/** The registry, step sets as users write them, and what a removal takes along. */
import { describe, expect, test } from 'vitest';
import { planDiffDocument, planDocument, stepDocument, stepsDocument } from '../src/documents.ts';
import { planFor } from '../src/steps/compose.ts';
import { STEPS } from '../src/steps/registry.ts';
import { BASE, FINAL, FIXED, parseStepSet, prefix, stepsRefusal, type StepSet } from '../src/steps/set.ts';
import type { ModeName } from '../src/switch/plan.ts';

const MODES: readonly ModeName[] = ['vhe', 'nvhe'];

function parsed(text: string): StepSet {
  const result = parseStepSet(text);
  if (!result.ok) throw new Error(result.error);
  return result.set;
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe('the registry', () => {
  test('forty rows in order, each with a reason', () => {
    expect(STEPS.map(({ number }) => number)).toEqual(numbers(1, 40));
    expect(new Set(STEPS.map(({ slug }) => slug)).size).toBe(40);
    expect(STEPS.filter(({ why, title, references }) => why.length < 10 || title.length < 10 || references.length === 0)).toEqual([]);
  });

  test('a rewrite stands in exactly the rows that are not structural', () => {
    expect(STEPS.filter(({ kind, rewrite }) => (kind === 'structural') !== (rewrite === null))).toEqual([]);
  });

  test('requirements point back to steps that change something', () => {
    const bad = STEPS.flatMap(({ number, requires }) => requires.filter((one) => one >= number || STEPS[one - 1]!.kind === 'structural').map((one) => [number, one]));
    expect(bad).toEqual([]);
  });

  const pairs = STEPS.flatMap(({ number, requires }) => requires.map((one) => [number, one] as const));
  test.each(pairs)('%i without %i is rejected', (number, missing) => {
    const steps = numbers(1, number).filter((one) => one !== missing);
    expect(() => MODES.map((mode) => planFor(mode, { name: '', steps, fixes: [], fallen: [] }))).toThrow();
  });
});

describe('step sets', () => {
  test('named sets and prefixes', () => {
    expect(parsed('base')).toEqual(BASE);
    expect(parsed('final')).toEqual(FINAL);
    expect(parsed('fixed')).toEqual(FIXED);
    expect(parsed('p28').steps).toEqual(numbers(1, 28));
    expect(parsed('p0').steps).toEqual([]);
  });

  test('lists', () => {
    expect(parsed('1-24,28').steps).toEqual([...numbers(1, 24), 28]);
    expect(parsed(' 3, 5-6 ').steps).toEqual([3, 5, 6]);
    expect(parsed('p5,8').steps).toEqual([1, 2, 3, 4, 5, 8]);
  });

  test('a removal takes along what requires it, and says so', () => {
    const set = parsed('final,-28');
    expect(set.steps).toEqual(numbers(1, 40).filter((one) => ![28, 29, 30].includes(one)));
    expect(set.fallen).toEqual([{ step: 29, requires: 28 }, { step: 30, requires: 29 }]);
    expect(parsed('final,-33').steps).toEqual(numbers(1, 40).filter((one) => one !== 33));
    expect(parsed('final,-33').fallen).toEqual([]);
    expect(parsed('final,-1').fallen.map(({ step }) => step)).toEqual([28, 29, 30]);
  });

  test('a range may be named for what is taken out of it', () => {
    expect(parsed('1-24,-3').steps).toEqual(parsed('p24,-3').steps);
  });

  test('a fix goes with the step that it mends', () => {
    expect(parsed('fixed,-33').fixes).toEqual(['spe-drained-early']);
  });

  test.each([
    ['28', 'step set "28": step 28 requires step 1; add it, or leave 28 out'],
    ['1-24,29', 'step set "1-24,29": step 29 requires step 28; add it, or leave 29 out'],
    ['p41', 'step set "p41": "p41" is neither a set nor a step; use base, final, fixed, p0 to p40, linux-4.0, linux-4.6, or a list such as 1-24,28 or final,-33'],
    ['final,-41', 'step set "final,-41": "-41" is neither a set nor a step; use base, final, fixed, p0 to p40, linux-4.0, linux-4.6, or a list such as 1-24,28 or final,-33'],
    ['', 'step set "": "" is neither a set nor a step; use base, final, fixed, p0 to p40, linux-4.0, linux-4.6, or a list such as 1-24,28 or final,-33'],
    ['24-3', 'step set "24-3": "24-3" is neither a set nor a step; use base, final, fixed, p0 to p40, linux-4.0, linux-4.6, or a list such as 1-24,28 or final,-33'],
    ['-28', 'step set "-28": it begins with what is taken out; say first of what, as in final,-28'],
    ['-28,final', 'step set "-28,final": it begins with what is taken out; say first of what, as in final,-28'],
    ['final,-28,28', 'step set "final,-28,28": step 28 is both added and taken out; leave one of them out'],
    ['final,-28-30,20-29', 'step set "final,-28-30,20-29": step 28 is both added and taken out; leave one of them out'],
    ['p24,28,-28', 'step set "p24,28,-28": step 28 is both added and taken out; leave one of them out'],
    ['p5,-28', 'step set "p5,-28": "-28" takes out step 28, which is not on; leave it out'],
    ['base,-1', 'step set "base,-1": "-1" takes out step 1, which is not on; leave it out'],
    ['p25,-24-28', 'step set "p25,-24-28": "-24-28" takes out step 26, which is not on; leave it out'],
    ['final,-3,-3', 'step set "final,-3,-3": "-3" takes out step 3, which is not on; leave it out'],
    ['linux-4.0,28', 'step set "linux-4.0,28": linux-4.0 is the switch of another kernel, and stands alone'],
  ])('%s is the user\'s mistake', (text, error) => {
    expect(parseStepSet(text)).toEqual({ ok: false, error });
  });
});

test('older kernels are sets of their own, and v4.0 has no VHE', () => {
  expect(parsed('linux-4.0')).toEqual({ name: 'linux-4.0', steps: [], fixes: [], fallen: [], generation: 'linux-4.0' });
  expect(stepsRefusal(parsed('linux-4.0'), 'vhe')).toBe('linux-4.0 has no VHE: use it with the mode nvhe');
  expect([stepsRefusal(parsed('linux-4.0'), 'nvhe'), stepsRefusal(parsed('linux-4.6'), 'vhe'), stepsRefusal(FINAL, 'vhe')]).toEqual([null, null, null]);
});

describe('composition', () => {
  test.each(numbers(1, 40))('final without %i verifies in both modes', (number) => {
    const set = parsed(`final,-${number}`);
    expect(() => MODES.map((mode) => planFor(mode, set))).not.toThrow();
  });

  test('the same steps give the same plan, verified once; other steps and other modes give others', () => {
    expect(planFor('vhe', parsed('final'))).toBe(planFor('vhe', FINAL));
    expect(new Set([BASE, prefix(20), FINAL, FIXED].flatMap((set) => MODES.map((mode) => planFor(mode, set)))).size).toBe(8);
  });

  test('any legal set verifies', () => {
    // A linear congruential generator: the same 150 sets on every machine.
    let seed = 1;
    const random = (): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    for (let trial = 0; trial < 150; trial++) {
      const density = 0.3 + 0.6 * random();
      const steps: number[] = [];
      for (const { number, requires } of STEPS) if (random() < density && requires.every((one) => steps.includes(one))) steps.push(number);
      expect(() => MODES.map((mode) => planFor(mode, { name: steps.join(','), steps, fixes: [], fallen: [] })), steps.join(',')).not.toThrow();
    }
  });
});

describe('documents', () => {
  test('the list holds every row, and one row stands alone', () => {
    const { schema, rows } = stepsDocument();
    expect(schema).toBe('worldswitch.steps/1');
    expect(rows).toHaveLength(40);
    expect(stepDocument(28)?.rows).toEqual([rows[27]]);
    expect(rows[0]?.requiredBy).toEqual([28]);
    expect(rows[32]?.fixes.map(({ slug }) => slug)).toEqual(['mdcr-is-current']);
    expect(stepDocument(41)).toBeNull();
  });

  test('a plan and a difference survive JSON', () => {
    const plan = planDocument('vhe', prefix(28));
    expect(plan.phases.load.map(({ operation }) => operation)).toContain('restore-guest-el1');
    const diff = planDiffDocument('vhe', prefix(14), prefix(15));
    expect(diff.text).toBe('- exit: deactivate-vm: W(VTTBR_EL2=0)\n');
    expect(JSON.parse(JSON.stringify([plan, diff]))).toEqual([plan, diff]);
  });
});
