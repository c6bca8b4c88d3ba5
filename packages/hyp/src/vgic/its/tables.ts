/**
 * The tables of an emulated ITS in guest memory: whether they have room for an entry, and what is written and read of them when user
 * space saves and restores (Linux, Documentation/virtual/kvm/devices/arm-vgic-its.txt, "ITS Table ABI REV0"). Pages are of 64 KiB.
 */
import {
  fieldOf, GITS_BASER, ITS_COLLECTION_ENTRY, ITS_DEVICE_ENTRY, ITS_LEVEL1_ENTRY, ITS_TRANSLATION_ENTRY, putField,
} from '@worldswitch/gic/regs';
import type { Cpu } from '../../cpu.ts';
import type { Errno } from '../../kvm-run.ts';
import { readGuest, writeGuest } from '../../mmu/guest-memory.ts';
import { FIRST_LPI } from '../irq.ts';
import type { TableRegister } from '../table-register.ts';
import type { VgicIts } from './its.ts';
import { sortedById, type ItsDevice } from './translations.ts';

export const ENTRY_BYTES = 8;
/** Bits of a DeviceID and of an ICID, and of an EventID. */
export const ID_BITS = 16;
export const EVENT_BITS = 16;
/** An ITT address in a command or an entry is in units of this many bytes. */
export const ITT_UNIT = 256;

const PAGE = 0x1_0000;
const ENTRIES_OF_PAGE = PAGE / ENTRY_BYTES;
const ADDRESS_UNIT = 2 ** GITS_BASER.Physical_Address.lsb;
/** A collection that no MAPC has mapped is saved with this RDbase. */
const NOT_MAPPED = 0xffff_ffff;
/** Offsets to the next entry that do not fit say as much as does. */
const MOST_NEXT_DEVICE = 2 ** ITS_DEVICE_ENTRY.Next.width - 1;
const MOST_NEXT_EVENT = 2 ** ITS_TRANSLATION_ENTRY.Next.width - 1;

const entry = new Uint32Array(2);

const baseOf = (register: TableRegister): number => register.field(GITS_BASER.Physical_Address) * ADDRESS_UNIT;
const bytesOf = (register: TableRegister): number => (register.field(GITS_BASER.Size) + 1) * PAGE;
const isValid = (register: TableRegister): boolean => register.field(GITS_BASER.Valid) !== 0;

/** The page of a level 1 entry. */
function pageOf(level1: Uint32Array): number {
  const address = fieldOf(level1, ITS_LEVEL1_ENTRY.Physical_Address) * 2 ** ITS_LEVEL1_ENTRY.Physical_Address.lsb;
  return address - (address % PAGE);
}

/** The guest physical address of the entry of a device or collection (`vgic_its_check_id`); -1 where there is no memory for it. */
export function entryAddress({ vm }: VgicIts, cpu: Cpu, register: TableRegister, id: number): number {
  if (id >= 2 ** ID_BITS) return -1;
  let address = baseOf(register) + id * ENTRY_BYTES;
  if (register.field(GITS_BASER.Indirect) === 0) {
    if (id * ENTRY_BYTES >= bytesOf(register)) return -1;
  } else {
    const first = Math.floor(id / ENTRIES_OF_PAGE) * ENTRY_BYTES;
    if (first >= bytesOf(register) || !readGuest(cpu, vm, baseOf(register) + first, entry) || fieldOf(entry, ITS_LEVEL1_ENTRY.Valid) === 0) return -1;
    address = pageOf(entry) + (id % ENTRIES_OF_PAGE) * ENTRY_BYTES;
  }
  return vm.slotAt(address) === null ? -1 : address;
}

// ---- Saving ------------------------------------------------------------------------------------------------------------

/** KVM_DEV_ARM_ITS_SAVE_TABLES. */
export function saveTables(its: VgicIts, cpu: Cpu): Errno | null {
  return saveDevices(its, cpu) ?? saveCollections(its, cpu);
}

function saveDevices(its: VgicIts, cpu: Cpu): Errno | null {
  if (!isValid(its.deviceTable)) return null;
  const devices = sortedById(its.translations.devices);
  for (const [at, device] of devices.entries()) {
    const address = entryAddress(its, cpu, its.deviceTable, device.id);
    if (address < 0) return 'EINVAL';
    const errno = saveEvents(its, cpu, device);
    if (errno !== null) return errno;
    const next = devices[at + 1];
    entry.fill(0);
    putField(entry, ITS_DEVICE_ENTRY.Valid, 1);
    putField(entry, ITS_DEVICE_ENTRY.Next, next === undefined ? 0 : Math.min(next.id - device.id, MOST_NEXT_DEVICE));
    putField(entry, ITS_DEVICE_ENTRY.ITT_addr, device.tableAddress / ITT_UNIT);
    putField(entry, ITS_DEVICE_ENTRY.Size, device.eventBits - 1);
    if (!writeGuest(cpu, its.vm, address, entry)) return 'EFAULT';
  }
  return null;
}

function saveEvents({ vm }: VgicIts, cpu: Cpu, { tableAddress, events }: ItsDevice): Errno | null {
  const sorted = sortedById(events);
  for (const [at, event] of sorted.entries()) {
    const next = sorted[at + 1];
    entry.fill(0);
    putField(entry, ITS_TRANSLATION_ENTRY.Next, next === undefined ? 0 : Math.min(next.id - event.id, MOST_NEXT_EVENT));
    putField(entry, ITS_TRANSLATION_ENTRY.pINTID, event.irq.intid);
    // (Differs: v4.16 follows a null pointer where the collection is gone.)
    putField(entry, ITS_TRANSLATION_ENTRY.ICID, event.collection?.id ?? 0);
    if (!writeGuest(cpu, vm, tableAddress + event.id * ENTRY_BYTES, entry)) return 'EFAULT';
  }
  return null;
}

/** One behind the other; an entry that is not valid ends them. */
function saveCollections({ vm, translations, collectionTable }: VgicIts, cpu: Cpu): Errno | null {
  if (!isValid(collectionTable)) return null;
  let address = baseOf(collectionTable);
  for (const { id, target } of translations.collections.values()) {
    entry.fill(0);
    putField(entry, ITS_COLLECTION_ENTRY.Valid, 1);
    putField(entry, ITS_COLLECTION_ENTRY.RDbase, target ?? NOT_MAPPED);
    putField(entry, ITS_COLLECTION_ENTRY.ICID, id);
    if (!writeGuest(cpu, vm, address, entry)) return 'EFAULT';
    address += ENTRY_BYTES;
  }
  if (address === baseOf(collectionTable) + bytesOf(collectionTable)) return null;
  entry.fill(0);
  return writeGuest(cpu, vm, address, entry) ? null : 'EFAULT';
}

// ---- Restoring ---------------------------------------------------------------------------------------------------------

/** KVM_DEV_ARM_ITS_RESTORE_TABLES. */
export function restoreTables(its: VgicIts, cpu: Cpu): Errno | null {
  return restoreCollections(its, cpu) ?? restoreDevices(its, cpu);
}

function restoreCollections(its: VgicIts, cpu: Cpu): Errno | null {
  const { vm, translations, collectionTable } = its;
  if (!isValid(collectionTable)) return null;
  const end = baseOf(collectionTable) + bytesOf(collectionTable);
  for (let address = baseOf(collectionTable); address < end; address += ENTRY_BYTES) {
    if (!readGuest(cpu, vm, address, entry)) return 'EFAULT';
    if (fieldOf(entry, ITS_COLLECTION_ENTRY.Valid) === 0) return null;
    const id = fieldOf(entry, ITS_COLLECTION_ENTRY.ICID);
    const target = fieldOf(entry, ITS_COLLECTION_ENTRY.RDbase) % 2 ** 32;
    if (target !== NOT_MAPPED && target >= vm.vcpus.length) return 'EINVAL';
    if (translations.collections.has(id)) return 'EEXIST';
    if (entryAddress(its, cpu, collectionTable, id) < 0) return 'EINVAL';
    translations.addCollection(id, target === NOT_MAPPED ? null : target);
  }
  return null;
}

/** What an entry says of the next one: how many entries on it is, 0 where it was the last one, or why nothing can be restored. */
type EntryResult = number | Errno;
type RestoreEntry = (its: VgicIts, cpu: Cpu, id: number) => EntryResult;

/** Goes from entry to entry of a table, each in {@link entry}; 1 where its end was reached and 0 where the last entry was found. */
function scan(its: VgicIts, cpu: Cpu, base: number, bytes: number, firstId: number, restore: RestoreEntry): EntryResult {
  for (let at = 0; at < bytes; ) {
    if (!readGuest(cpu, its.vm, base + at, entry)) return 'EFAULT';
    const next = restore(its, cpu, firstId + at / ENTRY_BYTES);
    if (typeof next === 'string' || next === 0) return next;
    at += next * ENTRY_BYTES;
  }
  return 1;
}

const errnoOf = (result: EntryResult): Errno | null => (typeof result === 'string' ? result : null);

function restoreDevices(its: VgicIts, cpu: Cpu): Errno | null {
  const { deviceTable } = its;
  if (!isValid(deviceTable)) return null;
  const isIndirect = deviceTable.field(GITS_BASER.Indirect) !== 0;
  return errnoOf(scan(its, cpu, baseOf(deviceTable), bytesOf(deviceTable), 0, isIndirect ? restorePage : restoreDevice));
}

/** The page of a level 1 entry. */
const restorePage: RestoreEntry = (its, cpu, index) => (fieldOf(entry, ITS_LEVEL1_ENTRY.Valid) === 0 ? 1 : scan(its, cpu, pageOf(entry), PAGE, index * ENTRIES_OF_PAGE, restoreDevice));

const restoreDevice: RestoreEntry = (its, cpu, id) => {
  if (fieldOf(entry, ITS_DEVICE_ENTRY.Valid) === 0) return 1;
  const next = fieldOf(entry, ITS_DEVICE_ENTRY.Next);
  const device = its.translations.addDevice(id, fieldOf(entry, ITS_DEVICE_ENTRY.Size) + 1, fieldOf(entry, ITS_DEVICE_ENTRY.ITT_addr) * ITT_UNIT);
  const errno = errnoOf(scan(its, cpu, device.tableAddress, 2 ** device.eventBits * ENTRY_BYTES, 0, (_its, _cpu, event) => restoreEvent(its, cpu, device, event)));
  if (errno !== null) its.translations.removeDevice(device);
  return errno ?? next;
};

function restoreEvent({ translations }: VgicIts, cpu: Cpu, device: ItsDevice, id: number): EntryResult {
  const intid = fieldOf(entry, ITS_TRANSLATION_ENTRY.pINTID);
  if (intid === 0) return 1;
  const next = fieldOf(entry, ITS_TRANSLATION_ENTRY.Next);
  const collection = translations.collections.get(fieldOf(entry, ITS_TRANSLATION_ENTRY.ICID));
  if (intid < FIRST_LPI || id + next >= 2 ** device.eventBits || collection === undefined) return 'EINVAL';
  return translations.addEvent(cpu, device, id, intid, collection) ? next : 'EFAULT';
}
