/** A VM is saved through KVM's interface in the middle of interrupts, and goes on equally in a new VM on a new machine. */
import { KVM_ARM_IRQ_TYPE, KVM_DEV_ARM_VGIC_GRP, KVM_EXIT_MMIO, KVM_EXIT_SYSTEM_EVENT, type KvmResult, type ModeName, type VgicAttribute } from '@worldswitch/hyp';
import { assemble, writeElf } from '@worldswitch/tools';
import { describe, expect, test } from 'vitest';
import { createHypervised, type Hypervised } from '../src/index.ts';
import { interruptProgram } from './interrupt-guest.ts';

const MIB = 1024 * 1024;
const UART = 0x0900_0000;
const UART_INTID = 33;
const IMSC = 0x38;

interface Cell {
  readonly mode: ModeName;
  readonly gic: 2 | 3;
  readonly guestGic: 2 | 3;
}

function value<T>(result: KvmResult<T>): T {
  if (!result.ok) throw new Error(result.errno);
  return result.value;
}

function create({ mode, gic, guestGic }: Cell): Hypervised {
  const made = createHypervised({ profile: 'generic', clock: 'retired', mode, gic, guestGic, memory: 2 * MIB, hostMemory: 14 * MIB });
  if (!made.ok) throw new Error(made.error.message);
  return made.hypervised;
}

/** The VMM: what it has printed, and the level of the UART's interrupt. */
class Vmm {
  readonly hypervised: Hypervised;
  text: string;
  level: boolean;

  constructor(hypervised: Hypervised, text = '', level = false) {
    this.hypervised = hypervised;
    this.text = text;
    this.level = level;
  }

  /** To the next exit, which it answers; whether there is one. */
  step(): boolean {
    const { vcpu, vm, machine } = this.hypervised;
    let result = vcpu.run();
    while (result.status === 'blocked') {
      // The guest waits: time goes on to its timer.
      machine.pes[0]!.state = 'waiting';
      if (machine.nextNative() === null) throw new Error('nothing will wake the guest');
      result = vcpu.run();
    }
    if (result.status !== 'exit') throw new Error(JSON.stringify(result));
    if (result.run.exitReason === KVM_EXIT_SYSTEM_EVENT) return false;
    expect(result.run).toMatchObject({ exitReason: KVM_EXIT_MMIO, mmio: { isWrite: true } });
    const { physAddr, data } = result.run.mmio;
    if (physAddr === UART) this.text += String.fromCharCode(data[0]!);
    else if (physAddr === UART + IMSC) {
      this.level = data[0] !== 0;
      value(vm.irqLine((KVM_ARM_IRQ_TYPE.SPI << 24) | UART_INTID, this.level));
    }
    return true;
  }
}

function start(cell: Cell): Vmm {
  const hypervised = create(cell);
  const assembled = assemble(interruptProgram(cell.guestGic, true));
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ message }) => message).join('\n'));
  const loaded = hypervised.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  hypervised.start(loaded.image.entry);
  return new Vmm(hypervised);
}

/** Everything that a VMM moves, from one VM to a fresh one. */
function migrate(from: Vmm, cell: Cell): Vmm {
  const to = create(cell);
  const { vcpu, vm, guestRam } = from.hypervised;
  const target = to.guestRam;
  new Uint8Array(target.memory, target.host, target.size).set(new Uint8Array(guestRam.memory, guestRam.host, guestRam.size));
  for (const id of value(vcpu.regList())) to.vcpu.setOneReg(id, value(vcpu.getOneReg(id)));
  for (const { group, attr } of vm.vgicDevice!.stateAttributes()) value(to.vm.vgicDevice!.setAttr(group, attr, value(vm.vgicDevice!.getAttr(group, attr))));
  const vmm = new Vmm(to, from.text, from.level);
  value(to.vm.irqLine((KVM_ARM_IRQ_TYPE.SPI << 24) | UART_INTID, from.level));
  return vmm;
}

const CELLS: readonly Cell[] = (['vhe', 'nvhe'] as const).flatMap((mode) => ([[2, 2], [3, 2], [3, 3]] as const).map(([gic, guestGic]) => ({ mode, gic, guestGic })));

describe.each(CELLS)('$mode, GICv$guestGic on GICv$gic', (cell) => {
  test('goes on equally from every exit', () => {
    const whole = start(cell);
    let exits = 0;
    while (whole.step()) exits++;
    expect(whole.text).toHaveLength(8);
    expect(exits).toBe(12);
    const first = start(cell);
    // The second half is the first one again.
    for (let at = 1; at <= exits / 2; at++) {
      first.step();
      const second = migrate(first, cell);
      while (second.step());
      expect([at, second.text]).toEqual([at, whole.text]);
    }
  });

  test('what was set reads back', () => {
    const vmm = start(cell);
    for (let n = 0; n < 4; n++) vmm.step();
    const copy = migrate(vmm, cell);
    const all = ({ hypervised: { vm } }: Vmm): readonly (VgicAttribute & { value: bigint })[] => vm.vgicDevice!.stateAttributes().map((one) => ({ ...one, value: value(vm.vgicDevice!.getAttr(one.group, one.attr)) }));
    expect(all(copy)).toEqual(all(vmm));
    expect(all(vmm).some(({ group, value: found }) => group === (cell.guestGic === 2 ? KVM_DEV_ARM_VGIC_GRP.CPU_REGS : KVM_DEV_ARM_VGIC_GRP.CPU_SYSREGS) && found !== 0n)).toBe(true);
  });
});

describe('errnos', () => {
  const { ADDR, DIST_REGS, CPU_REGS, NR_IRQS, CTRL, REDIST_REGS, CPU_SYSREGS, LEVEL_INFO } = KVM_DEV_ARM_VGIC_GRP;
  const UNKNOWN_VCPU = 7n << 32n;
  const ROWS: readonly (readonly [what: string, guestGic: 2 | 3, group: number, attr: bigint, set: bigint | null, errno: string])[] = [
    ['an unknown group', 3, 9, 0n, null, 'ENXIO'],
    ['an address of the other version', 3, ADDR, 0n, null, 'ENXIO'],
    ['an address that is set', 3, ADDR, 2n, 0x2000_0000n, 'EEXIST'],
    ['an address within 64 KiB', 3, ADDR, 2n, 0x2000_1000n, 'EINVAL'],
    ['an address beyond 40 bits', 2, ADDR, 1n, 1n << 40n, 'E2BIG'],
    ['a size that is no multiple of 32', 3, NR_IRQS, 0n, 100n, 'EINVAL'],
    ['a size beyond 1024', 3, NR_IRQS, 0n, 1056n, 'EINVAL'],
    ['a size once it is set up', 3, NR_IRQS, 0n, 128n, 'EBUSY'],
    ['another control', 3, CTRL, 77n, 0n, 'ENXIO'],
    ['reading a control', 3, CTRL, 0n, null, 'ENXIO'],
    ['a vCPU that there is not', 2, DIST_REGS, UNKNOWN_VCPU, null, 'EINVAL'],
    ['an affinity that nobody has', 3, REDIST_REGS, UNKNOWN_VCPU, null, 'EINVAL'],
    ['an offset within a word', 3, DIST_REGS, 2n, null, 'ENXIO'],
    ['an offset without a register', 3, REDIST_REGS, 0xfff0n, null, 'ENXIO'],
    ['a register of GICC that is not state', 2, CPU_REGS, 0xcn, null, 'ENXIO'],
    ['CPU_REGS of a GICv3', 3, CPU_REGS, 0n, null, 'ENXIO'],
    ['REDIST_REGS of a GICv2', 2, REDIST_REGS, 0n, null, 'ENXIO'],
    ['a system register of something else', 3, CPU_SYSREGS, 0xc080n, null, 'ENXIO'],
    ['ICC_SRE_EL1 without SRE', 3, CPU_SYSREGS, 0xc665n, 0n, 'EINVAL'],
    ['more priority bits than the host has', 3, CPU_SYSREGS, 0xc664n, 7n << 8n, 'EINVAL'],
    ['levels from the middle of a word', 3, LEVEL_INFO, 33n, null, 'EINVAL'],
    ['another kind of level', 3, LEVEL_INFO, 1n << 10n, null, 'EINVAL'],
  ];
  test.each(ROWS)('%s', (_what, guestGic, group, attr, set, errno) => {
    const device = create({ mode: 'vhe', gic: 3, guestGic }).vm.vgicDevice!;
    expect(set === null ? device.getAttr(group, attr) : device.setAttr(group, attr, set)).toEqual({ ok: false, errno });
  });

  test('state of a device while a vCPU is in KVM_RUN: EBUSY', () => {
    const { vcpu, vm } = create({ mode: 'vhe', gic: 3, guestGic: 3 });
    // WFI: it waits in the kernel.
    vm.vcpus[0]!.setMpState('stopped');
    expect(vcpu.run()).toEqual({ status: 'blocked' });
    expect(vm.vgicDevice!.getAttr(DIST_REGS, 0n)).toEqual({ ok: false, errno: 'EBUSY' });
    expect(vm.vgicDevice!.hasAttr(DIST_REGS, 0n)).toMatchObject({ ok: true });
  });
});
