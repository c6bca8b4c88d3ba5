import { gic2LoadVmcrApr, gic2PutVmcrApr } from '../../switch/gic-v2.ts';
import { gic3LoadAprs, gic3PutAprs } from '../../switch/gic-v3.ts';
import { drop, has, insert, replace, type Plan } from '../../switch/plan.ts';
import { changeGic2InPlan } from './gic2.ts';

/** Active priorities change through list registers only, so they move at load and put, always. */
export function aprsAtLoad(plan: Plan): Plan {
  const restore = has(plan, 'flush', 'gic3-restore-aprs') ? 'flush' : 'enter';
  const save = has(plan, 'sync', 'gic3-save-aprs') ? 'sync' : 'exit';
  let changed = drop(drop(plan, restore, 'gic3-read-vtr'), restore, 'gic3-restore-aprs');
  changed = drop(drop(changed, save, 'gic3-read-vtr'), save, 'gic3-save-aprs');
  changed = insert(changed, 'load', { after: 'gic3-load-vmcr' }, gic3LoadAprs);
  changed = insert(changed, 'put', { after: 'gic3-put-vmcr' }, gic3PutAprs);
  changed = changeGic2InPlan(changed, { apr: false });
  return replace(replace(changed, 'load', 'gic2-load', gic2LoadVmcrApr), 'put', 'gic2-put', gic2PutVmcrApr);
}
