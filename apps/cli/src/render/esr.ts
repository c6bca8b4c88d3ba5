/** What `esr` prints. */
import type { Style } from '../command.ts';
import type { EsrDocument } from '../commands/esr.ts';
import { table } from '../table.ts';

export function render({ value, ec, il, iss, iss2, fields, stray }: EsrDocument, style: Style): string {
  const rows = [
    ['EC', '31:26', `0x${ec.value.toString(16).padStart(2, '0')}`, `${ec.name}: ${ec.title}`],
    ['IL', '25', String(il), il === 1 ? 'the instruction has 32 bits' : 'the instruction has 16 bits'],
    ['ISS', '24:0', iss, ''],
    ...fields.map(({ name, bits, value: number, meaning }) => [`  ${name}`, bits, number > 9 ? `0x${number.toString(16)}` : String(number), meaning ?? '']),
    ...(iss2 === 0 ? [] : [['ISS2', '36:32', `0x${iss2.toString(16)}`, '']]),
    ...(stray === '0x0' ? [] : [['RES0', '', stray, 'bits that should be 0 are set']]),
  ];
  return `${value}  ${style.strong(ec.title)}\n\n${table([['field', 'bits', 'value', 'meaning'], ...rows])}`;
}
