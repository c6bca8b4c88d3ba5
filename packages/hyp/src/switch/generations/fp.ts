/** FP and SIMD before v4.5: both sides' registers move in every switch, and nothing traps (Linux, arch/arm64/kvm/hyp.S of v4.0). */
import { CPTR_GUEST_EAGER } from '../../traps.ts';
import { HOST, setCell, T, T2, VCPU } from '../../cells.ts';
import { restoreFp, saveFp } from '../guest.ts';
import { operation } from '../operation.ts';

const SAVE = 'V0-V31, R(FPSR), R(FPCR) stored';
const RESTORE = 'V0-V31, W(FPSR), R(FPCR) loaded';

export const saveHostFp = operation('save-host-fp', SAVE, ({ port }) => saveFp(port, HOST, T), { facts: ['save host FP'] });
export const restoreGuestFp = operation('restore-guest-fp', RESTORE, ({ port }) => restoreFp(port, VCPU, T, T2), { facts: ['restore guest FP'] });
export const saveGuestFp = operation('save-guest-fp', SAVE, ({ port }) => saveFp(port, VCPU, T), { facts: ['save guest FP'] });
export const restoreHostFp = operation('restore-host-fp', RESTORE, ({ port }) => restoreFp(port, HOST, T, T2), { facts: ['restore host FP'] });

export const activateCptr = operation('activate-cptr', 'W(CPTR_EL2: TTA, TZ)', (cpu) => {
  setCell(cpu.cells, T, CPTR_GUEST_EAGER);
  cpu.port.msr(cpu.keys.cptr, T);
}, { variant: 'FP does not trap', facts: ['activate CPTR'] });
