/** What a machine is to be, as data; and what is wrong with a description, as a typed error. */
import { mostRam } from '@worldswitch/cpu';
import { withoutFeature, type FeatureSet } from '@worldswitch/cpu/arch';
import type { ConsoleListener } from './console.ts';
import type { Disk } from './devices/virtio/block.ts';
import { PROFILE_NAMES, PROFILES, type Profile, type ProfileName } from './profiles.ts';
import type { ClockName } from './time/clock.ts';
import type { TraceDescription } from './trace/events.ts';

/**
 * `quantum`: PEs take turns of thousands of instructions, and an interrupt of another PE arrives at once. `sgi`: the PE with the lowest
 * local time runs one instruction, and an IRQ that another PE raises is seen after the latency of an SGI: what measurements need. A PE that
 * yields then goes on to its own next deadline at the most, also where it is alone.
 */
export type Lead = 'quantum' | 'sgi';

export interface MachineDescription {
  /** By name, or a machine of the caller's own description. */
  readonly profile: ProfileName | Profile;
  /** What the counters follow: `cost` unless given. */
  readonly clock?: ClockName;
  /** The EL that software starts at: 1 unless given, and then EL2 is not implemented. */
  readonly el?: 1 | 2;
  /** Whether the core has FEAT_VHE: as the profile unless given. */
  readonly vhe?: boolean;
  /** The interrupt controller's version: the profile's unless given. */
  readonly gic?: 2 | 3;
  /** How many PEs: 1 unless given. The first starts, the others are off. */
  readonly pes?: number;
  /** Bytes of RAM: 512 MiB unless given. */
  readonly memory?: number;
  /** Whether HLT #0xF000 calls the host, and what SYS_GET_CMDLINE says. */
  readonly semihosting?: { readonly commandLine: string };
  /** Whether native software may be placed in native text; it needs EL2, and each PE has a software port. */
  readonly native?: boolean;
  /** How far one PE runs ahead of another: see {@link Lead}; `quantum` unless given. For native software, under the clock `cost`. */
  readonly lead?: Lead;
  /** Whether hot code is compiled: yes unless false is given. Everything is the same without, but slower. */
  readonly translation?: boolean;
  readonly console?: ConsoleListener;
  /** Who watches a virtio console, which then takes what is typed in place of the UART; none unless given. */
  readonly virtioConsole?: ConsoleListener;
  /** What virtio-rng, kaslr-seed and rng-seed are derived from: 1 unless given. */
  readonly seed?: number;
  /** What the real-time clock shows at virtual time 0, in seconds since 1970: 2018-02-15 unless given. */
  readonly rtcStart?: number;
  /** Block devices: each takes a virtio slot. */
  readonly disks?: readonly Disk[];
  /** Events that are told as they happen; nothing unless given, and then nothing is paid for it. */
  readonly trace?: TraceDescription;
}

export interface DescriptionError {
  readonly code: 'no-profile' | 'no-vhe' | 'no-el2' | 'bad-gic' | 'bad-pes' | 'bad-memory' | 'bad-disk' | 'bad-seed' | 'bad-time';
  readonly message: string;
}

/** A description with everything decided. */
export interface MachineConfig {
  readonly profile: Profile;
  readonly clock: ClockName;
  readonly el: 1 | 2;
  readonly features: FeatureSet;
  readonly gic: 2 | 3;
  /** Whether there is an interrupt translation service beside a GICv3. */
  readonly its: boolean;
  readonly pes: number;
  readonly memory: number;
  readonly semihosting: { readonly commandLine: string } | null;
  readonly native: boolean;
  readonly lead: Lead;
  readonly translation: boolean;
  readonly console: ConsoleListener;
  readonly virtioConsole: ConsoleListener | null;
  readonly seed: number;
  readonly rtcStart: number;
  readonly disks: readonly Disk[];
  readonly trace: TraceDescription | null;
}

const MIB = 1024 * 1024;
const DEFAULT_MEMORY = 512 * MIB;
/** Smallest unit of RAM: a page of WebAssembly, and of the largest translation granule. */
const MEMORY_UNIT = 0x1_0000;
/** GICv2 has eight CPU interfaces; the other figure is our own limit. */
export const MAX_PES = { 2: 8, 3: 16 } as const;

/** 2018-02-15T00:00:00Z. */
const DEFAULT_RTC = 1_518_652_800;
const SECTOR = 512;
const MAX_WORD = 0xffff_ffff;
/** One virtio slot is the entropy device's, one the console's. */
const MAX_DISKS = 30;

export type ConfigResult = { readonly ok: true; readonly config: MachineConfig } | { readonly ok: false; readonly error: DescriptionError };

export function checkDescription(description: MachineDescription): ConfigResult {
  const { clock = 'cost', pes = 1, memory = DEFAULT_MEMORY, native = false, lead = 'quantum', translation = true } = description;
  const el = description.el ?? (native ? 2 : 1);
  const profile = profileOf(description.profile);
  if (profile === null) return failure('no-profile', `no machine is called ${typeof description.profile === 'string' ? description.profile : description.profile.name}; there are ${PROFILE_NAMES.join(', ')}`);
  const gic = description.gic ?? profile.gic;
  if (native && el === 1) return failure('no-el2', 'native software needs EL2: start at EL2');
  if (description.vhe === true && el === 1) return failure('no-vhe', 'VHE needs EL2: start at EL2, or leave it out');
  if (!Number.isInteger(pes) || pes < 1 || pes > MAX_PES[gic]) return failure('bad-pes', `${String(pes)} PEs: a machine with GICv${String(gic)} has 1 to ${String(MAX_PES[gic])}`);
  const most = mostRam(pes);
  if (!Number.isInteger(memory) || memory < MEMORY_UNIT || memory > most || memory % MEMORY_UNIT !== 0) {
    return failure('bad-memory', `${String(memory)} bytes of RAM: a machine has a multiple of 64 KiB, up to ${String(Math.floor(most / MIB))} MiB with that many PEs`);
  }
  const { seed = 1, rtcStart = DEFAULT_RTC, disks = [] } = description;
  if (!Number.isInteger(seed) || seed < 0 || seed > MAX_WORD) return failure('bad-seed', `seed ${String(seed)}: it is a whole number from 0 to ${String(MAX_WORD)}`);
  if (!Number.isInteger(rtcStart) || rtcStart < 0 || rtcStart > MAX_WORD) return failure('bad-time', `time ${String(rtcStart)}: the real-time clock holds seconds since 1970, 0 to ${String(MAX_WORD)}`);
  const badDisk = checkDisks(disks);
  if (badDisk !== null) return { ok: false, error: badDisk };
  const features = featuresOf(profile, el, description.vhe, gic);
  return {
    ok: true,
    config: { profile, clock, el, features, gic, its: gic === 3, pes, memory, semihosting: description.semihosting ?? null, native, lead, translation, console: description.console ?? {}, virtioConsole: description.virtioConsole ?? null, seed, rtcStart, disks, trace: description.trace ?? null },
  };
}

/** What is wrong with disks; null where nothing is. */
export function checkDisks(disks: readonly Disk[]): DescriptionError | null {
  if (disks.length > MAX_DISKS) return { code: 'bad-disk', message: `${String(disks.length)} disks: a machine has room for ${String(MAX_DISKS)}` };
  const bad = disks.find(({ bytes }) => bytes.length === 0 || bytes.length % SECTOR !== 0);
  return bad === undefined ? null : { code: 'bad-disk', message: `a disk of ${String(bad.bytes.length)} bytes: it is a whole number of sectors of ${String(SECTOR)} bytes` };
}

function profileOf(profile: ProfileName | Profile): Profile | null {
  if (typeof profile !== 'string') return profile;
  return PROFILE_NAMES.includes(profile) ? PROFILES[profile] : null;
}

function featuresOf(profile: Profile, el: 1 | 2, vhe: boolean | undefined, gic: 2 | 3): FeatureSet {
  let { features } = profile;
  if (vhe !== undefined) features = vhe ? features.with('VHE') : withoutFeature(features, 'VHE');
  features = gic === 3 ? features.with('GICv3') : withoutFeature(features, 'GICv3');
  return el === 1 ? withoutFeature(withoutFeature(features, 'EL2'), 'VHE') : features;
}

function failure(code: DescriptionError['code'], message: string): ConfigResult {
  return { ok: false, error: { code, message } };
}
