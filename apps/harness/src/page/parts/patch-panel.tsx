/** One patch explained: what it does to the plan, why that is legal, what a counter shows. */
import type { JSX } from 'preact';
import { catalogue, changes } from '../data.ts';
import { go, screen } from '../state.ts';
import { setName } from './step-slider.tsx';

export function patchTitle(step: number): string {
  return catalogue.value?.steps[step - 1]?.title.replace(/^arm(?:\/arm)?64: /, '') ?? '';
}

export function PatchChip({ step }: { readonly step: number }): JSX.Element {
  return (
    <button type="button" class="chip mono" title={`${String(step)}: ${patchTitle(step)}`} aria-label={`patch ${String(step)}: ${patchTitle(step)}`} onClick={() => go({ patch: String(step) })}>
      {step}
    </button>
  );
}

function Lines({ heading, lines }: { readonly heading: string; readonly lines: readonly string[] }): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <>
      <h3>{heading}</h3>
      <ul>{lines.map((line) => <li key={line}>{line}</li>)}</ul>
    </>
  );
}

export function PatchPanel(): JSX.Element | null {
  const { patch, mode } = screen.value;
  const row = catalogue.value?.steps[Number(patch) - 1];
  if (patch === '' || row === undefined) return null;
  const moves = (changes.value[mode] ?? []).filter(({ step }) => step === row.number);
  return (
    <section class="panel" aria-label={`Patch ${patch}`}>
      <div class="panel-head">
        <h2>{`${patch}  ${row.title}`}</h2>
        <button type="button" class="quiet" onClick={() => go({ patch: '' })} aria-label="Close the patch">Close</button>
      </div>
      <p>{row.why}</p>
      <p class="actions">
        <button type="button" onClick={() => go({ view: 'switch', a: setName(row.number - 1), b: setName(row.number), open: '' })}>Show the switch before and after it</button>
      </p>
      <Lines heading={`What moves (${mode})`} lines={moves.length === 0 ? [row.modes.includes(mode) ? 'nothing that runs' : `nothing: it is about ${row.modes.join(' and ')}`] : moves.map(({ phase, change, operation, detail }) => `${phase}: ${operation} ${change === 'to' ? '\u2192' : change} ${detail}`)} />
      <Lines heading="What a counter shows" lines={row.counters} />
      <Lines heading="Hazards" lines={row.hazards} />
      <Lines heading="Requires" lines={row.requires.map((step) => `${String(step)} ${patchTitle(step)}`)} />
      <Lines heading="Mended later" lines={row.fixes.map(({ since, what }) => `${since}: ${what}`)} />
    </section>
  );
}
