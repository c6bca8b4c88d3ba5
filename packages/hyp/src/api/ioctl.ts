/** An ioctl as the host sees it: a system call of the VMM, around what is done in the kernel. */
import { PERCPU, setCell } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { enterKernel, leaveKernel } from '../host/entry.ts';
import { TALLIES } from '../host/tallies.ts';

/** A system call on `cpu`: user space, kernel, user space. */
export function ioctl<T>(cpu: Cpu, body: () => T): T {
  enterKernel(cpu);
  cpu.port.charge(TALLIES.ioctl);
  setCell(cpu.cells, PERCPU, cpu.perCpu);
  const result = body();
  leaveKernel(cpu);
  return result;
}
