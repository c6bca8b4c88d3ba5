/** GICC: the physical CPU interface of a GICv2 in memory (IHI 0048, "CPU interface register descriptions"). */
import type { StateVisitor } from '@worldswitch/cpu';
import { MmioFrame, type FrameHandler } from '../mmio.ts';
import type { PhysicalInterface } from '../physical-interface.ts';
import { GICC, GICC_BPR, GICC_CTLR, GICC_IAR, GICC_IIDR, GICC_PMR } from '../regs/index.ts';
import { GROUP1_PENDING, SPURIOUS } from '../virtual-interface.ts';

/** GIC-400 r0p1. */
const IIDR = Number(GICC_IIDR.of({ ProductID: 0x020, Architecture_version: 2, Revision: 1, Implementer: 0x43b }));
const INTERRUPT_MASK = (GICC_IAR.CPUID.wordMask | GICC_IAR.INTID.wordMask) >>> 0;
const BYPASS_MASK = (GICC_CTLR.FIQBypDisGrp0.wordMask | GICC_CTLR.IRQBypDisGrp0.wordMask | GICC_CTLR.FIQBypDisGrp1.wordMask | GICC_CTLR.IRQBypDisGrp1.wordMask) >>> 0;

export class CpuInterfaceV2 {
  readonly physical: PhysicalInterface;
  readonly gicc: MmioFrame;
  readonly #bypass: Bypass = { bits: 0 };

  constructor(physical: PhysicalInterface) {
    this.physical = physical;
    this.gicc = new MmioFrame(GICC, handlers(physical, this.#bypass));
  }

  visitState(state: StateVisitor): void {
    this.physical.visitState(state);
    this.#bypass.bits = state.word(this.#bypass.bits, BYPASS_MASK);
  }
}

/** Bypass of the interface is kept as written and does nothing: no legacy line leads around it. */
interface Bypass {
  bits: number;
}

function handlers(physical: PhysicalInterface, bypass: Bypass): Record<string, FrameHandler> {
  const { control, active } = physical;
  const end = (value: number, group: 1 | 'any'): void => {
    const interrupt = value & INTERRUPT_MASK;
    physical.endOfInterrupt(interrupt, GICC_IAR.INTID.inWord(interrupt), group);
  };
  return {
    GICC_CTLR: {
      read: () =>
        (bypass.bits |
          (control.eoiMode ? GICC_CTLR.EOImode.wordMask : 0) |
          (control.cbpr ? GICC_CTLR.CBPR.wordMask : 0) |
          (control.fiqEn ? GICC_CTLR.FIQEn.wordMask : 0) |
          (control.ackCtl ? GICC_CTLR.AckCtl.wordMask : 0) |
          (control.enableGroup1 ? GICC_CTLR.EnableGrp1.wordMask : 0) |
          (control.enableGroup0 ? GICC_CTLR.EnableGrp0.wordMask : 0)) >>> 0,
      write: (value) => {
        bypass.bits = value & BYPASS_MASK;
        control.eoiMode = GICC_CTLR.EOImode.inWord(value) !== 0;
        control.cbpr = GICC_CTLR.CBPR.inWord(value) !== 0;
        control.fiqEn = GICC_CTLR.FIQEn.inWord(value) !== 0;
        control.ackCtl = GICC_CTLR.AckCtl.inWord(value) !== 0;
        control.enableGroup1 = GICC_CTLR.EnableGrp1.inWord(value) !== 0;
        control.enableGroup0 = GICC_CTLR.EnableGrp0.inWord(value) !== 0;
        physical.update();
      },
    },
    GICC_PMR: { read: () => control.pmr, write: (value) => physical.setPriorityMask(GICC_PMR.Priority.inWord(value)) },
    GICC_BPR: { read: () => control.bpr0, write: (value) => physical.setBinaryPoint(0, GICC_BPR.Binary_Point.inWord(value)) },
    GICC_ABPR: { read: () => control.bpr1, write: (value) => physical.setBinaryPoint(1, GICC_BPR.Binary_Point.inWord(value)) },
    GICC_IAR: {
      read: () => {
        const best = physical.signalled;
        if (best === null) return SPURIOUS;
        return best.group === 1 && !control.ackCtl ? GROUP1_PENDING : physical.acknowledge(best.group);
      },
    },
    GICC_AIAR: { read: () => physical.acknowledge(1) },
    GICC_EOIR: { write: (value) => end(value, 'any') },
    GICC_AEOIR: { write: (value) => end(value, 1) },
    GICC_DIR: { write: (value) => physical.deactivate(value & INTERRUPT_MASK) },
    GICC_RPR: { read: () => physical.runningPriority },
    GICC_HPPIR: {
      read: () => {
        const best = physical.highestPending;
        if (best === null) return SPURIOUS;
        return best.group === 1 && !control.ackCtl ? GROUP1_PENDING : physical.numberOf(best);
      },
    },
    GICC_AHPPIR: {
      read: () => {
        const best = physical.highestPending;
        return best?.group === 1 ? physical.numberOf(best) : SPURIOUS;
      },
    },
    GICC_APR: {
      read: (n) => active[0][n] ?? 0,
      write: (value, n) => {
        if (n < active[0].length) active[0][n] = value;
        physical.update();
      },
    },
    GICC_IIDR: { read: () => IIDR },
  };
}
