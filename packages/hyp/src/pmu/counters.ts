/**
 * The guest's counters on the host's: what perf does for the thread of a vCPU. From load to put each counter that the guest
 * has enabled is the host counter of the same number, filtered to EL1 and EL0; the rest of the time it is its word in
 * memory. As in v4.16 nothing keeps a non-VHE host's own work at EL1 out of it. Uses `T` and `T2`.
 */
import {
  PMCCFILTR_EL0, PMCCNTR_EL0, PMCNTENCLR_EL0, PMCNTENSET_EL0, PMCR_EL0, PMEVCNTRn_EL0, PMEVTYPER, PMEVTYPERn_EL0, PMINTENCLR_EL1, PMINTENSET_EL1, PMOVSCLR_EL0, PMOVSSET_EL0, type AnyRegister,
} from '@worldswitch/cpu/arch';
import { setCell, T, T2, VCPU } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { sysRegOffset } from '../layout.ts';
import type { VcpuPmu } from '../vcpu.ts';
import { countersOf, CYCLE_BIT } from './registers.ts';

const FILTER = PMEVTYPER.P.wordMask | PMEVTYPER.U.wordMask;
const TYPE = FILTER | PMEVTYPER.evtCount.wordMask;

interface Pair {
  readonly bit: number;
  readonly type: number;
  readonly typeOffset: number;
  readonly typeMask: number;
  readonly count: number;
  readonly countOffset: number;
}

const pair = (bit: number, type: AnyRegister, typeMask: number, count: AnyRegister): Pair => ({
  bit, type: type.key, typeOffset: sysRegOffset(type.name), typeMask, count: count.key, countOffset: sysRegOffset(count.name),
});

const COUNTERS: readonly Pair[] = [...PMEVCNTRn_EL0.map((count, n) => pair(1 << n, PMEVTYPERn_EL0[n]!, TYPE, count)), pair(CYCLE_BIT, PMCCFILTR_EL0, FILTER, PMCCNTR_EL0)];

const PMCR_OFFSET = sysRegOffset('PMCR_EL0');
const ENABLED_OFFSET = sysRegOffset('PMCNTENSET_EL0');
const INTERRUPTS_OFFSET = sysRegOffset('PMINTENSET_EL1');
/** Where overflows are kept while nothing of them is in hardware. */
export const OVERFLOWED_OFFSET = sysRegOffset('PMOVSSET_EL0');

/** Counts the guest's enabled counters in hardware. */
export function loadCounters(cpu: Cpu, pmu: VcpuPmu): void {
  const { port, cells } = cpu;
  port.ldr(T, VCPU, PMCR_OFFSET);
  const pmcr = cells[2 * T]!;
  if ((pmcr & PMCR_EL0.E.wordMask) === 0) return;
  port.ldr(T, VCPU, ENABLED_OFFSET);
  const bits = cells[2 * T]! & countersOf(pmcr);
  if (bits === 0) return;
  for (const { bit, type, typeOffset, typeMask, count, countOffset } of COUNTERS) {
    if ((bits & bit) === 0) continue;
    port.ldr(T, VCPU, typeOffset);
    cells[2 * T] = cells[2 * T]! & typeMask;
    cells[2 * T + 1] = 0;
    port.msr(type, T);
    port.ldr(T, VCPU, countOffset);
    port.msr(count, T);
  }
  writeBits(cpu, PMOVSCLR_EL0, bits);
  port.ldr(T, VCPU, INTERRUPTS_OFFSET);
  writeBits(cpu, PMINTENSET_EL1, cells[2 * T]! & bits);
  writeBits(cpu, PMCNTENSET_EL0, bits);
  // The cycle counter has 64 bits whatever the guest has chosen: only its low half can overflow for a guest that has not.
  writeBits(cpu, PMCR_EL0, PMCR_EL0.E.wordMask | (pmcr & PMCR_EL0.LC.wordMask));
  pmu.running = bits;
}

/** Takes them out again: values and overflows are in memory. */
export function putCounters(cpu: Cpu, pmu: VcpuPmu): void {
  if (pmu.running === 0) return;
  const { port, cells } = cpu;
  writeBits(cpu, PMCNTENCLR_EL0, pmu.running);
  writeBits(cpu, PMINTENCLR_EL1, pmu.running);
  for (const { bit, count, countOffset } of COUNTERS) {
    if ((pmu.running & bit) === 0) continue;
    port.mrs(T, count);
    port.str(T, VCPU, countOffset);
  }
  port.mrs(T, PMOVSSET_EL0.key);
  port.ldr(T2, VCPU, OVERFLOWED_OFFSET);
  cells[2 * T2] = cells[2 * T2]! | (cells[2 * T]! & pmu.running);
  port.str(T2, VCPU, OVERFLOWED_OFFSET);
  writeBits(cpu, PMOVSCLR_EL0, pmu.running);
  writeBits(cpu, PMCR_EL0, 0);
  pmu.running = 0;
}

/** `kvm_pmu_overflow_status`: whether the PMU asks for its interrupt, its counters in hardware or not. */
export function hasOverflowed(cpu: Cpu, { running }: VcpuPmu): boolean {
  const { port, cells } = cpu;
  port.ldr(T, VCPU, PMCR_OFFSET);
  const pmcr = cells[2 * T]!;
  if ((pmcr & PMCR_EL0.E.wordMask) === 0) return false;
  let bits = countersOf(pmcr);
  for (const offset of [ENABLED_OFFSET, INTERRUPTS_OFFSET]) {
    port.ldr(T, VCPU, offset);
    bits &= cells[2 * T]!;
  }
  if (bits === 0) return false;
  port.ldr(T, VCPU, OVERFLOWED_OFFSET);
  if ((cells[2 * T]! & bits) !== 0) return true;
  port.mrs(T, PMOVSSET_EL0.key);
  return (cells[2 * T]! & running & bits) !== 0;
}

function writeBits({ port, cells }: Cpu, register: AnyRegister, bits: number): void {
  setCell(cells, T, { lo: bits, hi: 0 });
  port.msr(register.key, T);
}
