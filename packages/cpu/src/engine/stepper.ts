/**
 * What only Eval does: moves to and from system registers, PSTATE, SYS, exception generation and return, waiting. Each
 * action ends as the instruction ends: done, or with an exception in the PE's slot.
 */
import { brkSyndrome, fpAccessSyndrome, hvcSyndrome, smcSyndrome, svcSyndrome, sysSyndrome, UNKNOWN_SYNDROME, wfxSyndrome } from '../arch/esr.ts';
import { EL2_CONTROLS, EVENT, TRANSLATION_CONTROLS } from '../arch/events.ts';
import type { FeatureSet } from '../arch/features.ts';
import { sysOp, tlbiShape, type SysOp } from '../arch/sysops.ts';
import { genericRegisterName, HCR_EL2, SYSTEM_REGISTERS } from '../arch/sysregs/index.ts';
import { trapTarget, trapsOf, type TrapRow } from '../arch/traps.ts';
import type { DebugUnit } from '../debug/debug-unit.ts';
import { SP, ZR, type Reg, type StepAction } from '../emit/builder.ts';
import type { ExceptionSlot } from '../exception/exception.ts';
import type { RoutingView } from '../exception/route.ts';
import type { ExceptionUnit } from '../exception/take.ts';
import type { MemoryAccess } from '../mem/access.ts';
import { addressTranslate, invalidateTlb, tlbiScope, type TlbiScope, type TlbiSituation } from '../mem/maintenance.ts';
import { hostBitsOf, type SysRegAccess } from '../sysreg/access.ts';
import type { PlainOperation, TrapGuard } from '../sysreg/plain.ts';
import { CELL } from '../sysreg/cells.ts';
import { compileTrap, type CompiledTrap, type ControlReader, trapSyndrome } from '../sysreg/controls.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { PSTATE, setElAndSp } from '../state/pstate.ts';
import { MODE, PE, ZVA_BYTES } from './layout.ts';
import type { Stepper } from './parts.ts';

/** What the stepper needs of its PE. */
export interface StepperOwner {
  readonly features: FeatureSet;
  readonly state: CpuState;
  readonly exception: ExceptionSlot;
  readonly exceptions: ExceptionUnit;
  readonly events: Float64Array;
  readonly memory: MemoryAccess;
  readonly sysregs: SysRegAccess;
  readonly controls: ControlReader;
  readonly debug: DebugUnit;
  readonly hasEl2: boolean;
  routing(): RoutingView;
  /** The mode word, contexts and pending interrupts follow a change of EL, PSTATE or controls. */
  contextChanged(): void;
  /** The same for a change of EL or PSTATE alone. */
  levelChanged(): void;
  /** PSTATE.{D,A,I,F} changed, and nothing else. */
  masksChanged(): void;
  /** The instruction set the PC itself. */
  pcWasSet(): void;
  /** Firmware or the semihosting host may take the call: true when it did. */
  firmwareCall(kind: 'hvc' | 'smc' | 'hlt', imm: number): boolean;
  /** TLBI to the Inner or Outer Shareable domain acts on every PE. */
  broadcastTlbi(scope: TlbiScope): void;
  /** Whether there is nothing to wait for: an interrupt is pending, or the Event Register is set. */
  endsWait(kind: 'wfi' | 'wfe'): boolean;
  wait(kind: 'wfi' | 'wfe' | 'yield'): void;
  synchronizeErrors(): void;
  sendEvent(local: boolean): void;
}

type Group = 'mrs' | 'msr' | 'msrTranslation' | 'msrHcrVttbr' | 'ichRead' | 'ichWrite';

const priceClass = new Map<number, { readonly read: number; readonly write: number }>();

/** The event that a register access counts as, by the register that is really accessed. */
export function registerEvent(key: number, isRead: boolean): number {
  let events = priceClass.get(key);
  if (events === undefined) {
    const name = SYSTEM_REGISTERS.byKey(key)?.name ?? genericRegisterName(key);
    const gic = /^IC[CHV]_/.test(name);
    const write: Group = gic ? 'ichWrite' : TRANSLATION_CONTROLS.includes(name) ? 'msrTranslation' : EL2_CONTROLS.includes(name) ? 'msrHcrVttbr' : 'msr';
    events = { read: EVENT[gic ? 'ichRead' : 'mrs'], write: EVENT[write] };
    priceClass.set(key, events);
  }
  return isRead ? events.read : events.write;
}

export class PeStepper implements Stepper {
  readonly #owner: StepperOwner;
  /** By {E2H, TGE} and EL; filled in as they occur. */
  readonly #instructionTraps: Readonly<Record<ControlledInstruction, (readonly CompiledTrap[] | undefined)[]>> = { WFI: [], WFE: [], SMC: [], MSR_DAIF: [], FP_SIMD: [] };
  readonly #traps = new Map<string, readonly [readonly CompiledTrap[], readonly CompiledTrap[]]>();

  constructor(owner: StepperOwner) {
    this.#owner = owner;
  }

  step(action: StepAction): boolean {
    const owner = this.#owner;
    switch (action.kind) {
      case 'mrs':
        return this.#mrs(action.register, action.rt);
      case 'msr':
        return this.#msr(action.register, action.rt);
      case 'msr-imm':
        return this.moveImmediate(action.field, action.imm);
      case 'sys':
        return this.#sys(action.operation, action.rt);
      case 'sysl':
        return this.#systemTrapFree(action.operation, null, action.rt, owner.state.el, 1);
      case 'svc':
        return owner.exception.sync(svcSyndrome(action.imm), 'default', true);
      case 'hvc':
        return this.hypervisorCall(action.imm);
      case 'smc':
        return this.#secureCall(action.imm);
      case 'brk':
        return owner.exception.sync(brkSyndrome(action.imm), owner.debug.controls.routing);
      case 'hlt':
        return owner.firmwareCall('hlt', action.imm) || this.#undefined();
      case 'eret':
        return this.exceptionReturn();
      case 'wfi':
        return this.#waitFor('wfi', 'WFI', 0);
      case 'wfe':
        return this.#waitFor('wfe', 'WFE', 1);
      case 'esb':
        this.#count('hint');
        owner.synchronizeErrors();
        return true;
      case 'yield':
        this.#count('hint');
        owner.wait('yield');
        return true;
      case 'sev':
      case 'sevl':
        this.#count('hint');
        owner.sendEvent(action.kind === 'sevl');
        return true;
      case 'isb':
        this.#count('isb');
        return true;
      case 'undefined':
        return this.#undefined();
    }
  }

  #undefined(): false {
    return this.#owner.exception.sync(UNKNOWN_SYNDROME);
  }

  #count(event: 'isb' | 'hint' | 'tlbi'): void {
    const { events } = this.#owner;
    events[EVENT[event]] = events[EVENT[event]]! + 1;
  }

  // ---- System registers ------------------------------------------------------------------------------------------

  #mrs(register: number, rt: Reg): boolean {
    const { sysregs, state, events } = this.#owner;
    if (!sysregs.read(register, rt)) return false;
    const event = registerEvent(sysregs.reached, true);
    events[event] = events[event]! + 1;
    if (rt !== ZR && rt !== SP) state.set64(PE.X + 8 * rt, sysregs.value[0]!, sysregs.value[1]!);
    return true;
  }

  #msr(register: number, rt: Reg): boolean {
    const { sysregs, state, events } = this.#owner;
    const isZero = rt === ZR || rt === SP;
    sysregs.value[0] = isZero ? 0 : state.lo(PE.X + 8 * rt);
    sysregs.value[1] = isZero ? 0 : state.hi(PE.X + 8 * rt);
    if (!sysregs.write(register, rt)) return false;
    const event = registerEvent(sysregs.reached, false);
    events[event] = events[event]! + 1;
    return true;
  }

  /** MSR (immediate) of a PSTATE field by name. */
  moveImmediate(field: string, imm: number): boolean {
    const owner = this.#owner;
    const { state } = owner;
    const pstate = state.get32(PE.PSTATE);
    switch (field) {
      case 'DAIFSet':
      case 'DAIFClr': {
        if (state.el === 0 && !this.#trapFree('MSR_DAIF', field === 'DAIFSet' ? 6 : 7, imm)) return false;
        const mask = (imm & 15) << 6;
        state.set32(PE.PSTATE, field === 'DAIFSet' ? pstate | mask : pstate & ~mask);
        owner.masksChanged();
        return true;
      }
      case 'SPSel':
        if (state.el === 0) return this.#undefined();
        setElAndSp(state, state.el, (imm & 1) !== 0);
        break;
      default: {
        const mask = PSTATE[field as keyof typeof PSTATE];
        if (state.el === 0 && (field === 'PAN' || field === 'UAO')) return this.#undefined();
        state.set32(PE.PSTATE, (imm & 1) !== 0 ? pstate | mask : pstate & ~mask);
      }
    }
    owner.levelChanged();
    return true;
  }

  /** SCTLR_EL1.UMA and its host counterpart gate DAIF at EL0. */
  #trapFree(instruction: 'MSR_DAIF', op2: number, CRm: number): boolean {
    return !this.#trapped(instruction, () => sysSyndrome(0, 3, 4, CRm, op2, 31, 0));
  }

  /** Whether an instruction is trapped; the exception is then in the slot. */
  #trapped(instruction: ControlledInstruction, syndrome: () => number): boolean {
    const owner = this.#owner;
    const mode = owner.state.get32(PE.MODE);
    const trap = this.#trapOf(instruction, mode);
    if (trap === null) return false;
    const target = trapTarget(trap, hostBitsOf(mode));
    if (target === 'undefined') this.#undefined();
    else owner.exception.sync(trapSyndrome(trap, syndrome()), target === 2 && trap.level === 2 ? 'el2' : 'default');
    return true;
  }

  /** The control that traps an instruction in this mode now, or null. */
  #trapOf(instruction: ControlledInstruction, mode: number): TrapRow | null {
    const traps = (this.#instructionTraps[instruction][3 * hostBitsOf(mode) + (mode & MODE.EL_MASK)] ??= this.#findTraps(instruction, mode));
    for (let i = 0; i < traps.length; i++) if (traps[i]!.holds()) return traps[i]!.row;
    return null;
  }

  /** The controls that may trap an instruction in this mode, in order. */
  #findTraps(instruction: ControlledInstruction, mode: number): readonly CompiledTrap[] {
    const owner = this.#owner;
    const el = (mode & MODE.EL_MASK) as 0 | 1 | 2;
    const hostBits = hostBitsOf(mode);
    const rows = trapsOf({ kind: 'instruction', name: instruction }).filter(
      (row) => (row.level !== 2 || owner.hasEl2) && row.from.includes(el) && row.hostBits.includes(hostBits) && row.undefinedAccess !== 'only',
    );
    return rows.map((row) => compileTrap(row, (mode & MODE.E2H) !== 0 ? 1 : 0, owner.controls));
  }

  // ---- SYS -------------------------------------------------------------------------------------------------------

  #sys(operation: number, rt: Reg): boolean {
    const { state } = this.#owner;
    const isZero = rt === ZR || rt === SP;
    return this.systemOperation(operation, rt, isZero ? 0 : state.lo(PE.X + 8 * rt), isZero ? 0 : state.hi(PE.X + 8 * rt));
  }

  /** TLBI, AT, DC, IC by key. */
  systemOperation(operation: number, rt: number, valueLo: number, valueHi: number): boolean {
    const owner = this.#owner;
    const op = sysOp(operation);
    const el = owner.state.el;
    if (!this.#systemTrapFree(operation, op, rt, el, 0)) return false;
    if (op === null) return this.#undefined();
    this.#count('tlbi');
    switch (op.mnemonic) {
      case 'TLBI':
        return this.#tlbi(op, valueLo, valueHi);
      case 'AT':
        return this.#at(op, valueLo, valueHi);
      case 'DC':
        if (op.group === 'DC_SW') return true;
        if (op.name === 'ZVA') return this.#zeroBlock(valueLo, valueHi);
        return owner.memory.maintain(valueLo, valueHi, op.name === 'IVAC' ? 'invalidate' : 'clean');
      default:
        // Instruction fetch is coherent and prediction is not modelled: IC and the RCTX operations have nothing to do.
        return op.group !== 'IC_VA' || owner.memory.maintain(valueLo, valueHi, 'ic');
    }
  }

  /** The traps of SYS, and of SYSL where `isRead` is 1: no operation that SYSL has is implemented. False: an exception is in the slot. */
  #systemTrapFree(operation: number, op: SysOp | null, rt: number, el: number, isRead: 0 | 1): boolean {
    const owner = this.#owner;
    const isUndefined = op === null || op.status === 'named' || (op.feature !== null && !owner.features.has(op.feature)) || el < op.minEl;
    const mode = owner.state.get32(PE.MODE);
    const e2h = (mode & MODE.E2H) !== 0 ? 1 : 0;
    const hostBits = hostBitsOf(mode);
    const traps = this.#systemTraps(operation, op, isRead)[e2h];
    for (const { row, holds } of traps) {
      if ((row.level === 2 && !owner.hasEl2) || !row.from.includes(el as 0 | 1 | 2) || !row.hostBits.includes(hostBits)) continue;
      if (row.undefinedAccess !== 'also' && (row.undefinedAccess === 'only') !== isUndefined) continue;
      if (!holds()) continue;
      const target = trapTarget(row, hostBits);
      if (target === 'undefined') return this.#undefined();
      const [op1, CRn, CRm, op2] = [(operation >> 11) & 7, (operation >> 7) & 15, (operation >> 3) & 15, operation & 7];
      return owner.exception.sync(sysSyndrome(1, op1, CRn, CRm, op2, rt === SP ? ZR : rt, isRead), target === 2 && row.level === 2 ? 'el2' : 'default');
    }
    return !isUndefined || this.#undefined();
  }

  /** DC or IC in a mode, as translated code may do it; null for everything else. DC IVAC needs the right to write, and meets watchpoints. */
  plainOperation(operation: number, mode: number): PlainOperation | null {
    const op = sysOp(operation);
    const el = (mode & MODE.EL_MASK) as 0 | 1 | 2;
    if (op === null || (op.mnemonic !== 'DC' && op.mnemonic !== 'IC') || op.name === 'IVAC' || op.status !== 'implemented' || el < op.minEl) return null;
    if (op.feature !== null && !this.#owner.features.has(op.feature)) return null;
    const e2h = (mode & MODE.E2H) !== 0 ? 1 : 0;
    const hostBits = hostBitsOf(mode);
    const traps = this.#systemTraps(operation, op, 0)[e2h].filter(({ row }) => (row.level !== 2 || this.#owner.hasEl2) && row.from.includes(el) && row.hostBits.includes(hostBits));
    if (traps.some(({ guard }) => guard === null)) return null;
    const guards = traps.map(({ guard }) => guard).filter((guard): guard is TrapGuard => guard !== null && guard !== 'never');
    return { effect: op.name === 'ZVA' ? 'zero' : op.xt === 'absent' || op.group === 'DC_SW' ? 'nothing' : 'translate', guards };
  }

  #systemTraps(operation: number, op: SysOp | null, isRead: 0 | 1): readonly [readonly CompiledTrap[], readonly CompiledTrap[]] {
    const name = `${isRead === 1 ? 'SYSL' : 'SYS'} ${String(operation)}`;
    let compiled = this.#traps.get(name);
    if (compiled === undefined) {
      const rows = trapsOf({ kind: 'op', key: operation | (1 << 14), op });
      compiled = [rows.map((row) => compileTrap(row, 0, this.#owner.controls)), rows.map((row) => compileTrap(row, 1, this.#owner.controls))];
      this.#traps.set(name, compiled);
    }
    return compiled;
  }

  #tlbi(op: SysOp, valueLo: number, valueHi: number): boolean {
    const owner = this.#owner;
    const { contexts } = owner.memory;
    const mode = owner.state.get32(PE.MODE);
    const situation: TlbiSituation = {
      e2h: (mode & MODE.E2H) !== 0,
      tge: (mode & MODE.TGE) !== 0,
      vmid: contexts.vmid,
      hasAsid16: (regime) => contexts.hasAsid16(regime),
    };
    const scope = tlbiScope(op, situation, valueLo, valueHi);
    invalidateTlb(owner.memory, scope);
    const forced = owner.hasEl2 && owner.state.el === 1 && (owner.state.lo(CELL.HCR_EL2) & HCR_EL2.FB.wordMask) !== 0;
    if (tlbiShape(op.name)!.shareability !== '' || forced) owner.broadcastTlbi(scope);
    return true;
  }

  #at(op: SysOp, vaLo: number, vaHi: number): boolean {
    const owner = this.#owner;
    const mode = owner.state.get32(PE.MODE);
    const situation = { el: mode & MODE.EL_MASK, e2h: (mode & MODE.E2H) !== 0, tge: (mode & MODE.TGE) !== 0, pan: (owner.state.get32(PE.PSTATE) & PSTATE.PAN) !== 0 };
    if (addressTranslate(op, owner.state, owner.memory, situation, vaLo, vaHi)) return true;
    return owner.memory.addressTranslationAbort(vaLo, vaHi);
  }

  #zeroBlock(vaLo: number, vaHi: number): boolean {
    return this.#owner.memory.zeroBlock(vaLo, vaHi, ZVA_BYTES);
  }

  // ---- Exceptions ------------------------------------------------------------------------------------------------

  hypervisorCall(imm: number): boolean {
    const owner = this.#owner;
    const { state } = owner;
    if (state.el === 0) return this.#undefined();
    if (!owner.hasEl2) return owner.firmwareCall('hvc', imm) || this.#undefined();
    if ((state.lo(CELL.HCR_EL2) & HCR_EL2.HCD.wordMask) !== 0) return this.#undefined();
    return owner.exception.sync(hvcSyndrome(imm), 'el2', true);
  }

  #secureCall(imm: number): boolean {
    const owner = this.#owner;
    if (owner.state.el === 0) return this.#undefined();
    if (this.#trapped('SMC', () => smcSyndrome(imm))) return false;
    return owner.firmwareCall('smc', imm) || this.#undefined();
  }

  exceptionReturn(): boolean {
    const owner = this.#owner;
    if (owner.state.el === 0) return this.#undefined();
    owner.exceptions.return(owner.routing());
    owner.sendEvent(true);
    owner.pcWasSet();
    owner.levelChanged();
    return true;
  }

  #waitFor(kind: 'wfi' | 'wfe', instruction: 'WFI' | 'WFE', ti: number): boolean {
    // What ends at once does not wait, so there is nothing to trap (DDI 0487, "HCR_EL2", TWI and TWE).
    if (!this.#owner.endsWait(kind) && this.#trapped(instruction, () => wfxSyndrome(ti))) return false;
    this.#count('hint');
    this.#owner.wait(kind);
    return true;
  }

  trapFpSimd(): void {
    this.#trapped('FP_SIMD', () => fpAccessSyndrome());
  }

  /** Whether no control traps FP and SIMD in this mode: what `MODE.FP_ENABLED` must say. */
  fpSimdEnabled(mode: number): boolean {
    return this.#trapOf('FP_SIMD', mode) === null;
  }
}

type ControlledInstruction = 'WFI' | 'WFE' | 'SMC' | 'MSR_DAIF' | 'FP_SIMD';

