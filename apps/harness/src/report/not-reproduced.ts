/** What did not come out as others have it, with the reason where one is known. Facts and judgement of the authors of this project, no measurement. */
import type { BenchmarkRow } from '@worldswitch/machine';
import type { Comparison } from '../experiment/document.ts';

interface Missing {
  readonly what: string;
  /** From the rows that there are. */
  readonly why: (rows: readonly BenchmarkRow[]) => string;
}

function rate(rows: readonly BenchmarkRow[], machine: string): string | null {
  const [base, final] = ['base', 'final'].map((steps) => rows.find((row) => row.benchmark === 'ipi' && row.machine === machine && row.mode === 'vhe' && row.steps === steps)?.cycles.mean);
  return base === undefined || final === undefined ? null : `${(base / final).toFixed(2)}x in rate, ${((1 - final / base) * 100).toFixed(0)} % in time`;
}

export const NOT_REPRODUCED: readonly Missing[] = [
  {
    what: 'The cover letter\'s "around 65 %" for an IPI benchmark on ThunderX2',
    why: (rows) => {
      const ours = rate(rows, 'thunderx2');
      return `It does not say of what: 1.65x in rate would be 39 % in time. ${ours === null ? 'This experiment has no IPI on thunderx2.' : `Ours: ${ours}.`} Every price of that machine is an estimate, and most of an IPI that the series does not touch is charged host code: the SGI's emulation, the scheduler's interrupt, the list registers.`;
    },
  },
  {
    what: 'The speed-up of 8.5 of a hypercall between split mode and el2Linux',
    why: () => '752 cycles leave little room for host C code; our run loop alone is charged with several hundred. The architectural part of our figure lies below 752. The "after" kernel was a prototype at EL2 of a core without VHE, whose run loop is not published.',
  },
  { what: 'Application benchmarks', why: () => 'Apache, Memcached, netperf and the like are not run: the published bars were not obtained, and the model has no caches, no network and no disk latency.' },
  { what: 'AArch32 guests', why: () => 'The scenario hvc-a32 of the ladder does not run yet.' },
  { what: 'Xen and x86', why: () => 'Their columns of the published tables are of other hypervisors and machines, and are not modelled.' },
];

/** Above this many percent a deviation is explained. */
const LIMIT = 15;

const WHY: Readonly<Record<string, string>> = {
  eoi: 'The published sample has a bracket of two counter reads with barriers, some 45 cycles, which the form used here has not.',
  vmswitch: 'Remembered, and of a kernel whose scheduler is charged by tally here; what the caches and the TLB lose by a switch is not modelled.',
  io_latency_in: 'Remembered. A wake-up on another PE through the scheduler and the idle loop is charged by tally, WFI by one estimate.',
  ipi: 'Much of it is host code charged by tally: the SGI\'s emulation, the interrupt that makes another PE look, list registers. The ratio of two plans says more than a total; the chart of phases has the parts.',
  hvc: 'The charged run loop is the difference: see the chart of phases, and the architectural part in cells.csv.',
  mmio_read_user: 'The path through user space is the shortest possible VMM, charged by tally; the published one is QEMU\'s.',
};

export function differences(rows: readonly Comparison[]): readonly { readonly row: Comparison; readonly why: string }[] {
  return rows.filter(({ deltaPercent }) => Math.abs(deltaPercent) > LIMIT).map((row) => ({ row, why: WHY[row.benchmark] ?? '' }));
}
