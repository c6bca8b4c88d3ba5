/** One patch explained: what it does to the plan, why that is legal, what a counter shows. */
import type { StepRow } from '@worldswitch/hyp';
import type { JSX } from 'preact';
import { MODE_TEXT } from '../../mode-text.ts';
import { catalogue, changes } from '../data.ts';
import { go, modesOf, screen, type Mode } from '../state.ts';
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

function movesOf({ number, modes }: StepRow, mode: Mode): readonly string[] {
  const moves = (changes.value[mode] ?? []).filter(({ step }) => step === number);
  if (moves.length === 0) return [modes.includes(mode) ? 'nothing that runs' : `nothing: it is about ${modes.map((one) => MODE_TEXT[one]).join(' and ')}`];
  return moves.map(({ phase, change, operation, detail }) => `${phase}: ${operation} ${change === 'to' ? '\u2192' : change} ${detail}`);
}

export function PatchPanel(): JSX.Element | null {
  const { patch } = screen.value;
  const row = catalogue.value?.steps[Number(patch) - 1];
  if (patch === '' || row === undefined) return null;
  return (
    <section class="panel detail" aria-label={`Patch ${patch}`}>
      <div class="panel-head">
        <h2>{`${patch}  ${row.title}`}</h2>
        <button type="button" class="quiet" onClick={() => go({ patch: '' })} aria-label="Close the patch">Close</button>
      </div>
      <p>{row.why}</p>
      <p class="actions">
        <button type="button" onClick={() => go({ view: 'switch', a: setName(row.number - 1), b: setName(row.number), open: '' })}>Show the switch before and after it</button>
      </p>
      {[...new Set(Object.values(modesOf(screen.value)))].map((mode) => <Lines key={mode} heading={`What moves, ${MODE_TEXT[mode]}`} lines={movesOf(row, mode)} />)}
      <Lines heading="What a counter shows" lines={row.counters} />
      <Lines heading="Hazards" lines={row.hazards} />
      <Lines heading="Requires" lines={row.requires.map((step) => `${String(step)} ${patchTitle(step)}`)} />
      <Lines heading="Mended later" lines={row.fixes.map(({ since, what }) => `${since}: ${what}`)} />
    </section>
  );
}
