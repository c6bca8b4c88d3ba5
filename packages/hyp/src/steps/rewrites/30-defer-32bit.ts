import * as a32 from '../../switch/a32.ts';
import { switchFpWithFpexc } from '../../switch/ops.ts';
import { drop, insert, replace, unwaive, type Plan } from '../../switch/plan.ts';

/** FPEXC32_EL2 goes with FP. VHE: the AArch32 registers too are the guest's from load to put. */
export function defer32Bit(plan: Plan): Plan {
  const changed = replace(plan, 'exit', 'switch-fp', switchFpWithFpexc);
  return plan.mode === 'vhe' ? deferToLoad(changed) : saveWithoutFpexc(changed);
}

function deferToLoad(plan: Plan): Plan {
  let changed = drop(plan, 'enter', 'restore-guest-a32');
  // Before the EL1 class, at load as in the switch: Cortex-A57 erratum 852523, Cortex-A72 erratum 853709.
  changed = insert(changed, 'load', { before: 'restore-guest-user' }, a32.loadGuestA32);
  changed = drop(changed, 'exit', 'save-guest-a32');
  changed = insert(changed, 'put', { after: 'save-guest-user' }, a32.putGuestA32);
  return unwaive(changed, 'accessors-match-placement');
}

function saveWithoutFpexc(plan: Plan): Plan {
  const asksHardware = plan.phases.exit.includes(a32.saveGuestA32ByHcr);
  return replace(plan, 'exit', 'save-guest-a32', asksHardware ? a32.saveGuestA32ByHcrWithoutFpexc : a32.saveGuestA32WithoutFpexc);
}
