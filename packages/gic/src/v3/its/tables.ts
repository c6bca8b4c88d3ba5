/**
 * The tables of the ITS in memory: devices and collections by GITS_BASER, flat or of two levels, and the translation table of
 * each device (IHI 0069, "The ITS tables", "GITS_BASER<n>"). Every lookup reads memory: nothing is cached, so that there is
 * nothing to invalidate and no state beside the registers.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import type { GicMemory } from '../../memory.ts';
import { fieldOf, GITS_BASER, ITS_COLLECTION_ENTRY, ITS_DEVICE_ENTRY, ITS_LEVEL1_ENTRY, ITS_TRANSLATION_ENTRY, putField, TABLE_TYPES } from '../../regs/index.ts';
import { FIRST_LPI } from '../../physical-interface.ts';
import { LPI_ID_BITS } from '../lpis.ts';

/** Every entry of ours is a doubleword. */
export const ENTRY_BYTES = 8;
const PAGE_BYTES: readonly number[] = [0x1000, 0x4000, 0x1_0000, 0x1_0000];
const PAGE_64K = GITS_BASER.Page_Size.value('64K');
const KIB4 = 0x1000;
/** The address of a translation table is a multiple of this. */
const ITT_ALIGNMENT = 256;
const HIGH_ADDRESS = 2 ** 48;
/** Bits 15:12 of a page of 64 KiB stand for bits 51:48 of its address. */
const HIGH_NIBBLE = 16;

/** What software may write of GITS_BASERn, low and high word. */
const WRITABLE = ['Valid', 'Indirect', 'InnerCache', 'OuterCache', 'Physical_Address', 'Shareability', 'Page_Size', 'Size'] as const;
const WRITABLE_MASK = WRITABLE.reduce((mask, name) => mask | GITS_BASER[name].mask, 0n);
const WRITABLE_WORDS = [Number(WRITABLE_MASK & 0xffff_ffffn), Number(WRITABLE_MASK >> 32n)] as const;

/** One GITS_BASERn and the table that it names. */
export class ItsTable {
  readonly #memory: GicMemory;
  readonly #register = new Uint32Array(2);
  readonly #fixed: readonly [number, number];
  readonly #entry = new Uint32Array(2);

  constructor(memory: GicMemory, type: keyof typeof TABLE_TYPES) {
    this.#memory = memory;
    const fixed = GITS_BASER.of({ Type: TABLE_TYPES[type], Entry_Size: ENTRY_BYTES - 1 });
    this.#fixed = [Number(fixed & 0xffff_ffffn), Number(fixed >> 32n)];
  }

  read(half: number): number {
    return (this.#register[half]! | this.#fixed[half as 0 | 1]) >>> 0;
  }

  write(value: number, half: number): void {
    this.#register[half] = value & WRITABLE_WORDS[half as 0 | 1];
  }

  /** The address of entry `index`; -1 where the table has none, or no page for it. */
  addressOf(index: number): number {
    const register = this.#register;
    if (fieldOf(register, GITS_BASER.Valid) === 0) return -1;
    const pageSize = fieldOf(register, GITS_BASER.Page_Size);
    const pageBytes = PAGE_BYTES[pageSize]!;
    const bytes = (fieldOf(register, GITS_BASER.Size) + 1) * pageBytes;
    const field = fieldOf(register, GITS_BASER.Physical_Address);
    const base = pageSize < PAGE_64K ? field * KIB4 : (field - (field % HIGH_NIBBLE)) * KIB4 + (field % HIGH_NIBBLE) * HIGH_ADDRESS;
    if (fieldOf(register, GITS_BASER.Indirect) === 0) return index * ENTRY_BYTES < bytes ? base + index * ENTRY_BYTES : -1;
    const perPage = pageBytes / ENTRY_BYTES;
    const first = Math.floor(index / perPage);
    if (first * ENTRY_BYTES >= bytes || !readEntry(this.#memory, base + first * ENTRY_BYTES, this.#entry) || fieldOf(this.#entry, ITS_LEVEL1_ENTRY.Valid) === 0) return -1;
    const page = fieldOf(this.#entry, ITS_LEVEL1_ENTRY.Physical_Address) * KIB4;
    return page - (page % pageBytes) + (index % perPage) * ENTRY_BYTES;
  }

  visitState(state: StateVisitor): void {
    for (let half = 0; half < 2; half++) this.#register[half] = state.word(this.#register[half]!, WRITABLE_WORDS[half as 0 | 1]);
  }
}

/** Lookups and changes; what a lookup finds stays in the fields until the next one. */
export class ItsTables {
  readonly devices: ItsTable;
  readonly collections: ItsTable;
  readonly #memory: GicMemory;
  readonly #targets: number;
  readonly #entry = new Uint32Array(2);
  /** Of {@link findDevice}. */
  #translationTable = 0;
  #events = 0;
  /** Of {@link findEvent}: the LPI and its collection. */
  intid = 0;
  collection = 0;
  #eventAddress = 0;
  /** Of {@link findCollection}: the number of the PE. */
  target = 0;

  /** `targets` is how many PEs there are: what software left in memory may name others. */
  constructor(memory: GicMemory, targets: number) {
    this.#memory = memory;
    this.#targets = targets;
    this.devices = new ItsTable(memory, 'Devices');
    this.collections = new ItsTable(memory, 'Collections');
  }

  findDevice(device: number): boolean {
    if (!this.#read(this.devices.addressOf(device)) || fieldOf(this.#entry, ITS_DEVICE_ENTRY.Valid) === 0) return false;
    this.#translationTable = fieldOf(this.#entry, ITS_DEVICE_ENTRY.ITT_addr) * ITT_ALIGNMENT;
    this.#events = 2 ** (fieldOf(this.#entry, ITS_DEVICE_ENTRY.Size) + 1);
    return true;
  }

  /** The event of a device, as it is mapped. */
  findEvent(device: number, event: number): boolean {
    if (!this.hasEvent(device, event) || !this.#read(this.#eventAddress)) return false;
    this.intid = fieldOf(this.#entry, ITS_TRANSLATION_ENTRY.pINTID);
    this.collection = fieldOf(this.#entry, ITS_TRANSLATION_ENTRY.ICID);
    // An entry of zeros maps nothing: no LPI has INTID 0.
    return this.intid >= FIRST_LPI && this.intid < 2 ** LPI_ID_BITS;
  }

  /** Whether the device is mapped and has that many events, whether or not this one is mapped. */
  hasEvent(device: number, event: number): boolean {
    if (!this.findDevice(device) || event >= this.#events) return false;
    this.#eventAddress = this.#translationTable + event * ENTRY_BYTES;
    return true;
  }

  findCollection(collection: number): boolean {
    if (!this.#read(this.collections.addressOf(collection)) || fieldOf(this.#entry, ITS_COLLECTION_ENTRY.Valid) === 0) return false;
    this.target = fieldOf(this.#entry, ITS_COLLECTION_ENTRY.RDbase);
    return this.target < this.#targets;
  }

  /** MAPD: `size` is the count of bits of an EventID, less one. */
  mapDevice(device: number, tableField: number, size: number, valid: boolean): boolean {
    this.#entry.fill(0);
    if (valid) {
      putField(this.#entry, ITS_DEVICE_ENTRY.Valid, 1);
      putField(this.#entry, ITS_DEVICE_ENTRY.ITT_addr, tableField);
      putField(this.#entry, ITS_DEVICE_ENTRY.Size, size);
    }
    return this.#write(this.devices.addressOf(device));
  }

  mapCollection(collection: number, target: number, valid: boolean): boolean {
    this.#entry.fill(0);
    if (valid) {
      putField(this.#entry, ITS_COLLECTION_ENTRY.Valid, 1);
      putField(this.#entry, ITS_COLLECTION_ENTRY.RDbase, target);
      putField(this.#entry, ITS_COLLECTION_ENTRY.ICID, collection);
    }
    return this.#write(this.collections.addressOf(collection));
  }

  /** Maps the event that {@link hasEvent} or {@link findEvent} found; INTID 0 unmaps it. */
  mapEvent(intid: number, collection: number): boolean {
    this.#entry.fill(0);
    putField(this.#entry, ITS_TRANSLATION_ENTRY.pINTID, intid);
    putField(this.#entry, ITS_TRANSLATION_ENTRY.ICID, collection);
    return this.#write(this.#eventAddress);
  }

  #read(address: number): boolean {
    return address >= 0 && readEntry(this.#memory, address, this.#entry);
  }

  #write(address: number): boolean {
    return address >= 0 && this.#memory.write32(address, this.#entry[0]!) && this.#memory.write32(address + 4, this.#entry[1]!);
  }
}

function readEntry(memory: GicMemory, address: number, entry: Uint32Array): boolean {
  for (let word = 0; word < entry.length; word++) {
    const value = memory.read32(address + 4 * word);
    if (value < 0) return false;
    entry[word] = value;
  }
  return true;
}
