/** Colours for a terminal that wants them (https://no-color.org). */
import type { Style } from './command.ts';
import type { Io, Output } from './io.ts';

const plain = (text: string): string => text;

const PLAIN: Style = { error: plain, warning: plain, strong: plain };

const sgr =
  (on: string, off: string) =>
  (text: string): string => `\u001b[${on}m${text}\u001b[${off}m`;

const COLOURS: Style = { error: sgr('1;31', '0'), warning: sgr('1;35', '0'), strong: sgr('1', '22') };

export function styleFor(output: Output, env: Io['env']): Style {
  const refused = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return output.isTerminal && !refused && env['TERM'] !== 'dumb' ? COLOURS : PLAIN;
}
