/**
 * Firmware calls of a guest by HVC: SMCCC and PSCI (kvm-arm-vhe-series.md, section 6.8). Function in w0, result in x0.
 * CPU_ON and its relatives need a second vCPU thread and are refused as NOT_SUPPORTED until there is one.
 */
import { readX, writeX } from './accessors.ts';
import { K, setCellInt } from './cells.ts';
import type { Cpu } from './cpu.ts';
import { EXIT, RESUME, type Outcome } from './exits/outcome.ts';
import { KVM_EXIT_SYSTEM_EVENT, KVM_SYSTEM_EVENT_RESET, KVM_SYSTEM_EVENT_SHUTDOWN, type Errno } from './kvm-run.ts';
import type { Vcpu } from './vcpu.ts';

const SMCCC_VERSION = 0x8000_0000;
const SMCCC_ARCH_FEATURES = 0x8000_0001;
const PSCI_VERSION = 0x8400_0000;

const PSCI_MIGRATE_INFO_TYPE = 0x8400_0006;
const PSCI_SYSTEM_OFF = 0x8400_0008;
const PSCI_SYSTEM_RESET = 0x8400_0009;
const PSCI_FEATURES = 0x8400_000a;

const SMCCC_1_1 = 0x0001_0001;
const PSCI_0_1 = 0x0000_0001;
const PSCI_0_2 = 0x0000_0002;
export const PSCI_1_0 = 0x0001_0000;
const MIGRATION_NOT_NEEDED = 2;

const SUCCESS = 0;
const NOT_SUPPORTED = -1;
const INTERNAL_FAILURE = -6;

const KNOWN: ReadonlySet<number> = new Set([PSCI_VERSION, PSCI_MIGRATE_INFO_TYPE, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, PSCI_FEATURES, SMCCC_VERSION]);

function result(cpu: Cpu, value: number): Outcome {
  setCellInt(cpu.cells, K, value);
  writeX(cpu, 0, K);
  return RESUME;
}

/** The version that a guest is told: 0.1 without the feature, else its VM's. */
export function psciVersion({ features, vm }: Vcpu): number {
  return features?.psci02 === true ? vm.psciVersion : PSCI_0_1;
}

/** A guest that was saved under an older kernel keeps the version that it has seen. */
export function setPsciVersion(vcpu: Vcpu, value: bigint): Errno | null {
  const offered = vcpu.features?.psci02 === true ? [PSCI_0_2, PSCI_1_0] : [PSCI_0_1];
  if (!offered.includes(Number(value))) return 'EINVAL';
  if (vcpu.features?.psci02 === true) vcpu.vm.psciVersion = Number(value);
  return null;
}

function systemEvent(cpu: Cpu, vcpu: Vcpu, type: number): Outcome {
  // All vCPUs are off before user space hears of it; a guest that is run all the same finds a failure.
  for (const one of vcpu.vm.vcpus) one.isPoweredOff = true;
  result(cpu, INTERNAL_FAILURE);
  vcpu.run.exitReason = KVM_EXIT_SYSTEM_EVENT;
  vcpu.run.systemEvent.type = type;
  return EXIT;
}

/** What an HVC of the guest asks for. The no-op of the benchmarks is a function that nobody knows. */
export function handleFirmwareCall(cpu: Cpu, vcpu: Vcpu): Outcome {
  readX(cpu, 0, K);
  const call = cpu.cells[2 * K]!;
  if (call === SMCCC_VERSION) return result(cpu, SMCCC_1_1);
  if (call === SMCCC_ARCH_FEATURES) return result(cpu, NOT_SUPPORTED);
  if (vcpu.features?.psci02 !== true) return result(cpu, NOT_SUPPORTED);
  switch (call) {
    case PSCI_VERSION:
      return result(cpu, psciVersion(vcpu));
    case PSCI_MIGRATE_INFO_TYPE:
      return result(cpu, MIGRATION_NOT_NEEDED);
    case PSCI_FEATURES:
      readX(cpu, 1, K);
      return result(cpu, KNOWN.has(cpu.cells[2 * K]!) ? SUCCESS : NOT_SUPPORTED);
    case PSCI_SYSTEM_OFF:
      return systemEvent(cpu, vcpu, KVM_SYSTEM_EVENT_SHUTDOWN);
    case PSCI_SYSTEM_RESET:
      return systemEvent(cpu, vcpu, KVM_SYSTEM_EVENT_RESET);
    default:
      return result(cpu, NOT_SUPPORTED);
  }
}
