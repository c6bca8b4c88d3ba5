/**
 * One quantity of one mode over the prefixes of the series, as bars: those where a patch changes it stand out and carry the difference.
 * A pure function of its data, so the report prints what the page shows.
 */
import type { JSX } from 'preact';
import { CHART_WIDTH } from './style.ts';

export interface LadderBar {
  /** How many of the forty patches are on. */
  readonly prefix: number;
  /** The patch that the prefix ends with; null for the base. */
  readonly step: string | null;
  readonly value: number;
}

/** A value from elsewhere, drawn as a line. */
export interface LadderReference {
  readonly value: number;
  readonly label: string;
}

export interface LadderChartProps {
  /** What is drawn, for example `reads, vhe`. */
  readonly title: string;
  readonly bars: readonly LadderBar[];
  /** The top of the scale, so that charts side by side can share one: the highest value unless given. */
  readonly max?: number;
  readonly references?: readonly LadderReference[];
  /** Units of its own across: fewer make everything larger. */
  readonly width?: number;
  readonly selected?: number;
  /** Makes columns buttons. */
  readonly onSelect?: (prefix: number) => void;
}

const HEIGHT = 204;
const LEFT = 46;
const RIGHT = 6;
const TOP = 44;
const BOTTOM = 24;
const BASE = HEIGHT - BOTTOM;
const TICKS = 4;
const LABEL_EVERY = 5;
/** A line of differences, and a character of one. */
const LABEL_LINE = 10;
const LABEL_CHARACTER = 5.8;
const GAP = 0.18;
const CHOSEN_WIDTH = 20;

const number = (value: number): string => (Number.isInteger(value) ? value : Number(value.toFixed(1))).toLocaleString('en');

/** A round step of a scale with about {@link TICKS} of them. */
function tickStep(max: number): number {
  const rough = max / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, power > 1 ? 2.5 : 5, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? rough;
}

const signed = (value: number): string => `${value > 0 ? '+' : '\u2212'}${number(Math.abs(value))}`;

/** The bar as a sentence: what a screen reader says, and a pointer shows. */
function describe({ prefix, step, value }: LadderBar, title: string, difference: number): string {
  const name = step === null ? 'base' : `patch ${String(prefix)}, ${step}`;
  return `${title}: ${name}: ${number(value)}${difference === 0 ? '' : ` (${signed(difference)})`}`;
}

interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly half: number;
}

/** Differences above their bars, each raised until it covers none before it. */
function placeLabels(differences: readonly number[], middleOf: (index: number) => number, lowestOf: (index: number) => number, right: number): readonly Label[] {
  const placed: Label[] = [];
  for (const [index, difference] of differences.entries()) {
    if (difference === 0) continue;
    const text = signed(difference);
    const half = (text.length * LABEL_CHARACTER) / 2;
    const x = Math.min(middleOf(index), right - half);
    let y = lowestOf(index);
    while (placed.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < LABEL_LINE)) y--;
    placed.push({ text, x, y, half });
  }
  return placed;
}

export function LadderChart({ title, bars, max, references = [], width = CHART_WIDTH, selected, onSelect }: LadderChartProps): JSX.Element {
  const top = Math.max(1, max ?? 0, ...bars.map(({ value }) => value), ...references.map(({ value }) => value));
  const column = (width - LEFT - RIGHT) / Math.max(1, bars.length);
  const y = (value: number): number => BASE - ((BASE - TOP) * value) / top;
  const step = tickStep(top);
  const ticks = Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step);
  const differenceAt = (index: number): number => (index === 0 ? 0 : bars[index]!.value - bars[index - 1]!.value);
  const middleOf = (index: number): number => LEFT + (index + 0.5) * column;
  const differences = placeLabels(bars.map((_, index) => differenceAt(index)), middleOf, (index) => y(Math.max(bars[index]!.value, bars[index - 1]?.value ?? 0)) - 4, width);
  return (
    <svg class="chart" viewBox={`0 0 ${String(width)} ${String(HEIGHT)}`} role={onSelect === undefined ? 'img' : 'group'} aria-label={`${title} by prefix`}>
      <text x={0} y={11} font-weight="600">{title}</text>
      {ticks.map((value) => (
        <g key={value}>
          <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} />
          <text class="muted number" x={LEFT - 5} y={y(value) + 4} text-anchor="end">{number(value)}</text>
        </g>
      ))}
      {bars.map((bar, index) => {
        const difference = differenceAt(index);
        const x = LEFT + index * column;
        const label = describe(bar, title, difference);
        const select = onSelect === undefined ? null : (): void => onSelect(bar.prefix);
        return (
          <g
            key={bar.prefix}
            class="column"
            {...(select !== null && {
              role: 'button',
              // Attributes of SVG have their case.
              tabindex: 0,
              'aria-label': label,
              onClick: select,
              onKeyDown: (event: KeyboardEvent) => {
                if (event.key !== 'Enter' && event.key !== ' ') return;
                event.preventDefault();
                select();
              },
            })}
          >
            <rect class={`bar${difference < 0 ? ' falls' : difference > 0 ? ' rises' : ''}${selected === bar.prefix ? ' selected' : ''}`} x={x + column * GAP} width={column * (1 - 2 * GAP)} y={y(bar.value)} height={BASE - y(bar.value)} />
            <rect class="hit" x={x} width={column} y={TOP - 8} height={BASE - TOP + 8}>
              <title>{label}</title>
            </rect>
          </g>
        );
      })}
      {/* Apart from what may be a button: its name says more than they do. */}
      <g class="labels">
        {bars.map(({ prefix }, index) =>
          selected === prefix ? (
            <g key={prefix}>
              <rect class="chosen" x={middleOf(index) - CHOSEN_WIDTH / 2} width={CHOSEN_WIDTH} y={BASE + 4} height={14} rx={3} />
              <text class="chosen-number number" x={middleOf(index)} y={BASE + 15} text-anchor="middle">{prefix}</text>
            </g>
          ) : (
            prefix % LABEL_EVERY === 0 && !(Math.abs(prefix - (selected ?? -LABEL_EVERY)) * column < CHOSEN_WIDTH) && <text key={prefix} class="muted number" x={middleOf(index)} y={BASE + 15} text-anchor="middle">{prefix}</text>
          ),
        )}
        {differences.map(({ text, x, y: at }) => <text key={x} class="number" x={x} y={at} text-anchor="middle" font-size="9">{text}</text>)}
      </g>
      {references.map(({ value, label }) => (
        <g key={label}>
          <line class="reference" x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} />
          <text class="number" x={width - RIGHT} y={y(value) - 4} text-anchor="end" font-size="10">{`${label}: ${number(value)}`}</text>
        </g>
      ))}
    </svg>
  );
}
