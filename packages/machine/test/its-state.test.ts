/**
 * A guest's ITS through KVM's interface: what its commands have mapped is saved into the guest's tables and restored from them, and what it
 * refuses. Entries are those of "ITS Table ABI REV0" (Linux, Documentation/virtual/kvm/devices/arm-vgic-its.txt).
 */
import { KVM_DEV_ARM_ITS, KVM_DEV_ARM_VGIC_GRP, KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, KVM_VGIC_ITS_ADDR_TYPE, type KvmResult } from '@worldswitch/hyp';
import { GICR_CTLR, GICR_PENDBASER, GICR_PROPBASER, GITS_BASER, GITS_CBASER, GITS_CREADR, GITS_CTLR, GITS_CWRITER, GITS_IIDR, GITS_TYPER } from '@worldswitch/gic/regs';
import { describe, expect, test } from 'vitest';
import { createHypervised, MEMORY_MAP, type Hypervised } from '../src/index.ts';

const MIB = 1024 * 1024;
const { ADDR, CTRL, REDIST_REGS, ITS_REGS } = KVM_DEV_ARM_VGIC_GRP;
const TRANSLATER = MEMORY_MAP.ITS + 0x1_0040;
const [PROPERTIES, PENDING, QUEUE, DEVICES, COLLECTIONS, EVENTS] = [0x4010_0000, 0x4011_0000, 0x4012_0000, 0x4013_0000, 0x4014_0000, 0x4015_0000] as const;
const VALID = 1n << 63n;
/** The page that an indirect device table has for DeviceIDs from 0 on. */
const PAGE = 0x4016_0000;
const [DEVICE, OTHER_DEVICE, EVENT, LPI, COLLECTION] = [5, 9, 3, 8200, 2] as const;

function value<T>(result: KvmResult<T>): T {
  if (!result.ok) throw new Error(result.errno);
  return result.value;
}

function create(guestGic: 2 | 3 = 3): Hypervised {
  const made = createHypervised({ profile: 'generic', clock: 'retired', mode: 'vhe', guestGic, memory: 2 * MIB, hostMemory: 14 * MIB });
  if (!made.ok) throw new Error(made.error.message);
  return made.hypervised;
}

function setIts({ its }: Hypervised, { offset }: { readonly offset: number }, word: bigint): void {
  value(its!.setAttr(ITS_REGS, BigInt(offset), word));
}

function setRedistributor({ vm }: Hypervised, { offset, width }: { readonly offset: number; readonly width: number }, word: bigint): void {
  for (let half = 0; half < width / 32; half++) value(vm.vgicDevice!.setAttr(REDIST_REGS, BigInt(offset + 4 * half), (word >> BigInt(32 * half)) & 0xffff_ffffn));
}

function store({ guestRam }: Hypervised, address: number, ...words: readonly bigint[]): void {
  guestRam.write(address, new Uint8Array(BigUint64Array.from(words).buffer));
}

const load = ({ guestRam }: Hypervised, address: number): bigint => new DataView(guestRam.bytes(address, 8).slice().buffer).getBigUint64(0, true);

/** Commands of four doublewords each, executed. */
function issue(hypervised: Hypervised, commands: readonly (readonly bigint[])[]): void {
  store(hypervised, QUEUE, ...commands.flatMap((command) => Array.from({ length: 4 }, (_, n) => command[n] ?? 0n)));
  setIts(hypervised, GITS_CWRITER, BigInt(32 * commands.length));
}

const of = (code: number, device: number): bigint => (BigInt(device) << 32n) | BigInt(code);

/** Two devices, one of which has a mapped event; LPIs are on. */
function start(indirect: boolean): Hypervised {
  const hypervised = create();
  setRedistributor(hypervised, GICR_PROPBASER, BigInt(PROPERTIES + 13));
  setRedistributor(hypervised, GICR_PENDBASER, BigInt(PENDING));
  setRedistributor(hypervised, GICR_CTLR, 1n);
  hypervised.guestRam.write(PROPERTIES + LPI - 8192, Uint8Array.of(0xa1));
  setIts(hypervised, GITS_CBASER, VALID | BigInt(QUEUE));
  setIts(hypervised, { offset: GITS_BASER.offsetOf(0) }, VALID | (indirect ? 1n << 62n : 0n) | BigInt(DEVICES));
  setIts(hypervised, { offset: GITS_BASER.offsetOf(1) }, VALID | BigInt(COLLECTIONS));
  if (indirect) store(hypervised, DEVICES, VALID | BigInt(PAGE));
  setIts(hypervised, GITS_CTLR, 1n);
  issue(hypervised, [
    [of(8, DEVICE), 4n, VALID | BigInt(EVENTS)],
    [of(8, OTHER_DEVICE), 0n, VALID | BigInt(EVENTS + 0x100)],
    [9n, 0n, VALID | BigInt(COLLECTION)],
    [of(0xa, DEVICE), (BigInt(LPI) << 32n) | BigInt(EVENT), BigInt(COLLECTION)],
  ]);
  return hypervised;
}

function save({ its, vm }: Hypervised): void {
  value(its!.setAttr(CTRL, KVM_DEV_ARM_ITS.SAVE_TABLES));
  value(vm.vgicDevice!.setAttr(CTRL, KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES));
}

/** As a VMM moves a VM: memory, the GICv3, the ITS's registers, its tables, and GITS_CTLR. */
function migrate(from: Hypervised): Hypervised {
  const to = create();
  save(from);
  to.guestRam.write(from.guestRam.base, from.guestRam.bytes(from.guestRam.base, from.guestRam.size));
  for (const { group, attr } of from.vm.vgicDevice!.stateAttributes()) value(to.vm.vgicDevice!.setAttr(group, attr, value(from.vm.vgicDevice!.getAttr(group, attr))));
  const registers = from.its!.stateAttributes();
  for (const { group, attr } of registers.slice(0, -1)) value(to.its!.setAttr(group, attr, value(from.its!.getAttr(group, attr))));
  value(to.its!.setAttr(CTRL, KVM_DEV_ARM_ITS.RESTORE_TABLES));
  for (const { group, attr } of registers.slice(-1)) value(to.its!.setAttr(group, attr, value(from.its!.getAttr(group, attr))));
  return to;
}

function stateOf({ vm }: Hypervised): number[] {
  const words: number[] = [];
  vm.vm.vgic!.visitState((word) => words.push(word));
  return words;
}

const message = (hypervised: Hypervised, deviceId: number, data: number): KvmResult<boolean> => hypervised.vm.signalMsi({ address: TRANSLATER, data, deviceId });

describe.each([false, true])('with an indirect device table: %s', (indirect) => {
  test('what is saved is what the ABI says', () => {
    const hypervised = start(indirect);
    expect(message(hypervised, DEVICE, EVENT)).toEqual({ ok: true, value: true });
    save(hypervised);
    const devices = indirect ? PAGE : DEVICES;
    // Valid, the next device four entries on, the translation table in units of 256 bytes, five bits of EventID less one.
    expect(load(hypervised, devices + 8 * DEVICE)).toBe(VALID | (4n << 49n) | (BigInt(EVENTS / 256) << 5n) | 4n);
    expect(load(hypervised, devices + 8 * OTHER_DEVICE)).toBe(VALID | (BigInt(EVENTS / 256 + 1) << 5n));
    expect(load(hypervised, EVENTS + 8 * EVENT)).toBe((BigInt(LPI) << 16n) | BigInt(COLLECTION));
    expect(load(hypervised, COLLECTIONS)).toBe(VALID | BigInt(COLLECTION));
    expect(load(hypervised, COLLECTIONS + 8)).toBe(0n);
    expect(hypervised.guestRam.bytes(PENDING + LPI / 8, 1)[0]).toBe(1 << (LPI % 8));
  });

  test('another VM takes it over, with what is pending', () => {
    const from = start(indirect);
    value(message(from, DEVICE, EVENT));
    const to = migrate(from);
    expect(stateOf(to)).toEqual(stateOf(from));
    expect(message(to, DEVICE, EVENT)).toEqual({ ok: true, value: true });
    expect(message(to, OTHER_DEVICE, EVENT)).toEqual({ ok: true, value: false });
  });
});

const [WFI, HVC] = [0xd503_207fn, 0xd400_0002n];
const SYSTEM_OFF = 0x8400_0008n;

test('a queue that is much work takes several entries, and a guest that waits is not kept waiting', () => {
  const hypervised = start(false);
  const commands = 2000;
  const events = 32;
  setIts(hypervised, GITS_CTLR, 0n);
  setIts(hypervised, GITS_CBASER, VALID | BigInt(QUEUE) | 15n);
  setIts(hypervised, GITS_CTLR, 1n);
  const queue = [
    ...Array.from({ length: events - 1 }, (_, n) => [of(0xa, DEVICE), (BigInt(LPI + 1 + n) << 32n) | BigInt(n === EVENT ? events - 1 : n), BigInt(COLLECTION)]),
    ...Array.from({ length: commands - events }, () => [0xdn, 0n, BigInt(COLLECTION)]),
    [of(3, DEVICE), BigInt(EVENT)],
  ];
  issue(hypervised, queue);
  const done = (): number => Number(value(hypervised.its!.getAttr(ITS_REGS, BigInt(GITS_CREADR.offset)))) / 32;
  // An INVALL is one command, and as many LPIs as there are.
  expect(done()).toBe(Math.ceil((2 ** 14 - (events - 1)) / (events + 1)) + events - 1);
  // Three entries more: before and behind the fault of the first fetch, and behind WFI.
  store(hypervised, hypervised.guestRam.base, (HVC << 32n) | WFI);
  hypervised.start(BigInt(hypervised.guestRam.base));
  hypervised.setX('x0', SYSTEM_OFF);
  expect(hypervised.run({ maxInstructions: 100 }).reason).toBe('poweroff');
  expect(done()).toBe(commands);
  expect(hypervised.vm.vm.vgic!.lpis.get(LPI)?.isPending).toBe(true);
});

test('a reset forgets what was mapped, and needs its tables again', () => {
  const hypervised = start(false);
  value(hypervised.its!.setAttr(CTRL, KVM_DEV_ARM_ITS.CTRL_RESET));
  setIts(hypervised, GITS_CTLR, 1n);
  expect(value(hypervised.its!.getAttr(ITS_REGS, BigInt(GITS_CTLR.offset)))).toBe(1n << 31n);
  expect(message(hypervised, DEVICE, EVENT)).toEqual({ ok: false, errno: 'EBUSY' });
});

test('tables that no guest has written are refused, entry by entry', () => {
  const restore = (address: number, entry: bigint): unknown => {
    const hypervised = start(false);
    save(hypervised);
    value(hypervised.its!.setAttr(CTRL, KVM_DEV_ARM_ITS.CTRL_RESET));
    setIts(hypervised, { offset: GITS_BASER.offsetOf(0) }, VALID | BigInt(DEVICES));
    setIts(hypervised, { offset: GITS_BASER.offsetOf(1) }, VALID | BigInt(COLLECTIONS));
    store(hypervised, address, entry);
    return hypervised.its!.setAttr(CTRL, KVM_DEV_ARM_ITS.RESTORE_TABLES);
  };
  expect(restore(COLLECTIONS + 8, 0n)).toMatchObject({ ok: true });
  expect(restore(COLLECTIONS, VALID | (7n << 16n))).toEqual({ ok: false, errno: 'EINVAL' });
  expect(restore(COLLECTIONS + 8, VALID | BigInt(COLLECTION))).toEqual({ ok: false, errno: 'EEXIST' });
  expect(restore(EVENTS + 8 * EVENT, (100n << 16n) | BigInt(COLLECTION))).toEqual({ ok: false, errno: 'EINVAL' });
  expect(restore(EVENTS + 8 * EVENT, (BigInt(LPI) << 16n) | 77n)).toEqual({ ok: false, errno: 'EINVAL' });
  expect(restore(EVENTS + 8 * EVENT, (99n << 48n) | (BigInt(LPI) << 16n) | BigInt(COLLECTION))).toEqual({ ok: false, errno: 'EINVAL' });
  expect(restore(DEVICES + 8 * DEVICE, VALID | (0x7f_ffffn << 5n))).toEqual({ ok: false, errno: 'EFAULT' });
});

describe('errnos', () => {
  const ROWS: readonly (readonly [what: string, group: number, attr: bigint, set: bigint | null, errno: string])[] = [
    ['an unknown group', 3, 0n, null, 'ENXIO'],
    ['an address of another type', ADDR, 2n, null, 'ENODEV'],
    ['an address that is set', ADDR, KVM_VGIC_ITS_ADDR_TYPE, 0x2000_0000n, 'EEXIST'],
    ['an address within 64 KiB', ADDR, KVM_VGIC_ITS_ADDR_TYPE, 0x2000_1000n, 'EINVAL'],
    ['an address beyond 40 bits', ADDR, KVM_VGIC_ITS_ADDR_TYPE, 1n << 40n, 'E2BIG'],
    ['reading a control', CTRL, 0n, null, 'ENXIO'],
    ['another control', CTRL, 77n, 0n, 'ENXIO'],
    ['half of a register of 64 bits', ITS_REGS, BigInt(GITS_TYPER.offset + 4), null, 'EINVAL'],
    ['an offset without a register', ITS_REGS, 0x20n, null, 'ENXIO'],
    ['an offset beyond the frame', ITS_REGS, 0x1_0040n, null, 'ENXIO'],
    ['a revision of the ABI that there is not', ITS_REGS, BigInt(GITS_IIDR.offset), 0x4b00_143bn, 'EINVAL'],
    ['GITS_CREADR behind the queue', ITS_REGS, BigInt(GITS_CREADR.offset), 0x1000n, 'EINVAL'],
  ];
  test.each(ROWS)('%s', (_what, group, attr, set, errno) => {
    const { its } = create();
    expect(set === null ? its!.getAttr(group, attr) : its!.setAttr(group, attr, set)).toEqual({ ok: false, errno });
  });

  test('GITS_CREADR of an ITS that is enabled', () => {
    expect(start(false).its!.setAttr(ITS_REGS, BigInt(GITS_CREADR.offset), 0n)).toEqual({ ok: false, errno: 'EBUSY' });
  });

  test('registers before it has an address, and while a vCPU is in KVM_RUN', () => {
    const hypervised = create();
    const second = value(hypervised.vm.createIts());
    expect(second.getAttr(ITS_REGS, 0n)).toEqual({ ok: false, errno: 'ENXIO' });
    expect(value(second.getAttr(ADDR, KVM_VGIC_ITS_ADDR_TYPE))).toBe(0xffff_ffff_ffff_ffffn);
    expect(second.hasAttr(ITS_REGS, 0n)).toMatchObject({ ok: true });
    expect(second.hasAttr(CTRL, KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES)).toEqual({ ok: false, errno: 'ENXIO' });
    value(hypervised.vm.vcpus[0]!.setMpState('stopped'));
    expect(hypervised.vcpu.run()).toEqual({ status: 'blocked' });
    expect(hypervised.its!.getAttr(ITS_REGS, 0n)).toEqual({ ok: false, errno: 'EBUSY' });
    expect(hypervised.its!.setAttr(CTRL, KVM_DEV_ARM_ITS.SAVE_TABLES)).toEqual({ ok: false, errno: 'EBUSY' });
  });

  test('messages', () => {
    const hypervised = start(false);
    const { vm } = hypervised;
    expect(vm.signalMsi({ address: TRANSLATER, data: EVENT })).toEqual({ ok: false, errno: 'EINVAL' });
    expect(vm.signalMsi({ address: MEMORY_MAP.UART, data: EVENT, deviceId: DEVICE })).toEqual({ ok: false, errno: 'EINVAL' });
    expect(message(hypervised, DEVICE, EVENT + 1)).toEqual({ ok: true, value: false });
    const { vm: v2 } = create(2);
    expect(v2.createIts()).toEqual({ ok: false, errno: 'ENODEV' });
    expect(v2.signalMsi({ address: TRANSLATER, data: EVENT, deviceId: DEVICE })).toEqual({ ok: false, errno: 'ENODEV' });
  });
});
