/**
 * The device tree of a board, as Linux, U-Boot and Xen read it (Devicetree Specification v0.4; bindings of the Linux kernel,
 * Documentation/devicetree/bindings). What is in it is what the machine has: addresses and interrupts come from the map.
 */
import { MPIDR_EL1 } from '@worldswitch/cpu/arch';
import { MAINTENANCE_INTID } from '@worldswitch/gic';
import { TIMER_INTIDS } from '@worldswitch/timer';
import { cells64, deviceTreeNode, writeDeviceTree, type DeviceTreeNode, type PropertyValue } from '@worldswitch/tools';
import type { MachineConfig } from '../description.ts';
import { DEVICE_SIZE, MEMORY_MAP, PMU_INTID, SPI } from '../memory-map.ts';
import { identityOf } from '../pe.ts';
import { SeededBytes } from '../seed.ts';

export interface BootArguments {
  readonly commandLine: string;
  readonly initrd: { readonly start: number; readonly end: number } | null;
  /** What kaslr-seed and rng-seed are derived from. */
  readonly seed: number;
}

/** Cells of an interrupt specifier: kind, number, flags. */
const KIND = { SPI: 0, PPI: 1 } as const;
const TRIGGER = { EDGE: 1, LEVEL: 4 } as const;
/** PPIs are numbered from INTID 16. */
const FIRST_PPI = 16;
/** The timer of Secure EL1, which these machines lack and the binding names first. */
const SECURE_TIMER_INTID = 29;
const PHANDLE = { GIC: 1, CLOCK: 2, GPIO: 3, ITS: 4 } as const;
const CLOCK_HZ = 24_000_000;
/** Linux input event code, and the line of PL061 that the power key is at. */
const KEY_POWER = 116;
const POWER_KEY_LINE = 3;
const RNG_SEED_BYTES = 64;

export function boardDeviceTree(config: MachineConfig, boot: BootArguments): Uint8Array {
  const devices = [psci(config), ...cpus(config), memory(config), timer(config), ...pmu(config), gic(config), clock(), uart(), rtc(), gpio(), powerKey(), ...virtio(), chosen(boot)];
  const root = { '#address-cells': [2], '#size-cells': [2], compatible: 'linux,dummy-virt', model: 'linux,dummy-virt', 'interrupt-parent': [PHANDLE.GIC], 'dma-coherent': true as const };
  return writeDeviceTree(deviceTreeNode('', root, devices));
}

function region(base: number, size: number): number[] {
  return [...cells64(base), ...cells64(size)];
}

function at(name: string, base: number, properties: Readonly<Record<string, PropertyValue>>, size: number = DEVICE_SIZE): DeviceTreeNode {
  return deviceTreeNode(`${name}@${base.toString(16)}`, { ...properties, reg: region(base, size) });
}

/** A private interrupt; GICv2's binding wants the PEs that it may go to. */
function ppi({ gic, pes }: MachineConfig, intid: number): number[] {
  return [KIND.PPI, intid - FIRST_PPI, TRIGGER.LEVEL | (gic === 2 ? (2 ** pes - 1) << 8 : 0)];
}

function spi(number: number, trigger: number = TRIGGER.LEVEL): number[] {
  return [KIND.SPI, number, trigger];
}

// ---- Processors --------------------------------------------------------------------------------------------------------

function psci({ el }: MachineConfig): DeviceTreeNode {
  return deviceTreeNode('psci', { compatible: ['arm,psci-1.0', 'arm,psci-0.2'], method: el === 1 ? 'hvc' : 'smc' });
}

function cpus(config: MachineConfig): DeviceTreeNode[] {
  const affinity = MPIDR_EL1.Aff2.mask | MPIDR_EL1.Aff1.mask | MPIDR_EL1.Aff0.mask;
  const nodes = Array.from({ length: config.pes }, (_, number) => {
    const reg = Number(identityOf(config, number).mpidr & affinity);
    return deviceTreeNode(`cpu@${reg.toString(16)}`, { device_type: 'cpu', compatible: 'arm,armv8', 'enable-method': 'psci', reg: [reg] });
  });
  return [deviceTreeNode('cpus', { '#address-cells': [1], '#size-cells': [0] }, nodes)];
}

function memory({ memory: size }: MachineConfig): DeviceTreeNode {
  return at('memory', MEMORY_MAP.RAM, { device_type: 'memory' }, size);
}

function timer(config: MachineConfig): DeviceTreeNode {
  const { CNTP, CNTV, CNTHP, CNTHV } = TIMER_INTIDS;
  return deviceTreeNode('timer', {
    compatible: 'arm,armv8-timer',
    'always-on': true,
    'interrupt-names': ['sec-phys', 'phys', 'virt', 'hyp-phys', 'hyp-virt'],
    interrupts: [SECURE_TIMER_INTID, CNTP, CNTV, CNTHP, CNTHV].flatMap((intid) => ppi(config, intid)),
  });
}

function pmu(config: MachineConfig): DeviceTreeNode[] {
  return config.features.has('PMUv3') ? [deviceTreeNode('pmu', { compatible: 'arm,armv8-pmuv3', interrupts: ppi(config, PMU_INTID) })] : [];
}

// ---- Interrupt controller ----------------------------------------------------------------------------------------------

const GICD_SIZE = 0x1_0000;
const CPU_FRAME_SIZE = 0x2000;
const REDISTRIBUTOR_SIZE = 0x2_0000;
const ITS_SIZE = 0x2_0000;

function gic(config: MachineConfig): DeviceTreeNode {
  const { GICD, GICC, GICH, GICV, GICR, ITS } = MEMORY_MAP;
  const virtual = config.features.has('EL2');
  const cpuFrames = [...region(GICC, CPU_FRAME_SIZE), ...(virtual ? [...region(GICH, CPU_FRAME_SIZE), ...region(GICV, CPU_FRAME_SIZE)] : [])];
  const common = {
    'interrupt-controller': true as const,
    '#interrupt-cells': [3],
    '#address-cells': [2],
    '#size-cells': [2],
    ranges: true as const,
    phandle: [PHANDLE.GIC],
    ...(virtual && { interrupts: ppi(config, MAINTENANCE_INTID) }),
  };
  const name = `interrupt-controller@${GICD.toString(16)}`;
  if (config.gic === 2) return deviceTreeNode(name, { ...common, compatible: 'arm,gic-400', reg: [...region(GICD, DEVICE_SIZE), ...cpuFrames] });
  // GICC and GICH do not exist, but the binding counts them before GICV, which does.
  const reg = [...region(GICD, GICD_SIZE), ...region(GICR, config.pes * REDISTRIBUTOR_SIZE), ...(virtual ? cpuFrames : [])];
  const its = at('its', ITS, { compatible: 'arm,gic-v3-its', 'msi-controller': true, '#msi-cells': [1], phandle: [PHANDLE.ITS] }, ITS_SIZE);
  return deviceTreeNode(name, { ...common, compatible: 'arm,gic-v3', '#redistributor-regions': [1], reg }, config.its ? [its] : []);
}

// ---- Devices -----------------------------------------------------------------------------------------------------------

function clock(): DeviceTreeNode {
  return deviceTreeNode('apb-pclk', { compatible: 'fixed-clock', '#clock-cells': [0], 'clock-frequency': [CLOCK_HZ], 'clock-output-names': 'clk24mhz', phandle: [PHANDLE.CLOCK] });
}

function primeCell(name: string, part: string, base: number, interrupt: number, clocks: readonly string[], more: Readonly<Record<string, PropertyValue>> = {}): DeviceTreeNode {
  return at(name, base, { compatible: [part, 'arm,primecell'], interrupts: spi(interrupt), clocks: clocks.map(() => PHANDLE.CLOCK), 'clock-names': clocks, ...more });
}

const uart = (): DeviceTreeNode => primeCell('pl011', 'arm,pl011', MEMORY_MAP.UART, SPI.UART, ['uartclk', 'apb_pclk']);
const rtc = (): DeviceTreeNode => primeCell('pl031', 'arm,pl031', MEMORY_MAP.RTC, SPI.RTC, ['apb_pclk']);
const gpio = (): DeviceTreeNode => primeCell('pl061', 'arm,pl061', MEMORY_MAP.GPIO, SPI.GPIO, ['apb_pclk'], { 'gpio-controller': true, '#gpio-cells': [2], phandle: [PHANDLE.GPIO] });

function powerKey(): DeviceTreeNode {
  const key = deviceTreeNode('poweroff', { label: 'GPIO Key Poweroff', 'linux,code': [KEY_POWER], gpios: [PHANDLE.GPIO, POWER_KEY_LINE, 0] });
  return deviceTreeNode('gpio-keys', { compatible: 'gpio-keys' }, [key]);
}

function virtio(): DeviceTreeNode[] {
  const { BASE, SLOTS, STRIDE } = MEMORY_MAP.VIRTIO;
  return Array.from({ length: SLOTS }, (_, n) => at('virtio_mmio', BASE + n * STRIDE, { compatible: 'virtio,mmio', interrupts: spi(SPI.VIRTIO + n, TRIGGER.EDGE), 'dma-coherent': true }, STRIDE));
}

function chosen(boot: BootArguments): DeviceTreeNode {
  return deviceTreeNode('chosen', { 'stdout-path': `/pl011@${MEMORY_MAP.UART.toString(16)}`, ...bootProperties(boot) });
}

function bootProperties({ commandLine, initrd, seed }: BootArguments): Record<string, PropertyValue> {
  const random = new SeededBytes(seed);
  return {
    ...(commandLine !== '' && { bootargs: commandLine }),
    ...(initrd !== null && { 'linux,initrd-start': cells64(initrd.start), 'linux,initrd-end': cells64(initrd.end) }),
    'kaslr-seed': random.take(8),
    'rng-seed': random.take(RNG_SEED_BYTES),
  };
}

/** Another tree than the board's own, with what a boot loader adds: RAM, command line, initial RAM disk, seeds. */
export function bootDeviceTree(root: DeviceTreeNode, config: MachineConfig, boot: BootArguments): Uint8Array {
  const isMemory = ({ name }: DeviceTreeNode): boolean => name === 'memory' || name.startsWith('memory@');
  const given = root.children.find(({ name }) => name === 'chosen');
  const merged = deviceTreeNode('chosen', { ...Object.fromEntries(given?.properties ?? []), ...bootProperties(boot) });
  const children = root.children.filter((child) => child !== given && !isMemory(child));
  return writeDeviceTree({ ...root, children: [...children, memory(config), { ...merged, children: given?.children ?? [] }] });
}
