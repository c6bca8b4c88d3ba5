// @ts-check
/**
 * The catalogue of world-switch bugs that really happened (by its ids) and what each is here: `observable` with the mutant that
 * the suite finds, `ordering` with the plan that the verifier rejects, `sanitizer` where a guest cannot see it without one, and
 * `absent` where the hypervisor has nothing to get wrong. An observable row without a name has not been planted yet.
 */
import { ORDERING, PLANTED } from './hyp.mjs';

/** @typedef {'observable' | 'ordering' | 'sanitizer' | 'absent'} Kind */
/** @typedef {readonly [id: string, kind: Kind, by: string]} Bug */

/** @param {Kind} kind @param {string} ids @returns {Bug[]} */
const all = (kind, ids) => ids.split(' ').map((id) => /** @type {Bug} */ ([id, kind, '']));

/** @type {readonly Bug[]} */
export const BUGS = [
  ['SYS-1', 'ordering', 'current-restored-by-nobody'],
  ['SYS-4', 'ordering', 'syndrome-asked-before-it-is-read'],
  ['SYS-5', 'observable', 'accessors-in-memory'],
  ['SYS-9', 'observable', 'register-from-its-neighbour'],
  ['SYS-11', 'observable', 'fp-trap-open-in-one-mode'],
  ['SYS-12', 'observable', 'mdcr-computed-late'],
  ['SYS-13', 'observable', 'register-from-its-neighbour'],
  ['SYS-14', 'ordering', 'masked-too-late'],
  ['SYS-15', 'ordering', 'physical-timer-let-through'],
  ['SYS-17', 'ordering', 'el1-not-saved'],
  ['SYS-19', 'ordering', 'exit-not-synchronised'],
  ['SYS-20', 'ordering', 'running-vcpu-unknown-to-a-panic'],
  ['SYS-22', 'observable', 'events-before-init'],
  ...all('observable', 'SYS-3 SYS-6 SYS-10 SYS-16 SYS-23'),
  ...all('sanitizer', 'SYS-2 SYS-18'),
  // AArch32 guests, memory tagging, mixed widths.
  ...all('absent', 'SYS-7 SYS-8 SYS-21 SYS-24 SYS-25 SYS-26'),
  ['FP-1', 'observable', 'fp-enabled-and-not-loaded'],
  ['FP-10', 'ordering', 'fp-asked-too-late'],
  ['FP-4', 'sanitizer', ''],
  // SVE, SME, lazy saving of the host.
  ...all('absent', 'FP-2 FP-3 FP-5 FP-6 FP-7 FP-8 FP-9'),
  ['DBG-1', 'ordering', 'host-debug-not-restored'],
  ['DBG-2', 'observable', 'mdcr-not-rewritten'],
  ['DBG-3', 'ordering', 'profiling-drained-late'],
  ['DBG-6', 'observable', 'breakpoint-in-another-slot'],
  ['DBG-7', 'observable', 'step-forced-on'],
  ['DBG-8', 'observable', 'emulated-instruction-not-a-step'],
  ...all('observable', 'DBG-5 DBG-10'),
  ...all('absent', 'DBG-4 DBG-9'),
  ['PMU-2', 'observable', 'self-clearing-bits-stored'],
  ['PMU-3', 'observable', 'cycle-counter-cut'],
  ...all('observable', 'PMU-1 PMU-4'),
  ['EXC-1', 'observable', 'serror-not-injected'],
  ['EXC-2', 'observable', 'vse-not-read-back'],
  ['EXC-3', 'observable', 'smc-like-hvc'],
  ['EXC-4', 'observable', 'pc-not-advanced-for-user-space'],
  ['EXC-8', 'observable', 'unknown-call-undefined'],
  ...all('observable', 'EXC-6 EXC-7'),
  ...all('absent', 'EXC-5 EXC-9'),
  ['GIC-2', 'ordering', 'list-registers-behind-the-barrier'],
  ['GIC-5', 'ordering', 'priorities-not-saved'],
  ...all('observable', 'GIC-1 GIC-3 GIC-4 GIC-6 GIC-7 GIC-8 GIC-9 GIC-10 GIC-11 GIC-14 GIC-18 GIC-21 GIC-23 GIC-25'),
  ...all('sanitizer', 'GIC-12 GIC-15 GIC-16 GIC-17 GIC-24'),
  // Tables of LPIs, GICv4, priority masking by the host, firmware that lies.
  ...all('absent', 'GIC-13 GIC-19 GIC-20 GIC-22'),
  ['TMR-2', 'ordering', 'timer-left-on'],
  ['TMR-4', 'observable', 'count-with-the-offset-of-another-sign'],
  ['TMR-8', 'ordering', 'physical-timer-let-through'],
  ...all('observable', 'TMR-1 TMR-3 TMR-6 TMR-7'),
  ...all('sanitizer', 'TMR-5'),
  ...all('absent', 'TMR-9 TMR-10'),
  ['MMU-11', 'ordering', 'vttbr-left-for-the-host'],
  ...all('observable', 'MMU-2 MMU-3 MMU-5 MMU-7 MMU-8 MMU-9'),
  ...all('sanitizer', 'MMU-1 MMU-4 MMU-6 MMU-10'),
  ...all('absent', 'MMU-12 MMU-13'),
  ...all('observable', 'PSCI-1 PSCI-2 PSCI-4'),
  ...all('absent', 'PSCI-3'),
  ['TRUST-4', 'observable', 'id-registers-as-the-host'],
  // A hypervisor that does not trust its host.
  ...all('absent', 'TRUST-1 TRUST-2 TRUST-3'),
];

const FAMILIES = { SYS: 26, FP: 10, DBG: 10, PMU: 4, EXC: 9, GIC: 25, TMR: 10, MMU: 13, PSCI: 4, TRUST: 4 };

/** What does not hold about the table: every bug once, and every name a defect of its kind. @returns {string[]} */
export function wrongRows() {
  const ids = BUGS.map(([id]) => id);
  const wanted = Object.entries(FAMILIES).flatMap(([family, count]) => Array.from({ length: count }, (_, n) => `${family}-${String(n + 1)}`));
  const planted = PLANTED.map(({ name }) => name);
  return [
    ...wanted.filter((id) => ids.filter((one) => one === id).length !== 1).map((id) => `${id} is not classified once`),
    ...ids.filter((id) => !wanted.includes(id)).map((id) => `${id} is not in the catalogue`),
    ...BUGS.filter(([, kind, by]) => by !== '' && !(kind === 'observable' ? planted : ORDERING).includes(by)).map(([id, , by]) => `${id}: no defect ${by}`),
  ];
}

/** Bugs that a guest would see, and nobody has planted. */
export const UNPLANTED = BUGS.filter(([, kind, by]) => by === '' && kind === 'observable').map(([id]) => id);
