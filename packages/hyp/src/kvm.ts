/**
 * The interface of KVM as typed TypeScript: VMs, memory slots, vCPUs, KVM_RUN with its exits, ONE_REG. It is called by the
 * VMM, so each ioctl is a system call on the PE that the VMM runs on; errors are errnos, by name.
 */
import { InvariantError, SPSR_EL1, SYSTEM_REGISTERS, type AnyRegister } from '@worldswitch/cpu/arch';
import { K, PERCPU, setCell, T, VCPU, word64 } from './cells.ts';
import type { Cpu } from './cpu.ts';
import { enterKernel, leaveKernel } from './host/entry.ts';
import { kernelAddress } from './host/addresses.ts';
import type { Host } from './host/host.ts';
import { TALLIES } from './host/tallies.ts';
import type { Errno, KvmRun } from './kvm-run.ts';
import { CONTEXT, STRUCT_BYTES, VCPU_STRUCT, VM_STRUCT } from './layout.ts';
import { IPA_BITS, PAGE_BYTES, Stage2 } from './mmu/stage2.ts';
import { coreRegisters, oneRegs, sysRegId, type OneReg } from './one-reg.ts';
import { resetVgic } from './reset.ts';
import { takeVcpu } from './run.ts';
import { VcpuThread, type Preemption, type ThreadStatus } from './thread.ts';
import { planFor } from './steps/compose.ts';
import { FINAL, type StepSet } from './steps/set.ts';
import { compile, type Plan } from './switch/plan.ts';
import { Vcpu, type VcpuFeatures } from './vcpu.ts';
import { Vm, type MemoryRegion } from './vm.ts';

export type KvmResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errno: Errno };

const fail = (errno: Errno): { readonly ok: false; readonly errno: Errno } => ({ ok: false, errno });
const ok = <T>(value: T): KvmResult<T> => ({ ok: true, value });
const DONE: KvmResult<undefined> = ok(undefined);

export interface VmOptions {
  /** Which of the forty steps this VM runs with. */
  readonly steps?: StepSet;
  /** A plan of the caller's own making, instead of the one of `steps`. */
  readonly plan?: Plan;
  /** The guest's interrupt controller; the host's version if nothing is said. */
  readonly irqchip?: 'gicv2' | 'gicv3' | 'none';
}

export interface VcpuOptions {
  /** The PE whose VMM thread runs it. */
  readonly pe?: number;
  readonly preemption?: Preemption;
}

/** The system calls of one VMM on one host. */
export class Kvm {
  readonly host: Host;

  private constructor(host: Host) {
    this.host = host;
  }

  /** Opens /dev/kvm on a host with at least one PE up. */
  static open(host: Host): Kvm {
    if (host.cpus.length === 0) throw new InvariantError('no PE has booted');
    return new Kvm(host);
  }

  /** KVM_CREATE_VM. The plan is composed, verified and compiled here and does not change any more. */
  createVm(options: VmOptions = {}): KvmVm {
    return new KvmVm(this, options);
  }
}

/** A system call on `cpu`: user space, kernel, user space. */
function ioctl<T>(cpu: Cpu, body: () => T): T {
  enterKernel(cpu);
  cpu.port.charge(TALLIES.ioctl);
  setCell(cpu.cells, PERCPU, cpu.perCpu);
  const result = body();
  leaveKernel(cpu);
  return result;
}

export class KvmVm {
  readonly vm: Vm;
  readonly vcpus: KvmVcpu[] = [];
  readonly #host: Host;
  readonly #irqchip: 'gicv2' | 'gicv3' | 'none';

  constructor({ host }: Kvm, { steps = FINAL, plan, irqchip }: VmOptions) {
    this.#host = host;
    this.#irqchip = irqchip ?? (host.facts.gic === 3 ? 'gicv3' : 'gicv2');
    const address = kernelAddress(host.memory.allocate(STRUCT_BYTES, STRUCT_BYTES));
    this.vm = new Vm(address, compile(plan ?? planFor(host.mode, steps), host.facts), new Stage2(host.memory), host.vmids);
    const cpu = host.cpus[0]!;
    ioctl(cpu, () => {
      setCell(cpu.cells, K, address);
      setCell(cpu.cells, T, cpu.gich ?? { lo: 0, hi: 0 });
      cpu.port.str(T, K, VM_STRUCT.GICH);
    });
  }

  /** KVM_SET_USER_MEMORY_REGION for a slot that does not exist yet. */
  setUserMemoryRegion(region: MemoryRegion): KvmResult<undefined> {
    const { guestPhysAddr, memorySize, backing, slot } = region;
    const numbers = [guestPhysAddr, memorySize, backing];
    if (!numbers.every((one) => Number.isSafeInteger(one) && one >= 0 && one % PAGE_BYTES === 0) || memorySize === 0) return fail('EINVAL');
    if (guestPhysAddr + memorySize > 2 ** IPA_BITS) return fail('EFAULT');
    const end = guestPhysAddr + memorySize;
    if (this.vm.slots.some((other) => other.slot === slot || (other.guestPhysAddr < end && guestPhysAddr < other.guestPhysAddr + other.memorySize))) return fail('EEXIST');
    this.vm.slots.push(region);
    return DONE;
  }

  /** KVM_CREATE_VCPU. */
  createVcpu(number: number, { pe = 0, preemption = 'never' }: VcpuOptions = {}): KvmResult<KvmVcpu> {
    if (this.vcpus.some(({ vcpu }) => vcpu.number === number)) return fail('EEXIST');
    const cpu = this.#host.cpus[pe];
    if (cpu === undefined || !Number.isInteger(number) || number < 0 || number > 511) return fail('EINVAL');
    const address = kernelAddress(this.#host.memory.allocate(STRUCT_BYTES, STRUCT_BYTES));
    const vcpu = new Vcpu(this.vm, number, address);
    ioctl(cpu, () => {
      setCell(cpu.cells, VCPU, address);
      setCell(cpu.cells, T, this.vm.address);
      cpu.port.str(T, VCPU, VCPU_STRUCT.VM);
      resetVgic(cpu, this.#irqchip);
    });
    this.vm.vcpus.push(vcpu);
    const made = new KvmVcpu(cpu, vcpu, preemption);
    this.vcpus.push(made);
    return ok(made);
  }
}

/** What KVM_RUN came to: `exit` with the reason in `run`, or why it did not get there. */
export type RunResult = { readonly status: 'exit'; readonly run: KvmRun } | { readonly status: 'error'; readonly errno: Errno } | { readonly status: Exclude<ThreadStatus, 'exited' | 'runnable'> };

export class KvmVcpu {
  readonly vcpu: Vcpu;
  /** For a scheduler that runs several threads; {@link run} drives it for one. */
  readonly thread: VcpuThread;
  readonly #cpu: Cpu;
  readonly #registers: ReadonlyMap<bigint, OneReg>;

  constructor(cpu: Cpu, vcpu: Vcpu, preemption: Preemption) {
    this.vcpu = vcpu;
    this.#cpu = cpu;
    this.thread = new VcpuThread(cpu, vcpu, preemption);
    this.#registers = oneRegs();
  }

  /** An ioctl of the vCPU other than KVM_RUN, bracketed as the plan says. */
  #ioctl<T>(body: () => T): T {
    const cpu = this.#cpu;
    return ioctl(cpu, () => {
      cpu.vcpu = this.vcpu;
      takeVcpu(cpu, this.vcpu);
      let result: { readonly value: T } | null = null;
      for (const { id, run } of this.vcpu.compiled.ioctl) {
        if (id === 'ioctl-body') result = { value: body() };
        else run(cpu);
      }
      if (result === null) throw new InvariantError('the plan leaves the ioctl out');
      return result.value;
    });
  }

  /** KVM_ARM_VCPU_INIT. A second call must ask for the same features. */
  init(features: Partial<VcpuFeatures> = {}): KvmResult<undefined> {
    const wanted: VcpuFeatures = { powerOff: false, el1Is32Bit: false, psci02: false, pmu: false, ...features };
    const { vcpu } = this;
    const known = vcpu.features;
    if (known !== null && (Object.keys(wanted) as (keyof VcpuFeatures)[]).some((name) => known[name] !== wanted[name])) return fail('EINVAL');
    if (wanted.pmu) return fail('ENOENT');
    vcpu.features = wanted;
    vcpu.isPoweredOff = wanted.powerOff;
    this.#ioctl(() => {
      for (const run of vcpu.compiled.reset) run(this.#cpu);
    });
    return DONE;
  }

  /** KVM_RUN, until it returns to user space or the thread cannot go on by itself. */
  run(): RunResult {
    for (;;) {
      const status = this.thread.resume();
      if (status === 'runnable') continue;
      if (status !== 'exited') return { status };
      const { error } = this.thread;
      return error === null ? { status: 'exit', run: this.vcpu.run } : { status: 'error', errno: error };
    }
  }

  /** KVM_GET_REG_LIST. */
  regList(): readonly bigint[] {
    return [...this.#registers.keys()];
  }

  /** KVM_GET_ONE_REG. */
  getOneReg(id: bigint): KvmResult<bigint> {
    const register = this.#registers.get(id);
    if (register === undefined) return fail('ENOENT');
    if (this.vcpu.features === null) return fail('ENOEXEC');
    return ok(this.#ioctl(() => this.#read(register)));
  }

  /** KVM_SET_ONE_REG. */
  setOneReg(id: bigint, value: bigint): KvmResult<undefined> {
    const register = this.#registers.get(id);
    if (register === undefined) return fail('ENOENT');
    if (this.vcpu.features === null) return fail('ENOEXEC');
    if (value < 0n || value >> BigInt(8 * register.bytes) !== 0n) return fail('EINVAL');
    if (register.offset === CONTEXT.PSTATE && !isLegalMode(value)) return fail('EINVAL');
    this.#ioctl(() => this.#write(register, value));
    return DONE;
  }

  #read({ offset, bytes }: OneReg): bigint {
    const { port, cells } = this.#cpu;
    if (bytes === 4) {
      port.ldr32(T, VCPU, offset);
      return BigInt(cells[2 * T]!);
    }
    let value = 0n;
    for (let word = bytes / 8 - 1; word >= 0; word--) {
      port.ldr(T, VCPU, offset + 8 * word);
      value = (value << 64n) | (BigInt(cells[2 * T + 1]!) << 32n) | BigInt(cells[2 * T]!);
    }
    return value;
  }

  #write({ offset, bytes }: OneReg, value: bigint): void {
    const { port, cells } = this.#cpu;
    if (bytes === 4) {
      setCell(cells, T, word64(value));
      port.str32(T, VCPU, offset);
      return;
    }
    for (let word = 0; word < bytes / 8; word++) {
      setCell(cells, T, word64(value >> BigInt(64 * word)));
      port.str(T, VCPU, offset + 8 * word);
    }
  }
}

const LEGAL_MODES: readonly number[] = ['EL0t', 'EL1t', 'EL1h'].map((name) => SPSR_EL1.M.value(name));

function isLegalMode(pstate: bigint): boolean {
  return LEGAL_MODES.includes(Number(SPSR_EL1.M.get(pstate)));
}

/** The id of a core register: `x0` to `x30`, `sp`, `pc`, `pstate`, `sp_el1`, `elr_el1`, `spsr0` to `spsr4`, `v0` to `v31`, `fpsr`, `fpcr`. */
export function coreReg(name: string): bigint {
  const found = coreRegisters().find((one) => one.name === name);
  if (found === undefined) throw new InvariantError(`no core register ${name}`);
  return found.id;
}

/** The id of a system register by its name. */
export function sysReg(name: string): bigint {
  const register: AnyRegister | undefined = SYSTEM_REGISTERS.byName(name);
  if (register === undefined) throw new InvariantError(`no system register ${name}`);
  return sysRegId(register);
}
