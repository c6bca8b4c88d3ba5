import { expect, it } from 'vitest';
import { formatScreen, modesOf, parseScreen, withModes } from './state.ts';

it('gives back from a link what made it', () => {
  const screen = { ...parseScreen(''), view: 'machine', mode: 'nvhe', a: '1-24,28', b: 'final,-33', open: 'enter/activate-hcr', patch: '28', find: 'VBAR <x>', walk: '0x40080000', register: 'HCR_EL2.0x80000000.1', shown: 'mmioReads', host: 'none' } as const;
  expect(parseScreen(formatScreen(screen))).toEqual(screen);
});

it('has both sides in the mode of a link that names one, and each in its own where two are named', () => {
  expect(modesOf(parseScreen('#mode=nvhe'))).toEqual({ a: 'nvhe', b: 'nvhe' });
  expect(modesOf(parseScreen('#mode=vhe&modeA=nvhe'))).toEqual({ a: 'nvhe', b: 'vhe' });
  expect(formatScreen({ ...parseScreen(''), ...withModes('nvhe', 'nvhe') })).toBe('#mode=nvhe');
});

it('has no fragment for the default', () => {
  expect(formatScreen(parseScreen('#nonsense=1'))).toBe('');
});

it.each(['#view=__proto__', '#mode=<script>', '#modeA=el2', '#a=%3Cimg%20src%3Dx%3E', '#machine=../../etc', '#find=%00', '#walk=javascript:1', '#%%%', '#open=a%0Ab', '#register=HCR_EL2', '#host=el3'])('takes nothing of %s', (link) => {
  expect(parseScreen(link)).toEqual(parseScreen(''));
});
