/** Linux images: where the parts go, what the kernel is told, and what is refused. */
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readDeviceTree, type DeviceTreeNode } from '@worldswitch/tools';
import { createMachine, type Machine, type MachineDescription } from '../src/index.ts';

const MIB = 1024 * 1024;
const RAM = 0x4000_0000;

function machineWith(description: Partial<MachineDescription> = {}): Machine {
  const made = createMachine({ profile: 'generic', memory: 64 * MIB, translation: false, ...description });
  if (!made.ok) throw new Error(made.error.message);
  return made.machine;
}

/** A header as Documentation/arch/arm64/booting.rst has it, in front of a `b .`. */
function image({ size = 0x1_0000n, textOffset = 0n, flags = 0b1010n, length = 128 } = {}): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x1400_0000, true);
  view.setBigUint64(8, textOffset, true);
  view.setBigUint64(16, size, true);
  view.setBigUint64(24, flags, true);
  view.setUint32(56, 0x644d_5241, true);
  return bytes;
}

function treeOf(bytes: Uint8Array): DeviceTreeNode {
  const read = readDeviceTree(bytes);
  if (!read.ok) throw new Error(read.error.message);
  return read.root;
}

const child = (node: DeviceTreeNode, name: string): DeviceTreeNode => node.children.find((candidate) => candidate.name === name)!;
const text = (bytes: Uint8Array | undefined): string => String.fromCharCode(...(bytes ?? []));

describe('where the parts go', () => {
  test('kernel at its offset, device tree at 2 MiB and in X0, RAM disk named in it', () => {
    const machine = machineWith();
    const initrd = new Uint8Array(5000).fill(7);
    const loaded = machine.loadLinux(image({ textOffset: 0x8_0000n }), { initrd, commandLine: 'quiet' });
    expect(loaded).toMatchObject({ ok: true, image: { entry: BigInt(RAM + 0x8_0000) } });
    const { cpu } = machine.pes[0]!;
    expect([cpu.pc, cpu.getX(0) % BigInt(2 * MIB), cpu.getX(1)]).toEqual([BigInt(RAM + 0x8_0000), 0n, 0n]);
    const blob = machine.ram.bytes(Number(cpu.getX(0)), 0x1_0000);
    const chosen = child(treeOf(blob), 'chosen');
    expect(text(chosen.properties.get('bootargs'))).toBe('quiet\0');
    const start = new DataView(chosen.properties.get('linux,initrd-start')!.buffer).getBigUint64(0);
    const end = new DataView(chosen.properties.get('linux,initrd-end')!.buffer).getBigUint64(0);
    expect(end - start).toBe(5000n);
    expect(machine.ram.bytes(Number(start), 5000)).toEqual(initrd);
  });

  test('a device tree of the user keeps its nodes and is told RAM and command line', () => {
    const machine = machineWith();
    const given = machineWith({ memory: 32 * MIB }).deviceTree('old');
    machine.loadLinux(image(), { deviceTree: given, commandLine: 'new' });
    const root = treeOf(machine.ram.bytes(Number(machine.pes[0]!.cpu.getX(0)), 0x1_0000));
    expect(text(child(root, 'chosen').properties.get('bootargs'))).toBe('new\0');
    expect(new DataView(child(root, 'memory@40000000').properties.get('reg')!.buffer).getBigUint64(8)).toBe(BigInt(64 * MIB));
    expect(root.children.map(({ name }) => name)).toContain('pl011@9000000');
  });
});

test.each([
  ['no header', new Uint8Array(100), 'bad-image'],
  ['big-endian', image({ flags: 1n }), 'bad-image'],
  ['shorter than it is', image({ size: 16n }), 'bad-image'],
  ['larger than RAM', image({ size: 1n << 40n }), 'outside-ram'],
  ['beyond RAM', image({ textOffset: 1n << 40n }), 'outside-ram'],
])('refused, and nothing is written: %s', (_title, bytes, code) => {
  const machine = machineWith();
  expect(machine.loadLinux(bytes)).toMatchObject({ ok: false, error: { code } });
  expect(machine.ram.bytes(RAM, 64 * MIB).every((byte) => byte === 0)).toBe(true);
});

test('a RAM disk that does not fit, and a device tree that is none', () => {
  const machine = machineWith();
  expect(machine.loadLinux(image(), { initrd: new Uint8Array(64 * MIB) })).toMatchObject({ ok: false, error: { code: 'outside-ram' } });
  expect(machine.loadLinux(image(), { deviceTree: new Uint8Array(100) })).toMatchObject({ ok: false, error: { code: 'bad-device-tree' } });
});

const hasDtc = spawnSync('dtc', ['--version']).status === 0;
test.skipIf(!hasDtc && process.env['CI'] === undefined).each([
  [{ gic: 2, pes: 2 }], [{ gic: 3, pes: 4, el: 2 }], [{ gic: 2, el: 2 }],
] as const)('dtc finds nothing wrong with the board\'s tree (skipped without dtc): %j', (description) => {
  const blob = machineWith(description).deviceTree('console=ttyAMA0');
  const { status, stderr } = spawnSync('dtc', ['-I', 'dtb', '-O', 'dts', '-o', '/dev/null', '-'], { input: blob });
  expect([status, stderr.toString()]).toEqual([0, '']);
  expect(execFileSync('dtc', ['-I', 'dtb', '-O', 'dts', '-'], { input: blob, stdio: ['pipe', 'pipe', 'ignore'] }).toString()).toContain('arm,psci-1.0');
});
