// @ts-check
/**
 * `npm run check:gdb -- [--quick] [NAME…]`: Debian's gdb-multiarch debugs what `run --gdb` runs: programs of our own, bare and as a
 * guest of the hypervisor, on one PE and two, and the boot of a Debian kernel. What gdb must print is derived by hand from the
 * programs below. `--quick` leaves the kernel out. NAME…: only the sessions whose name contains one of these.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../lib/workspace.mjs';

const MAIN = join(root, 'apps', 'cli', 'dist', 'main.js');
const GDB = process.env['GDB'] ?? 'gdb-multiarch';
const SECONDS = 120;

/** Counts to 5 by way of a function that stores, then loads; takes an SVC; has a double in V0; powers off. */
const COUNTER = `
_start: adr x0, vectors
  msr VBAR_EL1, x0
  mov x1, #0x300000
  msr CPACR_EL1, x1
  isb
  mov x0, #0
  adr x9, data
  mov x10, #5
loop: add x0, x0, #1
  bl store
  cmp x0, x10
  b.ne loop
  fmov d0, #1.5
call: svc #3
  movz w0, #0x8400, lsl #16
  movk w0, #8
  hvc #0
  b .
store: str x0, [x9]
  ldr x1, [x9, #8]
  ret
  .balign 8
data: .quad 0, 7
  .balign 2048
vectors: .space 0x200
  eret
`;

const FOREVER = `
_start: add x0, x0, #1
  b _start
`;

/** Both PEs count; the second is started by PSCI CPU_ON with 0x77 as its argument. */
const TWO = `
_start: movz w0, #0xc400, lsl #16
  movk w0, #3
  mov x1, #1
  adr x2, second
  mov x3, #0x77
  hvc #0
first: add x4, x4, #1
  b first
second: mov x5, x0
again: add x5, x5, #1
  b again
`;

/** @typedef {{ name: string, source?: string, image?: string, run?: readonly string[], commands: readonly string[], expect: readonly RegExp[], status: number, interruptAt?: RegExp }} Session
 *  `interruptAt`: Ctrl-C is sent to gdb when it has printed this; `status`: that of the command */

/** @type {readonly Session[]} */
const SESSIONS = [
  {
    name: 'breakpoints and steps',
    source: COUNTER,
    commands: ['break *loop', 'continue', 'p/x $x0', 'x/2i $pc', 'si', 'p $x0', 'si', 'x/i $pc', 'p/x $x30', 'continue', 'p $x0', 'delete', 'hbreak *store', 'continue', 'p $x0', 'delete', 'continue'],
    expect: [
      /^Breakpoint 1, 0x[0-9a-f]+ in loop \(\)$/m, /^\$1 = 0x0$/m, /=> 0x[0-9a-f]+ <loop>:\s+add\s+x0, x0, #0x1\n\s+0x[0-9a-f]+ <loop\+4>:\s+bl\s+0x[0-9a-f]+ <store>/, /^\$2 = 1$/m,
      /=> 0x[0-9a-f]+ <store>:\s+str\s+x0, \[x9\]/, /^\$3 = 0x40080028$/m, /^\$4 = 1$/m, /^Breakpoint 2, 0x[0-9a-f]+ in store \(\)$/m, /^\$5 = 2$/m, /\[Inferior 1 \(Remote target\) exited normally\]/,
    ],
    status: 0,
  },
  {
    name: 'watchpoints',
    source: COUNTER,
    commands: ['watch *(long*)&data', 'continue', 'x/i $pc', 'continue', 'delete', 'rwatch *((long*)&data+1)', 'continue', 'x/i $pc', 'delete', 'awatch *(long*)&data', 'continue', 'delete', 'detach'],
    expect: [/Old value = 0\nNew value = 1\n/, /=> 0x[0-9a-f]+ <store\+4>/, /Old value = 1\nNew value = 2\n/, /Hardware read watchpoint 2: .*\n\nValue = 7\n/, /=> 0x[0-9a-f]+ <store\+8>:\s+ret/, /Hardware access \(read\/write\) watchpoint 3: .*\n\nOld value = 2\nNew value = 3\n/, /Inferior 1 \(Remote target\) detached/],
    status: 0,
  },
  {
    name: 'registers and memory',
    source: COUNTER,
    commands: [
      'tbreak *call', 'continue', 'p $v0.d.f[0]', 'p $d0', 'p $cpsr', 'p/x $CPACR_EL1', 'p/x $MIDR_EL1', 'p $VBAR_EL1 == (long)&vectors', 'set var $x20 = 0x1234', 'p/x $x20', 'set var *(long*)&data = 0x55', 'x/2gx &data',
      'monitor translate 0x40080000', 'maint packet Qqemu.PhyMemMode:1', 'x/i 0x40080000', 'monitor physical off', 'python\ntry:\n  gdb.execute("x/wx 0x9000000")\nexcept gdb.error as error:\n  print(error)\nend', 'info registers system', 'si', 'p $pc == (long)&vectors + 0x200', 'p/x $ESR_EL1', 'si', 'p $pc == (long)&call + 4', 'kill',
    ],
    expect: [
      // NZCV: the last CMP found both equal. DAIF are set since reset; the exception level is 1 with its own stack pointer.
      /^\$1 = 1\.5$/m, /^\$2 = \{f = 1\.5, /m, /^\$3 = \[ M=5 F I A D .*C Z \]$/m, /^\$4 = 0x300000$/m, /^\$5 = 0xf0000$/m, /^\$6 = 1$/m, /^\$7 = 0x1234$/m, /<data>:\s+0x0000000000000055\s+0x0000000000000007/,
      /^0x40080000$/m, /received: "OK"/, /0x40080000 <_start>:\s+adr\s+x0/, /Cannot access memory at address 0x9000000/, /^VBAR_EL1\s+0x40080800/m, /^\$8 = 1$/m,
      // SVC #3 from the same EL: EC 0x15, IL, immediate 3.
      /^\$9 = 0x56000003$/m, /^\$10 = 1$/m,
    ],
    status: 130,
  },
  {
    name: 'an interrupt',
    source: FOREVER,
    commands: ['echo running\\n', 'continue', 'p $pc >= (long)&_start && $pc <= (long)&_start + 4', 'p $x0 > 1000', 'p/x $pc', 'kill'],
    interruptAt: /running/,
    expect: [/Program received signal SIGINT, Interrupt\./, /^\$1 = 1$/m, /^\$2 = 1$/m],
    status: 130,
  },
  {
    name: 'two PEs',
    source: TWO,
    run: ['--smp', '2'],
    commands: ['tbreak *second', 'continue', 'info threads', 'p/x $x0', 'si 3', 'p $pc == (long)&again', 'p/x $x5', 'thread 1', 'set var $x4 = 0', 'break *first if $x4 == 5', 'continue', 'p $x4', 'kill'],
    expect: [/Thread 2 .*hit Temporary breakpoint 1, 0x[0-9a-f]+ in second \(\)/, /\* 2 +Thread 2 \(PE 1, EL1, ready/, /^\$1 = 0x77$/m, /^\$2 = 1$/m, /^\$3 = 0x78$/m, /Switching to thread 1/, /Thread 1 .*hit Breakpoint 2/, /^\$4 = 5$/m],
    status: 130,
  },
  {
    name: 'a guest of the hypervisor',
    source: COUNTER,
    run: ['--kvm', 'vhe', '--memory', '2M'],
    commands: ['tbreak *loop', 'continue', 'p $x0', 'p $cpsr', 'p/x $HCR_EL2 & 1', 'monitor translate 0x40080000', 'si', 'si', 'x/i $pc', 'continue'],
    expect: [/Temporary breakpoint 1, 0x[0-9a-f]+ in loop \(\)/, /^\$1 = 0$/m, /^\$2 = \[ M=5 /m, /^\$3 = 0x1$/m, /^0x[0-9a-f]+$/m, /<store>:\s+str\s+x0, \[x9\]/, /exited normally/],
    status: 0,
  },
  {
    name: 'a kernel boots',
    image: join(root, '.cache', 'guests', 'cloud', 'Image'),
    run: ['--initrd', join(root, '.cache', 'guests', 'cloud', 'initrd'), '--append', 'console=ttyAMA0 nokaslr pes=1', '--console', 'none', '--until', 'init: [0-9]+ passed'],
    // The header of the Image, where it lies; later the text of a Linux 6.1 without KASLR is mapped to it. EL0 comes by the third group of vectors.
    commands: ['x/4xb $pc + 56', 'echo booting\\n', 'continue', 'tbreak *($VBAR_EL1 + 0x400)', 'continue', 'p $cpsr', 'p $pc == $VBAR_EL1 + 0x400', 'p/x $SPSR_EL1 & 0xf', 'p $ELR_EL1 < 0x1000000000000', 'monitor translate 0xffff800008010000', 'si', 'info threads', 'delete', 'detach'],
    interruptAt: /booting/,
    expect: [/:\s+0x41\s+0x52\s+0x4d\s+0x64/, /SIGINT, Interrupt/, /^Temporary breakpoint 1, 0xffff/m, /^\$1 = \[ M=5 /m, /^\$2 = 1$/m, /^\$3 = 0x0$/m, /^\$4 = 1$/m, /^0x40010000$/m, /Inferior 1 \(Remote target\) detached/],
    status: 0,
  },
];
/** Starts the command and resolves when it says where it listens. @param {readonly string[]} args */
function startRun(args) {
  const child = spawn(process.execPath, [MAIN, 'run', ...args, '--gdb', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  const ended = new Promise((resolve) => child.on('exit', (status) => resolve(status)));
  /** @type {Promise<string | null>} */
  const port = new Promise((resolve) => {
    child.stderr.on('data', (text) => {
      stderr += String(text);
      const found = /target remote localhost:(\d+)/.exec(stderr)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on('exit', () => resolve(null));
  });
  return { child, ended, port, said: () => stderr };
}

/** @param {string} script @param {string | null} program @param {RegExp | undefined} interruptAt @returns {Promise<string>} what gdb printed */
function runGdb(script, program, interruptAt) {
  return new Promise((resolve) => {
    const child = spawn(GDB, ['-nx', '-batch', '-x', script, ...(program === null ? [] : [program])], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let isInterrupted = false;
    const timer = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        text += String(bytes);
        if (interruptAt === undefined || isInterrupted || !interruptAt.test(text)) return;
        isInterrupted = true;
        setTimeout(() => child.kill('SIGINT'), 1500);
      });
    }
    child.on('error', ({ message }) => resolve(message));
    child.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

/** @param {Session} session @param {string} folder @returns {Promise<string[]>} what is wrong */
async function check({ name, source, image, run = [], commands, expect, status, interruptAt }, folder) {
  const program = source === undefined ? null : join(folder, `${name.replaceAll(' ', '-')}.elf`);
  if (program !== null) {
    writeFileSync(`${program}.s`, source ?? '');
    await new Promise((resolve) => spawn(process.execPath, [MAIN, 'asm', `${program}.s`, '-o', program], { stdio: 'inherit' }).on('exit', resolve));
  }
  const { child, ended, port, said } = startRun([program ?? image ?? '', ...run]);
  const where = await port;
  if (where === null) return [`the command ended: ${said().trim()}`];
  const script = join(folder, `${name.replaceAll(' ', '-')}.gdb`);
  writeFileSync(script, ['set pagination off', 'set confirm off', 'set architecture aarch64', `target remote localhost:${where}`, ...commands, ''].join('\n'));
  const text = await runGdb(script, program, interruptAt);
  const timer = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
  const ending = await ended;
  clearTimeout(timer);
  const problems = expect.filter((pattern) => !pattern.test(text)).map((pattern) => `gdb did not print ${String(pattern)}`);
  if (ending !== status) problems.push(`the command ended with status ${String(ending)}, not ${String(status)}: ${said().trim()}`);
  if (problems.length > 0) process.stdout.write(`${text}\n`);
  return problems;
}

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const sessions = SESSIONS.filter(({ name, image }) => (positionals.length > 0 ? positionals.some((part) => name.includes(part)) : values.quick !== true || image === undefined));
const folder = mkdtempSync(join(tmpdir(), 'worldswitch-gdb-'));
let passed = 0;
let failed = 0;
process.stdout.write(`check:gdb  ${String(sessions.length)} sessions\n`);
try {
  for (const session of sessions) {
    const problems = session.image !== undefined && !existsSync(session.image) ? ['no guests: npm run guests fetches them'] : await check(session, folder);
    passed += Math.max(0, session.expect.length + 1 - problems.length);
    failed += problems.length;
    process.stdout.write(`${session.name}: ${problems.length === 0 ? 'ok' : problems.join('; ')}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.stdout.write(`${String(passed)} passed, ${String(failed + (sessions.length === 0 ? 1 : 0))} failed\n`);
process.exitCode = failed > 0 || sessions.length === 0 ? 1 : 0;
