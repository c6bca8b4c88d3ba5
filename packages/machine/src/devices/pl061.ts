/** Arm PrimeCell GPIO (PL061): eight lines, of which one is the board's power key (DDI 0190, "Programmer's Model"). */
import type { StateVisitor } from '@worldswitch/cpu';
import type { MmioDevice } from '../bus.ts';

/** Byte offsets. DATA takes 256 words: address bits 9:2 say which lines an access means. */
const GPIO = { DATA_END: 0x400, DIR: 0x400, IS: 0x404, IBE: 0x408, IEV: 0x40c, IE: 0x410, RIS: 0x414, MIS: 0x418, IC: 0x41c, AFSEL: 0x420, ID: 0xfe0 } as const;
/** GPIOPeriphID0-3 and GPIOPCellID0-3, a byte each in its own word. */
const ID: readonly number[] = [0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1];
const LINES = 0xff;
/** A bit for each line. */
const REGISTERS = ['dir', 'is', 'ibe', 'iev', 'ie', 'afsel'] as const;

export class Pl061 implements MmioDevice {
  readonly #setLine: (level: boolean) => void;
  /** What is driven by software, and what comes in from outside. */
  #output = 0;
  #input = 0;
  readonly #registers: Record<(typeof REGISTERS)[number], number> = { dir: 0, is: 0, ibe: 0, iev: 0, ie: 0, afsel: 0 };
  /** Edges that were seen. */
  #latched = 0;

  constructor(setLine: (level: boolean) => void) {
    this.#setLine = setLine;
  }

  /** Drives an input line from outside. */
  setInput(line: number, level: boolean): void {
    const before = this.#levels;
    this.#input = level ? this.#input | (1 << line) : this.#input & ~(1 << line);
    this.#latch(before);
    this.#update();
  }

  read(offset: number, _size: number, data: Uint32Array): 'ok' {
    data[0] = this.#read(offset & ~3);
    data[1] = 0;
    return 'ok';
  }

  write(offset: number, _size: number, data: Uint32Array): 'ok' {
    this.#write(offset & ~3, data[0]! & LINES);
    return 'ok';
  }

  visitState(state: StateVisitor): void {
    const registers = this.#registers;
    this.#output = state.word(this.#output, LINES);
    this.#input = state.word(this.#input, LINES);
    this.#latched = state.word(this.#latched, LINES);
    for (const name of REGISTERS) registers[name] = state.word(registers[name], LINES);
  }

  get #levels(): number {
    const { dir } = this.#registers;
    return (this.#output & dir) | (this.#input & ~dir);
  }

  /** Level-sensitive lines follow, the others keep the edge. */
  get #raw(): number {
    const { is, iev } = this.#registers;
    return (is & ~(this.#levels ^ iev) & LINES) | (~is & this.#latched);
  }

  #latch(before: number): void {
    const { ibe, iev } = this.#registers;
    const changed = before ^ this.#levels;
    this.#latched |= changed & (ibe | ~(this.#levels ^ iev)) & LINES;
  }

  #read(offset: number): number {
    if (offset < GPIO.DATA_END) return this.#levels & (offset >> 2);
    const { dir, is, ibe, iev, ie, afsel } = this.#registers;
    switch (offset) {
      case GPIO.DIR: return dir;
      case GPIO.IS: return is;
      case GPIO.IBE: return ibe;
      case GPIO.IEV: return iev;
      case GPIO.IE: return ie;
      case GPIO.RIS: return this.#raw;
      case GPIO.MIS: return this.#raw & ie;
      case GPIO.AFSEL: return afsel;
      default: return offset >= GPIO.ID ? ID[(offset - GPIO.ID) >> 2]! : 0;
    }
  }

  #write(offset: number, value: number): void {
    const before = this.#levels;
    const registers = this.#registers;
    if (offset < GPIO.DATA_END) {
      const lines = offset >> 2;
      this.#output = (this.#output & ~lines) | (value & lines);
    } else {
      switch (offset) {
        case GPIO.DIR: registers.dir = value; break;
        case GPIO.IS: registers.is = value; break;
        case GPIO.IBE: registers.ibe = value; break;
        case GPIO.IEV: registers.iev = value; break;
        case GPIO.IE: registers.ie = value; break;
        case GPIO.IC: this.#latched &= ~value; break;
        case GPIO.AFSEL: registers.afsel = value; break;
      }
    }
    this.#latch(before);
    this.#update();
  }

  #update(): void {
    this.#setLine((this.#raw & this.#registers.ie) !== 0);
  }
}
