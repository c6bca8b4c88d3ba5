/**
 * ICC_* as a bank: at EL1 the same names reach the guest's virtual interface (ICV_*) while HCR_EL2 says that interrupts
 * are virtual, and the physical one otherwise (IHI 0069, "Virtual CPU interface"; the rule is data in `cpu/arch`).
 */
import {
  ICC_AP0Rn_EL1, ICC_AP1Rn_EL1, ICC_ASGI1R_EL1, ICC_BPR, ICC_CTLR_EL1, ICC_IGRPEN, ICC_INTID, ICC_SGI0R_EL1, ICC_SGI1R_EL1, ICV_CTLR, ICV_VIEWS, InvariantError, SYSTEM_REGISTERS, type VirtualView,
} from '@worldswitch/cpu/arch';
import type { SysRegBank } from '@worldswitch/cpu';
import type { Group } from '../list-register.ts';
import { getHighestActivePriority, IDLE_PRIORITY, minimumBinaryPoint, priorityDrop, type ActivePriorities } from '../priority.ts';
import { SPURIOUS, type VirtualInterface } from '../virtual-interface.ts';
import { ABSENT, RegisterBank, wordRow, type RegisterRow } from './register-bank.ts';

/** What of the PE decides whether an access is virtual. `imo` and `fmo` are HCR_EL2's bits, 0 without EL2. */
export interface InterfaceView {
  readonly el: number;
  readonly tge: boolean;
  readonly imo: boolean;
  readonly fmo: boolean;
}

/** What lies behind the physical CPU interface: the distributor and the redistributors. */
export interface PhysicalSide {
  /** DIR, or EOIR without a split: the interrupt is no longer active. */
  deactivate(intid: number): void;
  /** A write to ICC_SGI0R_EL1, ICC_SGI1R_EL1 or ICC_ASGI1R_EL1, by its key. */
  generateSgi(key: number, lo: number, hi: number): void;
}

export interface CpuInterfaceOptions {
  readonly priorityBits: number;
  readonly preemptionBits: number;
  readonly intidBits: 16 | 24;
}

type Rows = ReadonlyMap<string, RegisterRow>;

export class CpuInterface {
  readonly bank: SysRegBank;
  readonly #options: CpuInterfaceOptions;
  readonly #physicalSide: PhysicalSide;
  readonly #active: ActivePriorities;
  #pmr = 0;
  #bpr: [number, number];
  #enable: [number, number] = [0, 0];
  /** The bits of ICC_CTLR_EL1 that software writes. */
  #control = 0;

  constructor(options: CpuInterfaceOptions, view: () => InterfaceView, virtual: VirtualInterface, physicalSide: PhysicalSide) {
    this.#options = options;
    this.#physicalSide = physicalSide;
    const count = 2 ** (options.preemptionBits - 5);
    this.#active = [new Uint32Array(count), new Uint32Array(count)];
    this.#bpr = [minimumBinaryPoint(0, options.preemptionBits), minimumBinaryPoint(1, options.preemptionBits)];
    const icc = this.#physicalRows();
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
          physicalSide.generateSgi(key, data[0]!, data[1]!);
          return true;
        },
      });
    }
    this.bank = new RegisterBank(rows);
  }

  visitState(put: (word: number) => void): void {
    for (const registers of this.#active) for (const word of registers) put(word);
    for (const word of [this.#pmr, ...this.#bpr, ...this.#enable, this.#control]) put(word);
  }

  /** The physical interface. Without a distributor behind it nothing is ever pending. */
  #physicalRows(): Rows {
    const { preemptionBits, priorityBits } = this.#options;
    const active = this.#active;
    const rows = new Map<string, RegisterRow>();
    for (const group of [0, 1] as const) {
      const n = String(group);
      rows.set(`ICC_IAR${n}_EL1`, wordRow(() => SPURIOUS));
      rows.set(`ICC_HPPIR${n}_EL1`, wordRow(() => SPURIOUS));
      rows.set(`ICC_EOIR${n}_EL1`, wordRow(null, (value) => this.#endOfInterrupt(ICC_INTID.INTID.inWord(value))));
      rows.set(`ICC_BPR${n}_EL1`, wordRow(() => this.#binaryPoint(group), (value) => this.#writeBinaryPoint(group, ICC_BPR.BinaryPoint.inWord(value))));
      rows.set(
        `ICC_IGRPEN${n}_EL1`,
        wordRow(() => this.#enable[group], (value) => (this.#enable[group] = ICC_IGRPEN.Enable.inWord(value))),
      );
      (group === 0 ? ICC_AP0Rn_EL1 : ICC_AP1Rn_EL1).forEach((register, index) => rows.set(register.name, activePriorityRow(active[group], index, () => undefined)));
    }
    rows.set('ICC_NMIAR1_EL1', ABSENT);
    rows.set('ICC_PMR_EL1', wordRow(() => this.#pmr, (value) => (this.#pmr = value & 0xff & (0xff << (8 - priorityBits)))));
    rows.set('ICC_DIR_EL1', wordRow(null, (value) => this.#physicalSide.deactivate(ICC_INTID.INTID.inWord(value))));
    rows.set('ICC_RPR_EL1', wordRow(() => getHighestActivePriority(active, preemptionBits)));
    const constant = capabilities(this.#options);
    const writable = ICC_CTLR_EL1.CBPR.wordMask | ICC_CTLR_EL1.EOImode.wordMask | ICC_CTLR_EL1.PMHE.wordMask;
    rows.set('ICC_CTLR_EL1', wordRow(() => constant | this.#control, (value) => (this.#control = value & writable)));
    return rows;
  }

  #endOfInterrupt(intid: number): void {
    if (priorityDrop(this.#active, this.#options.preemptionBits) === IDLE_PRIORITY) return;
    if ((this.#control & ICC_CTLR_EL1.EOImode.wordMask) === 0) this.#physicalSide.deactivate(intid);
  }

  #binaryPoint(group: Group): number {
    const shared = group === 1 && (this.#control & ICC_CTLR_EL1.CBPR.wordMask) !== 0;
    return shared ? sharedBinaryPoint(this.#bpr[0]) : this.#bpr[group];
  }

  #writeBinaryPoint(group: Group, value: number): void {
    if (group === 1 && (this.#control & ICC_CTLR_EL1.CBPR.wordMask) !== 0) return;
    this.#bpr[group] = Math.max(value, minimumBinaryPoint(group, this.#options.preemptionBits));
  }
}

function virtualRows(virtual: VirtualInterface, options: CpuInterfaceOptions): Rows {
  const { control, active } = virtual;
  const updating = (write: (value: number) => void) => (value: number) => {
    write(value);
    virtual.update();
  };
  const rows = new Map<string, RegisterRow>();
  for (const group of [0, 1] as const) {
    const n = String(group);
    rows.set(`ICV_IAR${n}_EL1`, wordRow(() => virtual.acknowledge(group)));
    rows.set(
      `ICV_HPPIR${n}_EL1`,
      wordRow(() => {
        const lr = virtual.highestPending;
        return lr?.group === group ? lr.vIntid : SPURIOUS;
      }),
    );
    rows.set(`ICV_EOIR${n}_EL1`, wordRow(null, (value) => virtual.endOfInterrupt(ICC_INTID.INTID.inWord(value), group)));
    rows.set(
      `ICV_BPR${n}_EL1`,
      wordRow(
        () => (group === 0 ? control.bpr0 : control.cbpr ? sharedBinaryPoint(control.bpr0) : control.bpr1),
        updating((value) => {
          if (group === 0 || !control.cbpr) virtual.setBinaryPoint(group, ICC_BPR.BinaryPoint.inWord(value));
        }),
      ),
    );
    (group === 0 ? ICC_AP0Rn_EL1 : ICC_AP1Rn_EL1).forEach((register, index) =>
      rows.set(register.name.replace('ICC_', 'ICV_'), activePriorityRow(active[group], index, () => virtual.update())),
    );
  }
  rows.set(
    'ICV_IGRPEN0_EL1',
    wordRow(
      () => (control.enableGroup0 ? 1 : 0),
      updating((value) => (control.enableGroup0 = ICC_IGRPEN.Enable.inWord(value) !== 0)),
    ),
  );
  rows.set(
    'ICV_IGRPEN1_EL1',
    wordRow(
      () => (control.enableGroup1 ? 1 : 0),
      updating((value) => (control.enableGroup1 = ICC_IGRPEN.Enable.inWord(value) !== 0)),
    ),
  );
  rows.set('ICV_NMIAR1_EL1', ABSENT);
  rows.set('ICV_PMR_EL1', wordRow(() => control.pmr, updating((value) => virtual.setPriorityMask(value))));
  rows.set('ICV_DIR_EL1', wordRow(null, (value) => virtual.deactivate(ICC_INTID.INTID.inWord(value))));
  rows.set('ICV_RPR_EL1', wordRow(() => virtual.runningPriority));
  const constant = capabilities(options);
  rows.set(
    'ICV_CTLR_EL1',
    wordRow(
      () => constant | (control.eoiMode ? ICV_CTLR.EOImode.wordMask : 0) | (control.cbpr ? ICV_CTLR.CBPR.wordMask : 0),
      updating((value) => {
        control.eoiMode = ICV_CTLR.EOImode.inWord(value) !== 0;
        control.cbpr = ICV_CTLR.CBPR.inWord(value) !== 0;
      }),
    ),
  );
  return rows;
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
