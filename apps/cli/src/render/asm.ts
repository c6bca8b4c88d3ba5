/** What `asm` prints: the listing, where it was asked for; writing a file is done silently, as assemblers do. */
import type { AsmDocument } from '../commands/asm.ts';

export function render({ listing }: AsmDocument): string {
  return listing ?? '';
}
