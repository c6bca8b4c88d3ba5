/**
 * The cores that we know by name: features and identification, without prices (`machine` adds those). Figures of published
 * cores are from public manuals and errata lists as far as those say; the rest is estimated.
 */
import { FeatureSet, type Feature } from './arch/features.ts';
import type { CoreIdentity } from './sysreg/id-values.ts';

export const CORE_NAMES = ['generic', 'mustang', 'seattle', 'seattle-vhe', 'thunderx', 'thunderx2'] as const;
export type CoreName = (typeof CORE_NAMES)[number];

/** A core: its features, and what its identification registers say besides. */
export interface CoreDescription extends CoreIdentity {
  readonly features: FeatureSet;
}

/** What every core has beside the mandatory part of its architecture version. */
const BASE: readonly Feature[] = ['EL2', 'PMUv3', 'DoubleLock'];
const CRYPTO: readonly Feature[] = ['AES', 'PMULL', 'SHA1', 'SHA256'];

const SEATTLE: CoreDescription = {
  midr: 0x411f_d072n,
  features: FeatureSet.upTo('v8.0', 'mandatory').with(...BASE, ...CRYPTO, 'CRC32'),
  paBits: 44,
  breakpoints: 6,
  watchpoints: 4,
};

export const CORES: Readonly<Record<CoreName, CoreDescription>> = {
  /** No real core: Armv8.2 with VHE. It predicts and speculates nothing, so that kernels need no mitigations. */
  generic: {
    midr: 0x000f_0000n,
    features: FeatureSet.upTo('v8.2', 'mandatory').with(...BASE, ...CRYPTO, 'CRC32', 'GICv3', 'VMID16', 'HAFDBS', 'PMUv3p1', 'IESB', 'CSV2', 'CSV3', 'FP16', 'FHM', 'DotProd', 'SHA512', 'SHA3', 'SM3', 'SM4'),
    paBits: 48,
    breakpoints: 6,
    watchpoints: 4,
  },
  /** APM X-Gene. */
  mustang: { midr: 0x500f_0000n, features: FeatureSet.upTo('v8.0', 'mandatory').with(...BASE), paBits: 42, breakpoints: 4, watchpoints: 4 },
  /** AMD Seattle: Cortex-A57. */
  seattle: SEATTLE,
  /** Hypothetical: Seattle with VHE. */
  'seattle-vhe': { ...SEATTLE, features: SEATTLE.features.with('VHE') },
  /** Cavium ThunderX. */
  thunderx: {
    midr: 0x430f_0a11n,
    features: FeatureSet.upTo('v8.0', 'mandatory').with(...BASE, ...CRYPTO, 'CRC32', 'LSE', 'GICv3'),
    paBits: 48,
    breakpoints: 6,
    watchpoints: 4,
  },
  /** Cavium ThunderX2. */
  thunderx2: {
    midr: 0x431f_0af1n,
    features: FeatureSet.upTo('v8.1', 'mandatory').with(...BASE, ...CRYPTO, 'CRC32', 'GICv3', 'VMID16', 'HAFDBS', 'PMUv3p1'),
    paBits: 44,
    breakpoints: 6,
    watchpoints: 4,
  },
};
