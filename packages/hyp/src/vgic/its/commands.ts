/**
 * The commands of a guest's ITS, a row each by the code of `regs/gits.ts` (IHI 0069, "ITS commands"; Linux, virt/kvm/arm/vgic/vgic-its.c). A
 * command in error changes nothing, and the next one is read.
 */
import {
  fieldOf, ITS_CLEAR, ITS_DISCARD, ITS_INT, ITS_INV, ITS_INVALL, ITS_MAPC, ITS_MAPD, ITS_MAPI, ITS_MAPTI, ITS_MOVALL, ITS_MOVI, ITS_SYNC, itsCommand,
} from '@worldswitch/gic/regs';
import type { Cpu } from '../../cpu.ts';
import { FIRST_LPI } from '../irq.ts';
import type { VgicIts } from './its.ts';
import { entryAddress, EVENT_BITS, ITT_UNIT } from './tables.ts';

/** False where it is in error. */
type Command = (its: VgicIts, cpu: Cpu, words: Uint32Array) => boolean;

const mapDevice: Command = (its, cpu, words) => {
  const { translations } = its;
  const id = fieldOf(words, ITS_MAPD.DeviceID);
  const isValid = fieldOf(words, ITS_MAPD.V) !== 0;
  const eventBits = fieldOf(words, ITS_MAPD.Size) + 1;
  if (entryAddress(its, cpu, its.deviceTable, id) < 0 || (isValid && eventBits > EVENT_BITS)) return false;
  const known = translations.devices.get(id);
  if (known !== undefined) translations.removeDevice(known);
  if (isValid) translations.addDevice(id, eventBits, fieldOf(words, ITS_MAPD.ITT_addr) * ITT_UNIT);
  return true;
};

const mapCollection: Command = (its, cpu, words) => {
  const { translations, vm } = its;
  const id = fieldOf(words, ITS_MAPC.ICID);
  const target = fieldOf(words, ITS_MAPC.RDbase);
  if (target >= vm.vcpus.length) return false;
  const known = translations.collections.get(id);
  if (fieldOf(words, ITS_MAPC.V) === 0) {
    if (known !== undefined) translations.removeCollection(known);
  } else if (known !== undefined) translations.retarget(known, target);
  else if (entryAddress(its, cpu, its.collectionTable, id) >= 0) translations.addCollection(id, target);
  else return false;
  return true;
};

function mapEvent(its: VgicIts, cpu: Cpu, words: Uint32Array, intid: number): boolean {
  const { translations, lpis } = its;
  const device = translations.devices.get(fieldOf(words, ITS_MAPTI.DeviceID));
  const id = fieldOf(words, ITS_MAPTI.EventID);
  if (device === undefined || id >= 2 ** device.eventBits || intid < FIRST_LPI || intid >= lpis.end || device.events.has(id)) return false;
  const icid = fieldOf(words, ITS_MAPTI.ICID);
  const known = translations.collections.get(icid);
  if (known === undefined && entryAddress(its, cpu, its.collectionTable, icid) < 0) return false;
  const collection = known ?? translations.addCollection(icid, null);
  const isMapped = translations.addEvent(cpu, device, id, intid, collection);
  if (!isMapped && known === undefined) translations.removeCollection(collection);
  return isMapped;
}

const moveEvent: Command = ({ translations }, _cpu, words) => {
  const event = translations.event(fieldOf(words, ITS_MOVI.DeviceID), fieldOf(words, ITS_MOVI.EventID));
  const collection = translations.collections.get(fieldOf(words, ITS_MOVI.ICID));
  const target = translations.targetOf(collection);
  if (event === null || collection === undefined || target === null || translations.targetOf(event.collection) === null) return false;
  event.collection = collection;
  event.irq.target = target;
  return true;
};

const moveAll: Command = ({ vm, lpis }, _cpu, words) => {
  const from = vm.vcpus[fieldOf(words, ITS_MOVALL.RDbase1)];
  const to = vm.vcpus[fieldOf(words, ITS_MOVALL.RDbase2)];
  if (from === undefined || to === undefined) return false;
  for (const irq of lpis.of(from)) irq.target = to;
  return true;
};

const ROWS = {
  CLEAR: (its, _cpu, words) => {
    const event = its.translations.event(fieldOf(words, ITS_CLEAR.DeviceID), fieldOf(words, ITS_CLEAR.EventID));
    if (event !== null) event.irq.pendingLatch = false;
    return event !== null;
  },
  DISCARD: ({ translations }, _cpu, words) => {
    const device = translations.devices.get(fieldOf(words, ITS_DISCARD.DeviceID));
    const event = device?.events.get(fieldOf(words, ITS_DISCARD.EventID));
    if (device === undefined || event === undefined || event.collection === null) return false;
    translations.removeEvent(device, event);
    return true;
  },
  INT: (its, cpu, words) => its.trigger(cpu, fieldOf(words, ITS_INT.DeviceID), fieldOf(words, ITS_INT.EventID)) === 'pending',
  INV: (its, cpu, words) => {
    const event = its.translations.event(fieldOf(words, ITS_INV.DeviceID), fieldOf(words, ITS_INV.EventID));
    return event !== null && its.lpis.configure(cpu, its.vm, event.irq);
  },
  INVALL: ({ translations, lpis, vm }, cpu, words) => {
    const target = translations.targetOf(translations.collections.get(fieldOf(words, ITS_INVALL.ICID)));
    if (target !== null) for (const irq of lpis.of(target)) lpis.configure(cpu, vm, irq);
    return target !== null;
  },
  MAPC: mapCollection,
  MAPD: mapDevice,
  MAPI: (its, cpu, words) => mapEvent(its, cpu, words, fieldOf(words, ITS_MAPI.EventID)),
  MAPTI: (its, cpu, words) => mapEvent(its, cpu, words, fieldOf(words, ITS_MAPTI.pINTID)),
  MOVALL: moveAll,
  MOVI: moveEvent,
  // Every command has taken effect before the next is read.
  SYNC: () => true,
} as const satisfies Readonly<Record<string, Command>>;

const BY_CODE: ReadonlyMap<number, Command> = new Map(Object.entries(ROWS).map(([name, command]) => [itsCommand(name).code, command]));

/** Those that go through all LPIs. */
const WALKS: ReadonlySet<number> = new Set(['INVALL', 'MAPC', 'MAPD', 'MOVALL'].map((name) => itsCommand(name).code));

export function walksLpis(words: Uint32Array): boolean {
  return WALKS.has(fieldOf(words, ITS_SYNC.Code));
}

/** False where it is in error, and nothing happens. */
export function executeCommand(its: VgicIts, cpu: Cpu, words: Uint32Array): boolean {
  return BY_CODE.get(fieldOf(words, ITS_SYNC.Code))?.(its, cpu, words) ?? false;
}
