/** What three steps change about the two operations of the GICv2 frame, wherever in the plan they stand. */
import { changeGic2, type Gic2Choice } from '../../switch/gic-v2.ts';
import { has, replace, type Phase, type Plan } from '../../switch/plan.ts';

const PLACES: readonly (readonly [id: string, phases: readonly Phase[]])[] = [
  ['gic2-restore', ['enter', 'flush']],
  ['gic2-save', ['exit', 'sync']],
];

export function changeGic2InPlan(plan: Plan, change: Partial<Gic2Choice>): Plan {
  return PLACES.reduce((changed, [id, phases]) => {
    const phase = phases.find((one) => has(changed, one, id));
    if (phase === undefined) return changed;
    const current = changed.phases[phase].find((one) => one.id === id)!;
    return replace(changed, phase, id, changeGic2(current, change));
  }, plan);
}
