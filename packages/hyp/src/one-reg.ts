/**
 * ONE_REG ids (kvm-arm-vhe-series.md, section 6.4) and the words that they name. All are in memory: the vCPU is not loaded
 * when user space asks.
 */
import { SYSTEM_REGISTERS, type AnyRegister } from '@worldswitch/cpu/arch';
import { CONTEXT, SYS_REG_NAMES, sysRegOffset, VCPU_STRUCT } from './layout.ts';

export interface OneReg {
  readonly name: string;
  readonly id: bigint;
  readonly offset: number;
  readonly bytes: 4 | 8 | 16;
}

const ARM64 = 0x6000_0000_0000_0000n;
const SIZE_CODE = { 4: 2n, 8: 3n, 16: 4n } as const;
const GROUP = { core: 0x10n, sysReg: 0x13n } as const;

function idOf(group: bigint, bytes: 4 | 8 | 16, low: number): bigint {
  return ARM64 | (SIZE_CODE[bytes] << 52n) | (group << 16n) | BigInt(low);
}

/** A core register's low bits are its offset in `struct kvm_regs`, in words of 4 bytes: the context starts with one. */
function core(name: string, offset: number, bytes: 4 | 8 | 16 = 8): OneReg {
  return { name, id: idOf(GROUP.core, bytes, offset / 4), offset, bytes };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

const CORE: readonly OneReg[] = [
  ...range(31).map((n) => core(`x${String(n)}`, CONTEXT.X + 8 * n)),
  core('sp', CONTEXT.SP_EL0),
  core('pc', CONTEXT.PC),
  core('pstate', CONTEXT.PSTATE),
  core('sp_el1', CONTEXT.SP_EL1),
  core('elr_el1', CONTEXT.ELR_EL1),
  ...range(5).map((n) => core(`spsr${String(n)}`, CONTEXT.SPSR + 8 * n)),
  ...range(32).map((n) => core(`v${String(n)}`, CONTEXT.V + 16 * n, 16)),
  core('fpsr', CONTEXT.FPSR, 4),
  core('fpcr', CONTEXT.FPCR, 4),
];

export function coreRegisters(): readonly OneReg[] {
  return CORE;
}

/** A system register's low bits are its encoding, as the register's key has it. */
export function sysRegId({ key }: AnyRegister): bigint {
  return idOf(GROUP.sysReg, 8, key);
}

/** CNTV_CTL, and CNTVCT and CVAL with each other's encodings: a mistake of long ago that is ABI now. */
const TIMER: readonly OneReg[] = [
  { name: 'CNTV_CTL_EL0', id: idOf(GROUP.sysReg, 8, 0xdf19), offset: VCPU_STRUCT.CNTV_CTL, bytes: 8 },
  { name: 'CNTV_CVAL_EL0', id: idOf(GROUP.sysReg, 8, 0xdf02), offset: VCPU_STRUCT.CNTV_CVAL, bytes: 8 },
];

const all = new Map<bigint, OneReg>();
for (const one of [...CORE, ...TIMER]) all.set(one.id, one);
for (const name of SYS_REG_NAMES) {
  // A slot whose register has no row here (`invalid`, MPIDR by another name) is left out, or found by its own name.
  const register = SYSTEM_REGISTERS.byName(name);
  if (register !== undefined) all.set(sysRegId(register), { name, id: sysRegId(register), offset: sysRegOffset(name), bytes: 8 });
}

/** Every register that user space can read and write, by id: core, then timer, then system registers in slot order. */
export function oneRegs(): ReadonlyMap<bigint, OneReg> {
  return all;
}
