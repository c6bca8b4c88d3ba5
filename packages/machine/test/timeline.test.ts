import { BASE, FINAL, prefix, type ModeName, type StepSet } from '@worldswitch/hyp';
import { describe, expect, it } from 'vitest';
import { measureLoadAndPut, measureRoundTrip, recordTimeline, type EntryKind, type Timeline, type TimelineRequest } from '../src/index.ts';

const request = (mode: ModeName, steps: StepSet, scenario: TimelineRequest['scenario'] = 'hvc'): TimelineRequest => ({ mode, steps, scenario, profile: 'generic' });

const inTrip = ({ operations }: Timeline) => operations.filter(({ phase }) => phase !== 'load' && phase !== 'put').flatMap(({ entries }) => entries);
const UNCOUNTED = ['DAIF', 'PAN', 'CurrentEL', 'SPSel'];
const countOf = (timeline: Timeline, kind: EntryKind): number => inTrip(timeline).filter((entry) => entry.kind === kind && !UNCOUNTED.includes(entry.register ?? '')).length;

/** By mode and interrupt controller, so that one host serves those that can share it. */
const CASES = (['vhe', 'nvhe'] as const).flatMap((mode) => (['hvc', 'irq-4lr', 'hvc-fp', 'hvc-debug', 'gicv2-irq-1lr'] as const).flatMap((scenario) => [BASE, FINAL].map((steps) => ({ name: `${mode} ${scenario} ${steps.name}`, mode, scenario, steps }))));

it.each(CASES)('$name: every access that is counted is there, and the parts cost what the whole does', ({ mode, steps, scenario }) => {
  const timeline = recordTimeline(request(mode, steps, scenario));
  const { counts, cycles } = timeline;
  expect(inTrip(timeline).reduce((sum, entry) => sum + entry.cycles, 0)).toBeCloseTo(cycles, 6);
  expect(countOf(timeline, 'read')).toBe(counts.reads);
  expect(countOf(timeline, 'write')).toBe(counts.writes);
  expect(countOf(timeline, 'mmio-read')).toBe(counts.mmioReads);
  expect(countOf(timeline, 'mmio-write')).toBe(counts.mmioWrites);
  expect(inTrip(timeline).filter(({ text }) => text === 'ISB')).toHaveLength(counts.isb);
});

it('being recorded changes neither counts nor cycles', () => {
  const { counts, cycles } = recordTimeline(request('nvhe', prefix(30), 'irq-1lr'));
  expect(measureRoundTrip(request('nvhe', prefix(30), 'irq-1lr'))).toEqual({ counts, cycles });
});

describe('a VHE switch', () => {
  it('names operations in the order of the plan, with registers by both names and their values', () => {
    const { operations } = recordTimeline(request('vhe', FINAL));
    const named = operations.flatMap(({ phase, id }) => (id === null ? [] : [`${phase}/${id}`]));
    expect(named.indexOf('load/restore-guest-el1')).toBeLessThan(named.indexOf('enter/activate-hcr'));
    expect(named.indexOf('enter/guest-enter')).toBeLessThan(named.indexOf('exit/vector-entry'));
    const written = operations.flatMap(({ entries }) => entries).find(({ text }) => text === 'MSR HCR_EL2');
    expect(written?.value).toBe('0x4847c663b');
    const redirected = operations.flatMap(({ entries }) => entries).find(({ register }) => register === 'VBAR_EL1');
    expect(redirected?.reached).toBe('VBAR_EL2');
  });

  it('says where the guest left and came back', () => {
    const exceptions = recordTimeline(request('vhe', FINAL)).operations.filter(({ phase }) => phase !== 'load' && phase !== 'put').flatMap(({ entries }) => entries.flatMap(({ exception }) => exception ?? []));
    expect(exceptions).toEqual(['EL2 to EL1', 'EL1 to EL2: HVC64']);
  });
});

it('records load and put with the counts that the ladder has of them', () => {
  const { load, put } = recordTimeline(request('vhe', FINAL));
  expect({ load, put }).toEqual(measureLoadAndPut({ mode: 'vhe', gic: 3, guestGic: 3, steps: FINAL, profile: 'generic' }));
});
