/** Makes the machine of a request and puts the image into it; what cannot be is the user's mistake. */
import { createHypervised, createMachine, GUEST_BASE, isLinuxImage, type DescriptionError, type Hypervised, type Machine, type MachineDescription, type Profile } from '@worldswitch/machine';
import type { ModeName } from '@worldswitch/hyp';
import { isMistake, mistake, type Mistake } from '../command.ts';
import { isElf } from './image.ts';
import type { Request } from './request.ts';
import { restore } from './restore.ts';
import type { Runnable, Watchers } from './runnable.ts';

export interface Made {
  readonly runnable: Runnable;
  readonly machine: Machine;
  readonly hypervised: Hypervised | null;
}

export function make(request: Request, watchers: Watchers): Made | Mistake {
  if (request.isSnapshot) return makeRestored(request, watchers);
  return request.mode === null ? makeBare(request, watchers) : makeHypervised(request, request.mode, watchers);
}

function makeRestored({ path, bytes, disk }: Request, watchers: Watchers): Made | Mistake {
  const machine = restore(path, bytes, disk, watchers);
  return isMistake(machine) ? machine : { runnable: machine, machine, hypervised: null };
}

function makeBare(request: Request, watchers: Watchers): Made | Mistake {
  const { path, bytes, profile, base, boot } = request;
  const made = createMachine(describeBare(request, watchers));
  if (!made.ok) return describeRefusal(profile, made.error);
  const { machine } = made;
  if (isLinuxImage(bytes)) {
    const loaded = machine.loadLinux(bytes, { initrd: boot.initrd, commandLine: boot.commandLine ?? '', deviceTree: boot.deviceTree });
    return loaded.ok ? { runnable: machine, machine, hypervised: null } : mistake(`${path}: ${loaded.error.message}`);
  }
  const loaded = isElf(bytes) ? machine.loadElf(bytes) : machine.loadFlat(bytes, base ?? machine.ram.base);
  if (!loaded.ok) return mistake(`${path}: ${loaded.error.message}`);
  machine.start(loaded.image.entry);
  return { runnable: machine, machine, hypervised: null };
}

function describeBare({ path, profile, clock, el, vhe, gic, pes, memory, semihosting, boot, disk, seed, rtcStart }: Request, { listener, virtioConsole, trace }: Watchers): MachineDescription {
  return {
    profile: profile.name, clock, el, memory, console: listener, pes, seed,
    ...(rtcStart === null ? {} : { rtcStart }),
    ...(trace === null ? {} : { trace }),
    ...(virtioConsole === null ? {} : { virtioConsole }),
    ...(vhe === null ? {} : { vhe }),
    ...(gic === null ? {} : { gic }),
    ...(disk === null ? {} : { disks: [disk] }),
    ...(semihosting ? { semihosting: { commandLine: boot.commandLine ?? path } } : {}),
  };
}

/** Which option to change for a machine that cannot be. */
function describeRefusal({ name }: Profile, { code, message }: DescriptionError): Mistake {
  const options: Partial<Record<DescriptionError['code'], string>> = { 'bad-memory': '--memory', 'bad-pes': '--smp', 'bad-disk': '--drive', 'bad-seed': '--seed', 'bad-time': '--rtc', 'bad-gic': '--gic 3' };
  return mistake(`${options[code] ?? `--machine ${name}`}: ${message}`);
}

function makeHypervised(request: Request, mode: ModeName, { listener, virtioConsole, trace }: Watchers): Made | Mistake {
  const { path, bytes, profile, clock, gic, hostGic, vhe, pes, memory, base, boot, disk, seed, rtcStart, steps } = request;
  const made = createHypervised({
    profile: profile.name, clock, mode, steps, memory, console: listener, vcpus: pes, seed,
    ...(rtcStart === null ? {} : { rtcStart }),
    ...(trace === null ? {} : { trace }),
    ...(virtioConsole === null ? {} : { virtioConsole }),
    ...(vhe === null ? {} : { vhe }),
    ...(hostGic === null ? {} : { gic: hostGic }),
    ...(gic === null ? {} : { guestGic: gic }),
    ...(disk === null ? {} : { disks: [disk] }),
  });
  if (!made.ok) return describeRefusal(profile, made.error);
  const { hypervised } = made;
  if (isLinuxImage(bytes)) {
    const loaded = hypervised.loadLinux(bytes, { initrd: boot.initrd, commandLine: boot.commandLine ?? '', deviceTree: boot.deviceTree });
    return loaded.ok ? { runnable: hypervised, machine: hypervised.machine, hypervised } : mistake(`${path}: ${loaded.error.message}`);
  }
  const loaded = isElf(bytes) ? hypervised.loadElf(bytes) : hypervised.loadFlat(bytes, base ?? GUEST_BASE);
  if (!loaded.ok) return mistake(`${path}: ${loaded.error.message}`);
  hypervised.start(loaded.image.entry);
  return { runnable: hypervised, machine: hypervised.machine, hypervised };
}
