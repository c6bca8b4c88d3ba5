/**
 * Where an exception goes: pure functions of what decides it (DDI 0487, D1 "Exception levels", "Asynchronous exception
 * types, routing, masking and priorities"). EL3 is not modelled.
 */
import type { ExceptionKind, ExceptionRouting } from './exception.ts';

export type InterruptKind = Exclude<ExceptionKind, 'sync'>;

/** What decides. The HCR_EL2 bits are 0 where EL2 is not implemented. */
export interface RoutingView {
  readonly el: number;
  readonly hasEl2: boolean;
  readonly e2h: boolean;
  readonly tge: boolean;
  readonly amo: boolean;
  readonly imo: boolean;
  readonly fmo: boolean;
}

/** Target EL of a synchronous exception. */
export function routeSynchronous(view: RoutingView, routing: ExceptionRouting): 1 | 2 {
  if (view.el === 2 || routing === 'el2') return 2;
  return view.el === 0 && view.tge ? 2 : 1;
}

/** Target EL of a physical interrupt. TGE sends them all to EL2. */
export function routePhysical(view: RoutingView, kind: InterruptKind): 1 | 2 {
  if (!view.hasEl2) return 1;
  return view.tge || routedByHcr(view, kind) ? 2 : 1;
}

function routedByHcr(view: RoutingView, kind: InterruptKind): boolean {
  return kind === 'irq' ? view.imo : kind === 'fiq' ? view.fmo : view.amo;
}

/**
 * Whether a pending interrupt for `target` is taken now (DDI 0487, "Asynchronous exception masking"). At a higher EL it stays
 * pending. PSTATE masks one for EL1, and for EL2 where EL2 runs or EL0 is its own, under E2H and TGE; no other for EL2.
 */
export function isTaken(view: RoutingView, target: number, masked: boolean): boolean {
  if (view.el > target) return false;
  const isHost = view.e2h && view.tge;
  return !masked || (target === 2 && view.el < 2 && !isHost);
}

/** Whether virtual interrupts of this kind exist: HCR_EL2.xMO set and TGE clear; they are taken at EL0 and EL1 only. */
export function virtualInterruptEnabled(view: RoutingView, kind: InterruptKind): boolean {
  return view.hasEl2 && !view.tge && view.el < 2 && routedByHcr(view, kind);
}

/** Whether an exception return to `el` is illegal for its EL alone: not implemented, higher, or EL1 under TGE. */
export function isIllegalReturnTarget(view: RoutingView, el: number): boolean {
  return el > view.el || (el === 2 && !view.hasEl2) || (el === 1 && view.tge);
}
