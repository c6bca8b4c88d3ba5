/** The page: what surrounds the views. The first paint needs no worker; machines come after it. */
import { render, type JSX } from 'preact';
import { CHART_CSS } from '../charts/style.ts';
import { failure, followScreen } from './data.ts';
import { SearchField } from './parts/search.tsx';
import { applyTheme, ThemeButton } from './parts/theme.tsx';
import { followUrl, go, screen, type View } from './state.ts';
import { CompareView } from './ladder/compare-view.tsx';
import { LadderView } from './ladder/ladder-view.tsx';
import { MachineView } from './machine/machine-view.tsx';
import { SwitchView } from './switch/switch-view.tsx';

const NAMES: Readonly<Record<View, string>> = { switch: 'World switch', ladder: 'Ladder', compare: 'Compare', machine: 'Machine' };

function Navigation(): JSX.Element {
  return (
    <nav aria-label="Views">
      {(Object.keys(NAMES) as View[]).map((view) => (
        <button key={view} type="button" class="tab" aria-current={screen.value.view === view ? 'page' : undefined} onClick={() => go({ view })}>{NAMES[view]}</button>
      ))}
    </nav>
  );
}

function CurrentView(): JSX.Element {
  switch (screen.value.view) {
    case 'switch':
      return <SwitchView />;
    case 'ladder':
      return <LadderView />;
    case 'compare':
      return <CompareView />;
    case 'machine':
      return <MachineView />;
  }
}

function Page(): JSX.Element {
  return (
    <>
      <header class="bar">
        <h1>Worldswitch</h1>
        <Navigation />
        <SearchField />
        <ThemeButton />
      </header>
      <main>
        {failure.value !== null && <p class="error" role="alert">{failure.value}</p>}
        <CurrentView />
      </main>
    </>
  );
}

const style = document.createElement('style');
style.textContent = CHART_CSS;
document.head.prepend(style);
applyTheme();
followUrl();
render(<Page />, document.getElementById('page')!);
// What is shown first is painted before the worker's code is asked for.
requestAnimationFrame(() => setTimeout(followScreen));
