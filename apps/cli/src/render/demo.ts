/** What `demo` prints, for someone who has never seen the project. */
import type { Style } from '../command.ts';
import type { DemoDocument } from '../commands/demo.ts';
import type { BenchmarkRow, LadderRow } from '@worldswitch/machine';
import { table } from '../table.ts';
import { publishedText } from './bench.ts';
import { chart } from './chart.ts';

export function render({ iterations, bench, ladder, debian, next }: DemoDocument, style: Style): string {
  return [
    intro(style, iterations),
    costs(bench),
    `\n${style.strong('Forty patches, one at a time')}\n\n`,
    'System registers read and written by one hypercall, after each patch of Linux\'s series "Optimize KVM/ARM for VHE systems"\n',
    'that changes their number (counted where they are executed, not taken from a table):\n\n',
    ladders(ladder),
    `\n${style.strong('Next: a Debian kernel as a guest of this hypervisor')}\n\n`,
    'The first command fetches kernels through apt and builds a RAM disk with a self-test; it needs Debian or Ubuntu:\n\n',
    ...debian.map((command) => `  ${command}\n`),
    `\n${style.strong('Or look closer')}\n\n`,
    ...next.map((command) => `  ${command}\n`),
  ].join('');
}

function intro(style: Style, iterations: number): string {
  return [
    `${style.strong('What an exit from a virtual machine costs')}\n\n`,
    'A guest on an emulated Arm machine calls its hypervisor (hypercall), or reads a device that a program in user space of the host\n',
    'emulates (device read), and is entered again. Each time the hypervisor exchanges two worlds of registers; each of its operations has\n',
    'just run on that machine and was priced there. Without VHE the host kernel runs at EL1 and shares its registers with the guest; with\n',
    'VHE it runs at EL2, and a series of forty patches from 2018 lets most of them stay where they are.\n\n',
    `Cycles for one, mean of ${String(iterations)}, before and after the series (linux-4.0: a kernel of 2015, on which the published "before" was measured):\n\n`,
  ].join('');
}

const TITLES: Readonly<Record<string, string>> = { hvc: 'hypercall', mmio_read_user: 'device read' };

function costs(rows: readonly BenchmarkRow[]): string {
  const cells = [...new Set(rows.map(({ benchmark, machine }) => `${benchmark} ${machine}`))];
  const lines = cells.map((cell) => {
    const own = rows.filter(({ benchmark, machine }) => `${benchmark} ${machine}` === cell);
    const [old, base, final] = ['linux-4.0', 'base', 'final'].map((steps) => own.find((row) => row.steps === steps));
    if (base === undefined || final === undefined) return [cell];
    return [
      TITLES[final.benchmark] ?? final.benchmark, final.machine, final.mode === 'vhe' ? 'VHE' : 'non-VHE', old === undefined ? '' : whole(old.cycles.mean), whole(base.cycles.mean), whole(final.cycles.mean),
      `${(base.cycles.mean / final.cycles.mean).toFixed(1)}x`, `${final.ns.toFixed(0)} ns`, old === undefined ? '' : publishedText(old.published, null), publishedText(final.published, null),
    ];
  });
  const sources = [...new Set(rows.flatMap(({ published }) => (published === null ? [] : [`  published: ${published.source}\n`])))];
  const heading = ['', 'machine', 'host', 'linux-4.0', 'before', 'after', 'gain', 'after', 'published 4.0', 'published after'];
  return [
    table([heading, ...lines], '  '),
    '\n',
    `  ${charged(rows)} of the cycles of each are charged for C code of the host kernel that does not run here; all others are operations that ran.\n`,
    '  Prices of these machines are estimates for the most part; a percentage is how far we are from the published figure. One price was\n',
    '  fitted to one total: that of EL1 translation controls on Seattle, to 6,413 (docs/results.md).\n',
    '  A device read gains nothing: what is no longer exchanged at each exit is exchanged when the guest\'s thread goes to user space.\n',
    '  seattle-vhe is hypothetical: Seattle\'s costs on a core with VHE, because the published "after" comes from a kernel at EL2.\n',
    ...sources,
  ].join('');
}

/** The charged cycles of the rows: one number, or a range. */
function charged(rows: readonly BenchmarkRow[]): string {
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
