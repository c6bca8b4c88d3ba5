/** TLBI and AT, by the operations of `arch/sysops.ts` (DDI 0487, "TLB maintenance instructions", "Address translation instructions"). */
import { tlbiShape, type SysOp } from '../arch/sysops.ts';
import { PAR_EL1_F0, PAR_EL1_F1 } from '../arch/sysregs/index.ts';
import { FSC } from '../arch/fault-status.ts';
import { CELL } from '../sysreg/cells.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { BANK } from '../engine/layout.ts';
import type { MemoryAccess } from './access.ts';
import { REGIME_INDEX, RIGHT, type RegimeName } from './translation.ts';

/**
 * What a TLBI drops. It is computed once, by the PE that executes the instruction, from its own registers: every PE of a
 * broadcast drops the same, whatever its own VTTBR_EL2 and HCR_EL2 hold.
 */
export interface TlbiScope {
  readonly regime: RegimeName;
  /** Null: every VMID. */
  readonly vmid: number | null;
  /** Null: every ASID. */
  readonly asid: number | null;
  /** VA[55:12] as the words of an address, or null for all: then an ASID spares global entries. */
  readonly va: readonly [lo: number, hi: number] | null;
}

/** What of the executing PE's state decides a scope. */
export interface TlbiSituation {
  readonly e2h: boolean;
  readonly tge: boolean;
  /** VTTBR_EL2.VMID, of the size that VTCR_EL2.VS says. */
  readonly vmid: number;
  /** Whether a regime uses ASIDs of 16 bits (TCR_ELx.AS); otherwise the upper half of the operand's is ignored. */
  readonly hasAsid16: (regime: RegimeName) => boolean;
}

/** Drops what the scope names from the second level and from the banks. */
export function invalidateTlb(memory: MemoryAccess, { regime, vmid, asid, va }: TlbiScope): void {
  const index = REGIME_INDEX[regime];
  const isOf = (tag: number): boolean => (tag & 3) === index && (vmid === null || tag >>> 2 === vmid);
  if (va === null) {
    memory.tlb.invalidate((tag, entryAsid, isGlobal) => isOf(tag) && (asid === null || (entryAsid === asid && !isGlobal)));
  } else {
    memory.tlb.invalidateVa(va[0], va[1], (tag, entryAsid, isGlobal) => isOf(tag) && (asid === null || isGlobal || entryAsid === asid));
  }
  const [first, count] = va === null ? [0, BANK.ENTRIES] : slotsOf(memory, va);
  memory.contexts.invalidateBanks((context) => isOf(context.tag), first, count);
  memory.forgetFetchPage();
}

/** Slots of a bank that translations of an address may occupy: one, or those of the larger page around it. */
function slotsOf({ tlb }: MemoryAccess, [vaLo, vaHi]: readonly [number, number]): readonly [first: number, count: number] {
  const count = Math.min(2 ** (tlb.largestPieceAt(vaLo, vaHi) - 12), BANK.ENTRIES);
  return [(vaLo >>> 12) & (BANK.ENTRIES - 1) & -count, count];
}

/**
 * The scope of a TLBI (DDI 0487, "TLB maintenance instructions"). Entries combine both stages, so operations by IPA drop
 * what the VMID has; range forms drop all of their regime and VMID. Both are more than they name, which is allowed.
 */
export function tlbiScope(op: SysOp, situation: TlbiSituation, valueLo: number, valueHi: number): TlbiScope {
  const shape = tlbiShape(op.name)!;
  const { e2h, tge, vmid, hasAsid16 } = situation;
  const isStage2 = shape.by === 'IPA' || shape.by === 'ALL' || shape.by === 'VMALLS12';
  const isHost = e2h && (shape.el === 2 || (tge && !isStage2));
  const regime = isHost ? 'EL2&0' : shape.el === 2 ? 'EL2' : 'EL1&0';
  const byVa = !shape.isRange && (shape.by === 'VA' || shape.by === 'VAA');
  const byAsid = regime !== 'EL2' && !shape.isRange && (shape.by === 'VA' || shape.by === 'ASID');
  const asid = valueHi >>> 16;
  return {
    regime,
    vmid: regime !== 'EL1&0' || shape.by === 'ALL' ? null : vmid,
    asid: byAsid ? (hasAsid16(regime) ? asid : asid & 0xff) : null,
    // VA[55:12] is in bits 43:0 of the operand.
    va: byVa ? [valueLo << 12, ((valueHi << 12) | (valueLo >>> 20)) & 0xff_ffff] : null,
  };
}

/** What of the executing PE's state decides what AT does. */
export interface AtSituation {
  readonly el: number;
  readonly e2h: boolean;
  readonly tge: boolean;
  readonly pan: boolean;
}

/**
 * AT: the result goes to PAR_EL1; the access flag and dirty state stay as they are. False: an exception is due, the fault
 * in `memory.translation`: an External abort on the walk, or a stage 2 fault on the walk of a stage 1 form run at EL1.
 */
export function addressTranslate(op: SysOp, state: CpuState, memory: MemoryAccess, situation: AtSituation, vaLo: number, vaHi: number): boolean {
  const { translation, walker } = memory;
  const [, stages, target, letter, byPan] = AT_NAME.exec(op.name)!;
  const write = letter === 'W';
  const isHost = situation.el === 2 && situation.e2h && situation.tge;
  const regime: RegimeName = target === 'E2' ? (situation.e2h ? 'EL2&0' : 'EL2') : isHost ? 'EL2&0' : 'EL1&0';
  const needed = target === 'E0' ? (write ? RIGHT.UNPRIV_W : RIGHT.UNPRIV_R) : write ? RIGHT.PRIV_W : RIGHT.PRIV_R;
  const pan = byPan === 'P' && situation.pan && walker.stage1Enabled(regime);
  for (const isStage2 of stages === 'S12' ? [false, true] : [false]) {
    const done = isStage2 ? walker.translateStage2(regime, translation) : walker.translateStage1(regime, vaLo, vaHi, write ? 'write' : 'read', translation);
    if (!done) {
      const { fault, level, stage2, onWalk } = translation;
      if (fault === 'EXTERNAL_ON_WALK' || (stage2 && situation.el === 1)) return false;
      fail(state, FSC[fault!] | level, onWalk, stage2);
      return true;
    }
    translation.rights |= translation.cleanRights;
    if ((translation.rights & needed) === 0 || (pan && (translation.rights & (RIGHT.UNPRIV_R | RIGHT.UNPRIV_W)) !== 0)) {
      fail(state, FSC.PERMISSION | translation.level, false, isStage2);
      return true;
    }
  }
  const page = BigInt(Math.floor(translation.page / 4096));
  // Device and Non-cacheable memory is Outer Shareable whatever the descriptor says.
  const { attr } = translation;
  const SH = attr < 0x10 || attr === 0x44 ? 0b10 : translation.shareability;
  state.put64(CELL.PAR_EL1, PAR_EL1_F0.of({ ATTR: attr, SH, PA: page, NSE: 1 }));
  return true;
}

/** Stages, target EL, read or write, and whether PSTATE.PAN counts. */
const AT_NAME = /^(S1|S12)(E[012])([RW])(P?)$/;

function fail(state: CpuState, status: number, onWalk: boolean, stage2: boolean): void {
  state.put64(CELL.PAR_EL1, PAR_EL1_F1.of({ F: 1, FST: status, PTW: onWalk ? 1 : 0, S: stage2 ? 1 : 0 }));
}
