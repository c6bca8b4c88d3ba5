/** System registers and controls, where QEMU is no reference: found by `npm run check:system` or by reading the manual. */
import { expect, test } from 'vitest';
import { FeatureSet } from '../src/arch/features.ts';
import { CODE, mapEl1, smallCpu } from './small-cpu.ts';

const E2H = 1n << 34n;
const RW = 1n << 31n;
/** SPSR of EL1h, DAIF set. */
const EL1H = 0x3c5n;

test('the trap enables of FPCR are RAZ/WI, the rest is kept', () => {
  const { cpu, setRegister } = smallCpu(1, [0xd51b4400, 0xd53b4401]); // msr fpcr, x0; mrs x1, fpcr
  setRegister('CPACR_EL1', 3n << 20n);
  cpu.setX(0, 0xffff_ffffn);
  cpu.run(2);
  expect(cpu.getX(1)).toBe(0x07c0_0000n);
});

test('the OS lock is set by reset', () => {
  const { cpu } = smallCpu(1, [0xd5301181]); // mrs x1, oslsr_el1
  cpu.run(1);
  expect(cpu.getX(1)).toBe(0b1010n);
});

test('DCZID_EL0.DZP shows at EL1 that HCR_EL2.TDZ traps DC ZVA', () => {
  const { cpu, setRegister } = smallCpu(2, [0xd69f03e0, 0xd53b00e1]); // eret; mrs x1, dczid_el0
  setRegister('HCR_EL2', RW | (1n << 28n));
  setRegister('ELR_EL2', CODE + 4n);
  setRegister('SPSR_EL2', EL1H);
  cpu.run(2);
  expect(cpu.getX(1)).toBe(0x14n);
});

test('an access to FPCR that CPACR_EL1 traps is a trapped FP access', () => {
  const small = smallCpu(1, [0xd53b4401]); // mrs x1, fpcr
  small.setRegister('CPACR_EL1', 0n);
  small.cpu.run(1);
  expect(small.register('ESR_EL1')).toBe(0x1fe0_0000n);
});

test('SP_EL0 is UNDEFINED while it is the stack pointer in use', () => {
  const small = smallCpu(1, [0xd5384101, 0xd50040bf, 0xd5384101]); // mrs x1, sp_el0; msr spsel, #0; mrs x1, sp_el0
  small.cpu.run(2);
  expect(small.cpu.pc).toBe(CODE + 8n);
  small.cpu.run(1);
  expect([small.register('ESR_EL1'), small.register('ELR_EL1')]).toEqual([0x0200_0000n, CODE + 8n]);
});

test('HVC at EL1 with HCR_EL2.HCD is UNDEFINED', () => {
  const small = smallCpu(2, [0xd69f03e0, 0xd4000022]); // eret; hvc #1
  small.setRegister('HCR_EL2', RW | (1n << 29n));
  small.setRegister('ELR_EL2', CODE + 4n);
  small.setRegister('SPSR_EL2', EL1H);
  small.cpu.run(2);
  expect([small.register('ESR_EL1'), small.register('ELR_EL1')]).toEqual([0x0200_0000n, CODE + 4n]);
});

test('SCTLR_EL2 keeps with E2H 0 the bits that only the layout of E2H 1 has', () => {
  const small = smallCpu(2, [0xd503201f]);
  const UCT = 1n << 15n;
  small.setRegister('SCTLR_EL2', UCT);
  small.setRegister('HCR_EL2', RW | E2H);
  expect(small.register('SCTLR_EL2') & UCT).toBe(UCT);
});

test('an input of 25 bits (T0SZ 39): an address above is a Translation fault of level 0', () => {
  const small = smallCpu(1, []);
  mapEl1(small);
  small.setRegister('TCR_EL1', 39n | (1n << 23n) | (2n << 32n));
  const { walker, translation } = small.cpu.memory;
  expect(walker.translateStage1('EL1&0', 1 << 25, 0, 'read', translation)).toBe(false);
  expect([translation.fault, translation.level]).toEqual(['TRANSLATION', 0]);
});

test('a block descriptor at level 0 of the 4 KiB granule is reserved: a Translation fault', () => {
  const small = smallCpu(1, []);
  mapEl1(small);
  small.setRegister('TCR_EL1', 16n | (1n << 23n) | (2n << 32n));
  small.poke(0x4002_0000n, 0x401n);
  small.setRegister('TTBR0_EL1', 0x4002_0000n);
  const { walker, translation } = small.cpu.memory;
  expect(walker.translateStage1('EL1&0', 0, 0, 'read', translation)).toBe(false);
  expect([translation.fault, translation.level]).toEqual(['TRANSLATION', 0]);
});

test('PAR_EL1 has the attributes of the mapping, and Outer Shareable for Device memory', () => {
  const small = smallCpu(1, [0xd5087800, 0xd5387401, 0xd5087803, 0xd5387404], FeatureSet.upTo('v8.2', 'mandatory')); // at s1e1r, x0; mrs x1, par_el1; at s1e1r, x3 ...
  mapEl1(small, [0x4008_0403n, 0x4008_0407n]);
  small.cpu.setX(0, 0x8000_0000n);
  small.cpu.setX(3, 0x8000_1000n);
  small.cpu.run(4);
  expect([small.cpu.getX(1), small.cpu.getX(4)].map((par) => par & ~(1n << 9n))).toEqual([0xff00_0000_4008_0800n, 0x0000_0000_4008_0900n]);
});

test('WFI traps while nothing is pending, and ends where a virtual SError is', () => {
  const small = smallCpu(2, [0xd69f03e0, 0xd503207f]); // eret; wfi
  const TWI_AMO = (1n << 13n) | (1n << 5n);
  const start = (hcr: bigint): void => {
    small.cpu.reset(2, CODE);
    small.setRegister('HCR_EL2', RW | hcr);
    small.setRegister('ESR_EL2', 0n);
    small.setRegister('ELR_EL2', CODE + 4n);
    small.setRegister('SPSR_EL2', EL1H);
    small.cpu.run(2);
  };
  start(TWI_AMO);
  expect([small.register('ESR_EL2'), small.register('ELR_EL2')]).toEqual([0x07e0_0000n, CODE + 4n]);
  start(TWI_AMO | (1n << 8n));
  expect([small.register('ESR_EL2'), small.cpu.pc, small.cpu.waiting]).toEqual([0n, CODE + 8n, null]);
});

test('an exception return is an event: the WFE behind it ends, the next one traps', () => {
  const small = smallCpu(2, [0xd69f03e0, 0xd503205f, 0xd503205f]); // eret; wfe; wfe
  small.setRegister('HCR_EL2', RW | (1n << 14n));
  small.setRegister('ESR_EL2', 0n);
  small.setRegister('ELR_EL2', CODE + 4n);
  small.setRegister('SPSR_EL2', EL1H);
  small.cpu.run(2);
  expect([small.register('ESR_EL2'), small.cpu.pc]).toEqual([0n, CODE + 8n]);
  small.cpu.run(1);
  expect([small.register('ESR_EL2'), small.register('ELR_EL2')]).toEqual([0x07e0_0001n, CODE + 8n]);
});

test('an illegal return restores PSTATE.PAN', () => {
  const small = smallCpu(2, [0xd69f03e0, 0xd503201f]); // eret; nop
  small.setRegister('ELR_EL2', CODE + 4n);
  small.setRegister('SPSR_EL2', 0x0040_03cdn);
  small.cpu.run(2);
  expect([small.register('ESR_EL2'), small.register('SPSR_EL2')]).toEqual([0x3a00_0000n, 0x0050_03c9n]);
});

test('ESB defers a virtual SError that is masked, with the syndrome of VSESR_EL2; EL1 finds it in DISR_EL1', () => {
  const small = smallCpu(2, [0xd69f03e0, 0xd503221f, 0xd538c120]); // eret; esb; mrs x0, disr_el1
  small.setRegister('HCR_EL2', RW | (1n << 8n) | (1n << 5n));
  small.setRegister('VSESR_EL2', 0x1abcdefn);
  small.setRegister('ELR_EL2', CODE + 4n);
  small.setRegister('SPSR_EL2', EL1H);
  small.cpu.run(3);
  expect([small.cpu.getX(0), small.register('HCR_EL2') & (1n << 8n)]).toEqual([0x81abcdefn, 0n]);
});

test('ESB defers a physical SError that is masked; without ESB it stays pending and is taken', () => {
  const small = smallCpu(1, [0xd503221f, 0xd538c120, 0xd50344ff]); // esb; mrs x0, disr_el1; msr daifclr, #4
  small.setRegister('DISR_EL1', 0n);
  small.cpu.pendSError();
  small.cpu.run(3);
  expect([small.cpu.getX(0), small.cpu.pc]).toEqual([0x8000_0000n, CODE + 12n]);
  const other = smallCpu(1, [0xd503201f, 0xd503201f, 0xd50344ff]); // nop; nop; msr daifclr, #4
  other.cpu.pendSError();
  other.cpu.run(4);
  expect([other.register('ESR_EL1'), other.register('ELR_EL1')]).toEqual([0xbe00_0000n, CODE + 12n]);
});

test('SYSL has no operation: it is UNDEFINED, also where SYS of that encoding is DC ZVA', () => {
  const small = smallCpu(1, [0xd52b7421]); // sysl x1, #3, c7, c4, #1
  small.cpu.run(1);
  expect([small.register('ESR_EL1'), small.register('ELR_EL1')]).toEqual([0x0200_0000n, CODE]);
});

test('an odd PC is a PC alignment fault before the address is looked at', () => {
  const small = smallCpu(1, [0xd61f0000]); // br x0
  small.cpu.setX(0, 0xffff_ffff_ffff_ffffn);
  small.cpu.run(2);
  expect([small.register('ESR_EL1'), small.register('FAR_EL1')]).toEqual([0x8a00_0000n, 0xffff_ffff_ffff_ffffn]);
});

test.each([
  // Less, equal, greater, unordered: as FCMP leaves them, and as AXFLAG does (DDI 0487, "AXFLAG", "XAFLAG").
  [0b1000, 0b0000], [0b0110, 0b0110], [0b0010, 0b0010], [0b0011, 0b0100],
])('AXFLAG makes of %i %i, and XAFLAG the other way', (arm, other) => {
  const features = FeatureSet.upTo('v8.2', 'mandatory').with('FlagM', 'FlagM2');
  for (const [word, from, to] of [[0xd500405f, arm, other], [0xd500403f, other, arm]] as const) {
    const { cpu } = smallCpu(1, [word], features);
    cpu.state.nzcv = from;
    cpu.run(1);
    expect(cpu.state.nzcv).toBe(to);
  }
});
