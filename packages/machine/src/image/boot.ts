/** Puts a Linux kernel into RAM as a boot loader would: with initial RAM disk, command line and device tree. */
import { readDeviceTree } from '@worldswitch/tools';
import { boardDeviceTree, bootDeviceTree } from '../board/device-tree.ts';
import type { MachineConfig } from '../description.ts';
import type { Ram } from '../ram.ts';
import { MAX_DEVICE_TREE, planLinuxBoot } from './linux.ts';
import { loadFailure, type LoadResult } from './load.ts';

/** What a Linux kernel is started with. */
export interface LinuxBoot {
  readonly initrd?: Uint8Array | null;
  readonly commandLine?: string;
  /** A flattened device tree in place of the board's own; RAM, command line and RAM disk are put into it. */
  readonly deviceTree?: Uint8Array | null;
}

export type PlacedKernel = { readonly ok: true; readonly entry: number; readonly deviceTree: number; readonly end: number } | Extract<LoadResult, { readonly ok: false }>;

/** Addresses are physical, or a guest's own; nothing is written where something does not fit. `config` is the board that the kernel finds. */
export function placeLinux(image: Uint8Array, { initrd = null, commandLine = '', deviceTree = null }: LinuxBoot, ram: Ram, config: MachineConfig): PlacedKernel {
  const planned = planLinuxBoot(image, initrd?.length ?? 0, ram);
  if (!planned.ok) return planned;
  const { layout } = planned;
  const boot = { commandLine, initrd: layout.initrd, seed: config.seed };
  const given = deviceTree === null ? null : readDeviceTree(deviceTree);
  if (given?.ok === false) return loadFailure('bad-device-tree', `the device tree: ${given.error.message} (at offset ${String(given.error.offset)})`);
  const blob = given === null ? boardDeviceTree(config, boot) : bootDeviceTree(given.root, config, boot);
  if (blob.length > MAX_DEVICE_TREE) return loadFailure('bad-device-tree', `the device tree has ${String(blob.length)} bytes, and at most ${String(MAX_DEVICE_TREE)} are allowed`);
  ram.write(layout.kernel.start, image);
  if (initrd !== null) ram.write(layout.initrd!.start, initrd);
  ram.write(layout.deviceTree, blob);
  return { ok: true, entry: layout.kernel.start, deviceTree: layout.deviceTree, end: layout.deviceTree + blob.length };
}
