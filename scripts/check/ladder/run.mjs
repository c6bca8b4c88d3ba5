// @ts-check
/** One run of a guest program under one plan: what the guest could see, as a trace and a digest of all that it owns. */
import { createHash } from 'node:crypto';
import { coreReg, Kvm } from '../../../packages/hyp/dist/index.js';
import { createHypervised, GUEST_BASE } from '../../../packages/machine/dist/index.js';
import { assemble, writeElf } from '../../../packages/tools/dist/index.js';
import { DEVICE } from './programs.mjs';

/**
 * @typedef {{ name: string, mode: 'vhe' | 'nvhe', gic: 2 | 3, preemption: 'never' | 'every-exit', plan: import('../../../packages/hyp/dist/index.js').Plan }} Cell
 * @typedef {{ trace: string[], digest: string }} Outcome
 */

const MIB = 2 ** 20;
const MOST_EXITS = 2000;
const [KVM_EXIT_DEBUG, KVM_EXIT_MMIO, KVM_EXIT_SYSTEM_EVENT] = [4, 6, 24];

/** @type {Map<string, Uint8Array>} */
const images = new Map();

/** @param {import('./programs.mjs').Program} program */
function imageOf({ name, text }) {
  const known = images.get(name);
  if (known !== undefined) return known;
  const result = assemble(text, { base: BigInt(GUEST_BASE) });
  if (!result.ok) throw new Error(result.diagnostics.map(({ line, message }) => `${name}:${String(line)}: ${message}`).join('\n'));
  const image = writeElf(result.program);
  images.set(name, image);
  return image;
}

/** @param {import('./programs.mjs').Program} program @param {Cell} cell @returns {Outcome} */
export function runProgram(program, { mode, gic, preemption, plan }) {
  const made = createHypervised({ profile: 'generic', mode, gic, plan, clock: 'retired', memory: 2 * MIB, hostMemory: 14 * MIB });
  if (!made.ok) throw new Error(made.error.message);
  const { hypervised } = made;
  const { machine, guestRam } = hypervised;
  const vm = Kvm.open(hypervised.host).createVm({ plan, ...(program.irqchip === undefined ? {} : { irqchip: program.irqchip }) });
  must(vm.setUserMemoryRegion({ slot: 0, guestPhysAddr: GUEST_BASE, memorySize: guestRam.size, backing: machine.ram.base + (guestRam.host - machine.ram.host) }));
  const vcpu = must(vm.createVcpu(0, { preemption }));
  must(vcpu.init({ psci02: true, ...program.features }));
  if (program.features?.pmu === true) {
    must(vcpu.setDeviceAttr(0, 0, 23));
    must(vcpu.setDeviceAttr(0, 1));
  }
  const loaded = hypervised.loadElf(imageOf(program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  must(vcpu.setOneReg(coreReg('pc'), loaded.image.entry));
  if (program.debug !== undefined) must(vcpu.setGuestDebug(program.debug));
  machine.limit({ maxInstructions: 200_000 });
  const trace = drive(vm, vcpu);
  return { trace, digest: trace.at(-1) === 'end' ? digest(vcpu, guestRam) : 'none' };
}

/** The VMM. @param {import('../../../packages/hyp/dist/index.js').KvmVm} vm @param {import('../../../packages/hyp/dist/index.js').KvmVcpu} vcpu @returns {string[]} */
function drive(vm, vcpu) {
  /** @type {string[]} */
  const trace = [];
  let number = 1;
  for (let exits = 0; exits < MOST_EXITS; exits++) {
    const result = vcpu.run();
    // Nothing of these machines would wake a guest that waits: a signal of its thread does.
    if (result.status === 'blocked') {
      trace.push('waits');
      vcpu.signal();
      continue;
    }
    if (result.status === 'error' && result.errno === 'EINTR') continue;
    if (result.status !== 'exit') return [...trace, JSON.stringify(result)];
    const { run } = result;
    if (run.exitReason === KVM_EXIT_SYSTEM_EVENT) return [...trace, 'off'];
    if (run.exitReason === KVM_EXIT_DEBUG) {
      const pc = must(vcpu.getOneReg(coreReg('pc')));
      trace.push(`debug ${run.debug.hsr.toString(16)} at ${(pc - BigInt(GUEST_BASE)).toString(16)}`);
      // A software breakpoint is stepped over, as a debugger would.
      if (run.debug.hsr >>> 26 === 0x3c) must(vcpu.setOneReg(coreReg('pc'), pc + 4n));
      continue;
    }
    if (run.exitReason !== KVM_EXIT_MMIO) return [...trace, `exit ${String(run.exitReason)}`];
    const { mmio } = run;
    if (!mmio.isWrite) {
      number = (number * 1_103_515_245 + 12_345) % 2 ** 31;
      for (let byte = 0; byte < mmio.len; byte++) mmio.data[byte] = (number >>> (8 * (byte & 3))) ^ (0x9d * byte);
      continue;
    }
    const value = mmio.data.subarray(0, mmio.len).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const offset = mmio.physAddr - DEVICE.BASE;
    if (offset === DEVICE.END) return [...trace, 'end'];
    if (offset === DEVICE.LINE && vm.vm.irqchip === 'none') must(vm.irqLine(0, value !== 0n));
    if (offset === DEVICE.SERROR) must(vcpu.setEvents({ serrorPending: true, serrorHasEsr: false, serrorEsr: 0n }));
    trace.push(`${String(offset)}.${String(mmio.len)}: ${value.toString(16)}`);
  }
  return [...trace, 'too many exits'];
}

/** Registers in ONE_REG order, and RAM. @param {import('../../../packages/hyp/dist/index.js').KvmVcpu} vcpu @param {import('../../../packages/machine/dist/index.js').Ram} guestRam */
function digest(vcpu, guestRam) {
  const hash = createHash('sha256');
  for (const id of must(vcpu.regList())) hash.update(`${id.toString(16)} ${must(vcpu.getOneReg(id)).toString(16)}\n`);
  return hash.update(guestRam.bytes(guestRam.base, guestRam.size)).digest('hex').slice(0, 16);
}

/** @template T @param {import('../../../packages/hyp/dist/index.js').KvmResult<T>} result @returns {T} */
function must(result) {
  if (!result.ok) throw new Error(`unexpected ${result.errno}`);
  return result.value;
}
