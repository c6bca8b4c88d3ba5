/**
 * What the devices in the kernel say to a controller of user space: the levels of the timers and of the PMU, in
 * `run.deviceIrqLevel` (Linux, `kvm_timer_should_notify_user`, `kvm_timer_update_run` and their like of the PMU;
 * kvm-arm-vhe-series.md, sections 5.6 and 6.1). A controller in the kernel is told by the vgic instead.
 */
import type { Cpu } from '../cpu.ts';
import { setPhysicalActive } from '../host/gic.ts';
import { KVM_ARM_DEV_EL1_PTIMER, KVM_ARM_DEV_EL1_VTIMER, KVM_ARM_DEV_PMU } from '../kvm-run.ts';
import { hasOverflowed } from '../pmu/counters.ts';
import type { Vcpu } from '../vcpu.ts';
import { shouldFire } from './arch-timer.ts';

function deviceLevels(cpu: Cpu, vcpu: Vcpu): number {
  const { timers, pmu } = vcpu;
  let levels = 0;
  if (shouldFire(cpu, vcpu, timers.virtual)) levels |= KVM_ARM_DEV_EL1_VTIMER;
  if (shouldFire(cpu, vcpu, timers.physical)) levels |= KVM_ARM_DEV_EL1_PTIMER;
  if (pmu.isReady && hasOverflowed(cpu, pmu)) levels |= KVM_ARM_DEV_PMU;
  return levels;
}

/** Whether user space knows another level than there is: KVM_RUN ends before the guest is entered. */
export function shouldNotifyUser(cpu: Cpu, vcpu: Vcpu): boolean {
  return vcpu.vm.irqchip === 'none' && deviceLevels(cpu, vcpu) !== vcpu.run.deviceIrqLevel;
}

/** KVM_RUN ends, the vCPU still loaded. */
export function updateDeviceLevels(cpu: Cpu, vcpu: Vcpu): void {
  if (vcpu.vm.irqchip === 'none') vcpu.run.deviceIrqLevel = deviceLevels(cpu, vcpu);
}

/**
 * `unmask_vtimer_irq_user`: the guest has no mapped interrupt whose end would free the physical one, which stays active, so that it does
 * not interrupt again, until an exit finds the timer's line low.
 */
export function freeVtimerInterrupt(cpu: Cpu, vcpu: Vcpu): void {
  const { virtual } = vcpu.timers;
  if (vcpu.vm.irqchip !== 'none' || shouldFire(cpu, vcpu, virtual)) return;
  virtual.level = false;
  setPhysicalActive(cpu, cpu.facts.interrupts.virtualTimer, false);
}
