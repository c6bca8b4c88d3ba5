/** Reset values of the system registers with storage: what the architecture defines, and a recognisable constant elsewhere. */
import type { FeatureSet } from '../arch/features.ts';
import { MDCR_EL2, SYSTEM_REGISTERS } from '../arch/sysregs/index.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { CELL } from './cells.ts';
import { DEFAULT_EVENT_COUNTERS, type CoreIdentity } from './id-values.ts';
import { SYSREG_CELLS, sysRegCell } from './storage.ts';

/** What an UNKNOWN register resets to: reliance on it shows. */
const UNKNOWN = 0x1de7_ec7e_dbad_c0den;

/** Control registers of the highest EL whose UNKNOWN fields software may not rely on, but which must not trap or translate at reset. */
const ZERO_AT_RESET = new Set(['HCR_EL2', 'SCTLR_EL1', 'SCTLR_EL2', 'MDCR_EL2', 'MDSCR_EL1', 'CPTR_EL2', 'CPACR_EL1', 'HSTR_EL2', 'VTTBR_EL2', 'VTCR_EL2', 'TCR_EL1', 'TCR_EL2', 'OSDLR_EL1', 'PMUSERENR_EL0', 'TRFCR_EL1', 'TRFCR_EL2', 'VNCR_EL2']);

export function resetSystemRegisters(state: CpuState, features: FeatureSet, identity: CoreIdentity & { readonly mpidr: bigint }): void {
  for (const row of SYSTEM_REGISTERS.rows) {
    const cell = SYSREG_CELLS.get(row.key);
    if (cell === undefined) continue;
    const known = row.reset === 'unknown' ? 0n : row.reset;
    const filler = ZERO_AT_RESET.has(row.name) ? 0n : UNKNOWN & ~row.resetMask;
    let value = ((known | filler) & ~row.res0) | row.res1;
    for (const field of row.fields) {
      if (field.feature === null || features.has(field.feature)) continue;
      value = (value & ~field.mask) | (field.absent === 1 ? field.mask : 0n);
    }
    state.put64(cell, value);
  }
  // The OS lock is set by a cold reset (DDI 0487, "OSLSR_EL1"); OSLAR_EL1's cell holds it.
  state.put64(sysRegCell('OSLAR_EL1'), 1n);
  if (features.has('PMUv3')) state.put64(CELL.MDCR_EL2, MDCR_EL2.HPMN.set(state.get64(CELL.MDCR_EL2), identity.eventCounters ?? DEFAULT_EVENT_COUNTERS));
  // MIDR and MPIDR as EL1 reads them, where EL2 is not the first EL that writes them.
  state.put64(CELL.VPIDR_EL2, identity.midr);
  state.put64(CELL.VMPIDR_EL2, identity.mpidr);
}
