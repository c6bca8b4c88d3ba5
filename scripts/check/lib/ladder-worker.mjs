// @ts-check
/** One worker of `check:ladder`: its share of the programs, each under every plan. */
import { parentPort, workerData } from 'node:worker_threads';
import { AS_MERGED, planCells } from '../ladder/cells.mjs';
import { MEETS_A_DEFECT, PROGRAMS } from '../ladder/programs.mjs';
import { runProgram } from '../ladder/run.mjs';

/** @typedef {{ runs: number, findings: string[] }} Result */

/** @param {{ worker: number, workers: number, quick: boolean, filter: string }} data @returns {Result} */
function work({ worker, workers, quick, filter }) {
  /** @type {Map<string | undefined, import('../ladder/cells.mjs').PlanCell[]>} */
  const plans = new Map();
  const result = { runs: 0, findings: /** @type {string[]} */ ([]) };
  for (const [index, program] of PROGRAMS.entries()) {
    if (index % workers !== worker || !program.name.includes(filter)) continue;
    const cells = plans.get(program.meets) ?? planCells(quick, program.meets);
    plans.set(program.meets, cells);
    for (const gic of /** @type {(2 | 3)[]} */ (quick ? [3] : [3, 2])) judge(program, index, gic, cells, result);
    parentPort?.postMessage({ progress: program.name });
  }
  return result;
}

/** The first run is what all others must be; scheduled out at every exit and never, in turn. @param {import('../ladder/programs.mjs').Program} program @param {number} index @param {2 | 3} gic @param {import('../ladder/cells.mjs').PlanCell[]} cells @param {Result} result */
function judge(program, index, gic, cells, result) {
  /** @type {import('../ladder/run.mjs').Outcome | null} */
  let first = null;
  for (const [number, { mode, names, plan }] of cells.entries()) {
    const preemption = (number + index) % 2 === 0 ? 'never' : 'every-exit';
    const where = `${program.name}, GICv${String(gic)}, ${mode} ${String(names[0])}, preempt ${preemption}`;
    const outcome = runProgram(program, { name: where, mode, gic, preemption, plan });
    result.runs++;
    first ??= outcome;
    if (outcome.trace.at(-1) !== 'end') result.findings.push(`${where}: ended with ${String(outcome.trace.at(-1))}`);
    else if (difference(first, outcome) !== null) result.findings.push(`${where}: ${String(difference(first, outcome))}`);
  }
  const expected = MEETS_A_DEFECT.includes(program.name);
  if (gic !== 3 || program.meets === undefined || first === null) return;
  result.runs++;
  const merged = difference(first, runProgram(program, { name: 'as merged', gic, preemption: 'never', ...AS_MERGED }));
  if ((merged !== null) !== expected) result.findings.push(`${program.name}, vhe final as merged: ${merged ?? 'no difference'}; the list says ${expected ? 'that there is one' : 'that there is none'}`);
}

/** @param {import('../ladder/run.mjs').Outcome} a @param {import('../ladder/run.mjs').Outcome} b */
function difference(a, b) {
  const at = a.trace.findIndex((line, index) => line !== b.trace[index]);
  if (at >= 0) return `event ${String(at)} is ${String(b.trace[at])}, elsewhere ${String(a.trace[at])}`;
  return a.digest === b.digest ? null : `digest ${b.digest}, elsewhere ${a.digest}`;
}

parentPort?.postMessage({ result: work(workerData) });
