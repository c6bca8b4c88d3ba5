/**
 * The interface of KVM as typed TypeScript: the system and VMs; a vCPU is `api/vcpu.ts`. It is called by the VMM, so each
 * ioctl is a system call on the PE that the VMM runs on; errors are errnos, by name.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { preferredTarget } from './api/features.ts';
import { ioctl } from './api/ioctl.ts';
import { cpuLine, irqLine, KVM_ARM_IRQ_TYPE, setCpuLine, vgicInput } from './api/irq-line.ts';
import { DONE, fail, ok, type KvmResult } from './api/result.ts';
import { KvmVcpu } from './api/vcpu.ts';
import { KvmItsDevice } from './api/vgic-device-its.ts';
import { KVM_DEV_ARM_VGIC_CTRL_INIT, KVM_DEV_ARM_VGIC_GRP, KvmVgicDevice } from './api/vgic-device.ts';
import { K, setCell, T, VCPU } from './cells.ts';
import { kernelAddress } from './host/addresses.ts';
import type { Host } from './host/host.ts';
import { STRUCT_BYTES, VCPU_STRUCT, VM_STRUCT } from './layout.ts';
import { changeOf, isSlotNumber } from './api/memory-region.ts';
import { takeDirtyLog, unmapRange, writeProtectSlot } from './mmu/memory.ts';
import { Stage2 } from './mmu/stage2.ts';
import { resetVgic } from './reset.ts';
import type { Preemption } from './thread.ts';
import { planFor } from './steps/compose.ts';
import { FINAL, type StepSet } from './steps/set.ts';
import { compile, type Plan } from './switch/plan.ts';
import { startVirtualCount } from './timer/arch-timer.ts';
import { Vcpu } from './vcpu.ts';
import { ADDRESS_TYPES, type VgicAddresses } from './vgic/device.ts';
import { ITS_BYTES, VgicIts } from './vgic/its/its.ts';
import { Vgic } from './vgic/vgic.ts';
import { Vm, type Irqchip, type MemoryRegion } from './vm.ts';

export interface VmOptions {
  /** Which of the forty steps this VM runs with. */
  readonly steps?: StepSet;
  /** A plan of the caller's own making, instead of the one of `steps`. */
  readonly plan?: Plan;
  /** The guest's interrupt controller; the host's version if nothing is said. */
  readonly irqchip?: Irqchip;
  /** The guest reads the host's PMU itself: MDCR_EL2.TPM and TPMCR stay clear. Not a thing of KVM; for measurements. */
  readonly hostCounters?: boolean;
}

export interface VcpuOptions {
  /** The PE whose VMM thread runs it. */
  readonly pe?: number;
  readonly preemption?: Preemption;
}

/** KVM_SIGNAL_MSI: a device of the VMM's writes `data` to `address`. */
export interface MsiMessage {
  readonly address: number;
  readonly data: number;
  /** Which device; without one (KVM_MSI_VALID_DEVID is clear) an ITS has nothing to go by. */
  readonly deviceId?: number;
}

/** The system calls of one VMM on one host. */
export class Kvm {
  readonly host: Host;

  private constructor(host: Host) {
    this.host = host;
  }

  /** Opens /dev/kvm on a host with at least one PE up. */
  static open(host: Host): Kvm {
    if (host.cpus.length === 0) throw new InvariantError('no PE has booted');
    return new Kvm(host);
  }

  /** KVM_ARM_PREFERRED_TARGET: the one target that VCPU_INIT accepts here. */
  preferredTarget(): number {
    return preferredTarget(this.host.facts);
  }

  /** KVM_CREATE_VM. The plan is composed, verified and compiled here and does not change any more. */
  createVm(options: VmOptions = {}): KvmVm {
    return new KvmVm(this, options);
  }
}

export class KvmVm {
  readonly vm: Vm;
  readonly vcpus: KvmVcpu[] = [];
  /** The interrupt controller in the kernel; null where the VM has none. */
  readonly vgicDevice: KvmVgicDevice | null;
  readonly #host: Host;

  constructor({ host }: Kvm, { steps = FINAL, plan, irqchip, hostCounters = false }: VmOptions) {
    this.#host = host;
    const address = kernelAddress(host.memory.allocate(STRUCT_BYTES, STRUCT_BYTES));
    this.vm = new Vm(address, compile(plan ?? planFor(host.mode, steps), host.facts), new Stage2(host.memory), host, irqchip ?? (host.facts.gic === 3 ? 'gicv3' : 'gicv2'));
    this.vm.hasHostCounters = hostCounters;
    if (this.vm.irqchip !== 'none') this.vm.vgic = new Vgic(this.vm.irqchip, host.facts);
    const cpu = host.cpus[0]!;
    const { vgic } = this.vm;
    this.vgicDevice = vgic === null ? null : new KvmVgicDevice(cpu, this.vm, vgic, () => this.#isBusy);
    ioctl(cpu, () => {
      setCell(cpu.cells, K, address);
      setCell(cpu.cells, T, cpu.gich ?? { lo: 0, hi: 0 });
      cpu.port.str(T, K, VM_STRUCT.GICH);
    });
  }

  /** Whether a vCPU is in KVM_RUN. */
  get #isBusy(): boolean {
    return this.vcpus.some(({ thread }) => thread.isInKvmRun);
  }

  /**
   * KVM_SET_USER_MEMORY_REGION, by the VMM's thread on `pe`: makes a slot, moves it, changes what is logged, or with a size of 0
   * deletes it. Size, backing and read-only stay as they were made.
   */
  setUserMemoryRegion(region: MemoryRegion, pe = 0): KvmResult<undefined> {
    const { vm } = this;
    const cpu = this.#host.cpus[pe];
    const old = vm.slots.find(({ slot }) => slot === region.slot);
    if (cpu === undefined) return fail('EINVAL');
    const change = changeOf(region, old, vm.slots);
    if (typeof change === 'string') return fail(change);
    ioctl(cpu, () => {
      const { slot } = change;
      vm.slots = [...vm.slots.filter((one) => one !== old), ...(slot === null ? [] : [slot])];
      if (old !== undefined && change.isUnmapped) unmapRange(cpu, vm, old.guestPhysAddr, old.memorySize);
      if (slot !== null && slot.dirty !== null && !slot.readOnly) writeProtectSlot(cpu, vm, slot);
    });
    return DONE;
  }

  /**
   * KVM_GET_DIRTY_LOG, by the VMM's thread on `pe`: a bit for each page of the slot that was written since the last call, in whole
   * words of 64.
   */
  getDirtyLog(slot: number, pe = 0): KvmResult<Uint8Array> {
    const cpu = this.#host.cpus[pe];
    if (cpu === undefined || !isSlotNumber(slot)) return fail('EINVAL');
    const found = this.vm.slots.find((one) => one.slot === slot);
    if (found === undefined || found.dirty === null) return fail('ENOENT');
    const { dirty } = found;
    return ok(ioctl(cpu, () => takeDirtyLog(cpu, this.vm, found, dirty)));
  }

  /** The interrupt controller's frames are placed and it is ready (device attributes ADDR, and INIT): all vCPUs are there. */
  initVgic(addresses: VgicAddresses): KvmResult<undefined> {
    const device = this.vgicDevice;
    if (device === null) return fail('ENXIO');
    for (const { type, model, what } of ADDRESS_TYPES) {
      if (model !== this.vm.irqchip) continue;
      const placed = device.setAttr(KVM_DEV_ARM_VGIC_GRP.ADDR, BigInt(type), BigInt(addresses[what]));
      if (!placed.ok) return placed;
    }
    return device.setAttr(KVM_DEV_ARM_VGIC_GRP.CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT);
  }

  /** KVM_CREATE_DEVICE of KVM_DEV_TYPE_ARM_VGIC_ITS. (Differs: v4.16 makes one beside a GICv2 too, whose guest can do nothing with it.) */
  createIts(): KvmResult<KvmItsDevice> {
    const { vgic } = this.vm;
    if (vgic?.model !== 'gicv3') return fail('ENODEV');
    const its = new VgicIts(this.vm, vgic);
    ioctl(this.#host.cpus[0]!, () => vgic.addIts(its));
    return ok(new KvmItsDevice(this.#host.cpus[0]!, its, () => this.#isBusy));
  }

  /** KVM_SIGNAL_MSI, by the VMM's thread on `pe`: whether it was delivered, which it is not if the guest has not mapped it. */
  signalMsi({ address, data, deviceId }: MsiMessage, pe = 0): KvmResult<boolean> {
    const { vgic } = this.vm;
    const cpu = this.#host.cpus[pe];
    if (cpu === undefined || vgic === null) return fail('EINVAL');
    if (vgic.its.length === 0) return fail('ENODEV');
    const its = vgic.its.find(({ base }) => base !== null && address >= base && address < base + ITS_BYTES);
    if (its === undefined || deviceId === undefined) return fail('EINVAL');
    const result = ioctl(cpu, () => its.trigger(cpu, deviceId, data));
    return result === 'EBUSY' ? fail(result) : ok(result === 'pending');
  }

  /** KVM_CREATE_VCPU. */
  createVcpu(number: number, { pe = 0, preemption = 'never' }: VcpuOptions = {}): KvmResult<KvmVcpu> {
    const cpu = this.#host.cpus[pe];
    if (cpu === undefined || !Number.isInteger(number) || number < 0 || number > 511) return fail('EINVAL');
    if (this.vm.vgic?.isMapped === true) return fail('EBUSY');
    if (this.vcpus.some(({ vcpu }) => vcpu.number === number)) return fail('EEXIST');
    const address = kernelAddress(this.#host.memory.allocate(STRUCT_BYTES, STRUCT_BYTES));
    const vcpu = new Vcpu(this.vm, number, address);
    ioctl(cpu, () => {
      setCell(cpu.cells, VCPU, address);
      setCell(cpu.cells, T, this.vm.address);
      cpu.port.str(T, VCPU, VCPU_STRUCT.VM);
      resetVgic(cpu, this.vm.irqchip);
      this.vm.vcpus.push(vcpu);
      startVirtualCount(cpu, this.vm);
    });
    this.vm.vgic?.addVcpu(vcpu);
    const made = new KvmVcpu(cpu, vcpu, preemption);
    this.vcpus.push(made);
    return ok(made);
  }

  /** KVM_IRQ_LINE, by the VMM's thread on `pe`: an interrupt number by `type << 24 | vcpu << 16 | number`. */
  irqLine(irq: number, level: boolean, pe = 0): KvmResult<undefined> {
    const line = irqLine(irq);
    const cpu = this.#host.cpus[pe];
    if (cpu === undefined) return fail('EINVAL');
    if (line.type === KVM_ARM_IRQ_TYPE.CPU) {
      const target = cpuLine(this.vm, line);
      if (typeof target === 'string') return fail(target);
      ioctl(cpu, () => setCpuLine(cpu, target, line, level));
      return DONE;
    }
    const input = vgicInput(this.vm, line);
    if (typeof input === 'string') return fail(input);
    if (input !== null) ioctl(cpu, () => this.vm.vgic!.inject(cpu, input, level));
    return DONE;
  }
}
