/** What a core may be made of: every argument of `new Cpu` is checked here before anything is allocated or written. */
import { missingFeatures } from './arch/feature-rules.ts';
import { FeatureSet } from './arch/features.ts';
import { ArgumentError, checkBits, checkInteger } from './argument-error.ts';
import type { CpuIdentity, CpuOptions } from './core.ts';
import type { RamRegion } from './mem/physical.ts';
import { DEFAULT_EVENT_COUNTERS, PA_SIZES } from './sysreg/id-values.ts';

/** Smallest piece of RAM: a page of the TLB. */
const RAM_UNIT = 0x1000;
/** DDI 0487, "ID_AA64DFR0_EL1": two at least; BRPs and WRPs hold one less in four bits. */
const LEAST_COMPARATORS = 2;
const MOST_COMPARATORS = 16;
/** PMCR_EL0.N. */
const MOST_EVENT_COUNTERS = 31;

/** Throws an `ArgumentError` that names the first argument which cannot be. */
export function checkCpuOptions({ memory, plan, pe, features, identity, ports }: CpuOptions): void {
  checkInteger('pe', pe, 0, plan.pes - 1);
  if (memory.byteLength < plan.size) throw new ArgumentError('memory.byteLength', memory.byteLength, `at least the ${String(plan.size)} bytes of the plan`);
  checkFeatures(features);
  checkIdentity(identity, features);
  checkRam(ports.ram, identity.paBits, memory.byteLength);
}

/** Throws unless every feature has what it needs. */
export function checkFeatures(features: FeatureSet): void {
  if (!(features instanceof FeatureSet)) throw new ArgumentError('features', features, 'a FeatureSet');
  const [missing] = missingFeatures(features);
  if (missing !== undefined) throw new ArgumentError('features', `${missing.feature} without ${missing.requires}`, `${missing.requires} with it, or neither`);
}

function checkIdentity({ midr, mpidr, paBits, breakpoints, watchpoints, eventCounters = DEFAULT_EVENT_COUNTERS }: CpuIdentity, features: FeatureSet): void {
  checkBits('identity.midr', midr, 32);
  checkBits('identity.mpidr', mpidr, 40);
  const sizes = PA_SIZES.filter((size) => size <= 48 || features.has('LPA'));
  if (!sizes.includes(paBits)) throw new ArgumentError('identity.paBits', paBits, sizes.join(', '));
  checkInteger('identity.breakpoints', breakpoints, LEAST_COMPARATORS, MOST_COMPARATORS);
  checkInteger('identity.watchpoints', watchpoints, LEAST_COMPARATORS, MOST_COMPARATORS);
  checkInteger('identity.eventCounters', eventCounters, 0, MOST_EVENT_COUNTERS);
}

function checkRam(regions: readonly RamRegion[], paBits: number, hostSize: number): void {
  regions.forEach(({ base, size, host }, index) => {
    const name = `ports.ram[${String(index)}]`;
    checkInteger(`${name}.size`, size, RAM_UNIT, hostSize, RAM_UNIT);
    checkInteger(`${name}.base`, base, 0, 2 ** paBits - size, RAM_UNIT);
    checkInteger(`${name}.host`, host, RAM_UNIT, hostSize - size, RAM_UNIT);
    const other = regions.slice(0, index).find((region) => base < region.base + region.size && region.base < base + size);
    if (other !== undefined) throw new ArgumentError(`${name}.base`, base, `outside the region of ${String(other.size)} bytes at ${String(other.base)}`);
  });
}
