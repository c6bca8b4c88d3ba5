/**
 * The machines that we model: what their cores are and have, and which prices are theirs. Figures of published machines
 * are from public manuals and errata lists as far as those say; the rest is estimated.
 */
import { FeatureSet, type Feature } from '@worldswitch/cpu/arch';
import { PRICES, type PriceList } from './prices.ts';

export const PROFILE_NAMES = ['generic', 'mustang', 'seattle', 'seattle-vhe', 'thunderx', 'thunderx2'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export interface Profile {
  readonly name: ProfileName;
  readonly title: string;
  readonly midr: bigint;
  /** Features with EL2; GICv3 is here where the machine has one. */
  readonly features: FeatureSet;
  readonly gic: 2 | 3;
  readonly lrCount: number;
  /** Bits of a virtual priority, and those of them that can preempt. */
  readonly priorityBits: number;
  readonly preemptionBits: number;
  /** Frequency of the core and of the counter. */
  readonly clockHz: number;
  readonly counterHz: number;
  readonly paBits: number;
  readonly breakpoints: number;
  readonly watchpoints: number;
  readonly prices: PriceList;
}

/** What every machine has beside the mandatory part of its architecture version. */
const BASE: readonly Feature[] = ['EL2', 'PMUv3', 'DoubleLock'];
const CRYPTO: readonly Feature[] = ['AES', 'PMULL', 'SHA1', 'SHA256'];

const GENERIC: Profile = {
  name: 'generic',
  title: 'no real machine: Armv8.2 with VHE',
  midr: 0x000f_0000n,
  features: FeatureSet.upTo('v8.2', 'mandatory').with(...BASE, ...CRYPTO, 'CRC32', 'GICv3', 'VMID16', 'HAFDBS', 'PMUv3p1', 'IESB'),
  gic: 3,
  lrCount: 4,
  priorityBits: 5,
  preemptionBits: 5,
  clockHz: 2_000_000_000,
  counterHz: 62_500_000,
  paBits: 48,
  breakpoints: 6,
  watchpoints: 4,
  prices: PRICES.thunderx2,
};

const MUSTANG: Profile = {
  ...GENERIC,
  name: 'mustang',
  title: 'APM X-Gene (Mustang, HP m400), 2.4 GHz',
  midr: 0x500f_0000n,
  features: FeatureSet.upTo('v8.0', 'mandatory').with(...BASE),
  gic: 2,
  clockHz: 2_400_000_000,
  counterHz: 50_000_000,
  paBits: 42,
  breakpoints: 4,
  prices: PRICES.mustang,
};

const SEATTLE: Profile = {
  ...GENERIC,
  name: 'seattle',
  title: 'AMD Seattle, Cortex-A57, 2.0 GHz',
  midr: 0x411f_d072n,
  features: FeatureSet.upTo('v8.0', 'mandatory').with(...BASE, ...CRYPTO, 'CRC32'),
  gic: 2,
  counterHz: 250_000_000,
  paBits: 44,
  prices: PRICES.seattle,
};

const SEATTLE_VHE: Profile = { ...SEATTLE, name: 'seattle-vhe', title: 'hypothetical: Seattle with VHE', features: SEATTLE.features.with('VHE') };

const THUNDERX: Profile = {
  ...GENERIC,
  name: 'thunderx',
  title: 'Cavium ThunderX, 2.0 GHz',
  midr: 0x430f_0a11n,
  features: FeatureSet.upTo('v8.0', 'mandatory').with(...BASE, ...CRYPTO, 'CRC32', 'LSE', 'GICv3'),
  lrCount: 16,
  counterHz: 100_000_000,
  prices: PRICES.thunderx,
};

const THUNDERX2: Profile = {
  ...GENERIC,
  name: 'thunderx2',
  title: 'Cavium ThunderX2, 2.2 GHz',
  midr: 0x431f_0af1n,
  features: FeatureSet.upTo('v8.1', 'mandatory').with(...BASE, ...CRYPTO, 'CRC32', 'GICv3', 'VMID16', 'HAFDBS', 'PMUv3p1'),
  clockHz: 2_200_000_000,
  counterHz: 200_000_000,
  paBits: 44,
};

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  generic: GENERIC,
  mustang: MUSTANG,
  seattle: SEATTLE,
  'seattle-vhe': SEATTLE_VHE,
  thunderx: THUNDERX,
  thunderx2: THUNDERX2,
};
