/** A bar chart of text: one line a value, with eighths of a character for lengths between. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly note: string;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** Bars on the scale of `most`, which is `width` characters long. */
export function chart(bars: readonly Bar[], most: number, width: number, indent = ''): string {
  const labels = Math.max(0, ...bars.map(({ label }) => label.length));
  const numbers = Math.max(0, ...bars.map(({ value }) => String(value).length));
  return bars.map(({ label, value, note }) => `${indent}${label.padEnd(labels)}  ${String(value).padStart(numbers)} ${bar(value, most, width).padEnd(width)}  ${note}`.trimEnd() + '\n').join('');
}

export function bar(value: number, most: number, width: number): string {
  const eighths = most === 0 ? 0 : Math.round((value / most) * width * 8);
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
}
