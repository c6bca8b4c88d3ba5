/** What walks do beside translating: hardware updates, cache maintenance, stage 2 faults by kind, aborts, and stale entries. */
import { describe, expect, test } from 'vitest';
import { FeatureSet } from '../src/arch/features.ts';
import { DATA, mapEl1, smallCpu, type SmallCpu } from './small-cpu.ts';

const FEATURES = FeatureSet.upTo('v8.2', 'mandatory').with('EL2', 'HAFDBS');
const MAPPED = 0x8000_0000n;
/** Where mapEl1 puts the leaf of MAPPED. */
const LEAF = 0x4001_2000n;
/** And the descriptor of the table that it is in. */
const LEVEL2 = 0x4001_1000n;
const AF = 1n << 10n;
const READ_ONLY = 1n << 7n;
const USER = 1n << 6n;
const DBM = 1n << 51n;
const PAGE = 0x4008_0003n;
const HA = 1n << 39n;
const HD = 1n << 40n;
const LDR = 0xf940_0001; // ldr x1, [x0]
const STR = 0xf900_0001; // str x1, [x0]

function run(words: readonly number[], leaf: bigint, tcr = 0n, before: (small: SmallCpu) => void = () => undefined): SmallCpu {
  const small = smallCpu(1, words, FEATURES);
  mapEl1(small, [leaf], tcr);
  small.setRegister('ESR_EL1', 0n);
  small.cpu.setX(0, MAPPED);
  before(small);
  small.cpu.run(words.length);
  return small;
}

const outcome = (small: SmallCpu): readonly [bigint, bigint] => [small.register('ESR_EL1'), small.peek(LEAF)];

describe('FEAT_HAFDBS at stage 1', () => {
  test('HA sets the access flag; without it the access faults; a permission fault leaves it', () => {
    expect(outcome(run([LDR], PAGE, HA))).toEqual([0n, PAGE | AF]);
    expect(outcome(run([LDR], PAGE))).toEqual([0x9600_000bn, PAGE]);
    expect(outcome(run([STR], PAGE | READ_ONLY, HA))).toEqual([0x9600_004fn, PAGE | READ_ONLY]);
  });

  test('HD clears AP[2] of a page with DBM on the first store, also when a load has cached it; a load alone does not', () => {
    const clean = PAGE | AF | READ_ONLY | DBM;
    expect(outcome(run([LDR], clean, HA | HD))).toEqual([0n, clean]);
    expect(outcome(run([STR], clean, HA | HD))).toEqual([0n, PAGE | AF | DBM]);
    expect(outcome(run([LDR, STR], clean, HA | HD))).toEqual([0n, PAGE | AF | DBM]);
    expect(outcome(run([STR], clean, HA))).toEqual([0x9600_004fn, clean]);
    expect(outcome(run([STR], clean, HD))).toEqual([0x9600_004fn, clean]);
  });

  test('DC IVAC may invalidate a clean page, and leaves it clean', () => {
    const clean = PAGE | AF | READ_ONLY | DBM;
    expect(outcome(run([0xd508_7620], clean, HA | HD))).toEqual([0n, clean]);
    expect(outcome(run([0xd508_7620], clean, HA))).toEqual([0x9600_014fn, clean]);
  });

  test('AT reports a clean page as writable and leaves the descriptor', () => {
    const clean = PAGE | READ_ONLY | DBM;
    const small = run([0xd508_7820, 0xd538_7402], clean, HA | HD); // at s1e1w, x0; mrs x2, par_el1
    expect([small.cpu.getX(2) & 1n, small.peek(LEAF)]).toEqual([0n, clean]);
  });
});

/** Stage 2 with 40 bits of IPA from level 1: RAM flat, and the page at IPA 0x9000_0000 by level 3. */
const S2 = { LEVEL1: 0x4002_0000n, LEVEL2: 0x4002_2000n, LEVEL3: 0x4002_3000n } as const;
const S2_NORMAL = 0xfn << 2n;
const S2_RW = 3n << 6n;

function stage2(small: SmallCpu, leaf: bigint, vtcr = 0n): void {
  const { poke, setRegister } = small;
  poke(S2.LEVEL1 + 8n, 0x4000_0000n | AF | S2_RW | S2_NORMAL | 1n);
  poke(S2.LEVEL1 + 16n, S2.LEVEL2 | 3n);
  poke(S2.LEVEL2 + 8n * 128n, S2.LEVEL3 | 3n);
  poke(S2.LEVEL3, leaf);
  setRegister('VTCR_EL2', (1n << 31n) | 24n | (1n << 6n) | (2n << 16n) | vtcr);
  setRegister('VTTBR_EL2', S2.LEVEL1);
  setRegister('HCR_EL2', (1n << 31n) | 1n);
}

/** What a load of the second page of a block of stage 1 gives after a store of zero to the block's descriptor, and a TLBI of its first page. */
const INVALIDATE = [
  0xf940_0001, // ldr x1, [x0]
  0xf950_0002, // ldr x2, [x0, #8192]
  0xf900_011f, // str xzr, [x8]
  0xd503_3f9f, // dsb sy
  0xd508_8327, // tlbi vae1is, x7
  0xd503_3f9f, // dsb sy
  0xd503_3fdf, // isb
  0xf950_0004, // ldr x4, [x0, #8192]
];

test('a TLBI by address drops what came of a block of stage 1, though the pieces of stage 2 are smaller', () => {
  const small = run(INVALIDATE, PAGE | AF, 0n, (before) => {
    stage2(before, DATA | AF | S2_RW | S2_NORMAL | 3n);
    before.poke(S2.LEVEL3 + 16n, DATA | AF | S2_RW | S2_NORMAL | 3n);
    before.poke(DATA, 0xa1n);
    before.poke(LEVEL2, 0x9000_0000n | AF | 1n);
    before.cpu.setX(4, 0xdeadn);
    before.cpu.setX(7, MAPPED >> 12n);
    before.cpu.setX(8, LEVEL2);
  });
  expect([small.cpu.getX(1), small.cpu.getX(2), small.cpu.getX(4), small.register('ESR_EL1')]).toEqual([0xa1n, 0xa1n, 0xdeadn, 0x9600_0006n]);
});

describe('stage 2', () => {
  const VTCR_HA = 1n << 21n;
  const VTCR_HD = 1n << 22n;
  const leaf = 0x4008_0000n | S2_NORMAL | 3n;
  const through = (words: readonly number[], s2leaf: bigint, vtcr = 0n, x0 = MAPPED): SmallCpu =>
    run(words, 0x9000_0000n | AF | 3n, 0n, (small) => {
      stage2(small, s2leaf, vtcr);
      small.setRegister('ESR_EL2', 0n);
      small.cpu.setX(0, x0);
    });

  test('HA and HD manage its descriptors', () => {
    const esr = (small: SmallCpu): readonly [bigint, bigint] => [small.register('ESR_EL2'), small.peek(S2.LEVEL3)];
    expect(esr(through([LDR], leaf | S2_RW, VTCR_HA))).toEqual([0n, leaf | S2_RW | AF]);
    expect(esr(through([LDR], leaf | S2_RW))).toEqual([0x9380_0000n | (1n << 15n) | (1n << 16n) | 0x0bn | (1n << 22n), leaf | S2_RW]);
    const clean = leaf | AF | DBM | (1n << 6n);
    expect(esr(through([LDR, STR], clean, VTCR_HA | VTCR_HD))).toEqual([0n, leaf | AF | DBM | S2_RW]);
    expect(esr(through([STR], clean, VTCR_HA))[0] & 0x7fn).toBe(0x4fn);
  });

  test('a misaligned access to what it makes Device is its Alignment fault, to EL2', () => {
    const small = through([LDR], 0x4008_0000n | S2_RW | AF | 3n, 0n, MAPPED + 4n);
    expect([small.register('ESR_EL2') >> 26n, small.register('ESR_EL2') & 0xffn, small.register('ESR_EL1')]).toEqual([0x24n, 0x21n, 0n]);
  });

  test('the same after the page is in the TLB', () => {
    const small = through([LDR, 0xf840_4001], 0x4008_0000n | S2_RW | AF | 3n); // ldur x1, [x0, #4]
    expect([small.register('ESR_EL2') >> 26n, small.register('ESR_EL2') & 0xffn, small.register('ESR_EL1')]).toEqual([0x24n, 0x21n, 0n]);
  });

  test('hardware updates of stage 1 need its permission to write: S1PTW with WnR', () => {
    const small = run([LDR], PAGE, HA, (one) => {
      // The tables of stage 1 lie behind IPA 0x9000_0000 now, the last one read-only.
      one.poke(S2.LEVEL3, 0n);
      stage2(one, 0x4001_2000n | S2_NORMAL | (1n << 6n) | AF | 3n);
      one.poke(0x4001_1000n, 0x9000_0003n);
      one.setRegister('ESR_EL2', 0n);
    });
    expect([small.register('ESR_EL2'), small.register('HPFAR_EL2'), small.register('FAR_EL2')]).toEqual([0x9200_00cfn, 0x90_0000n, MAPPED]);
  });

  test('an IPA size beyond the implemented one faults at level 0', () => {
    const small = smallCpu(1, [0xd503_201f], FEATURES);
    stage2(small, leaf);
    small.setRegister('VTCR_EL2', (1n << 31n) | 22n | (1n << 6n) | (2n << 16n));
    small.cpu.run(1);
    expect(small.register('ESR_EL2')).toBe(0x8200_0004n);
  });
});

describe('cache maintenance by address', () => {
  const CVAC = 0xd50b_7a20; // dc cvac, x0
  const IVAC = 0xd508_7620;
  const IVAU = 0xd50b_7520; // ic ivau, x0
  const esr = (word: number, leaf: bigint): bigint => run([word], leaf).register('ESR_EL1');

  test('translates: faults have CM and WnR', () => {
    expect([CVAC, IVAC, IVAU].map((word) => esr(word, 0n))).toEqual([0x9600_0147n, 0x9600_0147n, 0x9600_0147n]);
    expect(esr(CVAC, PAGE)).toBe(0x9600_014bn);
    expect([CVAC, IVAC, IVAU].map((word) => esr(word, PAGE | AF))).toEqual([0n, 0n, 0n]);
  });

  test('needs the right to write to invalidate, and none to clean at EL1', () => {
    expect([CVAC, IVAC, IVAU].map((word) => esr(word, PAGE | AF | READ_ONLY))).toEqual([0n, 0x9600_014fn, 0n]);
  });

  test('needs the right to read at EL0', () => {
    const atEl0 = (leaf: bigint): bigint => {
      const small = smallCpu(1, [0xd69f_03e0, CVAC], FEATURES); // eret
      mapEl1(small, [leaf]);
      small.poke(0x4001_0008n, 0x4000_0000n | AF | USER | READ_ONLY | 1n);
      small.setRegister('SCTLR_EL1', 0x30d0_0801n | (1n << 26n));
      small.setRegister('ELR_EL1', 0x4000_0004n);
      small.setRegister('SPSR_EL1', 0x3c0n);
      small.setRegister('ESR_EL1', 0n);
      small.cpu.setX(0, MAPPED);
      small.cpu.run(2);
      return small.register('ESR_EL1');
    };
    expect([atEl0(PAGE | AF), atEl0(PAGE | AF | USER)]).toEqual([0x9200_014fn, 0n]);
  });
});

describe('address translation', () => {
  test('an External abort on the walk is an exception, to EL2 where HCR_EL2.TEA says so', () => {
    const AT = 0xd508_7800; // at s1e1r, x0
    const lost = (small: SmallCpu): void => small.poke(0x4001_0010n, 0xc000_0003n);
    expect(run([AT], PAGE | AF, 0n, lost).register('ESR_EL1')).toBe(0x9600_0156n);
    const toEl2 = run([AT], PAGE | AF, 0n, (small) => {
      lost(small);
      small.setRegister('HCR_EL2', (1n << 31n) | (1n << 37n));
    });
    expect(toEl2.register('ESR_EL2')).toBe(0x9200_0156n);
  });

  test('S1E1RP asks PSTATE.PAN, S1E1R does not', () => {
    const words = [0xd500_419f, 0xd508_7800, 0xd538_7402, 0xd508_7900, 0xd538_7403]; // msr pan, #1; at s1e1r; mrs x2; at s1e1rp; mrs x3, par_el1
    const small = run(words, PAGE | AF | USER);
    expect([small.cpu.getX(2) & 1n, small.cpu.getX(3) & 0xfffn]).toEqual([0n, 0x81fn]);
  });
});

test('TxSZ out of range is a Translation fault at level 0', () => {
  const small = run([LDR], PAGE | AF, 0n, (one) => one.setRegister('TCR_EL1', 40n | (1n << 23n)));
  expect(small.register('ESR_EL1')).toBe(0x8600_0004n);
});

test('an entry that is used while the tables say otherwise is told of; an invalidated table is not, and neither is a TLBI in time', () => {
  const told: number[] = [];
  const used = (change: (small: SmallCpu) => void, second = LDR): void => {
    const small = smallCpu(1, [LDR, second, LDR], FEATURES);
    mapEl1(small, [PAGE | AF]);
    small.cpu.memory.staleTranslation = ({ cached, walked }) => told.push(cached, walked);
    small.cpu.setX(0, MAPPED);
    small.cpu.run(1);
    change(small);
    small.cpu.run(second === LDR ? 1 : 2);
  };
  used((small) => small.poke(LEAF, 0n));
  used((small) => small.poke(LEAF, 0x4009_0003n | AF), 0xd508_871f); // tlbi vmalle1
  expect(told).toEqual([]);
  used((small) => small.poke(LEAF, 0x4009_0003n | AF));
  expect([...new Set(told)]).toEqual([Number(DATA), 0x4009_0000]);
});
