/**
 * The board that a guest of the hypervisor finds, as its VMM emulates it: the devices of a machine, at the same addresses, over the
 * guest's RAM. Its interrupts go to the interrupt controller in the kernel.
 */
import { EVENTS, withoutFeature, type FeatureSet } from '@worldswitch/cpu/arch';
import { createDevices, type BoardDevices } from '../board/devices.ts';
import { DeviceBus } from '../bus.ts';
import type { Console } from '../console.ts';
import type { MachineConfig } from '../description.ts';
import type { Ram } from '../ram.ts';

export interface VirtualBoardPorts {
  readonly console: Console;
  readonly virtioConsole: Console | null;
  readonly ram: Ram;
  /** The physical count, as the VMM reads it. */
  readonly readCounter: (data: Uint32Array) => void;
  /** An input of the guest's interrupt controller changes. */
  readonly setSpi: (intid: number, level: boolean) => void;
}

/** What a guest's processor and board are, of what the machine has: it starts at EL1, without EL2 and without a PMU. */
export function guestConfig(machine: MachineConfig, guest: Pick<MachineConfig, 'gic' | 'pes' | 'memory' | 'disks' | 'seed' | 'rtcStart'>): MachineConfig {
  const features = (['VHE', 'EL2', 'PMUv3'] as const).reduce<FeatureSet>((set, name) => withoutFeature(set, name), machine.features);
  return { ...machine, ...guest, el: 1, features, its: guest.gic === 3, native: false, semihosting: null };
}

export class VirtualBoard {
  readonly devices: BoardDevices;
  readonly #bus: DeviceBus;

  constructor(config: MachineConfig, { console, virtioConsole, ram, readCounter, setSpi }: VirtualBoardPorts) {
    this.devices = createDevices(config, {
      console,
      virtioConsole,
      ram,
      setSpi,
      // The alarm of the clock is not wired: a VMM without a thread of its own could not be woken by it.
      time: { readCounter, setDeadline: () => undefined },
    });
    // What the VMM does is not priced by the device.
    const events = new Float64Array(EVENTS.length);
    this.#bus = new DeviceBus(this.devices.regions, () => events);
  }

  /** An access at a guest physical address, of 1, 2, 4 or 8 bytes. Where nothing is, reads give 0 and writes are lost. */
  access(address: number, size: number, isWrite: boolean, data: Uint32Array): void {
    if (isWrite) this.#bus.write(address, size, data);
    else if (this.#bus.read(address, size, data) === 'abort') data.fill(0);
  }

  /** Accesses where no device is, by page. */
  get holes(): ReadonlyMap<number, number> {
    return this.#bus.holes;
  }
}
