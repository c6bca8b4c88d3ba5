import { KVM_ARM_IRQ_TYPE } from '@worldswitch/hyp';
import { createHypervised } from '@worldswitch/machine';
import { expect, it } from 'vitest';
import { benchmarkGuest } from './benchmark-guest.ts';
import { inspect } from './inspect.ts';

const SPI = 40;
const TIMER = 27;

function hypervised() {
  const made = createHypervised({ profile: 'generic', mode: 'vhe', memory: 4 << 20 });
  if (!made.ok) throw new Error(made.error.message);
  return made.hypervised;
}

it('shows an interrupt of the guest that is not idle, and no other', () => {
  const guest = hypervised();
  expect(inspect(guest.machine, guest, '').guestInterrupts).toEqual([]);
  guest.vm.irqLine((KVM_ARM_IRQ_TYPE.SPI << 24) | SPI, true, 0);
  // Nobody has enabled it, so it is on no ap_list.
  expect(inspect(guest.machine, guest, '').guestInterrupts).toEqual([{ intid: SPI, isPending: true, isActive: false, isEnabled: false, priority: 0, target: 0, listed: null, physical: null }]);
  expect(inspect(guest.machine, null, '').guestInterrupts).toBeNull();
});

it('shows on whose ap_list one is that the guest has enabled, with the physical one behind it', () => {
  const guest = hypervised();
  const loaded = guest.loadElf(benchmarkGuest());
  if (!loaded.ok) throw new Error(loaded.error.message);
  guest.start(loaded.image.entry);
  guest.run({ maxInstructions: 100 });
  const { vgic } = guest.vm.vm;
  const timer = vgic!.irq(guest.vcpu.vcpu, TIMER)!;
  vgic!.isEnabled = true;
  timer.isEnabled = true;
  timer.isEdge = true;
  vgic!.inject(guest.host.cpus[0]!, timer, true);
  expect(inspect(guest.machine, guest, '').guestInterrupts).toMatchObject([{ intid: TIMER, isPending: true, isEnabled: true, listed: 0, physical: TIMER }]);
});
