/** Firmware calls of a guest by HVC: SMCCC and PSCI (kvm-arm-vhe-series.md, section 6.8). Function in w0, result in x0. */
import { MPIDR_EL1, SCTLR_EL1 } from '@worldswitch/cpu/arch';
import { guestRegister, readSysReg, readX, writeX } from './accessors.ts';
import { K, K2, K3, setCell, setCellInt, VCPU } from './cells.ts';
import type { Cpu } from './cpu.ts';
import { EXIT, RESUME, type Outcome } from './exits/outcome.ts';
import { kickVcpu } from './kick.ts';
import { KVM_EXIT_SYSTEM_EVENT, KVM_SYSTEM_EVENT_RESET, KVM_SYSTEM_EVENT_SHUTDOWN, type Errno } from './kvm-run.ts';
import { CONTEXT, xOffset } from './layout.ts';
import type { Vcpu } from './vcpu.ts';

const SMCCC_VERSION = 0x8000_0000;
const SMCCC_ARCH_FEATURES = 0x8000_0001;
const PSCI_VERSION = 0x8400_0000;

/** Calls that have a variant with 64-bit arguments, by that of 32 bits; {@link SMC64} makes one of the other. */
const PSCI_CPU_SUSPEND = 0x8400_0001;
const PSCI_CPU_OFF = 0x8400_0002;
const PSCI_CPU_ON = 0x8400_0003;
const PSCI_AFFINITY_INFO = 0x8400_0004;
const SMC64 = 0x4000_0000;
const PSCI_MIGRATE_INFO_TYPE = 0x8400_0006;
const PSCI_SYSTEM_OFF = 0x8400_0008;
const PSCI_SYSTEM_RESET = 0x8400_0009;
const PSCI_FEATURES = 0x8400_000a;

/** What KVM had before PSCI numbered its functions: base and function, `KVM_PSCI_FN`. */
const KVM_PSCI_CPU_OFF = 0x95c1_ba5f;
const KVM_PSCI_CPU_ON = 0x95c1_ba60;

const SMCCC_1_1 = 0x0001_0001;
const PSCI_0_1 = 0x0000_0001;
const PSCI_0_2 = 0x0000_0002;
export const PSCI_1_0 = 0x0001_0000;
const MIGRATION_NOT_NEEDED = 2;

const SUCCESS = 0;
const NOT_SUPPORTED = -1;
const INVALID_PARAMETERS = -2;
const ALREADY_ON = -4;
const INTERNAL_FAILURE = -6;

/** Of AFFINITY_INFO. */
const POWER = { ON: 0, OFF: 1 } as const;

const WITH_64_BITS: ReadonlySet<number> = new Set([PSCI_CPU_SUSPEND, PSCI_CPU_ON, PSCI_AFFINITY_INFO]);
const KNOWN: ReadonlySet<number> = new Set([...WITH_64_BITS, ...[...WITH_64_BITS].map((call) => (call | SMC64) >>> 0), PSCI_CPU_OFF, PSCI_VERSION, PSCI_MIGRATE_INFO_TYPE, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, PSCI_FEATURES, SMCCC_VERSION]);

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
  for (const one of vcpu.vm.vcpus) {
    one.isPoweredOff = true;
    kickVcpu(cpu, one);
  }
  result(cpu, INTERNAL_FAILURE);
  vcpu.run.exitReason = KVM_EXIT_SYSTEM_EVENT;
  vcpu.run.systemEvent.type = type;
  return EXIT;
}

// ---- Power of vCPUs ----------------------------------------------------------------------------------------------------

const AFFINITY_FIELDS = [MPIDR_EL1.Aff0, MPIDR_EL1.Aff1, MPIDR_EL1.Aff2, MPIDR_EL1.Aff3];
const AFFINITY_WORD = MPIDR_EL1.Aff2.wordMask | MPIDR_EL1.Aff1.wordMask | MPIDR_EL1.Aff0.wordMask;
const SCTLR = guestRegister(SCTLR_EL1);

/** An argument in a cell; of a call with 32-bit arguments the upper half says nothing (SMC Calling Convention, "Use of general-purpose registers"). */
function argument(cpu: Cpu, n: number, cell: number, isNarrow: boolean): void {
  readX(cpu, n, cell);
  if (isNarrow) cpu.cells[2 * cell + 1] = 0;
}

/** Whether x1 names the vCPU, down to the affinity level. */
function isNamed(cells: Uint32Array, { affinity }: Vcpu, level: number): boolean {
  const ignored = AFFINITY_FIELDS.slice(0, level).reduce((mask, field) => mask | field.wordMask, 0);
  const Aff3 = AFFINITY_FIELDS[3]!;
  return ((cells[2 * K]! ^ affinity) & (AFFINITY_WORD & ~ignored)) === 0 && Aff3.inWord(cells[2 * K + 1]!) === 0;
}

/**
 * The target is off, so its registers are in memory, whatever the plan defers: they are reset there, then the entry is x2, its x0
 * the caller's x3, its byte order the caller's.
 */
function turnOn(cpu: Cpu, caller: Vcpu, isNarrow: boolean): number {
  const { port, cells } = cpu;
  argument(cpu, 1, K, isNarrow);
  const target = caller.vm.vcpus.find((one) => isNamed(cells, one, 0));
  if (target === undefined) return INVALID_PARAMETERS;
  // 0.1 has no word for it.
  if (!target.isPoweredOff) return psciVersion(caller) === PSCI_0_1 ? INVALID_PARAMETERS : ALREADY_ON;
  argument(cpu, 2, K, isNarrow);
  argument(cpu, 3, K2, isNarrow);
  readSysReg(cpu, SCTLR, K3);
  const isBigEndian = (cells[2 * K3]! & SCTLR_EL1.EE.wordMask) !== 0;
  onVcpu(cpu, target, () => {
    for (const run of target.compiled.reset) run(cpu);
    port.str(K, VCPU, CONTEXT.PC);
    port.str(K2, VCPU, xOffset(0));
    if (!isBigEndian) return;
    port.ldr(K3, VCPU, SCTLR.offset);
    cells[2 * K3] = cells[2 * K3]! | SCTLR_EL1.EE.wordMask;
    port.str(K3, VCPU, SCTLR.offset);
  });
  target.isPoweredOff = false;
  kickVcpu(cpu, target);
  return SUCCESS;
}

/** Works on another vCPU's memory with what the code of this one uses. */
function onVcpu(cpu: Cpu, vcpu: Vcpu, body: () => void): void {
  const own = cpu.vcpu!;
  cpu.vcpu = vcpu;
  setCell(cpu.cells, VCPU, vcpu.address);
  body();
  cpu.vcpu = own;
  setCell(cpu.cells, VCPU, own.address);
}

function affinityInfo(cpu: Cpu, { vm }: Vcpu, isNarrow: boolean): number {
  readX(cpu, 2, K2);
  // lowest_affinity_level has 32 bits in both forms.
  const level = cpu.cells[2 * K2]!;
  argument(cpu, 1, K, isNarrow);
  if (level >= AFFINITY_FIELDS.length) return INVALID_PARAMETERS;
  const named = vm.vcpus.filter((one) => isNamed(cpu.cells, one, level));
  if (named.length === 0) return INVALID_PARAMETERS;
  return named.some(({ isPoweredOff }) => !isPoweredOff) ? POWER.ON : POWER.OFF;
}

/** PSCI 0.1 (`kvm_psci_0_1_call`), whose functions take registers of the caller's width. */
function firstFirmwareCall(cpu: Cpu, vcpu: Vcpu, call: number): Outcome {
  switch (call) {
    case KVM_PSCI_CPU_OFF:
      vcpu.isPoweredOff = true;
      return result(cpu, SUCCESS);
    case KVM_PSCI_CPU_ON:
      return result(cpu, turnOn(cpu, vcpu, false));
    default:
      return result(cpu, NOT_SUPPORTED);
  }
}

/** What an HVC of the guest asks for. The no-op of the benchmarks is a function that nobody knows. */
export function handleFirmwareCall(cpu: Cpu, vcpu: Vcpu): Outcome {
  readX(cpu, 0, K);
  const call = cpu.cells[2 * K]!;
  if (call === SMCCC_VERSION) return result(cpu, SMCCC_1_1);
  if (call === SMCCC_ARCH_FEATURES) return result(cpu, NOT_SUPPORTED);
  if (vcpu.features?.psci02 !== true) return firstFirmwareCall(cpu, vcpu, call);
  const narrow = (call & ~SMC64) >>> 0;
  const isNarrow = call === narrow;
  switch (WITH_64_BITS.has(narrow) ? narrow : call) {
    case PSCI_VERSION:
      return result(cpu, psciVersion(vcpu));
    case PSCI_CPU_SUSPEND:
      // A standby state, as WFI has it: nothing is lost.
      vcpu.wantsToBlock = true;
      return result(cpu, SUCCESS);
    case PSCI_CPU_OFF:
      vcpu.isPoweredOff = true;
      return RESUME;
    case PSCI_CPU_ON:
      return result(cpu, turnOn(cpu, vcpu, isNarrow));
    case PSCI_AFFINITY_INFO:
      return result(cpu, affinityInfo(cpu, vcpu, isNarrow));
    case PSCI_MIGRATE_INFO_TYPE:
      return result(cpu, MIGRATION_NOT_NEEDED);
    case PSCI_FEATURES:
      if (psciVersion(vcpu) < PSCI_1_0) return result(cpu, NOT_SUPPORTED);
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
