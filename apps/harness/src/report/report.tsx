/**
 * The report of an experiment: one HTML file that needs nothing else, for a kernel developer, on a screen or on paper. It says what was
 * measured, what others have measured, what follows, how far that hangs on estimates, and what did not come out.
 */
import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { LAST_PREFIX, MODE_NAMES, STEPS, type ModeName } from '@worldswitch/hyp';
import { PROFILES, UNITS_PER_CYCLE, type BenchmarkRow, type LadderRow, type LoadPutRow, type PriceSource, type ProfileName } from '@worldswitch/machine';
import { EVENTS } from '@worldswitch/cpu/arch';
import { LadderChart } from '../charts/ladder-chart.tsx';
import { PhaseChart } from '../charts/phase-chart.tsx';
import { CHART_CSS } from '../charts/style.ts';
import { CHARGED_RANGE, doubtsOf, type Conclusion, type Shift } from '../experiment/conclusions.ts';
import { isBenchmarkRow, isLadderRow, isLoadPutRow, type Comparison, type HarnessDocument } from '../experiment/document.ts';
import { PRICE_RANGE } from '../experiment/experiments.ts';
import { MODE_TEXT } from '../mode-text.ts';
import { differences, NOT_REPRODUCED } from './not-reproduced.ts';
import { REPORT_CSS } from './style.ts';

export function reportOf(document: HarnessDocument): string {
  return `<!doctype html>\n${renderToString(<Report {...document} />)}\n`;
}

function Report(document: HarnessDocument): JSX.Element {
  const { experiment, versions, started, cells } = document;
  const bench = cells.flatMap(({ change, result }) => (change === null && isBenchmarkRow(result) ? [result] : []));
  const ladder = cells.flatMap(({ machine, result }) => (isLadderRow(result) && result.skipped === undefined ? [{ ...result, machine }] : []));
  const loadPut = cells.flatMap(({ result }) => (isLoadPutRow(result) ? [result] : []));
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{`Worldswitch: the experiment ${experiment}`}</title>
        <style dangerouslySetInnerHTML={{ __html: CHART_CSS + REPORT_CSS }} />
      </head>
      <body>
        <header>
          <h1>What a world switch costs, and where</h1>
          <p class="muted">{`Worldswitch ${versions.worldswitch}, experiment ${experiment}: ${String(cells.length)} cells, ${started.slice(0, 10)}. Build ${versions.build.slice(0, 16)}.`}</p>
        </header>
        <Findings {...document} />
        <HowToRead />
        <Published rows={document.summary.published} />
        <Everything rows={bench} />
        <Ladder rows={ladder} />
        <LoadPut rows={loadPut} />
        <Phases rows={bench} />
        <Increments rows={bench} />
        <Sensitivity conclusions={document.summary.conclusions} />
        <NotReproduced rows={document.summary.published} bench={bench} />
        <Prices machines={[...new Set(bench.map(({ machine }) => machine as ProfileName))]} />
        <Checks {...document} />
      </body>
    </html>
  );
}

// ---- Parts of pages ----------------------------------------------------------------------------------------------------

const whole = (value: number): string => Math.round(value).toLocaleString('en').replace('-', '\u2212');
const signed = (value: number, digits = 0): string => `${value < 0 ? '\u2212' : '+'}${Math.abs(value).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;

function Section({ id, title, children }: { readonly id: string; readonly title: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** A table with more rows may be broken by a page of paper. */
const MOST_ON_A_PAGE = 32;

/** A table whose first `text` columns are words; the others are figures. */
function Table({ heading, rows, text = 1, caption }: { readonly heading: readonly string[]; readonly rows: readonly (readonly ComponentChildren[])[]; readonly text?: number; readonly caption?: string }): JSX.Element {
  return (
    <div class={`scroll${rows.length > MOST_ON_A_PAGE ? '' : ' whole'}`}>
      <table>
        {caption !== undefined && <caption>{caption}</caption>}
        <thead><tr>{heading.map((cell, column) => <th key={column} scope="col" class={column < text ? '' : 'figure'}>{cell}</th>)}</tr></thead>
        <tbody>{rows.map((row, index) => <tr key={index}>{row.map((cell, column) => <td key={column} class={column < text ? '' : 'figure'}>{cell}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

// ---- Sections ----------------------------------------------------------------------------------------------------------

function Findings({ summary: { conclusions, violations, checks } }: HarnessDocument): JSX.Element {
  return (
    <section class="findings" aria-label="Findings">
      {violations.length > 0 && <p class="violated">{`${String(violations.length)} of ${String(checks)} checks are violated, so the figures below may be wrong: see the last section.`}</p>}
      {VERDICTS.map(({ heading, isOf }) => {
        const own = conclusions.filter(isOf);
        if (own.length === 0) return null;
        return (
          <section key={heading}>
            <h3>{heading}</h3>
            <ul>
              {own.map((one) => (
                <li key={one.name}>
                  {`${one.text}: by ${whole(Math.abs(one.margin))} cycles.`}
                  {one.holds && doubtsOf(one).length > 0 && <span class="muted">{` What can turn it around: ${doubtsOf(one).join('; ')}.`}</span>}
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </section>
  );
}

/** Whether estimates decide. */
const VERDICTS: readonly { readonly heading: string; readonly isOf: (conclusion: Conclusion) => boolean }[] = [
  { heading: 'Firm: no estimate within its range changes the sign', isOf: (one) => one.holds && doubtsOf(one).length === 0 && one.method !== null },
  { heading: 'Holds, and how far that hangs on prices was not measured in this experiment', isOf: (one) => one.holds && doubtsOf(one).length === 0 && one.method === null },
  { heading: 'Not firm', isOf: (one) => one.holds && doubtsOf(one).length > 0 },
  { heading: 'Does not hold', isOf: (one) => !one.holds },
];

function HowToRead(): JSX.Element {
  return (
    <Section id="read" title="How to read the figures">
      <p>
        A guest runs on an emulated Arm machine under a hypervisor after KVM/ARM's design. Every system-register access, barrier, exception and memory access of its world switch is executed on that machine and counted;
        a cycle figure is the sum of counted events, each at the price that the machine's profile gives it. Nothing is charged per exit or per switch. Cycles are therefore a model's, and repeat to the last digit on any computer.
      </p>
      <p>
        C code of the host kernel that does not run here (the run loop, the MMU code, the scheduler) is charged by tally: so many loads, stores, branches, calls. It stands apart as <i>charged</i>, and where a figure has a range, that is
        the charged part at {CHARGED_RANGE} % less and more. Plans: <code>linux-4.0</code> is the switch of a 2015 kernel; <code>base</code> and <code>final</code> are the code before and after the forty patches of "Optimize KVM/ARM for VHE systems" (2018), and <code>pN</code> has the
        first N of them. <code>seattle-vhe</code> is hypothetical, a Seattle with VHE: the published "after" is of a kernel that ran at EL2 of one.
      </p>
    </Section>
  );
}

function Published({ rows }: { readonly rows: readonly Comparison[] }): JSX.Element | null {
  if (rows.length === 0) return null;
  const sources = [...new Set(rows.map(({ source }) => source))];
  return (
    <Section id="published" title="Beside published figures">
      <Table
        heading={['benchmark', 'machine', 'host', 'plan', 'published', 'ours', 'deviation', 'reading', 'source']}
        text={4}
        rows={rows.map(({ benchmark, machine, mode, steps, published, ours, deltaPercent, trust, source }) => [
          <code>{benchmark}</code>, machine, MODE_TEXT[mode as ModeName], steps, whole(published), whole(ours), `${signed(deltaPercent, 1)} %`, trust, `[${String(sources.indexOf(source) + 1)}]`,
        ])}
      />
      <ol class="sources">{sources.map((source) => <li key={source}>{source}</li>)}</ol>
      <p class="muted">
        Cycles. Each figure stands beside the plan whose code it was measured on. Reading: in the authors' own text (primary), in a text that quotes the table (quoted), remembered from the paper (remembered). One price was fitted to one of these
        totals, that of EL1 translation controls on Seattle to 6,413; estimates were chosen by people who knew the totals. So this tests whether the model is consistent; it predicts nothing.
      </p>
    </Section>
  );
}

/** Older kernels stand before the series. */
const agedAs = (steps: string): number => (steps.startsWith('linux-') ? 0 : 1);

/** A row for each benchmark and host, with the plans beside one another. */
function Everything({ rows }: { readonly rows: readonly BenchmarkRow[] }): JSX.Element | null {
  const keyOf = ({ benchmark, variant, machine, mode }: BenchmarkRow): string => [benchmark, variant, machine, mode].join(' ');
  const keys = [...new Set(rows.map(keyOf))];
  if (keys.length === 0) return null;
  const plans = [...new Set(rows.map(({ steps }) => steps))].sort((a, b) => agedAs(a) - agedAs(b));
  return (
    <Section id="everything" title="Before and after">
      <Table
        heading={['benchmark', 'machine', 'host', ...plans, 'gain', 'final, ns', 'architectural', `charged \u00b1${String(CHARGED_RANGE)}\u00a0%`]} text={3}
        rows={keys.map((key) => {
          const own = rows.filter((row) => keyOf(row) === key);
          const [base, final] = ['base', 'final'].map((steps) => own.find((row) => row.steps === steps));
          const { benchmark, variant, machine, mode } = own[0]!;
          return [
            <code>{variant === null ? benchmark : `${benchmark}/${variant}`}</code>, machine, MODE_TEXT[mode],
            ...plans.map((steps) => own.filter((row) => row.steps === steps).map(({ cycles }) => whole(cycles.mean))),
            base === undefined || final === undefined ? '' : (base.cycles.mean / final.cycles.mean).toFixed(2), ...(final === undefined ? ['', '', ''] : [whole(final.ns), whole(final.architecturalCycles), final.softwareCycles === 0 ? 'nothing charged' : `${whole(final.sensitivity.low)} to ${whole(final.sensitivity.high)}`]),
          ];
        })}
      />
      <p class="muted">Cycles of one operation of the guest, mean of an iteration in a steady state. Gain: base over final. The last three columns are of final: in nanoseconds, its architectural part, and what it costs with the charged part at {CHARGED_RANGE} % less and more. seattle-vhe without VHE is seattle.</p>
    </Section>
  );
}

type PricedRow = LadderRow & { readonly machine: ProfileName };

const QUANTITIES = [
  ['reads', 'system-register reads'],
  ['writes', 'system-register writes'],
  ['cycles', 'cycles'],
] as const;

/** Above the highest bar: labels of differences. */
const HEADROOM = 1.2;

function Ladder({ rows }: { readonly rows: readonly PricedRow[] }): JSX.Element | null {
  const [hvc, ...others] = [...new Set(rows.map(({ scenario }) => scenario))];
  if (hvc === undefined) return null;
  const of = (scenario: string, mode: ModeName): readonly PricedRow[] => rows.filter((row) => row.scenario === scenario && row.mode === mode);
  return (
    <Section id="ladder" title="The forty patches, one at a time">
      <p>{`One steady round trip (${hvc}), from flush to the end of sync, after each patch. Bars that a patch changes stand out and carry the difference: full ones fall, hollow ones rise. Counts do not depend on prices; cycles are those of the profile ${rows[0]!.machine}.`}</p>
      <div class="charts">
        {QUANTITIES.map(([quantity, name]) => {
          const max = HEADROOM * Math.max(...rows.filter(({ scenario }) => scenario === hvc).map((row) => row[quantity] ?? 0));
          return MODE_NAMES.map((mode) => (
            <figure key={`${quantity} ${mode}`}>
              <LadderChart title={`${name}, ${MODE_TEXT[mode]}`} max={max} bars={of(hvc, mode).map((row) => ({ prefix: row.prefix, step: row.step, value: row[quantity] ?? 0 }))} />
            </figure>
          ));
        })}
      </div>
      <Table heading={['patch', 'host', 'reads', 'writes', 'ISB', 'traps set', 'cycles']} text={2} caption={`Where a count of ${hvc} changes`} rows={MODE_NAMES.flatMap((mode) => changes(of(hvc, mode)))} />
      {others.length > 0 && (
        <Table
          heading={['scenario', 'host', 'reads, base', 'final', 'writes, base', 'final', 'cycles, base', 'final']} text={2} caption="Other round trips: before the series, and after it"
          rows={others.flatMap((scenario) => MODE_NAMES.map((mode) => {
            const [first, last] = [of(scenario, mode).find(({ prefix }) => prefix === 0), of(scenario, mode).find(({ prefix }) => prefix === LAST_PREFIX)];
            return [<code>{scenario}</code>, MODE_TEXT[mode], ...QUANTITIES.flatMap(([quantity]) => [whole(first?.[quantity] ?? 0), whole(last?.[quantity] ?? 0)])];
          }))}
        />
      )}
    </Section>
  );
}

function changes(rows: readonly PricedRow[]): readonly (readonly ComponentChildren[])[] {
  const figures = ({ reads = 0, writes = 0, isb = 0, trapConfigWrites = 0, cycles = 0 }: PricedRow): readonly number[] => [reads, writes, isb, trapConfigWrites, cycles];
  return rows
    .filter((row, index) => index === 0 || index === rows.length - 1 || figures(row).join() !== figures(rows[index - 1]!).join())
    .map((row) => [row.step === null ? 'base' : <>{row.prefix} <code>{row.step}</code></>, MODE_TEXT[row.mode], ...figures(row).map(whole)]);
}

const CONTROLLER_TEXT: Readonly<Record<string, string>> = { '3 3': 'GICv3', '3 2': 'GICv2 guest on GICv3', '2 2': 'GICv2' };

function LoadPut({ rows }: { readonly rows: readonly LoadPutRow[] }): JSX.Element | null {
  const keyOf = ({ gic, guestGic }: LoadPutRow): string => `${String(gic)} ${String(guestGic)}`;
  const groups = [...new Set(rows.map(keyOf))].flatMap((key) => MODE_NAMES.map((mode) => ({ key, mode, own: rows.filter((row) => keyOf(row) === key && row.mode === mode) })));
  if (groups.length === 0) return null;
  return (
    <Section id="load-put" title="What moved to load and put">
      <p>What an exit no longer exchanges, vcpu_load and vcpu_put do: once before the run loop and once behind it, for an exit to user space or when the thread is scheduled out. Registers read and written by each, where a patch changes them.</p>
      <Table
        heading={['controllers', 'host', 'patch', 'load: reads', 'writes', 'put: reads', 'writes']} text={3}
        rows={groups.flatMap(({ key, mode, own }) => {
          const figures = ({ load, put }: LoadPutRow): readonly number[] => [load.reads, load.writes, put.reads, put.writes];
          return own
            .filter((row, index) => index === 0 || figures(row).join() !== figures(own[index - 1]!).join())
            .map((row) => [CONTROLLER_TEXT[key], MODE_TEXT[mode], row.prefix === 0 ? 'base' : <>{row.prefix} <code>{STEPS[row.prefix - 1]!.slug}</code></>, ...figures(row).map(whole)]);
        })}
      />
    </Section>
  );
}

const PHASED = ['hvc', 'mmio_read_vgic', 'mmio_read_user', 'ipi'] as const;

function Phases({ rows }: { readonly rows: readonly BenchmarkRow[] }): JSX.Element | null {
  const groups = PHASED.flatMap((benchmark) => {
    const own = rows.filter((row) => row.benchmark === benchmark && PHASED_MACHINES.includes(row.machine) && !isSeattle(row));
    return own.length === 0 ? [] : [{ benchmark, own }];
  });
  if (groups.length === 0) return null;
  return (
    <Section id="phases" title="Where the cycles go">
      <p>
        By phase of the switch. <i>enter</i> reaches from the host's side of the switch through the ERET and the guest's own instructions to the exception that ends them; <i>exit</i> from the vector to the return into the run loop; <i>load</i> and{' '}
        <i>put</i> are what an exit to user space exchanges; <i>handle</i> and <i>kernel</i> are mostly charged C code.
      </p>
      {groups.map(({ benchmark, own }) => (
        <figure key={benchmark}>
          <PhaseChart
            id={`phases-${benchmark}`} title={`${benchmark}, cycles of one operation`}
            bars={own.map(({ machine, mode, steps, breakdown }) => ({ label: `${machine}, ${MODE_TEXT[mode]}, ${steps}`, phases: Object.entries(breakdown).filter(([, cycles]) => cycles >= 0.5).map(([phase, cycles]) => ({ phase, cycles })) }))}
          />
        </figure>
      ))}
    </Section>
  );
}

/** The hypothetical machine without what makes it one. */
const isSeattle = ({ machine, mode }: BenchmarkRow): boolean => machine === 'seattle-vhe' && mode === 'nvhe';

const PHASED_MACHINES: readonly string[] = ['seattle', 'seattle-vhe', 'thunderx2'] satisfies readonly ProfileName[];

/** Published increments over a hypercall come from the same table as the totals. */
function Increments({ rows }: { readonly rows: readonly BenchmarkRow[] }): JSX.Element | null {
  const hosts = rows.filter((row) => row.benchmark === 'hvc' && !isSeattle(row)).flatMap((hvc) => {
    const [kernel, user] = ['mmio_read_vgic', 'mmio_read_user'].map((name) => rows.find(({ benchmark, machine, mode, steps }) => benchmark === name && machine === hvc.machine && mode === hvc.mode && steps === hvc.steps));
    return user === undefined ? [] : [{ hvc, kernel, user }];
  });
  if (hosts.length === 0) return null;
  const over = (row: BenchmarkRow | undefined, hvc: BenchmarkRow): string => (row === undefined ? '' : whole(row.cycles.mean - hvc.cycles.mean));
  const publishedOver = (row: BenchmarkRow | undefined, hvc: BenchmarkRow): string => (row === undefined || row.published === null || hvc.published === null ? '' : whole(row.published.value - hvc.published.value));
  return (
    <Section id="increments" title="What I/O costs more than a hypercall">
      <p>
        The series leaves the guest's registers in place while its thread stays in the kernel. What is no longer exchanged at each exit is exchanged when the thread goes to user space, so the increment of a user-space access must grow; in the published
        figures it does, too.
      </p>
      <Table
        heading={['machine', 'host', 'plan', 'in the kernel', 'published', 'in user space', 'published']} text={3}
        rows={hosts.map(({ hvc, kernel, user }) => [hvc.machine, MODE_TEXT[hvc.mode], hvc.steps, over(kernel, hvc), publishedOver(kernel, hvc), over(user, hvc), publishedOver(user, hvc)])}
      />
    </Section>
  );
}

function Sensitivity({ conclusions }: { readonly conclusions: readonly Conclusion[] }): JSX.Element | null {
  if (conclusions.length === 0) return null;
  return (
    <Section id="sensitivity" title="What hangs on estimates">
      <p>
        {`Each conclusion is a sum of cycles that is above zero while it holds. Every estimated price of the machines in it was moved by ${String(PRICE_RANGE)} % down and up (a range is what the sum is then, in this order), by itself and all together; "worst" moves each in the direction that hurts. Charged host code was taken at ${String(CHARGED_RANGE)} % less and more
        of its operations; its operations cost what loads, stores, atomics and instructions cost, so those prices move it, too. A round trip on one PE executes the same whatever it costs: its sums are computed from counts. Where several PEs wait for one another, prices decide who waits, so they were measured anew.`}
      </p>
      <Table
        heading={['conclusion', 'holds by', 'all prices', 'worst', 'charged', 'price that moves it most', 'alone']}
        rows={conclusions.map((one) => {
          const { text, margin, prices: [most], together, worst, charged } = one;
          return [
            <>{text}{one.method === 'measured' && <span class="muted"> (measured anew)</span>}</>, whole(margin), together === null ? 'not measured' : range(together), worst === null ? '\u2013' : mark(worst, worst > 0), charged.low === charged.high ? 'no part' : range(charged),
            most === undefined ? '' : <code>{most.what}</code>, most === undefined ? '' : range(most),
          ];
        })}
      />
      {conclusions.some(({ prices }) => prices.some(({ holds }) => !holds)) && (
        <>
          <h3>Prices that decide by themselves</h3>
          <Table
            heading={['conclusion', 'price', 'down', 'up']} text={2}
            rows={conclusions.filter(({ holds }) => holds).flatMap(({ text, prices }) => prices.filter(({ holds }) => !holds).map(({ what, low, high }) => [text, <code>{what}</code>, mark(low, low > 0), mark(high, high > 0)]))}
          />
        </>
      )}
    </Section>
  );
}

const mark = (value: number, holds: boolean): ComponentChildren => (holds ? whole(value) : <b class="turns">{whole(value)} ✗</b>);
const range = ({ low, high }: Shift): ComponentChildren => <>{mark(low, low > 0)} to {mark(high, high > 0)}</>;

function NotReproduced({ rows, bench }: { readonly rows: readonly Comparison[]; readonly bench: readonly BenchmarkRow[] }): JSX.Element {
  return (
    <Section id="not-reproduced" title="What could not be reproduced, and why">
      <ul>{NOT_REPRODUCED.map(({ what, why }) => <li key={what}><b>{what}.</b> {why(bench)}</li>)}</ul>
      {differences(rows).length > 0 && <h3>Deviations above 15 %</h3>}
      <ul>{differences(rows).map(({ row, why }) => <li key={row.id}><code>{row.benchmark}</code>{`, ${row.machine}, ${row.steps}: ${whole(row.ours)} against ${whole(row.published)} (${signed(row.deltaPercent, 1)} %). ${why}`}</li>)}</ul>
    </Section>
  );
}

const SOURCES: Readonly<Record<PriceSource, string>> = { S: 'published in a paper', D: 'derived from a published table', F: 'fitted to one published total', E: 'estimated' };

function Prices({ machines }: { readonly machines: readonly ProfileName[] }): JSX.Element {
  const events = EVENTS.filter((event) => machines.some((machine) => PROFILES[machine].prices[event][0] !== 0));
  return (
    <Section id="prices" title="Prices">
      <p>{`Cycles of one event, and where each is from: ${Object.entries(SOURCES).map(([key, text]) => `${key} ${text}`).join(', ')}. Sums are exact: prices are whole ${String(UNITS_PER_CYCLE)}ths of a cycle.`}</p>
      <Table heading={['event', ...machines]} rows={events.map((event) => [<code>{event}</code>, ...machines.map((machine) => PROFILES[machine].prices[event].join(' '))])} />
    </Section>
  );
}

function Checks({ cells, summary: { checks, violations }, versions, seed }: HarnessDocument): JSX.Element {
  const names = [...new Set(cells.flatMap(({ invariants }) => invariants.map(({ name }) => name)))];
  const count = (name: string, ok: boolean): number => cells.reduce((sum, { invariants }) => sum + invariants.filter((one) => one.name === name && one.ok === ok).length, 0);
  return (
    <Section id="checks" title="What was checked">
      <p>{`${checks.toLocaleString('en')} checks of ${String(cells.length)} cells. What a guest owns at its end comes from a second run, under a clock that only its own instructions move, so that it must not depend on mode or plan; a guest that meets a known defect of the series runs with its later fix.`}</p>
      <Table heading={['check', 'held', 'violated']} rows={names.map((name) => [name, String(count(name, true)), String(count(name, false))])} />
      {violations.length > 0 && <ul>{violations.map(({ id, invariant, detail, command }) => <li key={`${id} ${invariant}`}>{`${id}: ${invariant}: ${detail}`}<br /><code>{command}</code></li>)}</ul>}
      <p>
        {`To repeat a cell: its command in cells.csv or harness.json, run from a checkout as `}<code class="turns">npm run -s worldswitch -- …</code>{`. Seed ${String(seed)}; digest of the code that measured: `}<code class="digest">{versions.build}</code>
      </p>
    </Section>
  );
}
