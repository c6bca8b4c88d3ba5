/**
 * Proof that a word belongs to at most one row: pairs of rows whose cubes meet in words that neither excludes. Exact, by
 * cube arithmetic, with no word enumerated; so it also knows how many words each row decodes.
 */
import type { Cube } from './pattern.ts';
import type { Row } from './row.ts';

export interface Overlap {
  readonly rows: readonly [Row, Row];
  /** A word that both take. */
  readonly word: number;
}

/** Every pair of rows with a common word. A fallback row may be overlapped by others, not by another fallback row. */
export function overlaps(rows: readonly Row[]): Overlap[] {
  const found: Overlap[] = [];
  rows.forEach((a, i) => {
    for (const b of rows.slice(i + 1)) {
      if (a.fallback !== b.fallback) continue;
      const common = intersection(a.pattern, b.pattern);
      const [left] = common === null ? [] : subtract(common, [...a.excluded, ...b.excluded]);
      if (left !== undefined) found.push({ rows: [a, b], word: left.value >>> 0 });
    }
  });
  return found;
}

/** How many of the 2^32 words each row decodes, by index, when every feature is on. Needs a table without overlaps. */
export function wordCounts(rows: readonly Row[]): number[] {
  const exact = rows.filter((row) => !row.fallback);
  return rows.map((row) => {
    const own = size(subtract(row.pattern, row.excluded));
    if (!row.fallback) return own;
    const taken = exact.map((other) => {
      const common = intersection(row.pattern, other.pattern);
      return common === null ? 0 : size(subtract(common, [...row.excluded, ...other.excluded]));
    });
    return taken.reduce((rest, count) => rest - count, own);
  });
}

function intersection(a: Cube, b: Cube): Cube | null {
  if (((a.value ^ b.value) & a.mask & b.mask) !== 0) return null;
  return { mask: a.mask | b.mask, value: a.value | b.value };
}

/** The words of `cube` that none of `others` has, as disjoint cubes. */
function subtract(cube: Cube, others: readonly Cube[], from = 0): Cube[] {
  const other = others[from];
  if (other === undefined) return [cube];
  if (intersection(cube, other) === null) return subtract(cube, others, from + 1);
  const pieces: Cube[] = [];
  let { mask, value } = cube;
  // One piece for each bit in which `other` is narrower: that bit differs, those before it agree.
  for (let rest = other.mask & ~cube.mask; rest !== 0; rest &= rest - 1) {
    const bit = rest & -rest;
    pieces.push(...subtract({ mask: mask | bit, value: value | (~other.value & bit) }, others, from + 1));
    mask |= bit;
    value |= other.value & bit;
  }
  return pieces;
}

function size(cubes: readonly Cube[]): number {
  return cubes.reduce((sum, { mask }) => sum + 2 ** (32 - popCount(mask)), 0);
}

function popCount(value: number): number {
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count++;
  return count;
}
