/** What tier 0 is made of: which forms it has, and that what is built is what is generated. */
import { expect, test } from 'vitest';
import { ROWS } from '../arch/insn/index.ts';
import { fromBase64 } from '../emit/base64.ts';
import { FIXED_ARMS } from './handler-loop.ts';
import { HandlerTexts } from './handler-texts.ts';
import { handlerImage } from './handlers.ts';

const texts = new HandlerTexts();
const places = texts.write();

test('a record has room for every form', () => {
  const without = ROWS.filter(({ index }) => places[index]!.includes(0)).map(({ id }) => id);
  expect(without).toEqual([]);
});

test('the loop stays small enough to be optimised: at most 250 arms', () => {
  expect(FIXED_ARMS + texts.arms.length).toBeLessThanOrEqual(250);
});

test('the image is what the definitions come to', () => {
  const image = handlerImage();
  expect(image.places).toEqual(places);
  expect([...fromBase64(image.module)]).toEqual([...texts.module()]);
});
