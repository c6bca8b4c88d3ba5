/** The EL1 physical timer of a guest: its accesses trap, because the hardware one is the host's. */
import { CNTP_CTL_EL0, CNTP_CVAL_EL0, CNTP_TVAL_EL0, CNTPCT_EL0 } from '@worldswitch/cpu/arch';
import { K, K2, VCPU } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { VCPU_STRUCT } from '../layout.ts';
import type { SysRegHandler, SysRegRow } from '../sysregs/handler.ts';
import type { Vcpu } from '../vcpu.ts';
import { emulatePhysicalTimer, isConditionMet } from './arch-timer.ts';

const WRITABLE = CNTP_CTL_EL0.ENABLE.wordMask | CNTP_CTL_EL0.IMASK.wordMask;

/** What the registers say now decides about the interrupt. (Differs: v4.16 looks only when the vCPU is loaded.) */
function store(cpu: Cpu, vcpu: Vcpu, offset: number): true {
  cpu.port.str(K, VCPU, offset);
  emulatePhysicalTimer(cpu, vcpu);
  return true;
}

const control: SysRegHandler = (cpu, vcpu, _key, isRead) => {
  const { port, cells } = cpu;
  if (!isRead) {
    cells[2 * K] = cells[2 * K]! & WRITABLE;
    cells[2 * K + 1] = 0;
    return store(cpu, vcpu, VCPU_STRUCT.CNTP_CTL);
  }
  port.ldr(K, VCPU, VCPU_STRUCT.CNTP_CTL);
  // Of a timer that is off the condition is UNKNOWN, and 0 here.
  if ((cells[2 * K]! & CNTP_CTL_EL0.ENABLE.wordMask) !== 0 && isConditionMet(cpu, vcpu, vcpu.timers.physical)) cells[2 * K] = cells[2 * K]! | CNTP_CTL_EL0.ISTATUS.wordMask;
  return true;
};

const compare: SysRegHandler = (cpu, vcpu, _key, isRead) => {
  if (!isRead) return store(cpu, vcpu, VCPU_STRUCT.CNTP_CVAL);
  cpu.port.ldr(K, VCPU, VCPU_STRUCT.CNTP_CVAL);
  return true;
};

/** The distance from now, a signed number of 32 bits. */
const timerValue: SysRegHandler = (cpu, vcpu, _key, isRead) => {
  const { port, cells } = cpu;
  port.mrs(K2, CNTPCT_EL0.key);
  if (isRead) {
    port.ldr(K, VCPU, VCPU_STRUCT.CNTP_CVAL);
    cells[2 * K] = cells[2 * K]! - cells[2 * K2]!;
    cells[2 * K + 1] = 0;
    return true;
  }
  const low = cells[2 * K2]! + (cells[2 * K]! | 0);
  cells[2 * K] = low;
  cells[2 * K + 1] = cells[2 * K2 + 1]! + Math.floor(low / 2 ** 32);
  return store(cpu, vcpu, VCPU_STRUCT.CNTP_CVAL);
};

export const TIMER_ROWS: readonly SysRegRow[] = [
  [CNTP_CTL_EL0.key, control],
  [CNTP_CVAL_EL0.key, compare],
  [CNTP_TVAL_EL0.key, timerValue],
];
