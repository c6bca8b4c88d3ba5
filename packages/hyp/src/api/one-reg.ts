/**
 * ONE_REG (kvm-arm-vhe-series.md, section 6.4): every register that user space can ask for, its id, and how it is read and
 * written. The vCPU is not loaded when user space asks, so what the guest owns is in memory.
 */
import {
  AIDR_EL1, CCSIDR_EL1, CLIDR_EL1, CNTP_CTL_EL0, CNTP_CVAL_EL0, CNTPCT_EL0, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTVCT_EL0, CSSELR_EL1, CTR_EL0, DBGBCRn_EL1, DBGBVRn_EL1, DBGWCRn_EL1, DBGWVRn_EL1, MIDR_EL1, MPIDR_EL1, REVIDR_EL1,
  SPSR_EL1, SYSTEM_REGISTERS, type AnyRegister,
} from '@worldswitch/cpu/arch';
import { cellValue, K, K2, setCell, T, VCPU, word64 } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import type { Errno } from '../kvm-run.ts';
import { CONTEXT, SYS_REG_NAMES, sysRegOffset, VCPU_STRUCT } from '../layout.ts';
import { psciVersion, setPsciVersion } from '../psci.ts';
import { ID_KEYS, idMask } from '../sysregs/id-registers.ts';
import { isConditionMet } from '../timer/arch-timer.ts';
import { affinityOf, type Vcpu } from '../vcpu.ts';

export interface OneReg {
  readonly name: string;
  readonly id: bigint;
  readonly bytes: 4 | 8 | 16;
  /** Runs in the kernel, on the vCPU in `VCPU`. */
  readonly get: (cpu: Cpu, vcpu: Vcpu) => bigint;
  /** The errno that refuses the value, or null once it is written. */
  readonly set: (cpu: Cpu, vcpu: Vcpu, value: bigint) => Errno | null;
}

const ARM64 = 0x6000_0000_0000_0000n;
const SIZE_CODE = { 4: 2n, 8: 3n, 16: 4n } as const;
const GROUP = { core: 0x10n, demux: 0x11n, sysReg: 0x13n, firmware: 0x14n } as const;

function idOf(group: bigint, bytes: 4 | 8 | 16, low: number): bigint {
  return ARM64 | (SIZE_CODE[bytes] << 52n) | (group << 16n) | BigInt(low);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

// ---- Where a value is --------------------------------------------------------------------------------------------------

type Place = Pick<OneReg, 'bytes' | 'get' | 'set'>;

function readHost(cpu: Cpu, key: number): bigint {
  cpu.port.mrs(T, key);
  return cellValue(cpu.cells, T);
}

/** A word, a half or two words of the vCPU. */
function memory(offset: number, bytes: 4 | 8 | 16 = 8, check: (value: bigint) => boolean = () => true): Place {
  return {
    bytes,
    get: (cpu) => {
      if (bytes === 4) {
        cpu.port.ldr32(T, VCPU, offset);
        return BigInt(cpu.cells[2 * T]!);
      }
      let value = 0n;
      for (let word = bytes / 8 - 1; word >= 0; word--) {
        cpu.port.ldr(T, VCPU, offset + 8 * word);
        value = (value << 64n) | cellValue(cpu.cells, T);
      }
      return value;
    },
    set: (cpu, _vcpu, value) => {
      if (!check(value)) return 'EINVAL';
      for (let word = 0; word < Math.max(1, bytes / 8); word++) {
        setCell(cpu.cells, T, word64(value >> BigInt(64 * word)));
        if (bytes === 4) cpu.port.str32(T, VCPU, offset);
        else cpu.port.str(T, VCPU, offset + 8 * word);
      }
      return null;
    },
  };
}

/** What user space may write only as it is. */
function fixed(bytes: 4 | 8, get: (cpu: Cpu, vcpu: Vcpu) => bigint): Place {
  return { bytes, get, set: (cpu, vcpu, value) => (value === get(cpu, vcpu) ? null : 'EINVAL') };
}

// ---- Core registers ----------------------------------------------------------------------------------------------------

const LEGAL_MODES: readonly number[] = ['EL0t', 'EL1t', 'EL1h'].map((name) => SPSR_EL1.M.value(name));

function isLegalMode(pstate: bigint): boolean {
  return LEGAL_MODES.includes(Number(SPSR_EL1.M.get(pstate)));
}

/** A core register's low bits are its offset in `struct kvm_regs`, in words of 4 bytes: the context starts with one. */
function core(name: string, offset: number, bytes: 4 | 8 | 16 = 8, check?: (value: bigint) => boolean): OneReg {
  return { name, id: idOf(GROUP.core, bytes, offset / 4), ...memory(offset, bytes, check) };
}

const CORE: readonly OneReg[] = [
  ...range(31).map((n) => core(`x${String(n)}`, CONTEXT.X + 8 * n)),
  core('sp', CONTEXT.SP_EL0),
  core('pc', CONTEXT.PC),
  core('pstate', CONTEXT.PSTATE, 8, isLegalMode),
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

// ---- Timers ------------------------------------------------------------------------------------------------------------

/** The virtual count of a vCPU that is not loaded. */
function virtualCount(cpu: Cpu): bigint {
  cpu.port.ldr(K, VCPU, VCPU_STRUCT.CNTVOFF);
  return BigInt.asUintN(64, readHost(cpu, CNTPCT_EL0.key) - cellValue(cpu.cells, K));
}

/** A VM has one virtual time: setting the count moves the offset of all its vCPUs. */
function setVirtualCount(cpu: Cpu, { vm }: Vcpu, value: bigint): null {
  const offset = word64(readHost(cpu, CNTPCT_EL0.key) - value);
  for (const { address } of vm.vcpus) {
    setCell(cpu.cells, K2, address);
    setCell(cpu.cells, T, offset);
    cpu.port.str(T, K2, VCPU_STRUCT.CNTVOFF);
  }
  return null;
}

const ISTATUS = CNTV_CTL_EL0.ISTATUS.mask;

/** ISTATUS is computed when it is asked for (`read_timer_ctl`), whether or not the timer is on, and not set. */
function timerControl(offset: number, which: 'virtual' | 'physical'): Place {
  const { bytes, get, set } = memory(offset);
  return {
    bytes,
    get: (cpu, vcpu) => get(cpu, vcpu) | (isConditionMet(cpu, vcpu, vcpu.timers[which]) ? ISTATUS : 0n),
    set: (cpu, vcpu, value) => set(cpu, vcpu, value & ~ISTATUS),
  };
}

/** CVAL and CNT have each other's encodings: a mistake of long ago that is ABI now. */
const TIMER: readonly OneReg[] = [
  { name: 'CNTV_CTL_EL0', id: sysRegId(CNTV_CTL_EL0), ...timerControl(VCPU_STRUCT.CNTV_CTL, 'virtual') },
  { name: 'CNTVCT_EL0', id: sysRegId(CNTV_CVAL_EL0), bytes: 8, get: virtualCount, set: setVirtualCount },
  { name: 'CNTV_CVAL_EL0', id: sysRegId(CNTVCT_EL0), ...memory(VCPU_STRUCT.CNTV_CVAL) },
  // KVM_REG_ARM_PTIMER_*. Differs: v4.16 defines and handles them, and its `is_timer_reg` lets nobody reach them.
  { name: 'CNTP_CTL_EL0', id: sysRegId(CNTP_CTL_EL0), ...timerControl(VCPU_STRUCT.CNTP_CTL, 'physical') },
  { name: 'CNTP_CVAL_EL0', id: sysRegId(CNTP_CVAL_EL0), ...memory(VCPU_STRUCT.CNTP_CVAL) },
];

// ---- Caches ------------------------------------------------------------------------------------------------------------

/** CCSIDR_EL1 of the cache that a value of CSSELR_EL1 selects. */
function cacheGeometry(cpu: Cpu, selector: number): bigint {
  const { port, cells } = cpu;
  port.mrs(K, CSSELR_EL1.key);
  setCell(cells, T, { lo: selector, hi: 0 });
  port.msr(CSSELR_EL1.key, T);
  port.isb();
  const value = readHost(cpu, CCSIDR_EL1.key);
  port.msr(CSSELR_EL1.key, K);
  return value;
}

const CTYPE_BITS = 3;
const MOST_LEVELS = 7;

/** The selectors of the caches that CLIDR_EL1 reports. */
function cacheSelectors(cpu: Cpu): readonly number[] {
  const clidr = Number(BigInt.asUintN(CTYPE_BITS * MOST_LEVELS, readHost(cpu, CLIDR_EL1.key)));
  const { values } = CLIDR_EL1.Ctype1;
  return range(MOST_LEVELS).flatMap((level) => {
    const type = (clidr >> (CTYPE_BITS * level)) & (2 ** CTYPE_BITS - 1);
    const data = type === values['Data'] || type === values['Separate'] || type === values['Unified'];
    const instruction = type === values['Instruction'] || type === values['Separate'];
    return [...(data ? [level << CSSELR_EL1.Level.lsb] : []), ...(instruction ? [(level << CSSELR_EL1.Level.lsb) | CSSELR_EL1.InD.wordMask] : [])];
  });
}

function caches(cpu: Cpu): readonly OneReg[] {
  return cacheSelectors(cpu).map((selector): OneReg => ({ name: `CCSIDR_EL1[${String(selector)}]`, id: idOf(GROUP.demux, 4, selector), ...fixed(4, (one) => cacheGeometry(one, selector)) }));
}

// ---- System registers --------------------------------------------------------------------------------------------------

/** A system register's low bits are its encoding, as the register's key has it. */
export function sysRegId({ key }: Pick<AnyRegister, 'key'>): bigint {
  return idOf(GROUP.sysReg, 8, key);
}

const system = (register: AnyRegister, place: Place): OneReg => ({ name: register.name, id: sysRegId(register), ...place });

/** The host's, whatever the guest is. */
const INVARIANT: readonly OneReg[] = [MIDR_EL1, REVIDR_EL1, CLIDR_EL1, AIDR_EL1, CTR_EL0].map((register) => system(register, fixed(8, (cpu) => readHost(cpu, register.key))));

const IDENTIFICATION: readonly OneReg[] = ID_KEYS.map((key): OneReg => {
  const mask = idMask(key);
  const visible = (BigInt(mask.hi) << 32n) | BigInt(mask.lo);
  return { name: SYSTEM_REGISTERS.byKey(key)?.name ?? `ID slot 0x${key.toString(16)}`, id: sysRegId({ key }), ...fixed(8, (cpu) => (visible === 0n ? 0n : readHost(cpu, key) & visible)) };
});

/** The guest's own debug registers, bank by bank. */
const DEBUG: readonly OneReg[] = [DBGBCRn_EL1, DBGBVRn_EL1, DBGWCRn_EL1, DBGWVRn_EL1].flatMap((rows, bank) => rows.map((register, n) => system(register, memory(VCPU_STRUCT.DEBUG + 128 * bank + 8 * n))));

/** The vgic and PSCI go by what it says (`kvm_vcpu_get_mpidr_aff`). */
function identity(place: Place): Place {
  return {
    ...place,
    set: (cpu, vcpu, value) => {
      vcpu.affinity = affinityOf(value);
      return place.set(cpu, vcpu, value);
    },
  };
}

const SLOTS: readonly OneReg[] = SYS_REG_NAMES.flatMap((name) => {
  const register = SYSTEM_REGISTERS.byName(name);
  if (register === undefined) return [];
  const place = memory(sysRegOffset(name));
  return [system(register, register === MPIDR_EL1 ? identity(place) : place)];
});

// ---- Firmware ----------------------------------------------------------------------------------------------------------

const FIRMWARE: readonly OneReg[] = [{ name: 'PSCI version', id: idOf(GROUP.firmware, 8, 0), bytes: 8, get: (_cpu, vcpu) => BigInt(psciVersion(vcpu)), set: (_cpu, vcpu, value) => setPsciVersion(vcpu, value) }];

// ---- All ---------------------------------------------------------------------------------------------------------------

/** Every register of a vCPU on this host, in the order of KVM_GET_REG_LIST: core, firmware, timer, caches, system registers. Reads CLIDR_EL1. */
export function oneRegs(cpu: Cpu): ReadonlyMap<bigint, OneReg> {
  return new Map([...CORE, ...FIRMWARE, ...TIMER, ...caches(cpu), ...SLOTS, ...DEBUG, ...INVARIANT, ...IDENTIFICATION].map((one) => [one.id, one]));
}
