/** Two cores through the same instructions, one at a time: the first register in which they differ. */
import { SPSR_AARCH64 } from '@worldswitch/cpu/arch';
import { CPU_TEST_REGISTERS, type CpuTestDriver, type CpuTestRegister } from './driver.ts';

export interface LockstepProgram {
  /** Where the words lie and execution begins; a multiple of 4. */
  readonly address: bigint;
  readonly words: readonly number[];
  /** What registers hold first; all others are zero, and PSTATE is EL2h with DAIF set. */
  readonly registers?: Readonly<Partial<Record<CpuTestRegister, bigint>>>;
  readonly steps: number;
}

export interface LockstepDifference {
  /** How many instructions were executed. */
  readonly step: number;
  /** Address of the last of them. */
  readonly pc: bigint;
  readonly register: CpuTestRegister;
  /** The values, in the order of the drivers. */
  readonly values: readonly [bigint, bigint];
}

/** EL2h, DAIF set, flags clear (DDI 0487, "SPSR_EL2"). */
const EL2H = SPSR_AARCH64.of({ D: 1, A: 1, I: 1, F: 1, M: 0b1001 });

/**
 * Runs both and compares every register after every instruction; null where nothing differs. Most registers are UNKNOWN at reset, so
 * that all are set first.
 */
export async function firstDifference(a: CpuTestDriver, b: CpuTestDriver, program: LockstepProgram): Promise<LockstepDifference | null> {
  const bytes = new DataView(new ArrayBuffer(4 * program.words.length));
  for (const [n, word] of program.words.entries()) bytes.setUint32(4 * n, word, true);
  for (const driver of [a, b]) {
    await driver.reset();
    await driver.writeMemory(program.address, new Uint8Array(bytes.buffer));
    for (const register of CPU_TEST_REGISTERS) {
      const usual = register === 'pc' ? program.address : register === 'pstate' ? EL2H : 0n;
      await driver.setRegister(register, program.registers?.[register] ?? usual);
    }
  }
  for (let step = 1; step <= program.steps; step++) {
    const pc = await a.getRegister('pc');
    await Promise.all([a.step(), b.step()]);
    for (const register of CPU_TEST_REGISTERS) {
      const values = [await a.getRegister(register), await b.getRegister(register)] as const;
      if (values[0] !== values[1]) return { step, pc, register, values };
    }
  }
  return null;
}
