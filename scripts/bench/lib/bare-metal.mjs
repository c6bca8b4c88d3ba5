// @ts-check
/** Runs a bare-metal program of packages/cpu/bench on a PE of ours, with the semihosting calls that it makes. */
import { readFileSync } from 'node:fs';
import { FeatureSet } from '../../../packages/cpu/dist/arch/index.js';
import { Cpu } from '../../../packages/cpu/dist/core.js';
import { machineMemory } from '../../../packages/cpu/dist/emit/web-assembly.js';
import { planMemory } from '../../../packages/cpu/dist/engine/layout.js';
import { createTranslation } from '../../../packages/cpu/dist/engine/translation.js';

const RAM_BASE = 0x4000_0000;
const RAM_SIZE = 64 << 20;
const SLICE = 1_000_000;
const SEMIHOSTING = 0xf000;
const SYS_WRITE0 = 0x04;
const SYS_EXIT = 0x18;
const SYS_ELAPSED = 0x30;

/**
 * @param {string} file
 * @param {{ tiers?: 'all' | 'eval' | 'tier0' | 'tier1', limit?: number }} options which tiers run, Eval always; `limit` in instructions
 */
export function runProgram(file, { tiers = 'all', limit = Infinity }) {
  const features = FeatureSet.upTo('v8.0', 'mandatory');
  const plan = planMemory(1, RAM_SIZE);
  const memory = machineMemory(plan.size);
  const bytes = new DataView(memory.buffer);
  const hostOf = (/** @type {number} */ address) => (address >= RAM_BASE && address < RAM_BASE + RAM_SIZE ? address - RAM_BASE + plan.ram : 0);
  const ram = { base: RAM_BASE, size: RAM_SIZE, host: plan.ram };
  const cache = createTranslation(memory, plan, features, [ram], { tier0: tiers !== 'tier1', tier1: tiers !== 'tier0' });
  let retired = 0;
  let output = '';
  let isDone = false;
  /** @type {{ time: number, retired: number }[]} */
  const marks = [];

  /** @param {number} operation @param {number} block */
  function semihost(operation, block) {
    if (operation === SYS_ELAPSED) {
      marks.push({ time: performance.now(), retired: retiredNow() });
      bytes.setBigUint64(block, process.hrtime.bigint(), true);
    } else if (operation === SYS_WRITE0) {
      for (let at = block; bytes.getUint8(at) !== 0; at++) output += String.fromCharCode(bytes.getUint8(at));
    } else if (operation === SYS_EXIT) {
      isDone = true;
      cpu.requestStop();
    } else throw new Error(`semihosting call ${String(operation)}`);
  }

  const cpu = new Cpu({
    memory: memory.buffer,
    plan,
    pe: 0,
    features,
    identity: { midr: 0xf0000n, mpidr: 0x8000_0000n, paBits: 40, breakpoints: 6, watchpoints: 4 },
    ...(tiers !== 'eval' && { translation: cache }),
    ports: {
      bus: { read: () => 'abort', write: () => 'abort' },
      ram: [ram],
      banks: [],
      firmwareCall: (kind, imm) => {
        if (kind !== 'hlt' || imm !== SEMIHOSTING) return false;
        semihost(Number(cpu.getX(0)), hostOf(Number(cpu.getX(1))));
        return true;
      },
      broadcastTlbi: () => undefined,
      sendEvent: () => undefined,
      isNative: () => false,
    },
  });
  cpu.reset(1, load(file, new Uint8Array(memory.buffer), hostOf));
  const retiredNow = () => cpu.retired.reduce((sum, count) => sum + count, 0);

  const begin = performance.now();
  while (!isDone && retired < limit) {
    const outcome = cpu.run(SLICE);
    if (outcome !== 'budget' && !isDone) throw new Error(`${outcome} at ${cpu.pc.toString(16)}`);
    retired = retiredNow();
  }
  const from = marks[0] ?? { time: begin, retired: 0 };
  const to = marks[1] ?? { time: performance.now(), retired };
  return { checksum: output.split(' ')[0] ?? '', milliseconds: to.time - from.time, instructions: to.retired - from.retired, statistics: cache.statistics };
}

/** Copies the segments of an ELF file; returns the entry. @param {string} file @param {Uint8Array} bytes @param {(address: number) => number} hostOf */
function load(file, bytes, hostOf) {
  const elf = readFileSync(file);
  const headers = Number(elf.readBigUInt64LE(32));
  for (let i = 0; i < elf.readUInt16LE(56); i++) {
    const header = headers + 56 * i;
    const from = Number(elf.readBigUInt64LE(header + 8));
    const isLoaded = elf.readUInt32LE(header) === 1;
    if (isLoaded) bytes.set(elf.subarray(from, from + Number(elf.readBigUInt64LE(header + 32))), hostOf(Number(elf.readBigUInt64LE(header + 24))));
  }
  return elf.readBigUInt64LE(24);
}
