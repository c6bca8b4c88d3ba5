// @ts-check
/** A PE with RAM and nothing else whose code cache a benchmark can see; `createCpu` keeps it to itself. */
import { FeatureSet } from '../../../packages/cpu/dist/arch/index.js';
import { Cpu } from '../../../packages/cpu/dist/core.js';
import { machineMemory } from '../../../packages/cpu/dist/emit/web-assembly.js';
import { planMemory, recordBytes } from '../../../packages/cpu/dist/engine/layout.js';
import { createTranslation } from '../../../packages/cpu/dist/engine/translation.js';
import { HostRam } from '../../../packages/cpu/dist/mem/ram.js';

export const RAM_BASE = 0x4000_0000;

/**
 * @param {{ ramSize: number, tiers?: 'all' | 'eval' | 'tier0' | 'tier1', codeCacheBytes?: number, firmwareCall?: (kind: string, imm: number) => boolean }} options
 * which tiers run, Eval always
 */
export function onePe({ ramSize, tiers = 'all', codeCacheBytes, firmwareCall = () => false }) {
  const features = FeatureSet.upTo('v8.0', 'mandatory');
  const plan = planMemory(1, ramSize, recordBytes(ramSize, codeCacheBytes));
  const memory = machineMemory(plan.size);
  const region = { base: RAM_BASE, size: ramSize, host: plan.ram };
  const cache = createTranslation(memory, plan, features, [region], { tier0: tiers !== 'tier1', tier1: tiers !== 'tier0' }, codeCacheBytes);
  const cpu = new Cpu({
    memory: memory.buffer,
    plan,
    pe: 0,
    features,
    identity: { midr: 0xf0000n, mpidr: 0x8000_0000n, paBits: 40, breakpoints: 6, watchpoints: 4 },
    ...(tiers !== 'eval' && { translation: cache }),
    ports: {
      bus: { read: () => 'abort', write: () => 'abort' },
      ram: [region],
      banks: [],
      firmwareCall,
      broadcastTlbi: () => undefined,
      sendEvent: () => undefined,
      isNative: () => false,
    },
  });
  return { cpu, cache, ram: new HostRam(memory.buffer, region, cache), retired: () => cpu.retired.reduce((sum, count) => sum + count, 0) };
}
