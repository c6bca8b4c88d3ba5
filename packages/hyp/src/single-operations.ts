/**
 * The operations of a software port on several registers (`SoftwarePort`, cpu/src/ports.ts) as the single ones that they stand for: for a
 * port that wants to see each.
 */
import type { RegisterList } from '@worldswitch/cpu';

export abstract class SingleOperations {
  abstract mrs(cell: number, register: number): void;
  abstract msr(register: number, cell: number): void;
  abstract ldr(cell: number, base: number, offset: number): void;
  abstract str(cell: number, base: number, offset: number): void;
  abstract ldpX(t: number, t2: number, base: number, offset: number): void;
  abstract stpX(t: number, t2: number, base: number, offset: number): void;

  ldpXs(first: number, last: number, base: number, offset: number): void {
    for (let n = first; n < last; n += 2) this.ldpX(n, n + 1, base, offset + 8 * (n - first));
  }

  stpXs(first: number, last: number, base: number, offset: number): void {
    for (let n = first; n < last; n += 2) this.stpX(n, n + 1, base, offset + 8 * (n - first));
  }

  saveRegisters(cell: number, { keys, offsets }: RegisterList, base: number): void {
    keys.forEach((key, n) => {
      this.mrs(cell, key);
      this.str(cell, base, offsets[n]!);
    });
  }

  restoreRegisters(cell: number, { keys, offsets }: RegisterList, base: number): void {
    keys.forEach((key, n) => {
      this.ldr(cell, base, offsets[n]!);
      this.msr(key, cell);
    });
  }
}
