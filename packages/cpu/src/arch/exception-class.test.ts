import { describe, expect, test } from 'vitest';
import { EC, EXCEPTION_CLASS_ROWS, exceptionClass } from './exception-class.ts';

// From DDI 0487, the table of ESR_EL1.EC, by value.
const RESERVED = [0x02, 0x0b, 0x0f, 0x10, 0x1f, 0x23, 0x29, 0x2a, 0x2b, 0x2e, 0x36, 0x37, 0x39, 0x3b, 0x3e, 0x3f];
const AARCH32 = [0x03, 0x04, 0x05, 0x06, 0x08, 0x0c, 0x11, 0x12, 0x13, 0x28, 0x38, 0x3a];
const LATER = [0x0a, 0x14, 0x1b, 0x1c, 0x1d, 0x1e, 0x27, 0x2d, 0x3d];
// Section 7 of the checklist: IL is 1 whatever the instruction.
const IL_ONE = [0x00, 0x0e, 0x1e, 0x20, 0x21, 0x22, 0x26, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3a, 0x3d];

const codesWhere = (keep: (code: number) => boolean): number[] => Array.from({ length: 64 }, (_, code) => code).filter(keep);

describe('exception classes', () => {
  test('each of the 64 values has a row or is reserved', () => {
    expect(codesWhere((code) => exceptionClass(code) === null)).toEqual(RESERVED);
    expect(EXCEPTION_CLASS_ROWS).toHaveLength(64 - RESERVED.length);
  });

  test('the values that AArch32 alone can cause', () => {
    expect(codesWhere((code) => exceptionClass(code)?.aarch32 === true)).toEqual(AARCH32);
  });

  test('the values that no core up to v8.5 reports', () => {
    const modelled = new Set([null, 'PAuth', 'BTI', 'SVE', 'NV']);
    expect(codesWhere((code) => !modelled.has(exceptionClass(code)?.feature ?? null))).toEqual(LATER);
  });

  test('where IL is always 1, and where ISV decides', () => {
    expect(codesWhere((code) => exceptionClass(code)?.il === 'one')).toEqual(IL_ONE);
    expect(codesWhere((code) => exceptionClass(code)?.il === 'isv')).toEqual([0x24, 0x25]);
  });

  test('a pair is for a lower EL and the same EL', () => {
    expect(codesWhere((code) => exceptionClass(code)?.paired === true)).toEqual([0x20, 0x24, 0x30, 0x32, 0x34]);
  });

  test('names and codes of what a hypervisor meets', () => {
    expect([EC.WFx, EC.AdvSIMDFPAccess, EC.SVC64, EC.HVC64, EC.SMC64, EC.SysReg, EC.ERET]).toEqual([0x01, 0x07, 0x15, 0x16, 0x17, 0x18, 0x1a]);
    expect([EC.InstructionAbortLower, EC.DataAbortLower, EC.SError, EC.BRK64]).toEqual([0x20, 0x24, 0x2f, 0x3c]);
  });
});
