/** PSCI of a guest with several vCPUs, on the recording port: who is on, and where one starts (kvm-arm-vhe-series.md, section 6.8). */
import { SCTLR_EL1 } from '@worldswitch/cpu/arch';
import { describe, expect, test } from 'vitest';
import { coreReg, sysReg } from '../src/api/vcpu.ts';
import { HVC_EXIT, initVgic, machine, memoryFault, MMIO_EXIT, type TestMachine } from './machine.ts';

const CPU_OFF = 0x8400_0002n;
const CPU_ON = 0xc400_0003n;
const AFFINITY_INFO = 0xc400_0004n;

function pair(): { readonly m: TestMachine; readonly second: TestMachine['vcpu'] } {
  const m = machine({ mode: 'vhe', init: false });
  const made = m.vm.createVcpu(1);
  if (!made.ok) throw new Error(made.errno);
  made.value.init({ psci02: true, powerOff: true });
  initVgic(m.vm);
  return { m, second: made.value };
}

/** Makes a call by HVC; what x0 holds when the guest goes on. */
function call(m: TestMachine, ...args: readonly bigint[]): bigint {
  args.forEach((value, n) => m.vcpu.setOneReg(coreReg(`x${n}`), value));
  let runs = 0;
  let x0 = 0n;
  m.port.onGuest = () => {
    // The registers of the second entry are what the call has left.
    if (runs++ === 1) x0 = m.port.x[0]!;
  };
  m.port.script.push(HVC_EXIT, MMIO_EXIT);
  m.vcpu.run();
  return BigInt.asIntN(64, x0);
}

const valueOf = (vcpu: TestMachine['vcpu'], id: bigint): bigint => {
  const result = vcpu.getOneReg(id);
  if (!result.ok) throw new Error(result.errno);
  return result.value;
};

describe('CPU_ON', () => {
  test('resets the vCPU that is named, and starts it at x2 with x3', () => {
    const { m, second } = pair();
    second.setOneReg(coreReg('x5'), 5n);
    expect(call(m, CPU_ON, 1n, 0x8000_4000n, 0x77n)).toBe(0n);
    expect(second.vcpu.isPoweredOff).toBe(false);
    expect([valueOf(second, coreReg('pc')), valueOf(second, coreReg('x0')), valueOf(second, coreReg('x5'))]).toEqual([0x8000_4000n, 0x77n, 0n]);
  });

  test('gives it the byte order of the caller', () => {
    const { m, second } = pair();
    m.vcpu.setOneReg(sysReg('SCTLR_EL1'), SCTLR_EL1.EE.mask);
    call(m, CPU_ON, 1n, 0x8000_4000n, 0n);
    expect(SCTLR_EL1.EE.is(valueOf(second, sysReg('SCTLR_EL1')))).toBe(true);
  });

  test.each([
    ['one that is on', 0n, -4n],
    ['one that does not exist', 2n, -2n],
    ['another cluster', 0x101n, -2n],
    ['an Aff3', 0x1_0000_0001n, -2n],
  ])('of %s is refused', (_what, target, expected) => {
    expect(call(pair().m, CPU_ON, target, 0x8000_0000n, 0n)).toBe(expected);
  });
});

describe('AFFINITY_INFO', () => {
  test.each([
    ['one that is on', 0n, 0n, 0n],
    ['one that is off', 1n, 0n, 1n],
    ['a cluster of which one is on', 1n, 1n, 0n],
    ['nobody', 5n, 0n, -2n],
    ['a level that there is not', 0n, 4n, -2n],
  ])('of %s', (_what, affinity, level, expected) => {
    expect(call(pair().m, AFFINITY_INFO, affinity, level)).toBe(expected);
  });
});

test('CPU_OFF: the thread waits until somebody turns the vCPU on', () => {
  const { m } = pair();
  m.vcpu.setOneReg(coreReg('x0'), CPU_OFF);
  m.port.script.push(HVC_EXIT);
  expect(m.vcpu.run()).toEqual({ status: 'blocked' });
  expect([m.vcpu.vcpu.isPoweredOff, m.vcpu.thread.record.state]).toEqual([true, 'blocked']);
});

test('a slot that holds a whole block, its backing aligned alike, is mapped by 2 MiB', () => {
  const m = machine({ mode: 'nvhe' });
  m.vm.setUserMemoryRegion({ slot: 1, guestPhysAddr: 0x9000_0000, memorySize: 0x60_0000, backing: 0x4220_0000 });
  m.port.script.push(memoryFault(0x9030_1000));
  m.vcpu.run();
  const { root } = m.vm.vm.stage2;
  const level1 = m.port.words.get(root + 8 * 2)!;
  const block = m.port.words.get(Number(level1 & 0xffff_ffff_f000n) + 8 * 0x81)!;
  // Block, Normal Write-Back, read and write, Inner Shareable, accessed.
  expect(`0x${block.toString(16)}`).toBe(`0x${(0x4240_0000n | 0x7fdn).toString(16)}`);
});

test('a vCPU that was turned off enters the guest as soon as it is on again', () => {
  const { m } = pair();
  m.vcpu.setOneReg(coreReg('x0'), CPU_OFF);
  m.port.script.push(HVC_EXIT, MMIO_EXIT);
  expect(m.vcpu.run()).toEqual({ status: 'blocked' });
  m.vcpu.vcpu.isPoweredOff = false;
  expect(m.vcpu.run()).toMatchObject({ status: 'exit' });
});
