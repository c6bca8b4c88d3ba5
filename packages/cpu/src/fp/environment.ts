/**
 * What floating-point arithmetic needs of its surroundings: the controls of FPCR, and the cumulative flags that an
 * operation raises. It knows no PE: whoever owns one sets the controls before, and adds the flags to FPSR afterwards.
 */
import { FPCR, FPSR } from '../arch/sysregs/el1.ts';

/** FPRounding of the pseudocode; the first four are the values of FPCR.RMode. */
export const ROUNDING = { TIEEVEN: 0, POSINF: 1, NEGINF: 2, ZERO: 3, TIEAWAY: 4, ODD: 5 } as const;

export type Rounding = (typeof ROUNDING)[keyof typeof ROUNDING];

/** The cumulative exceptions, as bits of FPSR. */
export const FP_EXCEPTION = {
  INVALID_OP: FPSR.IOC.wordMask,
  DIVIDE_BY_ZERO: FPSR.DZC.wordMask,
  OVERFLOW: FPSR.OFC.wordMask,
  UNDERFLOW: FPSR.UFC.wordMask,
  INEXACT: FPSR.IXC.wordMask,
  INPUT_DENORM: FPSR.IDC.wordMask,
} as const;

export class FpEnvironment {
  /** The word that the controls were taken from. */
  fpcr = 0;
  /** FPRoundingMode. */
  rounding: Rounding = ROUNDING.TIEEVEN;
  /** Default NaN; flush to zero of single and double, of half precision; alternative half precision. */
  dn = false;
  fz = false;
  fz16 = false;
  ahp = false;
  /** Exceptions raised since it was last cleared: bits of {@link FP_EXCEPTION}. */
  flags = 0;

  /** Takes the controls from a value of FPCR. */
  control(fpcr: number): void {
    this.fpcr = fpcr;
    this.rounding = FPCR.RMode.inWord(fpcr) as Rounding;
    this.dn = (fpcr & FPCR.DN.wordMask) !== 0;
    this.fz = (fpcr & FPCR.FZ.wordMask) !== 0;
    this.fz16 = (fpcr & FPCR.FZ16.wordMask) !== 0;
    this.ahp = (fpcr & FPCR.AHP.wordMask) !== 0;
  }
}
