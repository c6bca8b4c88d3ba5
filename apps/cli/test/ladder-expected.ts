/**
 * The ladder as kvm-arm-vhe-series.md, sections 4.41 and 4.42, gives it: typed from that document, never generated. A cell
 * stands at the first prefix that has it and holds until the next one. Guests are AArch64, the host has a GICv3 unless the
 * name says otherwise, no list register is in use.
 */

export type Ladder = Readonly<Record<number, string>>;

/** The cell of a prefix: that of the last one listed. */
export function at(ladder: Ladder, prefix: number): string {
  const listed = Object.keys(ladder).map(Number).filter((one) => one <= prefix);
  return ladder[Math.max(...listed)] ?? '';
}

/** System register reads/writes of one round trip: the tables of 4.41. */
export const READS_WRITES: Readonly<Record<string, Ladder>> = {
  'vhe hvc': { 0: '49/52', 3: '52/52', 5: '51/51', 6: '50/50', 8: '48/50', 15: '48/49', 17: '47/48', 28: '21/22', 33: '20/15', 39: '19/15', 40: '17/13' },
  'vhe mmio': { 0: '50/52', 3: '53/52', 5: '52/51', 6: '51/50', 8: '49/50', 15: '49/49', 17: '48/48', 28: '22/22', 33: '21/15', 39: '20/15', 40: '18/13' },
  'vhe irq': { 0: '46/52', 3: '48/52', 5: '47/51', 6: '46/50', 8: '44/50', 15: '44/49', 17: '43/48', 28: '17/22', 33: '16/15', 39: '15/15', 40: '13/13' },
  'vhe irq-1lr': { 0: '51/58', 3: '53/58', 5: '52/57', 6: '51/56', 8: '49/56', 15: '49/55', 17: '48/54', 28: '22/28', 33: '21/21', 39: '17/19', 40: '15/17' },
  'vhe irq-4lr': { 0: '54/64', 3: '56/64', 5: '55/63', 6: '54/62', 8: '52/62', 15: '52/61', 17: '51/60', 28: '25/34', 33: '24/27', 39: '20/25', 40: '18/23' },
  'vhe gicv2-on-v3-irq': { 0: '47/55', 3: '49/55', 5: '48/54', 6: '47/53', 8: '45/53', 15: '45/52', 17: '44/51', 28: '18/25', 33: '17/18', 39: '16/18', 40: '13/13' },
  'vhe gicv2-on-v3-irq-1lr': { 0: '52/61', 3: '54/61', 5: '53/60', 6: '52/59', 8: '50/59', 15: '50/58', 17: '49/57', 28: '23/31', 33: '22/24', 39: '18/22', 40: '15/17' },
  'vhe hvc-fp': { 0: '58/55', 3: '63/55', 5: '62/54', 6: '61/53', 8: '59/53', 15: '59/52', 17: '58/51', 28: '32/25', 33: '31/18', 39: '30/18', 40: '28/16' },
  'vhe hvc-debug': { 0: '95/94', 3: '98/94', 5: '97/93', 6: '96/92', 8: '94/92', 15: '94/91', 17: '93/90', 28: '67/64', 33: '66/57', 39: '65/57', 40: '63/55' },
  'vhe gicv2-irq': { 0: '43/50', 3: '45/50', 5: '44/49', 6: '43/48', 8: '41/48', 15: '41/47', 17: '40/46', 28: '14/20', 33: '13/13' },
  'vhe gicv2-irq-1lr': { 0: '43/50', 3: '45/50', 5: '44/49', 6: '43/48', 8: '41/48', 15: '41/47', 17: '40/46', 28: '14/20', 33: '13/13' },
  'nvhe irq': { 0: '73/75', 3: '75/75', 5: '74/74', 6: '73/73', 8: '71/73', 39: '70/73' },
  'nvhe irq-1lr': { 0: '78/81', 3: '80/81', 5: '79/80', 6: '78/79', 8: '76/79', 39: '72/77' },
  'nvhe irq-4lr': { 0: '81/87', 3: '83/87', 5: '82/86', 6: '81/85', 8: '79/85', 39: '75/83' },
  'nvhe gicv2-on-v3-irq': { 0: '74/78', 3: '76/78', 5: '75/77', 6: '74/76', 8: '72/76', 39: '71/76' },
  'nvhe gicv2-on-v3-irq-1lr': { 0: '79/84', 3: '81/84', 5: '80/83', 6: '79/82', 8: '77/82', 39: '73/80' },
  'nvhe hvc-fp': { 0: '85/78', 3: '90/78', 5: '89/77', 6: '88/76', 8: '86/76', 39: '85/76' },
  'nvhe hvc-debug': { 0: '122/117', 3: '125/117', 5: '124/116', 6: '123/115', 8: '121/115', 39: '120/115' },
  'nvhe gicv2-irq': { 0: '70/73', 3: '72/73', 5: '71/72', 6: '70/71', 8: '68/71' },
  'nvhe gicv2-irq-1lr': { 0: '70/73', 3: '72/73', 5: '71/72', 6: '70/71', 8: '68/71' },
  'nvhe hvc': { 0: '76/75', 3: '79/75', 5: '78/74', 6: '77/73', 8: '75/73', 39: '74/73' },
  'nvhe mmio': { 0: '77/75', 3: '80/75', 5: '79/74', 6: '78/73', 8: '76/73', 39: '75/73' },
};

/** "Other operations per round trip": exceptions taken to EL2/ERETs, by exit; a first use of FP has one of each more. */
export const EXCEPTIONS_ERETS: Readonly<Record<string, Ladder>> = { vhe: { 0: '1/1' }, nvhe: { 0: '2/2' }, 'vhe hvc-fp': { 0: '2/2' }, 'nvhe hvc-fp': { 0: '3/3' } };

/** Host calls of the hypervisor. */
export const HVCS: Readonly<Record<string, Ladder>> = { vhe: { 0: '0' }, nvhe: { 0: '1' } };

/** ISB: exit window 1, return 1 (VHE), FP trap 1. DSB SY: exit window 1. GICv2-on-v3: 4 ISB and 2 DSB more, on VHE from 40 none and 2 with list registers in use (2 ISB, 2 DSB). */
export const ISB_DSB: Readonly<Record<string, Ladder>> = {
  vhe: { 0: '2/1' },
  nvhe: { 0: '1/1' },
  'vhe hvc-fp': { 0: '3/1' },
  'nvhe hvc-fp': { 0: '2/1' },
  'vhe gicv2-on-v3-irq': { 0: '6/3', 40: '2/1' },
  'vhe gicv2-on-v3-irq-1lr': { 0: '6/3', 40: '4/3' },
  'nvhe gicv2-on-v3-irq': { 0: '5/3' },
  'nvhe gicv2-on-v3-irq-1lr': { 0: '5/3' },
};

/** "Where the other rows change along the ladder": trap-configuration writes. */
export const TRAP_WRITES: Readonly<Record<string, Ladder>> = {
  vhe: { 0: '12', 5: '11', 6: '10', 33: '4' },
  nvhe: { 0: '14', 5: '13', 6: '12' },
  // "no FP": the trap of a first use opens CPTR_EL2 or CPACR_EL1 by one more.
  'vhe hvc-fp': { 0: '13', 5: '12', 6: '11', 33: '5' },
  'nvhe hvc-fp': { 0: '15', 5: '14', 6: '13' },
};

/** General-purpose register frame words stored/loaded; MMIO and IRQ exits load one word less, for they have no fast-path test; an FP trap adds 6 and 8. */
export const FRAME_WORDS: Readonly<Record<string, Ladder>> = {
  vhe: { 0: '47/47', 3: '45/46' },
  nvhe: { 0: '49/49', 3: '47/48' },
  'vhe hvc': { 0: '47/48', 3: '45/47' },
  'nvhe hvc': { 0: '49/50', 3: '47/49' },
  'vhe hvc-debug': { 0: '47/48', 3: '45/47' },
  'nvhe hvc-debug': { 0: '49/50', 3: '47/49' },
  'vhe hvc-fp': { 0: '53/56', 3: '51/55' },
  'nvhe hvc-fp': { 0: '55/58', 3: '53/57' },
};

/** GICH accesses: the virtual interface of a GICv3 is system registers. */
export const MMIO = '0/0';

/** "+a/bm": with a memory-mapped interface and one list register in use. */
export const GICH_ACCESSES: Readonly<Record<string, Ladder>> = { 'vhe gicv2-irq-1lr': { 0: '3/5', 39: '2/4' }, 'nvhe gicv2-irq-1lr': { 0: '3/5', 39: '2/4' } };

/** vcpu_load and vcpu_put: reads/writes, ISB, HVC, MMIO reads/writes; no DSB in any of these. */
export const LOAD: Readonly<Record<string, Ladder>> = {
  'vhe gicv3': { 0: '0/4 3 ISB 0 HVC 0/0m', 28: '2/28 3 ISB 0 HVC 0/0m', 33: '2/32 3 ISB 0 HVC 0/0m', 39: '3/34 4 ISB 0 HVC 0/0m', 40: '4/35 4 ISB 0 HVC 0/0m' },
  'nvhe gicv3': { 0: '4/4 1 ISB 2 HVC 0/0m', 39: '7/6 1 ISB 3 HVC 0/0m' },
  'vhe gicv2-on-v3': { 0: '0/3 2 ISB 0 HVC 0/0m', 28: '2/27 2 ISB 0 HVC 0/0m', 33: '2/31 2 ISB 0 HVC 0/0m', 39: '3/33 3 ISB 0 HVC 0/0m', 40: '4/36 5 ISB 0 HVC 0/0m 1 DSB' },
  'nvhe gicv2-on-v3': { 0: '2/3 1 ISB 1 HVC 0/0m', 39: '5/5 1 ISB 2 HVC 0/0m' },
  'vhe gicv2': { 0: '0/3 2 ISB 0 HVC 0/1m', 28: '2/27 2 ISB 0 HVC 0/1m', 33: '2/31 2 ISB 0 HVC 0/1m', 39: '2/31 2 ISB 0 HVC 0/2m' },
  'nvhe gicv2': { 0: '2/3 1 ISB 1 HVC 0/1m', 39: '2/3 1 ISB 1 HVC 0/2m' },
};

export const PUT: Readonly<Record<string, Ladder>> = {
  'vhe gicv3': { 0: '3/2 3 ISB 0 HVC 0/0m', 28: '27/4 3 ISB 0 HVC 0/0m', 33: '28/7 3 ISB 0 HVC 0/0m', 39: '31/7 4 ISB 0 HVC 0/0m', 40: '32/8 4 ISB 0 HVC 0/0m' },
  'nvhe gicv3': { 0: '7/2 1 ISB 2 HVC 0/0m', 39: '12/2 1 ISB 3 HVC 0/0m' },
  'vhe gicv2-on-v3': { 0: '2/2 2 ISB 0 HVC 0/0m', 28: '26/4 2 ISB 0 HVC 0/0m', 33: '27/7 2 ISB 0 HVC 0/0m', 39: '30/7 3 ISB 0 HVC 0/0m', 40: '32/9 4 ISB 0 HVC 0/0m' },
  'nvhe gicv2-on-v3': { 0: '4/2 1 ISB 1 HVC 0/0m', 39: '9/2 1 ISB 2 HVC 0/0m' },
  'vhe gicv2': { 0: '2/2 2 ISB 0 HVC 1/0m', 28: '26/4 2 ISB 0 HVC 1/0m', 33: '27/7 2 ISB 0 HVC 1/0m', 39: '27/7 2 ISB 0 HVC 2/0m' },
  'nvhe gicv2': { 0: '4/2 1 ISB 1 HVC 1/0m', 39: '4/2 1 ISB 1 HVC 2/0m' },
};
