/**
 * The guest's virtual timer at load and put (kvm-arm-vhe-series.md, sections 2.2 and 2.11). It stays in hardware while the
 * vCPU is loaded, the host running or not. What it means to the vgic is in `timer/arch-timer.ts`.
 */
import { CNTVOFF_EL2 } from '@worldswitch/cpu/arch';
import { ARG, setCell, T, VCPU, ZERO } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { VCPU_STRUCT } from '../layout.ts';
import { emulatePhysicalTimer, loadActiveState, stopPhysicalTimer } from '../timer/arch-timer.ts';
import type { HypFunction } from './mode.ts';
import { operation } from './operation.ts';

/** Only EL2 may write the offset, so a non-VHE host asks for it. */
const setCntvoff: HypFunction = { name: '__kvm_timer_set_cntvoff', run: (cpu) => cpu.port.msr(CNTVOFF_EL2.key, ARG) };

export const TIMER_HYP_FUNCTIONS: readonly HypFunction[] = [setCntvoff];

export function isTimerEnabled(cpu: Cpu): boolean {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.TIMER_ENABLED);
  return cpu.cells[2 * T] === 1;
}

/** CVAL before CTL, with an ISB between: an enabled timer must not be seen with an old comparison. */
export function restoreVtimer(cpu: Cpu): void {
  const { port, cells, keys } = cpu;
  port.ldr(T, VCPU, VCPU_STRUCT.TIMER_LOADED);
  if (cells[2 * T] === 1) return;
  port.ldr(T, VCPU, VCPU_STRUCT.CNTV_CVAL);
  port.msr(keys.cntvCval, T);
  port.isb();
  port.ldr(T, VCPU, VCPU_STRUCT.CNTV_CTL);
  port.msr(keys.cntvCtl, T);
  cells[2 * T] = 1;
  cells[2 * T + 1] = 0;
  port.str(T, VCPU, VCPU_STRUCT.TIMER_LOADED);
}

/** The timer is off, and known to be, before anybody else relies on that. Whether it was in hardware. */
export function saveVtimer(cpu: Cpu): boolean {
  const { port, cells, keys } = cpu;
  port.ldr(T, VCPU, VCPU_STRUCT.TIMER_LOADED);
  if (cells[2 * T] !== 1) return false;
  port.mrs(T, keys.cntvCtl);
  port.str(T, VCPU, VCPU_STRUCT.CNTV_CTL);
  port.mrs(T, keys.cntvCval);
  port.str(T, VCPU, VCPU_STRUCT.CNTV_CVAL);
  setCell(cells, T, ZERO);
  port.msr(keys.cntvCtl, T);
  port.isb();
  port.str(T, VCPU, VCPU_STRUCT.TIMER_LOADED);
  return true;
}

export const loadTimer = operation('load-timer', 'active state of the physical interrupt; hyp call: W(CNTVOFF_EL2); W(CNTV_CVAL), ISB, W(CNTV_CTL); the emulated timer', (cpu) => {
  if (!isTimerEnabled(cpu)) return;
  loadActiveState(cpu);
  cpu.port.ldr(ARG, VCPU, VCPU_STRUCT.CNTVOFF);
  cpu.mode.callHyp(cpu, setCntvoff);
  restoreVtimer(cpu);
  emulatePhysicalTimer(cpu, cpu.vcpu!);
}, { facts: ['restore guest TIMER'] });

/** The host's user space sees the virtual count without an offset. */
export const putTimer = operation('put-timer', 'R(CNTV_CTL), R(CNTV_CVAL), W(CNTV_CTL=0), ISB; the emulated timer stops; hyp call: W(CNTVOFF_EL2=0)', (cpu) => {
  if (!isTimerEnabled(cpu)) return;
  saveVtimer(cpu);
  stopPhysicalTimer(cpu, cpu.vcpu!);
  setCell(cpu.cells, ARG, ZERO);
  cpu.mode.callHyp(cpu, setCntvoff);
}, { facts: ['save guest TIMER', 'restore host TIMER'] });
