/**
 * A vCPU's part of the vgic (`struct vgic_cpu`): its SGIs and PPIs, and the ap_list, which holds what is pending or active for
 * it. Flush fills list register images from the list, sync folds them back and prunes it (kvm-arm-vhe-series.md, sections 2.3,
 * 2.10, 6.7).
 */
import { setCell, T, VCPU, ZERO } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { TALLIES } from '../host/tallies.ts';
import { setPhysicalActive } from '../host/gic.ts';
import { kickVcpu } from '../kick.ts';
import { VCPU_STRUCT } from '../layout.ts';
import type { Vcpu, VcpuVgic } from '../vcpu.ts';
import { compareIrqs, FIRST_LPI, PRIVATE_IRQS, targetOracle, VgicIrq } from './irq.ts';
import { emptyImage, fold, populate } from './list-register.ts';
import { pendingTable } from './lpis.ts';
import type { Vgic } from './vgic.ts';

const LOWEST_PRIORITY = 0xff;

export class VgicCpu implements VcpuVgic {
  readonly vgic: Vgic;
  readonly vcpu: Vcpu;
  readonly private: readonly VgicIrq[];
  readonly apList: VgicIrq[] = [];
  /** GICR_CTLR.EnableLPIs, and GICR_PENDBASER. */
  hasLpis = false;
  readonly pendingTable = pendingTable();
  readonly #image = emptyImage();
  /** List registers that the last flush has filled. */
  #used = 0;

  constructor(vgic: Vgic, vcpu: Vcpu) {
    this.vgic = vgic;
    this.vcpu = vcpu;
    this.private = Array.from({ length: PRIVATE_IRQS }, (_, intid) => {
      const irq = new VgicIrq(intid);
      irq.target = vcpu;
      irq.targets = 1 << vcpu.number;
      return irq;
    });
  }

  /** Whether the guest, if it waits, has something to wake up for (`kvm_vgic_vcpu_pending_irq`). */
  get hasPending(): boolean {
    // What an ITS has not come to yet may be an LPI.
    for (const its of this.vgic.its) if (its.isBehind) return true;
    if (!this.vgic.isEnabled) return false;
    for (const irq of this.apList) if (irq.isPending && irq.isEnabled && !irq.isActive) return true;
    return false;
  }

  visitLpiState(put: (word: number) => void): void {
    put(this.hasLpis ? 1 : 0);
    for (const word of this.pendingTable.words) put(word);
  }

  /** `kvm_vgic_flush_hwstate`, the part in memory. */
  flush(cpu: Cpu): void {
    const { apList, vgic } = this;
    const { port } = cpu;
    port.charge(TALLIES.vgicFlush);
    for (const its of vgic.its) if (its.isBehind) its.run(cpu);
    if (apList.length === 0) return;
    const { backend, lrCount } = vgic;
    if (apList.length > lrCount || this.#hasSeveralSenders()) {
      port.charge(TALLIES.vgicSort);
      apList.sort(compareIrqs);
    }
    let used = 0;
    let lowest = LOWEST_PRIORITY;
    for (let at = 0; at < apList.length; at++) {
      const irq = apList[at]!;
      if (irq.priority > lowest) break;
      if (targetOracle(irq, vgic.isEnabled) !== this.vcpu) continue;
      port.charge(TALLIES.vgicPopulate);
      if (populate(irq, this.#image, vgic.model)) lowest = irq.priority;
      backend.store(cpu, used++, this.#image);
      if (used < lrCount) continue;
      if (at < apList.length - 1) backend.setUnderflow(cpu, true);
      break;
    }
    for (let n = used; n < lrCount; n++) backend.clear(cpu, n);
    this.#setUsed(cpu, used);
  }

  /** `kvm_vgic_sync_hwstate`, the part in memory. */
  sync(cpu: Cpu): void {
    cpu.port.charge(TALLIES.vgicSync);
    if (this.apList.length === 0) return;
    if (this.#used > 0) this.#fold(cpu);
    this.#prune(cpu);
  }

  /** The number is in memory too, where the switch asks for it. */
  #setUsed({ port, cells }: Cpu, used: number): void {
    this.#used = used;
    setCell(cells, T, ZERO);
    cells[2 * T] = used;
    port.str(T, VCPU, VCPU_STRUCT.USED_LRS);
  }

  #hasSeveralSenders(): boolean {
    const { apList, vgic } = this;
    if (vgic.model === 'gicv3') return false;
    for (const { isSgi, isActive, sources } of apList) if (isSgi && (isActive ? sources !== 0 : (sources & (sources - 1)) !== 0)) return true;
    return false;
  }

  #fold(cpu: Cpu): void {
    const { vgic, vcpu } = this;
    const { backend, model } = vgic;
    const image = this.#image;
    backend.setUnderflow(cpu, false);
    for (let n = 0; n < this.#used; n++) {
      backend.load(cpu, n, image, model);
      const irq = vgic.irq(vcpu, image.vIntid);
      if (irq === null) continue;
      cpu.port.charge(TALLIES.vgicFold);
      if (!fold(irq, image, model)) continue;
      // The guest has not looked at it, so it may be over; then the physical one must be free to come again.
      irq.lineLevel = irq.mapped!.level(cpu);
      if (!irq.lineLevel) setPhysicalActive(cpu, irq.mapped!.pIntid, false);
    }
    this.#setUsed(cpu, 0);
  }

  /** What is over leaves the list, and what has another target by now moves to that vCPU's. */
  #prune(cpu: Cpu): void {
    const { apList, vgic, vcpu } = this;
    let kept = 0;
    for (let at = 0; at < apList.length; at++) {
      const irq = apList[at]!;
      cpu.port.charge(TALLIES.vgicPrune);
      const target = targetOracle(irq, vgic.isEnabled);
      if (target === vcpu) {
        apList[kept++] = irq;
        continue;
      }
      irq.vcpu = target;
      if (target === null) {
        if (irq.intid >= FIRST_LPI) vgic.lpis.release(irq);
        continue;
      }
      vgic.cpus[target.number]!.apList.push(irq);
      kickVcpu(cpu, target);
    }
    apList.length = kept;
  }
}
