import { gic3ReadElrsrLocal, gic3SaveLrsLocal } from '../../switch/gic-v3.ts';
import { replace, type Plan } from '../../switch/plan.ts';
import { changeGic2InPlan } from './gic2.ts';

/** ELRSR is a local of the save, and its second word is read only where the list registers in use reach it. */
export function elrsr(plan: Plan): Plan {
  const changed = replace(plan, 'exit', 'gic3-read-elrsr', gic3ReadElrsrLocal);
  return changeGic2InPlan(replace(changed, 'exit', 'gic3-save-lrs', gic3SaveLrsLocal), { elrsrImage: false });
}
