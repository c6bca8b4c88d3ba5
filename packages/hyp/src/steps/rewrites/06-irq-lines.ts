import { drop, type Plan } from '../../switch/plan.ts';

/** VI and VF live in the flags themselves. */
export function irqLines(plan: Plan): Plan {
  return drop(plan, 'enter', 'vgic-raise-hcr');
}
