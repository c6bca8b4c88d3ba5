/** Whether memory holds nothing: such pages are neither saved nor hashed. */
export function isZero(memory: ArrayBufferLike, at: number, length: number): boolean {
  const isAligned = ((at | length) & 3) === 0;
  const cells = isAligned ? new Int32Array(memory, at, length >>> 2) : new Uint8Array(memory, at, length);
  for (let cell = 0; cell < cells.length; cell++) if (cells[cell] !== 0) return false;
  return true;
}
