/** System instructions (DDI 0487 C4 "Branches, Exception Generating and System instructions"). */
import { alias, row, type AliasSpec, type RowSpec } from './row.ts';

export const system = {
  // Hints: one whose feature is absent is a HINT, and so a NOP.
  NOP:          row('11010101000000110010 0000 000 11111',         'nop'),
  YIELD:        row('11010101000000110010 0000 001 11111',         'yield'),
  WFE:          row('11010101000000110010 0000 010 11111',         'wfe'),
  WFI:          row('11010101000000110010 0000 011 11111',         'wfi'),
  SEV:          row('11010101000000110010 0000 100 11111',         'sev'),
  SEVL:         row('11010101000000110010 0000 101 11111',         'sevl'),
  XPACLRI:      row('11010101000000110010 0000 111 11111',         'xpaclri',              { needs: 'PAuth' }),
  PACIA1716:    row('11010101000000110010 0001 000 11111',         'pacia1716',            { needs: 'PAuth' }),
  PACIB1716:    row('11010101000000110010 0001 010 11111',         'pacib1716',            { needs: 'PAuth' }),
  AUTIA1716:    row('11010101000000110010 0001 100 11111',         'autia1716',            { needs: 'PAuth' }),
  AUTIB1716:    row('11010101000000110010 0001 110 11111',         'autib1716',            { needs: 'PAuth' }),
  ESB:          row('11010101000000110010 0010 000 11111',         'esb',                  { needs: 'RAS' }),
  PSB:          row('11010101000000110010 0010 001 11111',         'psb csync',            { needs: 'SPE' }),
  TSB:          row('11010101000000110010 0010 010 11111',         'tsb csync',            { needs: 'TRF' }),
  CSDB:         row('11010101000000110010 0010 100 11111',         'csdb'),
  PACIAZ:       row('11010101000000110010 0011 000 11111',         'paciaz',               { needs: 'PAuth' }),
  PACIASP:      row('11010101000000110010 0011 001 11111',         'paciasp',              { needs: 'PAuth' }),
  PACIBZ:       row('11010101000000110010 0011 010 11111',         'pacibz',               { needs: 'PAuth' }),
  PACIBSP:      row('11010101000000110010 0011 011 11111',         'pacibsp',              { needs: 'PAuth' }),
  AUTIAZ:       row('11010101000000110010 0011 100 11111',         'autiaz',               { needs: 'PAuth' }),
  AUTIASP:      row('11010101000000110010 0011 101 11111',         'autiasp',              { needs: 'PAuth' }),
  AUTIBZ:       row('11010101000000110010 0011 110 11111',         'autibz',               { needs: 'PAuth' }),
  AUTIBSP:      row('11010101000000110010 0011 111 11111',         'autibsp',              { needs: 'PAuth' }),
  BTI:          row('11010101000000110010 0100 targets:2 0 11111', 'bti {<btitarget>}',    { needs: 'BTI' }),
  HINT:         row('11010101000000110010 CRm:4 op2:3 11111',      'hint <himm(CRm op2)>', { fallback: true, forms: [] }),

  // Barriers
  CLREX:        row('11010101000000110011 CRm:4 010 11111',  'clrex {<himm(CRm=15)>}'),
  DSB:          row('11010101000000110011 CRm:4 100 11111',  'dsb <barrier>'),
  DMB:          row('11010101000000110011 CRm:4 101 11111',  'dmb <barrier>'),
  ISB:          row('11010101000000110011 CRm:4 110 11111',  'isb {<isboption>}'),
  SB:           row('11010101000000110011 (0000) 111 11111', 'sb', { needs: 'SB', choice: 'CRm other than 0 is ignored' }),

  // PSTATE
  CFINV:        row('1101010100000 000 0100 (0000) 000 11111', 'cfinv',                 { needs: 'FlagM', choice: 'CRm other than 0 is ignored' }),
  XAFLAG:       row('1101010100000 000 0100 (0000) 001 11111', 'xaflag',                { needs: 'FlagM2', choice: 'CRm other than 0 is ignored' }),
  AXFLAG:       row('1101010100000 000 0100 (0000) 010 11111', 'axflag',                { needs: 'FlagM2', choice: 'CRm other than 0 is ignored' }),
  MSR_UAO:      row('1101010100000 000 0100 CRm:4 011 11111',  'msr uao, <himm(CRm)>',  { needs: 'UAO' }),
  MSR_PAN:      row('1101010100000 000 0100 CRm:4 100 11111',  'msr pan, <himm(CRm)>',  { needs: 'PAN' }),
  MSR_SPSel:    row('1101010100000 000 0100 CRm:4 101 11111',  'msr spsel, <himm(CRm)>'),
  MSR_SSBS:     row('1101010100000 011 0100 CRm:4 001 11111',  'msr ssbs, <himm(CRm)>', { needs: 'SSBS2' }),
  MSR_DIT:      row('1101010100000 011 0100 CRm:4 010 11111',  'msr dit, <himm(CRm)>',  { needs: 'DIT' }),
  MSR_TCO:      row('1101010100000 011 0100 CRm:4 100 11111',  'msr tco, <himm(CRm)>',  { needs: 'MTE' }),
  MSR_DAIFSet:  row('1101010100000 011 0100 CRm:4 110 11111',  'msr daifset, <himm(CRm)>'),
  MSR_DAIFClr:  row('1101010100000 011 0100 CRm:4 111 11111',  'msr daifclr, <himm(CRm)>'),

  // System instructions: an operation without a name is UNDEFINED when it executes, not when it is decoded.
  SYS:          row('1101010100 0 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5', 'sys <uimm(op1)>, <cn(CRn)>, <cn(CRm)>, <uimm(op2)>{, <xreg(Rt=31)>}', { forms: [] }),
  SYSL:         row('1101010100 1 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5', 'sysl <Xt>, <uimm(op1)>, <cn(CRn)>, <cn(CRm)>, <uimm(op2)>',           { forms: [] }),

  // System register move: a register without a name likewise.
  MSR_reg:      row('1101010100 0 1 o0 op1:3 CRn:4 CRm:4 op2:3 Rt:5', 'msr <writtenreg>, <Xt>', { forms: [] }),
  MRS:          row('1101010100 1 1 o0 op1:3 CRn:4 CRm:4 op2:3 Rt:5', 'mrs <Xt>, <readreg>',    { forms: [] }),
} as const satisfies Readonly<Record<string, RowSpec>>;

export const systemAliases = {
  SSBB:   alias('DSB', 'ssbb',           'CRm=0000'),
  PSSBB:  alias('DSB', 'pssbb',          'CRm=0100'),
  AT:     alias('SYS', 'at <at>',        'CRn=0111', 'namesAT'),
  DC:     alias('SYS', 'dc <dc>',        'CRn=0111', 'namesDC'),
  IC:     alias('SYS', 'ic <ic>',        'CRn=0111', 'namesIC'),
  TLBI:   alias('SYS', 'tlbi <tlbi>',    '',         'namesTLBI'),
  CFP:    alias('SYS', 'cfp rctx, <Xt>', 'op1=011 CRn=0111 CRm=0011 op2=100'),
  DVP:    alias('SYS', 'dvp rctx, <Xt>', 'op1=011 CRn=0111 CRm=0011 op2=101'),
  CPP:    alias('SYS', 'cpp rctx, <Xt>', 'op1=011 CRn=0111 CRm=0011 op2=111'),
} as const satisfies Readonly<Record<string, AliasSpec>>;
