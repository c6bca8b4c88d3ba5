// @ts-check
/** A host, a VM and a vCPU on a machine of ours for one row of `check:api`, and words for what a row expects. */
import { Kvm, parseStepSet, sysReg, coreReg } from '../../../packages/hyp/dist/index.js';
import { createHypervised, GUEST_BASE, MEMORY_MAP } from '../../../packages/machine/dist/index.js';
import { assemble, writeElf } from '../../../packages/tools/dist/index.js';

/**
 * @typedef {import('../../../packages/hyp/dist/index.js').KvmVcpu} KvmVcpu
 * @typedef {import('../../../packages/hyp/dist/index.js').KvmVm} KvmVm
 * @typedef {import('../../../packages/hyp/dist/index.js').RunResult} RunResult
 * @typedef {{ mode: 'vhe' | 'nvhe', steps: string, gic?: 2 | 3, profile?: string }} Cell
 */

const MIB = 2 ** 20;
/** A guest physical address that no slot has. */
export const DEVICE = 0x0900_0000;

export class Lab {
  /** @type {string[]} */
  findings = [];
  checks = 0;
  /** @type {(edge: number) => void} */
  onEdge = () => undefined;

  /** @param {Cell} cell */
  constructor({ mode, steps, gic = 3, profile = 'generic' }) {
    const set = parseStepSet(steps);
    if (!set.ok) throw new Error(set.error);
    const made = createHypervised({ profile: /** @type {any} */ (profile), mode, gic, steps: set.set, clock: 'retired', memory: 2 * MIB, hostMemory: 14 * MIB, observe: (edge) => this.onEdge(edge) });
    if (!made.ok) throw new Error(made.error.message);
    this.mode = mode;
    this.set = set.set;
    this.hypervised = made.hypervised;
    this.kvm = Kvm.open(made.hypervised.host);
    this.vm = made.hypervised.vm;
    this.vcpu = made.hypervised.vcpu;
    // The console and the limits are the machine's; a row runs the vCPU itself.
    made.hypervised.machine.limit({ maxInstructions: 100_000 });
  }

  /** Another VM with the same guest RAM. @param {import('../../../packages/hyp/dist/index.js').VmOptions} options */
  newVm(options = {}) {
    const vm = this.kvm.createVm({ steps: this.set, ...options });
    const { ram } = this.hypervised.machine;
    const { guestRam } = this.hypervised;
    this.value(vm.setUserMemoryRegion({ slot: 0, guestPhysAddr: GUEST_BASE, memorySize: guestRam.size, backing: ram.base + (guestRam.host - ram.host) }));
    return vm;
  }

  /** A vCPU with these features, from a VM of its own. @param {Partial<import('../../../packages/hyp/dist/index.js').VcpuFeatures>} features @param {import('../../../packages/hyp/dist/index.js').VmOptions} options */
  newVcpu(features, options = {}) {
    const vm = this.newVm(options);
    const vcpu = this.value(vm.createVcpu(0));
    this.value(vcpu.init(features));
    if (options.irqchip !== 'none') this.initVgic(vm);
    return vcpu;
  }

  /** Its interrupt controller is set up, with all its vCPUs there. @param {KvmVm} vm */
  initVgic(vm) {
    this.value(vm.initVgic({ distributor: MEMORY_MAP.GICD, interface: vm.vm.irqchip === 'gicv2' ? MEMORY_MAP.GICC : MEMORY_MAP.GICR }));
  }

  // ---- The guest ----

  /** Puts a program at the start of the guest's RAM; `_start` is its first instruction. @param {string} text @param {KvmVcpu} vcpu */
  load(text, vcpu = this.vcpu) {
    const result = assemble(`_start:\n${text}\n`, { base: BigInt(GUEST_BASE) });
    if (!result.ok) throw new Error(result.diagnostics.map(({ line, message }) => `${String(line)}: ${message}`).join('\n'));
    const loaded = this.hypervised.loadElf(writeElf(result.program));
    if (!loaded.ok) throw new Error(loaded.error.message);
    this.set_(vcpu, 'pc', loaded.image.entry);
  }

  /** @param {KvmVcpu} vcpu @returns {RunResult} */
  run(vcpu = this.vcpu) {
    return vcpu.run();
  }

  /** Runs until the guest writes to {@link DEVICE} and returns what it wrote. @param {KvmVcpu} vcpu */
  report(vcpu = this.vcpu) {
    const result = vcpu.run();
    if (result.status !== 'exit' || !result.run.mmio.isWrite || result.run.exitReason !== 6) return show(result);
    return result.run.mmio.data.reduce((value, byte, index) => value | (BigInt(byte) << BigInt(8 * index)), 0n);
  }

  /** A core register (`x0`, `pc`) or a system register (`SCTLR_EL1`). @param {string} name @param {KvmVcpu} vcpu */
  get(name, vcpu = this.vcpu) {
    return this.value(vcpu.getOneReg(idOf(name)));
  }

  /** @param {KvmVcpu} vcpu @param {string} name @param {bigint} value */
  set_(vcpu, name, value) {
    this.value(vcpu.setOneReg(idOf(name), value));
  }

  /** @template T @param {import('../../../packages/hyp/dist/index.js').KvmResult<T>} result @returns {T} */
  value(result) {
    if (!result.ok) throw new Error(`unexpected ${result.errno}`);
    return result.value;
  }

  // ---- Expectations ----

  /** @param {string} what @param {unknown} found @param {unknown} wanted */
  equal(what, found, wanted) {
    this.checks++;
    const [a, b] = [show(found), show(wanted)];
    if (a !== b) this.findings.push(`${what}: ${a}, expected ${b}`);
  }

  /** The call fails with this errno, and nothing that user space can see has changed. @param {string} what @param {string} errno @param {() => any} call @param {KvmVcpu} vcpu */
  refused(what, errno, call, vcpu = this.vcpu) {
    const before = visible(vcpu);
    const result = call();
    this.equal(what, result.ok === false || result.status === 'error' ? result.errno : result, errno);
    this.equal(`${what}: nothing changed`, visible(vcpu), before);
  }

  /** KVM_RUN ends with this exit reason. @param {string} what @param {RunResult} result @param {number} reason */
  exits(what, result, reason) {
    this.equal(what, result.status === 'exit' ? result.run.exitReason : result, reason);
  }
}

/** @param {string} name */
export function idOf(name) {
  return /^[A-Z]/.test(name) ? sysReg(name) : coreReg(name);
}

/** Everything that user space can read of a vCPU. The virtual count goes on by itself only while machine code runs. @param {KvmVcpu} vcpu */
function visible(vcpu) {
  const list = vcpu.regList();
  const { run } = vcpu.vcpu;
  return [
    list.ok ? list.value.map((id) => [id, vcpu.getOneReg(id)]) : list, vcpu.getMpState(), vcpu.getEvents(), vcpu.vcpu.guestDebug,
    run.exitReason, run.mmio.physAddr, [...run.mmio.data], run.debug, run.systemEvent, vcpu.vcpu.features, vcpu.vcpu.pmu, vcpu.vcpu.timerIrqs,
  ];
}

/** @param {unknown} value @returns {string} */
function show(value) {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  return JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? `0x${one.toString(16)}` : one)) ?? 'undefined';
}
