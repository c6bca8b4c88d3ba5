/**
 * The host's scheduler as far as vCPU threads meet it: what a switch of threads does to system registers is executed, the rest is
 * charged (Linux, arch/arm64/kernel/process.c and arch/arm64/mm/proc.S).
 */
import { SP_EL0, TPIDR_EL0, TTBR0_EL1 } from '@worldswitch/cpu/arch';
import { K, setCell } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import type { Vm } from '../vm.ts';
import { TALLIES } from './tallies.ts';

/** `__switch_to`: the thread pointer of user space, and `current`. */
export function switchThreads(cpu: Cpu): void {
  const { port, cells } = cpu;
  port.charge(TALLIES.schedule);
  port.mrs(K, TPIDR_EL0.key);
  port.msr(TPIDR_EL0.key, K);
  setCell(cells, K, cpu.perCpu);
  port.msr(SP_EL0.key, K);
}

/** `cpu_do_switch_mm`, where the thread that comes is another process': the VMM of another VM. All of them have one table here. */
export function switchMm(cpu: Cpu, vm: Vm): void {
  const { port } = cpu;
  const isOther = cpu.mm !== null && cpu.mm !== vm;
  cpu.mm = vm;
  if (!isOther) return;
  port.charge(TALLIES.switchMm);
  port.mrs(K, TTBR0_EL1.key);
  port.msr(TTBR0_EL1.key, K);
  port.isb();
}
