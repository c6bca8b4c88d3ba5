import { describe, expect, test } from 'vitest';
import { FeatureSet } from '../src/arch/features.ts';
import { FPSR } from '../src/arch/sysregs/index.ts';
import { PE } from '../src/engine/layout.ts';
import { smallCpu, type SmallCpu } from './small-cpu.ts';

const FADD_D0_D1_D2 = 0x1e62_2820;
const FDIV_D0_D1_D2 = 0x1e62_1820;
const MSR_FPCR_X0 = 0xd51b_4400;
const MSR_FPSR_X0 = 0xd51b_4420;
const FPEN = 3n << 20n;
const IXC = FPSR.IXC.mask;

/** A PE at EL1 with FP enabled, and D1 and D2. */
function withNumbers(words: readonly number[], d1: number, d2: number): SmallCpu {
  const small = smallCpu(1, words);
  small.setRegister('CPACR_EL1', FPEN);
  const { state } = small.cpu;
  const bits = new BigInt64Array(Float64Array.of(d1, d2).buffer);
  state.put64(PE.V + 16, bits[0]!);
  state.put64(PE.V + 32, bits[1]!);
  return small;
}

describe('FPCR', () => {
  const everything = 0xffff_ffff_ffff_ffffn;

  test('AHP, DN, FZ and RMode are kept; trap enables, Len and Stride, and what has no feature read as zero', () => {
    const small = smallCpu(1, [], FeatureSet.upTo('v8.0', 'mandatory'));
    small.setRegister('FPCR', everything);
    expect(small.register('FPCR')).toBe(0x07c0_0000n);
  });

  test('FZ16 comes with FP16', () => {
    const small = smallCpu(1, [], FeatureSet.upTo('v8.2', 'mandatory').with('FP16'));
    small.setRegister('FPCR', everything);
    expect(small.register('FPCR')).toBe(0x07c8_0000n);
  });

  test('FPSR keeps QC and the cumulative flags', () => {
    const small = smallCpu(1, []);
    small.setRegister('FPSR', everything);
    expect(small.register('FPSR')).toBe(0x0800_009fn);
  });
});

describe('the cell for generated code', () => {
  const fast = ({ cpu }: SmallCpu): number => cpu.state.get32(PE.FP_FAST);

  test('is set by the first inexact result, not by an exact one', () => {
    const small = withNumbers([FADD_D0_D1_D2, FDIV_D0_D1_D2], 1, 3);
    small.cpu.run(1);
    expect([fast(small), small.register('FPSR')]).toEqual([0, 0n]);
    small.cpu.run(1);
    expect([fast(small), small.register('FPSR')]).toEqual([1, IXC]);
  });

  test('follows MSR of FPCR and of FPSR', () => {
    const small = withNumbers([FDIV_D0_D1_D2, MSR_FPCR_X0, MSR_FPCR_X0, MSR_FPSR_X0], 1, 3);
    const { cpu } = small;
    cpu.state.put64(PE.X, 1n << 24n);
    cpu.run(2);
    expect(fast(small)).toBe(0);
    cpu.state.put64(PE.X, 0n);
    cpu.run(1);
    expect(fast(small)).toBe(1);
    cpu.run(1);
    expect(fast(small)).toBe(0);
  });
});

test('the rounding mode is that of FPCR at the instruction', () => {
  const small = withNumbers([FDIV_D0_D1_D2, MSR_FPCR_X0, FDIV_D0_D1_D2], 1, 3);
  const { cpu } = small;
  cpu.state.put64(PE.X, 1n << 22n);
  cpu.run(1);
  expect(cpu.state.get64(PE.V)).toBe(0x3fd5_5555_5555_5555n);
  cpu.run(2);
  expect(cpu.state.get64(PE.V)).toBe(0x3fd5_5555_5555_5556n);
  expect(cpu.state.get64(PE.V + 8)).toBe(0n);
});
