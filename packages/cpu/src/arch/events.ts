/**
 * What the core, the bus and the software port count for each PE: one name per priced primitive. Profiles price these
 * names and nothing else; the classes of registers that are priced apart are named here once.
 */

/** The counted events, in the order of the counters. */
export const EVENTS = [
  'instruction',
  'exceptionEntry',
  'exceptionReturn',
  'mrs',
  'msr',
  'msrTranslation',
  'msrHcrVttbr',
  'isb',
  'dsb',
  'dmb',
  'hint',
  'loadX',
  'storeX',
  'loadPairX',
  'storePairX',
  'loadPairQ',
  'storePairQ',
  'atomic',
  'gicvRead',
  'gicvWrite',
  'ichRead',
  'ichWrite',
  'mmio',
  'tlbi',
  'walkReference',
  'sgi',
  'wfiWake',
  'native',
] as const;

export type EventName = (typeof EVENTS)[number];

/** Index of each event's counter. */
export const EVENT = Object.fromEntries(EVENTS.map((name, index) => [name, index])) as Readonly<Record<EventName, number>>;

/** Registers whose MSR is priced as a change of translation controls, by the name that the register really accessed has. */
export const TRANSLATION_CONTROLS: readonly string[] = [
  'SCTLR_EL1', 'TCR_EL1', 'TTBR0_EL1', 'TTBR1_EL1', 'MAIR_EL1', 'CPACR_EL1', 'CONTEXTIDR_EL1',
];

/** Registers whose MSR is priced as a change of the EL2 configuration. */
export const EL2_CONTROLS: readonly string[] = ['HCR_EL2', 'VTTBR_EL2'];
