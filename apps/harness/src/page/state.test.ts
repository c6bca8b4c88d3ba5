import { expect, it } from 'vitest';
import { formatScreen, parseScreen } from './state.ts';

it('gives back from a link what made it', () => {
  const screen = { ...parseScreen(''), view: 'machine', mode: 'nvhe', a: '1-24,28', b: 'final,-33', open: 'enter/activate-hcr', patch: '28', find: 'VBAR <x>', walk: '0x40080000' } as const;
  expect(parseScreen(formatScreen(screen))).toEqual(screen);
});

it('has no fragment for the default', () => {
  expect(formatScreen(parseScreen('#nonsense=1'))).toBe('');
});

it.each(['#view=__proto__', '#mode=<script>', '#a=%3Cimg%20src%3Dx%3E', '#machine=../../etc', '#find=%00', '#walk=javascript:1', '#%%%', '#open=a%0Ab'])('takes nothing of %s', (link) => {
  expect(parseScreen(link)).toEqual(parseScreen(''));
});
