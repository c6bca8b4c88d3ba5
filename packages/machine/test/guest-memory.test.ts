/** Memory of a guest that its VMM changes while it runs: what is logged, taken away and moved, as the guest's own TLB finds it. */
import { KVM_EXIT_MMIO, type KvmRun, type ModeName } from '@worldswitch/hyp';
import { assemble, writeElf } from '@worldswitch/tools';
import { describe, expect, test } from 'vitest';
import { createHypervised, GUEST_BASE, type Hypervised } from '../src/index.ts';

const MODES: readonly ModeName[] = ['vhe', 'nvhe'];
const MIB = 1024 * 1024;
const PAGE = 0x1000;
const SECOND_SLOT = 0x5000_0000;

/** Each store to x3 is an exit to the VMM. */
const GUEST = `
_start: movz x1, #0x4010, lsl #16
        movz x2, #0x5000, lsl #16
        movz x3, #0x0900, lsl #16
        str x1, [x1]                    // with the whole block
        strb wzr, [x3]
        str x2, [x1]
        add x4, x1, #0x1000
        ldr x5, [x4]
        strb wzr, [x3]
        str x2, [x4, #8]
        strb wzr, [x3]
        ldrb w6, [x2]                   // the second slot: read twice, moved, and gone
        strb w6, [x3]
        ldrb w6, [x2]
        strb w6, [x3]
        b .
`;

function guest(mode: ModeName): Hypervised {
  const assembled = assemble(GUEST);
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ message }) => message).join('\n'));
  const made = createHypervised({ profile: 'generic', clock: 'retired', mode, memory: 2 * MIB, hostMemory: 14 * MIB });
  if (!made.ok) throw new Error(made.error.message);
  const { hypervised } = made;
  const loaded = hypervised.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  hypervised.start(loaded.image.entry);
  return hypervised;
}

/** KVM_RUN to the next exit. */
function exit({ vcpu }: Hypervised): KvmRun['mmio'] {
  const result = vcpu.run();
  expect(result).toMatchObject({ status: 'exit', run: { exitReason: KVM_EXIT_MMIO } });
  return vcpu.vcpu.run.mmio;
}

function dirtyPages({ vm }: Hypervised): number[] {
  const log = vm.getDirtyLog(0);
  if (!log.ok) throw new Error(log.errno);
  return [...log.value].flatMap((bits, at) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => ((bits >> bit) & 1) !== 0).map((bit) => GUEST_BASE + (8 * at + bit) * PAGE));
}

describe.each(MODES)('%s', (mode) => {
  test('writes are logged page by page, though a block was mapped and is in the TLB', () => {
    const hypervised = guest(mode);
    exit(hypervised);
    const [slot] = hypervised.vm.vm.slots;
    expect(hypervised.vm.setUserMemoryRegion({ ...slot!, logDirtyPages: true })).toMatchObject({ ok: true });
    expect(dirtyPages(hypervised)).toEqual([]);
    exit(hypervised);
    expect(dirtyPages(hypervised)).toEqual([0x4010_0000]);
    exit(hypervised);
    expect(dirtyPages(hypervised)).toEqual([0x4010_1000]);
    expect(dirtyPages(hypervised)).toEqual([]);
  });

  test('a slot that was deleted answers no more, whatever the TLB knew of it', () => {
    const hypervised = guest(mode);
    const { machine: { ram }, vm } = hypervised;
    const backing = ram.allocate(PAGE, PAGE);
    new Uint8Array(ram.memory)[ram.host + (backing - ram.base)] = 0x41;
    const region = { slot: 1, guestPhysAddr: SECOND_SLOT, memorySize: PAGE, backing };
    expect(vm.setUserMemoryRegion(region)).toMatchObject({ ok: true });
    for (let n = 0; n < 3; n++) exit(hypervised);
    expect(exit(hypervised)).toMatchObject({ physAddr: 0x0900_0000, isWrite: true, data: Uint8Array.of(0x41, 0, 0, 0, 0, 0, 0, 0) });
    expect(vm.setUserMemoryRegion({ ...region, memorySize: 0 })).toMatchObject({ ok: true });
    const mmio = exit(hypervised);
    expect(mmio).toMatchObject({ physAddr: SECOND_SLOT, isWrite: false, len: 1 });
    mmio.data[0] = 0x42;
    expect(exit(hypervised)).toMatchObject({ physAddr: 0x0900_0000, data: Uint8Array.of(0x42, 0, 0, 0, 0, 0, 0, 0) });
  });
});
