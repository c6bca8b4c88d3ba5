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
  'nvhe hvc': { 0: '76/75', 3: '79/75', 5: '78/74', 6: '77/73', 8: '75/73', 39: '74/73' },
  'nvhe mmio': { 0: '77/75', 3: '80/75', 5: '79/74', 6: '78/73', 8: '76/73', 39: '75/73' },
};

/** "Other operations per round trip": exceptions taken to EL2/ERETs. */
export const EXCEPTIONS_ERETS: Readonly<Record<string, Ladder>> = { vhe: { 0: '1/1' }, nvhe: { 0: '2/2' } };

/** Host calls of the hypervisor. */
export const HVCS: Readonly<Record<string, Ladder>> = { vhe: { 0: '0' }, nvhe: { 0: '1' } };

/** ISB: exit window 1, return 1 (VHE). DSB SY: exit window 1. */
export const ISB_DSB: Readonly<Record<string, Ladder>> = { vhe: { 0: '2/1' }, nvhe: { 0: '1/1' } };

/** "Where the other rows change along the ladder": trap-configuration writes. */
export const TRAP_WRITES: Readonly<Record<string, Ladder>> = { vhe: { 0: '12', 5: '11', 6: '10', 33: '4' }, nvhe: { 0: '14', 5: '13', 6: '12' } };

/** General-purpose register frame words stored/loaded; an MMIO exit loads one word less, for it has no fast-path test. */
export const FRAME_WORDS: Readonly<Record<string, Ladder>> = {
  'vhe hvc': { 0: '47/48', 3: '45/47' },
  'vhe mmio': { 0: '47/47', 3: '45/46' },
  'nvhe hvc': { 0: '49/50', 3: '47/49' },
  'nvhe mmio': { 0: '49/49', 3: '47/48' },
};

/** GICH accesses: the virtual interface of a GICv3 is system registers. */
export const MMIO = '0/0';

/** vcpu_load and vcpu_put: reads/writes, ISB, HVC, MMIO reads/writes; no DSB in any of these. */
export const LOAD: Readonly<Record<string, Ladder>> = {
  'vhe gicv3': { 0: '0/4 3 ISB 0 HVC 0/0m', 28: '2/28 3 ISB 0 HVC 0/0m', 33: '2/32 3 ISB 0 HVC 0/0m', 39: '3/34 4 ISB 0 HVC 0/0m', 40: '4/35 4 ISB 0 HVC 0/0m' },
  'nvhe gicv3': { 0: '4/4 1 ISB 2 HVC 0/0m', 39: '7/6 1 ISB 3 HVC 0/0m' },
  'vhe gicv2': { 0: '0/3 2 ISB 0 HVC 0/1m', 28: '2/27 2 ISB 0 HVC 0/1m', 33: '2/31 2 ISB 0 HVC 0/1m', 39: '2/31 2 ISB 0 HVC 0/2m' },
  'nvhe gicv2': { 0: '2/3 1 ISB 1 HVC 0/1m', 39: '2/3 1 ISB 1 HVC 0/2m' },
};

export const PUT: Readonly<Record<string, Ladder>> = {
  'vhe gicv3': { 0: '3/2 3 ISB 0 HVC 0/0m', 28: '27/4 3 ISB 0 HVC 0/0m', 33: '28/7 3 ISB 0 HVC 0/0m', 39: '31/7 4 ISB 0 HVC 0/0m', 40: '32/8 4 ISB 0 HVC 0/0m' },
  'nvhe gicv3': { 0: '7/2 1 ISB 2 HVC 0/0m', 39: '12/2 1 ISB 3 HVC 0/0m' },
  'vhe gicv2': { 0: '2/2 2 ISB 0 HVC 1/0m', 28: '26/4 2 ISB 0 HVC 1/0m', 33: '27/7 2 ISB 0 HVC 1/0m', 39: '27/7 2 ISB 0 HVC 2/0m' },
  'nvhe gicv2': { 0: '4/2 1 ISB 1 HVC 1/0m', 39: '4/2 1 ISB 1 HVC 2/0m' },
};
