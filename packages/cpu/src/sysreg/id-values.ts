/** The ID registers of a core, from its features: each feature names the field that reports it and its value. */
import { FEATURES, FEATURE_NAMES, type FeatureInfo, type FeatureSet } from '../arch/features.ts';
import { eventIdentification } from '../arch/pmu-events.ts';
import { SYSTEM_REGISTERS } from '../arch/sysregs/index.ts';
import { contextBreakpoints } from '../debug/breakpoints.ts';
import { InvariantError } from '../invariant.ts';

/** What a core is, beyond its features. */
export interface CoreIdentity {
  readonly midr: bigint;
  /** PA and VMID size in bits. */
  readonly paBits: number;
  readonly breakpoints: number;
  readonly watchpoints: number;
  /** Event counters of the PMU; {@link DEFAULT_EVENT_COUNTERS} where it does not say. */
  readonly eventCounters?: number;
}

/** What the cores that we know have. */
export const DEFAULT_EVENT_COUNTERS = 6;

/** Sizes of the physical address space that ID_AA64MMFR0_EL1.PARange can say, in bits. */
export const PA_SIZES: readonly number[] = [32, 36, 40, 42, 44, 48, 52];

/** log2 of the words of a cache line, as CTR_EL0 says it. */
const LINE_WORDS_LOG2 = 4;
export const CACHE_LINE_BYTES = 4 << LINE_WORDS_LOG2;

/** What holds on every core that we model, by field. No AArch32; caches as one unified level. */
const ALWAYS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ID_AA64PFR0_EL1: { EL0: 1, EL1: 1 },
  ID_AA64MMFR0_EL1: { ASIDBits: 2, BigEnd: 1, SNSMem: 0, TGran16: 1, TGran64: 0, TGran4: 0 },
  CTR_EL0: { DminLine: LINE_WORDS_LOG2, IminLine: LINE_WORDS_LOG2, L1Ip: 3, ERG: 4, CWG: 4, IDC: 1, DIC: 1 },
  DCZID_EL0: { BS: 4 },
  CLIDR_EL1: { Ctype1: 4, LoC: 1 },
  // Non-secure state: no debugger is there to halt the PE; nothing keeps the PMU from counting.
  DBGAUTHSTATUS_EL1: { NSID: 0b10, NSNID: 0b11 },
};

const ABSENT = 15;

/** Values of the ID registers by name. A register that is not here reads as zero. */
export function idRegisterValues(features: FeatureSet, identity: CoreIdentity): ReadonlyMap<string, bigint> {
  const values = new Map<string, bigint>();
  const set = (register: string, field: string, value: number): void => {
    const row = SYSTEM_REGISTERS.byName(register);
    if (row === undefined) throw new InvariantError(`no ID register ${register}`);
    values.set(register, row.field(field).set(values.get(register) ?? row.res1, value));
  };
  for (const [register, fields] of Object.entries(ALWAYS)) {
    for (const [field, value] of Object.entries(fields)) set(register, field, value);
  }
  set('ID_AA64DFR0_EL1', 'DebugVer', features.has('VHE') ? 7 : 6);
  set('ID_AA64DFR0_EL1', 'BRPs', identity.breakpoints - 1);
  set('ID_AA64DFR0_EL1', 'WRPs', identity.watchpoints - 1);
  set('ID_AA64DFR0_EL1', 'CTX_CMPs', contextBreakpoints(identity.breakpoints) - 1);
  set('ID_AA64MMFR0_EL1', 'PARange', PA_SIZES.indexOf(identity.paBits));
  for (const name of FEATURE_NAMES) {
    const info: FeatureInfo = FEATURES[name];
    const reported = /^(\w+)\.(\w+)>=(\d+)$/.exec(info.id ?? '');
    if (reported === null) continue;
    const [, register = '', field = '', value = '0'] = reported;
    if (!features.has(name)) {
      // Where 0 means present, absent is -1 (DDI 0487, "Principles of the ID scheme for fields in ID registers").
      if (value === '0') set(register, field, ABSENT);
      continue;
    }
    const row = SYSTEM_REGISTERS.byName(register);
    const current = row?.field(field).get(values.get(register) ?? 0n) ?? 0n;
    if (BigInt(value) > current) set(register, field, Number(value));
  }
  // FEAT_VHE is a property of EL2.
  if (!features.has('EL2')) set('ID_AA64MMFR1_EL1', 'VH', 0);
  values.set('MIDR_EL1', identity.midr);
  eventIdentification(features).forEach((word, n) => values.set(`PMCEID${String(n)}_EL0`, BigInt(word >>> 0)));
  return values;
}
