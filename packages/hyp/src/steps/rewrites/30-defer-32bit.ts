import * as ops from '../../switch/ops.ts';
import { drop, insert, replace, unwaive, type Plan } from '../../switch/plan.ts';

/** FPEXC32_EL2 goes with FP. VHE: the AArch32 registers too are the guest's from load to put. */
export function defer32Bit(plan: Plan): Plan {
  const changed = replace(plan, 'exit', 'switch-fp', ops.switchFpWithFpexc);
  return plan.mode === 'vhe' ? deferToLoad(changed) : saveWithoutFpexc(changed);
}

function deferToLoad(plan: Plan): Plan {
  let changed = drop(plan, 'enter', 'restore-guest-a32');
  // Before the EL1 class, at load as in the switch: Cortex-A57 erratum 852523, Cortex-A72 erratum 853709.
  changed = insert(changed, 'load', { before: 'restore-guest-user' }, ops.loadGuestA32);
  changed = drop(changed, 'exit', 'save-guest-a32');
  changed = insert(changed, 'put', { after: 'save-guest-user' }, ops.putGuestA32);
  return unwaive(changed, 'accessors-match-placement');
}

function saveWithoutFpexc(plan: Plan): Plan {
  const asksHardware = plan.phases.exit.includes(ops.saveGuestA32ByHcr);
  return replace(plan, 'exit', 'save-guest-a32', asksHardware ? ops.saveGuestA32ByHcrWithoutFpexc : ops.saveGuestA32WithoutFpexc);
}
