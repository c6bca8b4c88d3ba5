/** Benchmarks in cycles of the cost model: what their parts add up to, and what moves them. */
import { BASE, FINAL } from '@worldswitch/hyp';
import { expect, test } from 'vitest';
import { measureIpi } from '../src/measure/interrupt-benchmarks.ts';
import { benchmarkLacks, measureBenchmark, PROFILES, RUNNABLE_BENCHMARKS, type BenchmarkName, type BenchmarkResult } from '../src/index.ts';

const measure = (benchmark: BenchmarkName, more: Partial<Parameters<typeof measureBenchmark>[0]> = {}): BenchmarkResult =>
  measureBenchmark({ benchmark, profile: 'thunderx2', mode: 'vhe', steps: FINAL, iterations: 4, ...more });

test.each(RUNNABLE_BENCHMARKS)('%s: its phases add up to the mean, and so do what ran and what was charged', (benchmark) => {
  const { cycles, architecturalCycles, softwareCycles, breakdown } = measure(benchmark);
  expect(cycles.mean).toBeGreaterThan(0);
  expect(cycles.min).toBeLessThanOrEqual(cycles.mean);
  expect(cycles.max).toBeGreaterThanOrEqual(cycles.mean);
  expect(architecturalCycles + softwareCycles).toBeCloseTo(cycles.mean, 6);
  // Without an exit there are no phases.
  const phases = Object.values(breakdown);
  expect(phases.length === 0 ? cycles.mean : phases.reduce((sum, one) => sum + one, 0)).toBeCloseTo(cycles.mean, 6);
});

test('in the form of the papers the guest reads cycles around each iteration, and the bracket is in them', () => {
  const mean = (benchmark: BenchmarkName, form: 'kut' | 'papers'): number => measure(benchmark, { form, iterations: 64, steps: BASE }).cycles.mean;
  const bracket = mean('noop', 'papers') - mean('noop', 'kut');
  expect(bracket).toBeGreaterThan(0);
  // The first fetches fault, and the guest counts those too.
  expect(mean('hvc', 'papers') / (mean('hvc', 'kut') + bracket)).toBeCloseTo(1, 1);
  expect(measure('ipi', { form: 'papers' }).cycles.mean).toBeCloseTo(measure('ipi').cycles.mean + bracket, -2);
});

test('what cannot be measured says what it lacks', () => {
  expect(benchmarkLacks('vmswitch', 'papers', PROFILES.seattle)).toBe('the form papers');
  expect(benchmarkLacks('ipi_benchmark/broadcast-lock', 'kut', PROFILES.seattle)).toBe('a core with LSE');
  expect(benchmarkLacks('lpi', 'kut', PROFILES.thunderx2, 2)).toBe('a GICv3, which has LPIs');
  expect(benchmarkLacks('hvc', 'papers', PROFILES.seattle)).toBe(null);
});

test('an SGI takes as long as its latency says', () => {
  const prices = { ...PROFILES.thunderx2.prices, sgi: [PROFILES.thunderx2.prices.sgi[0] + 1000, 'E'] as const };
  const options = { profile: PROFILES.thunderx2, mode: 'vhe', gic: 3, steps: FINAL, guest: 'ipi', iterations: 4 } as const;
  const usual = measureIpi(options);
  const slow = measureIpi({ ...options, profile: { ...options.profile, prices } });
  expect(slow.breakdown['propagation']).toBeCloseTo(usual.breakdown['propagation']! + 1000, -1);
  expect(slow.cycles.mean).toBeCloseTo(usual.cycles.mean + 1000, -2);
});

test('the series shortens an IPI under VHE, and makes the way to the VMM longer by what moved to put', () => {
  expect(measure('ipi', { steps: FINAL }).cycles.mean).toBeLessThan(0.8 * measure('ipi', { steps: BASE }).cycles.mean);
  const increment = (steps: typeof BASE): number => measure('mmio_read_user', { steps }).cycles.mean - measure('hvc', { steps }).cycles.mean;
  expect(increment(FINAL)).toBeGreaterThan(increment(BASE));
});
