/** Debug and the PMU on every tier: a loop that is hot is stopped, stepped and interrupted at the same instruction. */
import { describe, expect, test } from 'vitest';
import { FeatureSet } from '../src/arch/features.ts';
import {
  DBGBCRn_EL1, DBGBVRn_EL1, DBGWCRn_EL1, DBGWVRn_EL1, ELR_EL1, ESR_EL1, FAR_EL1, MDSCR_EL1, OSLAR_EL1, PMCCFILTR_EL0, PMCNTENCLR_EL0, PMCNTENSET_EL0, PMCR_EL0, PMEVCNTRn_EL0, PMEVTYPERn_EL0, PMINTENSET_EL1, PMOVSCLR_EL0, PMSELR_EL0, PMSWINC_EL0, PMXEVTYPER_EL0, SPSR_EL1, TCR_EL1, VBAR_EL1,
} from '../src/arch/sysregs/index.ts';
import type { Cpu } from '../src/core.ts';
import { PE } from '../src/engine/layout.ts';
import { PSTATE } from '../src/state/pstate.ts';
import { DATA_AREA, RAM_BASE, tieredCpu, type TieredCpu } from './tiered.ts';

/** add x0, x0, #1; ldr x3, [x1]; str x0, [x1]; cmp x0, x2; b.ne to the first. */
const LOOP = [0x9100_0400, 0xf940_0023, 0xf900_0020, 0xeb02_001f, 0x54ff_ff81];
const STORE = RAM_BASE + 8;
const VECTORS = RAM_BASE + 0x1000;
const BRANCH_TO_SELF = 0x1400_0000;
const WARM = 20_000;
const FEATURES = FeatureSet.upTo('v8.2', 'mandatory').with('EL2', 'PMUv3', 'PMUv3p1');

const TIERS = [
  ['Eval', { tier0: false, tier1: false }],
  ['tier 1', { tier0: false, tier1: true }],
  ['both tiers', { tier0: true, tier1: true }],
] as const;

/** The loop, warm: debug exceptions and interrupts go to vectors that stay where they are. */
function warmLoop(tiers: { readonly tier0: boolean; readonly tier1: boolean }, setPmuOverflow?: (cpu: Cpu, level: boolean) => void): TieredCpu {
  const tiered = tieredCpu({ features: FEATURES, tiers, ...(setPmuOverflow !== undefined && { setPmuOverflow }) });
  const { cpu, ram } = tiered;
  ram.set(LOOP);
  for (let vector = 0; vector < 16; vector++) ram[(VECTORS - RAM_BASE + 0x80 * vector) / 4] = BRANCH_TO_SELF;
  cpu.setX(1, BigInt(DATA_AREA));
  cpu.setX(2, 1n << 60n);
  cpu.setSystemRegister(VBAR_EL1, BigInt(VECTORS));
  cpu.setSystemRegister(OSLAR_EL1, 0n);
  cpu.state.set32(PE.PSTATE, 0);
  cpu.run(WARM);
  return tiered;
}

const SCOPE = { E: 1, HMC: 0, SSC: 0 };
const KERNEL = MDSCR_EL1.of({ MDE: 1, KDE: 1 });

describe.each(TIERS)('%s', (_, tiers) => {
  test('an address breakpoint in warm code stops before its instruction, and the loop goes on without it', () => {
    const { cpu } = warmLoop(tiers);
    cpu.setSystemRegister(DBGBVRn_EL1[0]!, BigInt(STORE));
    cpu.setSystemRegister(DBGBCRn_EL1[0]!, DBGBCRn_EL1[0]!.of({ ...SCOPE, PMC: 1, BAS: 15 }));
    cpu.setSystemRegister(MDSCR_EL1, KERNEL);
    cpu.run(100);
    expect([cpu.getSystemRegister(ELR_EL1), cpu.getX(0), Number(cpu.getSystemRegister(ESR_EL1)!) >>> 26]).toEqual([BigInt(STORE), BigInt(WARM / 5 + 1), 0x31]);
    cpu.setSystemRegister(DBGBCRn_EL1[0]!, 0n);
    cpu.pc = BigInt(STORE);
    // The entry has set PAN.
    cpu.state.set32(PE.PSTATE, 0);
    cpu.contextChanged();
    cpu.run(WARM);
    expect(cpu.getX(0)).toBe(BigInt((2 * WARM) / 5 + 1));
  });

  test('a watchpoint on warm data reports the store, not the load', () => {
    const { cpu } = warmLoop(tiers);
    cpu.setSystemRegister(DBGWVRn_EL1[3]!, BigInt(DATA_AREA));
    cpu.setSystemRegister(DBGWCRn_EL1[3]!, DBGWCRn_EL1[3]!.of({ ...SCOPE, PAC: 1, LSC: 2, BAS: 0xf0 }));
    cpu.setSystemRegister(MDSCR_EL1, KERNEL);
    cpu.run(100);
    expect([cpu.getSystemRegister(ELR_EL1), cpu.getSystemRegister(FAR_EL1), cpu.getX(0)]).toEqual([BigInt(STORE), BigInt(DATA_AREA + 4), BigInt(WARM / 5 + 1)]);
  });

  test('DC IVAC is a store of its line for a watchpoint: CM, and the operand in FAR_EL1', () => {
    const { cpu, ram } = warmLoop(tiers);
    ram.set([0xd508_7621, 0x1400_0000], 0x100 / 4); // dc ivac, x1; b .
    cpu.setSystemRegister(DBGWVRn_EL1[0]!, BigInt(DATA_AREA + 0x38));
    cpu.setSystemRegister(MDSCR_EL1, KERNEL);
    const reported = (operand: number, lsc: number): unknown => {
      cpu.setSystemRegister(DBGWCRn_EL1[0]!, DBGWCRn_EL1[0]!.of({ ...SCOPE, PAC: 1, LSC: lsc, BAS: 0x01 }));
      cpu.setSystemRegister(ESR_EL1, 0n);
      cpu.setX(1, BigInt(operand));
      cpu.pc = BigInt(RAM_BASE + 0x100);
      cpu.state.set32(PE.PSTATE, 0);
      cpu.contextChanged();
      cpu.run(2);
      return [cpu.getSystemRegister(ESR_EL1), cpu.getSystemRegister(FAR_EL1)];
    };
    expect(reported(DATA_AREA + 4, 2)).toEqual([0xd600_0162n, BigInt(DATA_AREA + 4)]);
    expect(reported(DATA_AREA + 0x3f, 3)).toEqual([0xd600_0162n, BigInt(DATA_AREA + 0x3f)]);
    expect(reported(DATA_AREA + 4, 1)).toMatchObject({ 0: 0n });
    expect(reported(DATA_AREA + 0x40, 2)).toMatchObject({ 0: 0n });
  });

  test('software step executes one instruction of warm code', () => {
    const { cpu } = warmLoop(tiers);
    cpu.setSystemRegister(MDSCR_EL1, MDSCR_EL1.of({ SS: 1, KDE: 1 }));
    cpu.state.set32(PE.PSTATE, PSTATE.SS);
    cpu.contextChanged();
    cpu.run(100);
    expect([cpu.getSystemRegister(ELR_EL1), cpu.getX(0), Number(cpu.getSystemRegister(ESR_EL1)!)]).toEqual([BigInt(RAM_BASE + 4), BigInt(WARM / 5 + 1), 0xcf00_0022]);
    expect(Number(cpu.getSystemRegister(SPSR_EL1)!) & PSTATE.SS).toBe(0);
  });

  test('a debugger stops the loop without a trace of it in the state', () => {
    const { cpu } = warmLoop(tiers);
    const plain = warmLoop(tiers).cpu;
    cpu.debugger.setBreakpoint(BigInt(STORE));
    expect(cpu.run(1000)).toBe('debug');
    expect([cpu.pc, cpu.debugStop]).toEqual([BigInt(STORE), { kind: 'breakpoint' }]);
    cpu.debugger.clearBreakpoint(BigInt(STORE));
    cpu.debugger.setWatchpoint(BigInt(DATA_AREA + 7), 1, 'read');
    expect(cpu.run(1000)).toBe('debug');
    expect([cpu.pc, cpu.debugStop]).toEqual([BigInt(RAM_BASE + 4), { kind: 'watchpoint', address: BigInt(DATA_AREA + 7), isWrite: false }]);
    cpu.debugger.clearWatchpoint(BigInt(DATA_AREA + 7), 1, 'read');
    cpu.run(994);
    plain.run(1000);
    expect([cpu.pc, cpu.getX(0), cpu.retired[1]]).toEqual([plain.pc, plain.getX(0), plain.retired[1]]);
  });

  test.each([
    ['INST_RETIRED', 0x08],
    ['LD_RETIRED', 0x06],
  ])('an overflow of %s interrupts at its instruction', (_name, event) => {
    const counts = 1237;
    const { cpu } = warmLoop(tiers, (of, level) => of.setIrq(level));
    cpu.setSystemRegister(PMEVTYPERn_EL0[0]!, BigInt(event));
    cpu.setSystemRegister(PMEVCNTRn_EL0[0]!, BigInt(2 ** 32 - counts));
    cpu.setSystemRegister(PMINTENSET_EL1, 1n);
    cpu.setSystemRegister(PMOVSCLR_EL0, 0xffff_ffffn);
    cpu.setSystemRegister(PMCNTENSET_EL0, 1n);
    cpu.setSystemRegister(PMCR_EL0, 1n);
    cpu.run(10_000);
    // Of five instructions the second is a load.
    const retired = event === 0x08 ? counts : 5 * (counts - 1) + 2;
    expect([cpu.getSystemRegister(ELR_EL1), cpu.getX(0)]).toEqual([BigInt(RAM_BASE + 4 * (retired % 5)), BigInt((WARM + retired - (retired % 5)) / 5 + 1)]);
  });
});

test('a Software Step exception shows a PC without its tag, where TCR_EL1.TBI0 ignores it', () => {
  const { cpu } = tieredCpu({ features: FEATURES });
  cpu.setSystemRegister(VBAR_EL1, BigInt(VECTORS));
  cpu.setSystemRegister(TCR_EL1, cpu.getSystemRegister(TCR_EL1)! | TCR_EL1.of({ TBI0: 1 }));
  cpu.setSystemRegister(OSLAR_EL1, 0n);
  cpu.setSystemRegister(MDSCR_EL1, MDSCR_EL1.of({ SS: 1, KDE: 1 }));
  cpu.state.set32(PE.PSTATE, 0);
  cpu.contextChanged();
  cpu.pc = (0x5an << 56n) | BigInt(RAM_BASE + 8);
  cpu.run(1);
  expect([Number(cpu.getSystemRegister(ESR_EL1)!) >>> 26, cpu.getSystemRegister(ELR_EL1)]).toEqual([0x33, BigInt(RAM_BASE + 8)]);
});

test('CHAIN counts overflows of the counter below while it is enabled, and no longer', () => {
  const { cpu } = tieredCpu({ features: FEATURES });
  const [SW_INCR, CHAIN] = [0x00n, 0x1en];
  cpu.setSystemRegister(PMEVTYPERn_EL0[0]!, SW_INCR);
  cpu.setSystemRegister(PMEVTYPERn_EL0[1]!, CHAIN);
  cpu.setSystemRegister(PMEVCNTRn_EL0[1]!, 0n);
  cpu.setSystemRegister(PMCR_EL0, PMCR_EL0.of({ E: 1 }));
  const chained = (): bigint | null => {
    cpu.setSystemRegister(PMEVCNTRn_EL0[0]!, 0xffff_ffffn);
    cpu.setSystemRegister(PMSWINC_EL0, 1n);
    return cpu.getSystemRegister(PMEVCNTRn_EL0[1]!);
  };
  cpu.setSystemRegister(PMCNTENSET_EL0, 3n);
  expect(chained()).toBe(1n);
  cpu.setSystemRegister(PMCNTENCLR_EL0, 2n);
  expect(chained()).toBe(1n);
});

test('PMXEVTYPER_EL0 with SEL=31 writes the fields that PMCCFILTR_EL0 has, and with 0 the event too', () => {
  const { cpu } = tieredCpu({ features: FEATURES });
  const write = (counter: bigint): void => {
    cpu.setSystemRegister(PMSELR_EL0, counter);
    cpu.sysregs.value.set([0xffff_ffff, 0xffff_ffff]);
    cpu.sysregs.write(PMXEVTYPER_EL0.key, 0);
  };
  write(31n);
  // No EL3: no NSK, NSU and M.
  const { P, U, NSH } = PMCCFILTR_EL0;
  const exceptionLevels = P.mask | U.mask | NSH.mask;
  expect(cpu.getSystemRegister(PMCCFILTR_EL0)).toBe(exceptionLevels);
  write(0n);
  // 16 bits of event with FEAT_PMUv3p1.
  expect(cpu.getSystemRegister(PMEVTYPERn_EL0[0]!)).toBe(exceptionLevels | 0xffffn);
});
