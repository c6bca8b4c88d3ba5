/**
 * KVM's vectors as routines: what an exception to EL2 runs. Guest exits execute the plan's `exit`; on a non-VHE host the
 * same vector serves the host's HVC, and which of the two it is is asked of VTTBR_EL2. Anything unexpected is a panic.
 */
import { ELR_EL2, ESR_EL2, syndromeEc, VTTBR_EL2 } from '@worldswitch/cpu/arch';
import { ARG, ARG2, RESULT, setCell, V, V2 } from '../cells.ts';
import { CONTINUE, ENTERED, REENTER, SYNC, type Cpu, type ExitKind } from '../cpu.ts';
import { EDGE } from '../observer.ts';
import { panic } from '../panic.ts';
import { runPhase } from '../run.ts';
import { SERROR_PENDING } from './codes.ts';
import { isHvc } from './guest.ts';
import type { HypFunction } from './mode.ts';
import type { CompiledPlan } from './plan.ts';

/** An exception from a lower EL. */
export function lowerElVector(cpu: Cpu, kind: ExitKind, hypFunctions: ReadonlyMap<number, HypFunction>): void {
  const { running } = cpu;
  cpu.exitKind = kind;
  if (running === null) hostVector(cpu, hypFunctions);
  else leaveGuest(cpu, running.compiled);
}

function leaveGuest(cpu: Cpu, plan: CompiledPlan): void {
  if (cpu.observe !== null) cpu.observe(EDGE.exit);
  plan.vectorEntry(cpu);
  if (cpu.exitKind === SYNC && isHvc(syndromeEc(cpu.cells[2 * V]!)) && isZero(cpu, V2)) panic(cpu, 'an HVC of the guest, and VTTBR_EL2 is 0');
  cpu.disposition = CONTINUE;
  const { exitHead, exitTail } = plan;
  for (let i = 0; i < exitHead.length; i++) {
    cpu.operation = exitHead[i]!;
    cpu.operation(cpu);
    if (dispositionOf(cpu) !== CONTINUE) break;
  }
  switch (dispositionOf(cpu)) {
    case ENTERED:
      return;
    case REENTER:
      plan.guestEnter(cpu);
      return;
    case CONTINUE:
      runPhase(cpu, exitTail);
      cpu.running = null;
  }
}

/** As an operation left it. */
function dispositionOf(cpu: Cpu): Cpu['disposition'] {
  return cpu.disposition;
}

function isZero(cpu: Cpu, cell: number): boolean {
  return cpu.cells[2 * cell] === 0 && cpu.cells[2 * cell + 1] === 0;
}

/** The host calls a hyp function: x0 its kernel address, x1 its argument. */
function hostVector(cpu: Cpu, hypFunctions: ReadonlyMap<number, HypFunction>): void {
  const { port, cells } = cpu;
  port.pushX(0, 1);
  if (cpu.exitKind !== SYNC) panic(cpu, 'an interrupt or SError of the host reached EL2');
  port.mrs(V, ESR_EL2.key);
  if (!isHvc(syndromeEc(cells[2 * V]!))) panic(cpu, 'the host trapped to EL2');
  port.mrs(V2, VTTBR_EL2.key);
  if (!isZero(cpu, V2)) panic(cpu, 'an HVC with a stage 2 table in place, and no guest that runs');
  port.popX(0, 1);
  port.movFromX(V, 0);
  port.movFromX(ARG, 1);
  cpu.mode.toHyp(cells, V);
  const address = cells[2 * V]!;
  const callee = hypFunctions.get(address);
  if (callee === undefined) panic(cpu, `no hyp function at 0x${address.toString(16)}`);
  if (callee.takesTwo === true) port.movFromX(ARG2, 2);
  port.label(address);
  callee.run(cpu);
  if (callee.entersGuest === true) return;
  port.movToX(0, RESULT);
  port.eret();
}

/** An SError while EL2 runs: expected in one place, where it belongs to the exit of the guest. */
export function el2SErrorVector(cpu: Cpu): void {
  const { port, cells, labels } = cpu;
  port.mrs(V, ELR_EL2.key);
  const offset = cells[2 * V]! & TEXT_MASK;
  if (offset < (labels.serrorWindowStart & TEXT_MASK) || offset > (labels.serrorWindowEnd & TEXT_MASK)) panic(cpu, 'an SError at EL2');
  setCell(cells, V, { lo: SERROR_PENDING, hi: 0 });
  port.movToX(0, V);
  port.eret();
}

/** Native text lies within 16 MiB, so these bits of an address identify a label under any mapping. */
const TEXT_MASK = 0xff_ffff;
