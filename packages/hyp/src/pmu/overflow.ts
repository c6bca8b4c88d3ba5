/**
 * The interrupt of a guest's PMU (Linux, virt/kvm/arm/pmu.c): a counter that overflows in hardware interrupts the host, which keeps
 * that for the guest, and before each entry the vgic is told the level that follows.
 */
import { PMOVSCLR_EL0, PMOVSSET_EL0 } from '@worldswitch/cpu/arch';
import { I_ADDRESS, setCell } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { TALLIES } from '../host/tallies.ts';
import type { Vcpu } from '../vcpu.ts';
import { hasOverflowed, OVERFLOWED_OFFSET } from './counters.ts';

/** In the host's interrupt (`kvm_pmu_perf_overflow`): the overflow moves from hardware, whose line falls, to the vCPU. */
export function pmuInterrupt(cpu: Cpu): void {
  const vcpu = cpu.loaded;
  if (vcpu === null) return;
  const { port, cells, scratch } = cpu;
  cpu.port.charge(TALLIES.pmuInterrupt);
  port.mrs(scratch, PMOVSSET_EL0.key);
  const bits = cells[2 * scratch]! & vcpu.pmu.running;
  setCell(cells, I_ADDRESS, vcpu.address);
  port.ldr(scratch, I_ADDRESS, OVERFLOWED_OFFSET);
  cells[2 * scratch] = cells[2 * scratch]! | bits;
  port.str(scratch, I_ADDRESS, OVERFLOWED_OFFSET);
  setCell(cells, scratch, { lo: bits, hi: 0 });
  port.msr(PMOVSCLR_EL0.key, scratch);
}

/** `kvm_pmu_flush_hwstate`: a vgic in the kernel is told of a level that has changed. With interrupts masked. */
export function flushPmu(cpu: Cpu, vcpu: Vcpu): void {
  const { pmu, vm } = vcpu;
  if (!pmu.isReady || pmu.irq === null || vm.vgic === null) return;
  const level = hasOverflowed(cpu, pmu);
  if (level === pmu.level) return;
  pmu.level = level;
  const irq = vm.vgic.irq(vcpu, pmu.irq);
  if (irq !== null) vm.vgic.inject(cpu, irq, level);
}
