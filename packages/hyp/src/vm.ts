/**
 * A VM: its plan, its memory slots, its stage 2 table and VMID, its vCPUs. Which of its vCPUs ran last on a PE is known
 * because they share TLB entries of one VMID.
 */
import type { Word64 } from './cells.ts';
import type { Cpu } from './cpu.ts';
import type { Host } from './host/host.ts';
import type { Stage2 } from './mmu/stage2.ts';
import type { VmidAllocator, VmidOwner } from './mmu/vmid.ts';
import { PSCI_1_0 } from './psci.ts';
import { KernelBus } from './mmio/bus.ts';
import type { CompiledPlan } from './switch/plan.ts';
import type { Vcpu } from './vcpu.ts';
import type { Vgic } from './vgic/vgic.ts';

/** KVM_SET_USER_MEMORY_REGION; the backing memory is given as the physical address that the VMM's mapping has. */
export interface MemoryRegion {
  readonly slot: number;
  readonly guestPhysAddr: number;
  readonly memorySize: number;
  readonly backing: number;
  readonly readOnly?: boolean;
  /** KVM_MEM_LOG_DIRTY_PAGES. */
  readonly logDirtyPages?: boolean;
}

/** A slot as it stands. */
export interface MemorySlot {
  readonly slot: number;
  readonly guestPhysAddr: number;
  readonly memorySize: number;
  readonly backing: number;
  readonly readOnly: boolean;
  /** A bit for each page that was written; null while nobody logs. */
  readonly dirty: Uint8Array | null;
}

export type Irqchip = 'gicv2' | 'gicv3' | 'none';

export class Vm {
  /** A kernel address. */
  readonly address: Word64;
  readonly compiled: CompiledPlan;
  readonly stage2: Stage2;
  readonly vmids: VmidAllocator;
  /** The PEs of the host. */
  readonly cpus: readonly Cpu[];
  /** What the guest's interrupt controller is; `none` leaves interrupts to user space. */
  readonly irqchip: Irqchip;
  readonly vmid: VmidOwner = { vmid: 0, generation: 0 };
  readonly vcpus: Vcpu[] = [];
  slots: readonly MemorySlot[] = [];
  /** The interrupt controller in the kernel; null where the VM has none. */
  vgic: Vgic | null = null;
  /** Devices in the kernel, by guest physical address. */
  readonly bus = new KernelBus();
  /** Trapped system registers and instructions without a handler, by key: how often. */
  readonly unhandled = new Map<number, number>();
  /** Exception classes without a handler. */
  readonly unhandledClasses = new Map<number, number>();
  /** PMU registers do not trap: the guest measures with the host's counters, as harnesses of papers do. */
  hasHostCounters = false;
  /** What a guest with PSCI 0.2 or later is told. */
  psciVersion = PSCI_1_0;
  readonly #lastRan: (Vcpu | undefined)[] = [];

  constructor(address: Word64, compiled: CompiledPlan, stage2: Stage2, host: Pick<Host, 'vmids' | 'cpus'>, irqchip: Irqchip) {
    this.irqchip = irqchip;
    this.address = address;
    this.compiled = compiled;
    this.stage2 = stage2;
    this.vmids = host.vmids;
    this.cpus = host.cpus;
  }

  /** The slot that holds a guest physical address, or null. */
  slotAt(ipa: number): MemorySlot | null {
    for (const slot of this.slots) if (ipa >= slot.guestPhysAddr && ipa < slot.guestPhysAddr + slot.memorySize) return slot;
    return null;
  }

  /** Notes that the vCPU is loaded on a PE; whether another one of this VM was there before it. */
  noteVcpu(pe: number, vcpu: Vcpu): boolean {
    const last = this.#lastRan[pe];
    this.#lastRan[pe] = vcpu;
    return last !== undefined && last !== vcpu;
  }

  noteUnhandled(key: number): void {
    this.unhandled.set(key, (this.unhandled.get(key) ?? 0) + 1);
  }

  noteUnhandledClass(ec: number): void {
    this.unhandledClasses.set(ec, (this.unhandledClasses.get(ec) ?? 0) + 1);
  }
}
