/**
 * The memory-mapped CPU interface, GICC, and the virtual one that a guest sees in its place, GICV (IHI 0048, "CPU
 * interface register map", "Virtual CPU interface register map"). Both are 8K: DIR stands alone in the second page.
 */
import { layout } from '@worldswitch/cpu/arch';
import { WORD } from './common.ts';
import { Frame, frameRegister } from './frame.ts';

const FRAME_SIZE = 0x2000;

/** An interrupt as acknowledged: for an SGI, CPUID is the PE that sent it, and EOIR and DIR must repeat it. */
const INTERRUPT = layout('GICC interrupt', 32, { fields: { CPUID: '12:10', INTID: '9:0' }, res0: '31:13' });
const PRIORITY = layout('GICC priority', 32, { fields: { Priority: '7:0' }, res0: '31:8' });
const BINARY_POINT = layout('GICC binary point', 32, { fields: { Binary_Point: '2:0' }, res0: '31:3' });
const CPU_IIDR = layout('GICC_IIDR', 32, { fields: { ProductID: '31:20', Architecture_version: '19:16', Revision: '15:12', Implementer: '11:0' } });

/** The view of a GIC without Security Extensions, the only one of our boards. */
export const GICC_CTLR = frameRegister('GICC_CTLR', 0x0000, 32, {
  access: 'RW',
  fields: { EOImode: 9, IRQBypDisGrp1: 8, FIQBypDisGrp1: 7, IRQBypDisGrp0: 6, FIQBypDisGrp0: 5, CBPR: 4, FIQEn: 3, AckCtl: 2, EnableGrp1: 1, EnableGrp0: 0 },
  res0: '31:10',
  doc: 'Control; EOImode 1 splits priority drop (EOIR) from deactivation (DIR)',
});
export const GICC_CTLR_SECURE = layout('GICC_CTLR (Secure view)', 32, {
  fields: {
    EOImodeNS: 10,
    EOImodeS: 9,
    IRQBypDisGrp1: 8,
    FIQBypDisGrp1: 7,
    IRQBypDisGrp0: 6,
    FIQBypDisGrp0: 5,
    CBPR: 4,
    FIQEn: 3,
    AckCtl: 2,
    EnableGrp1: 1,
    EnableGrp0: 0,
  },
  res0: '31:11',
});
export const GICC_CTLR_NONSECURE = layout('GICC_CTLR (Non-secure view)', 32, { fields: { EOImodeNS: 9, IRQBypDisGrp1: 6, FIQBypDisGrp1: 5, EnableGrp1: 0 }, res0: '31:10 8:7 4:1' });
export const GICC_PMR = frameRegister('GICC_PMR', 0x0004, 32, { access: 'RW', layout: PRIORITY, doc: 'Priority mask' });
export const GICC_BPR = frameRegister('GICC_BPR', 0x0008, 32, { access: 'RW', layout: BINARY_POINT, doc: 'Binary point' });
export const GICC_IAR = frameRegister('GICC_IAR', 0x000c, 32, { access: 'RO', layout: INTERRUPT, doc: 'Acknowledge; 1023 where nothing is pending' });
export const GICC_EOIR = frameRegister('GICC_EOIR', 0x0010, 32, { access: 'WO', layout: INTERRUPT, doc: 'End of interrupt' });
export const GICC_RPR = frameRegister('GICC_RPR', 0x0014, 32, { access: 'RO', layout: PRIORITY, doc: 'Running priority' });
export const GICC_HPPIR = frameRegister('GICC_HPPIR', 0x0018, 32, { access: 'RO', layout: INTERRUPT, doc: 'Highest priority pending interrupt' });
export const GICC_ABPR = frameRegister('GICC_ABPR', 0x001c, 32, { access: 'RW', layout: BINARY_POINT, doc: 'Binary point of group 1' });
export const GICC_AIAR = frameRegister('GICC_AIAR', 0x0020, 32, { access: 'RO', layout: INTERRUPT, doc: 'Acknowledge, group 1' });
export const GICC_AEOIR = frameRegister('GICC_AEOIR', 0x0024, 32, { access: 'WO', layout: INTERRUPT, doc: 'End of interrupt, group 1' });
export const GICC_AHPPIR = frameRegister('GICC_AHPPIR', 0x0028, 32, { access: 'RO', layout: INTERRUPT, doc: 'Highest priority pending interrupt, group 1' });
export const GICC_APR = frameRegister('GICC_APR', 0x00d0, 32, { access: 'RW', count: 4, layout: WORD, doc: 'Active priorities' });
export const GICC_NSAPR = frameRegister('GICC_NSAPR', 0x00e0, 32, { access: 'RW', count: 4, layout: WORD, doc: 'Active priorities, group 1' });
export const GICC_IIDR = frameRegister('GICC_IIDR', 0x00fc, 32, { access: 'RO', layout: CPU_IIDR, doc: 'Implementer identification' });
export const GICC_DIR = frameRegister('GICC_DIR', 0x1000, 32, { access: 'WO', layout: INTERRUPT, doc: 'Deactivate' });

export const GICC = new Frame('GICC', FRAME_SIZE, [
  GICC_CTLR, GICC_PMR, GICC_BPR, GICC_IAR, GICC_EOIR, GICC_RPR, GICC_HPPIR, GICC_ABPR, GICC_AIAR, GICC_AEOIR, GICC_AHPPIR, GICC_APR, GICC_NSAPR, GICC_IIDR, GICC_DIR,
]);

/** A virtual priority has the five upper bits. */
const VIRTUAL_PRIORITY = layout('GICV priority', 32, { fields: { Priority: '7:3' }, res0: '31:8 2:0' });

export const GICV_CTLR = frameRegister('GICV_CTLR', 0x0000, 32, {
  access: 'RW',
  fields: { EOImode: 9, CBPR: 4, FIQEn: 3, AckCtl: 2, EnableGrp1: 1, EnableGrp0: 0 },
  res0: '31:10 8:5',
  doc: 'Control; GICH_VMCR holds it',
});
export const GICV_PMR = frameRegister('GICV_PMR', 0x0004, 32, { access: 'RW', layout: VIRTUAL_PRIORITY, doc: 'Priority mask' });
export const GICV_BPR = frameRegister('GICV_BPR', 0x0008, 32, { access: 'RW', layout: BINARY_POINT, doc: 'Binary point' });
export const GICV_IAR = frameRegister('GICV_IAR', 0x000c, 32, { access: 'RO', layout: INTERRUPT, doc: 'Acknowledge' });
export const GICV_EOIR = frameRegister('GICV_EOIR', 0x0010, 32, { access: 'WO', layout: INTERRUPT, doc: 'End of interrupt' });
export const GICV_RPR = frameRegister('GICV_RPR', 0x0014, 32, { access: 'RO', layout: VIRTUAL_PRIORITY, doc: 'Running priority' });
export const GICV_HPPIR = frameRegister('GICV_HPPIR', 0x0018, 32, { access: 'RO', layout: INTERRUPT, doc: 'Highest priority pending interrupt' });
export const GICV_ABPR = frameRegister('GICV_ABPR', 0x001c, 32, { access: 'RW', layout: BINARY_POINT, doc: 'Binary point of group 1' });
export const GICV_AIAR = frameRegister('GICV_AIAR', 0x0020, 32, { access: 'RO', layout: INTERRUPT, doc: 'Acknowledge, group 1' });
export const GICV_AEOIR = frameRegister('GICV_AEOIR', 0x0024, 32, { access: 'WO', layout: INTERRUPT, doc: 'End of interrupt, group 1' });
export const GICV_AHPPIR = frameRegister('GICV_AHPPIR', 0x0028, 32, { access: 'RO', layout: INTERRUPT, doc: 'Highest priority pending interrupt, group 1' });
export const GICV_APR = frameRegister('GICV_APR', 0x00d0, 32, { access: 'RW', count: 4, layout: WORD, doc: 'Active priorities' });
export const GICV_IIDR = frameRegister('GICV_IIDR', 0x00fc, 32, { access: 'RO', layout: CPU_IIDR, doc: 'Implementer identification' });
export const GICV_DIR = frameRegister('GICV_DIR', 0x1000, 32, { access: 'WO', layout: INTERRUPT, doc: 'Deactivate' });

export const GICV = new Frame('GICV', FRAME_SIZE, [
  GICV_CTLR, GICV_PMR, GICV_BPR, GICV_IAR, GICV_EOIR, GICV_RPR, GICV_HPPIR, GICV_ABPR, GICV_AIAR, GICV_AEOIR, GICV_AHPPIR, GICV_APR, GICV_IIDR, GICV_DIR,
]);
