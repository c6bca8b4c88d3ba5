/**
 * Where a bank's jump cache has a PC: by its place in the page, with the number of the page mixed in, because many pages have functions at
 * the same places.
 */
import { W, type CodeWriter } from '../emit/wasm.ts';
import { BANK } from './layout.ts';

/** Of an address, the bits that choose an entry. */
const MASK = (BANK.JUMP_ENTRIES - 1) * 4;
const PAGE_SHIFT = 10;
const ENTRY_SHIFT = 2;

/** The offset of the entry in the cache. */
export function jumpOffset(pcLo: number): number {
  return ((pcLo ^ (pcLo >>> PAGE_SHIFT)) & MASK) << ENTRY_SHIFT;
}

/** The same, of the PC in a local, on the stack. */
export function emitJumpOffset(code: CodeWriter, pc: number): void {
  code.get(pc);
  code.op(W.i32WrapI64);
  code.get(pc);
  code.op(W.i32WrapI64);
  code.i32(PAGE_SHIFT);
  code.op(W.i32ShrU);
  code.op(W.i32Xor);
  code.i32(MASK);
  code.op(W.i32And);
  code.i32(ENTRY_SHIFT);
  code.op(W.i32Shl);
}
