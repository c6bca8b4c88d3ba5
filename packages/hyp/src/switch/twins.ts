/** The two modes, for those who build plans; whoever runs one has it from the machine's factory. */
import type { HypFunction } from './mode.ts';
import * as nvheOps from './nvhe.ts';
import type { ModeName, Plan } from './plan.ts';
import * as vheOps from './vhe.ts';

export const MODES = { vhe: vheOps.vhe, nvhe: nvheOps.nvhe } as const;

/** The operations of a mode that both twins have. */
export type TwinOperations = Pick<typeof vheOps, 'common' | 'user' | 'el1' | 'el2Return'>;

const OPERATIONS: Readonly<Record<ModeName, TwinOperations>> = { vhe: vheOps, nvhe: nvheOps };

/** Class operations under the names of the plan's mode. */
export function twin(plan: Plan): TwinOperations {
  return OPERATIONS[plan.mode];
}

/** Hyp functions that only one mode has, or has its own way of. */
export const MODE_HYP_FUNCTIONS: Readonly<Record<ModeName, readonly HypFunction[]>> = {
  vhe: [vheOps.flushLocalVmid],
  nvhe: [nvheOps.vcpuRun, nvheOps.flushLocalVmid],
};
