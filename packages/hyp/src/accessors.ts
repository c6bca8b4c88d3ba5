/**
 * The guest's registers as emulation sees them (kvm-arm-vhe-series.md, section 3.6). General-purpose registers, pc and
 * pstate are always in memory. A system register of a class that the plan defers is in hardware while the vCPU is loaded,
 * under the name that reaches the guest's copy; anything else is its word in memory. `VCPU` holds a kernel address.
 */
import { InvariantError, type AnyRegister } from '@worldswitch/cpu/arch';
import { setCell, VCPU, ZERO } from './cells.ts';
import { REGISTER_LISTS, VHE_NAMES, type ContextRegister } from './context.ts';
import type { Cpu } from './cpu.ts';
import { VCPU_STRUCT, xOffset } from './layout.ts';
import type { DeferrableClass } from './switch/plan.ts';

/** Where one register may be found. Deferral is VHE's, so its names are. */
export interface GuestRegister {
  readonly name: string;
  readonly offset: number;
  readonly key: number;
  readonly deferrable: DeferrableClass | null;
}

/** In memory even while its class is loaded: other vCPUs' threads read the affinity. */
const IMMEDIATE: ReadonlySet<string> = new Set(['VMPIDR_EL2', 'SP_EL1']);

const CLASSES: readonly (readonly [readonly ContextRegister[], DeferrableClass | null])[] = [
  [REGISTER_LISTS.EL1, 'EL1'],
  [REGISTER_LISTS.USER, 'USER'],
  [REGISTER_LISTS.A32, 'A32'],
  [REGISTER_LISTS.A32_DEBUG, 'A32'],
  [REGISTER_LISTS.COMMON, null],
];

const rows = new Map<string, GuestRegister>();
for (const [list, deferrable] of CLASSES) {
  for (const { register, via, offset } of list) {
    rows.set(register.name, {
      name: register.name,
      offset,
      key: VHE_NAMES.name(register, via).key,
      deferrable: IMMEDIATE.has(register.name) ? null : deferrable,
    });
  }
}

/** The row of a register that the guest has under this name. */
export function guestRegister(register: AnyRegister): GuestRegister {
  const row = rows.get(register.name);
  if (row === undefined) throw new InvariantError(`${register.name} is not in a guest's context`);
  return row;
}

function isInHardware(cpu: Cpu, { deferrable }: GuestRegister, scratch: number): boolean {
  if (deferrable === null || !cpu.vcpu!.compiled.plan.deferred.includes(deferrable)) return false;
  cpu.port.ldr(scratch, VCPU, VCPU_STRUCT.SYSREGS_LOADED);
  return cpu.cells[2 * scratch] === 1;
}

export function readSysReg(cpu: Cpu, register: GuestRegister, cell: number): void {
  if (isInHardware(cpu, register, cell)) cpu.port.mrs(cell, register.key);
  else cpu.port.ldr(cell, VCPU, register.offset);
}

/** `scratch` is another cell than `cell`. */
export function writeSysReg(cpu: Cpu, register: GuestRegister, cell: number, scratch: number): void {
  if (isInHardware(cpu, register, scratch)) cpu.port.msr(register.key, cell);
  else cpu.port.str(cell, VCPU, register.offset);
}

/** Register 31 is the zero register in every syndrome. */
export function readX(cpu: Cpu, n: number, cell: number): void {
  if (n === 31) setCell(cpu.cells, cell, ZERO);
  else cpu.port.ldr(cell, VCPU, xOffset(n));
}

export function writeX(cpu: Cpu, n: number, cell: number): void {
  if (n !== 31) cpu.port.str(cell, VCPU, xOffset(n));
}
