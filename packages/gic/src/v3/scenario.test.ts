/** GICv3's virtual interface by register accesses only. Expected values follow from IHI 0069, never from the code. */
import {
  HCR_EL2, ICC_AP1Rn_EL1, ICC_BPR0_EL1, ICC_BPR1_EL1, ICC_CTLR_EL1, ICC_DIR_EL1, ICC_EOIR0_EL1, ICC_EOIR1_EL1, ICC_HPPIR1_EL1, ICC_IAR0_EL1, ICC_IAR1_EL1, ICC_IGRPEN1_EL1, ICC_PMR_EL1,
  ICC_RPR_EL1, ICC_SGI1R_EL1, ICC_SRE_EL1, ICC_SRE_EL2, ICH_AP0Rn_EL2, ICH_AP1Rn_EL2, ICH_EISR_EL2, ICH_ELRSR_EL2, ICH_HCR_EL2, ICH_LR, ICH_LR_HW0, ICH_LRn_EL2, ICH_MISR_EL2, ICH_VMCR_EL2, ICH_VTR_EL2,
  type AnyRegister,
} from '@worldswitch/cpu/arch';
import { beforeEach, describe, expect, test } from 'vitest';
import { GICV_AEOIR, GICV_AIAR, GICV_APR, GICV_EOIR, GICV_IAR, GICV_RPR, type AnyFrameRegister } from '../regs/index.ts';
import type { InterfaceView } from './cpu-interface.ts';
import { createCpuInterfaceV3, type CpuInterfaceV3Options } from './virtual-interface.ts';

const OPTIONS: CpuInterfaceV3Options = { lrCount: 4, priorityBits: 5, preemptionBits: 5, intidBits: 24, hasEl2: true };

/** A PE's worth of registers, accessed at EL2 or at EL1 under HCR_EL2.{IMO,FMO}. */
class Driver {
  readonly lines = { irq: false, fiq: false, maintenance: false };
  readonly deactivated: number[] = [];
  readonly sgis: bigint[] = [];
  readonly view = { el: 2, tge: false, imo: true, fmo: true } satisfies InterfaceView as { -readonly [K in keyof InterfaceView]: InterfaceView[K] };
  readonly #data = new Uint32Array(2);
  readonly #banks;
  readonly #gicv;

  constructor(options: CpuInterfaceV3Options) {
    const { lines } = this;
    const { banks, gicv } = createCpuInterfaceV3(options, {
      view: () => this.view,
      lines: {
        setIrq: () => undefined,
        setFiq: () => undefined,
        setVirtualIrq: (level) => (lines.irq = level),
        setVirtualFiq: (level) => (lines.fiq = level),
        setMaintenance: (level) => (lines.maintenance = level),
        deactivate: (intid) => this.deactivated.push(intid),
      },
      source: { offer: () => undefined, numberOf: (intid) => intid, acknowledge: () => undefined, deactivate: (intid) => this.deactivated.push(-intid) },
      enablesChanged: () => undefined,
      generateSgi: (_key, lo, hi) => this.sgis.push((BigInt(hi) << 32n) | BigInt(lo)),
    });
    this.#banks = banks;
    this.#gicv = gicv;
  }

  #bankOf(register: AnyRegister) {
    const found = this.#banks.find((bank) => [...bank.keys].includes(register.key));
    if (found === undefined) throw new Error(`no bank for ${register.name}`);
    return found;
  }

  /** The value, or null where the access is UNDEFINED. */
  read(register: AnyRegister): bigint | null {
    if (!this.#bankOf(register).read(register.key, this.#data)) return null;
    return (BigInt(this.#data[1]!) << 32n) | BigInt(this.#data[0]!);
  }

  write(register: AnyRegister, value: bigint): boolean {
    this.#data[0] = Number(value & 0xffff_ffffn);
    this.#data[1] = Number(value >> 32n);
    return this.#bankOf(register).write(register.key, this.#data);
  }

  /** A word of GICV, which a guest without system registers uses. */
  load(register: AnyFrameRegister, n = register.first): number {
    expect(this.#gicv.read(register.offsetOf(n), 4, this.#data)).toBe('ok');
    return this.#data[0]!;
  }

  store(register: AnyFrameRegister, value: number, n = register.first): void {
    this.#data.set([value, 0]);
    expect(this.#gicv.write(register.offsetOf(n), 4, this.#data)).toBe('ok');
  }

  /** Runs `body` as the guest at EL1. */
  guest<T>(body: () => T): T {
    this.view.el = 1;
    const result = body();
    this.view.el = 2;
    return result;
  }
}

let gic: Driver;

beforeEach(() => {
  gic = new Driver(OPTIONS);
  gic.write(ICC_SRE_EL2, ICC_SRE_EL2.of({ SRE: 1, Enable: 1 }));
  gic.write(ICC_SRE_EL1, ICC_SRE_EL1.of({ SRE: 1 }));
  gic.write(ICH_HCR_EL2, ICH_HCR_EL2.of({ En: 1 }));
  gic.write(ICH_VMCR_EL2, ICH_VMCR_EL2.of({ VPMR: 0xf0, VENG0: 1, VENG1: 1 }));
});

const pendingLr = (vINTID: number, Priority: number, more: { Group?: 0 | 1; HW?: 0 | 1; pINTID?: number } = {}) =>
  ICH_LR.of({ State: ICH_LR.State.value('Pending'), Group: 1, vINTID, Priority, ...more });
const stateOf = (lr: bigint | null) => ICH_LR.State.valueName(ICH_LR.State.get(lr!));

describe('what the hypervisor reads', () => {
  test('ICH_VTR_EL2 counts less one', () => {
    expect(ICH_VTR_EL2.format(gic.read(ICH_VTR_EL2)!)).toBe('PRIbits=4 PREbits=4 IDbits=24bit A3V=1 nV4=1 TDS=1 ListRegs=3');
  });

  test('list registers and active priorities beyond those implemented are UNDEFINED', () => {
    expect(gic.read(ICH_LRn_EL2[3]!)).toBe(0n);
    expect(gic.read(ICH_LRn_EL2[4]!)).toBe(null);
    expect(gic.write(ICH_LRn_EL2[15]!, 0n)).toBe(false);
    expect(gic.read(ICH_AP1Rn_EL2[0]!)).toBe(0n);
    expect(gic.read(ICH_AP1Rn_EL2[1]!)).toBe(null);
    expect(gic.guest(() => gic.read(ICC_AP1Rn_EL1[1]!))).toBe(null);
  });

  test('a list register reads as written, without unimplemented bits of the priority', () => {
    gic.write(ICH_LRn_EL2[0]!, pendingLr(27, 0xa7, { HW: 1, pINTID: 27 }));
    expect(gic.read(ICH_LRn_EL2[0]!)).toBe(pendingLr(27, 0xa0, { HW: 1, pINTID: 27 }));
    const eoi = ICH_LR_HW0.of({ State: ICH_LR.State.value('Active'), EOI: 1, vINTID: 40 });
    gic.write(ICH_LRn_EL2[1]!, eoi);
    expect(gic.read(ICH_LRn_EL2[1]!)).toBe(eoi);
  });

  test('VMCR: with system registers VFIQEn reads as one, and binary points are at least the smallest', () => {
    gic.write(ICH_VMCR_EL2, 0n);
    expect(ICH_VMCR_EL2.format(gic.read(ICH_VMCR_EL2)!)).toBe('VBPR0=2 VBPR1=3 VFIQEn=1');
  });

  test('VMCR: what was written without system registers at EL1 is read with them, and is there afterwards', () => {
    const read = (): string => ICH_VMCR_EL2.format(gic.read(ICH_VMCR_EL2)!);
    const switchTo = (SRE: 0 | 1): boolean => gic.write(ICC_SRE_EL1, ICC_SRE_EL1.of({ SRE }));
    switchTo(0);
    gic.write(ICH_VMCR_EL2, ICH_VMCR_EL2.of({ VAckCtl: 1, VBPR0: 4, VBPR1: 5 }));
    expect(read()).toBe('VBPR0=4 VBPR1=5 VAckCtl=1');
    switchTo(1);
    expect(read()).toBe('VBPR0=4 VBPR1=5 VAckCtl=1');
    switchTo(0);
    expect(read()).toBe('VBPR0=4 VBPR1=5 VAckCtl=1');
  });

  test('VMCR: what is written with system registers at EL1 has VFIQEn, and keeps it without them', () => {
    gic.write(ICH_VMCR_EL2, ICH_VMCR_EL2.of({ VAckCtl: 1, VBPR0: 4, VBPR1: 5 }));
    gic.write(ICC_SRE_EL1, 0n);
    expect(ICH_VMCR_EL2.format(gic.read(ICH_VMCR_EL2)!)).toBe('VBPR0=4 VBPR1=5 VFIQEn=1');
  });

  test('ICC_SRE_EL1.SRE reads as zero and ignores writes while ICC_SRE_EL2.SRE is 0', () => {
    gic.write(ICC_SRE_EL2, 0n);
    expect(ICC_SRE_EL1.SRE.get(gic.read(ICC_SRE_EL1)!)).toBe(0n);
    gic.write(ICC_SRE_EL1, 0n);
    gic.write(ICC_SRE_EL2, ICC_SRE_EL2.of({ SRE: 1 }));
    expect(ICC_SRE_EL1.SRE.get(gic.read(ICC_SRE_EL1)!)).toBe(1n);
  });

  test('there is no bypass: DIB and DFB are RAO/WI, from reset on', () => {
    const fresh = new Driver(OPTIONS);
    const read = (): string[] => [ICC_SRE_EL1.format(fresh.read(ICC_SRE_EL1)!), ICC_SRE_EL2.format(fresh.read(ICC_SRE_EL2)!)];
    expect(read()).toEqual(['DIB=1 DFB=1', 'DIB=1 DFB=1']);
    for (const value of [0xfn, 0n]) {
      fresh.write(ICC_SRE_EL2, value);
      fresh.write(ICC_SRE_EL1, value);
      expect(read()).toEqual(value === 0n ? ['DIB=1 DFB=1', 'DIB=1 DFB=1'] : ['DIB=1 DFB=1 SRE=1', 'Enable=1 DIB=1 DFB=1 SRE=1']);
    }
    expect([ICC_SRE_EL1.reset, ICC_SRE_EL2.reset]).toEqual([6n, 6n]);
  });

  test('ICH_HCR_EL2.TSEI is RES0, because ICH_VTR_EL2.SEIS is 0', () => {
    expect(ICH_VTR_EL2.SEIS.get(gic.read(ICH_VTR_EL2)!)).toBe(0n);
    gic.write(ICH_HCR_EL2, ICH_HCR_EL2.of({ TDIR: 1, TSEI: 1, TALL1: 1 }));
    expect(ICH_HCR_EL2.format(gic.read(ICH_HCR_EL2)!)).toBe('TDIR=1 TALL1=1');
  });
});

describe('one interrupt', () => {
  test('acknowledge, end: the line follows, and HW deactivates the physical interrupt', () => {
    gic.write(ICH_LRn_EL2[0]!, pendingLr(27, 0xa0, { HW: 1, pINTID: 30 }));
    expect(gic.lines).toEqual({ irq: true, fiq: false, maintenance: false });
    gic.guest(() => {
      expect(gic.read(ICC_HPPIR1_EL1)).toBe(27n);
      expect(gic.read(ICC_IAR1_EL1)).toBe(27n);
    });
    expect(gic.lines.irq).toBe(false);
    expect(stateOf(gic.read(ICH_LRn_EL2[0]!))).toBe('Active');
    // 0xa0 is level 20 of 32.
    expect(gic.read(ICH_AP1Rn_EL2[0]!)).toBe(1n << 20n);
    expect(gic.guest(() => gic.read(ICC_RPR_EL1))).toBe(0xa0n);
    gic.guest(() => gic.write(ICC_EOIR1_EL1, 27n));
    expect(stateOf(gic.read(ICH_LRn_EL2[0]!))).toBe('Inactive');
    expect(gic.deactivated).toEqual([30]);
    expect(gic.read(ICH_AP1Rn_EL2[0]!)).toBe(0n);
    expect(gic.guest(() => gic.read(ICC_RPR_EL1))).toBe(0xffn);
    expect(gic.read(ICH_ELRSR_EL2)).toBe(0b1111n);
  });

  test('with EOImode 1 EOIR drops the priority and DIR deactivates', () => {
    gic.guest(() => gic.write(ICC_CTLR_EL1, ICC_CTLR_EL1.of({ EOImode: 1 })));
    gic.write(ICH_LRn_EL2[0]!, pendingLr(40, 0xa0, { HW: 1, pINTID: 40 }));
    gic.guest(() => {
      gic.read(ICC_IAR1_EL1);
      gic.write(ICC_EOIR1_EL1, 40n);
    });
    expect(stateOf(gic.read(ICH_LRn_EL2[0]!))).toBe('Active');
    expect(gic.read(ICH_AP1Rn_EL2[0]!)).toBe(0n);
    gic.guest(() => gic.write(ICC_DIR_EL1, 40n));
    expect(stateOf(gic.read(ICH_LRn_EL2[0]!))).toBe('Inactive');
    expect(gic.deactivated).toEqual([40]);
  });

  test('an LPI is deactivated by EOIR even with EOImode 1', () => {
    gic.guest(() => gic.write(ICC_CTLR_EL1, ICC_CTLR_EL1.of({ EOImode: 1 })));
    gic.write(ICH_LRn_EL2[0]!, pendingLr(8195, 0xa0));
    gic.guest(() => {
      expect(gic.read(ICC_IAR1_EL1)).toBe(8195n);
      gic.write(ICC_EOIR1_EL1, 8195n);
    });
    expect(stateOf(gic.read(ICH_LRn_EL2[0]!))).toBe('Inactive');
  });

  test('pending and active becomes pending at its end, and is signalled again', () => {
    const lr = ICH_LR.of({ State: ICH_LR.State.value('PendingActive'), Group: 1, vINTID: 33, Priority: 0xa0 });
    gic.write(ICH_LRn_EL2[0]!, lr);
    gic.write(ICH_AP1Rn_EL2[0]!, 1n << 20n);
    expect(gic.lines.irq).toBe(false);
    gic.guest(() => gic.write(ICC_EOIR1_EL1, 33n));
    expect(stateOf(gic.read(ICH_LRn_EL2[0]!))).toBe('Pending');
    expect(gic.lines.irq).toBe(true);
  });

  test('group 0 is FIQ, and its IAR is IAR0', () => {
    gic.write(ICH_LRn_EL2[0]!, pendingLr(50, 0x80, { Group: 0 }));
    expect(gic.lines).toEqual({ irq: false, fiq: true, maintenance: false });
    gic.guest(() => {
      expect(gic.read(ICC_IAR1_EL1)).toBe(1023n);
      expect(gic.read(ICC_IAR0_EL1)).toBe(50n);
    });
    expect(gic.read(ICH_AP0Rn_EL2[0]!)).toBe(1n << 16n);
    gic.guest(() => gic.write(ICC_EOIR0_EL1, 50n));
    expect(gic.read(ICH_ELRSR_EL2)).toBe(0b1111n);
  });
});

describe('a guest that uses memory', () => {
  beforeEach(() => {
    gic.write(ICC_SRE_EL1, 0n);
    gic.write(ICH_VMCR_EL2, ICH_VMCR_EL2.of({ VPMR: 0xf0, VENG0: 1, VENG1: 1 }));
  });

  // IHI 0069, "Support for legacy operation of VMs": ICH_AP1R<n>_EL2 for both groups, and GICV_APR<n> is the same registers.
  test.each([
    ['group 0', 0, GICV_IAR, GICV_EOIR],
    ['group 1', 1, GICV_AIAR, GICV_AEOIR],
  ] as const)('%s is active in ICH_AP1R0_EL2, which GICV_APR0 shows', (_title, Group, iar, eoir) => {
    gic.write(ICH_LRn_EL2[0]!, pendingLr(40, 0xa0, { Group }));
    expect(gic.load(iar)).toBe(40);
    expect([gic.read(ICH_AP0Rn_EL2[0]!), gic.read(ICH_AP1Rn_EL2[0]!), gic.load(GICV_APR)]).toEqual([0n, 1n << 20n, 1 << 20]);
    expect(gic.load(GICV_RPR)).toBe(0xa0);
    gic.store(eoir, 40);
    expect([gic.read(ICH_AP0Rn_EL2[0]!), gic.read(ICH_AP1Rn_EL2[0]!), gic.load(GICV_APR)]).toEqual([0n, 0n, 0]);
    expect(gic.load(GICV_RPR)).toBe(0xf8);
  });

  test('what ICH_AP1R0_EL2 holds runs for either group, and a write of GICV_APR0 is one of it', () => {
    gic.write(ICH_AP1Rn_EL2[0]!, 1n << 16n);
    gic.write(ICH_LRn_EL2[0]!, pendingLr(40, 0x80, { Group: 0 }));
    expect(gic.lines.irq).toBe(false);
    gic.store(GICV_APR, 1 << 24);
    expect(gic.read(ICH_AP1Rn_EL2[0]!)).toBe(1n << 24n);
    expect(gic.lines.irq).toBe(true);
  });

  test('with system registers again each group has its own', () => {
    gic.write(ICH_LRn_EL2[0]!, pendingLr(40, 0xa0, { Group: 0 }));
    gic.write(ICC_SRE_EL1, ICC_SRE_EL1.of({ SRE: 1 }));
    gic.guest(() => gic.read(ICC_IAR0_EL1));
    expect([gic.read(ICH_AP0Rn_EL2[0]!), gic.read(ICH_AP1Rn_EL2[0]!)]).toEqual([1n << 20n, 0n]);
  });
});

describe('several interrupts', () => {
  test('a higher priority preempts, an equal one waits', () => {
    gic.write(ICH_LRn_EL2[0]!, pendingLr(33, 0xa0));
    gic.guest(() => gic.read(ICC_IAR1_EL1));
    gic.write(ICH_LRn_EL2[1]!, pendingLr(34, 0xa0));
    expect(gic.lines.irq).toBe(false);
    expect(gic.guest(() => gic.read(ICC_IAR1_EL1))).toBe(1023n);
    gic.write(ICH_LRn_EL2[2]!, pendingLr(35, 0x40));
    expect(gic.guest(() => gic.read(ICC_IAR1_EL1))).toBe(35n);
    gic.guest(() => {
      gic.write(ICC_EOIR1_EL1, 35n);
      gic.write(ICC_EOIR1_EL1, 33n);
    });
    expect(gic.guest(() => gic.read(ICC_IAR1_EL1))).toBe(34n);
  });

  test('the priority mask and a disabled group hold back', () => {
    gic.write(ICH_LRn_EL2[0]!, pendingLr(33, 0xa0));
    gic.guest(() => gic.write(ICC_PMR_EL1, 0xa0n));
    expect(gic.lines.irq).toBe(false);
    gic.guest(() => gic.write(ICC_PMR_EL1, 0xa8n));
    expect(gic.lines.irq).toBe(true);
    gic.guest(() => gic.write(ICC_IGRPEN1_EL1, 0n));
    expect(gic.lines.irq).toBe(false);
    expect(ICH_VMCR_EL2.VENG1.get(gic.read(ICH_VMCR_EL2)!)).toBe(0n);
    expect(ICH_VMCR_EL2.VPMR.get(gic.read(ICH_VMCR_EL2)!)).toBe(0xa8n);
  });

  test('ICH_HCR_EL2.En 0: no line, and IAR is spurious', () => {
    gic.write(ICH_LRn_EL2[0]!, pendingLr(33, 0xa0));
    gic.write(ICH_HCR_EL2, 0n);
    expect(gic.lines.irq).toBe(false);
    expect(gic.guest(() => gic.read(ICC_IAR1_EL1))).toBe(1023n);
  });

  test('CBPR: BPR1 reads BPR0 plus one and ignores writes', () => {
    gic.guest(() => {
      gic.write(ICC_BPR0_EL1, 5n);
      gic.write(ICC_CTLR_EL1, ICC_CTLR_EL1.of({ CBPR: 1 }));
      gic.write(ICC_BPR1_EL1, 3n);
      expect(gic.read(ICC_BPR1_EL1)).toBe(6n);
      gic.write(ICC_CTLR_EL1, 0n);
      expect(gic.read(ICC_BPR1_EL1)).toBe(3n);
    });
  });
});

describe('maintenance', () => {
  test('EOI of a list register that asks for it: EISR, MISR, and ELRSR not before it is cleared', () => {
    gic.write(ICH_LRn_EL2[1]!, ICH_LR_HW0.of({ State: ICH_LR.State.value('Pending'), Group: 1, EOI: 1, vINTID: 60, Priority: 0xa0 }));
    gic.guest(() => {
      gic.read(ICC_IAR1_EL1);
      gic.write(ICC_EOIR1_EL1, 60n);
    });
    expect(gic.read(ICH_EISR_EL2)).toBe(0b0010n);
    expect(gic.read(ICH_ELRSR_EL2)).toBe(0b1101n);
    expect(ICH_MISR_EL2.format(gic.read(ICH_MISR_EL2)!)).toBe('EOI=1');
    expect(gic.lines.maintenance).toBe(true);
    gic.write(ICH_LRn_EL2[1]!, 0n);
    expect(gic.lines.maintenance).toBe(false);
  });

  test('an end without a list register counts, if it dropped a priority', () => {
    gic.write(ICH_HCR_EL2, ICH_HCR_EL2.of({ En: 1, LRENPIE: 1 }));
    gic.guest(() => gic.write(ICC_EOIR1_EL1, 77n));
    expect(ICH_HCR_EL2.EOIcount.get(gic.read(ICH_HCR_EL2)!)).toBe(0n);
    gic.write(ICH_AP1Rn_EL2[0]!, 1n << 20n);
    gic.guest(() => gic.write(ICC_EOIR1_EL1, 77n));
    expect(ICH_HCR_EL2.EOIcount.get(gic.read(ICH_HCR_EL2)!)).toBe(1n);
    expect(ICH_MISR_EL2.format(gic.read(ICH_MISR_EL2)!)).toBe('LRENP=1');
  });

  test.each([
    ['UIE', { UIE: 1 }, 'U=1'],
    ['NPIE', { NPIE: 1 }, 'NP=1'],
    ['VGrp0EIE', { VGrp0EIE: 1 }, 'VGrp0E=1'],
    ['VGrp1EIE', { VGrp1EIE: 1 }, 'VGrp1E=1'],
    ['VGrp1DIE, group 1 enabled', { VGrp1DIE: 1 }, ''],
  ] as const)('%s with nothing in flight', (_title, enables, expected) => {
    gic.write(ICH_HCR_EL2, ICH_HCR_EL2.of({ En: 1, ...enables }));
    expect(ICH_MISR_EL2.format(gic.read(ICH_MISR_EL2)!)).toBe(expected);
    expect(gic.lines.maintenance).toBe(expected !== '');
  });

  test('underflow ends when two list registers are valid', () => {
    gic.write(ICH_HCR_EL2, ICH_HCR_EL2.of({ En: 1, UIE: 1 }));
    gic.write(ICH_LRn_EL2[0]!, pendingLr(33, 0xa0));
    expect(gic.lines.maintenance).toBe(true);
    gic.write(ICH_LRn_EL2[3]!, pendingLr(34, 0xa0));
    expect(gic.lines.maintenance).toBe(false);
  });
});

describe('which interface an ICC name reaches', () => {
  test('EL2 always reaches the physical one', () => {
    gic.write(ICC_PMR_EL1, 0x80n);
    expect(gic.read(ICC_PMR_EL1)).toBe(0x80n);
    expect(gic.guest(() => gic.read(ICC_PMR_EL1))).toBe(0xf0n);
  });

  test(`EL1 goes by group: ${HCR_EL2.FMO.name} decides group 0, ${HCR_EL2.IMO.name} group 1, either the common registers`, () => {
    gic.write(ICH_LRn_EL2[0]!, pendingLr(50, 0x80, { Group: 0 }));
    gic.view.fmo = false;
    expect(gic.guest(() => gic.read(ICC_IAR0_EL1))).toBe(1023n);
    expect(gic.guest(() => gic.read(ICC_PMR_EL1))).toBe(0xf0n);
    gic.view.imo = false;
    expect(gic.guest(() => gic.read(ICC_PMR_EL1))).toBe(0n);
    gic.view.fmo = true;
    expect(gic.guest(() => gic.read(ICC_IAR0_EL1))).toBe(50n);
  });

  test('the physical interface without a distributor: idle, spurious, and SGIs leave by the port', () => {
    expect([ICC_IAR1_EL1, ICC_RPR_EL1, ICC_BPR0_EL1, ICC_BPR1_EL1].map((register) => gic.read(register))).toEqual([1023n, 0xffn, 2n, 3n]);
    expect(ICC_CTLR_EL1.format(gic.read(ICC_CTLR_EL1)!)).toBe('A3V=1 IDbits=24bit PRIbits=4');
    const sgi = ICC_SGI1R_EL1.of({ INTID: 3, TargetList: 1, Aff2: 2 });
    gic.write(ICC_SGI1R_EL1, sgi);
    expect(gic.sgis).toEqual([sgi]);
  });
});
