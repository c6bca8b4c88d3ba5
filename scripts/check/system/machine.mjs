// @ts-check
/** Our side of `check:system`: one PE, RAM, timers, interrupts, and semihosting; the rest of the address space aborts. */
import { readFileSync } from 'node:fs';
import { FeatureSet } from '../../../packages/cpu/dist/arch/index.js';
import { Cpu, planMemory } from '../../../packages/cpu/dist/index.js';
import { Interrupts } from './interrupts.mjs';

const RAM = 0x4000_0000;
const RAM_SIZE = 0x100_0000;
const SEMIHOSTING = 0xf000;
const SYS_WRITE0 = 4;
const SYS_EXIT = 0x18;
/** Instructions of a slice; a deadline or a wait ends one early. */
const SLICE = 100_000;
/** A program that has not ended by then never will. */
const LIMIT = 30_000_000;

/** As near as may be to the emulator's neoverse-n1. */
const FEATURES = FeatureSet.upTo('v8.2', 'mandatory').with('EL2', 'CRC32', 'VMID16', 'HAFDBS', 'AA32EL0', 'PMUv3', 'PMUv3p1', 'LRCPC', 'FP16', 'DotProd', 'HPDS2', 'GICv3', 'SSBS', 'SSBS2');

/** @param {string} elf @returns {{ text: string, end: string }} */
export function runOurs(elf) {
  const plan = planMemory(1, RAM_SIZE);
  const memory = new ArrayBuffer(plan.size);
  const ram = Buffer.from(memory, plan.ram, RAM_SIZE);
  const entry = load(readFileSync(elf), ram);
  const text = [''];
  let end = '';
  /** @type {Interrupts} */
  const interrupts = new Interrupts(() => cpu);
  /** @type {Cpu} */
  const cpu = new Cpu({
    memory,
    plan,
    pe: 0,
    features: FEATURES,
    identity: { midr: 0x414f_d0c1n, mpidr: 0x8000_0000n, paBits: 48, breakpoints: 6, watchpoints: 4 },
    ports: {
      bus: interrupts,
      ram: [{ base: RAM, size: RAM_SIZE, host: plan.ram }],
      banks: interrupts.banks,
      firmwareCall: (kind, imm) => (kind === 'hlt' ? imm === SEMIHOSTING && semihosting() : kind === 'smc' && secureCall()),
      broadcastTlbi: () => undefined,
      sendEvent: () => undefined,
      isNative: () => false,
    },
  });
  cpu.reset(2, BigInt(entry));
  while (end === '' && cpu.retired.reduce((sum, n) => sum + n) + (cpu.exceptions.takenTo(1) + cpu.exceptions.takenTo(2)) < LIMIT) {
    const outcome = interrupts.run(SLICE);
    if (outcome === 'unimplemented') end = `unimplemented ${cpu.unimplementedRow?.id ?? '?'} at 0x${cpu.pc.toString(16)}`;
    if (outcome === 'native') end = 'native';
  }
  return { text: text.join(''), end: end === '' ? 'limit' : end };

  /** The emulator's PSCI by SMC: every function here is one it has not. */
  function secureCall() {
    cpu.setX(0, 0xffff_ffff_ffff_ffffn);
    return true;
  }

  function semihosting() {
    const operation = Number(cpu.getX(0));
    if (operation === SYS_EXIT) {
      end = 'exit';
      cpu.requestStop();
    } else if (operation === SYS_WRITE0) {
      const at = Number(cpu.getX(1)) - RAM;
      text.push(ram.toString('latin1', at, ram.indexOf(0, at)));
    } else return false;
    return true;
  }
}

/** Copies the segments of an ELF file; returns its entry. @param {Buffer} file @param {Buffer} ram */
function load(file, ram) {
  const headers = Number(file.readBigUInt64LE(32));
  const size = file.readUInt16LE(54);
  for (let n = 0; n < file.readUInt16LE(56); n++) {
    const at = headers + n * size;
    if (file.readUInt32LE(at) !== 1) continue;
    const [offset, , physical, length] = [8, 16, 24, 32].map((field) => Number(file.readBigUInt64LE(at + field)));
    file.copy(ram, (physical ?? 0) - RAM, offset, (offset ?? 0) + (length ?? 0));
  }
  return Number(file.readBigUInt64LE(24));
}
