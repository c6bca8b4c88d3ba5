/**
 * Trap rows: which control makes which access an exception (DDI 0487 and DDI 0601, the accessor pseudocode of each
 * register; IHI 0069 for ICC and ICH). Facts only: the core compiles them per register, `hyp` decides the bits.
 *
 * One row is a conjunction of field values; where the manual has "or", several rows name the same accesses. The first row
 * that applies wins, and the order is the pseudocode's: the controls of EL1 stand before those of EL2. Registers are named
 * as `sysregs/` names them; of CPTR_EL2, CNTHCTL_EL2 and SCTLR_EL2 the layout is the one for the current HCR_EL2.E2H.
 */
import { InvariantError } from '../invariant.ts';
import { EC } from './exception-class.ts';
import type { Feature } from './features.ts';
import type { SysOp, SysOpGroup } from './sysops.ts';

/** Instructions that are trapped as such, not by what they access. */
export type TrappedInstruction = 'WFI' | 'WFE' | 'SMC' | 'HVC' | 'ERET' | 'FP_SIMD' | 'SVE' | 'SME' | 'PAuth' | 'MSR_DAIF';
/** What else a control can turn into an exception to EL2. */
export type TrappedEvent = 'S1_WALK_TO_DEVICE' | 'SYNC_EXTERNAL_ABORT' | 'DEBUG_EXCEPTION';

/** `{HCR_EL2.E2H, HCR_EL2.TGE}` as a number: E2H is worth 2, TGE 1. */
export type HostBits = 0 | 1 | 2 | 3;

/** A field must have one of the values. */
export interface FieldTest {
  readonly register: string;
  readonly field: string;
  readonly values: readonly number[];
}

export type AccessPattern =
  /** MRS and MSR of a register by name. */
  | { readonly kind: 'register'; readonly name: string }
  /** MRS, MSR, SYS and SYSL by encoding; each part a list, or null for any. `reserved`: also encodings that nothing has. */
  | { readonly kind: 'encoding'; readonly parts: readonly (readonly number[] | null)[]; readonly reserved: boolean }
  | { readonly kind: 'op'; readonly group: SysOpGroup }
  | { readonly kind: 'instruction'; readonly name: TrappedInstruction }
  | { readonly kind: 'event'; readonly name: TrappedEvent }
  /** An AArch32 access: no A64 instruction makes it. */
  | { readonly kind: 'aarch32'; readonly name: string };

export interface TrapRow {
  /** Unique: the tests, and the ELs. */
  readonly id: string;
  /** The controlling field: `HCR_EL2.TVM`. */
  readonly control: string;
  /** All must hold. */
  readonly tests: readonly FieldTest[];
  /** ELs at which the access is trapped. */
  readonly from: readonly (0 | 1 | 2)[];
  /** Values of {E2H, TGE} with which the control is in force. */
  readonly hostBits: readonly HostBits[];
  readonly direction: 'R' | 'W' | 'RW';
  readonly accesses: readonly AccessPattern[];
  /** Whether accesses that FEAT_NV2 turns into memory accesses or redirects ({@link VNCR}, {@link NV2_REDIRECTIONS}) are exempt. */
  readonly exceptNv2: boolean;
  /** The target; 1 becomes 2 while HCR_EL2.TGE is 1. `undefined`: the instruction is UNDEFINED instead. */
  readonly target: 1 | 2 | 'undefined';
  /** ESR_ELx.EC; null for an event, whose exception keeps its own. */
  readonly ec: number | null;
  /** Accesses that are UNDEFINED at that EL before any control is asked: left so, trapped like others, or alone trapped. */
  readonly undefinedAccess: 'left' | 'also' | 'only';
  /** The EL whose control it is; those of EL2 are in force while EL2 is implemented and enabled. */
  readonly level: 1 | 2;
  /**
   * The feature (without `FEAT_`) without which the row is not in force. Null where that follows anyway: the control is
   * RES0 and traps with 1, or what it traps is UNDEFINED. A control's own feature stands at its field.
   */
  readonly feature: Feature | null;
}

// ---- Groups of registers

const VIRTUAL_MEMORY = 'SCTLR_EL1 TTBR0_EL1 TTBR1_EL1 TCR_EL1 ESR_EL1 FAR_EL1 AFSR0_EL1 AFSR1_EL1 MAIR_EL1 AMAIR_EL1 CONTEXTIDR_EL1';
const DCC = 'MDCCSR_EL0 DBGDTR_EL0 DBGDTRRX_EL0 DBGDTRTX_EL0';
const DEBUG =
  'MDSCR_EL1 MDCCINT_EL1 OSECCR_EL1 OSDTRRX_EL1 OSDTRTX_EL1 DBGBVR<0-15>_EL1 DBGBCR<0-15>_EL1 DBGWVR<0-15>_EL1 DBGWCR<0-15>_EL1 DBGCLAIMSET_EL1 DBGCLAIMCLR_EL1 DBGAUTHSTATUS_EL1';
const OS_LOCK = 'OSLAR_EL1 OSLSR_EL1 OSDLR_EL1 DBGPRCR_EL1';
const PMU_EL0 = 'PMCR_EL0 PMCNTENSET_EL0 PMCNTENCLR_EL0 PMOVSCLR_EL0 PMOVSSET_EL0 PMCEID0_EL0 PMCEID1_EL0 PMXEVTYPER_EL0 PMEVTYPER<0-30>_EL0 PMCCFILTR_EL0';
const PMU = `${PMU_EL0} PMSWINC_EL0 PMSELR_EL0 PMCCNTR_EL0 PMXEVCNTR_EL0 PMEVCNTR<0-30>_EL0 PMUSERENR_EL0 PMINTENSET_EL1 PMINTENCLR_EL1 PMMIR_EL1`;
const CNTP = 'CNTP_TVAL_EL0 CNTP_CTL_EL0 CNTP_CVAL_EL0';
const CNTV = 'CNTV_TVAL_EL0 CNTV_CTL_EL0 CNTV_CVAL_EL0';
const ERROR_RECORDS = 'ERRIDR_EL1 ERRSELR_EL1 ERXADDR_EL1 ERXCTLR_EL1 ERXFR_EL1 ERXSTATUS_EL1 ERXMISC0_EL1 ERXMISC1_EL1 ERXMISC2_EL1 ERXMISC3_EL1';
const PAUTH_KEYS = ['APIA', 'APIB', 'APDA', 'APDB', 'APGA'].map((key) => `${key}KeyLo_EL1 ${key}KeyHi_EL1`).join(' ');
const SPE = 'PMSCR_EL1 PMSICR_EL1 PMSIRR_EL1 PMSFCR_EL1 PMSEVFR_EL1 PMSLATFR_EL1 PMSIDR_EL1';
const ICC_SGI = 'ICC_SGI1R_EL1 ICC_ASGI1R_EL1 ICC_SGI0R_EL1';
const ICC_COMMON = `${ICC_SGI} ICC_CTLR_EL1 ICC_DIR_EL1 ICC_PMR_EL1 ICC_RPR_EL1`;
const ICC_GROUP0 = 'ICC_IAR0_EL1 ICC_EOIR0_EL1 ICC_HPPIR0_EL1 ICC_BPR0_EL1 ICC_AP0R<0-3>_EL1 ICC_IGRPEN0_EL1';
const ICC_GROUP1 = 'ICC_IAR1_EL1 ICC_EOIR1_EL1 ICC_HPPIR1_EL1 ICC_BPR1_EL1 ICC_AP1R<0-3>_EL1 ICC_IGRPEN1_EL1';
const ICC = `${ICC_COMMON} ${ICC_GROUP0} ${ICC_GROUP1}`;
const ICH = 'ICH_AP0R<0-3>_EL2 ICH_AP1R<0-3>_EL2 ICH_HCR_EL2 ICH_VTR_EL2 ICH_MISR_EL2 ICH_EISR_EL2 ICH_ELRSR_EL2 ICH_VMCR_EL2 ICH_LR<0-15>_EL2';
const TRACE = 'enc:2,1,*,*,*';
/** The Activity Monitors. */
const AMU = 'enc:3,3,13,2-15,*';

// ---- Reading rows

/** Values of {E2H, TGE}: in the host's own EL0 ({1,1}) the controls of a guest are not in force. */
const HOST_BITS = { any: [0, 1, 2, 3], guest: [0, 1, 2], host: [3], E2H0: [0, 1], E2H1: [2, 3], TGE: [1, 3], '00': [0], '01': [1], '10': [2] } as const;

interface Rest {
  readonly ec?: keyof typeof EC;
  readonly undefinedAccess?: 'also' | 'only';
  readonly feature?: Feature;
}

function trap(tests: string, from: string, bits: keyof typeof HOST_BITS, direction: TrapRow['direction'], target: TrapRow['target'], accesses: string, rest: Rest = {}): TrapRow {
  const parsed = tests.split(' ').filter((test) => test !== '').map(parseTest);
  const first = parsed[0];
  const tokens = accesses.split(' ');
  return {
    id: `${tests === '' ? (rest.feature ?? '') : tests}@EL${[...from].join(',')}${bits === 'any' ? '' : ` ${bits}`}${direction === 'RW' ? '' : ` ${direction}`}${rest.ec === undefined ? '' : ` ${rest.ec}`}`,
    control: first === undefined ? '' : `${first.register}.${first.field}`,
    tests: parsed,
    from: [...from].map((el) => Number(el) as 0 | 1 | 2),
    hostBits: HOST_BITS[bits],
    direction,
    accesses: tokens.filter((token) => token !== '-nv2').flatMap(parseAccess),
    exceptNv2: tokens.includes('-nv2'),
    target,
    ec: accesses.startsWith('event:') ? null : EC[rest.ec ?? 'SysReg'],
    undefinedAccess: rest.undefinedAccess ?? 'left',
    level: /^(HCR|HSTR|CPTR|MDCR|CNTHCTL|SCTLR|ICC_SRE|ICH_HCR)_EL2\./.test(tests) ? 2 : 1,
    feature: rest.feature ?? null,
  };
}

/** `REGISTER.FIELD=v`, values separated by `|`. */
function parseTest(test: string): FieldTest {
  const [, register, field, values] = /^(\w+)\.(\w+)=([\d|]+)$/.exec(test) ?? [];
  if (register === undefined || field === undefined || values === undefined) throw new InvariantError(`${test} is not a test of a field`);
  return { register, field, values: values.split('|').map(Number) };
}

/** A register, a family `NAME<first-last>REST`, or `enc:`, `space:`, `op:`, `insn:`, `event:`, `a32:`. */
function parseAccess(token: string): AccessPattern[] {
  const [prefix, rest] = token.includes(':') ? (token.split(':') as [string, string]) : ['', token];
  switch (prefix) {
    case '': {
      const family = /^(\w+)<(\d+)-(\d+)>(\w+)$/.exec(rest);
      if (family === null) return [{ kind: 'register', name: rest }];
      const [, head = '', first, last, tail = ''] = family;
      return span(Number(first), Number(last)).map((n) => ({ kind: 'register', name: head + String(n) + tail }));
    }
    case 'enc':
    case 'space':
      return [{ kind: 'encoding', parts: rest.split(',').map(parsePart), reserved: prefix === 'space' }];
    case 'op':
      return [{ kind: 'op', group: rest as SysOpGroup }];
    case 'insn':
      return [{ kind: 'instruction', name: rest as TrappedInstruction }];
    case 'event':
      return [{ kind: 'event', name: rest as TrappedEvent }];
    case 'a32':
      return [{ kind: 'aarch32', name: rest }];
    default:
      throw new InvariantError(`${token} is no access`);
  }
}

/** `*`, `4`, `1-7` or `11|15`. */
function parsePart(part: string): readonly number[] | null {
  if (part === '*') return null;
  const [first = NaN, last] = part.split('-').map(Number);
  return last === undefined ? part.split('|').map(Number) : span(first, last);
}

function span(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

// ---- The rows

/** Controls of EL1 over EL0 (and over EL1, for CPACR_EL1 and ICC_SRE_EL1). */
const EL1_CONTROLS: readonly TrapRow[] = [
  trap('', '01', 'any', 'R', 1, 'space:3,0|1|3,0,0-7,*', { feature: 'IDST', undefinedAccess: 'only' }),

  trap('SCTLR_EL1.nTWI=0', '0', 'guest', 'RW', 1, 'insn:WFI', { ec: 'WFx' }),
  trap('SCTLR_EL1.nTWE=0', '0', 'guest', 'RW', 1, 'insn:WFE', { ec: 'WFx' }),
  trap('SCTLR_EL1.UCT=0', '0', 'guest', 'R', 1, 'CTR_EL0'),
  trap('SCTLR_EL1.UCI=0', '0', 'guest', 'RW', 1, 'op:DC_POC op:DC_POU op:IC_VA'),
  trap('SCTLR_EL1.DZE=0', '0', 'guest', 'RW', 1, 'op:DC_ZVA'),
  trap('SCTLR_EL1.UMA=0', '0', 'guest', 'RW', 1, 'DAIF insn:MSR_DAIF'),
  trap('SCTLR_EL1.EnRCTX=0', '0', 'guest', 'RW', 1, 'op:RCTX'),
  trap('SCTLR_EL1.TSCXT=1', '0', 'guest', 'RW', 1, 'SCXTNUM_EL0'),

  // FPEN 0 and 2 trap EL0 and EL1, 1 traps EL0. What TGE takes to EL2 with E2H 0 is reported as UNKNOWN.
  trap('CPACR_EL1.FPEN=0|1|2', '0', '00', 'RW', 1, 'insn:FP_SIMD FPCR FPSR', { ec: 'AdvSIMDFPAccess' }),
  trap('CPACR_EL1.FPEN=0|1|2', '0', '10', 'RW', 1, 'insn:FP_SIMD FPCR FPSR', { ec: 'AdvSIMDFPAccess' }),
  trap('CPACR_EL1.FPEN=0|1|2', '0', '01', 'RW', 2, 'insn:FP_SIMD FPCR FPSR', { ec: 'Unknown' }),
  trap('CPACR_EL1.FPEN=0|2', '1', 'any', 'RW', 1, 'insn:FP_SIMD FPCR FPSR', { ec: 'AdvSIMDFPAccess' }),
  trap('CPACR_EL1.ZEN=0|1|2', '0', 'guest', 'RW', 1, 'insn:SVE', { ec: 'SVEAccess' }),
  trap('CPACR_EL1.ZEN=0|2', '1', 'any', 'RW', 1, 'insn:SVE ZCR_EL1', { ec: 'SVEAccess' }),
  trap('CPACR_EL1.SMEN=0|1|2', '0', 'guest', 'RW', 1, 'insn:SME', { ec: 'SMEAccess' }),
  trap('CPACR_EL1.SMEN=0|2', '1', 'any', 'RW', 1, 'insn:SME SMCR_EL1', { ec: 'SMEAccess' }),
  trap('CPACR_EL1.TTA=1', '01', 'guest', 'RW', 1, TRACE),

  trap('CNTKCTL_EL1.EL0PCTEN=0', '0', 'guest', 'R', 1, 'CNTPCT_EL0'),
  trap('CNTKCTL_EL1.EL0VCTEN=0', '0', 'guest', 'R', 1, 'CNTVCT_EL0'),
  trap('CNTKCTL_EL1.EL0PCTEN=0 CNTKCTL_EL1.EL0VCTEN=0', '0', 'guest', 'R', 1, 'CNTFRQ_EL0'),
  trap('CNTKCTL_EL1.EL0PTEN=0', '0', 'guest', 'RW', 1, CNTP),
  trap('CNTKCTL_EL1.EL0VTEN=0', '0', 'guest', 'RW', 1, CNTV),

  trap('PMUSERENR_EL0.EN=0', '0', 'any', 'RW', 1, PMU_EL0),
  trap('PMUSERENR_EL0.EN=0 PMUSERENR_EL0.SW=0', '0', 'any', 'W', 1, 'PMSWINC_EL0'),
  trap('PMUSERENR_EL0.EN=0 PMUSERENR_EL0.CR=0', '0', 'any', 'R', 1, 'PMCCNTR_EL0'),
  trap('PMUSERENR_EL0.EN=0 PMUSERENR_EL0.ER=0', '0', 'any', 'R', 1, 'PMXEVCNTR_EL0 PMEVCNTR<0-30>_EL0'),
  trap('PMUSERENR_EL0.EN=0', '0', 'any', 'W', 1, 'PMCCNTR_EL0 PMXEVCNTR_EL0 PMEVCNTR<0-30>_EL0'),
  trap('PMUSERENR_EL0.EN=0 PMUSERENR_EL0.ER=0', '0', 'any', 'RW', 1, 'PMSELR_EL0'),

  trap('MDSCR_EL1.TDCC=1', '0', 'any', 'RW', 1, DCC),
  trap('ICC_SRE_EL1.SRE=0', '1', 'any', 'RW', 1, ICC),
];

/** Controls of EL2, and what {E2H, TGE} = {1,1} puts in the place of EL1's. They are in force while EL2 is implemented and enabled. */
const EL2_CONTROLS: readonly TrapRow[] = [
  // HCR_EL2, by bit.
  trap('HCR_EL2.PTW=1', '01', 'guest', 'RW', 2, 'event:S1_WALK_TO_DEVICE'),
  trap('HCR_EL2.TWI=1', '01', 'guest', 'RW', 2, 'insn:WFI', { ec: 'WFx' }),
  trap('HCR_EL2.TWE=1', '01', 'guest', 'RW', 2, 'insn:WFE', { ec: 'WFx' }),
  trap('HCR_EL2.TID0=1', '01', 'guest', 'R', 2, 'a32:FPSID a32:JIDR', { ec: 'FPID' }),
  trap('HCR_EL2.TID1=1', '1', 'any', 'R', 2, 'REVIDR_EL1 AIDR_EL1 SMIDR_EL1'),
  trap('HCR_EL2.TID2=1', '1', 'any', 'RW', 2, 'CTR_EL0 CCSIDR_EL1 CCSIDR2_EL1 CLIDR_EL1 CSSELR_EL1'),
  trap('HCR_EL2.TID2=1', '0', 'guest', 'R', 2, 'CTR_EL0'),
  trap('HCR_EL2.TID3=1', '1', 'any', 'R', 2, 'space:3,0,0,1-7,*'),
  // Without EL3 the bit may be RES0; here it traps, before the SMC would be UNDEFINED.
  trap('HCR_EL2.TSC=1', '1', 'any', 'RW', 2, 'insn:SMC', { ec: 'SMC64', undefinedAccess: 'also' }),
  trap('HCR_EL2.TIDCP=1', '1', 'any', 'RW', 2, 'space:1|3,*,11|15,*,*', { undefinedAccess: 'also' }),
  trap('HCR_EL2.TACR=1', '1', 'any', 'RW', 2, 'ACTLR_EL1'),
  trap('HCR_EL2.TSW=1', '1', 'any', 'RW', 2, 'op:DC_SW'),
  trap('HCR_EL2.TPCP=1', '01', 'guest', 'RW', 2, 'op:DC_POC'),
  trap('HCR_EL2.TPU=1', '01', 'guest', 'RW', 2, 'op:IC_VA op:IC_ALL op:IC_ALL_IS op:DC_POU'),
  trap('HCR_EL2.TTLB=1', '1', 'any', 'RW', 2, 'op:TLBI_EL1 op:TLBI_EL1_IS op:TLBI_EL1_OS'),
  trap('HCR_EL2.TVM=1', '1', 'any', 'W', 2, VIRTUAL_MEMORY),
  trap('HCR_EL2.TGE=1', '0', 'host', 'RW', 2, 'DAIF insn:MSR_DAIF'),
  trap('HCR_EL2.TGE=1', '0', 'TGE', 'RW', 2, DCC),
  trap('HCR_EL2.TDZ=1', '01', 'guest', 'RW', 2, 'op:DC_ZVA'),
  trap('HCR_EL2.HCD=1', '12', 'any', 'RW', 'undefined', 'insn:HVC', { ec: 'Unknown' }),
  trap('HCR_EL2.TRVM=1', '1', 'any', 'R', 2, VIRTUAL_MEMORY),
  trap('HCR_EL2.TLOR=1', '1', 'any', 'RW', 2, 'LORSA_EL1 LOREA_EL1 LORN_EL1 LORC_EL1 LORID_EL1'),
  trap('HCR_EL2.TERR=1', '1', 'any', 'RW', 2, ERROR_RECORDS),
  trap('HCR_EL2.TEA=1', '01', 'guest', 'RW', 2, 'event:SYNC_EXTERNAL_ABORT'),
  trap('HCR_EL2.APK=0', '1', 'any', 'RW', 2, PAUTH_KEYS),
  trap('HCR_EL2.API=0', '01', 'guest', 'RW', 2, 'insn:PAuth', { ec: 'PAC', feature: 'PAuth' }),
  trap('HCR_EL2.AT=1', '1', 'any', 'RW', 2, 'op:AT_S1'),
  trap('HCR_EL2.FIEN=0', '1', 'any', 'RW', 2, 'ERXPFGF_EL1 ERXPFGCTL_EL1 ERXPFGCDN_EL1'),
  trap('HCR_EL2.TID4=1', '1', 'any', 'RW', 2, 'CCSIDR_EL1 CCSIDR2_EL1 CLIDR_EL1 CSSELR_EL1'),
  trap('HCR_EL2.TICAB=1', '1', 'any', 'RW', 2, 'op:IC_ALL_IS'),
  trap('HCR_EL2.TOCU=1', '01', 'guest', 'RW', 2, 'op:IC_VA op:IC_ALL op:DC_POU'),
  trap('HCR_EL2.EnSCXT=0', '01', 'guest', 'RW', 2, 'SCXTNUM_EL0 SCXTNUM_EL1'),
  trap('HCR_EL2.TTLBIS=1', '1', 'any', 'RW', 2, 'op:TLBI_EL1_IS'),
  trap('HCR_EL2.TTLBOS=1', '1', 'any', 'RW', 2, 'op:TLBI_EL1_OS'),
  trap('HCR_EL2.ATA=0', '1', 'any', 'RW', 2, 'GCR_EL1 RGSR_EL1 TFSR_EL1 TFSRE0_EL1'),
  trap('HCR_EL2.TID5=1', '1', 'any', 'R', 2, 'GMID_EL1'),

  // FEAT_NV: EL2's names at EL1 trap where they would be UNDEFINED; FEAT_NV2 exempts what it serves from memory.
  trap('HCR_EL2.NV=1', '1', 'any', 'RW', 2, 'insn:ERET', { ec: 'ERET' }),
  trap('HCR_EL2.NV=1', '1', 'any', 'RW', 2, 'op:TLBI_EL2 op:AT_S1E2 op:AT_S12', { undefinedAccess: 'only' }),
  trap('HCR_EL2.NV=1 HCR_EL2.NV2=0', '1', 'any', 'RW', 2, 'enc:2|3,4|5,*,*,*', { undefinedAccess: 'only' }),
  trap('HCR_EL2.NV=1 HCR_EL2.NV2=1', '1', 'any', 'RW', 2, 'enc:2|3,4,*,*,* -nv2', { undefinedAccess: 'only' }),
  trap('HCR_EL2.NV=1 HCR_EL2.NV2=1 HCR_EL2.NV1=0', '1', 'any', 'RW', 2, 'enc:3,5,*,*,* -nv2', { undefinedAccess: 'only' }),
  trap('HCR_EL2.NV=1 HCR_EL2.NV2=1 HCR_EL2.NV1=1', '1', 'any', 'RW', 2, 'enc:3,5,*,*,*', { undefinedAccess: 'only' }),
  trap('HCR_EL2.NV1=1 HCR_EL2.NV=1 HCR_EL2.NV2=0', '1', 'any', 'RW', 2, 'VBAR_EL1 ELR_EL1 SPSR_EL1 SCXTNUM_EL1'),

  // AArch32 only: Tn traps CP15 accesses with that CRn (or CRm, for MCRR).
  ...[0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15].map((n) =>
    trap(`HSTR_EL2.T${String(n)}=1`, '01', 'guest', 'RW', 2, `a32:CP15.c${String(n)}`, { ec: 'CP15RT' }),
  ),

  // CPTR_EL2, first as it is with E2H 0, then in the layout of CPACR_EL1.
  trap('CPTR_EL2.TFP=1', '012', 'E2H0', 'RW', 2, 'insn:FP_SIMD FPCR FPSR FPEXC32_EL2', { ec: 'AdvSIMDFPAccess' }),
  trap('CPTR_EL2.TZ=1', '012', 'E2H0', 'RW', 2, 'insn:SVE ZCR_EL1 ZCR_EL2', { ec: 'SVEAccess' }),
  trap('CPTR_EL2.TSM=1', '012', 'E2H0', 'RW', 2, 'insn:SME SMCR_EL1 SMCR_EL2', { ec: 'SMEAccess' }),
  trap('CPTR_EL2.TTA=1', '12', 'E2H0', 'RW', 2, TRACE),
  trap('CPTR_EL2.FPEN=0|2', '012', 'E2H1', 'RW', 2, 'insn:FP_SIMD FPCR FPSR FPEXC32_EL2', { ec: 'AdvSIMDFPAccess' }),
  trap('CPTR_EL2.FPEN=1', '0', 'host', 'RW', 2, 'insn:FP_SIMD FPCR FPSR', { ec: 'AdvSIMDFPAccess' }),
  trap('CPTR_EL2.ZEN=0|2', '012', 'E2H1', 'RW', 2, 'insn:SVE ZCR_EL1 ZCR_EL2', { ec: 'SVEAccess' }),
  trap('CPTR_EL2.ZEN=1', '0', 'host', 'RW', 2, 'insn:SVE', { ec: 'SVEAccess' }),
  trap('CPTR_EL2.SMEN=0|2', '012', 'E2H1', 'RW', 2, 'insn:SME SMCR_EL1 SMCR_EL2', { ec: 'SMEAccess' }),
  trap('CPTR_EL2.SMEN=1', '0', 'host', 'RW', 2, 'insn:SME', { ec: 'SMEAccess' }),
  trap('CPTR_EL2.TTA=1', '12', 'E2H1', 'RW', 2, TRACE),
  trap('CPTR_EL2.TCPAC=1', '1', 'any', 'RW', 2, 'CPACR_EL1'),
  trap('CPTR_EL2.TAM=1', '01', 'any', 'RW', 2, AMU),

  // MDCR_EL2. TDE (and TGE, for EL0: above) implies the other three.
  trap('MDCR_EL2.TDA=1', '1', 'any', 'RW', 2, `${DEBUG} ${DCC}`),
  trap('MDCR_EL2.TDA=1', '0', 'any', 'RW', 2, DCC),
  trap('MDCR_EL2.TDE=1', '1', 'any', 'RW', 2, `${DEBUG} ${DCC} ${OS_LOCK} MDRAR_EL1`),
  trap('MDCR_EL2.TDE=1', '0', 'any', 'RW', 2, DCC),
  trap('MDCR_EL2.TDE=1', '01', 'any', 'RW', 2, 'event:DEBUG_EXCEPTION'),
  trap('MDCR_EL2.TDOSA=1', '1', 'any', 'RW', 2, OS_LOCK),
  trap('MDCR_EL2.TDRA=1', '1', 'any', 'R', 2, 'MDRAR_EL1'),
  trap('MDCR_EL2.TPM=1', '01', 'any', 'RW', 2, PMU),
  trap('MDCR_EL2.TPMCR=1', '01', 'any', 'RW', 2, 'PMCR_EL0'),
  trap('MDCR_EL2.TPMS=1', '1', 'any', 'RW', 2, SPE),
  trap('MDCR_EL2.TTRF=1', '1', 'any', 'RW', 2, 'TRFCR_EL1'),

  // CNTHCTL_EL2: EL1PCTEN is bit 0 with E2H 0 and bit 10 with E2H 1; EL1PCEN becomes EL1PTEN.
  trap('CNTHCTL_EL2.EL1PCTEN=0', '01', 'guest', 'R', 2, 'CNTPCT_EL0'),
  trap('CNTHCTL_EL2.EL1PCEN=0', '01', 'E2H0', 'RW', 2, CNTP),
  trap('CNTHCTL_EL2.EL1PTEN=0', '01', '10', 'RW', 2, CNTP),
  trap('CNTHCTL_EL2.EL0PCTEN=0', '0', 'host', 'R', 2, 'CNTPCT_EL0'),
  trap('CNTHCTL_EL2.EL0VCTEN=0', '0', 'host', 'R', 2, 'CNTVCT_EL0'),
  trap('CNTHCTL_EL2.EL0PCTEN=0 CNTHCTL_EL2.EL0VCTEN=0', '0', 'host', 'R', 2, 'CNTFRQ_EL0'),
  trap('CNTHCTL_EL2.EL0PTEN=0', '0', 'host', 'RW', 2, CNTP),
  trap('CNTHCTL_EL2.EL0VTEN=0', '0', 'host', 'RW', 2, CNTV),

  // SCTLR_EL2 controls the host's EL0.
  trap('SCTLR_EL2.nTWI=0', '0', 'host', 'RW', 2, 'insn:WFI', { ec: 'WFx' }),
  trap('SCTLR_EL2.nTWE=0', '0', 'host', 'RW', 2, 'insn:WFE', { ec: 'WFx' }),
  trap('SCTLR_EL2.UCT=0', '0', 'host', 'R', 2, 'CTR_EL0'),
  trap('SCTLR_EL2.UCI=0', '0', 'host', 'RW', 2, 'op:DC_POC op:DC_POU op:IC_VA'),
  trap('SCTLR_EL2.DZE=0', '0', 'host', 'RW', 2, 'op:DC_ZVA'),
  trap('SCTLR_EL2.EnRCTX=0', '0', 'host', 'RW', 2, 'op:RCTX'),
  trap('SCTLR_EL2.TSCXT=1', '0', 'host', 'RW', 2, 'SCXTNUM_EL0'),

  // The GIC. At EL1 the writes that generate SGIs trap while either kind of interrupt is virtual: there is no ICV_SGI1R.
  trap('ICC_SRE_EL2.Enable=0', '1', 'any', 'RW', 2, 'ICC_SRE_EL1'),
  trap('ICC_SRE_EL2.SRE=0', '2', 'any', 'RW', 2, `${ICC} ${ICH}`),
  trap('ICH_HCR_EL2.TC=1', '1', 'any', 'RW', 2, ICC_COMMON),
  trap('ICH_HCR_EL2.TALL0=1', '1', 'any', 'RW', 2, ICC_GROUP0),
  trap('ICH_HCR_EL2.TALL1=1', '1', 'any', 'RW', 2, ICC_GROUP1),
  trap('ICH_HCR_EL2.TDIR=1', '1', 'any', 'W', 2, 'ICC_DIR_EL1'),
  trap('HCR_EL2.IMO=1', '1', 'any', 'W', 2, ICC_SGI),
  trap('HCR_EL2.FMO=1', '1', 'any', 'W', 2, ICC_SGI),
];

/** Every row; the first that applies to an access wins. */
export const TRAPS: readonly TrapRow[] = [...EL1_CONTROLS, ...EL2_CONTROLS];

// ---- Asking

/** One access, as the core meets it. */
export type TrapAccess =
  /** MRS or MSR: `key` is `op0:op1:CRn:CRm:op2`, `name` null for an encoding that no register has. */
  | { readonly kind: 'register'; readonly key: number; readonly name: string | null }
  /** SYS or SYSL: `key` as above with op0 1, `op` null where it has no name. */
  | { readonly kind: 'op'; readonly key: number; readonly op: SysOp | null }
  | { readonly kind: 'instruction'; readonly name: TrappedInstruction }
  | { readonly kind: 'event'; readonly name: TrappedEvent };

/** Where the PE stands when it makes the access. */
export interface Situation {
  readonly el: 0 | 1 | 2;
  /** Whether EL2 is implemented and enabled; without it `hostBits` is 0 and only the EL1 controls are in force. */
  readonly hasEl2: boolean;
  readonly hostBits: HostBits;
  /** Whether the access is UNDEFINED at this EL before any control is asked. */
  readonly isUndefined: boolean;
  /** The value of a field of a control register, in the layout for the current E2H; 0 where the feature is absent. */
  readonly read: (register: string, field: string) => number;
}

/** The rows that name an access, in order: what the core compiles for a register once. `isRead` is null for both directions. */
export function trapsOf(access: TrapAccess, isRead: boolean | null = null): TrapRow[] {
  const direction = isRead === null ? null : isRead ? 'R' : 'W';
  return TRAPS.filter((row) => (direction === null || row.direction.includes(direction)) && row.accesses.some((pattern) => covers(pattern, access)) && !(row.exceptNv2 && isServedByNv2(access)));
}

/** Whether a row that names the access applies. */
export function trapApplies(row: TrapRow, situation: Situation): boolean {
  return (
    row.from.includes(situation.el) &&
    row.hostBits.includes(situation.hostBits) &&
    (row.undefinedAccess === 'also' || (row.undefinedAccess === 'only') === situation.isUndefined) &&
    (situation.hasEl2 || row.level === 1) &&
    row.tests.every((test) => test.values.includes(situation.read(test.register, test.field)))
  );
}

/** The first of `rows` that applies; null where the access is made (or is UNDEFINED). */
export function firstTrap(rows: readonly TrapRow[], situation: Situation): TrapRow | null {
  return rows.find((row) => trapApplies(row, situation)) ?? null;
}

/** The EL that takes the trap: HCR_EL2.TGE moves EL1's to EL2. */
export function trapTarget(row: TrapRow, hostBits: HostBits): 1 | 2 | 'undefined' {
  return row.target === 1 && (hostBits & 1) === 1 ? 2 : row.target;
}

/** A row as one line of a table. */
export function formatTrap(row: TrapRow): string {
  const target = row.target === 'undefined' ? 'UNDEFINED' : `EL${String(row.target)}${row.ec === null ? '' : ` 0x${row.ec.toString(16).padStart(2, '0')}`}`;
  return `${row.id} -> ${target}: ${row.accesses.map(formatPattern).join(' ')}${row.exceptNv2 ? ' (not what NV2 serves)' : ''}`;
}

function formatPattern(pattern: AccessPattern): string {
  switch (pattern.kind) {
    case 'encoding':
      return `S${pattern.parts.map((part) => part?.join('|') ?? '*').join('_')}`;
    case 'op':
      return pattern.group;
    default:
      return pattern.name;
  }
}

function covers(pattern: AccessPattern, access: TrapAccess): boolean {
  switch (access.kind) {
    case 'register':
      return (pattern.kind === 'register' && pattern.name === access.name) || (pattern.kind === 'encoding' && coversKey(pattern, access.key, access.name !== null));
    case 'op':
      return (pattern.kind === 'op' && pattern.group === access.op?.group) || (pattern.kind === 'encoding' && coversKey(pattern, access.key, access.op !== null));
    default:
      return pattern.kind === access.kind && pattern.name === access.name;
  }
}

function coversKey(pattern: AccessPattern & { readonly kind: 'encoding' }, key: number, isAllocated: boolean): boolean {
  const encoding = [(key >> 14) & 3, (key >> 11) & 7, (key >> 7) & 15, (key >> 3) & 15, key & 7];
  return (pattern.reserved || isAllocated) && pattern.parts.every((part, index) => part?.includes(encoding[index] ?? NaN) ?? true);
}

// ---- Nested virtualization

export interface VncrSlot {
  readonly name: string;
  /** From VNCR_EL2.BADDR, in bytes. */
  readonly offset: number;
  /**
   * The `_EL12` or `_EL02` name that reaches the slot with HCR_EL2.NV1 0, while `name` reaches it with NV1 1; null where
   * `name` reaches it with either.
   */
  readonly alias: string | null;
}

/** `NAME:offset`, with `*` behind names that have an alias; families count up by 8. */
const VNCR_ROWS = `
  VTTBR_EL2:20 VSTTBR_EL2:30 VTCR_EL2:40 VSTCR_EL2:48 VMPIDR_EL2:50 CNTVOFF_EL2:60 HCR_EL2:78 HSTR_EL2:80 VPIDR_EL2:88
  TPIDR_EL2:90 VNCR_EL2:b0 CPACR_EL1*:100 CONTEXTIDR_EL1*:108 SCTLR_EL1*:110 ACTLR_EL1:118 TCR_EL1*:120 AFSR0_EL1*:128
  AFSR1_EL1*:130 ESR_EL1*:138 MAIR_EL1*:140 AMAIR_EL1*:148 MDSCR_EL1:158 SPSR_EL1*:160 CNTV_CVAL_EL0*:168 CNTV_CTL_EL0*:170
  CNTP_CVAL_EL0*:178 CNTP_CTL_EL0*:180 SCXTNUM_EL1*:188 TFSR_EL1*:190 ZCR_EL1*:1e0 TTBR0_EL1*:200 TTBR1_EL1*:210 FAR_EL1*:220
  ELR_EL1*:230 SP_EL1:240 VBAR_EL1*:250 ICH_LR<0-15>_EL2:400 ICH_AP0R<0-3>_EL2:480 ICH_AP1R<0-3>_EL2:4a0 ICH_HCR_EL2:4c0
  ICH_VMCR_EL2:4c8 VDISR_EL2:500 VSESR_EL2:508 PMBLIMITR_EL1:800 PMBPTR_EL1:810 PMBSR_EL1:820 PMSCR_EL1*:828 PMSEVFR_EL1:830
  PMSICR_EL1:838 PMSIRR_EL1:840 PMSLATFR_EL1:848 TRFCR_EL1*:880 MPAM1_EL1*:900 MPAMHCR_EL2:930 MPAMVPMV_EL2:938
  MPAMVPM<0-7>_EL2:940`;

/** Accesses at EL1 that HCR_EL2.{NV, NV2} = {1, 1} turns into 64-bit memory accesses (DDI 0487, "Enhanced support for nested virtualization"). */
export const VNCR: readonly VncrSlot[] = VNCR_ROWS.trim().split(/\s+/).flatMap((row): VncrSlot[] => {
  const [, name = '', star, hex = ''] = /^([^*:]+)(\*?):(\w+)$/.exec(row) ?? [];
  const names = parseAccess(name).flatMap((pattern) => (pattern.kind === 'register' ? [pattern.name] : []));
  return names.map((one, index) => ({
    name: one,
    offset: parseInt(hex, 16) + 8 * index,
    alias: star === '*' ? one.replace(/_EL([01])$/, '_EL$12') : null,
  }));
});

/** EL2 names that reach the EL1 register at EL1 with HCR_EL2.{NV, NV2} = {1, 1}. */
export const NV2_REDIRECTIONS: Readonly<Record<string, string>> = { SPSR_EL2: 'SPSR_EL1', ELR_EL2: 'ELR_EL1', ESR_EL2: 'ESR_EL1', FAR_EL2: 'FAR_EL1', TFSR_EL2: 'TFSR_EL1' };

/** The offset that an MRS or MSR of `name` at EL1 accesses with {NV, NV2} = {1, 1}; null where it is no memory access. */
export function vncrOffset(name: string, NV1: number): number | null {
  return VNCR.find((slot) => (slot.alias === null || NV1 === 1 ? slot.name : slot.alias) === name)?.offset ?? null;
}

function isServedByNv2(access: TrapAccess): boolean {
  if (access.kind !== 'register' || access.name === null) return false;
  const { name } = access;
  return name in NV2_REDIRECTIONS || VNCR.some((slot) => slot.name === name || slot.alias === name);
}

// ---- The OS lock

/** MDSCR_EL1 fields that software can write only while OSLSR_EL1.OSLK is 1; otherwise they are read-only (DDI 0487, "MDSCR_EL1"). */
export const MDSCR_OS_LOCK_FIELDS: readonly string[] = ['RXfull', 'TXfull', 'RXO', 'TXU', 'INTdis', 'TDA', 'SC2', 'HDE', 'ERR'];

/** Debug exceptions that OSLSR_EL1.OSLK 1, or a locked OS Double Lock, disables; a BRK is never disabled (DDI 0487, "The OS Lock"). */
export const OS_LOCK_DISABLES: readonly string[] = ['Breakpoint', 'Watchpoint', 'Vector Catch', 'Software Step'];
