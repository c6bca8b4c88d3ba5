/** Loads and stores of SIMD and floating-point registers (DDI 0487 C4 "Loads and Stores"). */
import { alias, row, type AliasSpec, type RowOptions, type RowSpec } from './row.ts';

const SIMD      = { needs: 'AdvSIMD' } as const satisfies RowOptions;
/** Post-index by X31 is the immediate form. */
const SIMD_REG  = { ...SIMD, not: 'Rm=11111' } as const;
/** Only LD1 and ST1 take the arrangement 1D. */
const NO_1D     = { ...SIMD, not: 'size=11 Q=0' } as const;
const NO_1D_REG = { ...SIMD, not: 'size=11 Q=0 | Rm=11111' } as const;
/** opcode is log2 of the element's bytes, 8 being opcode=10 size=01; S and the rest of size belong to the index. */
const LANE      = { ...SIMD, not: 'opcode=11 | opcode=01 size=x1 | opcode=10 size=1x | opcode=10 size=01 S=1' } as const;
const LANE_REG  = { ...SIMD, not: 'opcode=11 | opcode=01 size=x1 | opcode=10 size=1x | opcode=10 size=01 S=1 | Rm=11111' } as const;
const SDQ       = { needs: 'FP', not: 'opc=11' } as const satisfies RowOptions;
const SDQ_LOAD  = { ...SDQ, choice: 'Rt2 = Rt: the register has the second element' } as const satisfies RowOptions;
/** log2 of the register's bytes is opc<1>:size. */
const BHSDQ     = { needs: 'FP', not: 'opc1=1 size=01 | opc1=1 size=1x' } as const satisfies RowOptions;
const INDEXED   = { ...BHSDQ, not: 'opc1=1 size=01 | opc1=1 size=1x | option=x0x' } as const;

export const simdLoadStore = {
  // Advanced SIMD load/store multiple structures
  ST4_mult:            row('0 Q 0011000 0 000000 0000 size:2 Rn:5 Rt:5',            'st4 <list(Rt*4 sizeQ)>, [<Xn|SP>]',                          NO_1D),
  ST1_mult_4:          row('0 Q 0011000 0 000000 0010 size:2 Rn:5 Rt:5',            'st1 <list(Rt*4 sizeQ)>, [<Xn|SP>]',                          SIMD),
  ST3_mult:            row('0 Q 0011000 0 000000 0100 size:2 Rn:5 Rt:5',            'st3 <list(Rt*3 sizeQ)>, [<Xn|SP>]',                          NO_1D),
  ST1_mult_3:          row('0 Q 0011000 0 000000 0110 size:2 Rn:5 Rt:5',            'st1 <list(Rt*3 sizeQ)>, [<Xn|SP>]',                          SIMD),
  ST1_mult_1:          row('0 Q 0011000 0 000000 0111 size:2 Rn:5 Rt:5',            'st1 <list(Rt*1 sizeQ)>, [<Xn|SP>]',                          SIMD),
  ST2_mult:            row('0 Q 0011000 0 000000 1000 size:2 Rn:5 Rt:5',            'st2 <list(Rt*2 sizeQ)>, [<Xn|SP>]',                          NO_1D),
  ST1_mult_2:          row('0 Q 0011000 0 000000 1010 size:2 Rn:5 Rt:5',            'st1 <list(Rt*2 sizeQ)>, [<Xn|SP>]',                          SIMD),
  LD4_mult:            row('0 Q 0011000 1 000000 0000 size:2 Rn:5 Rt:5',            'ld4 <list(Rt*4 sizeQ)>, [<Xn|SP>]',                          NO_1D),
  LD1_mult_4:          row('0 Q 0011000 1 000000 0010 size:2 Rn:5 Rt:5',            'ld1 <list(Rt*4 sizeQ)>, [<Xn|SP>]',                          SIMD),
  LD3_mult:            row('0 Q 0011000 1 000000 0100 size:2 Rn:5 Rt:5',            'ld3 <list(Rt*3 sizeQ)>, [<Xn|SP>]',                          NO_1D),
  LD1_mult_3:          row('0 Q 0011000 1 000000 0110 size:2 Rn:5 Rt:5',            'ld1 <list(Rt*3 sizeQ)>, [<Xn|SP>]',                          SIMD),
  LD1_mult_1:          row('0 Q 0011000 1 000000 0111 size:2 Rn:5 Rt:5',            'ld1 <list(Rt*1 sizeQ)>, [<Xn|SP>]',                          SIMD),
  LD2_mult:            row('0 Q 0011000 1 000000 1000 size:2 Rn:5 Rt:5',            'ld2 <list(Rt*2 sizeQ)>, [<Xn|SP>]',                          NO_1D),
  LD1_mult_2:          row('0 Q 0011000 1 000000 1010 size:2 Rn:5 Rt:5',            'ld1 <list(Rt*2 sizeQ)>, [<Xn|SP>]',                          SIMD),

  // Advanced SIMD load/store multiple structures (post-indexed), immediate offset
  ST4_mult_post:       row('0 Q 0011001 0 0 11111 0000 size:2 Rn:5 Rt:5',           'st4 <list(Rt*4 sizeQ)>, [<Xn|SP>], <bytes(32 Q)>',           NO_1D),
  ST1_mult_4_post:     row('0 Q 0011001 0 0 11111 0010 size:2 Rn:5 Rt:5',           'st1 <list(Rt*4 sizeQ)>, [<Xn|SP>], <bytes(32 Q)>',           SIMD),
  ST3_mult_post:       row('0 Q 0011001 0 0 11111 0100 size:2 Rn:5 Rt:5',           'st3 <list(Rt*3 sizeQ)>, [<Xn|SP>], <bytes(24 Q)>',           NO_1D),
  ST1_mult_3_post:     row('0 Q 0011001 0 0 11111 0110 size:2 Rn:5 Rt:5',           'st1 <list(Rt*3 sizeQ)>, [<Xn|SP>], <bytes(24 Q)>',           SIMD),
  ST1_mult_1_post:     row('0 Q 0011001 0 0 11111 0111 size:2 Rn:5 Rt:5',           'st1 <list(Rt*1 sizeQ)>, [<Xn|SP>], <bytes(8 Q)>',            SIMD),
  ST2_mult_post:       row('0 Q 0011001 0 0 11111 1000 size:2 Rn:5 Rt:5',           'st2 <list(Rt*2 sizeQ)>, [<Xn|SP>], <bytes(16 Q)>',           NO_1D),
  ST1_mult_2_post:     row('0 Q 0011001 0 0 11111 1010 size:2 Rn:5 Rt:5',           'st1 <list(Rt*2 sizeQ)>, [<Xn|SP>], <bytes(16 Q)>',           SIMD),
  LD4_mult_post:       row('0 Q 0011001 1 0 11111 0000 size:2 Rn:5 Rt:5',           'ld4 <list(Rt*4 sizeQ)>, [<Xn|SP>], <bytes(32 Q)>',           NO_1D),
  LD1_mult_4_post:     row('0 Q 0011001 1 0 11111 0010 size:2 Rn:5 Rt:5',           'ld1 <list(Rt*4 sizeQ)>, [<Xn|SP>], <bytes(32 Q)>',           SIMD),
  LD3_mult_post:       row('0 Q 0011001 1 0 11111 0100 size:2 Rn:5 Rt:5',           'ld3 <list(Rt*3 sizeQ)>, [<Xn|SP>], <bytes(24 Q)>',           NO_1D),
  LD1_mult_3_post:     row('0 Q 0011001 1 0 11111 0110 size:2 Rn:5 Rt:5',           'ld1 <list(Rt*3 sizeQ)>, [<Xn|SP>], <bytes(24 Q)>',           SIMD),
  LD1_mult_1_post:     row('0 Q 0011001 1 0 11111 0111 size:2 Rn:5 Rt:5',           'ld1 <list(Rt*1 sizeQ)>, [<Xn|SP>], <bytes(8 Q)>',            SIMD),
  LD2_mult_post:       row('0 Q 0011001 1 0 11111 1000 size:2 Rn:5 Rt:5',           'ld2 <list(Rt*2 sizeQ)>, [<Xn|SP>], <bytes(16 Q)>',           NO_1D),
  LD1_mult_2_post:     row('0 Q 0011001 1 0 11111 1010 size:2 Rn:5 Rt:5',           'ld1 <list(Rt*2 sizeQ)>, [<Xn|SP>], <bytes(16 Q)>',           SIMD),

  // Advanced SIMD load/store multiple structures (post-indexed), register offset
  ST4_mult_post_reg:   row('0 Q 0011001 0 0 Rm:5 0000 size:2 Rn:5 Rt:5',            'st4 <list(Rt*4 sizeQ)>, [<Xn|SP>], <Xm>',                    NO_1D_REG),
  ST1_mult_4_post_reg: row('0 Q 0011001 0 0 Rm:5 0010 size:2 Rn:5 Rt:5',            'st1 <list(Rt*4 sizeQ)>, [<Xn|SP>], <Xm>',                    SIMD_REG),
  ST3_mult_post_reg:   row('0 Q 0011001 0 0 Rm:5 0100 size:2 Rn:5 Rt:5',            'st3 <list(Rt*3 sizeQ)>, [<Xn|SP>], <Xm>',                    NO_1D_REG),
  ST1_mult_3_post_reg: row('0 Q 0011001 0 0 Rm:5 0110 size:2 Rn:5 Rt:5',            'st1 <list(Rt*3 sizeQ)>, [<Xn|SP>], <Xm>',                    SIMD_REG),
  ST1_mult_1_post_reg: row('0 Q 0011001 0 0 Rm:5 0111 size:2 Rn:5 Rt:5',            'st1 <list(Rt*1 sizeQ)>, [<Xn|SP>], <Xm>',                    SIMD_REG),
  ST2_mult_post_reg:   row('0 Q 0011001 0 0 Rm:5 1000 size:2 Rn:5 Rt:5',            'st2 <list(Rt*2 sizeQ)>, [<Xn|SP>], <Xm>',                    NO_1D_REG),
  ST1_mult_2_post_reg: row('0 Q 0011001 0 0 Rm:5 1010 size:2 Rn:5 Rt:5',            'st1 <list(Rt*2 sizeQ)>, [<Xn|SP>], <Xm>',                    SIMD_REG),
  LD4_mult_post_reg:   row('0 Q 0011001 1 0 Rm:5 0000 size:2 Rn:5 Rt:5',            'ld4 <list(Rt*4 sizeQ)>, [<Xn|SP>], <Xm>',                    NO_1D_REG),
  LD1_mult_4_post_reg: row('0 Q 0011001 1 0 Rm:5 0010 size:2 Rn:5 Rt:5',            'ld1 <list(Rt*4 sizeQ)>, [<Xn|SP>], <Xm>',                    SIMD_REG),
  LD3_mult_post_reg:   row('0 Q 0011001 1 0 Rm:5 0100 size:2 Rn:5 Rt:5',            'ld3 <list(Rt*3 sizeQ)>, [<Xn|SP>], <Xm>',                    NO_1D_REG),
  LD1_mult_3_post_reg: row('0 Q 0011001 1 0 Rm:5 0110 size:2 Rn:5 Rt:5',            'ld1 <list(Rt*3 sizeQ)>, [<Xn|SP>], <Xm>',                    SIMD_REG),
  LD1_mult_1_post_reg: row('0 Q 0011001 1 0 Rm:5 0111 size:2 Rn:5 Rt:5',            'ld1 <list(Rt*1 sizeQ)>, [<Xn|SP>], <Xm>',                    SIMD_REG),
  LD2_mult_post_reg:   row('0 Q 0011001 1 0 Rm:5 1000 size:2 Rn:5 Rt:5',            'ld2 <list(Rt*2 sizeQ)>, [<Xn|SP>], <Xm>',                    NO_1D_REG),
  LD1_mult_2_post_reg: row('0 Q 0011001 1 0 Rm:5 1010 size:2 Rn:5 Rt:5',            'ld1 <list(Rt*2 sizeQ)>, [<Xn|SP>], <Xm>',                    SIMD_REG),

  // Advanced SIMD load/store single structure
  ST1_sngl:            row('0 Q 0011010 0 0 00000 opcode:2 0 S size:2 Rn:5 Rt:5',   'st1 <lanes(Rt*1)>, [<Xn|SP>]',                               LANE),
  ST2_sngl:            row('0 Q 0011010 0 1 00000 opcode:2 0 S size:2 Rn:5 Rt:5',   'st2 <lanes(Rt*2)>, [<Xn|SP>]',                               LANE),
  ST3_sngl:            row('0 Q 0011010 0 0 00000 opcode:2 1 S size:2 Rn:5 Rt:5',   'st3 <lanes(Rt*3)>, [<Xn|SP>]',                               LANE),
  ST4_sngl:            row('0 Q 0011010 0 1 00000 opcode:2 1 S size:2 Rn:5 Rt:5',   'st4 <lanes(Rt*4)>, [<Xn|SP>]',                               LANE),
  LD1_sngl:            row('0 Q 0011010 1 0 00000 opcode:2 0 S size:2 Rn:5 Rt:5',   'ld1 <lanes(Rt*1)>, [<Xn|SP>]',                               LANE),
  LD2_sngl:            row('0 Q 0011010 1 1 00000 opcode:2 0 S size:2 Rn:5 Rt:5',   'ld2 <lanes(Rt*2)>, [<Xn|SP>]',                               LANE),
  LD3_sngl:            row('0 Q 0011010 1 0 00000 opcode:2 1 S size:2 Rn:5 Rt:5',   'ld3 <lanes(Rt*3)>, [<Xn|SP>]',                               LANE),
  LD4_sngl:            row('0 Q 0011010 1 1 00000 opcode:2 1 S size:2 Rn:5 Rt:5',   'ld4 <lanes(Rt*4)>, [<Xn|SP>]',                               LANE),
  LD1R:                row('0 Q 0011010 1 0 00000 11 0 0 size:2 Rn:5 Rt:5',         'ld1r <list(Rt*1 sizeQ)>, [<Xn|SP>]',                         SIMD),
  LD2R:                row('0 Q 0011010 1 1 00000 11 0 0 size:2 Rn:5 Rt:5',         'ld2r <list(Rt*2 sizeQ)>, [<Xn|SP>]',                         SIMD),
  LD3R:                row('0 Q 0011010 1 0 00000 11 1 0 size:2 Rn:5 Rt:5',         'ld3r <list(Rt*3 sizeQ)>, [<Xn|SP>]',                         SIMD),
  LD4R:                row('0 Q 0011010 1 1 00000 11 1 0 size:2 Rn:5 Rt:5',         'ld4r <list(Rt*4 sizeQ)>, [<Xn|SP>]',                         SIMD),

  // Advanced SIMD load/store single structure (post-indexed), immediate offset
  ST1_sngl_post:       row('0 Q 0011011 0 0 11111 opcode:2 0 S size:2 Rn:5 Rt:5',   'st1 <lanes(Rt*1)>, [<Xn|SP>], <lanebytes(1)>',               LANE),
  ST2_sngl_post:       row('0 Q 0011011 0 1 11111 opcode:2 0 S size:2 Rn:5 Rt:5',   'st2 <lanes(Rt*2)>, [<Xn|SP>], <lanebytes(2)>',               LANE),
  ST3_sngl_post:       row('0 Q 0011011 0 0 11111 opcode:2 1 S size:2 Rn:5 Rt:5',   'st3 <lanes(Rt*3)>, [<Xn|SP>], <lanebytes(3)>',               LANE),
  ST4_sngl_post:       row('0 Q 0011011 0 1 11111 opcode:2 1 S size:2 Rn:5 Rt:5',   'st4 <lanes(Rt*4)>, [<Xn|SP>], <lanebytes(4)>',               LANE),
  LD1_sngl_post:       row('0 Q 0011011 1 0 11111 opcode:2 0 S size:2 Rn:5 Rt:5',   'ld1 <lanes(Rt*1)>, [<Xn|SP>], <lanebytes(1)>',               LANE),
  LD2_sngl_post:       row('0 Q 0011011 1 1 11111 opcode:2 0 S size:2 Rn:5 Rt:5',   'ld2 <lanes(Rt*2)>, [<Xn|SP>], <lanebytes(2)>',               LANE),
  LD3_sngl_post:       row('0 Q 0011011 1 0 11111 opcode:2 1 S size:2 Rn:5 Rt:5',   'ld3 <lanes(Rt*3)>, [<Xn|SP>], <lanebytes(3)>',               LANE),
  LD4_sngl_post:       row('0 Q 0011011 1 1 11111 opcode:2 1 S size:2 Rn:5 Rt:5',   'ld4 <lanes(Rt*4)>, [<Xn|SP>], <lanebytes(4)>',               LANE),
  LD1R_post:           row('0 Q 0011011 1 0 11111 11 0 0 size:2 Rn:5 Rt:5',         'ld1r <list(Rt*1 sizeQ)>, [<Xn|SP>], <bytes(1 size)>',        SIMD),
  LD2R_post:           row('0 Q 0011011 1 1 11111 11 0 0 size:2 Rn:5 Rt:5',         'ld2r <list(Rt*2 sizeQ)>, [<Xn|SP>], <bytes(2 size)>',        SIMD),
  LD3R_post:           row('0 Q 0011011 1 0 11111 11 1 0 size:2 Rn:5 Rt:5',         'ld3r <list(Rt*3 sizeQ)>, [<Xn|SP>], <bytes(3 size)>',        SIMD),
  LD4R_post:           row('0 Q 0011011 1 1 11111 11 1 0 size:2 Rn:5 Rt:5',         'ld4r <list(Rt*4 sizeQ)>, [<Xn|SP>], <bytes(4 size)>',        SIMD),

  // Advanced SIMD load/store single structure (post-indexed), register offset
  ST1_sngl_post_reg:   row('0 Q 0011011 0 0 Rm:5 opcode:2 0 S size:2 Rn:5 Rt:5',    'st1 <lanes(Rt*1)>, [<Xn|SP>], <Xm>',                         LANE_REG),
  ST2_sngl_post_reg:   row('0 Q 0011011 0 1 Rm:5 opcode:2 0 S size:2 Rn:5 Rt:5',    'st2 <lanes(Rt*2)>, [<Xn|SP>], <Xm>',                         LANE_REG),
  ST3_sngl_post_reg:   row('0 Q 0011011 0 0 Rm:5 opcode:2 1 S size:2 Rn:5 Rt:5',    'st3 <lanes(Rt*3)>, [<Xn|SP>], <Xm>',                         LANE_REG),
  ST4_sngl_post_reg:   row('0 Q 0011011 0 1 Rm:5 opcode:2 1 S size:2 Rn:5 Rt:5',    'st4 <lanes(Rt*4)>, [<Xn|SP>], <Xm>',                         LANE_REG),
  LD1_sngl_post_reg:   row('0 Q 0011011 1 0 Rm:5 opcode:2 0 S size:2 Rn:5 Rt:5',    'ld1 <lanes(Rt*1)>, [<Xn|SP>], <Xm>',                         LANE_REG),
  LD2_sngl_post_reg:   row('0 Q 0011011 1 1 Rm:5 opcode:2 0 S size:2 Rn:5 Rt:5',    'ld2 <lanes(Rt*2)>, [<Xn|SP>], <Xm>',                         LANE_REG),
  LD3_sngl_post_reg:   row('0 Q 0011011 1 0 Rm:5 opcode:2 1 S size:2 Rn:5 Rt:5',    'ld3 <lanes(Rt*3)>, [<Xn|SP>], <Xm>',                         LANE_REG),
  LD4_sngl_post_reg:   row('0 Q 0011011 1 1 Rm:5 opcode:2 1 S size:2 Rn:5 Rt:5',    'ld4 <lanes(Rt*4)>, [<Xn|SP>], <Xm>',                         LANE_REG),
  LD1R_post_reg:       row('0 Q 0011011 1 0 Rm:5 11 0 0 size:2 Rn:5 Rt:5',          'ld1r <list(Rt*1 sizeQ)>, [<Xn|SP>], <Xm>',                   SIMD_REG),
  LD2R_post_reg:       row('0 Q 0011011 1 1 Rm:5 11 0 0 size:2 Rn:5 Rt:5',          'ld2r <list(Rt*2 sizeQ)>, [<Xn|SP>], <Xm>',                   SIMD_REG),
  LD3R_post_reg:       row('0 Q 0011011 1 0 Rm:5 11 1 0 size:2 Rn:5 Rt:5',          'ld3r <list(Rt*3 sizeQ)>, [<Xn|SP>], <Xm>',                   SIMD_REG),
  LD4R_post_reg:       row('0 Q 0011011 1 1 Rm:5 11 1 0 size:2 Rn:5 Rt:5',          'ld4r <list(Rt*4 sizeQ)>, [<Xn|SP>], <Xm>',                   SIMD_REG),

  // Load register (literal)
  LDR_lit_fpsimd:      row('opc:2 011 1 00 imm19:19 Rt:5',                          'ldr <Ft@opc>, <label(imm19)>',                               SDQ),

  // Load/store no-allocate pair (offset)
  STNP_fpsimd:         row('opc:2 101 1 000 0 imm7:7 Rt2:5 Rn:5 Rt:5',              'stnp <Ft@opc>, <Ft2@opc>, [<Xn|SP>{, <soffset(imm7 opc)>}]', SDQ),
  LDNP_fpsimd:         row('opc:2 101 1 000 1 imm7:7 Rt2:5 Rn:5 Rt:5',              'ldnp <Ft@opc>, <Ft2@opc>, [<Xn|SP>{, <soffset(imm7 opc)>}]', SDQ_LOAD),

  // Load/store register pair (post-indexed)
  STP_post_fpsimd:     row('opc:2 101 1 001 0 imm7:7 Rt2:5 Rn:5 Rt:5',              'stp <Ft@opc>, <Ft2@opc>, [<Xn|SP>], <soffset(imm7 opc)>',    SDQ),
  LDP_post_fpsimd:     row('opc:2 101 1 001 1 imm7:7 Rt2:5 Rn:5 Rt:5',              'ldp <Ft@opc>, <Ft2@opc>, [<Xn|SP>], <soffset(imm7 opc)>',    SDQ_LOAD),

  // Load/store register pair (offset)
  STP_off_fpsimd:      row('opc:2 101 1 010 0 imm7:7 Rt2:5 Rn:5 Rt:5',              'stp <Ft@opc>, <Ft2@opc>, [<Xn|SP>{, <soffset(imm7 opc)>}]',  SDQ),
  LDP_off_fpsimd:      row('opc:2 101 1 010 1 imm7:7 Rt2:5 Rn:5 Rt:5',              'ldp <Ft@opc>, <Ft2@opc>, [<Xn|SP>{, <soffset(imm7 opc)>}]',  SDQ_LOAD),

  // Load/store register pair (pre-indexed)
  STP_pre_fpsimd:      row('opc:2 101 1 011 0 imm7:7 Rt2:5 Rn:5 Rt:5',              'stp <Ft@opc>, <Ft2@opc>, [<Xn|SP>, <soffset(imm7 opc)>]!',   SDQ),
  LDP_pre_fpsimd:      row('opc:2 101 1 011 1 imm7:7 Rt2:5 Rn:5 Rt:5',              'ldp <Ft@opc>, <Ft2@opc>, [<Xn|SP>, <soffset(imm7 opc)>]!',   SDQ_LOAD),

  // Load/store register (unscaled immediate)
  STUR_fpsimd:         row('size:2 111 1 00 opc1 0 0 imm9:9 00 Rn:5 Rt:5',          'stur <Ft@opc1size>, [<Xn|SP>{, <simm(imm9)>}]',              BHSDQ),
  LDUR_fpsimd:         row('size:2 111 1 00 opc1 1 0 imm9:9 00 Rn:5 Rt:5',          'ldur <Ft@opc1size>, [<Xn|SP>{, <simm(imm9)>}]',              BHSDQ),

  // Load/store register (immediate post-indexed)
  STR_post_fpsimd:     row('size:2 111 1 00 opc1 0 0 imm9:9 01 Rn:5 Rt:5',          'str <Ft@opc1size>, [<Xn|SP>], <simm(imm9)>',                 BHSDQ),
  LDR_post_fpsimd:     row('size:2 111 1 00 opc1 1 0 imm9:9 01 Rn:5 Rt:5',          'ldr <Ft@opc1size>, [<Xn|SP>], <simm(imm9)>',                 BHSDQ),

  // Load/store register (immediate pre-indexed)
  STR_pre_fpsimd:      row('size:2 111 1 00 opc1 0 0 imm9:9 11 Rn:5 Rt:5',          'str <Ft@opc1size>, [<Xn|SP>, <simm(imm9)>]!',                BHSDQ),
  LDR_pre_fpsimd:      row('size:2 111 1 00 opc1 1 0 imm9:9 11 Rn:5 Rt:5',          'ldr <Ft@opc1size>, [<Xn|SP>, <simm(imm9)>]!',                BHSDQ),

  // Load/store register (register offset)
  STR_reg_fpsimd:      row('size:2 111 1 00 opc1 0 1 Rm:5 option:3 S 10 Rn:5 Rt:5', 'str <Ft@opc1size>, [<Xn|SP>, <vregoffset>]',                 INDEXED),
  LDR_reg_fpsimd:      row('size:2 111 1 00 opc1 1 1 Rm:5 option:3 S 10 Rn:5 Rt:5', 'ldr <Ft@opc1size>, [<Xn|SP>, <vregoffset>]',                 INDEXED),

  // Load/store register (unsigned immediate)
  STR_imm_fpsimd:      row('size:2 111 1 01 opc1 0 imm12:12 Rn:5 Rt:5',             'str <Ft@opc1size>, [<Xn|SP>{, <uoffset(imm12 opc1 size)>}]', BHSDQ),
  LDR_imm_fpsimd:      row('size:2 111 1 01 opc1 1 imm12:12 Rn:5 Rt:5',             'ldr <Ft@opc1size>, [<Xn|SP>{, <uoffset(imm12 opc1 size)>}]', BHSDQ),
} as const satisfies Readonly<Record<string, RowSpec>>;

export const simdLoadStoreAliases = {
  // GNU as takes an offset that only the unscaled form can hold.
  STR_unscaled_fpsimd: alias('STUR_fpsimd', 'str <Ft@opc1size>, [<Xn|SP>{, <simm(imm9)>}]', '', 'never'),
  LDR_unscaled_fpsimd: alias('LDUR_fpsimd', 'ldr <Ft@opc1size>, [<Xn|SP>{, <simm(imm9)>}]', '', 'never'),
} as const satisfies Readonly<Record<string, AliasSpec>>;
