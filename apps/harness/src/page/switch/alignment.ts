/**
 * Two switches side by side: which operations both have, which only one has, and which stand elsewhere in the other; and which patches
 * between them said so. Pure functions.
 */
import type { Timeline, TimelineEntry, TimelineOperation, TimelinePhase } from '@worldswitch/machine';
import type { PatchChange } from '../protocol.ts';

/** `away` and `here`: the operation stands in another phase of the other switch. */
export type Mark = 'same' | 'changed' | 'gone' | 'new' | 'away' | 'here';

export interface AlignedOperation {
  /** `phase/id`, and a number where an operation stands there twice. */
  readonly key: string;
  readonly phase: TimelinePhase;
  /** The role; null for code around the operations. */
  readonly id: string | null;
  readonly a: TimelineOperation | null;
  readonly b: TimelineOperation | null;
  readonly mark: Mark;
  /** The phase of the other switch; null where it is the same. */
  readonly elsewhere: TimelinePhase | null;
  /** The patches that say so, in series order. */
  readonly patches: readonly PatchChange[];
}

export interface Pair<T> {
  readonly a: T | null;
  readonly b: T | null;
}

/** Items of both lists in an order that keeps both: those with the same key at the same place in the longest common run. */
export function align<T>(as: readonly T[], bs: readonly T[], keyOf: (item: T) => string): Pair<T>[] {
  const lengths = Array.from({ length: as.length + 1 }, () => new Array<number>(bs.length + 1).fill(0));
  for (let i = as.length - 1; i >= 0; i--) {
    for (let j = bs.length - 1; j >= 0; j--) {
      lengths[i]![j] = keyOf(as[i]!) === keyOf(bs[j]!) ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const pairs: Pair<T>[] = [];
  let i = 0;
  let j = 0;
  while (i < as.length || j < bs.length) {
    const a = as[i] ?? null;
    const b = bs[j] ?? null;
    if (a !== null && b !== null && keyOf(a) === keyOf(b)) {
      pairs.push({ a, b });
      i++;
      j++;
    } else if (b === null || (a !== null && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      pairs.push({ a, b: null });
      i++;
    } else {
      pairs.push({ a: null, b });
      j++;
    }
  }
  return pairs;
}

/** What an entry executes, whatever value it meets. */
export const entryKey = ({ kind, text, reached }: TimelineEntry): string => `${kind} ${text} ${reached ?? ''}`;

function executesTheSame(a: TimelineOperation, b: TimelineOperation): boolean {
  return a.variant === b.variant && a.cycles === b.cycles && a.entries.length === b.entries.length && a.entries.every((entry, index) => entryKey(entry) === entryKey(b.entries[index]!));
}

const idOf = ({ id }: TimelineOperation): string => id ?? '';

/** Both switches, phase by phase; `changes` are those of the patches that one of them has and the other has not. */
export function alignTimelines(a: Timeline, b: Timeline, phases: readonly TimelinePhase[], changes: readonly PatchChange[]): readonly AlignedOperation[] {
  const pairs = phases.flatMap((phase) => {
    const of = ({ operations }: Timeline): TimelineOperation[] => operations.filter((one) => one.phase === phase);
    return align(of(a), of(b), idOf).map((pair) => ({ ...pair, phase }));
  });
  const alone = (side: 'a' | 'b', id: string): TimelinePhase[] => pairs.filter((pair) => pair[side]?.id === id && pair[side === 'a' ? 'b' : 'a'] === null).map(({ phase }) => phase);
  const seen = new Map<string, number>();
  return pairs.map((pair): AlignedOperation => {
    const { phase } = pair;
    const operation = (pair.a ?? pair.b)!;
    const { id } = operation;
    const name = `${phase}/${id ?? 'host'}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const elsewhere = id === null ? null : (pair.a === null ? alone('a', id) : pair.b === null ? alone('b', id) : []).find((other) => other !== phase) ?? null;
    const mark: Mark =
      pair.a === null ? (elsewhere === null ? 'new' : 'here') : pair.b === null ? (elsewhere === null ? 'gone' : 'away') : executesTheSame(pair.a, pair.b) ? 'same' : 'changed';
    const patches = mark === 'same' || id === null ? [] : changes.filter((change) => change.id === id && (change.phase === phase || isTo(change, phase) || change.phase === elsewhere));
    return { key: count === 1 ? name : `${name}/${String(count)}`, phase, id, a: pair.a, b: pair.b, mark, elsewhere, patches };
  });
}

/** Whether a change moves its operation to this phase. */
function isTo({ change, detail }: PatchChange, phase: TimelinePhase): boolean {
  return change === 'to' && (detail === phase || detail.startsWith(`${phase},`));
}

/** A side's patches that are on, and what all patches do to the plan of its mode. */
export interface SideChanges {
  readonly on: readonly number[];
  readonly changes: readonly PatchChange[];
}

/** What the patches did that one side has and the other has not, each in the mode of the side that has it. */
export function changesBetween(a: SideChanges, b: SideChanges): readonly PatchChange[] {
  const alone = (side: SideChanges, other: SideChanges): PatchChange[] => side.changes.filter(({ step }) => side.on.includes(step) && !other.on.includes(step));
  return [...alone(a, b), ...alone(b, a)].sort((one, two) => one.step - two.step);
}

/** Phases between flush and sync: what every exit pays. */
export const isEveryExit = (phase: TimelinePhase): boolean => phase !== 'load' && phase !== 'put';
