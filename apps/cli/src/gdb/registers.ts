/** The registers of a PE as gdb numbers them: general, vector, then all system registers that the core has, by EL. */
import { MPIDR_EL1, SYSTEM_REGISTERS, type AnyRegister } from '@worldswitch/cpu/arch';
import type { MachinePe } from '@worldswitch/machine';
import { FEATURE, TYPE } from './description.ts';
import type { RegisterDescription } from './target.ts';

type Cpu = MachinePe['cpu'];

/** A register with what reads and writes it on a PE. */
export interface PeRegister extends RegisterDescription {
  readonly read: (cpu: Cpu) => bigint | null;
  /** False where it cannot be written, or not with this value. */
  readonly write: (cpu: Cpu, value: bigint) => boolean;
}

function general(name: string, type: string | undefined, get: (cpu: Cpu) => bigint, set: (cpu: Cpu, value: bigint) => void): PeRegister {
  return { name, bits: 64, feature: FEATURE.CORE, ...(type !== undefined && { type }), read: get, write: (cpu, value) => (set(cpu, value), true) };
}

const CORE: readonly PeRegister[] = [
  ...Array.from({ length: 31 }, (_, n) => general(`x${String(n)}`, undefined, (cpu) => cpu.getX(n), (cpu, value) => cpu.setX(n, value))),
  general('sp', 'data_ptr', (cpu) => cpu.sp, (cpu, value) => (cpu.sp = value)),
  general('pc', 'code_ptr', (cpu) => cpu.pc, (cpu, value) => (cpu.pc = value)),
  { name: 'cpsr', bits: 32, feature: FEATURE.CORE, type: TYPE.PSTATE, read: (cpu) => BigInt(cpu.pstate), write: (cpu, value) => cpu.setPstate(Number(value)) },
];

const VECTORS: readonly PeRegister[] = Array.from({ length: 32 }, (_, n) => ({
  name: `v${String(n)}`, bits: 128, feature: FEATURE.FPU, type: TYPE.VECTOR,
  read: (cpu) => cpu.getV(n),
  write: (cpu, value) => (cpu.setV(n, value), true),
}));

function system(row: AnyRegister, description: Pick<RegisterDescription, 'name' | 'bits' | 'feature' | 'group'>): PeRegister {
  return {
    ...description,
    read: (cpu) => (isStackPointerInUse(row, cpu) ? cpu.sp : cpu.getSystemRegister(row)),
    write: (cpu, value) => {
      if (row.directions === 'R') return false;
      if (!isStackPointerInUse(row, cpu)) return cpu.setSystemRegister(row, value);
      cpu.sp = value;
      return true;
    },
  };
}

/** The register of the stack pointer in use holds what it held when it was last left. */
function isStackPointerInUse({ name }: AnyRegister, { state }: Cpu): boolean {
  return name === `SP_EL${String(state.spsel ? state.el : 0)}`;
}

/** Reading acknowledges an interrupt, takes a random number, or takes what a debugger sent. */
const READ_CHANGES = /^(ICC_(NM)?IAR|ICV_(NM)?IAR|RNDR|DBGDTR)/;
/** Views of PSTATE and FPCR, FPSR have no EL in their names and are elsewhere; `_EL12` and `_EL02` are second names. */
const BY_EL = /_EL[012]$/;
/** gdb's name of the group of system registers. */
const SYSTEM_GROUP = 'system';

function systemRegisters(cpu: Cpu): PeRegister[] {
  return SYSTEM_REGISTERS.rows
    .filter(({ name, status, directions }) => status === 'implemented' && directions !== 'W' && BY_EL.test(name) && !READ_CHANGES.test(name))
    .filter((row) => cpu.getSystemRegister(row) !== null)
    .toSorted((a, b) => Number(a.name.at(-1)) - Number(b.name.at(-1)))
    .map((row) => system(row, { name: row.name, bits: 64, feature: `org.worldswitch.aarch64.el${row.name.slice(-1)}`, group: SYSTEM_GROUP }));
}

/** The registers of `cpu`, in gdb's order. */
export function peRegisters(cpu: Cpu): readonly PeRegister[] {
  const fp = (['FPSR', 'FPCR'] as const).map((name) => system(SYSTEM_REGISTERS.byName(name)!, { name: name.toLowerCase(), bits: 32, feature: FEATURE.FPU, group: 'float' }));
  return [...CORE, ...VECTORS, ...fp, ...systemRegisters(cpu)];
}

/** How many of them `g` and `G` carry; the others are read one by one. */
export const GENERAL_REGISTERS = CORE.length + VECTORS.length + 2;

/** A PE's name in `info threads`. */
export function describePe({ number, cpu, state }: MachinePe): string {
  const affinity = cpu.getSystemRegister(MPIDR_EL1) ?? 0n;
  return `PE ${String(number)}, EL${String(cpu.state.el)}, ${state}, MPIDR 0x${affinity.toString(16)}`;
}
