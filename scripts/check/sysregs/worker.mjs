// @ts-check
/** One worker of `check:sysregs`: every n-th of the settings it is given, all situations, the words it is given; findings and what changed. */
import { parentPort, workerData } from 'node:worker_threads';
import { Subject, SETTINGS, SITUATIONS } from './core.mjs';
import { expected } from './model.mjs';
import { groupsOf, isIdSpace, RULES } from './rules.mjs';

/** @typedef {{ setting: number, situation: number, key: number, isRead: boolean, ours: string, rule: string }} Finding */
/** @typedef {{ cases: number, findings: Finding[], findingsCount: number, results: [number, number, number, boolean, string][] }} Result */

const MOST_FINDINGS = 200;
/** op0 from 1 on: SYS and SYSL, then registers. */
const FIRST_KEY = 1 << 14;
const ALL_KEYS = Array.from({ length: 3 << 14 }, (_, i) => FIRST_KEY + i);
const NAMED_KEYS = ALL_KEYS.filter((key) => RULES.has(key) || isIdSpace(key) || (groupsOf(key).includes('impdef') && key % 61 === 0));

/** @param {{ worker: number, workers: number, quick: boolean, settings: readonly number[] }} data @returns {Result} */
function work({ worker, workers, quick, settings }) {
  const subject = new Subject();
  /** @type {Result} */
  const result = { cases: 0, findings: [], findingsCount: 0, results: [] };
  for (const setting of settings.filter((_, index) => index % workers === worker)) {
    SITUATIONS.forEach((at, situation) => {
      subject.enter(at, /** @type {import('./core.mjs').Setting} */ (SETTINGS[setting]));
      for (const key of quick && setting > 0 ? NAMED_KEYS : ALL_KEYS) {
        for (const isRead of [true, false]) {
          const rule = expected(key, isRead, at, subject.registers);
          const ours = subject.access(key, isRead, rule);
          result.cases++;
          if (RULES.has(key)) result.results.push([setting, situation, key, isRead, ours]);
          if (ours === rule) continue;
          result.findingsCount++;
          if (result.findings.length < MOST_FINDINGS) result.findings.push({ setting, situation, key, isRead, ours, rule });
        }
      }
    });
    parentPort?.postMessage({ progress: '' });
  }
  return result;
}

parentPort?.postMessage({ result: work(workerData) });
