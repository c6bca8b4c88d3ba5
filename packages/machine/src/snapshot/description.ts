/**
 * The description of a machine as a section: what makes an equal one, so that restoring needs no options. Its version grows
 * with `MachineDescription`. What a profile says is not saved but known by a fingerprint: a snapshot of other prices is refused.
 */
import { Sha256, type SectionReader, type SectionWriter } from '@worldswitch/cpu';
import { FeatureSet } from '@worldswitch/cpu/arch';
import type { MachineConfig, MachineDescription } from '../description.ts';
import { PROFILE_NAMES, PROFILES, type Profile, type ProfileName } from '../profiles.ts';

export const DESCRIPTION = { name: 'machine', version: 2 } as const;

const MOST_TEXT = 1 << 16;
const MOST_DISKS = 64;
const CLOCKS = ['retired', 'cost'] as const;

/** What is known of a disk without its contents. */
export interface SavedDisk {
  readonly size: number;
  readonly isReadOnly: boolean;
}

/** A description without what the host gives, and what the machine that is made of it must have. */
export interface SavedDescription {
  readonly description: Omit<MachineDescription, 'console' | 'virtioConsole' | 'trace' | 'translation' | 'native' | 'lead' | 'disks'>;
  readonly disks: readonly SavedDisk[];
  readonly hasVirtioConsole: boolean;
  readonly features: string;
}

interface Field<T, Read> {
  save(value: T, into: SectionWriter): void;
  read(from: SectionReader): Read;
}

/** ASCII. */
const text: Field<string, string> = {
  save: (value, into) => void into.text(value),
  read: (from) => from.text('a text', MOST_TEXT),
};
/** Anything that a user may have typed, in units of UTF-16. */
const typed: Field<string, string> = {
  save: (value, into) => {
    into.u32(value.length);
    for (let at = 0; at < value.length; at++) into.u32(value.charCodeAt(at));
  },
  read: (from) => Array.from({ length: from.within('the length of a text', 0, Math.min(MOST_TEXT, from.left / 4)) }, () => String.fromCharCode(from.within('a unit of UTF-16', 0, 0xffff))).join(''),
};
const word: Field<number, number> = {
  save: (value, into) => void into.u32(value),
  read: (from) => from.u32(),
};

/** How each part of a configuration is saved; null where it belongs to the host, or follows from others. */
const FIELDS = {
  profile: {
    save: (profile, into) => {
      text.save(profile.name, into);
      text.save(fingerprint(profile), into);
    },
    read: (from): { name: string; fingerprint: string } => ({ name: text.read(from), fingerprint: text.read(from) }),
  },
  clock: { save: (clock, into) => void into.u32(CLOCKS.indexOf(clock)), read: (from) => CLOCKS[from.within('the clock', 0, 1)]! },
  el: { save: (el, into) => void into.u32(el), read: (from) => (from.within('the EL of software', 1, 2) === 1 ? 1 : 2) },
  features: { save: (features, into) => text.save(features.list().join(' '), into), read: (from) => text.read(from) },
  gic: { save: (gic, into) => void into.u32(gic), read: (from) => (from.within('the version of the GIC', 2, 3) === 2 ? 2 : 3) },
  pes: word,
  memory: { save: (memory, into) => void into.integer(memory), read: (from) => from.integer('the size of RAM') },
  semihosting: {
    save: (semihosting, into) => {
      into.u32(semihosting === null ? 0 : 1);
      if (semihosting !== null) typed.save(semihosting.commandLine, into);
    },
    read: (from): { commandLine: string } | null => (from.within('semihosting', 0, 1) === 0 ? null : { commandLine: typed.read(from) }),
  },
  virtioConsole: { save: (listener, into) => void into.u32(listener === null ? 0 : 1), read: (from) => from.within('whether there is a virtio console', 0, 1) === 1 },
  seed: word,
  rtcStart: word,
  disks: {
    save: (disks, into) => {
      into.u32(disks.length);
      for (const { bytes, isReadOnly } of disks) into.integer(bytes.length).u32(isReadOnly ? 1 : 0);
    },
    read: (from): SavedDisk[] => Array.from({ length: from.within('the number of disks', 0, MOST_DISKS) }, () => ({ size: from.integer('the size of a disk'), isReadOnly: from.within('whether a disk is read-only', 0, 1) === 1 })),
  },
  // Follows from the version of the GIC: machines that are saved run machine code.
  its: null,
  native: null,
  lead: null,
  translation: null,
  console: null,
  trace: null,
} satisfies { readonly [Key in keyof MachineConfig]: Field<MachineConfig[Key], unknown> | null };

export function saveDescription(config: MachineConfig, into: SectionWriter): void {
  for (const [name, field] of Object.entries(FIELDS)) (field as Field<unknown, unknown> | null)?.save(config[name as keyof MachineConfig], into);
}

/** Reads a description. `own` is the profile of a machine of the caller's own. */
export function readDescription(from: SectionReader, own: Profile | null): SavedDescription {
  const { profile, clock, el, features, gic, pes, memory, semihosting, virtioConsole, seed, rtcStart, disks } = readFields(from);
  from.end();
  const known = own?.name === profile.name ? own : PROFILE_NAMES.includes(profile.name as ProfileName) ? PROFILES[profile.name as ProfileName] : null;
  if (known === null) from.fail(`no machine is called ${profile.name}`);
  if (fingerprint(known) !== profile.fingerprint) from.fail(`the machine ${profile.name} was another when it was saved: features or prices differ`);
  const hasVhe = features.split(' ').includes('VHE');
  return {
    description: { profile: known, clock, el, gic, pes, memory, seed, rtcStart, ...(el === 2 && { vhe: hasVhe }), ...(semihosting !== null && { semihosting }) },
    disks,
    hasVirtioConsole: virtioConsole,
    features,
  };
}

function readFields(from: SectionReader): { [Key in Saved]: ReturnType<(typeof FIELDS)[Key]['read']> } {
  const fields = Object.entries(FIELDS).flatMap(([name, field]) => (field === null ? [] : [[name, field.read(from)]]));
  return Object.fromEntries(fields) as ReturnType<typeof readFields>;
}

type Saved = { [Key in keyof typeof FIELDS]: (typeof FIELDS)[Key] extends null ? never : Key }[keyof typeof FIELDS];

/** SHA-256 of everything that a profile says. */
function fingerprint(profile: Profile): string {
  const plain = JSON.stringify(profile, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value instanceof FeatureSet ? value.list() : value));
  return new Sha256().update(Uint8Array.from(plain, (character) => character.charCodeAt(0))).hex();
}
