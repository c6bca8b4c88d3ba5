/** Every operation of both switches by phase, a row each; open, with its instructions and the patches that changed it. */
import type { EntryKind, TimelineEntry, TimelineOperation, TimelinePhase } from '@worldswitch/machine';
import type { JSX } from 'preact';
import { phaseStyle } from '../../charts/style.ts';
import { PatchChip, patchTitle } from '../parts/patch-panel.tsx';
import { copy, showRegister } from '../parts/register-panel.tsx';
import type { PatchChange } from '../protocol.ts';
import { go, modesOf, screen } from '../state.ts';
import { align, entryKey, type AlignedOperation, type Mark, type Pair } from './alignment.ts';
import { number, PHASE_ORDER } from './format.ts';

const MARKS: Readonly<Record<Mark, { readonly sign: string; readonly text: string }>> = {
  same: { sign: '', text: 'the same on both sides' },
  changed: { sign: '\u2248', text: 'executed differently' },
  gone: { sign: '\u2212', text: 'on the left only' },
  new: { sign: '+', text: 'on the right only' },
  away: { sign: '\u2192', text: 'in another phase on the right' },
  here: { sign: '\u2190', text: 'in another phase on the left' },
};

const PHASE_TEXT: Readonly<Record<TimelinePhase, string>> = {
  load: 'before the run loop, not on every exit', flush: 'interrupts into list registers', enter: 'into the guest', guest: 'the guest, until its exit', exit: 'out of the guest', sync: 'interrupts back', put: 'before user space, not on every exit',
};

/** Kinds that are counted in a row, with their letters. */
const LETTERS: readonly (readonly [readonly EntryKind[], string, string])[] = [
  [['read'], 'R', 'reads of system registers'],
  [['write'], 'W', 'writes of system registers'],
  [['mmio-read', 'mmio-write'], 'M', 'accesses of devices'],
  [['barrier'], 'B', 'barriers'],
  [['frame-load', 'frame-store', 'vector-load', 'vector-store'], 'F', 'loads and stores of frames'],
  [['call', 'return'], 'E', 'exceptions and returns'],
];

function countsText(operation: TimelineOperation | null): string {
  if (operation === null) return '';
  const counted = LETTERS.map(([kinds, letter]): string => {
    const count = operation.entries.filter(({ kind }) => kinds.includes(kind)).length;
    return count === 0 ? '' : `${letter}${String(count)}`;
  });
  return counted.filter((text) => text !== '').join(' ');
}

const SIDES = { a: 'left', b: 'right' } as const;

/** A figure with a bar behind it; the scale is that of all rows. */
function Cycles({ operation, max, side }: { readonly operation: TimelineOperation | null; readonly max: number; readonly side: 'a' | 'b' }): JSX.Element {
  if (operation === null) return <span class="cycles none" aria-label={`${SIDES[side]}: not executed`}>{'\u00b7'}</span>;
  return (
    <span class="cycles number">
      <span class="cycle-bar" style={{ '--share': String(operation.cycles / max) }} />
      <span class="visually-hidden">{`${SIDES[side]}: `}</span>
      {number(operation.cycles)}
    </span>
  );
}

function Value({ entry, side }: { readonly entry: TimelineEntry | null; readonly side: 'a' | 'b' }): JSX.Element {
  if (entry === null) return <td class="none" aria-label={`${SIDES[side]}: not executed`}>{'\u00b7'}</td>;
  const { register, reached, value } = entry;
  const name = reached ?? register;
  if (value === null || name === null) return <td>{value ?? entry.exception ?? ''}</td>;
  return (
    <td>
      <button type="button" class="link mono" title={`${name} by field`} onClick={() => showRegister(name, value, modesOf(screen.value)[side] === 'vhe')}>{value}</button>{' '}
      <button type="button" class="copy" aria-label={`Copy ${name} ${value}`} title="Copy" onClick={() => copy(`${name} = ${value}`)}>copy</button>
    </td>
  );
}

function EntryRow({ a, b }: Pair<TimelineEntry>): JSX.Element {
  const entry = (a ?? b)!;
  const mark: Mark = a === null ? 'new' : b === null ? 'gone' : 'same';
  return (
    <tr class={`mark-${mark}`}>
      <td class="sign" title={MARKS[mark].text}>{MARKS[mark].sign}</td>
      <td>
        {entry.text}
        {entry.reached !== null && <span class="muted">{` (${entry.reached})`}</span>}
        {entry.exception !== null && entry.value === null && <span class="muted">{` ${entry.exception}`}</span>}
      </td>
      <Value entry={a} side="a" />
      <td class="number">{a === null ? '' : number(a.cycles)}</td>
      <Value entry={b} side="b" />
      <td class="number">{b === null ? '' : number(b.cycles)}</td>
    </tr>
  );
}

const VERBS: Readonly<Record<PatchChange['change'], string>> = {
  added: 'adds it', removed: 'removes it', moved: 'moves it', replaced: 'does it another way', to: 'moves it to', accessors: 'changes accessors', 'known-broken': 'breaks a rule',
};

function Opened({ a, b, patches }: AlignedOperation): JSX.Element {
  const pairs = align(a?.entries ?? [], b?.entries ?? [], entryKey);
  return (
    <div class="opened">
      {a !== null && b !== null && a.does !== b.does ? (
        <p><span class="muted">left: </span>{a.does}<br /><span class="muted">right: </span>{b.does}</p>
      ) : (
        <p>{(b ?? a)?.does}</p>
      )}
      {patches.map(({ step, change, detail }) => (
        <p key={`${String(step)} ${change} ${detail}`}><PatchChip step={step} />{` ${patchTitle(step)}: ${VERBS[change]} `}<span class="muted">{detail}</span></p>
      ))}
      <div class="scroll" tabIndex={0} role="region" aria-label="Instructions">
        <table class="entries mono">
          <thead><tr><th scope="col"><span class="visually-hidden">difference</span></th><th scope="col">instruction</th><th scope="col">left: value</th><th scope="col">cycles</th><th scope="col">right: value</th><th scope="col">cycles</th></tr></thead>
          <tbody>{pairs.map((pair, index) => <EntryRow key={index} {...pair} />)}</tbody>
        </table>
      </div>
    </div>
  );
}

function OperationRow({ row, max }: { readonly row: AlignedOperation; readonly max: number }): JSX.Element {
  const { key, id, a, b, mark, elsewhere, patches } = row;
  const isOpen = screen.value.open === key;
  const operation = (b ?? a)!;
  const { sign, text } = MARKS[mark];
  return (
    <li class={`operation mark-${mark}${isOpen ? ' is-open' : ''}`} data-operation={key} data-mark={mark}>
      <span class="sign" title={text}><span aria-hidden="true">{sign}</span><span class="visually-hidden">{text}</span></span>
      <button type="button" class="operation-name" aria-expanded={isOpen} onClick={() => go({ open: isOpen ? '' : key }, true)}>
        <span class="mono">{id ?? 'around the operations'}</span>
        {operation.variant !== '' && <span class="muted">{` ${operation.variant}`}</span>}
        {elsewhere !== null && <span class="where">{mark === 'away' ? ` \u2192 ${elsewhere}` : ` \u2190 ${elsewhere}`}</span>}
      </button>
      <span class="letters mono muted">{countsText(operation)}</span>
      <span class="chips">{[...new Set(patches.map(({ step }) => step))].map((step) => <PatchChip key={step} step={step} />)}</span>
      <Cycles operation={a} max={max} side="a" />
      <Cycles operation={b} max={max} side="b" />
      {isOpen && <Opened {...row} />}
    </li>
  );
}

const total = (rows: readonly AlignedOperation[], side: 'a' | 'b'): number => rows.reduce((sum, row) => sum + (row[side]?.cycles ?? 0), 0);

interface PhaseSectionProps {
  readonly phase: TimelinePhase;
  readonly rows: readonly AlignedOperation[];
  readonly max: number;
  readonly isFiltered: boolean;
}

function PhaseSection({ phase, rows, max, isFiltered }: PhaseSectionProps): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <section class="phase" aria-label={phase} style={{ '--phase': `var(--phase-${phaseStyle(phase).token})` }}>
      <h3 class="phase-head">
        <span class="phase-name">{phase}<span class="muted phase-text">{PHASE_TEXT[phase]}</span></span>
        {!isFiltered && <span class="cycles number">{number(total(rows, 'a'))}</span>}
        {!isFiltered && <span class="cycles number">{number(total(rows, 'b'))}</span>}
      </h3>
      <ol class="operations">{rows.map((row) => <OperationRow key={row.key} row={row} max={max} />)}</ol>
    </section>
  );
}

/** Where there is room the way into the guest stands beside the way out. */
const FIRST_OUT = PHASE_ORDER.indexOf('guest');

export function OperationList({ rows, isFiltered }: { readonly rows: readonly AlignedOperation[]; readonly isFiltered: boolean }): JSX.Element {
  const max = Math.max(1, ...rows.flatMap(({ a, b }) => [a?.cycles ?? 0, b?.cycles ?? 0]));
  return (
    <>
      <p class="muted legend">
        {Object.values(MARKS).filter(({ sign }) => sign !== '').map(({ sign, text }) => <span key={sign}><b>{sign}</b>{` ${text}`}</span>)}
        {LETTERS.map(([, letter, text]) => <span key={letter}><b class="mono">{letter}</b>{` ${text}`}</span>)}
      </p>
      <div class="phases">
        {[PHASE_ORDER.slice(0, FIRST_OUT), PHASE_ORDER.slice(FIRST_OUT)].map((phases, column) => (
          <div key={column}>
            {phases.map((phase) => <PhaseSection key={phase} phase={phase} rows={rows.filter((row) => row.phase === phase)} max={max} isFiltered={isFiltered} />)}
          </div>
        ))}
      </div>
    </>
  );
}
