/** What `isa --status` prints. */
import type { IsaDocument } from '../commands/isa.ts';
import { table } from '../table.ts';

export function render({ rows, total, note }: IsaDocument): string {
  const lines = rows.map(({ feature, since, implemented, unimplemented, undefined: none, title }) => [feature ?? '(base)', since, String(implemented), String(unimplemented), String(none), title]);
  const all = ['total', '', String(total.implemented), String(total.unimplemented), String(total.undefined), ''];
  return `${table([['feature', 'since', 'implemented', 'unimplemented', 'undefined', ''], ...lines, all])}\n${note}\n`;
}
