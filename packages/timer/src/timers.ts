/**
 * The generic timer of one PE: counters, the four timers, CNTVOFF_EL2, the control registers and event streams, as a bank of system
 * registers. Traps and the redirection of names are the core's: the bank sees the register that is really accessed.
 */
import {
  CNTFRQ_EL0, CNTHCTL_EL2, CNTHCTL_EL2_E2H0, CNTHCTL_EL2_E2H1, CNTHP_CTL_EL2, CNTHP_CVAL_EL2, CNTHP_TVAL_EL2, CNTHV_CTL_EL2, CNTHV_CVAL_EL2, CNTHV_TVAL_EL2, CNTKCTL_EL1, CNTP_CTL_EL0,
  CNTP_CVAL_EL0, CNTP_TVAL_EL0, CNTPCT_EL0, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTV_TVAL_EL0, CNTVCT_EL0, CNTVOFF_EL2, type AnyRegister, type LayoutBase,
} from '@worldswitch/cpu/arch';
import type { StateVisitor, SysRegBank, TimeSource } from '@worldswitch/cpu';
import { EventStream } from './event-stream.ts';
import { Timer } from './timer.ts';
import { add, isLess, isZero, subtract, toBigInt } from './word64.ts';

/** The four timers of a PE without Secure state. */
export const TIMER_NAMES = ['CNTP', 'CNTV', 'CNTHP', 'CNTHV'] as const;
export type TimerName = (typeof TIMER_NAMES)[number];

/** The INTID of each timer's output, a PPI, as machines and device trees agree (DDI 0487 leaves it open, Arm BSA fixes it). */
export const TIMER_INTIDS: Readonly<Record<TimerName, number>> = { CNTP: 30, CNTV: 27, CNTHP: 26, CNTHV: 28 };

/** What of the PE decides which count an access sees. */
export interface TimerView {
  readonly el: number;
  readonly e2h: boolean;
  readonly tge: boolean;
}

export interface TimersOptions {
  /** What CNTFRQ_EL0 holds at reset: firmware writes it on real machines. */
  readonly frequency: number;
  /** Owner number for the deadlines of this PE: one for all four timers. */
  readonly owner: number;
}

type Action = (data: Uint32Array) => void;

interface Row {
  readonly read?: Action;
  readonly write?: Action;
}

const REGISTERS: Readonly<Record<TimerName, { readonly ctl: AnyRegister; readonly cval: AnyRegister; readonly tval: AnyRegister }>> = {
  CNTP: { ctl: CNTP_CTL_EL0, cval: CNTP_CVAL_EL0, tval: CNTP_TVAL_EL0 },
  CNTV: { ctl: CNTV_CTL_EL0, cval: CNTV_CVAL_EL0, tval: CNTV_TVAL_EL0 },
  CNTHP: { ctl: CNTHP_CTL_EL2, cval: CNTHP_CVAL_EL2, tval: CNTHP_TVAL_EL2 },
  CNTHV: { ctl: CNTHV_CTL_EL2, cval: CNTHV_CVAL_EL2, tval: CNTHV_TVAL_EL2 },
};

export class Timers implements SysRegBank {
  readonly timers: Readonly<Record<TimerName, Timer>>;
  readonly #rows: ReadonlyMap<number, Row>;
  readonly #time: TimeSource;
  readonly #owner: number;
  readonly #setLine: (timer: TimerName, level: boolean) => void;
  readonly #levels: Record<TimerName, boolean> = { CNTP: false, CNTV: false, CNTHP: false, CNTHV: false };
  readonly #physical = new Uint32Array(2);
  readonly #virtual = new Uint32Array(2);
  readonly #offset = new Uint32Array(2);
  /** CNTKCTL_EL1 over the virtual count, CNTHCTL_EL2 over the physical one. */
  readonly #kernel = new EventStream();
  readonly #hyp = new EventStream();
  /** The physical count up to which events are known; and that there was one that nobody has taken. */
  readonly #eventsUntil = new Uint32Array(2);
  #hasEvent = false;
  readonly #view: () => TimerView;
  #frequency: number;
  #hasDeadline = false;
  /** The deadline as it was set last, where that is known: after a snapshot was restored it is not. */
  readonly #deadline = new Uint32Array(2);
  #isDeadlineKnown = false;
  readonly #left = new Uint32Array(2);
  readonly #next = new Uint32Array(2);

  constructor(options: TimersOptions, time: TimeSource, view: () => TimerView, setLine: (timer: TimerName, level: boolean) => void) {
    this.#time = time;
    this.#owner = options.owner;
    this.#setLine = setLine;
    this.#view = view;
    this.#frequency = options.frequency;
    // UNKNOWN at reset; firmware lets EL1 at the counter and the timer.
    this.#hyp.control = Number(CNTHCTL_EL2_E2H0.of({ EL1PCEN: 1, EL1PCTEN: 1 }));
    const physical = (): Uint32Array => this.physicalCount();
    this.timers = { CNTP: new Timer(physical), CNTV: new Timer(() => this.virtualCount()), CNTHP: new Timer(physical), CNTHV: new Timer(physical) };
    this.#rows = new Map([...this.#counterRows(), ...this.#controlRows(), ...TIMER_NAMES.flatMap((name) => this.#timerRows(name))]);
  }

  get keys(): Iterable<number> {
    return this.#rows.keys();
  }

  read(key: number, data: Uint32Array): boolean {
    const action = this.#rows.get(key)?.read;
    action?.(data);
    return action !== undefined;
  }

  write(key: number, data: Uint32Array): boolean {
    const action = this.#rows.get(key)?.write;
    action?.(data);
    return action !== undefined;
  }

  /** CNTPCT. The array is reused. */
  physicalCount(): Uint32Array {
    this.#time.readCounter(this.#physical);
    return this.#physical;
  }

  /** CNTPCT less CNTVOFF_EL2: what the EL1 virtual timer compares with. The array is reused. */
  virtualCount(): Uint32Array {
    subtract(this.#virtual, this.physicalCount(), this.#offset);
    return this.#virtual;
  }

  /** Recomputes the output lines and the next deadline: after a write, and when a deadline is reached. */
  update(): void {
    const left = this.#left;
    const next = this.#next;
    let hasNext = false;
    for (const name of TIMER_NAMES) {
      const timer = this.timers[name];
      const { isEnabled } = timer;
      const level = isEnabled && timer.ticksLeft(left) && timer.isUnmasked;
      if (level !== this.#levels[name]) {
        this.#levels[name] = level;
        this.#setLine(name, level);
      }
      if (!isEnabled || isZero(left) || (hasNext && !isLess(left, next))) continue;
      hasNext = true;
      next[0] = left[0]!;
      next[1] = left[1]!;
    }
    this.#setDeadline(hasNext && add(next, next, this.physicalCount()));
  }

  /** Says when to look again: at the count in `#next`, or never; nothing where that was said. */
  #setDeadline(hasDeadline: boolean): void {
    const next = this.#next;
    const deadline = this.#deadline;
    if (!hasDeadline && !this.#hasDeadline) return;
    if (hasDeadline && this.#hasDeadline && this.#isDeadlineKnown && next[0] === deadline[0] && next[1] === deadline[1]) return;
    this.#hasDeadline = hasDeadline;
    this.#isDeadlineKnown = true;
    deadline[0] = next[0]!;
    deadline[1] = next[1]!;
    this.#time.setDeadline(this.#owner, hasDeadline ? toBigInt(next) : null);
  }

  /** The count after `ticks`; none where the counter would wrap first. */
  #deadlineIn(ticks: bigint): bigint | null {
    const now = this.physicalCount();
    const deadline = (BigInt(now[1]!) << 32n) + BigInt(now[0]!) + ticks;
    return deadline >> 64n === 0n ? deadline : null;
  }

  // ---- Event streams -------------------------------------------------------------------------------------------------

  /** Whether a stream had an event since this was asked last: then the event register is set. */
  takeEvent(): boolean {
    this.#lookForEvents();
    const hadEvent = this.#hasEvent;
    this.#hasEvent = false;
    return hadEvent;
  }

  /** The physical count of the next event; null where no stream is enabled. */
  get nextEvent(): bigint | null {
    const ticks = Math.min(this.#isKernelStreamOn ? this.#kernel.ticksLeft(this.virtualCount()) : Infinity, this.#hyp.isEnabled ? this.#hyp.ticksLeft(this.physicalCount()) : Infinity);
    return ticks === Infinity ? null : this.#deadlineIn(BigInt(ticks));
  }

  /** CNTKCTL_EL1 makes no events for a VHE host (DDI 0487, "CNTKCTL_EL1"). */
  get #isKernelStreamOn(): boolean {
    const { e2h, tge } = this.#view();
    return this.#kernel.isEnabled && !(e2h && tge);
  }

  /** Called before what makes events changes, too. */
  #lookForEvents(): void {
    const now = this.physicalCount();
    if (this.#kernel.isEnabled || this.#hyp.isEnabled) {
      this.#hasEvent ||= this.#hyp.hasEvent(this.#eventsUntil, now);
      if (this.#isKernelStreamOn) {
        subtract(this.#eventsUntil, this.#eventsUntil, this.#offset);
        this.#hasEvent ||= this.#kernel.hasEvent(this.#eventsUntil, this.virtualCount());
      }
    }
    this.#eventsUntil.set(this.physicalCount());
  }

  visitState(state: StateVisitor): void {
    for (const name of TIMER_NAMES) {
      this.timers[name].visitState(state);
      this.#levels[name] = state.flag(this.#levels[name]);
    }
    state.words(this.#offset);
    this.#frequency = state.word(this.#frequency);
    this.#kernel.control = state.word(this.#kernel.control, KERNEL_MASK);
    this.#hyp.control = state.word(this.#hyp.control, HYP_MASK);
    state.words(this.#eventsUntil);
    this.#hasEvent = state.flag(this.#hasEvent);
    this.#hasDeadline = state.flag(this.#hasDeadline);
    this.#isDeadlineKnown = false;
  }

  // ---- Registers -----------------------------------------------------------------------------------------------------

  #counterRows(): [number, Row][] {
    const copy = (data: Uint32Array, count: Uint32Array): void => {
      data[0] = count[0]!;
      data[1] = count[1]!;
    };
    return [
      [CNTPCT_EL0.key, { read: (data) => copy(data, this.physicalCount()) }],
      [CNTVCT_EL0.key, { read: (data) => copy(data, hostSeesPhysical(this.#view()) ? this.physicalCount() : this.virtualCount()) }],
      [
        CNTVOFF_EL2.key,
        {
          read: (data) => copy(data, this.#offset),
          write: (data) => {
            this.#lookForEvents();
            copy(this.#offset, data);
            this.update();
          },
        },
      ],
    ];
  }

  #controlRows(): [number, Row][] {
    const row = (read: () => number, write: (value: number) => void): Row => ({
      read: (data) => {
        data[0] = read();
        data[1] = 0;
      },
      write: (data) => write(data[0]!),
    });
    const control = (stream: EventStream, mask: number): Row =>
      row(
        () => stream.control,
        (value) => {
          this.#lookForEvents();
          stream.control = value & mask;
        },
      );
    return [
      [CNTFRQ_EL0.key, row(() => this.#frequency, (value) => (this.#frequency = value))],
      [CNTKCTL_EL1.key, control(this.#kernel, KERNEL_MASK)],
      [CNTHCTL_EL2.key, control(this.#hyp, HYP_MASK)],
    ];
  }

  #timerRows(name: TimerName): [number, Row][] {
    const timer = this.timers[name];
    const { ctl, cval, tval } = REGISTERS[name];
    const put = (data: Uint32Array, lo: number, hi: number): void => {
      data[0] = lo;
      data[1] = hi;
    };
    const writes = (write: Action): Action => (data) => {
      write(data);
      this.update();
    };
    return [
      [ctl.key, { read: (data) => put(data, timer.control, 0), write: writes((data) => (timer.control = data[0]!)) }],
      [cval.key, { read: (data) => put(data, timer.compare[0]!, timer.compare[1]!), write: writes((data) => timer.compare.set(data)) }],
      [tval.key, { read: (data) => put(data, timer.timerValue, 0), write: writes((data) => (timer.timerValue = data[0]!)) }],
    ];
  }
}

/** CNTVCT_EL0 has no offset for a VHE host: at EL2 under E2H, and at EL0 under E2H and TGE. */
function hostSeesPhysical({ el, e2h, tge }: TimerView): boolean {
  return e2h && (el === 2 || (el === 0 && tge));
}

/** The bits that software may set: fields of features that we do not model are RES0. */
function writableBits(layout: LayoutBase<string>): number {
  return layout.fields.reduce((mask, field) => (field.feature === null ? mask | field.wordMask : mask), 0);
}

const KERNEL_MASK = writableBits(CNTKCTL_EL1);
/** A bit that is reserved under one value of E2H only keeps what is written under either (DDI 0487, Glossary, "RES0"). */
const HYP_MASK = writableBits(CNTHCTL_EL2_E2H0) | writableBits(CNTHCTL_EL2_E2H1);
