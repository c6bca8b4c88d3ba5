/**
 * User space debugs the guest (kvm-arm-vhe-series.md, sections 2.3 and 6.9): what an entry makes of the guest's MDSCR_EL1
 * and PSTATE for that, what the exit takes back, and the exits that come of it.
 */
import { EC, MDSCR_EL1, SPSR_EL2, syndromeEc } from '@worldswitch/cpu/arch';
import { cellValue, setCell, T, T2, VCPU } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { EXIT, type ExitHandler } from '../exits/outcome.ts';
import { KVM_EXIT_DEBUG } from '../kvm-run.ts';
import { CONTEXT, sysRegOffset, VCPU_STRUCT } from '../layout.ts';
import type { Vcpu } from '../vcpu.ts';

/** Bits of `control`, with KVM's values. */
export const KVM_GUESTDBG = { ENABLE: 1, SINGLESTEP: 2, USE_SW_BP: 1 << 16, USE_HW: 1 << 17 } as const;

const MDSCR_SLOT = sysRegOffset('MDSCR_EL1');

/**
 * Before an entry: MDSCR_EL1 as the guest has it is kept, and its image changed; a step sets PSTATE.SS for the one
 * instruction. Hardware breakpoints are user space's own while it uses them, so the guest's stay in memory.
 */
export function armGuestDebug(cpu: Cpu, { guestDebug }: Vcpu): void {
  if (guestDebug === 0) return;
  const { port, cells } = cpu;
  port.ldr(T, VCPU, MDSCR_SLOT);
  port.str(T, VCPU, VCPU_STRUCT.MDSCR_PRESERVED);
  if ((guestDebug & KVM_GUESTDBG.SINGLESTEP) !== 0) {
    cells[2 * T] = cells[2 * T]! | MDSCR_EL1.SS.wordMask;
    port.ldr(T2, VCPU, CONTEXT.PSTATE);
    cells[2 * T2] = cells[2 * T2]! | SPSR_EL2.SS.wordMask;
    port.str(T2, VCPU, CONTEXT.PSTATE);
  } else cells[2 * T] = cells[2 * T]! & ~MDSCR_EL1.SS.wordMask;
  if ((guestDebug & KVM_GUESTDBG.USE_HW) !== 0) cells[2 * T] = cells[2 * T]! | MDSCR_EL1.MDE.wordMask;
  port.str(T, VCPU, MDSCR_SLOT);
  setDebugPointer(cpu, (guestDebug & KVM_GUESTDBG.USE_HW) !== 0 ? VCPU_STRUCT.EXTERNAL_DEBUG : VCPU_STRUCT.DEBUG);
}

/** After an exit: the guest's own MDSCR_EL1 and debug registers again. */
export function disarmGuestDebug(cpu: Cpu, { guestDebug }: Vcpu): void {
  if (guestDebug === 0) return;
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.MDSCR_PRESERVED);
  cpu.port.str(T, VCPU, MDSCR_SLOT);
  setDebugPointer(cpu, VCPU_STRUCT.DEBUG);
}

/** Which registers the switch moves: `debug_ptr`. */
export function setDebugPointer(cpu: Cpu, area: number): void {
  setCell(cpu.cells, T, { lo: area, hi: 0 });
  cpu.port.str(T, VCPU, VCPU_STRUCT.DEBUG_POINTER);
}

/** The class alone, as KVM reports an emulated step: the hardware has stepped nothing. */
const STEP_SYNDROME = (EC.SoftwareStepLower << 26) >>> 0;

/** An instruction was emulated, which under single-step is a step: whether that ends KVM_RUN. */
export function stepAfterEmulation({ guestDebug, run }: Vcpu): boolean {
  if ((guestDebug & KVM_GUESTDBG.SINGLESTEP) === 0) return false;
  run.exitReason = KVM_EXIT_DEBUG;
  run.debug.hsr = STEP_SYNDROME;
  return true;
}

/** A debug exception that goes to user space. The address of a watchpoint is what the instruction accessed. */
export const handleGuestDebug: ExitHandler = (cpu, { run }, esr) => {
  run.exitReason = KVM_EXIT_DEBUG;
  run.debug.hsr = esr >>> 0;
  if (syndromeEc(esr) === EC.WatchpointLower) {
    const { port, cells } = cpu;
    port.ldr(T, VCPU, VCPU_STRUCT.FAULT_FAR);
    run.debug.far = cellValue(cells, T);
  }
  return EXIT;
};
