// @ts-check
/** Explained differences of `npm run check:asm`; the rules are in lib/explained.mjs. */

/** @typedef {import('./lib/explained.mjs').Explained} Explained */

/** @param {string} row @returns {Explained} */
const oneBit = (row) => ({
  kind: 'refused',
  tool: 'as',
  row,
  when: 'CRm!=000x',
  section: 'C6.2 "MSR (immediate)"',
  why: 'the manual encodes #0 to #15 and uses bit 0; GNU as takes 0 and 1 only',
});

/** immr counts modulo the element size, so its upper bits are ignored for elements below the register. @param {string} row @returns {Explained} */
const rotation = (row) => ({
  kind: 'round trip',
  tool: 'as',
  row,
  when: 'N=0 imms=0xxxxx immr!=0xxxxx | N=0 imms=10xxxx immr!=00xxxx | N=0 imms=110xxx immr!=000xxx | N=0 imms=1110xx immr!=0000xx | N=0 imms=11110x immr!=00000x',
  section: 'DecodeBitMasks(), R = UInt(immr AND levels)',
  why: 'several words are one immediate; we assemble the one with the ignored bits 0, as GNU as does',
});

/** @type {readonly Explained[]} */
export const EXPLAINED = [
  oneBit('MSR_PAN'),
  oneBit('MSR_UAO'),
  oneBit('MSR_SSBS'),
  oneBit('MSR_SPSel'),
  oneBit('MSR_DIT'),
  oneBit('MSR_TCO'),

  rotation('AND_imm'),
  rotation('ANDS_imm'),
  rotation('ORR_imm'),
  rotation('EOR_imm'),
  {
    kind: 'round trip',
    tool: 'as',
    row: 'DUP_gen_simd',
    when: 'imm5=xxxx1 imm5!=00001 | imm5=xxx10 imm5!=00010 | imm5=xx100 imm5!=00100 | imm5=x1000 imm5!=01000',
    section: 'C7.2 "DUP (general)", imm5',
    why: 'bits above the lowest that is set are ignored; we assemble 0, as GNU as does',
  },
  {
    kind: 'round trip',
    tool: 'as',
    row: 'INS_elt_simd',
    when: 'imm5=xxx10 imm4!=xxx0 | imm5=xx100 imm4!=xx00 | imm5=x1000 imm4!=x000',
    section: 'C7.2 "INS (element)", imm4',
    why: 'bits below the index are ignored; we assemble 0, as GNU as does',
  },
];
