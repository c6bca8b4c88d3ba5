// @ts-check
/**
 * Where guest programs of `check:ladder` run: a machine of four PEs whose host takes one VM after another, the VMM of their
 * device, and the schedules, which decide where and beside whom a vCPU goes on. What comes out is what the guest could see, as a
 * trace for each vCPU, and a digest of all that the guest owns at the end.
 */
import { createHash } from 'node:crypto';
import { coreReg, Kvm, KVM_ARM_IRQ_TYPE, KVM_DEV_ARM_VGIC_GRP, KVM_VGIC_ITS_ADDR_TYPE } from '../../../packages/hyp/dist/index.js';
import { ioctl } from '../../../packages/hyp/dist/api/ioctl.js';
import { oneRegs } from '../../../packages/hyp/dist/api/one-reg.js';
import { SoftTimer, startTimer } from '../../../packages/hyp/dist/host/soft-timer.js';
import { takeVcpu } from '../../../packages/hyp/dist/run.js';
import { createHypervised, GUEST_BASE, MEMORY_MAP, Ram } from '../../../packages/machine/dist/index.js';
import { loadElf } from '../../../packages/machine/dist/image/load.js';
import { assemble, writeElf } from '../../../packages/tools/dist/index.js';
import { NEIGHBOUR_EXITS, neighbourText } from './neighbour.mjs';
import { DEVICE, whole } from './text.mjs';

/**
 * @typedef {import('../../../packages/hyp/dist/index.js').KvmVcpu} KvmVcpu
 * @typedef {import('../../../packages/hyp/dist/index.js').KvmVm} KvmVm
 * @typedef {import('../../../packages/hyp/dist/index.js').Plan} Plan
 * @typedef {import('../../../packages/machine/dist/index.js').MachinePe} MachinePe
 * @typedef {import('../../../packages/machine/dist/index.js').Hypervised} Hypervised
 * @typedef {import('./text.mjs').Program} Program
 * @typedef {import('./text.mjs').Model} Model
 * @typedef {'v2' | 'v3' | 'v2-on-v3'} Gic The guest's and, where they differ, the host's.
 * @typedef {{ trace: string[], digest: string, ended: boolean }} Outcome The trace goes by vCPU, whose number is before each event.
 */

const MIB = 2 ** 20;
const PES = 4;
const MOST_TURNS = 20_000;
const MOST_INSTRUCTIONS = 600_000;
/** Local time at which a program starts is a multiple of this: then the counter begins at the same point of a tick. */
const TIME_GRID = 1_000_000;
/** Counts of 16 ns, and so about 16 times as many instructions of the guest, between two interrupts of the host that ticks. */
const TICK = 9;
const [KVM_EXIT_DEBUG, KVM_EXIT_MMIO, KVM_EXIT_SYSTEM_EVENT] = [4, 6, 24];
/** Of the host's memory, more than a VM takes. */
const VM_BYTES = MIB / 4;
const PAGE = 4096;
const TRANSLATER = MEMORY_MAP.ITS + 0x1_0040;
const ZEROS = new Uint8Array(PAGE);

/**
 * How vCPUs are scheduled. `never`: each stays where it is. `every-exit`: put and loaded at each exit. `some-exits`: at the first exit
 * behind each KVM_RUN that has ended, so that several entries follow a load in the middle. `signals`: at each, and a signal calls
 * off every other entry. `migrate`: at each exit to a PE that is free. `ticks`: an interrupt of the host every few instructions.
 * `neighbour`: at each exit another VM, with other steps, runs on the PE and leaves its values everywhere. `share`: all vCPUs on one
 * PE, which ticks.
 */
export const SCHEDULES = /** @type {const} */ (['never', 'every-exit', 'some-exits', 'signals', 'migrate', 'ticks', 'neighbour', 'share']);
/** @typedef {typeof SCHEDULES[number]} Schedule */

/** Whether a program can be run like that. @param {Program} program @param {Schedule} schedule */
export function suits({ vcpus = 1, timed = false, waits = false, debug }, schedule) {
  if (schedule === 'signals') return !waits;
  // What the neighbour does takes time, which a guest that asks for it sees.
  if (schedule === 'neighbour') return !timed && vcpus === 1;
  if (schedule === 'share') return vcpus > 1;
  // Where the host single-steps, each step is an exit already.
  if (schedule === 'ticks') return vcpus === 1 && debug === undefined;
  return true;
}

/** @type {Map<string, Uint8Array>} */
const images = new Map();

/** @param {string} name @param {() => string} text */
function imageOf(name, text) {
  const known = images.get(name);
  if (known !== undefined) return known;
  const lines = text();
  const result = assemble(lines, { base: BigInt(GUEST_BASE) });
  if (!result.ok) throw new Error(result.diagnostics.map(({ line, message }) => `${name}:${String(line)}: ${message}: ${String(lines.split('\n')[line - 1])}`).join('\n'));
  const image = writeElf(result.program);
  images.set(name, image);
  return image;
}

/** One host, whatever VMs come. */
export class Lab {
  #mode;
  #gic;
  #neighbourPlan;
  /** @type {{ hypervised: Hypervised, neighbour: KvmVcpu } | null} */
  #host = null;

  /** `neighbourPlan` is what the VM beside runs by. @param {'vhe' | 'nvhe'} mode @param {Gic} gic @param {Plan} neighbourPlan */
  constructor(mode, gic, neighbourPlan) {
    this.#mode = mode;
    this.#gic = gic;
    this.#neighbourPlan = neighbourPlan;
  }

  #current() {
    const known = this.#host;
    if (known !== null && known.hypervised.machine.ram.freeEnd - known.hypervised.machine.ram.base > VM_BYTES) return known;
    const made = createHypervised({ profile: 'generic', mode: this.#mode, gic: this.#gic === 'v2' ? 2 : 3, clock: 'retired', memory: 2 * MIB, hostMemory: 62 * MIB, vcpus: PES });
    if (!made.ok) throw new Error(made.error.message);
    const { hypervised } = made;
    this.#host = { hypervised, neighbour: makeNeighbour(hypervised, this.#neighbourPlan, modelOf(this.#gic)) };
    return this.#host;
  }

  /** @param {Program} program @param {Plan} plan @param {Schedule} schedule @returns {Outcome} */
  run(program, plan, schedule) {
    try {
      const { hypervised, neighbour } = this.#current();
      const run = new Run(hypervised, program, plan, schedule, modelOf(this.#gic), schedule === 'neighbour' ? neighbour : null);
      const outcome = run.drive();
      // What has gone wrong in one run must not be found in another one.
      if (!outcome.ended) this.#host = null;
      return outcome;
    } catch (error) {
      this.#host = null;
      return { trace: [error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error)], digest: 'none', ended: false };
    }
  }
}

/** @param {Gic} gic @returns {Model} */
const modelOf = (gic) => (gic === 'v3' ? 'gicv3' : 'gicv2');

/** One program under one plan, on a host that may have others. */
export class Run {
  #hypervised;
  #program;
  #schedule;
  #neighbour;
  #vm;
  /** @type {KvmVcpu[]} */
  #vcpus = [];
  /** Whose thread is on a PE, by PE. @type {(KvmVcpu | null)[]} */
  #on;
  /** @type {string[][]} */
  #traces;
  #ticks = new SoftTimer(() => undefined);
  #number = 1;
  #signals = 0;
  /** Whose turn comes next on the shared PE. */
  #next = 0;
  #ended = false;

  /** @param {Hypervised} hypervised @param {Program} program @param {Plan} plan @param {Schedule} schedule @param {Model} model @param {KvmVcpu | null} neighbour */
  constructor(hypervised, program, plan, schedule, model, neighbour) {
    const { machine, guestRam, host } = hypervised;
    const { vcpus = 1 } = program;
    this.#hypervised = hypervised;
    this.#program = program;
    this.#schedule = schedule;
    this.#neighbour = neighbour;
    this.#traces = Array.from({ length: vcpus }, () => []);
    machine.resume();
    guestRam.clear(guestRam.base, guestRam.size);
    alignTime(machine.pes);
    this.#vm = Kvm.open(host).createVm({ plan, irqchip: program.irqchip ?? model });
    for (const region of regionsOf(hypervised, program)) must(this.#vm.setUserMemoryRegion(region));
    for (let n = 0; n < vcpus; n++) {
      const vcpu = must(this.#vm.createVcpu(n, { pe: schedule === 'share' ? 0 : n, preemption: schedule === 'never' || schedule === 'some-exits' ? 'never' : 'every-exit' }));
      must(vcpu.init({ psci02: true, powerOff: n > 0, ...program.features }));
      this.#vcpus.push(vcpu);
    }
    const first = this.#first;
    if (program.its === true) must(must(this.#vm.createIts()).setAttr(KVM_DEV_ARM_VGIC_GRP.ADDR, KVM_VGIC_ITS_ADDR_TYPE, BigInt(MEMORY_MAP.ITS)));
    if (program.irqchip === undefined) must(this.#vm.initVgic({ distributor: MEMORY_MAP.GICD, interface: model === 'gicv2' ? MEMORY_MAP.GICC : MEMORY_MAP.GICR }));
    if (program.features?.pmu === true) {
      must(first.setDeviceAttr(0, 0, 23));
      must(first.setDeviceAttr(0, 1));
    }
    const loaded = hypervised.loadElf(imageOf(`${program.name}, ${model}`, () => whole(program, model)));
    if (!loaded.ok) throw new Error(loaded.error.message);
    must(first.setOneReg(coreReg('pc'), loaded.image.entry));
    if (program.debug !== undefined) must(first.setGuestDebug(program.debug));
    const shared = schedule === 'share';
    this.#on = machine.pes.map(({ number }) => (shared ? null : (this.#vcpus[number] ?? null)));
    for (const pe of machine.pes) pe.state = (shared ? pe.number === 0 : this.#on[pe.number] !== null) ? 'ready' : 'off';
    machine.limit({ maxInstructions: machine.instructions + MOST_INSTRUCTIONS });
  }

  get #first() {
    const [first] = this.#vcpus;
    if (first === undefined) throw new Error('a VM without a vCPU');
    return first;
  }

  /** @returns {Outcome} */
  drive() {
    const { machine } = this.#hypervised;
    for (let turn = 0; turn < MOST_TURNS && !this.#ended; turn++) {
      const pe = machine.nextNative();
      if (pe === null) this.#wakeAll();
      else if (this.#schedule === 'share') this.#share(pe);
      else this.#turn(pe);
      if (machine.stopped !== null) return this.#failed(`the machine stopped: ${machine.stopped.reason}`);
    }
    if (!this.#ended) return this.#failed('too many turns');
    this.#stopAll();
    return { trace: this.#events(), digest: this.#digest(), ended: true };
  }

  #events() {
    return this.#traces.flatMap((events, n) => events.map((event) => `${String(n)} ${event}`));
  }

  /** @param {string} why @returns {Outcome} */
  #failed(why) {
    return { trace: [...this.#events(), why], digest: 'none', ended: false };
  }

  // ---- The scheduler -------------------------------------------------------------------------------------------------

  /** @param {MachinePe} pe */
  #turn(pe) {
    const vcpu = this.#on[pe.number];
    if (vcpu === null || vcpu === undefined) throw new Error(`PE ${String(pe.number)} has no thread`);
    const { thread } = vcpu;
    if (this.#schedule === 'ticks') this.#tick(vcpu);
    if (this.#schedule === 'signals' && this.#signals++ % 2 === 1) vcpu.signal();
    const status = thread.resume();
    if (status === 'exited') this.#exited(pe, vcpu);
    if (status === 'exited' && this.#schedule === 'some-exits') vcpu.vcpu.wantsToYield = true;
    if (status === 'blocked') pe.state = 'waiting';
    if (status === 'stopped' || status === 'blocked' || this.#ended) return;
    const { state } = thread.record;
    if (this.#schedule === 'migrate' && state !== 'guest') this.#migrate(pe, vcpu);
    if (this.#neighbour !== null && state === 'scheduled-out') this.#visit(vcpu, this.#neighbour);
  }

  /** The host's own timer interrupts shortly, if nothing else does. @param {KvmVcpu} vcpu */
  #tick({ thread: { cpu, record } }) {
    if (this.#ticks.expires !== Infinity || record.state === 'guest' || record.state === 'blocked') return;
    const arm = () => startTimer(cpu, this.#ticks, this.#count() + TICK);
    if (record.state === 'user') ioctl(cpu, arm);
    else arm();
  }

  #count() {
    const words = new Uint32Array(2);
    this.#hypervised.machine.readCounter(words);
    return Number(words[1]) * 2 ** 32 + Number(words[0]);
  }

  /** To the PE that nobody is on. @param {MachinePe} pe @param {KvmVcpu} vcpu */
  #migrate(pe, { thread }) {
    const { machine, host } = this.#hypervised;
    const to = machine.pes.find(({ number }) => number > pe.number && this.#on[number] === null) ?? machine.pes.find(({ number }) => this.#on[number] === null);
    const cpu = to === undefined ? undefined : host.cpus[to.number];
    if (to === undefined || cpu === undefined) return;
    if (thread.isInKvmRun) thread.suspend();
    thread.migrate(cpu);
    to.skipTo(pe.clock.time);
    [to.state, pe.state] = ['ready', 'off'];
    [this.#on[to.number], this.#on[pe.number]] = [this.#on[pe.number] ?? null, null];
  }

  /** The other VM runs for a moment. @param {KvmVcpu} vcpu @param {KvmVcpu} neighbour */
  #visit({ thread }, neighbour) {
    thread.suspend();
    for (;;) {
      const result = neighbour.run();
      if (result.status === 'exit') return;
      if (result.status !== 'stopped' || this.#hypervised.machine.stopped === null) throw new Error(`the neighbour: ${JSON.stringify(result.status)}`);
    }
  }

  /** Threads take turns on the one PE, whoever can run. @param {MachinePe} pe */
  #share(pe) {
    for (let tried = 0; tried < this.#vcpus.length; tried++) {
      const before = this.#on[0] ?? null;
      const inGuest = before?.thread.record.state === 'guest';
      const vcpu = inGuest ? before : this.#vcpus[this.#next++ % this.#vcpus.length];
      if (vcpu === undefined || vcpu === null) return;
      if (before !== null && before !== vcpu && before.thread.isInKvmRun) before.thread.suspend();
      this.#on[0] = vcpu;
      if (vcpu !== before && vcpu.thread.record.state === 'user') this.#tick(vcpu);
      const status = vcpu.thread.resume();
      if (vcpu.thread.record.state === 'scheduled-out') this.#tick(vcpu);
      if (status === 'exited') this.#exited(pe, vcpu);
      if (status !== 'blocked') return;
    }
    pe.state = 'waiting';
  }

  /** Nothing of the machine would wake a guest that waits: a signal of its thread does. */
  #wakeAll() {
    const { machine } = this.#hypervised;
    machine.resume();
    for (const vcpu of this.#vcpus) {
      if (vcpu.vcpu.isPoweredOff) continue;
      this.#traces[vcpu.vcpu.number]?.push('waits');
      vcpu.signal();
    }
    for (const [number, vcpu] of this.#on.entries()) {
      const pe = machine.pes[number];
      if (vcpu !== null && pe !== undefined) pe.state = 'ready';
    }
  }

  /** All threads leave KVM_RUN. */
  #stopAll() {
    const { machine } = this.#hypervised;
    machine.resume();
    for (const vcpu of this.#vcpus) {
      const { thread } = vcpu;
      if (!thread.isInKvmRun) continue;
      const before = this.#schedule === 'share' ? (this.#on[0] ?? null) : null;
      if (before !== null && before !== vcpu && before.thread.isInKvmRun) before.thread.suspend();
      if (this.#schedule === 'share') this.#on[0] = vcpu;
      for (let turn = 0; thread.isInKvmRun; turn++) {
        vcpu.signal();
        thread.resume();
        if (turn > MOST_TURNS) throw new Error('a thread does not leave KVM_RUN');
      }
    }
    // The host's timer may be on still, and would interrupt the next guest.
    const cpu = this.#hypervised.host.cpus[0];
    if (this.#ticks.expires !== Infinity && cpu !== undefined) ioctl(cpu, () => startTimer(cpu, this.#ticks, 0));
  }

  // ---- The VMM -------------------------------------------------------------------------------------------------------

  /** KVM_RUN is over. @param {MachinePe} pe @param {KvmVcpu} vcpu */
  #exited(pe, vcpu) {
    const { vcpu: state, thread } = vcpu;
    const trace = /** @type {string[]} */ (this.#traces[state.number]);
    if (thread.error === 'EINTR') return;
    if (thread.error !== null) {
      trace.push(`KVM_RUN: ${thread.error}`);
      this.#ended = true;
      return;
    }
    const { run } = state;
    switch (run.exitReason) {
      case KVM_EXIT_MMIO:
        this.#access(pe, vcpu, trace);
        return;
      case KVM_EXIT_DEBUG: {
        const pc = must(vcpu.getOneReg(coreReg('pc')));
        trace.push(`debug ${run.debug.hsr.toString(16)} at ${(pc - BigInt(GUEST_BASE)).toString(16)}`);
        // A software breakpoint is stepped over, as a debugger would.
        if (run.debug.hsr >>> 26 === 0x3c) must(vcpu.setOneReg(coreReg('pc'), pc + 4n));
        return;
      }
      case KVM_EXIT_SYSTEM_EVENT:
        trace.push(`system event ${String(run.systemEvent.type)}`);
        this.#ended = true;
        return;
      default:
        trace.push(`exit ${String(run.exitReason)}`);
        this.#ended = true;
    }
  }

  /** @param {MachinePe} pe @param {KvmVcpu} vcpu @param {string[]} trace */
  #access(pe, vcpu, trace) {
    const { mmio } = vcpu.vcpu.run;
    if (!mmio.isWrite) {
      this.#number = (this.#number * 1_103_515_245 + 12_345) % 2 ** 31;
      for (let byte = 0; byte < mmio.len; byte++) mmio.data[byte] = (this.#number >>> (8 * (byte & 3))) ^ (0x9d * byte);
      return;
    }
    const value = mmio.data.subarray(0, mmio.len).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const offset = mmio.physAddr - DEVICE.BASE;
    switch (offset) {
      case DEVICE.END:
        this.#ended = true;
        return;
      case DEVICE.LINE:
        if (this.#vm.vm.irqchip === 'none') must(this.#vm.irqLine(0, value !== 0n, pe.number));
        break;
      case DEVICE.SERROR:
        must(vcpu.setEvents({ serrorPending: true, serrorHasEsr: false, serrorEsr: 0n }));
        break;
      case DEVICE.SPI:
        must(this.#vm.irqLine((KVM_ARM_IRQ_TYPE.SPI << 24) | Number(value & 0x3ffn), (value & 0x8000_0000n) !== 0n, pe.number));
        break;
      case DEVICE.MSI:
        trace.push(`message: ${this.#message(value, pe)}`);
        return;
    }
    trace.push(`${offset.toString(16)}.${String(mmio.len)}: ${value.toString(16)}`);
  }

  /** A device of the VMM's writes to GITS_TRANSLATER. @param {bigint} value @param {MachinePe} pe */
  #message(value, pe) {
    const result = this.#vm.signalMsi({ address: TRANSLATER, data: Number(value & 0xffff_ffffn), deviceId: Number(value >> 32n) }, pe.number);
    return result.ok ? String(result.value) : result.errno;
  }

  // ---- What the guest owns -------------------------------------------------------------------------------------------

  /** Registers in ONE_REG order, the interrupt controller, and RAM. The count is compared where the program is about time. */
  #digest() {
    const { guestRam } = this.#hypervised;
    const hash = createHash('sha256');
    for (const vcpu of this.#vcpus) {
      hash.update(registersOf(vcpu, this.#program.timed === true));
    }
    /** @type {number[]} */
    const vgic = [];
    this.#vm.vm.vgic?.visitState((word) => vgic.push(word));
    hash.update(vgic.join(' '));
    for (let at = guestRam.base; at < guestRam.base + guestRam.size; at += PAGE) {
      const page = guestRam.bytes(at, PAGE);
      if (Buffer.compare(page, ZEROS) !== 0) hash.update(`${String(at)}\n`).update(page);
    }
    return hash.digest('hex').slice(0, 16);
  }
}

/** All of KVM_GET_REG_LIST in one system call: what a plan does around each is not asked here. @param {KvmVcpu} vcpu @param {boolean} withCount */
function registersOf({ thread: { cpu }, vcpu }, withCount) {
  return ioctl(cpu, () => {
    cpu.vcpu = vcpu;
    takeVcpu(cpu, vcpu);
    return Array.from(oneRegs(cpu), ([id, register]) => (id === PHYSICAL_COMPARE || (id === TIMER_COUNT && !withCount) ? '' : `${id.toString(16)} ${register.get(cpu, vcpu).toString(16)}\n`)).join('');
  });
}

/** KVM_REG_ARM_PTIMER_CVAL: a time of the host's, who booted earlier or later. */
const PHYSICAL_COMPARE = 0x6030_0000_0013_df12n;
/** KVM_REG_ARM_TIMER_CNT. */
const TIMER_COUNT = 0x6030_0000_0013_df1an;

/** Every PE is at the same time, at the beginning of a tick of the counter. @param {readonly MachinePe[]} pes */
function alignTime(pes) {
  const latest = Math.max(...pes.map(({ clock }) => clock.time));
  for (const pe of pes) pe.skipTo((Math.floor(latest / TIME_GRID) + 1) * TIME_GRID);
}

/** Guest RAM as one slot, or with its upper half read-only. @param {Hypervised} hypervised @param {Program} program */
function regionsOf({ machine, guestRam }, { readOnlyHalf = false }) {
  const backing = machine.ram.base + (guestRam.host - machine.ram.host);
  if (!readOnlyHalf) return [{ slot: 0, guestPhysAddr: GUEST_BASE, memorySize: guestRam.size, backing }];
  const half = guestRam.size / 2;
  return [
    { slot: 0, guestPhysAddr: GUEST_BASE, memorySize: half, backing },
    { slot: 1, guestPhysAddr: GUEST_BASE + half, memorySize: half, backing: backing + half, readOnly: true },
  ];
}

/** A VM beside, whose vCPU is at its first report: its values are in place. @param {Hypervised} hypervised @param {Plan} plan @param {Model} model @returns {KvmVcpu} */
function makeNeighbour({ machine, host }, plan, model) {
  const memorySize = 16 * PAGE;
  const backing = machine.ram.allocate(memorySize, PAGE);
  const result = assemble(neighbourText(model), { base: BigInt(GUEST_BASE) });
  if (!result.ok) throw new Error(result.diagnostics.map(({ line, message }) => `neighbour:${String(line)}: ${message}`).join('\n'));
  const loaded = loadElf(writeElf(result.program), new Ram(machine.ram.memory, machine.ram.host + backing - machine.ram.base, GUEST_BASE, memorySize));
  if (!loaded.ok) throw new Error(loaded.error.message);
  const vm = Kvm.open(host).createVm({ plan, irqchip: model });
  must(vm.setUserMemoryRegion({ slot: 0, guestPhysAddr: GUEST_BASE, memorySize, backing }));
  const vcpu = must(vm.createVcpu(0));
  must(vcpu.init({ psci02: true }));
  must(vm.initVgic({ distributor: MEMORY_MAP.GICD, interface: model === 'gicv2' ? MEMORY_MAP.GICC : MEMORY_MAP.GICR }));
  must(vcpu.setOneReg(coreReg('pc'), BigInt(GUEST_BASE)));
  for (let exits = 0; exits < NEIGHBOUR_EXITS; exits++) {
    machine.limit({ maxInstructions: machine.instructions + MOST_INSTRUCTIONS });
    const { status } = vcpu.run();
    if (status !== 'exit') throw new Error(`the neighbour did not start: ${status}`);
    const intid = [40, 41][exits];
    if (intid !== undefined) must(vm.irqLine((KVM_ARM_IRQ_TYPE.SPI << 24) | intid, true));
  }
  return vcpu;
}

/** @template T @param {import('../../../packages/hyp/dist/index.js').KvmResult<T> | undefined} result @returns {T} */
function must(result) {
  if (result?.ok !== true) throw new Error(`unexpected ${String(result?.errno)}`);
  return result.value;
}
