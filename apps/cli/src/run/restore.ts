/** `--restore FILE` and `--snapshot FILE`: a machine from a file in place of an image, and a machine into a file. */
import { restoreMachine, saveMachine, type Machine } from '@worldswitch/machine';
import { isMistake, mistake, type Context, type Mistake, type Values } from '../command.ts';
import { readInput, writeOutput } from '../files.ts';
import type { FileDisk } from './disk.ts';
import type { Watchers } from './runnable.ts';
import { hash, packSnapshot, unpackSnapshot } from './snapshot-file.ts';

/** What the snapshot says itself. */
const SAID_BY_SNAPSHOT = ['machine', 'kvm', 'steps', 'clock', 'el', 'vhe', 'gic', 'smp', 'memory', 'initrd', 'dtb', 'dump-dtb', 'append', 'semihosting', 'seed', 'rtc', 'base'] as const;

/** Options that do not go with `--restore` or `--snapshot`. */
export function unfitForSnapshots(values: Values, operands: readonly string[]): Mistake | null {
  if (values.has('snapshot') && values.has('kvm')) return mistake('--snapshot: a machine with our hypervisor cannot be saved yet: leave out --kvm');
  if (!values.has('restore')) return null;
  if (operands.length > 0) return mistake(`--restore: the snapshot has an image already: leave out ${operands.join(' ')}`);
  const said = SAID_BY_SNAPSHOT.find((name) => values.has(name));
  return said === undefined ? null : mistake(`--${said}: the snapshot says itself what the machine is: leave it out, or leave out --restore`);
}

/** The snapshot in a file. */
export async function readSnapshot(context: Context, path: string): Promise<Uint8Array | Mistake> {
  const file = await readInput(context, path);
  if (isMistake(file)) return file;
  const snapshot = await unpackSnapshot(file);
  return isMistake(snapshot) ? mistake(`${path}: ${snapshot.mistake}`) : snapshot;
}

export function restore(path: string, snapshot: Uint8Array, disk: FileDisk | null, { listener, virtioConsole, trace }: Watchers): Machine | Mistake {
  const result = restoreMachine(snapshot, { console: listener, hash, ...(virtioConsole !== null && { virtioConsole }), ...(trace !== null && { trace }), ...(disk !== null && { disks: [disk] }) });
  if (!result.ok) return mistake(`${path}: ${result.error.message}: give a snapshot that this release wrote`);
  const has = result.machine.virtioConsole !== null;
  if (has === (virtioConsole !== null)) return result.machine;
  return mistake(`--virtio-console: the machine in ${path} has ${has ? 'one: say where it goes' : 'none: leave it out'}`);
}

/** Writes a machine that has stopped; null where it is written. */
export async function writeSnapshot(path: string, machine: Machine): Promise<Mistake | null> {
  const saved = saveMachine(machine, { hash });
  return saved.ok ? writeOutput(path, await packSnapshot(saved.snapshot)) : mistake(`--snapshot ${path}: ${saved.error.message}`);
}
