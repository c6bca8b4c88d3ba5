/** Step sets, modes and ranges of prefixes, as users write them. */
import { LAST_PREFIX, MODE_NAMES, parseStepSet, stepsRefusal, type ModeName, type StepSet } from '@worldswitch/hyp';
import { mistake, type Mistake, type Values } from './command.ts';

/** `--kvm vhe|nvhe`; null where it is not given. */
export function readMode(values: Values): ModeName | null | Mistake {
  const text = values.text('kvm');
  if (text === null) return null;
  return MODE_NAMES.find((mode) => mode === text) ?? mistake(`--kvm ${text}: the modes are vhe (the host kernel at EL2) and nvhe (at EL1)`);
}

/** A step set, for a mode where that is known. */
export function readStepSet(text: string, mode: ModeName | null = null): StepSet | Mistake {
  const result = parseStepSet(text);
  if (!result.ok) return mistake(result.error);
  const refusal = mode === null ? null : stepsRefusal(result.set, mode);
  return refusal === null ? result.set : mistake(refusal);
}

/** `--prefixes A..B`; all of them where it is not given. */
export function readPrefixes(values: Values): readonly number[] | Mistake {
  const text = values.text('prefixes') ?? `0..${String(LAST_PREFIX)}`;
  const found = /^(\d{1,2})\.\.(\d{1,2})$/.exec(text);
  const from = Number(found?.[1]);
  const to = Number(found?.[2]);
  if (found === null || from > to || to > LAST_PREFIX) return mistake(`--prefixes ${text}: write A..B, with 0 <= A <= B <= ${String(LAST_PREFIX)}`);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
