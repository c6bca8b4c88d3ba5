/**
 * What HCR_EL2.E2H changes about system registers, as data: the names that are redirected at EL2, the `_EL12` and
 * `_EL02` names that reach the EL1 and EL0 registers then, and the registers whose layout changes (DDI 0487, part D,
 * "Virtualization Host Extensions"). No state: the caller knows the EL, E2H and TGE.
 */
import type { LayoutBase } from '../bits.ts';
import type { Feature } from '../features.ts';
import * as el1 from './el1.ts';
import * as el2 from './el2.ts';
import { CPTR_EL2_E2H0, CPTR_EL2_E2H1, SCTLR_EL2_E2H0, SCTLR_EL2_E2H1, TCR_EL2_E2H0, TCR_ELx, TTBR0_EL2_E2H0, TTBR_ELx } from './layouts.ts';
import { defineRegister, type AnyRegister } from './register.ts';
import * as timer from './timer.ts';
import { CNTHCTL_EL2_E2H0, CNTHCTL_EL2_E2H1 } from './timer.ts';

/** One redirection: with E2H = 1, `name` at EL2 reaches `target`, and `alias` reaches what `name` means at EL1. */
export interface E2hRedirection {
  /** The name that software uses. */
  readonly from: AnyRegister;
  /** The register that is accessed at EL2. */
  readonly to: AnyRegister;
  /** The `_EL12` or `_EL02` name; UNDEFINED while E2H is 0. */
  readonly alias: AnyRegister;
  /** Whether EL0 is redirected too while HCR_EL2.{E2H,TGE} is {1,1}: the timers. */
  readonly atEl0: boolean;
}

const ALIAS_FEATURES: Readonly<Record<string, Feature>> = { SCXTNUM_EL1: 'CSV2_2', TRFCR_EL1: 'TRF' };

/** The alias has the encoding of the plain name with op1 = 5. */
function redirect(from: AnyRegister, to: AnyRegister): E2hRedirection {
  const atEl0 = from.name.endsWith('_EL0');
  const [op0, , CRn, CRm, op2] = from.encoding;
  const alias = defineRegister(from.name.replace(/_EL\d$/, atEl0 ? '_EL02' : '_EL12'), [op0, 5, CRn, CRm, op2], {
    access: '- - RW',
    layout: from,
    feature: ALIAS_FEATURES[from.name] ?? 'VHE',
    doc: `${from.name}, at EL2 while HCR_EL2.E2H is 1`,
  });
  return { from, to, alias, atEl0 };
}

/** Every redirection of registers that have a layout here; those of unmodelled extensions are named rows. */
export const E2H_REDIRECTIONS: readonly E2hRedirection[] = [
  redirect(el1.SCTLR_EL1, el2.SCTLR_EL2),
  redirect(el1.CPACR_EL1, el2.CPTR_EL2),
  redirect(el1.TRFCR_EL1, el2.TRFCR_EL2),
  redirect(el1.TTBR0_EL1, el2.TTBR0_EL2),
  redirect(el1.TTBR1_EL1, el2.TTBR1_EL2),
  redirect(el1.TCR_EL1, el2.TCR_EL2),
  redirect(el1.SPSR_EL1, el2.SPSR_EL2),
  redirect(el1.ELR_EL1, el2.ELR_EL2),
  redirect(el1.AFSR0_EL1, el2.AFSR0_EL2),
  redirect(el1.AFSR1_EL1, el2.AFSR1_EL2),
  redirect(el1.ESR_EL1, el2.ESR_EL2),
  redirect(el1.FAR_EL1, el2.FAR_EL2),
  redirect(el1.MAIR_EL1, el2.MAIR_EL2),
  redirect(el1.AMAIR_EL1, el2.AMAIR_EL2),
  redirect(el1.VBAR_EL1, el2.VBAR_EL2),
  redirect(el1.CONTEXTIDR_EL1, el2.CONTEXTIDR_EL2),
  redirect(el1.SCXTNUM_EL1, el2.SCXTNUM_EL2),
  redirect(timer.CNTKCTL_EL1, timer.CNTHCTL_EL2),
  redirect(timer.CNTP_TVAL_EL0, timer.CNTHP_TVAL_EL2),
  redirect(timer.CNTP_CTL_EL0, timer.CNTHP_CTL_EL2),
  redirect(timer.CNTP_CVAL_EL0, timer.CNTHP_CVAL_EL2),
  redirect(timer.CNTV_TVAL_EL0, timer.CNTHV_TVAL_EL2),
  redirect(timer.CNTV_CTL_EL0, timer.CNTHV_CTL_EL2),
  redirect(timer.CNTV_CVAL_EL0, timer.CNTHV_CVAL_EL2),
];

/** The `_EL12` and `_EL02` rows. */
export const E2H_ALIASES: readonly AnyRegister[] = E2H_REDIRECTIONS.map(({ alias }) => alias);

/** Two layouts of one register: index 0 while HCR_EL2.E2H is 0, index 1 while it is 1. The bits stored are the same. */
export interface E2hLayouts {
  readonly register: AnyRegister;
  readonly layouts: readonly [e2h0: LayoutBase<string>, e2h1: LayoutBase<string>];
}

/** Every register whose fields move with HCR_EL2.E2H. */
export const E2H_LAYOUTS: readonly E2hLayouts[] = [
  { register: el2.SCTLR_EL2, layouts: [SCTLR_EL2_E2H0, SCTLR_EL2_E2H1] },
  { register: el2.CPTR_EL2, layouts: [CPTR_EL2_E2H0, CPTR_EL2_E2H1] },
  { register: el2.TCR_EL2, layouts: [TCR_EL2_E2H0, TCR_ELx] },
  { register: el2.TTBR0_EL2, layouts: [TTBR0_EL2_E2H0, TTBR_ELx] },
  { register: timer.CNTHCTL_EL2, layouts: [CNTHCTL_EL2_E2H0, CNTHCTL_EL2_E2H1] },
];

/** The layout of `register` for a value of HCR_EL2.E2H; its own where E2H changes nothing. */
export function e2hLayout(register: AnyRegister, e2h: 0 | 1): LayoutBase<string> {
  return E2H_LAYOUTS.find((row) => row.register === register)?.layouts[e2h] ?? register;
}
