/**
 * A memory-mapped frame as a device: rows of the frame's table joined with what reading and writing them does. Registers
 * of 32 bits, accessed as such: other sizes are UNPREDICTABLE in the manuals, and an abort here.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import type { BusResult } from '@worldswitch/cpu';
import type { Frame } from './regs/index.ts';

/** What a register does; `n` is its number within an array. A direction that is missing is RAZ or WI. */
export interface FrameHandler {
  read?(n: number): number;
  write?(value: number, n: number): void;
}

interface Slot {
  readonly handler: FrameHandler;
  readonly n: number;
}

const WORD_BYTES = 4;

export class MmioFrame {
  readonly frame: Frame;
  /** Accesses to offsets where the frame has no register: RAZ, WI, and counted. */
  reservedAccesses = 0;
  readonly #slots: readonly (Slot | undefined)[];

  /** `handlers` by register name. A register without one is RAZ and WI. */
  constructor(frame: Frame, handlers: Readonly<Record<string, FrameHandler>>) {
    this.frame = frame;
    for (const name of Object.keys(handlers)) if (frame.byName(name) === undefined) throw new InvariantError(`${frame.name} has no register ${name}`);
    const slots = new Array<Slot | undefined>(frame.size / WORD_BYTES);
    for (const register of frame.registers) {
      const handler = handlers[register.name] ?? {};
      for (let n = register.first; n < register.first + register.count; n++) slots[register.offsetOf(n) / WORD_BYTES] = { handler, n };
    }
    this.#slots = slots;
  }

  read(offset: number, size: number, data: Uint32Array): BusResult {
    if (size !== WORD_BYTES) return 'abort';
    const slot = this.#at(offset);
    data[0] = slot?.handler.read?.(slot.n) ?? 0;
    data[1] = 0;
    return 'ok';
  }

  write(offset: number, size: number, data: Uint32Array): BusResult {
    if (size !== WORD_BYTES) return 'abort';
    const slot = this.#at(offset);
    slot?.handler.write?.(data[0]!, slot.n);
    return 'ok';
  }

  #at(offset: number): Slot | undefined {
    const slot = this.#slots[offset / WORD_BYTES];
    if (slot === undefined) this.reservedAccesses++;
    return slot;
  }
}
