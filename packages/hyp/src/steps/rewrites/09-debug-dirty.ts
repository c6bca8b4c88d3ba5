import { move, type Plan } from '../../switch/plan.ts';

/** The dirty flag is computed by the host, after the decision about TDA. */
export function debugDirty(plan: Plan): Plan {
  return move(plan, 'mark-debug-dirty', 'enter', 'enter', { after: 'setup-debug' });
}
