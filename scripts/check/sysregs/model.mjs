// @ts-check
/** What an access comes to by `rules.mjs`, as one short text. */
import { CONTROLS, groupsOf, isIdSpace, RULES, VIRTUAL } from './rules.mjs';

/**
 * @typedef {{ el: 0 | 1 | 2, e2h: 0 | 1, tge: 0 | 1 }} Situation
 * @typedef {Readonly<Record<string, bigint>>} Registers values of the control registers
 */

/** What a read of the identification space comes to: a constant, often 0. */
export const ID_VALUE = 'a constant';

const FPEN = 20n;

/** `UNDEFINED EL1`, `trap EL2 18`, or the name of the register that is accessed. @param {number} key @param {boolean} isRead @param {Situation} at @param {Registers} registers */
export function expected(key, isRead, at, registers) {
  const rule = RULES.get(key);
  const direction = isRead ? 'R' : 'W';
  const isAllocated = rule === undefined ? isRead && at.el > 0 && isIdSpace(key) : (rule.access[at.el] ?? '-').includes(direction) && (rule.aliasOf === null || at.e2h === 1);
  const groups = groupsOf(key);
  // Only what is implementation defined is trapped where it would be UNDEFINED (HCR_EL2.TIDCP).
  if (!isAllocated) {
    const trapped = at.el === 1 && groups.includes('impdef') && bit(registers, 'HCR_EL2', 20) === 1;
    return trapped ? 'trap EL2 18' : undefinedAt(at);
  }
  if (groups.includes('fp')) {
    const trap = floatingPoint(at, registers);
    if (trap !== null) return trap;
  }
  for (const control of CONTROLS) {
    if (!control.from.includes(String(at.el)) || !control.direction.includes(direction)) continue;
    if (control.e2h !== undefined && control.e2h !== at.e2h) continue;
    if (control.host !== undefined && control.host !== isHost(at)) continue;
    if (!control.groups.split(' ').some((group) => groups.includes(group))) continue;
    if (![control.bit].flat().every((one) => bit(registers, control.register, one) === control.traps)) continue;
    return `trap EL${String(control.target === 1 && at.tge === 1 ? 2 : control.target)} 18`;
  }
  if (rule === undefined) return ID_VALUE;
  if (rule.redirect !== null && at.e2h === 1 && (at.el === 2 || (at.el === 0 && isHost(at) && rule.name.startsWith('CNT')))) return rule.redirect;
  const virtual = VIRTUAL[rule.name];
  if (virtual !== undefined && at.el === 1 && bit(registers, 'HCR_EL2', virtual.bit) === 1) return virtual.to;
  return rule.aliasOf ?? (isRead ? rule.name : rule.writeName);
}

/** @param {Situation} at */
const isHost = ({ e2h, tge }) => e2h === 1 && tge === 1;

/** @param {Situation} at */
const undefinedAt = ({ el, tge }) => `UNDEFINED EL${el === 2 || (el === 0 && tge === 1) ? '2' : '1'}`;

/** @param {Registers} registers @param {string} name @param {number} at */
const bit = (registers, name, at) => Number(((registers[name] ?? 0n) >> BigInt(at)) & 1n);

/** FPCR and FPSR: CPACR_EL1 first, where it counts, then CPTR_EL2 in the layout for E2H. @param {Situation} at @param {Registers} registers */
function floatingPoint(at, registers) {
  const cpacr = Number(((registers['CPACR_EL1'] ?? 0n) >> FPEN) & 3n);
  const cptr = Number(((registers['CPTR_EL2'] ?? 0n) >> FPEN) & 3n);
  if (at.el < 2 && !isHost(at) && (cpacr === 0 || cpacr === 2 || (cpacr === 1 && at.el === 0))) {
    if (at.tge === 1) return 'UNDEFINED EL2';
    return 'trap EL1 7';
  }
  const isTrapped = at.e2h === 0 ? bit(registers, 'CPTR_EL2', 10) === 1 : cptr === 0 || cptr === 2 || (cptr === 1 && at.el === 0 && at.tge === 1);
  return isTrapped ? 'trap EL2 7' : null;
}
