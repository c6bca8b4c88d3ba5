import { markSysregsLoaded, markSysregsPut } from '../../switch/around.ts';
import { defer, insert, move, type Plan } from '../../switch/plan.ts';

/** VHE: the EL1 and USER classes are the guest's from load to put; in between accessors look for them in hardware. */
export function defer64Bit(plan: Plan): Plan {
  let changed = move(plan, 'save-host-user', 'enter', 'load', 'last');
  changed = move(changed, 'restore-guest-user', 'enter', 'load', 'last');
  changed = move(changed, 'restore-guest-el1', 'enter', 'load', 'last');
  changed = insert(changed, 'load', 'last', markSysregsLoaded);
  changed = insert(changed, 'put', 'first', markSysregsPut);
  changed = move(changed, 'restore-host-user', 'exit', 'put', 'first');
  changed = move(changed, 'save-guest-user', 'exit', 'put', 'first');
  changed = move(changed, 'save-guest-el1', 'exit', 'put', 'first');
  return defer(changed, 'EL1', 'USER');
}
