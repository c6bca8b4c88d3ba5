/** Devices in the kernel at guest physical addresses (`KVM_MMIO_BUS`): what answers an access before user space is asked. */
import type { Cpu } from '../cpu.ts';
import type { Vcpu } from '../vcpu.ts';

/** At offsets from its base. `size` is 1, 2, 4 or 8 bytes; data cross as two words, little-endian. */
export interface KernelDevice {
  read(cpu: Cpu, vcpu: Vcpu, offset: number, size: number, data: Uint32Array): void;
  write(cpu: Cpu, vcpu: Vcpu, offset: number, size: number, data: Uint32Array): void;
}

interface Slot {
  readonly base: number;
  readonly end: number;
  readonly device: KernelDevice;
}

export class KernelBus {
  readonly #slots: Slot[] = [];

  add(base: number, size: number, device: KernelDevice): void {
    this.#slots.push({ base, end: base + size, device });
  }

  /** Whether a device has answered. */
  read(cpu: Cpu, vcpu: Vcpu, address: number, size: number, data: Uint32Array): boolean {
    const slot = this.#at(address, size);
    slot?.device.read(cpu, vcpu, address - slot.base, size, data);
    return slot !== undefined;
  }

  write(cpu: Cpu, vcpu: Vcpu, address: number, size: number, data: Uint32Array): boolean {
    const slot = this.#at(address, size);
    slot?.device.write(cpu, vcpu, address - slot.base, size, data);
    return slot !== undefined;
  }

  #at(address: number, size: number): Slot | undefined {
    for (const slot of this.#slots) if (address >= slot.base && address + size <= slot.end) return slot;
    return undefined;
  }
}
