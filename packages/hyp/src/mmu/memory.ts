/**
 * Memory slots of a VM and what its stage 2 table has of them: mapped on demand, logged, taken away (Linux, virt/kvm/arm/mmu.c of
 * v4.16: `user_mem_abort`, `stage2_wp_range`, `unmap_stage2_range`).
 */
import type { Cpu } from '../cpu.ts';
import type { MemorySlot, Vm } from '../vm.ts';
import { BLOCK_BYTES, PAGE_BYTES } from './stage2.ts';
import { flushIpa, flushVm } from './tlb.ts';

/** Bits of an unsigned long, of which the bitmap is made. */
const BITMAP_UNIT = 64;

export function emptyBitmap(memorySize: number): Uint8Array {
  return new Uint8Array((Math.ceil(memorySize / PAGE_BYTES / BITMAP_UNIT) * BITMAP_UNIT) / 8);
}

/**
 * The guest has touched a page of a slot that is not mapped, or not so: a block where the slot has all of it and the backing is
 * aligned alike, as a host with huge pages maps it; else a page. While writes are logged a page becomes writable when it is written.
 */
export function mapOnDemand(cpu: Cpu, vm: Vm, slot: MemorySlot, ipa: number, isWrite: boolean): void {
  const { port } = cpu;
  const { stage2 } = vm;
  const { guestPhysAddr, memorySize, backing, dirty } = slot;
  const isLogged = dirty !== null && !slot.readOnly;
  if (isLogged && isWrite) markDirty(dirty, (ipa - guestPhysAddr) / PAGE_BYTES);
  // Another vCPU's fault may have come first.
  if (stage2.allows(port, ipa, isWrite)) return;
  // What is there grants less, or is a block of which one page is to be written: it goes before anything else is known.
  if (stage2.unmap(port, ipa)) flushIpa(cpu, vm, ipa);
  const isWritable = !slot.readOnly && (isWrite || !isLogged);
  const physical = backing + (ipa - guestPhysAddr);
  const inBlock = ipa % BLOCK_BYTES;
  const block = ipa - inBlock;
  const fits = physical % BLOCK_BYTES === inBlock && block >= guestPhysAddr && block + BLOCK_BYTES <= guestPhysAddr + memorySize;
  if (!isLogged && fits && stage2.mapBlock(port, block, physical - inBlock, isWritable)) return;
  const inPage = ipa % PAGE_BYTES;
  stage2.mapPage(port, ipa - inPage, physical - inPage, isWritable);
}

export function markDirty(bitmap: Uint8Array, page: number): void {
  const number = Math.floor(page);
  bitmap[number >> 3] = bitmap[number >> 3]! | (1 << (number & 7));
}

/** Nothing of the range is mapped any more. */
export function unmapRange(cpu: Cpu, vm: Vm, start: number, size: number): void {
  for (let ipa = start; ipa < start + size; ipa = vm.stage2.endOf(ipa)) if (vm.stage2.unmap(cpu.port, ipa)) flushIpa(cpu, vm, ipa);
}

/** Every write to the slot faults, once for each page. */
export function writeProtectSlot(cpu: Cpu, vm: Vm, { guestPhysAddr, memorySize }: MemorySlot): void {
  let isChanged = false;
  for (let ipa = guestPhysAddr; ipa < guestPhysAddr + memorySize; ipa = vm.stage2.endOf(ipa)) isChanged = vm.stage2.writeProtect(cpu.port, ipa) || isChanged;
  if (isChanged) flushVm(cpu, vm);
}

/** What was written since the last time, a bit for each page; writes of those pages fault again. */
export function takeDirtyLog(cpu: Cpu, vm: Vm, slot: MemorySlot, bitmap: Uint8Array): Uint8Array {
  const taken = bitmap.slice();
  bitmap.fill(0);
  let isChanged = false;
  for (const [at, bits] of taken.entries()) {
    for (let bit = 0; bits >> bit !== 0; bit++) {
      if (((bits >> bit) & 1) !== 0) isChanged = vm.stage2.writeProtect(cpu.port, slot.guestPhysAddr + (8 * at + bit) * PAGE_BYTES) || isChanged;
    }
  }
  if (isChanged) flushVm(cpu, vm);
  return taken;
}
