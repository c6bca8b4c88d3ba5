/** `demo`: a small program, assembled and disassembled again: what `npm start` shows. */
import { assemble, Disassembler, formatDiagnostic, formatListing, SymbolIndex, type Program } from '@worldswitch/tools';
import { InvariantError } from '@worldswitch/cpu/arch';
import type { Document, Outcome } from '../command.ts';
import { DEMO_SOURCE } from '../demo-source.ts';
import { hex } from '../numbers.ts';

export interface DemoDocument extends Document {
  readonly source: string;
  readonly listing: string;
  readonly disassembly: readonly { readonly address: string; readonly word: string; readonly label: string | null; readonly text: string }[];
  readonly next: readonly string[];
}

const NEXT: readonly string[] = [
  'npm run -s worldswitch -- --help',
  'npm run -s worldswitch -- decode 0xd51c1100',
  'npm run -s worldswitch -- sysreg HCR_EL2 0x488000000',
  'npm run -s worldswitch -- esr 0x5a000000',
];

export function run(): Outcome {
  const result = assemble(DEMO_SOURCE, { file: 'demo.s' });
  if (!result.ok) throw new InvariantError(result.diagnostics.map(formatDiagnostic).join('\n'));
  const document: DemoDocument = { schema: 'worldswitch.demo/1', source: DEMO_SOURCE, listing: formatListing(result.program), disassembly: disassembly(result.program), next: NEXT };
  return { document };
}

function disassembly(program: Program): DemoDocument['disassembly'] {
  const symbols = SymbolIndex.of(program);
  const disassembler = new Disassembler({ symbols });
  const section = program.sections[0];
  if (section === undefined) return [];
  const view = new DataView(section.bytes.buffer, section.bytes.byteOffset, section.bytes.byteLength);
  return Array.from({ length: section.bytes.length >> 2 }, (_, index) => {
    const address = section.address + BigInt(index * 4);
    const word = view.getUint32(index * 4, true);
    return { address: hex(address, 8), word: hex(word, 8), label: symbols.at(address), text: disassembler.text(word, address) };
  });
}
