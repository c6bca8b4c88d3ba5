/** Fields of values that lie in memory: commands of 256 bits and entries of 64, as words of 32 bits, low word first. */
import type { Field } from '@worldswitch/cpu/arch';

const WORD_BITS = 32;

/** The field as a number: no field of a command or an entry is wider than a physical address. */
export function fieldOf(words: Uint32Array, { lsb, width }: Field): number {
  let value = 0;
  for (let done = 0; done < width; ) {
    const shift = (lsb + done) % WORD_BITS;
    const bits = Math.min(WORD_BITS - shift, width - done);
    value += (Math.floor(words[Math.floor((lsb + done) / WORD_BITS)]! / 2 ** shift) % 2 ** bits) * 2 ** done;
    done += bits;
  }
  return value;
}

/** Puts `value` into the field, whose bits are 0. */
export function putField(words: Uint32Array, { lsb, width }: Field, value: number): void {
  for (let done = 0; done < width; ) {
    const shift = (lsb + done) % WORD_BITS;
    const bits = Math.min(WORD_BITS - shift, width - done);
    words[Math.floor((lsb + done) / WORD_BITS)]! += (Math.floor(value / 2 ** done) % 2 ** bits) * 2 ** shift;
    done += bits;
  }
}
