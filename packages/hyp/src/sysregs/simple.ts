/** Handlers that need no state. */
import { K, setCell, ZERO } from '../cells.ts';
import type { SysRegHandler } from './handler.ts';

/** RAZ/WI. */
export const readAsZero: SysRegHandler = ({ cells }, _vcpu, _key, isRead) => {
  if (isRead) setCell(cells, K, ZERO);
  return true;
};
