/** The search for a register, an operation or a patch: what it finds is the view's to show. `/` leads to it. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { go, screen } from '../state.ts';

const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.dataset['keys'] !== undefined);

export function SearchField(): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key === '/' && !event.ctrlKey && !event.metaKey && !isTyping(event.target)) {
        event.preventDefault();
        field.current?.focus();
      }
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
  return (
    <input
      ref={field}
      type="search"
      class="search"
      aria-label="Search for a register, an operation or a patch"
      placeholder="/  register, operation, patch"
      aria-keyshortcuts="/"
      maxLength={60}
      value={screen.value.find}
      onInput={({ currentTarget }) => go({ find: currentTarget.value }, true)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') go({ find: '' }, true);
        if (event.key === 'Enter' && screen.value.view !== 'switch' && screen.value.view !== 'machine') go({ view: 'switch' });
      }}
    />
  );
}
