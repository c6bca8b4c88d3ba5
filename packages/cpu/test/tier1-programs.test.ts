/** Tier 1 beside Eval. */
import { programTests } from './tier-programs.ts';

programTests({ tier0: false, tier1: true }, [1, 7, 1000, 1_000_000], [1, 2, 3, 4, 5, 6, 7, 8]);
