/**
 * A machine whose host is our hypervisor, with one guest: the machine, the host booted on its PE, a VMM in the host's user
 * space, and the guest's RAM and devices. It knows of the hypervisor what a VMM knows, which is KVM's interface.
 */
import { DigestBuilder, DigestVisitor } from '@worldswitch/cpu';
import { EC, InvariantError } from '@worldswitch/cpu/arch';
import {
  coreReg, Host, Kvm, KVM_EXIT_INTR, KVM_EXIT_MMIO, KVM_EXIT_SYSTEM_EVENT, KVM_SYSTEM_EVENT_RESET, TALLIES, type Edge, type KvmResult, type KvmRun,
  type KvmVcpu, type KvmVm, type ModeName, type Plan, type Preemption, type StepSet,
} from '@worldswitch/hyp';
import type { ConsoleListener } from './console.ts';
import type { DescriptionError } from './description.ts';
import { Pl011 } from './devices/pl011.ts';
import { loadElf, loadFlat, type LoadResult } from './image/load.ts';
import { createMachine, type Machine, type RunLimits } from './machine.ts';
import { DEVICE_SIZE, MEMORY_MAP } from './memory-map.ts';
import type { MachinePe } from './pe.ts';
import type { Profile, ProfileName } from './profiles.ts';
import { Ram } from './ram.ts';
import { stopFor, type Stop, type StopReason } from './stop.ts';
import type { ClockName } from './time/clock.ts';

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
  /** The machine's interrupt controller, and the guest's. */
  readonly gic?: 2 | 3;
  /** Bytes of the guest's RAM: 512 MiB unless given; a multiple of 2 MiB. */
  readonly memory?: number;
  /** Bytes that the host has beside them: 128 MiB unless given. */
  readonly hostMemory?: number;
  /** When the vCPU thread lets itself be scheduled out: never unless given. */
  readonly preemption?: Preemption;
  readonly console?: ConsoleListener;
  /** Told the edges of phases, between two operations of the hypervisor. */
  readonly observe?: (edge: Edge) => void;
}

export type HypervisedResult = { readonly ok: true; readonly hypervised: Hypervised } | { readonly ok: false; readonly error: DescriptionError };

const DEFAULT_MEMORY = 512 * MIB;
const HOST_MEMORY = 128 * MIB;
/** Where the guest's RAM begins: as on the machine, so that one image suits both. */
export const GUEST_BASE = MEMORY_MAP.RAM;
/** Guest RAM is mapped by pages, but its backing is aligned as huge pages would be. */
const BACKING_ALIGN = 2 * MIB;

/** Makes the machine, boots the host on it and creates the VM, or says what is wrong with the description. */
export function createHypervised(description: HypervisedDescription): HypervisedResult {
  const { profile, mode, clock, vhe, gic, memory = DEFAULT_MEMORY, hostMemory = HOST_MEMORY, console } = description;
  if (memory <= 0 || memory % BACKING_ALIGN !== 0) return failure('bad-memory', `${String(memory)} bytes of RAM: a guest has a multiple of 2 MiB`);
  const made = createMachine({
    profile, el: 2, native: true, memory: memory + hostMemory,
    ...(clock === undefined ? {} : { clock }),
    ...(vhe === undefined ? {} : { vhe }),
    ...(gic === undefined ? {} : { gic }),
    ...(console === undefined ? {} : { console }),
  });
  if (!made.ok) return made;
  if (mode === 'vhe' && !made.machine.config.features.has('VHE')) return failure('no-vhe', `${made.machine.config.profile.name} has no VHE: use the mode nvhe`);
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
  readonly vcpu: KvmVcpu;
  /** The guest's RAM, at guest physical addresses. */
  readonly guestRam: Ram;
  /** The guest's UART. */
  readonly uart: Pl011;
  /** Guest accesses that no device of the VMM answers, by page. */
  readonly holes = new Map<number, number>();
  readonly #pe: MachinePe;
  readonly #data = new Uint32Array(2);
  #isInKvmRun = false;

  constructor(machine: Machine, { mode, steps, plan, preemption = 'never', observe }: HypervisedDescription, guestMemory: number) {
    this.machine = machine;
    const pe = machine.pes[0]!;
    this.#pe = pe;
    const text = machine.nativeText!;
    const { ram, config } = machine;
    const frame = pe.gic.frames.GICH;
    const gich = frame === undefined ? null : MEMORY_MAP.GICH;
    const devices = [{ base: MEMORY_MAP.UART, size: DEVICE_SIZE }, ...(frame === undefined ? [] : [{ base: MEMORY_MAP.GICH, size: frame.frame.size }])];
    this.host = new Host({
      mode,
      text,
      memory: ram,
      board: { ram: { base: ram.base, size: ram.size }, nativeText: { base: text.base, size: text.size }, devices, gic: config.gic, gich },
      ...(observe === undefined ? {} : { observe: (_pe, edge) => observe(edge) }),
    });
    const backing = ram.allocate(guestMemory, BACKING_ALIGN);
    this.guestRam = new Ram(ram.memory, ram.host + (backing - ram.base), GUEST_BASE, guestMemory);
    this.uart = new Pl011((byte) => machine.console.write(byte), () => undefined);
    pe.start(BigInt(text.base));
    this.host.bootPe(pe.port!);
    this.vm = Kvm.open(this.host).createVm({ ...(steps === undefined ? {} : { steps }), ...(plan === undefined ? {} : { plan }) });
    must(this.vm.setUserMemoryRegion({ slot: 0, guestPhysAddr: GUEST_BASE, memorySize: guestMemory, backing }), 'KVM_SET_USER_MEMORY_REGION');
    this.vcpu = must(this.vm.createVcpu(0, { preemption }), 'KVM_CREATE_VCPU');
    must(this.vcpu.init({ psci02: true }), 'KVM_ARM_VCPU_INIT');
  }

  // ---- The guest -----------------------------------------------------------------------------------------------------

  loadElf(bytes: Uint8Array): LoadResult {
    return loadElf(bytes, this.guestRam);
  }

  loadFlat(bytes: Uint8Array, base: number = GUEST_BASE): LoadResult {
    return loadFlat(bytes, base, this.guestRam);
  }

  /** The first instruction of the guest, which starts at EL1 with its MMU off. */
  start(entry: bigint): void {
    this.setX('pc', entry);
  }

  /** KVM_SET_ONE_REG of a core register: `x0` to `x30`, `pc` and so on. */
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
      this.#isInKvmRun = true;
      const result = this.vcpu.run();
      switch (result.status) {
        case 'exit':
          this.#isInKvmRun = false;
          this.#handleExit(result.run);
          break;
        case 'error':
          this.#isInKvmRun = false;
          if (result.errno !== 'EINTR') machine.requestStop({ ...stopFor('no-progress'), diagnostic: this.#diagnose(`KVM_RUN failed: ${result.errno}`) });
          break;
        case 'blocked':
          // The guest waits; nothing in the machine can wake it, for there is no distributor yet.
          machine.requestStop('idle-forever');
          break;
        case 'stopped':
          break;
      }
    }
  }

  resume(): void {
    this.machine.resume();
  }

  requestStop(stop: Stop | Exclude<StopReason, 'unimplemented'>): void {
    this.machine.requestStop(stop);
  }

  get instructions(): number {
    return this.machine.instructions;
  }

  #handleExit(run: KvmRun): void {
    this.#pe.port!.charge(TALLIES.vmmExit);
    switch (run.exitReason) {
      case KVM_EXIT_MMIO:
        this.#accessDevice(run.mmio);
        break;
      case KVM_EXIT_SYSTEM_EVENT:
        this.machine.requestStop(run.systemEvent.type === KVM_SYSTEM_EVENT_RESET ? 'reset' : 'poweroff');
        break;
      case KVM_EXIT_INTR:
        break;
      default:
        this.machine.requestStop({ ...stopFor('no-progress'), diagnostic: this.#diagnose(`KVM_RUN ended with exit reason ${String(run.exitReason)}`) });
    }
  }

  /** The devices of the guest's board: the UART, and empty virtio-mmio slots. */
  #accessDevice({ physAddr, data, len, isWrite }: KvmRun['mmio']): void {
    const words = this.#data;
    words.fill(0);
    if (isWrite) for (let byte = 0; byte < len; byte++) words[byte >> 2] = words[byte >> 2]! | (data[byte]! << (8 * (byte & 3)));
    if (physAddr >= MEMORY_MAP.UART && physAddr + len <= MEMORY_MAP.UART + DEVICE_SIZE) {
      const offset = physAddr - MEMORY_MAP.UART;
      if (isWrite) this.uart.write(offset, len, words);
      else this.uart.read(offset, len, words);
    } else if (physAddr >= VIRTIO.BASE && physAddr + len <= VIRTIO.BASE + VIRTIO.SLOTS * VIRTIO.STRIDE) {
      words[0] = VIRTIO_EMPTY[physAddr % VIRTIO.STRIDE] ?? 0;
    } else {
      const page = physAddr - (physAddr % PAGE);
      const key = this.holes.has(page) || this.holes.size < HOLE_PAGES ? page : -1;
      this.holes.set(key, (this.holes.get(key) ?? 0) + 1);
    }
    if (!isWrite) for (let byte = 0; byte < len; byte++) data[byte] = words[byte >> 2]! >>> (8 * (byte & 3));
  }

  #diagnose(message: string): Stop['diagnostic'] {
    return { pe: this.#pe.number, el: 1, pc: this.#isInKvmRun ? this.#pe.cpu.pc : this.getX('pc'), word: null, text: null, row: null, message };
  }

  // ---- What is known of the guest ------------------------------------------------------------------------------------

  /**
   * Exits by reason: the class of the exception to EL2, or the kind of interrupt. The host's own exceptions there are its
   * calls of the hypervisor and, under VHE, the VMM's system calls; a guest's system calls do not come to EL2.
   */
  exits(): Readonly<Record<string, number>> {
    const { cpu, port } = this.#pe;
    const counts = Object.entries(EC).map(([name, code]): [string, number] => [name, cpu.exceptions.takenTo(2, code) - (code === EC.HVC64 ? port!.counters.hvcs : 0)]);
    const all: [string, number][] = [...counts, ['IRQ', cpu.exceptions.takenTo(2, 'irq')], ['SError', cpu.exceptions.takenTo(2, 'serror')]];
    return Object.fromEntries(all.filter(([name, count]) => name !== 'SVC64' && count > 0));
  }

  /**
   * SHA-256 of what the guest owns: its registers in ONE_REG order, its UART, its RAM, what it printed; nothing of the
   * host. Null while the vCPU is in KVM_RUN, where its registers are anywhere.
   */
  guestDigest(): string | null {
    if (this.#isInKvmRun) return null;
    const digest = new DigestBuilder();
    digest.section('vcpu');
    for (const id of must(this.vcpu.regList(), 'KVM_GET_REG_LIST')) {
      const value = must(this.vcpu.getOneReg(id), 'KVM_GET_ONE_REG');
      for (const part of [id, value, value >> 64n]) digest.word(Number(part & 0xffff_ffffn)).word(Number((part >> 32n) & 0xffff_ffffn));
    }
    digest.section('uart');
    this.uart.visitState(new DigestVisitor(digest));
    digest.section('console').bytes(this.machine.console.bytes);
    const { memory, host, size } = this.guestRam;
    return digest.section('ram').pages(memory, host, size).hex();
  }
}

const PAGE = 4096;
/** Pages whose accesses are counted one by one. */
const HOLE_PAGES = 256;

/** virtio-mmio slots of the board, all empty: the magic word, version 2, device 0 (Virtio 1.1, "MMIO Device Register Layout"). */
const { VIRTIO } = MEMORY_MAP;
const VIRTIO_EMPTY: Readonly<Record<number, number>> = { 0x0: 0x7472_6976, 0x4: 2, 0x8: 0 };
