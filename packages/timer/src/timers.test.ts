/** The generic timer by register accesses. Expected values follow from DDI 0487, "The Generic Timer in AArch64 state". */
import {
  CNT_CTL, CNTFRQ_EL0, CNTHCTL_EL2, CNTHCTL_EL2_E2H1, CNTHP_CTL_EL2, CNTHP_CVAL_EL2, CNTHV_CTL_EL2, CNTHV_CVAL_EL2, CNTKCTL_EL1, CNTP_CTL_EL0, CNTP_CVAL_EL0, CNTP_TVAL_EL0,
  CNTPCT_EL0, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTV_TVAL_EL0, CNTVCT_EL0, CNTVOFF_EL2, TTBR0_EL1, type AnyRegister,
} from '@worldswitch/cpu/arch';
import { beforeEach, describe, expect, test } from 'vitest';
import { TIMER_NAMES, Timers, type TimerName, type TimerView } from './timers.ts';

const MAX = 2n ** 64n - 1n;

class Driver {
  now = 1000n;
  deadline: bigint | null = null;
  /** How often a deadline was set. */
  said = 0;
  readonly view = { el: 2, e2h: false, tge: false } satisfies TimerView as { -readonly [K in keyof TimerView]: TimerView[K] };
  readonly lines = new Set<TimerName>();
  readonly timers: Timers;
  readonly #data = new Uint32Array(2);

  constructor() {
    const time = {
      readCounter: (data: Uint32Array): void => {
        data[0] = Number(this.now & 0xffff_ffffn);
        data[1] = Number(this.now >> 32n);
      },
      setDeadline: (owner: number, deadline: bigint | null): void => {
        expect(owner).toBe(7);
        this.deadline = deadline;
        this.said++;
      },
    };
    this.timers = new Timers({ frequency: 62_500_000, owner: 7 }, time, () => this.view, (name, level) => {
      if (level) this.lines.add(name);
      else this.lines.delete(name);
    });
  }

  read(register: AnyRegister): bigint {
    expect(this.timers.read(register.key, this.#data)).toBe(true);
    return (BigInt(this.#data[1]!) << 32n) | BigInt(this.#data[0]!);
  }

  write(register: AnyRegister, value: bigint): void {
    this.#data[0] = Number(value & 0xffff_ffffn);
    this.#data[1] = Number(value >> 32n);
    expect(this.timers.write(register.key, this.#data)).toBe(true);
  }

  /** Time goes to the deadline and its owner is called, as the machine does. */
  advanceTo(now: bigint): void {
    this.now = now;
    if (this.deadline !== null && now >= this.deadline) this.timers.update();
  }
}

const ENABLE = CNT_CTL.of({ ENABLE: 1 });
let pe: Driver;

beforeEach(() => {
  pe = new Driver();
});

describe('counters', () => {
  test('the virtual count is the physical one less CNTVOFF_EL2, modulo 2^64', () => {
    expect(pe.read(CNTPCT_EL0)).toBe(1000n);
    pe.write(CNTVOFF_EL2, 400n);
    expect(pe.read(CNTVCT_EL0)).toBe(600n);
    pe.write(CNTVOFF_EL2, 1001n);
    expect(pe.read(CNTVCT_EL0)).toBe(MAX);
    expect(pe.read(CNTVOFF_EL2)).toBe(1001n);
  });

  test.each([
    [2, false, false, 600n],
    [2, true, false, 1000n],
    [2, true, true, 1000n],
    [1, true, false, 600n],
    [0, true, false, 600n],
    [0, true, true, 1000n],
    [0, false, true, 600n],
  ])('at EL%d with E2H %s and TGE %s CNTVCT_EL0 is %d', (el, e2h, tge, expected) => {
    pe.write(CNTVOFF_EL2, 400n);
    Object.assign(pe.view, { el, e2h, tge });
    expect(pe.read(CNTVCT_EL0)).toBe(expected);
  });

  test('CNTFRQ_EL0 is what firmware says', () => {
    expect(pe.read(CNTFRQ_EL0)).toBe(62_500_000n);
    pe.write(CNTFRQ_EL0, 1n);
    expect(pe.read(CNTFRQ_EL0)).toBe(1n);
  });

  test('a register of somebody else is not ours', () => {
    expect(pe.timers.read(TTBR0_EL1.key, new Uint32Array(2))).toBe(false);
  });
});

describe('a timer', () => {
  test('fires from the count on that CVAL names, and ISTATUS shows it', () => {
    pe.write(CNTP_CVAL_EL0, 1500n);
    pe.write(CNTP_CTL_EL0, ENABLE);
    expect(pe.deadline).toBe(1500n);
    pe.advanceTo(1499n);
    expect(pe.read(CNTP_CTL_EL0)).toBe(ENABLE);
    expect([...pe.lines]).toEqual([]);
    pe.advanceTo(1500n);
    expect(pe.read(CNTP_CTL_EL0)).toBe(CNT_CTL.of({ ENABLE: 1, ISTATUS: 1 }));
    expect([...pe.lines]).toEqual(['CNTP']);
    expect(pe.deadline).toBe(null);
  });

  test('its line drops when CVAL moves on, and when it is masked or disabled', () => {
    pe.write(CNTP_CTL_EL0, ENABLE);
    expect([...pe.lines]).toEqual(['CNTP']);
    pe.write(CNTP_CTL_EL0, CNT_CTL.of({ ENABLE: 1, IMASK: 1 }));
    expect([...pe.lines]).toEqual([]);
    expect(pe.read(CNTP_CTL_EL0)).toBe(CNT_CTL.of({ ENABLE: 1, IMASK: 1, ISTATUS: 1 }));
    pe.write(CNTP_CTL_EL0, ENABLE);
    pe.write(CNTP_CVAL_EL0, 1001n);
    expect([...pe.lines]).toEqual([]);
    pe.advanceTo(1001n);
    expect([...pe.lines]).toEqual(['CNTP']);
    pe.write(CNTP_CTL_EL0, 0n);
    expect([...pe.lines]).toEqual([]);
    expect(pe.read(CNTP_CTL_EL0)).toBe(0n);
  });

  test('TVAL reads what is left in 32 bits and writes a distance with a sign', () => {
    pe.write(CNTP_TVAL_EL0, 500n);
    expect(pe.read(CNTP_CVAL_EL0)).toBe(1500n);
    pe.now = 1600n;
    expect(pe.read(CNTP_TVAL_EL0)).toBe(0xffff_ff9cn);
    // -100: the upper half of the value is ignored, bit 31 is the sign.
    pe.write(CNTP_TVAL_EL0, 0x1234_5678_ffff_ff9cn);
    expect(pe.read(CNTP_CVAL_EL0)).toBe(1500n);
    pe.now = 10n;
    pe.write(CNTP_TVAL_EL0, 0xffff_ff9cn);
    expect(pe.read(CNTP_CVAL_EL0)).toBe(MAX - 89n);
  });

  test('the comparison is unsigned', () => {
    pe.write(CNTP_CVAL_EL0, MAX);
    pe.write(CNTP_CTL_EL0, ENABLE);
    expect(pe.read(CNTP_CTL_EL0)).toBe(ENABLE);
    expect(pe.deadline).toBe(MAX);
  });

  test('the virtual timer counts from CNTVOFF_EL2, and its deadline is physical', () => {
    pe.write(CNTVOFF_EL2, 400n);
    pe.write(CNTV_CVAL_EL0, 700n);
    pe.write(CNTV_CTL_EL0, ENABLE);
    expect(pe.deadline).toBe(1100n);
    expect(pe.read(CNTV_TVAL_EL0)).toBe(100n);
    // A hypervisor that moves the offset moves the deadline.
    pe.write(CNTVOFF_EL2, 300n);
    expect([...pe.lines]).toEqual(['CNTV']);
    pe.write(CNTVOFF_EL2, 500n);
    expect([...pe.lines]).toEqual([]);
    expect(pe.deadline).toBe(1200n);
  });

  test('a virtual deadline beyond the wrap of the physical count is none', () => {
    pe.write(CNTVOFF_EL2, 1001n);
    pe.write(CNTV_CVAL_EL0, MAX);
    pe.write(CNTV_CTL_EL0, ENABLE);
    // The virtual count is 2^64 - 1 already.
    expect([...pe.lines]).toEqual(['CNTV']);
    pe.write(CNTVOFF_EL2, 1000n);
    expect(pe.deadline).toBe(null);
  });

  test('a met condition ends where the virtual count wraps, which is a deadline', () => {
    // The virtual count is 2^64 - 24, and 0 where the physical one is 1024.
    pe.write(CNTVOFF_EL2, 1024n);
    pe.write(CNTV_CVAL_EL0, 2n ** 64n - 100n);
    pe.write(CNTV_CTL_EL0, ENABLE);
    expect([pe.lines.has('CNTV'), pe.deadline]).toEqual([true, 1024n]);
    pe.advanceTo(1023n);
    expect(pe.lines.has('CNTV')).toBe(true);
    pe.advanceTo(1024n);
    expect(pe.lines.has('CNTV')).toBe(false);
    // It is met again at physical 2^64 + 924, before which the physical count wraps.
    expect(pe.deadline).toBe(null);
    expect(pe.read(CNTV_CTL_EL0)).toBe(ENABLE);
  });

  test('a condition that is met at every count has no end; that of a physical timer is beyond the wrap of the physical count', () => {
    pe.write(CNTVOFF_EL2, 1024n);
    pe.write(CNTV_CVAL_EL0, 0n);
    pe.write(CNTV_CTL_EL0, ENABLE);
    pe.write(CNTP_CVAL_EL0, 5n);
    pe.write(CNTP_CTL_EL0, ENABLE);
    expect([[...pe.lines].sort(), pe.deadline]).toEqual([['CNTP', 'CNTV'], null]);
    // One that is met and one that waits: the earlier.
    pe.write(CNTV_CVAL_EL0, 1n);
    pe.write(CNTHP_CVAL_EL2, 1100n);
    pe.write(CNTHP_CTL_EL2, ENABLE);
    expect(pe.deadline).toBe(1024n);
    pe.advanceTo(1024n);
    expect([[...pe.lines], pe.deadline]).toEqual([['CNTP'], 1025n]);
  });

  test('a deadline that stays is said once', () => {
    pe.write(CNTHP_CVAL_EL2, 2000n);
    pe.write(CNTHP_CTL_EL2, ENABLE);
    pe.write(CNTV_CVAL_EL0, 3000n);
    pe.write(CNTV_CTL_EL0, ENABLE);
    pe.write(CNTV_CTL_EL0, 0n);
    expect([pe.said, pe.deadline]).toEqual([1, 2000n]);
    pe.write(CNTV_CVAL_EL0, 2n ** 32n);
    pe.write(CNTV_CTL_EL0, ENABLE);
    pe.write(CNTHP_CTL_EL2, 0n);
    expect([pe.said, pe.deadline]).toEqual([2, 2n ** 32n]);
  });

  test('four timers share one owner: the earliest deadline counts', () => {
    pe.write(CNTHP_CVAL_EL2, 3000n);
    pe.write(CNTHP_CTL_EL2, ENABLE);
    pe.write(CNTHV_CVAL_EL2, 2000n);
    pe.write(CNTHV_CTL_EL2, ENABLE);
    expect(pe.deadline).toBe(2000n);
    pe.advanceTo(2500n);
    expect([...pe.lines]).toEqual(['CNTHV']);
    expect(pe.deadline).toBe(3000n);
    pe.advanceTo(3000n);
    expect([...pe.lines].sort()).toEqual(['CNTHP', 'CNTHV']);
    expect(TIMER_NAMES).toContain('CNTHP');
  });
});

describe('control registers', () => {
  test('CNTHCTL_EL2 keeps the bits of both layouts, whichever is in force', () => {
    pe.write(CNTHCTL_EL2, MAX);
    const written = pe.read(CNTHCTL_EL2);
    expect(CNTHCTL_EL2_E2H1.format(written)).toBe('EL1PTEN=1 EL1PCTEN=1 EL0PTEN=1 EL0VTEN=1 EVNTI=15 EVNTDIR=1 EVNTEN=1 EL0VCTEN=1 EL0PCTEN=1');
    pe.view.e2h = true;
    expect(pe.read(CNTHCTL_EL2)).toBe(written);
  });

  test('CNTKCTL_EL1 is storage', () => {
    pe.write(CNTKCTL_EL1, CNTKCTL_EL1.of({ EL0PCTEN: 1, EL0PTEN: 1 }));
    expect(pe.read(CNTKCTL_EL1)).toBe(CNTKCTL_EL1.of({ EL0PCTEN: 1, EL0PTEN: 1 }));
  });
});

describe('event streams', () => {
  const stream = (EVNTI: number, EVNTDIR: 0 | 1) => CNTKCTL_EL1.of({ EVNTEN: 1, EVNTI, EVNTDIR });

  test('an event each time the bit rises, taken once, however often it rose', () => {
    pe.write(CNTKCTL_EL1, stream(4, 0));
    // 1000 is 0b11_1110_1000: bit 4 is 0, and rises at 1008.
    expect(pe.timers.nextEvent).toBe(1008n);
    pe.now = 1007n;
    expect(pe.timers.takeEvent()).toBe(false);
    pe.now = 1008n;
    expect(pe.timers.takeEvent()).toBe(true);
    expect(pe.timers.takeEvent()).toBe(false);
    expect(pe.timers.nextEvent).toBe(1040n);
    pe.now = 2000n;
    expect([pe.timers.takeEvent(), pe.timers.takeEvent()]).toEqual([true, false]);
  });

  test('or falls; and across words of the count', () => {
    pe.now = 2n ** 32n - 3n;
    pe.write(CNTKCTL_EL1, stream(1, 1));
    expect(pe.timers.nextEvent).toBe(2n ** 32n);
    pe.now = 2n ** 32n;
    expect(pe.timers.takeEvent()).toBe(true);
    pe.write(CNTKCTL_EL1, stream(1, 0));
    expect(pe.timers.nextEvent).toBe(2n ** 32n + 2n);
    pe.now = 2n ** 32n + 1n;
    expect(pe.timers.takeEvent()).toBe(false);
  });

  test('a rising bit does not fall where the low word wraps', () => {
    pe.now = 2n ** 32n - 1n;
    pe.write(CNTKCTL_EL1, stream(15, 0));
    pe.now = 2n ** 32n + 5n;
    expect(pe.timers.takeEvent()).toBe(false);
  });

  test('CNTKCTL_EL1 counts virtually, and is silent for a VHE host; CNTHCTL_EL2 counts physically', () => {
    pe.write(CNTVOFF_EL2, 8n);
    pe.write(CNTKCTL_EL1, stream(4, 0));
    expect(pe.timers.nextEvent).toBe(1016n);
    pe.view.e2h = true;
    pe.view.tge = true;
    expect(pe.timers.nextEvent).toBe(null);
    pe.write(CNTHCTL_EL2, CNTHCTL_EL2_E2H1.of({ EVNTEN: 1, EVNTI: 4 }));
    expect(pe.timers.nextEvent).toBe(1008n);
  });

  test('an event of before stays one when the stream is changed or stopped', () => {
    pe.write(CNTKCTL_EL1, stream(4, 0));
    pe.now = 1008n;
    pe.write(CNTKCTL_EL1, 0n);
    expect(pe.timers.nextEvent).toBe(null);
    expect(pe.timers.takeEvent()).toBe(true);
  });
});
