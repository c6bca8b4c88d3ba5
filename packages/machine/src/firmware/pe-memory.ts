/** Memory as the program on a PE sees it at the moment, for firmware and diagnostics that act on its behalf. */
import type { Cpu } from '@worldswitch/cpu';

export interface PeMemory {
  /** Null where the access would fault; the fault is not taken. */
  readByte(address: bigint): number | null;
  read64(address: bigint): bigint | null;
  writeByte(address: bigint, value: number): boolean;
  write64(address: bigint, value: bigint): boolean;
}

const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));

export function peMemory({ memory }: Cpu): PeMemory {
  const { data } = memory;
  const load = (address: bigint, size: 1 | 8): boolean => memory.load(low(address), high(address), 1, { size });
  const store = (address: bigint, value: bigint, size: 1 | 8): boolean => {
    data[0] = low(value);
    data[1] = high(value);
    return memory.store(low(address), high(address), 1, { size });
  };
  return {
    readByte: (address) => (load(address, 1) ? data[0]! & 0xff : null),
    read64: (address) => (load(address, 8) ? (BigInt(data[1]! >>> 0) << 32n) | BigInt(data[0]! >>> 0) : null),
    writeByte: (address, value) => store(address, BigInt(value), 1),
    write64: (address, value) => store(address, value, 8),
  };
}
