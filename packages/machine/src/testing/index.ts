/** `@worldswitch/machine/testing`: programs of the conformance suite on a core of anybody's. */
export { CoreDriver, TEST_CORE, type CoreDriverOptions } from './core-driver.ts';
export { CPU_TEST_REGISTERS, type Awaitable, type CpuTestDriver, type CpuTestNeed, type CpuTestRegister, type CpuTestStop } from './driver.ts';
export { firstDifference, type LockstepDifference, type LockstepProgram } from './lockstep.ts';
export { linesByName, runProgram, type ProgramOutput } from './program.ts';
