/**
 * What KVM_ARM_VCPU_INIT is given (kvm-arm-vhe-series.md, section 6.3): the target, which must be the host's own core, and
 * features.
 */
import { MIDR_EL1 } from '@worldswitch/cpu/arch';
import type { HostFacts } from '../host/facts.ts';
import type { VcpuFeatures } from '../vcpu.ts';

/** KVM's numbers. */
export const KVM_ARM_TARGET = { AEM_V8: 0, FOUNDATION_V8: 1, CORTEX_A57: 2, XGENE_POTENZA: 3, CORTEX_A53: 4, GENERIC_V8: 5 } as const;

const ARM = 0x41;
const APM = 0x50;

/** By implementer and part number; anything else is `GENERIC_V8`. */
const TARGETS: readonly (readonly [implementer: number, part: number, target: number])[] = [
  [ARM, 0xd0f, KVM_ARM_TARGET.AEM_V8],
  [ARM, 0xd00, KVM_ARM_TARGET.FOUNDATION_V8],
  [ARM, 0xd07, KVM_ARM_TARGET.CORTEX_A57],
  [ARM, 0xd03, KVM_ARM_TARGET.CORTEX_A53],
  [APM, 0x000, KVM_ARM_TARGET.XGENE_POTENZA],
];

/** KVM_ARM_PREFERRED_TARGET. */
export function preferredTarget({ midr }: HostFacts): number {
  const implementer = MIDR_EL1.Implementer.inWord(midr.lo);
  const part = MIDR_EL1.PartNum.inWord(midr.lo);
  return TARGETS.find((row) => row[0] === implementer && row[1] === part)?.[2] ?? KVM_ARM_TARGET.GENERIC_V8;
}

export const NO_FEATURES: VcpuFeatures = { powerOff: false, el1Is32Bit: false, psci02: false, pmu: false };

const NAMES = Object.keys(NO_FEATURES) as readonly (keyof VcpuFeatures)[];

export function isKnownFeature(name: string): boolean {
  return name in NO_FEATURES;
}

export function sameFeatures(a: VcpuFeatures, b: VcpuFeatures): boolean {
  return NAMES.every((name) => a[name] === b[name]);
}
