/** A hypervised machine with one of our own guests in it, small and started: what every measurement begins with. */
import { InvariantError } from '@worldswitch/cpu/arch';
import { FIRST_SPI } from '@worldswitch/gic';
import { KVM_ARM_IRQ_TYPE, type Edge, type ModeName, type Plan, type Preemption, type StepSet } from '@worldswitch/hyp';
import { createHypervised, type Hypervised } from '../hypervised.ts';
import type { Profile } from '../profiles.ts';
import { guestImage, type Form, type GuestName } from './guests.ts';
import { vcpusOf } from './interrupt-guests.ts';

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
  readonly form?: Form;
  /** PEs, and vCPUs on them: as many as the guest uses unless given. */
  readonly vcpus?: number;
  readonly preemption?: Preemption;
}

/** Told each edge of a phase, on every PE, from where the guest is set up. */
export type Observe = (edge: Edge, hypervised: Hypervised, pe: number) => void;

/** A machine with its guest loaded, which has not run. */
export function prepareGuest({ profile, mode, gic, guestGic, lines = 0, steps, plan, guest, iterations, form, vcpus, preemption }: GuestRunOptions, observe: Observe): Hypervised {
  let told: Hypervised | null = null;
  const made = createHypervised({
    profile, mode, gic, steps, memory: 2 * MIB, hostMemory: 14 * MIB, lead: 'sgi', vcpus: vcpus ?? vcpusOf(guest),
    ...(plan === undefined ? {} : { plan }),
    ...(guestGic === undefined ? {} : { guestGic }),
    ...(preemption === undefined ? {} : { preemption }),
    observe: (edge, pe) => {
      if (told !== null) observe(edge, told, pe);
    },
  });
  if (!made.ok) throw new InvariantError(made.error.message);
  const { hypervised } = made;
  const loaded = hypervised.loadElf(guestImage(guest, guestGic ?? gic, form));
  if (!loaded.ok) throw new InvariantError(loaded.error.message);
  hypervised.start(loaded.image.entry);
  hypervised.setX('x19', BigInt(iterations));
  for (let line = 0; line < lines; line++) hypervised.vm.irqLine((KVM_ARM_IRQ_TYPE.SPI << 24) | (FIRST_SPI + line), true);
  told = hypervised;
  return hypervised;
}

/** Runs the guest until it turns its machine off, and returns that. */
export function runGuest(options: GuestRunOptions, observe: Observe): Hypervised {
  const hypervised = prepareGuest(options, observe);
  const { reason, diagnostic } = hypervised.run();
  if (reason !== 'poweroff') throw new InvariantError(`the guest ${options.guest} ended with ${reason}: ${diagnostic?.message ?? ''}`);
  return hypervised;
}
