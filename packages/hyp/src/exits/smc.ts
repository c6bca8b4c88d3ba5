/** SMC of the guest: there is no firmware below for it. Its pc is still at the instruction. */
import { writeX } from '../accessors.ts';
import { K, setCell } from '../cells.ts';
import { type ExitHandler, SKIP_AND_RESUME } from './outcome.ts';

export const handleSmc: ExitHandler = (cpu) => {
  setCell(cpu.cells, K, { lo: -1, hi: -1 });
  writeX(cpu, 0, K);
  return SKIP_AND_RESUME;
};
