/** What generated code counts by itself: words at `PE.COUNTS`, which are added to the counters when it has left. */
import { EVENT, type EventName } from '../arch/events.ts';
import { InvariantError } from '../invariant.ts';
import { PE } from './layout.ts';

/** In the order of the words. */
export const COUNTED: readonly EventName[] = ['isb', 'dsb', 'dmb', 'hint', 'mrs', 'msr', 'msrTranslation', 'msrHcrVttbr', 'tlbi'];

/** Offset of the word that counts an event, by its `EVENT`. */
export function countOffset(event: number): number {
  const at = COUNTED.findIndex((name) => EVENT[name] === event);
  if (at < 0) throw new InvariantError(`generated code does not count event ${String(event)}`);
  return PE.COUNTS + 4 * at;
}
