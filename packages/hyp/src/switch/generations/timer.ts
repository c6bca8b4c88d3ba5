/**
 * The virtual timer as kernels before v4.15 have it (Linux, arch/arm64/kvm/hyp/timer-sr.c and virt/kvm/arm/arch_timer.c of v4.6): in
 * hardware only while the guest runs, so that its interrupt is never taken by the host; what it means is asked after each exit.
 */
import { CNTVOFF_EL2 } from '@worldswitch/cpu/arch';
import { setCell, T, VCPU, ZERO } from '../../cells.ts';
import { VCPU_STRUCT } from '../../layout.ts';
import { emulatePhysicalTimer, flushVtimer, stopPhysicalTimer, syncVtimer } from '../../timer/arch-timer.ts';
import { operation } from '../operation.ts';
import { isTimerEnabled } from '../timer.ts';

export const restoreTimer = operation('restore-timer', 'W(CNTVOFF_EL2), W(CNTV_CVAL), ISB, W(CNTV_CTL)', (cpu) => {
  const { port, keys } = cpu;
  if (!isTimerEnabled(cpu)) return;
  port.ldr(T, VCPU, VCPU_STRUCT.CNTVOFF);
  port.msr(CNTVOFF_EL2.key, T);
  port.ldr(T, VCPU, VCPU_STRUCT.CNTV_CVAL);
  port.msr(keys.cntvCval, T);
  port.isb();
  port.ldr(T, VCPU, VCPU_STRUCT.CNTV_CTL);
  port.msr(keys.cntvCtl, T);
}, { facts: ['restore guest TIMER'] });

export const saveTimer = operation('save-timer', 'R(CNTV_CTL), ISB, R(CNTV_CVAL), W(CNTV_CTL=0), W(CNTVOFF_EL2=0)', (cpu) => {
  const { port, keys } = cpu;
  if (isTimerEnabled(cpu)) {
    port.mrs(T, keys.cntvCtl);
    port.str(T, VCPU, VCPU_STRUCT.CNTV_CTL);
    port.isb();
    port.mrs(T, keys.cntvCval);
    port.str(T, VCPU, VCPU_STRUCT.CNTV_CVAL);
  }
  setCell(cpu.cells, T, ZERO);
  port.msr(keys.cntvCtl, T);
  port.msr(CNTVOFF_EL2.key, T);
}, { facts: ['save guest TIMER', 'restore host TIMER'] });

export const flushTimer = operation('flush-timer', 'active state of the physical interrupt, unless it was clear and still is', (cpu) => flushVtimer(cpu, cpu.vcpu!));
export const syncTimer = operation('sync-timer', 'a timer that has come due raises its interrupt', (cpu) => syncVtimer(cpu, cpu.vcpu!));

/** Differs: those kernels have no emulated physical timer, which is part of what this hypervisor shows its guests under every plan. */
export const loadTimer = operation('load-timer', 'the active state is unknown; the emulated timer', (cpu) => {
  if (!isTimerEnabled(cpu)) return;
  const vcpu = cpu.vcpu!;
  vcpu.timers.isKnownInactive = false;
  emulatePhysicalTimer(cpu, vcpu);
}, { variant: 'emulated timer' });

export const putTimer = operation('put-timer', 'the emulated timer stops', (cpu) => {
  if (isTimerEnabled(cpu)) stopPhysicalTimer(cpu, cpu.vcpu!);
}, { variant: 'emulated timer' });
