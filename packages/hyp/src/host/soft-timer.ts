/**
 * Timers of the host kernel on one PE (Linux' hrtimers), over its own hardware timer: the EL1 physical timer by name, which at
 * EL2 under E2H is redirected to EL2's. Times are physical counts, as numbers; what lies beyond 2^53 never comes.
 */
import { CNTP_CTL_EL0, CNTP_CVAL_EL0, CNTPCT_EL0 } from '@worldswitch/cpu/arch';
import type { Cpu } from '../cpu.ts';
import { TALLIES } from './tallies.ts';

export class SoftTimer {
  /** Infinity while it is not armed. */
  expires = Infinity;
  /** Called in the interrupt. */
  readonly fire: (cpu: Cpu) => void;

  constructor(fire: (cpu: Cpu) => void) {
    this.fire = fire;
  }
}

/** The physical count. Uses the scratch cell. */
export function readCount(cpu: Cpu): number {
  cpu.port.mrs(cpu.scratch, CNTPCT_EL0.key);
  return cellNumber(cpu, cpu.scratch);
}

export function cellNumber({ cells }: Cpu, cell: number): number {
  return cells[2 * cell + 1]! * 2 ** 32 + cells[2 * cell]!;
}

export function startTimer(cpu: Cpu, timer: SoftTimer, expires: number): void {
  cpu.port.charge(TALLIES.softTimer);
  if (timer.expires === Infinity) cpu.softTimers.push(timer);
  timer.expires = expires;
  program(cpu);
}

export function cancelTimer(cpu: Cpu, timer: SoftTimer): void {
  if (timer.expires === Infinity) return;
  cpu.port.charge(TALLIES.softTimer);
  remove(cpu, timer);
  program(cpu);
}

function remove({ softTimers }: Cpu, timer: SoftTimer): void {
  timer.expires = Infinity;
  const last = softTimers.pop()!;
  const at = softTimers.indexOf(timer);
  if (at >= 0) softTimers[at] = last;
}

/** In the interrupt of the hardware timer. */
export function expireTimers(cpu: Cpu): void {
  cpu.port.charge(TALLIES.softTimer);
  const now = readCount(cpu);
  for (let at = cpu.softTimers.length - 1; at >= 0; at--) {
    const timer = cpu.softTimers[at]!;
    if (timer.expires > now) continue;
    remove(cpu, timer);
    timer.fire(cpu);
  }
  program(cpu);
}

/** The hardware timer is set to the earliest, or off. */
function program(cpu: Cpu): void {
  const { port, cells, scratch, softTimers } = cpu;
  let next = Infinity;
  for (const { expires } of softTimers) next = Math.min(next, expires);
  if (next < Infinity) {
    cells[2 * scratch] = next % 2 ** 32;
    cells[2 * scratch + 1] = Math.floor(next / 2 ** 32);
    port.msr(CNTP_CVAL_EL0.key, scratch);
  }
  cells[2 * scratch] = next < Infinity ? CNTP_CTL_EL0.ENABLE.wordMask : 0;
  cells[2 * scratch + 1] = 0;
  port.msr(CNTP_CTL_EL0.key, scratch);
}
