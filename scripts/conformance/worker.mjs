// @ts-check
/** Its share of the conformance suite. */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { CoreDriver } from '../../packages/machine/dist/testing/index.js';
import { EVAL, judgeCore, judgeGic, judgeHypervised, judgeLockstep } from './judge.mjs';
import { PROGRAMS } from './programs.mjs';
import { QemuDriver } from './qemu-driver.mjs';

/** @typedef {import('./judge.mjs').CpuTestDriver} CpuTestDriver */
/** @typedef {{ worker: number, workers: number, programs: readonly number[], driver: string | undefined, prefixes: readonly number[] | undefined }} Work `programs` by place in the list */

const { worker, workers, programs, driver, prefixes } = /** @type {Work} */ (workerData);
const drivers = await driversOf(driver);
/** @type {import('./judge.mjs').Judged[]} */
const result = [];
for (const [at, place] of programs.entries()) {
  const listed = PROGRAMS[place];
  if (listed === undefined || at % workers !== worker) continue;
  result.push(await judge(listed));
  parentPort?.postMessage({ progress: `${listed.suite} ${listed.name}` });
}
for (const one of drivers) await one.close?.();
parentPort?.postMessage({ result });

/** @param {import('./programs.mjs').Listed} listed */
function judge(listed) {
  switch (listed.suite) {
    case 'lockstep':
      return judgeLockstep(listed, drivers);
    case 'core':
      return judgeCore(listed, drivers);
    case 'gic':
      return judgeGic(listed);
    case 'hypervised':
      return judgeHypervised(listed, prefixes);
  }
}

/** Ours, the emulator, or what a module of the user's makes. @param {string | undefined} name @returns {Promise<CpuTestDriver[]>} */
async function driversOf(name) {
  if (name === undefined) return [EVAL, new CoreDriver({ name: 'translated' })];
  if (name === 'qemu') return [new QemuDriver()];
  const module = /** @type {{ createDriver: () => CpuTestDriver | Promise<CpuTestDriver> }} */ (await import(pathToFileURL(name).href));
  return [await module.createDriver()];
}
