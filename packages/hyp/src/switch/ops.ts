/**
 * Operations that both modes use: register classes, debug state, traps that are written alike, FP on exit, fault
 * information. What differs between the modes comes through `cpu.keys`, `cpu.lists` and `cpu.mode`; nothing here asks
 * which mode it is. `VCPU` and `HOST` hold addresses that the running code can use.
 */
import {
  EC, FPEXC32_EL2, FSC, HCR_EL2, HPFAR_EL2, HSTR_EL2, ID_AA64DFR0_EL1, ISS_DATA_ABORT, MDCCINT_EL1, MDCR_EL2, MDSCR_EL1, PAR_EL1, PAR_EL1_F0,
  PMSELR_EL0, PMUSERENR_EL0, syndromeEc, syndromeIss, VSESR_EL2, VTTBR_EL2, sysRegKey,
} from '@worldswitch/cpu/arch';
import { CODE, ESR, FP_ENABLED, HOST, PERCPU, setCell, T, T2, VCPU, VM, ZERO } from '../cells.ts';
import { listNames, restoreRegisters, saveRegisters, type ListName, type RegisterNames } from '../context.ts';
import { type Cpu, FAMILIES, REENTER } from '../cpu.ts';
import { BARRIER, HINT, SYS } from '../instructions.ts';
import { CONTEXT, DEBUG_DIRTY, PERCPU_STRUCT, sysRegOffset, VCPU_STRUCT, VM_STRUCT } from '../layout.ts';
import { FPEXC32_ENABLE, HSTR_GUEST, MDCR_GUEST, MDCR_HPMN, MDCR_TDA, PMUSERENR_GUEST } from '../traps.ts';
import { CODE_IRQ, CODE_TRAP, SERROR_PENDING } from './codes.ts';
import { restoreFp, saveFp } from './guest.ts';
import { operation, type Fact, type Operation, type Owner, type State } from './operation.ts';

const MDSCR_SLOT = sysRegOffset('MDSCR_EL1');
const MDCCINT_SLOT = sysRegOffset('MDCCINT_EL1');

// ---- Register classes --------------------------------------------------------------------------------------------------

const LIST_STATES: Readonly<Record<ListName, readonly State[]>> = {
  COMMON: ['COMMON'],
  COMMON_BEFORE_17: ['COMMON', 'USER', 'ACTLR'],
  USER: ['USER'],
  EL1: ['EL1', 'ACTLR'],
  EL1_BEFORE_17: ['EL1'],
  EL2_RETURN: ['EL2_RETURN'],
  A32: ['A32'],
  A32_DEBUG: ['A32'],
};

const ROLE: Readonly<Partial<Record<ListName, string>>> = { COMMON_BEFORE_17: 'common', EL1_BEFORE_17: 'el1', EL2_RETURN: 'el2-return' };

function listFacts(verb: 'save' | 'restore', owner: Owner, list: ListName): Fact[] {
  return LIST_STATES[list].map((state): Fact => `${verb} ${owner} ${state}`);
}

function classOperation(verb: 'save' | 'restore', owner: Owner, list: ListName, names: RegisterNames): Operation {
  const base = owner === 'host' ? HOST : VCPU;
  const move = verb === 'save' ? saveRegisters : restoreRegisters;
  const registers = listNames(list, names);
  return operation(
    `${verb}-${owner}-${ROLE[list] ?? list.toLowerCase()}`,
    `${verb === 'save' ? 'R' : 'W'} x${String(registers.length)}: ${registers.join(' ')}`,
    (cpu) => move(cpu.port, cpu.lists[list], base),
    { facts: listFacts(verb, owner, list), ...(list.endsWith('_BEFORE_17') && { variant: list === 'EL1_BEFORE_17' ? 'without ACTLR' : 'with ACTLR and USER' }) },
  );
}

/** The four moves of a class under one mode's names. */
export interface ClassOperations {
  readonly saveHost: Operation;
  readonly restoreGuest: Operation;
  readonly saveGuest: Operation;
  readonly restoreHost: Operation;
}

export function classOperations(list: ListName, names: RegisterNames): ClassOperations {
  return {
    saveHost: classOperation('save', 'host', list, names),
    restoreGuest: classOperation('restore', 'guest', list, names),
    saveGuest: classOperation('save', 'guest', list, names),
    restoreHost: classOperation('restore', 'host', list, names),
  };
}

// ---- The running vCPU --------------------------------------------------------------------------------------------------

/** The host context's address comes from the vCPU, and the vCPU's goes into it: panic and, from step 03, vectors find it there. */
export const setRunningVcpu = operation('set-running-vcpu', 'the host context notes the vCPU that enters', (cpu) => {
  cpu.port.ldr(HOST, VCPU, VCPU_STRUCT.HOST_CONTEXT);
  cpu.mode.toHyp(cpu.cells, HOST);
  cpu.port.str(VCPU, HOST, CONTEXT.RUNNING_VCPU);
  cpu.running = cpu.vcpu;
});

// ---- Debug -------------------------------------------------------------------------------------------------------------

export function isDirty(cpu: Cpu): boolean {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.DEBUG_FLAGS);
  return (cpu.cells[2 * T]! & DEBUG_DIRTY) !== 0;
}

function setDebugFlags(cpu: Cpu, flags: number): void {
  cpu.cells[2 * T] = flags;
  cpu.cells[2 * T + 1] = 0;
  cpu.port.str(T, VCPU, VCPU_STRUCT.DEBUG_FLAGS);
}

/** What the guest may do with the debug registers, recomputed for every entry: memory only. */
export const setupDebug = operation('setup-debug', 'mdcr_el2 = HPMN and the traps of PMU and debug; TDA unless DEBUG_DIRTY', (cpu) => {
  const { port, cells } = cpu;
  port.ldr(T2, PERCPU, PERCPU_STRUCT.MDCR_EL2);
  let mdcr = (cells[2 * T2]! & MDCR_HPMN) | MDCR_GUEST;
  if (!isDirty(cpu)) mdcr |= MDCR_TDA;
  cells[2 * T2] = mdcr;
  cells[2 * T2 + 1] = 0;
  port.str(T2, VCPU, VCPU_STRUCT.MDCR_EL2);
});

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

const DIRTY = 'debug dirty';

export const saveHostDebug = operation('save-host-debug', DEBUG_TEXT, (cpu) => {
  if (isDirty(cpu)) saveDebug(cpu, VCPU_STRUCT.HOST_DEBUG, HOST);
}, { when: DIRTY, facts: ['save host DEBUG'] });

export const restoreGuestDebug = operation('restore-guest-debug', DEBUG_TEXT.replace(', DBG', '; W DBG'), (cpu) => {
  if (isDirty(cpu)) restoreDebug(cpu, VCPU_STRUCT.DEBUG, VCPU);
}, { when: DIRTY, facts: ['restore guest DEBUG'] });

export const saveGuestDebug = operation('save-guest-debug', DEBUG_TEXT, (cpu) => {
  if (isDirty(cpu)) saveDebug(cpu, VCPU_STRUCT.DEBUG, VCPU);
}, { when: DIRTY, facts: ['save guest DEBUG'] });

export const restoreHostDebug = operation('restore-host-debug', `${DEBUG_TEXT.replace(', DBG', '; W DBG')}; DEBUG_DIRTY cleared`, (cpu) => {
  if (!isDirty(cpu)) return;
  const flags = cpu.cells[2 * T]! & ~DEBUG_DIRTY;
  restoreDebug(cpu, VCPU_STRUCT.HOST_DEBUG, HOST);
  setDebugFlags(cpu, flags);
}, { when: DIRTY, facts: ['restore host DEBUG'] });

// ---- Statistical profiling (non-VHE: the host's buffer is EL1's) -------------------------------------------------------

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

// ---- Traps -------------------------------------------------------------------------------------------------------------

/** Whether EL1 of the guest is AArch32, from the flags in memory. */
function isAArch32(cpu: Cpu): boolean {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.HCR_EL2);
  return (cpu.cells[2 * T]! & HCR_EL2.RW.wordMask) === 0;
}

/** FP accesses of an AArch32 guest trap to EL2 only if its own enable is set; which the ISB makes certain. */
export const activateFpexc32 = operation('activate-fpexc32', 'W(FPEXC32_EL2=EN), ISB', (cpu) => {
  if (!cpu.facts.fp || !isAArch32(cpu)) return;
  setCell(cpu.cells, T, FPEXC32_ENABLE);
  cpu.port.msr(FPEXC32_EL2.key, T);
  cpu.port.isb();
}, { when: 'AArch32 guest' });

/** From here on the machine is guest-shaped: with TGE clear, EL1 is the guest's. */
export const activateHcr = operation('activate-hcr', 'W(HCR_EL2=vCPU flags); RAS and VSE: W(VSESR_EL2)', (cpu) => {
  const { port, cells } = cpu;
  port.ldr(T, VCPU, VCPU_STRUCT.HCR_EL2);
  port.msr(HCR_EL2.key, T);
  if (!cpu.facts.ras || (cells[2 * T]! & HCR_EL2.VSE.wordMask) === 0) return;
  port.ldr(T, VCPU, VCPU_STRUCT.VSESR_EL2);
  port.msr(VSESR_EL2.key, T);
}, { facts: ['activate HCR'] });

/** PMSELR_EL0 is forced to 0 so that an access by EL0 through it never selects the cycle counter, which would not trap. */
export const activateCommonTraps = operation('activate-common-traps', 'W(HSTR_EL2), W(PMSELR_EL0=0), W(PMUSERENR_EL0), W(MDCR_EL2=mdcr_el2)', (cpu) => {
  const { port, cells } = cpu;
  setCell(cells, T, HSTR_GUEST);
  port.msr(HSTR_EL2.key, T);
  setCell(cells, T, ZERO);
  port.msr(PMSELR_EL0.key, T);
  setCell(cells, T, PMUSERENR_GUEST);
  port.msr(PMUSERENR_EL0.key, T);
  port.ldr(T, VCPU, VCPU_STRUCT.MDCR_EL2);
  port.msr(MDCR_EL2.key, T);
}, { facts: ['activate HSTR_PMU', 'activate MDCR'] });

function writeHstrPmuOff(cpu: Cpu): void {
  setCell(cpu.cells, T, ZERO);
  cpu.port.msr(HSTR_EL2.key, T);
  cpu.port.msr(PMUSERENR_EL0.key, T);
}

export const deactivateHstrPmu = operation('deactivate-hstr-pmu', 'W(HSTR_EL2=0), W(PMUSERENR_EL0=0)', writeHstrPmuOff, { facts: ['deactivate HSTR_PMU'] });

/** R(MDCR_EL2), and the host's value from it: what is kept, and what is set, differ by mode. */
export function deactivateMdcr(kept: number, set: number): Operation {
  return operation('deactivate-mdcr', 'R(MDCR_EL2), W(MDCR_EL2=host)', (cpu) => {
    const { port, cells } = cpu;
    port.mrs(T, MDCR_EL2.key);
    cells[2 * T] = (cells[2 * T]! & kept) | set;
    port.msr(MDCR_EL2.key, T);
  }, { facts: ['deactivate MDCR'] });
}

/** The two together, with MDCR_EL2 read first and written last: how non-VHE does it from step 31 on. */
export function deactivateCommonTraps(kept: number, set: number): Operation {
  return operation('deactivate-common-traps', 'R(MDCR_EL2), W(HSTR_EL2=0), W(PMUSERENR_EL0=0), W(MDCR_EL2=host)', (cpu) => {
    const { port, cells } = cpu;
    port.mrs(T2, MDCR_EL2.key);
    writeHstrPmuOff(cpu);
    cells[2 * T2] = (cells[2 * T2]! & kept) | set;
    port.msr(MDCR_EL2.key, T2);
  }, { facts: ['deactivate HSTR_PMU', 'deactivate MDCR'] });
}

/** Hardware clears VSE when the guest takes its virtual SError: the flags in memory must not bring it back. */
export const foldVse = operation('fold-vse', 'R(HCR_EL2) into the flags', (cpu) => {
  const { port, cells } = cpu;
  port.ldr(T, VCPU, VCPU_STRUCT.HCR_EL2);
  if ((cells[2 * T]! & HCR_EL2.VSE.wordMask) === 0) return;
  port.mrs(T, HCR_EL2.key);
  port.str(T, VCPU, VCPU_STRUCT.HCR_EL2);
}, { when: 'VSE was set' });

// ---- Stage 2 -----------------------------------------------------------------------------------------------------------

export const activateVm = operation('activate-vm', 'W(VTTBR_EL2=stage 2 table, VMID)', (cpu) => {
  cpu.port.ldr(VM, VCPU, VCPU_STRUCT.VM);
  cpu.mode.toHyp(cpu.cells, VM);
  cpu.port.ldr(T, VM, VM_STRUCT.VTTBR);
  cpu.port.msr(VTTBR_EL2.key, T);
}, { facts: ['activate VM'] });

export const deactivateVm = operation('deactivate-vm', 'W(VTTBR_EL2=0)', (cpu) => {
  setCell(cpu.cells, T, ZERO);
  cpu.port.msr(VTTBR_EL2.key, T);
}, { facts: ['deactivate VM'] });

// ---- AArch32 state -----------------------------------------------------------------------------------------------------

const A32_TEXT = 'SPSR_abt SPSR_und SPSR_irq SPSR_fiq DACR32_EL2 IFSR32_EL2; debug dirty: DBGVCR32_EL2';
const A32_GUEST = 'AArch32 guest';
const RESTORE_A32: { readonly facts: readonly Fact[]; readonly when: string } = { facts: ['restore guest A32'], when: A32_GUEST };
const SAVE_A32: { readonly facts: readonly Fact[]; readonly when: string } = { facts: ['save guest A32'], when: A32_GUEST };

/** Before step 08 the question "is EL1 AArch32?" went to hardware, for every guest. */
function isAArch32ByHcr(cpu: Cpu): boolean {
  cpu.port.mrs(T, HCR_EL2.key);
  return (cpu.cells[2 * T]! & HCR_EL2.RW.wordMask) === 0;
}

function restoreA32(cpu: Cpu): void {
  restoreRegisters(cpu.port, cpu.lists.A32, VCPU);
  if (isDirty(cpu)) restoreRegisters(cpu.port, cpu.lists.A32_DEBUG, VCPU);
}

function saveA32(cpu: Cpu): void {
  saveRegisters(cpu.port, cpu.lists.A32, VCPU);
}

function saveA32Debug(cpu: Cpu): void {
  if (isDirty(cpu)) saveRegisters(cpu.port, cpu.lists.A32_DEBUG, VCPU);
}

function saveFpexc32(cpu: Cpu): void {
  cpu.port.mrs(T, FPEXC32_EL2.key);
  cpu.port.str(T, VCPU, sysRegOffset('FPEXC32_EL2'));
}

/** Before the EL1 class: Cortex-A57 erratum 852523, Cortex-A72 erratum 853709. */
export const restoreGuestA32ByHcr = operation('restore-guest-a32', `R(HCR_EL2); W ${A32_TEXT}`, (cpu) => {
  if (isAArch32ByHcr(cpu)) restoreA32(cpu);
}, { ...RESTORE_A32, variant: 'RW from HCR_EL2' });

export const restoreGuestA32 = operation('restore-guest-a32', `W ${A32_TEXT}`, (cpu) => {
  if (isAArch32(cpu)) restoreA32(cpu);
}, RESTORE_A32);

/** Whether the guest used FP is read again: FPEXC32_EL2 holds a value of the guest only then. */
function saveA32WithFpexc(cpu: Cpu): void {
  saveA32(cpu);
  if (cpu.facts.fp && cpu.mode.readFpTrap(cpu)) saveFpexc32(cpu);
  saveA32Debug(cpu);
}

const SAVE_A32_TEXT = `R ${A32_TEXT.replace('; debug', '; R(CPTR), and if FP is enabled R(FPEXC32_EL2); debug')}`;

export const saveGuestA32ByHcr = operation('save-guest-a32', `R(HCR_EL2); ${SAVE_A32_TEXT}`, (cpu) => {
  if (isAArch32ByHcr(cpu)) saveA32WithFpexc(cpu);
}, { ...SAVE_A32, variant: 'RW from HCR_EL2' });

export const saveGuestA32 = operation('save-guest-a32', SAVE_A32_TEXT, (cpu) => {
  if (isAArch32(cpu)) saveA32WithFpexc(cpu);
}, { ...SAVE_A32, variant: 'with FPEXC32' });

/** From step 30 FPEXC32_EL2 goes with FP. */
export const saveGuestA32WithoutFpexc = operation('save-guest-a32', `R ${A32_TEXT}`, (cpu) => {
  if (!isAArch32(cpu)) return;
  saveA32(cpu);
  saveA32Debug(cpu);
}, SAVE_A32);

/** The same two, still asking HCR_EL2, for plans without step 08. */
export const saveGuestA32ByHcrWithoutFpexc = operation('save-guest-a32', `R(HCR_EL2); R ${A32_TEXT}`, (cpu) => {
  if (!isAArch32ByHcr(cpu)) return;
  saveA32(cpu);
  saveA32Debug(cpu);
}, { ...SAVE_A32, variant: 'RW from HCR_EL2, without FPEXC32' });

/** At load and put: the dirty flag does not hold for a whole residency, so DBGVCR32_EL2 always goes along. */
export const loadGuestA32 = operation('restore-guest-a32', 'W SPSR_abt SPSR_und SPSR_irq SPSR_fiq DACR32_EL2 IFSR32_EL2 DBGVCR32_EL2', (cpu) => {
  if (!isAArch32(cpu)) return;
  restoreRegisters(cpu.port, cpu.lists.A32, VCPU);
  restoreRegisters(cpu.port, cpu.lists.A32_DEBUG, VCPU);
}, { ...RESTORE_A32, variant: 'while loaded' });

export const putGuestA32 = operation('save-guest-a32', 'R SPSR_abt SPSR_und SPSR_irq SPSR_fiq DACR32_EL2 IFSR32_EL2 DBGVCR32_EL2', (cpu) => {
  if (!isAArch32(cpu)) return;
  saveRegisters(cpu.port, cpu.lists.A32, VCPU);
  saveRegisters(cpu.port, cpu.lists.A32_DEBUG, VCPU);
}, { ...SAVE_A32, variant: 'while loaded' });

// ---- FP on exit --------------------------------------------------------------------------------------------------------

/** While the guest's trap settings are still in the register. */
export const readFpEnabled = operation('read-fp-enabled', 'R(CPTR_EL2 or CPACR): was FP used in this run', (cpu) => {
  cpu.cells[2 * FP_ENABLED] = cpu.mode.readFpTrap(cpu) ? 1 : 0;
});

function switchFpBack(cpu: Cpu): void {
  saveFp(cpu.port, VCPU, T);
  restoreFp(cpu.port, HOST, T, T2);
}

const FP_FACTS: readonly Fact[] = ['save guest FP', 'restore host FP'];
const FP_TEXT = 'V0-V31, R(FPSR), R(FPCR) of the guest stored; V0-V31, W(FPSR), R(FPCR) of the host';

/** No ISB: the register that lets the host use FP was open already when the guest's was. */
export const switchFp = operation('switch-fp', FP_TEXT, (cpu) => {
  if (cpu.cells[2 * FP_ENABLED] === 1) switchFpBack(cpu);
}, { when: 'FP was used', facts: FP_FACTS });

export const switchFpWithFpexc = operation('switch-fp', `${FP_TEXT}; AArch32 guest: R(FPEXC32_EL2)`, (cpu) => {
  if (cpu.cells[2 * FP_ENABLED] !== 1) return;
  switchFpBack(cpu);
  if (isAArch32(cpu)) saveFpexc32(cpu);
}, { when: 'FP was used', variant: 'with FPEXC32', facts: FP_FACTS });

// ---- Fault information -------------------------------------------------------------------------------------------------

/** The syndrome of everything but an interrupt, for the handlers of the host. */
export const captureSyndrome = operation('capture-syndrome', 'R(ESR_EL2) into fault.esr', (cpu) => {
  const { port, cells } = cpu;
  if ((cells[2 * CODE]! & ~SERROR_PENDING) === CODE_IRQ) return;
  port.mrs(ESR, cpu.keys.esr);
  port.str(ESR, VCPU, VCPU_STRUCT.FAULT_ESR);
}, { when: 'not an interrupt' });

const HPFAR_PAGE_SHIFT = PAR_EL1_F0.PA.lsb - HPFAR_EL2.FIPA.lsb;

/**
 * HPFAR_EL2 is not valid for every abort: then the IPA comes from translating the VA again, in the guest's own regime,
 * which is still in place. Returns whether that worked; if not, the tables have changed and the guest tries again.
 */
function translateFaultAddress(cpu: Cpu): boolean {
  const { port, cells } = cpu;
  port.mrs(T2, PAR_EL1.key);
  port.sys(SYS.AT_S1E1R, T);
  port.isb();
  port.mrs(T, PAR_EL1.key);
  port.msr(PAR_EL1.key, T2);
  if ((cells[2 * T]! & PAR_EL1_F0.F.wordMask) !== 0) return false;
  // PAR_EL1.PA, bits 47:12, to HPFAR_EL2.FIPA, bits 39:4.
  const low = cells[2 * T]!;
  const high = cells[2 * T + 1]! & 0xffff;
  cells[2 * T] = ((low >>> HPFAR_PAGE_SHIFT) | (high << (32 - HPFAR_PAGE_SHIFT))) & ~0xf;
  cells[2 * T + 1] = high >>> HPFAR_PAGE_SHIFT;
  return true;
}

/**
 * What must be read while the guest's registers are in place. The raw code counts: with an SError pending nothing is read,
 * and the trap happens again. An exit that is completed here goes back into the guest.
 */
export const fixupGuestExit = operation('fixup-guest-exit', 'abort: R(FAR_EL2), and R(HPFAR_EL2) or AT S1E1R with PAR_EL1 kept', (cpu) => {
  const { port, cells } = cpu;
  if (cells[2 * CODE] !== CODE_TRAP) return;
  const ec = syndromeEc(cells[2 * ESR]!);
  if (ec !== EC.DataAbortLower && ec !== EC.InstructionAbortLower) return;
  const iss = syndromeIss(cells[2 * ESR]!);
  port.mrs(T, cpu.keys.far);
  port.str(T, VCPU, VCPU_STRUCT.FAULT_FAR);
  const isWalk = ISS_DATA_ABORT.S1PTW.inWord(iss) === 1;
  const isPermission = (ISS_DATA_ABORT.DFSC.inWord(iss) & 0x3c) === FSC.PERMISSION;
  if (!isWalk && (cpu.facts.erratum834220 || isPermission)) {
    if (!translateFaultAddress(cpu)) {
      cpu.disposition = REENTER;
      return;
    }
  } else port.mrs(T, HPFAR_EL2.key);
  port.str(T, VCPU, VCPU_STRUCT.FAULT_HPFAR);
}, { when: 'trap, no SError' });

