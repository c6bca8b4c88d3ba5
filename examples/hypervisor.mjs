// The hypervisor on a machine (@worldswitch/hyp, @worldswitch/machine): what one hypercall's round trip does, before and after the series.
import { BASE, FINAL, planFor, prefix } from '@worldswitch/hyp';
import { measureRoundTrip } from '@worldswitch/machine';

const trip = (mode, steps) => measureRoundTrip({ mode, steps, scenario: 'hvc', profile: 'generic' });
const words = ({ counts, cycles }) => `${counts.reads + counts.writes} register accesses, ${cycles} cycles`;

console.log(`VHE, Linux 4.16: ${words(trip('vhe', BASE))}`); // VHE, Linux 4.16: 101 register accesses, 2076 cycles
console.log(`VHE, Linux 4.17: ${words(trip('vhe', FINAL))}`); // VHE, Linux 4.17: 30 register accesses, 1076 cycles
console.log(`non-VHE, Linux 4.17: ${words(trip('nvhe', FINAL))}`); // non-VHE, Linux 4.17: 147 register accesses, 2755 cycles

// The same guest, the first 27 steps and then one more.
const [before, after] = [27, 28].map((count) => trip('vhe', prefix(count)).cycles);
console.log(`step 28 saves ${before - after} cycles`); // step 28 saves 692 cycles
console.log(planFor('vhe', FINAL).phases.enter.length, 'operations into the guest'); // 15 operations into the guest
