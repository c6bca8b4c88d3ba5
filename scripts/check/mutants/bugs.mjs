// @ts-check
/**
 * The catalogue of world-switch bugs that really happened (by its ids) and what each is here: `observable` with the mutant that
 * the suite finds, `ordering` with the plan that the verifier rejects, `sanitizer` where a guest cannot see it without one, and
 * `absent` where the hypervisor has nothing to get wrong. An observable row without a name has not been planted yet.
 */
import { CORE } from './core.mjs';
import { ORDERING, PLANTED } from './hyp.mjs';

/** @typedef {'observable' | 'ordering' | 'sanitizer' | 'absent'} Kind */
/** @typedef {readonly [id: string, kind: Kind, by: string, why?: string]} Bug */

/** @param {Kind} kind @param {string} ids @param {string} why @returns {Bug[]} */
const all = (kind, ids, why) => ids.split(' ').map((id) => [id, kind, '', why]);

const AS_THEN = 'Linux 4.16 does it as the bug says, and so do we';

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
  ['SYS-16', 'observable', 'result-not-sign-extended'],
  ['SYS-17', 'ordering', 'el1-not-saved'],
  ['SYS-19', 'ordering', 'exit-not-synchronised'],
  ['SYS-20', 'ordering', 'running-vcpu-unknown-to-a-panic'],
  ['SYS-22', 'observable', 'events-before-init'],
  ['SYS-23', 'observable', 'el2-mode-accepted'],
  ...all('sanitizer', 'SYS-2 SYS-18', 'nothing that a guest computes differs'),
  ...all('absent', 'SYS-3', 'EL2 is initialised once, from TypeScript; there is no soft restart'),
  ...all('absent', 'SYS-6', AS_THEN),
  ...all('absent', 'SYS-10', 'a reset cannot be interrupted'),
  ...all('absent', 'SYS-7 SYS-8 SYS-24 SYS-25 SYS-26', 'AArch32 guests come later'),
  ...all('absent', 'SYS-21', 'no memory tagging'),
  ['FP-1', 'observable', 'fp-enabled-and-not-loaded'],
  ['FP-10', 'ordering', 'fp-asked-too-late'],
  ...all('sanitizer', 'FP-4', 'the core synchronises every write'),
  ...all('absent', 'FP-2 FP-3 FP-5 FP-6 FP-7 FP-8 FP-9', 'no SVE, no SME, no lazy saving of the host'),
  ['DBG-1', 'ordering', 'host-debug-not-restored'],
  ['DBG-2', 'observable', 'mdcr-not-rewritten'],
  ['DBG-3', 'ordering', 'profiling-drained-late'],
  ['DBG-6', 'observable', 'breakpoint-in-another-slot'],
  ['DBG-7', 'observable', 'step-forced-on'],
  ['DBG-8', 'observable', 'emulated-instruction-not-a-step'],
  ...all('absent', 'DBG-4', 'no trace'),
  ...all('absent', 'DBG-5', 'the host does not change MDCR_EL2 after boot'),
  ...all('absent', 'DBG-9', 'an erratum of a core'),
  ...all('absent', 'DBG-10', 'nothing rewinds PSTATE at EL2'),
  ['PMU-1', 'observable', 'counters-not-loaded'],
  ['PMU-2', 'observable', 'self-clearing-bits-stored'],
  ['PMU-3', 'observable', 'cycle-counter-cut'],
  ...all('absent', 'PMU-4', AS_THEN),
  ['EXC-1', 'observable', 'serror-not-injected'],
  ['EXC-2', 'observable', 'vse-not-read-back'],
  ['EXC-3', 'observable', 'smc-like-hvc'],
  ['EXC-4', 'observable', 'pc-not-advanced-for-user-space'],
  ['EXC-6', 'observable', 'walk-as-a-write'],
  ['EXC-8', 'observable', 'unknown-call-undefined'],
  ...all('absent', 'EXC-5', 'user space cannot answer an access by an abort'),
  ...all('absent', 'EXC-7', AS_THEN),
  ...all('absent', 'EXC-9', 'a quirk of a core'),
  ['GIC-1', 'observable', 'senders-of-one-sgi-lost'],
  ['GIC-2', 'ordering', 'list-registers-behind-the-barrier'],
  ['GIC-3', 'observable', 'sender-of-what-software-made-active'],
  ['GIC-4', 'observable', 'sgi-pending-by-register'],
  ['GIC-5', 'ordering', 'priorities-not-saved'],
  ['GIC-8', 'observable', 'user-space-touches-the-host'],
  ['GIC-9', 'observable', 'not-queued-when-enabled'],
  ['GIC-11', 'observable', 'folded-by-position'],
  ['GIC-21', 'observable', 'woken-by-what-is-active'],
  ['GIC-23', 'observable', 'redistributor-of-the-caller'],
  ['GIC-25', 'observable', 'priority-shifted'],
  ...all('absent', 'GIC-6 GIC-7 GIC-10', AS_THEN),
  ...all('absent', 'GIC-18', 'without a vgic there are no system registers of a CPU interface: SRE is 0, and the core refuses'),
  ...all('absent', 'GIC-14', 'a GICv2 has eight CPUs, and affinities of a GICv3 are compared as numbers'),
  ...all('sanitizer', 'GIC-12 GIC-15 GIC-16 GIC-17 GIC-24', 'object lifetimes and windows between locks'),
  ...all('absent', 'GIC-13 GIC-19', 'tables of LPIs are not saved'),
  ...all('absent', 'GIC-20', 'the host does not mask by priority'),
  ...all('absent', 'GIC-22', 'no firmware that lies'),
  ['TMR-1', 'observable', 'traps-in-the-other-layout'],
  ['TMR-2', 'ordering', 'timer-left-on'],
  ['TMR-3', 'observable', 'timer-value-unsigned'],
  ['TMR-4', 'observable', 'count-with-the-offset-of-another-sign'],
  ['TMR-6', 'observable', 'no-timer-while-it-waits'],
  ['TMR-7', 'observable', 'offset-on-the-physical-timer'],
  ['TMR-8', 'ordering', 'physical-timer-let-through'],
  ...all('sanitizer', 'TMR-5', 'the physical timer of a guest is emulated'),
  ...all('absent', 'TMR-9 TMR-10', 'a quirk of a core; no stolen time'),
  ['MMU-2', 'observable', 'tlb-flush-under-tge'],
  ['MMU-8', 'observable', 'block-beyond-the-slot'],
  ['MMU-9', 'observable', 'read-only-slot-writable'],
  ['MMU-11', 'ordering', 'vttbr-left-for-the-host'],
  ...all('sanitizer', 'MMU-1 MMU-4 MMU-6 MMU-10', 'races of threads that run at once'),
  ...all('absent', 'MMU-3 MMU-5', 'blocks are not built from pages'),
  ...all('absent', 'MMU-7', 'no invalidation by range'),
  ...all('absent', 'MMU-12', 'errata of cores'),
  ...all('absent', 'MMU-13', 'no locks'),
  ['PSCI-1', 'observable', 'on-while-on'],
  ...all('absent', 'PSCI-2', 'CPU_ON resets its target at once'),
  ...all('absent', 'PSCI-3', 'AArch32 guests come later'),
  ...all('absent', 'PSCI-4', 'a reset cannot fail'),
  ['TRUST-4', 'observable', 'id-registers-as-the-host'],
  ...all('absent', 'TRUST-1 TRUST-2 TRUST-3', 'the hypervisor trusts its host'),
];

const FAMILIES = { SYS: 26, FP: 10, DBG: 10, PMU: 4, EXC: 9, GIC: 25, TMR: 10, MMU: 13, PSCI: 4, TRUST: 4 };

/** What does not hold about the table: every bug once, and every name a defect of its kind. @returns {string[]} */
export function wrongRows() {
  const ids = BUGS.map(([id]) => id);
  const wanted = Object.entries(FAMILIES).flatMap(([family, count]) => Array.from({ length: count }, (_, n) => `${family}-${String(n + 1)}`));
  const planted = [...CORE, ...PLANTED].map(([name]) => name);
  return [
    ...wanted.filter((id) => ids.filter((one) => one === id).length !== 1).map((id) => `${id} is not classified once`),
    ...ids.filter((id) => !wanted.includes(id)).map((id) => `${id} is not in the catalogue`),
    ...BUGS.filter(([, kind, by]) => by !== '' && !(kind === 'observable' ? planted : ORDERING).includes(by)).map(([id, , by]) => `${id}: no defect ${by}`),
  ];
}

/** Bugs that a guest would see, and nobody has planted. */
export const UNPLANTED = BUGS.filter(([, kind, by]) => by === '' && kind === 'observable').map(([id]) => id);

const KINDS = { observable: 'a guest or its VMM sees it', ordering: 'the verifier of plans rejects it', sanitizer: 'needs a sanitizer', absent: 'nothing here to get wrong' };

/** The document. @param {readonly { name: string, rules: readonly string[] }[]} rejections */
export function bugTable(rejections) {
  const checks = new Map(PLANTED.map(([name, , , , check]) => [name, `\`check:${check.join(' ')}\``]));
  const rules = new Map(rejections.map(({ name, rules: broken }) => [name, broken.join(', ')]));
  const named = new Set(BUGS.map(([, , by]) => by));
  const count = (/** @type {Kind} */ kind) => BUGS.filter(([, one]) => one === kind).length;
  return [
    '# World-switch bugs, and what finds them here',
    '',
    '<!-- Written by `npm run check:mutants -- --write`. -->',
    '',
    `The ${String(BUGS.length)} bugs of the catalogue: ${Object.entries(KINDS).map(([kind, what]) => `${String(count(/** @type {Kind} */ (kind)))} ${kind} (${what})`).join(', ')}.`,
    `Planted in the code are ${String(PLANTED.length)}, one at a time, each for the check beside it; ${String(rejections.length)} rewrites of plans are rejected for the rules named. Observable and not planted: ${UNPLANTED.join(', ')}.`,
    '',
    '| bug | kind | planted as | found by |',
    '|---|---|---|---|',
    ...BUGS.map(([id, kind, by, why]) => `| ${id} | ${kind} | ${by} | ${kind === 'observable' ? (checks.get(by) ?? 'nobody: not planted') : kind === 'ordering' ? (rules.get(by) ?? '') : (why ?? '')} |`),
    '',
    '## Others',
    '',
    'After the generic operators of the catalogue (its section 11) and bugs of our own.',
    '',
    '| planted as | found by |',
    '|---|---|',
    ...PLANTED.filter(([name]) => !named.has(name)).map(([name]) => `| ${name} | ${String(checks.get(name))} |`),
    ...rejections.filter(({ name }) => !named.has(name)).map(({ name }) => `| ${name} | ${String(rules.get(name))} |`),
    '',
  ].join('\n');
}
