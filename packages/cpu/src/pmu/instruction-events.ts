/** Which PMU events an instruction is, by its row (DDI 0487, D13 "PMU events"): for those that are counted one by one. */
import type { PmuEventName } from '../arch/pmu-events.ts';
import { CONTEXTIDR_EL1, TTBR0_EL1, TTBR1_EL1 } from '../arch/sysregs/index.ts';
import type { DecodedWord } from '../engine/word-decoder.ts';

/** How often each event happens when the instruction retires. */
export type EventCounts = Readonly<Partial<Record<PmuEventName, number>>>;

const IMMEDIATE: EventCounts = { BR_RETIRED: 1, BR_IMMED_RETIRED: 1 };
const REGISTER: EventCounts = { BR_RETIRED: 1 };
const BRANCHES: Readonly<Record<string, EventCounts>> = {
  B: IMMEDIATE, BL: IMMEDIATE, B_cond: IMMEDIATE, CBZ: IMMEDIATE, CBNZ: IMMEDIATE, TBZ: IMMEDIATE, TBNZ: IMMEDIATE,
  BR: REGISTER, BLR: REGISTER, RET: { BR_RETIRED: 1, BR_RETURN_RETIRED: 1 },
};

/** A branch or an exception return that went somewhere: a software change of the PC. */
const TAKEN: ReadonlyMap<string, EventCounts> = new Map(Object.entries({ ...BRANCHES, ERET: {} }).map(([id, counts]) => [id, { ...counts, PC_WRITE_RETIRED: 1 }]));

/** Register writes, by key. */
const WRITES: ReadonlyMap<number, EventCounts> = new Map([
  [CONTEXTIDR_EL1.key, { CID_WRITE_RETIRED: 1 }],
  [TTBR0_EL1.key, { TTBR_WRITE_RETIRED: 1 }],
  [TTBR1_EL1.key, { TTBR_WRITE_RETIRED: 1 }],
]);

const NONE: EventCounts = {};
/** Rows that name a memory operand and access nothing. */
const PREFETCH = /^PRFU?M/;
const PAIR = /^(LD|ST)N?(X|AX|LX)?P(_|SW|$)/;
/** LD1 to ST4 say how many registers they transfer: in the name, or behind it where LD1 has several forms. */
const STRUCTURES = /^(?:LD|ST)([1-4])(?:_mult_([1-4]))?/;
const LOAD = /^LD/;
const STORE = /^ST/;
/** Atomics read and write: LDADD and its kin, SWP, CAS. */
const ATOMIC = /^(LD(ADD|CLR|EOR|SET|SMAX|SMIN|UMAX|UMIN)|SWP|CAS)/;

const known = new Map<string, EventCounts>();

/** The events of an instruction that retires. `reached`: the register that an MSR wrote. `jumped`: it set the PC. */
export function instructionEvents({ row }: DecodedWord, reached: number, jumped: boolean): EventCounts {
  if (row === null) return NONE;
  const taken = jumped ? TAKEN.get(row.id) : undefined;
  if (taken !== undefined) return taken;
  if (row.id === 'MSR_reg') return WRITES.get(reached) ?? NONE;
  let events = known.get(row.id);
  if (events === undefined) {
    events = BRANCHES[row.id] ?? transferEvents(row.id);
    known.set(row.id, events);
  }
  return events;
}

/** One access for each register that is transferred; an atomic makes two for each. */
function transferEvents(id: string): EventCounts {
  if (PREFETCH.test(id)) return NONE;
  if (ATOMIC.test(id)) return { LD_RETIRED: 1, ST_RETIRED: 1, MEM_ACCESS: id.startsWith('CASP') ? 4 : 2 };
  const [, structures, registers] = STRUCTURES.exec(id) ?? [];
  const accesses = PAIR.test(id) ? 2 : Number(registers ?? structures ?? 1);
  if (LOAD.test(id)) return { LD_RETIRED: 1, MEM_ACCESS: accesses };
  return STORE.test(id) ? { ST_RETIRED: 1, MEM_ACCESS: accesses } : NONE;
}
