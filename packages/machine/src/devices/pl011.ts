/**
 * Arm PrimeCell UART (PL011; DDI 0183, "Programmers Model"). What is written to DR goes to the console at once, so it is never
 * busy; what comes in waits in a FIFO until it is read.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import { PL011, PL011_ID, PL011_STORAGE, UARTFR, UARTINT, UARTLCR_H } from './pl011-regs.ts';
import type { MmioDevice } from '../bus.ts';
import type { ConsoleInput } from '../console.ts';

const TX = UARTINT.TX.wordMask;
/** Received: the FIFO is filled to its trigger level, or a character waits. We make no difference of the two. */
const RX = UARTINT.RX.wordMask | UARTINT.RT.wordMask;
/** Characters of the receive FIFO of this revision; without FIFOs there is one holding register. */
const FIFO_DEPTH = 16;
/**
 * So many looks at FR in a row that find nothing, without anything being sent, are software that waits for input. Software that
 * sends looks at FR once or twice a character.
 */
const POLLS = 16;

const INTERRUPTS = UARTINT.fields.reduce((mask, field) => mask | field.wordMask, 0);
const BYTE = 0xff;

/** Nothing left to send; nothing to receive, something, and no room for more. */
const IDLE = Number(UARTFR.of({ TXFE: 1, RXFE: 1 }));
const RECEIVING = Number(UARTFR.of({ TXFE: 1 }));
const FULL = Number(UARTFR.of({ TXFE: 1, RXFF: 1 }));

export class Pl011 implements MmioDevice, ConsoleInput {
  readonly #transmit: (byte: number) => void;
  readonly #setLine: (level: boolean) => void;
  readonly #wanted: () => void;
  readonly #storage = new Map(PL011_STORAGE.map(({ offset, reset }) => [offset, reset]));
  /** Raw interrupt status. */
  #raw = 0;
  #line = false;
  #received: number[] = [];
  /** Looks at FR that found nothing, up to {@link POLLS}. */
  #polls = 0;

  /** `wanted` is called when software begins to look for input, or has taken all that was there. */
  constructor(transmit: (byte: number) => void, setLine: (level: boolean) => void, wanted: () => void) {
    this.#transmit = transmit;
    this.#setLine = setLine;
    this.#wanted = wanted;
  }

  read(offset: number, _size: number, data: Uint32Array): 'ok' {
    data[0] = this.#read(offset & ~3) >>> (8 * (offset & 3));
    data[1] = 0;
    return 'ok';
  }

  write(offset: number, _size: number, data: Uint32Array): 'ok' {
    // Bytes and half-words reach the register that begins there; the registers' upper halves are reserved.
    if ((offset & 3) === 0) this.#write(offset, data[0]!);
    return 'ok';
  }

  /** The receive interrupt is enabled, or software asks again and again. */
  get isListening(): boolean {
    return (this.#mask & RX) !== 0 || this.#polls === POLLS;
  }

  receive(bytes: Uint8Array): number {
    const taken = Math.max(0, Math.min(bytes.length, this.#depth - this.#received.length));
    for (let n = 0; n < taken; n++) this.#received.push(bytes[n]!);
    if (taken > 0) this.#raw |= RX;
    this.#update();
    return taken;
  }

  visitState(state: StateVisitor): void {
    this.#raw = state.word(this.#raw, INTERRUPTS);
    this.#line = state.flag(this.#line);
    this.#received = [...state.list(this.#received, FIFO_DEPTH, BYTE)];
    this.#polls = state.within(this.#polls, 0, POLLS);
    for (const { offset, mask } of PL011_STORAGE) this.#storage.set(offset, state.word(this.#storage.get(offset)!, mask));
  }

  #read(offset: number): number {
    switch (offset) {
      case PL011.DR:
        return this.#take();
      case PL011.FR:
        return this.#flags();
      case PL011.RIS:
        return this.#raw;
      case PL011.MIS:
        return this.#raw & this.#mask;
      default:
        return offset >= PL011.ID ? PL011_ID[(offset - PL011.ID) >> 2]! : (this.#storage.get(offset) ?? 0);
    }
  }

  #flags(): number {
    if (this.#received.length > 0) return this.#received.length < this.#depth ? RECEIVING : FULL;
    if (this.#polls < POLLS && ++this.#polls === POLLS) this.#wanted();
    return IDLE;
  }

  #take(): number {
    const byte = this.#received.shift() ?? 0;
    if (this.#received.length === 0) {
      this.#raw &= ~RX;
      this.#wanted();
    }
    this.#update();
    return byte;
  }

  #write(offset: number, value: number): void {
    if (offset === PL011.DR) {
      this.#transmit(value & BYTE);
      this.#polls = 0;
      // The transmit FIFO has fallen below its trigger level again.
      this.#raw |= TX;
    } else if (offset === PL011.ICR) {
      this.#raw &= ~value;
      if (this.#received.length > 0) this.#raw |= RX;
    } else {
      const register = PL011_STORAGE.find((row) => row.offset === offset);
      if (register !== undefined) this.#storage.set(offset, value & register.mask);
      if (offset === PL011.IMSC && (value & RX) !== 0 && this.#received.length === 0) this.#wanted();
    }
    this.#update();
  }

  get #mask(): number {
    return this.#storage.get(PL011.IMSC)!;
  }

  get #depth(): number {
    return UARTLCR_H.FEN.inWord(this.#storage.get(PL011.LCR_H)!) !== 0 ? FIFO_DEPTH : 1;
  }

  #update(): void {
    const line = (this.#raw & this.#mask) !== 0;
    if (line !== this.#line) this.#setLine((this.#line = line));
  }
}
