/**
 * Operations that we count otherwise than kvm-arm-vhe-series.md, section 4.41, gives them: one entry an operation, with the
 * sentence of sections 2 to 4 that decides. Empty: there is none in the scenarios that run.
 */
export interface Difference {
  readonly mode: 'vhe' | 'nvhe';
  readonly scenario: string;
  /** First and last prefix. */
  readonly prefixes: readonly [number, number];
  readonly operation: string;
  readonly because: string;
}

export const DIFFERENCES: readonly Difference[] = [];
