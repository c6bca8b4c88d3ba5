/** The PMU registers that do something when they are read or written (DDI 0487, D13 and the register descriptions). */
import type { Field } from '../arch/bits.ts';
import {
  MDCR_EL2, PMCCFILTR_EL0, PMCCNTR_EL0, PMCNTENSET_EL0, PMCR_EL0, PMEVCNTRn_EL0, PMEVTYPERn_EL0, PMINTENSET_EL1, PMOVSSET_EL0, PMSELR_EL0, type AnyRegister,
} from '../arch/sysregs/index.ts';
import type { FeatureSet } from '../arch/features.ts';
import type { PmuUnit } from '../pmu/pmu-unit.ts';
import type { CpuState } from '../state/cpu-state.ts';
import type { RegisterHandler } from './access.ts';
import { CELL } from './cells.ts';
import { sysRegCell } from './storage.ts';
import { writeMask, type WriteMask } from './write-mask.ts';

export interface PmuHandlerOwner {
  readonly state: CpuState;
  readonly features: FeatureSet;
  readonly pmu: PmuUnit;
  readonly eventCounters: number;
  /** MDCR_EL2 belongs to debug, too. */
  debugChanged(): void;
}

type Handlers = Record<string, RegisterHandler>;

export function pmuHandlers(owner: PmuHandlerOwner): Handlers {
  return { ...control(owner), ...bitRegisters(owner), ...counters(owner), ...selected(owner) };
}

/** Brings the counters up to date, changes something, and reads the configuration anew. */
function change({ pmu }: PmuHandlerOwner, write: () => void): void {
  pmu.sync();
  write();
  pmu.configure();
}

/** Apart from the handler: a closure that it might make would cost every write. */
function configureByMdcr(owner: PmuHandlerOwner, lo: number, hi: number): void {
  change(owner, () => owner.state.set64(CELL.MDCR_EL2, lo, hi));
  owner.debugChanged();
}

/** What of MDCR_EL2 counters and debug exceptions follow. */
const CONFIGURES = MDCR_EL2.HPMN.wordMask | MDCR_EL2.HPME.wordMask | MDCR_EL2.HPMD.wordMask | MDCR_EL2.HCCD.wordMask | MDCR_EL2.HLP.wordMask | MDCR_EL2.TDE.wordMask;

function control(owner: PmuHandlerOwner): Handlers {
  const { state, pmu } = owner;
  const cell = sysRegCell(PMCR_EL0.name);
  const mask = (...fields: readonly Field[]): number => fields.reduce((bits, { wordMask }) => bits | wordMask, 0);
  const { E, D, X, DP, LC, LP, P, C, N } = PMCR_EL0;
  const kept = mask(E, D, X, DP, LC, LP);
  return {
    PMCR_EL0: {
      read: (value) => {
        value[0] = (state.lo(cell) & kept) | (pmu.accessible << N.wordShift);
        value[1] = 0;
      },
      write: (value) => {
        const written = value[0]!;
        change(owner, () => {
          if ((written & P.wordMask) !== 0) for (const { name } of PMEVCNTRn_EL0.slice(0, pmu.accessible)) state.set64(sysRegCell(name), 0, 0);
          if ((written & C.wordMask) !== 0) state.set64(sysRegCell(PMCCNTR_EL0.name), 0, 0);
          state.set64(cell, written & kept, 0);
        });
      },
    },
    MDCR_EL2: {
      write: (value) => {
        const lo = value[0]!;
        const hi = value[1]!;
        // A world switch turns the traps alone, which are asked where something may trap.
        if (((lo ^ state.lo(CELL.MDCR_EL2)) & CONFIGURES) === 0) {
          state.set64(CELL.MDCR_EL2, lo, hi);
          return;
        }
        configureByMdcr(owner, lo, hi);
      },
    },
    PMSWINC_EL0: {
      write: (value) => {
        pmu.softwareIncrement(value[0]! & pmu.accessibleBits);
      },
    },
  };
}

/** Pairs that set and clear the bits of one register, as far as the EL may access the counters. */
function bitRegisters(owner: PmuHandlerOwner): Handlers {
  const { state, pmu } = owner;
  const handlers: Handlers = {};
  for (const [set, clear] of [[PMCNTENSET_EL0.name, 'PMCNTENCLR_EL0'], [PMINTENSET_EL1.name, 'PMINTENCLR_EL1'], [PMOVSSET_EL0.name, 'PMOVSCLR_EL0']] as const) {
    const cell = sysRegCell(set);
    const read = (value: Uint32Array): void => {
      pmu.sync();
      value[0] = state.lo(cell) & pmu.accessibleBits;
      value[1] = 0;
    };
    handlers[set] = {
      read,
      write: (value) => {
        const bits = value[0]! & pmu.accessibleBits;
        change(owner, () => state.set64(cell, state.lo(cell) | bits, 0));
      },
    };
    handlers[clear] = {
      read,
      write: (value) => {
        const bits = value[0]! & pmu.accessibleBits;
        change(owner, () => state.set64(cell, state.lo(cell) & ~bits, 0));
      },
    };
  }
  return handlers;
}

function counters(owner: PmuHandlerOwner): Handlers {
  const { state, pmu } = owner;
  const value = (name: string, size: () => 32 | 64): RegisterHandler => {
    const cell = sysRegCell(name);
    return {
      read: (into) => {
        pmu.sync();
        into[0] = state.lo(cell);
        into[1] = state.hi(cell);
      },
      write: (from) => {
        const [lo, hi] = [from[0]!, size() === 64 ? from[1]! : 0];
        change(owner, () => state.set64(cell, lo, hi));
      },
    };
  };
  const type = (name: string): RegisterHandler => {
    const cell = sysRegCell(name);
    return {
      write: (from) => {
        const [lo, hi] = [from[0]!, from[1]!];
        change(owner, () => state.set64(cell, lo, hi));
      },
    };
  };
  const handlers: Handlers = { PMCCNTR_EL0: value(PMCCNTR_EL0.name, () => 64), PMCCFILTR_EL0: type(PMCCFILTR_EL0.name) };
  for (let n = 0; n < owner.eventCounters; n++) {
    // Counters that EL2 keeps for itself: UNDEFINED, of the choices that the manual leaves.
    const isUndefined = (): boolean => n >= pmu.accessible;
    handlers[PMEVCNTRn_EL0[n]!.name] = { ...value(PMEVCNTRn_EL0[n]!.name, () => pmu.counterBits), isUndefined };
    handlers[PMEVTYPERn_EL0[n]!.name] = { ...type(PMEVTYPERn_EL0[n]!.name), isUndefined };
  }
  return handlers;
}

/** PMXEVCNTR_EL0 and PMXEVTYPER_EL0: the register that PMSELR_EL0 selects; RAZ/WI where the EL may access none. */
function selected(owner: PmuHandlerOwner): Handlers {
  const { state, pmu } = owner;
  const selector = sysRegCell(PMSELR_EL0.name);
  const all = counters(owner);
  interface Reached {
    readonly handler: RegisterHandler;
    readonly cell: number;
    readonly writable: WriteMask;
  }
  /** `rows` by number of the counter; `cycles` is what 31 selects. */
  const handler = (rows: readonly AnyRegister[], cycles: AnyRegister | null): RegisterHandler => {
    const reach = (row: AnyRegister): Reached => ({ handler: all[row.name]!, cell: sysRegCell(row.name), writable: writeMask(row, owner.features) });
    const events = rows.slice(0, owner.eventCounters).map(reach);
    const cycle = cycles === null ? null : reach(cycles);
    const reached = (): Reached | null => {
      const n = state.lo(selector) & PMSELR_EL0.SEL.wordMask;
      if (n === PMSELR_EL0.SEL.wordMask) return cycle;
      return n < pmu.accessible ? events[n]! : null;
    };
    return {
      read: (value) => {
        const to = reached();
        value[0] = to === null ? 0 : state.lo(to.cell);
        value[1] = to === null ? 0 : state.hi(to.cell);
        to?.handler.read?.(value);
      },
      write: (value) => {
        const to = reached();
        if (to === null) return;
        // The cycle counter's filter has fewer fields than the event types whose layout this register has.
        value[0] = (value[0]! & to.writable.maskLo) | to.writable.onesLo;
        value[1] = (value[1]! & to.writable.maskHi) | to.writable.onesHi;
        to.handler.write!(value);
      },
    };
  };
  return {
    PMXEVCNTR_EL0: handler(PMEVCNTRn_EL0, null),
    PMXEVTYPER_EL0: handler(PMEVTYPERn_EL0, PMCCFILTR_EL0),
  };
}
