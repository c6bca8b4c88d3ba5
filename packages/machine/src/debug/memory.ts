/**
 * Memory as a debugger outside the machine reaches it: RAM, by physical address or by a virtual address as a PE has it at the
 * moment. Looking changes nothing that a digest or a count would show, and so devices are not reached.
 */
import type { Cpu } from '@worldswitch/cpu';
import type { Dma } from '../devices/virtio/dma.ts';

const PAGE = 4096n;

export class DebugMemory {
  readonly #dma: Dma;

  constructor(dma: Dma) {
    this.#dma = dma;
  }

  /** The bytes at a physical address of 64 bits, as many as are RAM from there on and at most `length`. */
  readPhysical(address: bigint, length: number): Uint8Array {
    return this.#read(address, length, (page) => page);
  }

  /** The bytes at a virtual address of 64 bits, as many as are mapped to RAM from there on and at most `length`; rights are not asked. */
  readVirtual(cpu: Cpu, address: bigint, length: number): Uint8Array {
    return this.#read(address, length, (page) => physicalOf(cpu, page));
  }

  /** False where a part is not RAM; what lies before it is written. Code that was translated from there is dropped. */
  writePhysical(address: bigint, bytes: Uint8Array): boolean {
    return this.#write(address, bytes, (page) => page);
  }

  /** False where a part is not mapped to RAM; what lies before it is written. Rights are not asked. */
  writeVirtual(cpu: Cpu, address: bigint, bytes: Uint8Array): boolean {
    return this.#write(address, bytes, (page) => physicalOf(cpu, page));
  }

  #read(address: bigint, length: number, translate: (at: bigint) => bigint | null): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    for (const part of parts(address, length)) {
      const physical = translate(part.address);
      const view = physical === null ? null : this.#dma.view(Number(physical), part.length);
      if (view === null) break;
      bytes.set(view, done);
      done += part.length;
    }
    return bytes.subarray(0, done);
  }

  #write(address: bigint, bytes: Uint8Array, translate: (at: bigint) => bigint | null): boolean {
    let done = 0;
    for (const part of parts(address, bytes.length)) {
      const physical = translate(part.address);
      if (physical === null || !this.#dma.write(Number(physical), bytes.subarray(done, done + part.length))) return false;
      done += part.length;
    }
    return true;
  }
}

function physicalOf(cpu: Cpu, address: bigint): bigint | null {
  const physical = cpu.inspectAddress(address);
  return physical === null ? null : BigInt(physical);
}

/** A range page by page; addresses wrap at 2^64. */
function* parts(address: bigint, length: number): Iterable<{ readonly address: bigint; readonly length: number }> {
  let at = BigInt.asUintN(64, address);
  for (let left = length; left > 0; ) {
    const part = Math.min(left, Number(PAGE - (at % PAGE)));
    yield { address: at, length: part };
    at = BigInt.asUintN(64, at + BigInt(part));
    left -= part;
  }
}
