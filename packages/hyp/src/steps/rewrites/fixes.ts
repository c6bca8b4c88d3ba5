/**
 * What later kernels mended of the series as merged. Off in `final`, on in `fixed`; each needs the step that brought the
 * defect. Defects whose code is not here yet get their rewrite with it.
 */
import { initialiseMdcr, noteMdcr, writeChangedMdcr } from '../../switch/debug.ts';
import { has, insert, move, unwaive, type Plan } from '../../switch/plan.ts';

export interface Fix {
  readonly slug: string;
  /** The step that brought the defect. */
  readonly step: number;
  /** Where it was mended. */
  readonly since: string;
  readonly what: string;
  readonly rewrite: (plan: Plan) => Plan;
}

export const FIXES: readonly Fix[] = [
  {
    slug: 'spe-drained-early',
    step: 11,
    since: 'v5.12',
    what: 'The host\'s profiling buffer is drained before the guest\'s translation and MDCR_EL2 are in place.',
    rewrite: (plan) => (plan.mode === 'nvhe' && has(plan, 'enter', 'save-host-spe') ? unwaive(move(plan, 'save-host-spe', 'enter', 'enter', { before: 'activate-hcr' }), 'spe-drained-early') : plan),
  },
  {
    slug: 'mdcr-is-current',
    step: 33,
    since: 'v4.20 and v5.13',
    what: 'mdcr_el2 is computed before it is first loaded, and written again when an entry changes it.',
    rewrite: (plan) => {
      if (plan.mode === 'nvhe') return plan;
      const first = insert(insert(plan, 'load', { before: 'activate-common-traps' }, initialiseMdcr), 'load', { after: 'activate-common-traps' }, noteMdcr);
      return unwaive(insert(first, 'enter', { after: 'setup-debug' }, writeChangedMdcr), 'mdcr-is-current');
    },
  },
];
