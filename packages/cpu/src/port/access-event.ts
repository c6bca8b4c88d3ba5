/** Which counted event a load or store is, by its row: what the shortcuts of the port count for theirs. */
import type { EventName } from '../arch/events.ts';
import type { Row } from '../arch/insn/row.ts';

const ATOMIC = /^(CAS|SWP|LD(ADD|CLR|EOR|SET|[SU]MAX|[SU]MIN))/;

const known = new Map<Row, EventName | null>();

/** The event of a row; null where it is no load or store. */
export function accessEvent(row: Row): EventName | null {
  let event = known.get(row);
  if (event === undefined) {
    event = find(row);
    known.set(row, event);
  }
  return event;
}

function find({ id, group }: Row): EventName | null {
  if (!group.startsWith('Loads and stores') || id.startsWith('PRF')) return null;
  if (ATOMIC.test(id)) return 'atomic';
  const isLoad = id.startsWith('LD');
  if (/^(LD|ST)N?P/.test(id)) {
    if (id.endsWith('_fpsimd')) return isLoad ? 'loadPairQ' : 'storePairQ';
    return isLoad ? 'loadPairX' : 'storePairX';
  }
  return isLoad ? 'loadX' : 'storeX';
}
