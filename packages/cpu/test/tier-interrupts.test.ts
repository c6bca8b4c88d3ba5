/** Interrupts are taken at the same instruction whatever runs: after each number of instructions, in slices that end there. */
import { expect, test } from 'vitest';
import { PE } from '../src/engine/layout.ts';
import { CELL } from '../src/sysreg/cells.ts';
import { DATA_AREA, MIXES, RAM_BASE, restart, tieredCpu, type TieredCpu } from './tiered.ts';

const VECTORS = RAM_BASE + 0x1_0000;
const B_SELF = 0x14000000;
const IRQ_SPX = 0x280;

/** A load, a store, a call and a loop of 100 rounds. */
const LOOP = [
  0xd2800c94, // mov x20, #0x64
  0xf9400081, // ldr x1, [x4]
  0x8b140021, // add x1, x1, x20
  0x94000006, // bl 24
  0xf9000081, // str x1, [x4]
  0xd503201f, // nop
  0xf1000694, // subs x20, x20, #0x1
  0x54ffff41, // b.ne 4
  0x14000000, // b 20
  0xca010421, // eor x1, x1, x1, lsl #1
  0xb5000041, // cbnz x1, 30
  0xd503201f, // nop
  0xd65f03c0, // ret
];

function begin(target: TieredCpu): void {
  const { cpu, ram } = target;
  ram.set(LOOP);
  ram[(VECTORS - RAM_BASE + IRQ_SPX) / 4] = B_SELF;
  restart(cpu, RAM_BASE);
  cpu.state.put64(CELL.VBAR_EL1, BigInt(VECTORS));
  cpu.state.set32(PE.PSTATE, 0);
  cpu.setX(4, BigInt(DATA_AREA));
  cpu.setIrq(false);
  cpu.contextChanged();
}

/** Where the interrupt is taken when it comes after `count` instructions. */
function takenAt(target: TieredCpu, count: number): bigint {
  begin(target);
  target.cpu.run(count);
  target.cpu.setIrq(true);
  expect(target.cpu.run(1)).toBe('budget');
  expect(target.cpu.pc).toBe(BigInt(VECTORS + IRQ_SPX));
  return target.cpu.state.get64(CELL.ELR_EL1);
}

function evaluated(target: TieredCpu, count: number): bigint {
  begin(target);
  for (let i = 0; i < count; i++) target.cpu.stepOnce();
  return target.cpu.pc;
}

test.each(MIXES)('%s', (_, tiers) => {
  const target = tieredCpu({ tiers });
  // Once through, so that the loop is compiled where it can be.
  begin(target);
  target.cpu.run(1100);
  const counts = Array.from({ length: 60 }, (__, i) => i + 1).concat([500, 501, 502, 503, 999, 1000, 1050]);
  expect(counts.map((count) => takenAt(target, count))).toEqual(counts.map((count) => evaluated(target, count)));
});
