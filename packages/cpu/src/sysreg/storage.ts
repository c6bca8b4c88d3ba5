/** Which system registers are plain storage in the PE block, and where. */
import { SYSTEM_REGISTERS, type AnyRegister } from '../arch/sysregs/index.ts';
import { PE, SYSREG_SLOTS } from '../engine/layout.ts';
import { InvariantError } from '../invariant.ts';

/** Registers whose value lives elsewhere in the block. */
const SPECIAL: Readonly<Record<string, number>> = {
  ELR_EL1: PE.ELR_EL + 8,
  ELR_EL2: PE.ELR_EL + 16,
  SPSR_EL1: PE.SPSR_EL + 8,
  SPSR_EL2: PE.SPSR_EL + 16,
};

/** PSTATE, the banked stack pointers, FPCR and FPSR: moved by handlers. */
const HANDLED = /^(NZCV|DAIF|SPSel|CurrentEL|PAN|UAO|DIT|SSBS|TCO|ALLINT|FPCR|FPSR|SP_EL[01])$/;
/** Registers of the GIC's CPU interface and of the timers come from banks. */
const BANKED = /^(ICC_|ICV_|ICH_|CNT)/;

/** Offset of a register's 64-bit cell in the PE block by register key; a register that is not here has no storage. */
export const SYSREG_CELLS: ReadonlyMap<number, number> = assignCells();

function hasStorage(row: AnyRegister): boolean {
  return row.status === 'implemented' && row.directions !== 'R' && !/_EL(12|02)$/.test(row.name) && !HANDLED.test(row.name) && !BANKED.test(row.name);
}

function assignCells(): ReadonlyMap<number, number> {
  const cells = new Map<number, number>();
  let slot = 0;
  for (const row of SYSTEM_REGISTERS.rows) {
    if (!hasStorage(row)) continue;
    const special = SPECIAL[row.name];
    cells.set(row.key, special ?? PE.SYSREGS + 8 * slot++);
  }
  if (slot > SYSREG_SLOTS) throw new InvariantError(`${String(slot)} system registers need storage, the PE block has ${String(SYSREG_SLOTS)} cells`);
  return cells;
}

/** The cell of a register by name; for the parts of the core that own a meaning of it. */
export function sysRegCell(name: string): number {
  const row = SYSTEM_REGISTERS.byName(name);
  const cell = row === undefined ? undefined : SYSREG_CELLS.get(row.key);
  if (cell === undefined) throw new InvariantError(`${name} has no storage`);
  return cell;
}
