/**
 * Step sets: which of the forty are on. Named sets, prefixes and lists as users write them (command-line.md), and what a
 * removal takes along. Mistakes are results with one line of advice, never exceptions.
 */
import { GENERATION_NAMES, GENERATIONS, type GenerationName } from '../switch/generations/index.ts';
import type { ModeName } from '../switch/plan.ts';
import { FIXES } from './rewrites/fixes.ts';
import { STEPS, stepOf } from './registry.ts';

export interface StepSet {
  /** The text that it was made from, normalised. */
  readonly name: string;
  /** The steps that are on, ascending. */
  readonly steps: readonly number[];
  /** Slugs of the later fixes that are on. */
  readonly fixes: readonly string[];
  /** What fell because a step that it requires was taken out, with that step. */
  readonly fallen: readonly { readonly step: number; readonly requires: number }[];
  /** The switch of an older kernel, in place of steps. */
  readonly generation?: GenerationName;
}

export type StepSetResult = { readonly ok: true; readonly set: StepSet } | { readonly ok: false; readonly error: string };

/** The prefix that has every step. */
export const LAST_PREFIX = STEPS.length;

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** The first `count` steps. */
export function prefix(count: number): StepSet {
  return { name: `p${String(count)}`, steps: numbers(1, count), fixes: [], fallen: [] };
}

export const BASE: StepSet = { ...prefix(0), name: 'base' };
export const FINAL: StepSet = { ...prefix(LAST_PREFIX), name: 'final' };
export const FIXED: StepSet = { ...FINAL, name: 'fixed', fixes: FIXES.map(({ slug }) => slug) };

const KNOWN = 'base, final, fixed, p0 to p40, linux-4.0, linux-4.6, or a list such as 1-24,28 or final,-33';

function error(text: string): StepSetResult {
  return { ok: false, error: text };
}

/** Why a mode cannot run the set, in one line of advice; null where it can. */
export function stepsRefusal({ name, generation }: StepSet, mode: ModeName): string | null {
  return generation === undefined || GENERATIONS[generation][mode] !== null ? null : `${name} has no VHE: use it with the mode nvhe`;
}

/** The set with a later fix, where it has the step that the fix mends. */
export function withFix(set: StepSet, slug: string): StepSet {
  const isMet = FIXES.some((fix) => fix.slug === slug && set.steps.includes(fix.step)) && !set.fixes.includes(slug);
  return isMet ? { ...set, name: `${set.name} with ${slug}`, fixes: [...set.fixes, slug] } : set;
}

/** A named set or a prefix; null for anything else. */
function named(item: string): StepSet | null {
  if (item === 'base') return BASE;
  if (item === 'final') return FINAL;
  if (item === 'fixed') return FIXED;
  const found = /^p(\d{1,2})$/.exec(item);
  return found !== null && Number(found[1]) <= LAST_PREFIX ? prefix(Number(found[1])) : null;
}

/** Takes steps out, and what requires them, and what requires those. */
function remove(set: StepSet, removed: ReadonlySet<number>): StepSet {
  const off = new Set(removed);
  const fallen: { step: number; requires: number }[] = [];
  // Requirements point backwards in the series, so one pass in order finds the whole chain.
  for (const number of set.steps) {
    if (off.has(number)) continue;
    const missing = stepOf(number)?.requires.find((one) => off.has(one));
    if (missing === undefined) continue;
    off.add(number);
    fallen.push({ step: number, requires: missing });
  }
  const steps = set.steps.filter((number) => !off.has(number));
  const fixes = set.fixes.filter((slug) => FIXES.some((fix) => fix.slug === slug && steps.includes(fix.step)));
  return { ...set, steps, fixes, fallen };
}

function parseRange(item: string): readonly number[] | null {
  const found = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(item);
  if (found === null) return null;
  const from = Number(found[1]);
  const to = Number(found[2] ?? found[1]);
  return from >= 1 && from <= to && to <= LAST_PREFIX ? numbers(from, to) : null;
}

/** A step set as a user writes it. */
export function parseStepSet(text: string): StepSetResult {
  const items = text.split(',').map((item) => item.trim());
  const on = new Set<number>();
  const off = new Set<number>();
  /** Those that an item of their own adds: a range may be named for what is taken out of it. */
  const wanted = new Set<number>();
  let fixes: readonly string[] = [];
  for (const [index, item] of items.entries()) {
    const generation = GENERATION_NAMES.find((name) => name === item);
    if (generation !== undefined) {
      if (items.length > 1) return error(`step set "${text}": ${item} is the switch of another kernel, and stands alone`);
      return { ok: true, set: { name: item, steps: [], fixes: [], fallen: [], generation } };
    }
    const set = index === 0 ? named(item) : null;
    const isRemoval = item.startsWith('-');
    const range = set?.steps ?? parseRange(isRemoval ? item.slice(1) : item);
    if (range === null) return error(`step set "${text}": "${item}" is neither a set nor a step; use ${KNOWN}`);
    if (isRemoval && index === 0) return error(`step set "${text}": it begins with what is taken out; say first of what, as in final,${item}`);
    const contradiction = range.find((number) => (isRemoval ? wanted : off).has(number));
    if (contradiction !== undefined) return error(`step set "${text}": step ${String(contradiction)} is both added and taken out; leave one of them out`);
    const absent = isRemoval ? range.find((number) => !on.has(number) || off.has(number)) : undefined;
    if (absent !== undefined) return error(`step set "${text}": "${item}" takes out step ${String(absent)}, which is not on; leave it out`);
    if (set !== null) fixes = set.fixes;
    if (set === null && !isRemoval && range.length === 1) wanted.add(range[0]!);
    for (const number of range) (isRemoval ? off : on).add(number);
  }
  const asked = [...on].sort((a, b) => a - b);
  for (const number of asked) {
    const missing = stepOf(number)?.requires.find((one) => !on.has(one));
    if (missing !== undefined) return error(`step set "${text}": step ${String(number)} requires step ${String(missing)}; add it, or leave ${String(number)} out`);
  }
  return { ok: true, set: remove({ name: items.join(','), steps: asked, fixes, fallen: [] }, off) };
}
