/** All tiers together. */
import { programTests } from './tier-programs.ts';

programTests({ tier0: true, tier1: true }, [7, 1000, 1_000_000], [3, 4]);
