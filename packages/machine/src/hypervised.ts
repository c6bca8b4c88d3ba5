/**
 * A machine whose host is our hypervisor, with one guest: the machine, the host booted on its PE, a VMM in the host's user
 * space, and the guest's RAM and devices. It knows of the hypervisor what a VMM knows, which is KVM's interface.
 */
import { DigestBuilder, DigestVisitor, type SoftwarePort } from '@worldswitch/cpu';
import { EC, InvariantError } from '@worldswitch/cpu/arch';
import { MAINTENANCE_INTID, type MmioFrame } from '@worldswitch/gic';
import {
  coreReg, Host, Kvm, KVM_ARM_IRQ_TYPE, KVM_DEV_ARM_VGIC_GRP, KVM_EXIT_INTR, KVM_EXIT_MMIO, KVM_EXIT_SYSTEM_EVENT, KVM_SYSTEM_EVENT_RESET, KVM_VGIC_ITS_ADDR_TYPE, stepsRefusal, sysReg, TALLIES, type BoardFacts, type Edge, type KvmResult, type KvmRun,
  type KvmItsDevice, type KvmVcpu, type KvmVm, type ModeName, type Plan, type Preemption, type Range, type StepSet,
} from '@worldswitch/hyp';
import { TIMER_INTIDS } from '@worldswitch/timer';
import { boardDeviceTree } from './board/device-tree.ts';
import type { ConsoleListener } from './console.ts';
import { checkDisks, MAX_PES, type DescriptionError, type Lead, type MachineConfig } from './description.ts';
import type { Disk } from './devices/virtio/block.ts';
import { placeLinux, type LinuxBoot } from './image/boot.ts';
import { loadElf, loadFlat, type LoadResult } from './image/load.ts';
import { createMachine, type Machine, type RunLimits } from './machine.ts';
import { DEVICE_SIZE, MEMORY_MAP, PMU_INTID } from './memory-map.ts';
import type { MachinePe } from './pe.ts';
import type { Profile, ProfileName } from './profiles.ts';
import { Ram } from './ram.ts';
import { stopFor, type Stop, type StopReason } from './stop.ts';
import type { ClockName } from './time/clock.ts';
import type { TraceDescription } from './trace/events.ts';
import { TypedInput } from './vmm/typed-input.ts';
import { guestConfig, VirtualBoard } from './vmm/virtual-board.ts';

const MIB = 1024 * 1024;

export interface HypervisedDescription {
  readonly profile: ProfileName | Profile;
  readonly mode: ModeName;
  /** Which of the forty steps are on: all unless given. */
  readonly steps?: StepSet;
  /** A plan of the caller's own making, instead of the one of `steps`. */
  readonly plan?: Plan;
  readonly clock?: ClockName;
  readonly vhe?: boolean;
  /** The machine's interrupt controller: the profile's unless given. */
  readonly gic?: 2 | 3;
  /** The guest's: the machine's unless given. A GICv2 carries no GICv3 guest. */
  readonly guestGic?: 2 | 3;
  /** vCPUs, each on a PE of its own: 1 unless given. The first starts, the others are off. */
  readonly vcpus?: number;
  /** Bytes of the guest's RAM: 512 MiB unless given; a multiple of 2 MiB. */
  readonly memory?: number;
  /** Bytes that the host has beside them: 128 MiB unless given. */
  readonly hostMemory?: number;
  /** When a vCPU thread lets itself be scheduled out: never unless given. */
  readonly preemption?: Preemption;
  readonly console?: ConsoleListener;
  /** Who watches a virtio console of the guest, which then takes what is typed. */
  readonly virtioConsole?: ConsoleListener;
  /** What the guest's virtio-rng, kaslr-seed and rng-seed are derived from: 1 unless given. */
  readonly seed?: number;
  /** What the guest's real-time clock shows at virtual time 0, in seconds since 1970. */
  readonly rtcStart?: number;
  /** Block devices of the guest: each takes a virtio slot. */
  readonly disks?: readonly Disk[];
  readonly trace?: TraceDescription;
  /** As of a VM of KVM. */
  readonly hostCounters?: boolean;
  /** As of a machine. */
  readonly lead?: Lead;
  readonly translation?: boolean;
  /** Told the edges of phases of every PE, between two operations of the hypervisor. */
  readonly observe?: (edge: Edge, pe: number) => void;
  /** What the hypervisor gets as the port of a PE, in place of the PE's own: one that hands every call on to that. */
  readonly port?: (pe: MachinePe) => SoftwarePort;
}

export type HypervisedResult = { readonly ok: true; readonly hypervised: Hypervised } | { readonly ok: false; readonly error: DescriptionError };

const DEFAULT_MEMORY = 512 * MIB;
const HOST_MEMORY = 128 * MIB;
/** Where the guest's RAM begins: as on the machine, so that one image suits both. */
export const GUEST_BASE = MEMORY_MAP.RAM;
/** Guest RAM is mapped by pages, but its backing is aligned as huge pages would be. */
const BACKING_ALIGN = 2 * MIB;

const CPU_INTERFACE: readonly number[] = [KVM_DEV_ARM_VGIC_GRP.CPU_REGS, KVM_DEV_ARM_VGIC_GRP.CPU_SYSREGS];

/** Makes the machine, boots the host on it and creates the VM, or says what is wrong with the description. */
export function createHypervised(description: HypervisedDescription): HypervisedResult {
  const { profile, mode, clock, vhe, gic, guestGic, vcpus = 1, memory = DEFAULT_MEMORY, hostMemory = HOST_MEMORY, lead, translation, console, virtioConsole, seed, rtcStart, disks = [], trace } = description;
  const badDisk = checkDisks(disks);
  if (badDisk !== null) return failure(badDisk.code, badDisk.message);
  if (memory <= 0 || memory % BACKING_ALIGN !== 0) return failure('bad-memory', `${String(memory)} bytes of RAM: a guest has a multiple of 2 MiB`);
  const made = createMachine({
    profile, el: 2, native: true, memory: memory + hostMemory, pes: vcpus,
    ...(clock === undefined ? {} : { clock }),
    ...(vhe === undefined ? {} : { vhe }),
    ...(gic === undefined ? {} : { gic }),
    ...(lead === undefined ? {} : { lead }),
    ...(translation === undefined ? {} : { translation }),
    ...(console === undefined ? {} : { console }),
    ...(virtioConsole === undefined ? {} : { virtioConsole }),
    ...(seed === undefined ? {} : { seed }),
    ...(rtcStart === undefined ? {} : { rtcStart }),
    ...(trace === undefined ? {} : { trace }),
  });
  if (!made.ok) return made;
  const { config } = made.machine;
  if (mode === 'vhe' && !config.features.has('VHE')) return failure('no-vhe', `${config.profile.name} has no VHE: use the mode nvhe`);
  const refusal = description.plan === undefined && description.steps !== undefined ? stepsRefusal(description.steps, mode) : null;
  if (refusal !== null) return failure('no-vhe', refusal);
  if (guestGic === 3 && config.gic === 2) return failure('bad-gic', `${config.profile.name} has a GICv2, which carries GICv2 guests only`);
  const version = guestGic ?? config.gic;
  if (vcpus > MAX_PES[version]) return failure('bad-pes', `${String(vcpus)} PEs: a guest with GICv${String(version)} has 1 to ${String(MAX_PES[version])}`);
  return { ok: true, hypervised: new Hypervised(made.machine, description, memory) };
}

function failure(code: DescriptionError['code'], message: string): HypervisedResult {
  return { ok: false, error: { code, message } };
}

/** The value of a call that a VMM makes rightly. */
function must<T>(result: KvmResult<T>, call: string): T {
  if (!result.ok) throw new InvariantError(`${call}: ${result.errno}`);
  return result.value;
}

export class Hypervised {
  readonly machine: Machine;
  readonly host: Host;
  readonly vm: KvmVm;
  /** Beside a GICv3. */
  readonly its: KvmItsDevice | null;
  /** By number; vCPU n runs on PE n. */
  readonly vcpus: readonly KvmVcpu[];
  /** The guest's RAM, at guest physical addresses. */
  readonly guestRam: Ram;
  /** The guest's devices. */
  readonly board: VirtualBoard;
  /** What is typed; the first vCPU leaves KVM_RUN for it. */
  readonly input: TypedInput;
  readonly #config: MachineConfig;
  /** The PE whose VMM thread is at work. */
  #current: MachinePe;
  readonly #data = new Uint32Array(2);

  constructor(machine: Machine, { mode, steps, plan, preemption = 'never', guestGic, hostCounters = false, disks = [], observe, port }: HypervisedDescription, guestMemory: number) {
    this.machine = machine;
    const { pes, ram, config } = machine;
    const text = machine.nativeText!;
    this.#current = pes[0]!;
    this.host = new Host({
      mode,
      text,
      memory: ram,
      board: { ram: { base: ram.base, size: ram.size }, nativeText: { base: text.base, size: text.size }, ...interruptControllerFacts(machine) },
      ...((observe !== undefined || machine.tracer !== null) && {
        observe: (pe, edge) => {
          machine.tracer?.edge(pe, edge);
          observe?.(edge, pe);
        },
      }),
    });
    const backing = ram.allocate(guestMemory, BACKING_ALIGN);
    this.guestRam = new Ram(ram.memory, ram.host + (backing - ram.base), GUEST_BASE, guestMemory);
    // What the VMM writes there is the machine's RAM too.
    this.guestRam.watcher = { stored: (address, length) => ram.watcher?.stored(address - GUEST_BASE + backing, length) };
    const gic = guestGic ?? config.gic;
    const { seed, rtcStart } = config;
    this.#config = guestConfig(config, { gic, pes: pes.length, memory: guestMemory, disks, seed, rtcStart });
    for (const pe of pes) {
      pe.start(BigInt(text.base));
      this.host.bootPe(port?.(pe) ?? pe.port!);
    }
    this.vm = Kvm.open(this.host).createVm({ irqchip: gic === 2 ? 'gicv2' : 'gicv3', hostCounters, ...(steps === undefined ? {} : { steps }), ...(plan === undefined ? {} : { plan }) });
    must(this.vm.setUserMemoryRegion({ slot: 0, guestPhysAddr: GUEST_BASE, memorySize: guestMemory, backing }), 'KVM_SET_USER_MEMORY_REGION');
    this.vcpus = pes.map(({ number }) => {
      const vcpu = must(this.vm.createVcpu(number, { pe: number, preemption }), 'KVM_CREATE_VCPU');
      must(vcpu.init({ psci02: true, powerOff: number > 0 }), 'KVM_ARM_VCPU_INIT');
      return vcpu;
    });
    this.its = gic === 3 ? must(this.vm.createIts(), 'KVM_CREATE_DEVICE') : null;
    if (this.its !== null) must(this.its.setAttr(KVM_DEV_ARM_VGIC_GRP.ADDR, KVM_VGIC_ITS_ADDR_TYPE, BigInt(MEMORY_MAP.ITS)), 'KVM_SET_DEVICE_ATTR');
    must(this.vm.initVgic({ distributor: MEMORY_MAP.GICD, interface: gic === 2 ? MEMORY_MAP.GICC : MEMORY_MAP.GICR }), 'KVM_SET_DEVICE_ATTR');
    this.board = new VirtualBoard(this.#config, {
      console: machine.console,
      virtioConsole: machine.virtioConsole,
      ram: this.guestRam,
      readCounter: (data) => machine.readCounter(data),
      setSpi: (intid, level) => {
        must(this.vm.irqLine((KVM_ARM_IRQ_TYPE.SPI << 24) | intid, level, this.#current.number), 'KVM_IRQ_LINE');
      },
    });
    this.input = new TypedInput(this.board.devices.input, () => this.#signalFirst());
  }

  /** A signal for the thread of the first vCPU: it leaves KVM_RUN before it enters the guest again. */
  #signalFirst(): void {
    const [pe] = this.machine.pes;
    this.vcpu.vcpu.signalPending = true;
    if (pe!.state === 'waiting') pe!.state = 'ready';
  }

  // ---- The guest -----------------------------------------------------------------------------------------------------

  /** The vCPU that starts. */
  get vcpu(): KvmVcpu {
    return this.vcpus[0]!;
  }

  loadElf(bytes: Uint8Array): LoadResult {
    return loadElf(bytes, this.guestRam);
  }

  loadFlat(bytes: Uint8Array, base: number = GUEST_BASE): LoadResult {
    return loadFlat(bytes, base, this.guestRam);
  }

  /** A Linux `Image` as a boot loader would place it, with the device tree of the guest's board; the vCPU starts there. */
  loadLinux(image: Uint8Array, boot: LinuxBoot = {}): LoadResult {
    const placed = placeLinux(image, boot, this.guestRam, this.#config);
    if (!placed.ok) return placed;
    this.start(BigInt(placed.entry));
    this.setX('x0', BigInt(placed.deviceTree));
    return { ok: true, image: { entry: BigInt(placed.entry), end: placed.end } };
  }

  /** The device tree that {@link loadLinux} would give a kernel, without one being loaded. */
  deviceTree(commandLine = ''): Uint8Array {
    return boardDeviceTree(this.#config, { commandLine, initrd: null, seed: this.#config.seed });
  }

  /** The first instruction of the guest, which starts at EL1 with its MMU off. */
  start(entry: bigint): void {
    this.setX('pc', entry);
  }

  /** KVM_SET_ONE_REG of a core register of the first vCPU: `x0` to `x30`, `pc` and so on. */
  setX(name: string, value: bigint): void {
    must(this.vcpu.setOneReg(coreReg(name), value), 'KVM_SET_ONE_REG');
  }

  getX(name: string): bigint {
    return must(this.vcpu.getOneReg(coreReg(name)), 'KVM_GET_ONE_REG');
  }

  // ---- The VMM -------------------------------------------------------------------------------------------------------

  /** Runs the guest until something stops the machine. */
  run(limits: RunLimits = {}): Stop {
    const { machine } = this;
    machine.limit(limits);
    for (;;) {
      if (machine.stopped !== null) return machine.stopped;
      const pe = machine.nextNative();
      if (pe !== null) this.#resume(pe);
    }
  }

  /** The thread of a PE goes on until it has nothing to do, gives the PE up, or is in the VMM, which answers. */
  #resume(pe: MachinePe): void {
    const { thread, vcpu } = this.vcpus[pe.number]!;
    this.#current = pe;
    switch (thread.resume()) {
      case 'exited':
        if (thread.error === null) this.#handleExit(pe, vcpu.run);
        else if (thread.error !== 'EINTR') this.machine.requestStop({ ...stopFor('no-progress'), diagnostic: this.#diagnose(`KVM_RUN failed: ${thread.error}`) });
        this.input.give();
        return;
      case 'blocked':
        pe.state = 'waiting';
        return;
      case 'runnable':
      case 'stopped':
    }
  }

  resume(): void {
    this.machine.resume();
  }

  requestStop(stop: Stop | Exclude<StopReason, 'unimplemented'>): void {
    this.machine.requestStop(stop);
  }

  requestPause(): void {
    this.machine.requestPause();
  }

  get instructions(): number {
    return this.machine.instructions;
  }

  get nanoseconds(): number {
    return this.machine.nanoseconds;
  }

  get wakesAt(): number {
    return this.machine.wakesAt;
  }

  skipTo(nanoseconds: number): void {
    this.machine.skipTo(nanoseconds);
  }

  #handleExit(pe: MachinePe, run: KvmRun): void {
    pe.port!.charge(TALLIES.vmmExit);
    switch (run.exitReason) {
      case KVM_EXIT_MMIO:
        this.#accessDevice(run.mmio);
        break;
      case KVM_EXIT_SYSTEM_EVENT:
        this.#interruptOthers(pe);
        this.machine.requestStop(run.systemEvent.type === KVM_SYSTEM_EVENT_RESET ? 'reset' : 'poweroff');
        break;
      case KVM_EXIT_INTR:
        break;
      default:
        this.machine.requestStop({ ...stopFor('no-progress'), diagnostic: this.#diagnose(`KVM_RUN ended with exit reason ${String(run.exitReason)}`) });
    }
  }

  /** A signal for the threads of all other vCPUs: they leave KVM_RUN. */
  #interruptOthers(pe: MachinePe): void {
    for (const { thread, vcpu } of this.vcpus) {
      if (!thread.isInKvmRun) continue;
      vcpu.signalPending = true;
      this.#current = this.machine.pes[vcpu.number]!;
      while (thread.resume() !== 'exited');
    }
    this.#current = pe;
  }

  #accessDevice({ physAddr, data, len, isWrite }: KvmRun['mmio']): void {
    const words = this.#data;
    words.fill(0);
    if (isWrite) for (let byte = 0; byte < len; byte++) words[byte >> 2] = words[byte >> 2]! | (data[byte]! << (8 * (byte & 3)));
    this.board.access(physAddr, len, isWrite, words);
    if (!isWrite) for (let byte = 0; byte < len; byte++) data[byte] = words[byte >> 2]! >>> (8 * (byte & 3));
  }

  #diagnose(message: string): Stop['diagnostic'] {
    const { number, cpu } = this.#current;
    return { pe: number, el: 1, pc: this.vcpus[number]!.thread.isInKvmRun ? cpu.pc : must(this.vcpus[number]!.getOneReg(coreReg('pc')), 'KVM_GET_ONE_REG'), word: null, text: null, row: null, message };
  }

  // ---- What is known of the guest ------------------------------------------------------------------------------------

  /**
   * Exits by reason: the class of the exception to EL2, or the kind of interrupt. The host's own exceptions there are its
   * calls of the hypervisor and, under VHE, the VMM's system calls; a guest's system calls do not come to EL2.
   */
  exits(): Readonly<Record<string, number>> {
    const total: Record<string, number> = {};
    for (const { cpu, port } of this.machine.pes) {
      const counts = Object.entries(EC).map(([name, code]): [string, number] => [name, cpu.exceptions.takenTo(2, code) - (code === EC.HVC64 ? port!.counters.hvcs : 0)]);
      const all: [string, number][] = [...counts, ['IRQ', cpu.exceptions.takenTo(2, 'irq')], ['SError', cpu.exceptions.takenTo(2, 'serror')]];
      for (const [name, count] of all) if (name !== 'SVC64' && count > 0) total[name] = (total[name] ?? 0) + count;
    }
    return total;
  }

  /** Guest accesses that no device of the VMM answers, by page. */
  get holes(): ReadonlyMap<number, number> {
    return this.board.holes;
  }

  /** Commands of the guest to its ITS that were in error. */
  get ignoredItsCommands(): number {
    return this.vm.vm.vgic?.its.reduce((sum, its) => sum + its.ignoredCommands, 0) ?? 0;
  }

  /**
   * SHA-256 of what the guest owns: the registers of its vCPUs in ONE_REG order, its interrupt controller, its devices, its RAM, what
   * it printed; nothing of the host. Null while a vCPU is in KVM_RUN, where its registers are anywhere.
   */
  guestDigest(): string | null {
    if (this.vcpus.some(({ thread }) => thread.isInKvmRun)) return null;
    const digest = new DigestBuilder();
    const put = (word: number): void => void digest.word(word);
    for (const vcpu of this.vcpus) {
      digest.section(`vcpu ${String(vcpu.vcpu.number)}`);
      for (const id of must(vcpu.regList(), 'KVM_GET_REG_LIST')) {
        if (id === PHYSICAL_COMPARE) continue;
        const value = must(vcpu.getOneReg(id), 'KVM_GET_ONE_REG');
        for (const part of [id, value, value >> 64n]) digest.word(Number(part & 0xffff_ffffn)).word(Number((part >> 32n) & 0xffff_ffffn));
      }
    }
    digest.section('vgic');
    this.vm.vm.vgic?.visitState(put);
    const device = this.vm.vgicDevice;
    for (const { group, attr } of device?.stateAttributes() ?? []) {
      // What the CPU interfaces hold; the distributor's state is there already.
      if (CPU_INTERFACE.includes(group)) put(Number(must(device!.getAttr(group, attr), 'KVM_GET_DEVICE_ATTR')));
    }
    digest.section('devices');
    this.board.devices.visitState(new DigestVisitor(digest));
    const { console, virtioConsole } = this.machine;
    console.addTo(digest.section('console'));
    virtioConsole?.addTo(digest.section('virtio-console'));
    const { memory, host, size } = this.guestRam;
    return digest.section('ram').pages(memory, host, size).hex();
  }
}

/** A time of the host's, who booted earlier or later: nothing that the guest owns. */
const PHYSICAL_COMPARE = sysReg('CNTP_CVAL_EL0');

/** What the host is told of its interrupt controller, as a device tree would. */
function interruptControllerFacts({ pes, config, gic }: Machine): Omit<BoardFacts, 'ram' | 'nativeText'> {
  const { frames } = pes[0]!.gic;
  const { GICD, GICC, GICH, GICV, GICR, UART } = MEMORY_MAP;
  const place = (base: number, frame: MmioFrame | null | undefined): Range[] => (frame === null || frame === undefined ? [] : [{ base, size: frame.frame.size }]);
  const redistributors = gic.redistributors.reduce((sum, { frame }) => sum + frame.size, 0);
  const isV3 = config.gic === 3;
  return {
    devices: [
      { base: UART, size: DEVICE_SIZE },
      ...place(GICD, gic.distributor ?? frames.GICD), ...place(GICC, frames.GICC), ...place(GICH, frames.GICH),
      ...(isV3 ? [{ base: GICR, size: redistributors }] : []),
    ],
    gic: config.gic,
    gicd: GICD,
    gicc: isV3 ? null : GICC,
    gich: isV3 ? null : GICH,
    gicv: GICV,
    gicr: isV3 ? GICR : null,
    interrupts: { maintenance: MAINTENANCE_INTID, virtualTimer: TIMER_INTIDS.CNTV, physicalTimer: TIMER_INTIDS.CNTP, hypTimer: TIMER_INTIDS.CNTHP, pmu: PMU_INTID },
  };
}
