/**
 * The distributor, GICv2 (4K) and GICv3 (64K) (IHI 0048, "Distributor register map"; IHI 0069, "The GIC Distributor
 * register map").
 */
import { layout } from '@worldswitch/cpu/arch';
import { IIDR, STATUSR, WORD, identification, interruptArray } from './common.ts';
import { Frame, frameRegister, type AnyFrameRegister } from './frame.ts';

// Interrupt state: the same in both versions. SGIs and PPIs (0-31) are banked by PE, in GICv3 only while ARE is 0.
const INTIDS = 1024;
export const GICD_IGROUPR = interruptArray('GICD_IGROUPR', 0x080, 1, INTIDS, 0, 'Group: 0 is group 0');
export const GICD_ISENABLER = interruptArray('GICD_ISENABLER', 0x100, 1, INTIDS, 0, 'Enable, write one to set');
export const GICD_ICENABLER = interruptArray('GICD_ICENABLER', 0x180, 1, INTIDS, 0, 'Enable, write one to clear');
export const GICD_ISPENDR = interruptArray('GICD_ISPENDR', 0x200, 1, INTIDS, 0, 'Pending, write one to set');
export const GICD_ICPENDR = interruptArray('GICD_ICPENDR', 0x280, 1, INTIDS, 0, 'Pending, write one to clear');
export const GICD_ISACTIVER = interruptArray('GICD_ISACTIVER', 0x300, 1, INTIDS, 0, 'Active, write one to set');
export const GICD_ICACTIVER = interruptArray('GICD_ICACTIVER', 0x380, 1, INTIDS, 0, 'Active, write one to clear');
export const GICD_IPRIORITYR = interruptArray('GICD_IPRIORITYR', 0x400, 8, 1020, 0, 'Priority, 0 the highest');
export const GICD_ITARGETSR = interruptArray('GICD_ITARGETSR', 0x800, 8, 1020, 0, 'Target PEs by bit; interrupts 0-31 read the own PE. RES0 while ARE is 1');
export const GICD_ICFGR = interruptArray('GICD_ICFGR', 0xc00, 2, INTIDS, 0, 'Bit 1 of each field: 1 is edge-triggered');
export const GICD_NSACR = interruptArray('GICD_NSACR', 0xe00, 2, INTIDS, 0, 'What Non-secure software may do with a group 0 interrupt');
export const GICD_CPENDSGIR = interruptArray('GICD_CPENDSGIR', 0xf10, 8, 16, 0, 'SGI pending by source PE, write one to clear');
export const GICD_SPENDSGIR = interruptArray('GICD_SPENDSGIR', 0xf20, 8, 16, 0, 'SGI pending by source PE, write one to set');
export const GICD_SGIR = frameRegister('GICD_SGIR', 0xf00, 32, {
  access: 'WO',
  fields: { TargetListFilter: { bits: '25:24', values: { List: 0, AllOthers: 1, Self: 2 } }, CPUTargetList: '23:16', NSATT: 15, INTID: '3:0' },
  res0: '31:26 14:4',
  doc: 'Generate an SGI',
});
export const GICD_IIDR = frameRegister('GICD_IIDR', 0x008, 32, { access: 'RO', layout: IIDR, doc: 'Implementer identification' });

const STATE: readonly AnyFrameRegister[] = [
  GICD_IIDR, GICD_IGROUPR, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ICPENDR, GICD_ISACTIVER, GICD_ICACTIVER,
  GICD_IPRIORITYR, GICD_ITARGETSR, GICD_ICFGR, GICD_NSACR, GICD_SGIR, GICD_CPENDSGIR, GICD_SPENDSGIR,
];

// GICv2.
export const GICD_CTLR_GICv2 = frameRegister('GICD_CTLR', 0x000, 32, { access: 'RW', fields: { EnableGrp1: 1, EnableGrp0: 0 }, res0: '31:2', doc: 'Control' });
export const GICD_TYPER_GICv2 = frameRegister('GICD_TYPER', 0x004, 32, {
  access: 'RO',
  fields: { LSPI: '15:11', SecurityExtn: 10, CPUNumber: '7:5', ITLinesNumber: '4:0' },
  res0: '31:16 9:8',
  doc: 'Type: CPUNumber is the count of PEs less one, ITLinesNumber that of 32 interrupts',
});
export const GICD_PPISR = frameRegister('GICD_PPISR', 0xd00, 32, { access: 'RO', layout: WORD, doc: 'Levels of the PPI inputs (as GIC-400 has it)' });
export const GICD_SPISR = frameRegister('GICD_SPISR', 0xd04, 32, { access: 'RO', count: 31, layout: WORD, interrupts: { bits: 1, firstIntid: 32 }, doc: 'Levels of the SPI inputs (as GIC-400 has it)' });
/** Identification of GICv2; bits 7:4 name the architecture. */
export const GICD_ICPIDR2 = frameRegister('GICD_ICPIDR2', 0xfe8, 32, { access: 'RO', fields: { ArchRev: '7:4' }, res0: '31:8', impdef: '3:0', doc: 'Peripheral identification 2: architecture' });

/** The distributor of a GICv2. */
export const GICD_GICv2 = new Frame('GICD (GICv2)', 0x1000, [
  ...STATE,
  GICD_CTLR_GICv2,
  GICD_TYPER_GICv2,
  GICD_PPISR,
  GICD_SPISR,
  frameRegister('GICD_ICPIDR4', 0xfd0, 32, { access: 'RO', count: 4, first: 4, layout: WORD, doc: 'Peripheral identification 4-7' }),
  frameRegister('GICD_ICPIDR0', 0xfe0, 32, { access: 'RO', count: 2, layout: WORD, doc: 'Peripheral identification 0-1' }),
  GICD_ICPIDR2,
  frameRegister('GICD_ICPIDR3', 0xfec, 32, { access: 'RO', first: 3, layout: WORD, doc: 'Peripheral identification 3' }),
  frameRegister('GICD_ICCIDR0', 0xff0, 32, { access: 'RO', count: 4, layout: WORD, doc: 'Component identification 0-3' }),
]);

// GICv3. The row is the view with one security state (DS is 1), the only one of our cores; the other two are layouts.
export const GICD_CTLR = frameRegister('GICD_CTLR', 0x0000, 32, {
  access: 'RW',
  fields: { RWP: 31, nASSGIreq: { bits: 8, feature: 'GICv4p1' }, E1NWF: 7, DS: 6, ARE: 4, EnableGrp1: 1, EnableGrp0: 0 },
  res0: '30:9 5 3:2',
  doc: 'Control',
});
export const GICD_CTLR_SECURE = layout('GICD_CTLR (Secure view)', 32, {
  fields: { RWP: 31, E1NWF: 7, DS: 6, ARE_NS: 5, ARE_S: 4, EnableGrp1S: 2, EnableGrp1NS: 1, EnableGrp0: 0 },
  res0: '30:8 3',
});
export const GICD_CTLR_NONSECURE = layout('GICD_CTLR (Non-secure view)', 32, { fields: { RWP: 31, ARE_NS: 4, EnableGrp1A: 1, EnableGrp1: 0 }, res0: '30:5 3:2' });
export const GICD_TYPER = frameRegister('GICD_TYPER', 0x0004, 32, {
  access: 'RO',
  fields: {
    ESPI_range: '31:27',
    RSS: 26,
    No1N: 25,
    A3V: 24,
    IDbits: '23:19',
    DVIS: 18,
    LPIS: 17,
    MBIS: 16,
    num_LPIs: '15:11',
    SecurityExtn: 10,
    NMI: { bits: 9, feature: 'NMI' },
    ESPI: 8,
    CPUNumber: '7:5',
    ITLinesNumber: '4:0',
  },
  doc: 'Type: IDbits is the count less one',
});
export const GICD_TYPER2 = frameRegister('GICD_TYPER2', 0x000c, 32, {
  access: 'RO',
  fields: { nASSGIcap: { bits: 8, feature: 'GICv4p1' }, VIL: { bits: 7, feature: 'GICv4p1' }, VID: { bits: '4:0', feature: 'GICv4p1' } },
  res0: '31:9 6:5',
  doc: 'Type 2',
});
export const GICD_STATUSR = frameRegister('GICD_STATUSR', 0x0010, 32, { access: 'RW', layout: STATUSR, doc: 'Error status' });
const SPI_INTID = layout('GICD_xxxSPI_xR', 32, { fields: { INTID: '12:0' }, res0: '31:13' });
export const GICD_SETSPI_NSR = frameRegister('GICD_SETSPI_NSR', 0x0040, 32, { access: 'WO', layout: SPI_INTID, doc: 'Message-based SPI, set pending' });
export const GICD_CLRSPI_NSR = frameRegister('GICD_CLRSPI_NSR', 0x0048, 32, { access: 'WO', layout: SPI_INTID, doc: 'Message-based SPI, clear pending' });
export const GICD_SETSPI_SR = frameRegister('GICD_SETSPI_SR', 0x0050, 32, { access: 'WO', layout: SPI_INTID, doc: 'Message-based SPI, set pending, Secure' });
export const GICD_CLRSPI_SR = frameRegister('GICD_CLRSPI_SR', 0x0058, 32, { access: 'WO', layout: SPI_INTID, doc: 'Message-based SPI, clear pending, Secure' });
export const GICD_IGRPMODR = interruptArray('GICD_IGRPMODR', 0x0d00, 1, INTIDS, 0, 'Group modifier; RES0 while DS is 1');
export const GICD_INMIR = interruptArray('GICD_INMIR', 0x0f80, 1, INTIDS, 0, 'Non-maskable property');

/** Routing of one SPI: an affinity, or any participating PE. */
export const IROUTER = layout('GICD_IROUTERn', 64, { fields: { Aff3: '39:32', Interrupt_Routing_Mode: 31, Aff2: '23:16', Aff1: '15:8', Aff0: '7:0' }, res0: '63:40 30:24' });
export const GICD_IROUTER = frameRegister('GICD_IROUTER', 0x6100, 64, { access: 'RW', count: 988, first: 32, layout: IROUTER, interrupts: { bits: 64, firstIntid: 32 }, doc: 'Routing of SPIs while ARE is 1' });

// Extended SPIs, INTIDs 4096 to 5119.
const ESPIS = 1024;
const FIRST_ESPI = 4096;
export const GICD_IGROUPRnE = interruptArray('GICD_IGROUPRnE', 0x1000, 1, ESPIS, FIRST_ESPI, 'Group, extended SPIs');
export const GICD_ISENABLERnE = interruptArray('GICD_ISENABLERnE', 0x1200, 1, ESPIS, FIRST_ESPI, 'Enable, write one to set, extended SPIs');
export const GICD_ICENABLERnE = interruptArray('GICD_ICENABLERnE', 0x1400, 1, ESPIS, FIRST_ESPI, 'Enable, write one to clear, extended SPIs');
export const GICD_ISPENDRnE = interruptArray('GICD_ISPENDRnE', 0x1600, 1, ESPIS, FIRST_ESPI, 'Pending, write one to set, extended SPIs');
export const GICD_ICPENDRnE = interruptArray('GICD_ICPENDRnE', 0x1800, 1, ESPIS, FIRST_ESPI, 'Pending, write one to clear, extended SPIs');
export const GICD_ISACTIVERnE = interruptArray('GICD_ISACTIVERnE', 0x1a00, 1, ESPIS, FIRST_ESPI, 'Active, write one to set, extended SPIs');
export const GICD_ICACTIVERnE = interruptArray('GICD_ICACTIVERnE', 0x1c00, 1, ESPIS, FIRST_ESPI, 'Active, write one to clear, extended SPIs');
export const GICD_IPRIORITYRnE = interruptArray('GICD_IPRIORITYRnE', 0x2000, 8, ESPIS, FIRST_ESPI, 'Priority, extended SPIs');
export const GICD_ICFGRnE = interruptArray('GICD_ICFGRnE', 0x3000, 2, ESPIS, FIRST_ESPI, 'Trigger, extended SPIs');
export const GICD_IGRPMODRnE = interruptArray('GICD_IGRPMODRnE', 0x3400, 1, ESPIS, FIRST_ESPI, 'Group modifier, extended SPIs');
export const GICD_NSACRnE = interruptArray('GICD_NSACRnE', 0x3600, 2, ESPIS, FIRST_ESPI, 'Non-secure access, extended SPIs');
export const GICD_INMIRnE = interruptArray('GICD_INMIRnE', 0x3b00, 1, ESPIS, FIRST_ESPI, 'Non-maskable property, extended SPIs');
export const GICD_IROUTERnE = frameRegister('GICD_IROUTERnE', 0x8000, 64, { access: 'RW', count: 1024, layout: IROUTER, interrupts: { bits: 64, firstIntid: FIRST_ESPI }, doc: 'Routing of extended SPIs' });

/** The distributor of a GICv3. */
export const GICD_GICv3 = new Frame('GICD (GICv3)', 0x10000, [
  ...STATE,
  GICD_CTLR, GICD_TYPER, GICD_TYPER2, GICD_STATUSR, GICD_SETSPI_NSR, GICD_CLRSPI_NSR, GICD_SETSPI_SR, GICD_CLRSPI_SR,
  GICD_IGRPMODR, GICD_INMIR, GICD_IROUTER,
  GICD_IGROUPRnE, GICD_ISENABLERnE, GICD_ICENABLERnE, GICD_ISPENDRnE, GICD_ICPENDRnE, GICD_ISACTIVERnE, GICD_ICACTIVERnE,
  GICD_IPRIORITYRnE, GICD_ICFGRnE, GICD_IGRPMODRnE, GICD_NSACRnE, GICD_INMIRnE, GICD_IROUTERnE,
  ...identification('GICD', 0x10000),
]);
