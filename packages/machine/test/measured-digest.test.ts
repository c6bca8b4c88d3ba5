import { parseStepSet, prefix, type StepSet } from '@worldswitch/hyp';
import { expect, test } from 'vitest';
import { benchmarkDigest, scenarioDigest, type BenchmarkName, type ScenarioName } from '../src/index.ts';

function set(name: string): StepSet {
  const result = parseStepSet(name);
  if (!result.ok) throw new Error(result.error);
  return result.set;
}

test.each<ScenarioName>(['hvc', 'irq-4lr', 'hvc-debug', 'gicv2-on-v3-irq-1lr'])('what the guest of %s owns at its end does not depend on mode and plan', (scenario) => {
  const digests = (['vhe', 'nvhe'] as const).flatMap((mode) => [0, 28, 40].map((count) => scenarioDigest({ mode, steps: prefix(count), scenario, profile: 'generic' })));
  expect(new Set(digests).size).toBe(1);
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
});

test('guests of different scenarios own different things', () => {
  const of = (scenario: ScenarioName): string | null => scenarioDigest({ mode: 'vhe', steps: prefix(40), scenario, profile: 'generic' });
  expect(new Set((['hvc', 'hvc-fp', 'irq-1lr'] as const).map(of)).size).toBe(3);
});

test.each<BenchmarkName>(['hvc', 'ipi'])('nor what the guest of the benchmark %s owns, older kernels included', (benchmark) => {
  const digests = ['linux-4.0', 'base', 'final'].map((steps) => benchmarkDigest({ benchmark, profile: 'seattle', mode: 'nvhe', steps: set(steps), iterations: 4 }));
  expect(new Set(digests).size).toBe(1);
});
