// @ts-check
/**
 * `npm run bench:hyp`: world switches a second. A guest makes hypercalls that nobody knows: out to the host, handled, back
 * in; every operation executed and counted. CPU time of this process, the best and the median of the runs. Prints figures
 * beside their targets and fails for none: times are not tests.
 */
import { BASE, FINAL } from '../../packages/hyp/dist/index.js';
import { createHypervised } from '../../packages/machine/dist/index.js';
import { guestImage } from '../../packages/machine/dist/measure/guests.js';

const RUNS = 7;
const MIB = 2 ** 20;

for (const [guest, trips] of /** @type {const} */ ([['hvc', 50_000], ['mmio', 20_000]])) {
  bench(guest, 'vhe', FINAL, trips, guest === 'hvc' ? 250 : null);
  bench(guest, 'vhe', BASE, trips, null);
  bench(guest, 'nvhe', FINAL, trips, null);
  bench(guest, 'nvhe', BASE, trips, guest === 'hvc' ? 80 : null);
}

/** @param {'hvc' | 'mmio'} guest @param {'vhe' | 'nvhe'} mode @param {typeof BASE} steps @param {number} trips @param {number | null} target thousands a second */
function bench(guest, mode, steps, trips, target) {
  const rates = [];
  for (let run = 0; run < RUNS; run++) {
    const made = createHypervised({ profile: 'generic', clock: 'retired', mode, steps, memory: 2 * MIB, hostMemory: 14 * MIB });
    if (!made.ok) throw new Error(made.error.message);
    const { hypervised } = made;
    const loaded = hypervised.loadElf(guestImage(guest));
    if (!loaded.ok) throw new Error(loaded.error.message);
    hypervised.start(loaded.image.entry);
    hypervised.setX('x19', BigInt(trips));
    const started = process.cpuUsage();
    const stop = hypervised.run();
    const { user, system } = process.cpuUsage(started);
    if (stop.reason !== 'poweroff') throw new Error(`the guest ended with ${stop.reason}`);
    rates.push((trips / (user + system)) * 1000);
  }
  rates.sort((a, b) => a - b);
  const [median, best] = [rates[RUNS >> 1] ?? 0, rates.at(-1) ?? 0];
  const name = `${guest === 'hvc' ? 'hypercall' : 'device read, by the VMM'}, ${mode} ${steps.name}`;
  process.stdout.write(`${name.padEnd(36)} ${best.toFixed(1).padStart(8)} k/s best, ${median.toFixed(1).padStart(8)} median${target === null ? '' : `   target >= ${String(target)}`}\n`);
}
