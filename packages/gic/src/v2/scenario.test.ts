/** GICH and GICV by register accesses only. Expected values follow from IHI 0048, never from the code. */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  GICH_APR, GICH_EISR, GICH_ELRSR, GICH_HCR, GICH_LR, GICH_LR_HW0, GICH_MISR, GICH_VMCR, GICH_VTR, GICV_AIAR, GICV_BPR, GICV_CTLR, GICV_DIR, GICV_EOIR, GICV_HPPIR, GICV_IAR, GICV_IIDR, GICV_PMR,
  GICV_RPR, type AnyFrameRegister,
} from '../regs/index.ts';
import { createVirtualInterfaceV2, type VirtualInterfaceV2 } from './hyp-interface.ts';

class Driver {
  readonly lines = { irq: false, fiq: false, maintenance: false };
  readonly deactivated: number[] = [];
  readonly device: VirtualInterfaceV2;
  readonly data = new Uint32Array(2);

  constructor() {
    const { lines } = this;
    this.device = createVirtualInterfaceV2(4, {
      setVirtualIrq: (level) => (lines.irq = level),
      setVirtualFiq: (level) => (lines.fiq = level),
      setMaintenance: (level) => (lines.maintenance = level),
      deactivate: (intid) => this.deactivated.push(intid),
    });
  }

  read(register: AnyFrameRegister, n = register.first): bigint {
    const frame = register.name.startsWith('GICH') ? this.device.gich : this.device.gicv;
    expect(frame.read(register.offsetOf(n), 4, this.data)).toBe('ok');
    return BigInt(this.data[0]!);
  }

  write(register: AnyFrameRegister, value: bigint, n = register.first): void {
    const frame = register.name.startsWith('GICH') ? this.device.gich : this.device.gicv;
    this.data[0] = Number(value);
    expect(frame.write(register.offsetOf(n), 4, this.data)).toBe('ok');
  }
}

let gic: Driver;

beforeEach(() => {
  gic = new Driver();
  gic.write(GICH_HCR, GICH_HCR.of({ En: 1 }));
  gic.write(GICV_PMR, 0xf0n);
  gic.write(GICV_CTLR, GICV_CTLR.of({ EnableGrp0: 1 }));
});

/** Priority is the five upper bits: 0xa0 is 0x14. */
const pendingLr = (VirtualID: number, more: { HW?: 0 | 1; PhysicalID?: number; Grp1?: 0 | 1 } = {}) => GICH_LR.of({ State: GICH_LR.State.value('Pending'), VirtualID, Priority: 0x14, ...more });
const stateOf = (lr: bigint) => GICH_LR.State.valueName(GICH_LR.State.get(lr));

describe('GICH', () => {
  test('VTR counts less one', () => {
    expect(GICH_VTR.format(gic.read(GICH_VTR))).toBe('PRIbits=4 PREbits=4 ListRegs=3');
  });

  test('VMCR is what the guest wrote into GICV', () => {
    gic.write(GICV_BPR, 4n);
    expect(GICH_VMCR.format(gic.read(GICH_VMCR))).toBe('VMPriMask=30 VMBP=4 VMABP=3 VMGrp0En=1');
    gic.write(GICH_VMCR, GICH_VMCR.of({ VMPriMask: 0x10, VEM: 1 }));
    expect(gic.read(GICV_PMR)).toBe(0x80n);
    expect(gic.read(GICV_CTLR)).toBe(GICV_CTLR.of({ EOImode: 1 }));
  });

  test('four list registers: the others read as zero', () => {
    gic.write(GICH_LR, pendingLr(40), 4);
    expect(gic.read(GICH_LR, 4)).toBe(0n);
    expect(gic.read(GICH_ELRSR)).toBe(0b1111n);
    expect(gic.read(GICH_ELRSR, 1)).toBe(0n);
  });

  test('list registers read as written', () => {
    gic.write(GICH_LR, pendingLr(27, { HW: 1, PhysicalID: 30 }));
    expect(gic.read(GICH_LR)).toBe(pendingLr(27, { HW: 1, PhysicalID: 30 }));
    const sgi = GICH_LR_HW0.of({ State: GICH_LR.State.value('Pending'), VirtualID: 2, CPUID: 3, EOI: 1, Priority: 0x14 });
    gic.write(GICH_LR, sgi, 1);
    expect(gic.read(GICH_LR, 1)).toBe(sgi);
  });

  test('registers are words: other sizes abort, reserved offsets are counted', () => {
    expect(gic.device.gich.read(GICH_HCR.offset, 8, gic.data)).toBe('abort');
    expect(gic.device.gich.read(0x800, 4, gic.data)).toBe('ok');
    expect(gic.data[0]).toBe(0);
    expect(gic.device.gich.reservedAccesses).toBe(1);
  });
});

describe('a guest', () => {
  test('acknowledges and ends: group 0 is an IRQ while FIQEn is 0, and HW deactivates', () => {
    gic.write(GICH_LR, pendingLr(27, { HW: 1, PhysicalID: 30 }));
    expect(gic.lines).toEqual({ irq: true, fiq: false, maintenance: false });
    expect(gic.read(GICV_HPPIR)).toBe(27n);
    expect(gic.read(GICV_IAR)).toBe(27n);
    expect(gic.lines.irq).toBe(false);
    expect(gic.read(GICV_RPR)).toBe(0xa0n);
    expect(gic.read(GICH_APR)).toBe(1n << 20n);
    expect(stateOf(gic.read(GICH_LR))).toBe('Active');
    gic.write(GICV_EOIR, 27n);
    expect(stateOf(gic.read(GICH_LR))).toBe('Inactive');
    expect(gic.deactivated).toEqual([30]);
    expect(gic.read(GICV_IAR)).toBe(1023n);
    // The running priority of an idle interface, in the five bits it has (IHI 0048, GICV_RPR).
    expect(gic.read(GICV_RPR)).toBe(0xf8n);
  });

  test('FIQEn sends group 0 to FIQ', () => {
    gic.write(GICV_CTLR, GICV_CTLR.of({ EnableGrp0: 1, FIQEn: 1 }));
    gic.write(GICH_LR, pendingLr(40));
    expect(gic.lines).toEqual({ irq: false, fiq: true, maintenance: false });
  });

  test('IAR shows the source of an SGI, and EOIR must repeat it', () => {
    const sgi = GICH_LR_HW0.of({ State: GICH_LR.State.value('Pending'), VirtualID: 2, CPUID: 3, Priority: 0x14 });
    gic.write(GICH_LR, sgi);
    const acknowledged = gic.read(GICV_IAR);
    expect(GICV_IAR.format(acknowledged)).toBe('CPUID=3 INTID=0x2');
    gic.write(GICV_EOIR, 2n);
    expect(stateOf(gic.read(GICH_LR))).toBe('Active');
    gic.write(GICH_APR, 1n << 20n);
    gic.write(GICV_EOIR, acknowledged);
    expect(stateOf(gic.read(GICH_LR))).toBe('Inactive');
  });

  test('group 1: IAR says 1022 while AckCtl is 0, AIAR acknowledges', () => {
    gic.write(GICV_CTLR, GICV_CTLR.of({ EnableGrp0: 1, EnableGrp1: 1 }));
    gic.write(GICH_LR, pendingLr(41, { Grp1: 1 }));
    expect(gic.read(GICV_HPPIR)).toBe(1022n);
    expect(gic.read(GICV_IAR)).toBe(1022n);
    expect(gic.read(GICV_AIAR)).toBe(41n);
  });

  test('EOImode 1: DIR deactivates, and counts what no list register holds', () => {
    gic.write(GICV_CTLR, GICV_CTLR.of({ EnableGrp0: 1, EOImode: 1 }));
    gic.write(GICH_LR, pendingLr(40, { HW: 1, PhysicalID: 40 }));
    gic.write(GICV_EOIR, gic.read(GICV_IAR));
    expect(stateOf(gic.read(GICH_LR))).toBe('Active');
    gic.write(GICV_DIR, 40n);
    expect(gic.deactivated).toEqual([40]);
    gic.write(GICV_DIR, 99n);
    expect(GICH_HCR.EOICount.get(gic.read(GICH_HCR))).toBe(1n);
  });

  test('its end is reported where the list register asks for it', () => {
    gic.write(GICH_LR, GICH_LR_HW0.of({ State: GICH_LR.State.value('Pending'), VirtualID: 50, EOI: 1, Priority: 0x14 }), 2);
    gic.write(GICV_EOIR, gic.read(GICV_IAR));
    expect(gic.read(GICH_EISR)).toBe(0b0100n);
    expect(gic.read(GICH_ELRSR)).toBe(0b1011n);
    expect(GICH_MISR.format(gic.read(GICH_MISR))).toBe('EOI=1');
    expect(gic.lines.maintenance).toBe(true);
  });

  test('identifies the interface', () => {
    expect(GICV_IIDR.format(gic.read(GICV_IIDR))).toBe('ProductID=0x20 Architecture_version=2 Revision=1 Implementer=0x43b');
  });
});
