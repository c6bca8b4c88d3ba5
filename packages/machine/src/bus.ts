/**
 * The physical address space beside RAM, as one PE sees it: a table of device regions. What lies in none of them is a hole:
 * an access there is an external abort, and is counted by page so that nothing is ignored silently.
 */
import { EVENT, InvariantError, type EventName } from '@worldswitch/cpu/arch';
import type { Bus, BusResult } from '@worldswitch/cpu';
import { count, OTHERS } from './counts.ts';

/** A device behind the bus, at offsets from its base. */
export interface MmioDevice {
  read(offset: number, size: number, data: Uint32Array): BusResult;
  write(offset: number, size: number, data: Uint32Array): BusResult;
}

export interface Region {
  readonly name: string;
  readonly base: number;
  readonly size: number;
  readonly device: MmioDevice;
  /** What a read and a write count as. */
  readonly readEvent: EventName;
  readonly writeEvent: EventName;
}

const PAGE = 4096;

/** A page of {@link DeviceBus.holes} in words. */
export function holeName(page: number): string {
  return page === OTHERS ? 'elsewhere' : `0x${page.toString(16)}`;
}

/** A region with its counters found once. */
interface Slot extends Pick<Region, 'name' | 'base' | 'device'> {
  readonly end: number;
  readonly readEvent: number;
  readonly writeEvent: number;
}

export class DeviceBus implements Bus {
  /** Accesses to holes by page address; `OTHERS` is what lies elsewhere. */
  readonly holes = new Map<number, number>();
  readonly #slots: readonly Slot[];
  readonly #events: () => Float64Array;

  constructor(regions: readonly Region[], events: () => Float64Array) {
    this.#events = events;
    const sorted = regions.toSorted((a, b) => a.base - b.base);
    sorted.forEach((region, index) => {
      const previous = sorted[index - 1];
      if (previous !== undefined && region.base < previous.base + previous.size) throw new InvariantError(`${region.name} overlaps ${previous.name}`);
    });
    this.#slots = sorted.map(({ name, base, size, device, readEvent, writeEvent }) => ({ name, base, end: base + size, device, readEvent: EVENT[readEvent], writeEvent: EVENT[writeEvent] }));
  }

  read(address: number, size: number, data: Uint32Array): BusResult {
    const slot = this.#at(address, size);
    if (slot === undefined) return this.#hole(address);
    this.#count(slot.readEvent);
    return slot.device.read(address - slot.base, size, data);
  }

  write(address: number, size: number, data: Uint32Array): BusResult {
    const slot = this.#at(address, size);
    if (slot === undefined) return this.#hole(address);
    this.#count(slot.writeEvent);
    return slot.device.write(address - slot.base, size, data);
  }

  /** The region that an access lies in. */
  find(address: number, size: number): Pick<Region, 'name' | 'base' | 'device'> | undefined {
    return this.#at(address, size);
  }

  #at(address: number, size: number): Slot | undefined {
    for (const slot of this.#slots) if (address >= slot.base && address + size <= slot.end) return slot;
    return undefined;
  }

  #count(event: number): void {
    const events = this.#events();
    events[event] = events[event]! + 1;
  }

  #hole(address: number): 'abort' {
    const page = Math.floor(address / PAGE) * PAGE;
    count(this.holes, page);
    return 'abort';
  }
}
