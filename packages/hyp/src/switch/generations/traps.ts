/**
 * Trap configuration of older kernels: 4.0 knows no PMU of a guest, and 4.6 does not sanitise PMSELR_EL0 (Linux,
 * arch/arm64/kvm/hyp.S of v4.0; arch/arm64/kvm/hyp/switch.c of v4.6).
 */
import { HSTR_EL2, MDCR_EL2, PMUSERENR_EL0 } from '@worldswitch/cpu/arch';
import { setCell, T, VCPU, ZERO } from '../../cells.ts';
import type { Cpu } from '../../cpu.ts';
import { VCPU_STRUCT } from '../../layout.ts';
import { HSTR_GUEST, PMUSERENR_GUEST } from '../../traps.ts';
import { operation } from '../operation.ts';

function writeHstr(cpu: Cpu): void {
  setCell(cpu.cells, T, HSTR_GUEST);
  cpu.port.msr(HSTR_EL2.key, T);
}

function writeMdcr({ port }: Cpu): void {
  port.ldr(T, VCPU, VCPU_STRUCT.MDCR_EL2);
  port.msr(MDCR_EL2.key, T);
}

/** The value that stands in memory here was computed from the register there. */
export const activateCommonTraps40 = operation('activate-common-traps', 'W(HSTR_EL2), R(MDCR_EL2), W(MDCR_EL2=mdcr_el2)', (cpu) => {
  writeHstr(cpu);
  cpu.port.mrs(T, MDCR_EL2.key);
  writeMdcr(cpu);
}, { variant: 'linux-4.0', facts: ['activate HSTR_PMU', 'activate MDCR'] });

export const activateCommonTraps46 = operation('activate-common-traps', 'W(HSTR_EL2), W(PMUSERENR_EL0), W(MDCR_EL2=mdcr_el2)', (cpu) => {
  writeHstr(cpu);
  setCell(cpu.cells, T, PMUSERENR_GUEST);
  cpu.port.msr(PMUSERENR_EL0.key, T);
  writeMdcr(cpu);
}, { variant: 'linux-4.6', facts: ['activate HSTR_PMU', 'activate MDCR'] });

export const deactivateHstr = operation('deactivate-hstr-pmu', 'W(HSTR_EL2=0)', (cpu) => {
  setCell(cpu.cells, T, ZERO);
  cpu.port.msr(HSTR_EL2.key, T);
}, { variant: 'linux-4.0', facts: ['deactivate HSTR_PMU'] });
