/**
 * Snapshots of whole machines: everything that decides what runs next, so that a machine that is made of one goes on as the
 * saved one would have. A snapshot is untrusted; one that is torn, foreign or newer is refused, and no machine is made of it.
 */
import { readSections, restoreParts, saveParts, sectionReader, SnapshotError, type Hash, type SectionReader, type Sections } from '@worldswitch/cpu';
import type { ConsoleListener } from '../console.ts';
import type { Disk } from '../devices/virtio/block.ts';
import { createMachine, type Machine } from '../machine.ts';
import type { Profile } from '../profiles.ts';
import type { TraceDescription } from '../trace/events.ts';
import { DESCRIPTION, readDescription, type SavedDescription } from './description.ts';
import { machineParts } from './parts.ts';

export type SaveResult = { readonly ok: true; readonly snapshot: Uint8Array } | { readonly ok: false; readonly error: SnapshotError };
export type RestoreResult = { readonly ok: true; readonly machine: Machine } | { readonly ok: false; readonly error: SnapshotError };

/** What of a machine is not state. */
export interface RestoreOptions {
  readonly console?: ConsoleListener;
  /** For a machine that has a virtio console. */
  readonly virtioConsole?: ConsoleListener;
  readonly trace?: TraceDescription;
  /** As in a description. */
  readonly translation?: boolean;
  /** Disks in place of the snapshot's own, with the same contents; what the guest writes goes there. */
  readonly disks?: readonly Disk[];
  /** The profile of a machine of the caller's own description. */
  readonly profile?: Profile;
  /** The host's SHA-256, where it is faster than ours. */
  readonly hash?: Hash;
}

/**
 * Saves a machine between two instructions, which is whenever `run` has returned. A machine with native software is refused:
 * what that holds beside the machine is not state.
 */
export function saveMachine(machine: Machine, { hash }: Pick<RestoreOptions, 'hash'> = {}): SaveResult {
  return attempt(() => {
    if (machine.config.native) throw new SnapshotError('machine', 0, 'a machine with native software cannot be saved');
    return { ok: true, snapshot: saveParts(machineParts(machine, { isFresh: false, comparesDisks: false }), hash) };
  });
}

/** Makes the machine that was saved. */
export function restoreMachine(snapshot: Uint8Array, options: RestoreOptions = {}): RestoreResult {
  return attempt(() => ({ ok: true, machine: restored(readSections(snapshot, options.hash), options) }));
}

/** Whom a snapshot is of, without a machine being made. */
export function describeSnapshot(snapshot: Uint8Array, { profile, hash }: Pick<RestoreOptions, 'profile' | 'hash'> = {}): { readonly ok: true; readonly saved: SavedDescription; readonly sections: Sections } | { readonly ok: false; readonly error: SnapshotError } {
  return attempt(() => {
    const sections = readSections(snapshot, hash);
    return { ok: true, saved: readDescription(sectionReader(sections, DESCRIPTION), profile ?? null), sections };
  });
}

function restored(sections: Sections, { console, virtioConsole = {}, trace, translation, disks, profile }: RestoreOptions): Machine {
  const reader: SectionReader = sectionReader(sections, DESCRIPTION);
  const saved = readDescription(reader, profile ?? null);
  const made = createMachine({
    ...saved.description,
    ...(console !== undefined && { console }),
    ...(saved.hasVirtioConsole && { virtioConsole }),
    ...(trace !== undefined && { trace }),
    ...(translation !== undefined && { translation }),
    disks: disks ?? newDisks(saved, sections),
  });
  if (!made.ok) reader.fail(made.error.message);
  const { machine } = made;
  if (machine.config.features.list().join(' ') !== saved.features) reader.fail('the core has other features than when it was saved');
  checkDisks(machine, saved);
  restoreParts(machineParts(machine, { isFresh: true, comparesDisks: disks !== undefined }), sections);
  return machine;
}

/** Disks of the sizes that were saved; a size is believed where the section of its contents agrees. */
function newDisks({ disks }: SavedDescription, sections: Sections): Disk[] {
  return disks.map(({ size, isReadOnly }, number) => {
    const part = { name: `disk${String(number)}`, version: 1 };
    const reader = sectionReader(sections, part);
    if (reader.integer('the base') !== 0 || reader.integer('the size') !== size || size > MOST_DISK_BYTES) reader.fail(`it is no disk of ${String(size)} bytes`);
    return { bytes: new Uint8Array(size), isReadOnly };
  });
}

const MOST_DISK_BYTES = 2 ** 31;

function checkDisks({ devices }: Machine, saved: SavedDescription): void {
  const { disks } = devices;
  if (disks.length !== saved.disks.length) throw new SnapshotError(DESCRIPTION.name, 0, `the machine has ${String(saved.disks.length)} disks, but ${String(disks.length)} were given`);
  saved.disks.forEach(({ size, isReadOnly }, number) => {
    const given = disks[number]!;
    if (given.bytes.length !== size || given.isReadOnly !== isReadOnly) {
      throw new SnapshotError(`disk${String(number)}`, 0, `it has ${String(size)} bytes${isReadOnly ? ', read-only' : ''}, and what was given ${String(given.bytes.length)}${given.isReadOnly ? ', read-only' : ''}`);
    }
  });
}

/** What is wrong with a snapshot is a result; what is wrong with us is not. */
function attempt<T extends { readonly ok: true }>(act: () => T): T | { readonly ok: false; readonly error: SnapshotError } {
  try {
    return act();
  } catch (error) {
    if (error instanceof SnapshotError) return { ok: false, error };
    throw error;
  }
}
