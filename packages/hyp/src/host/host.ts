/**
 * The host kernel as native software: it places its text, finds out about its machine, builds its tables and brings PEs up,
 * in either mode. After `bootPe` a PE stands in user space, in the VMM. One host is one machine; the mode is chosen here.
 */
import { InvariantError, MPIDR_EL1 } from '@worldswitch/cpu/arch';
import type { HostMemory, NativeRoutine, NativeText, SoftwarePort } from '@worldswitch/cpu';
import { cellValue, K, word64 } from '../cells.ts';
import { Cpu, IRQ, SERROR, SYNC, type Labels } from '../cpu.ts';
import { STRUCT_BYTES } from '../layout.ts';
import { TLB_HYP_FUNCTIONS } from '../mmu/tlb.ts';
import { VmidAllocator } from '../mmu/vmid.ts';
import { VMID_HYP_FUNCTIONS } from '../mmu/vttbr.ts';
import type { Edge } from '../observer.ts';
import { die, panic, whereabouts } from '../panic.ts';
import { GENERATION_HYP_FUNCTIONS } from '../switch/generations/index.ts';
import { GIC3_HYP_FUNCTIONS } from '../switch/gic-v3.ts';
import type { HypFunction } from '../switch/mode.ts';
import type { ModeName } from '../switch/plan.ts';
import { TIMER_HYP_FUNCTIONS } from '../switch/timer.ts';
import { MODES, MODE_HYP_FUNCTIONS } from '../switch/twins.ts';
import { el2SErrorVector, lowerElVector } from '../switch/vectors.ts';
import { kernelAddress, KERNEL_LOW48 } from './addresses.ts';
import { bringUp, HYP_INIT_FUNCTIONS, type BootTables } from './boot.ts';
import { interruptVector, userVector } from './entry.ts';
import type { BoardFacts, HostFacts, Range } from './facts.ts';
import { probe } from './probe.ts';
import { Stage1Table } from './stage1.ts';

export interface HostOptions {
  readonly mode: ModeName;
  readonly board: BoardFacts;
  readonly text: NativeText;
  readonly memory: HostMemory;
  /** Told the edges of phases of every PE. */
  readonly observe?: (pe: number, edge: Edge) => void;
}

const STACK_BYTES = 0x4000;

/** Vector tables by physical address. */
export interface VectorTables {
  readonly host: number;
  readonly hyp: number;
  /** EL2 before KVM: HVC stubs, and the initialisation of EL2 (non-VHE). */
  readonly stub: number;
}

export class Host {
  readonly mode: ModeName;
  readonly memory: HostMemory;
  readonly cpus: Cpu[] = [];
  readonly #board: BoardFacts;
  readonly #observe: HostOptions['observe'];
  readonly #labels: Labels;
  readonly #vectors: VectorTables;
  readonly #kernelEntry: number;
  readonly #symbol: number;
  #tables: BootTables | null = null;
  #facts: HostFacts | null = null;
  #vmids: VmidAllocator | null = null;

  constructor(options: HostOptions) {
    const { text } = options;
    this.mode = options.mode;
    this.memory = options.memory;
    this.#board = options.board;
    this.#observe = options.observe;
    const hypFunctions = [...MODE_HYP_FUNCTIONS[this.mode], ...GIC3_HYP_FUNCTIONS, ...TIMER_HYP_FUNCTIONS, ...VMID_HYP_FUNCTIONS, ...TLB_HYP_FUNCTIONS, ...GENERATION_HYP_FUNCTIONS, ...HYP_INIT_FUNCTIONS];
    const byFunction = new Map(hypFunctions.map((one) => [one, text.place(one.name)]));
    const byAddress = new Map(hypFunctions.map((one) => [byFunction.get(one)!, one]));
    this.#labels = {
      hypCall: text.place('kvm_call_hyp'),
      user: text.place('vmm', () => {
        // Reached once, by the first ERET to EL0: the VMM goes on in TypeScript.
      }),
      guestEnter: text.place('__guest_enter'),
      guestExit: text.place('__guest_exit'),
      serrorWindowStart: text.place('abort_guest_exit_start'),
      serrorWindowEnd: text.place('abort_guest_exit_end'),
      switchBody: text.place('__kvm_vcpu_run, behind the guest'),
      guestReturned: text.place('kvm_vcpu_run, after the guest'),
      hypFunctions: byFunction,
    };
    this.#kernelEntry = text.place('primary_switched', () => {
      // The boot code goes on behind its ERET, in the kernel's address space.
    });
    this.#vectors = this.#placeVectors(text, byAddress);
    // The linker's copy of the per-CPU area: per-CPU addresses are offsets from it, and no PE uses it.
    this.#symbol = options.memory.allocate(STRUCT_BYTES, STRUCT_BYTES);
  }

  /** What the first PE has found. */
  get facts(): HostFacts {
    if (this.#facts === null) throw new InvariantError('no PE has booted');
    return this.#facts;
  }

  /** VMIDs of all VMs on this host. */
  get vmids(): VmidAllocator {
    return (this.#vmids ??= new VmidAllocator(this.facts.vmid16 ? 0xffff : 0xff));
  }

  #cpuOf(port: SoftwarePort): Cpu {
    const cpu = this.cpus[port.pe];
    if (cpu === undefined) throw new InvariantError(`PE ${String(port.pe)} has not booted`);
    return cpu;
  }

  #placeVectors(text: NativeText, hypFunctions: ReadonlyMap<number, HypFunction>): VectorTables {
    const on = (run: (cpu: Cpu) => void): NativeRoutine => (port) => run(this.#cpuOf(port));
    const unexpected = (what: string): NativeRoutine => on((cpu) => panic(cpu, what));
    const lower = (kind: typeof SYNC | typeof IRQ | typeof SERROR): NativeRoutine => on((cpu) => lowerElVector(cpu, kind, hypFunctions));
    const fromLower = [lower(SYNC), lower(IRQ), unexpected('FIQ from a lower EL'), lower(SERROR)];
    const spEl0 = ['synchronous', 'IRQ', 'FIQ', 'SError'].map((kind) => unexpected(`${kind} at EL2t`));
    const hyp = text.placeVectors('__kvm_hyp_vector', [
      ...spEl0, unexpected('synchronous exception at EL2h'), unexpected('IRQ at EL2h'), unexpected('FIQ at EL2h'), on(el2SErrorVector), ...fromLower, ...fromLower,
    ]);
    const nobody = (what: string): NativeRoutine => on((cpu) => die(cpu, what));
    const host = text.placeVectors('vectors', [
      ...['synchronous', 'IRQ', 'FIQ', 'SError'].map((kind) => nobody(`${kind} with SP_EL0`)),
      nobody('a synchronous exception'), on(interruptVector), nobody('an FIQ'), nobody('an SError'),
      on(userVector), on(interruptVector), nobody('an FIQ from user space'), nobody('an SError from user space'),
      ...['synchronous', 'IRQ', 'FIQ', 'SError'].map((kind) => nobody(`${kind} from AArch32`)),
    ]);
    const stub = text.placeVectors('__hyp_stub_vectors', Array.from({ length: 16 }, (_, slot) => (slot === 8 ? on((cpu) => lowerElVector(cpu, SYNC, hypFunctions)) : unexpected('an exception at EL2 before KVM'))));
    return { host, hyp, stub };
  }

  /** For the report of a bug: what a PE's hypervisor was at. */
  whereabouts(pe: number): string | null {
    const cpu = this.cpus[pe];
    return cpu === undefined ? null : whereabouts(cpu);
  }

  /** From reset at EL2, MMU off, into user space. The first PE builds what all share. */
  bootPe(port: SoftwarePort): Cpu {
    this.#facts ??= probe(port, this.#board, this.mode);
    const { facts } = this;
    const perCpu = this.memory.allocate(STRUCT_BYTES, STRUCT_BYTES);
    const observe = this.#observe;
    const mode = MODES[this.mode];
    port.mrs(K, MPIDR_EL1.key);
    const cpu = new Cpu({
      port,
      facts,
      mode,
      labels: this.#labels,
      mpidr: cellValue(port.cells, K),
      perCpu: kernelAddress(perCpu),
      hostContextSymbol: mode.hypAddress(this.#symbol),
      perCpuOffset: word64(BigInt(perCpu - this.#symbol)),
      gich: facts.gich === null ? null : kernelAddress(facts.gich),
      hypVectors: mode.hypAddress(this.#vectors.hyp),
      hostVectors: kernelAddress(this.#vectors.host),
      observe: observe === undefined ? null : (edge) => observe(port.pe, edge),
    });
    this.cpus[port.pe] = cpu;
    this.#tables ??= this.#buildTables(port);
    bringUp(cpu, {
      tables: this.#tables,
      vectors: this.#vectors,
      kernelEntry: this.#kernelEntry,
      kernelStackTop: this.memory.allocate(STACK_BYTES, 16) + STACK_BYTES,
      hypStackTop: this.memory.allocate(STACK_BYTES, 16) + STACK_BYTES,
      userStackTop: this.memory.allocate(STACK_BYTES, STRUCT_BYTES) + STACK_BYTES,
    });
    return cpu;
  }

  #buildTables(port: SoftwarePort): BootTables {
    const { ram, nativeText, devices } = this.facts;
    const linear = ({ base }: Range): number => KERNEL_LOW48 + base;
    const kernel = new Stage1Table(port, this.memory);
    kernel.map(linear(ram), ram.base, ram.size, 'kernel-data');
    kernel.map(linear(nativeText), nativeText.base, nativeText.size, 'kernel-text');
    for (const device of devices) kernel.map(linear(device), device.base, device.size, 'device');
    const idmap = new Stage1Table(port, this.memory);
    idmap.map(nativeText.base, nativeText.base, nativeText.size, 'kernel-text');
    const user = new Stage1Table(port, this.memory);
    user.map(nativeText.base, nativeText.base, nativeText.size, 'user-text');
    user.map(ram.base, ram.base, ram.size, 'user-data');
    if (this.mode === 'vhe') return { kernel: kernel.root, idmap: idmap.root, user: user.root, hyp: null };
    const hyp = new Stage1Table(port, this.memory);
    hyp.map(linear(ram), ram.base, ram.size, 'hyp-data');
    hyp.map(linear(nativeText), nativeText.base, nativeText.size, 'hyp-text');
    // The code that turns the MMU on goes on at the same address.
    hyp.map(nativeText.base, nativeText.base, nativeText.size, 'hyp-text');
    for (const device of devices) hyp.map(linear(device), device.base, device.size, 'hyp-device');
    return { kernel: kernel.root, idmap: idmap.root, user: user.root, hyp: hyp.root };
  }
}
