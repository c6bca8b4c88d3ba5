/**
 * Operations that both modes use: register classes, traps that are written alike, stage 2, FP on exit, fault information.
 * What differs between the modes comes through `cpu.keys`, `cpu.lists` and `cpu.mode`; nothing here asks which mode it is.
 * `VCPU` and `HOST` hold addresses that the running code can use.
 */
import {
  EC, FSC, HCR_EL2, HPFAR_EL2, HSTR_EL2, ISS_DATA_ABORT, MDCR_EL2, PAR_EL1, PAR_EL1_F0, PMSELR_EL0, PMUSERENR_EL0, syndromeEc, syndromeIss, VSESR_EL2, VTTBR_EL2,
} from '@worldswitch/cpu/arch';
import { CODE, ESR, FP_ENABLED, HOST, setCell, T, T2, VCPU, VM, ZERO } from '../cells.ts';
import { listNames, restoreRegisters, saveRegisters, type ListName, type RegisterNames } from '../context.ts';
import { type Cpu, REENTER } from '../cpu.ts';
import { SYS } from '../instructions.ts';
import { CONTEXT, VCPU_STRUCT, VM_STRUCT } from '../layout.ts';
import { HSTR_GUEST, PMUSERENR_GUEST } from '../traps.ts';
import { isAArch32, saveFpexc32 } from './a32.ts';
import { CODE_IRQ, CODE_TRAP, SERROR_PENDING } from './codes.ts';
import { restoreFp, saveFp } from './guest.ts';
import { operation, type Fact, type Operation, type Owner, type State } from './operation.ts';

// ---- Register classes -----------------------------------------------------------------------------------------------

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

// ---- The running vCPU -----------------------------------------------------------------------------------------------

/** The host context's address comes from the vCPU, and the vCPU's goes into it: panic and, from step 03, vectors find it there. */
export const setRunningVcpu = operation('set-running-vcpu', 'the host context notes the vCPU that enters', (cpu) => {
  cpu.port.ldr(HOST, VCPU, VCPU_STRUCT.HOST_CONTEXT);
  cpu.mode.toHyp(cpu.cells, HOST);
  cpu.port.str(VCPU, HOST, CONTEXT.RUNNING_VCPU);
  cpu.running = cpu.vcpu;
});

// ---- Traps ----------------------------------------------------------------------------------------------------------

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

// ---- Stage 2 --------------------------------------------------------------------------------------------------------

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

// ---- FP on exit -----------------------------------------------------------------------------------------------------

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

// ---- Fault information ----------------------------------------------------------------------------------------------

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
export function translateFaultAddress(cpu: Cpu): boolean {
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
 * and the trap happens again. An exit that is completed here goes back into the guest. KVM completes two more kinds here,
 * for hosts that trap accesses to GICV (not page-aligned) or to ICC registers (an erratum): no machine of ours is one.
 */
export const fixupGuestExit = operation('fixup-guest-exit', 'abort: R(FAR_EL2), and R(HPFAR_EL2) or AT S1E1R with PAR_EL1 kept', (cpu) => {
  const { port, cells } = cpu;
  if (cells[2 * CODE] !== CODE_TRAP) return;
  const ec = syndromeEc(cells[2 * ESR]!);
  if (ec === EC.WatchpointLower) {
    // Differs: KVM does so from v6.2 on; before, user space was told the address of an older abort.
    port.mrs(T, cpu.keys.far);
    port.str(T, VCPU, VCPU_STRUCT.FAULT_FAR);
    return;
  }
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

