/** The hypervisor's view of the virtual CPU interface, memory-mapped (IHI 0048, "Virtual interface control registers"). */
import { layout } from '@worldswitch/cpu/arch';
import { WORD } from './common.ts';
import { Frame, frameRegister } from './frame.ts';

export const GICH_HCR = frameRegister('GICH_HCR', 0x000, 32, {
  access: 'RW',
  fields: { EOICount: '31:27', VGrp1DIE: 7, VGrp1EIE: 6, VGrp0DIE: 5, VGrp0EIE: 4, NPIE: 3, LRENPIE: 2, UIE: 1, En: 0 },
  res0: '26:8',
  doc: 'Control',
});
export const GICH_VTR = frameRegister('GICH_VTR', 0x004, 32, { access: 'RO', fields: { PRIbits: '31:29', PREbits: '28:26', ListRegs: '5:0' }, res0: '25:6', doc: 'Type; all three are counts less one' });
export const GICH_VMCR = frameRegister('GICH_VMCR', 0x008, 32, {
  access: 'RW',
  fields: { VMPriMask: '31:27', VMBP: '23:21', VMABP: '20:18', VEM: 9, VMCBPR: 4, VMFIQEn: 3, VMAckCtl: 2, VMGrp1En: 1, VMGrp0En: 0 },
  res0: '26:24 17:10 8:5',
  doc: 'The GICV registers that a guest writes',
});
export const GICH_MISR = frameRegister('GICH_MISR', 0x010, 32, {
  access: 'RO',
  fields: { VGrp1D: 7, VGrp1E: 6, VGrp0D: 5, VGrp0E: 4, NP: 3, LRENP: 2, U: 1, EOI: 0 },
  res0: '31:8',
  doc: 'Maintenance interrupt status',
});
export const GICH_EISR = frameRegister('GICH_EISR', 0x020, 32, { access: 'RO', count: 2, layout: WORD, doc: 'List registers with an EOI to report' });
export const GICH_ELRSR = frameRegister('GICH_ELRSR', 0x030, 32, { access: 'RO', count: 2, layout: WORD, doc: 'List registers that are empty' });
export const GICH_APR = frameRegister('GICH_APR', 0x0f0, 32, { access: 'RW', layout: WORD, doc: 'Virtual active priorities, one bit each of 32 levels' });

const LR_STATES = { Inactive: 0b00, Pending: 0b01, Active: 0b10, PendingActive: 0b11 } as const;
/** The row's layout is that of HW = 1. */
export const GICH_LR = frameRegister('GICH_LR', 0x100, 32, {
  access: 'RW',
  count: 64,
  fields: { HW: 31, Grp1: 30, State: { bits: '29:28', values: LR_STATES }, Priority: '27:23', PhysicalID: '19:10', VirtualID: '9:0' },
  res0: '22:20',
  doc: 'List register; GICH_LR_HW0 is the layout while HW is 0',
});
/** A list register whose interrupt is software's alone: source PE of an SGI, and whether its EOI is reported. */
export const GICH_LR_HW0 = layout('GICH_LR (HW=0)', 32, {
  fields: { HW: 31, Grp1: 30, State: { bits: '29:28', values: LR_STATES }, Priority: '27:23', EOI: 19, CPUID: '12:10', VirtualID: '9:0' },
  res0: '22:20 18:13',
});

export const GICH = new Frame('GICH', 0x1000, [GICH_HCR, GICH_VTR, GICH_VMCR, GICH_MISR, GICH_EISR, GICH_ELRSR, GICH_APR, GICH_LR]);
