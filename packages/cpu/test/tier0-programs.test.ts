/** Tier 0 beside Eval. */
import { programTests } from './tier-programs.ts';

programTests({ tier0: true, tier1: false }, [1, 7, 1000], [1, 2]);
