/**
 * Advanced SIMD data processing, scalar (DDI 0487 C4 "Data Processing -- Scalar Floating-Point and Advanced SIMD").
 * `_sisd` is the scalar and `_simd` the vector encoding of an instruction, `_h` the half-precision one of either. Where
 * the manual draws `M` apart from `Rm` and it always belongs to the register, the pattern has `Rm:5`.
 */
import { alias, rowsNeeding, type AliasSpec, type RowOptions, type RowSpec } from './row.ts';

const row = rowsNeeding('AdvSIMD');

/** Narrowing: a doubleword has no wider source. */
const NO_D       = { not: 'size=11' } as const satisfies RowOptions;
/** Halfwords and words only. */
const H_S        = { not: 'size=00 | size=11' } as const satisfies RowOptions;
const RDM        = { needs: 'RDM', ...H_S } as const satisfies RowOptions;
const FP16       = { needs: 'FP16' } as const satisfies RowOptions;
/** Shifts by immediate: the highest bit of immh that is set says the element size. */
const SHIFT      = { not: 'immh=0000' } as const satisfies RowOptions;
const DOUBLEWORD = { not: 'immh=0xxx' } as const satisfies RowOptions;
const NARROW     = { not: 'immh=0000 | immh=1xxx' } as const satisfies RowOptions;
const FIXED      = { needsWhen: { FP16: 'immh=001x' }, not: 'immh=000x' } as const satisfies RowOptions;
/** A register has two doublewords, which H alone counts. */
const ELEMENT    = { not: 'sz=1 L=1' } as const satisfies RowOptions;

export const simdScalar = {
  // Advanced SIMD scalar copy
  DUP_elt_sisd:      row('01 0 11110000 imm5:5 0 0000 1 Rn:5 Rd:5', 'dup <Fd@imm5>, <Vn[imm5]>', { not: 'imm5=x0000', forms: ['imm5'] }),

  // Advanced SIMD scalar three same FP16
  FMULX_sisd_h:      row('01 0 11110 0 10 Rm:5 00 011 1 Rn:5 Rd:5', 'fmulx <Hd>, <Hn>, <Hm>',   FP16),
  FCMEQ_reg_sisd_h:  row('01 0 11110 0 10 Rm:5 00 100 1 Rn:5 Rd:5', 'fcmeq <Hd>, <Hn>, <Hm>',   FP16),
  FRECPS_sisd_h:     row('01 0 11110 0 10 Rm:5 00 111 1 Rn:5 Rd:5', 'frecps <Hd>, <Hn>, <Hm>',  FP16),
  FRSQRTS_sisd_h:    row('01 0 11110 1 10 Rm:5 00 111 1 Rn:5 Rd:5', 'frsqrts <Hd>, <Hn>, <Hm>', FP16),
  FCMGE_reg_sisd_h:  row('01 1 11110 0 10 Rm:5 00 100 1 Rn:5 Rd:5', 'fcmge <Hd>, <Hn>, <Hm>',   FP16),
  FACGE_sisd_h:      row('01 1 11110 0 10 Rm:5 00 101 1 Rn:5 Rd:5', 'facge <Hd>, <Hn>, <Hm>',   FP16),
  FABD_sisd_h:       row('01 1 11110 1 10 Rm:5 00 010 1 Rn:5 Rd:5', 'fabd <Hd>, <Hn>, <Hm>',    FP16),
  FCMGT_reg_sisd_h:  row('01 1 11110 1 10 Rm:5 00 100 1 Rn:5 Rd:5', 'fcmgt <Hd>, <Hn>, <Hm>',   FP16),
  FACGT_sisd_h:      row('01 1 11110 1 10 Rm:5 00 101 1 Rn:5 Rd:5', 'facgt <Hd>, <Hn>, <Hm>',   FP16),

  // Advanced SIMD scalar two-register miscellaneous FP16
  FCVTNS_sisd_h:     row('01 0 11110 0 111100 11010 10 Rn:5 Rd:5', 'fcvtns <Hd>, <Hn>',          FP16),
  FCVTMS_sisd_h:     row('01 0 11110 0 111100 11011 10 Rn:5 Rd:5', 'fcvtms <Hd>, <Hn>',          FP16),
  FCVTAS_sisd_h:     row('01 0 11110 0 111100 11100 10 Rn:5 Rd:5', 'fcvtas <Hd>, <Hn>',          FP16),
  SCVTF_int_sisd_h:  row('01 0 11110 0 111100 11101 10 Rn:5 Rd:5', 'scvtf <Hd>, <Hn>',           FP16),
  FCMGT_zero_sisd_h: row('01 0 11110 1 111100 01100 10 Rn:5 Rd:5', 'fcmgt <Hd>, <Hn>, <fpzero>', FP16),
  FCMEQ_zero_sisd_h: row('01 0 11110 1 111100 01101 10 Rn:5 Rd:5', 'fcmeq <Hd>, <Hn>, <fpzero>', FP16),
  FCMLT_zero_sisd_h: row('01 0 11110 1 111100 01110 10 Rn:5 Rd:5', 'fcmlt <Hd>, <Hn>, <fpzero>', FP16),
  FCVTPS_sisd_h:     row('01 0 11110 1 111100 11010 10 Rn:5 Rd:5', 'fcvtps <Hd>, <Hn>',          FP16),
  FCVTZS_int_sisd_h: row('01 0 11110 1 111100 11011 10 Rn:5 Rd:5', 'fcvtzs <Hd>, <Hn>',          FP16),
  FRECPE_sisd_h:     row('01 0 11110 1 111100 11101 10 Rn:5 Rd:5', 'frecpe <Hd>, <Hn>',          FP16),
  FRECPX_sisd_h:     row('01 0 11110 1 111100 11111 10 Rn:5 Rd:5', 'frecpx <Hd>, <Hn>',          FP16),
  FCVTNU_sisd_h:     row('01 1 11110 0 111100 11010 10 Rn:5 Rd:5', 'fcvtnu <Hd>, <Hn>',          FP16),
  FCVTMU_sisd_h:     row('01 1 11110 0 111100 11011 10 Rn:5 Rd:5', 'fcvtmu <Hd>, <Hn>',          FP16),
  FCVTAU_sisd_h:     row('01 1 11110 0 111100 11100 10 Rn:5 Rd:5', 'fcvtau <Hd>, <Hn>',          FP16),
  UCVTF_int_sisd_h:  row('01 1 11110 0 111100 11101 10 Rn:5 Rd:5', 'ucvtf <Hd>, <Hn>',           FP16),
  FCMGE_zero_sisd_h: row('01 1 11110 1 111100 01100 10 Rn:5 Rd:5', 'fcmge <Hd>, <Hn>, <fpzero>', FP16),
  FCMLE_zero_sisd_h: row('01 1 11110 1 111100 01101 10 Rn:5 Rd:5', 'fcmle <Hd>, <Hn>, <fpzero>', FP16),
  FCVTPU_sisd_h:     row('01 1 11110 1 111100 11010 10 Rn:5 Rd:5', 'fcvtpu <Hd>, <Hn>',          FP16),
  FCVTZU_int_sisd_h: row('01 1 11110 1 111100 11011 10 Rn:5 Rd:5', 'fcvtzu <Hd>, <Hn>',          FP16),
  FRSQRTE_sisd_h:    row('01 1 11110 1 111100 11101 10 Rn:5 Rd:5', 'frsqrte <Hd>, <Hn>',         FP16),

  // Advanced SIMD scalar three same extra
  SQRDMLAH_sisd:     row('01 1 11110 size:2 0 Rm:5 1 0000 1 Rn:5 Rd:5', 'sqrdmlah <Fd@size>, <Fn@size>, <Fm@size>', RDM),
  SQRDMLSH_sisd:     row('01 1 11110 size:2 0 Rm:5 1 0001 1 Rn:5 Rd:5', 'sqrdmlsh <Fd@size>, <Fn@size>, <Fm@size>', RDM),

  // Advanced SIMD scalar two-register miscellaneous
  SUQADD_sisd:       row('01 0 11110 size:2 10000 00011 10 Rn:5 Rd:5', 'suqadd <Fd@size>, <Fn@size>'),
  SQABS_sisd:        row('01 0 11110 size:2 10000 00111 10 Rn:5 Rd:5', 'sqabs <Fd@size>, <Fn@size>'),
  CMGT_zero_sisd:    row('01 0 11110 11 10000 01000 10 Rn:5 Rd:5',     'cmgt <Dd>, <Dn>, <zero>'),
  CMEQ_zero_sisd:    row('01 0 11110 11 10000 01001 10 Rn:5 Rd:5',     'cmeq <Dd>, <Dn>, <zero>'),
  CMLT_zero_sisd:    row('01 0 11110 11 10000 01010 10 Rn:5 Rd:5',     'cmlt <Dd>, <Dn>, <zero>'),
  ABS_sisd:          row('01 0 11110 11 10000 01011 10 Rn:5 Rd:5',     'abs <Dd>, <Dn>'),
  SQXTN_sisd:        row('01 0 11110 size:2 10000 10100 10 Rn:5 Rd:5', 'sqxtn <Fd@size>, <Fn@wide>',       NO_D),
  FCVTNS_sisd:       row('01 0 11110 0 sz 10000 11010 10 Rn:5 Rd:5',   'fcvtns <Fd@sz>, <Fn@sz>'),
  FCVTMS_sisd:       row('01 0 11110 0 sz 10000 11011 10 Rn:5 Rd:5',   'fcvtms <Fd@sz>, <Fn@sz>'),
  FCVTAS_sisd:       row('01 0 11110 0 sz 10000 11100 10 Rn:5 Rd:5',   'fcvtas <Fd@sz>, <Fn@sz>'),
  SCVTF_int_sisd:    row('01 0 11110 0 sz 10000 11101 10 Rn:5 Rd:5',   'scvtf <Fd@sz>, <Fn@sz>'),
  FCMGT_zero_sisd:   row('01 0 11110 1 sz 10000 01100 10 Rn:5 Rd:5',   'fcmgt <Fd@sz>, <Fn@sz>, <fpzero>'),
  FCMEQ_zero_sisd:   row('01 0 11110 1 sz 10000 01101 10 Rn:5 Rd:5',   'fcmeq <Fd@sz>, <Fn@sz>, <fpzero>'),
  FCMLT_zero_sisd:   row('01 0 11110 1 sz 10000 01110 10 Rn:5 Rd:5',   'fcmlt <Fd@sz>, <Fn@sz>, <fpzero>'),
  FCVTPS_sisd:       row('01 0 11110 1 sz 10000 11010 10 Rn:5 Rd:5',   'fcvtps <Fd@sz>, <Fn@sz>'),
  FCVTZS_int_sisd:   row('01 0 11110 1 sz 10000 11011 10 Rn:5 Rd:5',   'fcvtzs <Fd@sz>, <Fn@sz>'),
  FRECPE_sisd:       row('01 0 11110 1 sz 10000 11101 10 Rn:5 Rd:5',   'frecpe <Fd@sz>, <Fn@sz>'),
  FRECPX_sisd:       row('01 0 11110 1 sz 10000 11111 10 Rn:5 Rd:5',   'frecpx <Fd@sz>, <Fn@sz>'),
  USQADD_sisd:       row('01 1 11110 size:2 10000 00011 10 Rn:5 Rd:5', 'usqadd <Fd@size>, <Fn@size>'),
  SQNEG_sisd:        row('01 1 11110 size:2 10000 00111 10 Rn:5 Rd:5', 'sqneg <Fd@size>, <Fn@size>'),
  CMGE_zero_sisd:    row('01 1 11110 11 10000 01000 10 Rn:5 Rd:5',     'cmge <Dd>, <Dn>, <zero>'),
  CMLE_zero_sisd:    row('01 1 11110 11 10000 01001 10 Rn:5 Rd:5',     'cmle <Dd>, <Dn>, <zero>'),
  NEG_sisd:          row('01 1 11110 11 10000 01011 10 Rn:5 Rd:5',     'neg <Dd>, <Dn>'),
  SQXTUN_sisd:       row('01 1 11110 size:2 10000 10010 10 Rn:5 Rd:5', 'sqxtun <Fd@size>, <Fn@wide>',      NO_D),
  UQXTN_sisd:        row('01 1 11110 size:2 10000 10100 10 Rn:5 Rd:5', 'uqxtn <Fd@size>, <Fn@wide>',       NO_D),
  FCVTXN_sisd:       row('01 1 11110 01 10000 10110 10 Rn:5 Rd:5',     'fcvtxn <Sd>, <Dn>'),
  FCVTNU_sisd:       row('01 1 11110 0 sz 10000 11010 10 Rn:5 Rd:5',   'fcvtnu <Fd@sz>, <Fn@sz>'),
  FCVTMU_sisd:       row('01 1 11110 0 sz 10000 11011 10 Rn:5 Rd:5',   'fcvtmu <Fd@sz>, <Fn@sz>'),
  FCVTAU_sisd:       row('01 1 11110 0 sz 10000 11100 10 Rn:5 Rd:5',   'fcvtau <Fd@sz>, <Fn@sz>'),
  UCVTF_int_sisd:    row('01 1 11110 0 sz 10000 11101 10 Rn:5 Rd:5',   'ucvtf <Fd@sz>, <Fn@sz>'),
  FCMGE_zero_sisd:   row('01 1 11110 1 sz 10000 01100 10 Rn:5 Rd:5',   'fcmge <Fd@sz>, <Fn@sz>, <fpzero>'),
  FCMLE_zero_sisd:   row('01 1 11110 1 sz 10000 01101 10 Rn:5 Rd:5',   'fcmle <Fd@sz>, <Fn@sz>, <fpzero>'),
  FCVTPU_sisd:       row('01 1 11110 1 sz 10000 11010 10 Rn:5 Rd:5',   'fcvtpu <Fd@sz>, <Fn@sz>'),
  FCVTZU_int_sisd:   row('01 1 11110 1 sz 10000 11011 10 Rn:5 Rd:5',   'fcvtzu <Fd@sz>, <Fn@sz>'),
  FRSQRTE_sisd:      row('01 1 11110 1 sz 10000 11101 10 Rn:5 Rd:5',   'frsqrte <Fd@sz>, <Fn@sz>'),

  // Advanced SIMD scalar pairwise
  ADDP_sisd:         row('01 0 11110 11 11000 11011 10 Rn:5 Rd:5',   'addp <Dd>, <Vn.2D>'),
  FMAXNMP_sisd_h:    row('01 0 11110 00 11000 01100 10 Rn:5 Rd:5',   'fmaxnmp <Hd>, <Vn.2H>',        FP16),
  FADDP_sisd_h:      row('01 0 11110 00 11000 01101 10 Rn:5 Rd:5',   'faddp <Hd>, <Vn.2H>',          FP16),
  FMAXP_sisd_h:      row('01 0 11110 00 11000 01111 10 Rn:5 Rd:5',   'fmaxp <Hd>, <Vn.2H>',          FP16),
  FMINNMP_sisd_h:    row('01 0 11110 10 11000 01100 10 Rn:5 Rd:5',   'fminnmp <Hd>, <Vn.2H>',        FP16),
  FMINP_sisd_h:      row('01 0 11110 10 11000 01111 10 Rn:5 Rd:5',   'fminp <Hd>, <Vn.2H>',          FP16),
  FMAXNMP_sisd:      row('01 1 11110 0 sz 11000 01100 10 Rn:5 Rd:5', 'fmaxnmp <Fd@sz>, <Vn.szPair>'),
  FADDP_sisd:        row('01 1 11110 0 sz 11000 01101 10 Rn:5 Rd:5', 'faddp <Fd@sz>, <Vn.szPair>'),
  FMAXP_sisd:        row('01 1 11110 0 sz 11000 01111 10 Rn:5 Rd:5', 'fmaxp <Fd@sz>, <Vn.szPair>'),
  FMINNMP_sisd:      row('01 1 11110 1 sz 11000 01100 10 Rn:5 Rd:5', 'fminnmp <Fd@sz>, <Vn.szPair>'),
  FMINP_sisd:        row('01 1 11110 1 sz 11000 01111 10 Rn:5 Rd:5', 'fminp <Fd@sz>, <Vn.szPair>'),

  // Advanced SIMD scalar three different
  SQDMLAL_sisd:      row('01 0 11110 size:2 1 Rm:5 1001 00 Rn:5 Rd:5', 'sqdmlal <Fd@wide>, <Fn@size>, <Fm@size>', H_S),
  SQDMLSL_sisd:      row('01 0 11110 size:2 1 Rm:5 1011 00 Rn:5 Rd:5', 'sqdmlsl <Fd@wide>, <Fn@size>, <Fm@size>', H_S),
  SQDMULL_sisd:      row('01 0 11110 size:2 1 Rm:5 1101 00 Rn:5 Rd:5', 'sqdmull <Fd@wide>, <Fn@size>, <Fm@size>', H_S),

  // Advanced SIMD scalar three same
  SQADD_sisd:        row('01 0 11110 size:2 1 Rm:5 00001 1 Rn:5 Rd:5', 'sqadd <Fd@size>, <Fn@size>, <Fm@size>'),
  SQSUB_sisd:        row('01 0 11110 size:2 1 Rm:5 00101 1 Rn:5 Rd:5', 'sqsub <Fd@size>, <Fn@size>, <Fm@size>'),
  CMGT_reg_sisd:     row('01 0 11110 11 1 Rm:5 00110 1 Rn:5 Rd:5',     'cmgt <Dd>, <Dn>, <Dm>'),
  CMGE_reg_sisd:     row('01 0 11110 11 1 Rm:5 00111 1 Rn:5 Rd:5',     'cmge <Dd>, <Dn>, <Dm>'),
  SSHL_sisd:         row('01 0 11110 11 1 Rm:5 01000 1 Rn:5 Rd:5',     'sshl <Dd>, <Dn>, <Dm>'),
  SQSHL_reg_sisd:    row('01 0 11110 size:2 1 Rm:5 01001 1 Rn:5 Rd:5', 'sqshl <Fd@size>, <Fn@size>, <Fm@size>'),
  SRSHL_sisd:        row('01 0 11110 11 1 Rm:5 01010 1 Rn:5 Rd:5',     'srshl <Dd>, <Dn>, <Dm>'),
  SQRSHL_sisd:       row('01 0 11110 size:2 1 Rm:5 01011 1 Rn:5 Rd:5', 'sqrshl <Fd@size>, <Fn@size>, <Fm@size>'),
  ADD_sisd:          row('01 0 11110 11 1 Rm:5 10000 1 Rn:5 Rd:5',     'add <Dd>, <Dn>, <Dm>'),
  CMTST_sisd:        row('01 0 11110 11 1 Rm:5 10001 1 Rn:5 Rd:5',     'cmtst <Dd>, <Dn>, <Dm>'),
  SQDMULH_sisd:      row('01 0 11110 size:2 1 Rm:5 10110 1 Rn:5 Rd:5', 'sqdmulh <Fd@size>, <Fn@size>, <Fm@size>',  H_S),
  FMULX_sisd:        row('01 0 11110 0 sz 1 Rm:5 11011 1 Rn:5 Rd:5',   'fmulx <Fd@sz>, <Fn@sz>, <Fm@sz>'),
  FCMEQ_reg_sisd:    row('01 0 11110 0 sz 1 Rm:5 11100 1 Rn:5 Rd:5',   'fcmeq <Fd@sz>, <Fn@sz>, <Fm@sz>'),
  FRECPS_sisd:       row('01 0 11110 0 sz 1 Rm:5 11111 1 Rn:5 Rd:5',   'frecps <Fd@sz>, <Fn@sz>, <Fm@sz>'),
  FRSQRTS_sisd:      row('01 0 11110 1 sz 1 Rm:5 11111 1 Rn:5 Rd:5',   'frsqrts <Fd@sz>, <Fn@sz>, <Fm@sz>'),
  UQADD_sisd:        row('01 1 11110 size:2 1 Rm:5 00001 1 Rn:5 Rd:5', 'uqadd <Fd@size>, <Fn@size>, <Fm@size>'),
  UQSUB_sisd:        row('01 1 11110 size:2 1 Rm:5 00101 1 Rn:5 Rd:5', 'uqsub <Fd@size>, <Fn@size>, <Fm@size>'),
  CMHI_sisd:         row('01 1 11110 11 1 Rm:5 00110 1 Rn:5 Rd:5',     'cmhi <Dd>, <Dn>, <Dm>'),
  CMHS_sisd:         row('01 1 11110 11 1 Rm:5 00111 1 Rn:5 Rd:5',     'cmhs <Dd>, <Dn>, <Dm>'),
  USHL_sisd:         row('01 1 11110 11 1 Rm:5 01000 1 Rn:5 Rd:5',     'ushl <Dd>, <Dn>, <Dm>'),
  UQSHL_reg_sisd:    row('01 1 11110 size:2 1 Rm:5 01001 1 Rn:5 Rd:5', 'uqshl <Fd@size>, <Fn@size>, <Fm@size>'),
  URSHL_sisd:        row('01 1 11110 11 1 Rm:5 01010 1 Rn:5 Rd:5',     'urshl <Dd>, <Dn>, <Dm>'),
  UQRSHL_sisd:       row('01 1 11110 size:2 1 Rm:5 01011 1 Rn:5 Rd:5', 'uqrshl <Fd@size>, <Fn@size>, <Fm@size>'),
  SUB_sisd:          row('01 1 11110 11 1 Rm:5 10000 1 Rn:5 Rd:5',     'sub <Dd>, <Dn>, <Dm>'),
  CMEQ_reg_sisd:     row('01 1 11110 11 1 Rm:5 10001 1 Rn:5 Rd:5',     'cmeq <Dd>, <Dn>, <Dm>'),
  SQRDMULH_sisd:     row('01 1 11110 size:2 1 Rm:5 10110 1 Rn:5 Rd:5', 'sqrdmulh <Fd@size>, <Fn@size>, <Fm@size>', H_S),
  FCMGE_reg_sisd:    row('01 1 11110 0 sz 1 Rm:5 11100 1 Rn:5 Rd:5',   'fcmge <Fd@sz>, <Fn@sz>, <Fm@sz>'),
  FACGE_sisd:        row('01 1 11110 0 sz 1 Rm:5 11101 1 Rn:5 Rd:5',   'facge <Fd@sz>, <Fn@sz>, <Fm@sz>'),
  FABD_sisd:         row('01 1 11110 1 sz 1 Rm:5 11010 1 Rn:5 Rd:5',   'fabd <Fd@sz>, <Fn@sz>, <Fm@sz>'),
  FCMGT_reg_sisd:    row('01 1 11110 1 sz 1 Rm:5 11100 1 Rn:5 Rd:5',   'fcmgt <Fd@sz>, <Fn@sz>, <Fm@sz>'),
  FACGT_sisd:        row('01 1 11110 1 sz 1 Rm:5 11101 1 Rn:5 Rd:5',   'facgt <Fd@sz>, <Fn@sz>, <Fm@sz>'),

  // Advanced SIMD scalar shift by immediate
  SSHR_sisd:         row('01 0 111110 immh:4 immb:3 00000 1 Rn:5 Rd:5', 'sshr <Fd@immhD>, <Fn@immhD>, <vrshift>',       DOUBLEWORD),
  SSRA_sisd:         row('01 0 111110 immh:4 immb:3 00010 1 Rn:5 Rd:5', 'ssra <Fd@immhD>, <Fn@immhD>, <vrshift>',       DOUBLEWORD),
  SRSHR_sisd:        row('01 0 111110 immh:4 immb:3 00100 1 Rn:5 Rd:5', 'srshr <Fd@immhD>, <Fn@immhD>, <vrshift>',      DOUBLEWORD),
  SRSRA_sisd:        row('01 0 111110 immh:4 immb:3 00110 1 Rn:5 Rd:5', 'srsra <Fd@immhD>, <Fn@immhD>, <vrshift>',      DOUBLEWORD),
  SHL_sisd:          row('01 0 111110 immh:4 immb:3 01010 1 Rn:5 Rd:5', 'shl <Fd@immhD>, <Fn@immhD>, <vlshift>',        DOUBLEWORD),
  SQSHL_imm_sisd:    row('01 0 111110 immh:4 immb:3 01110 1 Rn:5 Rd:5', 'sqshl <Fd@immh>, <Fn@immh>, <vlshift>',        SHIFT),
  SQSHRN_sisd:       row('01 0 111110 immh:4 immb:3 10010 1 Rn:5 Rd:5', 'sqshrn <Fd@immh>, <Fn@immhWide>, <vrshift>',   NARROW),
  SQRSHRN_sisd:      row('01 0 111110 immh:4 immb:3 10011 1 Rn:5 Rd:5', 'sqrshrn <Fd@immh>, <Fn@immhWide>, <vrshift>',  NARROW),
  SCVTF_fix_sisd:    row('01 0 111110 immh:4 immb:3 11100 1 Rn:5 Rd:5', 'scvtf <Fd@immh>, <Fn@immh>, <vrshift>',        FIXED),
  FCVTZS_fix_sisd:   row('01 0 111110 immh:4 immb:3 11111 1 Rn:5 Rd:5', 'fcvtzs <Fd@immh>, <Fn@immh>, <vrshift>',       FIXED),
  USHR_sisd:         row('01 1 111110 immh:4 immb:3 00000 1 Rn:5 Rd:5', 'ushr <Fd@immhD>, <Fn@immhD>, <vrshift>',       DOUBLEWORD),
  USRA_sisd:         row('01 1 111110 immh:4 immb:3 00010 1 Rn:5 Rd:5', 'usra <Fd@immhD>, <Fn@immhD>, <vrshift>',       DOUBLEWORD),
  URSHR_sisd:        row('01 1 111110 immh:4 immb:3 00100 1 Rn:5 Rd:5', 'urshr <Fd@immhD>, <Fn@immhD>, <vrshift>',      DOUBLEWORD),
  URSRA_sisd:        row('01 1 111110 immh:4 immb:3 00110 1 Rn:5 Rd:5', 'ursra <Fd@immhD>, <Fn@immhD>, <vrshift>',      DOUBLEWORD),
  SRI_sisd:          row('01 1 111110 immh:4 immb:3 01000 1 Rn:5 Rd:5', 'sri <Fd@immhD>, <Fn@immhD>, <vrshift>',        DOUBLEWORD),
  SLI_sisd:          row('01 1 111110 immh:4 immb:3 01010 1 Rn:5 Rd:5', 'sli <Fd@immhD>, <Fn@immhD>, <vlshift>',        DOUBLEWORD),
  SQSHLU_sisd:       row('01 1 111110 immh:4 immb:3 01100 1 Rn:5 Rd:5', 'sqshlu <Fd@immh>, <Fn@immh>, <vlshift>',       SHIFT),
  UQSHL_imm_sisd:    row('01 1 111110 immh:4 immb:3 01110 1 Rn:5 Rd:5', 'uqshl <Fd@immh>, <Fn@immh>, <vlshift>',        SHIFT),
  SQSHRUN_sisd:      row('01 1 111110 immh:4 immb:3 10000 1 Rn:5 Rd:5', 'sqshrun <Fd@immh>, <Fn@immhWide>, <vrshift>',  NARROW),
  SQRSHRUN_sisd:     row('01 1 111110 immh:4 immb:3 10001 1 Rn:5 Rd:5', 'sqrshrun <Fd@immh>, <Fn@immhWide>, <vrshift>', NARROW),
  UQSHRN_sisd:       row('01 1 111110 immh:4 immb:3 10010 1 Rn:5 Rd:5', 'uqshrn <Fd@immh>, <Fn@immhWide>, <vrshift>',   NARROW),
  UQRSHRN_sisd:      row('01 1 111110 immh:4 immb:3 10011 1 Rn:5 Rd:5', 'uqrshrn <Fd@immh>, <Fn@immhWide>, <vrshift>',  NARROW),
  UCVTF_fix_sisd:    row('01 1 111110 immh:4 immb:3 11100 1 Rn:5 Rd:5', 'ucvtf <Fd@immh>, <Fn@immh>, <vrshift>',        FIXED),
  FCVTZU_fix_sisd:   row('01 1 111110 immh:4 immb:3 11111 1 Rn:5 Rd:5', 'fcvtzu <Fd@immh>, <Fn@immh>, <vrshift>',       FIXED),

  // Advanced SIMD scalar x indexed element
  SQDMLAL_elt_sisd:  row('01 0 11111 size:2 L M Rm:4 0011 H 0 Rn:5 Rd:5', 'sqdmlal <Fd@wide>, <Fn@size>, <Vm[size]>',  H_S),
  SQDMLSL_elt_sisd:  row('01 0 11111 size:2 L M Rm:4 0111 H 0 Rn:5 Rd:5', 'sqdmlsl <Fd@wide>, <Fn@size>, <Vm[size]>',  H_S),
  SQDMULL_elt_sisd:  row('01 0 11111 size:2 L M Rm:4 1011 H 0 Rn:5 Rd:5', 'sqdmull <Fd@wide>, <Fn@size>, <Vm[size]>',  H_S),
  SQDMULH_elt_sisd:  row('01 0 11111 size:2 L M Rm:4 1100 H 0 Rn:5 Rd:5', 'sqdmulh <Fd@size>, <Fn@size>, <Vm[size]>',  H_S),
  SQRDMULH_elt_sisd: row('01 0 11111 size:2 L M Rm:4 1101 H 0 Rn:5 Rd:5', 'sqrdmulh <Fd@size>, <Fn@size>, <Vm[size]>', H_S),
  FMLA_elt_sisd_h:   row('01 0 11111 00 L M Rm:4 0001 H 0 Rn:5 Rd:5',     'fmla <Hd>, <Hn>, <Vm[H]>',                  FP16),
  FMLS_elt_sisd_h:   row('01 0 11111 00 L M Rm:4 0101 H 0 Rn:5 Rd:5',     'fmls <Hd>, <Hn>, <Vm[H]>',                  FP16),
  FMUL_elt_sisd_h:   row('01 0 11111 00 L M Rm:4 1001 H 0 Rn:5 Rd:5',     'fmul <Hd>, <Hn>, <Vm[H]>',                  FP16),
  FMLA_elt_sisd:     row('01 0 11111 1 sz L Rm:5 0001 H 0 Rn:5 Rd:5',     'fmla <Fd@sz>, <Fn@sz>, <Vm[sz]>',           ELEMENT),
  FMLS_elt_sisd:     row('01 0 11111 1 sz L Rm:5 0101 H 0 Rn:5 Rd:5',     'fmls <Fd@sz>, <Fn@sz>, <Vm[sz]>',           ELEMENT),
  FMUL_elt_sisd:     row('01 0 11111 1 sz L Rm:5 1001 H 0 Rn:5 Rd:5',     'fmul <Fd@sz>, <Fn@sz>, <Vm[sz]>',           ELEMENT),
  SQRDMLAH_elt_sisd: row('01 1 11111 size:2 L M Rm:4 1101 H 0 Rn:5 Rd:5', 'sqrdmlah <Fd@size>, <Fn@size>, <Vm[size]>', RDM),
  SQRDMLSH_elt_sisd: row('01 1 11111 size:2 L M Rm:4 1111 H 0 Rn:5 Rd:5', 'sqrdmlsh <Fd@size>, <Fn@size>, <Vm[size]>', RDM),
  FMULX_elt_sisd_h:  row('01 1 11111 00 L M Rm:4 1001 H 0 Rn:5 Rd:5',     'fmulx <Hd>, <Hn>, <Vm[H]>',                 FP16),
  FMULX_elt_sisd:    row('01 1 11111 1 sz L Rm:5 1001 H 0 Rn:5 Rd:5',     'fmulx <Fd@sz>, <Fn@sz>, <Vm[sz]>',          ELEMENT),
} as const satisfies Readonly<Record<string, RowSpec>>;

export const simdScalarAliases = {
  MOV_dup_elt_sisd: alias('DUP_elt_sisd', 'mov <Fd@imm5>, <Vn[imm5]>'),
} as const satisfies Readonly<Record<string, AliasSpec>>;
