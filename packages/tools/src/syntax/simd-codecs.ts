/** Codecs of operands of the SIMD and floating-point groups. */
import type { CodecFactory } from './codec.ts';

/** Codecs by kind; `codecs.ts` checks that the table is total. */
export const SIMD_CODECS = {} as const satisfies Readonly<Record<string, CodecFactory>>;
