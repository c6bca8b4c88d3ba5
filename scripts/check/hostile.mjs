// @ts-check
/**
 * `npm run check:hostile -- [--seed N] [--cases N] [--quick]`: guests of random instructions, which write system registers of every
 * encoding, reach for every address, put page tables over themselves, make every firmware call and HVC with every immediate. Such a
 * guest may hurt itself only: the host's registers are as before, other guests on the host (programs of check:ladder) see what they
 * saw on a host of their own, the memory of one that sleeps is unchanged, and nothing of ours throws. A finding names its seed.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { KERNEL } from '../../apps/harness/dist/experiment/host-state.js';
import * as arch from '../../packages/cpu/dist/arch/index.js';
import { ioctl } from '../../packages/hyp/dist/api/ioctl.js';
import { SoftTimer, startTimer } from '../../packages/hyp/dist/host/soft-timer.js';
import { BASE, coreReg, FIXED, Kvm, planFor, sysReg } from '../../packages/hyp/dist/index.js';
import { createHypervised, GUEST_BASE, MEMORY_MAP } from '../../packages/machine/dist/index.js';
import { Run } from './ladder/lab.mjs';
import { PROGRAMS } from './ladder/programs.mjs';
import { Random } from './lib/rng.mjs';

/** @typedef {import('../../packages/machine/dist/index.js').Hypervised} Hypervised */

const { values } = parseArgs({ options: { seed: { type: 'string' }, cases: { type: 'string' }, quick: { type: 'boolean' } } });
const seed = Number(values.seed ?? '1');
const cases = Number(values.cases ?? (values.quick === true ? '6' : '60'));

const MIB = 2 ** 20;
const WORDS = 16_384;
/** As many guests go through the immediates of HVC. */
const SWEEPS = 2 ** 16 / WORDS;
/** KVM_RUNs and interrupts of the host that one guest gets, and ticks of the counter between two of the latter. */
const MOST_TURNS = 400;
const TICK = 200;
const MODELS = /** @type {const} */ ([['v3', 3, 'gicv3'], ['v2', 2, 'gicv2'], ['v2-on-v3', 3, 'gicv2']]);
const VICTIMS = PROGRAMS.filter(({ name }) => ['el1-registers', 'fp-everything', 'spi-nested', 'timer-again', 'breakpoint', 'mmu', 'own-tables'].includes(name));
const PLACES = [GUEST_BASE, GUEST_BASE + MIB, GUEST_BASE + 2 * MIB - 8, MEMORY_MAP.GICD, MEMORY_MAP.GICC, MEMORY_MAP.GICR, MEMORY_MAP.GICR + 0x1_0000, MEMORY_MAP.GICH, MEMORY_MAP.GICV, MEMORY_MAP.UART, MEMORY_MAP.NATIVE_TEXT, 0, 0x8000_0000, 2 ** 40 - 16, 2 ** 48 - 8];
const CALLS = [0x8000_0000, 0x8400_0000, 0xc400_0000];

let passed = 0;
/** @type {string[]} */
const findings = [];
for (const mode of /** @type {const} */ (['vhe', 'nvhe'])) {
  for (const [gic, version, model] of MODELS) {
    const made = createHypervised({ profile: 'generic', mode, gic: version, clock: 'retired', memory: 2 * MIB, hostMemory: 126 * MIB, vcpus: 4 });
    if (!made.ok) throw new Error(made.error.message);
    const { hypervised } = made;
    const before = new Map(VICTIMS.map((program) => [program.name, victim(hypervised, program, mode, model)]));
    // Immediates are one thing for all interrupt controllers.
    for (let number = values.quick === true || gic !== 'v3' ? SWEEPS : 0; number < SWEEPS + cases; number++) judge(hypervised, mode, `${mode} GIC${gic}`, model, number, before);
  }
}
for (const finding of findings.slice(0, 20)) process.stdout.write(`FAILED ${finding}\n`);
process.stdout.write(`seed ${String(seed)}: ${String(cases)} guests of random instructions in each of 6 hosts\n${String(passed)} passed, ${String(findings.length)} failed\n`);
process.exitCode = findings.length === 0 && passed > 0 ? 0 : 1;

/** @param {Hypervised} hypervised @param {'vhe' | 'nvhe'} mode @param {string} host @param {'gicv2' | 'gicv3'} model @param {number} number @param {ReadonlyMap<string, string>} before */
function judge(hypervised, mode, host, model, number, before) {
  const name = `${host} --seed ${String(seed)}, guest ${String(number)}`;
  const expect = (/** @type {string} */ what, /** @type {string} */ found, /** @type {string | undefined} */ wanted) => {
    if (found === wanted) passed++;
    else findings.push(`${name}: ${what}: ${firstDifference(found, String(wanted))}`);
  };
  const registers = kernelRegisters(hypervised, mode);
  const sleeping = sleepingMemory(hypervised);
  try {
    attack(hypervised, mode, model, number);
  } catch (error) {
    findings.push(`${name}: ${error instanceof Error ? String(error.stack).split('\n').slice(0, 3).join(' ') : String(error)}`);
    return;
  }
  expect("the host's registers", kernelRegisters(hypervised, mode), registers);
  expect('memory of a guest that sleeps', sleepingMemory(hypervised), sleeping);
  const program = VICTIMS[number % VICTIMS.length];
  if (program !== undefined) expect(`${program.name} afterwards`, victim(hypervised, program, mode, model), before.get(program.name));
}

/** @param {string} found @param {string} wanted */
function firstDifference(found, wanted) {
  const [a, b] = [found, wanted].map((text) => text.split(/\n| \| /));
  const at = a?.findIndex((part, n) => part !== b?.[n]) ?? -1;
  return `${String(a?.[at])}, before ${String(b?.[at])}`;
}

/** A program of check:ladder on this host: its trace and digest. @param {Hypervised} hypervised @param {import('./ladder/text.mjs').Program} program @param {'vhe' | 'nvhe'} mode @param {'gicv2' | 'gicv3'} model */
function victim(hypervised, program, mode, model) {
  const { trace, digest } = new Run(hypervised, program, planFor(mode, FIXED), 'every-exit', model, null).drive();
  return `${digest} ${trace.join(' | ')}`;
}

/** @param {Hypervised} hypervised @param {'vhe' | 'nvhe'} mode */
function kernelRegisters({ machine: { pes } }, mode) {
  return pes.flatMap(({ cpu, number }) => [...KERNEL[mode], 'HCR_EL2', 'CPTR_EL2', 'MDCR_EL2', 'HSTR_EL2', 'CNTVOFF_EL2', 'PMUSERENR_EL0', 'SP_EL0', 'MDSCR_EL1', ...(mode === 'nvhe' ? ['TPIDR_EL1'] : [])].map((name) => {
    const register = arch.SYSTEM_REGISTERS.byName(name);
    return register === undefined ? '' : `${String(number)} ${name} ${String(cpu.getSystemRegister(register)?.toString(16))}`;
  })).join('\n');
}

/** The VM that createHypervised makes, and that nobody runs: registers, and what is behind its slot beside the guests' RAM. @param {Hypervised} hypervised */
function sleepingMemory({ vcpus }) {
  const hash = createHash('sha256');
  for (const vcpu of vcpus) {
    const list = vcpu.regList();
    if (list.ok) for (const id of list.value) hash.update(id === 0x6030_0000_0013_df1an ? '' : JSON.stringify(vcpu.getOneReg(id), (_key, value) => (typeof value === 'bigint' ? value.toString(16) : value)));
  }
  return hash.digest('hex');
}

// ---- The attacker ------------------------------------------------------------------------------------------------------

/** @param {Hypervised} hypervised @param {'vhe' | 'nvhe'} mode @param {'gicv2' | 'gicv3'} model @param {number} number */
function attack({ machine, guestRam, host }, mode, model, number) {
  const random = new Random(seed * 1000 + number + (mode === 'vhe' ? 500 : 0));
  machine.resume();
  guestRam.write(guestRam.base, code(random, number));
  const vm = Kvm.open(host).createVm({ plan: planFor(mode, random.below(2) === 0 ? BASE : FIXED), irqchip: model });
  const backing = machine.ram.base + (guestRam.host - machine.ram.host);
  must(vm.setUserMemoryRegion({ slot: 0, guestPhysAddr: GUEST_BASE, memorySize: guestRam.size, backing }));
  const vcpu = must(vm.createVcpu(0, { preemption: number < SWEEPS ? 'never' : 'every-exit' }));
  must(vcpu.init({ psci02: true }));
  must(vm.initVgic({ distributor: MEMORY_MAP.GICD, interface: model === 'gicv2' ? MEMORY_MAP.GICC : MEMORY_MAP.GICR }));
  for (let x = 0; x < 31; x++) must(vcpu.setOneReg(coreReg(`x${String(x)}`), BigInt(interesting(random))));
  // A function that nobody knows; nor is its answer one.
  if (number < SWEEPS) must(vcpu.setOneReg(coreReg('x0'), 0x4b00_0000n));
  must(vcpu.setOneReg(coreReg('pc'), BigInt(GUEST_BASE)));
  must(vcpu.setOneReg(sysReg('VBAR_EL1'), BigInt(GUEST_BASE + 0x800 * random.below(24))));
  must(vcpu.setOneReg(sysReg('CPACR_EL1'), 3n << 20n));
  machine.limit({ maxInstructions: machine.instructions + 40_000 });
  for (const pe of machine.pes) pe.state = pe.number === 0 ? 'ready' : 'off';
  drive(machine, vcpu, random);
}

/** The VMM of the attacker: it answers with whatever. @param {Hypervised['machine']} machine @param {import('../../packages/hyp/dist/index.js').KvmVcpu} vcpu @param {Random} random */
function drive(machine, vcpu, random) {
  const { thread } = vcpu;
  const ticks = new SoftTimer(() => undefined);
  const count = new Uint32Array(2);
  for (let turn = 0; turn < MOST_TURNS || thread.isInKvmRun; turn++) {
    const { state } = thread.record;
    if (ticks.expires === Infinity && (state === 'user' || state === 'scheduled-out')) {
      machine.readCounter(count);
      const arm = () => startTimer(thread.cpu, ticks, Number(count[1]) * 2 ** 32 + Number(count[0]) + TICK);
      if (state === 'user') ioctl(thread.cpu, arm);
      else arm();
    }
    if (turn >= MOST_TURNS) vcpu.signal();
    const status = thread.resume();
    if (status === 'blocked') vcpu.signal();
    if (machine.stopped !== null) {
      machine.resume();
      machine.limit({ maxInstructions: machine.instructions + 4000 });
      turn = Math.max(turn, MOST_TURNS);
    }
    if (turn > 10 * MOST_TURNS) throw new Error('it does not leave KVM_RUN');
    if (status !== 'exited') continue;
    const { run } = vcpu.vcpu;
    if (thread.error !== null && thread.error !== 'EINTR') turn = Math.max(turn, MOST_TURNS);
    else if (run.exitReason === 24) turn = Math.max(turn, MOST_TURNS);
    else if (run.exitReason === 6 && !run.mmio.isWrite) run.mmio.data.fill(random.below(256));
  }
  if (ticks.expires !== Infinity) ioctl(thread.cpu, () => startTimer(thread.cpu, ticks, 0));
}

/** @param {Random} random */
function interesting(random) {
  switch (random.below(5)) {
    case 0:
      return (CALLS[random.below(CALLS.length)] ?? 0) + random.below(32);
    case 1:
      return random.bits();
    case 2:
      return 2 ** random.below(53);
    default:
      return (PLACES[random.below(PLACES.length)] ?? 0) + 4 * random.below(0x400);
  }
}

/** 64 KiB of instructions; the first guests go through the immediates of HVC, a part of them each. @param {Random} random @param {number} number */
function code(random, number) {
  const words = new Uint32Array(WORDS);
  for (let at = 0; at < WORDS; at++) words[at] = number < SWEEPS ? (0xd400_0002 | ((number * WORDS + at) << 5)) >>> 0 : instruction(random);
  return new Uint8Array(words.buffer);
}

/** @param {Random} random */
function instruction(random) {
  const rt = random.below(31);
  const [rn, rm] = [random.below(31), random.below(31)];
  const known = arch.SYSTEM_REGISTERS.rows[random.below(arch.SYSTEM_REGISTERS.rows.length)];
  const isRead = random.below(2) << 21;
  switch (random.below(14)) {
    case 0:
    case 1:
      return (0xd510_0000 | isRead | ((known?.key ?? 0) & 0x7fff) << 5 | rt) >>> 0;
    case 2:
      return (0xd510_0000 | isRead | random.below(0x8000) << 5 | rt) >>> 0;
    case 3:
      // System instructions: TLBI, DC, IC, AT and what has no name.
      return (0xd508_0000 | isRead | random.below(0x4000) << 5 | rt) >>> 0;
    case 4:
      return (0xd400_0000 | random.below(0x1_0000) << 5 | 1 + random.below(3)) >>> 0;
    case 5:
    case 6:
    case 7: {
      const size = random.below(4);
      // A register offset, or pairs, exclusives and other forms that say nothing of themselves in a syndrome.
      return (random.below(4) > 0 ? size << 30 | 0x3820_6800 | random.below(2) << 22 | rm << 16 | rn << 5 | rt : 0x0800_0000 | random.below(0x40) << 25 | random.below(0x80_0000)) >>> 0;
    }
    case 8:
      return (0xd280_0000 | random.below(2) << 29 | random.below(4) << 21 | random.below(0x1_0000) << 5 | rt) >>> 0;
    case 9:
      return 0xd69f_03e0;
    case 10:
      return (0xd500_401f | random.below(8) << 16 | random.below(16) << 8 | random.below(8) << 5) >>> 0;
    case 11:
      return (0xd503_201f | random.below(0x80) << 5) >>> 0;
    case 12:
      return (0xd420_0000 | random.below(0x1_0000) << 5) >>> 0;
    default:
      return random.bits() >>> 0;
  }
}

/** @template T @param {import('../../packages/hyp/dist/index.js').KvmResult<T>} result @returns {T} */
function must(result) {
  if (!result.ok) throw new Error(`unexpected ${result.errno}`);
  return result.value;
}
