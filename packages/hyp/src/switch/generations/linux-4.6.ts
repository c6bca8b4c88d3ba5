/**
 * The world switch of Linux v4.6, rewritten in C (arch/arm64/kvm/hyp/): FP moves on first use, list registers only while some are
 * in use, VMCR and the virtual timer in every switch. VHE runs the same function with other names. What the guest finds is what
 * it finds under every plan (decision 0017). Paragraphs as in `nvhe.ts` and `vhe.ts`.
 */
import * as a32 from '../a32.ts';
import * as around from '../around.ts';
import * as debug from '../debug.ts';
import { gic2Restore, gic2Save } from '../gic-v2.ts';
import * as gic3 from '../gic-v3.ts';
import * as nvhe from '../nvhe.ts';
import type { Operation } from '../operation.ts';
import * as ops from '../ops.ts';
import type { ModeName, Plan } from '../plan.ts';
import * as vhe from '../vhe.ts';
import * as frames from './frames.ts';
import * as older2 from './gic-v2.ts';
import * as older3 from './gic-v3.ts';
import * as timer from './timer.ts';
import { activateCommonTraps46 } from './traps.ts';

/** Where the modes differ: what VHE needs beside, and the EL1 class, which only a host at EL1 has of its own. */
interface Twin {
  readonly mode: ModeName;
  readonly ops: typeof nvhe | typeof vhe;
  readonly beforeCall: readonly Operation[];
  readonly saveHost: readonly Operation[];
  readonly vectors: Operation;
  readonly activateVbar: readonly Operation[];
  readonly deactivateVbar: readonly Operation[];
  readonly restoreHost: readonly Operation[];
  readonly beforeReturn: readonly Operation[];
}

function switchOf(twin: Twin): Plan {
  const { el1Before17: el1, common17: common, el2Return, ...mode } = twin.ops;
  return {
    mode: twin.mode,
    deferred: [],
    waivers: [],
    unknownState: ['SPE'],
    phases: {
      ...around.baselineWith(timer.loadTimer),
      load: [around.flushVmidOnMigration(mode.flushLocalVmid), around.setPointers, timer.loadTimer],
      flush: [timer.flushTimer, around.flushVgic],
      enter: [
        debug.setupDebug,
        ...twin.beforeCall,
        mode.callSwitch,
        frames.setRunningVcpu,
        ...twin.saveHost,
        common.saveHost,
        el2Return.saveHost,
        debug.markDebugDirty,
        debug.saveHostDebug,
        a32.activateFpexc32,
        ops.activateHcr,
        activateCommonTraps46,
        mode.activateCptr,
        ...twin.activateVbar,
        ops.activateVm,
        gic3.vgicRaiseHcr,
        gic2Restore,
        older2.restoreVmcr,
        older3.clearSre1,
        gic3.gic3ReadVtr,
        older3.restoreVmcr,
        gic3.gic3WriteHcr,
        gic3.gic3RestoreAprs,
        gic3.gic3RestoreLrs,
        gic3.gic3BarrierIn,
        gic3.gic3DisableSre2,
        mode.enableTimerTraps,
        timer.restoreTimer,
        a32.restoreGuestA32ByHcr,
        el1.restoreGuest,
        common.restoreGuest,
        el2Return.restoreGuest,
        debug.restoreGuestDebug,
        frames.guestEnter46,
      ],
      exit: [
        twin.vectors,
        frames.exitVector46,
        frames.guestExit46,
        ops.captureSyndrome,
        ops.fixupGuestExit,
        ops.readFpEnabled,
        el1.saveGuest,
        common.saveGuest,
        el2Return.saveGuest,
        a32.saveGuestA32ByHcr,
        timer.saveTimer,
        mode.disableTimerTraps,
        older2.saveVmcr,
        older2.saveMaintenance,
        gic2Save,
        older3.barrierOut,
        older3.saveVmcr,
        gic3.gic3ReadElrsr,
        gic3.gic3ClearHcr,
        gic3.gic3ReadVtrForLrs,
        older3.saveMaintenance,
        gic3.gic3SaveLrs,
        gic3.gic3SaveAprs,
        gic3.gic3EnableSre2,
        gic3.gic3SetSre1,
        gic3.vgicLowerHcr,
        // Differs: a virtual SError is newer than 4.6, and part of what this hypervisor shows its guests under every plan.
        ops.foldVse,
        mode.deactivateMdcr,
        mode.deactivateHcr,
        mode.deactivateCptr,
        ...twin.deactivateVbar,
        ops.deactivateHstrPmu,
        ops.deactivateVm,
        ...twin.restoreHost,
        common.restoreHost,
        el2Return.restoreHost,
        ops.switchFp,
        debug.saveGuestDebug,
        debug.restoreHostDebug,
        ...twin.beforeReturn,
        mode.returnToHost,
      ],
      cancel: [],
      sync: [around.syncVgic, timer.syncTimer],
      put: [timer.putTimer, frames.restoreTpidr, around.clearPointers],
      panic: [around.capturePanic, around.panicByVttbr],
    },
  };
}

export const nvhePlan = switchOf({
  mode: 'nvhe', ops: nvhe, vectors: frames.vectorEntry,
  beforeCall: [], beforeReturn: [], activateVbar: [], deactivateVbar: [],
  saveHost: [nvhe.el1Before17.saveHost],
  restoreHost: [nvhe.el1Before17.restoreHost],
});

/**
 * Differs: interrupts and SErrors are masked around the switch, as from v4.16 on; and the host keeps MDSCR_EL1 rather than
 * TPIDR_EL1, which it does not use.
 */
export const vhePlan = switchOf({
  mode: 'vhe', ops: vhe, vectors: frames.vectorEntryByEl1Name,
  beforeCall: [vhe.maskDaif],
  saveHost: [],
  activateVbar: [vhe.activateVbar],
  deactivateVbar: [vhe.deactivateVbar],
  restoreHost: [],
  beforeReturn: [vhe.exitIsb, vhe.restoreDaif],
});
