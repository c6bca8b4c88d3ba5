/** What `sysreg` prints. */
import type { Style } from '../command.ts';
import type { AccessText, LayoutText, RegisterText, SysregDocument } from '../commands/sysreg.ts';
import { table } from '../table.ts';

export function render({ registers, value }: SysregDocument, style: Style): string {
  return registers.map((register) => describe(register, value, style)).join('\n');
}

function describe(register: RegisterText, value: string | null, style: Style): string {
  const { name, doc, generic, encoding, directions, feature, status, reset, access, traps, layouts } = register;
  const { op0, op1, CRn, CRm, op2 } = encoding;
  let text = `${style.strong(name ?? generic)}${doc === '' ? '' : `  ${doc}`}\n\n`;
  text += table([
    ['encoding', `op0=${String(op0)} op1=${String(op1)} CRn=${String(CRn)} CRm=${String(CRm)} op2=${String(op2)}  (${generic})`],
    ...(name === null ? [] : [['direction', directions], ['feature', feature ?? 'none: the base architecture'], ['status', status === 'named' ? 'named: its extension is not modelled, access is UNDEFINED' : status], ['reset', reset]]),
  ]);
  if (access.length > 0) text += `\n${table([['', 'HCR_EL2.E2H = 0', 'HCR_EL2.E2H = 1'], ...access.map(({ el, e2h0, e2h1 }) => [`EL${String(el)}`, accessText(e2h0), accessText(e2h1)])])}`;
  text += `\n${traps.length === 0 ? 'nothing traps it\n' : table([['trapped from', 'to', 'EC', '', 'when'], ...traps.map(({ from, target, ec, direction, when }) => [from.map((el) => `EL${String(el)}`).join(' '), target, ec ?? '', direction, when])])}`;
  for (const layout of layouts) text += `\n${fields(layout, value)}`;
  return text;
}

function accessText({ access, reaches }: AccessText): string {
  return reaches === null ? access : `${access}, reaches ${reaches}`;
}

function fields({ when, fields: list, res0Set, res1Clear }: LayoutText, value: string | null): string {
  const heading = when === null ? '' : `while HCR_EL2.${when.replace('=', ' is ')}:\n`;
  const rows = list.map(({ name, bits, value: number, meaning, feature }) => [name, bits, ...(value === null ? [] : [number ?? '']), `${meaning ?? ''}${feature === null ? '' : `${meaning === null ? '' : '  '}(${feature})`}`]);
  const strays = [
    ...(res0Set === null || res0Set === '0x0' ? [] : [`RES0 bits are set: ${res0Set}\n`]),
    ...(res1Clear === null || res1Clear === '0x0' ? [] : [`RES1 bits are clear: ${res1Clear}\n`]),
  ];
  return `${heading}${table([['field', 'bits', ...(value === null ? [] : [value]), 'meaning'], ...rows])}${strays.join('')}`;
}
