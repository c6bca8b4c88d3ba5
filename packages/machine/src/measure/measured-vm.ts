/**
 * A VM of one vCPU beside others on a host that is up already: a guest of ours in RAM of its own, and as much of a VMM as it needs.
 * Cheaper than a machine for each, where many are measured, and what a switch between VMs is measured with.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { coreReg, Kvm, KVM_ARM_IRQ_TYPE, KVM_EXIT_MMIO, KVM_EXIT_SYSTEM_EVENT, TALLIES, type KvmResult, type KvmVcpu, type KvmVm, type Plan, type Preemption } from '@worldswitch/hyp';
import { FIRST_SPI } from '@worldswitch/gic';
import { GUEST_BASE, type Hypervised } from '../hypervised.ts';
import { loadElf } from '../image/load.ts';
import { MEMORY_MAP } from '../memory-map.ts';
import { Ram } from '../ram.ts';
import { guestImage, type GuestName } from './guests.ts';

export interface MeasuredVmOptions {
  readonly plan: Plan;
  readonly gic: 2 | 3;
  readonly guest: GuestName;
  readonly iterations: number;
  /** How many inputs of its interrupt controller are raised from the start, from INTID 32 on. */
  readonly lines?: number;
  readonly preemption?: Preemption;
}

/** All that these guests need. */
const MEMORY = 0x10_0000;
const PAGE = 0x1000;

function must<T>(result: KvmResult<T>): T {
  if (!result.ok) throw new InvariantError(`the VM of a measurement: ${result.errno}`);
  return result.value;
}

export class MeasuredVm {
  readonly vm: KvmVm;
  readonly vcpu: KvmVcpu;
  readonly #hypervised: Hypervised;

  constructor(hypervised: Hypervised, { plan, gic, guest, iterations, lines = 0, preemption = 'never' }: MeasuredVmOptions) {
    this.#hypervised = hypervised;
    const { ram } = hypervised.machine;
    const backing = ram.allocate(MEMORY, PAGE);
    const loaded = loadElf(guestImage(guest, gic), new Ram(ram.memory, ram.host + (backing - ram.base), GUEST_BASE, MEMORY));
    if (!loaded.ok) throw new InvariantError(loaded.error.message);
    this.vm = Kvm.open(hypervised.host).createVm({ irqchip: gic === 2 ? 'gicv2' : 'gicv3', plan });
    must(this.vm.setUserMemoryRegion({ slot: 0, guestPhysAddr: GUEST_BASE, memorySize: MEMORY, backing }));
    this.vcpu = must(this.vm.createVcpu(0, { preemption }));
    must(this.vcpu.init({ psci02: true }));
    must(this.vm.initVgic({ distributor: MEMORY_MAP.GICD, interface: gic === 2 ? MEMORY_MAP.GICC : MEMORY_MAP.GICR }));
    must(this.vcpu.setOneReg(coreReg('pc'), loaded.image.entry));
    must(this.vcpu.setOneReg(coreReg('x19'), BigInt(iterations)));
    for (let line = 0; line < lines; line++) must(this.vm.irqLine((KVM_ARM_IRQ_TYPE.SPI << 24) | (FIRST_SPI + line), true));
  }

  /** Its thread goes on until it yields, or has been in the VMM; whether the guest is still there. */
  resume(): boolean {
    const { machine } = this.#hypervised;
    const pe = machine.nextNative();
    if (pe === null) throw new InvariantError('the guest of a measurement waits forever');
    if (this.vcpu.thread.resume() !== 'exited') return true;
    pe.port!.charge(TALLIES.vmmExit);
    const { exitReason, mmio } = this.vcpu.vcpu.run;
    if (exitReason === KVM_EXIT_SYSTEM_EVENT) return false;
    if (exitReason !== KVM_EXIT_MMIO) throw new InvariantError(`the guest of a measurement ended with exit reason ${String(exitReason)}`);
    mmio.data.fill(0);
    return true;
  }

  run(): void {
    while (this.resume());
  }
}
