/**
 * Section 4.41 of kvm-arm-vhe-series.md, typed from the document and never generated: reads/writes per round trip by prefix
 * (a column holds up to the next one), the other operations, and load and put.
 */
import type { ModeName } from '../src/switch/plan.ts';

export type Scenario =
  | 'hvc' | 'irq' | 'mmio' | 'irq-1lr' | 'irq-4lr' | 'gicv2-on-v3-irq' | 'gicv2-on-v3-irq-1lr' | 'hvc-a32' | 'hvc-fp' | 'hvc-debug' | 'gicv2-irq' | 'gicv2-irq-1lr';

/** `reads/writes`, with `+reads/writes m` for MMIO. */
type Row = Readonly<Record<Scenario, string>>;

/** The value at a prefix, from `prefix:value` pairs. */
export function atPrefix(columns: string, prefix: number): string {
  let found = '';
  for (const column of columns.split(/\s+/)) {
    const [from, value] = column.split(':');
    if (Number(from) <= prefix) found = value ?? '';
  }
  return found;
}

const VHE: Row = {
  hvc: '0:49/52 3:52/52 5:51/51 6:50/50 8:48/50 15:48/49 17:47/48 28:21/22 30:21/22 33:20/15 39:19/15 40:17/13',
  irq: '0:46/52 3:48/52 5:47/51 6:46/50 8:44/50 15:44/49 17:43/48 28:17/22 30:17/22 33:16/15 39:15/15 40:13/13',
  mmio: '0:50/52 3:53/52 5:52/51 6:51/50 8:49/50 15:49/49 17:48/48 28:22/22 30:22/22 33:21/15 39:20/15 40:18/13',
  'irq-1lr': '0:51/58 3:53/58 5:52/57 6:51/56 8:49/56 15:49/55 17:48/54 28:22/28 30:22/28 33:21/21 39:17/19 40:15/17',
  'irq-4lr': '0:54/64 3:56/64 5:55/63 6:54/62 8:52/62 15:52/61 17:51/60 28:25/34 30:25/34 33:24/27 39:20/25 40:18/23',
  'gicv2-on-v3-irq': '0:47/55 3:49/55 5:48/54 6:47/53 8:45/53 15:45/52 17:44/51 28:18/25 30:18/25 33:17/18 39:16/18 40:13/13',
  'gicv2-on-v3-irq-1lr': '0:52/61 3:54/61 5:53/60 6:52/59 8:50/59 15:50/58 17:49/57 28:23/31 30:23/31 33:22/24 39:18/22 40:15/17',
  'hvc-a32': '0:56/59 3:59/59 5:58/58 6:57/57 8:55/57 15:55/56 17:54/55 28:28/29 30:21/23 33:20/16 39:19/16 40:17/14',
  'hvc-fp': '0:58/55 3:63/55 5:62/54 6:61/53 8:59/53 15:59/52 17:58/51 28:32/25 30:32/25 33:31/18 39:30/18 40:28/16',
  'hvc-debug': '0:95/94 3:98/94 5:97/93 6:96/92 8:94/92 15:94/91 17:93/90 28:67/64 30:67/64 33:66/57 39:65/57 40:63/55',
  'gicv2-irq': '0:43/50 3:45/50 5:44/49 6:43/48 8:41/48 15:41/47 17:40/46 28:14/20 30:14/20 33:13/13 39:13/13 40:13/13',
  'gicv2-irq-1lr': '0:43/50+3/5m 3:45/50+3/5m 5:44/49+3/5m 6:43/48+3/5m 8:41/48+3/5m 15:41/47+3/5m 17:40/46+3/5m 28:14/20+3/5m 30:14/20+3/5m 33:13/13+3/5m 39:13/13+2/4m 40:13/13+2/4m',
};

const NVHE: Row = {
  hvc: '0:76/75 3:79/75 5:78/74 6:77/73 8:75/73 30:75/73 39:74/73 40:74/73',
  irq: '0:73/75 3:75/75 5:74/74 6:73/73 8:71/73 30:71/73 39:70/73 40:70/73',
  mmio: '0:77/75 3:80/75 5:79/74 6:78/73 8:76/73 30:76/73 39:75/73 40:75/73',
  'irq-1lr': '0:78/81 3:80/81 5:79/80 6:78/79 8:76/79 30:76/79 39:72/77 40:72/77',
  'irq-4lr': '0:81/87 3:83/87 5:82/86 6:81/85 8:79/85 30:79/85 39:75/83 40:75/83',
  'gicv2-on-v3-irq': '0:74/78 3:76/78 5:75/77 6:74/76 8:72/76 30:72/76 39:71/76 40:71/76',
  'gicv2-on-v3-irq-1lr': '0:79/84 3:81/84 5:80/83 6:79/82 8:77/82 30:77/82 39:73/80 40:73/80',
  'hvc-a32': '0:83/82 3:86/82 5:85/81 6:84/80 8:82/80 30:81/80 39:80/80 40:80/80',
  'hvc-fp': '0:85/78 3:90/78 5:89/77 6:88/76 8:86/76 30:86/76 39:85/76 40:85/76',
  'hvc-debug': '0:122/117 3:125/117 5:124/116 6:123/115 8:121/115 30:121/115 39:120/115 40:120/115',
  'gicv2-irq': '0:70/73 3:72/73 5:71/72 6:70/71 8:68/71 30:68/71 39:68/71 40:68/71',
  'gicv2-irq-1lr': '0:70/73+3/5m 3:72/73+3/5m 5:71/72+3/5m 6:70/71+3/5m 8:68/71+3/5m 30:68/71+3/5m 39:68/71+2/4m 40:68/71+2/4m',
};

export const READS_WRITES: Readonly<Record<ModeName, Row>> = { vhe: VHE, nvhe: NVHE };

/** "Trap-configuration writes, no FP", with where they change. */
export const TRAP_CONFIG: Readonly<Record<ModeName, string>> = { vhe: '0:12 5:11 6:10 33:4', nvhe: '0:14 5:13 6:12' };

/** "GPR frame words stored / loaded (HVC exit)"; they change only at 03. */
export const FRAME_WORDS: Readonly<Record<ModeName, string>> = { vhe: '0:47/48 3:45/47', nvhe: '0:49/50 3:47/49' };

/** "Exceptions taken to EL2 / ERETs (no FP trap)", and host calls. */
export const EXCEPTIONS: Readonly<Record<ModeName, { readonly exceptions: number; readonly erets: number; readonly hvcs: number }>> = {
  vhe: { exceptions: 1, erets: 1, hvcs: 0 },
  nvhe: { exceptions: 2, erets: 2, hvcs: 1 },
};

/** "ISB (sre≠0, A64)" and "DSB SY: exit window". */
export const BARRIERS: Readonly<Record<ModeName, { readonly isb: number; readonly dsb: number }>> = { vhe: { isb: 2, dsb: 1 }, nvhe: { isb: 1, dsb: 1 } };

/** "ISB extra" and "DSB extra" of GICv2-on-v3: without and with list registers. */
export const GICV2_ON_V3_BARRIERS: Readonly<Record<ModeName, { readonly none: string; readonly some: string }>> = {
  vhe: { none: '0:4/2 40:0/0', some: '0:4/2 40:2/2' },
  nvhe: { none: '0:4/2', some: '0:4/2' },
};

/** `reads/writes,isb,dsb,hvc,mr/mw` of load and put, by prefix. */
export const LOAD_PUT: Readonly<Record<'gicv3' | 'gicv2-on-v3' | 'gicv2', Readonly<Record<ModeName, { readonly load: string; readonly put: string }>>>> = {
  gicv3: {
    vhe: { load: '0:0/4,3,0,0,0/0 28:2/28,3,0,0,0/0 33:2/32,3,0,0,0/0 39:3/34,4,0,0,0/0 40:4/35,4,0,0,0/0', put: '0:3/2,3,0,0,0/0 28:27/4,3,0,0,0/0 33:28/7,3,0,0,0/0 39:31/7,4,0,0,0/0 40:32/8,4,0,0,0/0' },
    nvhe: { load: '0:4/4,1,0,2,0/0 39:7/6,1,0,3,0/0', put: '0:7/2,1,0,2,0/0 39:12/2,1,0,3,0/0' },
  },
  'gicv2-on-v3': {
    vhe: { load: '0:0/3,2,0,0,0/0 28:2/27,2,0,0,0/0 33:2/31,2,0,0,0/0 39:3/33,3,0,0,0/0 40:4/36,5,1,0,0/0', put: '0:2/2,2,0,0,0/0 28:26/4,2,0,0,0/0 33:27/7,2,0,0,0/0 39:30/7,3,0,0,0/0 40:32/9,4,0,0,0/0' },
    nvhe: { load: '0:2/3,1,0,1,0/0 39:5/5,1,0,2,0/0', put: '0:4/2,1,0,1,0/0 39:9/2,1,0,2,0/0' },
  },
  gicv2: {
    vhe: { load: '0:0/3,2,0,0,0/1 28:2/27,2,0,0,0/1 33:2/31,2,0,0,0/1 39:2/31,2,0,0,0/2', put: '0:2/2,2,0,0,1/0 28:26/4,2,0,0,1/0 33:27/7,2,0,0,1/0 39:27/7,2,0,0,2/0' },
    nvhe: { load: '0:2/3,1,0,1,0/1 39:2/3,1,0,1,0/2', put: '0:4/2,1,0,1,1/0 39:4/2,1,0,1,2/0' },
  },
};
