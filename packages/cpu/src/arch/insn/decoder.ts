/**
 * Word to row. Rows are bucketed by bits 31:21 and, where many share a bucket, by bits 15:10; a bucket is a run of
 * (row, mask, value, exclusions) in one `Int32Array`. Decoding allocates nothing and throws for no word.
 */
import type { Feature, FeatureSet } from '../features.ts';
import { ROWS } from './index.ts';
import type { Cube } from './pattern.ts';
import type { Row } from './row.ts';

const BUCKET_SHIFT = 21;
const BUCKETS = 1 << (32 - BUCKET_SHIFT);
const SUB_SHIFT = 10;
const SUB_BUCKETS = 64;
/** Buckets with more candidates than this are split by bits 15:10. */
const SPLIT_ABOVE = 2;

/** No row: the word is unallocated for the decoder's features. */
export const UNALLOCATED = -1;

export class Decoder {
  readonly rows: readonly Row[];
  /** Per bucket: offset of its run, or ~offset of its 64 sub-buckets. */
  readonly #buckets = new Int32Array(BUCKETS);
  readonly #subBuckets: Int32Array;
  /** Runs of [row, mask, value, exclusion count, (mask, value)...], each run ended by -1. */
  readonly #runs: Int32Array;

  /** A decoder for the rows that `features` allocate. */
  constructor(rows: readonly Row[], features: FeatureSet) {
    this.rows = rows;
    const candidates = rows
      .filter((row) => row.feature === null || features.has(row.feature))
      .map((row) => ({ row, excluded: exclusions(row, features) }))
      .sort((a, b) => Number(a.row.fallback) - Number(b.row.fallback) || popCount(b.row.pattern.mask) - popCount(a.row.pattern.mask) || a.row.index - b.row.index);
    const lists: Candidate[][] = Array.from({ length: BUCKETS }, () => []);
    for (const candidate of candidates) {
      const { mask, value } = candidate.row.pattern;
      forEachMatch(mask >>> BUCKET_SHIFT, value >>> BUCKET_SHIFT, BUCKETS - 1, (bucket) => lists[bucket]?.push(candidate));
    }
    const runs = new RunBuilder();
    const subBuckets: number[] = [];
    lists.forEach((list, bucket) => {
      if (list.length <= SPLIT_ABOVE) {
        this.#buckets[bucket] = runs.add(list);
        return;
      }
      this.#buckets[bucket] = ~subBuckets.length;
      for (let sub = 0; sub < SUB_BUCKETS; sub++) {
        subBuckets.push(runs.add(list.filter(({ row }) => ((sub << SUB_SHIFT) & row.pattern.mask & SUB_MASK) === (row.pattern.value & SUB_MASK))));
      }
    });
    this.#subBuckets = Int32Array.from(subBuckets);
    this.#runs = runs.finish();
  }

  /** The index of the word's row, or {@link UNALLOCATED}. */
  decode(word: number): number {
    let at = this.#buckets[word >>> BUCKET_SHIFT]!;
    if (at < 0) at = this.#subBuckets[~at + ((word >>> SUB_SHIFT) & (SUB_BUCKETS - 1))]!;
    const runs = this.#runs;
    for (;;) {
      const row = runs[at]!;
      if (row < 0) return UNALLOCATED;
      const excluded = runs[at + 3]!;
      const next = at + 4 + 2 * excluded;
      if ((word & runs[at + 1]!) === runs[at + 2]) {
        let exclusion = at + 4;
        while (exclusion < next && (word & runs[exclusion]!) !== runs[exclusion + 1]) exclusion += 2;
        if (exclusion === next) return row;
      }
      at = next;
    }
  }

  /** The word's row, or null. */
  row(word: number): Row | null {
    return this.rows[this.decode(word)] ?? null;
  }
}

/** Decoders of all rows by features: they hold no state, and making one takes longer than making the rest of a core. */
const KNOWN = new Map<string, Decoder>();
const MOST_KNOWN = 16;

/** The decoder of all rows for `features`. */
export function decoderFor(features: FeatureSet): Decoder {
  const key = features.list().join();
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const decoder = new Decoder(ROWS, features);
  if (KNOWN.size < MOST_KNOWN) KNOWN.set(key, decoder);
  return decoder;
}

const SUB_MASK = (SUB_BUCKETS - 1) << SUB_SHIFT;

interface Candidate {
  readonly row: Row;
  readonly excluded: readonly Cube[];
}

/** The row's unallocated words, with those that an absent feature takes away. */
function exclusions(row: Row, features: FeatureSet): readonly Cube[] {
  const absent = row.featureWhen.filter(({ feature }: { feature: Feature }) => !features.has(feature));
  return [...row.excluded, ...absent.flatMap(({ cubes }) => cubes)];
}

/** Calls `visit` with each value of `limit`'s bits that agrees with `value` under `mask`. */
function forEachMatch(mask: number, value: number, limit: number, visit: (match: number) => void): void {
  const free = limit & ~mask;
  let subset = 0;
  do {
    visit((value & mask) | subset);
    subset = (subset - free) & free;
  } while (subset !== 0);
}

function popCount(value: number): number {
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Lays out candidate lists, equal lists once. */
class RunBuilder {
  readonly #cells: number[] = [];
  readonly #known = new Map<string, number>();

  add(list: readonly Candidate[]): number {
    const key = list.map(({ row }) => row.index).join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const at = this.#cells.length;
    for (const { row, excluded } of list) {
      this.#cells.push(row.index, row.pattern.mask, row.pattern.value, excluded.length);
      for (const cube of excluded) this.#cells.push(cube.mask, cube.value);
    }
    this.#cells.push(-1);
    this.#known.set(key, at);
    return at;
  }

  finish(): Int32Array {
    return Int32Array.from(this.#cells);
  }
}
