/** What becomes of a row when it executes. There is no execution yet: every allocated row is unimplemented. */
import type { Row, RowStatus } from '@worldswitch/cpu/arch';

/** Said wherever the status is printed. */
export const STATUS_NOTE = 'no row executes yet: execution arrives with the next release';

export function rowStatus(row: Row): RowStatus {
  return row.undefinedBecause === null ? 'unimplemented' : 'undefined';
}
