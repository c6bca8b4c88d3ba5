/** Switches of kernels before the series: plans of their own, which no step rewrites. */
import type { HypFunction } from '../mode.ts';
import type { ModeName, Plan } from '../plan.ts';
import { FRAME_HYP_FUNCTIONS } from './frames.ts';
import { GIC3_GENERATION_HYP_FUNCTIONS } from './gic-v3.ts';
import * as linux40 from './linux-4.0.ts';
import * as linux46 from './linux-4.6.ts';

export const GENERATION_NAMES = ['linux-4.0', 'linux-4.6'] as const;
export type GenerationName = (typeof GENERATION_NAMES)[number];

/** v4.0 knows no VHE. */
export const GENERATIONS: Readonly<Record<GenerationName, Readonly<Record<ModeName, Plan | null>>>> = {
  'linux-4.0': { vhe: null, nvhe: linux40.plan },
  'linux-4.6': { vhe: linux46.vhePlan, nvhe: linux46.nvhePlan },
};

export const GENERATION_HYP_FUNCTIONS: readonly HypFunction[] = [...FRAME_HYP_FUNCTIONS, ...GIC3_GENERATION_HYP_FUNCTIONS];
