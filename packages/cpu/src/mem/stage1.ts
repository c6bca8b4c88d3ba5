/**
 * Stage 1, and both stages together: from a virtual to a physical address in the regime of an EL (DDI 0487, pseudocode
 * AArch64.FirstStageTranslate and AArch64.FullTranslate). Fills a `Translation`; checks no right of the access itself.
 */
import { GRANULE_BY_TG0, GRANULE_BY_TG1, GRANULES, initialTableBits, isTxSZInRange, levelShift, mairAttribute, PA_BITS, stage1StartLevel, STAGE1_BLOCK, STAGE1_TABLE, type Granule } from '../arch/translation.ts';
import { HCR_EL2, SCTLR_EL1, TCR_EL2_E2H0, TCR_ELx } from '../arch/sysregs/index.ts';
import { CELL } from '../sysreg/cells.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { Stage2Walker } from './stage2.ts';
import { addressOf, bitsOf, RIGHT, type AccessKind, type MmuFeatures, type PhysicalReader, type RegimeName, type Translation, type WalkEvents } from './translation.ts';

const ALL_RIGHTS = RIGHT.PRIV_R | RIGHT.PRIV_W | RIGHT.PRIV_X | RIGHT.UNPRIV_R | RIGHT.UNPRIV_W | RIGHT.UNPRIV_X;

/** The cells of a regime's registers. */
const REGISTERS = {
  'EL1&0': { sctlr: CELL.SCTLR_EL1, tcr: CELL.TCR_EL1, mair: CELL.MAIR_EL1, ttbr: [CELL.TTBR0_EL1, CELL.TTBR1_EL1] },
  EL2: { sctlr: CELL.SCTLR_EL2, tcr: CELL.TCR_EL2, mair: CELL.MAIR_EL2, ttbr: [CELL.TTBR0_EL2, CELL.TTBR0_EL2] },
  'EL2&0': { sctlr: CELL.SCTLR_EL2, tcr: CELL.TCR_EL2, mair: CELL.MAIR_EL2, ttbr: [CELL.TTBR0_EL2, CELL.TTBR1_EL2] },
} as const;

const AF = STAGE1_BLOCK.AF.wordMask;
const NG = STAGE1_BLOCK.nG.wordMask;
const READ_ONLY = 2 << STAGE1_BLOCK.AP.lsb;
const WRITES = RIGHT.PRIV_W | RIGHT.UNPRIV_W;
/** Bytes of MAIR_ELx below are Device types, and so is what is reserved: it acts as the strongest. */
const FIRST_NORMAL = 0x10;
/** The same of MemAttr at stage 2; and Normal, Inner and Outer Non-cacheable. */
const FIRST_NORMAL_MEMATTR = 4;
const NON_CACHEABLE_MEMATTR = 0b0101;

/** One VA range of a regime, as TCR_ELx describes it. */
interface Range {
  granule: Granule;
  inputBits: number;
  tbi: boolean;
  disabled: boolean;
  hierarchical: boolean;
  /** Hardware manages the access flag, and the dirty state. */
  ha: boolean;
  hd: boolean;
}

export class Stage1Walker {
  /** Walks for a debugger: descriptors of stage 2 keep their access flag. */
  isInspecting = false;
  /** What {@link #range} was asked last: a walk has one range. */
  readonly #rangeAtHand: Range = { granule: GRANULES['4K'], inputBits: 0, tbi: false, disabled: false, hierarchical: false, ha: false, hd: false };
  readonly #state: CpuState;
  readonly #memory: PhysicalReader;
  readonly #events: WalkEvents;
  readonly #features: MmuFeatures;
  readonly #stage2: Stage2Walker;
  /** The descriptor that the last walk ended with, by its address before stage 2; -1: stage 1 was off. */
  #leafAt = -1;
  #leafLo = 0;

  constructor(state: CpuState, memory: PhysicalReader, events: WalkEvents, features: MmuFeatures) {
    this.#state = state;
    this.#memory = memory;
    this.#events = events;
    this.#features = features;
    this.#stage2 = new Stage2Walker(state, memory, events, features);
  }

  /** Stage 1, with stage 2 on the descriptors only. The IPA is in `into.page`. False with the fault in `into`. */
  translateStage1(regime: RegimeName, vaLo: number, vaHi: number, kind: AccessKind, into: Translation): boolean {
    into.fault = null;
    return this.#stage1(regime, vaLo, vaHi, kind, into, regime === 'EL1&0' && this.stage2Enabled());
  }

  /**
   * The access that {@link translateStage1} was for is allowed: hardware sets the access flag, and for a write marks a clean
   * page dirty. Where permission fails nothing is updated (a choice). False with the fault of the update in `into`.
   */
  commitStage1(regime: RegimeName, isWrite: boolean, into: Translation): boolean {
    if (this.#leafAt < 0) return true;
    let lo = this.#leafLo | AF;
    if (isWrite && into.cleanRights !== 0) {
      lo &= ~READ_ONLY;
      into.rights |= into.cleanRights;
    }
    into.cleanRights = 0;
    return lo === this.#leafLo || this.#update(lo, into, regime === 'EL1&0' && this.stage2Enabled(), this.#isBigEndian(regime));
  }

  /** The same of {@link translateStage2}: its descriptor is not behind another stage. */
  commitStage2(regime: RegimeName, isWrite: boolean, into: Translation): void {
    if (regime !== 'EL1&0' || !this.stage2Enabled()) return;
    this.#stage2.commit(isWrite);
    if (isWrite) into.rights |= into.cleanRights;
  }

  /** Stage 2 asks of an update what it asks of a store (S1PTW with WnR). */
  #update(lo: number, into: Translation, twoStages: boolean, bigEndian: boolean): boolean {
    let physical = this.#leafAt;
    if (twoStages) {
      const { level, ipa } = into;
      let isAllowed = this.#stage2.walk(physical, into, true);
      const { result } = this.#stage2;
      if (isAllowed && !result.write && !result.clean) isAllowed = into.fail('PERMISSION', into.level, true, physical, true);
      if (!isAllowed) {
        into.onUpdate = true;
        return false;
      }
      this.#stage2.commit(true);
      physical = result.page + (physical % 4096);
      into.level = level;
      into.ipa = ipa;
    }
    this.#memory.updateDescriptor(physical, lo, bigEndian);
    this.#events.descriptorWritten(physical);
    return true;
  }

  /** Stage 2 of what {@link translateStage1} came to, where the regime has one. False with the fault in `into`. */
  translateStage2(regime: RegimeName, into: Translation): boolean {
    return regime !== 'EL1&0' || !this.stage2Enabled() || this.#combine(into);
  }

  /** Whether stage 2 is in force for EL1&0: HCR_EL2.VM or DC, with EL2. */
  stage2Enabled(): boolean {
    return this.#features.hasEl2 && (this.#state.lo(CELL.HCR_EL2) & (HCR_EL2.VM.wordMask | HCR_EL2.DC.wordMask)) !== 0;
  }

  /** Whether stage 1 of the regime is on. TGE (without E2H) and DC switch that of EL1&0 off. */
  stage1Enabled(regime: RegimeName): boolean {
    const state = this.#state;
    if ((state.lo(REGISTERS[regime].sctlr) & SCTLR_EL1.M.wordMask) === 0) return false;
    return regime !== 'EL1&0' || !this.#features.hasEl2 || (state.lo(CELL.HCR_EL2) & (HCR_EL2.TGE.wordMask | HCR_EL2.DC.wordMask)) === 0;
  }

  #stage1(regime: RegimeName, vaLo: number, vaHi: number, kind: AccessKind, into: Translation, twoStages: boolean): boolean {
    const upper = (vaHi & (1 << 23)) !== 0;
    const range = this.#range(regime, upper);
    if (!this.stage1Enabled(regime)) return this.#flat(regime, vaLo, vaHi, kind, range.tbi, into);
    const select = regime !== 'EL2' && upper ? -1 : 0;
    const inputBits = range.inputBits;
    if (range.disabled || !isCanonical(vaLo, vaHi, inputBits, range.tbi, select)) return into.fail('TRANSLATION', 0);
    const { granule } = range;
    const registers = REGISTERS[regime];
    const ttbr = registers.ttbr[select === 0 ? 0 : 1];
    const outputBits = this.#outputBits(regime);
    let level = stage1StartLevel(granule, inputBits);
    let table = addressOf(this.#state.lo(ttbr), this.#state.hi(ttbr), initialTableBits(granule, inputBits, level));
    if (table >= 2 ** outputBits) return into.fail('ADDRESS_SIZE', 0);
    const bigEndian = this.#isBigEndian(regime);
    let noWrite = false;
    let noUnprivileged = false;
    let pxnTable = false;
    let uxnTable = false;
    for (let topBit = inputBits; ; level++) {
      const shift = levelShift(granule, level);
      const index = bitsOf(vaLo, vaHi, shift, topBit - shift);
      topBit = shift;
      if (!this.#descriptor(table + index * 8, level, into, twoStages, bigEndian)) return false;
      const low = this.#memory.data[0]!;
      const hi = this.#memory.data[1]!;
      const isLeaf = level === 3 || (low & 2) === 0;
      if ((low & 1) === 0 || (level === 3 && (low & 2) === 0) || (level < 3 && isLeaf && !granule.blockLevels.includes(level))) return into.fail('TRANSLATION', level);
      const output = addressOf(low, hi, isLeaf ? shift : granule.pageBits);
      if (output >= 2 ** outputBits) return into.fail('ADDRESS_SIZE', level);
      if (!isLeaf) {
        if (range.hierarchical) {
          const apTable = bitsOf(low, hi, STAGE1_TABLE.APTable.lsb, 2);
          noUnprivileged ||= (apTable & 1) !== 0;
          noWrite ||= (apTable & 2) !== 0;
          pxnTable ||= bitsOf(low, hi, STAGE1_TABLE.PXNTable.lsb, 1) !== 0;
          uxnTable ||= bitsOf(low, hi, STAGE1_TABLE.UXNTable.lsb, 1) !== 0;
        }
        table = output;
        continue;
      }
      if ((low & AF) === 0 && !range.ha) return into.fail('ACCESS_FLAG', level);
      this.#leafAt = table + index * 8;
      this.#leafLo = low;
      const offset = bitsOf(vaLo, vaHi, 12, shift - 12) * 4096;
      into.page = output + offset;
      into.sizeBits = shift;
      into.level = level;
      into.nonGlobal = regime !== 'EL2' && (low & NG) !== 0;
      into.attr = bitsOf(this.#state.lo(registers.mair), this.#state.hi(registers.mair), bitsOf(low, hi, STAGE1_BLOCK.AttrIndx.lsb, 3) * 8, 8);
      into.shareability = bitsOf(low, hi, STAGE1_BLOCK.SH.lsb, 2);
      if (mairAttribute(into.attr) === null) into.attr = 0;
      into.device = into.attr < FIRST_NORMAL;
      const wxn = (this.#state.lo(registers.sctlr) & SCTLR_EL1.WXN.wordMask) !== 0;
      let ap = bitsOf(low, hi, STAGE1_BLOCK.AP.lsb, 2);
      const isClean = (ap & 2) !== 0 && range.hd && bitsOf(low, hi, STAGE1_BLOCK.DBM.lsb, 1) !== 0;
      // A clean page is one that may be written, for WXN and implied PXN too.
      if (isClean) ap &= 1;
      const pxn = bitsOf(low, hi, STAGE1_BLOCK.PXN.lsb, 1) !== 0 || pxnTable;
      const uxn = bitsOf(low, hi, STAGE1_BLOCK.UXN.lsb, 1) !== 0 || uxnTable;
      into.rights = regime === 'EL2' ? singleRangeRights(ap, uxn, noWrite, wxn) : twoRangeRights(ap, pxn, uxn, noWrite, noUnprivileged, wxn);
      into.cleanRights = isClean ? into.rights & WRITES : 0;
      into.rights &= ~into.cleanRights;
      return true;
    }
  }

  #isBigEndian(regime: RegimeName): boolean {
    return (this.#state.lo(REGISTERS[regime].sctlr) & SCTLR_EL1.EE.wordMask) !== 0;
  }

  /** Reads a stage 1 descriptor, through stage 2 where it is on. False with the fault in `into`. */
  #descriptor(address: number, level: number, into: Translation, twoStages: boolean, bigEndian: boolean): boolean {
    let physical = address;
    if (twoStages) {
      if (!this.#stage2.walk(address, into, true)) return false;
      const { result } = this.#stage2;
      const protectedWalk = result.memAttr < FIRST_NORMAL_MEMATTR && (this.#state.lo(CELL.HCR_EL2) & HCR_EL2.PTW.wordMask) !== 0;
      if (!result.read || protectedWalk) {
        return into.fail('PERMISSION', into.level, true, address, true);
      }
      if (!this.isInspecting) this.#stage2.commit(false);
      physical = result.page + (address % 4096);
    }
    this.#events.walkReference();
    if (!this.#memory.readDescriptor(physical, bigEndian)) return into.fail('EXTERNAL_ON_WALK', level);
    if (this.#events.descriptorRead !== null) this.#events.descriptorRead(1, level, physical, this.#memory.data[0]!, this.#memory.data[1]!);
    return true;
  }

  /** Stage 1 off: the address is the output address, Device for data, Normal for fetches and under HCR_EL2.DC. */
  #flat(regime: RegimeName, vaLo: number, vaHi: number, kind: AccessKind, tbi: boolean, into: Translation): boolean {
    const high = tbi ? vaHi & 0xff_ffff : vaHi;
    const page = (high >>> 0) * 0x1_0000_0000 + ((vaLo & ~0xfff) >>> 0);
    if (page >= 2 ** this.#features.paBits) return into.fail('ADDRESS_SIZE', 0);
    this.#leafAt = -1;
    into.page = page;
    into.rights = ALL_RIGHTS;
    into.cleanRights = 0;
    into.nonGlobal = false;
    into.sizeBits = 12;
    into.level = 0;
    into.device = kind !== 'fetch' && !this.#isDefaultCacheable(regime);
    // Device-nGnRnE is Outer Shareable, Normal Write-Back of HCR_EL2.DC Non-shareable.
    into.attr = into.device ? 0 : 0xff;
    into.shareability = into.device ? 0b10 : 0;
    return true;
  }

  /** HCR_EL2.DC makes memory of EL1&0 Normal while stage 1 is off; other regimes don't know it. */
  #isDefaultCacheable(regime: RegimeName): boolean {
    return regime === 'EL1&0' && this.#features.hasEl2 && (this.#state.lo(CELL.HCR_EL2) & HCR_EL2.DC.wordMask) !== 0;
  }

  /** The high word of a branch target: with TBI the top byte becomes that of bit 55 (pseudocode AArch64.BranchAddr). */
  branchTargetHigh(regime: RegimeName, hi: number): number {
    if (hi >>> 24 === (hi & (1 << 23) ? 0xff : 0)) return hi;
    const upper = regime !== 'EL2' && (hi & (1 << 23)) !== 0;
    if (!this.#range(regime, upper).tbi) return hi;
    return upper ? hi | 0xff00_0000 : hi & 0xff_ffff;
  }

  /** Applies stage 2 to the IPA in `into.page`. */
  #combine(into: Translation): boolean {
    const { page: ipa, rights } = into;
    if (!this.#stage2.walk(ipa, into, false)) return false;
    const { result } = this.#stage2;
    let mask = 0;
    if (result.read) mask |= RIGHT.PRIV_R | RIGHT.UNPRIV_R;
    if (result.write) mask |= WRITES;
    if (result.execEl1) mask |= RIGHT.PRIV_X;
    if (result.execEl0) mask |= RIGHT.UNPRIV_X;
    into.rights = rights & mask;
    into.cleanRights = result.clean ? rights & WRITES : 0;
    into.ipa = ipa;
    into.page = result.page;
    const hcrHi = this.#state.hi(CELL.HCR_EL2);
    if ((hcrHi & HCR_EL2.FWB.wordMask) !== 0) into.forceAttributes(result.memAttr, result.shareability);
    else into.combineAttributes(result.memAttr >= FIRST_NORMAL_MEMATTR && (hcrHi & HCR_EL2.CD.wordMask) !== 0 ? NON_CACHEABLE_MEMATTR : result.memAttr, result.shareability);
    into.device = into.attr < FIRST_NORMAL;
    return true;
  }

  #outputBits(regime: RegimeName): number {
    const cell = REGISTERS[regime].tcr;
    const ps = regime === 'EL2' ? TCR_EL2_E2H0.PS.inWord(this.#state.lo(cell)) : TCR_ELx.IPS.inWord(this.#state.hi(cell));
    return Math.min(PA_BITS[ps] ?? 48, this.#features.paBits);
  }

  #range(regime: RegimeName, upper: boolean): Range {
    const lo = this.#state.lo(REGISTERS[regime].tcr);
    const hi = this.#state.hi(REGISTERS[regime].tcr);
    if (regime === 'EL2') {
      const { TG0, T0SZ, TBI, HPD, HA, HD } = TCR_EL2_E2H0;
      return this.#rangeOf(granuleOf(GRANULE_BY_TG0, TG0.inWord(lo)), T0SZ.inWord(lo), TBI.inWord(lo), 0, HPD.inWord(lo), HA.inWord(lo), HD.inWord(lo));
    }
    const { HA, HD } = TCR_ELx;
    if (upper) {
      const { TG1, T1SZ, TBI1, EPD1, HPD1 } = TCR_ELx;
      return this.#rangeOf(granuleOf(GRANULE_BY_TG1, TG1.inWord(lo)), T1SZ.inWord(lo), TBI1.inWord(hi), EPD1.inWord(lo), HPD1.inWord(hi), HA.inWord(hi), HD.inWord(hi));
    }
    const { TG0, T0SZ, TBI0, EPD0, HPD0 } = TCR_ELx;
    return this.#rangeOf(granuleOf(GRANULE_BY_TG0, TG0.inWord(lo)), T0SZ.inWord(lo), TBI0.inWord(hi), EPD0.inWord(lo), HPD0.inWord(hi), HA.inWord(hi), HD.inWord(hi));
  }

  #rangeOf(granule: Granule, txsz: number, tbi: number, epd: number, hpd: number, ha: number, hd: number): Range {
    const { hasHpds, hasTtst } = this.#features;
    const disabled = epd === 1 || !isTxSZInRange(granule, txsz, hasTtst);
    // HD is of use with HA only (DDI 0487, "TCR_EL1", HD).
    const range = this.#rangeAtHand;
    range.granule = granule;
    range.inputBits = 64 - txsz;
    range.tbi = tbi === 1;
    range.disabled = disabled;
    range.hierarchical = !(hasHpds && hpd === 1);
    range.ha = ha === 1;
    range.hd = ha === 1 && hd === 1;
    return range;
  }
}

/** A reserved code acts as 4K. */
function granuleOf(codes: readonly (Granule | null)[], code: number): Granule {
  return codes[code] ?? GRANULES['4K'];
}

/** Whether the address bits above the input size all equal the selecting bit; with TBI, up to bit 55. */
function isCanonical(vaLo: number, vaHi: number, bits: number, tbi: boolean, select: number): boolean {
  const high = tbi ? (vaHi << 8) >> 8 : vaHi;
  return bits >= 32 ? high >> (bits - 32) === select : high === select && vaLo >> bits === select;
}

function twoRangeRights(ap: number, pxn: boolean, uxn: boolean, noWrite: boolean, noUnprivileged: boolean, wxn: boolean): number {
  const writable = (ap & 2) === 0 && !noWrite;
  const unprivileged = (ap & 1) !== 0 && !noUnprivileged;
  let rights: number = RIGHT.PRIV_R;
  if (writable) rights |= RIGHT.PRIV_W;
  if (unprivileged) rights |= writable ? RIGHT.UNPRIV_R | RIGHT.UNPRIV_W : RIGHT.UNPRIV_R;
  // Memory that EL0 can write is never executable at a higher EL.
  if (!pxn && !(unprivileged && writable) && !(wxn && writable)) rights |= RIGHT.PRIV_X;
  if (!uxn && !(wxn && unprivileged && writable)) rights |= RIGHT.UNPRIV_X;
  return rights;
}

function singleRangeRights(ap: number, xn: boolean, noWrite: boolean, wxn: boolean): number {
  const writable = (ap & 2) === 0 && !noWrite;
  let rights: number = RIGHT.PRIV_R;
  if (writable) rights |= RIGHT.PRIV_W;
  if (!xn && !(wxn && writable)) rights |= RIGHT.PRIV_X;
  return rights;
}
