/** SMC of the guest: there is no firmware below for it. Its pc is still at the instruction. */
import { writeX } from '../accessors.ts';
import { K, setCellInt } from '../cells.ts';
import { type ExitHandler, SKIP_AND_RESUME } from './outcome.ts';

export const handleSmc: ExitHandler = (cpu) => {
  setCellInt(cpu.cells, K, -1);
  writeX(cpu, 0, K);
  return SKIP_AND_RESUME;
};
