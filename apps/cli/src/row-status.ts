/** What becomes of a row when it executes. */
import { isImplemented } from '@worldswitch/cpu';
import type { Row, RowStatus } from '@worldswitch/cpu/arch';

/** Said wherever the status is printed. */
export const STATUS_NOTE = 'an unimplemented row stops the machine with a diagnostic; an undefined one is an exception of the guest';

export function rowStatus(row: Row): RowStatus {
  if (row.undefinedBecause !== null) return 'undefined';
  return isImplemented(row) ? 'implemented' : 'unimplemented';
}
