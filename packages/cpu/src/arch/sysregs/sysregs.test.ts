/**
 * Expected values are written down from the manual and from architecture-checklist.md, by hand, never from the table.
 * `npm run check:arch` compares the whole table with llvm-mc, objdump and Linux.
 */
import { describe, expect, test } from 'vitest';
import type { LayoutBase } from '../bits.ts';
import { FEATURES, FEATURE_NAMES, FeatureSet } from '../features.ts';
import {
  APIAKeyLo_EL1,
  CCSIDR_CCIDX,
  CNTFRQ_EL0,
  CNTHCTL_EL2,
  CNTKCTL_EL1,
  CNTP_CTL_EL0,
  CPACR_EL1,
  CPTR_EL2,
  CTR_EL0,
  DAIF,
  DBGBCRn_EL1,
  DBGWCRn_EL1,
  DCZID_EL0,
  E2H_ALIASES,
  E2H_LAYOUTS,
  E2H_REDIRECTIONS,
  ESR_EL2,
  ESR_ELx,
  FPCR,
  FPSR,
  HCR_EL2,
  HPFAR_EL2,
  ICC_CTLR_EL1,
  ICC_SGI1R_EL1,
  ICH_HCR_EL2,
  ICH_LR_HW0,
  ICH_LRn_EL2,
  ICH_MISR_EL2,
  ICH_VMCR_EL2,
  ICH_VTR_EL2,
  ICV_VIEWS,
  ID_AA64DFR0_EL1,
  ID_AA64ISAR0_EL1,
  ID_AA64ISAR1_EL1,
  ID_AA64ISAR2_EL1,
  ID_AA64MMFR0_EL1,
  ID_AA64MMFR1_EL1,
  ID_AA64MMFR2_EL1,
  ID_AA64PFR0_EL1,
  ID_AA64PFR1_EL1,
  MDCR_EL2,
  MDSCR_EL1,
  MIDR_EL1,
  MODES,
  OSLAR_EL1,
  PAR_EL1,
  PAR_EL1_F1,
  PMCR_EL0,
  PMEVTYPERn_EL0,
  PMUSERENR_EL0,
  RVBAR_EL1,
  RegisterIndex,
  SCTLR_EL1,
  SCTLR_EL2,
  SPSR_EL1,
  SPSR_EL2,
  SYSTEM_REGISTERS,
  TCR_EL1,
  TCR_EL2,
  TTBR0_EL2,
  VTCR_EL2,
  VTTBR_EL2,
  defineRegister,
  e2hLayout,
  genericRegisterName,
  isIdSpace,
  namedRegister,
  sysRegEncoding,
  sysRegKey,
  type AnyRegister,
} from './index.ts';

/** The fields of a layout as the manual writes them, without those of extensions newer than v8.5. */
function bits(of: LayoutBase<string>): Record<string, string> {
  const modelled = of.fields.filter(({ feature }) => feature === null || FEATURES[feature].since !== 'later');
  return Object.fromEntries(modelled.map(({ name, msb, lsb }) => [name, msb === lsb ? `${msb}` : `${msb}:${lsb}`]));
}

/** All fields, newer ones too. */
function allBits(of: LayoutBase<string>): Record<string, string> {
  return Object.fromEntries(of.fields.map(({ name, msb, lsb }) => [name, msb === lsb ? `${msb}` : `${msb}:${lsb}`]));
}

/** A mask with the bits of a list such as `'31 23:20'`. */
function mask(ranges: string): bigint {
  return ranges.split(' ').reduce((bitsSoFar, range) => {
    const [high = 0, low = high] = range.split(':').map(Number);
    return bitsSoFar | (((1n << BigInt(high - low + 1)) - 1n) << BigInt(low));
  }, 0n);
}

const row = (name: string): AnyRegister => {
  const found = SYSTEM_REGISTERS.byName(name);
  if (found === undefined) throw new Error(`no register ${name}`);
  return found;
};

describe('the table', () => {
  test('claims every bit of every register exactly once', () => {
    for (const register of SYSTEM_REGISTERS.rows) {
      const claims = [...register.fields.map((field) => field.mask), register.res0, register.res1, register.impdef];
      expect(claims.reduce((sum, claim) => sum + claim, 0n), register.name).toBe(2n ** 64n - 1n);
    }
  });

  test('has an encoding once for reading and once for writing', () => {
    for (const direction of ['R', 'W'] as const) {
      const keys = SYSTEM_REGISTERS.rows.filter(({ directions }) => directions.includes(direction)).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
    }
    expect(SYSTEM_REGISTERS.rows.length).toBeGreaterThan(1100);
  });

  const one = namedRegister('ONE_EL1', [3, 0, 4, 5, 6], 'SVE');

  test('refuses two rows of one encoding and direction, and two of one name', () => {
    expect(() => new RegisterIndex([one, namedRegister('TWO_EL1', [3, 0, 4, 5, 6], 'SVE', 'R')])).toThrow('3,0,4,5,6 is read as ONE_EL1 and TWO_EL1');
    expect(() => new RegisterIndex([namedRegister('A', [3, 0, 4, 5, 6], 'SVE', 'W'), namedRegister('B', [3, 0, 4, 5, 6], 'SVE', 'W')])).toThrow('3,0,4,5,6 is written as A and B');
    expect(() => new RegisterIndex([one, namedRegister('one_el1', [3, 0, 4, 5, 7], 'SVE')])).toThrow('one_el1 names 3,0,4,5,6 and 3,0,4,5,7');
  });

  test('finds by key and direction: the two names of the data transfer register', () => {
    const key = sysRegKey(2, 3, 0, 5, 0);
    expect(SYSTEM_REGISTERS.byKey(key, 'R')?.name).toBe('DBGDTRRX_EL0');
    expect(SYSTEM_REGISTERS.byKey(key, 'W')?.name).toBe('DBGDTRTX_EL0');
    expect(SYSTEM_REGISTERS.byKey(OSLAR_EL1.key)).toBe(OSLAR_EL1);
    expect(SYSTEM_REGISTERS.byKey(OSLAR_EL1.key, 'R')).toBeUndefined();
    expect(SYSTEM_REGISTERS.byKey(sysRegKey(3, 7, 15, 15, 7))).toBeUndefined();
  });

  test('finds by name in any case, and lists rows in order of encoding', () => {
    expect(SYSTEM_REGISTERS.byName('hcr_el2')).toBe(HCR_EL2);
    expect(SYSTEM_REGISTERS.byName('APIAKEYLO_EL1')).toBe(APIAKeyLo_EL1);
    expect(SYSTEM_REGISTERS.byName('ESR_EL4')).toBeUndefined();
    expect(SYSTEM_REGISTERS.rows.map(({ key }) => key)).toEqual(SYSTEM_REGISTERS.rows.map(({ key }) => key).sort((a, b) => a - b));
  });

  test('keys are the 16 bits that stand in the instruction', () => {
    // MRS X0, HCR_EL2 is 0xD53C1100: bits 20:5 are op0:op1:CRn:CRm:op2.
    expect(HCR_EL2.key).toBe((0xd53c_1100 >> 5) & 0xffff);
    expect(sysRegEncoding(HCR_EL2.key)).toEqual([3, 4, 1, 1, 0]);
    expect(genericRegisterName(HCR_EL2.key)).toBe('S3_4_C1_C1_0');
    expect(() => sysRegKey(3, 8, 0, 0, 0)).toThrow('no system register encoding: 3,8,0,0,0');
  });

  test('no version includes features that are later', () => {
    expect(FeatureSet.upTo('v8.5', 'all').has('FGT')).toBe(false);
    expect(FeatureSet.upTo('v8.1', 'mandatory').list()).toEqual(['FP', 'AdvSIMD', 'LSE', 'RDM', 'LOR', 'HPDS', 'PAN', 'VHE']);
  });
});

/** architecture-checklist.md section 4.1, by the EL at which each is first there; families by their first and last. */
const MINIMUM: readonly [el: 0 | 1 | 2, names: string][] = [
  [0, 'NZCV DAIF FPCR FPSR TPIDR_EL0 TPIDRRO_EL0 CTR_EL0 DCZID_EL0 CNTFRQ_EL0 CNTPCT_EL0 CNTVCT_EL0 CNTP_TVAL_EL0 CNTP_CTL_EL0 CNTP_CVAL_EL0'],
  [0, 'CNTV_TVAL_EL0 CNTV_CTL_EL0 CNTV_CVAL_EL0 PMCR_EL0 PMCNTENSET_EL0 PMCNTENCLR_EL0 PMOVSCLR_EL0 PMSWINC_EL0 PMSELR_EL0 PMCEID0_EL0 PMCEID1_EL0'],
  [0, 'PMCCNTR_EL0 PMXEVTYPER_EL0 PMXEVCNTR_EL0 PMUSERENR_EL0 PMOVSSET_EL0 PMEVCNTR0_EL0 PMEVCNTR30_EL0 PMEVTYPER0_EL0 PMEVTYPER30_EL0 PMCCFILTR_EL0'],
  [0, 'MDCCSR_EL0 DBGDTR_EL0 DBGDTRRX_EL0 DBGDTRTX_EL0 DIT SSBS TCO RNDR RNDRRS SCXTNUM_EL0'],
  [1, 'MIDR_EL1 MPIDR_EL1 REVIDR_EL1 SCTLR_EL1 ACTLR_EL1 CPACR_EL1 TTBR0_EL1 TTBR1_EL1 TCR_EL1 MAIR_EL1 AMAIR_EL1 ESR_EL1 FAR_EL1 AFSR0_EL1 AFSR1_EL1'],
  [1, 'PAR_EL1 VBAR_EL1 ISR_EL1 RVBAR_EL1 RMR_EL1 SPSR_EL1 ELR_EL1 SP_EL0 SPSel CurrentEL PAN UAO CONTEXTIDR_EL1 TPIDR_EL1 CNTKCTL_EL1'],
  [1, 'CSSELR_EL1 CLIDR_EL1 CCSIDR_EL1 CCSIDR2_EL1 AIDR_EL1 MDSCR_EL1 MDCCINT_EL1 OSLAR_EL1 OSLSR_EL1 OSDLR_EL1 DBGPRCR_EL1 DBGCLAIMSET_EL1'],
  [1, 'DBGCLAIMCLR_EL1 DBGAUTHSTATUS_EL1 MDRAR_EL1 OSDTRRX_EL1 OSDTRTX_EL1 OSECCR_EL1 DBGBVR0_EL1 DBGBVR15_EL1 DBGBCR15_EL1 DBGWVR15_EL1 DBGWCR15_EL1'],
  [1, 'PMINTENSET_EL1 PMINTENCLR_EL1 PMMIR_EL1 LORSA_EL1 LOREA_EL1 LORN_EL1 LORC_EL1 LORID_EL1 ICC_PMR_EL1 ICC_IAR0_EL1 ICC_EOIR0_EL1 ICC_HPPIR0_EL1'],
  [1, 'ICC_BPR0_EL1 ICC_AP0R0_EL1 ICC_AP0R3_EL1 ICC_AP1R0_EL1 ICC_AP1R3_EL1 ICC_DIR_EL1 ICC_RPR_EL1 ICC_SGI1R_EL1 ICC_ASGI1R_EL1 ICC_SGI0R_EL1'],
  [1, 'ICC_IAR1_EL1 ICC_EOIR1_EL1 ICC_HPPIR1_EL1 ICC_BPR1_EL1 ICC_CTLR_EL1 ICC_SRE_EL1 ICC_IGRPEN0_EL1 ICC_IGRPEN1_EL1'],
  [2, 'VPIDR_EL2 VMPIDR_EL2 SCTLR_EL2 ACTLR_EL2 HCR_EL2 MDCR_EL2 CPTR_EL2 HSTR_EL2 HACR_EL2 TTBR0_EL2 TTBR1_EL2 TCR_EL2 VTTBR_EL2 VTCR_EL2'],
  [2, 'MAIR_EL2 AMAIR_EL2 ESR_EL2 FAR_EL2 HPFAR_EL2 AFSR0_EL2 AFSR1_EL2 VBAR_EL2 RVBAR_EL2 RMR_EL2 SPSR_EL2 ELR_EL2 SP_EL1 SPSR_abt SPSR_und SPSR_irq'],
  [2, 'SPSR_fiq DACR32_EL2 IFSR32_EL2 FPEXC32_EL2 DBGVCR32_EL2 SDER32_EL2 CONTEXTIDR_EL2 TPIDR_EL2 CNTHCTL_EL2 CNTVOFF_EL2 CNTHP_TVAL_EL2 CNTHP_CTL_EL2'],
  [2, 'CNTHP_CVAL_EL2 CNTHV_TVAL_EL2 CNTHV_CTL_EL2 CNTHV_CVAL_EL2 ICH_AP0R0_EL2 ICH_AP1R3_EL2 ICH_HCR_EL2 ICH_VTR_EL2 ICH_MISR_EL2 ICH_EISR_EL2'],
  [2, 'ICH_ELRSR_EL2 ICH_VMCR_EL2 ICH_LR0_EL2 ICH_LR15_EL2 ICC_SRE_EL2 VNCR_EL2'],
];

describe('access by EL', () => {
  test.each(MINIMUM.flatMap(([el, names]) => names.split(' ').map((name) => ({ name, el }))))('$name is there from EL$el on', ({ name, el }) => {
    const register = row(name);
    const first = ([0, 1, 2] as const).find((at) => register.accessAt(at) !== '-');
    expect(register.status).toBe('implemented');
    expect(first).toBe(el);
  });

  test('directions that differ from EL to EL', () => {
    expect(row('TPIDRRO_EL0').access).toBe('R RW RW');
    expect(row('PMUSERENR_EL0').access).toBe('R RW RW');
    expect(row('PMSWINC_EL0').access).toBe('W W W');
    expect(row('ICC_IAR1_EL1').access).toBe('- R R');
    expect(row('ICC_EOIR1_EL1').access).toBe('- W W');
    expect(row('ICH_VTR_EL2').access).toBe('- - R');
    expect(MIDR_EL1.access).toBe('- R R');
    expect(OSLAR_EL1.directions).toBe('W');
  });

  test('what depends on the highest EL is said', () => {
    expect([CNTFRQ_EL0.highestEl, RVBAR_EL1.highestEl, row('RMR_EL2').highestEl, HCR_EL2.highestEl]).toEqual(['write', 'present', 'present', null]);
  });

  test('what is not modelled has a name, an encoding, a direction and no access', () => {
    const zcr = row('ZCR_EL1');
    expect([zcr.status, zcr.feature, zcr.access, zcr.directions]).toEqual(['named', 'SVE', '- - -', 'RW']);
    expect(zcr.encoding).toEqual([3, 0, 1, 2, 0]);
    expect(row('RVBAR_EL3').directions).toBe('R');
    expect(row('TRCOSLAR').directions).toBe('W');
  });

  test('the unnamed slots of the ID block read as zero', () => {
    expect(isIdSpace(sysRegKey(3, 0, 0, 1, 0))).toBe(true);
    expect(isIdSpace(sysRegKey(3, 0, 0, 7, 7))).toBe(true);
    expect([sysRegKey(3, 0, 0, 0, 7), sysRegKey(3, 0, 0, 8, 0), sysRegKey(3, 1, 0, 1, 0), sysRegKey(3, 0, 1, 1, 0)].some(isIdSpace)).toBe(false);
    expect(isIdSpace(ID_AA64PFR0_EL1.key)).toBe(true);
  });
});

/** Encodings printed by the checklist and the manual; families by an inner member, where an index rule shows. */
test('encodings', () => {
  const encodings: Record<string, readonly number[]> = {
    ID_AA64PFR0_EL1: [3, 0, 0, 4, 0], ID_AA64ZFR0_EL1: [3, 0, 0, 4, 4], ID_AA64ISAR2_EL1: [3, 0, 0, 6, 2], ID_AA64MMFR2_EL1: [3, 0, 0, 7, 2], ID_AA64DFR0_EL1: [3, 0, 0, 5, 0],
    CTR_EL0: [3, 3, 0, 0, 1], DCZID_EL0: [3, 3, 0, 0, 7], SCTLR_EL12: [3, 5, 1, 0, 0], ELR_EL12: [3, 5, 4, 0, 1], CNTKCTL_EL12: [3, 5, 14, 1, 0],
    CNTP_TVAL_EL0: [3, 3, 14, 2, 0], CNTV_CVAL_EL0: [3, 3, 14, 3, 2], CNTHP_CTL_EL2: [3, 4, 14, 2, 1], CNTHV_CTL_EL2: [3, 4, 14, 3, 1], CNTV_CTL_EL02: [3, 5, 14, 3, 1],
    CNTPS_CVAL_EL1: [3, 7, 14, 2, 2], ICC_PMR_EL1: [3, 0, 4, 6, 0], ICC_AP0R2_EL1: [3, 0, 12, 8, 6], ICC_AP1R2_EL1: [3, 0, 12, 9, 2], ICC_DIR_EL1: [3, 0, 12, 11, 1],
    ICC_SGI1R_EL1: [3, 0, 12, 11, 5], ICC_SGI0R_EL1: [3, 0, 12, 11, 7], ICC_CTLR_EL1: [3, 0, 12, 12, 4], ICC_SRE_EL2: [3, 4, 12, 9, 5], ICC_CTLR_EL3: [3, 6, 12, 12, 4],
    ICH_LR7_EL2: [3, 4, 12, 12, 7], ICH_LR8_EL2: [3, 4, 12, 13, 0], ICH_AP1R3_EL2: [3, 4, 12, 9, 3], ICH_VMCR_EL2: [3, 4, 12, 11, 7], ICH_ELRSR_EL2: [3, 4, 12, 11, 5],
    DBGBVR9_EL1: [2, 0, 0, 9, 4], DBGWCR15_EL1: [2, 0, 0, 15, 7], PMEVCNTR17_EL0: [3, 3, 14, 10, 1], PMEVTYPER30_EL0: [3, 3, 14, 15, 6], PMCCFILTR_EL0: [3, 3, 14, 15, 7],
    DBGVCR32_EL2: [2, 4, 0, 7, 0], SPSR_abt: [3, 4, 4, 3, 1], DACR32_EL2: [3, 4, 3, 0, 0], CurrentEL: [3, 0, 4, 2, 2], SSBS: [3, 3, 4, 2, 6],
  };
  expect(Object.fromEntries(Object.keys(encodings).map((name) => [name, row(name).encoding]))).toEqual(encodings);
});

describe('HCR_EL2, architecture-checklist.md section 6.1', () => {
  const HCR: Record<string, number> = {
    VM: 0, SWIO: 1, PTW: 2, FMO: 3, IMO: 4, AMO: 5, VF: 6, VI: 7, VSE: 8, FB: 9, DC: 12, TWI: 13, TWE: 14, TID0: 15, TID1: 16, TID2: 17, TID3: 18, TSC: 19,
    TIDCP: 20, TACR: 21, TSW: 22, TPCP: 23, TPU: 24, TTLB: 25, TVM: 26, TGE: 27, TDZ: 28, HCD: 29, TRVM: 30, RW: 31, CD: 32, ID: 33, E2H: 34, TLOR: 35, TERR: 36,
    TEA: 37, MIOCNCE: 38, APK: 40, API: 41, NV: 42, NV1: 43, AT: 44, NV2: 45, FWB: 46, TID4: 49, TICAB: 50, TOCU: 52, EnSCXT: 53, TTLBIS: 54, TTLBOS: 55,
    ATA: 56, DCT: 57, TID5: 58, TWEDEn: 59,
  };

  test.each(Object.entries(HCR))('%s is bit %i', (name, bit) => {
    expect(HCR_EL2.fields.find((field) => field.name === name)).toMatchObject({ msb: bit, lsb: bit });
  });

  test('the wide fields, and the bits between: TME 39, FIEN 47, GPF 48, AMVOFFEN 51', () => {
    expect(allBits(HCR_EL2)).toMatchObject({ BSU: '11:10', TWEDEL: '63:60', TME: '39', FIEN: '47', GPF: '48', AMVOFFEN: '51' });
    expect(HCR_EL2.res0 | HCR_EL2.res1).toBe(0n);
  });

  test('what each bit needs', () => {
    const features = Object.fromEntries(HCR_EL2.fields.filter(({ feature }) => feature !== null).map(({ name, feature, absent }) => [name, [feature, absent]]));
    expect(features).toMatchObject({ E2H: ['VHE', 0], NV: ['NV', 0], NV2: ['NV2', 0], TLOR: ['LOR', 0], APK: ['PAuth', 0], FWB: ['S2FWB', 0], TEA: ['RAS', 0], RW: ['AA32EL1', 1] });
    expect([HCR_EL2.TGE.feature, HCR_EL2.VM.feature, HCR_EL2.TVM.feature]).toEqual([null, null, null]);
  });
});

/** architecture-checklist.md section 5.1: EL1 name, register at EL2 with E2H = 1, alias. */
const PAIRS: readonly [string, string, string][] = [
  ['SCTLR_EL1', 'SCTLR_EL2', 'SCTLR_EL12'],
  ['CPACR_EL1', 'CPTR_EL2', 'CPACR_EL12'],
  ['TTBR0_EL1', 'TTBR0_EL2', 'TTBR0_EL12'],
  ['TTBR1_EL1', 'TTBR1_EL2', 'TTBR1_EL12'],
  ['TCR_EL1', 'TCR_EL2', 'TCR_EL12'],
  ['AFSR0_EL1', 'AFSR0_EL2', 'AFSR0_EL12'],
  ['AFSR1_EL1', 'AFSR1_EL2', 'AFSR1_EL12'],
  ['ESR_EL1', 'ESR_EL2', 'ESR_EL12'],
  ['FAR_EL1', 'FAR_EL2', 'FAR_EL12'],
  ['MAIR_EL1', 'MAIR_EL2', 'MAIR_EL12'],
  ['AMAIR_EL1', 'AMAIR_EL2', 'AMAIR_EL12'],
  ['VBAR_EL1', 'VBAR_EL2', 'VBAR_EL12'],
  ['CONTEXTIDR_EL1', 'CONTEXTIDR_EL2', 'CONTEXTIDR_EL12'],
  ['CNTKCTL_EL1', 'CNTHCTL_EL2', 'CNTKCTL_EL12'],
  ['SPSR_EL1', 'SPSR_EL2', 'SPSR_EL12'],
  ['ELR_EL1', 'ELR_EL2', 'ELR_EL12'],
  ['CNTP_TVAL_EL0', 'CNTHP_TVAL_EL2', 'CNTP_TVAL_EL02'],
  ['CNTP_CTL_EL0', 'CNTHP_CTL_EL2', 'CNTP_CTL_EL02'],
  ['CNTP_CVAL_EL0', 'CNTHP_CVAL_EL2', 'CNTP_CVAL_EL02'],
  ['CNTV_TVAL_EL0', 'CNTHV_TVAL_EL2', 'CNTV_TVAL_EL02'],
  ['CNTV_CTL_EL0', 'CNTHV_CTL_EL2', 'CNTV_CTL_EL02'],
  ['CNTV_CVAL_EL0', 'CNTHV_CVAL_EL2', 'CNTV_CVAL_EL02'],
  ['TRFCR_EL1', 'TRFCR_EL2', 'TRFCR_EL12'],
  ['SCXTNUM_EL1', 'SCXTNUM_EL2', 'SCXTNUM_EL12'],
];

describe('E2H, architecture-checklist.md section 5', () => {
  test('the redirections are these, and no others', () => {
    const ours = E2H_REDIRECTIONS.map(({ from, to, alias }) => [from.name, to.name, alias.name]);
    expect(ours.sort()).toEqual(PAIRS.toSorted());
  });

  test('an alias has the encoding of the plain name with op1 = 5, its layout, and EL2 alone', () => {
    for (const { from, alias } of E2H_REDIRECTIONS) {
      const [op0, , CRn, CRm, op2] = from.encoding;
      expect(alias.encoding, alias.name).toEqual([op0, 5, CRn, CRm, op2]);
      expect(alias.fields, alias.name).toBe(from.fields);
      expect(alias.access, alias.name).toBe('- - RW');
      expect(SYSTEM_REGISTERS.byName(alias.name)).toBe(alias);
    }
    expect(E2H_ALIASES).toHaveLength(PAIRS.length);
  });

  test('EL0 is redirected for the timers only', () => {
    expect(E2H_REDIRECTIONS.filter(({ atEl0 }) => atEl0).map(({ from }) => from.name.replace(/_.*_/, '_'))).toEqual(['CNTP_EL0', 'CNTP_EL0', 'CNTP_EL0', 'CNTV_EL0', 'CNTV_EL0', 'CNTV_EL0']);
  });

  test('aliases of extensions that are not modelled are named rows', () => {
    const names = ['ZCR_EL12', 'SMCR_EL12', 'TFSR_EL12', 'PMSCR_EL12', 'BRBCR_EL12', 'MPAM1_EL12', 'TCR2_EL12', 'SCTLR2_EL12', 'PIR_EL12', 'PIRE0_EL12', 'POR_EL12'];
    expect(names.map((name) => row(name).status)).toEqual(names.map(() => 'named'));
  });

  test('five registers have two layouts', () => {
    expect(E2H_LAYOUTS.map(({ register }) => register.name)).toEqual(['SCTLR_EL2', 'CPTR_EL2', 'TCR_EL2', 'TTBR0_EL2', 'CNTHCTL_EL2']);
    for (const { register, layouts } of E2H_LAYOUTS) {
      expect(register.fields, register.name).toBe(layouts[0].fields);
      expect(e2hLayout(register, 1), register.name).toBe(layouts[1]);
    }
    expect(e2hLayout(HCR_EL2, 1)).toBe(HCR_EL2);
  });

  test('CPTR_EL2', () => {
    expect(allBits(e2hLayout(CPTR_EL2, 0))).toEqual({ TCPAC: '31', TAM: '30', TTA: '20', TSM: '12', TFP: '10', TZ: '8' });
    expect(CPTR_EL2.res1).toBe(mask('13 9 7:0'));
    // 12 and 8 are RES1 while SME and SVE are absent.
    expect([CPTR_EL2.TSM.feature, CPTR_EL2.TSM.absent, CPTR_EL2.TZ.feature, CPTR_EL2.TZ.absent]).toEqual(['SME', 1, 'SVE', 1]);
    const vhe = e2hLayout(CPTR_EL2, 1);
    expect(bits(vhe)).toEqual({ TCPAC: '31', TAM: '30', TTA: '28', FPEN: '21:20', ZEN: '17:16' });
    expect(allBits(vhe)).toMatchObject({ SMEN: '25:24' });
    expect(vhe.res1).toBe(0n);
  });

  test('CNTHCTL_EL2: EL1PCTEN moves from bit 0 to bit 10', () => {
    expect(bits(e2hLayout(CNTHCTL_EL2, 0))).toEqual({ EVNTI: '7:4', EVNTDIR: '3', EVNTEN: '2', EL1PCEN: '1', EL1PCTEN: '0' });
    expect(bits(e2hLayout(CNTHCTL_EL2, 1))).toEqual({
      EL1PTEN: '11', EL1PCTEN: '10', EL0PTEN: '9', EL0VTEN: '8', EVNTI: '7:4', EVNTDIR: '3', EVNTEN: '2', EL0VCTEN: '1', EL0PCTEN: '0',
    });
    expect(allBits(e2hLayout(CNTHCTL_EL2, 1))).toMatchObject({ ECV: '12', EL1TVT: '13', EL1TVCT: '14', EL1NVPCT: '15', EL1NVVCT: '16', EVNTIS: '17' });
  });

  test('TCR_EL2', () => {
    expect(bits(e2hLayout(TCR_EL2, 0))).toMatchObject({ T0SZ: '5:0', IRGN0: '9:8', ORGN0: '11:10', SH0: '13:12', TG0: '15:14', PS: '18:16', TBI: '20', HA: '21', HD: '22', HPD: '24' });
    expect(TCR_EL2.res1).toBe(mask('31 23'));
    expect(e2hLayout(TCR_EL2, 1).fields).toBe(TCR_EL1.fields);
    expect(bits(TCR_EL1)).toMatchObject({
      T0SZ: '5:0', EPD0: '7', IRGN0: '9:8', ORGN0: '11:10', SH0: '13:12', TG0: '15:14', T1SZ: '21:16', A1: '22', EPD1: '23', IRGN1: '25:24', ORGN1: '27:26',
      SH1: '29:28', TG1: '31:30', IPS: '34:32', AS: '36', TBI0: '37', TBI1: '38', HA: '39', HD: '40', HPD0: '41', HPD1: '42', HWU059: '43', HWU162: '50',
      TBID0: '51', TBID1: '52', NFD0: '53', NFD1: '54', E0PD0: '55', E0PD1: '56', TCMA0: '57', TCMA1: '58',
    });
    expect([TCR_EL1.TG0.value('4K'), TCR_EL1.TG0.value('64K'), TCR_EL1.TG0.value('16K')]).toEqual([0b00, 0b01, 0b10]);
    expect([TCR_EL1.TG1.value('16K'), TCR_EL1.TG1.value('4K'), TCR_EL1.TG1.value('64K')]).toEqual([0b01, 0b10, 0b11]);
    expect(TCR_EL1.IPS.values).toEqual({ '32bit': 0, '36bit': 1, '40bit': 2, '42bit': 3, '44bit': 4, '48bit': 5, '52bit': 6, '56bit': 7 });
  });

  test('SCTLR_EL2: the EL0 controls come with E2H', () => {
    const forEl0 = { SA0: '4', CP15BEN: '5', SED: '8', DZE: '14', UCT: '15', nTWI: '16', nTWE: '18', SPAN: '23', E0E: '24', UCI: '26' };
    expect(bits(e2hLayout(SCTLR_EL2, 1))).toMatchObject(forEl0);
    for (const name of Object.keys(forEl0)) expect(bits(e2hLayout(SCTLR_EL2, 0)), name).not.toHaveProperty(name);
    expect(bits(SCTLR_EL2)).toMatchObject({ M: '0', A: '1', C: '2', SA: '3', EOS: '11', I: '12', WXN: '19', EIS: '22', EE: '25' });
    expect(SCTLR_EL2.res1).toBe(mask('29:28 23 18 16 5:4'));
    expect([SCTLR_EL2.EIS.absent, SCTLR_EL2.EOS.absent]).toEqual([1, 1]);
    // DAIF at EL0 always traps under {E2H,TGE} = {1,1}: no UMA.
    expect(e2hLayout(SCTLR_EL2, 1).res0 & mask('9')).toBe(mask('9'));
  });

  test('TTBR0_EL2 has an ASID with E2H only', () => {
    expect(bits(TTBR0_EL2)).toEqual({ BADDR: '47:1', CnP: '0' });
    expect(bits(e2hLayout(TTBR0_EL2, 1))).toEqual({ ASID: '63:48', BADDR: '47:1', CnP: '0' });
  });
});

describe('fields', () => {
  test('SCTLR_EL1', () => {
    expect(bits(SCTLR_EL1)).toMatchObject({
      M: '0', A: '1', C: '2', SA: '3', SA0: '4', CP15BEN: '5', nAA: '6', ITD: '7', SED: '8', UMA: '9', EnRCTX: '10', EOS: '11', I: '12', EnDB: '13', DZE: '14',
      UCT: '15', nTWI: '16', nTWE: '18', WXN: '19', TSCXT: '20', IESB: '21', EIS: '22', SPAN: '23', E0E: '24', EE: '25', UCI: '26', EnDA: '27', nTLSMD: '28',
      LSMAOE: '29', EnIB: '30', EnIA: '31', BT0: '35', BT1: '36', ITFSB: '37', TCF0: '39:38', TCF: '41:40', ATA0: '42', ATA: '43', DSSBS: '44',
    });
    // Armv8.0: RES1 are 29, 28, 23, 22, 20, 11.
    const res1 = SCTLR_EL1.fields.filter(({ feature, absent, name }) => feature !== null && absent === 1 && name !== 'SED' && name !== 'ITD').map(({ lsb }) => lsb);
    expect(res1.sort((a, b) => b - a)).toEqual([29, 28, 23, 22, 20, 11]);
    expect([SCTLR_EL1.reset, SCTLR_EL1.resetMask & mask('12 2 0')]).toEqual([0n, mask('12 2 0')]);
  });

  test('SPSR_EL1 and SPSR_EL2 from AArch64', () => {
    expect(bits(SPSR_EL1)).toEqual({
      N: '31', Z: '30', C: '29', V: '28', TCO: '25', DIT: '24', UAO: '23', PAN: '22', SS: '21', IL: '20', SSBS: '12', BTYPE: '11:10', D: '9', A: '8', I: '7', F: '6', M: '4:0',
    });
    expect(SPSR_EL2.fields).toBe(SPSR_EL1.fields);
    expect(MODES).toMatchObject({ EL0t: 0b0000, EL1t: 0b0100, EL1h: 0b0101, EL2t: 0b1000, EL2h: 0b1001 });
    expect(SPSR_EL2.of({ M: MODES.EL1h, I: 1, F: 1, A: 1, D: 1 })).toBe(0x3c5n);
    expect(SPSR_EL2.format(0x6000_03c9n)).toBe('Z=1 C=1 D=1 A=1 I=1 F=1 M=EL2h');
  });

  test('ESR_EL2, and the classes of section 7', () => {
    expect(bits(ESR_EL2)).toEqual({ EC: '31:26', IL: '25', ISS: '24:0' });
    expect(ESR_ELx.EC.values).toMatchObject({
      Unknown: 0x00, WFx: 0x01, AdvSIMDFPAccess: 0x07, PAC: 0x09, BranchTarget: 0x0d, IllegalState: 0x0e, SVC64: 0x15, HVC64: 0x16, SMC64: 0x17, SysReg: 0x18,
      ERET: 0x1a, FPAC: 0x1c, InstructionAbortLower: 0x20, InstructionAbortSame: 0x21, PCAlignment: 0x22, DataAbortLower: 0x24, DataAbortSame: 0x25,
      SPAlignment: 0x26, FPTrapped64: 0x2c, SError: 0x2f, BreakpointLower: 0x30, BreakpointSame: 0x31, SoftwareStepLower: 0x32, SoftwareStepSame: 0x33,
      WatchpointLower: 0x34, WatchpointSame: 0x35, BRK64: 0x3c,
    });
    // HVC #0 as KVM sees it.
    expect(ESR_EL2.format(0x5a00_0000n)).toBe('EC=HVC64 IL=1');
  });

  test('PAR_EL1 in both forms, HPFAR_EL2', () => {
    expect(bits(PAR_EL1)).toEqual({ ATTR: '63:56', PA: '51:12', NS: '9', SH: '8:7', F: '0' });
    expect([PAR_EL1.NSE.lsb, PAR_EL1.NSE.absent]).toEqual([11, 1]);
    expect(bits(PAR_EL1_F1)).toEqual({ S: '9', PTW: '8', FST: '6:1', F: '0' });
    expect(PAR_EL1_F1.res1).toBe(mask('11'));
    expect(bits(HPFAR_EL2)).toEqual({ NS: '63', FIPA: '43:4' });
  });

  test('VTCR_EL2 and VTTBR_EL2', () => {
    expect(bits(VTCR_EL2)).toMatchObject({ T0SZ: '5:0', SL0: '7:6', IRGN0: '9:8', ORGN0: '11:10', SH0: '13:12', TG0: '15:14', PS: '18:16', VS: '19', HA: '21', HD: '22' });
    expect(VTCR_EL2.res1).toBe(mask('31'));
    expect(bits(VTTBR_EL2)).toEqual({ 'VMID[15:8]': '63:56', 'VMID[7:0]': '55:48', BADDR: '47:1', CnP: '0' });
  });

  test('CPACR_EL1, CNTKCTL_EL1, CNTP_CTL_EL0', () => {
    expect(bits(CPACR_EL1)).toEqual({ TTA: '28', FPEN: '21:20', ZEN: '17:16' });
    expect(bits(CNTKCTL_EL1)).toEqual({ EL0PTEN: '9', EL0VTEN: '8', EVNTI: '7:4', EVNTDIR: '3', EVNTEN: '2', EL0VCTEN: '1', EL0PCTEN: '0' });
    expect(bits(CNTP_CTL_EL0)).toEqual({ ISTATUS: '2', IMASK: '1', ENABLE: '0' });
  });

  test('FPCR, FPSR, DAIF', () => {
    expect(bits(FPCR)).toEqual({
      AHP: '26', DN: '25', FZ: '24', RMode: '23:22', Stride: '21:20', FZ16: '19', Len: '18:16', IDE: '15', IXE: '12', UFE: '11', OFE: '10', DZE: '9', IOE: '8',
    });
    expect(bits(FPSR)).toEqual({ N: '31', Z: '30', C: '29', V: '28', QC: '27', IDC: '7', IXC: '4', UFC: '3', OFC: '2', DZC: '1', IOC: '0' });
    expect(bits(DAIF)).toEqual({ D: '9', A: '8', I: '7', F: '6' });
    expect(DAIF.reset).toBe(0x3c0n);
  });

  test('CTR_EL0, DCZID_EL0, CCSIDR_EL1 with CCIDX', () => {
    expect(bits(CTR_EL0)).toMatchObject({ IminLine: '3:0', L1Ip: '15:14', DminLine: '19:16', ERG: '23:20', CWG: '27:24', IDC: '28', DIC: '29' });
    expect(CTR_EL0.res1).toBe(mask('31'));
    expect(bits(DCZID_EL0)).toEqual({ DZP: '4', BS: '3:0' });
    expect(bits(CCSIDR_CCIDX)).toEqual({ NumSets: '55:32', Associativity: '23:3', LineSize: '2:0' });
  });

  test('debug: MDCR_EL2, MDSCR_EL1, breakpoints and watchpoints (section 14)', () => {
    expect(bits(MDCR_EL2)).toEqual({
      HLP: '26', HCCD: '23', TTRF: '19', HPMD: '17', TPMS: '14', E2PB: '13:12', TDRA: '11', TDOSA: '10', TDA: '9', TDE: '8', HPME: '7', TPM: '6', TPMCR: '5', HPMN: '4:0',
    });
    expect(bits(MDSCR_EL1)).toEqual({
      TFO: '31', RXfull: '30', TXfull: '29', RXO: '27', TXU: '26', INTdis: '23:22', TDA: '21', SC2: '19', MDE: '15', HDE: '14', KDE: '13', TDCC: '12', ERR: '6', SS: '0',
    });
    expect(bits(DBGBCRn_EL1[3]!)).toEqual({ BT: '23:20', LBN: '19:16', SSC: '15:14', HMC: '13', BAS: '8:5', PMC: '2:1', E: '0' });
    expect(bits(DBGWCRn_EL1[0]!)).toEqual({ MASK: '28:24', WT: '20', LBN: '19:16', SSC: '15:14', HMC: '13', BAS: '12:5', LSC: '4:3', PAC: '2:1', E: '0' });
  });

  test('PMU (section 15)', () => {
    expect(bits(PMCR_EL0)).toEqual({ IMP: '31:24', IDCODE: '23:16', N: '15:11', LP: '7', LC: '6', DP: '5', X: '4', D: '3', C: '2', P: '1', E: '0' });
    expect(bits(PMUSERENR_EL0)).toEqual({ ER: '3', CR: '2', SW: '1', EN: '0' });
    expect(bits(PMEVTYPERn_EL0[7]!)).toMatchObject({ P: '31', U: '30', NSK: '29', NSU: '28', NSH: '27', M: '26', 'evtCount[15:10]': '15:10', evtCount: '9:0' });
  });

  test('GIC (sections 12.1 and 13)', () => {
    expect(bits(ICH_LRn_EL2[15]!)).toEqual({ State: '63:62', HW: '61', Group: '60', Priority: '55:48', pINTID: '44:32', vINTID: '31:0' });
    expect(bits(ICH_LR_HW0)).toEqual({ State: '63:62', HW: '61', Group: '60', Priority: '55:48', EOI: '41', vINTID: '31:0' });
    expect(ICH_LR_HW0.State.values).toEqual({ Inactive: 0b00, Pending: 0b01, Active: 0b10, PendingActive: 0b11 });
    expect(allBits(ICH_HCR_EL2)).toMatchObject({
      En: '0', UIE: '1', LRENPIE: '2', NPIE: '3', VGrp0EIE: '4', VGrp0DIE: '5', VGrp1EIE: '6', VGrp1DIE: '7', TC: '10', TALL0: '11', TALL1: '12', TSEI: '13', TDIR: '14', EOIcount: '31:27',
    });
    expect(bits(ICH_VTR_EL2)).toMatchObject({ ListRegs: '4:0', TDS: '19', nV4: '20', A3V: '21', SEIS: '22', IDbits: '25:23', PREbits: '28:26', PRIbits: '31:29' });
    expect(bits(ICH_MISR_EL2)).toEqual({ EOI: '0', U: '1', LRENP: '2', NP: '3', VGrp0E: '4', VGrp0D: '5', VGrp1E: '6', VGrp1D: '7' });
    expect(bits(ICH_VMCR_EL2)).toEqual({ VENG0: '0', VENG1: '1', VAckCtl: '2', VFIQEn: '3', VCBPR: '4', VEOIM: '9', VBPR1: '20:18', VBPR0: '23:21', VPMR: '31:24' });
    expect(bits(ICC_SGI1R_EL1)).toEqual({ TargetList: '15:0', Aff1: '23:16', INTID: '27:24', Aff2: '39:32', IRM: '40', RS: '47:44', Aff3: '55:48' });
    expect(bits(ICC_CTLR_EL1)).toEqual({ CBPR: '0', EOImode: '1', PMHE: '6', PRIbits: '10:8', IDbits: '13:11', SEIS: '14', A3V: '15', RSS: '18', ExtRange: '19' });
  });

  test('ICV registers are second names of ICC encodings, by group', () => {
    expect(ICV_VIEWS.map(({ icc }) => row(icc).name)).toEqual(ICV_VIEWS.map(({ icc }) => icc));
    const of = (group: 0 | 1 | 'common'): string[] => ICV_VIEWS.filter((view) => view.group === group).map(({ icv }) => icv);
    expect(of('common').sort()).toEqual(['ICV_CTLR_EL1', 'ICV_DIR_EL1', 'ICV_PMR_EL1', 'ICV_RPR_EL1']);
    expect(of(0)).toContain('ICV_IGRPEN0_EL1');
    expect(of(1)).toContain('ICV_AP1R3_EL1');
    // SGI generation and SRE have no virtual form.
    expect(ICV_VIEWS.some(({ icc }) => /SGI|SRE/.test(icc))).toBe(false);
  });

  test('ID registers (section 1), from the lowest field up', () => {
    const names = (of: LayoutBase<string>): string => of.fields.toReversed().map(({ name }) => name).join(' ');
    expect(names(ID_AA64PFR0_EL1)).toBe('EL0 EL1 EL2 EL3 FP AdvSIMD GIC RAS SVE SEL2 MPAM AMU DIT RME CSV2 CSV3');
    expect(names(ID_AA64PFR1_EL1)).toBe('BT SSBS MTE RAS_frac MPAM_frac SME RNDR_trap CSV2_frac NMI MTE_frac GCS THE MTEX DF2 PFAR');
    expect(names(ID_AA64ISAR0_EL1)).toBe('AES SHA1 SHA2 CRC32 Atomic TME RDM SHA3 SM3 SM4 DP FHM TS TLB RNDR');
    expect(names(ID_AA64ISAR1_EL1)).toBe('DPB APA API JSCVT FCMA LRCPC GPA GPI FRINTTS SB SPECRES BF16 DGH I8MM XS LS64');
    expect(names(ID_AA64ISAR2_EL1)).toMatch(/^WFxT RPRES GPA3 APA3 MOPS BC PAC_frac CLRBHB/);
    expect(names(ID_AA64MMFR0_EL1)).toBe('PARange ASIDBits BigEnd SNSMem BigEndEL0 TGran16 TGran64 TGran4 TGran16_2 TGran64_2 TGran4_2 ExS FGT ECV');
    expect(names(ID_AA64MMFR1_EL1)).toBe('HAFDBS VMIDBits VH HPDS LO PAN SpecSEI XNX TWED ETS HCX AFP nTLBPA TIDCP1 CMOW ECBHB');
    expect(names(ID_AA64MMFR2_EL1)).toBe('CnP UAO LSM IESB VARange CCIDX NV ST AT IDS FWB TTL BBM EVT E0PD');
    expect(names(ID_AA64DFR0_EL1)).toBe('DebugVer TraceVer PMUVer BRPs PMSS WRPs SEBEP CTX_CMPs PMSVer DoubleLock TraceFilt TraceBuffer MTPMU BRBE ExtTrcBuff HPMN0');
    // All are nibbles, so the order gives the bits; two in the middle to fix it.
    expect([ID_AA64MMFR1_EL1.VH.lsb, ID_AA64DFR0_EL1.PMUVer.lsb, ID_AA64MMFR0_EL1.TGran64.lsb, ID_AA64PFR0_EL1.GIC.lsb]).toEqual([8, 8, 24, 24]);
    expect([ID_AA64DFR0_EL1.DebugVer.value('VHE'), ID_AA64MMFR0_EL1.TGran16.value('IMP'), ID_AA64MMFR0_EL1.TGran64.value('NI')]).toEqual([7, 1, 15]);
  });

  test('every ID field that reports a feature exists', () => {
    for (const name of FEATURE_NAMES) {
      const { id } = FEATURES[name];
      if (id === null) continue;
      const [, register = '', field = ''] = /^(\w+)\.(\w+)>=\d+$/.exec(id) ?? [];
      expect(row(register).fields.some((known) => known.name === field), `${name}: ${id}`).toBe(true);
    }
  });
});

describe('a row', () => {
  test('is refused where its bits do not add up', () => {
    expect(() => defineRegister('X_EL1', [3, 0, 11, 0, 0], { access: '- RW RW', fields: { A: '31:0' } })).toThrow('X_EL1: bit 32 is claimed by nothing');
  });

  test('has a reset value for the fields that the manual resets, and RES bits', () => {
    const register = defineRegister('X_EL1', [3, 0, 11, 0, 0], { access: '- RW RW', fields: { A: '31:0', B: '35:32' }, res0: '62:36', res1: '63', reset: { B: 5 } });
    expect([register.reset, register.resetMask]).toEqual([5n << 32n, mask('63:32')]);
    expect([HCR_EL2.reset, HCR_EL2.resetMask]).toEqual(['unknown', 0n]);
    expect([ICH_HCR_EL2.reset, ICH_HCR_EL2.resetMask]).toEqual([0n, 2n ** 64n - 1n]);
  });
});
