/** The interrupt controller of a VM as its VMM sets it up: where the guest finds its frames (the VGIC devices' group ADDR, and INIT). */
import { InvariantError } from '@worldswitch/cpu/arch';
import { GICD_GICv2, GICD_GICv3, GICR_RD, GICR_SGI, GICV } from '@worldswitch/gic/regs';
import type { Cpu } from '../cpu.ts';
import type { HostFacts } from '../host/facts.ts';
import type { Errno } from '../kvm-run.ts';
import { IPA_BITS, PAGE_BYTES } from '../mmu/stage2.ts';
import type { Vm } from '../vm.ts';
import { ITS_BYTES, type VgicIts } from './its/its.ts';
import { createDistributorV2 } from './v2.ts';
import { createDistributorV3, createRedistributor, REDISTRIBUTOR_STRIDE } from './v3.ts';
import type { VgicAddressBook, VgicModel } from './vgic.ts';

/** The same, as a VMM that sets the device up in one go gives them. */
export interface VgicAddresses {
  readonly distributor: number;
  readonly interface: number;
}

/** What an address that nobody has set reads as. */
export const UNDEFINED_ADDRESS = 0xffff_ffff_ffff_ffffn;

/** Attributes of the group ADDR. */
export interface AddressType {
  readonly type: number;
  readonly model: VgicModel;
  readonly what: keyof VgicAddressBook;
  /** With this many vCPUs there. */
  readonly place: (addresses: VgicAddressBook, address: bigint, vcpus: number) => Errno | null;
}

/** Why frames cannot be there (`vgic_check_ioaddr`). */
function addressRefusal(address: bigint, align: bigint, known: number | null): Errno | null {
  if (address >> BigInt(IPA_BITS) !== 0n) return 'E2BIG';
  if (address % align !== 0n) return 'EINVAL';
  return known === null ? null : 'EEXIST';
}

/** Whether the frames of a controller lie on each other (`vgic_v2_check_base`, `vgic_v3_check_base`). */
function overlaps(model: VgicModel, { distributor, interface: base }: VgicAddressBook, vcpus: number): boolean {
  if (distributor === null || base === null) return false;
  const [distributorBytes, bytes] = model === 'gicv2' ? [GICD_GICv2.size, GICV.size] : [GICD_GICv3.size, REDISTRIBUTOR_STRIDE * vcpus];
  return distributor < base + bytes && base < distributor + distributorBytes;
}

function addressType(type: number, model: VgicModel, what: keyof VgicAddressBook, align: bigint): AddressType {
  return {
    type, model, what,
    place: (addresses, address, vcpus) => {
      const errno = addressRefusal(address, align, addresses[what]);
      if (errno !== null) return errno;
      // Redistributors are registered as they are placed, everything else when the device is set up.
      if (model === 'gicv3' && what === 'interface' && vcpus > 0 && overlaps(model, { ...addresses, interface: Number(address) }, vcpus)) return 'EINVAL';
      addresses[what] = Number(address);
      return null;
    },
  };
}

export const ADDRESS_TYPES: readonly AddressType[] = [
  addressType(0, 'gicv2', 'distributor', 0x1000n),
  addressType(1, 'gicv2', 'interface', 0x1000n),
  addressType(2, 'gicv3', 'distributor', 0x1_0000n),
  addressType(3, 'gicv3', 'interface', 0x1_0000n),
];

/** A GICv3 needs the host's, a GICv2 the frame of its virtual interface. (Differs: KVM refuses to create the device.) */
const isOffered = (model: VgicModel, { gic, gicv }: HostFacts): boolean => (model === 'gicv3' ? gic === 3 : gicv !== null);

/** In the kernel, with all vCPUs of the VM there. Once it is set up there is nothing to do. */
export function initVgic(cpu: Cpu, vm: Vm): Errno | null {
  const vgic = vm.vgic!;
  if (vgic.isMapped) return null;
  if (vm.vcpus.length === 0 || !isOffered(vgic.model, cpu.facts)) return 'ENODEV';
  const { distributor, interface: base } = vgic.addresses;
  if (distributor === null || base === null) return 'ENXIO';
  // Differs: KVM looks at the first KVM_RUN.
  if (overlaps(vgic.model, vgic.addresses, vm.vcpus.length)) return 'EINVAL';
  vgic.isMapped = true;
  if (vgic.model === 'gicv2') {
    vm.bus.add(distributor, GICD_GICv2.size, createDistributorV2(vgic));
    mapCpuInterface(cpu, vm, base);
    return null;
  }
  vm.bus.add(distributor, GICD_GICv3.size, createDistributorV3(vgic));
  vm.vcpus.forEach((vcpu, n) => {
    const { rd, sgi } = createRedistributor(vgic, vcpu);
    const frame = base + n * REDISTRIBUTOR_STRIDE;
    vm.bus.add(frame, GICR_RD.size, rd);
    vm.bus.add(frame + GICR_RD.size, GICR_SGI.size, sgi);
  });
  return null;
}

/** Once, and from then on the guest finds it there. */
export function placeIts(vm: Vm, its: VgicIts, address: bigint): Errno | null {
  const errno = addressRefusal(address, 0x1_0000n, its.base);
  if (errno !== null) return errno;
  its.base = Number(address);
  vm.bus.add(its.base, ITS_BYTES, its.frame());
  return null;
}

/** What the guest takes for GICC is the virtual interface of whatever PE it runs on. */
function mapCpuInterface(cpu: Cpu, vm: Vm, ipa: number): void {
  const { gicv } = cpu.facts;
  if (gicv === null) throw new InvariantError('a GICv2 guest on a board without a GICV frame');
  for (let offset = 0; offset < GICV.size; offset += PAGE_BYTES) vm.stage2.mapDevice(cpu.port, ipa + offset, gicv + offset);
}
