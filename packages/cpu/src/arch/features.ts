/**
 * Architecture features by the manual's names without `FEAT_`. A feature that is off makes its encodings UNDEFINED (or
 * NOPs in hint space), its registers UNDEFINED and its control bits RES0 (DDI 0487, "Architectural features").
 */
import { InvariantError } from '../invariant.ts';

/** Architecture versions, oldest first. */
export const ARCH_VERSIONS = ['v8.0', 'v8.1', 'v8.2', 'v8.3', 'v8.4', 'v8.5'] as const;
export type ArchVersion = (typeof ARCH_VERSIONS)[number];

export interface FeatureInfo {
  /** The version that introduces it. */
  readonly since: ArchVersion;
  /** Whether a core of that version must have it. */
  readonly mandatory: boolean;
  /** The ID field and the smallest (unsigned) value that reports it; null where no ID field does. */
  readonly id: string | null;
  readonly title: string;
}

const row = (since: ArchVersion, mandatory: 0 | 1, id: string | null, title: string): FeatureInfo => ({ since, mandatory: mandatory === 1, id, title });

/** Every feature that a table row may name, in the order of the versions. */
export const FEATURES = {
  FP: row('v8.0', 1, 'ID_AA64PFR0_EL1.FP>=0', 'Floating-point'),
  AdvSIMD: row('v8.0', 1, 'ID_AA64PFR0_EL1.AdvSIMD>=0', 'Advanced SIMD'),
  CRC32: row('v8.0', 0, 'ID_AA64ISAR0_EL1.CRC32>=1', 'CRC32 instructions (mandatory from v8.1)'),
  AES: row('v8.0', 0, 'ID_AA64ISAR0_EL1.AES>=1', 'AES instructions'),
  PMULL: row('v8.0', 0, 'ID_AA64ISAR0_EL1.AES>=2', 'PMULL and PMULL2 of 64-bit elements'),
  SHA1: row('v8.0', 0, 'ID_AA64ISAR0_EL1.SHA1>=1', 'SHA1 instructions'),
  SHA256: row('v8.0', 0, 'ID_AA64ISAR0_EL1.SHA2>=1', 'SHA256 instructions'),
  PMUv3: row('v8.0', 0, 'ID_AA64DFR0_EL1.PMUVer>=1', 'Performance Monitors'),
  GICv3: row('v8.0', 0, 'ID_AA64PFR0_EL1.GIC>=1', 'System register interface to the GIC'),
  EL2: row('v8.0', 0, 'ID_AA64PFR0_EL1.EL2>=1', 'EL2'),
  EL3: row('v8.0', 0, 'ID_AA64PFR0_EL1.EL3>=1', 'EL3 (not modelled)'),
  AA32EL1: row('v8.0', 0, 'ID_AA64PFR0_EL1.EL1>=2', 'AArch32 at EL1'),
  TRBE: row('v8.0', 0, 'ID_AA64DFR0_EL1.TraceVer>=1', 'Trace unit system registers'),
  DoubleLock: row('v8.0', 0, 'ID_AA64DFR0_EL1.DoubleLock>=0', 'OS Double Lock'),
  LSE: row('v8.1', 1, 'ID_AA64ISAR0_EL1.Atomic>=2', 'Large System Extensions: atomics'),
  RDM: row('v8.1', 1, 'ID_AA64ISAR0_EL1.RDM>=1', 'Rounding doubling multiply accumulate'),
  LOR: row('v8.1', 1, 'ID_AA64MMFR1_EL1.LO>=1', 'Limited ordering regions'),
  HPDS: row('v8.1', 1, 'ID_AA64MMFR1_EL1.HPDS>=1', 'Hierarchical permission disables'),
  PAN: row('v8.1', 1, 'ID_AA64MMFR1_EL1.PAN>=1', 'Privileged access never'),
  VHE: row('v8.1', 1, 'ID_AA64MMFR1_EL1.VH>=1', 'Virtualization Host Extensions'),
  HAFDBS: row('v8.1', 0, 'ID_AA64MMFR1_EL1.HAFDBS>=1', 'Hardware access flag and dirty state'),
  VMID16: row('v8.1', 0, 'ID_AA64MMFR1_EL1.VMIDBits>=2', '16-bit VMID'),
  PMUv3p1: row('v8.1', 0, 'ID_AA64DFR0_EL1.PMUVer>=4', 'PMUv3 for v8.1'),
  UAO: row('v8.2', 1, 'ID_AA64MMFR2_EL1.UAO>=1', 'User access override'),
  PAN2: row('v8.2', 1, 'ID_AA64MMFR1_EL1.PAN>=2', 'AT S1E1RP and AT S1E1WP'),
  DPB: row('v8.2', 1, 'ID_AA64ISAR1_EL1.DPB>=1', 'DC CVAP'),
  XNX: row('v8.2', 1, 'ID_AA64MMFR1_EL1.XNX>=1', 'Execute-never by EL at stage 2'),
  TTCNP: row('v8.2', 1, 'ID_AA64MMFR2_EL1.CnP>=1', 'Common not private translations'),
  RAS: row('v8.2', 1, 'ID_AA64PFR0_EL1.RAS>=1', 'Reliability, availability and serviceability'),
  Debugv8p2: row('v8.2', 1, 'ID_AA64DFR0_EL1.DebugVer>=8', 'Debug v8.2'),
  IESB: row('v8.2', 0, 'ID_AA64MMFR2_EL1.IESB>=1', 'Implicit error synchronization'),
  HPDS2: row('v8.2', 0, 'ID_AA64MMFR1_EL1.HPDS>=2', 'Translation table page-based hardware attributes'),
  LVA: row('v8.2', 0, 'ID_AA64MMFR2_EL1.VARange>=1', '52-bit VA'),
  LPA: row('v8.2', 0, 'ID_AA64MMFR0_EL1.PARange>=6', '52-bit PA'),
  EVT: row('v8.2', 0, 'ID_AA64MMFR2_EL1.EVT>=1', 'Enhanced virtualization traps'),
  FP16: row('v8.2', 0, 'ID_AA64PFR0_EL1.FP>=1', 'Half-precision data processing'),
  DotProd: row('v8.2', 0, 'ID_AA64ISAR0_EL1.DP>=1', 'Integer dot product'),
  FHM: row('v8.2', 0, 'ID_AA64ISAR0_EL1.FHM>=1', 'FMLAL and FMLSL'),
  SHA512: row('v8.2', 0, 'ID_AA64ISAR0_EL1.SHA2>=2', 'SHA512 instructions'),
  SHA3: row('v8.2', 0, 'ID_AA64ISAR0_EL1.SHA3>=1', 'SHA3 instructions'),
  SM3: row('v8.2', 0, 'ID_AA64ISAR0_EL1.SM3>=1', 'SM3 instructions'),
  SM4: row('v8.2', 0, 'ID_AA64ISAR0_EL1.SM4>=1', 'SM4 instructions'),
  BF16: row('v8.2', 0, 'ID_AA64ISAR1_EL1.BF16>=1', 'BFloat16 (optional from v8.2, mandatory from v8.6)'),
  I8MM: row('v8.2', 0, 'ID_AA64ISAR1_EL1.I8MM>=1', 'Int8 matrix multiply (optional from v8.2, mandatory from v8.6)'),
  SVE: row('v8.2', 0, 'ID_AA64PFR0_EL1.SVE>=1', 'Scalable Vector Extension (not modelled)'),
  SPE: row('v8.2', 0, 'ID_AA64DFR0_EL1.PMSVer>=1', 'Statistical Profiling (not modelled)'),
  PAuth: row('v8.3', 1, 'ID_AA64ISAR1_EL1.API>=1', 'Pointer authentication'),
  FCMA: row('v8.3', 1, 'ID_AA64ISAR1_EL1.FCMA>=1', 'Complex number instructions'),
  JSCVT: row('v8.3', 1, 'ID_AA64ISAR1_EL1.JSCVT>=1', 'FJCVTZS'),
  LRCPC: row('v8.3', 1, 'ID_AA64ISAR1_EL1.LRCPC>=1', 'LDAPR'),
  CCIDX: row('v8.3', 0, 'ID_AA64MMFR2_EL1.CCIDX>=1', 'Extended cache index'),
  NV: row('v8.3', 0, 'ID_AA64MMFR2_EL1.NV>=1', 'Nested virtualization'),
  DIT: row('v8.4', 1, 'ID_AA64PFR0_EL1.DIT>=1', 'Data independent timing'),
  FlagM: row('v8.4', 1, 'ID_AA64ISAR0_EL1.TS>=1', 'Flag manipulation'),
  LRCPC2: row('v8.4', 1, 'ID_AA64ISAR1_EL1.LRCPC>=2', 'LDAPUR and STLUR'),
  LSE2: row('v8.4', 1, 'ID_AA64MMFR2_EL1.AT>=1', 'Single-copy atomic unaligned accesses'),
  TLBIOS: row('v8.4', 1, 'ID_AA64ISAR0_EL1.TLB>=1', 'TLBI to the Outer Shareable domain'),
  TLBIRANGE: row('v8.4', 1, 'ID_AA64ISAR0_EL1.TLB>=2', 'TLBI by range'),
  TTL: row('v8.4', 1, 'ID_AA64MMFR2_EL1.TTL>=1', 'Translation table level hint'),
  S2FWB: row('v8.4', 1, 'ID_AA64MMFR2_EL1.FWB>=1', 'Stage 2 forced write-back'),
  TTST: row('v8.4', 1, 'ID_AA64MMFR2_EL1.ST>=1', 'Small translation tables'),
  IDST: row('v8.4', 1, 'ID_AA64MMFR2_EL1.IDS>=1', 'ID space trap handling'),
  TRF: row('v8.4', 1, 'ID_AA64DFR0_EL1.TraceFilt>=1', 'Self-hosted trace'),
  SEL2: row('v8.4', 0, 'ID_AA64PFR0_EL1.SEL2>=1', 'Secure EL2 (not modelled)'),
  MPAM: row('v8.4', 0, 'ID_AA64PFR0_EL1.MPAM>=1', 'Memory partitioning and monitoring (not modelled)'),
  AMUv1: row('v8.4', 0, 'ID_AA64PFR0_EL1.AMU>=1', 'Activity Monitors (not modelled)'),
  NV2: row('v8.4', 0, 'ID_AA64MMFR2_EL1.NV>=2', 'Enhanced nested virtualization'),
  DoPD: row('v8.4', 0, null, 'Debug over power down'),
  BTI: row('v8.5', 1, 'ID_AA64PFR1_EL1.BT>=1', 'Branch target identification'),
  FlagM2: row('v8.5', 1, 'ID_AA64ISAR0_EL1.TS>=2', 'Flag format conversion'),
  FRINTTS: row('v8.5', 1, 'ID_AA64ISAR1_EL1.FRINTTS>=1', 'Round to 32- or 64-bit integer'),
  SB: row('v8.5', 1, 'ID_AA64ISAR1_EL1.SB>=1', 'Speculation barrier'),
  SPECRES: row('v8.5', 1, 'ID_AA64ISAR1_EL1.SPECRES>=1', 'Prediction restriction by context'),
  SSBS: row('v8.5', 1, 'ID_AA64PFR1_EL1.SSBS>=1', 'Speculative store bypass safe, PSTATE.SSBS'),
  SSBS2: row('v8.5', 1, 'ID_AA64PFR1_EL1.SSBS>=2', 'MRS and MSR of SSBS'),
  DPB2: row('v8.5', 1, 'ID_AA64ISAR1_EL1.DPB>=2', 'DC CVADP'),
  E0PD: row('v8.5', 1, 'ID_AA64MMFR2_EL1.E0PD>=1', 'EL0 prevented from half of the address space'),
  CSV2: row('v8.5', 1, 'ID_AA64PFR0_EL1.CSV2>=2', 'Software context number, SCXTNUM_ELx'),
  RNG: row('v8.5', 0, 'ID_AA64ISAR0_EL1.RNDR>=1', 'Random numbers'),
  ExS: row('v8.5', 0, 'ID_AA64MMFR0_EL1.ExS>=1', 'Exception entry and exit without context synchronization'),
  MTE: row('v8.5', 0, 'ID_AA64PFR1_EL1.MTE>=1', 'Memory tagging, EL0 instructions'),
  MTE2: row('v8.5', 0, 'ID_AA64PFR1_EL1.MTE>=2', 'Memory tagging'),
} as const satisfies Record<string, FeatureInfo>;

export type Feature = keyof typeof FEATURES;

export const FEATURE_NAMES = Object.keys(FEATURES) as readonly Feature[];

/** A set of features, asked by name or by the index of {@link FEATURE_NAMES}. */
export class FeatureSet {
  readonly #on: ReadonlySet<Feature>;

  constructor(features: Iterable<Feature>) {
    this.#on = new Set(features);
  }

  has(feature: Feature): boolean {
    return this.#on.has(feature);
  }

  /** The features that are on, in table order. */
  list(): Feature[] {
    return FEATURE_NAMES.filter((name) => this.#on.has(name));
  }

  with(...features: Feature[]): FeatureSet {
    return new FeatureSet([...this.#on, ...features]);
  }

  without(...features: Feature[]): FeatureSet {
    return new FeatureSet([...this.#on].filter((name) => !features.includes(name)));
  }

  /** All features introduced up to `version`: `mandatory` only those a core must have, `all` also the optional ones. */
  static upTo(version: ArchVersion, which: 'mandatory' | 'all'): FeatureSet {
    const limit = ARCH_VERSIONS.indexOf(version);
    return new FeatureSet(
      FEATURE_NAMES.filter((name) => {
        const info: FeatureInfo = FEATURES[name];
        return ARCH_VERSIONS.indexOf(info.since) <= limit && (which === 'all' || info.mandatory);
      }),
    );
  }

  /** Every feature of the table. */
  static readonly ALL = new FeatureSet(FEATURE_NAMES);
}

/** `name` as a feature, or an error that lists none: the caller reports user mistakes itself. */
export function asFeature(name: string): Feature {
  if (!(FEATURE_NAMES as readonly string[]).includes(name)) throw new InvariantError(`no feature is called ${name}`);
  return name as Feature;
}
