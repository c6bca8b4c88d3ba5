/** The handlers of trapped system registers and instructions, by key. What is not here is UNDEFINED for the guest, and counted. */
import { InvariantError, SYSTEM_REGISTERS } from '@worldswitch/cpu/arch';
import { K, setCell, ZERO } from '../cells.ts';
import { DEBUG_ROWS } from '../debug/registers.ts';
import { PMU_ROWS } from '../pmu/emulation.ts';
import { TIMER_ROWS } from '../timer/sysregs.ts';
import { VGIC_ROWS } from '../vgic/sysregs.ts';
import type { SysRegHandler, SysRegRow } from './handler.ts';
import { ID_KEYS, idMask } from './id-registers.ts';
import { readAsZero } from './simple.ts';
import { VM_ROWS } from './vm-registers.ts';

function idRow(key: number): SysRegRow {
  const { lo, hi } = idMask(key);
  if (lo === 0 && hi === 0) return [key, (cpu, _vcpu, _key, isRead) => (isRead ? (setCell(cpu.cells, K, ZERO), true) : false)];
  return [key, ({ port, cells }, _vcpu, _key, isRead) => {
    if (!isRead) return false;
    port.mrs(K, key);
    cells[2 * K] = cells[2 * K]! & lo;
    cells[2 * K + 1] = cells[2 * K + 1]! & hi;
    return true;
  }];
}

/** Error records (HCR_EL2.TERR): there are none for a guest. */
const RAS_ROWS: readonly SysRegRow[] = ['ERRIDR_EL1', 'ERRSELR_EL1', 'ERXFR_EL1', 'ERXCTLR_EL1', 'ERXSTATUS_EL1', 'ERXADDR_EL1', 'ERXMISC0_EL1', 'ERXMISC1_EL1'].flatMap((name): SysRegRow[] => {
  const register = SYSTEM_REGISTERS.byName(name);
  return register === undefined ? [] : [[register.key, readAsZero]];
});

const rows = new Map<number, SysRegHandler>();
for (const [key, handler] of [...VM_ROWS, ...ID_KEYS.map(idRow), ...DEBUG_ROWS, ...PMU_ROWS, ...RAS_ROWS, ...TIMER_ROWS, ...VGIC_ROWS]) {
  if (rows.has(key)) throw new InvariantError(`two handlers for 0x${key.toString(16)}`);
  rows.set(key, handler);
}

export const SYSTEM_REGISTER_HANDLERS: ReadonlyMap<number, SysRegHandler> = rows;
