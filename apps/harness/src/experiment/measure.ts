/** One cell: its measurement, a second run for what its guest owns, and what must hold of it by itself. */
import { createHash } from 'node:crypto';
import { InvariantError } from '@worldswitch/cpu/arch';
import { parseStepSet, planFor, prefix, type ModeName, type StepSet } from '@worldswitch/hyp';
import {
  benchmarkDigest, benchmarkGuest, benchmarkRow, measureBenchmark, measureLadderRow, measureLoadPutRow, PROFILES, scenarioDigest, scenarioGuest, type BenchmarkRequest, type LadderScenario, type ScenarioName,
} from '@worldswitch/machine';
import type { BenchCell, Cell, Invariant, LadderCell, LoadPutCell, Measured } from './cells.ts';
import { checkHostState } from './host-state.ts';
import { benchmarkInvariants, ladderInvariants } from './invariants.ts';
import { changedPrices } from './prices.ts';

/** Measures cells one after another; what several of them share is done once. */
export class Measurer {
  readonly #seed: number;
  readonly #hostStates = new Map<string, Invariant>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  measure(cell: Cell): Measured {
    switch (cell.kind) {
      case 'bench':
        return this.#bench(cell);
      case 'ladder':
        return this.#ladder(cell);
      case 'load-put':
        return this.#loadPut(cell);
    }
  }

  #bench({ benchmark, machine, mode, gic, steps, iterations, change }: BenchCell): Measured {
    const set = stepSet(steps);
    const { prices } = PROFILES[machine];
    const request: BenchmarkRequest = { benchmark, profile: machine, mode, steps: set, gic, iterations, ...(change === undefined ? {} : { prices: changedPrices(prices, change) }) };
    const result = measureBenchmark(request);
    return {
      gic, steps,
      result: benchmarkRow(request, result),
      guestSha256: sha256(benchmarkGuest(benchmark, gic)),
      // Prices are nothing that the clock `retired` knows.
      guestDigest: change === undefined ? benchmarkDigest(request) : null,
      invariants: [...benchmarkInvariants(result, request.prices ?? prices), ...(change === undefined ? [this.#hostState(mode, gic, set)] : [])],
    };
  }

  #ladder({ benchmark: scenario, machine, mode, prefix: count }: LadderCell): Measured {
    const row = measureLadderRow({ mode, scenario, prefix: count, machine });
    const set = prefix(count);
    const gic = scenario.startsWith('gicv2-irq') ? 2 : 3;
    if (!isRunnable(scenario)) return { gic, steps: set.name, result: row, guestSha256: null, guestDigest: null, invariants: [] };
    return {
      gic, steps: set.name,
      result: row,
      guestSha256: sha256(scenarioGuest(scenario)),
      guestDigest: scenarioDigest({ mode, steps: set, scenario, profile: machine }),
      invariants: [...ladderInvariants(row), this.#hostState(mode, gic, set)],
    };
  }

  #loadPut({ gic, guestGic, machine, mode, prefix: count }: LoadPutCell): Measured {
    const set = prefix(count);
    return {
      gic, steps: set.name,
      result: measureLoadPutRow({ mode, gic, guestGic, prefix: count, machine }),
      // A vCPU is put for an exit to user space.
      guestSha256: sha256(scenarioGuest('mmio')),
      guestDigest: null,
      invariants: [this.#hostState(mode, gic, set)],
    };
  }

  #hostState(mode: ModeName, gic: 2 | 3, set: StepSet): Invariant {
    const key = `${mode} ${String(gic)} ${set.name}`;
    let known = this.#hostStates.get(key);
    if (known === undefined) {
      known = hostState(mode, gic, set, this.#seed);
      this.#hostStates.set(key, known);
    }
    return known;
  }
}

const isRunnable = (scenario: LadderScenario): scenario is ScenarioName => scenario !== 'hvc-a32';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function stepSet(name: string): StepSet {
  const result = parseStepSet(name);
  if (!result.ok) throw new InvariantError(result.error);
  return result.set;
}

function hostState(mode: ModeName, gic: 2 | 3, set: StepSet, seed: number): Invariant {
  const name = 'host state restored';
  // What the host's registers hold is written down of the series' kernels.
  if (set.generation !== undefined) return { name, ok: true, detail: `not applicable to ${set.name}: section 5.1 is of the series` };
  const { checks, findings } = checkHostState({ mode, gic, steps: set.steps, plan: planFor(mode, set), seed });
  const [first] = findings;
  return { name, ok: first === undefined, detail: first === undefined ? `${checks.toLocaleString('en')} values at returns from the switch and in user space, seed ${String(seed)}` : `${String(findings.length)} of ${String(checks)} values: ${first}` };
}
