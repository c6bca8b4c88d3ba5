/**
 * Device attributes of a vCPU (kvm-arm-vhe-series.md, section 6.6): the interrupts of its PMU and timers. Which interrupt
 * numbers exist is the interrupt controller's; a PPI is 16 to 31, an SPI 32 to 1019.
 */
import type { HostFacts } from '../host/facts.ts';
import type { Errno } from '../kvm-run.ts';
import type { Vcpu } from '../vcpu.ts';
import { fail, ok, type KvmResult } from './result.ts';

/** Groups and attributes, with KVM's numbers. */
export const KVM_ARM_VCPU_PMU_V3_CTRL = { GROUP: 0, IRQ: 0, INIT: 1 } as const;
export const KVM_ARM_VCPU_TIMER_CTRL = { GROUP: 1, IRQ_VTIMER: 0, IRQ_PTIMER: 1 } as const;

export interface Attribute {
  /** Why KVM_HAS_DEVICE_ATTR says that there is none. */
  readonly refusal: (vcpu: Vcpu, facts: HostFacts) => Errno | null;
  readonly get: (vcpu: Vcpu) => KvmResult<number>;
  readonly set: (vcpu: Vcpu, facts: HostFacts, value: number) => Errno | null;
}

const isPpi = (number: number): boolean => Number.isInteger(number) && number >= 16 && number < 32;
const isSpi = (number: number): boolean => Number.isInteger(number) && number >= 32 && number < 1020;
const hasIrqchip = ({ vm }: Vcpu): boolean => vm.irqchip !== 'none';
const hasPmu = ({ features }: Vcpu): boolean => features?.pmu === true;

/** A PPI has one number for all vCPUs of a VM; an SPI belongs to one vCPU. */
function pmuIrqIsFree({ vm }: Vcpu, number: number): boolean {
  return vm.vcpus.every(({ pmu }) => pmu.irq === null || (isPpi(number) ? pmu.irq === number : pmu.irq !== number));
}

const pmuIrq: Attribute = {
  refusal: (vcpu, { pmu }) => (pmu && hasPmu(vcpu) ? null : 'ENXIO'),
  get: (vcpu) => {
    if (!hasIrqchip(vcpu)) return fail('EINVAL');
    if (!hasPmu(vcpu)) return fail('ENODEV');
    return vcpu.pmu.irq === null ? fail('ENXIO') : ok(vcpu.pmu.irq);
  },
  set: (vcpu, _facts, number) => {
    if (!hasIrqchip(vcpu)) return 'EINVAL';
    if (!hasPmu(vcpu)) return 'ENODEV';
    if (!isPpi(number) && !isSpi(number)) return 'EINVAL';
    if (!pmuIrqIsFree(vcpu, number)) return 'EINVAL';
    if (vcpu.pmu.irq !== null) return 'EBUSY';
    vcpu.pmu.irq = number;
    return null;
  },
};

const pmuInit: Attribute = {
  refusal: pmuIrq.refusal,
  get: () => fail('ENXIO'),
  set: (vcpu, { pmu }) => {
    if (!pmu) return 'ENODEV';
    if (!hasPmu(vcpu)) return 'ENXIO';
    if (vcpu.pmu.isReady) return 'EBUSY';
    const { vgic } = vcpu.vm;
    if (vgic !== null) {
      if (!vgic.isMapped) return 'ENODEV';
      if (vcpu.pmu.irq === null) return 'ENXIO';
      // Not a timer's; and an SPI that the controller has.
      const taken = vgic.setOwner(vcpu, vcpu.pmu.irq, vcpu.pmu);
      if (taken !== null) return taken;
    }
    vcpu.pmu.isReady = true;
    return null;
  },
};

function timerIrq(which: 'vtimer' | 'ptimer'): Attribute {
  return {
    refusal: () => null,
    get: ({ timerIrqs }) => ok(timerIrqs[which]),
    set: (vcpu, _facts, number) => {
      if (!hasIrqchip(vcpu) || !isPpi(number)) return 'EINVAL';
      if (vcpu.hasRun) return 'EBUSY';
      // All vCPUs have the same.
      for (const one of vcpu.vm.vcpus) one.timerIrqs[which] = number;
      return null;
    },
  };
}

const ATTRIBUTES: Readonly<Record<number, readonly Attribute[]>> = {
  [KVM_ARM_VCPU_PMU_V3_CTRL.GROUP]: [pmuIrq, pmuInit],
  [KVM_ARM_VCPU_TIMER_CTRL.GROUP]: [timerIrq('vtimer'), timerIrq('ptimer')],
};

/** The attribute, or null. */
export function findAttribute(group: number, attribute: number): Attribute | null {
  return ATTRIBUTES[group]?.[attribute] ?? null;
}
