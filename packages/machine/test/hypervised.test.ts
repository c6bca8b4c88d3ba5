/** The hypervisor on a machine: a guest through both world switches, what it owns, and what was counted. */
import { FINAL, insert, operation, parseStepSet, planFor, stepsRefusal, type ModeName, type StepSet } from '@worldswitch/hyp';
import { assemble, writeElf } from '@worldswitch/tools';
import { HCR_EL2, VTTBR_EL2 } from '@worldswitch/cpu/arch';
import { describe, expect, test } from 'vitest';
import { createHypervised, measureBenchmark, measureLoadAndPut, measureRoundTrip, PROFILES, type Hypervised, type HypervisedDescription } from '../src/index.ts';

const MIB = 1024 * 1024;
const MODES: readonly ModeName[] = ['vhe', 'nvhe'];

/** Prints, calls a function that nobody knows, reads an empty device, and turns the machine off. */
const GUEST = `
_start: mov x19, #5
1:      movz w0, #0x4b00, lsl #16
        hvc #0
        movz x1, #0x0a00, lsl #16
        ldr w2, [x1, #8]
        movz x3, #0x0900, lsl #16
        add w4, w19, #'0'
        strb w4, [x3]
        subs x19, x19, #1
        b.ne 1b
        movz w0, #0x8400, lsl #16
        movk w0, #8
        hvc #0
        b .
`;

function hypervisedWith(source: string, description: Partial<HypervisedDescription> & Pick<HypervisedDescription, 'mode'>): Hypervised {
  const assembled = assemble(source);
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ message }) => message).join('\n'));
  const made = createHypervised({ profile: 'generic', clock: 'retired', memory: 2 * MIB, hostMemory: 14 * MIB, ...description });
  if (!made.ok) throw new Error(made.error.message);
  const loaded = made.hypervised.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  made.hypervised.start(loaded.image.entry);
  return made.hypervised;
}

test('a disk is the guest\'s alone, and a limit that cuts a run anywhere changes nothing', () => {
  const digests = [[], Array.from({ length: 20 }, (_, n) => n + 1)].map((limits) => {
    const hypervised = hypervisedWith(GUEST, { mode: 'vhe', disks: [{ bytes: new Uint8Array(512), isReadOnly: false }] });
    expect([hypervised.machine.devices.disks.length, hypervised.board.devices.disks.length]).toEqual([0, 1]);
    for (const maxInstructions of limits) {
      expect(hypervised.run({ maxInstructions }).reason).toBe('limit');
      hypervised.resume();
    }
    expect(hypervised.run().reason).toBe('poweroff');
    return hypervised.machine.digest();
  });
  expect(digests[1]).toBe(digests[0]);
});

/** Two vCPUs change one word without a lock, and exit now and then; X20 is a sum over what the first one found there. */
const RACE = `
_start: movz w0, #0xc400, lsl #16       // CPU_ON
        movk w0, #3
        mov x1, #1
        adr x2, second
        hvc #0
        mov x20, #0
        mov x11, #3
        mov x12, #6
        bl race
        movz w0, #0x8400, lsl #16
        movk w0, #8
        hvc #0
second: mov x11, #5
        mov x12, #0
        bl race
race:   adr x10, shared
        mov x21, #1000
1:      ldr x5, [x10]
        add x20, x5, x20, lsl #1
        mul x5, x5, x11
        add x5, x5, x21
        str x5, [x10]
        and x6, x5, #31
2:      subs x6, x6, #1
        b.pl 2b
        tst x21, #7
        b.ne 3f
        movz w0, #0x4b00, lsl #16
        hvc #0
3:      subs x21, x21, #1
        b.ne 1b
        cbz x12, race
        ret
        .balign 8
shared: .quad 1
`;

test.each(MODES)('where a run is cut changes nothing of what two vCPUs do: %s', (mode) => {
  const sumOf = (share: number): bigint => {
    const hypervised = hypervisedWith(RACE, { mode, vcpus: 2, hostMemory: 20 * MIB });
    for (;;) {
      const { reason } = hypervised.run({ maxInstructions: hypervised.instructions + share });
      if (reason === 'poweroff') return hypervised.getX('x20');
      expect(reason).toBe('limit');
      hypervised.resume();
    }
  };
  const whole = sumOf(1_000_000);
  for (const share of [97, 1501, 12_345]) expect([share, sumOf(share)]).toEqual([share, whole]);
});

const SETS: readonly StepSet[] = ['p0', 'p28', 'p40', 'linux-4.0', 'linux-4.6'].map((name) => {
  const parsed = parseStepSet(name);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.set;
});

describe('a guest', () => {
  test.each(MODES)('under %s prints through the VMM, and its exits are counted by reason', (mode) => {
    const hypervised = hypervisedWith(GUEST, { mode });
    expect(hypervised.run()).toMatchObject({ reason: 'poweroff', exitCode: 0 });
    expect(hypervised.machine.console.text).toBe('54321');
    expect(hypervised.exits()).toEqual({ HVC64: 6, InstructionAbortLower: 1, DataAbortLower: 10 });
  });

  test.each([2, 3] as const)('owns the same under every mode, plan and preemption, with GICv%i', (gic) => {
    const digests = MODES.flatMap((mode) =>
      SETS.filter((steps) => stepsRefusal(steps, mode) === null).flatMap((steps) =>
        (['never', 'every-exit'] as const).map((preemption) => {
          const hypervised = hypervisedWith(GUEST, { mode, gic, steps, preemption });
          hypervised.run();
          return hypervised.guestDigest();
        }),
      ),
    );
    expect(new Set(digests).size).toBe(1);
  });

  test('that never ends stops at the limit, and has no digest in KVM_RUN', () => {
    const hypervised = hypervisedWith('_start: b .', { mode: 'vhe' });
    expect(hypervised.run({ maxInstructions: 1000 })).toMatchObject({ reason: 'limit', exitCode: 3 });
    expect(hypervised.guestDigest()).toBe(null);
    hypervised.resume();
    expect(hypervised.run({ maxInstructions: 2000 }).reason).toBe('limit');
    expect(hypervised.instructions).toBe(2000);
  });

  test.each(MODES)('under %s takes the same time in one go and in slices of one instruction', (mode) => {
    const whole = hypervisedWith(GUEST, { mode });
    whole.run();
    const sliced = hypervisedWith(GUEST, { mode });
    for (let limit = 1; sliced.run({ maxInstructions: limit }).reason === 'limit'; limit++) sliced.resume();
    expect(sliced.machine.virtualSeconds).toBe(whole.machine.virtualSeconds);
    expect(sliced.guestDigest()).toBe(whole.guestDigest());
  });

  test.each(MODES)('whose vectors are not there makes no progress (%s)', (mode) => {
    const hypervised = hypervisedWith('_start: mov x0, #0\n br x0', { mode });
    hypervised.run({ maxInstructions: 2 });
    hypervised.resume();
    // A million of them takes a minute: the last ones do.
    hypervised.machine.pes[0]!.cpu.exceptionsWithoutProgress = 999_000;
    expect(hypervised.run()).toMatchObject({ reason: 'no-progress', exitCode: 1 });
    // Who resumes it gets another million of them.
    hypervised.resume();
    hypervised.run({ maxInstructions: 0 });
    expect(hypervised.machine.pes[0]!.cpu.exceptionsWithoutProgress).toBeLessThan(1000);
  });

  test('that waits for an interrupt waits forever: nothing sends one', () => {
    expect(hypervisedWith('_start: wfi\n b .', { mode: 'nvhe' }).run().reason).toBe('idle-forever');
  });

  test.each(MODES)('leaves a %s host its own HCR_EL2, and VTTBR_EL2 as the mode has it', (mode) => {
    const hypervised = hypervisedWith(GUEST, { mode, steps: FINAL });
    hypervised.run();
    const { cpu } = hypervised.machine.pes[0]!;
    expect(cpu.getSystemRegister(HCR_EL2)).toBe(mode === 'vhe' ? 0x4_8800_0000n : 0x8000_0000n);
    expect(cpu.getSystemRegister(VTTBR_EL2) === 0n).toBe(mode === 'nvhe');
  });
});

describe('a description', () => {
  test('of a VHE host on a core without VHE, or with odd RAM, is refused', () => {
    expect(createHypervised({ profile: 'seattle', mode: 'vhe' })).toMatchObject({ ok: false, error: { code: 'no-vhe' } });
    expect(createHypervised({ profile: 'generic', mode: 'vhe', steps: SETS[3]! })).toMatchObject({ ok: false, error: { code: 'no-vhe', message: 'linux-4.0 has no VHE: use it with the mode nvhe' } });
    expect(createHypervised({ profile: 'generic', mode: 'vhe', memory: 3 * MIB })).toMatchObject({ ok: false, error: { code: 'bad-memory' } });
  });

  test('of more vCPUs than the guest\'s interrupt controller has interfaces for is refused', () => {
    const error = { code: 'bad-pes', message: '9 PEs: a guest with GICv2 has 1 to 8' };
    expect(createHypervised({ profile: 'generic', mode: 'nvhe', guestGic: 2, vcpus: 9, memory: 2 * MIB })).toEqual({ ok: false, error });
    expect(createHypervised({ profile: 'generic', mode: 'nvhe', guestGic: 2, vcpus: 8, memory: 2 * MIB })).toMatchObject({ ok: true });
    expect(createHypervised({ profile: 'generic', mode: 'nvhe', vcpus: 9, memory: 2 * MIB })).toMatchObject({ ok: true });
  });
});

describe('a round trip', () => {
  const REQUEST = { mode: 'vhe', steps: FINAL, scenario: 'hvc', profile: 'generic' } as const;

  test('of VHE with all forty patches reads 17 registers and writes 13', () => {
    expect(measureRoundTrip(REQUEST).counts).toMatchObject({ reads: 17, writes: 13, isb: 2, dsb: 1, exceptionsToEl2: 1, erets: 1, hvcs: 0, trapConfigWrites: 4, frameWordsStored: 45, frameWordsLoaded: 47 });
  });

  test('moves by one read when one is planted in a copy of the plan, and by nothing else', () => {
    const planted = operation('planted', 'R(HCR_EL2)', (cpu) => cpu.port.mrs(3, HCR_EL2.key));
    const plan = insert(planFor('vhe', FINAL), 'enter', 'first', planted);
    const { counts } = measureRoundTrip(REQUEST);
    expect(measureRoundTrip({ ...REQUEST, plan }).counts).toEqual({ ...counts, reads: counts.reads + 1 });
  });

  test('loads and puts a vCPU around an exit to user space', () => {
    const { load, put } = measureLoadAndPut({ mode: 'nvhe', gic: 2, guestGic: 2, steps: FINAL, profile: 'generic' });
    expect([load, put].map(({ reads, writes, hvcs, mmioReads, mmioWrites }) => [reads, writes, hvcs, mmioReads, mmioWrites])).toEqual([
      [2, 3, 1, 0, 2],
      [4, 2, 1, 2, 0],
    ]);
  });
});

describe('a benchmark', () => {
  test('is the sum of its architectural and its charged cycles, and what the guest reads from its counter', () => {
    const result = measureBenchmark({ benchmark: 'hvc', profile: 'seattle', mode: 'nvhe', steps: FINAL, iterations: 64 });
    const { min, mean, max } = result.cycles;
    expect([min <= mean, mean <= max]).toEqual([true, true]);
    expect(result.architecturalCycles + result.softwareCycles).toBe(mean);
    expect(Object.values(result.breakdown).reduce((sum, cycles) => sum + cycles, 0)).toBeCloseTo(mean, 6);
    expect(Math.abs(result.guestCycles - mean)).toBeLessThan(PROFILES.seattle.clockHz / PROFILES.seattle.counterHz);
    expect(result.events['exceptionEntry']).toBe(2);
  });

  test('of nothing costs the loop', () => {
    expect(measureBenchmark({ benchmark: 'noop', profile: 'thunderx2', mode: 'vhe', steps: FINAL, iterations: 64 }).cycles).toEqual({ min: 2, mean: 2, max: 2 });
  });
});
