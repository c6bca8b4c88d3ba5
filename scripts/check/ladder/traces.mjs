// @ts-check
/**
 * What each guest program sees, as committed in traces.txt: a line that names the program, then its events;
 * once more for an interrupt controller with which they are others. What all plans do alike can be wrong in all of them.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('traces.txt', import.meta.url);

/** @typedef {Map<string, string>} Traces By `name` or `name, GICv2`, events joined by a bar. */

/** @returns {Traces} */
export function readTraces() {
  const lines = readFileSync(FILE, 'utf8').split('\n');
  return new Map(lines.flatMap((line, at) => (at % 2 === 0 && line !== '' ? [/** @type {const} */ ([line, lines[at + 1] ?? ''])] : [])));
}

/** @param {Traces} traces @param {string} name @param {string} gic */
export function expectedTrace(traces, name, gic) {
  return traces.get(`${name}, GIC${gic}`) ?? traces.get(name);
}

/** @param {readonly string[]} trace */
export const traceText = (trace) => trace.join(' | ');

/** What was not run stays. @param {ReadonlyMap<string, ReadonlyMap<string, string>>} found By program, then by interrupt controller. */
export function writeTraces(found) {
  const known = [...readTraces()];
  const rows = [...found].flatMap(([name, byGic]) => {
    if (byGic.size === 0) return known.filter(([key]) => key === name || key.startsWith(`${name}, GIC`)).map((row) => `${row.join('\n')}\n`);
    const texts = [...byGic];
    const first = texts[0]?.[1] ?? '';
    const others = texts.filter(([, text]) => text !== first);
    return [[name, first], ...others.map(([gic, text]) => [`${name}, GIC${gic}`, text])].map((row) => `${row.join('\n')}\n`);
  });
  writeFileSync(FILE, rows.join(''));
}
