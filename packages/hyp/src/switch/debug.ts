/**
 * Debug registers and statistical profiling in the switch: whose they are, and when. `VCPU` and `HOST` hold addresses that the
 * running code can use; the mode is not asked.
 */
import { ID_AA64DFR0_EL1, MDCCINT_EL1, MDCR_EL2, MDSCR_EL1, sysRegKey } from '@worldswitch/cpu/arch';
import { HOST, PERCPU, setCell, T, T2, VCPU, ZERO } from '../cells.ts';
import { type Cpu, FAMILIES } from '../cpu.ts';
import { armGuestDebug, KVM_GUESTDBG } from '../debug/guest-debug.ts';
import { BARRIER, HINT } from '../instructions.ts';
import { DEBUG_DIRTY, PERCPU_STRUCT, sysRegOffset, VCPU_STRUCT } from '../layout.ts';
import { MDCR_GUEST, MDCR_HPMN, MDCR_PMU, MDCR_TDA, MDCR_TDE } from '../traps.ts';
import { operation } from './operation.ts';

const MDSCR_SLOT = sysRegOffset('MDSCR_EL1');
const MDCCINT_SLOT = sysRegOffset('MDCCINT_EL1');

// ---- Debug ----------------------------------------------------------------------------------------------------------

export function isDirty(cpu: Cpu): boolean {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.DEBUG_FLAGS);
  return (cpu.cells[2 * T]! & DEBUG_DIRTY) !== 0;
}

function setDebugFlags(cpu: Cpu, flags: number): void {
  cpu.cells[2 * T] = flags;
  cpu.cells[2 * T + 1] = 0;
  cpu.port.str(T, VCPU, VCPU_STRUCT.DEBUG_FLAGS);
}

/** What the guest may do with the debug registers: memory only. */
function computeMdcr(cpu: Cpu): void {
  const { port, cells } = cpu;
  port.ldr(T2, PERCPU, PERCPU_STRUCT.MDCR_EL2);
  let mdcr = (cells[2 * T2]! & MDCR_HPMN) | (cpu.vcpu!.vm.hasHostCounters ? MDCR_GUEST & ~MDCR_PMU : MDCR_GUEST);
  if (!isDirty(cpu)) mdcr |= MDCR_TDA;
  const { guestDebug } = cpu.vcpu!;
  // Debug exceptions go to EL2; and what user space has put into the registers the guest must not touch.
  if (guestDebug !== 0) mdcr |= MDCR_TDE | ((guestDebug & KVM_GUESTDBG.USE_HW) !== 0 ? MDCR_TDA : 0);
  cells[2 * T2] = mdcr;
  cells[2 * T2 + 1] = 0;
  port.str(T2, VCPU, VCPU_STRUCT.MDCR_EL2);
}

/** Recomputed for every entry. */
export const setupDebug = operation('setup-debug', 'mdcr_el2 = HPMN and the traps of PMU and debug; TDA unless DEBUG_DIRTY', (cpu) => {
  computeMdcr(cpu);
  armGuestDebug(cpu, cpu.vcpu!);
});

/** For the first load, which comes before any entry (the fix of step 33). */
export const initialiseMdcr = operation('initialise-mdcr', 'mdcr_el2 as for an entry: memory only', computeMdcr);

/** What `load` has just written: the comparison of {@link writeChangedMdcr} starts from it. */
export const noteMdcr = operation('note-mdcr', 'mdcr_el2 noted as in hardware: memory only', (cpu) => {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.MDCR_EL2);
  cpu.port.str(T, VCPU, VCPU_STRUCT.MDCR_IN_HARDWARE);
});

/** What later kernels do under VHE, where MDCR_EL2 is otherwise written at load only (the fix of step 33). */
export const writeChangedMdcr = operation('write-changed-mdcr', 'W(MDCR_EL2=mdcr_el2)', (cpu) => {
  const { port, cells } = cpu;
  port.ldr(T, VCPU, VCPU_STRUCT.MDCR_IN_HARDWARE);
  port.ldr(T2, VCPU, VCPU_STRUCT.MDCR_EL2);
  if (cells[2 * T] === cells[2 * T2]) return;
  port.msr(MDCR_EL2.key, T2);
  port.str(T2, VCPU, VCPU_STRUCT.MDCR_IN_HARDWARE);
}, { when: 'mdcr_el2 has changed since load' });

/**
 * The guest's MDSCR_EL1 asks for breakpoints or watchpoints: its debug registers must be in hardware. After the decision
 * about TDA, so that an entry which becomes dirty here still traps accesses.
 */
export const markDebugDirty = operation('mark-debug-dirty', 'guest MDSCR_EL1 image has KDE or MDE: DEBUG_DIRTY', (cpu) => {
  cpu.port.ldr(T, VCPU, MDSCR_SLOT);
  if ((cpu.cells[2 * T]! & (MDSCR_EL1.KDE.wordMask | MDSCR_EL1.MDE.wordMask)) === 0) return;
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.DEBUG_FLAGS);
  setDebugFlags(cpu, cpu.cells[2 * T]! | DEBUG_DIRTY);
});

const DEBUG_TEXT = 'R(ID_AA64DFR0_EL1), DBGBCRn, DBGBVRn, DBGWCRn, DBGWVRn, MDCCINT_EL1';
const BANKS = [FAMILIES.bcr, FAMILIES.bvr, FAMILIES.wcr, FAMILIES.wvr] as const;

/** Highest number first within a bank; how many there are is read again every time. */
function saveDebug(cpu: Cpu, area: number, context: number): void {
  const { port, cells } = cpu;
  port.mrs(T, ID_AA64DFR0_EL1.key);
  const breakpoints = ID_AA64DFR0_EL1.BRPs.inWord(cells[2 * T]!);
  const watchpoints = ID_AA64DFR0_EL1.WRPs.inWord(cells[2 * T]!);
  for (let bank = 0; bank < 4; bank++) {
    for (let n = bank < 2 ? breakpoints : watchpoints; n >= 0; n--) {
      port.mrs(T, BANKS[bank]![n]!);
      port.str(T, VCPU, area + 128 * bank + 8 * n);
    }
  }
  port.mrs(T, MDCCINT_EL1.key);
  port.str(T, context, MDCCINT_SLOT);
}

function restoreDebug(cpu: Cpu, area: number, context: number): void {
  const { port, cells } = cpu;
  port.mrs(T, ID_AA64DFR0_EL1.key);
  const breakpoints = ID_AA64DFR0_EL1.BRPs.inWord(cells[2 * T]!);
  const watchpoints = ID_AA64DFR0_EL1.WRPs.inWord(cells[2 * T]!);
  for (let bank = 0; bank < 4; bank++) {
    for (let n = bank < 2 ? breakpoints : watchpoints; n >= 0; n--) {
      port.ldr(T, VCPU, area + 128 * bank + 8 * n);
      port.msr(BANKS[bank]![n]!, T);
    }
  }
  port.ldr(T, context, MDCCINT_SLOT);
  port.msr(MDCCINT_EL1.key, T);
}

/** The registers that the guest runs with: its own, or those of user space. */
function guestArea(cpu: Cpu): number {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.DEBUG_POINTER);
  return cpu.cells[2 * T]!;
}

const DIRTY = 'debug dirty';

export const saveHostDebug = operation('save-host-debug', DEBUG_TEXT, (cpu) => {
  if (isDirty(cpu)) saveDebug(cpu, VCPU_STRUCT.HOST_DEBUG, HOST);
}, { when: DIRTY, facts: ['save host DEBUG'] });

export const restoreGuestDebug = operation('restore-guest-debug', DEBUG_TEXT.replace(', DBG', '; W DBG'), (cpu) => {
  if (isDirty(cpu)) restoreDebug(cpu, guestArea(cpu), VCPU);
}, { when: DIRTY, facts: ['restore guest DEBUG'] });

export const saveGuestDebug = operation('save-guest-debug', DEBUG_TEXT, (cpu) => {
  if (isDirty(cpu)) saveDebug(cpu, guestArea(cpu), VCPU);
}, { when: DIRTY, facts: ['save guest DEBUG'] });

export const restoreHostDebug = operation('restore-host-debug', `${DEBUG_TEXT.replace(', DBG', '; W DBG')}; DEBUG_DIRTY cleared`, (cpu) => {
  if (!isDirty(cpu)) return;
  const flags = cpu.cells[2 * T]! & ~DEBUG_DIRTY;
  restoreDebug(cpu, VCPU_STRUCT.HOST_DEBUG, HOST);
  setDebugFlags(cpu, flags);
}, { when: DIRTY, facts: ['restore host DEBUG'] });

// ---- Statistical profiling (non-VHE: the host's buffer is EL1's) ----------------------------------------------------

/** PMSCR_EL1, PMBLIMITR_EL1 and PMBIDR_EL1 have no layout: profiling is not modelled, and its ID field is 0. */
const PMSCR_EL1 = sysRegKey(3, 0, 9, 9, 0);
const PMBLIMITR_EL1 = sysRegKey(3, 0, 9, 10, 0);
const PMBIDR_EL1 = sysRegKey(3, 0, 9, 10, 7);
const PMBIDR_P = 1 << 4;
const PMBLIMITR_E = 1;

export const saveHostSpe = operation('save-host-spe', 'R(ID_AA64DFR0_EL1); if profiling is in use: R(PMBIDR), R(PMBLIMITR), R(PMSCR), W(PMSCR=0), ISB, PSB CSYNC, DSB NSH', (cpu) => {
  const { port, cells } = cpu;
  setCell(cells, T, ZERO);
  port.str(T, VCPU, VCPU_STRUCT.HOST_PMSCR);
  port.mrs(T, ID_AA64DFR0_EL1.key);
  if (ID_AA64DFR0_EL1.PMSVer.inWord(cells[2 * T + 1]!) === 0) return;
  port.mrs(T, PMBIDR_EL1);
  if ((cells[2 * T]! & PMBIDR_P) !== 0) return;
  port.mrs(T, PMBLIMITR_EL1);
  if ((cells[2 * T]! & PMBLIMITR_E) === 0) return;
  port.mrs(T, PMSCR_EL1);
  port.str(T, VCPU, VCPU_STRUCT.HOST_PMSCR);
  setCell(cells, T, ZERO);
  port.msr(PMSCR_EL1, T);
  // Sampling has stopped only now, and what is buffered must be in memory before the host's translation goes.
  port.isb();
  port.hint(HINT.PSB_CSYNC);
  port.dsb(BARRIER.NSH);
}, { facts: ['save host SPE', 'restore guest SPE'] });

export const restoreHostSpe = operation('restore-host-spe', 'ISB, W(PMSCR_EL1)', (cpu) => {
  const { port, cells } = cpu;
  port.ldr(T, VCPU, VCPU_STRUCT.HOST_PMSCR);
  if (cells[2 * T] === 0 && cells[2 * T + 1] === 0) return;
  // The host's translation registers are in effect before a sample is written through them.
  port.isb();
  port.msr(PMSCR_EL1, T);
}, { when: 'profiling was in use', facts: ['save guest SPE', 'restore host SPE'] });
