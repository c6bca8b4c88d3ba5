import { expect, test } from 'vitest';
import { isTaken, type RoutingView } from './route.ts';

const at = (el: number, hosts: { e2h?: boolean; tge?: boolean } = {}): RoutingView => ({ el, hasEl2: true, e2h: false, tge: false, amo: false, imo: false, fmo: false, ...hosts });

test.each([
  ['at EL0 for EL1: PSTATE masks', at(0), 1, true, false],
  ['at EL0 for EL1, not masked', at(0), 1, false, true],
  ['at EL1 for EL1: PSTATE masks', at(1), 1, true, false],
  ['at EL2 for EL1: stays pending', at(2), 1, false, false],
  ['at EL0 for EL2: never masked', at(0), 2, true, true],
  ['at EL0 for EL2 under TGE: never masked', at(0, { tge: true }), 2, true, true],
  ['at EL1 for EL2: never masked', at(1, { e2h: true }), 2, true, true],
  ['at EL0 of a VHE host: PSTATE masks', at(0, { e2h: true, tge: true }), 2, true, false],
  ['at EL0 of a VHE host, not masked', at(0, { e2h: true, tge: true }), 2, false, true],
  ['at EL2 for EL2: PSTATE masks', at(2, { e2h: true, tge: true }), 2, true, false],
])('an interrupt %s', (_title, view, target, masked, taken) => {
  expect(isTaken(view, target, masked)).toBe(taken);
});
