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

/**
 * Its own table at 0x4010_0000: blocks of a device, of RAM, of RAM once more without the access flag, which the walk sets
 * (TCR_EL1.HA, bit 39), and of a table that nobody has.
 */
const WALKS = `
_start: movz x3, #0x0900, lsl #16
        movz x1, #0x4010, lsl #16
        ldr x2, =0x00000405
        str x2, [x1]
        ldr x2, =0x40000701
        str x2, [x1, #8]
        ldr x2, =0x40000301
        str x2, [x1, #16]
        ldr x2, =0x60000003
        str x2, [x1, #24]
        adr x2, vectors
        msr vbar_el1, x2
        mov x2, #0xff
        msr mair_el1, x2
        msr ttbr0_el1, x1
        ldr x2, =0x8200803519
        msr tcr_el1, x2
        isb
        tlbi vmalle1
        dsb sy
        mrs x2, sctlr_el1
        mov x4, #5
        orr x2, x2, x4
        msr sctlr_el1, x2
        isb
        strb wzr, [x3]
        ldr x4, =0x80020000
        ldrb w5, [x4]
        ldr x5, [x1, #16]
        str x5, [x3]
        ldr x4, =0xc0000000
        ldrb w5, [x4]
        b .
        .balign 2048
vectors:
        .space 0x200
        mrs x5, esr_el1
        str x5, [x3]
        b .
`;

function guest(mode: ModeName, program = GUEST): Hypervised {
  const assembled = assemble(program);
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

  test('a walk that sets an access flag in a logged page writes it, and one of a table that is nowhere is an external abort', () => {
    const hypervised = guest(mode, WALKS);
    exit(hypervised);
    const [slot] = hypervised.vm.vm.slots;
    expect(hypervised.vm.setUserMemoryRegion({ ...slot!, logDirtyPages: true })).toMatchObject({ ok: true });
    expect(exit(hypervised)).toMatchObject({ isWrite: true, data: Uint8Array.of(1, 7, 0, 0x40, 0, 0, 0, 0) });
    expect(dirtyPages(hypervised)).toEqual([0x4010_0000]);
    // Data Abort without a change of EL, IL, DFSC of a synchronous external abort.
    expect(exit(hypervised)).toMatchObject({ isWrite: true, data: Uint8Array.of(0x10, 0, 0, 0x96, 0, 0, 0, 0) });
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
