/**
 * Maintenance interrupts: what the virtual interface reports to the hypervisor, one row a cause (IHI 0069 "Maintenance
 * interrupts", ICH_MISR_EL2; IHI 0048 "Maintenance interrupts", GICH_MISR). Both versions use the same bits.
 */
import { ICH_HCR_EL2, ICH_MISR_EL2 } from '@worldswitch/cpu/arch';
import { LR_STATE, type ListRegister } from './list-register.ts';
import type { InterfaceControl } from './priority.ts';

/** What the conditions ask. */
export interface MaintenanceView {
  readonly lrs: readonly ListRegister[];
  readonly control: InterfaceControl;
  readonly eoiCount: number;
}

export interface MaintenanceRow {
  /** Name of the bit in MISR. */
  readonly name: string;
  /** The bit in MISR. */
  readonly status: number;
  /** The bit of HCR that enables the report; 0 where the list register itself asks for it. */
  readonly enable: number;
  readonly condition: (view: MaintenanceView) => boolean;
}

const { EOI, U, LRENP, NP, VGrp0E, VGrp0D, VGrp1E, VGrp1D } = ICH_MISR_EL2;
const { UIE, LRENPIE, NPIE, VGrp0EIE, VGrp0DIE, VGrp1EIE, VGrp1DIE } = ICH_HCR_EL2;

/** Whether the interrupt of a list register has ended and its hypervisor wants to know: a bit of EISR. */
export function hasEoiToReport(lr: ListRegister): boolean {
  return lr.state === LR_STATE.INACTIVE && !lr.hw && lr.eoi;
}

/** Whether a list register is empty, with nothing to report: a bit of ELRSR. */
export function isEmpty(lr: ListRegister): boolean {
  return lr.state === LR_STATE.INACTIVE && (lr.hw || !lr.eoi);
}

function isValid(lr: ListRegister): boolean {
  return lr.state !== LR_STATE.INACTIVE;
}

function isPending(lr: ListRegister): boolean {
  return lr.state === LR_STATE.PENDING;
}

/** Evaluated at every change: no array is made, and no function. */
function countWhere(lrs: readonly ListRegister[], test: (lr: ListRegister) => boolean): number {
  let count = 0;
  for (let n = 0; n < lrs.length; n++) if (test(lrs[n]!)) count++;
  return count;
}

export const MAINTENANCE: readonly MaintenanceRow[] = [
  { name: 'EOI', status: EOI.wordMask, enable: 0, condition: ({ lrs }) => countWhere(lrs, hasEoiToReport) > 0 },
  { name: 'U', status: U.wordMask, enable: UIE.wordMask, condition: ({ lrs }) => countWhere(lrs, isValid) <= 1 },
  { name: 'LRENP', status: LRENP.wordMask, enable: LRENPIE.wordMask, condition: ({ eoiCount }) => eoiCount !== 0 },
  { name: 'NP', status: NP.wordMask, enable: NPIE.wordMask, condition: ({ lrs }) => countWhere(lrs, isPending) === 0 },
  { name: 'VGrp0E', status: VGrp0E.wordMask, enable: VGrp0EIE.wordMask, condition: ({ control }) => control.enableGroup0 },
  { name: 'VGrp0D', status: VGrp0D.wordMask, enable: VGrp0DIE.wordMask, condition: ({ control }) => !control.enableGroup0 },
  { name: 'VGrp1E', status: VGrp1E.wordMask, enable: VGrp1EIE.wordMask, condition: ({ control }) => control.enableGroup1 },
  { name: 'VGrp1D', status: VGrp1D.wordMask, enable: VGrp1DIE.wordMask, condition: ({ control }) => !control.enableGroup1 },
];

/** MISR: the causes that are enabled and hold. `hcr` is the low word of HCR. */
export function maintenanceStatus(hcr: number, view: MaintenanceView): number {
  let status = 0;
  for (let n = 0; n < MAINTENANCE.length; n++) {
    const row = MAINTENANCE[n]!;
    if (row.enable !== 0 && (hcr & row.enable) === 0) continue;
    if (row.condition(view)) status |= row.status;
  }
  return status;
}
