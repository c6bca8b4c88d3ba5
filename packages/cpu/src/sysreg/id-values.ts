/** The ID registers of a core, from its features: each feature names the field that reports it and its value. */
import { FEATURES, FEATURE_NAMES, type FeatureInfo, type FeatureSet } from '../arch/features.ts';
import { SYSTEM_REGISTERS } from '../arch/sysregs/index.ts';
import { InvariantError } from '../invariant.ts';

/** What a core is, beyond its features. */
export interface CoreIdentity {
  readonly midr: bigint;
  /** PA and VMID size in bits. */
  readonly paBits: number;
  readonly breakpoints: number;
  readonly watchpoints: number;
}

const PA_RANGE: Readonly<Record<number, number>> = { 32: 0, 36: 1, 40: 2, 42: 3, 44: 4, 48: 5, 52: 6 };

/** What holds on every core that we model, by field. Lines of 64 bytes; no AArch32; caches as one unified level. */
const ALWAYS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ID_AA64PFR0_EL1: { EL0: 1, EL1: 1 },
  ID_AA64MMFR0_EL1: { ASIDBits: 2, BigEnd: 1, SNSMem: 0, TGran16: 1, TGran64: 0, TGran4: 0 },
  CTR_EL0: { DminLine: 4, IminLine: 4, L1Ip: 3, ERG: 4, CWG: 4, IDC: 1, DIC: 1 },
  DCZID_EL0: { BS: 4 },
  CLIDR_EL1: { Ctype1: 4, LoC: 1 },
};

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
  // Fields whose "absent" is not 0.
  if (!features.has('FP')) set('ID_AA64PFR0_EL1', 'FP', 15);
  if (!features.has('AdvSIMD')) set('ID_AA64PFR0_EL1', 'AdvSIMD', 15);
  set('ID_AA64DFR0_EL1', 'DebugVer', features.has('VHE') ? 7 : 6);
  set('ID_AA64DFR0_EL1', 'BRPs', identity.breakpoints - 1);
  set('ID_AA64DFR0_EL1', 'WRPs', identity.watchpoints - 1);
  set('ID_AA64MMFR0_EL1', 'PARange', PA_RANGE[identity.paBits] ?? 5);
  for (const name of FEATURE_NAMES) {
    const info: FeatureInfo = FEATURES[name];
    const reported = /^(\w+)\.(\w+)>=(\d+)$/.exec(info.id ?? '');
    if (reported === null || !features.has(name)) continue;
    const [, register = '', field = '', value = '0'] = reported;
    const row = SYSTEM_REGISTERS.byName(register);
    const current = row?.field(field).get(values.get(register) ?? 0n) ?? 0n;
    if (BigInt(value) > current) set(register, field, Number(value));
  }
  values.set('MIDR_EL1', identity.midr);
  return values;
}
