/**
 * The GIC CPU interface as system registers: ICC_* (physical), ICV_* (what the same names reach at EL1 when interrupts
 * are virtual) and ICH_* (the hypervisor's side) (IHI 0069, "AArch64 System register descriptions").
 */
import { layout, type LayoutBase } from '../bits.ts';
import { defineRegister, defineRegisters } from './register.ts';

const RW = { access: '- RW RW', feature: 'GICv3' } as const;
const RO = { access: '- R R', feature: 'GICv3' } as const;
const WO = { access: '- W W', feature: 'GICv3' } as const;
const EL2 = { access: '- - RW', feature: 'GICv3' } as const;
const EL2_RO = { access: '- - R', feature: 'GICv3' } as const;

/** An INTID: IAR, EOIR, HPPIR, DIR. */
export const ICC_INTID = layout('ICC_INTID', 64, { fields: { INTID: '23:0' }, res0: '63:24' });
export const ICC_BPR = layout('ICC_BPRn_EL1', 64, { fields: { BinaryPoint: '2:0' }, res0: '63:3' });
export const ICC_IGRPEN = layout('ICC_IGRPENn_EL1', 64, { fields: { Enable: 0 }, res0: '63:1' });
/** Active priorities, one bit a priority group, bit 0 the highest. */
export const ICC_AP0R = layout('ICC_AP0Rn_EL1', 64, { fields: { P: '31:0' }, res0: '63:32' });
export const ICC_AP1R = layout('ICC_AP1Rn_EL1', 64, { fields: { NMI: { bits: 63, feature: 'NMI' }, P: '31:0' }, res0: '62:32' });
/** Generation of SGIs; IRM 1 means all PEs but this one. */
export const ICC_SGIR = layout('ICC_SGInR_EL1', 64, {
  fields: { Aff3: '55:48', RS: '47:44', IRM: 40, Aff2: '39:32', INTID: '27:24', Aff1: '23:16', TargetList: '15:0' },
  res0: '63:56 43:41 31:28',
});

export const ICC_PMR_EL1 = defineRegister('ICC_PMR_EL1', [3, 0, 4, 6, 0], { ...RW, fields: { Priority: '7:0' }, res0: '63:8', reset: { Priority: 0 }, doc: 'Priority mask' });
export const ICC_IAR0_EL1 = defineRegister('ICC_IAR0_EL1', [3, 0, 12, 8, 0], { ...RO, layout: ICC_INTID, doc: 'Acknowledge, group 0' });
export const ICC_EOIR0_EL1 = defineRegister('ICC_EOIR0_EL1', [3, 0, 12, 8, 1], { ...WO, layout: ICC_INTID, doc: 'End of interrupt, group 0' });
export const ICC_HPPIR0_EL1 = defineRegister('ICC_HPPIR0_EL1', [3, 0, 12, 8, 2], { ...RO, layout: ICC_INTID, doc: 'Highest priority pending, group 0' });
export const ICC_BPR0_EL1 = defineRegister('ICC_BPR0_EL1', [3, 0, 12, 8, 3], { ...RW, layout: ICC_BPR, doc: 'Binary point, group 0' });
export const ICC_AP0Rn_EL1 = defineRegisters((n) => `ICC_AP0R${n}_EL1`, 4, (n) => [3, 0, 12, 8, 4 + n], { ...RW, layout: ICC_AP0R, reset: { P: 0 }, doc: 'Active priorities, group 0' });
export const ICC_AP1Rn_EL1 = defineRegisters((n) => `ICC_AP1R${n}_EL1`, 4, (n) => [3, 0, 12, 9, n], { ...RW, layout: ICC_AP1R, reset: { P: 0 }, doc: 'Active priorities, group 1' });
export const ICC_DIR_EL1 = defineRegister('ICC_DIR_EL1', [3, 0, 12, 11, 1], { ...WO, layout: ICC_INTID, doc: 'Deactivate' });
export const ICC_RPR_EL1 = defineRegister('ICC_RPR_EL1', [3, 0, 12, 11, 3], {
  ...RO,
  fields: { NMI: { bits: 63, feature: 'NMI' }, NMI_NS: { bits: 62, feature: 'NMI' }, Priority: '7:0' },
  res0: '61:8',
  doc: 'Running priority',
});
export const ICC_SGI1R_EL1 = defineRegister('ICC_SGI1R_EL1', [3, 0, 12, 11, 5], { ...WO, layout: ICC_SGIR, doc: 'Generate SGI, group 1 of this security state' });
export const ICC_ASGI1R_EL1 = defineRegister('ICC_ASGI1R_EL1', [3, 0, 12, 11, 6], { ...WO, layout: ICC_SGIR, doc: 'Generate SGI, group 1 of the other security state' });
export const ICC_SGI0R_EL1 = defineRegister('ICC_SGI0R_EL1', [3, 0, 12, 11, 7], { ...WO, layout: ICC_SGIR, doc: 'Generate SGI, group 0' });
export const ICC_IAR1_EL1 = defineRegister('ICC_IAR1_EL1', [3, 0, 12, 12, 0], { ...RO, layout: ICC_INTID, doc: 'Acknowledge, group 1' });
export const ICC_EOIR1_EL1 = defineRegister('ICC_EOIR1_EL1', [3, 0, 12, 12, 1], { ...WO, layout: ICC_INTID, doc: 'End of interrupt, group 1' });
export const ICC_HPPIR1_EL1 = defineRegister('ICC_HPPIR1_EL1', [3, 0, 12, 12, 2], { ...RO, layout: ICC_INTID, doc: 'Highest priority pending, group 1' });
export const ICC_BPR1_EL1 = defineRegister('ICC_BPR1_EL1', [3, 0, 12, 12, 3], { ...RW, layout: ICC_BPR, doc: 'Binary point, group 1' });
export const ICC_CTLR_EL1 = defineRegister('ICC_CTLR_EL1', [3, 0, 12, 12, 4], {
  ...RW,
  fields: { ExtRange: 19, RSS: 18, A3V: 15, SEIS: 14, IDbits: { bits: '13:11', values: { '16bit': 0, '24bit': 1 } }, PRIbits: '10:8', PMHE: 6, EOImode: 1, CBPR: 0 },
  res0: '63:20 17:16 7 5:2',
  doc: 'CPU interface control; PRIbits is the count less one',
});
export const ICC_SRE_EL1 = defineRegister('ICC_SRE_EL1', [3, 0, 12, 12, 5], { ...RW, fields: { DIB: 2, DFB: 1, SRE: 0 }, res0: '63:3', reset: { DIB: 1, DFB: 1, SRE: 0 }, doc: 'System register enable, EL1; DIB and DFB are RAO/WI without bypass' });
export const ICC_IGRPEN0_EL1 = defineRegister('ICC_IGRPEN0_EL1', [3, 0, 12, 12, 6], { ...RW, layout: ICC_IGRPEN, reset: { Enable: 0 }, doc: 'Group 0 enable' });
export const ICC_IGRPEN1_EL1 = defineRegister('ICC_IGRPEN1_EL1', [3, 0, 12, 12, 7], { ...RW, layout: ICC_IGRPEN, reset: { Enable: 0 }, doc: 'Group 1 enable' });
export const ICC_NMIAR1_EL1 = defineRegister('ICC_NMIAR1_EL1', [3, 0, 12, 9, 5], { ...RO, feature: 'NMI', layout: ICC_INTID, doc: 'Acknowledge of a non-maskable interrupt, group 1' });
export const ICC_SRE_EL2 = defineRegister('ICC_SRE_EL2', [3, 4, 12, 9, 5], {
  ...EL2,
  fields: { Enable: 3, DIB: 2, DFB: 1, SRE: 0 },
  res0: '63:4',
  reset: { Enable: 0, DIB: 1, DFB: 1, SRE: 0 },
  doc: 'System register enable, EL2; DIB and DFB are RAO/WI without bypass',
});

// The hypervisor's side.
export const ICH_AP0R = layout('ICH_AP0Rn_EL2', 64, { fields: { P: '31:0' }, res0: '63:32' });
export const ICH_AP1R = layout('ICH_AP1Rn_EL2', 64, { fields: { NMI: { bits: 63, feature: 'NMI' }, P: '31:0' }, res0: '62:32' });
const LR_STATES = { Inactive: 0b00, Pending: 0b01, Active: 0b10, PendingActive: 0b11 } as const;
/** A list register whose interrupt maps a physical one (HW is 1). */
export const ICH_LR = layout('ICH_LRn_EL2', 64, {
  fields: { State: { bits: '63:62', values: LR_STATES }, HW: 61, Group: 60, NMI: { bits: 59, feature: 'NMI' }, Priority: '55:48', pINTID: '44:32', vINTID: '31:0' },
  res0: '58:56 47:45',
});
/** A list register whose interrupt is software's alone (HW is 0): EOI asks for a maintenance interrupt. */
export const ICH_LR_HW0 = layout('ICH_LRn_EL2 (HW=0)', 64, {
  fields: { State: { bits: '63:62', values: LR_STATES }, HW: 61, Group: 60, NMI: { bits: 59, feature: 'NMI' }, Priority: '55:48', EOI: 41, vINTID: '31:0' },
  res0: '58:56 47:42 40:32',
});

export const ICH_AP0Rn_EL2 = defineRegisters((n) => `ICH_AP0R${n}_EL2`, 4, (n) => [3, 4, 12, 8, n], { ...EL2, layout: ICH_AP0R, reset: { P: 0 }, doc: 'Virtual active priorities, group 0' });
export const ICH_AP1Rn_EL2 = defineRegisters((n) => `ICH_AP1R${n}_EL2`, 4, (n) => [3, 4, 12, 9, n], { ...EL2, layout: ICH_AP1R, reset: { P: 0 }, doc: 'Virtual active priorities, group 1' });
export const ICH_HCR_EL2 = defineRegister('ICH_HCR_EL2', [3, 4, 12, 11, 0], {
  ...EL2,
  fields: {
    EOIcount: '31:27',
    DVIM: { bits: 15, feature: 'GICv4p1' },
    TDIR: 14,
    TSEI: 13,
    TALL1: 12,
    TALL0: 11,
    TC: 10,
    vSGIEOICount: { bits: 8, feature: 'GICv4p1' },
    VGrp1DIE: 7,
    VGrp1EIE: 6,
    VGrp0DIE: 5,
    VGrp0EIE: 4,
    NPIE: 3,
    LRENPIE: 2,
    UIE: 1,
    En: 0,
  },
  res0: '63:32 26:16 9',
  reset: 0n,
  doc: 'Virtual interface control',
});
export const ICH_VTR_EL2 = defineRegister('ICH_VTR_EL2', [3, 4, 12, 11, 1], {
  ...EL2_RO,
  fields: {
    PRIbits: '31:29',
    PREbits: '28:26',
    IDbits: { bits: '25:23', values: { '16bit': 0, '24bit': 1 } },
    SEIS: 22,
    A3V: 21,
    nV4: 20,
    TDS: 19,
    DVIM: { bits: 18, feature: 'GICv4p1' },
    ListRegs: '4:0',
  },
  res0: '63:32 17:5',
  doc: 'Virtual interface type; PRIbits, PREbits and ListRegs are counts less one',
});
const MAINTENANCE = layout('ICH_MISR_EL2', 64, {
  fields: { VGrp1D: 7, VGrp1E: 6, VGrp0D: 5, VGrp0E: 4, NP: 3, LRENP: 2, U: 1, EOI: 0 },
  res0: '63:8',
});
export const ICH_MISR_EL2 = defineRegister('ICH_MISR_EL2', [3, 4, 12, 11, 2], { ...EL2_RO, layout: MAINTENANCE, doc: 'Maintenance interrupt status' });
export const ICH_EISR_EL2 = defineRegister('ICH_EISR_EL2', [3, 4, 12, 11, 3], { ...EL2_RO, fields: { Status: '15:0' }, res0: '63:16', doc: 'List registers with an EOI to report' });
export const ICH_ELRSR_EL2 = defineRegister('ICH_ELRSR_EL2', [3, 4, 12, 11, 5], { ...EL2_RO, fields: { Status: '15:0' }, res0: '63:16', doc: 'List registers that are empty' });
export const ICH_VMCR_EL2 = defineRegister('ICH_VMCR_EL2', [3, 4, 12, 11, 7], {
  ...EL2,
  fields: { VPMR: '31:24', VBPR0: '23:21', VBPR1: '20:18', VEOIM: 9, VCBPR: 4, VFIQEn: 3, VAckCtl: 2, VENG1: 1, VENG0: 0 },
  res0: '63:32 17:10 8:5',
  doc: 'Virtual machine control: the ICV registers that a guest writes',
});
export const ICH_LRn_EL2 = defineRegisters((n) => `ICH_LR${n}_EL2`, 16, (n) => [3, 4, 12, 12 + (n >> 3), n & 7], { ...EL2, layout: ICH_LR, doc: 'List register; ICH_LR_HW0 is the layout while HW is 0' });

/** ICV_CTLR_EL1: as ICC_CTLR_EL1 without PMHE and ExtRange control. */
export const ICV_CTLR = layout('ICV_CTLR_EL1', 64, {
  fields: { ExtRange: 19, RSS: 18, A3V: 15, SEIS: 14, IDbits: { bits: '13:11', values: { '16bit': 0, '24bit': 1 } }, PRIbits: '10:8', EOImode: 1, CBPR: 0 },
  res0: '63:20 17:16 7:2',
});
/** ICV_RPR_EL1: as ICC_RPR_EL1 without NMI_NS. */
export const ICV_RPR = layout('ICV_RPR_EL1', 64, { fields: { NMI: { bits: 63, feature: 'NMI' }, Priority: '7:0' }, res0: '62:8' });

/**
 * Which accesses at EL1 are virtual: group 0 while HCR_EL2.FMO is 1, group 1 while HCR_EL2.IMO is 1, the common ones
 * while either is, and none while HCR_EL2.TGE is 1. The other ICC registers are physical always.
 */
export interface VirtualView {
  readonly icc: string;
  readonly icv: string;
  readonly group: 0 | 1 | 'common';
  /** The layout of the ICV register where it is not that of the ICC one. */
  readonly layout?: LayoutBase<string>;
}

const view = (group: VirtualView['group'], name: string, own?: LayoutBase<string>): VirtualView => ({
  icc: `ICC_${name}_EL1`,
  icv: `ICV_${name}_EL1`,
  group,
  ...(own && { layout: own }),
});

/** The ICV registers: second names of ICC encodings at EL1, never encodings of their own. */
export const ICV_VIEWS: readonly VirtualView[] = [
  ...['IAR0', 'EOIR0', 'HPPIR0', 'BPR0', 'AP0R0', 'AP0R1', 'AP0R2', 'AP0R3', 'IGRPEN0'].map((name) => view(0, name)),
  ...['IAR1', 'EOIR1', 'HPPIR1', 'BPR1', 'AP1R0', 'AP1R1', 'AP1R2', 'AP1R3', 'IGRPEN1', 'NMIAR1'].map((name) => view(1, name)),
  view('common', 'PMR'),
  view('common', 'DIR'),
  view('common', 'RPR', ICV_RPR),
  view('common', 'CTLR', ICV_CTLR),
];
