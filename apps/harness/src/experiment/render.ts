/** What an experiment prints at its end. */
import { demoDocument, renderDemo, table, type Style } from 'worldswitch';
import { doubtsOf } from './conclusions.ts';
import { isBenchmarkRow, isLadderRow, type HarnessDocument, type Summary } from './document.ts';

export function render(document: HarnessDocument, style: Style): string {
  const { experiment, summary, host } = document;
  return [
    ...(experiment === 'start' ? [demo(document, style), '\n'] : [published(summary, style)]),
    conclusions(summary, style),
    ...(summary.violations.length === 0 ? [] : [violations(summary, style)]),
    `${String(summary.cells)} cells in ${host.seconds.toFixed(1)} s with ${String(host.workers)} workers${host.reused === 0 ? '' : `, ${String(host.reused)} of them finished before`}; ${String(summary.checks)} checks, ${String(summary.violations.length)} violated\n`,
    ...host.files.map((path) => `  ${path}\n`),
  ].join('');
}

function demo({ cells }: HarnessDocument, style: Style): string {
  const results = cells.map(({ result }) => result);
  return renderDemo(demoDocument(results.filter(isBenchmarkRow), results.filter(isLadderRow)), style);
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');

function published({ published: rows }: Summary, style: Style): string {
  if (rows.length === 0) return '';
  const lines = rows.map(({ benchmark, machine, mode, steps, published: value, ours, deltaPercent }) => [benchmark, machine, mode, steps, whole(value), whole(ours), `${deltaPercent > 0 ? '+' : ''}${deltaPercent.toFixed(1)} %`]);
  return `${style.strong('Beside published figures, in cycles')}\n${table([['', 'machine', 'mode', 'steps', 'published', 'ours', 'deviation'], ...lines], '  ')}\n`;
}

function conclusions({ conclusions: list }: Summary, style: Style): string {
  if (list.length === 0) return '';
  const lines = list.map((one) => {
    const doubts = doubtsOf(one);
    return [one.holds ? 'holds' : 'does not', whole(one.margin), one.text, !one.holds || one.method === null ? '' : doubts.length === 0 ? 'firm' : `not firm: ${doubts.join(', ')}`];
  });
  return `${style.strong('Conclusions, by how many cycles, and whether estimates decide them (each price ±30 %, charged code ±50 %)')}\n${table(lines, '  ')}\n`;
}

function violations({ violations: list }: Summary, style: Style): string {
  return `${style.error('Violated')}\n${list.map(({ id, invariant, detail, command }) => `  ${id}: ${invariant}: ${detail}\n    ${command}\n`).join('')}\n`;
}
