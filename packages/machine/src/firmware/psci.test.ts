/** Registers of PSCI calls: expected values are from DEN 0022, "PSCI functions", and DEN 0028, "Register use in AArch64 SMC and HVC calls". */
import { expect, test } from 'vitest';
import { PSCI, PSCI_RESULT, psciCall, type PsciResult } from './psci.ts';

const HIGH = 0xdead_beef_0000_0000n;
const { SUCCESS, INVALID_PARAMETERS, INVALID_ADDRESS } = PSCI_RESULT;

/** A call on a machine whose PE 1 is off, with memory below 4 GiB: the answer, and how the PE was started. */
function call(functionId: number, ...registers: [bigint, bigint, bigint]): readonly [PsciResult, ...bigint[]] {
  const started: bigint[] = [];
  const result = psciCall(functionId, registers, {
    find: (affinity) => (affinity === 1n ? { isOn: false, start: (entry, contextId) => void started.push(entry, contextId) } : null),
    isExecutable: (address) => address < 0x1_0000_0000n,
    turnOff: () => undefined,
    suspend: () => undefined,
  });
  return [result, ...started];
}

test.each([
  ['CPU_ON of SMC32 has words', PSCI.CPU_ON, [HIGH | 1n, HIGH | 0x4000_0000n, HIGH | 5n], [{ value: SUCCESS }, 0x4000_0000n, 5n]],
  ['CPU_ON of SMC64 has a 64-bit affinity', 0xc400_0003, [HIGH | 1n, 0x4000_0000n, 5n], [{ value: INVALID_PARAMETERS }]],
  ['CPU_ON of SMC64 has a 64-bit entry', 0xc400_0003, [1n, HIGH | 0x4000_0000n, 5n], [{ value: INVALID_ADDRESS }]],
  ['CPU_ON of SMC64 has a 64-bit context', 0xc400_0003, [1n, 0x4000_0000n, HIGH | 5n], [{ value: SUCCESS }, 0x4000_0000n, HIGH | 5n]],
  ['AFFINITY_INFO of SMC64 has a level of 32 bits', 0xc400_0004, [1n, HIGH, 0n], [{ value: 1 }]],
  ['AFFINITY_INFO has no level above 0', 0xc400_0004, [1n, 1n, 0n], [{ value: INVALID_PARAMETERS }]],
  ['SYSTEM_RESET2 has a type of 32 bits', 0xc400_0012, [HIGH, 0n, 0n], [{ stop: 'reset' }]],
  ['SYSTEM_RESET2 has no reserved type', PSCI.SYSTEM_RESET2, [5n, 0n, 0n], [{ value: INVALID_PARAMETERS }]],
] as const)('%s', (_title, functionId, [first, second, third], expected) => {
  expect(call(functionId, first, second, third)).toEqual(expected);
});
