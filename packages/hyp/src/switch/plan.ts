/**
 * A plan: for one mode, the ordered operations of each phase. A plan is a value; the verbs below make a changed copy, and
 * a step of the series is a function from plan to plan written with them. Compiled for a host it becomes arrays of
 * functions that run as a plain loop. This file knows no operation and no step.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import type { Cpu } from '../cpu.ts';
import type { HostFacts } from '../host/facts.ts';
import { operationName, type Fact, type Operation, type State } from './operation.ts';

export const MODE_NAMES = ['vhe', 'nvhe'] as const;
export type ModeName = (typeof MODE_NAMES)[number];

/**
 * The six phases of the switch in the order in which a vCPU meets them, and those around it: `reset` is VCPU_INIT,
 * `ioctl` brackets every other ioctl of a vCPU, `prologue` is KVM_RUN before its loop, `cancel` stands between `flush`
 * and `sync` when an entry is called off, and `panic` is the way out of an unexpected exception at EL2.
 */
export const PHASES = ['reset', 'ioctl', 'prologue', 'load', 'flush', 'enter', 'exit', 'cancel', 'sync', 'put', 'panic'] as const;
export type Phase = (typeof PHASES)[number];

/** Register classes whose guest values live in hardware while the vCPU is loaded. */
export type DeferrableClass = 'EL1' | 'USER' | 'A32';

export interface Plan {
  readonly mode: ModeName;
  readonly phases: Readonly<Record<Phase, readonly Operation[]>>;
  /** The classes that the accessors of a loaded vCPU take from hardware. */
  readonly deferred: readonly DeferrableClass[];
  /** State that the kernels which the plan is of did not know, so that nothing switches it. */
  readonly unknownState?: readonly State[];
  /** Ordering rules that the plan is known to break, each with the step that breaks it as it was merged. */
  readonly waivers: readonly { readonly rule: string; readonly step: number }[];
}

export type Where = { readonly before: string } | { readonly after: string } | 'first' | 'last';

// ---- Verbs -------------------------------------------------------------------------------------------------------------

function withPhase(plan: Plan, phase: Phase, operations: readonly Operation[]): Plan {
  const seen = new Set<string>();
  for (const { id } of operations) {
    if (seen.has(id)) throw new InvariantError(`${plan.mode} plan: ${id} would stand twice in ${phase}`);
    seen.add(id);
  }
  return { ...plan, phases: { ...plan.phases, [phase]: operations } };
}

/** Whether an operation with this role stands in the phase. */
export function has(plan: Plan, phase: Phase, id: string): boolean {
  return plan.phases[phase].some((one) => one.id === id);
}

function indexOf(plan: Plan, phase: Phase, id: string): number {
  const index = plan.phases[phase].findIndex((one) => one.id === id);
  if (index < 0) throw new InvariantError(`${plan.mode} plan: no ${id} in ${phase}`);
  return index;
}

/** Takes an operation out. */
export function drop(plan: Plan, phase: Phase, id: string): Plan {
  const index = indexOf(plan, phase, id);
  return withPhase(plan, phase, plan.phases[phase].toSpliced(index, 1));
}

/** Puts operations in, in the order given. */
export function insert(plan: Plan, phase: Phase, where: Where, ...operations: readonly Operation[]): Plan {
  const list = plan.phases[phase];
  const index = where === 'first' ? 0 : where === 'last' ? list.length : 'before' in where ? indexOf(plan, phase, where.before) : indexOf(plan, phase, where.after) + 1;
  return withPhase(plan, phase, list.toSpliced(index, 0, ...operations));
}

/** Moves an operation within its phase or to another one. */
export function move(plan: Plan, id: string, from: Phase, to: Phase, where: Where): Plan {
  const found = plan.phases[from][indexOf(plan, from, id)]!;
  return insert(drop(plan, from, id), to, where, found);
}

/** Exchanges an operation for another way of playing its role, in place. */
export function replace(plan: Plan, phase: Phase, id: string, ...operations: readonly Operation[]): Plan {
  const index = indexOf(plan, phase, id);
  return withPhase(plan, phase, plan.phases[phase].toSpliced(index, 1, ...operations));
}

/** One operation becomes several, in place. */
export const split = replace;

/** Several operations become one, where the first of them stood. */
export function merge(plan: Plan, phase: Phase, ids: readonly [string, ...string[]], merged: Operation): Plan {
  const [first, ...others] = ids;
  const rest = others.reduce((changed, id) => drop(changed, phase, id), plan);
  return replace(rest, phase, first, merged);
}

/** Adds classes to those that accessors take from hardware. */
export function defer(plan: Plan, ...classes: readonly DeferrableClass[]): Plan {
  return { ...plan, deferred: [...plan.deferred, ...classes.filter((one) => !plan.deferred.includes(one))] };
}

/** States that the plan breaks an ordering rule, as the step did when it was merged. */
export function waive(plan: Plan, rule: string, step: number): Plan {
  return { ...plan, waivers: [...plan.waivers, { rule, step }] };
}

/** Takes the statement back: the rule holds again. */
export function unwaive(plan: Plan, rule: string): Plan {
  return { ...plan, waivers: plan.waivers.filter((one) => one.rule !== rule) };
}

// ---- Printing ----------------------------------------------------------------------------------------------------------

/** Conditions and effect. */
function explain(one: Operation): string {
  const conditions = [one.host === null ? '' : `${one.host} host`, one.when].filter((text) => text !== '');
  return `${conditions.length === 0 ? '' : `[${conditions.join('; ')}] `}${one.does}`;
}

function describe(one: Operation): string {
  return `${operationName(one)}: ${explain(one)}`;
}

/** The plan as text, one operation a line. */
export function printPlan(plan: Plan): string {
  const lines: string[] = [];
  for (const phase of PHASES) {
    lines.push(phase);
    for (const one of plan.phases[phase]) lines.push(`  ${describe(one)}`);
  }
  lines.push(`accessors of a loaded vCPU use hardware for: ${plan.deferred.length === 0 ? 'nothing' : plan.deferred.join(', ')}`);
  if (plan.unknownState !== undefined) lines.push(`not switched, for these kernels do not know it: ${plan.unknownState.join(', ')}`);
  for (const { rule, step } of plan.waivers) lines.push(`known to break: ${rule} (step ${String(step)} as merged)`);
  return `${lines.join('\n')}\n`;
}

/**
 * `moved`: within its phase. `to`: to another phase. `replaced`: the same role played another way. `accessors` and
 * `known-broken` are about the plan as a whole.
 */
export type ChangeKind = 'added' | 'removed' | 'moved' | 'to' | 'replaced' | 'accessors' | 'known-broken';

export interface PlanChange {
  readonly phase: Phase | 'plan';
  readonly change: ChangeKind;
  readonly operation: string;
  /** What it does, where it went, or what it was before. */
  readonly detail: string;
}

interface Placed {
  readonly phase: Phase;
  readonly index: number;
  readonly operation: Operation;
}

function placed(plan: Plan): Map<string, Placed[]> {
  const all = new Map<string, Placed[]>();
  for (const phase of PHASES) {
    for (const [index, one] of plan.phases[phase].entries()) {
      const list = all.get(one.id) ?? [];
      list.push({ phase, index, operation: one });
      all.set(one.id, list);
    }
  }
  return all;
}

/** What is between two plans of one mode: operations that came, went, changed phase, changed place or were exchanged. */
export function diffPlans(a: Plan, b: Plan): PlanChange[] {
  const changes: PlanChange[] = [];
  const before = placed(a);
  const after = placed(b);
  for (const [id, olds] of before) {
    const news = after.get(id) ?? [];
    const stays = olds.filter((old) => news.some(({ phase }) => phase === old.phase));
    const leaves = olds.filter((old) => !stays.includes(old));
    const arrives = news.filter(({ phase }) => !olds.some((old) => old.phase === phase));
    for (const old of stays) {
      const now = news.find(({ phase }) => phase === old.phase)!;
      if (now.operation !== old.operation) changes.push({ phase: old.phase, change: 'replaced', operation: operationName(now.operation), detail: `${explain(now.operation)}; was ${describe(old.operation)}` });
    }
    for (const old of leaves) {
      const to = arrives[leaves.indexOf(old)];
      const operation = operationName(old.operation);
      if (to === undefined) changes.push({ phase: old.phase, change: 'removed', operation, detail: explain(old.operation) });
      else changes.push({ phase: old.phase, change: 'to', operation, detail: to.operation === old.operation ? to.phase : `${to.phase}, as ${describe(to.operation)}` });
    }
    for (const extra of arrives.slice(leaves.length)) changes.push({ phase: extra.phase, change: 'added', operation: operationName(extra.operation), detail: explain(extra.operation) });
  }
  for (const [id, news] of after) {
    if (before.has(id)) continue;
    for (const one of news) changes.push({ phase: one.phase, change: 'added', operation: operationName(one.operation), detail: explain(one.operation) });
  }
  for (const phase of PHASES) changes.push(...movedWithin(a, b, phase));
  const list = (classes: readonly string[]): string => (classes.length === 0 ? 'nothing' : classes.join(', '));
  if (list(a.deferred) !== list(b.deferred)) changes.push({ phase: 'plan', change: 'accessors', operation: 'accessors of a loaded vCPU', detail: `hardware for ${list(b.deferred)}; was ${list(a.deferred)}` });
  const rules = (plan: Plan): string => list(plan.waivers.map(({ rule }) => rule));
  if (rules(a) !== rules(b)) changes.push({ phase: 'plan', change: 'known-broken', operation: 'known to break', detail: `${rules(b)}; was ${rules(a)}` });
  return changes;
}

/** Operations of a phase that both plans have and that do not keep their order: those outside the longest common run. */
function movedWithin(a: Plan, b: Plan, phase: Phase): PlanChange[] {
  const olds = a.phases[phase].map(({ id }) => id).filter((id) => has(b, phase, id));
  const news = b.phases[phase].map(({ id }) => id).filter((id) => has(a, phase, id));
  const kept = new Set(longestCommonSubsequence(olds, news));
  return news
    .filter((id) => !kept.has(id))
    .map((id) => {
      const all = b.phases[phase];
      const index = all.findIndex((one) => one.id === id);
      const previous = all[index - 1];
      return { phase, change: 'moved', operation: operationName(all[index]!), detail: previous === undefined ? 'to the start' : `after ${operationName(previous)}` };
    });
}

function longestCommonSubsequence(a: readonly string[], b: readonly string[]): string[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) lengths[i]![j] = a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  }
  const result: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      result.push(a[i]!);
      i++;
      j++;
    } else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i++;
    else j++;
  }
  return result;
}

const SIGNS: Readonly<Record<ChangeKind, string>> = { added: '+', removed: '-', moved: '~', replaced: '*', to: '>', accessors: '=', 'known-broken': '!' };

/** A diff as text, one change a line; empty for plans that are the same. */
export function printDiff(changes: readonly PlanChange[]): string {
  return changes.map(({ phase, change, operation, detail }) => `${SIGNS[change]} ${phase}: ${operation}${change === 'to' ? ' -> ' : change === 'moved' ? ' ' : ': '}${detail}\n`).join('');
}

// ---- Compiling ---------------------------------------------------------------------------------------------------------

type Run = (cpu: Cpu) => void;

/** What a message about a panic needs: not FP, debug, profiling or the GIC. */
const OF_THE_HOST: readonly Fact[] = [
  'deactivate CNTHCTL', 'deactivate HCR', 'deactivate CPTR', 'deactivate VBAR', 'deactivate HSTR_PMU', 'deactivate MDCR', 'deactivate VM',
  'restore host COMMON', 'restore host EL1', 'restore host USER', 'restore host EL2_RETURN',
];

/** A plan as a host executes it: the functions of each phase, without what this host does not have. */
export interface CompiledPlan {
  readonly plan: Plan;
  readonly reset: readonly Run[];
  readonly ioctl: readonly Operation[];
  readonly prologue: readonly Operation[];
  readonly load: readonly Run[];
  readonly flush: readonly Run[];
  /** `enter` up to the call of the switch, and behind it: under non-VHE the call is an HVC, and what follows runs at EL2. */
  readonly enterHost: readonly Run[];
  readonly enterSwitch: readonly Run[];
  /** The last operation of `enter`: the ERET, also for re-entry from within an exit. */
  readonly guestEnter: Run;
  /** The first operation of `exit`: what a vector does before it knows who trapped. */
  readonly vectorEntry: Run;
  /** The part of `exit` in which each operation may send the PE back into the guest. */
  readonly exitHead: readonly Run[];
  readonly exitTail: readonly Run[];
  readonly cancel: readonly Run[];
  readonly sync: readonly Run[];
  readonly put: readonly Run[];
  readonly panic: readonly Run[];
  /** What of `exit` makes the machine the host's again, for a panic with a guest in place. */
  readonly panicRestore: readonly Run[];
}

/** Ends the part of `exit` that may go back into the guest. */
export const LAST_OF_HEAD = 'fixup-guest-exit';

/** Ends the part of `enter` that the host runs. */
export const CALL_OF_SWITCH = 'call-hyp';

export function compile(plan: Plan, facts: HostFacts): CompiledPlan {
  const holds = ({ host }: Operation): boolean => {
    switch (host) {
      case null:
        return true;
      case 'gicv2':
        return facts.gic === 2;
      case 'gicv3':
        return facts.gic === 3;
      case 'ras':
        return facts.ras;
      case 'no-ras':
        return !facts.ras;
    }
  };
  const present = (phase: Phase): Operation[] => plan.phases[phase].filter(holds);
  const runs = (phase: Phase): Run[] => present(phase).map(({ run }) => run);
  const enter = present('enter');
  const exit = present('exit');
  const entry = enter.at(-1);
  const vector = exit[0];
  const callOfSwitch = enter.findIndex(({ id }) => id === CALL_OF_SWITCH);
  const lastOfHead = exit.findIndex(({ id }) => id === LAST_OF_HEAD);
  if (entry?.id !== 'guest-enter' || vector?.id !== 'vector-entry' || lastOfHead < 0) {
    throw new InvariantError(`${plan.mode} plan: enter must end in guest-enter, exit must start with vector-entry and hold ${LAST_OF_HEAD}`);
  }
  const exitRuns = exit.map(({ run }) => run);
  return Object.freeze({
    plan,
    reset: runs('reset'),
    ioctl: present('ioctl'),
    prologue: present('prologue'),
    load: runs('load'),
    flush: runs('flush'),
    enterHost: enter.slice(0, callOfSwitch + 1).map(({ run }) => run),
    enterSwitch: enter.slice(callOfSwitch + 1).map(({ run }) => run),
    guestEnter: entry.run,
    vectorEntry: vector.run,
    exitHead: exitRuns.slice(1, lastOfHead + 1),
    exitTail: exitRuns.slice(lastOfHead + 1),
    cancel: runs('cancel'),
    sync: runs('sync'),
    put: runs('put'),
    panic: runs('panic'),
    panicRestore: exit.filter(({ facts: known }) => known.some((fact) => OF_THE_HOST.includes(fact))).map(({ run }) => run),
  });
}
