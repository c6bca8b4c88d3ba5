/**
 * How charts look, for the page and the report alike: colours that the common kinds of colour blindness keep apart (Okabe and Ito),
 * and beside each colour a pattern, so that black and white paper tells phases apart too.
 */

/** Units across a chart, where a document does not say otherwise. */
export const CHART_WIDTH = 640;

/** What a phase is filled with: a colour of {@link CHART_CSS}, and the marks on it. */
export interface PhaseStyle {
  readonly token: string;
  /** Lines and dots in a tile of 8 by 8, as SVG path data; empty for a plain fill. */
  readonly marks: string;
}

/** The phases of a switch in the order in which a vCPU meets them, and what surrounds them. */
const PHASE_STYLES: Readonly<Record<string, PhaseStyle>> = {
  load: { token: 'load', marks: 'M0 8 8 0' },
  flush: { token: 'flush', marks: 'M2 2h1M6 6h1' },
  enter: { token: 'enter', marks: '' },
  guest: { token: 'guest', marks: 'M0 4h8' },
  exit: { token: 'exit', marks: 'M0 0 8 8' },
  sync: { token: 'sync', marks: 'M0 4h8M4 0v8' },
  handle: { token: 'handle', marks: 'M4 0v8' },
  put: { token: 'put', marks: 'M0 8 8 0M0 0 8 8' },
  user: { token: 'user', marks: 'M1 1h6v6h-6z' },
};

const OTHER: PhaseStyle = { token: 'other', marks: 'M4 3v2' };

const isKnown = (phase: string): boolean => Object.hasOwn(PHASE_STYLES, phase);

export function phaseStyle(phase: string): PhaseStyle {
  return isKnown(phase) ? PHASE_STYLES[phase]! : OTHER;
}

/** The styles of phases that stand in one chart: one without a style of its own, as a part of a way through several PEs is, takes one that is free. */
export function phaseStyles(phases: readonly string[]): ReadonlyMap<string, PhaseStyle> {
  const free = Object.keys(PHASE_STYLES).filter((phase) => !phases.includes(phase)).values();
  return new Map(phases.map((phase) => [phase, phaseStyle(isKnown(phase) ? phase : (free.next().value ?? phase))]));
}

const LIGHT = `--chart-text:#1d2430;--chart-muted:#5a6472;--chart-line:#d5dae1;--chart-bar:#a9b4c2;--chart-change:#0b63b5;--chart-rise:#b4400f;--chart-select:#1d2430;--chart-mark:#ffffff8c;
--phase-load:#3f9ed0;--phase-flush:#0a8a66;--phase-enter:#0b63b5;--phase-guest:#b9bfc8;--phase-exit:#c2500c;--phase-sync:#b05e8f;--phase-handle:#7a6a00;--phase-put:#d08c00;--phase-user:#6b7280;--phase-other:#8a93a0;`;
const DARK = `--chart-text:#e4e8ee;--chart-muted:#a3adba;--chart-line:#39424e;--chart-bar:#596575;--chart-change:#62b0f5;--chart-rise:#f2945c;--chart-select:#ffffff;--chart-mark:#0000006b;
--phase-load:#5cb8e6;--phase-flush:#2fb78f;--phase-enter:#5aa6ee;--phase-guest:#6c7786;--phase-exit:#ee8a4a;--phase-sync:#d68ab7;--phase-handle:#c9b84a;--phase-put:#eab13d;--phase-user:#9aa4b2;--phase-other:#8a93a0;`;

/** What a document with charts has in its style sheet. A `data-theme` of the root, `light` or `dark`, goes before the user's preference. */
export const CHART_CSS = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
:root[data-theme=light]{color-scheme:light;${LIGHT}}
:root[data-theme=dark]{color-scheme:dark;${DARK}}
@media print{:root,:root[data-theme]{color-scheme:light;${LIGHT}}}
.chart{display:block;width:100%;height:auto;font:11px ui-sans-serif,system-ui,sans-serif;overflow:visible}
.chart text{fill:var(--chart-text)}
.chart .muted{fill:var(--chart-muted)}
.chart .grid{stroke:var(--chart-line);stroke-width:1}
.chart .bar{fill:var(--chart-bar)}
.chart .bar.falls{fill:var(--chart-change)}
.chart .bar.rises{fill:var(--card,Canvas);stroke:var(--chart-rise);stroke-width:1.8}
.chart .reference{stroke:var(--chart-rise);stroke-width:1.5;stroke-dasharray:5 3}
.chart .hit{fill:transparent;cursor:pointer}
.chart .column:hover .hit,.chart .column:focus .hit{fill:var(--chart-text);fill-opacity:.08}
.chart .column:focus{outline:none}
.chart .column:focus .hit{stroke:var(--chart-select);stroke-width:2}
/* The chosen bar is marked below the axis, where no difference is written. */
.chart .selected{stroke:var(--chart-select);stroke-width:1.5}
.chart .chosen{fill:var(--chart-select)}
.chart .chosen-number{fill:var(--card,Canvas);font-weight:700}
.chart .labels{pointer-events:none}
.chart .labels text{paint-order:stroke;stroke:var(--card,Canvas);stroke-width:2.5px;stroke-linejoin:round}
.chart .labels .chosen-number{stroke:none}
.chart .number{font-variant-numeric:tabular-nums}
.chart .segment{stroke:var(--chart-text);stroke-width:.5}
.chart .marks{stroke:var(--chart-mark);stroke-width:1.4;fill:none}
${[...Object.values(PHASE_STYLES), OTHER].map(({ token }) => `.chart .phase-${token}{fill:var(--phase-${token})}`).join('\n')}
`;
