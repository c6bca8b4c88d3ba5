// @ts-check
/** Runs a bare-metal program of packages/cpu/bench on a PE of ours, with the semihosting calls that it makes. */
import { readFileSync } from 'node:fs';
import { onePe } from './one-pe.mjs';

const RAM_SIZE = 64 << 20;
const SLICE = 1_000_000;
const SEMIHOSTING = 0xf000;
const SYS_WRITE0 = 0x04;
const SYS_EXIT = 0x18;
const SYS_ELAPSED = 0x30;
const MOST_TEXT = 64;

/**
 * @param {string} file
 * @param {{ tiers?: 'all' | 'eval' | 'tier0' | 'tier1', limit?: number }} options which tiers run, Eval always; `limit` in instructions
 */
export function runProgram(file, { tiers = 'all', limit = Infinity }) {
  let retired = 0;
  let output = '';
  let isDone = false;
  /** @type {{ time: number, retired: number }[]} */
  const marks = [];

  /** @param {number} operation @param {number} block */
  function semihost(operation, block) {
    if (operation === SYS_ELAPSED) {
      marks.push({ time: performance.now(), retired: retiredNow() });
      const clock = new DataView(new ArrayBuffer(8));
      clock.setBigUint64(0, process.hrtime.bigint(), true);
      ram.write(block, new Uint8Array(clock.buffer));
    } else if (operation === SYS_WRITE0) {
      const text = ram.read(block, MOST_TEXT);
      output += String.fromCharCode(...text.subarray(0, text.indexOf(0)));
    } else if (operation === SYS_EXIT) {
      isDone = true;
      cpu.requestStop();
    } else throw new Error(`semihosting call ${String(operation)}`);
  }

  const { cpu, cache, ram, retired: retiredNow } = onePe({
    ramSize: RAM_SIZE,
    tiers,
    firmwareCall: (kind, imm) => {
      if (kind !== 'hlt' || imm !== SEMIHOSTING) return false;
      semihost(Number(cpu.getX(0)), Number(cpu.getX(1)));
      return true;
    },
  });
  cpu.reset(1, load(file, ram));

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

/** Copies the segments of an ELF file; returns the entry. @param {string} file @param {import('../../../packages/cpu/dist/index.js').HostRam} ram */
function load(file, ram) {
  const elf = readFileSync(file);
  const headers = Number(elf.readBigUInt64LE(32));
  for (let i = 0; i < elf.readUInt16LE(56); i++) {
    const header = headers + 56 * i;
    const from = Number(elf.readBigUInt64LE(header + 8));
    const isLoaded = elf.readUInt32LE(header) === 1;
    if (isLoaded) ram.write(Number(elf.readBigUInt64LE(header + 24)), elf.subarray(from, from + Number(elf.readBigUInt64LE(header + 32))));
  }
  return elf.readBigUInt64LE(24);
}
