// @ts-check
/** One worker of `check:guests`: its share of the runs of the C guest under the hypervisor. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { prefix as prefixSet } from '../../../packages/hyp/dist/index.js';
import { createHypervised } from '../../../packages/machine/dist/index.js';

/** @typedef {{ name: string, stop: string, text: string, digest: string | null }} Result */

const MIB = 2 ** 20;

/** @param {{ worker: number, workers: number, prefixes: number[], image: string }} data @returns {Result[]} */
function work({ worker, workers, prefixes, image }) {
  const bytes = readFileSync(image);
  const cells = prefixes.flatMap((prefix) =>
    /** @type {const} */ (['vhe', 'nvhe']).flatMap((mode) => /** @type {const} */ (['never', 'every-exit']).map((preemption) => ({ mode, prefix, preemption }))),
  );
  return cells.filter((_, index) => index % workers === worker).map(({ mode, prefix, preemption }) => {
    const name = `${mode} p${String(prefix)}, preempt ${preemption}`;
    const made = createHypervised({ profile: 'generic', clock: 'retired', mode, steps: prefixSet(prefix), preemption, memory: 4 * MIB, hostMemory: 12 * MIB });
    if (!made.ok) return { name, stop: made.error.message, text: '', digest: null };
    const { hypervised } = made;
    const loaded = hypervised.loadElf(bytes);
    if (!loaded.ok) return { name, stop: loaded.error.message, text: '', digest: null };
    hypervised.start(loaded.image.entry);
    const stop = hypervised.run({ maxInstructions: 200_000_000 });
    parentPort?.postMessage({ progress: name });
    return { name, stop: stop.reason, text: hypervised.machine.console.text, digest: hypervised.guestDigest() };
  });
}

parentPort?.postMessage({ result: work(workerData) });
