/** Exceptions, returns and writes of controls between translated code: every slice ends where Eval's would, with the same counts. */
import { expect, test } from 'vitest';
import { PE } from '../src/engine/layout.ts';
import { CELL } from '../src/sysreg/cells.ts';
import { MIXES, RAM_BASE, restart, tieredCpu, type TieredCpu } from './tiered.ts';

const VECTORS = RAM_BASE + 0x1_0000;
const SYNC_SPX = 0x200;
const SYNC_LOWER = 0x400;

const PROGRAM = [
  0xd2800649, // mov x9, #50
  0xd40000a1, // again: svc #5
  0xd40000e2, // hvc #7
  0xd50040bf, // msr spsel, #0
  0xd50041bf, // msr spsel, #1
  0xd500419f, // msr pan, #1
  0xd500409f, // msr pan, #0
  0xd518d089, // msr tpidr_el1, x9
  0xd5182003, // msr ttbr0_el1, x3
  0xf1000529, // subs x9, x9, #1
  0x54fffee1, // b.ne again
  0x14000000, // b .
];
/** All of it takes so many, exceptions and their handlers included. */
const LENGTH = 1 + 50 * 14;

const HANDLER = [
  0x9100054a, // add x10, x10, #1
  0xd69f03e0, // eret
];

function begin({ cpu, ram }: TieredCpu): void {
  ram.set(PROGRAM);
  for (const offset of [SYNC_SPX, SYNC_LOWER]) ram.set(HANDLER, (VECTORS - RAM_BASE + offset) / 4);
  restart(cpu, RAM_BASE);
  cpu.state.put64(CELL.VBAR_EL1, BigInt(VECTORS));
  cpu.state.put64(CELL.VBAR_EL2, BigInt(VECTORS));
  cpu.state.put64(CELL.HCR_EL2, 1n << 31n); // RW
  cpu.state.set32(PE.PSTATE, 0);
  cpu.setX(3, cpu.state.get64(CELL.TTBR0_EL1));
  cpu.contextChanged();
  cpu.retired.fill(0);
  cpu.events.fill(0);
  cpu.exceptions.taken.fill(0);
}

const shown = ({ cpu }: TieredCpu): unknown => [cpu.pc, cpu.pstate, cpu.getX(9), cpu.getX(10), [...cpu.retired], [...cpu.events], cpu.exceptions.takenTo(1), cpu.exceptions.takenTo(2)];

function evaluated(target: TieredCpu): unknown[] {
  begin(target);
  const states = [shown(target)];
  for (let i = 0; i < LENGTH; i++) {
    target.cpu.stepOnce();
    states.push(shown(target));
  }
  return states;
}

test.each(MIXES)('%s', (_, tiers) => {
  const target = tieredCpu({ tiers });
  // Once before, so that nobody walks afterwards.
  evaluated(target);
  const expected = evaluated(target);
  expect(target.cpu.getX(10)).toBe(100n);
  for (const slice of [1, 2, 3, 5, 13, 14, 64, 333, LENGTH]) {
    begin(target);
    for (let at = slice; at <= LENGTH; at += slice) {
      expect(target.cpu.run(slice)).toBe('budget');
      expect(shown(target)).toEqual(expected[at]);
    }
  }
});
