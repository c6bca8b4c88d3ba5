/** System registers of a guest's GIC CPU interface that trap: SGIs, which are software's to deliver, and the switch to memory-mapped access. */
import { ICC_SGI1R_EL1, ICC_SRE_EL1 } from '@worldswitch/cpu/arch';
import { K, VCPU } from '../cells.ts';
import { VCPU_STRUCT } from '../layout.ts';
import type { SysRegHandler, SysRegRow } from '../sysregs/handler.ts';
import { dispatchSgi } from './v3.ts';

const sendSgi: SysRegHandler = (cpu, vcpu, _key, isRead) => {
  const { vgic } = vcpu.vm;
  if (isRead || vgic?.model !== 'gicv3') return false;
  dispatchSgi(vgic, cpu, vcpu, cpu.cells[2 * K]!, cpu.cells[2 * K + 1]!);
  return true;
};

/** A GICv3 guest has system registers, always; a GICv2 guest has none. */
const showSre: SysRegHandler = ({ port }, _vcpu, _key, isRead) => {
  if (isRead) port.ldr(K, VCPU, VCPU_STRUCT.V3_SRE);
  return true;
};

export const VGIC_ROWS: readonly SysRegRow[] = [
  [ICC_SGI1R_EL1.key, sendSgi],
  [ICC_SRE_EL1.key, showSre],
];
