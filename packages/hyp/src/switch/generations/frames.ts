/**
 * The assembly of the switch before v4.9 (Linux, arch/arm64/kvm/hyp.S of v4.0; arch/arm64/kvm/hyp/entry.S and hyp-entry.S of v4.6):
 * TPIDR_EL2 holds the vCPU while its guest runs, and a vector pushes x0 to x3. The pairs of 4.0 and 4.6 differ in where the
 * address of the host's context is, and in what a vector reads of a fault.
 */
import { EC, ESR_EL1, ESR_EL2, FAR_EL2, FSC, HPFAR_EL2, ISS_DATA_ABORT, syndromeEc, syndromeIss, TPIDR_EL2 } from '@worldswitch/cpu/arch';
import { ARG, copyCell, ESR, HOST, setCell, T, T2, V, V2, VCPU, X_BASE } from '../../cells.ts';
import { type Cpu, ENTERED, SYNC } from '../../cpu.ts';
import { VCPU_STRUCT, xOffset } from '../../layout.ts';
import { loadCalleeSaved, loadHostFrame, readSyndrome, setExitCode, storeCalleeSaved, switchFpOnTrap } from '../guest.ts';
import type { HypFunction } from '../mode.ts';
import { operation } from '../operation.ts';
import { translateFaultAddress } from '../ops.ts';

// ---- Into the guest ----------------------------------------------------------------------------------------------------

/** The vector finds the vCPU by a register that nobody else needs: these kernels keep their per-CPU offset in TPIDR_EL1. */
export const setRunningVcpu = operation('set-running-vcpu', 'W(TPIDR_EL2=vCPU)', (cpu) => {
  cpu.port.msr(TPIDR_EL2.key, VCPU);
  cpu.port.ldr(HOST, VCPU, VCPU_STRUCT.HOST_CONTEXT);
  cpu.mode.toHyp(cpu.cells, HOST);
  cpu.running = cpu.vcpu;
}, { variant: 'TPIDR_EL2' });

/** X1 holds the context; x0 and x1 come last, over the stack. */
function loadGuestFrame(cpu: Cpu, firstOnStack: number): void {
  const { port } = cpu;
  port.ldpXs(firstOnStack, 17, X_BASE + 1, xOffset(firstOnStack));
  port.ldrX(18, X_BASE + 1, xOffset(18));
  loadCalleeSaved(port, X_BASE + 1);
}

export const guestEnter40 = operation('guest-enter', 'host x19-x30 stored; guest x0-x30 loaded, x0-x3 over the stack; ERET', (cpu) => {
  const { port } = cpu;
  port.label(cpu.labels.guestEnter);
  port.movToX(1, HOST);
  storeCalleeSaved(port, X_BASE + 1);
  port.movToX(1, VCPU);
  port.ldpX(4, 5, X_BASE + 1, xOffset(0));
  port.ldpX(6, 7, X_BASE + 1, xOffset(2));
  port.pushX(4, 5);
  port.pushX(6, 7);
  loadGuestFrame(cpu, 4);
  port.popX(2, 3);
  port.popX(0, 1);
  cpu.outcome = port.eret();
}, { variant: 'linux-4.0' });

export const guestEnter46 = operation('guest-enter', 'host x19-x30 stored; addresses of vCPU and host context pushed; guest x0-x30 loaded, x0-x1 over the stack; ERET', (cpu) => {
  const { port } = cpu;
  port.label(cpu.labels.guestEnter);
  port.movToX(0, VCPU);
  port.movToX(1, HOST);
  storeCalleeSaved(port, X_BASE + 1);
  port.pushX(0, 1);
  port.movToX(1, VCPU);
  port.ldpX(2, 3, X_BASE + 1, xOffset(0));
  port.pushX(2, 3);
  loadGuestFrame(cpu, 2);
  port.popX(0, 1);
  cpu.outcome = port.eret();
}, { variant: 'linux-4.6' });

// ---- Vectors -----------------------------------------------------------------------------------------------------------

function enterVector(cpu: Cpu, esr: number): void {
  cpu.port.pushX(0, 1);
  cpu.port.pushX(2, 3);
  readSyndrome(cpu, esr);
}

const VECTOR_TEXT = 'push x0-x3; sync: R(ESR), and for an HVC R(VTTBR_EL2)';

export const vectorEntry = operation('vector-entry', VECTOR_TEXT.replace('ESR', 'ESR_EL2'), (cpu) => enterVector(cpu, ESR_EL2.key), { variant: 'x0-x3' });
/** Under VHE: the same register by its redirected name. */
export const vectorEntryByEl1Name = operation('vector-entry', VECTOR_TEXT.replace('ESR', 'ESR_EL1, redirected'), (cpu) => enterVector(cpu, ESR_EL1.key), { variant: 'x0-x3, EL1 name' });

/** X1 and `VCPU` get the vCPU. */
function vcpuByTpidr({ port }: Cpu): void {
  port.mrs(VCPU, TPIDR_EL2.key);
  port.movToX(1, VCPU);
}

/** FP never traps, so that what a vector meets is an exit. */
export const exitVector40 = operation('exit-vector', 'R(TPIDR_EL2); the exit code', (cpu) => {
  vcpuByTpidr(cpu);
  copyCell(cpu.cells, ESR, V);
  setExitCode(cpu);
}, { variant: 'linux-4.0' });

export const exitVector46 = operation('exit-vector', 'R(TPIDR_EL2); EC FP: switch FP and go back into the guest; else the exit code', (cpu) => {
  vcpuByTpidr(cpu);
  if (cpu.exitKind === SYNC && syndromeEc(cpu.cells[2 * V]!) === EC.AdvSIMDFPAccess && cpu.facts.fp) switchFpOnTrap(cpu);
  else setExitCode(cpu);
}, { variant: 'linux-4.6' });

/** In the vector, before anything of the guest is saved. */
export const captureSyndrome40 = operation('capture-syndrome', 'ESR into fault.esr', (cpu) => {
  if (cpu.exitKind === SYNC) cpu.port.str(ESR, VCPU, VCPU_STRUCT.FAULT_ESR);
}, { variant: 'in the vector', when: 'sync' });

/** Where the translation of the address fails, the tables have changed meanwhile: the guest tries again at once. */
export const fixupGuestExit40 = operation('fixup-guest-exit', 'R(HPFAR_EL2), R(FAR_EL2), of every trap; permission fault: AT S1E1R with PAR_EL1 kept', (cpu) => {
  const { port, cells } = cpu;
  if (cpu.exitKind !== SYNC) return;
  const ec = syndromeEc(cells[2 * ESR]!);
  const iss = syndromeIss(cells[2 * ESR]!);
  const isAbort = ec === EC.DataAbortLower || ec === EC.InstructionAbortLower;
  const isResolved = isAbort && (ISS_DATA_ABORT.DFSC.inWord(iss) & 0x3c) === FSC.PERMISSION && ISS_DATA_ABORT.S1PTW.inWord(iss) === 0;
  if (!isResolved) port.mrs(T2, HPFAR_EL2.key);
  port.mrs(T, FAR_EL2.key);
  port.str(T, VCPU, VCPU_STRUCT.FAULT_FAR);
  if (!isResolved) {
    port.str(T2, VCPU, VCPU_STRUCT.FAULT_HPFAR);
    return;
  }
  if (translateFaultAddress(cpu)) {
    port.str(T, VCPU, VCPU_STRUCT.FAULT_HPFAR);
    return;
  }
  port.popX(2, 3);
  port.popX(0, 1);
  cpu.outcome = port.eret();
  cpu.disposition = ENTERED;
}, { when: 'sync', variant: 'in the vector' });

// ---- Out of the guest --------------------------------------------------------------------------------------------------

/** X0 to x3 lie on the stack, x0 holds the exit code and x1 the vCPU. */
function storeGuestFrame(cpu: Cpu): void {
  const { port } = cpu;
  port.label(cpu.labels.guestExit);
  port.stpXs(4, 17, X_BASE + 1, xOffset(4));
  port.strX(18, X_BASE + 1, xOffset(18));
  port.popX(6, 7);
  port.popX(4, 5);
  port.stpX(4, 5, X_BASE + 1, xOffset(0));
  port.stpX(6, 7, X_BASE + 1, xOffset(2));
  storeCalleeSaved(port, X_BASE + 1);
}

const GUEST_EXIT_TEXT = 'guest x0-x30 stored; host x19-x30 loaded';

export const guestExit40 = operation('guest-exit', `${GUEST_EXIT_TEXT}; host context address from the vCPU`, (cpu) => {
  const { port } = cpu;
  storeGuestFrame(cpu);
  port.ldrX(2, X_BASE + 1, VCPU_STRUCT.HOST_CONTEXT);
  port.movFromX(V2, 2);
  cpu.mode.toHyp(cpu.cells, V2);
  port.movToX(2, V2);
  loadHostFrame(cpu);
}, { variant: 'linux-4.0' });

export const guestExit46 = operation('guest-exit', `${GUEST_EXIT_TEXT}; both addresses from the stack`, (cpu) => {
  storeGuestFrame(cpu);
  cpu.port.popX(1, 2);
  loadHostFrame(cpu);
}, { variant: 'linux-4.6' });

// ---- Put ---------------------------------------------------------------------------------------------------------------

const setTpidr: HypFunction = { name: '__set_tpidr_el2', run: (cpu) => cpu.port.msr(TPIDR_EL2.key, ARG) };

export const FRAME_HYP_FUNCTIONS: readonly HypFunction[] = [setTpidr];

/** Differs: those kernels leave it; here VMs of later plans share the PE, whose vectors find their host context by it. */
export const restoreTpidr = operation('restore-tpidr', 'hyp call: W(TPIDR_EL2=per-CPU offset)', (cpu) => {
  setCell(cpu.cells, ARG, cpu.perCpuOffset);
  cpu.mode.callHyp(cpu, setTpidr);
});
