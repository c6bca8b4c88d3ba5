/**
 * Debug registers of the guest while they trap (kvm-arm-vhe-series.md, sections 1.5 and 6.9): breakpoints and watchpoints
 * work on memory, and the first write makes the state dirty, so that from the next entry on it is in hardware and no longer
 * traps. The OS lock is not there: it reads as unlocked.
 */
import {
  DBGAUTHSTATUS_EL1, DBGBCRn_EL1, DBGBVRn_EL1, DBGCLAIMCLR_EL1, DBGCLAIMSET_EL1, DBGDTR_EL0, DBGDTRRX_EL0, DBGPRCR_EL1, DBGWCRn_EL1, DBGWVRn_EL1, MDCCINT_EL1, MDCCSR_EL0, MDRAR_EL1,
  MDSCR_EL1, OSDLR_EL1, OSLAR_EL1, OSLSR_EL1,
} from '@worldswitch/cpu/arch';
import { K, setCell, T, VCPU, word64 } from '../cells.ts';
import { DEBUG_DIRTY, sysRegOffset, VCPU_STRUCT } from '../layout.ts';
import type { SysRegHandler, SysRegRow } from '../sysregs/handler.ts';
import { readAsZero } from '../sysregs/simple.ts';

/** A word in memory that, once written, makes the debug registers the guest's. */
function dirtying(offset: number): SysRegHandler {
  return ({ port, cells }, _vcpu, _key, isRead) => {
    if (isRead) {
      port.ldr(K, VCPU, offset);
      return true;
    }
    port.str(K, VCPU, offset);
    port.ldr(T, VCPU, VCPU_STRUCT.DEBUG_FLAGS);
    cells[2 * T] = cells[2 * T]! | DEBUG_DIRTY;
    port.str(T, VCPU, VCPU_STRUCT.DEBUG_FLAGS);
    return true;
  };
}

const UNLOCKED = word64(OSLSR_EL1.of({ 'OSLM[1]': 1 }));

/** An OS lock that is implemented and not held. */
const lockStatus: SysRegHandler = ({ cells }, _vcpu, _key, isRead) => {
  if (isRead) setCell(cells, K, UNLOCKED);
  return isRead;
};

const authentication: SysRegHandler = ({ port }, _vcpu, key, isRead) => {
  if (isRead) port.mrs(K, key);
  return isRead;
};

const BANKS = [DBGBCRn_EL1, DBGBVRn_EL1, DBGWCRn_EL1, DBGWVRn_EL1] as const;

export const DEBUG_ROWS: readonly SysRegRow[] = [
  ...BANKS.flatMap((rows, bank) => rows.map(({ key }, n): SysRegRow => [key, dirtying(VCPU_STRUCT.DEBUG + 128 * bank + 8 * n)])),
  [MDSCR_EL1.key, dirtying(sysRegOffset('MDSCR_EL1'))],
  [MDCCINT_EL1.key, dirtying(sysRegOffset('MDCCINT_EL1'))],
  [OSLSR_EL1.key, lockStatus],
  [DBGAUTHSTATUS_EL1.key, authentication],
  ...[MDRAR_EL1, OSLAR_EL1, OSDLR_EL1, DBGPRCR_EL1, DBGCLAIMSET_EL1, DBGCLAIMCLR_EL1, MDCCSR_EL0, DBGDTR_EL0, DBGDTRRX_EL0].map(({ key }): SysRegRow => [key, readAsZero]),
];
