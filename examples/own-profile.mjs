// Costs of our own (@worldswitch/machine): the same benchmark on a machine whose exceptions are twice as dear.
import { BASE, FINAL } from '@worldswitch/hyp';
import { measureBenchmark, PROFILES } from '@worldswitch/machine';

const { prices } = PROFILES['seattle-vhe'];
/** A price is whole cycles and how we know them: E is an estimate. */
const slowExceptions = { ...prices, exceptionEntry: [144, 'E'], exceptionReturn: [130, 'E'] };
const hvc = (mode, steps, list) => measureBenchmark({ benchmark: 'hvc', profile: 'seattle-vhe', mode, steps, iterations: 10, prices: list }).cycles.mean;
const compare = (mode, list) => `${hvc(mode, BASE, list)} -> ${hvc(mode, FINAL, list)} cycles`;

console.log('VHE    ', compare('vhe', prices)); // VHE     2387 -> 1333 cycles
console.log('VHE    ', compare('vhe', slowExceptions)); // VHE     2524 -> 1470 cycles
console.log('non-VHE', compare('nvhe', prices)); // non-VHE 3358 -> 3307 cycles
console.log('non-VHE', compare('nvhe', slowExceptions)); // non-VHE 3632 -> 3581 cycles
