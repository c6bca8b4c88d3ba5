/**
 * The machines that we model: what is around their cores, and which prices are theirs. Figures of published machines
 * are from public manuals and errata lists as far as those say; the rest is estimated.
 */
import { CORE_NAMES, CORES, type CoreDescription, type CoreName } from '@worldswitch/cpu';
import { PRICES, type PriceList } from './prices.ts';

/** A machine is called as its core is. */
export const PROFILE_NAMES = CORE_NAMES;
export type ProfileName = CoreName;

export interface Profile extends CoreDescription {
  readonly name: ProfileName;
  readonly title: string;
  readonly gic: 2 | 3;
  readonly lrCount: number;
  /** Bits of a virtual priority, and those of them that can preempt. */
  readonly priorityBits: number;
  readonly preemptionBits: number;
  /** Frequency of the core and of the counter. */
  readonly clockHz: number;
  readonly counterHz: number;
  readonly prices: PriceList;
}

const GENERIC: Profile = {
  name: 'generic',
  title: 'no real machine: Armv8.2 with VHE',
  ...CORES.generic,
  gic: 3,
  lrCount: 4,
  priorityBits: 5,
  preemptionBits: 5,
  clockHz: 2_000_000_000,
  counterHz: 62_500_000,
  prices: PRICES.thunderx2,
};

const MUSTANG: Profile = {
  ...GENERIC,
  name: 'mustang',
  title: 'APM X-Gene (Mustang, HP m400), 2.4 GHz',
  ...CORES.mustang,
  gic: 2,
  clockHz: 2_400_000_000,
  counterHz: 50_000_000,
  prices: PRICES.mustang,
};

const SEATTLE: Profile = {
  ...GENERIC,
  name: 'seattle',
  title: 'AMD Seattle, Cortex-A57, 2.0 GHz',
  ...CORES.seattle,
  gic: 2,
  counterHz: 250_000_000,
  prices: PRICES.seattle,
};

const SEATTLE_VHE: Profile = { ...SEATTLE, name: 'seattle-vhe', title: 'hypothetical: Seattle with VHE', ...CORES['seattle-vhe'] };

const THUNDERX: Profile = {
  ...GENERIC,
  name: 'thunderx',
  title: 'Cavium ThunderX, 2.0 GHz',
  ...CORES.thunderx,
  lrCount: 16,
  counterHz: 100_000_000,
  prices: PRICES.thunderx,
};

const THUNDERX2: Profile = {
  ...GENERIC,
  name: 'thunderx2',
  title: 'Cavium ThunderX2, 2.2 GHz',
  ...CORES.thunderx2,
  clockHz: 2_200_000_000,
  counterHz: 200_000_000,
};

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  generic: GENERIC,
  mustang: MUSTANG,
  seattle: SEATTLE,
  'seattle-vhe': SEATTLE_VHE,
  thunderx: THUNDERX,
  thunderx2: THUNDERX2,
};
