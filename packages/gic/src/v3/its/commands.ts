/**
 * The commands of the ITS: a row each, by the code of `regs/gits.ts` (IHI 0069, "ITS commands"). A command that names what is not mapped
 * or out of range is in error; the architecture lets an ITS ignore such a command, which is what a row says with false.
 */
import {
  fieldOf, GITS_TYPER, ITS_CLEAR, ITS_COMMANDS, ITS_DISCARD, ITS_INT, ITS_INV, ITS_INVALL, ITS_MAPC, ITS_MAPD, ITS_MAPI, ITS_MAPTI, ITS_MOVALL, ITS_MOVI, ITS_SYNC,
} from '../../regs/index.ts';
import { FIRST_LPI } from '../../physical-interface.ts';
import { LPI_ID_BITS, type Lpis } from '../lpis.ts';
import type { ItsTables } from './tables.ts';

/** Bits of a DeviceID, an EventID and an ICID. */
export const ITS_BITS = { device: 16, event: 16, collection: 16 } as const;

export const COMMAND_WORDS = 8;

/** What commands act on; `redistributors` by the number of the PE, which RDbase is. */
export interface ItsTarget {
  readonly tables: ItsTables;
  readonly redistributors: readonly Lpis[];
}

type Command = (its: ItsTarget, words: Uint32Array) => boolean;

/** An event that is mapped, of a collection that is: its LPI is `tables.intid`, at `tables.target`. */
function translates({ tables }: ItsTarget, device: number, event: number): boolean {
  return tables.findEvent(device, event) && tables.findCollection(tables.collection);
}

/** INT, and a device's write to GITS_TRANSLATER. */
export function setPending(its: ItsTarget, device: number, event: number): boolean {
  if (!translates(its, device, event)) return false;
  its.redistributors[its.tables.target]!.setPending(its.tables.intid, true);
  return true;
}

function mapEvent({ tables }: ItsTarget, device: number, event: number, intid: number, collection: number): boolean {
  return intid >= FIRST_LPI && intid < 2 ** LPI_ID_BITS && tables.hasEvent(device, event) && tables.mapEvent(intid, collection);
}

function mapDevice({ tables }: ItsTarget, words: Uint32Array): boolean {
  const device = fieldOf(words, ITS_MAPD.DeviceID);
  const size = fieldOf(words, ITS_MAPD.Size);
  const valid = fieldOf(words, ITS_MAPD.V) !== 0;
  if (device >= 2 ** ITS_BITS.device || (valid && size >= ITS_BITS.event)) return false;
  return tables.mapDevice(device, fieldOf(words, ITS_MAPD.ITT_addr), size, valid);
}

function mapCollection({ tables, redistributors }: ItsTarget, words: Uint32Array): boolean {
  const target = fieldOf(words, ITS_MAPC.RDbase);
  const valid = fieldOf(words, ITS_MAPC.V) !== 0;
  return (!valid || target < redistributors.length) && tables.mapCollection(fieldOf(words, ITS_MAPC.ICID), target, valid);
}

/** The event goes to another collection, and so does its LPI if it is pending. */
function moveEvent(its: ItsTarget, words: Uint32Array): boolean {
  const { tables, redistributors } = its;
  if (!translates(its, fieldOf(words, ITS_MOVI.DeviceID), fieldOf(words, ITS_MOVI.EventID))) return false;
  const from = redistributors[tables.target]!;
  const collection = fieldOf(words, ITS_MOVI.ICID);
  const { intid } = tables;
  if (!tables.findCollection(collection) || !tables.mapEvent(intid, collection)) return false;
  const to = redistributors[tables.target]!;
  if (from !== to && from.isPending(intid)) {
    from.setPending(intid, false);
    to.setPending(intid, true);
  }
  return true;
}

function moveAll({ redistributors }: ItsTarget, words: Uint32Array): boolean {
  const from = redistributors[fieldOf(words, ITS_MOVALL.RDbase1)];
  const to = redistributors[fieldOf(words, ITS_MOVALL.RDbase2)];
  if (from === undefined || to === undefined) return false;
  if (from !== to) from.moveAll(to);
  return true;
}

function clear(its: ItsTarget, device: number, event: number): boolean {
  if (!translates(its, device, event)) return false;
  its.redistributors[its.tables.target]!.setPending(its.tables.intid, false);
  return true;
}

const ROWS: Readonly<Record<string, Command>> = {
  CLEAR: (its, words) => clear(its, fieldOf(words, ITS_CLEAR.DeviceID), fieldOf(words, ITS_CLEAR.EventID)),
  DISCARD: (its, words) => clear(its, fieldOf(words, ITS_DISCARD.DeviceID), fieldOf(words, ITS_DISCARD.EventID)) && its.tables.mapEvent(0, 0),
  INT: (its, words) => setPending(its, fieldOf(words, ITS_INT.DeviceID), fieldOf(words, ITS_INT.EventID)),
  INV: (its, words) => {
    if (!translates(its, fieldOf(words, ITS_INV.DeviceID), fieldOf(words, ITS_INV.EventID))) return false;
    its.redistributors[its.tables.target]!.reconsider();
    return true;
  },
  INVALL: ({ tables, redistributors }, words) => {
    if (!tables.findCollection(fieldOf(words, ITS_INVALL.ICID))) return false;
    redistributors[tables.target]!.reconsider();
    return true;
  },
  MAPC: mapCollection,
  MAPD: mapDevice,
  MAPI: (its, words) => {
    const event = fieldOf(words, ITS_MAPI.EventID);
    return mapEvent(its, fieldOf(words, ITS_MAPI.DeviceID), event, event, fieldOf(words, ITS_MAPI.ICID));
  },
  MAPTI: (its, words) => mapEvent(its, fieldOf(words, ITS_MAPTI.DeviceID), fieldOf(words, ITS_MAPTI.EventID), fieldOf(words, ITS_MAPTI.pINTID), fieldOf(words, ITS_MAPTI.ICID)),
  MOVALL: moveAll,
  MOVI: moveEvent,
  // Every command has taken effect before the next is read.
  SYNC: ({ redistributors }, words) => fieldOf(words, ITS_SYNC.RDbase) < redistributors.length,
};

const BY_CODE = new Map(ITS_COMMANDS.filter(({ since }) => since === 'GICv3').map(({ code, layout }) => [code, ROWS[layout.name]!]));

/** Executes a command; false where it is in error, and nothing happens. */
export function executeCommand(its: ItsTarget, words: Uint32Array): boolean {
  return BY_CODE.get(fieldOf(words, ITS_SYNC.Code))?.(its, words) ?? false;
}

/** GITS_TYPER: counts less one. RDbase is the number of a PE (PTA 0), collections are in memory (HCC 0). */
export function itsType(entryBytes: number): bigint {
  return GITS_TYPER.of({ Physical: 1, ITT_entry_size: entryBytes - 1, ID_bits: ITS_BITS.event - 1, Devbits: ITS_BITS.device - 1, CIL: 1, CIDbits: ITS_BITS.collection - 1 });
}
