import { describe, expect, test } from 'vitest';
import { listNames, NVHE_NAMES, REGISTER_LISTS, VHE_NAMES } from './context.ts';
import { CONTEXT, PERCPU_STRUCT, STRUCT_BYTES, VCPU_STRUCT } from './layout.ts';

describe('register classes', () => {
  test('sizes before and after step 17', () => {
    const sizes = Object.fromEntries(Object.entries(REGISTER_LISTS).map(([name, list]) => [name, list.length]));
    expect(sizes).toEqual({ COMMON: 2, COMMON_BEFORE_17: 5, USER: 2, EL1: 22, EL1_BEFORE_17: 21, EL2_RETURN: 3, A32: 6, A32_DEBUG: 1 });
  });

  test('the order of COMMON before 17', () => {
    expect(listNames('COMMON_BEFORE_17', NVHE_NAMES)).toEqual(['ACTLR_EL1', 'TPIDR_EL0', 'TPIDRRO_EL0', 'MDSCR_EL1', 'SP_EL0']);
  });

  test('the names of the guest\'s EL1 registers under VHE', () => {
    expect(listNames('EL1', VHE_NAMES)).toEqual([
      'VMPIDR_EL2', 'CSSELR_EL1', 'SCTLR_EL12', 'ACTLR_EL1', 'CPACR_EL12', 'TTBR0_EL12', 'TTBR1_EL12', 'TCR_EL12', 'ESR_EL12', 'AFSR0_EL12', 'AFSR1_EL12', 'FAR_EL12',
      'MAIR_EL12', 'VBAR_EL12', 'CONTEXTIDR_EL12', 'AMAIR_EL12', 'CNTKCTL_EL12', 'PAR_EL1', 'TPIDR_EL1', 'SP_EL1', 'ELR_EL12', 'SPSR_EL12',
    ]);
  });

  test('the registers of an ERET have redirected names under VHE', () => {
    expect(listNames('EL2_RETURN', VHE_NAMES)).toEqual(['ELR_EL1', 'SPSR_EL1', 'VDISR_EL2(RAS)']);
    expect(listNames('EL2_RETURN', NVHE_NAMES)).toEqual(['ELR_EL2', 'SPSR_EL2', 'VDISR_EL2(RAS)']);
  });

  test('no two registers of a context share a word', () => {
    const words = (['COMMON', 'USER', 'EL1', 'EL2_RETURN', 'A32', 'A32_DEBUG'] as const).flatMap((list) => REGISTER_LISTS[list].map(({ offset }) => offset));
    expect(new Set(words).size).toBe(words.length);
  });
});

describe('layout', () => {
  test('the context starts with struct kvm_regs', () => {
    expect([CONTEXT.SP_EL0, CONTEXT.PC, CONTEXT.PSTATE, CONTEXT.SP_EL1, CONTEXT.ELR_EL1, CONTEXT.SPSR, CONTEXT.V, CONTEXT.FPSR, CONTEXT.FPCR].map((offset) => offset / 4)).toEqual([
      0x3e, 0x40, 0x42, 0x44, 0x46, 0x48, 0x54, 0xd4, 0xd5,
    ]);
  });

  test('structures fit in their pages', () => {
    expect(Math.max(VCPU_STRUCT.SIZE, PERCPU_STRUCT.SIZE)).toBeLessThanOrEqual(STRUCT_BYTES);
  });
});
