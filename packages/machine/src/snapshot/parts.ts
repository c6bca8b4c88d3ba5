/**
 * The sections of a machine, in the order in which they are put in place: what drives lines before those who see them, and
 * the PEs last. A component shows its state to visitors beside its own code, and has a row here.
 */
import { ramPart, statePart, type SnapshotPart } from '@worldswitch/cpu';
import type { Machine } from '../machine.ts';
import { diskPart } from './disk.ts';
import { DESCRIPTION, saveDescription } from './description.ts';

export interface PartsOptions {
  /** Whether RAM and disks are new, and the disks the machine's own. */
  readonly isFresh: boolean;
  /** Whether the contents of disks must be those that are there. */
  readonly comparesDisks: boolean;
}

export function machineParts(machine: Machine, { isFresh, comparesDisks }: PartsOptions): SnapshotPart[] {
  const { gic, devices, console, virtioConsole, pes, ram, config } = machine;
  return [
    { ...DESCRIPTION, save: (into) => saveDescription(config, into), restore: (from) => (from.bytes(from.left), () => undefined) },
    ramPart(ram.memory, ram, { name: 'ram', isFresh, restored: () => machine.ramChanged() }),
    ...devices.disks.map((disk, number) => diskPart(disk, number, comparesDisks ? 'compare' : 'place')),
    statePart('gic', 3, (state) => gic.visitState(state)),
    statePart('devices', 2, (state) => devices.visitState(state)),
    console.part('console'),
    ...(virtioConsole === null ? [] : [virtioConsole.part('virtio-console')]),
    ...pes.flatMap((pe) => [statePart(`pe${String(pe.number)}/machine`, 4, (state) => pe.visitState(state)), ...pe.cpu.snapshotParts(`pe${String(pe.number)}`)]),
    statePart('run', 1, (state) => machine.visitState(state)),
    statePart('counts', 1, (state) => machine.visitCounts(state)),
  ];
}
