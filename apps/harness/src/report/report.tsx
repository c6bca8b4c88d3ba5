/** The report of an experiment. */
import type { HarnessDocument } from '../experiment/document.ts';

export function reportOf({ experiment }: HarnessDocument): string {
  return experiment;
}
