// @ts-check
/**
 * How the answers of the tools are read before they are compared with ours. This is the whole list.
 *
 * Allocation:
 *   a text with a register `S0_…` is no allocation: op0=0b00 has no system registers, the tools have no better word for
 *   the unallocated rest of that space (DDI 0487 C5 "The System instruction class encoding space")
 *   objdump is not asked about SVE and SME words, which it always knows (`isScalable`); llvm-mc is, with them off
 *   objdump has no feature sets: what it alone allocates is asked of llvm-mc again with all it knows beyond v8.5
 *
 * Text. Not a difference:
 *   comments (`// #0x10`, `; undefined`), the symbol after an address (`<.data+0x10>`), capitals, and white space
 *   `#` before an immediate
 *   how a number is written: decimal, hexadecimal, negative or its 64-bit two's complement; floats by value
 *   a register list as a range or spelt out: `{v0.4s-v2.4s}`, `{v0.4s, v1.4s, v2.4s}`
 *   condition synonyms: hs and lo are cs and cc
 *   a zero offset in an address, written or left out: `[x0, #0]`, `[x0]`
 *   the immediate of `mov` to a W register by its low 32 bits: llvm-mc prints some as negative numbers
 *   a system register or operation that one side prints by number because it has no name for it: check:arch compares names
 */
import { genericRegisterName } from '../../../packages/cpu/dist/arch/index.js';

const CONDITIONS = new Map([['hs', 'cs'], ['lo', 'cc']]);

/** @param {string} text */
export function normalise(text) {
  return text
    .replace(/\s*(?:\/\/|;).*$/, '')
    .replace(/\s*<[^>]*>$/, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/\{ /g, '{')
    .replace(/ \}/g, '}')
    .replace(/#/g, '')
    .replace(/(?<![\w.])-?(?:0x[0-9a-f]+|\d+(?:\.\d+(?:e[-+]?\d+)?)?)(?![\w.])/g, number)
    .replace(/, 0\]/g, ']')
    .replace(/^mov w(\d+|zr|sp), (\d{11,})$/, (_, register, value) => `mov w${register}, ${String(BigInt.asUintN(32, BigInt(value)))}`)
    .replace(/\{v(\d+)(\.\w+)-v(\d+)\.\w+\}/g, (_, first, suffix, last) => spelledOut(Number(first), Number(last), suffix))
    .replace(/(?<=[., ])(?:hs|lo)$/, (name) => CONDITIONS.get(name) ?? name)
    .replace(/^b\.(hs|lo) /, (_, name) => `b.${CONDITIONS.get(name) ?? ''} `)
    .trim();
}

/** @param {string} text */
function number(text) {
  if (text.includes('.')) return String(Number(text));
  const negative = text.startsWith('-');
  const magnitude = BigInt(negative ? text.slice(1) : text);
  return String(BigInt.asUintN(64, negative ? -magnitude : magnitude));
}

/** @param {number} first @param {number} last @param {string} suffix */
function spelledOut(first, last, suffix) {
  const names = Array.from({ length: last - first + 1 }, (_, i) => `v${String(first + i)}${suffix}`);
  return `{${names.join(', ')}}`;
}

/**
 * Whether two texts of a word say the same. @param {string} ours @param {string} theirs @param {number} word
 */
export function sameText(ours, theirs, word) {
  if (ours === theirs) return true;
  const a = normalise(ours);
  const b = normalise(theirs);
  return a === b || (isSystemWord(word) && (GENERIC.test(a) || GENERIC.test(b)) && byNumber(a, word) === byNumber(b, word));
}

/** SYS, SYSL, MSR (register) and MRS. @param {number} word */
function isSystemWord(word) {
  return word >>> 22 === 0b1101010100 && ((word >>> 19) & 3) !== 0;
}

const GENERIC = /\bs[23]_\d_c\d+_c\d+_\d\b|^sysl? /;
const SYS_ALIAS = /^(?:at|cfp|cpp|dc|dvp|ic|tlbi) [a-z0-9]+(?:, (x\w+))?$/;

/** The text with its system register or operation by number. @param {string} text normalised @param {number} word */
export function byNumber(text, word) {
  const [op1, CRn, CRm, op2] = [(word >>> 16) & 7, (word >>> 12) & 15, (word >>> 8) & 15, (word >>> 5) & 7];
  const generic = genericRegisterName(((word >>> 5) & 0x7fff) | 0x8000).toLowerCase();
  return text
    .replace(/^(mrs \w+, )\w+$/, (_, head) => `${head}${generic}`)
    .replace(/^msr \w+, /, `msr ${generic}, `)
    .replace(SYS_ALIAS, (_, register) => `sys ${op1}, c${CRn}, c${CRm}, ${op2}${register === undefined ? '' : `, ${register}`}`)
    .replace(/^(sys .*), xzr$/, '$1');
}

/** Whether a tool that printed this of a word allocates it. @param {string | null} text */
export function isAllocation(text) {
  return text !== null && !/\bS0_/i.test(text);
}

/** SVE and SME: bits 28:25 are 0010, or 0000 with bit 31 (DDI 0487 C4 "A64 instruction set encoding"). @param {number} word */
export function isScalable(word) {
  const op0 = (word >>> 25) & 15;
  return op0 === 2 || (op0 === 0 && word >>> 31 === 1);
}
