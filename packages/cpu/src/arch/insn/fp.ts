/** Scalar floating-point (DDI 0487 C4 "Data Processing -- Scalar Floating-Point and Advanced SIMD"). */
import { row, type RowOptions, type RowSpec } from './row.ts';

/** Half, single and double precision by ftype; half needs FP16 except to convert it. */
const HSD     = { needs: 'FP', needsWhen: { FP16: 'ftype=11' }, not: 'ftype=10' } as const satisfies RowOptions;
/** A general register of 32 bits has at most 32 fraction bits. */
const FIXED   = { ...HSD, not: 'ftype=10 | sf=0 scale=0xxxxx' } as const;
/** Single goes with W, double with X. */
const MOVE    = { ...HSD, not: 'ftype=10 | sf=0 ftype=01 | sf=1 ftype=00' } as const;
/** ftype is the source, opc the destination: they differ, and neither is 10. */
const CONVERT = { needs: 'FP', not: 'ftype=10 | opc=10 | ftype=00 opc=00 | ftype=01 opc=01 | ftype=11 opc=11' } as const satisfies RowOptions;
const TOP     = { needs: 'FP' } as const satisfies RowOptions;
const FRINTTS = { needs: 'FRINTTS' } as const satisfies RowOptions;

export const fp = {
  // Conversion between floating-point and fixed-point
  SCVTF_float_fix:  row('sf 0 0 11110 ftype:2 0 00 010 scale:6 Rn:5 Rd:5',    'scvtf <Fd>, <Rn>, <fbits>',         FIXED),
  UCVTF_float_fix:  row('sf 0 0 11110 ftype:2 0 00 011 scale:6 Rn:5 Rd:5',    'ucvtf <Fd>, <Rn>, <fbits>',         FIXED),
  FCVTZS_float_fix: row('sf 0 0 11110 ftype:2 0 11 000 scale:6 Rn:5 Rd:5',    'fcvtzs <Rd>, <Fn>, <fbits>',        FIXED),
  FCVTZU_float_fix: row('sf 0 0 11110 ftype:2 0 11 001 scale:6 Rn:5 Rd:5',    'fcvtzu <Rd>, <Fn>, <fbits>',        FIXED),

  // Conversion between floating-point and integer
  FCVTNS_float:     row('sf 0 0 11110 ftype:2 1 00 000 000000 Rn:5 Rd:5',     'fcvtns <Rd>, <Fn>',                 HSD),
  FCVTNU_float:     row('sf 0 0 11110 ftype:2 1 00 001 000000 Rn:5 Rd:5',     'fcvtnu <Rd>, <Fn>',                 HSD),
  SCVTF_float_int:  row('sf 0 0 11110 ftype:2 1 00 010 000000 Rn:5 Rd:5',     'scvtf <Fd>, <Rn>',                  HSD),
  UCVTF_float_int:  row('sf 0 0 11110 ftype:2 1 00 011 000000 Rn:5 Rd:5',     'ucvtf <Fd>, <Rn>',                  HSD),
  FCVTAS_float:     row('sf 0 0 11110 ftype:2 1 00 100 000000 Rn:5 Rd:5',     'fcvtas <Rd>, <Fn>',                 HSD),
  FCVTAU_float:     row('sf 0 0 11110 ftype:2 1 00 101 000000 Rn:5 Rd:5',     'fcvtau <Rd>, <Fn>',                 HSD),
  FMOV_float2int:   row('sf 0 0 11110 ftype:2 1 00 110 000000 Rn:5 Rd:5',     'fmov <Rd>, <Fn>',                   MOVE),
  FMOV_int2float:   row('sf 0 0 11110 ftype:2 1 00 111 000000 Rn:5 Rd:5',     'fmov <Fd>, <Rn>',                   MOVE),
  FCVTPS_float:     row('sf 0 0 11110 ftype:2 1 01 000 000000 Rn:5 Rd:5',     'fcvtps <Rd>, <Fn>',                 HSD),
  FCVTPU_float:     row('sf 0 0 11110 ftype:2 1 01 001 000000 Rn:5 Rd:5',     'fcvtpu <Rd>, <Fn>',                 HSD),
  FMOV_top2int:     row('1 0 0 11110 10 1 01 110 000000 Rn:5 Rd:5',           'fmov <Xd>, <lane(Rn D 1)>',         TOP),
  FMOV_int2top:     row('1 0 0 11110 10 1 01 111 000000 Rn:5 Rd:5',           'fmov <lane(Rd D 1)>, <Xn>',         TOP),
  FCVTMS_float:     row('sf 0 0 11110 ftype:2 1 10 000 000000 Rn:5 Rd:5',     'fcvtms <Rd>, <Fn>',                 HSD),
  FCVTMU_float:     row('sf 0 0 11110 ftype:2 1 10 001 000000 Rn:5 Rd:5',     'fcvtmu <Rd>, <Fn>',                 HSD),
  FCVTZS_float_int: row('sf 0 0 11110 ftype:2 1 11 000 000000 Rn:5 Rd:5',     'fcvtzs <Rd>, <Fn>',                 HSD),
  FCVTZU_float_int: row('sf 0 0 11110 ftype:2 1 11 001 000000 Rn:5 Rd:5',     'fcvtzu <Rd>, <Fn>',                 HSD),
  FJCVTZS:          row('0 0 0 11110 01 1 11 110 000000 Rn:5 Rd:5',           'fjcvtzs <Wd>, <Dn>',                { needs: 'JSCVT' }),

  // Floating-point data-processing (1 source)
  FMOV_float:       row('0 0 0 11110 ftype:2 1 000000 10000 Rn:5 Rd:5',       'fmov <Fd>, <Fn>',                   HSD),
  FABS_float:       row('0 0 0 11110 ftype:2 1 000001 10000 Rn:5 Rd:5',       'fabs <Fd>, <Fn>',                   HSD),
  FNEG_float:       row('0 0 0 11110 ftype:2 1 000010 10000 Rn:5 Rd:5',       'fneg <Fd>, <Fn>',                   HSD),
  FSQRT_float:      row('0 0 0 11110 ftype:2 1 000011 10000 Rn:5 Rd:5',       'fsqrt <Fd>, <Fn>',                  HSD),
  FCVT_float:       row('0 0 0 11110 ftype:2 1 0001 opc:2 10000 Rn:5 Rd:5',   'fcvt <Fd@cvt>, <Fn>',               CONVERT),
  BFCVT_float:      row('0 0 0 11110 01 1 000110 10000 Rn:5 Rd:5',            'bfcvt <Hd>, <Sn>',                  { needs: 'BF16' }),
  FRINTN_float:     row('0 0 0 11110 ftype:2 1 001000 10000 Rn:5 Rd:5',       'frintn <Fd>, <Fn>',                 HSD),
  FRINTP_float:     row('0 0 0 11110 ftype:2 1 001001 10000 Rn:5 Rd:5',       'frintp <Fd>, <Fn>',                 HSD),
  FRINTM_float:     row('0 0 0 11110 ftype:2 1 001010 10000 Rn:5 Rd:5',       'frintm <Fd>, <Fn>',                 HSD),
  FRINTZ_float:     row('0 0 0 11110 ftype:2 1 001011 10000 Rn:5 Rd:5',       'frintz <Fd>, <Fn>',                 HSD),
  FRINTA_float:     row('0 0 0 11110 ftype:2 1 001100 10000 Rn:5 Rd:5',       'frinta <Fd>, <Fn>',                 HSD),
  FRINTX_float:     row('0 0 0 11110 ftype:2 1 001110 10000 Rn:5 Rd:5',       'frintx <Fd>, <Fn>',                 HSD),
  FRINTI_float:     row('0 0 0 11110 ftype:2 1 001111 10000 Rn:5 Rd:5',       'frinti <Fd>, <Fn>',                 HSD),
  FRINT32Z_float:   row('0 0 0 11110 0 sz 1 010000 10000 Rn:5 Rd:5',          'frint32z <Fd@sz>, <Fn@sz>',         FRINTTS),
  FRINT32X_float:   row('0 0 0 11110 0 sz 1 010001 10000 Rn:5 Rd:5',          'frint32x <Fd@sz>, <Fn@sz>',         FRINTTS),
  FRINT64Z_float:   row('0 0 0 11110 0 sz 1 010010 10000 Rn:5 Rd:5',          'frint64z <Fd@sz>, <Fn@sz>',         FRINTTS),
  FRINT64X_float:   row('0 0 0 11110 0 sz 1 010011 10000 Rn:5 Rd:5',          'frint64x <Fd@sz>, <Fn@sz>',         FRINTTS),

  // Floating-point compare
  FCMP_float:       row('0 0 0 11110 ftype:2 1 Rm:5 00 1000 Rn:5 00 000',     'fcmp <Fn>, <Fm>',                   HSD),
  FCMP_zero_float:  row('0 0 0 11110 ftype:2 1 (00000) 00 1000 Rn:5 01 000',  'fcmp <Fn>, <fpzero>',               HSD),
  FCMPE_float:      row('0 0 0 11110 ftype:2 1 Rm:5 00 1000 Rn:5 10 000',     'fcmpe <Fn>, <Fm>',                  HSD),
  FCMPE_zero_float: row('0 0 0 11110 ftype:2 1 (00000) 00 1000 Rn:5 11 000',  'fcmpe <Fn>, <fpzero>',              HSD),

  // Floating-point immediate
  FMOV_float_imm:   row('0 0 0 11110 ftype:2 1 imm8:8 100 00000 Rd:5',        'fmov <Fd>, <fpimm>',                HSD),

  // Floating-point conditional compare
  FCCMP_float:      row('0 0 0 11110 ftype:2 1 Rm:5 cond:4 01 Rn:5 0 nzcv:4', 'fccmp <Fn>, <Fm>, <nzcv>, <cond>',  HSD),
  FCCMPE_float:     row('0 0 0 11110 ftype:2 1 Rm:5 cond:4 01 Rn:5 1 nzcv:4', 'fccmpe <Fn>, <Fm>, <nzcv>, <cond>', HSD),

  // Floating-point data-processing (2 source)
  FMUL_float:       row('0 0 0 11110 ftype:2 1 Rm:5 0000 10 Rn:5 Rd:5',       'fmul <Fd>, <Fn>, <Fm>',             HSD),
  FDIV_float:       row('0 0 0 11110 ftype:2 1 Rm:5 0001 10 Rn:5 Rd:5',       'fdiv <Fd>, <Fn>, <Fm>',             HSD),
  FADD_float:       row('0 0 0 11110 ftype:2 1 Rm:5 0010 10 Rn:5 Rd:5',       'fadd <Fd>, <Fn>, <Fm>',             HSD),
  FSUB_float:       row('0 0 0 11110 ftype:2 1 Rm:5 0011 10 Rn:5 Rd:5',       'fsub <Fd>, <Fn>, <Fm>',             HSD),
  FMAX_float:       row('0 0 0 11110 ftype:2 1 Rm:5 0100 10 Rn:5 Rd:5',       'fmax <Fd>, <Fn>, <Fm>',             HSD),
  FMIN_float:       row('0 0 0 11110 ftype:2 1 Rm:5 0101 10 Rn:5 Rd:5',       'fmin <Fd>, <Fn>, <Fm>',             HSD),
  FMAXNM_float:     row('0 0 0 11110 ftype:2 1 Rm:5 0110 10 Rn:5 Rd:5',       'fmaxnm <Fd>, <Fn>, <Fm>',           HSD),
  FMINNM_float:     row('0 0 0 11110 ftype:2 1 Rm:5 0111 10 Rn:5 Rd:5',       'fminnm <Fd>, <Fn>, <Fm>',           HSD),
  FNMUL_float:      row('0 0 0 11110 ftype:2 1 Rm:5 1000 10 Rn:5 Rd:5',       'fnmul <Fd>, <Fn>, <Fm>',            HSD),

  // Floating-point conditional select
  FCSEL_float:      row('0 0 0 11110 ftype:2 1 Rm:5 cond:4 11 Rn:5 Rd:5',     'fcsel <Fd>, <Fn>, <Fm>, <cond>',    HSD),

  // Floating-point data-processing (3 source)
  FMADD_float:      row('0 0 0 11111 ftype:2 0 Rm:5 0 Ra:5 Rn:5 Rd:5',        'fmadd <Fd>, <Fn>, <Fm>, <Fa>',      HSD),
  FMSUB_float:      row('0 0 0 11111 ftype:2 0 Rm:5 1 Ra:5 Rn:5 Rd:5',        'fmsub <Fd>, <Fn>, <Fm>, <Fa>',      HSD),
  FNMADD_float:     row('0 0 0 11111 ftype:2 1 Rm:5 0 Ra:5 Rn:5 Rd:5',        'fnmadd <Fd>, <Fn>, <Fm>, <Fa>',     HSD),
  FNMSUB_float:     row('0 0 0 11111 ftype:2 1 Rm:5 1 Ra:5 Rn:5 Rd:5',        'fnmsub <Fd>, <Fn>, <Fm>, <Fa>',     HSD),
} as const satisfies Readonly<Record<string, RowSpec>>;
