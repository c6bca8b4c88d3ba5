/**
 * The hypervisor's and the guest's side of the virtual interface as GICv2 maps them into memory: GICH and GICV (IHI 0048,
 * "GIC Support for Virtualization"). The hypervisor gives a guest GICV in place of GICC.
 */
import { GICH, GICH_HCR, GICH_VMCR, GICH_VTR, GICV, GICV_BPR, GICV_CTLR, GICV_IAR, GICV_IIDR, GICV_PMR } from '../regs/index.ts';
import { LIST_REGISTER_V2, type ListRegister } from '../list-register.ts';
import { MmioFrame, type FrameHandler } from '../mmio.ts';
import { GROUP1_PENDING, SPURIOUS, VirtualInterface, type VirtualInterfaceLines } from '../virtual-interface.ts';

/** Priorities of GICH have five bits, all of which can preempt (IHI 0048, GICH_VTR). */
const PRIORITY_BITS = 5;

/** GICH_VMCR keeps the upper bits of the priority mask. */
const PMR_SHIFT = 8 - GICH_VMCR.VMPriMask.width;

/** GIC-400 r0p1, the part that the machines with GICv2 have. */
const IIDR = Number(GICV_IIDR.of({ ProductID: 0x020, Architecture_version: 2, Revision: 1, Implementer: 0x43b }));

const HCR_WRITABLE = GICH_HCR.fields.reduce((mask, field) => mask | field.wordMask, 0) >>> 0;
const INTERRUPT_MASK = (GICV_IAR.CPUID.wordMask | GICV_IAR.INTID.wordMask) >>> 0;

/** The virtual interface of a GICv2 with its two frames. */
export interface VirtualInterfaceV2 {
  readonly virtual: VirtualInterface;
  readonly gich: MmioFrame;
  readonly gicv: MmioFrame;
}

export function createVirtualInterfaceV2(lrCount: number, lines: VirtualInterfaceLines): VirtualInterfaceV2 {
  const virtual = new VirtualInterface({ lrCount, priorityBits: PRIORITY_BITS, preemptionBits: PRIORITY_BITS, sharedActivePriorities: true }, lines);
  return { virtual, gich: new MmioFrame(GICH, gichHandlers(virtual)), gicv: new MmioFrame(GICV, gicvHandlers(virtual)) };
}

function gichHandlers(virtual: VirtualInterface): Record<string, FrameHandler> {
  const { lrs, active, options } = virtual;
  const words = new Uint32Array(2);
  const vtr = Number(GICH_VTR.of({ PRIbits: options.priorityBits - 1, PREbits: options.preemptionBits - 1, ListRegs: options.lrCount - 1 }));
  return {
    GICH_HCR: {
      read: () => virtual.hcr,
      write: (value) => {
        virtual.hcr = (value & HCR_WRITABLE) >>> 0;
        virtual.update();
      },
    },
    GICH_VTR: { read: () => vtr },
    GICH_VMCR: {
      read: () => readVmcr(virtual),
      write: (value) => {
        writeVmcr(virtual, value);
        virtual.update();
      },
    },
    GICH_MISR: { read: () => virtual.misr },
    GICH_EISR: { read: (n) => (n === 0 ? virtual.eisr : 0) },
    GICH_ELRSR: { read: (n) => (n === 0 ? virtual.elrsr : 0) },
    GICH_APR: {
      read: () => active[0][0]!,
      write: (value) => {
        active[0][0] = value;
        virtual.update();
      },
    },
    GICH_LR: {
      read: (n) => {
        const lr = lrs[n];
        if (lr === undefined) return 0;
        LIST_REGISTER_V2.encode(lr, words);
        return words[0]!;
      },
      write: (value, n) => {
        const lr = lrs[n];
        if (lr === undefined) return;
        words[0] = value;
        LIST_REGISTER_V2.decode(words, lr);
        virtual.update();
      },
    },
  };
}

function readVmcr(virtual: VirtualInterface): number {
  const { control } = virtual;
  const bits =
    (control.bpr0 << GICH_VMCR.VMBP.wordShift) |
    (control.bpr1 << GICH_VMCR.VMABP.wordShift) |
    ((control.pmr >> PMR_SHIFT) << GICH_VMCR.VMPriMask.wordShift) |
    (control.eoiMode ? GICH_VMCR.VEM.wordMask : 0) |
    (control.cbpr ? GICH_VMCR.VMCBPR.wordMask : 0) |
    (control.fiqEn ? GICH_VMCR.VMFIQEn.wordMask : 0) |
    (control.ackCtl ? GICH_VMCR.VMAckCtl.wordMask : 0) |
    (control.enableGroup1 ? GICH_VMCR.VMGrp1En.wordMask : 0) |
    (control.enableGroup0 ? GICH_VMCR.VMGrp0En.wordMask : 0);
  return bits >>> 0;
}

function writeVmcr(virtual: VirtualInterface, value: number): void {
  const { control } = virtual;
  virtual.setBinaryPoint(0, GICH_VMCR.VMBP.inWord(value));
  virtual.setBinaryPoint(1, GICH_VMCR.VMABP.inWord(value));
  virtual.setPriorityMask(GICH_VMCR.VMPriMask.inWord(value) << PMR_SHIFT);
  control.eoiMode = GICH_VMCR.VEM.inWord(value) !== 0;
  control.cbpr = GICH_VMCR.VMCBPR.inWord(value) !== 0;
  control.fiqEn = GICH_VMCR.VMFIQEn.inWord(value) !== 0;
  control.ackCtl = GICH_VMCR.VMAckCtl.inWord(value) !== 0;
  control.enableGroup1 = GICH_VMCR.VMGrp1En.inWord(value) !== 0;
  control.enableGroup0 = GICH_VMCR.VMGrp0En.inWord(value) !== 0;
}

/** What a guest sees in place of GICC. A GICv3 has this frame too, for guests that know GICv2 only. */
export function gicvHandlers(virtual: VirtualInterface): Record<string, FrameHandler> {
  const { control } = virtual;
  const [, active] = virtual.active;
  const writes = (write: (value: number) => void) => (value: number) => {
    write(value);
    virtual.update();
  };
  return {
    GICV_CTLR: {
      read: () => readCtlr(virtual),
      write: writes((value) => {
        control.eoiMode = GICV_CTLR.EOImode.inWord(value) !== 0;
        control.cbpr = GICV_CTLR.CBPR.inWord(value) !== 0;
        control.fiqEn = GICV_CTLR.FIQEn.inWord(value) !== 0;
        control.ackCtl = GICV_CTLR.AckCtl.inWord(value) !== 0;
        control.enableGroup1 = GICV_CTLR.EnableGrp1.inWord(value) !== 0;
        control.enableGroup0 = GICV_CTLR.EnableGrp0.inWord(value) !== 0;
      }),
    },
    GICV_PMR: { read: () => control.pmr, write: writes((value) => virtual.setPriorityMask(value & GICV_PMR.Priority.wordMask)) },
    GICV_BPR: { read: () => control.bpr0, write: writes((value) => virtual.setBinaryPoint(0, GICV_BPR.Binary_Point.inWord(value))) },
    GICV_ABPR: { read: () => control.bpr1, write: writes((value) => virtual.setBinaryPoint(1, GICV_BPR.Binary_Point.inWord(value))) },
    GICV_IAR: {
      read: () => {
        const lr = virtual.signalled;
        if (lr === null) return SPURIOUS;
        if (lr.group === 1 && !control.ackCtl) return GROUP1_PENDING;
        return virtual.acknowledge(lr.group);
      },
    },
    GICV_AIAR: { read: () => virtual.acknowledge(1) },
    GICV_EOIR: { write: (value) => virtual.endOfInterrupt(value & INTERRUPT_MASK, control.ackCtl ? 'any' : 0) },
    GICV_AEOIR: { write: (value) => virtual.endOfInterrupt(value & INTERRUPT_MASK, 1) },
    GICV_DIR: { write: (value) => virtual.deactivate(value & INTERRUPT_MASK) },
    GICV_RPR: { read: () => virtual.runningPriority & (0xff << (8 - PRIORITY_BITS)) },
    GICV_HPPIR: { read: () => highestPending(virtual.highestPending, control.ackCtl) },
    GICV_AHPPIR: { read: () => (virtual.highestPending?.group === 1 ? virtual.highestPending.vIntid : SPURIOUS) },
    GICV_APR: {
      read: (n) => active[n] ?? 0,
      write: (value, n) => {
        if (n < active.length) active[n] = value;
        virtual.update();
      },
    },
    GICV_IIDR: { read: () => IIDR },
  };
}

function highestPending(lr: ListRegister | null, ackCtl: boolean): number {
  if (lr === null) return SPURIOUS;
  return lr.group === 1 && !ackCtl ? GROUP1_PENDING : lr.vIntid;
}

function readCtlr(virtual: VirtualInterface): number {
  const { control } = virtual;
  return (
    (control.eoiMode ? GICV_CTLR.EOImode.wordMask : 0) |
    (control.cbpr ? GICV_CTLR.CBPR.wordMask : 0) |
    (control.fiqEn ? GICV_CTLR.FIQEn.wordMask : 0) |
    (control.ackCtl ? GICV_CTLR.AckCtl.wordMask : 0) |
    (control.enableGroup1 ? GICV_CTLR.EnableGrp1.wordMask : 0) |
    (control.enableGroup0 ? GICV_CTLR.EnableGrp0.wordMask : 0)
  );
}
