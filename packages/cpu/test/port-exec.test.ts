/**
 * The port's shortcuts beside `exec` of the row that they stand for: two PEs in the same random state, one does the one
 * and one the other, and afterwards the whole PE block, the counted events and the counters are the same, traps and faults included.
 */
import { expect, test } from 'vitest';
import { CPTR_EL2, EVENT, EVENTS, HCR_EL2, SCTLR_EL2, sysOpByName, SYSTEM_REGISTERS, type AnyRegister } from '../src/arch/index.ts';
import { createCpu, NativeTextRegion, PePort, X_BASE, SP_BASE, type StandaloneCpu } from '../src/index.ts';
import { MODE, PE, PE_STRIDE } from '../src/engine/layout.ts';
import { InvariantError } from '../src/invariant.ts';
import { Random, rowNamed } from './random-state.ts';

const RAM = 0x4000_0000;

interface Side {
  readonly one: StandaloneCpu;
  readonly port: PePort;
}

function side(): Side {
  const text = new NativeTextRegion(0x0b00_0000, 0x1_0000);
  const one = createCpu({ core: 'generic', translation: false, ports: { isNative: (address) => text.contains(address) } });
  const port = new PePort(0, one.cpu, text, { run: () => 'stop' });
  const back = (): void => void port.eret();
  const vectors = text.placeVectors('vectors', new Array<() => void>(16).fill(back));
  const label = text.place('here');
  one.cpu.reset(2, BigInt(label));
  one.cpu.setSystemRegister(register('VBAR_EL1'), BigInt(vectors));
  one.cpu.setSystemRegister(register('VBAR_EL2'), BigInt(vectors));
  return { one, port };
}

const register = (name: string): AnyRegister => SYSTEM_REGISTERS.byName(name)!;
const key = (name: string): number => register(name).key;

/** A random state of both sides: registers that are pointers, aligned or not, into RAM or not; traps; EL1 or EL2. */
function randomise(sides: readonly Side[], random: Random): void {
  const el = random.pick([1, 2]);
  const hcr = HCR_EL2.of({ RW: 1, TVM: random.below(2), TRVM: random.below(2), TID3: random.below(2), TTLB: random.below(2), TPU: random.below(2), TWI: random.below(2), E2H: random.below(2) });
  const fp = random.below(3);
  const pointers = Array.from({ length: 31 }, () => BigInt(random.pick([RAM, RAM, RAM, 0x10_0000]) + 16 * random.below(256) + random.pick([0, 0, 0, 8, 1])));
  const vectors = Array.from({ length: 32 }, () => (BigInt(random.word() >>> 0) << 96n) | BigInt(random.word() >>> 0));
  for (const { one: { cpu } } of sides) {
    cpu.setSystemRegister(register('HCR_EL2'), hcr);
    cpu.setSystemRegister(register('CPTR_EL2'), fp === 0 ? CPTR_EL2.of({ TFP: 1 }) : 3n << 20n);
    cpu.setSystemRegister(register('CPACR_EL1'), BigInt(fp) << 20n);
    cpu.state.set32(PE.MODE, el | MODE.SPSEL);
    cpu.contextChanged();
    pointers.forEach((value, n) => {
      cpu.setX(n, value);
    });
    vectors.forEach((value, n) => {
      cpu.setV(n, value);
    });
    cpu.state.put64(PE.SP, pointers[7]!);
    cpu.state.nzcv = random.below(1);
  }
}

/** One shortcut and the row that it is, on random operands. With cells: `into` is what a cell of the shortcut holds. */
interface Pair {
  readonly name: string;
  readonly shortcut: (port: PePort) => void;
  readonly row: string;
  readonly operands: Readonly<Record<string, number>>;
  /** The X register whose value a cell has before, and the one that a cell's value belongs to afterwards. */
  readonly from?: number;
  readonly to?: number;
}

const MOVED = ['TPIDR_EL1', 'TPIDR_EL2', 'SCTLR_EL1', 'TTBR0_EL1', 'ESR_EL1', 'FAR_EL12', 'ID_AA64PFR0_EL1', 'VTTBR_EL2', 'CONTEXTIDR_EL1', 'SPSR_EL1', 'CurrentEL', 'MPIDR_EL1', 'PAR_EL1', 'FPCR', 'CPTR_EL2'];

function fieldsOf(of: number): Readonly<Record<string, number>> {
  return { o0: (of >> 14) & 1, op1: (of >> 11) & 7, CRn: (of >> 7) & 15, CRm: (of >> 3) & 15, op2: of & 7 };
}

function pairs(random: Random): Pair[] {
  const [t, t2, n] = [random.below(15), 15 + random.below(15), random.below(31)];
  const moved = key(random.pick(MOVED));
  const offset = 8 * random.below(32);
  const base = X_BASE + n;
  const imm7 = random.below(64);
  const operation = sysOpByName(random.pick(['TLBI', 'IC', 'DC']), random.pick(['VMALLE1', 'IALLU', 'CIVAC', 'ZVA'])) ?? sysOpByName('DC', 'CVAC')!;
  return [
    { name: 'mrs', shortcut: (port) => { port.mrs(t, moved); }, row: 'MRS', operands: { ...fieldsOf(moved), Rt: t }, to: t },
    { name: 'msr', shortcut: (port) => { port.msr(moved, t); }, row: 'MSR_reg', operands: { ...fieldsOf(moved), Rt: t }, from: t },
    { name: 'msrImm', shortcut: (port) => { port.msrImm((3 << 3) | 6, imm7 & 15); }, row: 'MSR_DAIFSet', operands: { CRm: imm7 & 15 } },
    { name: 'ldr', shortcut: (port) => { port.ldr(t, base, offset); }, row: 'LDR_imm_off', operands: { sz: 1, imm12: offset / 8, Rn: n, Rt: t }, to: t },
    { name: 'str', shortcut: (port) => { port.str(t, base, offset); }, row: 'STR_imm_off', operands: { sz: 1, imm12: offset / 8, Rn: n, Rt: t }, from: t },
    { name: 'ldr32', shortcut: (port) => { port.ldr32(t, base, offset); }, row: 'LDR_imm_off', operands: { sz: 0, imm12: offset / 4, Rn: n, Rt: t }, to: t },
    { name: 'str32', shortcut: (port) => { port.str32(t, base, offset); }, row: 'STR_imm_off', operands: { sz: 0, imm12: offset / 4, Rn: n, Rt: t }, from: t },
    { name: 'ldrX', shortcut: (port) => { port.ldrX(t, base, offset); }, row: 'LDR_imm_off', operands: { sz: 1, imm12: offset / 8, Rn: n, Rt: t } },
    { name: 'strX', shortcut: (port) => { port.strX(t, SP_BASE, offset); }, row: 'STR_imm_off', operands: { sz: 1, imm12: offset / 8, Rn: 31, Rt: t } },
    { name: 'ldpX', shortcut: (port) => { port.ldpX(t, t2, base, 8 * imm7); }, row: 'LDP_off', operands: { sz: 1, imm7, Rt2: t2, Rn: n, Rt: t } },
    { name: 'stpX', shortcut: (port) => { port.stpX(t, t2, base, 8 * imm7); }, row: 'STP_off', operands: { sz: 1, imm7, Rt2: t2, Rn: n, Rt: t } },
    { name: 'pushX', shortcut: (port) => { port.pushX(t, t2); }, row: 'STP_pre', operands: { sz: 1, imm7: 126, Rt2: t2, Rn: 31, Rt: t } },
    { name: 'popX', shortcut: (port) => { port.popX(t, t2); }, row: 'LDP_post', operands: { sz: 1, imm7: 2, Rt2: t2, Rn: 31, Rt: t } },
    { name: 'ldpQ', shortcut: (port) => { port.ldpQ(t, t2, base, 16 * imm7); }, row: 'LDP_off_fpsimd', operands: { opc: 2, imm7, Rt2: t2, Rn: n, Rt: t } },
    { name: 'stpQ', shortcut: (port) => { port.stpQ(t, t2, base, 16 * imm7); }, row: 'STP_off_fpsimd', operands: { opc: 2, imm7, Rt2: t2, Rn: n, Rt: t } },
    { name: 'isb', shortcut: (port) => { port.isb(); }, row: 'ISB', operands: { CRm: 15 } },
    { name: 'dsb', shortcut: (port) => { port.dsb(11); }, row: 'DSB', operands: { CRm: 11 } },
    { name: 'dmb', shortcut: (port) => { port.dmb(9); }, row: 'DMB', operands: { CRm: 9 } },
    { name: 'hint', shortcut: (port) => { port.hint(0); }, row: 'NOP', operands: {} },
    { name: 'sys', shortcut: (port) => { port.sys(operation.key, t); }, row: 'SYS', operands: { ...fieldsOf(operation.key), Rt: t }, from: t },
    { name: 'wfi', shortcut: (port) => { port.wfi(); }, row: 'WFI', operands: {} },
    { name: 'wfe', shortcut: (port) => { port.wfe(); }, row: 'WFE', operands: {} },
    { name: 'sev', shortcut: (port) => { port.sev(); }, row: 'SEV', operands: {} },
  ];
}

/** The block without what is not state: budget, leave reason, miss, banks, the operands that lazy flags leave behind. */
function stateOf({ one: { cpu, ram }, port }: Side): Readonly<Record<string, number>> {
  const { i32, word } = cpu.state;
  const words = i32.slice(word, word + PE_STRIDE / 4);
  for (const [from, to] of [[PE.BUDGET, PE.MODE], [PE.COUNTS, PE.SP_EL]] as const) words.fill(0, from >> 2, to >> 2);
  const { counters } = port;
  const counted = [counters.reads, counters.writes, counters.frameWordsLoaded + counters.contextWordsLoaded, counters.frameWordsStored + counters.contextWordsStored];
  return Object.fromEntries([
    ...[...words].map((value, at) => [`PE+0x${(4 * at).toString(16)}`, value]),
    ...EVENTS.map((name, at) => [name, cpu.events[at]]),
    ...counted.map((value, at) => [`counter ${String(at)}`, value]),
    ['RAM', ram.readWords(RAM, 0x800).reduce((sum, value) => (Math.imul(sum, 31) + value) | 0, 0)],
  ]) as Record<string, number>;
}

test.each([['Device memory', false], ['memory that a bank answers for', true]])('each shortcut leaves what exec of its row leaves, in %s', (_, isMapped) => {
  const random = new Random(5);
  const [left, right] = [side(), side()];
  if (isMapped) [left, right].forEach(mapEl2);
  const seen = new Set<string>();
  for (let round = 0; round < 20; round++) {
    for (const { name, shortcut, row, operands, from, to } of pairs(random)) {
      randomise([left, right], random);
      // Nothing asks for attention, which would keep a bank from being asked.
      for (const { port } of [left, right]) port.hint(0);
      const { cells } = left.port;
      const x = (n: number): number => PE.X + 8 * n;
      const held = from ?? to;
      if (held !== undefined) cells.set([left.one.cpu.state.lo(x(held)), left.one.cpu.state.hi(x(held))], 2 * held);
      const before = left.one.cpu.events[1];
      shortcut(left.port);
      if (to !== undefined) left.one.cpu.state.set64(x(to), cells[2 * to]!, cells[2 * to + 1]!);
      right.port.exec(rowNamed(row), operands);
      const faulted = left.one.cpu.events[1] !== before;
      seen.add(`${name} ${faulted ? 'faults' : 'done'}`);
      // A cell counts as context and a register as frame; a 32-bit word counts as neither.
      const [ours, theirs] = [stateOf(left), stateOf(right)];
      const different = Object.keys(ours).filter((part) => ours[part] !== theirs[part]).map((part) => `${part}: ${String(ours[part])} and ${String(theirs[part])}`);
      expect(different, `${name}, round ${String(round)}`).toEqual([]);
    }
  }
  for (const name of ['mrs', 'msr', 'ldr', 'stpX', 'ldpQ', 'sys', 'wfi']) expect([seen.has(`${name} done`), seen.has(`${name} faults`)], name).toEqual([true, true]);
});

const TABLE = RAM + 0x8000;

/** EL2 has its RAM as Normal memory, which a bank may answer for: gigabytes, one to one. */
function mapEl2({ one: { cpu, ram } }: Side): void {
  const block = (address: number): number[] => [(address | BLOCK_NORMAL) >>> 0, 0];
  ram.writeWords(TABLE, [...block(0), ...block(RAM)]);
  cpu.setSystemRegister(register('MAIR_EL2'), 0xffn);
  cpu.setSystemRegister(register('TCR_EL2'), BigInt(64 - 39));
  cpu.setSystemRegister(register('TTBR0_EL2'), BigInt(TABLE));
  cpu.setSystemRegister(register('SCTLR_EL2'), 1n);
}

/** A block with AF set, Inner Shareable, for EL2 to read, write and execute, attributes 0. */
const BLOCK_NORMAL = 0x701;

/** An operation on several registers, and its instructions one by one. */
interface Several {
  readonly name: string;
  readonly base: number;
  readonly atOnce: (port: PePort) => void;
  readonly oneByOne: (port: PePort) => void;
}

function several(random: Random): Several[] {
  const first = random.below(12);
  const last = first + 1 + 2 * random.below(8);
  const base = random.pick([SP_BASE, X_BASE + random.below(31), X_BASE + first]);
  const at = 8 * random.below(32);
  const each = (of: (t: number, t2: number, offset: number) => void): void => {
    for (let n = first; n < last; n += 2) of(n, n + 1, at + 8 * (n - first));
  };
  // Nothing that takes the vectors away.
  const keys = Int32Array.from({ length: 1 + random.below(12) }, () => key(random.pick(MOVED.filter((name) => name !== 'SCTLR_EL1' && name !== 'TTBR0_EL1'))));
  const list = { keys, offsets: Int32Array.from(keys, () => 8 * random.below(64)) };
  return [
    { name: 'ldpXs', base, atOnce: (port) => { port.ldpXs(first, last, base, at); }, oneByOne: (port) => { each((t, t2, offset) => { port.ldpX(t, t2, base, offset); }); } },
    { name: 'stpXs', base, atOnce: (port) => { port.stpXs(first, last, base, at); }, oneByOne: (port) => { each((t, t2, offset) => { port.stpX(t, t2, base, offset); }); } },
    {
      name: 'saveRegisters',
      base,
      atOnce: (port) => { port.saveRegisters(3, list, base); },
      oneByOne: (port) => {
        keys.forEach((one, n) => {
          port.mrs(3, one);
          port.str(3, base, list.offsets[n]!);
        });
      },
    },
    {
      name: 'restoreRegisters',
      base,
      atOnce: (port) => { port.restoreRegisters(3, list, base); },
      oneByOne: (port) => {
        keys.forEach((one, n) => {
          port.ldr(3, base, list.offsets[n]!);
          port.msr(one, 3);
        });
      },
    },
  ];
}

test('an operation on several registers leaves what its instructions leave, and counts as they do', () => {
  const random = new Random(9);
  const [left, right] = [side(), side()];
  mapEl2(left);
  mapEl2(right);
  const words = Array.from({ length: 0x800 }, () => random.word() >>> 0);
  for (const { one } of [left, right]) one.ram.writeWords(RAM, words);
  const seen = new Set<string>();
  for (let round = 0; round < 60; round++) {
    for (const { name, base, atOnce, oneByOne } of several(random)) {
      randomise([left, right], random);
      // So that the bank may answer, and nothing asks for attention.
      for (const { port } of [left, right]) {
        port.str(3, base, 8);
        port.ldr(3, base, 8);
      }
      const before = left.one.cpu.events[1];
      atOnce(left.port);
      oneByOne(right.port);
      seen.add(`${name} ${left.one.cpu.events[1] !== before ? 'faults' : 'done'}`);
      expect({ ...stateOf(left), cell: left.port.cells.slice(6, 8) }, `${name}, round ${String(round)}`).toEqual({ ...stateOf(right), cell: right.port.cells.slice(6, 8) });
    }
  }
  for (const name of ['ldpXs', 'stpXs', 'saveRegisters', 'restoreRegisters']) expect([seen.has(`${name} done`), seen.has(`${name} faults`)], name).toEqual([true, true]);
});

test.each([
  ['ldrX', (port: PePort) => { port.ldrX(4, SP_BASE, 0); }],
  ['strX', (port: PePort) => { port.strX(4, SP_BASE, 0); }],
  ['ldpX', (port: PePort) => { port.ldpX(4, 5, SP_BASE, 0); }],
  ['stpXs', (port: PePort) => { port.stpXs(4, 7, SP_BASE, 0); }],
])('%s faults by a stack pointer that is not aligned, though a bank has the page', (_, call) => {
  const self = side();
  const { one: { cpu }, port } = self;
  mapEl2(self);
  cpu.setSystemRegister(register('SCTLR_EL2'), SCTLR_EL2.of({ M: 1, SA: 1 }));
  const faultsAt = (sp: number): boolean => {
    cpu.sp = BigInt(sp);
    port.hint(0);
    const before = cpu.events[EVENT.exceptionEntry]!;
    call(port);
    return cpu.events[EVENT.exceptionEntry] !== before;
  };
  expect([RAM, RAM, RAM + 8].map(faultsAt)).toEqual([false, false, true]);
});

test('exec runs rows that have no shortcut, on registers of the PE, and the label stays', () => {
  const { one: { cpu }, port } = side();
  const { pc } = cpu;
  cpu.setX(1, 40n);
  port.exec(rowNamed('ADD_imm'), { sf: 1, sh: 0, imm12: 2, Rn: 1, Rd: 0 });
  expect([cpu.getX(0), cpu.pc]).toEqual([42n, pc]);
});

test.each([
  ['a branch', (port: PePort) => { port.exec(rowNamed('B'), { imm26: 1 }); }, 'changes the PC'],
  ['an exception', (port: PePort) => { port.exec(rowNamed('SVC'), { imm16: 1 }); }, 'changes the PC'],
  ['a field that is missing', (port: PePort) => { port.exec(rowNamed('DSB'), {}); }, 'CRm is undefined'],
  ['a value that does not fit', (port: PePort) => { port.exec(rowNamed('DSB'), { CRm: 16 }); }, 'CRm is 16'],
])('%s is a mistake of the program', (_, call, message) => {
  const { port } = side();
  expect(() => { call(port); }).toThrow(InvariantError);
  expect(() => { call(port); }).toThrow(message);
});
