/**
 * Guest memory as the host kernel reads and writes it for the guest, by guest physical addresses through the mapping of the slot
 * (`kvm_read_guest`, `kvm_write_guest`). What is in no slot, or is written in one that is read-only, is refused. Uses `K` and `K2`.
 */
import { K, K2, setCell } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { kernelAddress } from '../host/addresses.ts';
import { TALLIES } from '../host/tallies.ts';
import type { MemorySlot, Vm } from '../vm.ts';
import { markDirty } from './memory.ts';
import { PAGE_BYTES } from './stage2.ts';

const WORD = 4;
const DOUBLEWORD = 8;

/** The slot, with the kernel's address of the datum in `K2`; null where there is none. */
function find(cpu: Cpu, vm: Vm, ipa: number, bytes: number): MemorySlot | null {
  cpu.port.charge(TALLIES.guestMemory);
  const slot = vm.slotAt(ipa);
  if (slot === null || ipa + bytes > slot.guestPhysAddr + slot.memorySize) return null;
  setCell(cpu.cells, K2, kernelAddress(slot.backing + ipa - slot.guestPhysAddr));
  return slot;
}

/** Doublewords from an address that is a multiple of 8, as words, low word first. */
export function readGuest(cpu: Cpu, vm: Vm, ipa: number, words: Uint32Array): boolean {
  const { port, cells } = cpu;
  if (find(cpu, vm, ipa, WORD * words.length) === null) return false;
  for (let at = 0; at < words.length; at += 2) {
    port.ldr(K, K2, WORD * at);
    words[at] = cells[2 * K]!;
    words[at + 1] = cells[2 * K + 1]!;
  }
  return true;
}

/** One doubleword at an address that is a multiple of 8. */
export function writeGuest(cpu: Cpu, vm: Vm, ipa: number, words: Uint32Array): boolean {
  const slot = find(cpu, vm, ipa, DOUBLEWORD);
  if (slot === null || slot.readOnly) return false;
  cpu.cells[2 * K] = words[0]!;
  cpu.cells[2 * K + 1] = words[1]!;
  cpu.port.str(K, K2, 0);
  noteWrite(slot, ipa);
  return true;
}

/** The byte at an address; -1 where there is none. */
export function readGuestByte(cpu: Cpu, vm: Vm, ipa: number): number {
  const inWord = ipa % WORD;
  if (find(cpu, vm, ipa - inWord, WORD) === null) return -1;
  cpu.port.ldr32(K, K2, 0);
  return (cpu.cells[2 * K]! >>> (8 * inWord)) & 0xff;
}

export function writeGuestByte(cpu: Cpu, vm: Vm, ipa: number, value: number): boolean {
  const { port, cells } = cpu;
  const inWord = ipa % WORD;
  const slot = find(cpu, vm, ipa - inWord, WORD);
  if (slot === null || slot.readOnly) return false;
  port.ldr32(K, K2, 0);
  cells[2 * K] = (cells[2 * K]! & ~(0xff << (8 * inWord))) | (value << (8 * inWord));
  port.str32(K, K2, 0);
  noteWrite(slot, ipa);
  return true;
}

function noteWrite({ dirty, guestPhysAddr }: MemorySlot, ipa: number): void {
  if (dirty !== null) markDirty(dirty, (ipa - guestPhysAddr) / PAGE_BYTES);
}
