/**
 * The GICv2 distributor: GICD, whose first registers are banked by the PE that accesses them, and SGIs, which are pending
 * once for each source PE (IHI 0048, "Distributor register descriptions", "Software Generated Interrupts").
 */
import type { StateVisitor } from '@worldswitch/cpu';
import { Distributor, FIRST_SPI, PRIVATE_INTERRUPTS, SGI_COUNT, type DistributorOptions } from '../distributor.ts';
import type { Candidate } from '../interrupt-block.ts';
import { interruptRegisters } from '../interrupt-registers.ts';
import { MmioFrame, type FrameHandler } from '../mmio.ts';
import type { InterruptSource } from '../physical-interface.ts';
import { GICC_IAR, GICD_CTLR_GICv2, GICD_GICv2, GICD_ICPIDR2, GICD_IIDR, GICD_SGIR, GICD_TYPER_GICv2 } from '../regs/index.ts';

const BYTES_PER_WORD = 4;
/** Bits 31:24 of GICD_IIDR of GIC-400 r0p1, and Arm as its implementer. */
const IIDR = Number(GICD_IIDR.of({ ProductID: 0x02, Revision: 1, Implementer: 0x43b }));
const PIDR2 = Number(GICD_ICPIDR2.of({ ArchRev: 2 })) | 0xb;
const SGI_MASK = 2 ** SGI_COUNT - 1;

export class DistributorV2 {
  readonly state: Distributor;
  /** The frame as each PE sees it. */
  readonly frames: readonly MmioFrame[];
  /** Pending SGIs of each PE: a byte of source PEs for each SGI. */
  readonly #sources: readonly Uint8Array[];
  /** ITARGETSR of each SPI: a bit for each PE. */
  readonly #itargets: Uint8Array;

  constructor(options: DistributorOptions, update: (pe: number) => void) {
    const { pes, spis } = options;
    this.state = new Distributor(options, update);
    this.#sources = Array.from({ length: pes }, () => new Uint8Array(SGI_COUNT));
    this.#itargets = new Uint8Array(spis);
    for (const block of this.state.banked) block.enabled[0] = SGI_MASK;
    // With one PE all interrupts are its, and the registers are RAZ, WI.
    if (pes === 1) this.state.targets[0]!.fill(0xffff_ffff);
    this.frames = Array.from({ length: pes }, (_, pe) => new MmioFrame(GICD_GICv2, this.#handlers(pe)));
  }

  /** What the CPU interface of `pe` takes interrupts from. Numbers carry the source PE of an SGI in bits 12:10. */
  source(pe: number): InterruptSource {
    return {
      offer: (best: Candidate, groups: number) => {
        this.state.offer(pe, best, groups);
      },
      numberOf: (intid) => (intid < SGI_COUNT ? intid | (this.#firstSource(pe, intid) << GICC_IAR.CPUID.wordShift) : intid),
      acknowledge: (intid) => {
        if (intid >= SGI_COUNT) {
          this.state.acknowledge(pe, intid);
          return;
        }
        const sources = this.#sources[pe]!;
        sources[intid]! &= ~(1 << this.#firstSource(pe, intid));
        const block = this.state.banked[pe]!;
        block.acknowledge(intid);
        block.setLatch(intid, sources[intid] !== 0);
      },
      deactivate: (interrupt) => {
        this.state.deactivate(pe, GICC_IAR.INTID.inWord(interrupt));
      },
    };
  }

  visitState(state: StateVisitor): void {
    this.state.visitState(state);
    const pes = 2 ** this.state.options.pes - 1;
    for (const sources of this.#sources) state.bytes(sources, pes);
    state.bytes(this.#itargets, pes);
  }

  // ---- Registers -----------------------------------------------------------------------------------------------------

  #handlers(pe: number): Record<string, FrameHandler> {
    const { state } = this;
    const { pes, spis } = state.options;
    const typer = Number(GICD_TYPER_GICv2.of({ CPUNumber: pes - 1, ITLinesNumber: (spis + PRIVATE_INTERRUPTS) / 32 - 1 }));
    const rows = interruptRegisters({ block: (intid) => state.block(pe, intid), fixedEnabled: SGI_MASK, fixedPending: SGI_MASK, changed: () => state.updateAll() });
    return {
      GICD_CTLR: {
        read: () => state.groups,
        write: (value) => {
          state.groups = value & (GICD_CTLR_GICv2.EnableGrp0.wordMask | GICD_CTLR_GICv2.EnableGrp1.wordMask);
          state.updateAll();
        },
      },
      GICD_TYPER: { read: () => typer },
      GICD_IIDR: { read: () => IIDR },
      GICD_ICPIDR2: { read: () => PIDR2 },
      ...Object.fromEntries(Object.entries(rows).map(([name, handler]) => [`GICD_${name}`, handler])),
      GICD_ITARGETSR: { read: (n) => this.#readTargets(pe, n), write: (value, n, _half, mask) => this.#writeTargets(value, n, mask) },
      GICD_SGIR: { write: (value) => this.#generateSgi(pe, value) },
      GICD_SPENDSGIR: { read: (n) => this.#readSources(pe, n), write: (value, n) => this.#writeSources(pe, value, n, true) },
      GICD_CPENDSGIR: { read: (n) => this.#readSources(pe, n), write: (value, n) => this.#writeSources(pe, value, n, false) },
      GICD_PPISR: { read: () => state.banked[pe]!.line[0]! >>> SGI_COUNT },
      GICD_SPISR: { read: (n) => state.spis.line[n] ?? 0 },
    };
  }

  #readTargets(pe: number, n: number): number {
    if (this.state.options.pes === 1) return 0;
    const intid = n * BYTES_PER_WORD;
    if (intid < FIRST_SPI) return ((1 << pe) * 0x0101_0101) >>> 0;
    return word(this.#itargets, intid - FIRST_SPI);
  }

  #writeTargets(value: number, n: number, mask: number): void {
    const { pes, spis } = this.state.options;
    const first = n * BYTES_PER_WORD - FIRST_SPI;
    if (pes === 1 || first < 0 || first >= spis) return;
    for (let i = 0; i < BYTES_PER_WORD; i++) {
      if (((mask >>> (8 * i)) & 0xff) === 0) continue;
      const targets = (value >>> (8 * i)) & (2 ** pes - 1);
      this.#itargets[first + i] = targets;
      for (let pe = 0; pe < pes; pe++) this.state.setTarget(pe, FIRST_SPI + first + i, (targets & (1 << pe)) !== 0);
    }
    this.state.updateAll();
  }

  // ---- SGIs ----------------------------------------------------------------------------------------------------------

  #generateSgi(from: number, value: number): void {
    const all = 2 ** this.state.options.pes - 1;
    const filters: Readonly<Record<number, number>> = {
      [GICD_SGIR.TargetListFilter.value('List')]: GICD_SGIR.CPUTargetList.inWord(value) & all,
      [GICD_SGIR.TargetListFilter.value('AllOthers')]: all & ~(1 << from),
      [GICD_SGIR.TargetListFilter.value('Self')]: 1 << from,
    };
    // The fourth filter is reserved, and sends nothing.
    const targets = filters[GICD_SGIR.TargetListFilter.inWord(value)] ?? 0;
    const intid = GICD_SGIR.INTID.inWord(value);
    for (let pe = 0; pe < this.state.options.pes; pe++) {
      if ((targets & (1 << pe)) !== 0) this.#setSources(pe, intid, this.#sources[pe]![intid]! | (1 << from));
    }
  }

  /** The lowest PE that a pending SGI came from. */
  #firstSource(pe: number, intid: number): number {
    const sources = this.#sources[pe]![intid]!;
    return 31 - Math.clz32(sources & -sources);
  }

  #setSources(pe: number, intid: number, sources: number): void {
    this.#sources[pe]![intid] = sources;
    this.state.banked[pe]!.setLatch(intid, sources !== 0);
    this.state.changed(pe, intid);
  }

  #readSources(pe: number, n: number): number {
    return word(this.#sources[pe]!, n * BYTES_PER_WORD);
  }

  #writeSources(pe: number, value: number, n: number, set: boolean): void {
    for (let i = 0; i < BYTES_PER_WORD; i++) {
      const intid = n * BYTES_PER_WORD + i;
      const bits = (value >>> (8 * i)) & (2 ** this.state.options.pes - 1);
      const sources = this.#sources[pe]![intid]!;
      this.#setSources(pe, intid, set ? sources | bits : sources & ~bits);
    }
  }
}

function word(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return 0;
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
