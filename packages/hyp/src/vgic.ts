/**
 * The virtual interrupt controller of a vCPU, as far as the switch meets it: flush fills list register images from the
 * ap_list, sync folds them back. Without a distributor nothing makes an interrupt pending, so the list is empty; the
 * hardware side of an empty list is the plan's.
 */
import type { Cpu } from './cpu.ts';
import { TALLIES } from './host/tallies.ts';

export interface VcpuVgic {
  flush(cpu: Cpu): void;
  sync(cpu: Cpu): void;
}

/** No interrupt is pending or active, ever. */
export const EMPTY_VGIC: VcpuVgic = {
  flush: (cpu) => cpu.port.charge(TALLIES.vgicFlush),
  sync: (cpu) => cpu.port.charge(TALLIES.vgicSync),
};
