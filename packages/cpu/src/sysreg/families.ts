/** How many registers of a numbered family a core has: an access to one that is not there is UNDEFINED. */
import { DEFAULT_EVENT_COUNTERS, type CoreIdentity } from './id-values.ts';

/** Whether the core has the register of this name, as far as numbers decide. */
export function isInFamily(name: string, { breakpoints, watchpoints, eventCounters = DEFAULT_EVENT_COUNTERS }: CoreIdentity): boolean {
  const [, family, number] = /^(DBGB|DBGW|PMEV)\w+?(\d+)_EL[01]$/.exec(name) ?? [];
  switch (family) {
    case 'DBGB':
      return Number(number) < breakpoints;
    case 'DBGW':
      return Number(number) < watchpoints;
    case 'PMEV':
      return Number(number) < eventCounters;
    default:
      return true;
  }
}
