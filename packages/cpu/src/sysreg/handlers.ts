/**
 * Registers that do something when they are read or written: PSTATE fields, banked stack pointers, identification as EL1
 * sees it, interrupt status; debug and the PMU have files of their own. All others are storage, constants or banks.
 */
import { DCZID_EL0, FPCR, HCR_EL2, SCTLR_EL1 } from '../arch/sysregs/index.ts';
import { sysOpByName } from '../arch/sysops.ts';
import { MODE, PE } from '../engine/layout.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { setFpcr, setFpsr } from '../state/fp-state.ts';
import { PSTATE, setElAndSp } from '../state/pstate.ts';
import type { RegisterHandler } from './access.ts';
import { CELL } from './cells.ts';
import type { PlainOperation } from './plain.ts';
import { debugHandlers, type DebugHandlerOwner } from './debug-handlers.ts';
import { pmuHandlers, type PmuHandlerOwner } from './pmu-handlers.ts';

/** What the handlers need of their PE. */
export interface HandlerOwner extends DebugHandlerOwner, PmuHandlerOwner {
  readonly state: CpuState;
  readonly hasEl2: boolean;
  readonly identity: { readonly midr: bigint; readonly mpidr: bigint; readonly breakpoints: number };
  readonly pendingBits: number;
  /** What knows the traps of system operations. */
  readonly stepper: { plainOperation(operation: number, mode: number): PlainOperation | null };
  /** EL, PSTATE or the stack pointer selection changed. */
  levelChanged(): void;
  masksChanged(): void;
}

export function registerHandlers(owner: HandlerOwner): Readonly<Record<string, RegisterHandler>> {
  return { ...pstateHandlers(owner), ...stackPointers(owner), ...identification(owner), ...blockZeroing(owner), ...floatingPoint(owner), ...status(owner), ...debugHandlers(owner), ...pmuHandlers(owner) };
}

function put(value: Uint32Array, lo: number, hi = 0): void {
  value[0] = lo;
  value[1] = hi;
}

/** Some bits of PSTATE as a register of its own. Reading them is plain; so is writing those that only mask interrupts. */
function pstateBits(owner: HandlerOwner, mask: number, changed = (): void => owner.levelChanged()): RegisterHandler {
  return {
    plain: (_mode, isRead) => (isRead || mask === PSTATE.DAIF ? { kind: 'word', offset: PE.PSTATE, mask, unmasks: mask === PSTATE.DAIF } : null),
    read: (value) => {
      put(value, owner.state.get32(PE.PSTATE) & mask);
    },
    write: (value) => {
      owner.state.set32(PE.PSTATE, (owner.state.get32(PE.PSTATE) & ~mask) | (value[0]! & mask));
      changed();
    },
  };
}

function pstateHandlers(owner: HandlerOwner): Record<string, RegisterHandler> {
  const { state } = owner;
  return {
    NZCV: {
      plain: () => ({ kind: 'nzcv' }),
      read: (value) => {
        put(value, state.nzcv << 28);
      },
      write: (value) => {
        state.nzcv = value[0]! >>> 28;
      },
    },
    DAIF: pstateBits(owner, PSTATE.DAIF, () => owner.masksChanged()),
    PAN: pstateBits(owner, PSTATE.PAN),
    UAO: pstateBits(owner, PSTATE.UAO),
    DIT: pstateBits(owner, PSTATE.DIT),
    SSBS: pstateBits(owner, PSTATE.SSBS),
    TCO: pstateBits(owner, PSTATE.TCO),
    CurrentEL: {
      plain: (mode) => ({ kind: 'constant', lo: (mode & MODE.EL_MASK) << 2, hi: 0 }),
      read: (value) => {
        put(value, state.el << 2);
      },
    },
    SPSel: {
      plain: (mode, isRead) => (isRead ? { kind: 'constant', lo: (mode & MODE.SPSEL) !== 0 ? 1 : 0, hi: 0 } : null),
      read: (value) => {
        put(value, state.spsel ? 1 : 0);
      },
      write: (value) => {
        setElAndSp(state, state.el, (value[0]! & 1) !== 0);
        owner.levelChanged();
      },
    },
  };
}

/** SP_EL0 and SP_EL1: the one in use is in the SP cell. */
function stackPointers(owner: HandlerOwner): Record<string, RegisterHandler> {
  const { state } = owner;
  const handler = (el: number): RegisterHandler => {
    const isInUse = (mode: number): boolean => ((mode & MODE.SPSEL) !== 0 ? mode & MODE.EL_MASK : 0) === el;
    const cell = (): number => (isInUse(state.get32(PE.MODE)) ? PE.SP : PE.SP_EL + 8 * el);
    return {
      plain: (mode) => (isInUse(mode) ? null : { kind: 'cell', offset: PE.SP_EL + 8 * el }),
      read: (value) => {
        put(value, state.lo(cell()), state.hi(cell()));
      },
      write: (value) => {
        state.set64(cell(), value[0]!, value[1]!);
      },
    };
  };
  // SP_EL0 has no name while it is the stack pointer in use (DDI 0487, "SP_EL0", accessor pseudocode).
  return { SP_EL0: { ...handler(0), isUndefined: () => !state.spsel }, SP_EL1: handler(1) };
}

/** MIDR_EL1 and MPIDR_EL1: EL1 reads what EL2 put into VPIDR_EL2 and VMPIDR_EL2. */
function identification(owner: HandlerOwner): Record<string, RegisterHandler> {
  const { state, identity } = owner;
  const handler = (real: bigint, virtualCell: number): RegisterHandler => ({
    read: (value) => {
      if (owner.hasEl2 && state.el === 1) put(value, state.lo(virtualCell), state.hi(virtualCell));
      else put(value, Number(real & 0xffff_ffffn), Number(real >> 32n));
    },
  });
  return { MIDR_EL1: handler(identity.midr, CELL.VPIDR_EL2), MPIDR_EL1: handler(identity.mpidr, CELL.VMPIDR_EL2) };
}

const ZERO_BLOCK = sysOpByName('DC', 'ZVA')!.key;

/** DCZID_EL0.DZP says whether DC ZVA would be trapped here (DDI 0487, "DCZID_EL0"). */
function blockZeroing(owner: HandlerOwner): Record<string, RegisterHandler> {
  const { state } = owner;
  const isProhibited = (): boolean => {
    const mode = state.get32(PE.MODE);
    const el = mode & MODE.EL_MASK;
    if (el === 2) return false;
    const isHost = el === 0 && (mode & MODE.E2H) !== 0 && (mode & MODE.TGE) !== 0;
    if (el === 0 && (state.lo(isHost ? CELL.SCTLR_EL2 : CELL.SCTLR_EL1) & SCTLR_EL1.DZE.wordMask) === 0) return true;
    return owner.hasEl2 && !isHost && (state.lo(CELL.HCR_EL2) & HCR_EL2.TDZ.wordMask) !== 0;
  };
  return {
    DCZID_EL0: {
      constantUnless: (mode) => owner.stepper.plainOperation(ZERO_BLOCK, mode)?.guards ?? null,
      read: (value) => {
        if (isProhibited()) value[0] = value[0]! | DCZID_EL0.DZP.wordMask;
      },
    },
  };
}

/** Trapped floating-point exceptions are not implemented: their enables are RAZ/WI (DDI 0487, "FPCR"). */
const FPCR_TRAP_ENABLES = FPCR.IOE.wordMask | FPCR.DZE.wordMask | FPCR.OFE.wordMask | FPCR.UFE.wordMask | FPCR.IXE.wordMask | FPCR.IDE.wordMask;

function floatingPoint(owner: HandlerOwner): Record<string, RegisterHandler> {
  const { state } = owner;
  const handler = (offset: number, set: (value: number) => void): RegisterHandler => ({
    plain: (_mode, isRead) => (isRead ? { kind: 'word', offset, mask: -1 } : null),
    read: (value) => {
      put(value, state.get32(offset));
    },
    write: (value) => {
      set(value[0]!);
    },
  });
  return {
    FPCR: handler(PE.FPCR, (value) => setFpcr(state, value & ~FPCR_TRAP_ENABLES)),
    FPSR: handler(PE.FPSR, (value) => setFpsr(state, value)),
  };
}

function status(owner: HandlerOwner): Record<string, RegisterHandler> {
  const { state } = owner;
  const disr = (): number => (owner.hasEl2 && state.el === 1 && (state.lo(CELL.HCR_EL2) & HCR_EL2.AMO.wordMask) !== 0 ? CELL.VDISR_EL2 : CELL.DISR_EL1);
  return {
    ISR_EL1: {
      read: (value) => {
        put(value, owner.pendingBits);
      },
    },
    // EL1 reaches the virtual one while SErrors are routed to EL2 (DDI 0487, "DISR_EL1", accessor pseudocode).
    DISR_EL1: {
      read: (value) => {
        put(value, state.lo(disr()));
      },
      write: (value) => {
        state.set64(disr(), value[0]!, 0);
      },
    },
  };
}
