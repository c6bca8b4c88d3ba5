/**
 * The physical address space beside RAM, as one PE sees it: a table of device regions. What lies in none of them is a hole:
 * an access there is an external abort, and is counted by page so that nothing is ignored silently.
 */
import { EVENT, InvariantError, type EventName } from '@worldswitch/cpu/arch';
import type { Bus, BusResult } from '@worldswitch/cpu';

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

/** Pages whose accesses are counted one by one; beyond that many they share one count. */
const HOLE_PAGES = 256;
const PAGE = 4096;

export class DeviceBus implements Bus {
  readonly regions: readonly Region[];
  /** Accesses to holes by page address; -1 collects what is beyond the first 256 pages. */
  readonly holes = new Map<number, number>();
  readonly #events: () => Float64Array;

  constructor(regions: readonly Region[], events: () => Float64Array) {
    this.regions = regions.toSorted((a, b) => a.base - b.base);
    this.#events = events;
    this.regions.forEach((region, index) => {
      const previous = this.regions[index - 1];
      if (previous !== undefined && region.base < previous.base + previous.size) throw new InvariantError(`${region.name} overlaps ${previous.name}`);
    });
  }

  read(address: number, size: number, data: Uint32Array): BusResult {
    const region = this.#at(address, size);
    if (region === undefined) return this.#hole(address);
    this.#count(region.readEvent);
    return region.device.read(address - region.base, size, data);
  }

  write(address: number, size: number, data: Uint32Array): BusResult {
    const region = this.#at(address, size);
    if (region === undefined) return this.#hole(address);
    this.#count(region.writeEvent);
    return region.device.write(address - region.base, size, data);
  }

  #at(address: number, size: number): Region | undefined {
    return this.regions.find(({ base, size: length }) => address >= base && address + size <= base + length);
  }

  #count(event: EventName): void {
    const events = this.#events();
    events[EVENT[event]] = events[EVENT[event]]! + 1;
  }

  #hole(address: number): 'abort' {
    const page = Math.floor(address / PAGE) * PAGE;
    const key = this.holes.has(page) || this.holes.size < HOLE_PAGES ? page : -1;
    this.holes.set(key, (this.holes.get(key) ?? 0) + 1);
    return 'abort';
  }
}
