import * as gic3 from '../../switch/gic-v3.ts';
import { drop, insert, move, replace, type Phase, type Plan } from '../../switch/plan.ts';

/** Traps of the CPU interface and list registers become two matters. VHE: the traps are set from load to put. */
export function gicv3WithoutIrqs(plan: Plan): Plan {
  return plan.mode === 'vhe' ? trapsAtLoad(plan) : trapsInSwitch(plan);
}

/** List registers alone decide about ICH_HCR_EL2 here; what traps need of it stays armed. */
function forLrsOnly(plan: Plan, restore: Phase, save: Phase): Plan {
  return replace(replace(plan, restore, 'gic3-write-hcr', gic3.gic3WriteHcrForLrs), save, 'gic3-clear-hcr', gic3.gic3ClearEnable);
}

function trapsAtLoad(plan: Plan): Plan {
  let changed = forLrsOnly(plan, 'flush', 'sync');
  changed = drop(changed, 'flush', 'gic3-clear-sre1');
  changed = insert(changed, 'load', { after: 'gic3-restore-aprs' }, gic3.gic3ClearSre1Synchronised);
  changed = move(changed, 'gic3-disable-sre2', 'flush', 'load', { after: 'gic3-clear-sre1' });
  changed = insert(changed, 'load', { after: 'gic3-disable-sre2' }, gic3.gic3ArmTraps);
  changed = replace(changed, 'flush', 'gic3-barrier-in', gic3.gic3BarrierInForLrs);
  changed = replace(changed, 'sync', 'gic3-barrier-out', gic3.gic3BarrierOutForLrs);
  changed = move(changed, 'gic3-save-vmcr', 'sync', 'put', { after: 'gic3-save-aprs' });
  changed = move(changed, 'gic3-enable-sre2', 'sync', 'put', { after: 'gic3-save-vmcr' });
  changed = move(changed, 'gic3-set-sre1', 'sync', 'put', { after: 'gic3-enable-sre2' });
  return insert(changed, 'put', { after: 'gic3-set-sre1' }, gic3.gic3DisarmTraps);
}

function trapsInSwitch(plan: Plan): Plan {
  let changed = forLrsOnly(plan, 'enter', 'exit');
  changed = move(changed, 'gic3-disable-sre2', 'enter', 'enter', { after: 'gic3-clear-sre1' });
  changed = insert(changed, 'enter', { after: 'gic3-disable-sre2' }, gic3.gic3ArmTraps);
  changed = move(changed, 'gic3-save-vmcr', 'exit', 'exit', { after: 'gic3-save-lrs' });
  return insert(changed, 'exit', { after: 'gic3-set-sre1' }, gic3.gic3DisarmTraps);
}
