/** Interrupts of a guest of the hypervisor, by a program that runs on the machine: its timers, an SGI to itself, an SPI of a device, WFI. */
import { parseStepSet, type ModeName } from '@worldswitch/hyp';
import { assemble, writeElf } from '@worldswitch/tools';
import { expect, test } from 'vitest';
import { createHypervised, type Hypervised } from '../src/index.ts';
import { interruptProgram } from './interrupt-guest.ts';

const MIB = 1024 * 1024;

function runGuest(mode: ModeName, gic: 2 | 3, guestGic: 2 | 3, name: string, preemption: 'never' | 'every-exit'): Hypervised {
  const parsed = parseStepSet(name);
  if (!parsed.ok) throw new Error(parsed.error);
  const assembled = assemble(interruptProgram(guestGic));
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ line, message }) => `${String(line)}: ${message}`).join('\n'));
  const made = createHypervised({ profile: 'generic', clock: 'retired', mode, gic, guestGic, steps: parsed.set, preemption, memory: 2 * MIB, hostMemory: 14 * MIB });
  if (!made.ok) throw new Error(made.error.message);
  const { hypervised } = made;
  const loaded = hypervised.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  hypervised.start(loaded.image.entry);
  expect(hypervised.run({ maxInstructions: 100_000 }).reason).toBe('poweroff');
  return hypervised;
}

const CELLS = (['vhe', 'nvhe'] as const).flatMap((mode) =>
  ([[2, 2], [3, 2], [3, 3]] as const).flatMap(([gic, guestGic]) =>
    ([['p0', 'never'], ['p40', 'every-exit'], ['linux-4.0', 'never'], ['linux-4.0', 'every-exit'], ['linux-4.6', 'never'], ['linux-4.6', 'every-exit']] as const)
      .filter(([steps]) => mode === 'nvhe' || steps !== 'linux-4.0')
      .map(([steps, preemption]) => ({ mode, gic, guestGic, steps, preemption })),
  ),
);

test('a guest takes its own interrupts: the same in every mode and plan, scheduled out or not', () => {
  const digests = new Map<string, Set<string | null>>();
  for (const { mode, gic, guestGic, steps, preemption } of CELLS) {
    const hypervised = runGuest(mode, gic, guestGic, steps, preemption);
    const name = `${mode}, GICv${guestGic} on GICv${gic}, ${steps}, preempt ${preemption}: `;
    // 27, 30, 5 and 33, twice.
    expect(name + hypervised.machine.console.text).toBe(`${name}KN5QKN5Q`);
    // A GICv2 guest sees in its ID registers what its host has.
    const pair = `${guestGic} on ${gic}`;
    digests.set(pair, (digests.get(pair) ?? new Set()).add(hypervised.guestDigest()));
  }
  expect([...digests.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
});
