/**
 * The timers of a vCPU (Linux, virt/kvm/arm/arch_timer.c; kvm-arm-vhe-series.md, sections 1.7, 2.2, 2.11). The virtual timer is in
 * hardware while the vCPU is loaded, and its interrupt is a mapped one: the physical interrupt stays active until the guest
 * deactivates its own. The physical timer is emulated. A vCPU that waits has a timer of the host in place of both.
 */
import { CNTPCT_EL0, CNTV_CTL_EL0 } from '@worldswitch/cpu/arch';
import { K, setCell } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { setPhysicalActive } from '../host/gic.ts';
import { cancelTimer, cellNumber, readCount, SoftTimer, startTimer } from '../host/soft-timer.ts';
import { TALLIES } from '../host/tallies.ts';
import { VCPU_STRUCT } from '../layout.ts';
import { EDGE } from '../observer.ts';
import type { Vcpu } from '../vcpu.ts';
import type { Vm } from '../vm.ts';

const { ENABLE, IMASK, ISTATUS } = CNTV_CTL_EL0;

/** One timer: where its registers are in the vCPU's memory, and what the vgic was told last. */
export interface TimerContext {
  /** Which of the vCPU's `timerIrqs` is its interrupt. */
  readonly irq: 'vtimer' | 'ptimer';
  readonly ctl: number;
  readonly cval: number;
  /** The virtual count is the physical one less CNTVOFF_EL2. */
  readonly isVirtual: boolean;
  level: boolean;
}

export class VcpuTimers {
  readonly virtual: TimerContext = { irq: 'vtimer', ctl: VCPU_STRUCT.CNTV_CTL, cval: VCPU_STRUCT.CNTV_CVAL, isVirtual: true, level: false };
  readonly physical: TimerContext = { irq: 'ptimer', ctl: VCPU_STRUCT.CNTP_CTL, cval: VCPU_STRUCT.CNTP_CVAL, isVirtual: false, level: false };
  /** With a switch of an older kernel: the physical interrupt was made inactive last, and nothing can have changed that. */
  isKnownInactive = false;
  /** While the vCPU waits: its thread looks again. */
  readonly background = new SoftTimer(() => undefined);
  /** While it is loaded: the emulated timer's interrupt. */
  readonly emulation: SoftTimer;

  constructor(vcpu: Vcpu) {
    this.emulation = new SoftTimer((cpu) => setLevel(cpu, vcpu, this.physical, true));
  }
}

/** A word of the vCPU's, as a number. Uses the scratch cell. */
function word(cpu: Cpu, vcpu: Vcpu, offset: number): number {
  const { port, cells, scratch } = cpu;
  setCell(cells, scratch, vcpu.address);
  port.ldr(scratch, scratch, offset);
  return cellNumber(cpu, scratch);
}

/** CNTVOFF_EL2 as a signed number: a VM that came from an older machine counts ahead of this one. */
function virtualOffset(cpu: Cpu, vcpu: Vcpu): number {
  const { port, cells, scratch } = cpu;
  setCell(cells, scratch, vcpu.address);
  port.ldr(scratch, scratch, VCPU_STRUCT.CNTVOFF);
  return (cells[2 * scratch + 1]! | 0) * 2 ** 32 + cells[2 * scratch]!;
}

const isOn = (ctl: number): boolean => (ctl & (ENABLE.wordMask | IMASK.wordMask)) === ENABLE.wordMask;

function isLoaded(cpu: Cpu, vcpu: Vcpu, { isVirtual }: TimerContext): boolean {
  return isVirtual && word(cpu, vcpu, VCPU_STRUCT.TIMER_LOADED) === 1;
}

/** Physical count at which the timer's condition comes true; Infinity if it raises no interrupt. Not for one in hardware. */
function expiry(cpu: Cpu, vcpu: Vcpu, { ctl, cval, isVirtual }: TimerContext): number {
  if (!isOn(word(cpu, vcpu, ctl))) return Infinity;
  const compare = word(cpu, vcpu, cval);
  return isVirtual ? compare + virtualOffset(cpu, vcpu) : compare;
}

/** Whether the count has reached what the timer compares with, masked or not. Not for one in hardware. */
export function isConditionMet(cpu: Cpu, vcpu: Vcpu, { cval, isVirtual }: TimerContext): boolean {
  return word(cpu, vcpu, cval) + (isVirtual ? virtualOffset(cpu, vcpu) : 0) <= readCount(cpu);
}

/** `kvm_timer_should_fire`: whether the timer asks for its interrupt now. */
export function shouldFire(cpu: Cpu, vcpu: Vcpu, timer: TimerContext): boolean {
  if (isLoaded(cpu, vcpu, timer)) {
    cpu.port.mrs(cpu.scratch, cpu.keys.cntvCtl);
    const ctl = cpu.cells[2 * cpu.scratch]!;
    return isOn(ctl) && (ctl & ISTATUS.wordMask) !== 0;
  }
  const at = expiry(cpu, vcpu, timer);
  return at < Infinity && at <= readCount(cpu);
}

function setLevel(cpu: Cpu, vcpu: Vcpu, timer: TimerContext, level: boolean): void {
  timer.level = level;
  const { vgic } = vcpu.vm;
  const irq = vgic?.irq(vcpu, vcpu.timerIrqs[timer.irq]) ?? null;
  if (irq !== null) vgic!.inject(cpu, irq, level);
}

/** A vCPU comes to a VM: the virtual count of all of them begins at 0 now. */
export function startVirtualCount(cpu: Cpu, vm: Vm): void {
  const { port, scratch } = cpu;
  for (const { address } of vm.vcpus) {
    port.mrs(scratch, CNTPCT_EL0.key);
    setCell(cpu.cells, K, address);
    port.str(scratch, K, VCPU_STRUCT.CNTVOFF);
  }
}

/** The first KVM_RUN: the guest's interrupt is mapped to the physical one. */
export function enableTimers(cpu: Cpu, vcpu: Vcpu): void {
  const irq = vcpu.vm.vgic?.irq(vcpu, vcpu.timerIrqs.vtimer) ?? null;
  if (irq !== null) irq.mapped = { pIntid: cpu.facts.interrupts.virtualTimer, level: (where) => shouldFire(where, vcpu, vcpu.timers.virtual) };
}

/**
 * `kvm_timer_vcpu_reset`, the registers being zero: both timers' lines fall, and nothing of a mapped interrupt stays pending or
 * active (`kvm_vgic_reset_mapped_irq`).
 */
export function resetTimers(cpu: Cpu, vcpu: Vcpu): void {
  const { virtual, physical } = vcpu.timers;
  for (const timer of [virtual, physical]) if (timer.level) setLevel(cpu, vcpu, timer, false);
  const irq = vcpu.vm.vgic?.irq(vcpu, vcpu.timerIrqs.vtimer) ?? null;
  if (irq === null || irq.mapped === null) return;
  irq.isActive = irq.pendingLatch = irq.lineLevel = false;
}

/** In the interrupt of the virtual timer: it is the guest's that is loaded. */
export function vtimerInterrupt(cpu: Cpu): void {
  const vcpu = cpu.loaded;
  if (vcpu === null) return;
  cpu.port.charge(TALLIES.vtimerInterrupt);
  const { virtual } = vcpu.timers;
  if (shouldFire(cpu, vcpu, virtual)) setLevel(cpu, vcpu, virtual, true);
}

// ---- Load and put: what stands around the registers, which the plan moves ----------------------------------------------

/** The physical interrupt is active exactly if the guest's is: then the guest's deactivation frees it. */
export function loadActiveState(cpu: Cpu): void {
  const vcpu = cpu.vcpu!;
  const { virtual } = vcpu.timers;
  const irq = vcpu.vm.vgic?.irq(vcpu, vcpu.timerIrqs.vtimer) ?? null;
  if (cpu.observe !== null) cpu.observe(EDGE.poke);
  setPhysicalActive(cpu, cpu.facts.interrupts.virtualTimer, irq === null ? virtual.level : irq.isActive);
  if (cpu.observe !== null) cpu.observe(EDGE.poked);
}

// ---- For switches that have the virtual timer in hardware only while the guest runs --------------------------------------

/**
 * `kvm_timer_flush_hwstate` of v4.6: what the guest has pending or active is active in the physical distributor, so that the timer
 * does not interrupt it again. An access of the distributor is dear, so one that would change nothing is left out.
 */
export function flushVtimer(cpu: Cpu, vcpu: Vcpu): void {
  cpu.port.charge(TALLIES.timerFlush);
  const { timers } = vcpu;
  const irq = vcpu.vm.vgic?.irq(vcpu, vcpu.timerIrqs.vtimer) ?? null;
  const isActive = irq === null ? timers.virtual.level : irq.isActive || irq.isPending;
  if (timers.isKnownInactive && !isActive) return;
  setPhysicalActive(cpu, cpu.facts.interrupts.virtualTimer, isActive);
  timers.isKnownInactive = !isActive;
}

/** `kvm_timer_sync_hwstate`: the timer is off since the exit. While the guest has its interrupt active, the physical one would not come again either. */
export function syncVtimer(cpu: Cpu, vcpu: Vcpu): void {
  cpu.port.charge(TALLIES.timerSync);
  const irq = vcpu.vm.vgic?.irq(vcpu, vcpu.timerIrqs.vtimer) ?? null;
  if (irq?.isActive === true || !shouldFire(cpu, vcpu, vcpu.timers.virtual)) return;
  vcpu.timers.isKnownInactive = false;
  setLevel(cpu, vcpu, vcpu.timers.virtual, true);
}

/** `phys_timer_emulate`, and the interrupt if the time came while nobody looked. */
export function emulatePhysicalTimer(cpu: Cpu, vcpu: Vcpu): void {
  const { physical, emulation } = vcpu.timers;
  const at = expiry(cpu, vcpu, physical);
  const fires = at < Infinity && at <= readCount(cpu);
  if (fires || at >= Number.MAX_SAFE_INTEGER) cancelTimer(cpu, emulation);
  else startTimer(cpu, emulation, at);
  if (fires !== physical.level) setLevel(cpu, vcpu, physical, fires);
}

export function stopPhysicalTimer(cpu: Cpu, vcpu: Vcpu): void {
  cancelTimer(cpu, vcpu.timers.emulation);
}

// ---- Waiting -----------------------------------------------------------------------------------------------------------

/** Whether a timer has come due, whatever the vgic knows of it (`kvm_cpu_has_pending_timer`). */
export function hasPendingTimer(cpu: Cpu, vcpu: Vcpu): boolean {
  return shouldFire(cpu, vcpu, vcpu.timers.virtual) || shouldFire(cpu, vcpu, vcpu.timers.physical);
}

/** The vCPU begins to wait, its virtual timer saved: the host wakes it at the earlier of both (`kvm_timer_schedule`). */
export function scheduleBackground(cpu: Cpu, vcpu: Vcpu): void {
  const { virtual, physical, background } = vcpu.timers;
  const at = Math.min(expiry(cpu, vcpu, virtual), expiry(cpu, vcpu, physical));
  if (at < Number.MAX_SAFE_INTEGER && at > readCount(cpu)) startTimer(cpu, background, at);
}

export function cancelBackground(cpu: Cpu, vcpu: Vcpu): void {
  cancelTimer(cpu, vcpu.timers.background);
}
