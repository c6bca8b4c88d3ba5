/**
 * What others have measured, by benchmark, machine and plan (published-results.md). Facts only. A figure is compared with
 * the plan whose code it was measured on and with no other: the "before" columns of ISCA 2016 and ATC 2017 are of a Linux from before
 * lazy FP and before the series' base, so they stand beside `linux-4.0`.
 */

export interface Published {
  readonly value: number;
  readonly source: string;
  /** Read in the author's own text, in one that quotes the paper's table, or remembered from it. */
  readonly trust: 'primary' | 'quoted' | 'remembered';
}

export interface PublishedRow extends Published {
  readonly benchmark: string;
  readonly machine: string;
  readonly mode: 'vhe' | 'nvhe';
  /** The name of the step set. */
  readonly steps: string;
}

const ATC17 = 'Dall, Li, Nieh: Optimizing the Design and Implementation of the Linux ARM Hypervisor, USENIX ATC 2017, Table 2';
const ISCA16 = 'Dall, Li, Lim, Nieh, Koloventzos: ARM Virtualization: Performance and Architectural Implications, ISCA 2016, Table II';

const before = { machine: 'seattle', mode: 'nvhe', steps: 'linux-4.0', source: `${ATC17}, split mode`, trust: 'quoted' } as const;
const after = { machine: 'seattle-vhe', mode: 'vhe', steps: 'final', source: `${ATC17}, el2Linux`, trust: 'quoted' } as const;
const m400 = { machine: 'mustang', mode: 'nvhe', steps: 'linux-4.0', source: `${ISCA16}, KVM ARM` } as const;

export const PUBLISHED: readonly PublishedRow[] = [
  { ...before, benchmark: 'hvc', value: 6413 },
  { ...before, benchmark: 'mmio_read_vgic', value: 8034 },
  { ...before, benchmark: 'mmio_read_user', value: 10_012 },
  { ...before, benchmark: 'ipi', value: 13_121 },
  { ...after, benchmark: 'hvc', value: 752 },
  { ...after, benchmark: 'mmio_read_vgic', value: 1604 },
  { ...after, benchmark: 'mmio_read_user', value: 7630 },
  { ...after, benchmark: 'ipi', value: 2526 },
  { ...m400, benchmark: 'hvc', value: 6500, trust: 'primary' },
  { ...m400, benchmark: 'mmio_read_vgic', value: 7370, trust: 'quoted' },
  { ...m400, benchmark: 'ipi', value: 11_557, trust: 'remembered' },
  { ...m400, benchmark: 'eoi', value: 71, trust: 'quoted' },
  { ...m400, benchmark: 'vmswitch', value: 10_387, trust: 'remembered' },
  { ...m400, benchmark: 'io_latency_out', value: 6024, trust: 'quoted' },
  { ...m400, benchmark: 'io_latency_in', value: 13_872, trust: 'remembered' },
];

/** The figure that a result may be compared with. */
export function publishedFor(benchmark: string, machine: string, mode: string, steps: string): Published | null {
  const row = PUBLISHED.find((one) => one.benchmark === benchmark && one.machine === machine && one.mode === mode && one.steps === normalised(steps));
  return row === undefined ? null : { value: row.value, source: row.source, trust: row.trust };
}

/**
 * A figure of the same benchmark and machine that stands for "before" and yet belongs to an older plan than our base: said,
 * so that nobody compares it.
 */
export function publishedElsewhere(benchmark: string, machine: string, mode: string, steps: string): string | null {
  if (normalised(steps) !== 'base') return null;
  const row = PUBLISHED.find((one) => one.benchmark === benchmark && one.machine === machine && one.mode === mode && one.steps === 'linux-4.0');
  return row === undefined ? null : `not comparable: ${row.value.toLocaleString('en')} cycles (${row.source}) belong to the plan ${row.steps}`;
}

function normalised(steps: string): string {
  return steps === 'p40' ? 'final' : steps === 'p0' ? 'base' : steps;
}
