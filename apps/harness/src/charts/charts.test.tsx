import { renderToString } from 'preact-render-to-string';
import { expect, it } from 'vitest';
import { LadderChart } from './ladder-chart.tsx';
import { PhaseChart } from './phase-chart.tsx';

const BARS = [
  { prefix: 0, step: null, value: 76 },
  { prefix: 1, step: 'load-for-run-only', value: 76 },
  { prefix: 2, step: 'defer-64bit', value: 50 },
];

it('marks the bar at which a patch changes the value, with the difference', () => {
  const html = renderToString(<LadderChart title="reads, vhe" bars={BARS} />);
  expect(html.match(/class="bar falls"/g)).toHaveLength(1);
  expect(html).toContain('reads, vhe: patch 2, defer-64bit: 50 (\u221226)');
  expect(html).not.toContain('role="button"');
});

it('makes columns buttons where somebody listens', () => {
  expect(renderToString(<LadderChart title="reads" bars={BARS} onSelect={() => undefined} />).match(/role="button" tabindex="0"/g)).toHaveLength(3);
});

it('names every phase in words, and escapes what it is given', () => {
  const html = renderToString(<PhaseChart id="a" title="cycles" bars={[{ label: '<b>base', phases: [{ phase: 'enter', cycles: 100 }, { phase: 'odd', cycles: 20 }] }]} />);
  expect(html).toContain('&lt;b>base 120 cycles (enter 100, odd 20)');
  expect(html).not.toContain('<b>');
});

it('keeps phases apart that have no style of their own, as long as there are styles', () => {
  const fills = (count: number): number => {
    const phases = Array.from({ length: count }, (_, n) => ({ phase: `part ${String(n)}`, cycles: 100 }));
    const html = renderToString(<PhaseChart id="a" title="cycles" bars={[{ label: 'ipi', phases: [{ phase: 'guest', cycles: 50 }, ...phases] }]} />);
    return new Set(html.match(/url\(#a-[a-z]+\)/g)).size;
  };
  expect(fills(6)).toBe(7);
  expect(fills(12)).toBe(10);
});
