/** Placeholder until the next commit. */
import type { JSX } from 'preact';

export function CompareView(): JSX.Element {
  return <p />;
}
