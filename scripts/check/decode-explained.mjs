// @ts-check
/** Explained differences of `npm run check:decode`; the rules are in lib/explained.mjs. */

/** @typedef {import('./lib/explained.mjs').Explained} Explained */

const SHOULD_BE = 'should-be bits that are otherwise are CONSTRAINED UNPREDICTABLE; we ignore them, the tool does not decode the word';

/** @param {string} tool @param {string} row @param {string} section @returns {Explained} */
const shouldBe = (tool, row, section) => ({ kind: 'allocation', tool, row, when: 'should!', section, why: SHOULD_BE });

/** @param {string} tool @param {string} row @returns {Explained} */
const oneBit = (tool, row) => ({
  kind: 'allocation',
  tool,
  row,
  when: 'CRm!=000x',
  section: 'C6.2 "MSR (immediate)"',
  why: 'the manual decodes all values of CRm and uses bit 0; the tool takes 0 and 1 only',
});

/** @param {string} row @param {string} when @returns {Explained} */
const loadPair = (row, when) => ({
  kind: 'allocation',
  tool: 'objdump',
  row,
  when,
  section: 'C6.2 "LDPSW", CONSTRAINED UNPREDICTABLE behaviour',
  why: 'a register loaded twice, or loaded and written back, is CONSTRAINED UNPREDICTABLE, not unallocated; objdump prints it for LDP',
});

/** @param {string} when @param {string} section @param {string} why @returns {Explained} */
const onlyObjdump = (when, section, why) => ({ kind: 'allocation', tool: 'objdump', row: null, when, section, why });

const CSSC = 'FEAT_CSSC is newer than v8.5 and than llvm-mc 14';

/** @param {string} tool @returns {Explained} */
const noRegister = (tool) => ({
  kind: 'text',
  tool,
  row: 'SYS',
  when: 'op1=000 CRn=0111 op2=000 Rt!=11111 | CRn=100x op2=xx0 Rt!=11111',
  section: 'C5.3 "IC" and C5.5 "TLBI": Rt should be 11111',
  why: 'the tool names the operation and drops Rt, so that its text assembles to another word',
});

/** @type {readonly Explained[]} */
export const EXPLAINED = [
  // llvm-mc, allocation
  shouldBe('llvm-mc', 'LDAPR', 'C6.2 "LDAPR", Rs (1)(1)(1)(1)(1)'),
  shouldBe('llvm-mc', 'LDAPRB', 'C6.2 "LDAPRB", Rs (1)(1)(1)(1)(1)'),
  shouldBe('llvm-mc', 'LDAPRH', 'C6.2 "LDAPRH", Rs (1)(1)(1)(1)(1)'),
  shouldBe('llvm-mc', 'CFINV', 'C6.2 "CFINV", CRm (0)(0)(0)(0)'),
  oneBit('llvm-mc', 'MSR_PAN'),
  oneBit('llvm-mc', 'MSR_UAO'),
  oneBit('llvm-mc', 'MSR_SSBS'),

  // objdump, allocation
  shouldBe('objdump', 'ADDG', 'C6.2 "ADDG", op3 (0)(0)'),
  shouldBe('objdump', 'SUBG', 'C6.2 "SUBG", op3 (0)(0)'),
  shouldBe('objdump', 'LDAR', 'C6.2 "LDAR", Rs and Rt2 (1)(1)(1)(1)(1)'),
  shouldBe('objdump', 'LDARB', 'C6.2 "LDARB", Rs and Rt2 (1)(1)(1)(1)(1)'),
  shouldBe('objdump', 'LDARH', 'C6.2 "LDARH", Rs and Rt2 (1)(1)(1)(1)(1)'),
  shouldBe('objdump', 'LDAPR', 'C6.2 "LDAPR", Rs (1)(1)(1)(1)(1)'),
  shouldBe('objdump', 'LDAPRB', 'C6.2 "LDAPRB", Rs (1)(1)(1)(1)(1)'),
  shouldBe('objdump', 'LDAPRH', 'C6.2 "LDAPRH", Rs (1)(1)(1)(1)(1)'),
  shouldBe('objdump', 'CFINV', 'C6.2 "CFINV", CRm (0)(0)(0)(0)'),
  shouldBe('objdump', 'XAFLAG', 'C6.2 "XAFLAG", CRm (0)(0)(0)(0)'),
  shouldBe('objdump', 'AXFLAG', 'C6.2 "AXFLAG", CRm (0)(0)(0)(0)'),
  shouldBe('objdump', 'SB', 'C6.2 "SB", CRm (0)(0)(0)(0)'),
  oneBit('objdump', 'MSR_PAN'),
  oneBit('objdump', 'MSR_UAO'),
  oneBit('objdump', 'MSR_SSBS'),
  oneBit('objdump', 'MSR_SPSel'),
  oneBit('objdump', 'MSR_DIT'),
  oneBit('objdump', 'MSR_TCO'),
  loadPair('LDPSW_off', 'Rt=Rt2'),
  loadPair('LDPSW_post', 'Rt=Rt2 | Rn=Rt | Rn=Rt2'),
  loadPair('LDPSW_pre', 'Rt=Rt2 | Rn=Rt | Rn=Rt2'),
  onlyObjdump('x101101011000000000110xxxxxxxxxx | x101101011000000000111xxxxxxxxxx | x101101011000000001000xxxxxxxxxx', 'C6.2 "CTZ", "CNT", "ABS"', CSSC),
  onlyObjdump('x00100011100xxxxxxxxxxxxxxxxxxxx', 'C6.2 "SMAX (immediate)", "UMAX", "SMIN", "UMIN"', CSSC),
  onlyObjdump('x0011010110xxxxx0110xxxxxxxxxxxx', 'C6.2 "SMAX (register)", "UMAX", "SMIN", "UMIN"', CSSC),
  onlyObjdump('110101010000000101000000xxx11111 | 110101010000000101000001xxx11111', 'C6.2 "MSR (immediate)", ALLINT', 'FEAT_NMI is newer than v8.5 and than llvm-mc 14'),
  onlyObjdump('11111000001xxxxx101x00xxxxxxxxxx', 'C6.2 "ST64BV", "ST64BV0"', 'FEAT_LS64_V is newer than v8.5; objdump also takes the odd Rt that llvm-mc refuses'),
  onlyObjdump('0x001110x11xxxxx111011xxxxxxxxxx | 0x101110x11xxxxx110011xxxxxxxxxx', 'C7.2 "FMLAL, FMLAL2 (vector)", sz', 'sz=1 is UNDEFINED; objdump does not look at it'),

  // llvm-mc, text
  { kind: 'text', tool: 'llvm-mc', row: 'HINT', when: 'CRm=0000 op2=110', section: 'C6.2 "DGH"', why: 'FEAT_DGH is newer than v8.5: for us a hint without a name' },
  { kind: 'text', tool: 'llvm-mc', row: 'BFM', when: 'Rn=11111 immr=000000', section: 'C6.2 "BFM", alias conditions', why: 'BFC needs imms < immr, so this is BFXIL; llvm-mc writes BFC' },
  { kind: 'text', tool: 'llvm-mc', row: 'SUBPS', when: 'Rd=11111', section: 'C6.2 "CMPP"', why: 'the alias is always preferred; llvm-mc has none' },
  { kind: 'text', tool: 'llvm-mc', row: 'SSHLL_simd', when: 'immb=000', section: 'C7.2 "SXTL, SXTL2"', why: 'the alias is preferred for a shift of 0; llvm-mc writes the shift' },
  { kind: 'text', tool: 'llvm-mc', row: 'USHLL_simd', when: 'immb=000', section: 'C7.2 "UXTL, UXTL2"', why: 'the alias is preferred for a shift of 0; llvm-mc writes the shift' },
  { kind: 'text', tool: 'llvm-mc', row: 'MRS', when: 'o0=0 op1=001 CRn=0000 CRm=1000 op2=100', section: 'ETMv4 specification, "TRCEXTINSELR0"', why: 'the register has a number; llvm-mc leaves it out' },
  { kind: 'text', tool: 'llvm-mc', row: 'MSR_reg', when: 'o0=0 op1=001 CRn=0000 CRm=1000 op2=100', section: 'ETMv4 specification, "TRCEXTINSELR0"', why: 'the register has a number; llvm-mc leaves it out' },
  noRegister('llvm-mc'),

  // objdump, text
  { kind: 'text', tool: 'objdump', row: 'HINT', when: 'CRm=0010 op2=110', section: 'C6.2 "CLRBHB"', why: 'FEAT_CLRBHB is newer than v8.5: for us a hint without a name' },
  {
    kind: 'text',
    tool: 'objdump',
    row: 'ORR_imm',
    when: 'Rd=11111 Rn=11111 moveWidePreferred',
    section: 'C6.2 "MOV (bitmask immediate)"',
    why: 'not the alias when MoveWidePreferred(); objdump writes it for SP, which MOVZ cannot write',
  },
  noRegister('objdump'),
];
