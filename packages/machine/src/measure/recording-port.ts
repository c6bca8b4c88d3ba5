/** A software port that hands every call on to a PE's own and tells a listener what it was, when it begins and when it has ended. */
import { BARRIER_OPTIONS, PSTATE_FIELDS, SYSTEM_REGISTERS, sysOp, type Row } from '@worldswitch/cpu/arch';
import { SP_BASE, X_BASE, type GuestOutcome, type NativeOutcome, type PePort, type SoftwarePort, type SoftwareTally } from '@worldswitch/cpu';
import { SingleOperations } from '@worldswitch/hyp';
import type { EntryKind } from './timeline.ts';

/** A call of the port. */
export interface PortCall {
  readonly kind: EntryKind;
  readonly text: string;
  readonly register: string | null;
  /** The cell whose content, behind the call, is what was read or written; -1 for none. */
  readonly cell: number;
}

export interface PortListener {
  begins(call: PortCall): void;
  ends(): void;
}

const PSTATE_NAMES: ReadonlyMap<number, string> = new Map(PSTATE_FIELDS.map(({ op1, op2, name }) => [(op1 << 3) | op2, name]));
const HINTS: readonly (readonly [number, string])[] = [[0, 'NOP'], [16, 'ESB'], [17, 'PSB CSYNC']];
const NO_CELL = -1;

function baseName(base: number, offset: number): string {
  const name = base === SP_BASE ? 'sp' : base >= X_BASE ? `x${String(base - X_BASE)}` : 'context';
  return offset === 0 ? `[${name}]` : `[${name}, #${String(offset)}]`;
}

const barrierOption = (option: number): string => BARRIER_OPTIONS.find(({ CRm }) => CRm === option)?.name ?? `#${String(option)}`;

export class RecordingPort extends SingleOperations implements SoftwarePort {
  readonly pe: number;
  readonly cells: Uint32Array;
  readonly #port: PePort;
  readonly #listener: PortListener;

  constructor(port: PePort, listener: PortListener) {
    super();
    this.pe = port.pe;
    this.cells = port.cells;
    this.#port = port;
    this.#listener = listener;
  }

  #told<T>(kind: EntryKind, text: string, run: () => T, cell = NO_CELL, register: string | null = null): T {
    this.#listener.begins({ kind, text, register, cell });
    const result = run();
    this.#listener.ends();
    return result;
  }

  exec(row: Row, operands: Readonly<Record<string, number>>): void {
    const kind = row.id.startsWith('LD') ? 'load' : row.id.startsWith('ST') ? 'store' : 'move';
    this.#told(kind, row.id, () => this.#port.exec(row, operands));
  }

  mrs(cell: number, register: number): void {
    const name = SYSTEM_REGISTERS.byKey(register, 'R')?.name ?? '';
    this.#told('read', `MRS ${name}`, () => this.#port.mrs(cell, register), cell, name);
  }

  msr(register: number, cell: number): void {
    const name = SYSTEM_REGISTERS.byKey(register, 'W')?.name ?? '';
    this.#told('write', `MSR ${name}`, () => this.#port.msr(register, cell), cell, name);
  }

  msrImm(field: number, imm: number): void {
    this.#told('move', `MSR ${PSTATE_NAMES.get(field) ?? ''}, #${String(imm)}`, () => this.#port.msrImm(field, imm));
  }

  ldr(cell: number, base: number, offset: number): void {
    this.#told('load', `LDR ${baseName(base, offset)}`, () => this.#port.ldr(cell, base, offset), cell);
  }

  str(cell: number, base: number, offset: number): void {
    this.#told('store', `STR ${baseName(base, offset)}`, () => this.#port.str(cell, base, offset), cell);
  }

  ldr32(cell: number, base: number, offset: number): void {
    this.#told('load', `LDR ${baseName(base, offset)}, 32 bits`, () => this.#port.ldr32(cell, base, offset), cell);
  }

  str32(cell: number, base: number, offset: number): void {
    this.#told('store', `STR ${baseName(base, offset)}, 32 bits`, () => this.#port.str32(cell, base, offset), cell);
  }

  ldrX(t: number, base: number, offset: number): void {
    this.#told('frame-load', `LDR x${String(t)}, ${baseName(base, offset)}`, () => this.#port.ldrX(t, base, offset));
  }

  strX(t: number, base: number, offset: number): void {
    this.#told('frame-store', `STR x${String(t)}, ${baseName(base, offset)}`, () => this.#port.strX(t, base, offset));
  }

  ldpX(t: number, t2: number, base: number, offset: number): void {
    this.#told('frame-load', `LDP x${String(t)}, x${String(t2)}, ${baseName(base, offset)}`, () => this.#port.ldpX(t, t2, base, offset));
  }

  stpX(t: number, t2: number, base: number, offset: number): void {
    this.#told('frame-store', `STP x${String(t)}, x${String(t2)}, ${baseName(base, offset)}`, () => this.#port.stpX(t, t2, base, offset));
  }

  pushX(t: number, t2: number): void {
    this.#told('frame-store', `STP x${String(t)}, x${String(t2)}, [sp, #-16]!`, () => this.#port.pushX(t, t2));
  }

  popX(t: number, t2: number): void {
    this.#told('frame-load', `LDP x${String(t)}, x${String(t2)}, [sp], #16`, () => this.#port.popX(t, t2));
  }

  ldpQ(t: number, t2: number, base: number, offset: number): void {
    this.#told('vector-load', `LDP q${String(t)}, q${String(t2)}, ${baseName(base, offset)}`, () => this.#port.ldpQ(t, t2, base, offset));
  }

  stpQ(t: number, t2: number, base: number, offset: number): void {
    this.#told('vector-store', `STP q${String(t)}, q${String(t2)}, ${baseName(base, offset)}`, () => this.#port.stpQ(t, t2, base, offset));
  }

  movToX(x: number, cell: number): void {
    this.#told('move', `MOV x${String(x)}`, () => this.#port.movToX(x, cell), cell);
  }

  movFromX(cell: number, x: number): void {
    this.#told('move', `MOV from x${String(x)}`, () => this.#port.movFromX(cell, x), cell);
  }

  movToSp(cell: number): void {
    this.#told('move', 'MOV sp', () => this.#port.movToSp(cell), cell);
  }

  movFromSp(cell: number): void {
    this.#told('move', 'MOV from sp', () => this.#port.movFromSp(cell), cell);
  }

  isb(): void {
    this.#told('barrier', 'ISB', () => this.#port.isb());
  }

  dsb(option: number): void {
    this.#told('barrier', `DSB ${barrierOption(option)}`, () => this.#port.dsb(option));
  }

  dmb(option: number): void {
    this.#told('barrier', `DMB ${barrierOption(option)}`, () => this.#port.dmb(option));
  }

  hint(imm: number): void {
    this.#told('hint', HINTS.find(([number]) => number === imm)?.[1] ?? `HINT #${String(imm)}`, () => this.#port.hint(imm));
  }

  sys(operation: number, cell: number): void {
    const row = sysOp(operation);
    this.#told('maintenance', row === null ? 'SYS' : `${row.mnemonic} ${row.name}`, () => this.#port.sys(operation, cell), cell);
  }

  hvc(imm16: number): NativeOutcome {
    return this.#told('call', `HVC #${String(imm16)}`, () => this.#port.hvc(imm16));
  }

  svc(imm16: number): NativeOutcome {
    return this.#told('call', `SVC #${String(imm16)}`, () => this.#port.svc(imm16));
  }

  smc(imm16: number): NativeOutcome {
    return this.#told('call', `SMC #${String(imm16)}`, () => this.#port.smc(imm16));
  }

  eret(): NativeOutcome {
    return this.#told('return', 'ERET', () => this.#port.eret());
  }

  wfi(): void {
    this.#told('hint', 'WFI', () => this.#port.wfi());
  }

  wfe(): void {
    this.#told('hint', 'WFE', () => this.#port.wfe());
  }

  sev(): void {
    this.#told('hint', 'SEV', () => this.#port.sev());
  }

  label(address: number): void {
    this.#port.label(address);
  }

  runGuest(): GuestOutcome {
    return this.#told('guest', 'guest', () => this.#port.runGuest());
  }

  charge(tally: SoftwareTally): void {
    this.#told('software', tally.name, () => this.#port.charge(tally));
  }
}
