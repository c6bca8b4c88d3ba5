/**
 * A program of the suite on a driver: an ELF file that prints lines by semihosting (SYS_WRITE0, SYS_EXIT) and says in each what the
 * core did. Whoever judges the lines is not here.
 */
import { readElf } from '@worldswitch/tools';
import type { CpuTestDriver } from './driver.ts';

/** What was printed, and how the run ended: `exit` is the good one. */
export interface ProgramOutput {
  readonly text: string;
  readonly end: string;
}

/** Arm's semihosting specification, "Semihosting operations". */
const SYS_WRITE0 = 0x04n;
const SYS_EXIT = 0x18n;
/** What an operation that the host does not know gives back. */
const UNKNOWN = 0xffff_ffff_ffff_ffffn;
/** Bytes of a string are read in pieces. */
const PIECE = 64;

/** A program of the suite that has not ended by then never will. */
const DEFAULT_LIMIT = 30_000_000;

/** Resets the core, loads an ELF file and runs it to its end. `limit` is the most instructions between two calls of semihosting. */
export async function runProgram(driver: CpuTestDriver, file: Uint8Array, limit: number = DEFAULT_LIMIT): Promise<ProgramOutput> {
  const read = readElf(file);
  if (!read.ok) return { text: '', end: `no program: ${read.error.message}` };
  await driver.reset();
  for (const { physicalAddress, bytes } of read.elf.segments) {
    if (bytes.length > 0) await driver.writeMemory(physicalAddress, bytes);
  }
  await driver.setRegister('pc', read.elf.entry);
  const text: string[] = [];
  for (;;) {
    const stop = await driver.run(limit);
    if (stop.reason === 'exit') return { text: text.join('') + stop.text, end: 'exit' };
    if (stop.reason !== 'semihosting') return { text: text.join(''), end: stop.reason === 'failed' ? stop.why : stop.reason };
    const operation = await driver.getRegister('x0');
    if (operation === SYS_EXIT) return { text: text.join(''), end: 'exit' };
    if (operation === SYS_WRITE0) text.push(await readString(driver, await driver.getRegister('x1')));
    else await driver.setRegister('x0', UNKNOWN);
  }
}

/** The characters, a byte each, before the first zero. */
async function readString(driver: CpuTestDriver, address: bigint): Promise<string> {
  let text = '';
  for (let at = address; ; at += BigInt(PIECE)) {
    const bytes = await driver.readMemory(at, PIECE);
    const end = bytes.indexOf(0);
    text += String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)));
    if (end >= 0) return text;
  }
}

/**
 * The lines of a program by what stands before their colon; the second of a name is `NAME #2`. So a line that is missing does not
 * make every later one differ.
 */
export function linesByName(text: string): Map<string, string> {
  const lines = new Map<string, string>();
  const uses = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const name = line.replace(/:.*/, '');
    const use = (uses.get(name) ?? 0) + 1;
    uses.set(name, use);
    lines.set(use === 1 ? name : `${name} #${use}`, line);
  }
  return lines;
}
