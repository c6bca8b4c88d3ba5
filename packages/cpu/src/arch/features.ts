/**
 * Architecture features by the manual's names without `FEAT_`. A feature that is off makes its encodings UNDEFINED (or
 * NOPs in hint space), its registers UNDEFINED and its control bits RES0 (DDI 0487, "Architectural features").
 */
import { InvariantError } from '../invariant.ts';

/** Architecture versions, oldest first. */
export const ARCH_VERSIONS = ['v8.0', 'v8.1', 'v8.2', 'v8.3', 'v8.4', 'v8.5'] as const;
export type ArchVersion = (typeof ARCH_VERSIONS)[number];

export interface FeatureInfo {
  /** The version that introduces it; `later` is newer than v8.5: known so that tables can name it, never modelled. */
  readonly since: ArchVersion | 'later';
  /** Whether a core of that version must have it. */
  readonly mandatory: boolean;
  /** The ID field and the smallest (unsigned) value that reports it; null where no ID field does. */
  readonly id: string | null;
  readonly title: string;
}

const row = (since: FeatureInfo['since'], mandatory: 0 | 1, id: string | null, title: string): FeatureInfo => ({ since, mandatory: mandatory === 1, id, title });

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
  AA32EL0: row('v8.0', 0, 'ID_AA64PFR0_EL1.EL0>=2', 'AArch32 at EL0'),
  DebugState: row('v8.0', 0, null, 'Debug state, entered by an external debugger (not modelled)'),
  ETMv4: row('v8.0', 0, 'ID_AA64DFR0_EL1.TraceVer>=1', 'Trace unit system registers (not modelled)'),
  DoubleLock: row('v8.0', 0, 'ID_AA64DFR0_EL1.DoubleLock>=0', 'OS Double Lock'),
  LSE: row('v8.1', 1, 'ID_AA64ISAR0_EL1.Atomic>=2', 'Large System Extensions: atomics'),
  RDM: row('v8.1', 1, 'ID_AA64ISAR0_EL1.RDM>=1', 'Rounding doubling multiply accumulate'),
  LOR: row('v8.1', 1, 'ID_AA64MMFR1_EL1.LO>=1', 'Limited ordering regions'),
  HPDS: row('v8.1', 1, 'ID_AA64MMFR1_EL1.HPDS>=1', 'Hierarchical permission disables'),
  PAN: row('v8.1', 1, 'ID_AA64MMFR1_EL1.PAN>=1', 'Privileged access never'),
  VHE: row('v8.1', 1, 'ID_AA64MMFR1_EL1.VH>=1', 'Virtualization Host Extensions'),
  HAFDBS: row('v8.1', 0, 'ID_AA64MMFR1_EL1.HAFDBS>=2', 'Hardware access flag and dirty state'),
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
  LSMAOC: row('v8.2', 0, 'ID_AA64MMFR2_EL1.LSM>=1', 'AArch32 load/store multiple atomicity and ordering'),
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
  PMUv3p4: row('v8.4', 0, 'ID_AA64DFR0_EL1.PMUVer>=5', 'PMUv3 for v8.4'),
  RASv1p1: row('v8.4', 0, 'ID_AA64PFR0_EL1.RAS>=2', 'RAS for v8.4'),
  GICv4p1: row('v8.4', 0, 'ID_AA64PFR0_EL1.GIC>=3', 'GICv4.1 (not modelled)'),
  BBM: row('v8.4', 0, 'ID_AA64MMFR2_EL1.BBM>=1', 'Translation table break-before-make levels, the nT bit'),
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
  CSV2: row('v8.5', 1, 'ID_AA64PFR0_EL1.CSV2>=1', 'Branch predictions of one context cannot steer another (allowed from v8.0)'),
  CSV3: row('v8.5', 1, 'ID_AA64PFR0_EL1.CSV3>=1', 'Speculative loads that fault leak nothing (allowed from v8.0)'),
  CSV2_2: row('v8.5', 1, 'ID_AA64PFR0_EL1.CSV2>=2', 'Software context number, SCXTNUM_ELx'),
  RNG: row('v8.5', 0, 'ID_AA64ISAR0_EL1.RNDR>=1', 'Random numbers'),
  ExS: row('v8.5', 0, 'ID_AA64MMFR0_EL1.ExS>=1', 'Exception entry and exit without context synchronization'),
  PMUv3p5: row('v8.5', 0, 'ID_AA64DFR0_EL1.PMUVer>=6', 'PMUv3 for v8.5'),
  MTE: row('v8.5', 0, 'ID_AA64PFR1_EL1.MTE>=1', 'Memory tagging, EL0 instructions'),
  MTE2: row('v8.5', 0, 'ID_AA64PFR1_EL1.MTE>=2', 'Memory tagging'),
  // Newer than v8.5: their names and bits stand in the tables, their registers are rows with status `named`.
  ECV: row('later', 0, 'ID_AA64MMFR0_EL1.ECV>=1', 'Enhanced counter virtualization'),
  FGT: row('later', 0, 'ID_AA64MMFR0_EL1.FGT>=1', 'Fine-grained traps'),
  FGT2: row('later', 0, 'ID_AA64MMFR0_EL1.FGT>=2', 'Fine-grained traps 2'),
  TWED: row('later', 0, 'ID_AA64MMFR1_EL1.TWED>=1', 'Delayed trapping of WFE'),
  MTPMU: row('later', 0, 'ID_AA64DFR0_EL1.MTPMU>=1', 'Multi-threaded PMU'),
  AMUv1p1: row('later', 0, 'ID_AA64PFR0_EL1.AMU>=2', 'Activity Monitors for v8.6'),
  LPA2: row('later', 0, 'ID_AA64MMFR0_EL1.TGran4>=1', '52-bit addresses with 4K and 16K granules'),
  HCX: row('later', 0, 'ID_AA64MMFR1_EL1.HCX>=1', 'HCRX_EL2'),
  XS: row('later', 0, 'ID_AA64ISAR1_EL1.XS>=1', 'XS attribute'),
  LS64: row('later', 0, 'ID_AA64ISAR1_EL1.LS64>=1', '64-byte loads and stores'),
  LS64_V: row('later', 0, 'ID_AA64ISAR1_EL1.LS64>=2', '64-byte stores with status'),
  LS64_ACCDATA: row('later', 0, 'ID_AA64ISAR1_EL1.LS64>=3', '64-byte EL0 stores with ACCDATA_EL1'),
  AFP: row('later', 0, 'ID_AA64MMFR1_EL1.AFP>=1', 'Alternate floating-point behaviour'),
  EBF16: row('later', 0, 'ID_AA64ISAR1_EL1.BF16>=2', 'Extended BFloat16 behaviours'),
  PAN3: row('later', 0, 'ID_AA64MMFR1_EL1.PAN>=3', 'EPAN'),
  PMUv3p7: row('later', 0, 'ID_AA64DFR0_EL1.PMUVer>=7', 'PMUv3 for v8.7'),
  PMUv3_TH: row('later', 0, 'ID_AA64DFR0_EL1.PMUVer>=8', 'PMU event threshold (with PMMIR_EL1.THWIDTH)'),
  PMUv3_EDGE: row('later', 0, 'ID_AA64DFR0_EL1.PMUVer>=9', 'PMU event edge detection (with PMMIR_EL1.EDGE)'),
  PMUv3p9: row('later', 0, 'ID_AA64DFR0_EL1.PMUVer>=9', 'PMUv3 for v8.9'),
  PMUv3_ICNTR: row('later', 0, 'ID_AA64DFR1_EL1.PMICNTR>=1', 'PMU instruction counter'),
  PMUv3_SS: row('later', 0, 'ID_AA64DFR0_EL1.PMSS>=1', 'PMU snapshot'),
  SPEv1p2: row('later', 0, 'ID_AA64DFR0_EL1.PMSVer>=3', 'Statistical Profiling v1.2'),
  SPE_FDS: row('later', 0, 'ID_AA64DFR0_EL1.PMSVer>=5', 'Statistical Profiling data source filter'),
  SPMU: row('later', 0, 'ID_AA64DFR1_EL1.SPMU>=1', 'System PMU'),
  EBEP: row('later', 0, 'ID_AA64DFR1_EL1.EBEP>=1', 'Exception-based event profiling'),
  SEBEP: row('later', 0, 'ID_AA64DFR0_EL1.SEBEP>=1', 'Synchronous exception-based event profiling'),
  Debugv8p9: row('later', 0, 'ID_AA64DFR0_EL1.DebugVer>=11', 'Debug v8.9'),
  ABLE: row('later', 0, 'ID_AA64DFR1_EL1.ABLE>=1', 'Address breakpoint linking'),
  STEP2: row('later', 0, 'ID_AA64DFR2_EL1.STEP>=1', 'Enhanced software step'),
  ITE: row('later', 0, 'ID_AA64DFR1_EL1.ITE>=1', 'Instrumentation trace'),
  TRBE: row('later', 0, 'ID_AA64DFR0_EL1.TraceBuffer>=1', 'Trace buffer'),
  BRBE: row('later', 0, 'ID_AA64DFR0_EL1.BRBE>=1', 'Branch record buffer'),
  NMI: row('later', 0, 'ID_AA64PFR1_EL1.NMI>=1', 'Non-maskable interrupts'),
  MOPS: row('later', 0, 'ID_AA64ISAR2_EL1.MOPS>=1', 'Memory copy and set'),
  CMOW: row('later', 0, 'ID_AA64MMFR1_EL1.CMOW>=1', 'Cache maintenance write permission'),
  TIDCP1: row('later', 0, 'ID_AA64MMFR1_EL1.TIDCP1>=1', 'EL0 trap of implementation defined functionality'),
  SCTLR2: row('later', 0, 'ID_AA64MMFR3_EL1.SCTLRX>=1', 'SCTLR2_ELx'),
  TCR2: row('later', 0, 'ID_AA64MMFR3_EL1.TCRX>=1', 'TCR2_ELx'),
  S1PIE: row('later', 0, 'ID_AA64MMFR3_EL1.S1PIE>=1', 'Stage 1 permission indirection'),
  S2PIE: row('later', 0, 'ID_AA64MMFR3_EL1.S2PIE>=1', 'Stage 2 permission indirection'),
  S1POE: row('later', 0, 'ID_AA64MMFR3_EL1.S1POE>=1', 'Stage 1 permission overlay'),
  S2POE: row('later', 0, 'ID_AA64MMFR3_EL1.S2POE>=1', 'Stage 2 permission overlay'),
  AIE: row('later', 0, 'ID_AA64MMFR3_EL1.AIE>=1', 'Attribute indirection'),
  MEC: row('later', 0, 'ID_AA64MMFR3_EL1.MEC>=1', 'Memory encryption contexts'),
  D128: row('later', 0, 'ID_AA64MMFR3_EL1.D128>=1', '128-bit translation tables'),
  THE: row('later', 0, 'ID_AA64PFR1_EL1.THE>=1', 'Translation hardening'),
  HAFT: row('later', 0, 'ID_AA64MMFR1_EL1.HAFDBS>=3', 'Access flag of table descriptors'),
  HDBSS: row('later', 0, 'ID_AA64MMFR1_EL1.HAFDBS>=4', 'Dirty state tracking structure'),
  HACDBS: row('later', 0, 'ID_AA64MMFR4_EL1.HACDBS>=1', 'Cleaner of dirty state'),
  PFAR: row('later', 0, 'ID_AA64PFR1_EL1.PFAR>=1', 'Physical fault address registers'),
  RASv2: row('later', 0, 'ID_AA64PFR0_EL1.RAS>=3', 'RAS for v8.9'),
  MTE_STORE_ONLY: row('later', 0, 'ID_AA64PFR2_EL1.MTESTOREONLY>=1', 'Memory tagging of stores only'),
  MTE_NO_ADDRESS_TAGS: row('later', 0, 'ID_AA64PFR1_EL1.MTEX>=1', 'Memory tagging without address tags'),
  PAuth_LR: row('later', 0, 'ID_AA64ISAR1_EL1.API>=6', 'Pointer authentication of the link register with the PC'),
  FPMR: row('later', 0, 'ID_AA64PFR2_EL1.FPMR>=1', 'Floating-point mode register'),
  GCS: row('later', 0, 'ID_AA64PFR1_EL1.GCS>=1', 'Guarded control stack'),
  SME: row('later', 0, 'ID_AA64PFR1_EL1.SME>=1', 'Scalable Matrix Extension'),
  TME: row('later', 0, 'ID_AA64ISAR0_EL1.TME>=1', 'Transactional memory'),
  RME: row('later', 0, 'ID_AA64PFR0_EL1.RME>=1', 'Realm management'),
  FPAC: row('later', 0, 'ID_AA64ISAR1_EL1.API>=4', 'Faulting on pointer authentication (allowed from v8.3)'),
  SPECRES2: row('later', 0, 'ID_AA64ISAR1_EL1.SPECRES>=2', 'COSP RCTX'),
  ATS1A: row('later', 0, 'ID_AA64ISAR2_EL1.ATS1A>=1', 'AT without permission checks'),
  PoPS: row('later', 0, 'ID_AA64MMFR4_EL1.PoPS>=1', 'Point of physical storage'),
  UINJ: row('later', 0, 'ID_AA64PFR2_EL1.UINJ>=1', 'Injection of undefined instruction exceptions'),
  E3DSE: row('later', 0, 'ID_AA64MMFR4_EL1.E3DSE>=1', 'Delegated SErrors from EL3'),
  FGWTE3: row('later', 0, 'ID_AA64MMFR4_EL1.FGWTE3>=1', 'Fine-grained write trap of EL3 registers'),
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

  /** All features introduced up to `version`: `mandatory` only those a core must have, `all` also the optional ones; none that is `later`. */
  static upTo(version: ArchVersion, which: 'mandatory' | 'all'): FeatureSet {
    const limit = ARCH_VERSIONS.indexOf(version);
    return new FeatureSet(
      FEATURE_NAMES.filter((name) => {
        const info: FeatureInfo = FEATURES[name];
        return info.since !== 'later' && ARCH_VERSIONS.indexOf(info.since) <= limit && (which === 'all' || info.mandatory);
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
