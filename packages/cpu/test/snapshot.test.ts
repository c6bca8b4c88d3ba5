/**
 * Snapshots: what runs after `restore` is what would have run after `save`, at any instruction and on any tier; and bytes
 * that are no snapshot are a SnapshotError that changes nothing.
 */
import { expect, test } from 'vitest';
import { EVENT, MAIR_EL1, PMCCNTR_EL0, PMCNTENSET_EL0, PMCR_EL0, PMEVCNTRn_EL0, PMEVTYPERn_EL0, SCTLR_EL1, TCR_EL1, TTBR0_EL1, VBAR_EL1 } from '../src/arch/index.ts';
import { createCpu, Sha256, SnapshotError, type StandaloneCpu } from '../src/index.ts';
import { Random } from './random-state.ts';

const RAM = 0x4000_0000;
const RAM_SIZE = 0x10_0000;
const TABLES = RAM + 0x4_0000;
const VECTORS = RAM + 0x2000;
const DATA = RAM + 0x8_0000;

/**
 * Stage 1 by pages; a loop that stores and loads over several of them, sums with flags, calls a function, takes an SVC
 * whose handler counts, and invalidates the TLB now and then.
 */
function program(translation: boolean): StandaloneCpu {
  const one = createCpu({ core: 'seattle-vhe', ram: { base: RAM, size: RAM_SIZE }, translation });
  const { cpu, ram } = one;
  ram.writeWords(RAM, [
    0x9100_0421, // add x1, x1, #1
    0x9240_1022, // and x2, x1, #0x1f
    0x8b02_3002, // add x2, x0, x2, lsl #12
    0xf940_0043, // ldr x3, [x2]
    0xab01_0063, // adds x3, x3, x1
    0xf900_0043, // str x3, [x2]
    0x9a9f_17e4, // cset-like: csinc x4, xzr, xzr, ne
    0x9400_0006, // bl .+24
    0xd400_0021, // svc #1
    0x7200_1c3f, // tst w1, #0xff
    0x54ff_fec1, // b.ne .-40
    0xd508_871f, // tlbi vmalle1
    0x17ff_fff4, // b .-48
    0xca03_00a5, // eor x5, x5, x3
    0x885f_7c06, // ldxr w6, [x0]
    0xd65f_03c0, // ret
  ]);
  ram.writeWords(VECTORS + 0x200, [0x9100_04e7, 0xd69f_03e0]); // add x7, x7, #1; eret
  ram.writeWords(TABLES, [0, 0, TABLES + 0x1003, 0]);
  // The first 2 MiB, and the same again every 16 MiB: translations that meet in one set of the TLB.
  ram.writeWords(TABLES + 0x1000, Array.from({ length: 64 }, (_, block) => [block % 8 === 0 ? TABLES + 0x2003 : 0, 0]).flat());
  ram.writeWords(TABLES + 0x2000, Array.from({ length: 256 }, (_, page) => [RAM + 0x1000 * page + 0x703, 0]).flat());
  cpu.reset(1, BigInt(RAM));
  cpu.setSystemRegister(MAIR_EL1, 0xffn);
  cpu.setSystemRegister(TCR_EL1, TCR_EL1.of({ T0SZ: 25, EPD1: 1, IPS: 2 }));
  cpu.setSystemRegister(TTBR0_EL1, BigInt(TABLES));
  cpu.setSystemRegister(VBAR_EL1, BigInt(VECTORS));
  cpu.setSystemRegister(SCTLR_EL1, SCTLR_EL1.of({ M: 1 }));
  cpu.setX(0, BigInt(DATA));
  return one;
}

/** With the checksum of what is there now: the contents are looked at. */
function sealed(bytes: Uint8Array): Uint8Array {
  bytes.set(new TextEncoder().encode(new Sha256().update(bytes.subarray(76)).hex()), 12);
  return bytes;
}

const walks = ({ cpu }: StandaloneCpu): number => cpu.events[EVENT.walkReference]!;

test.each([['Eval', false], ['all tiers', true]])('at any instruction, %s: the same digest and the same walks after restoring', (_, translation) => {
  const one = program(translation);
  const another = program(!translation);
  one.cpu.run(20_000);
  const random = new Random(7);
  for (let at = 0; at < 24; at++) {
    one.cpu.run(at < 12 ? 1 : random.below(700));
    const snapshot = one.save();
    const steps = 1 + random.below(3000);
    one.cpu.run(steps);
    const expected = [one.digest(), walks(one)];
    const other = at % 2 === 0 ? another : one;
    other.restore(snapshot);
    other.cpu.run(steps);
    expect([other.digest(), walks(other)]).toEqual(expected);
  }
});

test.each([['Eval', false], ['all tiers', true]])('a code page that data evicts from the TLB, %s: the same walks after restoring', (_, translation) => {
  const [one, other] = [program(translation), program(!translation)];
  // add x1, x1, #1; and x2, x1, #7; add x2, x0, x2, lsl #24; ldr x3, [x2]; b .-16
  for (const { cpu, ram } of [one, other]) {
    ram.writeWords(RAM, [0x9100_0421, 0x9240_0822, 0x8b02_6002, 0xf940_0043, 0x17ff_fffc]);
    cpu.setX(0, BigInt(RAM));
  }
  for (let at = 0; at < 20; at++) {
    one.cpu.run(at < 10 ? 1 : 997);
    const snapshot = one.save();
    one.cpu.run(300);
    const expected = [one.digest(), walks(one)];
    other.restore(snapshot);
    other.cpu.run(300);
    expect([other.digest(), walks(other)]).toEqual(expected);
  }
  expect(walks(one)).toBeGreaterThan(500);
});

test('counters of the PMU go on after restoring as they would have', () => {
  const [one, other] = [program(true), program(false)];
  const { cpu } = one;
  cpu.setSystemRegister(PMCR_EL0, PMCR_EL0.of({ E: 1, LC: 1 }));
  cpu.setSystemRegister(PMEVTYPERn_EL0[0]!, 0x08n);
  cpu.setSystemRegister(PMEVTYPERn_EL0[1]!, 0x09n);
  cpu.setSystemRegister(PMCNTENSET_EL0, 0x8000_0003n);
  for (let at = 0; at < 10; at++) {
    cpu.run(997);
    const snapshot = one.save();
    cpu.run(500);
    const expected = one.digest();
    other.restore(snapshot);
    other.cpu.run(500);
    expect(other.digest()).toBe(expected);
  }
  expect(other.cpu.getSystemRegister(PMCCNTR_EL0)).toBeGreaterThan(10_000n);
  expect(other.cpu.getSystemRegister(PMEVCNTRn_EL0[1]!)).toBeGreaterThan(100n);
});

test('a snapshot of what was restored is the snapshot itself', () => {
  const one = program(true);
  one.cpu.run(5000);
  const snapshot = one.save();
  const other = program(false);
  other.restore(snapshot);
  expect(Buffer.compare(other.save(), snapshot)).toBe(0);
});

test('a digest hashes only the pages that were written since the last', () => {
  const one = program(true);
  one.cpu.run(3000);
  one.digest();
  const first = one.digest();
  expect(one.hashedPages).toBe(0);
  one.ram.write(DATA + 0x2_0000, Uint8Array.of(1));
  expect(one.digest()).not.toBe(first);
  expect(one.hashedPages).toBe(1);
  one.cpu.run(14);
  one.digest();
  expect(one.hashedPages).toBe(1);
  one.cpu.run(50_000);
  const digest = one.digest();
  expect(one.hashedPages).toBe(32);
  const other = program(false);
  other.restore(one.save());
  expect(other.digest()).toBe(digest);
});

test('mutated snapshots are refused with a SnapshotError and change nothing, or run without an error of ours', () => {
  const one = program(false);
  one.cpu.run(2000);
  const snapshot = one.save();
  const victim = program(false);
  const before = victim.digest();
  const fresh = victim.save();
  const random = new Random(11);
  const header = snapshot.length - 16 * 4096;
  let refused = 0;
  for (let at = 0; at < 200; at++) {
    const mutated = snapshot.slice();
    for (let change = 0; change <= random.below(3); change++) mutated[random.below(at % 4 === 0 ? snapshot.length : Math.min(header, 9000))] = random.pick([0, 0xff, 0x80, random.below(256)]);
    try {
      victim.restore(at % 10 === 0 ? mutated.subarray(0, random.below(mutated.length)) : sealed(mutated));
    } catch (error) {
      expect(error).toBeInstanceOf(SnapshotError);
      refused++;
      continue;
    }
    victim.cpu.run(50);
    victim.restore(fresh);
  }
  expect(refused).toBeGreaterThan(50);
  expect(victim.digest()).toBe(before);
});

test.each([
  ['nothing', (_: Uint8Array) => new Uint8Array(0), 'snapshot, offset 0'],
  ['other bytes', (_: Uint8Array) => new Uint8Array(100), 'no snapshot'],
  ['a newer version', (bytes: Uint8Array) => bytes.fill(3, 8, 9), 'version 3, and this release reads version 2'],
  ['a changed byte', (bytes: Uint8Array) => bytes.fill(bytes.at(-1)! ^ 1, -1), 'the checksum is not that of the contents'],
  ['a file that was cut off', (bytes: Uint8Array) => bytes.subarray(0, -1), 'the checksum is not that of the contents'],
  ['too many sections', (bytes: Uint8Array) => sealed(bytes.fill(0xff, 76, 80)), 'the number of sections'],
  ['a section less', (bytes: Uint8Array) => sealed(bytes.fill(4, 76, 77)), 'bytes too many'],
  ['a name that is too long', (bytes: Uint8Array) => sealed(bytes.fill(0xff, 80, 84)), 'the length of a name'],
  ['another name', (bytes: Uint8Array) => sealed(bytes.fill(0x31, 86, 87)), 'pe0/state'],
  ['contents that are longer than all', (bytes: Uint8Array) => sealed(bytes.fill(0xff, 97, 101)), 'are wanted'],
])('%s instead of a snapshot', (_, damage, message) => {
  const one = program(false);
  expect(() => {
    one.restore(damage(one.save()));
  }).toThrow(message);
});

test('a core without EL2 refuses the snapshot of one that is at EL2', () => {
  const at2 = createCpu({ core: 'seattle' });
  const features = at2.cpu.features.without('EL2');
  expect(() => {
    createCpu({ core: 'seattle', features }).restore(at2.save());
  }).toThrow(SnapshotError);
});
