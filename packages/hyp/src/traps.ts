/**
 * Our policy: which control bits are set while a guest runs and while the host does (kvm-arm-vhe-series.md, sections 1.4
 * and 1.5). Values only; who writes them is in `switch/`.
 */
import { CNTHCTL_EL2_E2H0, CPTR_EL2_E2H0, CPTR_EL2_E2H1, FPEXC32_EL2, HCR_EL2, HSTR_EL2, ICC_SRE_EL2, MDCR_EL2, PMUSERENR_EL0 } from '@worldswitch/cpu/arch';
import { word64 } from './cells.ts';

/** EL1 of the host is AArch64; nothing is trapped. */
export const HCR_HOST_NVHE = word64(HCR_EL2.of({ RW: 1 }));
/** E2H: the host kernel runs at EL2. TGE: its user space takes exceptions there, and uses the EL2&0 regime. */
export const HCR_HOST_VHE = word64(HCR_EL2.of({ RW: 1, TGE: 1, E2H: 1 }));

/** Physical interrupts go to EL2 while the guest runs. Part of the flags from step 05; before, OR-ed in by the vgic code. */
export const HCR_INT_OVERRIDE = HCR_EL2.of({ FMO: 1, IMO: 1 });

/** The lines of a vCPU whose interrupt controller is user space's: bits of the flags, and until step 06 of a word beside them. */
export const IRQ_LINES = HCR_EL2.VI.wordMask | HCR_EL2.VF.wordMask;

/** The guest's HCR_EL2 in either mode, by who needs the bit. */
export function guestHcr(options: { readonly intOverride: boolean; readonly ras: boolean; readonly aarch32: boolean }): bigint {
  let hcr = HCR_EL2.of({
    // Stage 2 translates, and table walks through Device memory fault no earlier than other accesses would.
    VM: 1,
    // Invalidation by set/way cleans too: a guest must not throw away lines that other guests or the host own.
    SWIO: 1,
    // SErrors go to EL2; with AMO the guest can have virtual ones.
    AMO: 1,
    // A guest that waits gives the PE up.
    TWI: 1,
    TWE: 1,
    // Barriers and TLB and cache maintenance reach at least the Inner Shareable domain, for a vCPU may move between PEs.
    BSU: HCR_EL2.BSU.value('InnerShareable'),
    FB: 1,
    // Firmware calls, set/way maintenance, IMPLEMENTATION DEFINED and auxiliary registers are emulated.
    TSC: 1,
    TSW: 1,
    TIDCP: 1,
    TACR: 1,
    // Writes of translation registers trap until the guest has turned its caches on.
    TVM: 1,
    RW: options.aarch32 ? 0 : 1,
    // Feature registers are shown as the host has sanitised them (AArch64 only).
    TID3: options.aarch32 ? 0 : 1,
  });
  if (options.intOverride) hcr |= HCR_INT_OVERRIDE;
  // Error records trap, and external aborts of the guest are the host's to handle.
  if (options.ras) hcr |= HCR_EL2.of({ TEA: 1, TERR: 1 });
  return hcr;
}

/** Non-VHE host: nothing traps but what is RES1 without the feature. */
export const CPTR_HOST_NVHE = word64(CPTR_EL2_E2H0.of({ TSM: 1 }));
/** Non-VHE guest: trace, SVE, and FP until its first use. */
export const CPTR_GUEST_NVHE = word64(CPTR_EL2_E2H0.of({ TSM: 1, TTA: 1, TFP: 1, TZ: 1 }));
/** The same, where FP is the guest's from the start (linux-4.0). */
export const CPTR_GUEST_EAGER = word64(CPTR_EL2_E2H0.of({ TSM: 1, TTA: 1, TZ: 1 }));
export const CPTR_TFP = CPTR_EL2_E2H0.TFP.wordMask;
/** VHE host, in the CPACR layout: FP for EL2 and EL0, SVE for EL2. */
export const CPACR_HOST_VHE = word64(CPTR_EL2_E2H1.of({ FPEN: CPTR_EL2_E2H1.FPEN.value('NoTrap'), ZEN: CPTR_EL2_E2H1.ZEN.value('TrapEL0') }));
/** VHE guest: trace is set; FP and SVE are cleared. */
export const CPACR_TTA = CPTR_EL2_E2H1.TTA.wordMask;
export const CPACR_FPEN = CPTR_EL2_E2H1.FPEN.wordMask;
export const CPACR_FPEN_ZEN = CPTR_EL2_E2H1.FPEN.wordMask | CPTR_EL2_E2H1.ZEN.wordMask;

/** AArch32 cp15 c15: IMPLEMENTATION DEFINED registers. */
export const HSTR_GUEST = word64(HSTR_EL2.of({ T15: 1 }));
/** All four enables, so that EL0's PMU accesses get as far as the trap of MDCR_EL2.TPM. */
export const PMUSERENR_GUEST = word64(PMUSERENR_EL0.of({ ER: 1, CR: 1, SW: 1, EN: 1 }));

/** The guest's MDCR_EL2 beside HPMN: PMU, OS debug, debug ROM and profiling registers trap. */
export const MDCR_GUEST = Number(MDCR_EL2.of({ TPM: 1, TPMCR: 1, TDOSA: 1, TDRA: 1, TPMS: 1 }));
/** Those of them that a VM is spared whose guest reads the host's counters itself. */
export const MDCR_PMU = Number(MDCR_EL2.of({ TPM: 1, TPMCR: 1 }));
/** Debug registers trap too, unless they are switched. */
export const MDCR_TDA = MDCR_EL2.TDA.wordMask;
/** Debug exceptions are user space's. */
export const MDCR_TDE = MDCR_EL2.TDE.wordMask;
export const MDCR_HPMN = MDCR_EL2.HPMN.wordMask;
/** Non-VHE host: EL1 owns the profiling buffer. */
export const MDCR_HOST_NVHE = Number(MDCR_EL2.of({ E2PB: 3 }));
/** VHE host: what stays of the guest's value. */
export const MDCR_KEPT_VHE = MDCR_EL2.HPMN.wordMask | MDCR_EL2.E2PB.wordMask | MDCR_EL2.TPMS.wordMask;

/** Non-VHE guest: it may read the counter, and the physical timer traps. */
export const CNTHCTL_EL1PCEN = CNTHCTL_EL2_E2H0.EL1PCEN.wordMask;
export const CNTHCTL_EL1PCTEN = CNTHCTL_EL2_E2H0.EL1PCTEN.wordMask;

/** AArch32 guest: EN, so that an FP access traps to EL2 and not to the guest's own EL1. */
export const FPEXC32_ENABLE = word64(FPEXC32_EL2.of({ EN: 1 }));

/** EL1 may use ICC_SRE_EL1. */
export const SRE2_ENABLE = ICC_SRE_EL2.Enable.wordMask;
