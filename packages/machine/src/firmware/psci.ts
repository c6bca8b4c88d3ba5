/**
 * PSCI 1.1 as firmware offers it to the highest EL of software (DEN 0022, "PSCI functions"), by the conduit of the board: HVC
 * where EL2 is not implemented, SMC where software starts at EL2. Calls act at once, so that no two of them race: a PE that
 * CPU_ON starts is on when the call returns.
 */

/** Function identifiers: of SMC32 calls; those with addresses as arguments exist as SMC64 calls too. */
export const PSCI = {
  VERSION: 0x8400_0000,
  CPU_SUSPEND: 0x8400_0001,
  CPU_OFF: 0x8400_0002,
  CPU_ON: 0x8400_0003,
  AFFINITY_INFO: 0x8400_0004,
  MIGRATE_INFO_TYPE: 0x8400_0006,
  SYSTEM_OFF: 0x8400_0008,
  SYSTEM_RESET: 0x8400_0009,
  FEATURES: 0x8400_000a,
  SYSTEM_RESET2: 0x8400_0012,
} as const;

const SMC64 = 0x4000_0000;
const HAS_SMC64: readonly number[] = [PSCI.CPU_SUSPEND, PSCI.CPU_ON, PSCI.AFFINITY_INFO, PSCI.SYSTEM_RESET2];

export const PSCI_RESULT = { SUCCESS: 0, NOT_SUPPORTED: -1, INVALID_PARAMETERS: -2, ALREADY_ON: -4, INVALID_ADDRESS: -9 } as const;
/** Major in bits 31:16. */
export const PSCI_VERSION_1_1 = 0x1_0001;
/** What AFFINITY_INFO says. */
const AFFINITY = { ON: 0, OFF: 1 } as const;
/** MIGRATE_INFO_TYPE: there is no Trusted OS that would have to be migrated. */
const NO_MIGRATION = 2;

export type PsciStop = 'poweroff' | 'reset';

/** What PSCI does to the machine, on behalf of the PE that calls. */
export interface PsciHost {
  /** The PE with this affinity (MPIDR_EL1's fields alone); null where there is none. */
  find(affinity: bigint): PsciTarget | null;
  /** Whether software may start at the address. */
  isExecutable(address: bigint): boolean;
  /** The calling PE goes off, or waits for an interrupt. */
  turnOff(): void;
  suspend(): void;
}

export interface PsciTarget {
  readonly isOn: boolean;
  start(entry: bigint, contextId: bigint): void;
}

/** What a call comes to: a value for X0, or the end of the machine; null where the call does not return. */
export type PsciResult = { readonly value: number } | { readonly stop: PsciStop } | null;

/**
 * Answers a call; `functionId` is W0 as an unsigned number, `registers` are X1 to X3, of which an SMC32 call has W1 to W3 (DEN 0028, "Register
 * use in AArch64 SMC and HVC calls"). An unknown function is not supported, which is an answer.
 */
export function psciCall(functionId: number, registers: readonly [bigint, bigint, bigint], host: PsciHost): PsciResult {
  if (!isSupported(functionId)) return { value: PSCI_RESULT.NOT_SUPPORTED };
  const width = (functionId & SMC64) === 0 ? 32 : 64;
  const [first, second, third] = registers.map((value) => BigInt.asUintN(width, value)) as [bigint, bigint, bigint];
  switch (smc32Of(functionId)) {
    case PSCI.VERSION:
      return { value: PSCI_VERSION_1_1 };
    case PSCI.FEATURES:
      return { value: isSupported(Number(BigInt.asUintN(32, first))) ? PSCI_RESULT.SUCCESS : PSCI_RESULT.NOT_SUPPORTED };
    case PSCI.MIGRATE_INFO_TYPE:
      return { value: NO_MIGRATION };
    case PSCI.CPU_SUSPEND:
      // Standby and power-down states alike: the PE keeps its state and returns with the next interrupt.
      host.suspend();
      return { value: PSCI_RESULT.SUCCESS };
    case PSCI.CPU_OFF:
      host.turnOff();
      return null;
    case PSCI.CPU_ON:
      return { value: cpuOn(first, second, third, host) };
    case PSCI.AFFINITY_INFO:
      return { value: affinityInfo(first, BigInt.asUintN(32, second), host) };
    case PSCI.SYSTEM_OFF:
      return { stop: 'poweroff' };
    case PSCI.SYSTEM_RESET2:
      // SYSTEM_WARM_RESET is the only one: the other types are reserved, or a vendor's.
      return BigInt.asUintN(32, first) === 0n ? { stop: 'reset' } : { value: PSCI_RESULT.INVALID_PARAMETERS };
    default:
      return { stop: 'reset' };
  }
}

const FUNCTIONS: readonly number[] = Object.values(PSCI);

function smc32Of(functionId: number): number {
  return (functionId & ~SMC64) >>> 0;
}

function isSupported(functionId: number): boolean {
  const base = smc32Of(functionId);
  return FUNCTIONS.includes(base) && (base === functionId || HAS_SMC64.includes(base));
}

function cpuOn(affinity: bigint, entry: bigint, contextId: bigint, host: PsciHost): number {
  const target = host.find(affinity);
  if (target === null) return PSCI_RESULT.INVALID_PARAMETERS;
  if (target.isOn) return PSCI_RESULT.ALREADY_ON;
  if (!host.isExecutable(entry)) return PSCI_RESULT.INVALID_ADDRESS;
  target.start(entry, contextId);
  return PSCI_RESULT.SUCCESS;
}

/** Levels above 0 would speak of whole clusters, which have no power state of their own here. */
function affinityInfo(affinity: bigint, lowestLevel: bigint, host: PsciHost): number {
  if (lowestLevel !== 0n) return PSCI_RESULT.INVALID_PARAMETERS;
  const target = host.find(affinity);
  if (target === null) return PSCI_RESULT.INVALID_PARAMETERS;
  return target.isOn ? AFFINITY.ON : AFFINITY.OFF;
}
