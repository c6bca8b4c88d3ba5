/**
 * The redistributor of one PE: RD_base, SGI_base and, with GICv4, VLPI_base, 64K each (IHI 0069, "The GIC
 * Redistributor register map").
 */
import { layout } from '@worldswitch/cpu/arch';
import { CACHEABILITY, IIDR, OUTER_CACHEABILITY, SHAREABILITY, STATUSR, identification, interruptArray } from './common.ts';
import { Frame, frameRegister } from './frame.ts';

const FRAME_SIZE = 0x10000;

// RD_base: control, wake-up and LPIs.
export const GICR_CTLR = frameRegister('GICR_CTLR', 0x0000, 32, {
  access: 'RW',
  fields: { UWP: 31, DPG1S: 26, DPG1NS: 25, DPG0: 24, RWP: 3, IR: 2, CES: 1, EnableLPIs: 0 },
  res0: '30:27 23:4',
  doc: 'Control',
});
export const GICR_IIDR = frameRegister('GICR_IIDR', 0x0004, 32, { access: 'RO', layout: IIDR, doc: 'Implementer identification' });
export const GICR_TYPER = frameRegister('GICR_TYPER', 0x0008, 64, {
  access: 'RO',
  fields: {
    Affinity_Value: '63:32',
    PPInum: '31:27',
    VSGI: { bits: 26, feature: 'GICv4p1' },
    CommonLPIAff: '25:24',
    Processor_Number: '23:8',
    RVPEID: { bits: 7, feature: 'GICv4p1' },
    MPAM: { bits: 6, feature: 'MPAM' },
    DPGS: 5,
    Last: 4,
    DirectLPI: 3,
    Dirty: 2,
    VLPIS: 1,
    PLPIS: 0,
  },
  doc: 'Type: which PE, what LPIs, and whether this is the last redistributor of the region',
});
export const GICR_STATUSR = frameRegister('GICR_STATUSR', 0x0010, 32, { access: 'RW', layout: STATUSR, doc: 'Error status' });
export const GICR_WAKER = frameRegister('GICR_WAKER', 0x0014, 32, {
  access: 'RW',
  fields: { ChildrenAsleep: 2, ProcessorSleep: 1 },
  res0: '30:3',
  impdef: '31 0',
  doc: 'Power management: ChildrenAsleep follows ProcessorSleep',
});
export const GICR_MPAMIDR = frameRegister('GICR_MPAMIDR', 0x0018, 32, { access: 'RO', fields: { PMGmax: '23:16', PARTIDmax: '15:0' }, res0: '31:24', doc: 'Largest PARTID and PMG' });
export const GICR_PARTIDR = frameRegister('GICR_PARTIDR', 0x001c, 32, { access: 'RW', fields: { PMG: '23:16', PARTID: '15:0' }, res0: '31:24', doc: 'PARTID and PMG of table accesses' });
const LPI_INTID = layout('GICR_xxxLPIR', 64, { fields: { pINTID: '31:0' }, res0: '63:32' });
export const GICR_SETLPIR = frameRegister('GICR_SETLPIR', 0x0040, 64, { access: 'WO', layout: LPI_INTID, doc: 'Set an LPI pending, without ITS' });
export const GICR_CLRLPIR = frameRegister('GICR_CLRLPIR', 0x0048, 64, { access: 'WO', layout: LPI_INTID, doc: 'Clear a pending LPI, without ITS' });
/** The LPI configuration table, physical or of a vPE; IDbits is the count less one. */
const CONFIGURATION_TABLE = layout('GICR_xPROPBASER', 64, {
  fields: {
    OuterCache: { bits: '58:56', values: OUTER_CACHEABILITY },
    Physical_Address: '51:12',
    Shareability: { bits: '11:10', values: SHAREABILITY },
    InnerCache: { bits: '9:7', values: CACHEABILITY },
    IDbits: '4:0',
  },
  res0: '63:59 55:52 6:5',
});
export const GICR_PROPBASER = frameRegister('GICR_PROPBASER', 0x0070, 64, { access: 'RW', layout: CONFIGURATION_TABLE, doc: 'LPI configuration table; IDbits is the count less one' });
export const GICR_PENDBASER = frameRegister('GICR_PENDBASER', 0x0078, 64, {
  access: 'RW',
  fields: {
    PTZ: 62,
    OuterCache: { bits: '58:56', values: OUTER_CACHEABILITY },
    Physical_Address: '51:16',
    Shareability: { bits: '11:10', values: SHAREABILITY },
    InnerCache: { bits: '9:7', values: CACHEABILITY },
  },
  res0: '63 61:59 55:52 15:12 6:0',
  doc: 'LPI pending table',
});
export const GICR_INVLPIR = frameRegister('GICR_INVLPIR', 0x00a0, 64, {
  access: 'WO',
  fields: { V: { bits: 63, feature: 'GICv4p1' }, vPEID: { bits: '47:32', feature: 'GICv4p1' }, INTID: '31:0' },
  res0: '62:48',
  doc: 'Invalidate the cached configuration of an LPI',
});
export const GICR_INVALLR = frameRegister('GICR_INVALLR', 0x00b0, 64, {
  access: 'WO',
  fields: { V: { bits: 63, feature: 'GICv4p1' }, vPEID: { bits: '47:32', feature: 'GICv4p1' } },
  res0: '62:48 31:0',
  doc: 'Invalidate all cached LPI configuration',
});
export const GICR_SYNCR = frameRegister('GICR_SYNCR', 0x00c0, 32, { access: 'RO', fields: { Busy: 0 }, res0: '31:1', doc: 'Whether an invalidation is going on' });

/** RD_base. */
export const GICR_RD = new Frame('GICR (RD_base)', FRAME_SIZE, [
  GICR_CTLR, GICR_IIDR, GICR_TYPER, GICR_STATUSR, GICR_WAKER, GICR_MPAMIDR, GICR_PARTIDR, GICR_SETLPIR, GICR_CLRLPIR,
  GICR_PROPBASER, GICR_PENDBASER, GICR_INVLPIR, GICR_INVALLR, GICR_SYNCR,
  ...identification('GICR', FRAME_SIZE),
]);

// SGI_base: SGIs and PPIs (register 0), extended PPIs 1056 to 1119 (registers 1 and 2, names with E).
const FIRST_EPPI = 1056;
export const GICR_IGROUPR0 = interruptArray('GICR_IGROUPR0', 0x0080, 1, 32, 0, 'Group: 0 is group 0');
export const GICR_IGROUPRnE = interruptArray('GICR_IGROUPRnE', 0x0084, 1, 64, FIRST_EPPI, 'Group, extended PPIs');
export const GICR_ISENABLER0 = interruptArray('GICR_ISENABLER0', 0x0100, 1, 32, 0, 'Enable, write one to set');
export const GICR_ISENABLERnE = interruptArray('GICR_ISENABLERnE', 0x0104, 1, 64, FIRST_EPPI, 'Enable, write one to set, extended PPIs');
export const GICR_ICENABLER0 = interruptArray('GICR_ICENABLER0', 0x0180, 1, 32, 0, 'Enable, write one to clear');
export const GICR_ICENABLERnE = interruptArray('GICR_ICENABLERnE', 0x0184, 1, 64, FIRST_EPPI, 'Enable, write one to clear, extended PPIs');
export const GICR_ISPENDR0 = interruptArray('GICR_ISPENDR0', 0x0200, 1, 32, 0, 'Pending, write one to set');
export const GICR_ISPENDRnE = interruptArray('GICR_ISPENDRnE', 0x0204, 1, 64, FIRST_EPPI, 'Pending, write one to set, extended PPIs');
export const GICR_ICPENDR0 = interruptArray('GICR_ICPENDR0', 0x0280, 1, 32, 0, 'Pending, write one to clear');
export const GICR_ICPENDRnE = interruptArray('GICR_ICPENDRnE', 0x0284, 1, 64, FIRST_EPPI, 'Pending, write one to clear, extended PPIs');
export const GICR_ISACTIVER0 = interruptArray('GICR_ISACTIVER0', 0x0300, 1, 32, 0, 'Active, write one to set');
export const GICR_ISACTIVERnE = interruptArray('GICR_ISACTIVERnE', 0x0304, 1, 64, FIRST_EPPI, 'Active, write one to set, extended PPIs');
export const GICR_ICACTIVER0 = interruptArray('GICR_ICACTIVER0', 0x0380, 1, 32, 0, 'Active, write one to clear');
export const GICR_ICACTIVERnE = interruptArray('GICR_ICACTIVERnE', 0x0384, 1, 64, FIRST_EPPI, 'Active, write one to clear, extended PPIs');
export const GICR_IPRIORITYR = interruptArray('GICR_IPRIORITYR', 0x0400, 8, 32, 0, 'Priority, 0 the highest');
export const GICR_IPRIORITYRnE = interruptArray('GICR_IPRIORITYRnE', 0x0420, 8, 64, FIRST_EPPI, 'Priority, extended PPIs');
export const GICR_ICFGR0 = interruptArray('GICR_ICFGR0', 0x0c00, 2, 16, 0, 'SGIs are edge-triggered');
export const GICR_ICFGR1 = interruptArray('GICR_ICFGR1', 0x0c04, 2, 16, 16, 'PPIs; bit 1 of each field: 1 is edge-triggered');
export const GICR_ICFGRnE = interruptArray('GICR_ICFGRnE', 0x0c08, 2, 64, FIRST_EPPI, 'Trigger, extended PPIs');
export const GICR_IGRPMODR0 = interruptArray('GICR_IGRPMODR0', 0x0d00, 1, 32, 0, 'Group modifier; RES0 while DS is 1');
export const GICR_IGRPMODRnE = interruptArray('GICR_IGRPMODRnE', 0x0d04, 1, 64, FIRST_EPPI, 'Group modifier, extended PPIs');
export const GICR_NSACR = interruptArray('GICR_NSACR', 0x0e00, 2, 16, 0, 'What Non-secure software may do with a group 0 SGI');
export const GICR_INMIR0 = interruptArray('GICR_INMIR0', 0x0f80, 1, 32, 0, 'Non-maskable property');
export const GICR_INMIRnE = interruptArray('GICR_INMIRnE', 0x0f84, 1, 64, FIRST_EPPI, 'Non-maskable property, extended PPIs');

/** SGI_base, 64K above RD_base. */
export const GICR_SGI = new Frame('GICR (SGI_base)', FRAME_SIZE, [
  GICR_IGROUPR0, GICR_IGROUPRnE, GICR_ISENABLER0, GICR_ISENABLERnE, GICR_ICENABLER0, GICR_ICENABLERnE, GICR_ISPENDR0, GICR_ISPENDRnE,
  GICR_ICPENDR0, GICR_ICPENDRnE, GICR_ISACTIVER0, GICR_ISACTIVERnE, GICR_ICACTIVER0, GICR_ICACTIVERnE, GICR_IPRIORITYR,
  GICR_IPRIORITYRnE, GICR_ICFGR0, GICR_ICFGR1, GICR_ICFGRnE, GICR_IGRPMODR0, GICR_IGRPMODRnE, GICR_NSACR, GICR_INMIR0, GICR_INMIRnE,
]);

// VLPI_base: the virtual LPIs of the vPE that is resident (GICv4.0).
export const GICR_VPROPBASER = frameRegister('GICR_VPROPBASER', 0x0070, 64, { access: 'RW', layout: CONFIGURATION_TABLE, doc: 'Virtual LPI configuration table' });
export const GICR_VPENDBASER = frameRegister('GICR_VPENDBASER', 0x0078, 64, {
  access: 'RW',
  fields: {
    Valid: 63,
    IDAI: 62,
    PendingLast: 61,
    Dirty: 60,
    OuterCache: { bits: '58:56', values: OUTER_CACHEABILITY },
    Physical_Address: '51:16',
    Shareability: { bits: '11:10', values: SHAREABILITY },
    InnerCache: { bits: '9:7', values: CACHEABILITY },
  },
  res0: '59 55:52 15:12 6:0',
  doc: 'Virtual LPI pending table of the resident vPE',
});
export const GICR_VSGIR = frameRegister('GICR_VSGIR', 0x0080, 32, { access: 'WO', fields: { vPEID: '15:0' }, res0: '31:16', doc: 'Virtual SGI query (GICv4.1)' });
export const GICR_VSGIPENDR = frameRegister('GICR_VSGIPENDR', 0x0088, 32, { access: 'RO', fields: { Busy: 31, Pending: '15:0' }, res0: '30:16', doc: 'Virtual SGI query result (GICv4.1)' });

/** VLPI_base, 128K above RD_base, with GICv4. */
export const GICR_VLPI = new Frame('GICR (VLPI_base)', FRAME_SIZE, [GICR_VPROPBASER, GICR_VPENDBASER, GICR_VSGIR, GICR_VSGIPENDR]);

/** One byte of the LPI configuration table: INTID 8192 is byte 0. */
export const LPI_CONFIGURATION = layout('LPI configuration', 8, { fields: { Priority: '7:2', Enable: 0 }, res1: '1' });
