// @ts-check
/** One worker of `check:ladder`: its share of the programs, each under every plan, interrupt controller and schedule. */
import { parentPort, workerData } from 'node:worker_threads';
import { AS_MERGED, NEIGHBOUR_PLANS, planCells } from '../ladder/cells.mjs';
import { difference, firstDifference, hasItsGic, isAsked } from '../ladder/judge.mjs';
import { Lab, SCHEDULES, suits } from '../ladder/lab.mjs';
import { MEETS_A_DEFECT, PROGRAMS } from '../ladder/programs.mjs';
import { expectedTrace, readTraces, traceText } from '../ladder/traces.mjs';

/**
 * @typedef {import('../ladder/lab.mjs').Outcome} Outcome
 * @typedef {import('../ladder/lab.mjs').Gic} Gic
 * @typedef {import('../ladder/text.mjs').Program} Program
 * @typedef {{ runs: number, findings: string[], traces: [program: string, gic: Gic, text: string][] }} Result
 * @typedef {{ worker: number, workers: number, quick: boolean, programs: readonly string[], gics: readonly Gic[] }} Work
 */

/** @param {Work} data @returns {Result} */
function work({ worker, workers, quick, programs, gics }) {
  /** @type {Map<string | undefined, import('../ladder/cells.mjs').PlanCell[]>} */
  const plans = new Map();
  /** @type {Map<string, Lab>} */
  const labs = new Map();
  const labOf = (/** @type {'vhe' | 'nvhe'} */ mode, /** @type {Gic} */ gic) => {
    const known = labs.get(`${mode} ${gic}`) ?? new Lab(mode, gic, NEIGHBOUR_PLANS[mode]);
    labs.set(`${mode} ${gic}`, known);
    return known;
  };
  const expected = readTraces();
  /** @type {Result} */
  const result = { runs: 0, findings: [], traces: [] };
  for (const [index, name] of programs.entries()) {
    if (index % workers !== worker) continue;
    const program = PROGRAMS.find((one) => one.name === name);
    if (program === undefined) throw new Error(`no program ${name}`);
    const cells = plans.get(program.meets) ?? planCells(quick, program.meets);
    plans.set(program.meets, cells);
    for (const gic of gics.filter((one) => hasItsGic(program, one))) judge(program, gic, { cells, labOf, quick, index, expected, result });
    parentPort?.postMessage({ progress: `${program.name}: ${String(result.runs)} runs` });
  }
  return result;
}

/**
 * The first run is what all others must be, and its trace is the committed one.
 * @param {Program} program @param {Gic} gic
 * @param {{ cells: import('../ladder/cells.mjs').PlanCell[], labOf: (mode: 'vhe' | 'nvhe', gic: Gic) => Lab, quick: boolean, index: number, expected: import('../ladder/traces.mjs').Traces, result: Result }} context
 */
function judge(program, gic, { cells, labOf, quick, index, expected, result }) {
  const schedules = SCHEDULES.filter((schedule) => suits(program, schedule));
  /** @type {Outcome | null} */
  let first = null;
  for (const [number, { mode, names, plan }] of cells.filter((cell) => isAsked(program, cell)).entries()) {
    // Each program meets each schedule under many plans, and each plan each schedule with many programs.
    for (let count = 0; count < (quick ? 1 : 3); count++) {
      const schedule = schedules[(number + index + count) % schedules.length] ?? 'never';
      const outcome = labOf(mode, gic).run(program, plan, schedule);
      const where = `${program.name}, GIC${gic}, ${mode} ${String(names[0])}, ${schedule}`;
      result.runs++;
      first ??= outcome;
      if (!outcome.ended) result.findings.push(`${where}: ended with ${String(outcome.trace.at(-1))}`);
      else if (difference(first, outcome) !== null) result.findings.push(`${where}: ${String(difference(first, outcome))}`);
    }
  }
  if (first === null) return;
  const text = traceText(first.trace);
  const wanted = expectedTrace(expected, program.name, gic);
  result.traces.push([program.name, gic, text]);
  result.runs++;
  if (text !== wanted) result.findings.push(`${program.name}, GIC${gic}: not the committed trace: ${firstDifference(text, wanted ?? '')}`);
  if (gic === 'v3' && program.meets !== undefined) judgeAsMerged(program, first, result);
  if (program.mendedBy === undefined) return;
  for (const mode of /** @type {const} */ (['vhe', 'nvhe'])) {
    result.runs++;
    if (difference(first, labOf(mode, gic).run(program, NEIGHBOUR_PLANS[mode], 'migrate')) === null) result.findings.push(`${program.name}, GIC${gic}, ${mode} base: no difference`);
  }
}

/** @param {Program} program @param {Outcome} first @param {Result} result */
function judgeAsMerged(program, first, result) {
  const isListed = MEETS_A_DEFECT.includes(program.name);
  result.runs++;
  // What is not trapped changes the host, so this one is used for nothing else.
  const merged = difference(first, new Lab(AS_MERGED.mode, 'v3', NEIGHBOUR_PLANS.vhe).run(program, AS_MERGED.plan, 'never'));
  if ((merged !== null) !== isListed) result.findings.push(`${program.name}, vhe final as merged: ${merged ?? 'no difference'}; the list says ${isListed ? 'that there is one' : 'that there is none'}`);
}

parentPort?.postMessage({ result: work(workerData) });
