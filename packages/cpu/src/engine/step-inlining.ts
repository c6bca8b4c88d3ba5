/**
 * What tier 1 does by itself of the actions that are Eval's: moves of plain registers, masking of interrupts, DC and IC. It
 * asks the tables that Eval asks; where an access is more than a move, or a control traps it, Eval takes the instruction.
 */
import { EVENT } from '../arch/events.ts';
import { PSTATE } from '../state/pstate.ts';
import type { PlainAccess, PlainOperation, TrapGuard } from '../sysreg/plain.ts';
import type { Reg, StepAction, Val } from '../emit/builder.ts';
import { MODE, PE, ZVA_BYTES, codeMode } from './layout.ts';
import type { Recorder } from './record.ts';
import { registerEvent } from './stepper.ts';

/** The tables of a PE: what an access comes to in a mode (`codeMode`). */
export interface PlainRegisters {
  plain(key: number, isRead: boolean, mode: number): PlainAccess | null;
  plainOperation(operation: number, mode: number): PlainOperation | null;
}

export class StepInlining {
  readonly #e: Recorder;
  readonly #registers: PlainRegisters;

  constructor(recorder: Recorder, registers: PlainRegisters) {
    this.#e = recorder;
    this.#registers = registers;
  }

  /** Whether the action was recorded; otherwise it is Eval's. */
  step(action: StepAction, mode: number): boolean {
    switch (action.kind) {
      case 'mrs': return this.#mrs(this.#registers.plain(action.register, true, codeMode(mode)), action.rt);
      case 'msr': return this.#msr(this.#registers.plain(action.register, false, codeMode(mode)), action.rt);
      case 'msr-imm': return (mode & MODE.EL_MASK) !== 0 && this.#mask(action.field, action.imm);
      case 'sys': return this.#operate(this.#registers.plainOperation(action.operation, codeMode(mode)), action.rt);
      case 'isb':
        this.#e.count('isb');
        return true;
      default: return false;
    }
  }

  #guard(guards: readonly TrapGuard[]): void {
    for (const guard of guards) this.#e.stepIf(this.#holds(guard));
  }

  /** Whether all fields have one of their values. */
  #holds(guard: TrapGuard): Val {
    const e = this.#e;
    let all = e.imm(1, 32);
    for (const { place, values } of guard) {
      const field = e.let(e.and(e.cell(place.offset, 32), e.imm(place.mask, 32)));
      let any = e.imm(0, 32);
      for (const value of values) any = e.or(any, e.eq(field, e.imm(value << place.shift, 32)));
      all = e.and(all, any);
    }
    return all;
  }

  #mrs(access: PlainAccess | null, rt: Reg): boolean {
    if (access === null) return false;
    const e = this.#e;
    this.#guard(access.guards);
    const value = this.#read(access);
    e.countEvent(registerEvent(access.reached, true));
    e.setX(rt, value);
    return true;
  }

  #read({ form }: PlainAccess): Val {
    const e = this.#e;
    switch (form.kind) {
      case 'cell': return e.cell(form.offset, 64);
      case 'word': return e.zext(e.and(e.cell(form.offset, 32), e.imm(form.mask, 32)), 32, 64);
      case 'constant': return e.imm64(form.lo, form.hi);
      case 'nzcv': return e.zext(e.shl(e.nzcv(), e.imm(NZCV_SHIFT, 32)), 32, 64);
    }
  }

  #msr(access: PlainAccess | null, rt: Reg): boolean {
    if (access === null) return false;
    const e = this.#e;
    this.#guard(access.guards);
    const value = e.let(e.or(e.and(e.x(rt), e.imm64(access.maskLo, access.maskHi)), e.imm64(access.onesLo, access.onesHi)));
    e.countEvent(registerEvent(access.reached, false));
    return this.#write(access, value);
  }

  #write({ form }: PlainAccess, value: Val): boolean {
    const e = this.#e;
    switch (form.kind) {
      case 'cell':
        e.setCell(form.offset, value);
        return true;
      case 'word':
        e.setCell(form.offset, e.or(e.and(e.cell(form.offset, 32), e.imm(~form.mask, 32)), e.and(e.zext(value, 32, 32), e.imm(form.mask, 32))));
        if (form.unmasks === true) e.unmask();
        return true;
      case 'nzcv':
        e.flagsLiteral(e.shr(e.zext(value, 32, 32), e.imm(NZCV_SHIFT, 32)));
        return true;
      case 'constant': return false;
    }
  }

  /** MSR DAIFSet and DAIFClr above EL0, where nothing traps them. */
  #mask(field: string, imm: number): boolean {
    if (field !== 'DAIFSet' && field !== 'DAIFClr') return false;
    const e = this.#e;
    const bits = e.imm((imm << PSTATE_DAIF_SHIFT) & PSTATE.DAIF, 32);
    const pstate = e.cell(PE.PSTATE, 32);
    e.setCell(PE.PSTATE, field === 'DAIFSet' ? e.or(pstate, bits) : e.and(pstate, e.not(bits)));
    if (field === 'DAIFClr') e.unmask();
    return true;
  }

  #operate(operation: PlainOperation | null, rt: Reg): boolean {
    if (operation === null) return false;
    const e = this.#e;
    this.#guard(operation.guards);
    if (operation.effect === 'zero') e.zero(e.and(e.x(rt), e.imm64(-ZVA_BYTES, -1)), ZVA_BYTES);
    else if (operation.effect === 'translate') e.translate(e.x(rt));
    e.countEvent(EVENT.tlbi);
    return true;
  }
}

const NZCV_SHIFT = 28;
/** The lowest bit of the four: F. */
const PSTATE_DAIF_SHIFT = 31 - Math.clz32(PSTATE.F);
