/** Figures and phases of a switch as text. */
import type { TimelinePhase } from '@worldswitch/machine';

/** In the order in which a vCPU meets them; the page has them without the machine's code. */
export const PHASE_ORDER = ['load', 'flush', 'enter', 'guest', 'exit', 'sync', 'put'] as const satisfies readonly TimelinePhase[];

export const number = (value: number): string => (Number.isInteger(value) ? value : Number(value.toFixed(1))).toLocaleString('en');

/** With a sign, and the minus of text. */
export const signed = (value: number): string => (value === 0 ? '0' : `${value > 0 ? '+' : '\u2212'}${number(Math.abs(value))}`);
