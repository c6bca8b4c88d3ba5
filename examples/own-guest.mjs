// A benchmark guest of our own (@worldswitch/machine): a thousand reads of a trapped register, priced in both modes.
import { BASE, FINAL } from '@worldswitch/hyp';
import { createHypervised, GUEST_BASE, runData } from '@worldswitch/machine';
import { assemble, writeElf } from '@worldswitch/tools';

const COUNT = 1000;
const { program } = assemble(`
_start: mov x19, #${COUNT}
1:      mrs x0, ID_AA64PFR0_EL1         // HCR_EL2.TID3: the hypervisor answers
        subs x19, x19, #1
        b.ne 1b
        movz w0, #0x8400, lsl #16       // PSCI SYSTEM_OFF
        add w0, w0, #8
        hvc #0
`, { base: BigInt(GUEST_BASE) });
const image = writeElf(program);

function cyclesOfOne(mode, steps) {
  const made = createHypervised({ profile: 'generic', mode, steps, memory: 2 * 2 ** 20 });
  if (!made.ok) throw new Error(made.error.message);
  const { hypervised } = made;
  hypervised.start(hypervised.loadElf(image).image.entry);
  const before = runData(hypervised.machine).cycles;
  const stop = hypervised.run({ maxInstructions: 1_000_000 });
  if (stop.reason !== 'poweroff') throw new Error(stop.reason);
  return Math.round((runData(hypervised.machine).cycles - before) / COUNT);
}

console.log('VHE:', cyclesOfOne('vhe', BASE), '->', cyclesOfOne('vhe', FINAL), 'cycles a read'); // VHE: 2345 -> 1344 cycles a read
console.log('non-VHE:', cyclesOfOne('nvhe', BASE), '->', cyclesOfOne('nvhe', FINAL), 'cycles a read'); // non-VHE: 3137 -> 3044 cycles a read
