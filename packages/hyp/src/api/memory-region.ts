/** What a KVM_SET_USER_MEMORY_REGION asks for (`__kvm_set_memory_region` of v4.16): nothing here changes anything. */
import type { Errno } from '../kvm-run.ts';
import { emptyBitmap } from '../mmu/memory.ts';
import { IPA_BITS, PAGE_BYTES } from '../mmu/stage2.ts';
import type { MemoryRegion, MemorySlot } from '../vm.ts';

/** KVM_USER_MEM_SLOTS. */
const SLOTS = 512;

export interface SlotChange {
  /** As it is to be; null for one that is deleted. */
  readonly slot: MemorySlot | null;
  /** What was mapped of the old one goes. */
  readonly isUnmapped: boolean;
}

export function isSlotNumber(slot: number): boolean {
  return Number.isInteger(slot) && slot >= 0 && slot < SLOTS;
}

const isPageAddress = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value % PAGE_BYTES === 0;

const overlaps = (one: MemorySlot, start: number, end: number): boolean => one.guestPhysAddr < end && start < one.guestPhysAddr + one.memorySize;

/** Against the slot of that number, if there is one, and all slots. */
export function changeOf(region: MemoryRegion, old: MemorySlot | undefined, slots: readonly MemorySlot[]): SlotChange | Errno {
  const { slot, guestPhysAddr, memorySize, backing, readOnly = false, logDirtyPages = false } = region;
  if (!isSlotNumber(slot) || ![guestPhysAddr, memorySize, backing].every(isPageAddress)) return 'EINVAL';
  if (memorySize === 0) return old === undefined ? 'EINVAL' : { slot: null, isUnmapped: true };
  if (old !== undefined && (old.memorySize !== memorySize || old.backing !== backing || old.readOnly !== readOnly)) return 'EINVAL';
  const end = guestPhysAddr + memorySize;
  if (end >= 2 ** IPA_BITS) return 'EFAULT';
  const isPlaced = old?.guestPhysAddr !== guestPhysAddr;
  if (isPlaced && slots.some((other) => other !== old && overlaps(other, guestPhysAddr, end))) return 'EEXIST';
  const dirty = logDirtyPages ? (old?.dirty ?? emptyBitmap(memorySize)) : null;
  return { slot: { slot, guestPhysAddr, memorySize, backing, readOnly, dirty }, isUnmapped: isPlaced };
}
