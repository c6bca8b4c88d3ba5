/**
 * Stage 2 aborts: a page of a memory slot is mapped, anything else is a device of user space. Fault information is in the
 * vCPU, where the switch has put it.
 */
import { EC, FSC, HPFAR_EL2, ISS_DATA_ABORT, SCTLR_EL1, syndromeEc, syndromeIss } from '@worldswitch/cpu/arch';
import { guestRegister, readSysReg, readX } from '../accessors.ts';
import { K, K2, VCPU } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { TALLIES } from '../host/tallies.ts';
import { injectAbort, injectSError } from '../inject.ts';
import { KVM_EXIT_MMIO } from '../kvm-run.ts';
import { VCPU_STRUCT } from '../layout.ts';
import { completeRead } from '../mmio/complete.ts';
import { mapOnDemand } from '../mmu/memory.ts';
import { PAGE_BYTES } from '../mmu/stage2.ts';
import type { Vcpu } from '../vcpu.ts';
import { type ExitHandler, FAIL, type Outcome, RESUME, RETRY, SKIP_AND_EXIT, SKIP_AND_RESUME } from './outcome.ts';

const SCTLR = guestRegister(SCTLR_EL1);
/** HPFAR_EL2.FIPA holds address bits from 12 up. */
const FIPA_TO_ADDRESS = 2 ** (12 - HPFAR_EL2.FIPA.lsb);

/** The faulting IPA: the page from HPFAR_EL2, the rest from FAR_EL2, whose VA has the same offset. */
function faultAddress(cpu: Cpu): number {
  const { port, cells } = cpu;
  port.ldr(K, VCPU, VCPU_STRUCT.FAULT_HPFAR);
  port.ldr(K2, VCPU, VCPU_STRUCT.FAULT_FAR);
  const fipa = (cells[2 * K]! & ~0xf) >>> 0;
  return (fipa + (cells[2 * K + 1]! & 0xfff) * 2 ** 32) * FIPA_TO_ADDRESS + (cells[2 * K2]! & (PAGE_BYTES - 1));
}

const isFault = (fsc: number, kind: number): boolean => (fsc & 0x3c) === kind;

export const handleGuestAbort: ExitHandler = (cpu, vcpu, esr) => {
  cpu.port.charge(TALLIES.guestAbort);
  const iss = syndromeIss(esr);
  const fsc = ISS_DATA_ABORT.DFSC.inWord(iss);
  if (fsc === FSC.EXTERNAL || isFault(fsc, FSC.EXTERNAL_ON_WALK)) {
    // What the guest touched has failed, itself or its table walk: it gets an SError, whoever it was that touched it.
    injectSError(cpu);
    return RESUME;
  }
  if (!isFault(fsc, FSC.TRANSLATION) && !isFault(fsc, FSC.PERMISSION) && !isFault(fsc, FSC.ACCESS_FLAG)) {
    vcpu.error = 'EFAULT';
    return FAIL;
  }
  const isData = syndromeEc(esr) === EC.DataAbortLower;
  const isWalk = ISS_DATA_ABORT.S1PTW.inWord(iss) === 1;
  // A fault of the guest's own table walk is a read, except where the walk updates a descriptor: what may be read already then lacks
  // the permission to be written (Linux 6.3, `kvm_is_write_fault`; v4.16 takes each walk for a write).
  const isWrite = isWalk ? isFault(fsc, FSC.PERMISSION) : isData && ISS_DATA_ABORT.WnR.inWord(iss) === 1;
  const ipa = faultAddress(cpu);
  const slot = vcpu.vm.slotAt(ipa);
  if (slot !== null && !(isWrite && slot.readOnly)) {
    cpu.port.charge(TALLIES.userMemAbort);
    mapOnDemand(cpu, vcpu.vm, slot, ipa, isWrite);
    return RETRY;
  }
  // Nobody fetches or walks for the guest from a device. (Differs for walks of data: v4.16 ends KVM_RUN with ENOSYS, v5.9 does this.)
  if (!isData || isWalk) {
    injectAbort(cpu, !isData);
    return RESUME;
  }
  if (ISS_DATA_ABORT.CM.inWord(iss) === 1) return SKIP_AND_RESUME;
  return emulateMmio(cpu, vcpu, iss, ipa);
};

/** Asks the kernel's devices, then user space. A read that user space answers is completed at the next KVM_RUN; the pc is advanced now. */
function emulateMmio(cpu: Cpu, vcpu: Vcpu, iss: number, ipa: number): Outcome {
  cpu.port.charge(TALLIES.ioMemAbort);
  if (ISS_DATA_ABORT.ISV.inWord(iss) === 0) {
    // Pairs, exclusives and writeback forms say nothing about their registers.
    vcpu.error = 'ENOSYS';
    return FAIL;
  }
  const { run, pendingMmio, vm } = vcpu;
  const { mmio } = run;
  const len = 1 << ISS_DATA_ABORT.SAS.inWord(iss);
  const register = ISS_DATA_ABORT.SRT.inWord(iss);
  const isWrite = ISS_DATA_ABORT.WnR.inWord(iss) === 1;
  readSysReg(cpu, SCTLR, K);
  const bigEndian = (cpu.cells[2 * K]! & SCTLR_EL1.EE.wordMask) !== 0;
  mmio.physAddr = ipa;
  mmio.len = len;
  mmio.isWrite = isWrite;
  mmio.data.fill(0);
  if (isWrite) {
    readX(cpu, register, K);
    for (let byte = 0; byte < len; byte++) mmio.data[bigEndian ? len - 1 - byte : byte] = cpu.cells[2 * K + (byte >> 2)]! >>> (8 * (byte & 3));
    if (vm.bus.write(cpu, vcpu, ipa, len, bytesToWords(mmio.data))) return SKIP_AND_RESUME;
  }
  pendingMmio.valid = !isWrite;
  pendingMmio.register = register;
  pendingMmio.len = len;
  pendingMmio.signExtend = ISS_DATA_ABORT.SSE.inWord(iss) === 1;
  pendingMmio.is64 = ISS_DATA_ABORT.SF.inWord(iss) === 1;
  pendingMmio.bigEndian = bigEndian;
  if (!isWrite && vm.bus.read(cpu, vcpu, ipa, len, words)) {
    for (let byte = 0; byte < len; byte++) mmio.data[byte] = words[byte >> 2]! >>> (8 * (byte & 3));
    completeRead(cpu, vcpu);
    return SKIP_AND_RESUME;
  }
  run.exitReason = KVM_EXIT_MMIO;
  return SKIP_AND_EXIT;
}

/** The datum of an access, as devices in the kernel take it. */
const words = new Uint32Array(2);

function bytesToWords(data: Uint8Array): Uint32Array {
  for (let word = 0; word < 2; word++) words[word] = data[4 * word]! | (data[4 * word + 1]! << 8) | (data[4 * word + 2]! << 16) | (data[4 * word + 3]! << 24);
  return words;
}

