// @ts-check
/** Leaves out of a line what the architecture leaves UNKNOWN. */

/** Classes whose exceptions write FAR_ELx (DDI 0487, "FAR_EL1"). */
const WRITES_FAR = new Set([0x20, 0x21, 0x22, 0x24, 0x25, 0x34, 0x35]);

/**
 * ISV to AR of a Data Abort (DDI 0487, "ISS encoding for an exception from a Data Abort"): valid for stage 2 alone, but
 * the emulator fills them whenever the target is EL2, also for stage 1 faults of EL2 itself. They are left out there.
 */
function withoutAccess(/** @type {number} */ syndrome) {
  return syndrome - (syndrome & 0x01ff_c000);
}

/** @param {string} line @param {boolean} [isEmulator] */
export function normaliseLine(line, isEmulator = false) {
  const match = /^(.*): el(\d) vector (\w+) esr (\w+) elr (\S+) far (\w+) hpfar (\w+) spsr (\w+) x0 (\w+)$/.exec(line);
  if (match === null) return line;
  const [, name = '', el = '', vector = '', esr = '', elr = '', far = '', hpfar = '', spsr = '', x0 = ''] = match;
  const raw = parseInt(esr, 16);
  const syndrome = isEmulator && el === '2' && Math.floor(raw / 2 ** 26) === 0x25 ? withoutAccess(raw) : raw;
  const ec = Math.floor(syndrome / 2 ** 26) & 63;
  // Stage 2 faults on a walk, and translation, address size and access flag faults of stage 2, write HPFAR_EL2.
  const isAbort = ec === 0x20 || ec === 0x24;
  const status = syndrome & 0x3c;
  const writesIpa = el === '2' && isAbort && ((syndrome & 0x80) !== 0 || status < 0xc);
  return `${name}: el${el} vector ${vector} esr ${syndrome.toString(16)} elr ${elr}${WRITES_FAR.has(ec) ? ` far ${far}` : ''}${writesIpa ? ` hpfar ${hpfar}` : ''} spsr ${spsr} x0 ${x0}`;
}
