/** What a host's virtual interface asks of the vgic: where list register images lie in the vCPU, and in which layout. */
import type { Cpu } from '../cpu.ts';
import { backendV2 } from './backend-v2.ts';
import { backendV3 } from './backend-v3.ts';
import type { LrImage } from './list-register.ts';
import type { VgicModel } from './vgic.ts';

/** `VCPU` holds the address of the vCPU. Only memory is touched: the switch moves images to and from hardware. */
export interface VgicBackend {
  store(cpu: Cpu, n: number, image: LrImage): void;
  clear(cpu: Cpu, n: number): void;
  /** A GICv2 guest's SGI has its sender beside its number. */
  load(cpu: Cpu, n: number, image: LrImage, model: VgicModel): void;
  /** Whether the next run is interrupted when no more than one list register is in use any more. */
  setUnderflow(cpu: Cpu, isWanted: boolean): void;
}

/** By the version of the host's interrupt controller: the guest's may be another one. */
export const BACKENDS: Readonly<Record<2 | 3, VgicBackend>> = { 2: backendV2, 3: backendV3 };
