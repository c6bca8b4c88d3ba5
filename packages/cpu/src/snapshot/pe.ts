/**
 * What of a PE is in a snapshot (execution-engine, "Snapshots, and the TLB that software can notice"): its block in normal
 * form, the second-level TLB with the control ids, inputs and counters. Banks, jump caches and translated code are not
 * state: whoever restores a PE drops them.
 */
import { EVENTS } from '../arch/events.ts';
import type { Cpu } from '../core.ts';
import { MODE, PE } from '../engine/layout.ts';
import { MOST_CONTROLS } from '../mem/context.ts';
import { MODE_STATE, normaliseState, PE_CELLS, stackPointerInUse } from '../state/visit.ts';
import { SYSREG_CELLS } from '../sysreg/storage.ts';
import type { SectionReader, SnapshotPart } from './format.ts';

/** Sizes that an exclusive access can have, and 0. */
const MONITOR_SIZES = [0, 1, 2, 4, 8, 16];
const MOST_CONTROL_NAME = 160;

/** The sections of a PE; `prefix` tells several PEs apart. */
export function peParts(cpu: Cpu, prefix: string): SnapshotPart[] {
  return [statePart(cpu, `${prefix}/state`), inputsPart(cpu, `${prefix}/inputs`), tlbPart(cpu, `${prefix}/tlb`), countersPart(cpu, `${prefix}/counters`)];
}

function statePart(cpu: Cpu, name: string): SnapshotPart {
  const { state } = cpu;
  return {
    name,
    version: 1,
    save: (into) => {
      // What was counted since belongs to this moment; a restored PMU begins here.
      if (cpu.pmu.isCounting) cpu.pmu.sync();
      normaliseState(state);
      for (const { offset, words } of PE_CELLS) {
        for (let word = 0; word < words; word++) into.u32(state.get32(offset + 4 * word) & (offset === PE.MODE ? MODE_STATE : -1));
      }
    },
    restore: (from) => {
      const cells = new Map<number, number>();
      for (const { offset, words } of PE_CELLS) for (let word = 0; word < words; word++) cells.set(offset + 4 * word, from.u32() | 0);
      checkCells(cpu, cells, from);
      return () => {
        state.clear();
        for (const [offset, value] of cells) state.set32(offset, value);
        const inUse = PE.SP_EL + 8 * stackPointerInUse(state);
        state.set64(PE.SP, state.lo(inUse), state.hi(inUse));
        cpu.stateRestored();
      };
    },
  };
}

/** Every cell that cannot hold any value has one that it can. */
function checkCells(cpu: Cpu, cells: ReadonlyMap<number, number>, from: SectionReader): void {
  const at = (offset: number): number => cells.get(offset)!;
  const mode = at(PE.MODE);
  const el = mode & MODE.EL_MASK;
  if ((mode & ~MODE_STATE) !== 0 || el > (cpu.hasEl2 ? 2 : 1) || (el === 0 && mode !== 0)) from.fail(`${String(mode)} is no EL with a stack pointer of this core`);
  if (at(PE.FLAGS_A) >>> 4 !== 0) from.fail('the flags are more than four bits');
  if ((at(PE.PSTATE) & ~cpu.keptPstate) !== 0) from.fail(`PSTATE has bits that this core has not: 0x${(at(PE.PSTATE) >>> 0).toString(16)}`);
  if (!MONITOR_SIZES.includes(at(PE.MONITOR_SIZE))) from.fail(`an exclusive access of ${String(at(PE.MONITOR_SIZE))} bytes`);
  for (const [register, offset] of [['FPCR', PE.FPCR], ['FPSR', PE.FPSR]] as const) {
    if (!cpu.sysregs.isPossible(register, at(offset), 0)) from.fail(`${register} cannot be 0x${(at(offset) >>> 0).toString(16)}`);
  }
  const slots = new Set(SYSREG_CELLS.values());
  for (const [key, offset] of SYSREG_CELLS) {
    if (!cpu.sysregs.isPossible(key, at(offset), at(offset + 4))) from.fail(`system register 0x${key.toString(16)} cannot be 0x${(at(offset + 4) >>> 0).toString(16)}_${(at(offset) >>> 0).toString(16)}`);
  }
  for (const [offset, value] of cells) {
    if (offset >= PE.SYSREGS && value !== 0 && !slots.has(offset & ~7)) from.fail(`the cell 0x${offset.toString(16)} belongs to no register`);
  }
}

/** Lines and the event register: what has come from outside and is not yet taken; and what Software Step will report. */
function inputsPart(cpu: Cpu, name: string): SnapshotPart {
  return {
    name,
    version: 1,
    save: (into) => {
      into.u32(cpu.inputs);
      into.u32(cpu.debug.stepped);
    },
    restore: (from) => {
      const inputs = from.within('the inputs', 0, 0b11_1111);
      const stepped = from.within('what was stepped', 0, 2);
      return () => {
        cpu.inputs = inputs;
        cpu.debug.stepped = stepped;
      };
    },
  };
}

function tlbPart(cpu: Cpu, name: string): SnapshotPart {
  const { tlb, contexts } = cpu.memory;
  return {
    name,
    version: 1,
    save: (into) => {
      const controls = contexts.controlNames;
      into.u32(controls.length);
      for (const control of controls) into.text(control);
      tlb.save(into);
    },
    restore: (from) => {
      const count = from.within('the number of control ids', 0, MOST_CONTROLS);
      const controls = new Set<string>();
      for (let control = 0; control < count; control++) controls.add(from.text('a control id', MOST_CONTROL_NAME));
      if (controls.size !== count) from.fail('two control ids are the same');
      const commit = tlb.restore(from, count);
      return () => {
        contexts.restart([...controls]);
        commit();
        cpu.contextChanged();
      };
    },
  };
}

function countersPart(cpu: Cpu, name: string): SnapshotPart {
  const arrays = [cpu.retired, cpu.events, cpu.exceptions.taken, cpu.exceptions.returnsFrom];
  return {
    name,
    version: EVENTS.length,
    save: (into) => {
      for (const array of arrays) for (const count of array) into.integer(count);
      into.integer(cpu.exceptionsWithoutProgress);
    },
    restore: (from) => {
      const values = arrays.map((array) => Float64Array.from(array, () => from.integer('a counter')));
      const withoutProgress = from.integer('the exceptions without progress');
      return () => {
        arrays.forEach((array, index) => {
          array.set(values[index]!);
        });
        cpu.exceptionsWithoutProgress = withoutProgress;
        // The PMU counts from these totals on.
        cpu.pmu.configure();
      };
    },
  };
}
