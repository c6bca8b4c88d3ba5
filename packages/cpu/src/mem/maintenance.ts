/** TLBI and AT, by the operations of `arch/sysops.ts` (DDI 0487, "TLB maintenance instructions", "Address translation instructions"). */
import { tlbiShape, type SysOp } from '../arch/sysops.ts';
import { PAR_EL1_F0, PAR_EL1_F1 } from '../arch/sysregs/index.ts';
import { FSC } from '../arch/fault-status.ts';
import { CELL } from '../sysreg/cells.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { BANK } from '../engine/layout.ts';
import type { MemoryAccess } from './access.ts';
import { REGIME_INDEX, RIGHT, type RegimeName } from './translation.ts';

/** What a TLBI drops. */
export interface TlbiScope {
  readonly regime: RegimeName;
  /** Null: every VMID. */
  readonly vmid: number | null;
  /** Null: every ASID, global entries too. */
  readonly asid: number | null;
  /** Page of the VA (low and high word), or null for all. */
  readonly va: readonly [lo: number, hi: number] | null;
}

/** Drops what the scope names from the second level and from the banks. */
export function invalidateTlb(memory: MemoryAccess, scope: TlbiScope): void {
  const regime = REGIME_INDEX[scope.regime];
  const matches = (tag: number, asid: number, isGlobal: boolean): boolean =>
    (tag & 3) === regime && (scope.vmid === null || tag >>> 2 === scope.vmid) && (scope.asid === null || isGlobal || asid === scope.asid);
  if (scope.va === null) memory.tlb.invalidate((tag, asid, isGlobal) => matches(tag, asid, isGlobal) && !(scope.asid !== null && isGlobal));
  else memory.tlb.invalidateVa(scope.va[0], scope.va[1], matches);
  const [first, count] = scope.va === null ? [0, BANK.ENTRIES] : slotsOf(memory, scope.va);
  memory.contexts.invalidateBanks((context) => (context.tag & 3) === regime && (scope.vmid === null || context.tag >>> 2 === scope.vmid), first, count);
  memory.forgetFetchPage();
}

/** Slots of a bank that translations of an address may occupy: one, or those of the larger page around it. */
function slotsOf({ tlb }: MemoryAccess, [vaLo, vaHi]: readonly [number, number]): readonly [first: number, count: number] {
  const count = Math.min(2 ** (tlb.largestPieceAt(vaLo, vaHi) - 12), BANK.ENTRIES);
  return [(vaLo >>> 12) & (BANK.ENTRIES - 1) & -count, count];
}

/**
 * The scope of a TLBI. Operations by IPA drop what their VMID has, because entries combine both stages; range forms and
 * forms of other security states drop at least what they name, which the architecture allows.
 */
export function tlbiScope(op: SysOp, situation: { readonly e2h: boolean; readonly tge: boolean; readonly vmid: number }, valueLo: number, valueHi: number): TlbiScope {
  const shape = tlbiShape(op.name);
  const { e2h, tge, vmid } = situation;
  const asid = valueHi >>> 16;
  // VA[55:12] is in bits 43:0 of the operand.
  const page = [valueLo << 12, ((valueHi << 12) | (valueLo >>> 20)) & 0xff_ffff] as const;
  const byVa = shape?.isRange === false && (shape.by === 'VA' || shape.by === 'VAA');
  const va = byVa ? page : null;
  if (shape?.el === 2) {
    return { regime: e2h ? 'EL2&0' : 'EL2', vmid: null, asid: byVa && e2h ? asid : null, va };
  }
  const host = e2h && tge && (byVa || shape?.by === 'ASID' || shape?.by === 'VMALL' || shape?.isRange === true);
  const scope = { regime: host ? 'EL2&0' : 'EL1&0', vmid: host || shape?.by === 'ALL' ? null : vmid } as const;
  return { ...scope, asid: shape?.by === 'ASID' || (byVa && shape.by === 'VA') ? asid : null, va };
}

/**
 * AT: the result goes to PAR_EL1. False: a stage 2 fault on the walk of a stage 1 form run at EL1, which is a Data Abort
 * to EL2; `memory.translation` has it.
 */
export function addressTranslate(op: SysOp, state: CpuState, memory: MemoryAccess, situation: { readonly el: number; readonly e2h: boolean; readonly tge: boolean }, vaLo: number, vaHi: number): boolean {
  const { translation } = memory;
  const write = /W$/.test(op.name.replace(/P$/, ''));
  const el0 = op.name.includes('E0');
  const both = op.name.startsWith('S12');
  const regime: RegimeName = op.name.startsWith('S1E2') ? (situation.e2h ? 'EL2&0' : 'EL2') : situation.el === 2 && situation.e2h && situation.tge ? 'EL2&0' : 'EL1&0';
  const kind = write ? 'write' : 'read';
  const needed = el0 ? (write ? RIGHT.UNPRIV_W : RIGHT.UNPRIV_R) : write ? RIGHT.PRIV_W : RIGHT.PRIV_R;
  for (const stage2 of both ? [false, true] : [false]) {
    const done = stage2 ? memory.walker.translateStage2(regime, translation) : memory.walker.translateStage1(regime, vaLo, vaHi, kind, translation);
    if (!done) {
      if (translation.stage2 && situation.el === 1) return false;
      fail(state, FSC[translation.fault!] | translation.level, translation.onWalk, translation.stage2);
      return true;
    }
    if ((translation.rights & needed) === 0) {
      fail(state, FSC.PERMISSION | translation.level, false, stage2);
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

function fail(state: CpuState, status: number, onWalk: boolean, stage2: boolean): void {
  state.put64(CELL.PAR_EL1, PAR_EL1_F1.of({ F: 1, FST: status, PTW: onWalk ? 1 : 0, S: stage2 ? 1 : 0 }));
}
