/**
 * An emulated ITS as a KVM device (KVM_DEV_TYPE_ARM_VGIC_ITS; Linux, Documentation/virtual/kvm/devices/arm-vgic-its.txt): its address,
 * its registers, and its tables, which go through the guest's memory when a VM is saved.
 */
import { GITS, GITS_BASER, GITS_CBASER, GITS_CREADR, GITS_CTLR, GITS_CWRITER, GITS_IIDR } from '@worldswitch/gic/regs';
import type { Cpu } from '../cpu.ts';
import type { Errno } from '../kvm-run.ts';
import { placeIts, UNDEFINED_ADDRESS } from '../vgic/device.ts';
import type { Vcpu } from '../vcpu.ts';
import type { VgicFrame } from '../vgic/frame.ts';
import type { VgicIts } from '../vgic/its/its.ts';
import { restoreTables, saveTables } from '../vgic/its/tables.ts';
import { ioctl } from './ioctl.ts';
import { DONE, fail, ok, type KvmResult } from './result.ts';
import { KVM_DEV_ARM_VGIC_CTRL_INIT, KVM_DEV_ARM_VGIC_GRP, type VgicAttribute } from './vgic-device.ts';

/** The address of its control frame: the one attribute of the group ADDR. */
export const KVM_VGIC_ITS_ADDR_TYPE = 4n;
/** Attributes of the group CTRL beside INIT, which does nothing. */
export const KVM_DEV_ARM_ITS = { SAVE_TABLES: 1n, RESTORE_TABLES: 2n, CTRL_RESET: 4n } as const;

/** In the order in which they are restored; between these and GITS_CTLR the tables are. */
const SAVED = [GITS_CBASER.offset, GITS_CWRITER.offset, GITS_CREADR.offset, GITS_BASER.offsetOf(0), GITS_BASER.offsetOf(1), GITS_IIDR.offset] as const;
const DOUBLEWORD = 8;

const CONTROLS: ReadonlyMap<bigint, (its: VgicIts, cpu: Cpu) => Errno | null> = new Map([
  [KVM_DEV_ARM_ITS.SAVE_TABLES, saveTables],
  [KVM_DEV_ARM_ITS.RESTORE_TABLES, restoreTables],
  [KVM_DEV_ARM_ITS.CTRL_RESET, (its: VgicIts) => {
    its.reset();
    return null;
  }],
]);

export class KvmItsDevice {
  readonly #cpu: Cpu;
  readonly #its: VgicIts;
  readonly #isBusy: () => boolean;
  readonly #frame: VgicFrame;

  /** `isBusy`: whether a vCPU is in KVM_RUN. Its ioctls are made by the VMM's thread on the PE of `cpu`. */
  constructor(cpu: Cpu, its: VgicIts, isBusy: () => boolean) {
    this.#cpu = cpu;
    this.#its = its;
    this.#isBusy = isBusy;
    this.#frame = its.userFrame();
  }

  /** KVM_HAS_DEVICE_ATTR. */
  hasAttr(group: number, attr: bigint): KvmResult<undefined> {
    const { ADDR, CTRL, ITS_REGS } = KVM_DEV_ARM_VGIC_GRP;
    if (group === ITS_REGS) {
      const errno = this.#offsetRefusal(attr);
      return errno === null ? DONE : fail(errno);
    }
    const isKnown = group === ADDR ? attr === KVM_VGIC_ITS_ADDR_TYPE : group === CTRL && (attr === KVM_DEV_ARM_VGIC_CTRL_INIT || CONTROLS.has(attr));
    return isKnown ? DONE : fail('ENXIO');
  }

  /** KVM_GET_DEVICE_ATTR. */
  getAttr(group: number, attr: bigint): KvmResult<bigint> {
    if (group === KVM_DEV_ARM_VGIC_GRP.ADDR) {
      const { base } = this.#its;
      return attr === KVM_VGIC_ITS_ADDR_TYPE ? ok(base === null ? UNDEFINED_ADDRESS : BigInt(base)) : fail('ENODEV');
    }
    if (group !== KVM_DEV_ARM_VGIC_GRP.ITS_REGS) return fail('ENXIO');
    const errno = this.#registerRefusal(attr);
    return errno === null ? ok(this.#ioctl((cpu) => this.#read(cpu, Number(attr)))) : fail(errno);
  }

  /** KVM_SET_DEVICE_ATTR. */
  setAttr(group: number, attr: bigint, value = 0n): KvmResult<undefined> {
    const { ADDR, CTRL, ITS_REGS } = KVM_DEV_ARM_VGIC_GRP;
    const errno = group === ADDR ? this.#place(attr, value) : group === CTRL ? this.#control(attr) : group === ITS_REGS ? this.#setRegister(attr, value) : 'ENXIO';
    return errno === null ? DONE : fail(errno);
  }

  /** What a VMM saves of its registers, in the order in which another one takes them: the tables are restored before the last, which is GITS_CTLR. */
  stateAttributes(): readonly VgicAttribute[] {
    return [...SAVED, GITS_CTLR.offset].map((offset) => ({ group: KVM_DEV_ARM_VGIC_GRP.ITS_REGS, attr: BigInt(offset) }));
  }

  // ---- Each group ----------------------------------------------------------------------------------------------------

  #place(attr: bigint, address: bigint): Errno | null {
    if (attr !== KVM_VGIC_ITS_ADDR_TYPE) return 'ENODEV';
    return this.#ioctl(() => placeIts(this.#its.vm, this.#its, address));
  }

  #control(attr: bigint): Errno | null {
    if (attr === KVM_DEV_ARM_VGIC_CTRL_INIT) return null;
    const control = CONTROLS.get(attr);
    // (Differs: v4.16 says that it has done what it does not know.)
    if (control === undefined) return 'ENXIO';
    return this.#isBusy() ? 'EBUSY' : this.#ioctl((cpu) => control(this.#its, cpu));
  }

  #setRegister(attr: bigint, value: bigint): Errno | null {
    const errno = this.#registerRefusal(attr) ?? this.#its.refusal(Number(attr), value);
    if (errno !== null) return errno;
    return this.#ioctl((cpu) => {
      data[0] = Number(BigInt.asUintN(32, value));
      data[1] = Number(BigInt.asUintN(32, value >> 32n));
      const offset = Number(attr);
      this.#frame.write(cpu, this.#anyVcpu, offset, GITS.at(offset)!.register.width / 8, data);
      return null;
    });
  }

  #read(cpu: Cpu, offset: number): bigint {
    this.#frame.read(cpu, this.#anyVcpu, offset, GITS.at(offset)!.register.width / 8, data);
    return (BigInt(data[1]!) << 32n) | BigInt(data[0]!);
  }

  /** User space reaches a register of 64 bits as a whole. */
  #offsetRefusal(attr: bigint): Errno | null {
    const found = attr < BigInt(GITS.size) ? GITS.at(Number(attr)) : undefined;
    const align = found === undefined ? DOUBLEWORD / 2 : found.register.width / 8;
    if (attr % BigInt(align) !== 0n) return 'EINVAL';
    return found !== undefined && this.#frame.has(Number(attr)) ? null : 'ENXIO';
  }

  #registerRefusal(attr: bigint): Errno | null {
    const errno = this.#offsetRefusal(attr);
    if (errno === 'EINVAL') return errno;
    if (this.#its.base === null || errno !== null) return 'ENXIO';
    return this.#isBusy() ? 'EBUSY' : null;
  }

  /** A frame wants to know who reads it; no register of an ITS does. */
  get #anyVcpu(): Vcpu {
    return this.#its.vm.vcpus[0]!;
  }

  #ioctl<T>(body: (cpu: Cpu) => T): T {
    return ioctl(this.#cpu, () => body(this.#cpu));
  }
}

const data = new Uint32Array(2);
