/** `esr`: a syndrome by field. */
import { describeSyndrome } from '@worldswitch/cpu/arch';
import { mistake, type Context, type Document, type Outcome } from '../command.ts';
import { hex, readBits } from '../numbers.ts';

export interface EsrDocument extends Document {
  readonly value: string;
  readonly ec: { readonly value: number; readonly name: string; readonly title: string; readonly aarch32: boolean };
  readonly il: number;
  readonly iss: string;
  readonly iss2: number;
  readonly fields: readonly { readonly name: string; readonly bits: string; readonly value: number; readonly meaning: string | null }[];
  /** RES0 bits that are set; `0x0` where there are none. */
  readonly stray: string;
}

export function run({ operands }: Context): Outcome {
  const [text, ...more] = operands;
  if (text === undefined || more.length > 0) return mistake('esr takes one value: worldswitch esr 0x5a000000');
  const value = readBits(text, 64, 'the syndrome');
  if (typeof value !== 'bigint') return value;
  const { ec, name, title, aarch32, il, iss, iss2, fields, stray } = describeSyndrome(value);
  const document: EsrDocument = { schema: 'worldswitch.esr/1', value: hex(value), ec: { value: ec, name, title, aarch32 }, il, iss: hex(iss), iss2, fields, stray: hex(stray) };
  return { document };
}
