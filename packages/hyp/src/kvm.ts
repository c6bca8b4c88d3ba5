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
import { K, setCell, T, VCPU } from './cells.ts';
import { kernelAddress } from './host/addresses.ts';
import type { Host } from './host/host.ts';
import { STRUCT_BYTES, VCPU_STRUCT, VM_STRUCT } from './layout.ts';
import { IPA_BITS, PAGE_BYTES, Stage2 } from './mmu/stage2.ts';
import { resetVgic } from './reset.ts';
import type { Preemption } from './thread.ts';
import { planFor } from './steps/compose.ts';
import { FINAL, type StepSet } from './steps/set.ts';
import { compile, type Plan } from './switch/plan.ts';
import { startVirtualCount } from './timer/arch-timer.ts';
import { Vcpu } from './vcpu.ts';
import { initVgic, type VgicAddresses } from './vgic/device.ts';
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
  readonly #host: Host;

  constructor({ host }: Kvm, { steps = FINAL, plan, irqchip, hostCounters = false }: VmOptions) {
    this.#host = host;
    const address = kernelAddress(host.memory.allocate(STRUCT_BYTES, STRUCT_BYTES));
    this.vm = new Vm(address, compile(plan ?? planFor(host.mode, steps), host.facts), new Stage2(host.memory), host.vmids, irqchip ?? (host.facts.gic === 3 ? 'gicv3' : 'gicv2'));
    this.vm.hasHostCounters = hostCounters;
    if (this.vm.irqchip !== 'none') this.vm.vgic = new Vgic(this.vm.irqchip, host.facts);
    const cpu = host.cpus[0]!;
    ioctl(cpu, () => {
      setCell(cpu.cells, K, address);
      setCell(cpu.cells, T, cpu.gich ?? { lo: 0, hi: 0 });
      cpu.port.str(T, K, VM_STRUCT.GICH);
    });
  }

  /** KVM_SET_USER_MEMORY_REGION for a slot that does not exist yet. */
  setUserMemoryRegion(region: MemoryRegion): KvmResult<undefined> {
    const { guestPhysAddr, memorySize, backing, slot } = region;
    const numbers = [guestPhysAddr, memorySize, backing];
    if (!numbers.every((one) => Number.isSafeInteger(one) && one >= 0 && one % PAGE_BYTES === 0) || memorySize === 0) return fail('EINVAL');
    if (guestPhysAddr + memorySize > 2 ** IPA_BITS) return fail('EFAULT');
    const end = guestPhysAddr + memorySize;
    if (this.vm.slots.some((other) => other.slot === slot || (other.guestPhysAddr < end && guestPhysAddr < other.guestPhysAddr + other.memorySize))) return fail('EEXIST');
    this.vm.slots.push(region);
    return DONE;
  }

  /** The interrupt controller's frames are placed and it is ready (device attributes ADDR, and INIT): all vCPUs are there. */
  initVgic(addresses: VgicAddresses): KvmResult<undefined> {
    const cpu = this.#host.cpus[0]!;
    const errno = ioctl(cpu, () => initVgic(cpu, this.vm, addresses));
    return errno === null ? DONE : fail(errno);
  }

  /** KVM_CREATE_VCPU. */
  createVcpu(number: number, { pe = 0, preemption = 'never' }: VcpuOptions = {}): KvmResult<KvmVcpu> {
    if (this.vcpus.some(({ vcpu }) => vcpu.number === number)) return fail('EEXIST');
    const cpu = this.#host.cpus[pe];
    if (cpu === undefined || !Number.isInteger(number) || number < 0 || number > 511) return fail('EINVAL');
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
    ioctl(cpu, () => this.vm.vgic!.inject(cpu, input, level));
    return DONE;
  }
}
