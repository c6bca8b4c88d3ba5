// @ts-check
/**
 * `npm run check:heap -- [--quick]`: a hypercall allocates nothing, and a device read by the VMM at most one number. A guest makes a million
 * exits, in twenty windows (`--quick`: forty thousand, hypercalls only); what the host's new space has grown in a window is what its exits
 * have allocated, because the space is so large that it is not collected in between. The middle window counts: code that is compiled anew
 * allocates too, and that is no matter of exits. The flags that it needs are in package.json.
 */
import { getHeapSpaceStatistics } from 'node:v8';
import { parseArgs } from 'node:util';
import { BASE, FINAL } from '../../packages/hyp/dist/index.js';
import { createHypervised } from '../../packages/machine/dist/index.js';
import { guestImage } from '../../packages/machine/dist/measure/guests.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean' } } });
const EXITS = values.quick === true ? 40_000 : 1_000_000;
const WINDOWS = 20;
/** Exits until the host's compiler has seen to what they take. */
const WARM = 50_000;
const MIB = 2 ** 20;
/** Bytes of a window that its call of `run` takes, and what reads the statistics. */
const CALL = 4096;
/** Bytes an exit: less than any object has, and what V8 takes for a number of 64 bits. */
const MOST = { hvc: 1, mmio: 16 };
const collect = globalThis.gc;
if (collect === undefined) throw new Error('start it by npm run check:heap');

let passed = 0;
let failed = 0;
for (const guest of /** @type {('hvc' | 'mmio')[]} */ (values.quick === true ? ['hvc'] : ['hvc', 'mmio'])) {
  for (const [mode, steps] of /** @type {const} */ ([['vhe', FINAL], ['vhe', BASE], ['nvhe', FINAL], ['nvhe', BASE]])) {
    const bytes = allocated(guest, mode, steps, collect);
    const isFew = bytes <= MOST[guest];
    if (isFew) passed++;
    else failed++;
    process.stdout.write(`${isFew ? '' : 'FAILED '}${guest}, ${mode} ${steps.name}: ${bytes.toFixed(2)} bytes an exit\n`);
  }
}
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * Bytes that an exit allocates, in the middle one of the windows.
 * @param {'hvc' | 'mmio'} guest @param {'vhe' | 'nvhe'} mode @param {typeof BASE} steps @param {() => void} collect
 */
function allocated(guest, mode, steps, collect) {
  const made = createHypervised({ profile: 'generic', clock: 'retired', mode, steps, memory: 2 * MIB, hostMemory: 14 * MIB });
  if (!made.ok) throw new Error(made.error.message);
  const { hypervised } = made;
  const loaded = hypervised.loadElf(guestImage(guest));
  if (!loaded.ok) throw new Error(loaded.error.message);
  hypervised.start(loaded.image.entry);
  hypervised.setX('x19', BigInt(2 * EXITS + WARM));
  while (exitsOf(hypervised) < WARM) {
    hypervised.run({ maxInstructions: hypervised.instructions + WARM });
    hypervised.resume();
  }
  const rates = [];
  for (let instructions = hypervised.instructions; rates.length < WINDOWS; ) {
    collect();
    const exits = exitsOf(hypervised);
    const before = newSpace();
    const stop = hypervised.run({ maxInstructions: instructions });
    const grown = newSpace() - before;
    if (stop.reason !== 'limit') throw new Error(`the guest ended with ${stop.reason}`);
    hypervised.resume();
    if (grown < 0) throw new Error('the new space was collected within a window: too much was allocated in it');
    const count = exitsOf(hypervised) - exits;
    if (count > 0) rates.push(Math.max(0, grown - CALL) / count);
    instructions += windowOf(hypervised, count);
  }
  return rates.sort((a, b) => a - b)[WINDOWS >> 1] ?? Infinity;
}

/** Instructions of the guest in a window. @param {import('../../packages/machine/dist/index.js').Hypervised} hypervised @param {number} exits */
function windowOf(hypervised, exits) {
  return exits === 0 ? 1000 : Math.ceil((hypervised.instructions / exitsOf(hypervised)) * (EXITS / WINDOWS));
}

/** @param {import('../../packages/machine/dist/index.js').Hypervised} hypervised */
function exitsOf(hypervised) {
  return Object.values(hypervised.exits()).reduce((sum, count) => sum + count, 0);
}

function newSpace() {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_used_size ?? 0;
}
