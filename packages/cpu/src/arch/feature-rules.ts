/**
 * Which feature needs which other one (DDI 0487, part A, "Armv8-A architecture extensions", and the description of each
 * field of the ID registers: the values that "imply" another). Facts only; a core whose features leave one out is refused.
 */
import type { Feature, FeatureSet } from './features.ts';

/** What must be on for a feature to be on. */
export const FEATURE_REQUIRES: Readonly<Partial<Record<Feature, readonly Feature[]>>> = {
  // One is never without the other.
  FP: ['AdvSIMD'],
  AdvSIMD: ['FP'],
  AES: ['AdvSIMD'],
  PMULL: ['AES'],
  SHA1: ['AdvSIMD'],
  SHA256: ['SHA1'],
  AA32EL1: ['AA32EL0'],
  RDM: ['AdvSIMD'],
  PMUv3p1: ['PMUv3'],
  PAN2: ['PAN'],
  IESB: ['RAS'],
  HPDS2: ['HPDS'],
  FP16: ['FP'],
  DotProd: ['AdvSIMD'],
  FHM: ['FP16'],
  SHA512: ['SHA256'],
  SHA3: ['SHA512'],
  SM3: ['AdvSIMD'],
  SM4: ['AdvSIMD', 'SM3'],
  BF16: ['AdvSIMD'],
  I8MM: ['AdvSIMD'],
  SVE: ['FP16'],
  FCMA: ['AdvSIMD'],
  JSCVT: ['FP'],
  NV: ['VHE'],
  LRCPC2: ['LRCPC'],
  TLBIRANGE: ['TLBIOS'],
  SEL2: ['EL2'],
  PMUv3p4: ['PMUv3p1'],
  RASv1p1: ['RAS'],
  GICv4p1: ['GICv3'],
  NV2: ['NV'],
  FlagM2: ['FlagM'],
  FRINTTS: ['FP'],
  SSBS2: ['SSBS'],
  CSV2_2: ['CSV2'],
  DPB2: ['DPB'],
  PMUv3p5: ['PMUv3p4'],
  MTE2: ['MTE'],
};

/** A feature that is on although one that it needs is off. */
export interface MissingFeature {
  readonly feature: Feature;
  readonly requires: Feature;
}

/** Every feature of the set that needs one which is not in it. */
export function missingFeatures(features: FeatureSet): MissingFeature[] {
  return features.list().flatMap((feature) => (FEATURE_REQUIRES[feature] ?? []).filter((requires) => !features.has(requires)).map((requires) => ({ feature, requires })));
}

/** The set without `feature` and without everything that needs it. */
export function withoutFeature(features: FeatureSet, feature: Feature): FeatureSet {
  let left = features.without(feature);
  for (let missing = missingFeatures(left); missing.length > 0; missing = missingFeatures(left)) {
    left = left.without(...missing.map((one) => one.feature));
  }
  return left;
}

/** The set with `feature` and everything that it needs. */
export function withFeature(features: FeatureSet, feature: Feature): FeatureSet {
  let all = features.with(feature);
  for (let missing = missingFeatures(all); missing.length > 0; missing = missingFeatures(all)) {
    all = all.with(...missing.map((one) => one.requires));
  }
  return all;
}

