/** The name a writer probably meant. */

/** The candidate with the fewest edits from `name`, if they are few enough to be a slip; the first of equals. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let fewest = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue;
    const edits = distance(name, candidate, fewest);
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and exchanges of neighbours from `a` to `b`; at least `limit` when there are that many. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let above: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    before = above;
    above = row;
    row = [i];
    let fewest = i;
    for (let j = 1; j <= b.length; j++) {
      let edits = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, before[j - 2]! + 1);
      row.push(edits);
      fewest = Math.min(fewest, edits);
    }
    if (fewest >= limit) return limit;
  }
  return row[b.length]!;
}
