/**
 * ICC_* as a bank: at EL1 the same names reach the guest's virtual interface (ICV_*) while HCR_EL2 says that interrupts
 * are virtual, and the physical one otherwise (IHI 0069, "Virtual CPU interface"; the rule is data in `cpu/arch`).
 */
import {
  ICC_AP0Rn_EL1, ICC_AP1Rn_EL1, ICC_ASGI1R_EL1, ICC_BPR, ICC_CTLR_EL1, ICC_IGRPEN, ICC_INTID, ICC_SGI0R_EL1, ICC_SGI1R_EL1, ICV_CTLR, ICV_VIEWS, InvariantError, SYSTEM_REGISTERS, type VirtualView,
} from '@worldswitch/cpu/arch';
import type { StateVisitor, SysRegBank } from '@worldswitch/cpu';
import type { Group } from '../list-register.ts';
import type { PhysicalInterface } from '../physical-interface.ts';
import { isGroupEnabled, type ActivePriorities, type InterfaceControl } from '../priority.ts';
import { SPURIOUS, type VirtualInterface } from '../virtual-interface.ts';
import { ABSENT, RegisterBank, wordRow, type RegisterRow } from './register-bank.ts';

/** What of the PE decides whether an access is virtual. `imo` and `fmo` are HCR_EL2's bits, 0 without EL2. */
export interface InterfaceView {
  readonly el: number;
  readonly tge: boolean;
  readonly imo: boolean;
  readonly fmo: boolean;
}

/** What a CPU interface tells the rest of the GIC. */
export interface CpuInterfacePorts {
  readonly generateSgi: GenerateSgi;
  /** A group of the physical interface was enabled or disabled: the lines follow, of other PEs too. */
  readonly enablesChanged: () => void;
}

/** Sends what a write to ICC_SGI0R_EL1, ICC_SGI1R_EL1 or ICC_ASGI1R_EL1 says, by the key of the register. */
export type GenerateSgi = (key: number, lo: number, hi: number) => void;

export interface CpuInterfaceOptions {
  readonly priorityBits: number;
  readonly preemptionBits: number;
  readonly intidBits: 16 | 24;
}

type Rows = ReadonlyMap<string, RegisterRow>;

const KEPT = ICC_CTLR_EL1.PMHE.wordMask;

/** Bits of CTLR that an interface keeps without a meaning. */
interface KeptBits {
  read(): number;
  write(value: number): void;
}

const NOTHING_KEPT: KeptBits = { read: () => 0, write: () => undefined };

export class CpuInterface {
  readonly bank: SysRegBank;
  readonly physical: PhysicalInterface;
  /** Bits of ICC_CTLR_EL1 that are kept as written and do nothing: PMHE, a hint about the distribution of 1-of-N interrupts. */
  #kept = 0;
  readonly #enablesChanged: () => void;

  constructor(options: CpuInterfaceOptions, view: () => InterfaceView, virtual: VirtualInterface, physical: PhysicalInterface, { generateSgi, enablesChanged }: CpuInterfacePorts) {
    this.physical = physical;
    this.#enablesChanged = enablesChanged;
    const kept: KeptBits = { read: () => this.#kept, write: (value) => (this.#kept = value & KEPT) };
    const icc = physicalRows(physical, options, kept, enablesChanged);
    const icv = virtualRows(virtual, options);
    const rows = new Map<number, RegisterRow>();
    for (const row of ICV_VIEWS) {
      const register = SYSTEM_REGISTERS.byName(row.icc);
      if (register === undefined) throw new InvariantError(`no register ${row.icc}`);
      rows.set(register.key, routed(row.group, view, rowOf(icc, row.icc), rowOf(icv, row.icv)));
    }
    for (const { key } of [ICC_SGI0R_EL1, ICC_SGI1R_EL1, ICC_ASGI1R_EL1]) {
      rows.set(key, {
        write: (data) => {
          generateSgi(key, data[0]!, data[1]!);
          return true;
        },
      });
    }
    this.bank = new RegisterBank(rows);
  }

  /** As after reset of the PE. */
  reset(): void {
    this.#kept = 0;
    this.physical.reset();
    this.#enablesChanged();
  }

  visitState(state: StateVisitor): void {
    this.physical.visitState(state);
    this.#kept = state.word(this.#kept, KEPT);
  }
}

/** One of the two interfaces behind the ICC names. */
interface Side {
  readonly control: InterfaceControl;
  readonly active: ActivePriorities;
  readonly runningPriority: number;
  acknowledge(group: Group): number;
  setBinaryPoint(group: Group, value: number): void;
  setPriorityMask(value: number): void;
  deactivate(intid: number): void;
  update(): void;
}

/** What differs between the two beside their state. */
interface SideRules {
  readonly prefix: 'ICC' | 'ICV';
  /** The interrupt of the group that HPPIR shows, or {@link SPURIOUS}. */
  readonly highestPending: (group: Group) => number;
  readonly end: (intid: number, group: Group) => void;
  /** A group was enabled or disabled. */
  readonly enablesChanged: () => void;
  readonly kept: KeptBits;
}

function physicalRows(physical: PhysicalInterface, options: CpuInterfaceOptions, kept: KeptBits, enablesChanged: () => void): Rows {
  return interfaceRows(physical, options, {
    prefix: 'ICC',
    highestPending: (group) => {
      const best = physical.highestPending;
      return best?.group === group ? best.intid : SPURIOUS;
    },
    end: (intid, group) => physical.endOfInterrupt(intid, intid, group),
    enablesChanged,
    kept,
  });
}

function virtualRows(virtual: VirtualInterface, options: CpuInterfaceOptions): Rows {
  const highestPending = (group: Group): number => {
    const lr = virtual.highestPending;
    return lr?.group === group ? lr.vIntid : SPURIOUS;
  };
  return interfaceRows(virtual, options, { prefix: 'ICV', highestPending, end: (intid, group) => virtual.endOfInterrupt(intid, group), enablesChanged: () => virtual.update(), kept: NOTHING_KEPT });
}

function interfaceRows(side: Side, options: CpuInterfaceOptions, rules: SideRules): Rows {
  const { prefix } = rules;
  const rows = new Map<string, RegisterRow>([...groupRows(0, side, rules), ...groupRows(1, side, rules)]);
  rows.set(`${prefix}_NMIAR1_EL1`, ABSENT);
  rows.set(`${prefix}_PMR_EL1`, wordRow(() => side.control.pmr, updating(side, (value) => side.setPriorityMask(value))));
  rows.set(`${prefix}_DIR_EL1`, wordRow(null, (value) => side.deactivate(ICC_INTID.INTID.inWord(value))));
  rows.set(`${prefix}_RPR_EL1`, wordRow(() => side.runningPriority));
  rows.set(`${prefix}_CTLR_EL1`, controlRow(side, options, rules.kept));
  return rows;
}

function groupRows(group: Group, side: Side, { prefix, highestPending, end, enablesChanged }: SideRules): [string, RegisterRow][] {
  const { control, active } = side;
  const name = (register: string): string => `${prefix}_${register}${String(group)}_EL1`;
  const binaryPoint = (): number => (group === 0 ? control.bpr0 : control.cbpr ? sharedBinaryPoint(control.bpr0) : control.bpr1);
  const writeBinaryPoint = (value: number): void => {
    if (group === 0 || !control.cbpr) side.setBinaryPoint(group, ICC_BPR.BinaryPoint.inWord(value));
  };
  const enabled = (): number => (isGroupEnabled(control, group) ? 1 : 0);
  const enable = (value: number): void => {
    const isEnabled = ICC_IGRPEN.Enable.inWord(value) !== 0;
    if (group === 0) control.enableGroup0 = isEnabled;
    else control.enableGroup1 = isEnabled;
    enablesChanged();
  };
  return [
    [name('IAR'), wordRow(() => side.acknowledge(group))],
    [name('HPPIR'), wordRow(() => highestPending(group))],
    [name('EOIR'), wordRow(null, (value) => end(ICC_INTID.INTID.inWord(value), group))],
    [name('BPR'), wordRow(binaryPoint, updating(side, writeBinaryPoint))],
    [name('IGRPEN'), wordRow(enabled, enable)],
    ...(group === 0 ? ICC_AP0Rn_EL1 : ICC_AP1Rn_EL1).map((register, n): [string, RegisterRow] => [
      register.name.replace('ICC', prefix),
      activePriorityRow(active[group], n, () => side.update()),
    ]),
  ];
}

function controlRow(side: Side, options: CpuInterfaceOptions, kept: KeptBits): RegisterRow {
  const { control } = side;
  const constant = capabilities(options);
  return wordRow(
    () => constant | kept.read() | (control.eoiMode ? ICC_CTLR_EL1.EOImode.wordMask : 0) | (control.cbpr ? ICC_CTLR_EL1.CBPR.wordMask : 0),
    (value) => {
      kept.write(value);
      control.eoiMode = ICC_CTLR_EL1.EOImode.inWord(value) !== 0;
      control.cbpr = ICC_CTLR_EL1.CBPR.inWord(value) !== 0;
      side.update();
    },
  );
}

function updating(side: Side, write: (value: number) => void): (value: number) => void {
  return (value) => {
    write(value);
    side.update();
  };
}

/** The constant fields of ICC_CTLR_EL1 and ICV_CTLR_EL1. */
function capabilities({ priorityBits, intidBits }: CpuInterfaceOptions): number {
  return Number(ICV_CTLR.of({ A3V: 1, IDbits: ICV_CTLR.IDbits.value(intidBits === 24 ? '24bit' : '16bit'), PRIbits: priorityBits - 1 }));
}

/** BPR1 as it reads while CBPR is 1: BPR0 plus one, at most 7. */
function sharedBinaryPoint(bpr0: number): number {
  return Math.min(bpr0 + 1, 7);
}

/** ICC_AP<group>R<n>: exists with six (n = 1) or seven bits of preemption (n = 2, 3). */
function activePriorityRow(registers: Uint32Array, n: number, changed: () => void): RegisterRow {
  if (n >= registers.length) return ABSENT;
  return wordRow(
    () => registers[n]!,
    (value) => {
      registers[n] = value;
      changed();
    },
  );
}

function rowOf(rows: Rows, name: string): RegisterRow {
  const row = rows.get(name);
  if (row === undefined) throw new InvariantError(`the GIC has no ${name}`);
  return row;
}

/** An ICC name: virtual at EL1 while HCR_EL2 makes this group's interrupts virtual. */
function routed(group: VirtualView['group'], view: () => InterfaceView, physical: RegisterRow, virtual: RegisterRow): RegisterRow {
  const isVirtual = (): boolean => {
    const { el, tge, imo, fmo } = view();
    if (el !== 1 || tge) return false;
    return group === 0 ? fmo : group === 1 ? imo : fmo || imo;
  };
  return {
    read: (data) => (isVirtual() ? virtual : physical).read?.(data) ?? false,
    write: (data) => (isVirtual() ? virtual : physical).write?.(data) ?? false,
  };
}
