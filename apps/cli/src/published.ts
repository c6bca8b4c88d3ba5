/**
 * What others have measured, by benchmark, machine and plan (published-results.md). Facts only. A figure is compared with
 * the plan whose code it was measured on and with no other: the "before" column of ATC 2017 is a Linux from before lazy FP
 * and before the series' base, so it stands beside `linux-4.0`.
 */

export interface Published {
  readonly value: number;
  readonly source: string;
}

interface Row extends Published {
  readonly benchmark: string;
  readonly machine: string;
  readonly mode: 'vhe' | 'nvhe';
  /** The name of the step set. */
  readonly steps: string;
}

const ATC17 = 'Dall, Li, Nieh: Optimizing the Design and Implementation of the Linux ARM Hypervisor, USENIX ATC 2017, Table 2';

const ROWS: readonly Row[] = [
  { benchmark: 'hvc', machine: 'seattle', mode: 'nvhe', steps: 'linux-4.0', value: 6413, source: `${ATC17}, split mode` },
  { benchmark: 'hvc', machine: 'seattle-vhe', mode: 'vhe', steps: 'final', value: 752, source: `${ATC17}, el2Linux` },
  { benchmark: 'mmio_read_user', machine: 'seattle', mode: 'nvhe', steps: 'linux-4.0', value: 10_012, source: `${ATC17}, split mode` },
  { benchmark: 'mmio_read_user', machine: 'seattle-vhe', mode: 'vhe', steps: 'final', value: 7630, source: `${ATC17}, el2Linux` },
];

/** The figure that a result may be compared with. */
export function publishedFor(benchmark: string, machine: string, mode: string, steps: string): Published | null {
  const row = ROWS.find((one) => one.benchmark === benchmark && one.machine === machine && one.mode === mode && one.steps === normalised(steps));
  return row === undefined ? null : { value: row.value, source: row.source };
}

/**
 * A figure of the same benchmark and machine that stands for "before" and yet belongs to an older plan than our base: said,
 * so that nobody compares it.
 */
export function publishedElsewhere(benchmark: string, machine: string, mode: string, steps: string): string | null {
  if (normalised(steps) !== 'base') return null;
  const row = ROWS.find((one) => one.benchmark === benchmark && one.machine === machine && one.mode === mode && one.steps === 'linux-4.0');
  return row === undefined ? null : `not comparable: ${row.value.toLocaleString('en')} cycles (${row.source}) belong to the plan ${row.steps}, which comes later`;
}

function normalised(steps: string): string {
  return steps === 'p40' ? 'final' : steps === 'p0' ? 'base' : steps;
}
