/** Which interrupts are taken where, by the tables of DDI 0487, "Asynchronous exception masking"; and what ESB defers. */
import { describe, expect, test } from 'vitest';
import { smallCpu, CODE } from '../../test/small-cpu.ts';
import { isTaken, routePhysical, type RoutingView } from './route.ts';

const view = (el: number, bits: Partial<RoutingView> = {}): RoutingView => ({ el, hasEl2: true, e2h: false, tge: false, amo: false, imo: false, fmo: false, ...bits });

/** Taken unmasked, taken masked. */
const taken = (one: RoutingView): string => [false, true].map((masked) => (isTaken(one, routePhysical(one, 'irq'), masked) ? 'T' : '-')).join('');

test.each([
  ['EL0, routed to EL1', view(0), 'T-'],
  ['EL1, routed to EL1', view(1), 'T-'],
  ['EL2, routed to EL1', view(2), '--'],
  ['EL0, routed to EL2', view(0, { imo: true }), 'TT'],
  ['EL1, routed to EL2', view(1, { imo: true }), 'TT'],
  ['EL2, routed to EL2', view(2, { imo: true }), 'T-'],
  ['EL0 of a non-VHE host', view(0, { tge: true }), 'TT'],
  ['EL0 of a VHE host', view(0, { tge: true, e2h: true }), 'T-'],
  ['EL0 of a guest of a VHE host', view(0, { imo: true, e2h: true }), 'TT'],
])('a physical IRQ at %s', (_, one, expected) => {
  expect(taken(one)).toBe(expected);
});

describe('ESB', () => {
  const ESB = 0xd503_221f;
  const AMO = 1n << 5n;
  const VSE = 1n << 8n;
  /** At EL1 with PSTATE.A set: SError, HCR_EL2, then ESB and an MRS of DISR_EL1. */
  const run = (hcr: bigint, physical: boolean): ReturnType<typeof smallCpu> => {
    const small = smallCpu(1, [ESB, 0xd538_c120]); // mrs x0, disr_el1
    small.setRegister('HCR_EL2', (1n << 31n) | hcr);
    small.setRegister('VSESR_EL2', 0x0123_4567n);
    if (physical) small.cpu.pendSError();
    return small;
  };

  test('defers a masked SError to DISR_EL1', () => {
    const { cpu } = run(0n, true);
    cpu.run(2);
    expect([cpu.getX(0), cpu.pendingBits]).toEqual([0x8000_0000n, 0]);
  });

  test('defers a masked virtual SError to VDISR_EL2, which is what EL1 then reads', () => {
    const small = run(AMO | VSE, false);
    small.cpu.run(2);
    expect([small.cpu.getX(0), small.register('VDISR_EL2'), small.register('HCR_EL2') & VSE]).toEqual([0x8123_4567n, 0x8123_4567n, 0n]);
  });

  test('leaves one that goes to a higher EL to be taken', () => {
    const small = run(AMO, true);
    small.cpu.run(1);
    expect([small.cpu.state.el, small.register('ESR_EL2'), small.register('ELR_EL2')]).toEqual([2, 0xbe00_0000n, CODE]);
  });
});

test('a virtual SError reports VSESR_EL2', () => {
  const small = smallCpu(1, [0xd503_44ff]); // msr daifclr, #4
  small.setRegister('HCR_EL2', (1n << 31n) | (1n << 5n) | (1n << 8n));
  small.setRegister('VSESR_EL2', 0x0123_4567n);
  small.cpu.run(2);
  expect(small.register('ESR_EL1')).toBe(0xbf23_4567n);
});
