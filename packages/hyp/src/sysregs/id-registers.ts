/**
 * ID registers as a guest sees them (HCR_EL2.TID3, ONE_REG): the host's own, cut down to the fields that a v4.16 kernel
 * knows. A feature in any other field would bring registers that nobody switches, or instructions that nobody promised.
 * SVE is known and hidden: its registers are not switched either.
 */
import {
  ID_AA64DFR0_EL1, ID_AA64ISAR0_EL1, ID_AA64ISAR1_EL1, ID_AA64MMFR0_EL1, ID_AA64MMFR1_EL1, ID_AA64MMFR2_EL1, ID_AA64PFR0_EL1, sysRegKey, SYSTEM_REGISTERS, type AnyRegister,
} from '@worldswitch/cpu/arch';
import { word64, ZERO, type Word64 } from '../cells.ts';

const VISIBLE: readonly (readonly [register: AnyRegister, fields: readonly string[]])[] = [
  [ID_AA64PFR0_EL1, ['CSV3', 'CSV2', 'RAS', 'GIC', 'AdvSIMD', 'FP', 'EL3', 'EL2', 'EL1', 'EL0']],
  [ID_AA64DFR0_EL1, ['CTX_CMPs', 'WRPs', 'BRPs', 'PMUVer', 'TraceVer', 'DebugVer']],
  [ID_AA64ISAR0_EL1, ['FHM', 'DP', 'SM4', 'SM3', 'SHA3', 'RDM', 'Atomic', 'CRC32', 'SHA2', 'SHA1', 'AES']],
  [ID_AA64ISAR1_EL1, ['LRCPC', 'FCMA', 'JSCVT', 'DPB']],
  [ID_AA64MMFR0_EL1, ['TGran4', 'TGran64', 'TGran16', 'BigEndEL0', 'SNSMem', 'BigEnd', 'ASIDBits', 'PARange']],
  [ID_AA64MMFR1_EL1, ['PAN', 'LO', 'HPDS', 'VH', 'VMIDBits', 'HAFDBS']],
  [ID_AA64MMFR2_EL1, ['VARange', 'IESB', 'LSM', 'UAO', 'CnP']],
];

const BLOCK = sysRegKey(3, 0, 0, 0, 0);
const CRm = (key: number): number => (key >> 3) & 0xf;

/** ID_*_EL1: op0 3, op1 0, CRn 0, CRm 1 to 7. Those of AArch64 state have CRm 4 to 7. */
export function isIdRegister(key: number): boolean {
  return (key & ~0x7f) === BLOCK && CRm(key) >= 1 && CRm(key) <= 7;
}

const ALL: Word64 = { lo: 0xffff_ffff, hi: 0xffff_ffff };

const masks = new Map(
  VISIBLE.map(([register, names]) => [register.key, word64(names.reduce((mask, name) => mask | register.field(name).mask, 0n))]),
);

/** The bits of an ID register that a guest sees. AArch32's are shown whole: they say nothing that EL1 in AArch64 could use. */
export function idMask(key: number): Word64 {
  const register = SYSTEM_REGISTERS.byKey(key);
  if (register === undefined || register.status === 'named') return ZERO;
  return CRm(key) >= 4 ? (masks.get(key) ?? ZERO) : ALL;
}

/** Every ID register with its key, in the order of encodings; those that have no name read as zero. */
export const ID_KEYS: readonly number[] = Array.from({ length: 7 * 8 }, (_, n) => BLOCK | ((1 + (n >> 3)) << 3) | (n & 7));
