/**
 * The world switch of Linux v4.0, in assembly (arch/arm64/kvm/hyp.S): the baseline of the papers of 2016 and 2017. What is
 * older is what the switch moves, where and at what cost; what the guest finds is what it finds under every plan (decision
 * 0015). Paragraphs as in `nvhe.ts`.
 */
import * as a32 from '../a32.ts';
import * as around from '../around.ts';
import * as debug from '../debug.ts';
import { vgicLowerHcr, vgicRaiseHcr, gic3DisableSre2, gic3EnableSre2 } from '../gic-v3.ts';
import * as nvhe from '../nvhe.ts';
import * as ops from '../ops.ts';
import type { Plan } from '../plan.ts';
import * as fp from './fp.ts';
import * as frames from './frames.ts';
import * as gic2 from './gic-v2.ts';
import * as gic3 from './gic-v3.ts';
import * as timer from './timer.ts';
import * as traps from './traps.ts';

const { el1Before17: el1, common17: common, el2Return } = nvhe;

export const plan: Plan = {
  mode: 'nvhe',
  deferred: [],
  waivers: [],
  unknownState: ['SPE'],
  phases: {
    ...around.baselineWith(timer.loadTimer),
    load: [around.flushVmidOnMigration(nvhe.flushLocalVmid), around.setPointers, timer.loadTimer],
    flush: [timer.flushTimer, around.flushVgic],
    enter: [
      debug.setupDebug,
      nvhe.callSwitch,
      frames.setRunningVcpu,
      el2Return.saveHost,
      fp.saveHostFp,
      el1.saveHost,
      common.saveHost,
      debug.markDebugDirty,
      debug.saveHostDebug,
      ops.activateHcr,
      fp.activateCptr,
      traps.activateCommonTraps40,
      ops.activateVm,
      vgicRaiseHcr,
      gic2.restoreAll,
      gic3.restoreAll,
      gic3DisableSre2,
      nvhe.enableTimerTraps,
      timer.restoreTimer,
      a32.restoreGuestA32WithFpexc,
      el1.restoreGuest,
      common.restoreGuest,
      fp.restoreGuestFp,
      debug.restoreGuestDebug,
      el2Return.restoreGuest,
      frames.guestEnter40,
    ],
    exit: [
      frames.vectorEntry,
      frames.exitVector40,
      frames.captureSyndrome40,
      frames.fixupGuestExit40,
      frames.guestExit40,
      el2Return.saveGuest,
      fp.saveGuestFp,
      el1.saveGuest,
      common.saveGuest,
      debug.saveGuestDebug,
      a32.saveGuestA32WithFpexc,
      timer.saveTimer,
      nvhe.disableTimerTraps,
      gic2.saveAll,
      gic3.saveAll,
      gic3EnableSre2,
      gic3.setSre1,
      vgicLowerHcr,
      // Differs: a virtual SError is newer than 4.0, and part of what this hypervisor shows its guests under every plan.
      ops.foldVse,
      nvhe.deactivateHcr,
      nvhe.deactivateCptr,
      traps.deactivateHstr,
      nvhe.deactivateMdcr,
      ops.deactivateVm,
      el1.restoreHost,
      common.restoreHost,
      fp.restoreHostFp,
      debug.restoreHostDebug,
      el2Return.restoreHost,
      nvhe.returnToHost,
    ],
    cancel: [],
    sync: [around.syncVgic, timer.syncTimer],
    put: [timer.putTimer, gic2.clearLrs, gic3.clearLrs, frames.restoreTpidr, around.clearPointers],
    panic: [around.capturePanic, around.panicByVttbr],
  },
};
