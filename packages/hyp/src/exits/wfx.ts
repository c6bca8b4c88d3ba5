/** WFI and WFE of the guest. WFE gives the PE up for a moment; WFI until something is pending for the vCPU. */
import { ISS_WFx, syndromeIss } from '@worldswitch/cpu/arch';
import { TALLIES } from '../host/tallies.ts';
import { type ExitHandler, SKIP_AND_RESUME } from './outcome.ts';

export const handleWfx: ExitHandler = (cpu, vcpu, esr) => {
  cpu.port.charge(TALLIES.wfx);
  if ((ISS_WFx.TI.inWord(syndromeIss(esr)) & 1) === 0) {
    vcpu.wantsToBlock = true;
  } else {
    vcpu.wantsToYield = vcpu.vm.vcpus.length > 1;
  }
  return SKIP_AND_RESUME;
};
