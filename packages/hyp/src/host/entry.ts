/**
 * The exception entry and exit of the host kernel: the register frame of a system call or interrupt on the kernel's stack
 * (`struct pt_regs`). The names are those of EL1 in either mode: at EL2 under VHE they are redirected, which is the point
 * of VHE. What the kernel does between is charged, not executed.
 */
import { EC, ELR_EL1, ESR_EL1, InvariantError, SP_EL0, SPSR_EL1, syndromeEc } from '@worldswitch/cpu/arch';
import { I, I2, I_SCRATCH, setCell, SP_BASE } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { PSTATE } from '../instructions.ts';
import { die } from '../panic.ts';
import { pmuInterrupt } from '../pmu/overflow.ts';
import { vtimerInterrupt } from '../timer/arch-timer.ts';
import { acknowledge, deactivate, dropPriority } from './gic.ts';
import { expireTimers } from './soft-timer.ts';
import { TALLIES } from './tallies.ts';

const FRAME_BYTES = 272;
const FRAME = { X30: 240, SP: 248, PC: 256, PSTATE: 264 } as const;
const ALL_MASKS = 0b1111;

function moveSp(cpu: Cpu, bytes: number): void {
  const { port, cells } = cpu;
  port.movFromSp(I);
  const low = cells[2 * I]! + bytes;
  cells[2 * I] = low;
  cells[2 * I + 1] = cells[2 * I + 1]! + (low < 0 ? -1 : low > 0xffff_ffff ? 1 : 0);
  port.movToSp(I);
}

/** x0 to x30, the interrupted SP_EL0, pc and pstate; then SP_EL0 is `current`. */
function saveFrame(cpu: Cpu): void {
  const { port } = cpu;
  moveSp(cpu, -FRAME_BYTES);
  port.stpXs(0, 29, SP_BASE, 0);
  port.strX(30, SP_BASE, FRAME.X30);
  port.mrs(I2, SP_EL0.key);
  port.str(I2, SP_BASE, FRAME.SP);
  port.mrs(I2, ELR_EL1.key);
  port.str(I2, SP_BASE, FRAME.PC);
  port.mrs(I2, SPSR_EL1.key);
  port.str(I2, SP_BASE, FRAME.PSTATE);
  setCell(cpu.cells, I2, cpu.perCpu);
  port.msr(SP_EL0.key, I2);
}

/** Up to the ERET. */
function restoreFrame(cpu: Cpu): void {
  const { port } = cpu;
  port.ldr(I2, SP_BASE, FRAME.PC);
  port.msr(ELR_EL1.key, I2);
  port.ldr(I2, SP_BASE, FRAME.PSTATE);
  port.msr(SPSR_EL1.key, I2);
  port.ldr(I2, SP_BASE, FRAME.SP);
  port.msr(SP_EL0.key, I2);
  port.ldpXs(0, 29, SP_BASE, 0);
  port.ldrX(30, SP_BASE, FRAME.X30);
  moveSp(cpu, FRAME_BYTES);
}

/** The vector of a synchronous exception from EL0. It returns without an ERET: the thread goes on in the kernel. */
export function userVector(cpu: Cpu): void {
  saveFrame(cpu);
  cpu.port.mrs(I2, ESR_EL1.key);
  const ec = syndromeEc(cpu.cells[2 * I2]!);
  if (ec !== EC.SVC64) die(cpu, `an exception of class 0x${ec.toString(16)} from the VMM`);
  cpu.port.charge(TALLIES.syscallEntry);
}

/** The vector of an interrupt of the host, in kernel or user space. */
export function interruptVector(cpu: Cpu): void {
  saveFrame(cpu);
  const intid = acknowledge(cpu);
  if (intid >= 0) {
    // Whatever was interrupted may be about to use its own.
    const { scratch } = cpu;
    cpu.scratch = I_SCRATCH;
    cpu.port.charge(TALLIES.hostInterrupt);
    handleInterrupt(cpu, intid);
    cpu.scratch = scratch;
  }
  restoreFrame(cpu);
  cpu.port.eret();
}

/**
 * The guest's virtual timer is left active: its guest deactivates it. Of a maintenance interrupt the guest exit is all that was
 * wanted, and of a reschedule interrupt the way into the kernel.
 */
function handleInterrupt(cpu: Cpu, intid: number): void {
  const { virtualTimer, physicalTimer, hypTimer, pmu } = cpu.facts.interrupts;
  dropPriority(cpu);
  if (intid === virtualTimer) {
    vtimerInterrupt(cpu);
    return;
  }
  if (intid === physicalTimer || intid === hypTimer) expireTimers(cpu);
  if (intid === pmu) pmuInterrupt(cpu);
  deactivate(cpu);
}

/** From the VMM into its kernel: a system call. */
export function enterKernel(cpu: Cpu): void {
  cpu.port.label(cpu.labels.user);
  if (cpu.port.svc(0) !== 'taken') throw new InvariantError('a system call did not reach the kernel');
  cpu.port.msrImm(PSTATE.DAIFClr, ALL_MASKS);
}

/** And back, behind the SVC. */
export function leaveKernel(cpu: Cpu): void {
  cpu.port.charge(TALLIES.syscallExit);
  // From here to the ERET an interrupt would change what the frame is restored into.
  cpu.port.msrImm(PSTATE.DAIFSet, ALL_MASKS);
  restoreFrame(cpu);
  if (cpu.port.eret() !== 'returned') throw new InvariantError('the kernel did not return to the VMM');
}
