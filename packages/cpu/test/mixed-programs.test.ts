/** All tiers together. */
import { programTests } from './tier-programs.ts';

programTests({ tier0: true, tier1: true }, [4, 5, 6]);
