/** Switches, ladders and registers, executed and described in the worker. */
import { e2hLayout, SYSTEM_REGISTERS } from '@worldswitch/cpu/arch';
import { parseStepSet, planDiffDocument, prefix as prefixSet, STEPS, stepsDocument, stepsRefusal, type ModeName, type StepSet } from '@worldswitch/hyp';
import {
  measureBenchmarkRow, measureLoadPutRow, measureRoundTrip, PROFILE_NAMES, PROFILES, PUBLISHED, recordTimeline, RUNNABLE_BENCHMARKS, RUNNABLE_SCENARIOS, scenarioControllers, type BenchmarkRow, type ProfileName, type ScenarioName,
} from '@worldswitch/machine';
import { fieldText } from '../fields.ts';
import { PageError, type PatchChange, type RegisterText, type SwitchAnswer, type SwitchCalls, type SwitchQuery } from '../protocol.ts';

function profileOf(text: string): ProfileName {
  const found = PROFILE_NAMES.find((name) => name === text);
  if (found === undefined) throw new PageError(`There is no machine ${text}: known are ${PROFILE_NAMES.join(', ')}.`);
  return found;
}

function scenarioOf(text: string): ScenarioName {
  const found = RUNNABLE_SCENARIOS.find((name) => name === text);
  if (found === undefined) throw new PageError(`There is no scenario ${text}: known are ${RUNNABLE_SCENARIOS.join(', ')}.`);
  return found;
}

function setOf(text: string, mode: ModeName): StepSet {
  const parsed = parseStepSet(text);
  if (!parsed.ok) throw new PageError(parsed.error);
  const refusal = stepsRefusal(parsed.set, mode);
  if (refusal !== null) throw new PageError(refusal);
  return parsed.set;
}

function record({ machine, mode, scenario, steps }: SwitchQuery): SwitchAnswer {
  const set = setOf(steps, mode);
  const timeline = recordTimeline({ mode, steps: set, scenario: scenarioOf(scenario), profile: profileOf(machine) });
  return { mode, timeline, name: set.name, on: set.steps, fallen: set.fallen };
}

/** Enough for means that do not change any more; the first iterations are not measured. */
const ITERATIONS = 20;

function measure({ index }: { readonly index: number }): BenchmarkRow {
  const row = PUBLISHED[index];
  const benchmark = RUNNABLE_BENCHMARKS.find((name) => name === row?.benchmark);
  if (row === undefined || benchmark === undefined) throw new PageError('There is no such figure.');
  return measureBenchmarkRow({ benchmark, mode: row.mode, steps: setOf(row.steps, row.mode), profile: profileOf(row.machine), iterations: ITERATIONS });
}

function changesOf(mode: ModeName): readonly PatchChange[] {
  return STEPS.flatMap(({ number }) =>
    planDiffDocument(mode, prefixSet(number - 1), prefixSet(number)).changes.map((change) => ({ ...change, step: number, id: change.operation.replace(/ \(.*$/, '') })),
  );
}

function describe({ register, value, e2h }: { readonly register: string; readonly value: string; readonly e2h: boolean }): RegisterText | null {
  const row = SYSTEM_REGISTERS.byName(register);
  if (row === undefined || !/^0x[\da-f]{1,16}$/.test(value)) return null;
  const bits = BigInt(value);
  const { fields } = e2hLayout(row, e2h ? 1 : 0);
  return { name: row.name, doc: row.doc, value, fields: fields.map((field) => fieldText(field, bits)) };
}

export const switchCalls: { readonly [K in keyof SwitchCalls]: SwitchCalls[K] } = {
  catalogue: () => ({
    machines: PROFILE_NAMES.map((name) => ({ name, clockHz: PROFILES[name].clockHz })),
    scenarios: RUNNABLE_SCENARIOS.map((name) => ({ name, ...scenarioControllers(name) })),
    steps: stepsDocument().rows,
  }),
  changes: ({ mode }) => changesOf(mode),
  record,
  ladderRow: ({ machine, mode, scenario, prefix }) => ({
    prefix,
    step: STEPS[prefix - 1]?.slug ?? null,
    ...measureRoundTrip({ mode, steps: prefixSet(prefix), scenario: scenarioOf(scenario), profile: profileOf(machine) }),
  }),
  loadPutRow: ({ machine, mode, scenario, prefix }) => {
    const { load, put } = measureLoadPutRow({ mode, ...scenarioControllers(scenarioOf(scenario)), prefix, machine: profileOf(machine) });
    return { prefix, step: STEPS[prefix - 1]?.slug ?? null, load, put };
  },
  published: () => PUBLISHED,
  measure,
  describe,
};
