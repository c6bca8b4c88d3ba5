// @ts-check
/**
 * The feature sets of the decode check, each as our features and as llvm-mc spells them. llvm-mc 14 has one name for some
 * pairs of ours (aes is AES and PMULL, sha2 is SHA1 and SHA256, sha3 is SHA512 and SHA3, sm4 is SM3 and SM4). FP and AdvSIMD
 * are not taken away: llvm-mc asks no feature of the loads and stores of their registers.
 */
import { FeatureSet } from '../../../packages/cpu/dist/arch/index.js';

/** @typedef {{ name: string, features: FeatureSet, mattr: string }} Set */

const V80 = '+fp-armv8,+neon,+crc,+aes,+sha2,+perfmon,+el2vmsa,+el3';
const V82 = `${V80},+fullfp16,+dotprod,+fp16fml,+sha3,+sm4,+bf16,+i8mm,+spe`;
const V85 = `${V82},+rand,+mte`;

/** What llvm-mc calls the optional features of each version. */
const VERSIONS = /** @type {const} */ ([
  ['v8.0', `+v8a,${V80}`],
  ['v8.1', `+v8.1a,${V80}`],
  ['v8.2', `+v8.2a,${V82}`],
  ['v8.3', `+v8.3a,${V82}`],
  ['v8.4', `+v8.4a,${V82}`],
  ['v8.5', `+v8.5a,${V85}`],
]);

/** Features to take away from v8.5 one at a time, with what depends on them. */
const SINGLE = /** @type {const} */ ([
  ['CRC32', '-crc', []],
  ['AES', '-aes', ['PMULL']],
  ['SHA1', '-sha2', ['SHA256', 'SHA512', 'SHA3']],
  ['LSE', '-lse', []],
  ['RDM', '-rdm', []],
  ['LOR', '-lor', []],
  ['PAN', '-pan', ['PAN2']],
  ['UAO', '-uaops', []],
  ['FP16', '-fullfp16', ['FHM']],
  ['DotProd', '-dotprod', []],
  ['FHM', '-fp16fml', []],
  ['SHA512', '-sha3', ['SHA3']],
  ['SM3', '-sm4', ['SM4']],
  ['BF16', '-bf16', []],
  ['I8MM', '-i8mm', []],
  ['PAuth', '-pauth', []],
  ['FCMA', '-complxnum', []],
  ['JSCVT', '-jsconv', []],
  ['LRCPC', '-rcpc,-rcpc-immo', ['LRCPC2']],
  ['LRCPC2', '-rcpc-immo', []],
  ['DIT', '-dit', []],
  ['FlagM', '-flagm', []],
  ['FlagM2', '-altnzcv', []],
  ['FRINTTS', '-fptoint', []],
  ['SB', '-sb', []],
  ['SSBS', '-ssbs', ['SSBS2']],
  ['MTE', '-mte', ['MTE2']],
]);

/** Everything of v8.5: the set in which texts are compared. @type {Set} */
export const FULL = { name: 'v8.5', features: FeatureSet.upTo('v8.5', 'all'), mattr: `+v8.5a,${V85}` };

/** Every set that is checked. @type {readonly Set[]} */
export const FEATURE_SETS = [
  ...VERSIONS.map(([version, mattr]) => ({ name: version, features: FeatureSet.upTo(version, 'all'), mattr })),
  ...SINGLE.map(([feature, off, dependents]) => ({ name: `v8.5 without ${feature}`, features: FULL.features.without(feature, ...dependents), mattr: `${FULL.mattr},${off}` })),
];

/** What llvm-mc 14 knows beyond v8.5, SVE and SME included: to tell words of later versions from words that nobody knows. */
export const LATER_MATTR = `+v9.3a,${V85},+sve2,+sve2-aes,+sve2-bitperm,+sve2-sha3,+sve2-sm4,+f32mm,+f64mm,+sme,+sme-f64,+sme-i64,+tme,+ls64,+hbc,+mops,+wfxt,+xs,+brbe,+rme,+spe-eef`;
