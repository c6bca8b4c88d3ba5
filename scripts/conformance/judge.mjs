// @ts-check
/** Programs of the conformance suite run and judged: one program gives its cells. Which of them, and what a table shows, is not known here. */
import { readFileSync } from 'node:fs';
import { CoreDriver, firstDifference, linesByName, runProgram } from '../../packages/machine/dist/testing/index.js';
import { NEIGHBOUR_PLANS, planCells } from '../check/ladder/cells.mjs';
import { difference, firstDifference as firstEvent, hasItsGic, isAsked } from '../check/ladder/judge.mjs';
import { Lab, SCHEDULES, suits } from '../check/ladder/lab.mjs';
import { PROGRAMS as GUESTS } from '../check/ladder/programs.mjs';
import { expectedTrace, readTraces, traceText } from '../check/ladder/traces.mjs';
import { compareProgram as compareGic, GIC_PROGRAMS } from '../check/gic/compare.mjs';
import { buildCoreProgram, compareProgram as compareCore } from '../check/system/compare.mjs';
import { normaliseLine } from '../check/system/normalise.mjs';
import { LOCKSTEP } from './programs.mjs';
import { QemuDriver } from './qemu-driver.mjs';

/**
 * `na`: not applicable, and why. A prefix of the series is a cell of its own; prefixes whose plans are the same operations are run once.
 *
 * @typedef {import('../../packages/machine/dist/testing/index.js').CpuTestDriver} CpuTestDriver
 * @typedef {import('./programs.mjs').Listed} Listed
 * @typedef {{ column: string, prefix?: number, status: 'pass' | 'fail' | 'na', checks: number, why?: string }} Cell
 * @typedef {{ suite: Listed['suite'], name: string, oracle: string, cells: Cell[] }} Judged
 */

/** Our core without translated code: what it prints is compared with the emulator first. */
export const EVAL = new CoreDriver({ name: 'eval', translation: false });
/** Of lines that differ, so many are told. */
const TOLD = 3;
const PREFIXES = Array.from({ length: 41 }, (_, n) => n);
const MODES = /** @type {const} */ (['vhe', 'nvhe']);
const GICS = /** @type {const} */ (['v3', 'v2', 'v2-on-v3']);
/** Mode of the hypervisor; interrupt controller of the guest and, where it is another one, the host. */
export const HYPERVISED_COLUMNS = MODES.flatMap((mode) => GICS.map((gic) => ({ column: `${mode} ${gic}`, mode, gic })));

/** @param {string} column @param {number} checks @param {readonly string[]} differences @returns {Cell} */
function cell(column, checks, differences) {
  if (differences.length === 0) return { column, status: 'pass', checks };
  return { column, status: 'fail', checks, why: `${String(differences.length)} differences in ${String(checks)} checks: ${differences.slice(0, TOLD).join('; ')}` };
}

/** What a driver cannot be asked, if anything. @param {Listed} listed @param {CpuTestDriver} driver */
function lacks({ needs }, driver) {
  const missing = needs.filter((need) => !driver.has.includes(need));
  return missing.length === 0 ? null : `needs ${missing.join(' and ')}`;
}

/** @param {Listed} listed @param {readonly CpuTestDriver[]} drivers @returns {Promise<Judged>} */
export async function judgeLockstep({ suite, name, oracle }, drivers) {
  const program = LOCKSTEP.get(name);
  if (program === undefined) throw new Error(`no words of ${name}`);
  const emulator = new QemuDriver();
  /** @type {Cell[]} */
  const cells = [];
  try {
    for (const driver of drivers) {
      const found = await firstDifference(driver, emulator, program);
      const told = found === null ? [] : [`after ${String(found.step)} instructions, the last at 0x${found.pc.toString(16)}, ${found.register} is 0x${found.values[0].toString(16)}, qemu has 0x${found.values[1].toString(16)}`];
      cells.push(cell(driver.name, program.steps, told));
    }
  } finally {
    await emulator.close();
  }
  return { suite, name, oracle, cells };
}

/** @param {Listed} listed @param {readonly CpuTestDriver[]} drivers @returns {Promise<Judged>} */
export async function judgeCore(listed, drivers) {
  const { suite, name } = listed;
  // Our core in Eval tells which lines are explained; any driver is held to the same lines then.
  const { right, explained, differences, isHandWritten } = await compareCore(name);
  /** @type {Cell[]} */
  const cells = [];
  for (const driver of drivers) {
    const why = lacks(listed, driver);
    if (why !== null) cells.push({ column: driver.name, status: 'na', checks: 0, why });
    else if (driver === EVAL) cells.push(cell(driver.name, right.size, differences));
    else cells.push(cell(driver.name, right.size, await differing(driver, name, right)));
  }
  return { suite, name, oracle: oracleOf(isHandWritten, explained), cells };
}

/** @param {CpuTestDriver} driver @param {string} name @param {ReadonlyMap<string, string>} right */
async function differing(driver, name, right) {
  const { text, end } = await runProgram(driver, readFileSync(buildCoreProgram(name)));
  const found = linesByName(text);
  const keys = new Set([...right.keys(), ...found.keys()]);
  const differences = [...keys].flatMap((key) => {
    const [want, have] = [right.get(key) ?? '(nothing)', normaliseLine(found.get(key) ?? '(nothing)')];
    return want === have ? [] : [`${have}, expected ${want}`];
  });
  return end === 'exit' ? differences : [`ended: ${end}`, ...differences];
}

/** @param {boolean} isHandWritten @param {number} explained */
function oracleOf(isHandWritten, explained) {
  if (isHandWritten) return 'derived by hand';
  return explained === 0 ? 'QEMU' : `QEMU; ${String(explained)} lines the manual`;
}

/** @param {Listed} listed @returns {Promise<Judged>} */
export async function judgeGic({ suite, name }) {
  /** @type {Cell[]} */
  const cells = [];
  let explainedLines = 0;
  let handWritten = false;
  for (const version of /** @type {const} */ (['v2', 'v3'])) {
    const full = /^v[23]-/.test(name) ? name : `${version}-${name}`;
    if (!GIC_PROGRAMS.includes(full) || !full.startsWith(version)) {
      cells.push({ column: `GIC${version}`, status: 'na', checks: 0, why: `about GIC${name.slice(0, 2)} alone` });
      continue;
    }
    const { right, explained, differences, isHandWritten } = await compareGic(full);
    explainedLines += explained;
    handWritten ||= isHandWritten;
    cells.push(cell(`GIC${version}`, right.size, differences));
  }
  return { suite, name, oracle: oracleOf(handWritten, explainedLines), cells };
}

/** @type {Map<string, Lab>} */
const labs = new Map();

/** @param {'vhe' | 'nvhe'} mode @param {typeof GICS[number]} gic */
function labOf(mode, gic) {
  const lab = labs.get(`${mode} ${gic}`) ?? new Lab(mode, gic, NEIGHBOUR_PLANS[mode]);
  labs.set(`${mode} ${gic}`, lab);
  return lab;
}

/** @type {Map<string | undefined, import('../check/ladder/cells.mjs').PlanCell[]>} */
const plans = new Map();
const traces = readTraces();

/** Each program meets every schedule that suits it, a plan after the other. @param {Listed} listed @param {readonly number[]} prefixes @returns {Judged} */
export function judgeHypervised({ suite, name, oracle }, prefixes = PREFIXES) {
  const program = GUESTS.find((one) => one.name === name);
  if (program === undefined) throw new Error(`no guest ${name}`);
  const known = plans.get(program.meets) ?? planCells(false, program.meets);
  plans.set(program.meets, known);
  const schedules = SCHEDULES.filter((schedule) => suits(program, schedule));
  /** @type {Cell[]} */
  const cells = [];
  /** By interrupt controller of the guest and host. @type {Map<string, import('../check/ladder/lab.mjs').Outcome>} */
  const firsts = new Map();
  for (const { column, mode, gic } of HYPERVISED_COLUMNS) {
    const wanted = expectedTrace(traces, name, gic);
    for (const [number, plan] of known.entries()) {
      const numbers = prefixes.filter((prefix) => plan.names.some((one) => one.split(' ')[0] === `p${String(prefix)}`));
      if (plan.mode !== mode || numbers.length === 0) continue;
      if (!hasItsGic(program, gic)) {
        cells.push(...numbers.map((prefix) => /** @type {Cell} */ ({ column, prefix, status: 'na', checks: 0, why: 'an ITS is beside a GICv3 only' })));
        continue;
      }
      if (!isAsked(program, { ...plan, names: plan.names.filter((one) => one.startsWith('p')) })) {
        cells.push(...numbers.map((prefix) => /** @type {Cell} */ ({ column, prefix, status: 'na', checks: 0, why: `meets a defect that step ${String(program.mendedBy)} mends` })));
        continue;
      }
      const schedule = schedules[number % schedules.length] ?? 'never';
      const outcome = labOf(mode, gic).run(program, plan.plan, schedule);
      const first = firsts.get(gic) ?? outcome;
      firsts.set(gic, first);
      const trace = traceText(outcome.trace);
      const why = !outcome.ended ? `ended with ${String(outcome.trace.at(-1))}` : trace !== wanted ? `not the committed trace: ${firstEvent(trace, wanted ?? '')}` : difference(first, outcome);
      const told = why === null ? {} : { why: `${schedule}: ${why}` };
      cells.push(...numbers.map((prefix) => /** @type {Cell} */ ({ column, prefix, status: why === null ? 'pass' : 'fail', checks: 1, ...told })));
    }
  }
  return { suite, name, oracle, cells };
}
