/** Where the cycles of a switch go: one bar a switch, its phases in order, each by colour, pattern and name. A pure function of its data. */
import type { JSX } from 'preact';
import { CHART_WIDTH, phaseStyles, type PhaseStyle } from './style.ts';

export interface PhaseCycles {
  readonly phase: string;
  readonly cycles: number;
}

export interface PhaseBar {
  readonly label: string;
  readonly phases: readonly PhaseCycles[];
}

export interface PhaseChartProps {
  readonly title: string;
  readonly bars: readonly PhaseBar[];
  /** Sets the identifiers of patterns apart where a document has several of these charts. */
  readonly id: string;
  readonly max?: number;
  /** Units of its own across: fewer make everything larger. */
  readonly width?: number;
}

const ROW = 44;
const BAR = 20;
const TOP = 18;
const LABEL_Y = 12;
const KEY_ROW = 16;
const KEY_ITEM = 112;
/** A segment that is narrower has no figure in it. */
const ROOM_FOR_FIGURE = 34;
const TOTAL_ROOM = 70;

const number = (value: number): string => Math.round(value).toLocaleString('en');

function Patterns({ id, styles }: { readonly id: string; readonly styles: readonly PhaseStyle[] }): JSX.Element {
  return (
    <defs>
      {styles.map(({ token, marks }) => (
        <pattern key={token} id={`${id}-${token}`} width={8} height={8} patternUnits="userSpaceOnUse">
          <rect class={`phase-${token}`} width={8} height={8} />
          {marks !== '' && <path class="marks" d={marks} />}
        </pattern>
      ))}
    </defs>
  );
}

export function PhaseChart({ title, bars, id, max, width: across = CHART_WIDTH }: PhaseChartProps): JSX.Element {
  const phases = [...new Set(bars.flatMap((bar) => bar.phases.map(({ phase }) => phase)))];
  const styles = phaseStyles(phases);
  const fillOf = (phase: string): string => `url(#${id}-${styles.get(phase)!.token})`;
  const totals = bars.map((bar) => bar.phases.reduce((sum, { cycles }) => sum + cycles, 0));
  const scale = (across - TOTAL_ROOM) / Math.max(1, max ?? 0, ...totals);
  const keysPerRow = Math.floor(across / KEY_ITEM);
  const keys = TOP + bars.length * ROW + 4;
  const height = keys + KEY_ROW * Math.ceil(phases.length / keysPerRow);
  const label = `${title}: ${bars.map((bar, index) => `${bar.label} ${number(totals[index]!)} cycles (${bar.phases.map(({ phase, cycles }) => `${phase} ${number(cycles)}`).join(', ')})`).join('; ')}`;
  return (
    <svg class="chart" viewBox={`0 0 ${String(across)} ${String(height)}`} role="img" aria-label={label}>
      <Patterns id={id} styles={[...new Set(styles.values())]} />
      <text x={0} y={11} font-weight="600">{title}</text>
      {bars.map((bar, index) => {
        const y = TOP + index * ROW;
        let x = 0;
        return (
          <g key={bar.label} transform={`translate(0 ${String(y)})`}>
            <text class="muted" x={0} y={LABEL_Y}>{bar.label}</text>
            {bar.phases.map(({ phase, cycles }) => {
              const width = cycles * scale;
              const start = x;
              x += width;
              return (
                <g key={phase}>
                  <rect class="segment" x={start} y={LABEL_Y + 5} width={width} height={BAR} fill={fillOf(phase)}>
                    <title>{`${phase}: ${number(cycles)} cycles`}</title>
                  </rect>
                  {width > ROOM_FOR_FIGURE && (
                    <g aria-hidden="true">
                      <rect class="plate" x={start + width / 2 - 15} y={LABEL_Y + 8} width={30} height={14} rx={2} fill="Canvas" />
                      <text class="number" x={start + width / 2} y={LABEL_Y + 19} text-anchor="middle" font-size="10">{number(cycles)}</text>
                    </g>
                  )}
                </g>
              );
            })}
            <text class="number" x={x + 6} y={LABEL_Y + 20} font-weight="600">{number(totals[index]!)}</text>
          </g>
        );
      })}
      {phases.map((phase, index) => (
        <g key={phase} transform={`translate(${String((index % keysPerRow) * KEY_ITEM)} ${String(keys + KEY_ROW * Math.floor(index / keysPerRow))})`}>
          <rect class="segment" width={14} height={10} fill={fillOf(phase)} />
          <text x={19} y={9}>{phase}</text>
        </g>
      ))}
    </svg>
  );
}
