/**
 * Features are switches: for each, the field that reports it, an encoding that it allocates, and a control bit that it
 * brings, as the manual gives them (DDI 0487, the description of each ID register and instruction). Off: the field says
 * absent, the encoding is UNDEFINED and the bit RES0; on: none of it.
 */
import { expect, test } from 'vitest';
import { FEATURES, FeatureSet, SYSTEM_REGISTERS, withFeature, withoutFeature, type Feature } from '../src/arch/index.ts';
import { CORES, createCpu, type StandaloneCpu } from '../src/index.ts';
import { idRegisterValues } from '../src/sysreg/id-values.ts';

const CODE = 0x4000_0000;
const EVERYTHING = FeatureSet.upTo('v8.5', 'mandatory').with(
  'EL2', 'CRC32', 'AES', 'PMULL', 'SHA1', 'SHA256', 'PMUv3', 'DoubleLock', 'HAFDBS', 'VMID16', 'PMUv3p1', 'IESB', 'HPDS2', 'EVT', 'FP16', 'DotProd', 'FHM', 'SHA512', 'SHA3', 'SM3',
  'SM4', 'CCIDX', 'PMUv3p4', 'RASv1p1', 'BBM', 'PMUv3p5',
);

/** `ID register shift >=value | instruction word, UNDEFINED without | register.bit that is RES0 without`; `-` where there is none. */
const SWITCHES: Readonly<Partial<Record<Feature, string>>> = {
  CRC32: 'ID_AA64ISAR0_EL1 16 1 | 1ac04000 | -',
  AES: 'ID_AA64ISAR0_EL1 4 1 | 4e284800 | -',
  PMULL: 'ID_AA64ISAR0_EL1 4 2 | 0ee0e000 | -',
  SHA1: 'ID_AA64ISAR0_EL1 8 1 | 5e280800 | -',
  SHA256: 'ID_AA64ISAR0_EL1 12 1 | 5e004000 | -',
  SHA512: 'ID_AA64ISAR0_EL1 12 2 | ce608000 | -',
  LSE: 'ID_AA64ISAR0_EL1 20 2 | b8200000 | -',
  RDM: 'ID_AA64ISAR0_EL1 28 1 | 2e408400 | -',
  SHA3: 'ID_AA64ISAR0_EL1 32 1 | ce000000 | -',
  SM3: 'ID_AA64ISAR0_EL1 36 1 | ce400000 | -',
  SM4: 'ID_AA64ISAR0_EL1 40 1 | cec08400 | -',
  DotProd: 'ID_AA64ISAR0_EL1 44 1 | 0e809400 | -',
  FHM: 'ID_AA64ISAR0_EL1 48 1 | 0e20ec00 | -',
  FlagM: 'ID_AA64ISAR0_EL1 52 1 | d500401f | -',
  FlagM2: 'ID_AA64ISAR0_EL1 52 2 | d500405f | -',
  TLBIOS: 'ID_AA64ISAR0_EL1 56 1 | d508811f | -',
  TLBIRANGE: 'ID_AA64ISAR0_EL1 56 2 | d5088620 | -',
  DPB: 'ID_AA64ISAR1_EL1 0 1 | d50b7c20 | -',
  DPB2: 'ID_AA64ISAR1_EL1 0 2 | d50b7d20 | -',
  JSCVT: 'ID_AA64ISAR1_EL1 12 1 | 1e7e0000 | -',
  FCMA: 'ID_AA64ISAR1_EL1 16 1 | 6e80e400 | -',
  LRCPC: 'ID_AA64ISAR1_EL1 20 1 | b8bfc000 | -',
  LRCPC2: 'ID_AA64ISAR1_EL1 20 2 | 99400000 | -',
  FRINTTS: 'ID_AA64ISAR1_EL1 32 1 | 1e684000 | -',
  SB: 'ID_AA64ISAR1_EL1 36 1 | d50330ff | -',
  SPECRES: 'ID_AA64ISAR1_EL1 40 1 | d50b7380 | -',
  HAFDBS: 'ID_AA64MMFR1_EL1 0 1 | - | TCR_EL1.39',
  VMID16: 'ID_AA64MMFR1_EL1 4 2 | - | VTCR_EL2.19',
  VHE: 'ID_AA64MMFR1_EL1 8 1 | d53cd020 | HCR_EL2.34',
  HPDS: 'ID_AA64MMFR1_EL1 12 1 | - | TCR_EL1.41',
  HPDS2: 'ID_AA64MMFR1_EL1 12 2 | - | TCR_EL1.43',
  LOR: 'ID_AA64MMFR1_EL1 16 1 | 88df7c00 | HCR_EL2.35',
  PAN: 'ID_AA64MMFR1_EL1 20 1 | d500409f | -',
  PAN2: 'ID_AA64MMFR1_EL1 20 2 | d5087900 | -',
  XNX: 'ID_AA64MMFR1_EL1 28 1 | - | -',
  TTCNP: 'ID_AA64MMFR2_EL1 0 1 | - | TTBR0_EL1.0',
  UAO: 'ID_AA64MMFR2_EL1 4 1 | d500407f | -',
  IESB: 'ID_AA64MMFR2_EL1 12 1 | - | SCTLR_EL1.21',
  CCIDX: 'ID_AA64MMFR2_EL1 20 1 | d5390040 | -',
  TTST: 'ID_AA64MMFR2_EL1 28 1 | - | -',
  LSE2: 'ID_AA64MMFR2_EL1 32 1 | - | SCTLR_EL1.6',
  IDST: 'ID_AA64MMFR2_EL1 36 1 | - | -',
  S2FWB: 'ID_AA64MMFR2_EL1 40 1 | - | HCR_EL2.46',
  TTL: 'ID_AA64MMFR2_EL1 48 1 | - | -',
  BBM: 'ID_AA64MMFR2_EL1 52 1 | - | -',
  EVT: 'ID_AA64MMFR2_EL1 56 1 | - | HCR_EL2.49',
  E0PD: 'ID_AA64MMFR2_EL1 60 1 | - | TCR_EL1.55',
  FP16: 'ID_AA64PFR0_EL1 16 1 | 1ee02800 | FPCR.19',
  RAS: 'ID_AA64PFR0_EL1 28 1 | d538c120 | HCR_EL2.36',
  RASv1p1: 'ID_AA64PFR0_EL1 28 2 | - | HCR_EL2.47',
  DIT: 'ID_AA64PFR0_EL1 48 1 | d503405f | -',
  CSV2_2: 'ID_AA64PFR0_EL1 56 2 | d538d0e0 | HCR_EL2.53',
  SSBS2: 'ID_AA64PFR1_EL1 4 2 | d53b42c0 | -',
  PMUv3: 'ID_AA64DFR0_EL1 8 1 | d53b9c00 | MDCR_EL2.6',
  PMUv3p1: 'ID_AA64DFR0_EL1 8 4 | - | MDCR_EL2.17',
  PMUv3p5: 'ID_AA64DFR0_EL1 8 6 | - | MDCR_EL2.26',
  TRF: 'ID_AA64DFR0_EL1 40 1 | d5381220 | MDCR_EL2.19',
};

const key = (name: string): number => SYSTEM_REGISTERS.byName(name)!.key;

function core(features: FeatureSet): StandaloneCpu {
  return createCpu({ features, translation: false });
}

/** EC of the exception that a word takes at EL2, or what became of it. */
function outcomeOf({ cpu, ram }: StandaloneCpu, word: number): string {
  ram.writeWords(CODE, [word]);
  cpu.reset(2, BigInt(CODE));
  cpu.setX(0, BigInt(CODE + 0x1000));
  cpu.setSystemRegister(SYSTEM_REGISTERS.byName('HCR_EL2')!, (1n << 34n) | (1n << 31n));
  cpu.setSystemRegister(SYSTEM_REGISTERS.byName('CPTR_EL2')!, 3n << 20n);
  const outcome = cpu.run(1);
  if (outcome !== 'budget') return outcome;
  return cpu.exceptions.takenTo(2, 0) > 0 ? 'UNDEFINED' : 'executed';
}

function isWritable({ cpu }: StandaloneCpu, register: string, bit: number): boolean {
  cpu.reset(2, BigInt(CODE));
  cpu.sysregs.value.set([0xffff_ffff, 0xffff_ffff]);
  cpu.sysregs.write(key(register), 0);
  cpu.sysregs.read(key(register), 0);
  return ((cpu.sysregs.value[bit >> 5]! >>> (bit & 31)) & 1) === 1;
}

test.each(Object.entries(SWITCHES))('FEAT_%s', (name, facts) => {
  const feature = name as Feature;
  const [id = '', word = '', control = ''] = facts.split(' | ');
  const [register = '', shift = '', least = ''] = id.split(' ');
  for (const [isOn, features] of [[true, withFeature(EVERYTHING, feature)], [false, withoutFeature(EVERYTHING, feature)]] as const) {
    const one = core(features);
    const field = (one.cpu.sysregs.peek(key(register))! >> BigInt(shift)) & 15n;
    expect(field >= BigInt(least) && field !== 15n, `${register} is ${field.toString()}`).toBe(isOn);
    if (word !== '-') expect(outcomeOf(one, parseInt(word, 16)) !== 'UNDEFINED', `${word} executes`).toBe(isOn);
    const [controlled = '', bit = ''] = control.split('.');
    if (control !== '-') expect(isWritable(one, controlled, Number(bit)), `${control} can be written`).toBe(isOn);
  }
});

test('every field of an ID register that a feature names is absent without it, and there with it', () => {
  const identified = Object.entries(FEATURES).filter(([, { id, since }]) => id !== null && since !== 'later');
  for (const [name, { id }] of identified) {
    const [, register = '', field = '', least = ''] = /^(\w+)\.(\w+)>=(\d+)$/.exec(id!)!;
    const row = SYSTEM_REGISTERS.byName(register)!;
    const valueOf = (features: FeatureSet): bigint => row.field(field).get(idRegisterValues(features, CORES.generic).get(register) ?? 0n);
    const isPresent = (value: bigint): boolean => value !== 15n && value >= BigInt(least);
    const feature = name as Feature;
    expect([name, isPresent(valueOf(withFeature(EVERYTHING, feature))), isPresent(valueOf(withoutFeature(EVERYTHING, feature)))]).toEqual([name, true, false]);
  }
});

test.each([
  // Register, FEAT_VHE and FEAT_VMID16 or not, what reads back after all zeros, and bits that do not read back after all ones.
  ['TTBR0_EL2', 'VHE', 0n, 0xffffn << 48n],
  // TBI0, TG1, EPD1, T1SZ of the layout with E2H; bits 31 and 23 are RES1 without it.
  ['TCR_EL2', 'VHE', 0x8080_0000n, 0xffff_ffffn << 32n],
  // TTA (bit 28) and the high bit of FPEN of the layout with E2H; RES1 is 13:12 and 9:0 without SVE and SME.
  ['CPTR_EL2', 'VHE', 0x33ffn, 0x1020_0000n],
  // UCI, E0E, nTWE, UCT, DZE, UMA; RES1 is 29:28, 23:22, 18, 16, 11, 5:4.
  ['SCTLR_EL2', 'VHE', 0x30c5_0830n, 0x0500_c200n],
  ['VTTBR_EL2', 'VMID16', 0n, 0xffn << 56n],
] as const)('%s without FEAT_%s keeps none of the bits that it brings', (register, feature, atLeast, reserved) => {
  for (const isOn of [false, true]) {
    const { cpu } = core(isOn ? EVERYTHING : withoutFeature(EVERYTHING, feature));
    const row = SYSTEM_REGISTERS.byName(register)!;
    const writeAndRead = (word: number): bigint => {
      cpu.reset(2, BigInt(CODE));
      cpu.sysregs.value.set([word, word]);
      cpu.sysregs.write(row.key, 0);
      return cpu.getSystemRegister(row)!;
    };
    expect([writeAndRead(0) === atLeast, (writeAndRead(0xffff_ffff) & reserved) === 0n]).toEqual([!isOn || atLeast === 0n, !isOn]);
  }
});
