/** What others have published, and beside each figure ours, measured now on the plan that theirs was measured on. */
import type { BenchmarkRow, PublishedRow } from '@worldswitch/machine';
import type { JSX } from 'preact';
import { PhaseChart } from '../../charts/phase-chart.tsx';
import { MODE_TEXT } from '../../mode-text.ts';
import { measured, published } from '../data.ts';
import { chartWidth } from '../parts/width.ts';
import { go, withModes } from '../state.ts';
import { number } from '../switch/format.ts';

const TRUST: Readonly<Record<PublishedRow['trust'], string>> = { primary: 'read in the authors\u2019 own text', quoted: 'read in a text that quotes the table', remembered: 'remembered from the paper, not read again' };

const NAMES: Readonly<Record<string, string>> = {
  hvc: 'Hypercall', mmio_read_vgic: 'I/O answered by the kernel', mmio_read_user: 'I/O answered by user space', ipi: 'Virtual IPI', eoi: 'End of interrupt', vmswitch: 'Switch between VMs', io_latency_out: 'I/O latency out', io_latency_in: 'I/O latency in',
};
const nameOf = (benchmark: string): string => (Object.hasOwn(NAMES, benchmark) ? NAMES[benchmark]! : benchmark);

/** The scenario whose round trip stands behind a benchmark; empty for none. */
const SCENARIOS: Readonly<Record<string, string>> = { hvc: 'hvc', mmio_read_user: 'mmio' };

/** Two bars on one scale, ours and theirs. */
function Bars({ ours, theirs, max }: { readonly ours: number | null; readonly theirs: number; readonly max: number }): JSX.Element {
  const width = (value: number): string => `${String((100 * value) / max)}%`;
  return (
    <span class="pair" aria-hidden="true">
      <span class="pair-ours" style={{ width: ours === null ? '0' : width(ours) }} />
      <span class="pair-theirs" style={{ width: width(theirs) }} />
    </span>
  );
}

const sourceOf = ({ source, trust }: PublishedRow): string => `${source}; ${TRUST[trust]}`;
/** With one digit behind the point, whatever it is. */
const percent = (share: number): string => `${share < 0 ? '\u2212' : '+'}${Math.abs(100 * share).toFixed(1)}`;

interface RowProps {
  readonly row: PublishedRow;
  readonly result: BenchmarkRow | string | undefined;
  readonly max: number;
  /** The number of its source. */
  readonly source: number;
}

function Row({ row, result, max, source }: RowProps): JSX.Element {
  const ours = typeof result === 'object' ? result.cycles.mean : null;
  const scenario = Object.hasOwn(SCENARIOS, row.benchmark) ? SCENARIOS[row.benchmark]! : '';
  return (
    <tr>
      <th scope="row">
        {scenario === '' ? nameOf(row.benchmark) : <button type="button" class="link" title="The switch behind it" onClick={() => go({ view: 'switch', machine: row.machine, ...withModes(row.mode, row.mode), scenario, a: row.mode === 'vhe' ? 'base' : 'linux-4.0', b: row.mode === 'vhe' ? row.steps : 'final', open: '', patch: '' })}>{nameOf(row.benchmark)}</button>}
      </th>
      <td class="plan">{row.machine}</td>
      <td class="plan">{MODE_TEXT[row.mode]}</td>
      <td class="plan mono">{row.steps}</td>
      <td class="number" data-label="ours">{ours === null ? (result ?? '\u2026') : number(Math.round(ours))}</td>
      <td class="number" data-label="published">{number(row.value)}</td>
      <td class="number" data-label="deviation">{ours === null ? '' : `${percent(ours / row.value - 1)} %`}</td>
      <td class="bars"><Bars ours={ours} theirs={row.value} max={max} /></td>
      <td class="muted source" title={sourceOf(row)}>{`[${String(source)}]`}</td>
    </tr>
  );
}

const isMeasured = (result: BenchmarkRow | string): result is BenchmarkRow => typeof result === 'object';

export function CompareView(): JSX.Element {
  const rows = published.value;
  const results = measured.value;
  const max = Math.max(1, ...rows.map(({ value }) => value), ...results.filter(isMeasured).map(({ cycles }) => cycles.mean));
  const sources = [...new Set(rows.map(sourceOf))];
  const benchmarks = [...new Set(rows.map(({ benchmark }) => benchmark))];
  return (
    <>
      <p>Figures that others have published, and ours, measured now in this browser. A figure stands beside the plan whose code it was measured on and beside no other: the figures from before are of Linux 4.0. The costs are estimates (see the report for how much each matters).</p>
      <p class="muted" aria-live="polite">{results.length < rows.length || rows.length === 0 ? `${String(results.length)} of ${rows.length === 0 ? 'all' : String(rows.length)} measured` : `all ${String(rows.length)} measured`}</p>
      <div class="scroll panel" tabIndex={0} role="region" aria-label="Published figures and ours">
        <table class="compare-table">
          <thead>
            <tr><th scope="col">benchmark</th><th scope="col">machine</th><th scope="col">mode</th><th scope="col">plan</th><th scope="col" class="number">ours</th><th scope="col" class="number">published</th><th scope="col" class="number">deviation</th><th scope="col">ours above, published below</th><th scope="col">source</th></tr>
          </thead>
          <tbody>{rows.map((row, index) => <Row key={index} row={row} result={results[index]} max={max} source={sources.indexOf(sourceOf(row)) + 1} />)}</tbody>
        </table>
        <ol class="sources muted">{sources.map((source) => <li key={source}>{source}</li>)}</ol>
      </div>
      <section class="charts" aria-label="Phases">
        {benchmarks.map((benchmark) => {
          const bars = results.filter(isMeasured).filter((row) => row.benchmark === benchmark).map(({ machine, mode, steps, breakdown }) => ({ label: `${machine}, ${MODE_TEXT[mode]}, ${steps}`, phases: Object.entries(breakdown).filter(([, cycles]) => cycles > 0).map(([phase, cycles]) => ({ phase, cycles })) }));
          return bars.length === 0 ? null : <div key={benchmark} class="chart-box" tabIndex={0} role="region" aria-label={nameOf(benchmark)}><PhaseChart id={`compare-${benchmark}`} title={`${nameOf(benchmark)}: where the cycles go`} bars={bars} width={chartWidth.value} /></div>;
        })}
      </section>
    </>
  );
}
