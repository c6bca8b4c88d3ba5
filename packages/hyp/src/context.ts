/**
 * The registers of a context by class, in the order in which the switch moves them (kvm-arm-vhe-series.md, section 1.3).
 * Save and restore are derived from one list, so they cannot drift apart. Which *name* reaches a register differs with
 * the mode and is an argument ({@link RegisterNames}); nothing here asks for it.
 */
import {
  ACTLR_EL1, AFSR0_EL1, AFSR1_EL1, AMAIR_EL1, CNTKCTL_EL1, CONTEXTIDR_EL1, CPACR_EL1, CSSELR_EL1, DACR32_EL2, ELR_EL1, ELR_EL2, ESR_EL1, FAR_EL1,
  IFSR32_EL2, MAIR_EL1, MDSCR_EL1, PAR_EL1, SCTLR_EL1, SP_EL0, SP_EL1, SPSR_abt, SPSR_EL1, SPSR_EL2, SPSR_fiq, SPSR_irq, SPSR_und, TCR_EL1,
  TPIDR_EL0, TPIDR_EL1, TPIDRRO_EL0, TTBR0_EL1, TTBR1_EL1, VBAR_EL1, VDISR_EL2, VMPIDR_EL2, DBGVCR32_EL2, E2H_REDIRECTIONS, InvariantError, type AnyRegister,
} from '@worldswitch/cpu/arch';
import type { RegisterList, SoftwarePort } from '@worldswitch/cpu';
import { T } from './cells.ts';
import { CONTEXT, sysRegOffset } from './layout.ts';

/**
 * How the code of a mode reaches a register: `own` by its own name; `el1` by the name of EL1 that means the guest's copy
 * (`x_EL1`, or `x_EL12` under VHE); `el2` by the name of EL2 (`x_EL2`, or the redirected `x_EL1`); `el0` for timers.
 */
export type Via = 'own' | 'el1' | 'el2' | 'el0';

/** One register of a context and its word there. */
export interface ContextRegister {
  readonly register: AnyRegister;
  readonly via: Via;
  readonly offset: number;
  /** Present with FEAT_RAS only. */
  readonly ras: boolean;
}

/** The names that one mode uses. */
export interface RegisterNames {
  /** The register that code of this mode names to reach `register` by `via`. */
  name(register: AnyRegister, via: Via): AnyRegister;
}

const slot = (register: AnyRegister, via: Via = 'own', offset = sysRegOffset(register.name)): ContextRegister => ({ register, via, offset, ras: false });

/** In effect for the host kernel itself, so switched at every entry and exit: MDSCR_EL1, and SP_EL0, which is `current`. */
const COMMON = [slot(MDSCR_EL1), slot(SP_EL0, 'own', CONTEXT.SP_EL0)];

/** In effect for user space only: the host's must be back before user space runs, not before the kernel does. */
const USER = [slot(TPIDR_EL0), slot(TPIDRRO_EL0)];

/**
 * In effect for EL1 (and EL0 below it) only. A host at EL2 does not use them. MPIDR_EL1 has no register of its own for a
 * guest: its slot is VMPIDR_EL2.
 */
const EL1 = [
  slot(VMPIDR_EL2, 'own', sysRegOffset('MPIDR_EL1')), slot(CSSELR_EL1), slot(SCTLR_EL1, 'el1'), slot(ACTLR_EL1), slot(CPACR_EL1, 'el1'),
  slot(TTBR0_EL1, 'el1'), slot(TTBR1_EL1, 'el1'), slot(TCR_EL1, 'el1'), slot(ESR_EL1, 'el1'), slot(AFSR0_EL1, 'el1'), slot(AFSR1_EL1, 'el1'),
  slot(FAR_EL1, 'el1'), slot(MAIR_EL1, 'el1'), slot(VBAR_EL1, 'el1'), slot(CONTEXTIDR_EL1, 'el1'), slot(AMAIR_EL1, 'el1'), slot(CNTKCTL_EL1, 'el1'),
  slot(PAR_EL1), slot(TPIDR_EL1), slot(SP_EL1, 'own', CONTEXT.SP_EL1), slot(ELR_EL1, 'el1', CONTEXT.ELR_EL1), slot(SPSR_EL1, 'el1', CONTEXT.SPSR),
];

/** Where an ERET from EL2 goes. */
const EL2_RETURN = [
  slot(ELR_EL2, 'el2', CONTEXT.PC), slot(SPSR_EL2, 'el2', CONTEXT.PSTATE),
  { ...slot(VDISR_EL2, 'own', sysRegOffset('DISR_EL1')), ras: true },
];

/** State of an AArch32 EL1 that has no AArch64 register of EL1. */
const A32 = [
  slot(SPSR_abt, 'own', CONTEXT.SPSR + 8), slot(SPSR_und, 'own', CONTEXT.SPSR + 16), slot(SPSR_irq, 'own', CONTEXT.SPSR + 24), slot(SPSR_fiq, 'own', CONTEXT.SPSR + 32),
  slot(DACR32_EL2), slot(IFSR32_EL2),
];
const A32_DEBUG = [slot(DBGVCR32_EL2)];

const isActlr = ({ register }: ContextRegister): boolean => register === ACTLR_EL1;

/**
 * The lists that operations move. Until step 17 ACTLR_EL1 and the USER class were part of COMMON; the wider list is
 * derived, so that a register is still written down once.
 */
export const REGISTER_LISTS = {
  COMMON,
  COMMON_BEFORE_17: [...EL1.filter(isActlr), ...USER, ...COMMON],
  USER,
  EL1,
  EL1_BEFORE_17: EL1.filter((one) => !isActlr(one)),
  EL2_RETURN,
  A32,
  /** DBGVCR32_EL2: with A32 while the guest's debug state is dirty, or at load and put. */
  A32_DEBUG,
} as const satisfies Readonly<Record<string, readonly ContextRegister[]>>;

export type ListName = keyof typeof REGISTER_LISTS;

/** The register that `_EL1` redirects to at EL2, and its `_EL12` alias, by the EL1 or EL0 register. */
const redirections = new Map(E2H_REDIRECTIONS.map((row) => [row.from.name, row]));
const backwards = new Map(E2H_REDIRECTIONS.map((row) => [row.to.name, row]));

function redirection(rows: ReadonlyMap<string, (typeof E2H_REDIRECTIONS)[number]>, register: AnyRegister): (typeof E2H_REDIRECTIONS)[number] {
  const row = rows.get(register.name);
  if (row === undefined) throw new InvariantError(`${register.name} is not redirected by HCR_EL2.E2H`);
  return row;
}

/** HCR_EL2.E2H is 0: every register has its own name. */
export const NVHE_NAMES: RegisterNames = { name: (register) => register };

/** HCR_EL2.E2H is 1: the guest's copy has the alias, and EL2's own has the EL1 name. */
export const VHE_NAMES: RegisterNames = {
  name: (register, via) => {
    if (via === 'own') return register;
    return via === 'el2' ? redirection(backwards, register).from : redirection(redirections, register).alias;
  },
};

/** A list as the switch executes it: the key of each register as this mode names it, and the offset of its word. */
export function registerList(registers: readonly ContextRegister[], names: RegisterNames, ras: boolean): RegisterList {
  const present = registers.filter((one) => ras || !one.ras);
  return {
    keys: Int32Array.from(present, ({ register, via }) => names.name(register, via).key),
    offsets: Int32Array.from(present, ({ offset }) => offset),
  };
}

/** The names of a list as a mode writes them, for plans in print. */
export function listNames(list: ListName, names: RegisterNames): readonly string[] {
  return REGISTER_LISTS[list].map((one: ContextRegister) => names.name(one.register, one.via).name + (one.ras ? '(RAS)' : ''));
}

/** MRS and STR for each register of the list; `base` is the cell that holds the context's address. */
export function saveRegisters(port: SoftwarePort, list: RegisterList, base: number): void {
  port.saveRegisters(T, list, base);
}

/** LDR and MSR for each register of the list. */
export function restoreRegisters(port: SoftwarePort, list: RegisterList, base: number): void {
  port.restoreRegisters(T, list, base);
}
