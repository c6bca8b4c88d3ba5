import { describe, expect, test } from 'vitest';
import type { LayoutBase } from './bits.ts';
import {
  accessSyndrome,
  BREAKPOINT_SYNDROME,
  brkSyndrome,
  btiSyndrome,
  dataAbortSyndrome,
  describeSyndrome,
  eretSyndrome,
  fpacSyndrome,
  fpAccessSyndrome,
  fpExceptionSyndrome,
  hvcSyndrome,
  ILLEGAL_STATE_SYNDROME,
  instructionAbortSyndrome,
  ISS_BTI,
  ISS_CALL,
  ISS_COMMENT,
  ISS_DATA_ABORT,
  ISS_ERET,
  ISS_FP_ACCESS,
  ISS_FP_EXCEPTION,
  ISS_FPAC,
  ISS_INSTRUCTION_ABORT,
  ISS_SERROR,
  ISS_SOFTWARE_STEP,
  ISS_SYS,
  ISS_WATCHPOINT,
  ISS_WFx,
  PAC_SYNDROME,
  PC_ALIGNMENT_SYNDROME,
  serrorImpDefSyndrome,
  serrorSyndrome,
  smcSyndrome,
  softwareStepSyndrome,
  SP_ALIGNMENT_SYNDROME,
  SVE_SYNDROME,
  svcSyndrome,
  syndromeEc,
  syndromeIss,
  syndromeSysKey,
  sysKeySyndrome,
  sysSyndrome,
  takenFromSameEl,
  UNKNOWN_SYNDROME,
  watchpointSyndrome,
  wfxSyndrome,
} from './esr.ts';

// Worked out on paper from the bit positions of DDI 0487, "ISS encoding for...": EC in 31:26, IL (always 1) in 25.
const EXAMPLES: readonly (readonly [what: string, actual: number, expected: number])[] = [
  ['an UNDEFINED instruction', UNKNOWN_SYNDROME, 0x0200_0000],
  ['WFI: CV 24, COND 23:20 is 0xe', wfxSyndrome(0), 0x07e0_0000],
  ['WFE', wfxSyndrome(1), 0x07e0_0001],
  ['WFIT X3: RN 9:5, RV 2', wfxSyndrome(2, 3, 1), 0x07e0_0066],
  ['FP access from A64', fpAccessSyndrome(), 0x1fe0_0000],
  ['PAuth instruction', PAC_SYNDROME, 0x2600_0000],
  ['branch target, BTYPE 2', btiSyndrome(2), 0x3600_0002],
  ['illegal Execution state', ILLEGAL_STATE_SYNDROME, 0x3a00_0000],
  ['SVC #0', svcSyndrome(0), 0x5600_0000],
  ['HVC #0', hvcSyndrome(0), 0x5a00_0000],
  ['HVC #0x4b00', hvcSyndrome(0x4b00), 0x5a00_4b00],
  ['SMC #0xffff', smcSyndrome(0xffff), 0x5e00_ffff],
  ['MSR SCTLR_EL1, X0: Op0 3, CRn 1', sysSyndrome(3, 0, 1, 0, 0, 0, 0), 0x6230_0400],
  ['MRS X5, ID_AA64MMFR1_EL1', sysSyndrome(3, 0, 0, 7, 1, 5, 1), 0x6232_00af],
  ['MSR ICC_SGI1R_EL1, X2', sysSyndrome(3, 0, 12, 11, 5, 2, 0), 0x623a_3056],
  ['TLBI VMALLE1: Rt 31', sysSyndrome(1, 0, 8, 7, 0, 31, 0), 0x6210_23ee],
  ['DC CIVAC, X1', sysSyndrome(1, 3, 7, 14, 1, 1, 0), 0x6212_dc3c],
  ['MSR ICC_SGI1R_EL1, X2 by key', sysKeySyndrome(0xc65d, 2, 0), 0x623a_3056],
  ['SVE', SVE_SYNDROME, 0x6600_0000],
  ['ERET', eretSyndrome(0, 0), 0x6a00_0000],
  ['ERETAB', eretSyndrome(1, 1), 0x6a00_0003],
  ['AUTIB failure', fpacSyndrome(0, 1), 0x7200_0001],
  ['instruction abort, translation level 3', instructionAbortSyndrome(0, 0, 0, 0, 0b000111), 0x8200_0007],
  ['instruction abort on a stage 1 walk', instructionAbortSyndrome(0, 0, 0, 1, 0b000101), 0x8200_0085],
  ['PC alignment', PC_ALIGNMENT_SYNDROME, 0x8a00_0000],
  ['LDR W3, translation level 2', dataAbortSyndrome(accessSyndrome(2, 0, 3, 0, 0), 0, 0, 0, 0, 0, 0, 0, 0b000110), 0x9383_0006],
  ['STR X30, permission level 3', dataAbortSyndrome(accessSyndrome(3, 0, 30, 1, 0), 0, 0, 0, 0, 0, 0, 1, 0b001111), 0x93de_804f],
  ['LDRSB X7, translation level 3', dataAbortSyndrome(accessSyndrome(0, 1, 7, 1, 0), 0, 0, 0, 0, 0, 0, 0, 0b000111), 0x9327_8007],
  ['LDARB W0, access flag level 3', dataAbortSyndrome(accessSyndrome(0, 0, 0, 0, 1), 0, 0, 0, 0, 0, 0, 0, 0b001011), 0x9300_400b],
  ['LDP on a stage 1 walk: no ISV', dataAbortSyndrome(0, 0, 0, 0, 0, 0, 1, 0, 0b000101), 0x9200_0085],
  ['DC CIVAC: CM and WnR', dataAbortSyndrome(0, 0, 0, 0, 0, 1, 0, 1, 0b001111), 0x9200_014f],
  ['external abort: SET UC, FnV, EA', dataAbortSyndrome(0, 0, 2, 1, 1, 0, 0, 0, 0b010000), 0x9200_1610],
  ['NV2 store: VNCR, EC 0x25', takenFromSameEl(dataAbortSyndrome(0, 1, 0, 0, 0, 0, 0, 1, 0b000111)), 0x9600_2047],
  ['SP alignment', SP_ALIGNMENT_SYNDROME, 0x9a00_0000],
  ['FP exception: TFV, DZF', fpExceptionSyndrome(1, 0, 0, 0, 0, 0, 1, 0), 0xb280_0002],
  ['SError: AET UER, asynchronous', serrorSyndrome(0, 3, 0, 0b010001), 0xbe00_0c11],
  ['SError: IDS', serrorImpDefSyndrome(1, 0x12_3456), 0xbf12_3456],
  ['breakpoint', BREAKPOINT_SYNDROME, 0xc200_0022],
  ['software step', softwareStepSyndrome(1, 0), 0xcb00_0022],
  ['software step over LDXR', softwareStepSyndrome(1, 1), 0xcb00_0062],
  ['watchpoint on a store', watchpointSyndrome(0, 0, 1), 0xd200_0062],
  ['watchpoint on DC ZVA', watchpointSyndrome(0, 1, 1), 0xd200_0162],
  ['BRK #1', brkSyndrome(1), 0xf200_0001],
];

describe('constructors', () => {
  test.each(EXAMPLES)('%s', (_, actual, expected) => {
    expect(actual.toString(16)).toBe(expected.toString(16));
  });

  // The layouts check that every bit is claimed once; here each argument must land in the field of its name.
  const CONSTRUCTORS: readonly (readonly [name: string, layout: LayoutBase<string>, fields: string, build: (...values: number[]) => number])[] = [
    ['wfx', ISS_WFx, 'TI RN RV CV COND', wfxSyndrome],
    ['fpAccess', ISS_FP_ACCESS, 'CV COND', fpAccessSyndrome],
    ['bti', ISS_BTI, 'BTYPE', btiSyndrome],
    ['hvc', ISS_CALL, 'imm16', hvcSyndrome],
    ['sys', ISS_SYS, 'Op0 Op1 CRn CRm Op2 Rt Direction', sysSyndrome],
    ['eret', ISS_ERET, 'ERET ERETA', eretSyndrome],
    ['fpac', ISS_FPAC, 'data B', fpacSyndrome],
    ['instructionAbort', ISS_INSTRUCTION_ABORT, 'SET FnV EA S1PTW IFSC', instructionAbortSyndrome],
    ['dataAbort', ISS_DATA_ABORT, 'VNCR SET FnV EA CM S1PTW WnR DFSC', dataAbortSyndrome.bind(null, 0)],
    ['fpException', ISS_FP_EXCEPTION, 'TFV VECITR IDF IXF UFF OFF DZF IOF', fpExceptionSyndrome],
    ['serror', ISS_SERROR, 'IESB AET EA DFSC', serrorSyndrome],
    ['brk', ISS_COMMENT, 'Comment', brkSyndrome],
  ];
  test.each(CONSTRUCTORS)('%s: each argument is the field of that name', (_, layout, fields, build) => {
    const names = fields.split(' ');
    for (const chosen of names) {
      const field = layout.field(chosen);
      const all = 2 ** field.width - 1;
      const iss = syndromeIss(build(...names.map((name) => (name === chosen ? all : 0))));
      expect(`${chosen} ${iss.toString(16)}`).toBe(`${chosen} ${field.of(all).toString(16)}`);
    }
  });

  test('ISV and what it validates', () => {
    expect(BigInt(accessSyndrome(3, 1, 31, 1, 1))).toBe(ISS_DATA_ABORT.of({ ISV: 1, SAS: 3, SSE: 1, SRT: 31, SF: 1, AR: 1 }));
  });

  test('fault status of the debug syndromes is fixed', () => {
    expect(BigInt(syndromeIss(softwareStepSyndrome(0, 0)))).toBe(ISS_SOFTWARE_STEP.of({ IFSC: 0x22 }));
    expect(BigInt(syndromeIss(watchpointSyndrome(1, 0, 0)))).toBe(ISS_WATCHPOINT.of({ VNCR: 1, DFSC: 0x22 }));
  });

  test('the key of a system register survives the round trip', () => {
    // ICC_SGI1R_EL1 is (3, 0, 12, 11, 5): 11 000 1100 1011 101.
    expect(syndromeSysKey(0x623a_3056)).toBe(0b11_000_1100_1011_101);
  });
});

describe('takenFromSameEl', () => {
  test.each([
    [0x8200_0007, 0x8600_0007],
    [0x9200_0007, 0x9600_0007],
    [0xc200_0022, 0xc600_0022],
    [0xca00_0022, 0xce00_0022],
    [0xd200_0022, 0xd600_0022],
    // Not paired: unchanged.
    [0x5a00_0000, 0x5a00_0000],
    [0x8a00_0000, 0x8a00_0000],
    [0xbe00_0000, 0xbe00_0000],
    [0xf200_0001, 0xf200_0001],
  ])('%i', (lower, same) => {
    expect(takenFromSameEl(lower)).toBe(same);
  });

  test('EC of the low word', () => {
    expect(syndromeEc(0x9383_0006)).toBe(0x24);
  });
});

describe('describeSyndrome', () => {
  const text = (esr: bigint | number): string => {
    const { name, il, fields } = describeSyndrome(esr);
    return `${name} IL=${String(il)} ${fields.map((field) => `${field.name}[${field.bits}]=${String(field.value)}${field.meaning === null ? '' : ` (${field.meaning})`}`).join(' ')}`.trim();
  };

  test.each([
    [0x5a00_4b00, 'HVC64 IL=1 imm16[15:0]=19200'],
    [0x623a_3056, 'SysReg IL=1 Op0[21:20]=3 Op2[19:17]=5 Op1[16:14]=0 CRn[13:10]=12 Rt[9:5]=2 CRm[4:1]=11 Direction[0]=0 (write)'],
    [0x8200_0085, 'InstructionAbortLower IL=1 SET[12:11]=0 (UER) FnV[10]=0 EA[9]=0 S1PTW[7]=1 IFSC[5:0]=5 (Translation fault, level 1)'],
    [
      0x93de_804f,
      'DataAbortLower IL=1 ISV[24]=1 SAS[23:22]=3 (doubleword) SSE[21]=0 SRT[20:16]=30 SF[15]=1 AR[14]=0 VNCR[13]=0 SET[12:11]=0 (UER) FnV[10]=0 EA[9]=0 CM[8]=0 S1PTW[7]=0 WnR[6]=1 DFSC[5:0]=15 (Permission fault, level 3)',
    ],
    [0x0200_0000, 'Unknown IL=1'],
    [0x07e0_0001, 'WFx IL=1 CV[24]=1 COND[23:20]=14 RN[9:5]=0 RV[2]=0 TI[1:0]=1 (WFE)'],
    // MRC p15, 0, R2, c1, c0, 0 from A32.
    [0x0ee0_0441, 'CP15RT IL=1 CV[24]=0 COND[23:20]=14 Opc2[19:17]=0 Opc1[16:14]=0 CRn[13:10]=1 Rt[9:5]=2 CRm[4:1]=0 Direction[0]=1 (read)'],
    [0xbe00_0c11, 'SError IL=1 IDS[24]=0 IESB[13]=0 AET[12:10]=3 (UER) EA[9]=0 DFSC[5:0]=17 (Asynchronous SError interrupt)'],
    [0xbf12_3456, 'SError IL=1 IDS[24]=1 ISS[23:0]=1193046'],
    [0xfe00_0001, 'RESERVED IL=1 ISS[24:0]=1'],
  ])('0x%s', (esr, expected) => {
    expect(text(esr)).toBe(expected);
  });

  test('ISS2, and bits that nothing defines', () => {
    expect(describeSyndrome(0x1f_5a01_0000n)).toMatchObject({ iss2: 0x1f, stray: 0x1_0000n });
  });

  test('every word can be described', () => {
    for (let ec = 0; ec < 64; ec++) expect(describeSyndrome(((ec << 26) | 0x3ff_ffff) >>> 0).ec).toBe(ec);
  });
});
