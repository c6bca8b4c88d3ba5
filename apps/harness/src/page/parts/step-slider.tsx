/** One step set: a slider over the prefixes of the series, and the set as the command takes it for any other. */
import type { JSX } from 'preact';
import { MODE_TEXT } from '../../mode-text.ts';
import { catalogue, type Side } from '../data.ts';
import { go, modesOf, screen } from '../state.ts';

const LAST = 40;

/** The prefix that a set's name stands for; null for a set that is none. */
export function prefixOf(name: string): number | null {
  if (name === 'base') return 0;
  if (name === 'final') return LAST;
  const found = /^p(\d{1,2})$/.exec(name);
  return found === null || Number(found[1]) > LAST ? null : Number(found[1]);
}

export function setName(prefix: number): string {
  return prefix === 0 ? 'base' : prefix === LAST ? 'final' : `p${String(prefix)}`;
}

/** What the set comes to, in a line. */
function describe(name: string): string {
  const prefix = prefixOf(name);
  if (prefix === 0) return 'before the series (v4.16-rc1)';
  if (prefix === null) return 'a set of its own';
  const step = catalogue.value?.steps[prefix - 1];
  return step === undefined ? `patches 1 to ${String(prefix)}` : `up to ${String(prefix)}: ${step.title.replace(/^arm(?:\/arm)?64: /, '')}`;
}

export interface StepSliderProps {
  readonly side: 'a' | 'b';
  readonly label: string;
  readonly state: Side | null;
}

export function StepSlider({ side, label, state }: StepSliderProps): JSX.Element {
  const name = screen.value[side];
  const prefix = prefixOf(name);
  const fallen = state?.answer?.fallen ?? [];
  const error = state?.error ?? null;
  return (
    <div class={`side side-${side}`}>
      <div class="side-head">
        <span class="side-name">{`${label}, ${MODE_TEXT[modesOf(screen.value)[side]]}`}</span>
        <label class="field inline">
          <span>set</span>
          <input
            class="mono set"
            value={name}
            maxLength={80}
            spellcheck={false}
            title="base, final, fixed, p0 to p40, linux-4.6, 1-24,28 or final,-33"
            onChange={({ currentTarget }) => go({ [side]: currentTarget.value.trim() })}
          />
        </label>
      </div>
      <input
        type="range"
        min={0}
        max={LAST}
        step={1}
        value={prefix ?? LAST}
        aria-label={`${label}: number of patches`}
        aria-valuetext={describe(name)}
        onInput={({ currentTarget }) => go({ [side]: setName(Number(currentTarget.value)) }, true)}
      />
      <p class="muted line" title={describe(name)}>{describe(name)}</p>
      {fallen.length > 0 && <p class="muted">{`fell with a patch that they require: ${fallen.map(({ step }) => String(step)).join(', ')}`}</p>}
      {error !== null && <p class="error" role="alert">{error}</p>}
    </div>
  );
}
