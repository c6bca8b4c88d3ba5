/**
 * What the commands of a guest have mapped, as an emulated ITS keeps it (`struct its_device`, `its_collection`, `its_ite`). The guest's
 * tables are not asked at a translation: they are written and read when user space saves and restores (`tables.ts`).
 */
import type { Cpu } from '../../cpu.ts';
import type { Vcpu } from '../../vcpu.ts';
import type { Vm } from '../../vm.ts';
import type { VgicIrq } from '../irq.ts';
import { LPI_ID_BITS, type VgicLpis } from '../lpis.ts';

export interface ItsCollection {
  readonly id: number;
  /** Number of a redistributor; null: an event names it, and no MAPC has. */
  target: number | null;
}

export interface ItsEvent {
  readonly id: number;
  readonly irq: VgicIrq;
  /** Null: it was unmapped while events had it. */
  collection: ItsCollection | null;
}

export interface ItsDevice {
  readonly id: number;
  readonly eventBits: number;
  /** Guest physical, of its translation table. */
  readonly tableAddress: number;
  readonly events: Map<number, ItsEvent>;
}

/** More than there are LPIs: what a guest can make the host keep has a bound. (Differs: KVM's is the memory of the host.) */
const MOST_EVENTS = 2 ** LPI_ID_BITS;

const byId = (a: { readonly id: number }, b: { readonly id: number }): number => a.id - b.id;
export const sortedById = <T extends { readonly id: number }>(entries: ReadonlyMap<number, T>): readonly T[] => [...entries.values()].sort(byId);

export class ItsTranslations {
  readonly devices = new Map<number, ItsDevice>();
  readonly collections = new Map<number, ItsCollection>();
  readonly #vm: Vm;
  readonly #lpis: VgicLpis;
  #eventCount = 0;

  constructor(vm: Vm, lpis: VgicLpis) {
    this.#vm = vm;
    this.#lpis = lpis;
  }

  event(device: number, event: number): ItsEvent | null {
    return this.devices.get(device)?.events.get(event) ?? null;
  }

  /** The vCPU that a collection stands for; null where it stands for none. */
  targetOf(collection: ItsCollection | null | undefined): Vcpu | null {
    const target = collection?.target ?? null;
    return target === null ? null : (this.#vm.vcpus[target] ?? null);
  }

  // ---- Changes -------------------------------------------------------------------------------------------------------

  addDevice(id: number, eventBits: number, tableAddress: number): ItsDevice {
    const device: ItsDevice = { id, eventBits, tableAddress, events: new Map() };
    this.devices.set(id, device);
    return device;
  }

  removeDevice(device: ItsDevice): void {
    for (const event of device.events.values()) this.#lpis.remove(event.irq);
    this.#eventCount -= device.events.size;
    this.devices.delete(device.id);
  }

  addCollection(id: number, target: number | null): ItsCollection {
    const collection: ItsCollection = { id, target };
    this.collections.set(id, collection);
    return collection;
  }

  /** Its events are of no collection then. */
  removeCollection(collection: ItsCollection): void {
    for (const event of this.#eventsOf(collection)) event.collection = null;
    this.collections.delete(collection.id);
  }

  /** Its LPIs go to another vCPU; what is pending moves when the one that has it looks again. */
  retarget(collection: ItsCollection, target: number): void {
    collection.target = target;
    for (const { irq } of this.#eventsOf(collection)) irq.target = this.targetOf(collection);
  }

  /** False where the tables of LPIs are not in memory, and where there are events enough. */
  addEvent(cpu: Cpu, device: ItsDevice, id: number, intid: number, collection: ItsCollection): boolean {
    if (this.#eventCount >= MOST_EVENTS) return false;
    const irq = this.#lpis.add(cpu, this.#vm, intid, this.targetOf(collection));
    if (irq === null) return false;
    device.events.set(id, { id, irq, collection });
    this.#eventCount++;
    return true;
  }

  removeEvent(device: ItsDevice, event: ItsEvent): void {
    device.events.delete(event.id);
    this.#eventCount--;
    this.#lpis.remove(event.irq);
  }

  clearDevices(): void {
    for (const device of this.devices.values()) this.removeDevice(device);
  }

  clearCollections(): void {
    for (const collection of this.collections.values()) this.removeCollection(collection);
  }

  *#eventsOf(collection: ItsCollection): Iterable<ItsEvent> {
    for (const { events } of this.devices.values()) for (const event of events.values()) if (event.collection === collection) yield event;
  }

  visitState(put: (word: number) => void): void {
    for (const { id, target } of sortedById(this.collections)) for (const word of [id, target ?? -1]) put(word);
    for (const { id, eventBits, tableAddress, events } of sortedById(this.devices)) {
      for (const word of [id, eventBits, tableAddress >>> 0, Math.floor(tableAddress / 2 ** 32)]) put(word);
      for (const { id: event, irq, collection } of sortedById(events)) for (const word of [event, irq.intid, collection?.id ?? -1]) put(word);
    }
  }
}
