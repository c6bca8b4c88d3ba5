/** A bank of system registers as rows: what reading and writing each key does. */
import type { SysRegBank } from '@worldswitch/cpu';

/** `data` is the value, low word first. False: the register does not exist here, and the access is UNDEFINED. */
export interface RegisterRow {
  read?(data: Uint32Array): boolean;
  write?(data: Uint32Array): boolean;
}

export class RegisterBank implements SysRegBank {
  readonly #rows: ReadonlyMap<number, RegisterRow>;

  constructor(rows: ReadonlyMap<number, RegisterRow>) {
    this.#rows = rows;
  }

  get keys(): Iterable<number> {
    return this.#rows.keys();
  }

  read(key: number, data: Uint32Array): boolean {
    return this.#rows.get(key)?.read?.(data) ?? false;
  }

  write(key: number, data: Uint32Array): boolean {
    return this.#rows.get(key)?.write?.(data) ?? false;
  }
}

/** A register of 32 significant bits. */
export function wordRow(read: (() => number) | null, write?: (value: number) => void): RegisterRow {
  return {
    ...(read && {
      read: (data: Uint32Array): boolean => {
        data[0] = read();
        data[1] = 0;
        return true;
      },
    }),
    ...(write && {
      write: (data: Uint32Array): boolean => {
        write(data[0]!);
        return true;
      },
    }),
  };
}

/** A register that this implementation does not have, though its architecture knows it. */
export const ABSENT: RegisterRow = { read: () => false, write: () => false };
