/**
 * What is on the screen, as one value, and that value as the fragment of a URL: a link restores the screen. Text of a link is taken where
 * it has the form of what it stands for, and left out where not; what it names is asked of the worker.
 */
import { signal } from '@preact/signals';

export const VIEWS = ['switch', 'ladder', 'compare', 'machine'] as const;
export type View = (typeof VIEWS)[number];

export const MODE_NAMES = ['vhe', 'nvhe'] as const;
export type Mode = (typeof MODE_NAMES)[number];

export const HOSTS = [...MODE_NAMES, 'none'] as const;

export interface Screen {
  readonly view: View;
  readonly machine: string;
  /** Of the right side, and of the left one too unless `modeA` says another. */
  readonly mode: Mode;
  readonly modeA: Mode | '';
  readonly scenario: string;
  /** Step sets of the two sides. */
  readonly a: string;
  readonly b: string;
  /** The operation that is open, as `phase/id`; empty for none. */
  readonly open: string;
  /** The patch that is explained, by number; empty for none. */
  readonly patch: string;
  /** What is searched for. */
  readonly find: string;
  /** An address that is walked in the view of the machine; empty for none. */
  readonly walk: string;
  /** A register that is shown by field, as `NAME.value.E2H`; empty for none. */
  readonly register: string;
  /** What the ladder's charts are of; empty for what they are of at first. */
  readonly shown: string;
  /** Under what a guest of the live machine runs. */
  readonly host: (typeof HOSTS)[number];
}

const DEFAULT: Screen = { view: 'switch', machine: 'generic', mode: 'vhe', modeA: '', scenario: 'hvc', a: 'base', b: 'final', open: '', patch: '', find: '', walk: '', register: '', shown: '', host: 'vhe' };

/** The form of each part. */
const FORMS: Readonly<Record<keyof Screen, RegExp>> = {
  view: new RegExp(`^(?:${VIEWS.join('|')})$`),
  machine: /^[a-z\d-]{1,24}$/,
  mode: new RegExp(`^(?:${MODE_NAMES.join('|')})$`),
  modeA: new RegExp(`^(?:${MODE_NAMES.join('|')}|)$`),
  scenario: /^[a-z\d-]{1,24}$/,
  a: /^[a-z\d.,-]{1,80}$/,
  b: /^[a-z\d.,-]{1,80}$/,
  open: /^[a-z\d/-]{0,60}$/,
  patch: /^(?:[1-9]\d?)?$/,
  find: /^[\p{L}\p{N} ._<>#-]{0,60}$/u,
  walk: /^(?:0x[\da-fA-F]{1,16})?$/,
  register: /^(?:[A-Z\d_]{1,30}\.0x[\da-f]{1,16}\.[01])?$/,
  shown: /^[a-zA-Z\d]{0,30}$/,
  host: new RegExp(`^(?:${HOSTS.join('|')})$`),
};

const KEYS = Object.keys(DEFAULT) as (keyof Screen)[];

export function parseScreen(fragment: string): Screen {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const parts = KEYS.map((key) => {
    const text = given.get(key);
    return [key, text !== null && FORMS[key].test(text) ? text : DEFAULT[key]];
  });
  return Object.fromEntries(parts) as Record<keyof Screen, unknown> as Screen;
}

/** What differs from the default; empty for the default. */
export function formatScreen(screen: Screen): string {
  const changed = KEYS.filter((key) => screen[key] !== DEFAULT[key]);
  return changed.length === 0 ? '' : `#${new URLSearchParams(changed.map((key) => [key, screen[key]])).toString()}`;
}

/** The modes of the two sides. */
export function modesOf({ mode, modeA }: Screen): { readonly a: Mode; readonly b: Mode } {
  return { a: modeA === '' ? mode : modeA, b: mode };
}

export function withModes(a: Mode, b: Mode): Pick<Screen, 'mode' | 'modeA'> {
  return { mode: b, modeA: a === b ? '' : a };
}

export const screen = signal<Screen>(DEFAULT);

/** Goes there; `replaces`: without an entry of its own in the history, as for a slider that moves. */
export function go(change: Partial<Screen>, replaces = false): void {
  const next = { ...screen.value, ...change };
  const target = `${location.pathname}${location.search}${formatScreen(next)}`;
  if (replaces) history.replaceState(null, '', target);
  else if (target !== `${location.pathname}${location.search}${location.hash}`) history.pushState(null, '', target);
  screen.value = next;
}

/** Follows the URL from now on. */
export function followUrl(): void {
  const take = (): void => {
    screen.value = parseScreen(location.hash);
  };
  addEventListener('hashchange', take);
  addEventListener('popstate', take);
  take();
}
