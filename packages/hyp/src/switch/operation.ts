/**
 * What a plan is made of: a named operation, and what the verifier may know about it. An operation acts through the
 * port only; its conditions are read from memory or from hardware when it runs, never from the step set.
 */
import type { Cpu } from '../cpu.ts';

export type Owner = 'host' | 'guest';

/** State that host and guest share one piece of hardware for. */
export const STATES = ['COMMON', 'USER', 'ACTLR', 'EL1', 'EL2_RETURN', 'A32', 'DEBUG', 'SPE', 'FP', 'LRS', 'APRS', 'VMCR', 'TIMER'] as const;
export type State = (typeof STATES)[number];

/** Controls that make the machine guest-shaped, or host-shaped. */
export const CONTROLS = ['HCR', 'CPTR', 'VBAR', 'HSTR_PMU', 'MDCR', 'VM', 'CNTHCTL', 'SRE2', 'SRE1', 'DAIF'] as const;
export type Control = (typeof CONTROLS)[number];

/** What an operation does to the state that the verifier follows. */
export type Fact = `save ${Owner} ${State}` | `restore ${Owner} ${State}` | `activate ${Control}` | `deactivate ${Control}`;

/** Whether an operation is there at all on a host: what Linux patches in at boot (alternatives and static keys). */
export type HostCondition = 'gicv2' | 'gicv3' | 'ras' | 'no-ras';

export interface Operation {
  /** The role in the plan: unique within a phase, and what rewrites and ordering rules name. */
  readonly id: string;
  /** Which of several ways of playing that role, empty for the only one. */
  readonly variant: string;
  /** What it executes, in one line. */
  readonly does: string;
  /** The condition that it evaluates when it runs. */
  readonly when: string;
  readonly host: HostCondition | null;
  readonly facts: readonly Fact[];
  readonly run: (cpu: Cpu) => void;
}

export interface OperationOptions {
  readonly variant?: string;
  readonly when?: string;
  readonly host?: HostCondition;
  readonly facts?: readonly Fact[];
}

export function operation(id: string, does: string, run: (cpu: Cpu) => void, options: OperationOptions = {}): Operation {
  return { id, variant: options.variant ?? '', does, when: options.when ?? '', host: options.host ?? null, facts: options.facts ?? [], run };
}

/** The operation as plans print it: role and variant. */
export function operationName({ id, variant }: Operation): string {
  return variant === '' ? id : `${id} (${variant})`;
}
