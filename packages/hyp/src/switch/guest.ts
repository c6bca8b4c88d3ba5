/**
 * The assembly of the switch: into the guest, the vectors, out of it (kvm-arm-vhe-series.md, section 2.6). X registers are
 * used where the hardware has no other: what is moved here is the frame of 4.41, so a word is one load or store of an X
 * register. The last operation of `enter` is an ERET; what follows in the guest's time starts at a vector.
 */
import { DISR_EL1, EC, ELR_EL2, ESR_EL1, ESR_EL2, FPCR, FPEXC32_EL2, FPSR, HCR_EL2, SPSR_EL2, syndromeEc, TPIDR_EL2, VTTBR_EL2 } from '@worldswitch/cpu/arch';
import type { SoftwarePort } from '@worldswitch/cpu';
import { addToCell, CODE, copyCell, EXIT_CODE, EXIT_ELR, EXIT_ESR, EXIT_SPSR, HOST, SP_BASE, V, V2, VCPU, X_BASE } from '../cells.ts';
import { type Cpu, ENTERED, IRQ, SYNC } from '../cpu.ts';
import { BARRIER, HINT, PSTATE } from '../instructions.ts';
import { CONTEXT, sysRegOffset, VCPU_STRUCT, xOffset } from '../layout.ts';
import { CODE_IRQ, CODE_SERROR, CODE_TRAP, SERROR_PENDING } from './codes.ts';
import { operation } from './operation.ts';

const DAIF_A = 0b0100;
/** SMCCC_ARCH_WORKAROUND_1: a guest asks for branch predictor maintenance, which the way here has done. */
const SMCCC_ARCH_WORKAROUND_1 = 0x8000_8000;

// ---- Into the guest ----------------------------------------------------------------------------------------------------

/** x19 to x30: what a called function must give back, and so all of the host's frame that is kept. */
export function storeCalleeSaved(port: SoftwarePort, base: number): void {
  port.stpXs(19, 30, base, xOffset(19));
}

export function loadCalleeSaved(port: SoftwarePort, base: number): void {
  port.ldpXs(19, 30, base, xOffset(19));
}

/** x18 carries the context's address, so it is loaded last. */
function loadGuestFrame(cpu: Cpu): void {
  const { port } = cpu;
  port.movToX(18, VCPU);
  port.ldpXs(0, 17, X_BASE + 18, xOffset(0));
  loadCalleeSaved(port, X_BASE + 18);
  port.ldrX(18, X_BASE + 18, xOffset(18));
  cpu.outcome = port.eret();
}

const GUEST_ENTER_TEXT = 'host x19-x30 stored; guest x0-x30 loaded; ERET';

/** Before step 03: the exit finds both pointers on the stack. */
export const guestEnterPushing = operation(
  'guest-enter',
  `${GUEST_ENTER_TEXT}; the addresses of the host context and the vCPU pushed before`,
  (cpu) => {
    const { port } = cpu;
    port.label(cpu.labels.guestEnter);
    port.movToX(0, VCPU);
    port.movToX(1, HOST);
    storeCalleeSaved(port, X_BASE + 1);
    port.pushX(1, 0);
    loadGuestFrame(cpu);
  },
  { variant: 'pointers pushed' },
);

/** From step 03: the exit goes by TPIDR_EL2. */
export const guestEnter = operation('guest-enter', GUEST_ENTER_TEXT, (cpu) => {
  const { port } = cpu;
  port.label(cpu.labels.guestEnter);
  port.movToX(0, VCPU);
  port.movToX(1, HOST);
  storeCalleeSaved(port, X_BASE + 1);
  loadGuestFrame(cpu);
});

// ---- Vectors -----------------------------------------------------------------------------------------------------------

/**
 * What a vector does before it knows who is there: the host with an HVC (non-VHE) or the guest. Leaves the syndrome in
 * `V` and, for an HVC, VTTBR_EL2 in `V2`: zero means the host, because only then does it hold none.
 */
function enterVector(cpu: Cpu, esr: number): void {
  cpu.port.pushX(0, 1);
  readSyndrome(cpu, esr);
}

export function readSyndrome(cpu: Cpu, esr: number): void {
  if (cpu.exitKind !== SYNC) return;
  cpu.port.mrs(V, esr);
  if (isHvc(syndromeEc(cpu.cells[2 * V]!))) cpu.port.mrs(V2, VTTBR_EL2.key);
}

export function isHvc(ec: number): boolean {
  return ec === EC.HVC64 || ec === EC.HVC32;
}

const VECTOR_TEXT = 'push x0, x1; sync: R(ESR), and for an HVC R(VTTBR_EL2)';

export const vectorEntry = operation('vector-entry', VECTOR_TEXT.replace('ESR', 'ESR_EL2'), (cpu) => enterVector(cpu, ESR_EL2.key));

/** Before step 03 under VHE: the same register by its redirected name. */
export const vectorEntryByEl1Name = operation('vector-entry', VECTOR_TEXT.replace('ESR', 'ESR_EL1, redirected'), (cpu) => enterVector(cpu, ESR_EL1.key), {
  variant: 'EL1 name',
});

/**
 * The fast path of a guest's HVC: one call is answered here, with what the vector has pushed and nothing else.
 * Returns whether it made the ERET.
 */
function answerWorkaroundCall(cpu: Cpu): boolean {
  const { port, cells } = cpu;
  // x0 lies on the stack; x1 is free from here on.
  port.ldrX(1, SP_BASE, 0);
  port.movFromX(V2, 1);
  if (cells[2 * V2] !== SMCCC_ARCH_WORKAROUND_1) return false;
  cells[2 * V2] = 0;
  cells[2 * V2 + 1] = 0;
  port.movToX(0, V2);
  dropStackPair(cpu);
  cpu.outcome = port.eret();
  cpu.disposition = ENTERED;
  return true;
}

/** ADD SP, SP, #16. */
function dropStackPair(cpu: Cpu): void {
  cpu.port.movFromSp(V2);
  addToCell(cpu.cells, V2, 16);
  cpu.port.movToSp(V2);
}

/** The host context of this PE: TPIDR_EL2 plus the address of the per-CPU symbol. */
function hostContextByTpidr(cpu: Cpu, cell: number): void {
  const { cells, hostContextSymbol } = cpu;
  cpu.port.mrs(cell, TPIDR_EL2.key);
  const low = cells[2 * cell]! + hostContextSymbol.lo;
  cells[2 * cell] = low;
  cells[2 * cell + 1] = cells[2 * cell + 1]! + hostContextSymbol.hi + (low > 0xffff_ffff ? 1 : 0);
}

export function setExitCode(cpu: Cpu): void {
  const { cells } = cpu;
  cells[2 * V] = cpu.exitKind === SYNC ? CODE_TRAP : cpu.exitKind === IRQ ? CODE_IRQ : CODE_SERROR;
  cells[2 * V + 1] = 0;
  cpu.port.movToX(0, V);
}

const EXIT_VECTOR_TEXT = 'HVC: a word for the test of the workaround call';
const FP_TEXT = 'EC FP: switch FP and go back into the guest; else the exit code';

/** Before step 03. */
export const exitVectorByStack = operation(
  'exit-vector',
  `${EXIT_VECTOR_TEXT}; vCPU address from the stack; ${FP_TEXT}`,
  (cpu) => {
    const { port, cells } = cpu;
    const ec = cpu.exitKind === SYNC ? syndromeEc(cells[2 * V]!) : -1;
    if (isHvc(ec) && answerWorkaroundCall(cpu)) return;
    port.ldrX(1, SP_BASE, 24);
    if (ec === EC.AdvSIMDFPAccess && cpu.facts.fp) answerFpTrap(cpu);
    else setExitCode(cpu);
  },
  { variant: 'vCPU from the stack' },
);

/** From step 03: a panic finds the host context even with a corrupt stack. */
export const exitVector = operation(
  'exit-vector',
  `${EXIT_VECTOR_TEXT}; R(TPIDR_EL2), vCPU address from the host context; sync: R(ESR_EL2) again; ${FP_TEXT}`,
  (cpu) => {
    const { port, cells } = cpu;
    if (cpu.exitKind === SYNC && isHvc(syndromeEc(cells[2 * V]!)) && answerWorkaroundCall(cpu)) return;
    hostContextByTpidr(cpu, V2);
    port.movToX(1, V2);
    port.ldrX(1, X_BASE + 1, CONTEXT.RUNNING_VCPU);
    let ec = -1;
    if (cpu.exitKind === SYNC) {
      // The register that held the EC has been used for the address.
      port.mrs(V, ESR_EL2.key);
      ec = syndromeEc(cells[2 * V]!);
    }
    if (ec === EC.AdvSIMDFPAccess && cpu.facts.fp) answerFpTrap(cpu);
    else setExitCode(cpu);
  },
);

// ---- FP on first use ---------------------------------------------------------------------------------------------------

/** V0 to V31, FPSR and FPCR to the context at `base`. */
export function saveFp(port: SoftwarePort, base: number, scratch: number): void {
  for (let n = 0; n < 32; n += 2) port.stpQ(n, n + 1, base, CONTEXT.V + 16 * n);
  port.mrs(scratch, FPSR.key);
  port.str32(scratch, base, CONTEXT.FPSR);
  port.mrs(scratch, FPCR.key);
  port.str32(scratch, base, CONTEXT.FPCR);
}

/** The other way. A write of FPCR can be slow, so it is left out when it would change nothing. */
export function restoreFp(port: SoftwarePort, base: number, scratch: number, scratch2: number): void {
  for (let n = 0; n < 32; n += 2) port.ldpQ(n, n + 1, base, CONTEXT.V + 16 * n);
  port.ldr32(scratch, base, CONTEXT.FPSR);
  port.msr(FPSR.key, scratch);
  port.ldr32(scratch, base, CONTEXT.FPCR);
  port.mrs(scratch2, FPCR.key);
  if (port.cells[2 * scratch] !== port.cells[2 * scratch2]) port.msr(FPCR.key, scratch);
}

function answerFpTrap(cpu: Cpu): void {
  cpu.port.pushX(2, 3);
  switchFpOnTrap(cpu);
}

/**
 * The guest has touched FP for the first time since its entry. X1 holds the vCPU, x0 to x3 lie on the stack. The host's state
 * leaves the registers, the guest's comes in, and the instruction is tried again: one exception and one ERET, no C code.
 */
export function switchFpOnTrap(cpu: Cpu): void {
  const { port, cells } = cpu;
  port.pushX(4, 30);
  cpu.mode.enableFp(cpu, V);
  port.isb();
  port.ldrX(2, X_BASE + 1, VCPU_STRUCT.HOST_CONTEXT);
  port.movFromX(V2, 2);
  cpu.mode.toHyp(cells, V2);
  port.movToX(2, V2);
  saveFp(port, X_BASE + 2, V);
  restoreFp(port, X_BASE + 1, V, V2);
  // FPEXC32_EL2 of an AArch32 guest: the enable bit there now is ours, put in at entry.
  port.mrs(V, HCR_EL2.key);
  if ((cells[2 * V]! & HCR_EL2.RW.wordMask) === 0) {
    port.ldr(V, X_BASE + 1, sysRegOffset('FPEXC32_EL2'));
    port.msr(FPEXC32_EL2.key, V);
  }
  port.popX(4, 30);
  port.popX(2, 3);
  port.popX(0, 1);
  cpu.outcome = port.eret();
  cpu.disposition = ENTERED;
}

// ---- Out of the guest --------------------------------------------------------------------------------------------------

/** x0 and x1 lie on the stack, x0 holds the exit code and x1 the vCPU. */
function storeGuestFrame(cpu: Cpu): void {
  const { port } = cpu;
  port.label(cpu.labels.guestExit);
  if (cpu.facts.pan) port.msrImm(PSTATE.PAN, 1);
  port.stpX(2, 3, X_BASE + 1, xOffset(2));
  port.popX(2, 3);
  port.stpX(2, 3, X_BASE + 1, xOffset(0));
  port.stpXs(4, 17, X_BASE + 1, xOffset(4));
  port.strX(18, X_BASE + 1, xOffset(18));
  storeCalleeSaved(port, X_BASE + 1);
}

/** Back in a function of the host, whose registers x19 to x30 are. The pointers are what the assembly found, not ours. */
export function loadHostFrame(cpu: Cpu): void {
  const { port } = cpu;
  loadCalleeSaved(port, X_BASE + 2);
  port.movFromX(VCPU, 1);
  port.movFromX(HOST, 2);
  port.movFromX(CODE, 0);
}

const GUEST_EXIT_TEXT = 'guest x0-x30 stored; host x19-x30 loaded';

export const guestExitByStack = operation(
  'guest-exit',
  `${GUEST_EXIT_TEXT}; host context address from the stack`,
  (cpu) => {
    storeGuestFrame(cpu);
    cpu.port.ldrX(2, SP_BASE, 0);
    dropStackPair(cpu);
    loadHostFrame(cpu);
  },
  { variant: 'host context from the stack' },
);

export const guestExit = operation('guest-exit', `${GUEST_EXIT_TEXT}; host context by R(TPIDR_EL2)`, (cpu) => {
  storeGuestFrame(cpu);
  hostContextByTpidr(cpu, V2);
  cpu.port.movToX(2, V2);
  loadHostFrame(cpu);
});

/**
 * Without RAS: SErrors are unmasked for one instruction, so that one which the guest has caused is taken here and becomes
 * part of its exit. The vector for SErrors at EL2 knows the window by ELR_EL2, and says so in x0.
 */
export const serrorWindow = operation(
  'serror-window',
  'R(ELR_EL2), R(ESR_EL2), R(SPSR_EL2); DSB SY; unmask A; ISB; if an SError came: W(ELR_EL2), W(ESR_EL2), W(SPSR_EL2)',
  (cpu) => {
    const { port, cells } = cpu;
    port.mrs(EXIT_ELR, ELR_EL2.key);
    port.mrs(EXIT_ESR, ESR_EL2.key);
    port.mrs(EXIT_SPSR, SPSR_EL2.key);
    copyCell(cells, EXIT_CODE, CODE);
    port.dsb(BARRIER.SY);
    port.hint(HINT.NOP);
    port.label(cpu.labels.serrorWindowStart);
    port.msrImm(PSTATE.DAIFClr, DAIF_A);
    port.isb();
    // From here on an SError is nobody's but EL2's.
    port.label(cpu.labels.switchBody);
    port.movFromX(V, 0);
    if ((cells[2 * V]! & SERROR_PENDING) === 0) return;
    port.msr(ELR_EL2.key, EXIT_ELR);
    port.msr(ESR_EL2.key, EXIT_ESR);
    port.msr(SPSR_EL2.key, EXIT_SPSR);
    cells[2 * CODE] = cells[2 * EXIT_CODE]! | SERROR_PENDING;
  },
  { host: 'no-ras' },
);

/** With RAS: a pending SError is deferred into DISR_EL1 and becomes part of the exit. */
export const serrorDeferred = operation(
  'serror-esb',
  'ESB; R(DISR_EL1); if not 0: W(DISR_EL1)',
  (cpu) => {
    const { port, cells } = cpu;
    port.hint(HINT.ESB);
    port.mrs(V, DISR_EL1.key);
    port.str(V, VCPU, VCPU_STRUCT.FAULT_DISR);
    if (cells[2 * V] === 0 && cells[2 * V + 1] === 0) return;
    cells[2 * V] = 0;
    cells[2 * V + 1] = 0;
    port.msr(DISR_EL1.key, V);
    cells[2 * CODE] = cells[2 * CODE]! | SERROR_PENDING;
  },
  { host: 'ras' },
);
