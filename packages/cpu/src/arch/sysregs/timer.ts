/** Generic timer registers (DDI 0487, part D, "The Generic Timer in AArch64 state"). */
import { layout } from '../bits.ts';
import { defineRegister } from './register.ts';

/** 32-bit downcounter view of a comparison: reads CVAL less the count, writes count plus the signed value. */
export const CNT_TVAL = layout('CNTx_TVAL', 64, { fields: { TimerValue: '31:0' }, res0: '63:32' });
/** Control; ISTATUS is read-only, and UNKNOWN while ENABLE is 0. */
export const CNT_CTL = layout('CNTx_CTL', 64, { fields: { ISTATUS: 2, IMASK: 1, ENABLE: 0 }, res0: '63:3' });
export const CNT_CVAL = layout('CNTx_CVAL', 64, { fields: { CompareValue: '63:0' } });

const EL0 = { access: 'RW RW RW' } as const;
const EL2 = { access: '- - RW', feature: 'EL2' } as const;
const VHE = { access: '- - RW', feature: 'VHE' } as const;
const SECURE = { access: '- - RW', feature: 'SEL2' } as const;

// Counters.
export const CNTFRQ_EL0 = defineRegister('CNTFRQ_EL0', [3, 3, 14, 0, 0], {
  access: 'R RW RW',
  fields: { ClockFreq: '31:0' },
  res0: '63:32',
  highestEl: 'write',
  doc: 'Counter frequency in Hz, as firmware says it is',
});
export const CNTPCT_EL0 = defineRegister('CNTPCT_EL0', [3, 3, 14, 0, 1], { access: 'R R R', fields: { PhysicalCount: '63:0' }, doc: 'Physical count' });
export const CNTVCT_EL0 = defineRegister('CNTVCT_EL0', [3, 3, 14, 0, 2], { access: 'R R R', fields: { VirtualCount: '63:0' }, doc: 'Virtual count' });
export const CNTPCTSS_EL0 = defineRegister('CNTPCTSS_EL0', [3, 3, 14, 0, 5], { access: 'R R R', fields: { SSPhysicalCount: '63:0' }, feature: 'ECV', doc: 'Physical count, self-synchronized' });
export const CNTVCTSS_EL0 = defineRegister('CNTVCTSS_EL0', [3, 3, 14, 0, 6], { access: 'R R R', fields: { SSVirtualCount: '63:0' }, feature: 'ECV', doc: 'Virtual count, self-synchronized' });
export const CNTVOFF_EL2 = defineRegister('CNTVOFF_EL2', [3, 4, 14, 0, 3], { ...EL2, fields: { VirtualOffset: '63:0' }, doc: 'Physical less virtual count' });
export const CNTPOFF_EL2 = defineRegister('CNTPOFF_EL2', [3, 4, 14, 0, 6], { ...EL2, feature: 'ECV', fields: { PhysicalOffset: '63:0' }, doc: 'Offset of the physical count at EL1 and EL0' });

// Control.
export const CNTKCTL_EL1 = defineRegister('CNTKCTL_EL1', [3, 0, 14, 1, 0], {
  access: '- RW RW',
  fields: { EVNTIS: { bits: 17, feature: 'ECV' }, EL0PTEN: 9, EL0VTEN: 8, EVNTI: '7:4', EVNTDIR: 3, EVNTEN: 2, EL0VCTEN: 1, EL0PCTEN: 0 },
  res0: '63:18 16:10',
  doc: 'Access of EL0 to counters and timers; event stream',
});

/** What both layouts of CNTHCTL_EL2 hold from bit 12 up. */
const CNTHCTL_COMMON = {
  CNTPMASK: { bits: 19, feature: 'RME' },
  CNTVMASK: { bits: 18, feature: 'RME' },
  EVNTIS: { bits: 17, feature: 'ECV' },
  EL1NVVCT: { bits: 16, feature: 'ECV' },
  EL1NVPCT: { bits: 15, feature: 'ECV' },
  EL1TVCT: { bits: 14, feature: 'ECV' },
  EL1TVT: { bits: 13, feature: 'ECV' },
  ECV: { bits: 12, feature: 'ECV' },
  EVNTI: '7:4',
  EVNTDIR: 3,
  EVNTEN: 2,
} as const;

/** CNTHCTL_EL2 while HCR_EL2.E2H is 0. */
export const CNTHCTL_EL2_E2H0 = layout('CNTHCTL_EL2 (E2H=0)', 64, {
  fields: { ...CNTHCTL_COMMON, EL1PCEN: 1, EL1PCTEN: 0 },
  res0: '63:20 11:8',
});
/** CNTHCTL_EL2 while HCR_EL2.E2H is 1: the CNTKCTL_EL1 layout, and EL1PCTEN moves from bit 0 to bit 10. */
export const CNTHCTL_EL2_E2H1 = layout('CNTHCTL_EL2 (E2H=1)', 64, {
  fields: { ...CNTHCTL_COMMON, EL1PTEN: 11, EL1PCTEN: 10, EL0PTEN: 9, EL0VTEN: 8, EL0VCTEN: 1, EL0PCTEN: 0 },
  res0: '63:20',
});
export const CNTHCTL_EL2 = defineRegister('CNTHCTL_EL2', [3, 4, 14, 1, 0], { ...EL2, layout: CNTHCTL_EL2_E2H0, doc: 'Access of EL1 and EL0 to counters and timers; event stream' });

// EL1 physical timer.
export const CNTP_TVAL_EL0 = defineRegister('CNTP_TVAL_EL0', [3, 3, 14, 2, 0], { ...EL0, layout: CNT_TVAL, doc: 'EL1 physical timer: time left' });
export const CNTP_CTL_EL0 = defineRegister('CNTP_CTL_EL0', [3, 3, 14, 2, 1], { ...EL0, layout: CNT_CTL, doc: 'EL1 physical timer: control' });
export const CNTP_CVAL_EL0 = defineRegister('CNTP_CVAL_EL0', [3, 3, 14, 2, 2], { ...EL0, layout: CNT_CVAL, doc: 'EL1 physical timer: comparison' });

// EL1 virtual timer.
export const CNTV_TVAL_EL0 = defineRegister('CNTV_TVAL_EL0', [3, 3, 14, 3, 0], { ...EL0, layout: CNT_TVAL, doc: 'EL1 virtual timer: time left' });
export const CNTV_CTL_EL0 = defineRegister('CNTV_CTL_EL0', [3, 3, 14, 3, 1], { ...EL0, layout: CNT_CTL, doc: 'EL1 virtual timer: control' });
export const CNTV_CVAL_EL0 = defineRegister('CNTV_CVAL_EL0', [3, 3, 14, 3, 2], { ...EL0, layout: CNT_CVAL, doc: 'EL1 virtual timer: comparison' });

// EL2 physical and virtual timers, then those of Secure EL2.
export const CNTHP_TVAL_EL2 = defineRegister('CNTHP_TVAL_EL2', [3, 4, 14, 2, 0], { ...EL2, layout: CNT_TVAL, doc: 'EL2 physical timer: time left' });
export const CNTHP_CTL_EL2 = defineRegister('CNTHP_CTL_EL2', [3, 4, 14, 2, 1], { ...EL2, layout: CNT_CTL, doc: 'EL2 physical timer: control' });
export const CNTHP_CVAL_EL2 = defineRegister('CNTHP_CVAL_EL2', [3, 4, 14, 2, 2], { ...EL2, layout: CNT_CVAL, doc: 'EL2 physical timer: comparison' });
export const CNTHV_TVAL_EL2 = defineRegister('CNTHV_TVAL_EL2', [3, 4, 14, 3, 0], { ...VHE, layout: CNT_TVAL, doc: 'EL2 virtual timer: time left' });
export const CNTHV_CTL_EL2 = defineRegister('CNTHV_CTL_EL2', [3, 4, 14, 3, 1], { ...VHE, layout: CNT_CTL, doc: 'EL2 virtual timer: control' });
export const CNTHV_CVAL_EL2 = defineRegister('CNTHV_CVAL_EL2', [3, 4, 14, 3, 2], { ...VHE, layout: CNT_CVAL, doc: 'EL2 virtual timer: comparison' });
export const CNTHVS_TVAL_EL2 = defineRegister('CNTHVS_TVAL_EL2', [3, 4, 14, 4, 0], { ...SECURE, layout: CNT_TVAL, doc: 'Secure EL2 virtual timer: time left' });
export const CNTHVS_CTL_EL2 = defineRegister('CNTHVS_CTL_EL2', [3, 4, 14, 4, 1], { ...SECURE, layout: CNT_CTL, doc: 'Secure EL2 virtual timer: control' });
export const CNTHVS_CVAL_EL2 = defineRegister('CNTHVS_CVAL_EL2', [3, 4, 14, 4, 2], { ...SECURE, layout: CNT_CVAL, doc: 'Secure EL2 virtual timer: comparison' });
export const CNTHPS_TVAL_EL2 = defineRegister('CNTHPS_TVAL_EL2', [3, 4, 14, 5, 0], { ...SECURE, layout: CNT_TVAL, doc: 'Secure EL2 physical timer: time left' });
export const CNTHPS_CTL_EL2 = defineRegister('CNTHPS_CTL_EL2', [3, 4, 14, 5, 1], { ...SECURE, layout: CNT_CTL, doc: 'Secure EL2 physical timer: control' });
export const CNTHPS_CVAL_EL2 = defineRegister('CNTHPS_CVAL_EL2', [3, 4, 14, 5, 2], { ...SECURE, layout: CNT_CVAL, doc: 'Secure EL2 physical timer: comparison' });
