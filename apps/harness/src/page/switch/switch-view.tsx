/** The world switch: two step sets side by side, what it comes to, and every operation in order. */
import type { CountName } from '@worldswitch/machine';
import type { JSX } from 'preact';
import { PhaseChart, type PhaseBar } from '../../charts/phase-chart.tsx';
import { MODE_TEXT } from '../../mode-text.ts';
import { bothSides, catalogue, changes, sideA, sideB } from '../data.ts';
import { RunControls, scenarioText } from '../parts/controls.tsx';
import { PatchChip, PatchPanel, patchTitle } from '../parts/patch-panel.tsx';
import { RegisterPanel } from '../parts/register-panel.tsx';
import { StepSlider } from '../parts/step-slider.tsx';
import { chartWidth } from '../parts/width.ts';
import type { SwitchAnswer } from '../protocol.ts';
import { go, screen } from '../state.ts';
import { alignTimelines, changesBetween, isEveryExit, type AlignedOperation, type SideChanges } from './alignment.ts';
import { number, PHASE_ORDER, signed } from './format.ts';
import { OperationList } from './operation-list.tsx';
import { downloadTrace } from './trace-export.ts';

const COUNTS: readonly { readonly name: CountName; readonly text: string }[] = [
  { name: 'reads', text: 'register reads' }, { name: 'writes', text: 'register writes' }, { name: 'trapConfigWrites', text: 'trap control writes' }, { name: 'isb', text: 'ISB' }, { name: 'dsb', text: 'DSB' },
  { name: 'exceptionsToEl2', text: 'exceptions to EL2' }, { name: 'hvcs', text: 'calls of the hypervisor' }, { name: 'mmioReads', text: 'MMIO reads' }, { name: 'mmioWrites', text: 'MMIO writes' },
];

interface Sides {
  readonly a: SwitchAnswer;
  readonly b: SwitchAnswer;
}

/** The step sets' names, with the modes where those differ. */
function sideNames({ a, b }: Sides): { readonly a: string; readonly b: string } {
  return a.mode === b.mode ? { a: a.name, b: b.name } : { a: `${a.name}, ${MODE_TEXT[a.mode]}`, b: `${b.name}, ${MODE_TEXT[b.mode]}` };
}

function CountTable({ a, b }: Sides): JSX.Element {
  const names = sideNames({ a, b });
  const shown = COUNTS.filter(({ name }) => a.timeline.counts[name] > 0 || b.timeline.counts[name] > 0);
  const row = (name: string, text: string, before: number, after: number): JSX.Element => (
    <tr key={name} class={name === 'cycles' ? 'strong' : ''}>
      <th scope="row">{text}</th>
      <td class="number" data-side="a" data-count={name}>{number(before)}</td>
      <td class="number" data-side="b" data-count={name}>{number(after)}</td>
      <td class={`number${before === after ? ' muted' : ''}`} data-side="difference" data-count={name}>{signed(after - before)}</td>
    </tr>
  );
  return (
    <table class="counts">
      <thead>
        <tr><th scope="col">of a round trip</th><th scope="col" class="mono" data-side="a">{names.a}</th><th scope="col" class="mono" data-side="b">{names.b}</th><th scope="col">difference</th></tr>
      </thead>
      <tbody>
        {shown.map(({ name, text }) => row(name, text, a.timeline.counts[name], b.timeline.counts[name]))}
        {row('cycles', 'cycles', a.timeline.cycles, b.timeline.cycles)}
      </tbody>
    </table>
  );
}

function phaseBar(label: string, { timeline }: SwitchAnswer): PhaseBar {
  const phases = PHASE_ORDER.filter(isEveryExit).map((phase) => ({ phase, cycles: timeline.operations.filter((one) => one.phase === phase).reduce((sum, { cycles }) => sum + cycles, 0) }));
  return { label, phases: phases.filter(({ cycles }) => cycles > 0) };
}

function Headline({ a, b }: Sides): JSX.Element {
  const names = sideNames({ a, b });
  const { cycles: before } = a.timeline;
  const { cycles: after } = b.timeline;
  const change = before === 0 ? 0 : (100 * (after - before)) / before;
  return (
    <p class="headline">
      <span class="figure"><span class="mono">{names.a}</span> <b class="number">{number(before)}</b></span>
      <span aria-hidden="true" class="muted">{'\u2192'}</span>
      <span class="figure"><span class="mono">{names.b}</span> <b class="number">{number(after)}</b></span>
      <span class="muted">{`cycles a round trip${before === after ? ', the same' : `, ${signed(Number(change.toFixed(1)))} %`}`}</span>
    </p>
  );
}

const MOST_GONE = 12;

/** What every exit paid before and does not pay any more: the point of the series, in one list. */
function Gone({ rows, name }: { readonly rows: readonly AlignedOperation[]; readonly name: string }): JSX.Element | null {
  const leaving = rows.filter(({ phase, mark, id }) => isEveryExit(phase) && id !== null && (mark === 'gone' || (mark === 'away' && !rows.some((row) => row.id === id && row.mark === 'here' && isEveryExit(row.phase)))));
  const cycles = leaving.reduce((sum, { a }) => sum + (a?.cycles ?? 0), 0);
  const sorted = leaving.toSorted((x, y) => (y.a?.cycles ?? 0) - (x.a?.cycles ?? 0));
  if (sorted.length === 0) return <p class="muted">{`No operation has left the round trip with ${name}.`}</p>;
  return (
    <div>
      <h3>{`Gone from every exit with ${name}: ${String(sorted.length)} operations, ${number(cycles)} cycles`}</h3>
      <ul class="gone">
        {sorted.slice(0, MOST_GONE).map(({ key, id, phase, a, elsewhere, patches }) => (
          <li key={key}>
            <span class="number">{number(a?.cycles ?? 0)}</span>
            <button type="button" class="link mono" onClick={() => go({ open: key, find: '' })}>{id}</button>
            <span class="muted">{elsewhere === null ? phase : `${phase} \u2192 ${elsewhere}`}</span>
            {[...new Set(patches.map(({ step }) => step))].map((step) => <PatchChip key={step} step={step} />)}
          </li>
        ))}
      </ul>
      {sorted.length > MOST_GONE && <p class="muted">{`and ${String(sorted.length - MOST_GONE)} more, below`}</p>}
    </div>
  );
}

const contains = (text: string, wanted: string): boolean => text.toLowerCase().includes(wanted);

function matches({ id, a, b, patches }: AlignedOperation, wanted: string): boolean {
  const entries = [...(a?.entries ?? []), ...(b?.entries ?? [])];
  return contains(`${id ?? ''} ${a?.does ?? ''} ${b?.does ?? ''}`, wanted) || patches.some(({ step }) => String(step) === wanted) || entries.some(({ text, reached }) => contains(`${text} ${reached ?? ''}`, wanted));
}

function FoundPatches({ wanted }: { readonly wanted: string }): JSX.Element | null {
  const found = (catalogue.value?.steps ?? []).filter(({ number: step, slug, title }) => String(step) === wanted || contains(`${slug} ${title}`, wanted));
  if (found.length === 0) return null;
  return (
    <section aria-label="Patches found">
      <h3>{`Patches with \u201c${wanted}\u201d`}</h3>
      <ul class="gone">{found.map(({ number: step }) => <li key={step}><PatchChip step={step} /><span>{patchTitle(step)}</span></li>)}</ul>
    </section>
  );
}

const changesOf = ({ mode, on }: SwitchAnswer): SideChanges => ({ on, changes: changes.value[mode] ?? [] });

function allRows({ a, b }: Sides): readonly AlignedOperation[] {
  return alignTimelines(a.timeline, b.timeline, PHASE_ORDER, changesBetween(changesOf(a), changesOf(b)));
}

export function SwitchView(): JSX.Element {
  const sides = bothSides.value;
  const { machine, scenario, find } = screen.value;
  const names = sides === null ? { a: '', b: '' } : sideNames(sides);
  const wanted = find.trim().toLowerCase();
  const rows = sides === null ? [] : allRows(sides);
  const shown = wanted === '' ? rows : rows.filter((row) => matches(row, wanted));
  return (
    <>
      <RunControls withMode />
      <section class="sides" aria-label="Step sets">
        <StepSlider side="a" label="Left" state={sideA.value} />
        <StepSlider side="b" label="Right" state={sideB.value} />
      </section>
      <section class={`summary${sides?.isStale === true ? ' stale' : ''}`} aria-label="What it comes to" aria-busy={sides === null || sides.isStale}>
        <h2 class="visually-hidden">{`${scenarioText(scenario)} on ${machine}`}</h2>
        {sides === null ? (
          <p class="headline muted">Executing both switches in this browser{'\u2026'}</p>
        ) : (
          <>
            <Headline a={sides.a} b={sides.b} />
            <div class="summary-grid">
              <div class="figures">
                <CountTable a={sides.a} b={sides.b} />
                <PhaseChart id="summary" width={chartWidth.value} title="Where the cycles of a round trip go" bars={[phaseBar(`Left: ${names.a}`, sides.a), phaseBar(`Right: ${names.b}`, sides.b)]} />
              </div>
              <Gone rows={rows} name={names.b} />
            </div>
          </>
        )}
      </section>
      {wanted !== '' && <FoundPatches wanted={wanted} />}
      <div class="panels"><PatchPanel /><RegisterPanel /></div>
      {sides !== null && (
        <section aria-label="Every operation in order" class={sides.isStale ? 'stale' : ''}>
          <div class="panel-head">
            <h2>Every operation, in the order in which it is executed</h2>
            <button type="button" class="quiet" onClick={() => downloadTrace(sides.a, sides.b, machine)}>Save as a Chrome / Perfetto trace</button>
          </div>
          {wanted !== '' && <p class="muted" aria-live="polite">{`${String(shown.length)} of ${String(rows.length)} operations have \u201c${wanted}\u201d`}</p>}
          <OperationList rows={shown} isFiltered={wanted !== ''} />
        </section>
      )}
    </>
  );
}
