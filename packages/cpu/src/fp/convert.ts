/** FPConvert: between the formats (DDI 0487, shared/functions/float). */
import { FP_EXCEPTION, type FpEnvironment, type Rounding } from './environment.ts';
import { fpDefaultNaN, fpInfinity, fpZero, put, type Format } from './format.ts';
import { fpRoundCv } from './round.ts';
import { FP_TYPE, fpConvertNaN, fpUnpackCv, Unpacked } from './unpack.ts';

const operand = new Unpacked();

/** FPConvert. To the alternative half precision, which has neither, NaNs become zero and infinities the largest number. */
export function fpConvert(to: Format, from: Format, env: FpEnvironment, lo: number, hi: number, rounding: Rounding): void {
  fpUnpackCv(operand, from, env, lo, hi);
  const alternative = to.bits === 16 && env.ahp;
  if (operand.isNaN) {
    if (alternative || operand.type === FP_TYPE.SNAN) env.flags |= FP_EXCEPTION.INVALID_OP;
    if (alternative) fpZero(to, operand.sign);
    else if (env.dn) fpDefaultNaN(to);
    else fpConvertNaN(operand, from, to);
  } else if (operand.isInfinity) {
    if (alternative) {
      env.flags |= FP_EXCEPTION.INVALID_OP;
      put(to, (operand.sign === 1 ? to.signMask : 0) | (to.signMask - 1), 0);
    } else fpInfinity(to, operand.sign);
  } else if (operand.isZero) fpZero(to, operand.sign);
  else fpRoundCv(to, env, rounding, operand.sign, operand.exponent, operand.lo, operand.hi);
}
