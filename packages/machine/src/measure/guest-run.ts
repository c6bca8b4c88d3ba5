/** A hypervised machine with one of our own guests in it, small and started: what every measurement begins with. */
import { InvariantError } from '@worldswitch/cpu/arch';
import { FIRST_SPI } from '@worldswitch/gic';
import { KVM_ARM_IRQ_TYPE, type Edge, type ModeName, type Plan, type StepSet } from '@worldswitch/hyp';
import { createHypervised, type Hypervised } from '../hypervised.ts';
import type { Profile } from '../profiles.ts';
import { guestImage, type GuestName } from './guests.ts';

const MIB = 1024 * 1024;

export interface GuestRunOptions {
  readonly profile: Profile;
  readonly mode: ModeName;
  readonly gic: 2 | 3;
  /** The guest's: the machine's unless given. */
  readonly guestGic?: 2 | 3;
  /** How many inputs of the guest's controller are raised from the start, from INTID 32 on. */
  readonly lines?: number;
  readonly steps: StepSet;
  /** A plan of the caller's own making, instead of the one of `steps`. */
  readonly plan?: Plan;
  readonly guest: GuestName;
  readonly iterations: number;
}

/** Runs the guest to its end, telling each edge of a phase, and returns the machine. */
export function runGuest({ profile, mode, gic, guestGic, lines = 0, steps, plan, guest, iterations }: GuestRunOptions, observe: (edge: Edge, hypervised: Hypervised) => void): Hypervised {
  let hypervised: Hypervised | null = null;
  const made = createHypervised({
    profile, mode, gic, steps, memory: 2 * MIB, hostMemory: 14 * MIB,
    ...(plan === undefined ? {} : { plan }),
    ...(guestGic === undefined ? {} : { guestGic }),
    observe: (edge) => {
      if (hypervised !== null) observe(edge, hypervised);
    },
  });
  if (!made.ok) throw new InvariantError(made.error.message);
  const { hypervised: machine } = made;
  const loaded = machine.loadElf(guestImage(guest));
  if (!loaded.ok) throw new InvariantError(loaded.error.message);
  machine.start(loaded.image.entry);
  machine.setX('x19', BigInt(iterations));
  for (let line = 0; line < lines; line++) machine.vm.irqLine((KVM_ARM_IRQ_TYPE.SPI << 24) | (FIRST_SPI + line), true);
  // From here: what sets the guest up is not measured.
  hypervised = machine;
  const stop = machine.run();
  hypervised = null;
  if (stop.reason !== 'poweroff') throw new InvariantError(`the guest ${guest} ended with ${stop.reason}: ${stop.diagnostic?.message ?? ''}`);
  return machine;
}
