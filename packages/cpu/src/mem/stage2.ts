/** Stage 2: from an IPA to a physical address (DDI 0487, pseudocode AArch64.SecondStageTranslate). */
import { GRANULE_BY_TG0, GRANULES, initialTableBits, isStage2StartConsistent, isTxSZInRange, levelShift, PA_BITS, STAGE2_STARTS, STAGE2_BLOCK, STAGE2_XN } from '../arch/translation.ts';
import { SCTLR_EL1, VTCR_ELx } from '../arch/sysregs/index.ts';
import { CELL } from '../sysreg/cells.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { addressOf, bitsOf, type MmuFeatures, type PhysicalReader, type Translation, type WalkEvents } from './translation.ts';

/** Rights and type of a stage 2 mapping. */
export interface Stage2Result {
  page: number;
  read: boolean;
  write: boolean;
  /** Not `write`, but hardware may mark it dirty. */
  clean: boolean;
  execEl1: boolean;
  execEl0: boolean;
  /** MemAttr and SH of the descriptor. */
  memAttr: number;
  shareability: number;
}

const S2AP_SHIFT = STAGE2_BLOCK.S2AP.lsb;
const MEMATTR_SHIFT = STAGE2_BLOCK.MemAttr.lsb;
const AF = STAGE2_BLOCK.AF.wordMask;
/** HD is of use with HA only. */
const DIRTY_STATE = VTCR_ELx.HA.wordMask | VTCR_ELx.HD.wordMask;
const WRITABLE = 2 << S2AP_SHIFT;

export class Stage2Walker {
  readonly result: Stage2Result = { page: 0, read: false, write: false, clean: false, execEl1: false, execEl0: false, memAttr: 0, shareability: 0 };
  readonly #state: CpuState;
  readonly #memory: PhysicalReader;
  readonly #events: WalkEvents;
  readonly #features: MmuFeatures;
  /** The descriptor that the last walk ended with. */
  #leafAt = 0;
  #leafLo = 0;

  constructor(state: CpuState, memory: PhysicalReader, events: WalkEvents, features: MmuFeatures) {
    this.#state = state;
    this.#memory = memory;
    this.#events = events;
    this.#features = features;
  }

  /** Fills {@link result}; false with the fault in `into`. `onWalk`: the IPA is that of a stage 1 descriptor. */
  walk(ipa: number, into: Translation, onWalk: boolean): boolean {
    const state = this.#state;
    const vtcr = state.lo(CELL.VTCR_EL2);
    const granule = GRANULE_BY_TG0[VTCR_ELx.TG0.inWord(vtcr)] ?? GRANULES['4K'];
    const t0sz = VTCR_ELx.T0SZ.inWord(vtcr);
    const ipaBits = 64 - t0sz;
    const { paBits, hasTtst } = this.#features;
    const sl0 = VTCR_ELx.SL0.inWord(vtcr);
    const start = STAGE2_STARTS.find((row) => row.granule === granule.name && row.SL0 === sl0);
    const outputBits = Math.min(PA_BITS[VTCR_ELx.PS.inWord(vtcr)] ?? 48, paBits);
    // An IPA size beyond the implemented one faults too (a choice).
    const isStart = start !== undefined && (start.feature === null || (start.feature === 'TTST' && hasTtst)) && paBits >= start.minPaBits;
    if (!isStart || ipaBits > paBits || !isTxSZInRange(granule, t0sz, hasTtst) || !isStage2StartConsistent(granule, ipaBits, start.level) || ipa >= 2 ** ipaBits) {
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
      if (!this.#memory.readDescriptor(table + index * 8, this.#isBigEndian())) return into.fail('EXTERNAL_ON_WALK', level, true, ipa, onWalk);
      const lo = this.#memory.data[0]!;
      const hi = this.#memory.data[1]!;
      if (this.#events.descriptorRead !== null) this.#events.descriptorRead(2, level, table + index * 8, lo, hi);
      const isLeaf = level === 3 || (lo & 2) === 0;
      if ((lo & 1) === 0 || (level === 3 && (lo & 2) === 0) || (level < 3 && isLeaf && !granule.blockLevels.includes(level))) return into.fail('TRANSLATION', level, true, ipa, onWalk);
      const output = addressOf(lo, hi, isLeaf ? shift : granule.pageBits);
      if (output >= 2 ** outputBits) return into.fail('ADDRESS_SIZE', level, true, ipa, onWalk);
      if (!isLeaf) {
        table = output;
        continue;
      }
      if ((lo & AF) === 0 && VTCR_ELx.HA.inWord(vtcr) === 0) return into.fail('ACCESS_FLAG', level, true, ipa, onWalk);
      this.#leafAt = table + index * 8;
      this.#leafLo = lo;
      this.#leaf(lo, hi, output, ipa, shift, level, into);
      return true;
    }
  }

  /** The access that the last walk was for is allowed: hardware sets the access flag, and for a write marks it dirty. */
  commit(isWrite: boolean): void {
    const lo = this.#leafLo | AF | (isWrite && this.result.clean ? WRITABLE : 0);
    if (lo === this.#leafLo) return;
    this.#memory.updateDescriptor(this.#leafAt, lo, this.#isBigEndian());
    this.#events.descriptorWritten(this.#leafAt);
    this.#leafLo = lo;
  }

  #isBigEndian(): boolean {
    return (this.#state.lo(CELL.SCTLR_EL2) & SCTLR_EL1.EE.wordMask) !== 0;
  }

  #leaf(lo: number, hi: number, output: number, ipa: number, shift: number, level: number, into: Translation): void {
    const { result } = this;
    const s2ap = (lo >>> S2AP_SHIFT) & 3;
    const xn = STAGE2_XN[bitsOf(lo, hi, STAGE2_BLOCK.XN.lsb, 2) & (this.#features.hasXnx ? 3 : 2)]!;
    result.read = (s2ap & 1) !== 0;
    result.write = (s2ap & 2) !== 0;
    result.clean = !result.write && bitsOf(lo, hi, STAGE2_BLOCK.DBM.lsb, 1) !== 0 && (this.#state.lo(CELL.VTCR_EL2) & DIRTY_STATE) === DIRTY_STATE;
    result.execEl1 = xn.el1;
    result.execEl0 = xn.el0;
    result.memAttr = (lo >>> MEMATTR_SHIFT) & 15;
    result.shareability = bitsOf(lo, hi, STAGE2_BLOCK.SH.lsb, 2);
    const offset = ipa % 2 ** shift;
    result.page = output + (offset - (offset % 4096));
    into.level = level;
  }
}
