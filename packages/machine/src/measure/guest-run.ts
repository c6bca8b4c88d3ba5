/** A hypervised machine with one of our own guests in it, small and started: what every measurement begins with. */
import { InvariantError } from '@worldswitch/cpu/arch';
import type { Edge, ModeName, StepSet } from '@worldswitch/hyp';
import { createHypervised, type Hypervised } from '../hypervised.ts';
import type { Profile } from '../profiles.ts';
import type { ClockName } from '../time/clock.ts';
import type { Form } from './forms.ts';
import { guestImage, type GuestName } from './guests.ts';
import { vcpusOf } from './interrupt-guests.ts';

const MIB = 1024 * 1024;

export interface GuestRunOptions {
  readonly profile: Profile;
  readonly mode: ModeName;
  readonly gic: 2 | 3;
  readonly steps: StepSet;
  readonly guest: GuestName;
  readonly iterations: number;
  readonly form?: Form;
  /** `cost` unless given. */
  readonly clock?: ClockName;
  /** PEs, and vCPUs on them: as many as the guest uses unless given. */
  readonly vcpus?: number;
}

/** Told each edge of a phase, on every PE, from where the guest is set up. */
export type Observe = (edge: Edge, hypervised: Hypervised, pe: number) => void;

/** A machine with its guest loaded, which has not run. */
export function prepareGuest({ profile, mode, gic, steps, guest, iterations, form, clock, vcpus }: GuestRunOptions, observe: Observe): Hypervised {
  let told: Hypervised | null = null;
  const made = createHypervised({
    profile, mode, gic, steps, memory: 2 * MIB, hostMemory: 14 * MIB, lead: 'sgi', hostCounters: form === 'papers', vcpus: vcpus ?? vcpusOf(guest), ...(clock === undefined ? {} : { clock }),
    observe: (edge, pe) => {
      if (told !== null) observe(edge, told, pe);
    },
  });
  if (!made.ok) throw new InvariantError(made.error.message);
  const { hypervised } = made;
  const loaded = hypervised.loadElf(guestImage(guest, gic, form));
  if (!loaded.ok) throw new InvariantError(loaded.error.message);
  hypervised.start(loaded.image.entry);
  hypervised.setX('x19', BigInt(iterations));
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
