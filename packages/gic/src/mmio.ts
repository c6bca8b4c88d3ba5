/**
 * A memory-mapped frame as a device: rows of the frame's table joined with what reading and writing them does. Registers of
 * 32 bits are accessed as such, those of 64 bits whole or by halves, and arrays of bytes by byte too; GITS_TRANSLATER takes
 * 16 bits. Other sizes are UNPREDICTABLE in the manuals, and an abort here.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import type { BusResult } from '@worldswitch/cpu';
import type { Frame } from './regs/index.ts';

/**
 * What a register does, word by word; `n` is its number within an array, `half` 1 for the upper word of a 64-bit register,
 * `mask` the bits that an access writes (bits outside are 0 in `value`). A direction that is missing is RAZ or WI.
 */
export interface FrameHandler {
  read?(n: number, half: number): number;
  write?(value: number, n: number, half: number, mask: number): void;
}

interface Slot {
  readonly handler: FrameHandler;
  readonly n: number;
  readonly half: number;
  readonly width: number;
  readonly bytes: boolean;
  readonly lowerHalf: boolean;
}

const WORD_BYTES = 4;
const WHOLE_WORD = 0xffff_ffff;

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
    for (const { name, first, count, width, bytes, lowerHalf, ...register } of frame.registers) {
      const handler = handlers[name] ?? {};
      for (let n = first; n < first + count; n++) {
        const at = (register.offset + (n - first) * register.stride) / WORD_BYTES;
        for (let half = 0; half < width / 32; half++) slots[at + half] = { handler, n, half, width, bytes, lowerHalf };
      }
    }
    this.#slots = slots;
  }

  read(offset: number, size: number, data: Uint32Array): BusResult {
    const slot = this.#at(offset);
    if (!isAllowed(slot, offset, size)) return 'abort';
    data[0] = slot?.handler.read?.(slot.n, slot.half) ?? 0;
    data[1] = size === 8 ? (slot?.handler.read?.(slot.n, 1) ?? 0) : 0;
    if (size < WORD_BYTES) data[0] = (data[0] >>> (8 * (offset % WORD_BYTES))) & maskOf(size);
    return 'ok';
  }

  write(offset: number, size: number, data: Uint32Array): BusResult {
    const slot = this.#at(offset);
    if (!isAllowed(slot, offset, size)) return 'abort';
    if (size < WORD_BYTES) {
      const shift = 8 * (offset % WORD_BYTES);
      const mask = (maskOf(size) << shift) >>> 0;
      slot?.handler.write?.(((data[0]! << shift) & mask) >>> 0, slot.n, slot.half, mask);
      return 'ok';
    }
    slot?.handler.write?.(data[0]!, slot.n, slot.half, WHOLE_WORD);
    if (size === 8) slot?.handler.write?.(data[1]!, slot.n, 1, WHOLE_WORD);
    return 'ok';
  }

  #at(offset: number): Slot | undefined {
    const slot = this.#slots[Math.floor(offset / WORD_BYTES)];
    if (slot === undefined) this.reservedAccesses++;
    return slot;
  }
}

function maskOf(size: number): number {
  return 2 ** (8 * size) - 1;
}

/** A word anywhere, a doubleword where a register of 64 bits begins, a byte of an array of bytes, a lower half that is a register of its own. */
function isAllowed(slot: Slot | undefined, offset: number, size: number): boolean {
  if (size === WORD_BYTES) return offset % WORD_BYTES === 0;
  if (size === 8) return offset % 8 === 0 && (slot === undefined || (slot.width === 64 && slot.half === 0));
  if (size === 2) return offset % WORD_BYTES === 0 && slot?.lowerHalf === true;
  return size === 1 && slot?.bytes === true;
}
