/** KVM_IRQ_LINE (kvm-arm-vhe-series.md, section 6.5): what its number means, and the two lines of a vCPU without a controller. */
import { HCR_EL2 } from '@worldswitch/cpu/arch';
import { setCell, T, VCPU } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { kickVcpu } from '../kick.ts';
import type { Errno } from '../kvm-run.ts';
import { VCPU_STRUCT } from '../layout.ts';
import { has } from '../switch/plan.ts';
import { IRQ_LINES } from '../traps.ts';
import type { Vcpu } from '../vcpu.ts';
import { PRIVATE_IRQS, SGI_COUNT, type VgicIrq } from '../vgic/irq.ts';
import type { Vm } from '../vm.ts';

export const KVM_ARM_IRQ_TYPE = { CPU: 0, SPI: 1, PPI: 2 } as const;

/** Of type CPU: the number is the line. */
export const KVM_ARM_IRQ_CPU = { IRQ: 0, FIQ: 1 } as const;

export interface IrqLine {
  readonly type: number;
  readonly vcpu: number;
  readonly number: number;
}

export function irqLine(irq: number): IrqLine {
  return { type: (irq >>> 24) & 0xff, vcpu: (irq >>> 16) & 0xff, number: irq & 0xffff };
}

const LINES: readonly number[] = [HCR_EL2.VI.wordMask, HCR_EL2.VF.wordMask];

/** The vCPU whose line is meant, or why there is none. */
export function cpuLine({ irqchip, vcpus }: Vm, { vcpu, number }: IrqLine): Vcpu | Errno {
  if (irqchip !== 'none') return 'ENXIO';
  const target = vcpus.find((one) => one.number === vcpu);
  return target === undefined || number >= LINES.length ? 'EINVAL' : target;
}

/** Where {@link IRQ_LINES} are; the next entry brings them to hardware. */
function linesOffset({ compiled }: Vcpu): number {
  return has(compiled.plan, 'enter', 'vgic-raise-hcr') ? VCPU_STRUCT.IRQ_LINES : VCPU_STRUCT.HCR_EL2;
}

/** `vcpu_interrupt_line`: a change makes the vCPU look. */
export function setCpuLine(cpu: Cpu, vcpu: Vcpu, { number }: IrqLine, level: boolean): void {
  const { port, cells } = cpu;
  const offset = linesOffset(vcpu);
  setCell(cells, VCPU, vcpu.address);
  port.ldr(T, VCPU, offset);
  const line = LINES[number]!;
  if (((cells[2 * T]! & line) !== 0) === level) return;
  cells[2 * T] = cells[2 * T]! ^ line;
  port.str(T, VCPU, offset);
  kickVcpu(cpu, vcpu);
}

/** Whether user space holds a line of a vCPU without a controller: reason enough to run. Uses the scratch cell. */
export function hasRaisedLine(cpu: Cpu, vcpu: Vcpu): boolean {
  if (vcpu.vm.irqchip !== 'none') return false;
  const { port, cells, scratch } = cpu;
  setCell(cells, scratch, vcpu.address);
  port.ldr(scratch, scratch, linesOffset(vcpu));
  return (cells[2 * scratch]! & IRQ_LINES) !== 0;
}

/** The input of the controller in the kernel that is meant, an SPI or a PPI of one vCPU, or why there is none; null: it is not user space's, which goes unnoticed. */
export function vgicInput({ vgic, vcpus }: Vm, { type, vcpu, number }: IrqLine): VgicIrq | Errno | null {
  if (type !== KVM_ARM_IRQ_TYPE.SPI && type !== KVM_ARM_IRQ_TYPE.PPI) return 'EINVAL';
  if (vgic === null) return 'ENXIO';
  const isPpi = type === KVM_ARM_IRQ_TYPE.PPI;
  const owner = isPpi ? vcpus.find((one) => one.number === vcpu) : vcpus[0];
  if (owner === undefined || (isPpi ? number < SGI_COUNT || number >= PRIVATE_IRQS : number < PRIVATE_IRQS)) return 'EINVAL';
  // `vgic_lazy_init`: only a GICv2 is set up when it is first needed.
  if (vgic.model === 'gicv3' && !vgic.isMapped) return 'EBUSY';
  const irq = vgic.irq(owner, number);
  if (irq === null) return 'EINVAL';
  return irq.owner === null ? irq : null;
}
