/** The ladder: every prefix of the series, executed now, in both modes. A bar leads to the switch behind it. */
import type { CountName, TransferCounts } from '@worldswitch/machine';
import type { JSX } from 'preact';
import { LadderChart, type LadderBar } from '../../charts/ladder-chart.tsx';
import { MODE_TEXT } from '../../mode-text.ts';
import { controllersKey, ladderKey, ladders, loadPuts, TRANSFERS, type Rows } from '../data.ts';
import { RunControls, Select, type Option } from '../parts/controls.tsx';
import { prefixOf, setName } from '../parts/step-slider.tsx';
import { chartWidth } from '../parts/width.ts';
import type { LadderAnswer, LoadPutAnswer } from '../protocol.ts';
import { go, MODE_NAMES, screen, withModes } from '../state.ts';

type Quantity = CountName | 'cycles';

const QUANTITIES: readonly { readonly value: Quantity; readonly text: string }[] = [
  { value: 'reads', text: 'system register reads' }, { value: 'writes', text: 'system register writes' }, { value: 'cycles', text: 'cycles' },
  { value: 'trapConfigWrites', text: 'writes of trap configuration' }, { value: 'isb', text: 'ISB' }, { value: 'dsb', text: 'DSB' },
  { value: 'exceptionsToEl2', text: 'exceptions to EL2' }, { value: 'erets', text: 'ERET' }, { value: 'hvcs', text: 'calls of the hypervisor' }, { value: 'mmioReads', text: 'MMIO reads' }, { value: 'mmioWrites', text: 'MMIO writes' },
  { value: 'frameWordsStored', text: 'frame words stored' }, { value: 'frameWordsLoaded', text: 'frame words loaded' },
];
const SHOWN_FIRST = 3;
const OPTIONS: readonly Option[] = [{ value: '', text: 'reads, writes and cycles' }, ...QUANTITIES, { value: TRANSFERS, text: 'load and put' }];

const valueOf = ({ counts, cycles }: LadderAnswer, quantity: Quantity): number => (quantity === 'cycles' ? cycles : counts[quantity]);

function Progress({ done, of, what }: { readonly done: number; readonly of: number; readonly what: string }): JSX.Element {
  return <p class="muted" aria-live="polite">{done < of ? `${String(done)} of ${String(of)} ${what} executed` : `${String(of)} ${what} executed in this browser`}</p>;
}

/** One quantity, in each mode. */
interface Drawn {
  readonly name: string;
  readonly text: string;
  readonly bars: readonly (readonly LadderBar[])[];
}

const LOAD_PUT: readonly { readonly phase: 'load' | 'put'; readonly name: 'reads' | 'writes'; readonly text: string }[] = [
  { phase: 'load', name: 'reads', text: 'load: register reads' }, { phase: 'load', name: 'writes', text: 'load: register writes' },
  { phase: 'put', name: 'reads', text: 'put: register reads' }, { phase: 'put', name: 'writes', text: 'put: register writes' },
];

const barOf = ({ prefix, step }: LadderAnswer | LoadPutAnswer, value: number): LadderBar => ({ prefix, step, value });

function drawnOf(found: readonly Rows<LadderAnswer>[], shown: string): readonly Drawn[] {
  const chosen = QUANTITIES.filter(({ value }) => value === shown);
  const quantities = chosen.length === 0 ? QUANTITIES.slice(0, SHOWN_FIRST) : chosen;
  return quantities.map(({ value, text }) => ({ name: value, text, bars: found.map(({ rows }) => rows.map((row) => barOf(row, valueOf(row, value)))) }));
}

function Charts({ name, text, bars }: Drawn): JSX.Element {
  const max = Math.max(1, ...bars.flat().map(({ value }) => value));
  const selected = prefixOf(screen.value.b);
  return (
    <section class="charts" aria-label={text}>
      {MODE_NAMES.map((mode, index) => (
        <div key={mode} class="chart-box" data-quantity={name} data-mode={mode}>
          <LadderChart
            title={`${text}, ${MODE_TEXT[mode]}`}
            bars={bars[index] ?? []}
            max={max}
            width={chartWidth.value}
            {...(selected !== null && mode === screen.value.mode && { selected })}
            onSelect={(prefix) => go({ view: 'switch', ...withModes(mode, mode), a: setName(Math.max(0, prefix - 1)), b: setName(prefix), open: '', patch: prefix === 0 ? '' : String(prefix) })}
          />
        </div>
      ))}
    </section>
  );
}

const NOTHING = { rows: [], error: null } as const;

export function LadderView(): JSX.Element {
  const { machine, scenario, shown } = screen.value;
  const isTransfer = shown === TRANSFERS;
  const trips = MODE_NAMES.map((mode): Rows<LadderAnswer> => ladders.value.get(ladderKey(machine, mode, scenario)) ?? NOTHING);
  const transfers = MODE_NAMES.map((mode): Rows<LoadPutAnswer> => loadPuts.value.get(ladderKey(machine, mode, controllersKey(scenario))) ?? NOTHING);
  const asked = isTransfer ? transfers : trips;
  const drawn = isTransfer ? LOAD_PUT.map(({ phase, name, text }): Drawn => ({ name: `${phase} ${name}`, text, bars: transfers.map(({ rows }) => rows.map((row) => barOf(row, row[phase][name]))) })) : drawnOf(trips, shown);
  return (
    <>
      <RunControls withMode={false}>
        <Select label="Shown" value={OPTIONS.some(({ value }) => value === shown) ? shown : ''} options={OPTIONS} onChange={(value) => go({ shown: value }, true)} />
      </RunControls>
      <p>{`${isTransfer ? 'vcpu_load and vcpu_put, which an exit to user space or a reschedule pays' : 'One round trip, from flush to sync,'} for each prefix of the forty patches. Blue bars fall, hollow orange ones rise; choose a bar to see the switch before and after that patch.`}</p>
      <Progress done={asked.reduce((sum, { rows }) => sum + rows.length, 0)} of={asked.length * 41} what={isTransfer ? 'loads and puts' : 'round trips'} />
      {asked.map(({ error }, index) => error !== null && <p key={MODE_NAMES[index]} class="error" role="alert">{error}</p>)}
      <div class="ladder-charts">{drawn.map((one) => <Charts key={one.name} {...one} />)}</div>
      {isTransfer ? (
        <RowsTable what={controllersKey(scenario)} columns={transferColumns(transfers)} found={transfers} valueOf={({ load, put }, [phase, name]) => (phase === 'load' ? load : put)[name]} />
      ) : (
        <RowsTable what={scenario} columns={QUANTITIES.map(({ value }) => value)} found={trips} valueOf={valueOf} />
      )}
    </>
  );
}

/** The columns that rows of load and put have. */
function transferColumns(found: readonly Rows<LoadPutAnswer>[]): readonly (readonly ['load' | 'put', keyof TransferCounts])[] {
  const row = found.flatMap(({ rows }) => rows)[0];
  return row === undefined ? [] : (['load', 'put'] as const).flatMap((phase) => (Object.keys(row[phase]) as (keyof TransferCounts)[]).map((name) => [phase, name] as const));
}

interface RowsTableProps<T, C> {
  /** The scenario or the controllers. */
  readonly what: string;
  readonly columns: readonly C[];
  /** In the order of modes. */
  readonly found: readonly Rows<T>[];
  readonly valueOf: (row: T, column: C) => number;
}

function RowsTable<T extends LadderAnswer | LoadPutAnswer, C extends string | readonly string[]>({ what, columns, found, valueOf: valueIn }: RowsTableProps<T, C>): JSX.Element {
  const nameOf = (column: C): string => (typeof column === 'string' ? column : column.join(' '));
  return (
    <details>
      <summary>The same as a table</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="The ladder as a table">
        <table class="mono ladder-table" data-ladder={what}>
          <thead>
            <tr><th scope="col">mode</th><th scope="col">prefix</th><th scope="col">patch</th>{columns.map((column) => <th key={nameOf(column)} scope="col">{nameOf(column)}</th>)}</tr>
          </thead>
          <tbody>
            {found.flatMap(({ rows }, index) =>
              rows.map((row) => (
                <tr key={`${String(index)} ${String(row.prefix)}`} data-mode={MODE_NAMES[index]} data-prefix={row.prefix}>
                  <td>{MODE_NAMES[index]}</td><td class="number">{row.prefix}</td><td>{row.step ?? 'base'}</td>
                  {columns.map((column) => <td key={nameOf(column)} class="number" data-count={nameOf(column)}>{valueIn(row, column)}</td>)}
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </details>
  );
}
