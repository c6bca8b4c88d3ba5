/** What `disasm` prints: one line a word, `ADDRESS  WORD  text`. */
import { isMistake, type Mistake } from '../command.ts';
import type { DisasmDocument } from '../commands/disasm.ts';

export async function* render({ rows }: DisasmDocument): AsyncIterable<string | Mistake> {
  for await (const piece of rows) {
    if (isMistake(piece)) {
      yield piece;
      return;
    }
    let text = '';
    for (const { address, word, text: instruction, label } of piece) {
      if (label !== undefined) text += `${label}:\n`;
      text += `${address}  ${word}  ${instruction}\n`;
    }
    yield text;
  }
}
