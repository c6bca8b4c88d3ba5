/** Floating-point arithmetic by the names of the manual's shared pseudocode. */
export { fpAbsDifference, fpAdd, fpMul, fpMulAdd, fpMulAddH, fpMulX, fpNegMul, fpRecipStepFused, fpRSqrtStepFused, fpSub } from './arithmetic.ts';
export { fpCompare, fpCompareEQ, fpCompareGE, fpCompareGT, fpMax, fpMaxNum, fpMin, fpMinNum } from './compare.ts';
export { fpConvert } from './convert.ts';
export { fpDiv, fpSqrt } from './divide.ts';
export { FP_EXCEPTION, FpEnvironment, ROUNDING, type Rounding } from './environment.ts';
export { fpRecipEstimate, fpRecpX, fpRSqrtEstimate, unsignedRecipEstimate, unsignedRSqrtEstimate } from './estimate.ts';
export { FAST, fastCompare, type FastFunction } from './fast.ts';
export { DOUBLE, fpAbs, fpNeg, HALF, SINGLE, type Format } from './format.ts';
export { fixedToFp, fpRoundInt, fpRoundIntN, fpToFixed, fpToFixedJs } from './integer.ts';
