/**
 * Registers that have a name and an encoding here and nothing else: extensions that are not modelled (trace, SPE, AMU,
 * MPAM, MTE, SVE, SME), everything newer than v8.5, and EL3. Tools can name them; accessing them is UNDEFINED.
 */
import { InvariantError } from '../../invariant.ts';
import type { Feature } from '../features.ts';
import { namedRegister, type AnyRegister, type SysRegEncoding } from './register.ts';

/** By feature: `NAME op0,op1,CRn,CRm,op2`, with R or W after a register that can only be read or written. */
const ROWS: Partial<Record<Feature, string>> = {
  EL3: `SCTLR_EL3 3,6,1,0,0 ACTLR_EL3 3,6,1,0,1 SCR_EL3 3,6,1,1,0 SDER32_EL3 3,6,1,1,1 CPTR_EL3 3,6,1,1,2 MDCR_EL3 3,6,1,3,1
    TTBR0_EL3 3,6,2,0,0 TCR_EL3 3,6,2,0,2 SPSR_EL3 3,6,4,0,0 ELR_EL3 3,6,4,0,1 SP_EL2 3,6,4,1,0 AFSR0_EL3 3,6,5,1,0
    AFSR1_EL3 3,6,5,1,1 ESR_EL3 3,6,5,2,0 FAR_EL3 3,6,6,0,0 MAIR_EL3 3,6,10,2,0 AMAIR_EL3 3,6,10,3,0 VBAR_EL3 3,6,12,0,0
    RVBAR_EL3 3,6,12,0,1R RMR_EL3 3,6,12,0,2 TPIDR_EL3 3,6,13,0,2 SCXTNUM_EL3 3,6,13,0,7 ICC_CTLR_EL3 3,6,12,12,4
    ICC_SRE_EL3 3,6,12,12,5 ICC_IGRPEN1_EL3 3,6,12,12,7 CNTPS_TVAL_EL1 3,7,14,2,0 CNTPS_CTL_EL1 3,7,14,2,1 CNTPS_CVAL_EL1 3,7,14,2,2`,
  // Debug state only.
  DebugState: 'DSPSR_EL0 3,3,4,5,0 DLR_EL0 3,3,4,5,1',
  ETMv4: `TRCTRACEIDR 2,1,0,0,1 TRCVICTLR 2,1,0,0,2 TRCPRGCTLR 2,1,0,1,0 TRCQCTLR 2,1,0,1,1 TRCVIIECTLR 2,1,0,1,2 TRCPROCSELR 2,1,0,2,0
    TRCVISSCTLR 2,1,0,2,2 TRCSTATR 2,1,0,3,0R TRCVIPCSSCTLR 2,1,0,3,2 TRCCONFIGR 2,1,0,4,0 TRCAUXCTLR 2,1,0,6,0 TRCSEQRSTEVR 2,1,0,6,4
    TRCSEQSTR 2,1,0,7,4 TRCEVENTCTL0R 2,1,0,8,0 TRCVDCTLR 2,1,0,8,2 TRCEVENTCTL1R 2,1,0,9,0 TRCVDSACCTLR 2,1,0,9,2 TRCRSR 2,1,0,10,0
    TRCVDARCCTLR 2,1,0,10,2 TRCSTALLCTLR 2,1,0,11,0 TRCTSCTLR 2,1,0,12,0 TRCSYNCPR 2,1,0,13,0 TRCCCCTLR 2,1,0,14,0 TRCBBCTLR 2,1,0,15,0
    TRCOSLAR 2,1,1,0,4W TRCOSLSR 2,1,1,1,4R TRCPDCR 2,1,1,4,4 TRCPDSR 2,1,1,5,4R TRCCIDCCTLR0 2,1,3,0,2 TRCCIDCCTLR1 2,1,3,1,2
    TRCVMIDCCTLR0 2,1,3,2,2 TRCVMIDCCTLR1 2,1,3,3,2 TRCITCTRL 2,1,7,0,4 TRCDEVID 2,1,7,2,7R TRCDEVTYPE 2,1,7,3,7R TRCCLAIMSET 2,1,7,8,6
    TRCCLAIMCLR 2,1,7,9,6 TRCDEVAFF0 2,1,7,10,6R TRCDEVAFF1 2,1,7,11,6R TRCLAR 2,1,7,12,6W TRCLSR 2,1,7,13,6R TRCAUTHSTATUS 2,1,7,14,6R
    TRCDEVARCH 2,1,7,15,6R`,
  ITE: 'TRCITEEDCR 2,1,0,2,1 TRCITECR_EL1 3,0,1,2,3 TRCITECR_EL2 3,4,1,2,3 TRCITECR_EL12 3,5,1,2,3',
  TRBE: `TRBLIMITR_EL1 3,0,9,11,0 TRBPTR_EL1 3,0,9,11,1 TRBBASER_EL1 3,0,9,11,2 TRBSR_EL1 3,0,9,11,3 TRBMAR_EL1 3,0,9,11,4
    TRBTRG_EL1 3,0,9,11,6 TRBIDR_EL1 3,0,9,11,7R`,
  BRBE: `BRBCR_EL1 2,1,9,0,0 BRBFCR_EL1 2,1,9,0,1 BRBTS_EL1 2,1,9,0,2 BRBINFINJ_EL1 2,1,9,1,0 BRBSRCINJ_EL1 2,1,9,1,1
    BRBTGTINJ_EL1 2,1,9,1,2 BRBIDR0_EL1 2,1,9,2,0R BRBCR_EL2 2,4,9,0,0 BRBCR_EL12 2,5,9,0,0`,
  SPE: `PMSCR_EL1 3,0,9,9,0 PMSICR_EL1 3,0,9,9,2 PMSIRR_EL1 3,0,9,9,3 PMSFCR_EL1 3,0,9,9,4 PMSEVFR_EL1 3,0,9,9,5 PMSLATFR_EL1 3,0,9,9,6
    PMSIDR_EL1 3,0,9,9,7R PMBLIMITR_EL1 3,0,9,10,0 PMBPTR_EL1 3,0,9,10,1 PMBSR_EL1 3,0,9,10,3 PMBIDR_EL1 3,0,9,10,7R
    PMSCR_EL2 3,4,9,9,0 PMSCR_EL12 3,5,9,9,0`,
  SPEv1p2: 'PMSNEVFR_EL1 3,0,9,9,1',
  SPE_FDS: 'PMSDSFR_EL1 3,0,9,10,4',
  PMUv3_SS: 'PMCCNTSVR_EL1 2,0,14,11,7R PMICNTSVR_EL1 2,0,14,12,0R PMSSCR_EL1 3,0,9,13,3',
  PMUv3p9: 'PMUACR_EL1 3,0,9,14,4 PMZR_EL0 3,3,9,13,4W',
  PMUv3_ICNTR: 'PMICNTR_EL0 3,3,9,4,0 PMICFILTR_EL0 3,3,9,6,0',
  EBEP: 'PMECR_EL1 3,0,9,14,5 PM 3,0,4,3,1',
  SEBEP: 'PMIAR_EL1 3,0,9,14,7',
  SPMU: `SPMCGCR0_EL1 2,0,9,13,0R SPMCGCR1_EL1 2,0,9,13,1R SPMACCESSR_EL1 2,0,9,13,3 SPMIIDR_EL1 2,0,9,13,4R SPMDEVARCH_EL1 2,0,9,13,5R
    SPMDEVAFF_EL1 2,0,9,13,6R SPMCFGR_EL1 2,0,9,13,7R SPMINTENSET_EL1 2,0,9,14,1 SPMINTENCLR_EL1 2,0,9,14,2 SPMCR_EL0 2,3,9,12,0
    SPMCNTENSET_EL0 2,3,9,12,1 SPMCNTENCLR_EL0 2,3,9,12,2 SPMOVSCLR_EL0 2,3,9,12,3 SPMZR_EL0 2,3,9,12,4W SPMSELR_EL0 2,3,9,12,5
    SPMOVSSET_EL0 2,3,9,14,3 SPMACCESSR_EL2 2,4,9,13,3 SPMACCESSR_EL12 2,5,9,13,3 SPMACCESSR_EL3 2,6,9,13,3 SPMROOTCR_EL3 2,6,9,14,7
    SPMSCR_EL1 2,7,9,14,7`,
  Debugv8p9: 'MDSELR_EL1 2,0,0,4,2',
  STEP2: 'MDSTEPOP_EL1 2,0,0,5,2',
  SVE: 'ZCR_EL1 3,0,1,2,0 ZCR_EL2 3,4,1,2,0 ZCR_EL12 3,5,1,2,0 ZCR_EL3 3,6,1,2,0',
  SME: `SMPRI_EL1 3,0,1,2,4 SMCR_EL1 3,0,1,2,6 SMIDR_EL1 3,1,0,0,6R SVCR 3,3,4,2,2 TPIDR2_EL0 3,3,13,0,5 SMPRIMAP_EL2 3,4,1,2,5
    SMCR_EL2 3,4,1,2,6 SMCR_EL12 3,5,1,2,6 SMCR_EL3 3,6,1,2,6 MPAMSM_EL1 3,0,10,5,3`,
  MTE2: `RGSR_EL1 3,0,1,0,5 GCR_EL1 3,0,1,0,6 TFSR_EL1 3,0,5,6,0 TFSRE0_EL1 3,0,5,6,1 GMID_EL1 3,1,0,0,4R TFSR_EL2 3,4,5,6,0
    TFSR_EL12 3,5,5,6,0 TFSR_EL3 3,6,5,6,0`,
  MPAM: `MPAMIDR_EL1 3,0,10,4,4R MPAM1_EL1 3,0,10,5,0 MPAM0_EL1 3,0,10,5,1 MPAMHCR_EL2 3,4,10,4,0 MPAMVPMV_EL2 3,4,10,4,1
    MPAM2_EL2 3,4,10,5,0 MPAM1_EL12 3,5,10,5,0 MPAM3_EL3 3,6,10,5,0`,
  AMUv1: `AMCR_EL0 3,3,13,2,0 AMCFGR_EL0 3,3,13,2,1R AMCGCR_EL0 3,3,13,2,2R AMUSERENR_EL0 3,3,13,2,3 AMCNTENCLR0_EL0 3,3,13,2,4
    AMCNTENSET0_EL0 3,3,13,2,5 AMCNTENCLR1_EL0 3,3,13,3,0 AMCNTENSET1_EL0 3,3,13,3,1`,
  AMUv1p1: 'AMCG1IDR_EL0 3,3,13,2,6R',
  FGT: `HFGRTR_EL2 3,4,1,1,4 HFGWTR_EL2 3,4,1,1,5 HFGITR_EL2 3,4,1,1,6 HDFGRTR_EL2 3,4,3,1,4 HDFGWTR_EL2 3,4,3,1,5 HAFGRTR_EL2 3,4,3,1,6`,
  FGT2: 'HDFGRTR2_EL2 3,4,3,1,0 HDFGWTR2_EL2 3,4,3,1,1 HFGRTR2_EL2 3,4,3,1,2 HFGWTR2_EL2 3,4,3,1,3 HFGITR2_EL2 3,4,3,1,7',
  HCX: 'HCRX_EL2 3,4,1,2,2',
  SCTLR2: 'SCTLR2_EL1 3,0,1,0,3 SCTLR2_EL2 3,4,1,0,3 SCTLR2_EL12 3,5,1,0,3 SCTLR2_EL3 3,6,1,0,3',
  TCR2: 'TCR2_EL1 3,0,2,0,3 TCR2_EL2 3,4,2,0,3 TCR2_EL12 3,5,2,0,3',
  GCS: `GCSCR_EL1 3,0,2,5,0 GCSPR_EL1 3,0,2,5,1 GCSCRE0_EL1 3,0,2,5,2 GCSPR_EL0 3,3,2,5,1 GCSCR_EL2 3,4,2,5,0 GCSPR_EL2 3,4,2,5,1
    GCSCR_EL12 3,5,2,5,0 GCSPR_EL12 3,5,2,5,1 GCSCR_EL3 3,6,2,5,0 GCSPR_EL3 3,6,2,5,1`,
  RASv2: 'ERXGSR_EL1 3,0,5,3,2R',
  PFAR: 'PFAR_EL1 3,0,6,0,5 PFAR_EL2 3,4,6,0,5 PFAR_EL12 3,5,6,0,5',
  AIE: `MAIR2_EL1 3,0,10,2,1 AMAIR2_EL1 3,0,10,3,1 MAIR2_EL2 3,4,10,1,1 AMAIR2_EL2 3,4,10,3,1 MAIR2_EL12 3,5,10,2,1 AMAIR2_EL12 3,5,10,3,1
    MAIR2_EL3 3,6,10,1,1 AMAIR2_EL3 3,6,10,3,1`,
  S1PIE: `PIRE0_EL1 3,0,10,2,2 PIR_EL1 3,0,10,2,3 PIRE0_EL2 3,4,10,2,2 PIR_EL2 3,4,10,2,3 PIRE0_EL12 3,5,10,2,2 PIR_EL12 3,5,10,2,3
    PIR_EL3 3,6,10,2,3`,
  S2PIE: 'S2PIR_EL2 3,4,10,2,5',
  S1POE: 'POR_EL1 3,0,10,2,4 POR_EL0 3,3,10,2,4 POR_EL2 3,4,10,2,4 POR_EL12 3,5,10,2,4 POR_EL3 3,6,10,2,4',
  S2POE: 'S2POR_EL1 3,0,10,2,5',
  THE: 'RCWMASK_EL1 3,0,13,0,6 RCWSMASK_EL1 3,0,13,0,3',
  LS64_ACCDATA: 'ACCDATA_EL1 3,0,13,0,5',
  FPMR: 'FPMR 3,3,4,4,2',
  HDBSS: 'HDBSSBR_EL2 3,4,2,3,2 HDBSSPROD_EL2 3,4,2,3,3',
  HACDBS: 'HACDBSBR_EL2 3,4,2,3,4 HACDBSCONS_EL2 3,4,2,3,5',
  MEC: `MECID_P0_EL2 3,4,10,8,0 MECID_A0_EL2 3,4,10,8,1 MECID_P1_EL2 3,4,10,8,2 MECID_A1_EL2 3,4,10,8,3 MECIDR_EL2 3,4,10,8,7R
    VMECID_P_EL2 3,4,10,9,0 VMECID_A_EL2 3,4,10,9,1 MECID_RL_A_EL3 3,6,10,10,1`,
  FGWTE3: 'FGWTE3_EL3 3,6,1,1,5',
  RME: 'GPTBR_EL3 3,6,2,1,4 GPCCR_EL3 3,6,2,1,6 MFAR_EL3 3,6,6,0,5',
  E3DSE: 'VSESR_EL3 3,6,5,2,3 VDISR_EL3 3,6,12,1,1',
};

type Directions = 'R' | 'W' | 'RW';

/** Families: feature, name up to the number, how many, encoding of the nth, directions, first number. */
const FAMILIES: readonly [Feature, string, number, (n: number) => SysRegEncoding, Directions?, number?][] = [
  ['ETMv4', 'TRCSEQEVR', 3, (n) => [2, 1, 0, n, 4]],
  ['ETMv4', 'TRCCNTRLDVR', 4, (n) => [2, 1, 0, n, 5]],
  ['ETMv4', 'TRCIDR', 6, (n) => [2, 1, 0, n - 8, 6], 'R', 8],
  ['ETMv4', 'TRCIDR', 8, (n) => [2, 1, 0, 8 + n, 7], 'R'],
  ['ETMv4', 'TRCIMSPEC', 8, (n) => [2, 1, 0, n, 7]],
  ['ETMv4', 'TRCCNTCTLR', 4, (n) => [2, 1, 0, 4 + n, 5]],
  ['ETMv4', 'TRCCNTVR', 4, (n) => [2, 1, 0, 8 + n, 5]],
  ['ETMv4', 'TRCEXTINSELR', 4, (n) => [2, 1, 0, 8 + n, 4]],
  ['ETMv4', 'TRCRSCTLR', 30, (n) => [2, 1, 1, n & 15, n >> 4], 'RW', 2],
  ['ETMv4', 'TRCSSCCR', 8, (n) => [2, 1, 1, n, 2]],
  ['ETMv4', 'TRCSSCSR', 8, (n) => [2, 1, 1, 8 + n, 2]],
  ['ETMv4', 'TRCSSPCICR', 8, (n) => [2, 1, 1, n, 3]],
  ['ETMv4', 'TRCACVR', 16, (n) => [2, 1, 2, (n & 7) * 2, n >> 3]],
  ['ETMv4', 'TRCACATR', 16, (n) => [2, 1, 2, (n & 7) * 2, 2 + (n >> 3)]],
  ['ETMv4', 'TRCDVCVR', 8, (n) => [2, 1, 2, (n & 3) * 4, 4 + (n >> 2)]],
  ['ETMv4', 'TRCDVCMR', 8, (n) => [2, 1, 2, (n & 3) * 4, 6 + (n >> 2)]],
  ['ETMv4', 'TRCCIDCVR', 8, (n) => [2, 1, 3, n * 2, 0]],
  ['ETMv4', 'TRCVMIDCVR', 8, (n) => [2, 1, 3, n * 2, 1]],
  ['ETMv4', 'TRCPIDR', 4, (n) => [2, 1, 7, n, 7], 'R', 4],
  ['ETMv4', 'TRCPIDR', 4, (n) => [2, 1, 7, 8 + n, 7], 'R'],
  ['ETMv4', 'TRCCIDR', 4, (n) => [2, 1, 7, 12 + n, 7], 'R'],
  ['BRBE', 'BRBINF*_EL1', 32, (n) => [2, 1, 8, n & 15, (n >> 4) * 4], 'R'],
  ['BRBE', 'BRBSRC*_EL1', 32, (n) => [2, 1, 8, n & 15, (n >> 4) * 4 + 1], 'R'],
  ['BRBE', 'BRBTGT*_EL1', 32, (n) => [2, 1, 8, n & 15, (n >> 4) * 4 + 2], 'R'],
  ['PMUv3_SS', 'PMEVCNTSVR*_EL1', 31, (n) => [2, 0, 14, 8 + (n >> 3), n & 7], 'R'],
  ['SPMU', 'SPMEVCNTR*_EL0', 16, (n) => [2, 3, 14, n >> 3, n & 7]],
  ['SPMU', 'SPMEVTYPER*_EL0', 16, (n) => [2, 3, 14, 2 + (n >> 3), n & 7]],
  ['SPMU', 'SPMEVFILTR*_EL0', 16, (n) => [2, 3, 14, 4 + (n >> 3), n & 7]],
  ['SPMU', 'SPMEVFILT2R*_EL0', 16, (n) => [2, 3, 14, 6 + (n >> 3), n & 7]],
  ['AMUv1', 'AMEVCNTR0*_EL0', 4, (n) => [3, 3, 13, 4, n]],
  ['AMUv1', 'AMEVTYPER0*_EL0', 4, (n) => [3, 3, 13, 6, n], 'R'],
  ['AMUv1', 'AMEVCNTR1*_EL0', 16, (n) => [3, 3, 13, 12 + (n >> 3), n & 7]],
  ['AMUv1', 'AMEVTYPER1*_EL0', 16, (n) => [3, 3, 13, 14 + (n >> 3), n & 7]],
  ['AMUv1p1', 'AMEVCNTVOFF0*_EL2', 16, (n) => [3, 4, 13, 8 + (n >> 3), n & 7]],
  ['AMUv1p1', 'AMEVCNTVOFF1*_EL2', 16, (n) => [3, 4, 13, 10 + (n >> 3), n & 7]],
  ['MPAM', 'MPAMVPM*_EL2', 8, (n) => [3, 4, 10, 6, n]],
];

function parseRows(feature: Feature, text: string): AnyRegister[] {
  const words = text.trim().split(/\s+/);
  const rows: AnyRegister[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const [, numbers, directions] = /^((?:\d+,){4}\d+)([RW]?)$/.exec(words[i + 1] ?? '') ?? [];
    if (numbers === undefined) throw new InvariantError(`named registers of ${feature}: no encoding after ${words[i] ?? ''}`);
    const [op0 = 0, op1 = 0, CRn = 0, CRm = 0, op2 = 0] = numbers.split(',').map(Number);
    rows.push(namedRegister(words[i] ?? '', [op0, op1, CRn, CRm, op2], feature, directions === '' ? 'RW' : (directions as Directions)));
  }
  return rows;
}

/** Every row with status `named`. */
export const NAMED_REGISTERS: readonly AnyRegister[] = [
  ...Object.entries(ROWS).flatMap(([feature, text]) => parseRows(feature as Feature, text)),
  ...FAMILIES.flatMap(([feature, name, count, encodingOf, directions, first = 0]) =>
    Array.from({ length: count }, (_, i) => {
      const n = first + i;
      return namedRegister(name.includes('*') ? name.replace('*', String(n)) : name + String(n), encodingOf(n), feature, directions);
    }),
  ),
];
