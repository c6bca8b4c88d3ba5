/** What `demo` prints. */
import type { Style } from '../command.ts';
import type { DemoDocument } from '../commands/demo.ts';

export function render({ listing, disassembly, next }: DemoDocument, style: Style): string {
  const lines = disassembly.map(({ address, word, label, text }) => `${label === null ? '' : `${label}:\n`}${address}  ${word}  ${text}\n`);
  return [
    `${style.strong('The listing')}: address, word, source\n\n`,
    listing,
    `\n${style.strong('The same bytes, disassembled')}\n\n`,
    ...lines,
    `\n${style.strong('Next')}\n\n`,
    ...next.map((command) => `  ${command}\n`),
  ].join('');
}
