/** Memory slots and the stage 2 table: made, logged, moved, deleted; and VMIDs when they run out. */
import { PAR_EL1 } from '@worldswitch/cpu/arch';
import { describe, expect, test } from 'vitest';
import { KVM_EXIT_MMIO } from '../src/kvm-run.ts';
import { VmidAllocator } from '../src/mmu/vmid.ts';
import type { ModeName } from '../src/switch/plan.ts';
import type { MemoryRegion } from '../src/vm.ts';
import { GUEST_RAM, HVC_EXIT, machine, memoryFault, MMIO_EXIT, mmioExit, type TestMachine } from './machine.ts';
import type { GuestExit } from './recording-port.ts';

const MODES: readonly ModeName[] = ['vhe', 'nvhe'];
const PAGE = 0x1000;
const BLOCK = 0x20_0000;
/** A slot that a block can map. */
const BIG: MemoryRegion = { slot: 1, guestPhysAddr: 0x9000_0000, memorySize: 2 * BLOCK, backing: 0x4220_0000 };
const PERMISSION_LEVEL_3 = 0b001111;

const writeFault = (ipa: number): GuestExit => mmioExit({ WnR: 1 }, ipa);

/** The IPA of a permission fault comes from AT, whose result is there. */
function writeAgain(m: TestMachine, ipa: number): void {
  m.port.onGuest = () => m.port.set(PAR_EL1, BigInt(ipa));
  touch(m, mmioExit({ WnR: 1, DFSC: PERMISSION_LEVEL_3 }, ipa));
}

/** The guest exits so, and then to user space. */
function touch(m: TestMachine, exit: GuestExit): void {
  m.port.script.push(exit, MMIO_EXIT);
  expect(m.vcpu.run().status).toBe('exit');
}

/** The descriptor of an IPA, as a walk finds it: at level 2 if that is a block, else at level 3; 0 where there is none. */
function descriptor(m: TestMachine, ipa: number): bigint {
  let table = m.vm.vm.stage2.root;
  for (const shift of [30, 21, 12]) {
    const index = Math.floor(ipa / 2 ** shift) % (shift === 30 ? 1024 : 512);
    const found = m.port.words.get(table + 8 * index) ?? 0n;
    if (shift === 12 || (found & 3n) !== 3n) return found;
    table = Number(found & 0xffff_ffff_f000n);
  }
  return 0n;
}

const isWritable = (found: bigint): boolean => ((found >> 6n) & 3n) === 3n;
const isBlock = (found: bigint): boolean => (found & 3n) === 1n;

const pages = (bitmap: Uint8Array): number[] => Array.from(bitmap).flatMap((bits, at) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => ((bits >> bit) & 1) !== 0).map((bit) => 8 * at + bit));

function dirtyPages(m: TestMachine, slot: number): number[] {
  const log = m.vm.getDirtyLog(slot);
  if (!log.ok) throw new Error(log.errno);
  return pages(log.value);
}

describe('KVM_SET_USER_MEMORY_REGION', () => {
  const { backing } = GUEST_RAM;
  test.each([
    ['a slot number that there is not', { ...GUEST_RAM, slot: 512 }, 'EINVAL'],
    ['an address within a page', { ...BIG, guestPhysAddr: 0x9000_0800 }, 'EINVAL'],
    ['a size that is not of pages', { ...BIG, memorySize: 0x1800 }, 'EINVAL'],
    ['a negative address', { ...BIG, guestPhysAddr: -PAGE }, 'EINVAL'],
    ['nothing to delete', { ...BIG, memorySize: 0 }, 'EINVAL'],
    ['another size of an existing slot', { ...GUEST_RAM, memorySize: PAGE }, 'EINVAL'],
    ['another backing', { ...GUEST_RAM, backing: backing + PAGE }, 'EINVAL'],
    ['read-only, what was not', { ...GUEST_RAM, readOnly: true }, 'EINVAL'],
    ['what overlaps', { ...BIG, guestPhysAddr: GUEST_RAM.guestPhysAddr + PAGE }, 'EEXIST'],
    ['what ends where addresses do', { ...BIG, guestPhysAddr: 2 ** 40 - 2 * BLOCK }, 'EFAULT'],
  ] as const)('refuses %s', (_what, region, errno) => {
    const m = machine({ mode: 'vhe' });
    const { slots } = m.vm.vm;
    expect(m.vm.setUserMemoryRegion(region)).toEqual({ ok: false, errno });
    expect(m.vm.vm.slots).toBe(slots);
  });
});

describe.each(MODES)('%s', (mode) => {
  test('a slot that is deleted is not mapped any more, and an access of the guest goes to user space', () => {
    const m = machine({ mode });
    const ipa = GUEST_RAM.guestPhysAddr + 0x3000;
    touch(m, memoryFault(ipa));
    expect(descriptor(m, ipa) & 3n).toBe(3n);
    m.port.log = [];
    expect(m.vm.setUserMemoryRegion({ ...GUEST_RAM, memorySize: 0 }).ok).toBe(true);
    expect(descriptor(m, ipa)).toBe(0n);
    // The TLBs of every PE, by IPA and then for both stages.
    expect(m.port.log.filter((one) => one.startsWith('SYS'))).toHaveLength(2);
    m.port.script.push(mmioExit({ SAS: 2, SRT: 3 }, ipa));
    m.vcpu.run();
    expect(m.vcpu.vcpu.run).toMatchObject({ exitReason: KVM_EXIT_MMIO, mmio: { physAddr: ipa } });
  });

  test('a slot that moves is found at its new place only', () => {
    const m = machine({ mode });
    const [from, to] = [GUEST_RAM.guestPhysAddr + PAGE, 0xa000_0000 + PAGE];
    touch(m, memoryFault(from));
    expect(m.vm.setUserMemoryRegion({ ...GUEST_RAM, guestPhysAddr: 0xa000_0000 }).ok).toBe(true);
    expect(descriptor(m, from)).toBe(0n);
    touch(m, memoryFault(to));
    expect(descriptor(m, to) & 0xffff_ffff_f000n).toBe(BigInt(GUEST_RAM.backing + PAGE));
  });

  test('the dirty log has what was written since the last time, and what was only read stays read-only', () => {
    const m = machine({ mode });
    expect(m.vm.getDirtyLog(0)).toEqual({ ok: false, errno: 'ENOENT' });
    expect(m.vm.getDirtyLog(512)).toEqual({ ok: false, errno: 'EINVAL' });
    const at = (page: number): number => GUEST_RAM.guestPhysAddr + page * PAGE;
    touch(m, writeFault(at(1)));
    expect(m.vm.setUserMemoryRegion({ ...GUEST_RAM, logDirtyPages: true }).ok).toBe(true);
    expect(isWritable(descriptor(m, at(1)))).toBe(false);
    expect(dirtyPages(m, 0)).toEqual([]);
    writeAgain(m, at(1));
    touch(m, memoryFault(at(2)));
    touch(m, writeFault(at(70)));
    expect([1, 2, 70].map((page) => isWritable(descriptor(m, at(page))))).toEqual([true, false, true]);
    expect(dirtyPages(m, 0)).toEqual([1, 70]);
    expect([1, 2, 70].map((page) => isWritable(descriptor(m, at(page))))).toEqual([false, false, false]);
    writeAgain(m, at(2));
    expect(dirtyPages(m, 0)).toEqual([2]);
    expect(m.vm.setUserMemoryRegion(GUEST_RAM).ok).toBe(true);
    expect(m.vm.getDirtyLog(0)).toEqual({ ok: false, errno: 'ENOENT' });
    writeAgain(m, at(2));
    expect(isWritable(descriptor(m, at(2)))).toBe(true);
  });

  test('a block is split when a page of it is written while writes are logged', () => {
    const m = machine({ mode });
    const page = BIG.guestPhysAddr + 5 * PAGE;
    m.vm.setUserMemoryRegion(BIG);
    touch(m, memoryFault(page));
    expect(isBlock(descriptor(m, page))).toBe(true);
    m.vm.setUserMemoryRegion({ ...BIG, logDirtyPages: true });
    expect([isBlock(descriptor(m, page)), isWritable(descriptor(m, page))]).toEqual([true, false]);
    writeAgain(m, page);
    expect(descriptor(m, page)).toBe(BigInt(BIG.backing + 5 * PAGE) | 0x7ffn);
    expect(descriptor(m, page + PAGE)).toBe(0n);
    expect(dirtyPages(m, 1)).toEqual([5]);
  });

  test('VMIDs of 8 bits are handed out anew when they run out, and all guests\' entries go', () => {
    const m = machine({ mode });
    const vmid = (): number => m.vm.vm.vmid.vmid;
    touch(m, HVC_EXIT);
    expect(vmid()).toBe(1);
    for (let other = 0; other < 0xfffe; other++) m.host.vmids.assign({ vmid: 0, generation: 0 });
    touch(m, HVC_EXIT);
    expect(vmid()).toBe(1);
    expect(m.host.vmids.assign({ vmid: 0, generation: 0 })).toBe(true);
    m.port.log = [];
    touch(m, HVC_EXIT);
    // Its number was of the old generation.
    expect(vmid()).toBe(2);
    expect(m.port.words.get(Number(BigInt(m.vm.vm.address.lo)))! >> 48n).toBe(2n);
  });
});

test('a generation hands each number out once, and the next one begins again', () => {
  const vmids = new VmidAllocator(3);
  const owners = Array.from({ length: 5 }, () => ({ vmid: 0, generation: 0 }));
  expect(owners.map((owner) => vmids.assign(owner))).toEqual([false, false, false, true, false]);
  expect(owners.map(({ vmid }) => vmid)).toEqual([1, 2, 3, 1, 2]);
  expect(owners.map((owner) => vmids.isCurrent(owner))).toEqual([false, false, false, true, true]);
});
