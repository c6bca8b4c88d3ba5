/**
 * Tier 0's module and where its forms are, as they come with a built package. There are none in the sources: the step of
 * the build behind the compiler writes this file's output anew (`scripts/build-handlers.mjs`), so it cannot be stale.
 */
import type { Places } from './handler-texts.ts';

export interface HandlerImage {
  /** Base64. */
  readonly module: string;
  readonly places: Places;
}

export const HANDLER_IMAGE: HandlerImage | null = null as HandlerImage | null;
