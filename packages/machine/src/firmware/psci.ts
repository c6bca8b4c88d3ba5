/**
 * PSCI as firmware offers it to the highest EL of software (DEN 0022, "PSCI functions"), by the conduit of the board: HVC
 * where EL2 is not implemented, SMC where software starts at EL2.
 */

/** Function identifiers of SMC32 calls. */
export const PSCI = {
  VERSION: 0x8400_0000,
  SYSTEM_OFF: 0x8400_0008,
  SYSTEM_RESET: 0x8400_0009,
  FEATURES: 0x8400_000a,
} as const;

export const PSCI_NOT_SUPPORTED = -1;
const PSCI_SUCCESS = 0;
/** Version 1.0: major in bits 31:16. */
export const PSCI_VERSION_1_0 = 0x1_0000;

export type PsciStop = 'poweroff' | 'reset';

/** What a call comes to: a value for X0, or the end of the machine. */
export type PsciResult = { readonly value: number } | { readonly stop: PsciStop };

const FUNCTIONS: readonly number[] = Object.values(PSCI);

/** Answers a call; `functionId` is W0 as an unsigned number. An unknown function is not supported, which is an answer. */
export function psciCall(functionId: number, argument: number): PsciResult {
  switch (functionId) {
    case PSCI.VERSION:
      return { value: PSCI_VERSION_1_0 };
    case PSCI.FEATURES:
      return { value: FUNCTIONS.includes(argument) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED };
    case PSCI.SYSTEM_OFF:
      return { stop: 'poweroff' };
    case PSCI.SYSTEM_RESET:
      return { stop: 'reset' };
    default:
      return { value: PSCI_NOT_SUPPORTED };
  }
}
