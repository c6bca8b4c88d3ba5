/**
 * The debug registers that do something when they are read or written (DDI 0487, D19 "Debug registers"). There is no
 * external debugger: nobody but software fills the communication channel, and EDSCR is what software puts into MDSCR_EL1
 * under the OS lock.
 */
import {
  DBGBCRn_EL1, DBGBVR_VA, DBGBVRn_EL1, DBGCLAIMSET_EL1, DBGWCRn_EL1, DBGWVRn_EL1, MDCCSR_EL0, MDSCR_EL1, OSLSR_EL1,
} from '../arch/sysregs/index.ts';
import { contextBreakpoints } from '../debug/breakpoints.ts';
import type { DebugUnit } from '../debug/debug-unit.ts';
import type { CpuState } from '../state/cpu-state.ts';
import type { RegisterHandler } from './access.ts';
import { CELL } from './cells.ts';
import { sysRegCell } from './storage.ts';

export interface DebugHandlerOwner {
  readonly state: CpuState;
  readonly debug: DebugUnit;
  readonly hasAArch32: boolean;
  readonly identity: { readonly breakpoints: number };
  /** A register that decides debug exceptions was written. */
  debugChanged(): void;
}

type Handlers = Record<string, RegisterHandler>;

export function debugHandlers(owner: DebugHandlerOwner): Handlers {
  return { ...matchRegisters(owner), ...control(owner), ...locks(owner), ...claimTags(owner), ...communicationChannel(owner) };
}

/** Storage whose change counts. */
function watchedCell(owner: DebugHandlerOwner, name: string): RegisterHandler {
  const cell = sysRegCell(name);
  return {
    write: (value) => {
      owner.state.set64(cell, value[0]!, value[1]!);
      owner.debugChanged();
    },
  };
}

function matchRegisters(owner: DebugHandlerOwner): Handlers {
  const { state, identity } = owner;
  const handlers: Handlers = {};
  for (const { name } of [...DBGBCRn_EL1, ...DBGWVRn_EL1, ...DBGWCRn_EL1]) handlers[name] = watchedCell(owner, name);
  const firstContext = identity.breakpoints - contextBreakpoints(identity.breakpoints);
  DBGBVRn_EL1.forEach(({ name }, n) => {
    const cell = sysRegCell(name);
    // Bits 1:0 are RES0 for an address and bits of the context otherwise; which it is may be written later.
    const ignored = n < firstContext ? Number(DBGBVR_VA.res0) : 0;
    handlers[name] = {
      unmasked: true,
      write: (value) => {
        state.set64(cell, value[0]! & ~ignored, value[1]!);
        owner.debugChanged();
      },
    };
  });
  if (owner.hasAArch32) return handlers;
  // Without AArch32 an address breakpoint matches whole instructions: BAS is RES1.
  for (const { name, BAS } of DBGBCRn_EL1) {
    const cell = sysRegCell(name);
    handlers[name] = {
      write: (value) => {
        state.set64(cell, value[0]! | BAS.wordMask, value[1]!);
        owner.debugChanged();
      },
    };
  }
  return handlers;
}

/** What the external debugger's EDSCR shares: writable under the OS lock alone. */
const SHARED_WITH_EDSCR = [MDSCR_EL1.TFO, MDSCR_EL1.RXfull, MDSCR_EL1.TXfull, MDSCR_EL1.RXO, MDSCR_EL1.TXU, MDSCR_EL1.INTdis, MDSCR_EL1.TDA, MDSCR_EL1.SC2, MDSCR_EL1.HDE, MDSCR_EL1.ERR].reduce(
  (mask, { wordMask }) => mask | wordMask,
  0,
);

function control(owner: DebugHandlerOwner): Handlers {
  const { state, debug } = owner;
  return {
    MDSCR_EL1: {
      write: (value) => {
        const kept = debug.controls.isOsLocked ? 0 : SHARED_WITH_EDSCR;
        const before = state.lo(CELL.MDSCR_EL1);
        const after = (value[0]! & ~kept) | (before & kept);
        state.set64(CELL.MDSCR_EL1, after, value[1]!);
        // A world switch writes it to the value that it has, more often than not; nothing that counts is in the high word.
        if (after !== before) owner.debugChanged();
      },
    },
  };
}

function locks(owner: DebugHandlerOwner): Handlers {
  return {
    OSLAR_EL1: watchedCell(owner, 'OSLAR_EL1'),
    OSDLR_EL1: watchedCell(owner, 'OSDLR_EL1'),
    DBGPRCR_EL1: watchedCell(owner, 'DBGPRCR_EL1'),
    OSLSR_EL1: {
      read: (value) => {
        value[0] = OSLSR_EL1.field('OSLM[1]').wordMask | (owner.debug.controls.isOsLocked ? OSLSR_EL1.OSLK.wordMask : 0);
      },
    },
  };
}

/** DBGCLAIMCLR_EL1's cell holds the tags. */
function claimTags({ state }: DebugHandlerOwner): Handlers {
  const tags = sysRegCell('DBGCLAIMCLR_EL1');
  return {
    DBGCLAIMSET_EL1: {
      read: (value) => {
        value[0] = DBGCLAIMSET_EL1.CLAIM.wordMask;
        value[1] = 0;
      },
      write: (value) => {
        state.set64(tags, state.lo(tags) | value[0]!, 0);
      },
    },
    DBGCLAIMCLR_EL1: {
      write: (value) => {
        state.set64(tags, state.lo(tags) & ~value[0]!, 0);
      },
    },
  };
}

/** DTRRX and DTRTX are the cells of OSDTRRX_EL1 and OSDTRTX_EL1, which have no side effects; the flags are MDSCR_EL1's. */
function communicationChannel({ state }: DebugHandlerOwner): Handlers {
  const receive = sysRegCell('OSDTRRX_EL1');
  const transmit = sysRegCell('OSDTRTX_EL1');
  const setFlags = (set: number, clear: number): void => {
    state.set64(CELL.MDSCR_EL1, (state.lo(CELL.MDSCR_EL1) & ~clear) | set, state.hi(CELL.MDSCR_EL1));
  };
  const { RXfull, TXfull } = MDSCR_EL1;
  return {
    MDCCSR_EL0: {
      read: (value) => {
        value[0] = state.lo(CELL.MDSCR_EL1) & (MDCCSR_EL0.RXfull.wordMask | MDCCSR_EL0.TXfull.wordMask);
      },
    },
    DBGDTR_EL0: {
      read: (value) => {
        value[0] = state.lo(receive);
        value[1] = state.lo(transmit);
        setFlags(0, RXfull.wordMask);
      },
      write: (value) => {
        state.set64(transmit, value[0]!, 0);
        state.set64(receive, value[1]!, 0);
        setFlags(TXfull.wordMask, 0);
      },
    },
    DBGDTRRX_EL0: {
      read: (value) => {
        value[0] = state.lo(receive);
        setFlags(0, RXfull.wordMask);
      },
    },
    DBGDTRTX_EL0: {
      write: (value) => {
        state.set64(transmit, value[0]!, 0);
        setFlags(TXfull.wordMask, 0);
      },
    },
  };
}
