/**
 * LPIs of a guest: those that an ITS has mapped, each a `VgicIrq` that has read its configuration from the guest's table, and the
 * registers of redistributors about them (Linux, virt/kvm/arm/vgic/vgic-its.c, vgic-v3.c, vgic-mmio-v3.c).
 */
import { GICR_CTLR, GICR_PENDBASER, GICR_PROPBASER, LPI_CONFIGURATION } from '@worldswitch/gic/regs';
import type { Cpu } from '../cpu.ts';
import { readGuestByte, writeGuestByte } from '../mmu/guest-memory.ts';
import type { Vcpu } from '../vcpu.ts';
import type { Vm } from '../vm.ts';
import type { WordRow } from './frame.ts';
import { FIRST_LPI, VgicIrq } from './irq.ts';
import { TableRegister } from './table-register.ts';
import type { VgicCpu } from './vgic-cpu.ts';
import type { Vgic } from './vgic.ts';

/** Bits of an INTID with LPIs. */
export const LPI_ID_BITS = 16;

const INITIAL = { InnerCache: GICR_PROPBASER.InnerCache.value('RaWb'), Shareability: GICR_PROPBASER.Shareability.value('InnerShareable') } as const;
const mask = (layout: typeof GICR_PROPBASER | typeof GICR_PENDBASER): bigint => layout.fields.reduce((bits, field) => bits | field.mask, 0n);
const PROPERTIES_UNIT = 2 ** GICR_PROPBASER.Physical_Address.lsb;
const PENDING_UNIT = 2 ** GICR_PENDBASER.Physical_Address.lsb;
const BITS_OF_BYTE = 8;

/** GICR_PENDBASER as it is before a guest writes it. */
export function pendingTable(): TableRegister {
  const register = new TableRegister(GICR_PENDBASER, mask(GICR_PENDBASER));
  register.set(GICR_PENDBASER.of(INITIAL));
  return register;
}

export class VgicLpis {
  /** GICR_PROPBASER, one for all redistributors. */
  readonly properties = new TableRegister(GICR_PROPBASER, mask(GICR_PROPBASER));
  readonly #vgic: Vgic;
  readonly #irqs = new Map<number, VgicIrq>();

  constructor(vgic: Vgic) {
    this.#vgic = vgic;
  }

  /** The first ITS is there. */
  prepare(): void {
    this.properties.set(GICR_PROPBASER.of(INITIAL));
  }

  get count(): number {
    return this.#irqs.size;
  }

  get(intid: number): VgicIrq | null {
    return this.#irqs.get(intid) ?? null;
  }

  /** INTIDs that the guest has a configuration for end here. */
  get end(): number {
    return 2 ** Math.min(this.properties.field(GICR_PROPBASER.IDbits) + 1, LPI_ID_BITS);
  }

  /**
   * An event is mapped to an LPI (`vgic_add_lpi`), which takes over what the tables say of it; null where they are not in memory.
   * An LPI that another event has mapped is that one.
   */
  add(cpu: Cpu, vm: Vm, intid: number, target: Vcpu | null): VgicIrq | null {
    const known = this.#irqs.get(intid);
    const irq = known ?? new VgicIrq(intid);
    irq.mappings++;
    if (known !== undefined) return irq;
    irq.isEdge = true;
    irq.target = target;
    this.#irqs.set(intid, irq);
    if (this.configure(cpu, vm, irq) && this.#takePending(cpu, vm, irq)) return irq;
    this.remove(irq);
    return null;
  }

  /** An event is not mapped to it any more. (What is pending by then is delivered still: KVM keeps it as long as it is on an ap_list.) */
  remove(irq: VgicIrq): void {
    irq.mappings--;
    this.release(irq);
  }

  /** Nobody maps it, and it is on no ap_list. */
  release(irq: VgicIrq): void {
    if (irq.mappings === 0 && irq.vcpu === null) this.#irqs.delete(irq.intid);
  }

  /** Priority and enable, from the configuration table (`update_lpi_config`); whether it is in memory. */
  configure(cpu: Cpu, vm: Vm, irq: VgicIrq): boolean {
    const configuration = readGuestByte(cpu, vm, this.properties.field(GICR_PROPBASER.Physical_Address) * PROPERTIES_UNIT + irq.intid - FIRST_LPI);
    if (configuration < 0) return false;
    irq.priority = configuration & LPI_CONFIGURATION.Priority.wordMask;
    irq.isEnabled = LPI_CONFIGURATION.Enable.inWord(configuration) !== 0;
    this.#vgic.queue(cpu, irq);
    return true;
  }

  /** Those that go to a vCPU, by number: an order that does not depend on who was mapped when. */
  of(vcpu: Vcpu): readonly VgicIrq[] {
    return this.sorted().filter(({ target }) => target === vcpu);
  }

  sorted(): readonly VgicIrq[] {
    return [...this.#irqs.values()].sort((a, b) => a.intid - b.intid);
  }

  /** What the pending table says of an LPI that is new moves here (`vgic_v3_lpi_sync_pending_status`). */
  #takePending(cpu: Cpu, vm: Vm, irq: VgicIrq): boolean {
    if (irq.target === null) return true;
    const address = this.#pendingByte(irq.target, irq);
    const bits = readGuestByte(cpu, vm, address);
    if (bits < 0) return false;
    irq.pendingLatch = isSet(bits, irq);
    this.#vgic.queue(cpu, irq);
    return !irq.pendingLatch || writeGuestByte(cpu, vm, address, bits & ~bitOf(irq));
  }

  /** GICR_CTLR.EnableLPIs is set: the pending table is read (`its_sync_lpi_pending_table`). */
  readPending(cpu: Cpu, vcpu: Vcpu): void {
    for (const irq of this.of(vcpu)) {
      const bits = readGuestByte(cpu, vcpu.vm, this.#pendingByte(vcpu, irq));
      if (bits < 0) return;
      irq.pendingLatch = isSet(bits, irq);
      this.#vgic.queue(cpu, irq);
    }
  }

  /** Into the tables, for user space to save the guest's memory with (`vgic_v3_save_pending_tables`); whether they are in memory. */
  savePending(cpu: Cpu, vm: Vm): boolean {
    for (const irq of this.sorted()) {
      if (irq.target === null) continue;
      const address = this.#pendingByte(irq.target, irq);
      const bits = readGuestByte(cpu, vm, address);
      if (bits < 0) return false;
      if (isSet(bits, irq) !== irq.pendingLatch && !writeGuestByte(cpu, vm, address, bits ^ bitOf(irq))) return false;
    }
    return true;
  }

  #pendingByte({ number }: Vcpu, { intid }: VgicIrq): number {
    return this.#vgic.cpus[number]!.pendingTable.field(GICR_PENDBASER.Physical_Address) * PENDING_UNIT + Math.floor(intid / BITS_OF_BYTE);
  }

  visitState(put: (word: number) => void): void {
    for (const word of this.properties.words) put(word);
    for (const irq of this.sorted()) {
      for (const word of [irq.intid, irq.target?.number ?? -1, irq.mappings]) put(word);
      irq.visitState(put);
    }
  }
}

const bitOf = ({ intid }: VgicIrq): number => 1 << (intid % BITS_OF_BYTE);
const isSet = (bits: number, irq: VgicIrq): boolean => (bits & bitOf(irq)) !== 0;

/** The registers of RD_base about LPIs. Where they lie does not change while they are enabled. */
export function lpiRows(vgic: Vgic, owner: VgicCpu): Readonly<Record<'GICR_CTLR' | 'GICR_PROPBASER' | 'GICR_PENDBASER', WordRow>> {
  const { lpis } = vgic;
  const table = (register: TableRegister): WordRow => ({
    read: (_vcpu, _n, half) => register.read(half),
    write: (_cpu, _vcpu, value, _n, half) => {
      if (!owner.hasLpis) register.write(value, half);
    },
  });
  return {
    GICR_CTLR: {
      read: () => (owner.hasLpis ? GICR_CTLR.EnableLPIs.wordMask : 0),
      write: (cpu, _vcpu, value) => {
        if (vgic.its.length === 0) return;
        const before = owner.hasLpis;
        owner.hasLpis = GICR_CTLR.EnableLPIs.inWord(value) !== 0;
        if (owner.hasLpis && !before && owner.pendingTable.field(GICR_PENDBASER.PTZ) === 0) lpis.readPending(cpu, owner.vcpu);
      },
    },
    GICR_PROPBASER: table(lpis.properties),
    GICR_PENDBASER: table(owner.pendingTable),
  };
}
