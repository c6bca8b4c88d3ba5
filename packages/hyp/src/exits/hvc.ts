/** HVC of the guest: its pc is behind the instruction already. */
import { TALLIES } from '../host/tallies.ts';
import { handleFirmwareCall } from '../psci.ts';
import type { ExitHandler } from './outcome.ts';

export const handleHvc: ExitHandler = (cpu, vcpu) => {
  cpu.port.charge(TALLIES.hvc);
  return handleFirmwareCall(cpu, vcpu);
};
