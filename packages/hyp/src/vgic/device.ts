/** The interrupt controller of a VM as its VMM sets it up: where the guest finds its frames (the VGIC devices' group ADDR, and INIT). */
import { InvariantError } from '@worldswitch/cpu/arch';
import { GICD_GICv2, GICD_GICv3, GICR_RD, GICR_SGI, GICV } from '@worldswitch/gic/regs';
import type { Cpu } from '../cpu.ts';
import type { Errno } from '../kvm-run.ts';
import { PAGE_BYTES } from '../mmu/stage2.ts';
import type { Vm } from '../vm.ts';
import { createDistributorV2 } from './v2.ts';
import { createDistributorV3, createRedistributor, REDISTRIBUTOR_STRIDE } from './v3.ts';

/** Guest physical addresses: of the distributor, and of GICC (GICv2) or of the first redistributor (GICv3), the others behind it. */
export interface VgicAddresses {
  readonly distributor: number;
  readonly interface: number;
}

/** In the kernel, with all vCPUs of the VM there. */
export function initVgic(cpu: Cpu, vm: Vm, addresses: VgicAddresses): Errno | null {
  const { vgic } = vm;
  if (vgic === null) return 'ENXIO';
  if (vgic.isMapped) return 'EEXIST';
  vgic.isMapped = true;
  if (vgic.model === 'gicv2') {
    vm.bus.add(addresses.distributor, GICD_GICv2.size, createDistributorV2(vgic));
    mapCpuInterface(cpu, vm, addresses.interface);
    return null;
  }
  vm.bus.add(addresses.distributor, GICD_GICv3.size, createDistributorV3(vgic));
  vm.vcpus.forEach((vcpu, n) => {
    const { rd, sgi } = createRedistributor(vgic, vcpu);
    const base = addresses.interface + n * REDISTRIBUTOR_STRIDE;
    vm.bus.add(base, GICR_RD.size, rd);
    vm.bus.add(base + GICR_RD.size, GICR_SGI.size, sgi);
  });
  return null;
}

/** What the guest takes for GICC is the virtual interface of whatever PE it runs on. */
function mapCpuInterface(cpu: Cpu, vm: Vm, ipa: number): void {
  const { gicv } = cpu.facts;
  if (gicv === null) throw new InvariantError('a GICv2 guest on a board without a GICV frame');
  for (let offset = 0; offset < GICV.size; offset += PAGE_BYTES) vm.stage2.mapDevice(cpu.port, ipa + offset, gicv + offset);
}
