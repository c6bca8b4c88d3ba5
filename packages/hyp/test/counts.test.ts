/** The counts of 4.41 for every prefix in both modes, from operations that ran through the recording port. */
import { ICH_ELRSR_EL2, MDSCR_EL1 } from '@worldswitch/cpu/arch';
import { describe, expect, test } from 'vitest';
import { T, VCPU } from '../src/cells.ts';
import { sysReg } from '../src/api/vcpu.ts';
import type { VmOptions } from '../src/kvm.ts';
import { VCPU_STRUCT } from '../src/layout.ts';
import { planFor } from '../src/steps/compose.ts';
import { prefix } from '../src/steps/set.ts';
import { operation } from '../src/switch/operation.ts';
import { insert, type ModeName } from '../src/switch/plan.ts';
import type { VcpuVgic } from '../src/vcpu.ts';
import { atPrefix, BARRIERS, EXCEPTIONS, FRAME_WORDS, GICV2_ON_V3_BARRIERS, LOAD_PUT, READS_WRITES, TRAP_CONFIG, type Scenario } from './expected-counts.ts';
import { FP_EXIT, HVC_EXIT, IRQ_EXIT, machine, MMIO_EXIT, type MachineOptions, type TestMachine } from './machine.ts';
import type { Counts, GuestExit } from './recording-port.ts';

const MODES: readonly ModeName[] = ['vhe', 'nvhe'];
const PREFIXES = Array.from({ length: 41 }, (_, n) => n);

interface Setup {
  readonly exits: readonly GuestExit[];
  readonly options?: Partial<MachineOptions>;
  readonly lrs?: number;
  readonly prepare?: (m: TestMachine) => void;
}

const SCENARIOS: Readonly<Record<Scenario, Setup>> = {
  hvc: { exits: [HVC_EXIT] },
  irq: { exits: [IRQ_EXIT] },
  mmio: { exits: [MMIO_EXIT] },
  'irq-1lr': { exits: [IRQ_EXIT], lrs: 1 },
  'irq-4lr': { exits: [IRQ_EXIT], lrs: 4 },
  'gicv2-on-v3-irq': { exits: [IRQ_EXIT], options: { irqchip: 'gicv2' } },
  'gicv2-on-v3-irq-1lr': { exits: [IRQ_EXIT], options: { irqchip: 'gicv2' }, lrs: 1 },
  'hvc-a32': { exits: [HVC_EXIT], options: { features: { el1Is32Bit: true } } },
  'hvc-fp': { exits: [FP_EXIT, HVC_EXIT] },
  'hvc-debug': { exits: [HVC_EXIT], prepare: ({ vcpu }) => vcpu.setOneReg(sysReg('MDSCR_EL1'), MDSCR_EL1.of({ MDE: 1 })) },
  'gicv2-irq': { exits: [IRQ_EXIT], options: { gic: 2 } },
  'gicv2-irq-1lr': { exits: [IRQ_EXIT], options: { gic: 2 }, lrs: 1 },
};

/** Fills as many list registers as it is told, and empties them again: `used_lrs` is all that the switch asks. */
function busyVgic(lrs: number): VcpuVgic {
  const setUsedLrs: VcpuVgic['flush'] = ({ port, cells }, count = lrs) => {
    cells[2 * T] = count;
    cells[2 * T + 1] = 0;
    port.str(T, VCPU, VCPU_STRUCT.USED_LRS);
  };
  return { hasPending: false, flush: setUsedLrs, sync: (cpu) => (setUsedLrs as (c: typeof cpu, count: number) => void)(cpu, 0) };
}

/** The last of three round trips. */
function roundTrip(mode: ModeName, scenario: Scenario, vm: VmOptions): Counts {
  const { exits, options, lrs, prepare } = SCENARIOS[scenario];
  const m = machine({ mode, ...vm, ...options });
  if (lrs !== undefined) m.vcpu.vcpu.vgic = busyVgic(lrs);
  m.port.set(ICH_ELRSR_EL2, 0n);
  prepare?.(m);
  for (let round = 0; round < 3; round++) m.port.script.push(...exits);
  for (let round = 0; round < 3 && m.port.script.length > 0; round++) m.vcpu.run();
  const trips = m.between('flush', 'synced');
  expect(trips).toHaveLength(3);
  return trips[2]!;
}

function expected(mode: ModeName, scenario: Scenario, at: number): Counts {
  const [system = '', mmio = '0/0'] = atPrefix(READS_WRITES[mode][scenario], at).replace('m', '').split('+');
  const [reads, writes] = system.split('/').map(Number);
  const [mmioReads, mmioWrites] = mmio.split('/').map(Number);
  const [stored, loaded] = atPrefix(FRAME_WORDS[mode], at).split('/').map(Number);
  const { exceptions, erets, hvcs } = EXCEPTIONS[mode];
  const { isb, dsb } = BARRIERS[mode];
  const isFp = scenario === 'hvc-fp';
  const isHvc = scenario.startsWith('hvc');
  const extra = scenario.startsWith('gicv2-on-v3') ? atPrefix(GICV2_ON_V3_BARRIERS[mode][scenario.endsWith('1lr') ? 'some' : 'none'], at) : '0/0';
  const [extraIsb, extraDsb] = extra.split('/').map(Number);
  return {
    reads: reads!,
    writes: writes!,
    mmioReads: mmioReads!,
    mmioWrites: mmioWrites!,
    isb: isb + (scenario === 'hvc-a32' || isFp ? 1 : 0) + extraIsb!,
    dsb: dsb + extraDsb!,
    exceptionsToEl2: exceptions + (isFp ? 1 : 0),
    erets: erets + (isFp ? 1 : 0),
    hvcs,
    // The trap of FP is opened once in such a round trip.
    trapConfigWrites: Number(atPrefix(TRAP_CONFIG[mode], at)) + (isFp ? 1 : 0),
    frameWordsStored: stored! + (isFp ? 6 : 0),
    frameWordsLoaded: loaded! - (isHvc ? 0 : 1) + (isFp ? 8 : 0),
  };
}

describe.each(MODES)('%s: a round trip counts what 4.41 says', (mode) => {
  describe.each(Object.keys(SCENARIOS) as Scenario[])('%s', (scenario) => {
    test.each(PREFIXES)('p%i', (at) => {
      expect(roundTrip(mode, scenario, { steps: prefix(at) })).toEqual(expected(mode, scenario, at));
    });
  });
});


const loadPutOf = (counts: Counts): string => [`${counts.reads}/${counts.writes}`, counts.isb, counts.dsb, counts.hvcs, `${counts.mmioReads}/${counts.mmioWrites}`].join(',');

describe.each(MODES)('%s: load and put count what 4.41 says', (mode) => {
  const gics: readonly (readonly [keyof typeof LOAD_PUT, Partial<MachineOptions>])[] = [['gicv3', {}], ['gicv2-on-v3', { irqchip: 'gicv2' }], ['gicv2', { gic: 2 }]];
  describe.each(gics)('%s', (gic, options) => {
    test.each(PREFIXES)('p%i', (at) => {
      const m = machine({ mode, steps: prefix(at), ...options });
      m.port.script.push(MMIO_EXIT, MMIO_EXIT);
      m.vcpu.run();
      m.vcpu.run();
      expect(loadPutOf(m.between('load', 'loaded').at(-1)!)).toBe(atPrefix(LOAD_PUT[gic][mode].load, at));
      expect(loadPutOf(m.between('put', 'putDone').at(-1)!)).toBe(atPrefix(LOAD_PUT[gic][mode].put, at));
    });
  });

  test.each([29, 30, 40])('an AArch32 guest under VHE: seven registers more from 30 (p%i)', (at) => {
    const counts = [false, true].map((el1Is32Bit) => {
      const m = machine({ mode, steps: prefix(at), features: { el1Is32Bit } });
      m.port.script.push(MMIO_EXIT, MMIO_EXIT);
      m.vcpu.run();
      m.vcpu.run();
      return { writes: m.between('load', 'loaded').at(-1)!.writes, reads: m.between('put', 'putDone').at(-1)!.reads };
    });
    const more = mode === 'vhe' && at >= 30 ? 7 : 0;
    expect(counts[1]!.writes - counts[0]!.writes).toBe(more);
    expect(counts[1]!.reads - counts[0]!.reads).toBe(more);
  });
});

describe('counts come from what runs', () => {
  const planted = operation('planted', 'an extra read', (cpu) => cpu.port.mrs(T, MDSCR_EL1.key));

  test.each(MODES)('%s: one more operation in a copy of a plan moves the row by one', (mode) => {
    const plan = planFor(mode, prefix(40));
    const before = roundTrip(mode, 'hvc', { plan });
    const after = roundTrip(mode, 'hvc', { plan: insert(plan, 'exit', { after: 'read-fp-enabled' }, planted) });
    expect(after).toEqual({ ...before, reads: before.reads + 1 });
    expect(roundTrip(mode, 'hvc', { plan })).toEqual(before);
  });
});
