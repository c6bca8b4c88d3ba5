/** The ladder: every prefix of the series, executed now, in both modes. A bar leads to the switch behind it. */
import type { CountName } from '@worldswitch/machine';
import type { JSX } from 'preact';
import { LadderChart, type LadderBar } from '../../charts/ladder-chart.tsx';
import { ladderKey, ladders } from '../data.ts';
import { RunControls, Select, type Option } from '../parts/controls.tsx';
import { prefixOf, setName } from '../parts/step-slider.tsx';
import { chartWidth } from '../parts/width.ts';
import type { LadderAnswer } from '../protocol.ts';
import { go, MODE_NAMES, screen, withModes } from '../state.ts';

type Quantity = CountName | 'cycles';

const QUANTITIES: readonly { readonly value: Quantity; readonly text: string }[] = [
  { value: 'reads', text: 'system register reads' }, { value: 'writes', text: 'system register writes' }, { value: 'cycles', text: 'cycles' },
  { value: 'trapConfigWrites', text: 'writes of trap configuration' }, { value: 'isb', text: 'ISB' }, { value: 'dsb', text: 'DSB' },
  { value: 'exceptionsToEl2', text: 'exceptions to EL2' }, { value: 'erets', text: 'ERET' }, { value: 'hvcs', text: 'calls of the hypervisor' }, { value: 'mmioReads', text: 'MMIO reads' }, { value: 'mmioWrites', text: 'MMIO writes' },
  { value: 'frameWordsStored', text: 'frame words stored' }, { value: 'frameWordsLoaded', text: 'frame words loaded' },
];
const SHOWN_FIRST = 3;
const OPTIONS: readonly Option[] = [{ value: '', text: 'reads, writes and cycles' }, ...QUANTITIES];

const valueOf = ({ counts, cycles }: LadderAnswer, quantity: Quantity): number => (quantity === 'cycles' ? cycles : counts[quantity]);

function Progress({ done, of }: { readonly done: number; readonly of: number }): JSX.Element {
  return <p class="muted" aria-live="polite">{done < of ? `${String(done)} of ${String(of)} round trips executed` : `${String(of)} round trips executed in this browser`}</p>;
}

export function LadderView(): JSX.Element {
  const { machine, scenario, b, shown } = screen.value;
  const found = MODE_NAMES.map((mode) => ({ mode, ladder: ladders.value.get(ladderKey(machine, mode, scenario)) ?? { rows: [], error: null } }));
  const chosen = QUANTITIES.filter(({ value }) => value === shown);
  const quantities = chosen.length === 0 ? QUANTITIES.slice(0, SHOWN_FIRST) : chosen;
  return (
    <>
      <RunControls withMode={false}>
        <Select label="Shown" value={chosen[0]?.value ?? ''} options={OPTIONS} onChange={(value) => go({ shown: value }, true)} />
      </RunControls>
      <p>One round trip, from flush to sync, for each prefix of the forty patches. Blue bars fall, hollow orange ones rise; choose a bar to see the switch before and after that patch.</p>
      <Progress done={found.reduce((sum, { ladder }) => sum + ladder.rows.length, 0)} of={found.length * 41} />
      {found.map(({ mode, ladder }) => ladder.error !== null && <p key={mode} class="error" role="alert">{ladder.error}</p>)}
      <div class="ladder-charts">
        {quantities.map(({ value: quantity, text }) => {
          const max = Math.max(1, ...found.flatMap(({ ladder }) => ladder.rows.map((row) => valueOf(row, quantity))));
          return (
            <section key={quantity} class="charts" aria-label={text}>
              {found.map(({ mode, ladder }) => {
                const bars = ladder.rows.map((row): LadderBar => ({ prefix: row.prefix, step: row.step, value: valueOf(row, quantity) }));
                const selected = prefixOf(b);
                return (
                  <div key={mode} class="chart-box" data-quantity={quantity} data-mode={mode}>
                    <LadderChart
                      title={`${text}, ${mode === 'vhe' ? 'VHE' : 'non-VHE'}`}
                      bars={bars}
                      max={max}
                      width={chartWidth.value}
                      {...(selected !== null && mode === screen.value.mode && { selected })}
                      onSelect={(prefix) => go({ view: 'switch', ...withModes(mode, mode), a: setName(Math.max(0, prefix - 1)), b: setName(prefix), open: '', patch: prefix === 0 ? '' : String(prefix) })}
                    />
                  </div>
                );
              })}
            </section>
          );
        })}
      </div>
      <LadderTable found={found} />
    </>
  );
}

function LadderTable({ found }: { readonly found: readonly { readonly mode: string; readonly ladder: { readonly rows: readonly LadderAnswer[] } }[] }): JSX.Element {
  return (
    <details>
      <summary>The same as a table</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="The ladder as a table">
        <table class="mono ladder-table">
          <thead>
            <tr><th scope="col">mode</th><th scope="col">prefix</th><th scope="col">patch</th>{QUANTITIES.map(({ value }) => <th key={value} scope="col">{value}</th>)}</tr>
          </thead>
          <tbody>
            {found.flatMap(({ mode, ladder }) =>
              ladder.rows.map((row) => (
                <tr key={`${mode} ${String(row.prefix)}`} data-mode={mode} data-prefix={row.prefix}>
                  <td>{mode}</td><td class="number">{row.prefix}</td><td>{row.step ?? 'base'}</td>
                  {QUANTITIES.map(({ value }) => <td key={value} class="number" data-count={value}>{valueOf(row, value)}</td>)}
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </details>
  );
}
