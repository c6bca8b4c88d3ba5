/** Arm PrimeCell real-time clock (PL031): seconds that follow virtual time, and an alarm (DDI 0224, "Programmer's Model"). */
import type { StateVisitor, TimeSource } from '@worldswitch/cpu';
import type { MmioDevice } from '../bus.ts';

/** Byte offsets. */
const RTC = { DR: 0x000, MR: 0x004, LR: 0x008, CR: 0x00c, IMSC: 0x010, RIS: 0x014, MIS: 0x018, ICR: 0x01c, ID: 0xfe0 } as const;
/** RTCPeriphID0-3 and RTCPCellID0-3, a byte each in its own word. */
const ID: readonly number[] = [0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1];
const WORD = 2 ** 32;

export interface Pl031Options {
  /** Seconds since 1970 at virtual time 0. */
  readonly start: number;
  /** Frequency of the counter of `time`. */
  readonly counterHz: number;
  /** Owner number for the deadline of the alarm. */
  readonly owner: number;
}

export class Pl031 implements MmioDevice {
  readonly #options: Pl031Options;
  readonly #time: TimeSource;
  readonly #setLine: (level: boolean) => void;
  readonly #count = new Uint32Array(2);
  /** What is added to the seconds of virtual time. */
  #offset: number;
  #load = 0;
  #match = 0;
  #mask = 0;
  #raw = 0;
  #isArmed = false;

  constructor(options: Pl031Options, time: TimeSource, setLine: (level: boolean) => void) {
    this.#options = options;
    this.#time = time;
    this.#setLine = setLine;
    this.#offset = options.start;
  }

  read(offset: number, _size: number, data: Uint32Array): 'ok' {
    data[0] = this.#read(offset & ~3);
    data[1] = 0;
    return 'ok';
  }

  write(offset: number, _size: number, data: Uint32Array): 'ok' {
    this.#write(offset & ~3, data[0]!);
    return 'ok';
  }

  /** The alarm's time has come, or is past: called by the owner of the deadline. */
  reached(): void {
    this.#isArmed = false;
    this.#raw = 1;
    this.#update();
    this.#arm();
  }

  visitState(state: StateVisitor): void {
    this.#offset = state.word(this.#offset);
    this.#load = state.word(this.#load);
    this.#match = state.word(this.#match);
    this.#mask = state.within(this.#mask, 0, 1);
    this.#raw = state.within(this.#raw, 0, 1);
    this.#isArmed = state.flag(this.#isArmed);
  }

  get #elapsed(): number {
    this.#time.readCounter(this.#count);
    return Math.floor((this.#count[1]! * WORD + this.#count[0]!) / this.#options.counterHz);
  }

  get #now(): number {
    return (this.#elapsed + this.#offset) % WORD;
  }

  #read(offset: number): number {
    switch (offset) {
      case RTC.DR: return this.#now;
      case RTC.MR: return this.#match;
      case RTC.LR: return this.#load;
      case RTC.CR: return 1;
      case RTC.IMSC: return this.#mask;
      case RTC.RIS: return this.#raw;
      case RTC.MIS: return this.#raw & this.#mask;
      default: return offset >= RTC.ID ? ID[(offset - RTC.ID) >> 2]! : 0;
    }
  }

  #write(offset: number, value: number): void {
    switch (offset) {
      case RTC.MR:
        this.#match = value;
        this.#isArmed = true;
        break;
      case RTC.LR:
        this.#load = value;
        this.#offset = (value - (this.#elapsed % WORD) + WORD) % WORD;
        // The seconds may come to the match again; nobody has set one that is 0, as after reset.
        this.#isArmed ||= this.#match !== 0;
        break;
      case RTC.IMSC:
        this.#mask = value & 1;
        break;
      case RTC.ICR:
        this.#raw &= ~value;
        break;
      default:
        // RTCCR is already 1, which is all that it can be; the rest is read-only.
        return;
    }
    this.#update();
    this.#arm();
  }

  #update(): void {
    this.#setLine((this.#raw & this.#mask) !== 0);
  }

  /** Asks to be called when the seconds reach the match register. */
  #arm(): void {
    const { owner, counterHz } = this.#options;
    const seconds = (this.#match - this.#now + WORD) % WORD;
    this.#time.setDeadline(owner, this.#isArmed ? BigInt(this.#elapsed + seconds) * BigInt(counterHz) : null);
  }
}
