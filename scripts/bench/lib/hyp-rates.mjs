// @ts-check
/**
 * World switches a second (`npm run bench:hyp`). A guest makes hypercalls that nobody knows: out to the host, handled, back
 * in; every operation executed and counted. And VMs: made with one vCPU, which is initialised, on a host that is up. CPU time of this
 * process, the best and the median of the runs. Prints figures beside their targets and fails for none: times are not tests.
 */
import { BASE, FINAL, Kvm } from '../../../packages/hyp/dist/index.js';
import { createHypervised } from '../../../packages/machine/dist/index.js';
import { guestImage } from '../../../packages/machine/dist/measure/guests.js';

const RUNS = 7;
const MIB = 2 ** 20;

for (const [guest, trips] of /** @type {const} */ ([['hvc', 50_000], ['mmio', 20_000]])) {
  bench(guest, 'vhe', FINAL, trips, guest === 'hvc' ? 250 : null);
  bench(guest, 'vhe', BASE, trips, null);
  bench(guest, 'nvhe', FINAL, trips, null);
  bench(guest, 'nvhe', BASE, trips, guest === 'hvc' ? 80 : null);
}

for (const mode of /** @type {const} */ (['vhe', 'nvhe'])) for (const steps of [FINAL, BASE]) makeVms(mode, steps);

/** @param {'hvc' | 'mmio'} guest @param {'vhe' | 'nvhe'} mode @param {typeof BASE} steps @param {number} trips @param {number | null} target thousands a second */
function bench(guest, mode, steps, trips, target) {
  const rates = [];
  for (let run = 0; run < RUNS; run++) {
    const hypervised = hypervisedWith(mode, steps, 14 * MIB);
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

/** @param {'vhe' | 'nvhe'} mode @param {typeof BASE} steps */
function makeVms(mode, steps) {
  const kvm = Kvm.open(hypervisedWith(mode, steps, 64 * MIB).host);
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const started = process.cpuUsage();
    const vcpu = kvm.createVm({ steps }).createVcpu(0, { pe: 0 });
    if (!vcpu.ok || !vcpu.value.init({ psci02: true }).ok) throw new Error('a VM could not be made');
    const { user, system } = process.cpuUsage(started);
    times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  process.stdout.write(`${`VM with a vCPU, ${mode} ${steps.name}`.padEnd(36)} ${(times[0] ?? 0).toFixed(1).padStart(8)} ms best, ${(times[RUNS >> 1] ?? 0).toFixed(1).padStart(9)} median   target <= 20\n`);
}

/** @param {'vhe' | 'nvhe'} mode @param {typeof BASE} steps @param {number} hostMemory */
function hypervisedWith(mode, steps, hostMemory) {
  const made = createHypervised({ profile: 'generic', clock: 'retired', mode, steps, memory: 2 * MIB, hostMemory });
  if (!made.ok) throw new Error(made.error.message);
  return made.hypervised;
}
