/**
 * The interrupt controller of a VM as a KVM device (Linux, Documentation/virtual/kvm/devices/arm-vgic.txt and arm-vgic-v3.txt;
 * kvm-arm-vhe-series.md, section 6.6): its addresses, its size, and all of its state, so that a VM can be saved and go on elsewhere.
 */
import { setCell, VCPU } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import type { Errno } from '../kvm-run.ts';
import type { Vcpu } from '../vcpu.ts';
import { INTERFACE_V2, interfaceV3 } from '../vgic/cpu-interface.ts';
import { ADDRESS_TYPES, initVgic, UNDEFINED_ADDRESS } from '../vgic/device.ts';
import type { VgicFrame } from '../vgic/frame.ts';
import { PRIVATE_IRQS, SGI_COUNT } from '../vgic/irq.ts';
import { savedRegisters, userFrames, type UserFrames } from '../vgic/user-frames.ts';
import type { Vgic } from '../vgic/vgic.ts';
import type { Vm } from '../vm.ts';
import { ioctl } from './ioctl.ts';
import { DONE, fail, ok, type KvmResult } from './result.ts';

/** Groups, with KVM's numbers. */
export const KVM_DEV_ARM_VGIC_GRP = { ADDR: 0, DIST_REGS: 1, CPU_REGS: 2, NR_IRQS: 3, CTRL: 4, REDIST_REGS: 5, CPU_SYSREGS: 6, LEVEL_INFO: 7, ITS_REGS: 8 } as const;
export const KVM_DEV_ARM_VGIC_CTRL_INIT = 0n;
export const KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES = 3n;

/** One attribute of the device. */
export interface VgicAttribute {
  readonly group: number;
  /** Where: a vCPU in the upper word, by index (GICv2) or affinity (GICv3), and an offset or a register in the lower one. */
  readonly attr: bigint;
}

/** How an attribute is reached; null where that direction does not exist. */
interface Access {
  readonly get: ((cpu: Cpu) => bigint) | null;
  readonly set: ((cpu: Cpu, value: bigint) => Errno | null) | null;
  /** It needs the vCPUs to stand still. */
  readonly isState: boolean;
}

const HALF = 32n;
const LOW_HALF = 0xffff_ffffn;
const SYSREG_MASK = 0xffffn;
/** Group LEVEL_INFO: the INTID, a multiple of the interrupts in a word, and above it what is asked of them; 0 is the level of the line. */
const LEVEL_INTID_BITS = 10n;
const INTIDS_IN_WORD = 32;

export class KvmVgicDevice {
  readonly #cpu: Cpu;
  readonly #vm: Vm;
  readonly #vgic: Vgic;
  readonly #isBusy: () => boolean;
  #frames: UserFrames | null = null;

  /** `isBusy`: whether a vCPU is in KVM_RUN. Its ioctls are made by the VMM's thread on the PE of `cpu`. */
  constructor(cpu: Cpu, vm: Vm, vgic: Vgic, isBusy: () => boolean) {
    this.#cpu = cpu;
    this.#vm = vm;
    this.#vgic = vgic;
    this.#isBusy = isBusy;
  }

  /** KVM_HAS_DEVICE_ATTR. */
  hasAttr(group: number, attr: bigint): KvmResult<undefined> {
    const access = this.#access(group, attr);
    return typeof access === 'string' ? fail(access) : DONE;
  }

  /** KVM_GET_DEVICE_ATTR. */
  getAttr(group: number, attr: bigint): KvmResult<bigint> {
    const access = this.#access(group, attr);
    if (typeof access === 'string') return fail(access);
    if (access.get === null) return fail('ENXIO');
    if (access.isState && !this.#isStill()) return fail('EBUSY');
    const { get } = access;
    return ok(this.#ioctl(get));
  }

  /** KVM_SET_DEVICE_ATTR. */
  setAttr(group: number, attr: bigint, value = 0n): KvmResult<undefined> {
    const access = this.#access(group, attr);
    if (typeof access === 'string') return fail(access);
    if (access.set === null) return fail('ENXIO');
    if (access.isState && !this.#isStill()) return fail('EBUSY');
    const { set } = access;
    const errno = this.#ioctl((cpu) => set(cpu, value));
    return errno === null ? DONE : fail(errno);
  }

  /** What a VMM saves of a device that is set up, in the order in which another one takes it. */
  stateAttributes(): readonly VgicAttribute[] {
    const { DIST_REGS, REDIST_REGS, CPU_REGS, CPU_SYSREGS, LEVEL_INFO } = KVM_DEV_ARM_VGIC_GRP;
    const { model, irqCount } = this.#vgic;
    const at = (group: number, place: number, low: number): VgicAttribute => ({ group, attr: (BigInt(place) << HALF) | BigInt(low) });
    const { distributor, redistributor, lpis, control } = savedRegisters(model, irqCount);
    const hasLpis = this.#vgic.its.length > 0;
    const first = model === 'gicv2' ? 0 : (this.#vm.vcpus[0]?.affinity ?? 0);
    const lines = Array.from({ length: irqCount / INTIDS_IN_WORD }, (_, word) => word * INTIDS_IN_WORD);
    return [
      ...this.#vm.vcpus.flatMap(({ number, affinity }) =>
        model === 'gicv2'
          ? [...distributor.banked.map((offset) => at(DIST_REGS, number, offset)), ...Array.from(INTERFACE_V2.keys(), (offset) => at(CPU_REGS, number, offset))]
          : [
              ...[...(hasLpis ? lpis : []), ...redistributor].map((offset) => at(REDIST_REGS, affinity, offset)),
              ...lines.filter((intid) => intid < PRIVATE_IRQS).map((intid) => at(LEVEL_INFO, affinity, intid)),
              ...Array.from(interfaceV3(this.#cpu).keys(), (key) => at(CPU_SYSREGS, affinity, key)),
            ],
      ),
      // Behind those of the vCPUs: of equal priorities what is restored first is offered first.
      ...distributor.shared.map((offset) => at(DIST_REGS, first, offset)),
      ...(model === 'gicv2' ? [] : lines.filter((intid) => intid >= PRIVATE_IRQS).map((intid) => at(LEVEL_INFO, first, intid))),
      at(DIST_REGS, first, control),
    ];
  }

  // ---- Finding an attribute ------------------------------------------------------------------------------------------

  #access(group: number, attr: bigint): Access | Errno {
    const { ADDR, DIST_REGS, CPU_REGS, NR_IRQS, CTRL, REDIST_REGS, CPU_SYSREGS, LEVEL_INFO } = KVM_DEV_ARM_VGIC_GRP;
    const isV2 = this.#vgic.model === 'gicv2';
    switch (group) {
      case ADDR:
        return this.#address(attr);
      case NR_IRQS:
        return attr === 0n ? this.#size() : 'ENXIO';
      case CTRL:
        return this.#control(attr);
      case DIST_REGS:
        // A GICv3 has one distributor for all: whose view is asked for does not matter.
        return this.#register(isV2 ? attr : this.#ofFirst(attr), (vcpu, offset) => frameAccess(this.#userFrames.distributor, vcpu, offset));
      case CPU_REGS:
        return isV2 ? this.#register(attr, (vcpu, offset) => interfaceAccess(INTERFACE_V2.get(offset), vcpu)) : 'ENXIO';
      case REDIST_REGS:
        return isV2 ? 'ENXIO' : this.#register(attr, (vcpu, offset) => this.#redistributor(vcpu, offset));
      case CPU_SYSREGS:
        return isV2 ? 'ENXIO' : this.#register(attr, (vcpu, key) => interfaceAccess(interfaceV3(this.#cpu).get(key & Number(SYSREG_MASK)), vcpu));
      case LEVEL_INFO:
        return isV2 ? 'ENXIO' : this.#register(attr, (vcpu, what) => this.#lines(vcpu, what));
      default:
        return 'ENXIO';
    }
  }

  #control(attr: bigint): Access | Errno {
    if (attr === KVM_DEV_ARM_VGIC_CTRL_INIT) return { get: null, set: (cpu) => initVgic(cpu, this.#vm), isState: false };
    if (attr !== KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES || this.#vgic.model === 'gicv2') return 'ENXIO';
    return { get: null, set: (cpu) => (this.#vgic.lpis.savePending(cpu, this.#vm) ? null : 'EFAULT'), isState: true };
  }

  #address(attr: bigint): Access | Errno {
    const type = ADDRESS_TYPES.find((one) => BigInt(one.type) === attr && one.model === this.#vgic.model);
    if (type === undefined) return 'ENXIO';
    const { addresses } = this.#vgic;
    return {
      get: () => (addresses[type.what] === null ? UNDEFINED_ADDRESS : BigInt(addresses[type.what]!)),
      set: (_cpu, value) => type.place(addresses, value, this.#vm.vcpus.length),
      isState: false,
    };
  }

  #size(): Access {
    return {
      get: () => BigInt(this.#vgic.irqCount),
      set: (_cpu, value) => this.#vgic.setIrqCount(value),
      isState: false,
    };
  }

  #register(attr: bigint, find: (vcpu: Vcpu, low: number) => Access | Errno): Access | Errno {
    const place = Number(attr >> HALF);
    const vcpu = this.#vm.vcpus.find(({ number, affinity }) => (this.#vgic.model === 'gicv2' ? number === (place & 0xff) : affinity === place));
    return vcpu === undefined ? 'EINVAL' : find(vcpu, Number(attr & LOW_HALF));
  }

  #ofFirst(attr: bigint): bigint {
    return (BigInt(this.#vm.vcpus[0]?.affinity ?? 0) << HALF) | (attr & LOW_HALF);
  }

  #redistributor(vcpu: Vcpu, offset: number): Access | Errno {
    const { rd, sgi } = this.#userFrames.redistributors.get(vcpu)!;
    return offset < rd.size ? frameAccess(rd, vcpu, offset) : frameAccess(sgi, vcpu, offset - rd.size);
  }

  /** Set whether or not the interrupt is level-sensitive, so that the order of restoring does not matter. SGIs have no line. */
  #lines(vcpu: Vcpu, what: number): Access | Errno {
    const first = what % 2 ** Number(LEVEL_INTID_BITS);
    if (what >>> Number(LEVEL_INTID_BITS) !== 0 || first % INTIDS_IN_WORD !== 0) return 'EINVAL';
    const vgic = this.#vgic;
    return {
      get: () => {
        let bits = 0;
        for (let bit = 0; bit < INTIDS_IN_WORD; bit++) if (vgic.irq(vcpu, first + bit)?.lineLevel === true) bits |= 1 << bit;
        return BigInt(bits >>> 0);
      },
      set: (cpu, value) => {
        for (let bit = 0; bit < INTIDS_IN_WORD; bit++) {
          const irq = first + bit < SGI_COUNT ? null : vgic.irq(vcpu, first + bit);
          if (irq === null) continue;
          irq.lineLevel = ((value >> BigInt(bit)) & 1n) !== 0n;
          if (irq.lineLevel) vgic.queue(cpu, irq);
        }
        return null;
      },
      isState: true,
    };
  }

  get #userFrames(): UserFrames {
    return (this.#frames ??= userFrames(this.#vgic, this.#vm.vcpus));
  }

  // ---- Bracket -------------------------------------------------------------------------------------------------------

  /** No vCPU runs; and a GICv3 has been set up, while a GICv2 is whenever it is first asked for. */
  #isStill(): boolean {
    return !this.#isBusy() && (this.#vgic.model === 'gicv2' || this.#vgic.isMapped);
  }

  /** No vCPU is loaded: what is told a mapped interrupt reaches the physical one when it is. */
  #ioctl<T>(body: (cpu: Cpu) => T): T {
    const cpu = this.#cpu;
    return ioctl(cpu, () => {
      const { vcpu } = cpu;
      cpu.vcpu = null;
      const result = body(cpu);
      cpu.vcpu = vcpu;
      return result;
    });
  }
}

const data = new Uint32Array(2);
const WORD = 4;

function frameAccess(frame: VgicFrame, vcpu: Vcpu, offset: number): Access | Errno {
  if (!frame.has(offset)) return 'ENXIO';
  return {
    get: (cpu) => {
      frame.read(cpu, vcpu, offset, WORD, data);
      return BigInt(data[0]!);
    },
    set: (cpu, value) => {
      data[0] = Number(BigInt.asUintN(32, value));
      frame.write(cpu, vcpu, offset, WORD, data);
      return null;
    },
    isState: true,
  };
}

function interfaceAccess(register: ReturnType<typeof INTERFACE_V2.get>, vcpu: Vcpu): Access | Errno {
  if (register === undefined) return 'ENXIO';
  return {
    get: (cpu) => {
      setCell(cpu.cells, VCPU, vcpu.address);
      return BigInt(register.read(cpu) >>> 0);
    },
    set: (cpu, value) => {
      setCell(cpu.cells, VCPU, vcpu.address);
      return register.write(cpu, Number(BigInt.asUintN(32, value))) ? null : 'EINVAL';
    },
    isState: true,
  };
}
