/** What `demo` prints, for someone who has never seen the project. */
import type { Style } from '../command.ts';
import type { BenchRow } from '../commands/bench.ts';
import type { DemoDocument } from '../commands/demo.ts';
import type { LadderRow } from '../commands/ladder.ts';
import { table } from '../table.ts';
import { publishedText } from './bench.ts';
import { chart } from './chart.ts';

export function render({ iterations, bench, ladder, next }: DemoDocument, style: Style): string {
  return [
    intro(style, iterations),
    hypercalls(bench),
    `\n${style.strong('Forty patches, one at a time')}\n\n`,
    'System registers read and written by one hypercall, after each patch of Linux\'s series "Optimize KVM/ARM for VHE systems"\n',
    'that changes their number (counted where they are executed, not taken from a table):\n\n',
    ladders(ladder),
    `\n${style.strong('Next')}\n\n`,
    ...next.map((command) => `  ${command}\n`),
  ].join('');
}

function intro(style: Style, iterations: number): string {
  return [
    `${style.strong('What an exit from a virtual machine costs')}\n\n`,
    'A guest on an emulated Arm machine calls its hypervisor and is entered again. The hypervisor switches two worlds of registers;\n',
    'each of its operations has just run on that machine and was priced there. Without VHE the host kernel runs at EL1, and\n',
    'shares its registers with the guest; with VHE it runs at EL2, and the series lets most of them stay where they are.\n\n',
    `Cycles for one hypercall, mean of ${String(iterations)}:\n\n`,
  ].join('');
}

function hypercalls(rows: readonly BenchRow[]): string {
  const machines = [...new Set(rows.map(({ machine }) => machine))];
  const lines = machines.map((machine) => {
    const [base, final] = rows.filter((row) => row.machine === machine);
    if (base === undefined || final === undefined) return [machine];
    const ratio = `${(base.cycles.mean / final.cycles.mean).toFixed(1)}x`;
    return [machine, final.mode === 'vhe' ? 'VHE' : 'non-VHE', whole(base.cycles.mean), whole(final.cycles.mean), ratio, `${final.ns.toFixed(0)} ns`, publishedText(base.published, base.notComparable), publishedText(final.published, final.notComparable)];
  });
  const notes = [...new Set(rows.flatMap(({ notComparable }) => (notComparable === null ? [] : [`  ${notComparable}\n`])))];
  const sources = [...new Set(rows.flatMap(({ published }) => (published === null ? [] : [`  published: ${published.source}\n`])))];
  const heading = ['machine', 'host', 'before', 'after', 'gain', 'after', 'published before', 'published after'];
  return [
    table([heading, ...lines], '  '),
    '\n',
    `  ${charged(rows)} of the cycles of each are charged for C code of the host kernel that does not run here; all others are operations that ran\n`,
    ...sources,
    ...notes,
    '  seattle-vhe is hypothetical: Seattle\'s costs on a core with VHE, because the published "after" comes from a kernel at EL2\n',
  ].join('');
}

/** The charged cycles of the rows: one number, or a range. */
function charged(rows: readonly BenchRow[]): string {
  const cycles = rows.map(({ softwareCycles }) => softwareCycles);
  const [least, most] = [Math.min(...cycles), Math.max(...cycles)].map(whole);
  return least === most ? String(least) : `${String(least)} to ${String(most)}`;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');

const BAR_WIDTH = 40;

function ladders(rows: readonly LadderRow[]): string {
  const accesses = ({ reads = 0, writes = 0 }: LadderRow): number => reads + writes;
  const most = Math.max(...rows.map(accesses));
  const modes = [...new Set(rows.map(({ mode }) => mode))];
  return modes
    .map((mode) => {
      const list = rows.filter((row) => row.mode === mode);
      const changes = list.filter((row, index) => index === 0 || accesses(row) !== accesses(list[index - 1]!));
      const bars = changes.map((row) => ({ label: `p${String(row.prefix)}`, value: accesses(row), note: row.step ?? 'before the series' }));
      return `  ${mode === 'vhe' ? 'VHE' : 'non-VHE'}\n${chart(bars, most, BAR_WIDTH, '  ')}`;
    })
    .join('\n');
}
