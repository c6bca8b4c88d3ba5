/**
 * Arm PrimeCell UART (PL011; DDI 0183, "Programmers Model"). What is written to DR goes to the console at once, so it is never
 * busy; what comes in waits in a FIFO until it is read.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import { PL011, PL011_ID, PL011_STORAGE, UARTFR, UARTINT } from './pl011-regs.ts';
import type { MmioDevice } from '../bus.ts';

const TX = UARTINT.TX.wordMask;
/** Received: the FIFO is filled to its trigger level, or a character waits. We make no difference of the two. */
const RX = UARTINT.RX.wordMask | UARTINT.RT.wordMask;
/** Bytes that wait at most: those of the FIFO and of a terminal that is ahead of it. */
const RECEIVE_LIMIT = 4096;

const INTERRUPTS = UARTINT.fields.reduce((mask, field) => mask | field.wordMask, 0);
const BYTE = 0xff;

/** Nothing left to send; nothing, or something, to receive. */
const IDLE = Number(UARTFR.of({ TXFE: 1, RXFE: 1 }));
const RECEIVING = Number(UARTFR.of({ TXFE: 1 }));

export class Pl011 implements MmioDevice {
  readonly #transmit: (byte: number) => void;
  readonly #setLine: (level: boolean) => void;
  readonly #storage = new Map(PL011_STORAGE.map(({ offset, reset }) => [offset, reset]));
  /** Raw interrupt status. */
  #raw = 0;
  #line = false;
  #received: number[] = [];

  constructor(transmit: (byte: number) => void, setLine: (level: boolean) => void) {
    this.#transmit = transmit;
    this.#setLine = setLine;
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

  /** A byte arrives; false where too many wait already. */
  receive(byte: number): boolean {
    if (this.#received.length >= RECEIVE_LIMIT) return false;
    this.#received.push(byte);
    this.#raw |= RX;
    this.#update();
    return true;
  }

  visitState(state: StateVisitor): void {
    this.#raw = state.word(this.#raw, INTERRUPTS);
    this.#line = state.flag(this.#line);
    this.#received = [...state.list(this.#received, RECEIVE_LIMIT, BYTE)];
    for (const { offset, mask } of PL011_STORAGE) this.#storage.set(offset, state.word(this.#storage.get(offset)!, mask));
  }

  #read(offset: number): number {
    switch (offset) {
      case PL011.DR:
        return this.#take();
      case PL011.FR:
        return this.#received.length === 0 ? IDLE : RECEIVING;
      case PL011.RIS:
        return this.#raw;
      case PL011.MIS:
        return this.#raw & this.#mask;
      default:
        return offset >= PL011.ID ? PL011_ID[(offset - PL011.ID) >> 2]! : (this.#storage.get(offset) ?? 0);
    }
  }

  #take(): number {
    const byte = this.#received.shift() ?? 0;
    if (this.#received.length === 0) this.#raw &= ~RX;
    this.#update();
    return byte;
  }

  #write(offset: number, value: number): void {
    if (offset === PL011.DR) {
      this.#transmit(value & BYTE);
      // The transmit FIFO has fallen below its trigger level again.
      this.#raw |= TX;
    } else if (offset === PL011.ICR) {
      this.#raw &= ~value;
      if (this.#received.length > 0) this.#raw |= RX;
    } else {
      const register = PL011_STORAGE.find((row) => row.offset === offset);
      if (register !== undefined) this.#storage.set(offset, value & register.mask);
    }
    this.#update();
  }

  get #mask(): number {
    return this.#storage.get(PL011.IMSC)!;
  }

  #update(): void {
    const line = (this.#raw & this.#mask) !== 0;
    if (line !== this.#line) this.#setLine((this.#line = line));
  }
}
