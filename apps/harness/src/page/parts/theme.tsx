/** Light and dark: the user's preference of the system, unless another is chosen here. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const KEY = 'worldswitch.theme';

/** Storage may be forbidden to a page: the choice then ends with it. */
function stored(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

const theme = signal<Theme>(stored());

export function applyTheme(): void {
  if (theme.value === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}

function choose(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!;
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // See above.
  }
  applyTheme();
}

export function ThemeButton(): JSX.Element {
  return <button type="button" class="quiet" onClick={choose} title="Colours: as the system has them, light, dark">{`Theme: ${theme.value}`}</button>;
}
