/** The verifier rejects what loses state or breaks an order: one planted fault each, named by the rule that finds it. */
import { describe, expect, test } from 'vitest';
import { planFor } from '../src/steps/compose.ts';
import { FINAL, FIXED, prefix } from '../src/steps/set.ts';
import { guestEnterPushing } from '../src/switch/guest.ts';
import { drop, insert, move, replace, unwaive, waive, type ModeName, type Phase, type Plan } from '../src/switch/plan.ts';
import { ORDERING_RULES, verifyPlan, violations } from '../src/switch/verify.ts';

const rulesOf = (plan: Plan): string[] => [...new Set(violations(plan).map(({ rule }) => rule))];

const base = (mode: ModeName): Plan => planFor(mode, prefix(0));
const final = (mode: ModeName): Plan => planFor(mode, FINAL);

describe('lost saves and restores', () => {
  const cases: readonly (readonly [what: string, plan: Plan, phase: Phase, id: string, rule: string])[] = [
    ['host EL1 is not saved', base('nvhe'), 'enter', 'save-host-el1', 'lost-save'],
    ['host EL2 return registers are not saved', final('nvhe'), 'enter', 'save-host-el2-return', 'lost-save'],
    ['guest EL1 is not restored', base('vhe'), 'enter', 'restore-guest-el1', 'lost-restore'],
    ['guest EL1 is not restored at load', final('vhe'), 'load', 'restore-guest-el1', 'lost-restore'],
    ['guest EL1 is not saved', base('nvhe'), 'exit', 'save-guest-el1', 'lost-save'],
    ['guest EL1 is not saved at put', final('vhe'), 'put', 'save-guest-el1', 'lost-save'],
    ['guest EL2 return registers are not saved', final('vhe'), 'exit', 'save-guest-el2-return', 'stale-image'],
    ['host COMMON is not restored', final('vhe'), 'exit', 'restore-host-common', 'lost-restore'],
    ['host USER is not restored at put', final('vhe'), 'put', 'restore-host-user', 'lost-restore'],
    ['host EL1 is not restored', final('nvhe'), 'exit', 'restore-host-el1', 'lost-restore'],
    ['host debug registers are not saved', final('vhe'), 'enter', 'save-host-debug', 'lost-save'],
    ['host debug registers are not restored', final('nvhe'), 'exit', 'restore-host-debug', 'lost-restore'],
    ['FP is not switched back', final('vhe'), 'exit', 'switch-fp', 'lost-restore'],
    ['list registers are not restored', final('vhe'), 'flush', 'gic3-restore-lrs', 'lost-restore'],
    ['list registers are not saved', final('vhe'), 'sync', 'gic3-save-lrs', 'lost-restore'],
    ['list registers of GICv2 are not saved', final('nvhe'), 'sync', 'gic2-save', 'lost-restore'],
    ['active priorities are not saved', final('vhe'), 'put', 'gic3-save-aprs', 'lost-save'],
    ['the timer is not put', final('nvhe'), 'put', 'put-timer', 'lost-restore'],
    ['the timer is not loaded', base('vhe'), 'load', 'load-timer', 'lost-restore'],
    ['AArch32 state is not saved at put', final('vhe'), 'put', 'save-guest-a32', 'lost-save'],
  ];
  test.each(cases)('%s', (_what, plan, phase, id, rule) => {
    expect(rulesOf(drop(plan, phase, id))).toContain(rule);
  });

  test('what is saved is what hardware holds', () => {
    expect(rulesOf(move(base('nvhe'), 'save-host-el1', 'enter', 'enter', { after: 'restore-guest-el1' }))).toEqual(expect.arrayContaining(['lost-save', 'save-own-value']));
  });
});

describe('controls left on or off', () => {
  const cases: readonly (readonly [what: string, plan: Plan, phase: Phase, id: string, rule: string])[] = [
    ['HCR_EL2 is not the guest\'s', final('vhe'), 'enter', 'activate-hcr', 'lost-activate'],
    ['HCR_EL2 is not the host\'s', final('vhe'), 'exit', 'deactivate-hcr', 'lost-deactivate'],
    ['FP and trace are not trapped', final('nvhe'), 'enter', 'activate-cptr', 'lost-activate'],
    ['common traps are not set at load', final('vhe'), 'load', 'activate-common-traps', 'lost-activate'],
    ['common traps stay on after put', final('vhe'), 'put', 'deactivate-hstr-pmu', 'lost-deactivate'],
    ['common traps stay on', final('nvhe'), 'exit', 'deactivate-common-traps', 'lost-deactivate'],
    ['the vectors stay KVM\'s', final('vhe'), 'exit', 'deactivate-vbar', 'lost-deactivate'],
    ['stage 2 is not set', final('nvhe'), 'enter', 'activate-vm', 'lost-activate'],
    ['timer traps stay on', base('nvhe'), 'exit', 'disable-timer-traps', 'lost-deactivate'],
    ['ICC_SRE_EL2.Enable stays clear after put', final('vhe'), 'put', 'gic3-enable-sre2', 'lost-deactivate'],
    ['interrupts stay masked', final('vhe'), 'exit', 'restore-daif', 'lost-deactivate'],
  ];
  test.each(cases)('%s', (_what, plan, phase, id, rule) => {
    expect(rulesOf(drop(plan, phase, id))).toContain(rule);
  });

  test('a trap is not armed twice', () => {
    const twice = insert(final('vhe'), 'enter', { before: 'activate-hcr' }, ...planFor('nvhe', FINAL).phases.enter.filter(({ id }) => id === 'activate-common-traps'));
    expect(rulesOf(twice)).toContain('control-pairs');
  });
});

describe('known-bad orders', () => {
  type Case = readonly [rule: string, bad: () => Plan];
  const cases: readonly Case[] = [
    ['a32-before-el1', () => move(base('nvhe'), 'restore-guest-a32', 'enter', 'enter', { after: 'restore-guest-el1' })],
    ['fpexc32-before-guest', () => drop(base('nvhe'), 'enter', 'activate-fpexc32')],
    ['fp-asked-in-time', () => move(final('vhe'), 'read-fp-enabled', 'exit', 'exit', { after: 'deactivate-cptr' })],
    ['sre-before-vmcr', () => move(base('vhe'), 'gic3-clear-sre1', 'enter', 'enter', { after: 'gic3-restore-lrs' })],
    ['sre-after-save', () => move(base('nvhe'), 'gic3-set-sre1', 'exit', 'exit', { before: 'gic3-enable-sre2' })],
    ['spe-drained-early', () => move(base('nvhe'), 'save-host-spe', 'enter', 'enter', { after: 'restore-guest-el1' })],
    ['spe-restarted-late', () => move(final('nvhe'), 'restore-host-spe', 'exit', 'exit', { before: 'restore-host-el1' })],
    ['vse-read-back', () => move(final('vhe'), 'fold-vse', 'exit', 'exit', { after: 'deactivate-hcr' })],
    ['exit-synchronised', () => move(final('vhe'), 'exit-isb', 'exit', 'exit', { before: 'deactivate-vbar' })],
    ['exit-synchronised', () => drop(final('vhe'), 'exit', 'exit-isb')],
    ['exit-returns-last', () => move(final('nvhe'), 'return-to-host', 'exit', 'exit', { before: 'restore-host-debug' })],
    ['cancel-synchronised', () => drop(final('vhe'), 'cancel', 'cancel-isb')],
    ['masked-while-switching', () => move(final('vhe'), 'mask-daif', 'enter', 'enter', { after: 'activate-vbar' })],
    ['masked-while-switching', () => move(final('vhe'), 'restore-daif', 'exit', 'exit', { before: 'deactivate-vbar' })],
    ['fixup-in-guest-regime', () => move(final('vhe'), 'fixup-guest-exit', 'exit', 'exit', { after: 'deactivate-hcr' })],
    ['syndrome-before-fixup', () => move(final('vhe'), 'capture-syndrome', 'exit', 'exit', { after: 'fixup-guest-exit' })],
    ['vttbr-tells-host', () => drop(final('nvhe'), 'exit', 'deactivate-vm')],
    ['vttbr-kept-unasked', () => replace(final('vhe'), 'panic', 'panic-restore-host', base('vhe').phases.panic[1]!)],
    ['accessors-match-placement', () => ({ ...final('vhe'), deferred: ['EL1'] })],
    ['loaded-flag', () => drop(final('vhe'), 'put', 'mark-sysregs-put')],
    ['memory-while-unloaded', () => ({ ...final('vhe'), phases: { ...final('vhe').phases, ioctl: base('vhe').phases.ioctl } })],
    ['loaded-for-run', () => drop(final('vhe'), 'prologue', 'vcpu-load')],
    ['vcpu-noted', () => drop(final('vhe'), 'enter', 'set-running-vcpu')],
    ['pointers-agree', () => replace(final('nvhe'), 'enter', 'guest-enter', guestEnterPushing)],
    ['debug-saved-first', () => move(final('vhe'), 'mark-debug-dirty', 'enter', 'enter', { after: 'save-host-debug' })],
    ['mdcr-is-current', () => move(final('nvhe'), 'activate-common-traps', 'enter', 'load', 'last')],
    ['interrupts-to-el2', () => drop(base('vhe'), 'enter', 'vgic-raise-hcr')],
    ['switch-behind-call', () => move(final('nvhe'), 'activate-hcr', 'enter', 'enter', { before: 'call-hyp' })],
    ['frame-of-the-phase', () => move(base('nvhe'), 'gic2-restore', 'enter', 'flush', 'last')],
  ];

  test.each(cases)('%s', (rule, bad) => {
    expect(rulesOf(bad())).toContain(rule);
  });

  test('every rule has a plan that it rejects', () => {
    expect(new Set(cases.map(([rule]) => rule))).toEqual(new Set(ORDERING_RULES.map(({ name }) => name)));
  });
});

describe('what the series broke is stated', () => {
  test('the drain of the profiling buffer, from 11 on a non-VHE host', () => {
    const plan = planFor('nvhe', prefix(11));
    expect(plan.waivers).toEqual([{ rule: 'spe-drained-early', step: 11 }]);
    expect(rulesOf(unwaive(plan, 'spe-drained-early'))).toEqual(['spe-drained-early']);
  });

  test('AArch32 accessors at exactly 29', () => {
    expect(planFor('vhe', prefix(29)).waivers).toEqual([{ rule: 'accessors-match-placement', step: 29 }]);
    expect(planFor('vhe', prefix(30)).waivers).toEqual([]);
  });

  test('the later fixes make the rules hold', () => {
    expect(planFor('vhe', FIXED).waivers).toEqual([]);
    expect(planFor('nvhe', FIXED).waivers).toEqual([]);
  });

  test('a rule that holds may not be stated as broken', () => {
    expect(rulesOf(waive(final('vhe'), 'vcpu-noted', 3))).toEqual(['vcpu-noted']);
  });

  test('a plan with violations does not get through', () => {
    expect(() => {
      verifyPlan(drop(final('vhe'), 'exit', 'exit-isb'));
    }).toThrow(/exit-synchronised: an ISB stands behind/);
  });
});
