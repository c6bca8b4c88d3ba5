import { has, move, waive, type Plan } from '../../switch/plan.ts';

/**
 * One place on the way in, behind the guest's registers, and one on the way out, behind the host's. On a non-VHE host that
 * puts the drain of the profiling buffer behind the guest's translation: a defect, as merged.
 */
export function debugFlow(plan: Plan): Plan {
  let changed = move(plan, 'save-host-debug', 'enter', 'enter', { before: 'restore-guest-debug' });
  if (has(changed, 'enter', 'save-host-spe')) {
    changed = move(changed, 'save-host-spe', 'enter', 'enter', { before: 'save-host-debug' });
    changed = move(changed, 'restore-host-spe', 'exit', 'exit', { before: 'save-guest-debug' });
  }
  return plan.mode === 'nvhe' ? waive(changed, 'spe-drained-early', 11) : changed;
}
