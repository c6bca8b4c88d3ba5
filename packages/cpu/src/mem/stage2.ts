/** Stage 2: from an IPA to a physical address (DDI 0487, pseudocode AArch64.SecondStageTranslate). */
import { GRANULE_BY_TG0, GRANULES, initialTableBits, isStage2StartConsistent, levelShift, PA_BITS, STAGE2_STARTS, STAGE2_BLOCK, STAGE2_XN } from '../arch/translation.ts';
import { VTCR_ELx } from '../arch/sysregs/index.ts';
import { CELL } from '../sysreg/cells.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { addressOf, bitsOf, type PhysicalReader, type Translation } from './translation.ts';

/** Rights and type of a stage 2 mapping. */
export interface Stage2Result {
  page: number;
  read: boolean;
  write: boolean;
  execEl1: boolean;
  execEl0: boolean;
  device: boolean;
  /** MemAttr and SH of the descriptor. */
  memAttr: number;
  shareability: number;
  sizeBits: number;
}

const S2AP_SHIFT = STAGE2_BLOCK.S2AP.lsb;
const MEMATTR_SHIFT = STAGE2_BLOCK.MemAttr.lsb;
const AF = STAGE2_BLOCK.AF.wordMask;

export class Stage2Walker {
  readonly result: Stage2Result = { page: 0, read: false, write: false, execEl1: false, execEl0: false, device: false, memAttr: 0, shareability: 0, sizeBits: 12 };
  readonly #state: CpuState;
  readonly #memory: PhysicalReader;
  readonly #events: { walkReference(): void };
  readonly #paBits: number;
  readonly #hasXnx: boolean;

  constructor(state: CpuState, memory: PhysicalReader, events: { walkReference(): void }, paBits: number, hasXnx: boolean) {
    this.#state = state;
    this.#memory = memory;
    this.#events = events;
    this.#paBits = paBits;
    this.#hasXnx = hasXnx;
  }

  /** Fills {@link result}; false with the fault in `into`. `onWalk`: the IPA is that of a stage 1 descriptor. */
  walk(ipa: number, into: Translation, onWalk: boolean): boolean {
    const state = this.#state;
    const vtcr = state.lo(CELL.VTCR_EL2);
    const granule = GRANULE_BY_TG0[VTCR_ELx.TG0.inWord(vtcr)] ?? GRANULES['4K'];
    const ipaBits = 64 - VTCR_ELx.T0SZ.inWord(vtcr);
    const sl0 = VTCR_ELx.SL0.inWord(vtcr);
    const start = STAGE2_STARTS.find((row) => row.granule === granule.name && row.SL0 === sl0);
    const outputBits = Math.min(PA_BITS[VTCR_ELx.PS.inWord(vtcr)] ?? 48, this.#paBits);
    if (start?.feature !== null || this.#paBits < start.minPaBits || !isStage2StartConsistent(granule, ipaBits, start.level) || ipa >= 2 ** ipaBits) {
      return into.fail('TRANSLATION', 0, true, ipa, onWalk);
    }
    let table = addressOf(state.lo(CELL.VTTBR_EL2), state.hi(CELL.VTTBR_EL2), initialTableBits(granule, ipaBits, start.level));
    if (table >= 2 ** outputBits) return into.fail('ADDRESS_SIZE', 0, true, ipa, onWalk);
    let topBit = ipaBits;
    for (let level = start.level; ; level++) {
      const shift = levelShift(granule, level);
      const index = Math.floor(ipa / 2 ** shift) % 2 ** (topBit - shift);
      topBit = shift;
      this.#events.walkReference();
      if (!this.#memory.readDescriptor(table + index * 8)) return into.fail('EXTERNAL_ON_WALK', level, true, ipa, onWalk);
      const lo = this.#memory.data[0]!;
      const hi = this.#memory.data[1]!;
      const isLeaf = level === 3 || (lo & 2) === 0;
      if ((lo & 1) === 0 || (level === 3 && (lo & 2) === 0) || (level < 3 && isLeaf && !granule.blockLevels.includes(level))) return into.fail('TRANSLATION', level, true, ipa, onWalk);
      const output = addressOf(lo, hi, isLeaf ? shift : granule.pageBits);
      if (output >= 2 ** outputBits) return into.fail('ADDRESS_SIZE', level, true, ipa, onWalk);
      if (!isLeaf) {
        table = output;
        continue;
      }
      if ((lo & AF) === 0) return into.fail('ACCESS_FLAG', level, true, ipa, onWalk);
      this.#leaf(lo, hi, output, ipa, shift, level, into);
      return true;
    }
  }

  #leaf(lo: number, hi: number, output: number, ipa: number, shift: number, level: number, into: Translation): void {
    const { result } = this;
    const s2ap = (lo >>> S2AP_SHIFT) & 3;
    const xn = STAGE2_XN[bitsOf(lo, hi, STAGE2_BLOCK.XN.lsb, 2) & (this.#hasXnx ? 3 : 2)]!;
    result.read = (s2ap & 1) !== 0;
    result.write = (s2ap & 2) !== 0;
    result.execEl1 = xn.el1;
    result.execEl0 = xn.el0;
    result.memAttr = (lo >>> MEMATTR_SHIFT) & 15;
    result.shareability = bitsOf(lo, hi, STAGE2_BLOCK.SH.lsb, 2);
    result.device = result.memAttr < 4;
    result.sizeBits = shift;
    const offset = ipa % 2 ** shift;
    result.page = output + (offset - (offset % 4096));
    into.level = level;
  }
}
