import { assemble, writeElf } from '@worldswitch/tools';
import { expect, test } from 'vitest';
import { CoreDriver } from './core-driver.ts';
import type { CpuTestDriver, CpuTestRegister } from './driver.ts';
import { firstDifference } from './lockstep.ts';
import { linesByName, runProgram } from './program.ts';

function elf(source: string): Uint8Array {
  const result = assemble(source, { base: 0x4008_0000n });
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return writeElf(result.program);
}

const EXIT = 'mov x0, #0x18\n hlt #0xf000\n b .\n';
/** Longer than what is read at once. */
const LONG = `a line: ${'x'.repeat(100)}`;
const HELLO = elf(`_start: adr x1, text\n mov x0, #4\n hlt #0xf000\n mov x0, #0x99\n hlt #0xf000\n cmn x0, #1\n b.ne .\n ${EXIT} text: .asciz "${LONG}"\n`);

test('a program prints by semihosting, gets -1 for what nobody knows, and ends by SYS_EXIT', async () => {
  expect(await runProgram(new CoreDriver(), HELLO)).toEqual({ text: LONG, end: 'exit' });
});

test('a program that does not end is stopped, and what is no program is said', async () => {
  const driver = new CoreDriver({ translation: false });
  expect(await runProgram(driver, elf('_start: b .\n'), 1000)).toEqual({ text: '', end: 'limit' });
  expect((await runProgram(driver, new Uint8Array(4))).end).toContain('no program');
});

test('a driver whose host answers semihosting says all at the end', async () => {
  const core = new CoreDriver();
  const driver: CpuTestDriver = Object.assign(Object.create(core) as CoreDriver, { reset: () => core.reset(), setRegister: () => undefined, writeMemory: () => undefined, run: () => ({ reason: 'exit', text: 'done' }) as const });
  expect(await runProgram(driver, HELLO)).toEqual({ text: 'done', end: 'exit' });
});

test('SMC is answered by firmware that knows nothing, and a timer fires after as many instructions as it says', async () => {
  const driver = new CoreDriver();
  const waits = elf(`_start: smc #0\n cmn x0, #1\n b.ne .\n mrs x1, cntvct_el0\n mov x2, #5000\n add x3, x1, x2\n msr cntv_cval_el0, x3\n mov x4, #1\n msr cntv_ctl_el0, x4\n 1: mrs x4, cntv_ctl_el0\n tbz x4, #2, 1b\n mrs x5, cntvct_el0\n subs x6, x5, x3\n b.lo .\n ${EXIT}`);
  expect(await runProgram(driver, waits, 20_000)).toEqual({ text: '', end: 'exit' });
});

const SUM = { address: 0x4000_0000n, words: [0xd280_0140, 0x8b00_0021, 0xf100_0400, 0x54ff_ffc1], steps: 31 };

test('Eval and translated code are the same at every step', async () => {
  expect(await firstDifference(new CoreDriver({ translation: false }), new CoreDriver(), SUM)).toBeNull();
});

test('the first register that differs is named, with the instruction before it', async () => {
  /** Forgets the carry that SUBS sets. */
  class Broken extends CoreDriver {
    override getRegister(name: CpuTestRegister): bigint {
      const value = super.getRegister(name);
      return name === 'pstate' ? value & ~(1n << 29n) : value;
    }
  }
  expect(await firstDifference(new CoreDriver(), new Broken(), SUM)).toEqual({ step: 3, pc: 0x4000_0008n, register: 'pstate', values: [0x2000_03c9n, 0x3c9n] });
});

test('lines go by their names, which may come twice', () => {
  expect([...linesByName('a: 1\nb: 2\na: 3\n')]).toEqual([['a', 'a: 1'], ['b', 'b: 2'], ['a #2', 'a: 3']]);
});
