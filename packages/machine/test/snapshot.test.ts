/** Snapshots of machines: what runs after restoring is what would have run, at any instruction; other bytes are refused. */
import { createHash } from 'node:crypto';
import { Sha256 } from '@worldswitch/cpu';
import { describe, expect, test } from 'vitest';
import { createHypervised, createMachine, PROFILES, restoreMachine, runData, saveMachine, type ConsoleListener, type Disk, type Machine, type MachineDescription, type RestoreOptions } from '../src/index.ts';
import { busyMachine, consoleMachine, runMore } from './snapshot-guest.ts';

function save(machine: Machine): Uint8Array {
  const saved = saveMachine(machine);
  if (!saved.ok) throw saved.error;
  return saved.snapshot;
}

function restore(snapshot: Uint8Array, options: RestoreOptions = {}): Machine {
  const result = restoreMachine(snapshot, options);
  if (!result.ok) throw result.error;
  return result.machine;
}

function refusal(snapshot: Uint8Array, options: RestoreOptions = {}): string {
  const result = restoreMachine(snapshot, options);
  return result.ok ? '' : result.error.message;
}

/** Everything that two machines must agree in: state, time, counters, console. */
function facts(machine: Machine): unknown {
  return [machine.digest(), machine.instructions, machine.pes.map(({ clock, events }) => [clock.time, [...events]]), machine.console.text, machine.console.lines];
}

const machines: readonly (Partial<MachineDescription> & { readonly gic: 2 | 3; readonly pes: number })[] = [
  { gic: 2, pes: 1, clock: 'cost' },
  { gic: 2, pes: 2, clock: 'retired' },
  { gic: 2, pes: 4, clock: 'cost' },
  { gic: 3, pes: 1, clock: 'retired' },
  { gic: 3, pes: 2, clock: 'cost' },
  { gic: 3, pes: 4, clock: 'retired' },
];

test.each(machines)('at any instruction: %j', (description) => {
  const machine = busyMachine(description);
  for (let at = 0; at < 6; at++) {
    runMore(machine, at < 3 ? 1100 : 1 + at * 37);
    const other = restore(save(machine), { translation: at % 2 === 0 });
    for (const more of [1, 100, 1500]) {
      runMore(machine, more);
      runMore(other, more);
      expect(facts(other)).toEqual(facts(machine));
    }
  }
  expect(machine.console.lines).toBeGreaterThan(3);
});

test.each(machines)('a limit, and a digest, change nothing of what PEs do in which order: %j', (description) => {
  const [whole, parts] = [busyMachine(description), busyMachine(description)];
  runMore(whole, 30_000);
  for (let left = 30_000, share = 1; left > 0; left -= share, share = Math.min(left, (share * 7 + 3) % 5000)) {
    runMore(parts, share);
    parts.digest();
  }
  expect(facts(parts)).toEqual(facts(whole));
});

test('a virtio console between a character and the next, with its queues and what its driver waits for', () => {
  const printed: string[] = ['', ''];
  const listener = (which: 0 | 1): ConsoleListener => ({ byte: (byte) => void (printed[which] += String.fromCharCode(byte)) });
  const machine = consoleMachine(listener(0));
  const typed = (one: Machine, text: string): number => one.input.receive(new TextEncoder().encode(text));
  runMore(machine, 200);
  for (const key of ['b', 'c', 'd', 'e']) {
    const before = printed[0]!;
    expect(typed(machine, key)).toBe(1);
    runMore(machine, 61);
    const other = restore(save(machine), { virtioConsole: listener(1) });
    printed[1] = printed[0]!;
    for (const one of [machine, other]) {
      runMore(one, 300);
      expect(typed(one, 'x')).toBe(1);
      runMore(one, 300);
    }
    expect(printed[1]).toBe(printed[0]);
    expect(printed[0]!.slice(before.length)).toMatch(new RegExp(`${key}+x+$`));
    expect(facts(other)).toEqual(facts(machine));
  }
});

test('a snapshot of what was restored is the snapshot itself', () => {
  const machine = busyMachine({ gic: 3, pes: 2 });
  runMore(machine, 5000);
  const snapshot = save(machine);
  expect(Buffer.compare(save(restore(snapshot)), snapshot)).toBe(0);
});

test('a digest of a machine hashes what was written since the last, and is that of a machine that hashes all', () => {
  const machine = busyMachine({ gic: 3, pes: 2 });
  runMore(machine, 3000);
  machine.digest();
  runMore(machine, 3000);
  const digest = machine.digest();
  expect(machine.hashedPages).toBe(1);
  expect(restore(save(machine)).digest()).toBe(digest);
});

test('the host hashes pages to the same digest', () => {
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const disks = (): Disk[] => [{ bytes: Uint8Array.from({ length: 8192 }, (_, at) => at & 0xff), isReadOnly: false }];
  const [ours, hosts] = [busyMachine({ gic: 3, pes: 1, disks: disks() }), busyMachine({ gic: 3, pes: 1, disks: disks() })];
  const lengths: number[] = [];
  const digest = hosts.digest({ hash: (bytes) => (lengths.push(bytes.length), hash(bytes)) });
  expect(digest).toBe(ours.digest());
  expect(lengths.filter((length) => length === 4096).length).toBeGreaterThan(2);
});

test('a machine is described by its snapshot: no option is needed', () => {
  const machine = busyMachine({ gic: 2, pes: 2, profile: 'seattle', clock: 'cost', el: 2, seed: 7, rtcStart: 99, semihosting: { commandLine: 'a \u00e4' }, memory: 1024 * 1024 });
  const { config } = restore(save(machine));
  expect({ ...config, console: null }).toEqual({ ...machine.config, console: null });
});

test('the guest has ended: a restored machine has too', () => {
  const machine = busyMachine({ gic: 3, pes: 1 });
  machine.requestStop('poweroff');
  expect(restore(save(machine)).run().reason).toBe('poweroff');
});

describe('disks', () => {
  const bytes = Uint8Array.from({ length: 64 * 512 }, (_, at) => (at < 4096 ? 0 : at & 0xff));
  const withDisk = (): Machine => busyMachine({ gic: 3, pes: 1, disks: [{ bytes: bytes.slice(), isReadOnly: false }] });

  test('contents are in the snapshot', () => {
    expect([...restore(save(withDisk())).devices.disks[0]!.bytes]).toEqual([...bytes]);
  });

  test('a disk that is given must be as it was', () => {
    const snapshot = save(withDisk());
    const given = bytes.slice();
    expect(restore(snapshot, { disks: [{ bytes: given, isReadOnly: false }] }).devices.disks[0]!.bytes).toBe(given);
    given[5000]!++;
    expect(refusal(snapshot, { disks: [{ bytes: given, isReadOnly: false }] })).toBe('section disk0, offset 28720: the disk is not what it was: byte 5000 differs');
    expect(refusal(snapshot, { disks: [] })).toContain('the machine has 1 disks, but 0 were given');
    expect(refusal(snapshot, { disks: [{ bytes: given, isReadOnly: true }] })).toContain('32768 bytes');
  });
});

describe('refused', () => {
  const sealed = (snapshot: Uint8Array): Uint8Array => {
    snapshot.set(new TextEncoder().encode(new Sha256().update(snapshot.subarray(76)).hex()), 12);
    return snapshot;
  };
  const find = (snapshot: Uint8Array, text: string): number => Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.length).indexOf(text, 76, 'latin1');

  test.each([
    ['nothing', () => new Uint8Array(0), 'these bytes are no snapshot'],
    ['half of it', (snapshot: Uint8Array) => snapshot.subarray(0, snapshot.length / 2), 'the checksum is not that of the contents'],
    ['a changed byte', (snapshot: Uint8Array) => snapshot.fill(1, -100, -99), 'the checksum is not that of the contents'],
    ['another machine', (snapshot: Uint8Array) => sealed(snapshot.fill(0x78, find(snapshot, 'generic'), find(snapshot, 'generic') + 1)), 'no machine is called xeneric'],
    ['other prices', (snapshot: Uint8Array) => sealed(snapshot.fill(0x78, find(snapshot, 'generic') + 11, find(snapshot, 'generic') + 12)), 'the machine generic was another when it was saved'],
    ['a section with another name', (snapshot: Uint8Array) => sealed(snapshot.fill(0x78, find(snapshot, 'pe0/tlb'), find(snapshot, 'pe0/tlb') + 1)), 'section pe0/tlb, offset 0: is missing'],
  ])('%s', (_, damage, message) => {
    const machine = busyMachine({ gic: 3, pes: 1 });
    runMore(machine, 500);
    expect(refusal(damage(save(machine)))).toContain(message);
  });

  test('a machine with native software', () => {
    const made = createHypervised({ profile: 'generic', mode: 'vhe', memory: 2 * 1024 * 1024 });
    if (!made.ok) throw new Error(made.error.message);
    expect(saveMachine(made.hypervised.machine)).toMatchObject({ ok: false, error: { message: expect.stringContaining('native software') as string } });
  });

  test('a machine of the caller\'s own, unless it is given', () => {
    const profile = { ...PROFILES.generic, lrCount: 8 };
    const machine = busyMachine({ gic: 3, pes: 1, profile });
    expect(refusal(save(machine))).toContain('another when it was saved');
    expect(restore(save(machine), { profile }).config.profile.lrCount).toBe(8);
  });
});

test('what a guest reads where nothing is stays counted', () => {
  const machine = busyMachine({ gic: 3, pes: 1 });
  machine.pes[0]!.bus.read(0x0f00_0000, 4, new Uint32Array(2));
  expect([...restore(save(machine)).pes[0]!.bus.holes]).toEqual([[0x0f00_0000, 1]]);
});

test('semihosting operations that nobody offers are counted by number, the first 256 of them', () => {
  const made = createMachine({ profile: 'generic', clock: 'retired', memory: 1024 * 1024, semihosting: { commandLine: '' } });
  const { machine } = made as Extract<typeof made, { readonly ok: true }>;
  // 1: mov w0, w2; hlt #0xf000; add w2, w2, #1; b 1b
  machine.loadFlat(new Uint8Array(Uint32Array.of(0x2a02_03e0, 0xd45e_0000, 0x1100_0442, 0x17ff_fffd).buffer));
  machine.start(BigInt(machine.ram.base));
  machine.pes[0]!.cpu.setX(2, 0x1000n);
  machine.run({ maxInstructions: 4 * 300 });
  const { semihosting } = runData(machine).ignored;
  expect([Object.keys(semihosting).length, semihosting['0x1000'], semihosting['0x10ff'], semihosting['0x1100'], semihosting['others']]).toEqual([257, 1, 1, undefined, 44]);
  expect([...restore(save(machine)).unknownSemihosting]).toEqual([...machine.unknownSemihosting]);
});
