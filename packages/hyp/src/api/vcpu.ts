/**
 * A vCPU as user space has it (kvm-arm-vhe-series.md, section 6): KVM_RUN, and ioctls that work on what the vCPU has in
 * memory. KVM lets an ioctl wait for the vCPU's mutex while KVM_RUN holds it; here nobody else would end that KVM_RUN.
 */
import { HCR_EL2, InvariantError, SYSTEM_REGISTERS, VSESR_EL2, type AnyRegister } from '@worldswitch/cpu/arch';
import { setCell, T, VCPU, word64 } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { KVM_GUESTDBG } from '../debug/guest-debug.ts';
import type { Errno, KvmRun } from '../kvm-run.ts';
import { VCPU_STRUCT } from '../layout.ts';
import { takeVcpu } from '../run.ts';
import { VcpuThread, type Preemption, type ThreadStatus } from '../thread.ts';
import type { Vcpu, VcpuFeatures } from '../vcpu.ts';
import { findAttribute } from './device-attributes.ts';
import { isKnownFeature, NO_FEATURES, preferredTarget, sameFeatures } from './features.ts';
import { isLegalControl, storeExternalRegisters, type GuestDebugRegisters } from './guest-debug.ts';
import { ioctl } from './ioctl.ts';
import { coreRegisters, oneRegs, sysRegId, type OneReg } from './one-reg.ts';
import { DONE, fail, ok, type KvmResult } from './result.ts';

/** What KVM_RUN came to: `exit` with the reason in `run`, or why it did not get there. */
export type RunResult = { readonly status: 'exit'; readonly run: KvmRun } | { readonly status: 'error'; readonly errno: Errno } | { readonly status: Exclude<ThreadStatus, 'exited' | 'runnable'> };

/** KVM_GET_MP_STATE; `stopped` is a vCPU that PSCI has off. */
export type MpState = 'runnable' | 'stopped';

const MP_STATES: readonly MpState[] = ['runnable', 'stopped'];

/** KVM_GET_VCPU_EVENTS: a virtual SError that the guest has not taken, and its syndrome where RAS gives it one. */
export interface VcpuEvents {
  readonly serrorPending: boolean;
  readonly serrorHasEsr: boolean;
  readonly serrorEsr: bigint;
}

const VSESR_BITS = VSESR_EL2.IDS.mask | VSESR_EL2.ISS.mask;

export class KvmVcpu {
  readonly vcpu: Vcpu;
  /** For a scheduler that runs several threads; {@link run} drives it for one. */
  readonly thread: VcpuThread;
  #registers: ReadonlyMap<bigint, OneReg> | null = null;

  constructor(cpu: Cpu, vcpu: Vcpu, preemption: Preemption) {
    this.vcpu = vcpu;
    this.thread = new VcpuThread(cpu, vcpu, preemption);
  }

  get #cpu(): Cpu {
    return this.thread.cpu;
  }

  // ---- Bracket -------------------------------------------------------------------------------------------------------

  /** Why an ioctl other than KVM_RUN cannot be made now. */
  #refusal(needsInit = true): Errno | null {
    if (this.thread.isInKvmRun) return 'EBUSY';
    return needsInit && this.vcpu.features === null ? 'ENOEXEC' : null;
  }

  /** An ioctl of the vCPU other than KVM_RUN, bracketed as the plan says. */
  #ioctl<T>(body: (cpu: Cpu) => T): T {
    const cpu = this.#cpu;
    return ioctl(cpu, () => {
      cpu.vcpu = this.vcpu;
      takeVcpu(cpu, this.vcpu);
      let result: { readonly value: T } | null = null;
      for (const { id, run } of this.vcpu.compiled.ioctl) {
        if (id === 'ioctl-body') result = { value: body(cpu) };
        else run(cpu);
      }
      if (result === null) throw new InvariantError('the plan leaves the ioctl out');
      return result.value;
    });
  }

  // ---- KVM_RUN -------------------------------------------------------------------------------------------------------

  /** KVM_RUN, until it returns to user space or the thread cannot go on by itself. */
  run(): RunResult {
    if (this.thread.isActive) return { status: 'error', errno: 'EBUSY' };
    for (;;) {
      const status = this.thread.resume();
      if (status === 'runnable') continue;
      if (status !== 'exited') return { status };
      const { error } = this.thread;
      return error === null ? { status: 'exit', run: this.vcpu.run } : { status: 'error', errno: error };
    }
  }

  /** A signal for the vCPU's thread: its KVM_RUN ends with EINTR before the guest is entered again. */
  signal(): void {
    this.vcpu.signalPending = true;
  }

  // ---- VCPU_INIT -----------------------------------------------------------------------------------------------------

  /** KVM_ARM_VCPU_INIT. A second call must ask for the same target and features; it resets the vCPU. */
  init(features: Partial<VcpuFeatures> = {}, target: number = preferredTarget(this.#cpu.facts)): KvmResult<undefined> {
    const { vcpu } = this;
    const { facts } = this.#cpu;
    const refused = this.#refusal(false);
    if (refused !== null) return fail(refused);
    if (target !== preferredTarget(facts)) return fail('EINVAL');
    if (!Object.keys(features).every(isKnownFeature)) return fail('ENOENT');
    const wanted: VcpuFeatures = { ...NO_FEATURES, ...features };
    if (vcpu.features !== null && !sameFeatures(vcpu.features, wanted)) return fail('EINVAL');
    if (wanted.el1Is32Bit && !facts.aarch32El1) return fail('EINVAL');
    if (wanted.pmu && !facts.pmu) return fail('EINVAL');
    vcpu.features = wanted;
    vcpu.isPoweredOff = wanted.powerOff;
    this.#ioctl((cpu) => {
      for (const run of vcpu.compiled.reset) run(cpu);
    });
    return DONE;
  }

  // ---- Registers -----------------------------------------------------------------------------------------------------

  /** KVM_GET_REG_LIST. */
  regList(): KvmResult<readonly bigint[]> {
    const refused = this.#refusal();
    return refused === null ? ok([...this.#oneRegs().keys()]) : fail(refused);
  }

  #oneRegs(): ReadonlyMap<bigint, OneReg> {
    return (this.#registers ??= this.#ioctl(oneRegs));
  }

  /** KVM_GET_ONE_REG. */
  getOneReg(id: bigint): KvmResult<bigint> {
    const refused = this.#refusal();
    if (refused !== null) return fail(refused);
    const register = this.#oneRegs().get(id);
    return register === undefined ? fail('ENOENT') : ok(this.#ioctl((cpu) => register.get(cpu, this.vcpu)));
  }

  /** KVM_SET_ONE_REG. */
  setOneReg(id: bigint, value: bigint): KvmResult<undefined> {
    const refused = this.#refusal();
    if (refused !== null) return fail(refused);
    const register = this.#oneRegs().get(id);
    if (register === undefined) return fail('ENOENT');
    if (value < 0n || value >> BigInt(8 * register.bytes) !== 0n) return fail('EINVAL');
    const errno = this.#ioctl((cpu) => register.set(cpu, this.vcpu, value));
    return errno === null ? DONE : fail(errno);
  }

  // ---- Power ---------------------------------------------------------------------------------------------------------

  /** KVM_GET_MP_STATE. */
  getMpState(): KvmResult<MpState> {
    const refused = this.#refusal(false);
    return refused === null ? ok(this.#ioctl(() => (this.vcpu.isPoweredOff ? 'stopped' : 'runnable'))) : fail(refused);
  }

  /** KVM_SET_MP_STATE. A stopped vCPU waits in KVM_RUN until it is runnable. */
  setMpState(state: MpState): KvmResult<undefined> {
    const refused = this.#refusal(false);
    if (refused !== null) return fail(refused);
    if (!MP_STATES.includes(state)) return fail('EINVAL');
    this.#ioctl(() => {
      this.vcpu.isPoweredOff = state === 'stopped';
    });
    return DONE;
  }

  // ---- Events --------------------------------------------------------------------------------------------------------

  /** KVM_GET_VCPU_EVENTS. */
  getEvents(): KvmResult<VcpuEvents> {
    const refused = this.#refusal();
    if (refused !== null) return fail(refused);
    return ok(this.#ioctl(({ port, cells, facts }) => {
      port.ldr(T, VCPU, VCPU_STRUCT.HCR_EL2);
      const serrorPending = (cells[2 * T]! & HCR_EL2.VSE.wordMask) !== 0;
      if (!facts.ras || !serrorPending) return { serrorPending, serrorHasEsr: facts.ras, serrorEsr: 0n };
      port.ldr(T, VCPU, VCPU_STRUCT.VSESR_EL2);
      return { serrorPending, serrorHasEsr: true, serrorEsr: BigInt(cells[2 * T]!) };
    }));
  }

  /** KVM_SET_VCPU_EVENTS: makes a virtual SError pending, or not. */
  setEvents({ serrorPending, serrorHasEsr, serrorEsr }: VcpuEvents): KvmResult<undefined> {
    const refused = this.#refusal();
    if (refused !== null) return fail(refused);
    if (serrorPending && serrorHasEsr && (!this.#cpu.facts.ras || (serrorEsr & ~VSESR_BITS) !== 0n)) return fail('EINVAL');
    this.#ioctl(({ port, cells, facts }) => {
      port.ldr(T, VCPU, VCPU_STRUCT.HCR_EL2);
      cells[2 * T] = serrorPending ? cells[2 * T]! | HCR_EL2.VSE.wordMask : cells[2 * T]! & ~HCR_EL2.VSE.wordMask;
      port.str(T, VCPU, VCPU_STRUCT.HCR_EL2);
      if (!serrorPending || !facts.ras) return;
      // Without a syndrome of user space's own: one that says nothing.
      setCell(cells, T, word64(serrorHasEsr ? serrorEsr : VSESR_EL2.IDS.mask));
      port.str(T, VCPU, VCPU_STRUCT.VSESR_EL2);
    });
    return DONE;
  }

  // ---- Debug ---------------------------------------------------------------------------------------------------------

  /** KVM_SET_GUEST_DEBUG: `control` is bits of {@link KVM_GUESTDBG}; without ENABLE nothing is debugged. */
  setGuestDebug(control: number, registers: GuestDebugRegisters = { bcr: [], bvr: [], wcr: [], wvr: [] }): KvmResult<undefined> {
    const refused = this.#refusal(false);
    if (refused !== null) return fail(refused);
    if (!isLegalControl(control)) return fail('EINVAL');
    this.vcpu.guestDebug = (control & KVM_GUESTDBG.ENABLE) === 0 ? 0 : control;
    this.#ioctl((cpu) => {
      if ((this.vcpu.guestDebug & KVM_GUESTDBG.USE_HW) !== 0) storeExternalRegisters(cpu, registers);
    });
    return DONE;
  }

  // ---- Device attributes ---------------------------------------------------------------------------------------------

  /** KVM_HAS_DEVICE_ATTR on the vCPU. */
  hasDeviceAttr(group: number, attribute: number): KvmResult<undefined> {
    const found = findAttribute(group, attribute);
    const errno = found === null ? 'ENXIO' : found.refusal(this.vcpu, this.#cpu.facts);
    return errno === null ? DONE : fail(errno);
  }

  /** KVM_GET_DEVICE_ATTR on the vCPU. */
  getDeviceAttr(group: number, attribute: number): KvmResult<number> {
    const found = findAttribute(group, attribute);
    return found === null ? fail('ENXIO') : found.get(this.vcpu);
  }

  /** KVM_SET_DEVICE_ATTR on the vCPU. */
  setDeviceAttr(group: number, attribute: number, value = 0): KvmResult<undefined> {
    const refused = this.#refusal(false);
    if (refused !== null) return fail(refused);
    const found = findAttribute(group, attribute);
    const errno = found === null ? 'ENXIO' : found.set(this.vcpu, this.#cpu.facts, value);
    return errno === null ? DONE : fail(errno);
  }
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
