/** Trapped MSR, MRS and System instructions of an AArch64 guest: the operand's way to a handler and back. */
import { ISS_SYS, syndromeIss, sysRegKey } from '@worldswitch/cpu/arch';
import { readX, writeX } from '../accessors.ts';
import { K } from '../cells.ts';
import { TALLIES } from '../host/tallies.ts';
import { injectUndefined } from '../inject.ts';
import { SYSTEM_REGISTER_HANDLERS } from '../sysregs/table.ts';
import { type ExitHandler, RESUME, SKIP_AND_RESUME } from './outcome.ts';

function sysKey(iss: number): number {
  return sysRegKey(ISS_SYS.Op0.inWord(iss), ISS_SYS.Op1.inWord(iss), ISS_SYS.CRn.inWord(iss), ISS_SYS.CRm.inWord(iss), ISS_SYS.Op2.inWord(iss));
}

export const handleSysReg: ExitHandler = (cpu, vcpu, esr) => {
  cpu.port.charge(TALLIES.sysRegTrap);
  const iss = syndromeIss(esr);
  const key = sysKey(iss);
  const isRead = ISS_SYS.Direction.inWord(iss) === 1;
  const target = ISS_SYS.Rt.inWord(iss);
  const handler = SYSTEM_REGISTER_HANDLERS.get(key);
  if (handler === undefined) vcpu.vm.noteUnhandled(key);
  else {
    if (!isRead) readX(cpu, target, K);
    if (handler(cpu, vcpu, key, isRead)) {
      if (isRead) writeX(cpu, target, K);
      return SKIP_AND_RESUME;
    }
  }
  injectUndefined(cpu);
  return RESUME;
};
