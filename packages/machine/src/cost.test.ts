import { EVENT, EVENTS } from '@worldswitch/cpu/arch';
import { describe, expect, test } from 'vitest';
import { CostModel, eventsByName } from './cost.ts';
import { PRICES, UNITS_PER_CYCLE } from './prices.ts';
import { PROFILE_NAMES, PROFILES } from './profiles.ts';

const counted = (counts: Partial<Record<keyof typeof EVENT, number>>): Float64Array => {
  const events = new Float64Array(EVENTS.length);
  for (const [name, count] of Object.entries(counts)) events[EVENT[name as keyof typeof EVENT]] = count;
  return events;
};

describe('prices', () => {
  // published-results.md 9.4: the primitives of the nVHE hypercall on the X-Gene, component by component.
  test.each([
    ['traps and returns', { exceptionEntry: 2, exceptionReturn: 2 }, 274],
    ['EL1 system registers', { mrs: 42, msrTranslation: 14, msr: 28 }, 714],
    ['GP and special registers', { storePairX: 22, loadPairX: 22, mrs: 12, msr: 12 }, 310],
    ['FP and SIMD', { storePairQ: 32, loadPairQ: 32 }, 608],
    ['VGIC', { gicvRead: 11, gicvWrite: 8 }, 3398],
    ['timer', { mrs: 6, msr: 8, isb: 4 }, 174],
    ['EL2 configuration', { mrs: 4, msr: 8, isb: 4, msrHcrVttbr: 2 }, 204],
  ] as const)('mustang: %s', (_title, events, cycles) => {
    expect(new CostModel(PRICES.mustang).cycles(counted(events), new Float64Array(6))).toEqual({ architecturalCycles: cycles, softwareCycles: 0 });
  });

  test('every profile prices every event with whole units', () => {
    for (const name of PROFILE_NAMES) {
      for (const event of EVENTS) expect(Number.isInteger(PROFILES[name].prices[event][0] * UNITS_PER_CYCLE), `${name} ${event}`).toBe(true);
    }
  });

  test('host C code is apart: loads, stores, branches, ALU, atomics, calls', () => {
    const { architecturalCycles, softwareCycles } = new CostModel(PRICES.seattle).cycles(counted({}), Float64Array.of(1, 1, 1, 1, 1, 1));
    expect(architecturalCycles).toBe(0);
    expect(softwareCycles).toBe(4 + 1 + 1 + 1 + 10 + 2);
  });

  test('events by name leave out what did not happen', () => {
    expect(eventsByName(counted({ isb: 2, hint: 1 }))).toEqual({ isb: 2, hint: 1 });
  });
});

describe('profiles', () => {
  test.each([
    ['generic', 'EL2 VHE PAN RAS LSE VMID16 GICv3 CRC32 AES', ''],
    ['mustang', 'EL2 PMUv3', 'VHE CRC32 AES LSE GICv3 VMID16'],
    ['seattle', 'EL2 CRC32 AES', 'VHE LSE GICv3'],
    ['seattle-vhe', 'EL2 CRC32 AES VHE', 'LSE GICv3 PAN'],
    ['thunderx', 'EL2 CRC32 AES LSE GICv3', 'VHE PAN VMID16'],
    ['thunderx2', 'EL2 VHE LSE RDM PAN LOR GICv3 VMID16', 'RAS UAO'],
  ] as const)('%s has %s and not %s', (name, present, absent) => {
    const { features } = PROFILES[name];
    const missing = present.split(' ').filter((feature) => !features.list().includes(feature as never));
    const surplus = absent.split(' ').filter((feature) => features.list().includes(feature as never));
    expect([missing, surplus]).toEqual([[], []]);
  });
});
