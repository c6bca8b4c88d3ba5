/** Arm PrimeCell UART (PL011), transmitting side: what is written to DR goes to the console at once, so it is never busy. */
import { PL011, PL011_ID, PL011_STORAGE, UARTFR, UARTINT } from './pl011-regs.ts';
import type { MmioDevice } from '../bus.ts';

/** Nothing to receive, nothing left to send. */
const FLAGS = Number(UARTFR.of({ TXFE: 1, RXFE: 1 }));
const TX = UARTINT.TX.wordMask;

export class Pl011 implements MmioDevice {
  readonly #transmit: (byte: number) => void;
  readonly #setLine: (level: boolean) => void;
  readonly #storage = new Map(PL011_STORAGE.map(({ offset, reset }) => [offset, reset]));
  /** Raw interrupt status. */
  #raw = 0;
  #line = false;

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

  visitState(put: (word: number) => void): void {
    put(this.#raw);
    for (const value of this.#storage.values()) put(value);
  }

  #read(offset: number): number {
    switch (offset) {
      case PL011.FR:
        return FLAGS;
      case PL011.RIS:
        return this.#raw;
      case PL011.MIS:
        return this.#raw & this.#mask;
      default:
        return offset >= PL011.ID ? PL011_ID[(offset - PL011.ID) >> 2]! : (this.#storage.get(offset) ?? 0);
    }
  }

  #write(offset: number, value: number): void {
    if (offset === PL011.DR) {
      this.#transmit(value & 0xff);
      // The transmit FIFO has fallen below its trigger level again.
      this.#raw |= TX;
    } else if (offset === PL011.ICR) {
      this.#raw &= ~value;
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
