/** What `decode` prints. */
import type { Style } from '../command.ts';
import type { DecodeDocument } from '../commands/decode.ts';
import { table } from '../table.ts';

export function render(document: DecodeDocument, style: Style): string {
  const { word, text, row, notes } = document;
  const title = `${word}  ${style.strong(text)}\n`;
  if (row === null) return `${title}\nno row of the instruction table allocates this word\n${notes.map((note) => `  ${note}\n`).join('')}`;
  return `${title}\n${facts(document)}\n${bits(document)}\n${syntaxes(document)}`;
}

function facts({ row, group, pattern, feature, featureTitle, featureSince, status, notes, forms }: DecodeDocument): string {
  return table([
    ['row', `${row ?? ''} (${group ?? ''})`],
    ['pattern', pattern ?? ''],
    ['feature', feature === null ? 'none: the base architecture' : `${feature} (${featureTitle ?? ''}), from ${featureSince ?? ''}`],
    ['status', status],
    ['forms', forms.length === 0 ? 'none' : forms.join(' ')],
    ...notes.map((note) => ['note', note]),
  ]);
}

function bits({ bits: groups }: DecodeDocument): string {
  const rows = groups.map(({ bits: range, kind, name, binary, value }) => [range, binary, kind === 'field' ? name : kind === 'fixed' ? '' : '(should be)', kind === 'field' ? String(value) : '']);
  return table([['bits', 'value', 'field', ''], ...rows]);
}

function syntaxes({ syntaxes: forms }: DecodeDocument): string {
  const rows = forms.map(({ id, isAlias, syntax, text, isPreferred }) => [isAlias ? 'alias' : 'row', id, syntax, `${text ?? ''}${isPreferred ? '  (preferred)' : ''}`]);
  return table([['written', 'as', 'syntax', 'here'], ...rows]);
}
