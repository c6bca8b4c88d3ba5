import { panicAlways } from '../../switch/around.ts';
import { replace, type Plan } from '../../switch/plan.ts';

/** VHE: a panic no longer asks VTTBR_EL2 whether a guest is in place. */
export function panicWithoutVttbr(plan: Plan): Plan {
  return replace(plan, 'panic', 'panic-restore-host', panicAlways);
}
