/** Loads and stores of general registers (DDI 0487 C4 "Loads and Stores", V=0). */
import { alias, row, type AliasSpec, type RowSpec } from './row.ts';

const LOAD_WRITEBACK = 'Rt=Rn: the written-back address wins over the loaded value';
const STORE_WRITEBACK = 'Rt=Rn: the value from before the write-back is stored';
const SAME_PAIR = 'Rt=Rt2: the first loaded value wins';
const SAME_EXCLUSIVE_PAIR = 'Rt=Rt2: the second loaded value wins';
const PAIR_WRITEBACK = 'Rt=Rt2: the first loaded value wins; Rn=Rt or Rn=Rt2: the written-back address wins';
const STATUS_OVERLAP = 'Rs=Rt, Rs=Rt2 or Rs=Rn: the store is as usual, the status is written last';

export const loadStore = {
  // Load/store memory tags
  STZGM:           row('11011001 00 1 000000000 00 Rn:5 Rt:5', 'stzgm <Xt>, [<Xn|SP>{, <nooffset>}]',         { needs: 'MTE2' }),
  STG_post:        row('11011001 00 1 imm9:9 01 Rn:5 Rt:5',    'stg <Xt|SP>, [<Xn|SP>], <simm(imm9*16)>',     { needs: 'MTE' }),
  STG_off:         row('11011001 00 1 imm9:9 10 Rn:5 Rt:5',    'stg <Xt|SP>, [<Xn|SP>{, <simm(imm9*16)>}]',   { needs: 'MTE' }),
  STG_pre:         row('11011001 00 1 imm9:9 11 Rn:5 Rt:5',    'stg <Xt|SP>, [<Xn|SP>, <simm(imm9*16)>]!',    { needs: 'MTE' }),
  LDG:             row('11011001 01 1 imm9:9 00 Rn:5 Rt:5',    'ldg <Xt>, [<Xn|SP>{, <simm(imm9*16)>}]',      { needs: 'MTE' }),
  STZG_post:       row('11011001 01 1 imm9:9 01 Rn:5 Rt:5',    'stzg <Xt|SP>, [<Xn|SP>], <simm(imm9*16)>',    { needs: 'MTE' }),
  STZG_off:        row('11011001 01 1 imm9:9 10 Rn:5 Rt:5',    'stzg <Xt|SP>, [<Xn|SP>{, <simm(imm9*16)>}]',  { needs: 'MTE' }),
  STZG_pre:        row('11011001 01 1 imm9:9 11 Rn:5 Rt:5',    'stzg <Xt|SP>, [<Xn|SP>, <simm(imm9*16)>]!',   { needs: 'MTE' }),
  STGM:            row('11011001 10 1 000000000 00 Rn:5 Rt:5', 'stgm <Xt>, [<Xn|SP>{, <nooffset>}]',          { needs: 'MTE2' }),
  ST2G_post:       row('11011001 10 1 imm9:9 01 Rn:5 Rt:5',    'st2g <Xt|SP>, [<Xn|SP>], <simm(imm9*16)>',    { needs: 'MTE' }),
  ST2G_off:        row('11011001 10 1 imm9:9 10 Rn:5 Rt:5',    'st2g <Xt|SP>, [<Xn|SP>{, <simm(imm9*16)>}]',  { needs: 'MTE' }),
  ST2G_pre:        row('11011001 10 1 imm9:9 11 Rn:5 Rt:5',    'st2g <Xt|SP>, [<Xn|SP>, <simm(imm9*16)>]!',   { needs: 'MTE' }),
  LDGM:            row('11011001 11 1 000000000 00 Rn:5 Rt:5', 'ldgm <Xt>, [<Xn|SP>{, <nooffset>}]',          { needs: 'MTE2' }),
  STZ2G_post:      row('11011001 11 1 imm9:9 01 Rn:5 Rt:5',    'stz2g <Xt|SP>, [<Xn|SP>], <simm(imm9*16)>',   { needs: 'MTE' }),
  STZ2G_off:       row('11011001 11 1 imm9:9 10 Rn:5 Rt:5',    'stz2g <Xt|SP>, [<Xn|SP>{, <simm(imm9*16)>}]', { needs: 'MTE' }),
  STZ2G_pre:       row('11011001 11 1 imm9:9 11 Rn:5 Rt:5',    'stz2g <Xt|SP>, [<Xn|SP>, <simm(imm9*16)>]!',  { needs: 'MTE' }),

  // Load/store exclusive
  STXRB:           row('00 001000 0 0 0 Rs:5 0 (11111) Rn:5 Rt:5',      'stxrb <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',              { choice: STATUS_OVERLAP }),
  STXRH:           row('01 001000 0 0 0 Rs:5 0 (11111) Rn:5 Rt:5',      'stxrh <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',              { choice: STATUS_OVERLAP }),
  STXR:            row('1 sz 001000 0 0 0 Rs:5 0 (11111) Rn:5 Rt:5',    'stxr <Ws>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]',            { choice: STATUS_OVERLAP }),
  STLXRB:          row('00 001000 0 0 0 Rs:5 1 (11111) Rn:5 Rt:5',      'stlxrb <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',             { choice: STATUS_OVERLAP }),
  STLXRH:          row('01 001000 0 0 0 Rs:5 1 (11111) Rn:5 Rt:5',      'stlxrh <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',             { choice: STATUS_OVERLAP }),
  STLXR:           row('1 sz 001000 0 0 0 Rs:5 1 (11111) Rn:5 Rt:5',    'stlxr <Ws>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]',           { choice: STATUS_OVERLAP }),
  LDXRB:           row('00 001000 0 1 0 (11111) 0 (11111) Rn:5 Rt:5',   'ldxrb <Wt>, [<Xn|SP>{, <nooffset>}]'),
  LDXRH:           row('01 001000 0 1 0 (11111) 0 (11111) Rn:5 Rt:5',   'ldxrh <Wt>, [<Xn|SP>{, <nooffset>}]'),
  LDXR:            row('1 sz 001000 0 1 0 (11111) 0 (11111) Rn:5 Rt:5', 'ldxr <Rt@sz>, [<Xn|SP>{, <nooffset>}]'),
  LDAXRB:          row('00 001000 0 1 0 (11111) 1 (11111) Rn:5 Rt:5',   'ldaxrb <Wt>, [<Xn|SP>{, <nooffset>}]'),
  LDAXRH:          row('01 001000 0 1 0 (11111) 1 (11111) Rn:5 Rt:5',   'ldaxrh <Wt>, [<Xn|SP>{, <nooffset>}]'),
  LDAXR:           row('1 sz 001000 0 1 0 (11111) 1 (11111) Rn:5 Rt:5', 'ldaxr <Rt@sz>, [<Xn|SP>{, <nooffset>}]'),
  STXP:            row('1 sz 001000 0 0 1 Rs:5 0 Rt2:5 Rn:5 Rt:5',      'stxp <Ws>, <Rt@sz>, <Rt2@sz>, [<Xn|SP>{, <nooffset>}]',  { choice: STATUS_OVERLAP }),
  STLXP:           row('1 sz 001000 0 0 1 Rs:5 1 Rt2:5 Rn:5 Rt:5',      'stlxp <Ws>, <Rt@sz>, <Rt2@sz>, [<Xn|SP>{, <nooffset>}]', { choice: STATUS_OVERLAP }),
  LDXP:            row('1 sz 001000 0 1 1 (11111) 0 Rt2:5 Rn:5 Rt:5',   'ldxp <Rt@sz>, <Rt2@sz>, [<Xn|SP>{, <nooffset>}]',        { choice: SAME_EXCLUSIVE_PAIR }),
  LDAXP:           row('1 sz 001000 0 1 1 (11111) 1 Rt2:5 Rn:5 Rt:5',   'ldaxp <Rt@sz>, <Rt2@sz>, [<Xn|SP>{, <nooffset>}]',       { choice: SAME_EXCLUSIVE_PAIR }),

  // Load-acquire/store-release
  STLLRB:          row('00 001000 1 0 0 (11111) 0 (11111) Rn:5 Rt:5',   'stllrb <Wt>, [<Xn|SP>{, <nooffset>}]',   { needs: 'LOR' }),
  STLLRH:          row('01 001000 1 0 0 (11111) 0 (11111) Rn:5 Rt:5',   'stllrh <Wt>, [<Xn|SP>{, <nooffset>}]',   { needs: 'LOR' }),
  STLLR:           row('1 sz 001000 1 0 0 (11111) 0 (11111) Rn:5 Rt:5', 'stllr <Rt@sz>, [<Xn|SP>{, <nooffset>}]', { needs: 'LOR' }),
  STLRB:           row('00 001000 1 0 0 (11111) 1 (11111) Rn:5 Rt:5',   'stlrb <Wt>, [<Xn|SP>{, <nooffset>}]'),
  STLRH:           row('01 001000 1 0 0 (11111) 1 (11111) Rn:5 Rt:5',   'stlrh <Wt>, [<Xn|SP>{, <nooffset>}]'),
  STLR:            row('1 sz 001000 1 0 0 (11111) 1 (11111) Rn:5 Rt:5', 'stlr <Rt@sz>, [<Xn|SP>{, <nooffset>}]'),
  LDLARB:          row('00 001000 1 1 0 (11111) 0 (11111) Rn:5 Rt:5',   'ldlarb <Wt>, [<Xn|SP>{, <nooffset>}]',   { needs: 'LOR' }),
  LDLARH:          row('01 001000 1 1 0 (11111) 0 (11111) Rn:5 Rt:5',   'ldlarh <Wt>, [<Xn|SP>{, <nooffset>}]',   { needs: 'LOR' }),
  LDLAR:           row('1 sz 001000 1 1 0 (11111) 0 (11111) Rn:5 Rt:5', 'ldlar <Rt@sz>, [<Xn|SP>{, <nooffset>}]', { needs: 'LOR' }),
  LDARB:           row('00 001000 1 1 0 (11111) 1 (11111) Rn:5 Rt:5',   'ldarb <Wt>, [<Xn|SP>{, <nooffset>}]'),
  LDARH:           row('01 001000 1 1 0 (11111) 1 (11111) Rn:5 Rt:5',   'ldarh <Wt>, [<Xn|SP>{, <nooffset>}]'),
  LDAR:            row('1 sz 001000 1 1 0 (11111) 1 (11111) Rn:5 Rt:5', 'ldar <Rt@sz>, [<Xn|SP>{, <nooffset>}]'),

  // Compare and swap
  CASB:            row('00 001000 1 A 1 Rs:5 R 11111 Rn:5 Rt:5',   'cas{A:,a}{R:,l}b <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',                                     { needs: 'LSE' }),
  CASH:            row('01 001000 1 A 1 Rs:5 R 11111 Rn:5 Rt:5',   'cas{A:,a}{R:,l}h <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',                                     { needs: 'LSE' }),
  CAS:             row('1 sz 001000 1 A 1 Rs:5 R 11111 Rn:5 Rt:5', 'cas{A:,a}{R:,l} <Rs@sz>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]',                                { needs: 'LSE' }),
  CASP:            row('0 sz 001000 0 A 1 Rs:5 R 11111 Rn:5 Rt:5', 'casp{A:,a}{R:,l} <Rs@sz>, <next(Rs sz)>, <Rt@sz>, <next(Rt sz)>, [<Xn|SP>{, <nooffset>}]', { needs: 'LSE', not: 'Rs=xxxx1 | Rt=xxxx1' }),

  // LDAPR/STLR (unscaled immediate)
  STLURB:          row('00 011001 00 0 imm9:9 00 Rn:5 Rt:5',     'stlurb <Wt>, [<Xn|SP>{, <simm(imm9)>}]',        { needs: 'LRCPC2' }),
  LDAPURB:         row('00 011001 01 0 imm9:9 00 Rn:5 Rt:5',     'ldapurb <Wt>, [<Xn|SP>{, <simm(imm9)>}]',       { needs: 'LRCPC2' }),
  LDAPURSB:        row('00 011001 1 opc0 0 imm9:9 00 Rn:5 Rt:5', 'ldapursb <Rt@opc0>, [<Xn|SP>{, <simm(imm9)>}]', { needs: 'LRCPC2' }),
  STLURH:          row('01 011001 00 0 imm9:9 00 Rn:5 Rt:5',     'stlurh <Wt>, [<Xn|SP>{, <simm(imm9)>}]',        { needs: 'LRCPC2' }),
  LDAPURH:         row('01 011001 01 0 imm9:9 00 Rn:5 Rt:5',     'ldapurh <Wt>, [<Xn|SP>{, <simm(imm9)>}]',       { needs: 'LRCPC2' }),
  LDAPURSH:        row('01 011001 1 opc0 0 imm9:9 00 Rn:5 Rt:5', 'ldapursh <Rt@opc0>, [<Xn|SP>{, <simm(imm9)>}]', { needs: 'LRCPC2' }),
  STLUR:           row('1 sz 011001 00 0 imm9:9 00 Rn:5 Rt:5',   'stlur <Rt@sz>, [<Xn|SP>{, <simm(imm9)>}]',      { needs: 'LRCPC2' }),
  LDAPUR:          row('1 sz 011001 01 0 imm9:9 00 Rn:5 Rt:5',   'ldapur <Rt@sz>, [<Xn|SP>{, <simm(imm9)>}]',     { needs: 'LRCPC2' }),
  LDAPURSW:        row('10 011001 10 0 imm9:9 00 Rn:5 Rt:5',     'ldapursw <Xt>, [<Xn|SP>{, <simm(imm9)>}]',      { needs: 'LRCPC2' }),

  // Load register (literal)
  LDR_lit:         row('0 sz 011 0 00 imm19:19 Rt:5', 'ldr <Rt@sz>, <label(imm19)>'),
  LDRSW_lit:       row('10 011 0 00 imm19:19 Rt:5',   'ldrsw <Xt>, <label(imm19)>'),
  PRFM_lit:        row('11 011 0 00 imm19:19 Rt:5',   'prfm <prfop>, <label(imm19)>', { forms: [] }),

  // Load/store no-allocate pair (offset)
  STNP:            row('sz 0 101 0 000 0 imm7:7 Rt2:5 Rn:5 Rt:5', 'stnp <Rt@sz>, <Rt2@sz>, [<Xn|SP>{, <simm(imm7*4<<sz)>}]'),
  LDNP:            row('sz 0 101 0 000 1 imm7:7 Rt2:5 Rn:5 Rt:5', 'ldnp <Rt@sz>, <Rt2@sz>, [<Xn|SP>{, <simm(imm7*4<<sz)>}]', { choice: SAME_PAIR }),

  // Load/store register pair (post-indexed)
  STP_post:        row('sz 0 101 0 001 0 imm7:7 Rt2:5 Rn:5 Rt:5', 'stp <Rt@sz>, <Rt2@sz>, [<Xn|SP>], <simm(imm7*4<<sz)>', { choice: STORE_WRITEBACK }),
  LDP_post:        row('sz 0 101 0 001 1 imm7:7 Rt2:5 Rn:5 Rt:5', 'ldp <Rt@sz>, <Rt2@sz>, [<Xn|SP>], <simm(imm7*4<<sz)>', { choice: PAIR_WRITEBACK }),
  STGP_post:       row('01 101 0 001 0 imm7:7 Rt2:5 Rn:5 Rt:5',   'stgp <Xt>, <Xt2>, [<Xn|SP>], <simm(imm7*16)>',         { needs: 'MTE' }),
  LDPSW_post:      row('01 101 0 001 1 imm7:7 Rt2:5 Rn:5 Rt:5',   'ldpsw <Xt>, <Xt2>, [<Xn|SP>], <simm(imm7*4)>',         { choice: PAIR_WRITEBACK }),

  // Load/store register pair (offset)
  STP_off:         row('sz 0 101 0 010 0 imm7:7 Rt2:5 Rn:5 Rt:5', 'stp <Rt@sz>, <Rt2@sz>, [<Xn|SP>{, <simm(imm7*4<<sz)>}]'),
  LDP_off:         row('sz 0 101 0 010 1 imm7:7 Rt2:5 Rn:5 Rt:5', 'ldp <Rt@sz>, <Rt2@sz>, [<Xn|SP>{, <simm(imm7*4<<sz)>}]', { choice: SAME_PAIR }),
  STGP_off:        row('01 101 0 010 0 imm7:7 Rt2:5 Rn:5 Rt:5',   'stgp <Xt>, <Xt2>, [<Xn|SP>{, <simm(imm7*16)>}]',         { needs: 'MTE' }),
  LDPSW_off:       row('01 101 0 010 1 imm7:7 Rt2:5 Rn:5 Rt:5',   'ldpsw <Xt>, <Xt2>, [<Xn|SP>{, <simm(imm7*4)>}]',         { choice: SAME_PAIR }),

  // Load/store register pair (pre-indexed)
  STP_pre:         row('sz 0 101 0 011 0 imm7:7 Rt2:5 Rn:5 Rt:5', 'stp <Rt@sz>, <Rt2@sz>, [<Xn|SP>, <simm(imm7*4<<sz)>]!', { choice: STORE_WRITEBACK }),
  LDP_pre:         row('sz 0 101 0 011 1 imm7:7 Rt2:5 Rn:5 Rt:5', 'ldp <Rt@sz>, <Rt2@sz>, [<Xn|SP>, <simm(imm7*4<<sz)>]!', { choice: PAIR_WRITEBACK }),
  STGP_pre:        row('01 101 0 011 0 imm7:7 Rt2:5 Rn:5 Rt:5',   'stgp <Xt>, <Xt2>, [<Xn|SP>, <simm(imm7*16)>]!',         { needs: 'MTE' }),
  LDPSW_pre:       row('01 101 0 011 1 imm7:7 Rt2:5 Rn:5 Rt:5',   'ldpsw <Xt>, <Xt2>, [<Xn|SP>, <simm(imm7*4)>]!',         { choice: PAIR_WRITEBACK }),

  // Load/store register (unscaled immediate)
  STURB:           row('00 111 0 00 00 0 imm9:9 00 Rn:5 Rt:5',     'sturb <Wt>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDURB:           row('00 111 0 00 01 0 imm9:9 00 Rn:5 Rt:5',     'ldurb <Wt>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDURSB:          row('00 111 0 00 1 opc0 0 imm9:9 00 Rn:5 Rt:5', 'ldursb <Rt@opc0>, [<Xn|SP>{, <simm(imm9)>}]'),
  STURH:           row('01 111 0 00 00 0 imm9:9 00 Rn:5 Rt:5',     'sturh <Wt>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDURH:           row('01 111 0 00 01 0 imm9:9 00 Rn:5 Rt:5',     'ldurh <Wt>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDURSH:          row('01 111 0 00 1 opc0 0 imm9:9 00 Rn:5 Rt:5', 'ldursh <Rt@opc0>, [<Xn|SP>{, <simm(imm9)>}]'),
  STUR:            row('1 sz 111 0 00 00 0 imm9:9 00 Rn:5 Rt:5',   'stur <Rt@sz>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDUR:            row('1 sz 111 0 00 01 0 imm9:9 00 Rn:5 Rt:5',   'ldur <Rt@sz>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDURSW:          row('10 111 0 00 10 0 imm9:9 00 Rn:5 Rt:5',     'ldursw <Xt>, [<Xn|SP>{, <simm(imm9)>}]'),
  PRFUM:           row('11 111 0 00 10 0 imm9:9 00 Rn:5 Rt:5',     'prfum <prfop>, [<Xn|SP>{, <simm(imm9)>}]', { forms: [] }),

  // Load/store register (immediate post-indexed)
  STRB_imm_post:   row('00 111 0 00 00 0 imm9:9 01 Rn:5 Rt:5',     'strb <Wt>, [<Xn|SP>], <simm(imm9)>',       { choice: STORE_WRITEBACK }),
  LDRB_imm_post:   row('00 111 0 00 01 0 imm9:9 01 Rn:5 Rt:5',     'ldrb <Wt>, [<Xn|SP>], <simm(imm9)>',       { choice: LOAD_WRITEBACK }),
  LDRSB_imm_post:  row('00 111 0 00 1 opc0 0 imm9:9 01 Rn:5 Rt:5', 'ldrsb <Rt@opc0>, [<Xn|SP>], <simm(imm9)>', { choice: LOAD_WRITEBACK }),
  STRH_imm_post:   row('01 111 0 00 00 0 imm9:9 01 Rn:5 Rt:5',     'strh <Wt>, [<Xn|SP>], <simm(imm9)>',       { choice: STORE_WRITEBACK }),
  LDRH_imm_post:   row('01 111 0 00 01 0 imm9:9 01 Rn:5 Rt:5',     'ldrh <Wt>, [<Xn|SP>], <simm(imm9)>',       { choice: LOAD_WRITEBACK }),
  LDRSH_imm_post:  row('01 111 0 00 1 opc0 0 imm9:9 01 Rn:5 Rt:5', 'ldrsh <Rt@opc0>, [<Xn|SP>], <simm(imm9)>', { choice: LOAD_WRITEBACK }),
  STR_imm_post:    row('1 sz 111 0 00 00 0 imm9:9 01 Rn:5 Rt:5',   'str <Rt@sz>, [<Xn|SP>], <simm(imm9)>',     { choice: STORE_WRITEBACK }),
  LDR_imm_post:    row('1 sz 111 0 00 01 0 imm9:9 01 Rn:5 Rt:5',   'ldr <Rt@sz>, [<Xn|SP>], <simm(imm9)>',     { choice: LOAD_WRITEBACK }),
  LDRSW_imm_post:  row('10 111 0 00 10 0 imm9:9 01 Rn:5 Rt:5',     'ldrsw <Xt>, [<Xn|SP>], <simm(imm9)>',      { choice: LOAD_WRITEBACK }),

  // Load/store register (unprivileged)
  STTRB:           row('00 111 0 00 00 0 imm9:9 10 Rn:5 Rt:5',     'sttrb <Wt>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDTRB:           row('00 111 0 00 01 0 imm9:9 10 Rn:5 Rt:5',     'ldtrb <Wt>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDTRSB:          row('00 111 0 00 1 opc0 0 imm9:9 10 Rn:5 Rt:5', 'ldtrsb <Rt@opc0>, [<Xn|SP>{, <simm(imm9)>}]'),
  STTRH:           row('01 111 0 00 00 0 imm9:9 10 Rn:5 Rt:5',     'sttrh <Wt>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDTRH:           row('01 111 0 00 01 0 imm9:9 10 Rn:5 Rt:5',     'ldtrh <Wt>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDTRSH:          row('01 111 0 00 1 opc0 0 imm9:9 10 Rn:5 Rt:5', 'ldtrsh <Rt@opc0>, [<Xn|SP>{, <simm(imm9)>}]'),
  STTR:            row('1 sz 111 0 00 00 0 imm9:9 10 Rn:5 Rt:5',   'sttr <Rt@sz>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDTR:            row('1 sz 111 0 00 01 0 imm9:9 10 Rn:5 Rt:5',   'ldtr <Rt@sz>, [<Xn|SP>{, <simm(imm9)>}]'),
  LDTRSW:          row('10 111 0 00 10 0 imm9:9 10 Rn:5 Rt:5',     'ldtrsw <Xt>, [<Xn|SP>{, <simm(imm9)>}]'),

  // Load/store register (immediate pre-indexed)
  STRB_imm_pre:    row('00 111 0 00 00 0 imm9:9 11 Rn:5 Rt:5',     'strb <Wt>, [<Xn|SP>, <simm(imm9)>]!',       { choice: STORE_WRITEBACK }),
  LDRB_imm_pre:    row('00 111 0 00 01 0 imm9:9 11 Rn:5 Rt:5',     'ldrb <Wt>, [<Xn|SP>, <simm(imm9)>]!',       { choice: LOAD_WRITEBACK }),
  LDRSB_imm_pre:   row('00 111 0 00 1 opc0 0 imm9:9 11 Rn:5 Rt:5', 'ldrsb <Rt@opc0>, [<Xn|SP>, <simm(imm9)>]!', { choice: LOAD_WRITEBACK }),
  STRH_imm_pre:    row('01 111 0 00 00 0 imm9:9 11 Rn:5 Rt:5',     'strh <Wt>, [<Xn|SP>, <simm(imm9)>]!',       { choice: STORE_WRITEBACK }),
  LDRH_imm_pre:    row('01 111 0 00 01 0 imm9:9 11 Rn:5 Rt:5',     'ldrh <Wt>, [<Xn|SP>, <simm(imm9)>]!',       { choice: LOAD_WRITEBACK }),
  LDRSH_imm_pre:   row('01 111 0 00 1 opc0 0 imm9:9 11 Rn:5 Rt:5', 'ldrsh <Rt@opc0>, [<Xn|SP>, <simm(imm9)>]!', { choice: LOAD_WRITEBACK }),
  STR_imm_pre:     row('1 sz 111 0 00 00 0 imm9:9 11 Rn:5 Rt:5',   'str <Rt@sz>, [<Xn|SP>, <simm(imm9)>]!',     { choice: STORE_WRITEBACK }),
  LDR_imm_pre:     row('1 sz 111 0 00 01 0 imm9:9 11 Rn:5 Rt:5',   'ldr <Rt@sz>, [<Xn|SP>, <simm(imm9)>]!',     { choice: LOAD_WRITEBACK }),
  LDRSW_imm_pre:   row('10 111 0 00 10 0 imm9:9 11 Rn:5 Rt:5',     'ldrsw <Xt>, [<Xn|SP>, <simm(imm9)>]!',      { choice: LOAD_WRITEBACK }),

  // Atomic memory operations
  LDADDB:          row('00 111 0 00 A R 1 Rs:5 0 000 00 Rn:5 Rt:5',      'ldadd{A:,a}{R:,l}b <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',       { needs: 'LSE' }),
  LDCLRB:          row('00 111 0 00 A R 1 Rs:5 0 001 00 Rn:5 Rt:5',      'ldclr{A:,a}{R:,l}b <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',       { needs: 'LSE' }),
  LDEORB:          row('00 111 0 00 A R 1 Rs:5 0 010 00 Rn:5 Rt:5',      'ldeor{A:,a}{R:,l}b <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',       { needs: 'LSE' }),
  LDSETB:          row('00 111 0 00 A R 1 Rs:5 0 011 00 Rn:5 Rt:5',      'ldset{A:,a}{R:,l}b <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',       { needs: 'LSE' }),
  LDSMAXB:         row('00 111 0 00 A R 1 Rs:5 0 100 00 Rn:5 Rt:5',      'ldsmax{A:,a}{R:,l}b <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',      { needs: 'LSE' }),
  LDSMINB:         row('00 111 0 00 A R 1 Rs:5 0 101 00 Rn:5 Rt:5',      'ldsmin{A:,a}{R:,l}b <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',      { needs: 'LSE' }),
  LDUMAXB:         row('00 111 0 00 A R 1 Rs:5 0 110 00 Rn:5 Rt:5',      'ldumax{A:,a}{R:,l}b <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',      { needs: 'LSE' }),
  LDUMINB:         row('00 111 0 00 A R 1 Rs:5 0 111 00 Rn:5 Rt:5',      'ldumin{A:,a}{R:,l}b <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',      { needs: 'LSE' }),
  SWPB:            row('00 111 0 00 A R 1 Rs:5 1 000 00 Rn:5 Rt:5',      'swp{A:,a}{R:,l}b <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',         { needs: 'LSE' }),
  LDAPRB:          row('00 111 0 00 1 0 1 (11111) 1 100 00 Rn:5 Rt:5',   'ldaprb <Wt>, [<Xn|SP>{, <nooffset>}]',                         { needs: 'LRCPC' }),
  LDADDH:          row('01 111 0 00 A R 1 Rs:5 0 000 00 Rn:5 Rt:5',      'ldadd{A:,a}{R:,l}h <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',       { needs: 'LSE' }),
  LDCLRH:          row('01 111 0 00 A R 1 Rs:5 0 001 00 Rn:5 Rt:5',      'ldclr{A:,a}{R:,l}h <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',       { needs: 'LSE' }),
  LDEORH:          row('01 111 0 00 A R 1 Rs:5 0 010 00 Rn:5 Rt:5',      'ldeor{A:,a}{R:,l}h <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',       { needs: 'LSE' }),
  LDSETH:          row('01 111 0 00 A R 1 Rs:5 0 011 00 Rn:5 Rt:5',      'ldset{A:,a}{R:,l}h <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',       { needs: 'LSE' }),
  LDSMAXH:         row('01 111 0 00 A R 1 Rs:5 0 100 00 Rn:5 Rt:5',      'ldsmax{A:,a}{R:,l}h <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',      { needs: 'LSE' }),
  LDSMINH:         row('01 111 0 00 A R 1 Rs:5 0 101 00 Rn:5 Rt:5',      'ldsmin{A:,a}{R:,l}h <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',      { needs: 'LSE' }),
  LDUMAXH:         row('01 111 0 00 A R 1 Rs:5 0 110 00 Rn:5 Rt:5',      'ldumax{A:,a}{R:,l}h <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',      { needs: 'LSE' }),
  LDUMINH:         row('01 111 0 00 A R 1 Rs:5 0 111 00 Rn:5 Rt:5',      'ldumin{A:,a}{R:,l}h <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',      { needs: 'LSE' }),
  SWPH:            row('01 111 0 00 A R 1 Rs:5 1 000 00 Rn:5 Rt:5',      'swp{A:,a}{R:,l}h <Ws>, <Wt>, [<Xn|SP>{, <nooffset>}]',         { needs: 'LSE' }),
  LDAPRH:          row('01 111 0 00 1 0 1 (11111) 1 100 00 Rn:5 Rt:5',   'ldaprh <Wt>, [<Xn|SP>{, <nooffset>}]',                         { needs: 'LRCPC' }),
  LDADD:           row('1 sz 111 0 00 A R 1 Rs:5 0 000 00 Rn:5 Rt:5',    'ldadd{A:,a}{R:,l} <Rs@sz>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]',  { needs: 'LSE' }),
  LDCLR:           row('1 sz 111 0 00 A R 1 Rs:5 0 001 00 Rn:5 Rt:5',    'ldclr{A:,a}{R:,l} <Rs@sz>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]',  { needs: 'LSE' }),
  LDEOR:           row('1 sz 111 0 00 A R 1 Rs:5 0 010 00 Rn:5 Rt:5',    'ldeor{A:,a}{R:,l} <Rs@sz>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]',  { needs: 'LSE' }),
  LDSET:           row('1 sz 111 0 00 A R 1 Rs:5 0 011 00 Rn:5 Rt:5',    'ldset{A:,a}{R:,l} <Rs@sz>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]',  { needs: 'LSE' }),
  LDSMAX:          row('1 sz 111 0 00 A R 1 Rs:5 0 100 00 Rn:5 Rt:5',    'ldsmax{A:,a}{R:,l} <Rs@sz>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]', { needs: 'LSE' }),
  LDSMIN:          row('1 sz 111 0 00 A R 1 Rs:5 0 101 00 Rn:5 Rt:5',    'ldsmin{A:,a}{R:,l} <Rs@sz>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]', { needs: 'LSE' }),
  LDUMAX:          row('1 sz 111 0 00 A R 1 Rs:5 0 110 00 Rn:5 Rt:5',    'ldumax{A:,a}{R:,l} <Rs@sz>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]', { needs: 'LSE' }),
  LDUMIN:          row('1 sz 111 0 00 A R 1 Rs:5 0 111 00 Rn:5 Rt:5',    'ldumin{A:,a}{R:,l} <Rs@sz>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]', { needs: 'LSE' }),
  SWP:             row('1 sz 111 0 00 A R 1 Rs:5 1 000 00 Rn:5 Rt:5',    'swp{A:,a}{R:,l} <Rs@sz>, <Rt@sz>, [<Xn|SP>{, <nooffset>}]',    { needs: 'LSE' }),
  LDAPR:           row('1 sz 111 0 00 1 0 1 (11111) 1 100 00 Rn:5 Rt:5', 'ldapr <Rt@sz>, [<Xn|SP>{, <nooffset>}]',                       { needs: 'LRCPC' }),

  // Load/store register (register offset)
  STRB_reg:        row('00 111 0 00 00 1 Rm:5 option:3 S 10 Rn:5 Rt:5',     'strb <Wt>, [<Xn|SP>, <regoffset(S*1)>]',       { not: 'option=x0x' }),
  LDRB_reg:        row('00 111 0 00 01 1 Rm:5 option:3 S 10 Rn:5 Rt:5',     'ldrb <Wt>, [<Xn|SP>, <regoffset(S*1)>]',       { not: 'option=x0x' }),
  LDRSB_reg:       row('00 111 0 00 1 opc0 1 Rm:5 option:3 S 10 Rn:5 Rt:5', 'ldrsb <Rt@opc0>, [<Xn|SP>, <regoffset(S*1)>]', { not: 'option=x0x' }),
  STRH_reg:        row('01 111 0 00 00 1 Rm:5 option:3 S 10 Rn:5 Rt:5',     'strh <Wt>, [<Xn|SP>, <regoffset(S*2)>]',       { not: 'option=x0x' }),
  LDRH_reg:        row('01 111 0 00 01 1 Rm:5 option:3 S 10 Rn:5 Rt:5',     'ldrh <Wt>, [<Xn|SP>, <regoffset(S*2)>]',       { not: 'option=x0x' }),
  LDRSH_reg:       row('01 111 0 00 1 opc0 1 Rm:5 option:3 S 10 Rn:5 Rt:5', 'ldrsh <Rt@opc0>, [<Xn|SP>, <regoffset(S*2)>]', { not: 'option=x0x' }),
  STR_reg:         row('1 sz 111 0 00 00 1 Rm:5 option:3 S 10 Rn:5 Rt:5',   'str <Rt@sz>, [<Xn|SP>, <regoffset(S*4<<sz)>]', { not: 'option=x0x' }),
  LDR_reg:         row('1 sz 111 0 00 01 1 Rm:5 option:3 S 10 Rn:5 Rt:5',   'ldr <Rt@sz>, [<Xn|SP>, <regoffset(S*4<<sz)>]', { not: 'option=x0x' }),
  LDRSW_reg:       row('10 111 0 00 10 1 Rm:5 option:3 S 10 Rn:5 Rt:5',     'ldrsw <Xt>, [<Xn|SP>, <regoffset(S*4)>]',      { not: 'option=x0x' }),
  PRFM_reg:        row('11 111 0 00 10 1 Rm:5 option:3 S 10 Rn:5 Rt:5',     'prfm <prfop>, [<Xn|SP>, <regoffset(S*8)>]',    { forms: ['option', 'S'], not: 'option=x0x' }),

  // Load/store register (pac)
  LDRAA_off:       row('11 111 0 00 0 S 1 imm9:9 0 1 Rn:5 Rt:5', 'ldraa <Xt>, [<Xn|SP>{, <simm(S imm9*8)>}]',  { needs: 'PAuth', forms: [] }),
  LDRAA_pre:       row('11 111 0 00 0 S 1 imm9:9 1 1 Rn:5 Rt:5', 'ldraa <Xt>, [<Xn|SP>{, <simm(S imm9*8)>}]!', { needs: 'PAuth', forms: [], choice: LOAD_WRITEBACK }),
  LDRAB_off:       row('11 111 0 00 1 S 1 imm9:9 0 1 Rn:5 Rt:5', 'ldrab <Xt>, [<Xn|SP>{, <simm(S imm9*8)>}]',  { needs: 'PAuth', forms: [] }),
  LDRAB_pre:       row('11 111 0 00 1 S 1 imm9:9 1 1 Rn:5 Rt:5', 'ldrab <Xt>, [<Xn|SP>{, <simm(S imm9*8)>}]!', { needs: 'PAuth', forms: [], choice: LOAD_WRITEBACK }),

  // Load/store register (unsigned immediate)
  STRB_imm_off:    row('00 111 0 01 00 imm12:12 Rn:5 Rt:5',     'strb <Wt>, [<Xn|SP>{, <uimm(imm12)>}]'),
  LDRB_imm_off:    row('00 111 0 01 01 imm12:12 Rn:5 Rt:5',     'ldrb <Wt>, [<Xn|SP>{, <uimm(imm12)>}]'),
  LDRSB_imm_off:   row('00 111 0 01 1 opc0 imm12:12 Rn:5 Rt:5', 'ldrsb <Rt@opc0>, [<Xn|SP>{, <uimm(imm12)>}]'),
  STRH_imm_off:    row('01 111 0 01 00 imm12:12 Rn:5 Rt:5',     'strh <Wt>, [<Xn|SP>{, <uimm(imm12*2)>}]'),
  LDRH_imm_off:    row('01 111 0 01 01 imm12:12 Rn:5 Rt:5',     'ldrh <Wt>, [<Xn|SP>{, <uimm(imm12*2)>}]'),
  LDRSH_imm_off:   row('01 111 0 01 1 opc0 imm12:12 Rn:5 Rt:5', 'ldrsh <Rt@opc0>, [<Xn|SP>{, <uimm(imm12*2)>}]'),
  STR_imm_off:     row('1 sz 111 0 01 00 imm12:12 Rn:5 Rt:5',   'str <Rt@sz>, [<Xn|SP>{, <uimm(imm12*4<<sz)>}]'),
  LDR_imm_off:     row('1 sz 111 0 01 01 imm12:12 Rn:5 Rt:5',   'ldr <Rt@sz>, [<Xn|SP>{, <uimm(imm12*4<<sz)>}]'),
  LDRSW_imm_off:   row('10 111 0 01 10 imm12:12 Rn:5 Rt:5',     'ldrsw <Xt>, [<Xn|SP>{, <uimm(imm12*4)>}]'),
  PRFM_imm_off:    row('11 111 0 01 10 imm12:12 Rn:5 Rt:5',     'prfm <prfop>, [<Xn|SP>{, <uimm(imm12*8)>}]', { forms: [] }),
} as const satisfies Readonly<Record<string, RowSpec>>;

export const loadStoreAliases = {
  // An offset that does not fit the scaled form is taken unscaled.
  STRB_unscaled:   alias('STURB',   'strb <Wt>, [<Xn|SP>, <simm(imm9)>]',            '', 'never'),
  LDRB_unscaled:   alias('LDURB',   'ldrb <Wt>, [<Xn|SP>, <simm(imm9)>]',            '', 'never'),
  LDRSB_unscaled:  alias('LDURSB',  'ldrsb <Rt@opc0>, [<Xn|SP>, <simm(imm9)>]',      '', 'never'),
  STRH_unscaled:   alias('STURH',   'strh <Wt>, [<Xn|SP>, <simm(imm9)>]',            '', 'never'),
  LDRH_unscaled:   alias('LDURH',   'ldrh <Wt>, [<Xn|SP>, <simm(imm9)>]',            '', 'never'),
  LDRSH_unscaled:  alias('LDURSH',  'ldrsh <Rt@opc0>, [<Xn|SP>, <simm(imm9)>]',      '', 'never'),
  STR_unscaled:    alias('STUR',    'str <Rt@sz>, [<Xn|SP>, <simm(imm9)>]',          '', 'never'),
  LDR_unscaled:    alias('LDUR',    'ldr <Rt@sz>, [<Xn|SP>, <simm(imm9)>]',          '', 'never'),
  LDRSW_unscaled:  alias('LDURSW',  'ldrsw <Xt>, [<Xn|SP>, <simm(imm9)>]',           '', 'never'),
  PRFM_unscaled:   alias('PRFUM',   'prfm <prfop>, [<Xn|SP>, <simm(imm9)>]',         '', 'never'),
  // An atomic operation whose result nobody wants.
  STADDB:          alias('LDADDB',  'stadd{R:,l}b <Ws>, [<Xn|SP>{, <nooffset>}]',    'A=0 Rt=11111'),
  STCLRB:          alias('LDCLRB',  'stclr{R:,l}b <Ws>, [<Xn|SP>{, <nooffset>}]',    'A=0 Rt=11111'),
  STEORB:          alias('LDEORB',  'steor{R:,l}b <Ws>, [<Xn|SP>{, <nooffset>}]',    'A=0 Rt=11111'),
  STSETB:          alias('LDSETB',  'stset{R:,l}b <Ws>, [<Xn|SP>{, <nooffset>}]',    'A=0 Rt=11111'),
  STSMAXB:         alias('LDSMAXB', 'stsmax{R:,l}b <Ws>, [<Xn|SP>{, <nooffset>}]',   'A=0 Rt=11111'),
  STSMINB:         alias('LDSMINB', 'stsmin{R:,l}b <Ws>, [<Xn|SP>{, <nooffset>}]',   'A=0 Rt=11111'),
  STUMAXB:         alias('LDUMAXB', 'stumax{R:,l}b <Ws>, [<Xn|SP>{, <nooffset>}]',   'A=0 Rt=11111'),
  STUMINB:         alias('LDUMINB', 'stumin{R:,l}b <Ws>, [<Xn|SP>{, <nooffset>}]',   'A=0 Rt=11111'),
  STADDH:          alias('LDADDH',  'stadd{R:,l}h <Ws>, [<Xn|SP>{, <nooffset>}]',    'A=0 Rt=11111'),
  STCLRH:          alias('LDCLRH',  'stclr{R:,l}h <Ws>, [<Xn|SP>{, <nooffset>}]',    'A=0 Rt=11111'),
  STEORH:          alias('LDEORH',  'steor{R:,l}h <Ws>, [<Xn|SP>{, <nooffset>}]',    'A=0 Rt=11111'),
  STSETH:          alias('LDSETH',  'stset{R:,l}h <Ws>, [<Xn|SP>{, <nooffset>}]',    'A=0 Rt=11111'),
  STSMAXH:         alias('LDSMAXH', 'stsmax{R:,l}h <Ws>, [<Xn|SP>{, <nooffset>}]',   'A=0 Rt=11111'),
  STSMINH:         alias('LDSMINH', 'stsmin{R:,l}h <Ws>, [<Xn|SP>{, <nooffset>}]',   'A=0 Rt=11111'),
  STUMAXH:         alias('LDUMAXH', 'stumax{R:,l}h <Ws>, [<Xn|SP>{, <nooffset>}]',   'A=0 Rt=11111'),
  STUMINH:         alias('LDUMINH', 'stumin{R:,l}h <Ws>, [<Xn|SP>{, <nooffset>}]',   'A=0 Rt=11111'),
  STADD:           alias('LDADD',   'stadd{R:,l} <Rs@sz>, [<Xn|SP>{, <nooffset>}]',  'A=0 Rt=11111'),
  STCLR:           alias('LDCLR',   'stclr{R:,l} <Rs@sz>, [<Xn|SP>{, <nooffset>}]',  'A=0 Rt=11111'),
  STEOR:           alias('LDEOR',   'steor{R:,l} <Rs@sz>, [<Xn|SP>{, <nooffset>}]',  'A=0 Rt=11111'),
  STSET:           alias('LDSET',   'stset{R:,l} <Rs@sz>, [<Xn|SP>{, <nooffset>}]',  'A=0 Rt=11111'),
  STSMAX:          alias('LDSMAX',  'stsmax{R:,l} <Rs@sz>, [<Xn|SP>{, <nooffset>}]', 'A=0 Rt=11111'),
  STSMIN:          alias('LDSMIN',  'stsmin{R:,l} <Rs@sz>, [<Xn|SP>{, <nooffset>}]', 'A=0 Rt=11111'),
  STUMAX:          alias('LDUMAX',  'stumax{R:,l} <Rs@sz>, [<Xn|SP>{, <nooffset>}]', 'A=0 Rt=11111'),
  STUMIN:          alias('LDUMIN',  'stumin{R:,l} <Rs@sz>, [<Xn|SP>{, <nooffset>}]', 'A=0 Rt=11111'),
} as const satisfies Readonly<Record<string, AliasSpec>>;
