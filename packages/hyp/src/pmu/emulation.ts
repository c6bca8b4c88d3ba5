/**
 * The guest's PMU (kvm-arm-vhe-series.md, section 1.7): every access traps by MDCR_EL2.TPM and works on the words in memory,
 * with the counters taken out of hardware for its duration. Without the feature the registers read as zero.
 */
import {
  PMCCFILTR_EL0, PMCCNTR_EL0, PMCEID0_EL0, PMCEID1_EL0, PMCNTENCLR_EL0, PMCNTENSET_EL0, PMCR_EL0, PMEVCNTRn_EL0, PMEVTYPER, PMEVTYPERn_EL0, PMINTENCLR_EL1, PMINTENSET_EL1, PMOVSCLR_EL0,
  PMOVSSET_EL0, PMSELR_EL0, PMSWINC_EL0, PMU_EVENTS, PMUSERENR_EL0, PMXEVCNTR_EL0, PMXEVTYPER_EL0, SPSR_EL1, type AnyRegister,
} from '@worldswitch/cpu/arch';
import { K, setCell, T, VCPU, ZERO } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { CONTEXT, sysRegOffset } from '../layout.ts';
import type { SysRegHandler, SysRegRow } from '../sysregs/handler.ts';
import { loadCounters, putCounters } from './counters.ts';
import { countersOf, CYCLE_COUNTER, FILTER_WRITABLE, PMCR_WRITABLE, TYPE_WRITABLE } from './registers.ts';

// ---- Who may -----------------------------------------------------------------------------------------------------------

const EL0 = SPSR_EL1.M.value('EL0t');
const { EN, ER, CR, SW } = PMUSERENR_EL0;
const ENABLE = EN.wordMask;
const USERENR_OFFSET = sysRegOffset('PMUSERENR_EL0');

/** EL1 always; EL0 where one of the enables is set. */
function isAllowed(cpu: Cpu, enables: number): boolean {
  const { port, cells } = cpu;
  port.ldr(T, VCPU, CONTEXT.PSTATE);
  if (SPSR_EL1.M.inWord(cells[2 * T]!) !== EL0) return true;
  port.ldr(T, VCPU, USERENR_OFFSET);
  return (cells[2 * T]! & enables) !== 0;
}

/** The counters leave the hardware, the access is emulated, and what is enabled then goes on. */
function emulated(enables: number, readEnables: number, body: SysRegHandler): SysRegHandler {
  return (cpu, vcpu, key, isRead) => {
    const { pmu } = vcpu;
    if (!pmu.isReady) {
      if (isRead) setCell(cpu.cells, K, ZERO);
      return true;
    }
    if (!isAllowed(cpu, isRead ? readEnables : enables)) return false;
    putCounters(cpu, pmu);
    const done = body(cpu, vcpu, key, isRead);
    loadCounters(cpu, pmu);
    return done;
  };
}

// ---- Words -------------------------------------------------------------------------------------------------------------

function load({ port, cells }: Cpu, offset: number): number {
  port.ldr(T, VCPU, offset);
  return cells[2 * T]!;
}

function store({ port, cells }: Cpu, offset: number, value: number): void {
  setCell(cells, T, { lo: value, hi: 0 });
  port.str(T, VCPU, offset);
}

function answer({ cells }: Cpu, value: number): true {
  setCell(cells, K, { lo: value, hi: 0 });
  return true;
}

const written = ({ cells }: Cpu): number => cells[2 * K]!;
const PMCR_OFFSET = sysRegOffset('PMCR_EL0');
const counters = (cpu: Cpu): number => countersOf(load(cpu, PMCR_OFFSET));

// ---- Registers ---------------------------------------------------------------------------------------------------------

const accessControl: SysRegHandler = (cpu, _vcpu, _key, isRead) => {
  const pmcr = load(cpu, PMCR_OFFSET);
  if (isRead) return answer(cpu, pmcr);
  const value = written(cpu);
  store(cpu, PMCR_OFFSET, (pmcr & ~PMCR_WRITABLE) | (value & PMCR_WRITABLE));
  if ((value & PMCR_EL0.P.wordMask) !== 0) for (let n = 0; n < PMCR_EL0.N.inWord(pmcr); n++) store(cpu, EVENT_COUNTS[n]!, 0);
  if ((value & PMCR_EL0.C.wordMask) !== 0) store(cpu, CYCLE_COUNT, 0);
  return true;
};

/** A word of which some bits exist. */
function word(register: AnyRegister, mask: number): SysRegHandler {
  const offset = sysRegOffset(register.name);
  return (cpu, _vcpu, _key, isRead) => {
    if (isRead) return answer(cpu, load(cpu, offset) & mask);
    store(cpu, offset, written(cpu) & mask);
    return true;
  };
}

/** Two registers of one word, a bit a counter: a write sets bits or clears them, a read shows all. */
function bits(register: AnyRegister, clears: boolean): SysRegHandler {
  const offset = sysRegOffset(register.name);
  return (cpu, _vcpu, _key, isRead) => {
    const mask = counters(cpu);
    const old = load(cpu, offset) & mask;
    if (isRead) return answer(cpu, old);
    const value = written(cpu) & mask;
    store(cpu, offset, clears ? old & ~value : old | value);
    return true;
  };
}

const OVERFLOWS = sysRegOffset('PMOVSSET_EL0');
const ENABLES = sysRegOffset('PMCNTENSET_EL0');
const EVENT_COUNTS: readonly number[] = PMEVCNTRn_EL0.map(({ name }) => sysRegOffset(name));
const EVENT_TYPES: readonly number[] = PMEVTYPERn_EL0.map(({ name }) => sysRegOffset(name));
const CYCLE_COUNT = sysRegOffset('PMCCNTR_EL0');
const CYCLE_FILTER = sysRegOffset('PMCCFILTR_EL0');

/** PMSWINC_EL0: one more in each counter named that counts such events. */
const softwareIncrement: SysRegHandler = (cpu) => {
  const named = written(cpu) & load(cpu, ENABLES) & counters(cpu);
  for (let n = 0; n < EVENT_COUNTS.length; n++) {
    if ((named & (1 << n)) === 0 || PMEVTYPER.evtCount.inWord(load(cpu, EVENT_TYPES[n]!)) !== PMU_EVENTS.SW_INCR.number) continue;
    const value = (load(cpu, EVENT_COUNTS[n]!) + 1) >>> 0;
    store(cpu, EVENT_COUNTS[n]!, value);
    if (value === 0) store(cpu, OVERFLOWS, load(cpu, OVERFLOWS) | (1 << n));
  }
  return true;
};

/** Shown as the host's: a guest's events are counted by the host's counters. */
const showHost: SysRegHandler = ({ port }, _vcpu, key, isRead) => {
  if (isRead) port.mrs(K, key);
  return isRead;
};

function accessCount(cpu: Cpu, index: number, isRead: boolean): boolean {
  if (index === CYCLE_COUNTER) {
    if (isRead) cpu.port.ldr(K, VCPU, CYCLE_COUNT);
    else cpu.port.str(K, VCPU, CYCLE_COUNT);
    return true;
  }
  if (index >= PMCR_EL0.N.inWord(load(cpu, PMCR_OFFSET))) return false;
  if (isRead) return answer(cpu, load(cpu, EVENT_COUNTS[index]!));
  store(cpu, EVENT_COUNTS[index]!, written(cpu));
  return true;
}

function accessType(cpu: Cpu, index: number, isRead: boolean): boolean {
  const isCycles = index === CYCLE_COUNTER;
  if (!isCycles && index >= PMCR_EL0.N.inWord(load(cpu, PMCR_OFFSET))) return false;
  const offset = isCycles ? CYCLE_FILTER : EVENT_TYPES[index]!;
  const mask = isCycles ? FILTER_WRITABLE : TYPE_WRITABLE;
  if (isRead) return answer(cpu, load(cpu, offset) & mask);
  store(cpu, offset, written(cpu) & mask);
  return true;
}

const SELECT_OFFSET = sysRegOffset('PMSELR_EL0');
const selected = (cpu: Cpu): number => PMSELR_EL0.SEL.inWord(load(cpu, SELECT_OFFSET));

const COUNT_READ = ENABLE | ER.wordMask;
const CYCLES_READ = ENABLE | CR.wordMask;

export const PMU_ROWS: readonly SysRegRow[] = [
  [PMCR_EL0.key, emulated(ENABLE, ENABLE, accessControl)],
  [PMSELR_EL0.key, emulated(COUNT_READ, COUNT_READ, word(PMSELR_EL0, PMSELR_EL0.SEL.wordMask))],
  [PMCEID0_EL0.key, emulated(ENABLE, ENABLE, showHost)],
  [PMCEID1_EL0.key, emulated(ENABLE, ENABLE, showHost)],
  [PMCNTENSET_EL0.key, emulated(ENABLE, ENABLE, bits(PMCNTENSET_EL0, false))],
  [PMCNTENCLR_EL0.key, emulated(ENABLE, ENABLE, bits(PMCNTENSET_EL0, true))],
  [PMOVSSET_EL0.key, emulated(ENABLE, ENABLE, bits(PMOVSSET_EL0, false))],
  [PMOVSCLR_EL0.key, emulated(ENABLE, ENABLE, bits(PMOVSSET_EL0, true))],
  // EL0 does not get this far with these two: they are EL1's.
  [PMINTENSET_EL1.key, emulated(0, 0, bits(PMINTENSET_EL1, false))],
  [PMINTENCLR_EL1.key, emulated(0, 0, bits(PMINTENSET_EL1, true))],
  [PMSWINC_EL0.key, emulated(ENABLE | SW.wordMask, 0, softwareIncrement)],
  // EL0 may read it, and no more.
  [PMUSERENR_EL0.key, emulated(0, ~0, word(PMUSERENR_EL0, ENABLE | ER.wordMask | CR.wordMask | SW.wordMask))],
  [PMCCFILTR_EL0.key, emulated(ENABLE, ENABLE, (cpu, _vcpu, _key, isRead) => accessType(cpu, CYCLE_COUNTER, isRead))],
  [PMXEVTYPER_EL0.key, emulated(ENABLE, ENABLE, (cpu, _vcpu, _key, isRead) => accessType(cpu, selected(cpu), isRead))],
  [PMCCNTR_EL0.key, emulated(ENABLE, CYCLES_READ, (cpu, _vcpu, _key, isRead) => accessCount(cpu, CYCLE_COUNTER, isRead))],
  [PMXEVCNTR_EL0.key, emulated(ENABLE, COUNT_READ, (cpu, _vcpu, _key, isRead) => accessCount(cpu, selected(cpu), isRead))],
  ...PMEVCNTRn_EL0.map(({ key }, n): SysRegRow => [key, emulated(ENABLE, COUNT_READ, (cpu, _vcpu, _key, isRead) => accessCount(cpu, n, isRead))]),
  ...PMEVTYPERn_EL0.map(({ key }, n): SysRegRow => [key, emulated(ENABLE, ENABLE, (cpu, _vcpu, _key, isRead) => accessType(cpu, n, isRead))]),
];
