// @ts-check
/** Cases of `check:fuzz`, one after another: what is mutated, to whom it is given, and what must not happen. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { Sha256, SnapshotError } from '../../../packages/cpu/dist/index.js';
import { createMachine, restoreMachine, saveMachine } from '../../../packages/machine/dist/index.js';
import { assemble, writeElf } from '../../../packages/tools/dist/index.js';
import { Random } from '../lib/rng.mjs';
import { mutate } from './mutate.mjs';

const MIB = 1 << 20;
const LIMIT = 2000;
/** Exceptions after which a guest is stopped. */
const MOST_EXCEPTIONS = 3000;
/** Where the checksum of a snapshot is, and what it is of (cpu, snapshot/format.ts). */
const SEAL = 12;
const SEALED = 76;
/** Room for a Linux image: the places of its parts are multiples of 2 MiB. */
const LINUX_MEMORY = 8 * MIB;
const CODE = `
_start: adr x1, vectors
        msr vbar_el1, x1
        adr x2, text
        mov x3, #0x09000000
1:      ldrb w4, [x2], #1
        cbz w4, 2f
        str w4, [x3]
        b 1b
2:      add x5, x5, #1
        str x5, [sp, #-16]!
        mrs x6, cntvct_el0
        msr cntv_tval_el0, x6
        cmp x5, #90
        b.ne 2b
        movz w0, #0x8400, lsl #16
        movk w0, #8
        hvc #0
        b .
text:   .asciz "hello\\n"
        .balign 2048
vectors: .space 0x200
        hvc #0
        wfi
        .space 0x78
        wfi
        .space 0x7c
        .space 0x400
        .data
words:  .quad 1, 2, 3
        .bss
        .space 4096
`;

/** @typedef {{ name: string, weight: number, original: (random: Random) => Uint8Array | Promise<Uint8Array>, give: (bytes: Uint8Array) => string | Promise<string>, mutate?: (bytes: Uint8Array, random: Random) => { bytes: Uint8Array, what: string } }} Subject */

/** @param {string} source */
function assembled(source) {
  const result = assemble(source);
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.program;
}

/** Interrupts of the virtual timer, which print; and a loop. */
const BUSY_CODE = `
_start: adr x1, vectors
        msr vbar_el1, x1
        movz x1, #0x0800, lsl #16
        mov w2, #3
        str w2, [x1]
        mov x1, #7
        msr ICC_SRE_EL1, x1
        isb
        movz x1, #0x080a, lsl #16
        str wzr, [x1, #0x14]
        add x1, x1, #0x10, lsl #12
        mov w2, #-1
        str w2, [x1, #0x80]
        str w2, [x1, #0x100]
        mov x2, #0xf0
        msr ICC_PMR_EL1, x2
        mov x2, #1
        msr ICC_IGRPEN1_EL1, x2
        mov x0, #15
        msr CNTV_TVAL_EL0, x0
        msr CNTV_CTL_EL0, x2
        msr daifclr, #2
        adr x11, words
1:      add x12, x12, #1
        ldr x13, [x11]
        add x13, x13, x12
        str x13, [x11]
        tst x12, #0x3f
        b.ne 1b
        wfi
        b 1b
        .balign 2048
vectors: .space 0x280
        mrs x20, ICC_IAR1_EL1
        add x21, x21, #1
        and x22, x21, #0xf
        add x22, x22, #9
        msr CNTV_TVAL_EL0, x22
        movz x23, #0x0900, lsl #16
        str w22, [x23]
        msr ICC_EOIR1_EL1, x20
        eret
        .balign 8
words:  .quad 0
`;
const BUSY = writeElf(assembled(BUSY_CODE));
const ELF = writeElf(assembled(CODE));
const IMAGE = linuxImage();
/** @type {Parameters<typeof createMachine>[0][]} */
const DESCRIPTIONS = [
  { profile: 'generic', memory: MIB, gic: 3 },
  { profile: 'seattle', memory: MIB, pes: 2, el: 2 },
  { profile: 'generic', memory: MIB, gic: 2, pes: 2, disks: [{ bytes: new Uint8Array(8192).fill(7, 512, 700), isReadOnly: false }], semihosting: { commandLine: 'x' } },
  { profile: 'generic', memory: MIB, el: 2, gic: 3, clock: 'retired' },
];
const SNAPSHOTS = DESCRIPTIONS.map((description) => {
  const machine = created(description);
  const loaded = machine.loadElf(ELF);
  if (!loaded.ok) throw new Error(loaded.error.message);
  machine.start(loaded.image.entry);
  machine.run({ maxInstructions: 150 });
  const saved = saveMachine(machine);
  if (!saved.ok) throw saved.error;
  return saved.snapshot;
});
const TREE = created({ profile: 'generic', memory: LINUX_MEMORY }).deviceTree('console=ttyAMA0');

/** A header of a Linux Image and what it branches to. */
function linuxImage() {
  const code = assembled(`_start: b 1f\n .space 60\n1: add x1, x1, #1\n str x1, [x0]\n b 1b\n`).sections[0]?.bytes ?? new Uint8Array();
  const image = new Uint8Array(4096);
  image.set(code);
  const view = new DataView(image.buffer);
  view.setBigUint64(8, 0x8_0000n, true);
  view.setBigUint64(16, 0x2000n, true);
  view.setUint32(56, 0x644d_5241, true);
  return image;
}

/** @param {Parameters<typeof createMachine>[0]} description */
function created(description) {
  const made = createMachine({ translation: false, ...description });
  if (!made.ok) throw new Error(made.error.message);
  return made.machine;
}

/** What a result of a loader says. @param {{ ok: true } | { ok: false, error: { code: string, message: string } }} result @param {() => string} go @param {() => void} refused */
function judged(result, go, refused) {
  if (result.ok) return go();
  if (typeof result.error.code !== 'string' || result.error.message === '') throw new Error('a refusal without a reason');
  refused();
  return 'refused';
}

/** A guest that loops in exceptions is given up soon. @param {import('../../../packages/machine/dist/index.js').Machine} machine */
function ran(machine) {
  let exceptions = 0;
  for (const { cpu } of machine.pes) {
    const take = cpu.takeException.bind(cpu);
    cpu.takeException = (virtual) => {
      if (++exceptions === MOST_EXCEPTIONS) machine.requestStop('interrupted');
      take(virtual);
    };
  }
  machine.run({ maxInstructions: machine.instructions + LIMIT });
  machine.digest();
  return 'ran';
}

/** With the checksum of what is there now. @param {Uint8Array} bytes */
function sealed(bytes) {
  if (bytes.length > SEALED) bytes.set(new TextEncoder().encode(new Sha256().update(bytes.subarray(SEALED)).hex()), SEAL);
  return bytes;
}

/** One section's contents are mutated, and its length follows. @param {Uint8Array} bytes @param {Random} random */
function mutateSection(bytes, random) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** @type {{ name: string, length: number, start: number, end: number }[]} */
  const sections = [];
  for (let at = SEALED + 4; at < bytes.length; ) {
    const name = view.getUint32(at, true);
    const length = at + 8 + name;
    const end = length + 4 + view.getUint32(length, true);
    sections.push({ name: new TextDecoder().decode(bytes.subarray(at + 4, at + 4 + name)), length, start: length + 4, end });
    at = end;
  }
  const { name, length, start, end } = /** @type {(typeof sections)[number]} */ (sections[random.below(sections.length)]);
  const { bytes: contents, what } = mutate(bytes.subarray(start, end), random, bytes);
  const whole = new Uint8Array(bytes.length - (end - start) + contents.length);
  whole.set(bytes.subarray(0, start));
  whole.set(contents, start);
  whole.set(bytes.subarray(end), start + contents.length);
  new DataView(whole.buffer).setUint32(length, contents.length, true);
  return { bytes: sealed(whole), what: `${name}: ${what}` };
}

/** @param {Uint8Array} bytes @param {boolean} translation */
function restored(bytes, translation) {
  const result = restoreMachine(bytes, { translation });
  if (!result.ok) {
    if (!(result.error instanceof SnapshotError)) throw new Error('a refusal that is no SnapshotError');
    return 'refused';
  }
  const saved = saveMachine(result.machine);
  if (!saved.ok) throw saved.error;
  return ran(result.machine);
}

/** A file without bytes. */
const NO_INPUT = {
  isTerminal: false,
  isFile: true,
  setRaw() {},
  listen(/** @type {(bytes: Uint8Array) => void} */ _data, /** @type {() => void} */ end) {
    end();
    return { pause() {}, resume() {}, stop() {} };
  },
  async *[Symbol.asyncIterator]() {},
};

/** The command, in this process: one line and status 2, or an end of the guest. @param {Uint8Array} bytes @param {readonly string[]} args */
async function command(bytes, args) {
  const file = join(workerData.folder, `case-${String(threadId)}`);
  writeFileSync(file, bytes);
  let stderr = '';
  const output = { isTerminal: false, isClosed: false, failure: null };
  const io = {
    stdout: { ...output, write: () => null },
    stderr: { ...output, write: (/** @type {string} */ text) => ((stderr += text), null) },
    stdin: NO_INPUT,
    onInterrupt: () => () => undefined,
    env: {},
  };
  const { main } = await import('../../../apps/cli/dist/cli.js');
  const status = await main(['run', ...args.map((arg) => (arg === 'FILE' ? file : arg)), '--console', 'none', '--max-instructions', String(LIMIT)], io);
  if (stderr.includes('a bug of ours')) throw new Error(stderr.split('\n').slice(0, 4).join(' | '));
  if (status === 2 && !/^worldswitch: [^\n]+\n$/.test(stderr)) throw new Error(`status 2 with ${JSON.stringify(stderr)}`);
  return status === 2 ? 'refused' : 'ran';
}

/** A machine that takes timer interrupts, somewhere in its run. @param {Random} random */
function busySnapshot(random) {
  const machine = created({ profile: 'generic', memory: MIB, gic: 3, clock: random.below(2) === 0 ? 'cost' : 'retired' });
  const loaded = machine.loadElf(BUSY);
  if (!loaded.ok) throw new Error(loaded.error.message);
  machine.start(loaded.image.entry);
  machine.run({ maxInstructions: 50 + random.below(5000) });
  const saved = saveMachine(machine);
  if (!saved.ok) throw saved.error;
  originals.set(saved.snapshot, machine);
  return saved.snapshot;
}

/** The machines that snapshots are of. @type {WeakMap<Uint8Array, ReturnType<typeof created>>} */
const originals = new WeakMap();

/** Two machines do the same from here on. @param {Uint8Array} bytes */
function sameFromHere(bytes) {
  const result = restoreMachine(bytes, { translation: false });
  if (!result.ok) throw result.error;
  const one = originals.get(bytes);
  if (one === undefined) throw new Error('nobody saved this');
  const facts = [one, result.machine].map((machine) =>
    Array.from({ length: 4 }, () => {
      machine.resume();
      machine.run({ maxInstructions: machine.instructions + LIMIT / 4 });
      return `${machine.digest()} ${String(machine.virtualSeconds)} ${machine.console.text}`;
    }),
  );
  const differs = facts[0]?.findIndex((fact, at) => fact !== facts[1]?.[at]) ?? 0;
  if (differs >= 0) throw new Error(`the restored machine differs ${String(differs * (LIMIT / 4))} to ${String((differs + 1) * (LIMIT / 4))} instructions after restoring`);
  return 'ran';
}

/** @type {readonly Subject[]} */
const SUBJECTS = [
  { name: 'snapshot as it is', weight: 3, original: busySnapshot, mutate: (bytes) => ({ bytes, what: 'nothing' }), give: sameFromHere },
  { name: 'ELF', weight: 24, original: () => ELF, give: (bytes) => image(bytes, 'elf') },
  { name: 'Linux Image', weight: 16, original: () => IMAGE, give: (bytes) => image(bytes, 'linux') },
  { name: 'device tree', weight: 16, original: () => TREE, give: (bytes) => tree(bytes) },
  { name: 'snapshot', weight: 8, original: (random) => one(SNAPSHOTS, random), give: (bytes) => restored(bytes, false) },
  { name: 'section of a snapshot', weight: 32, original: (random) => one(SNAPSHOTS, random), mutate: mutateSection, give: (bytes) => restored(bytes, false) },
  { name: 'section of a snapshot, all tiers', weight: 4, original: (random) => one(SNAPSHOTS, random), mutate: mutateSection, give: (bytes) => restored(bytes, true) },
  { name: 'run ELF', weight: 1, original: () => ELF, give: (bytes) => command(bytes, ['FILE', '--memory', '1M']) },
  { name: 'run Image.gz', weight: 4, original: () => gzipSync(IMAGE), give: (bytes) => command(bytes, ['FILE', '--memory', '8M', '--append', 'x']) },
  { name: 'run --restore', weight: 8, original: packed, give: (bytes) => command(bytes, ['--restore', 'FILE']) },
];

/** Machines that nothing was put into yet: a refusal leaves them as they were. @type {Map<number, { machine: ReturnType<typeof created>, digest: string }>} */
const untouched = new Map();

/** @param {number} memory @param {(machine: ReturnType<typeof created>) => ReturnType<ReturnType<typeof created>['loadElf']>} load */
function loads(memory, load) {
  let one = untouched.get(memory);
  if (one === undefined) {
    const machine = created({ profile: 'generic', memory });
    one = { machine, digest: machine.digest() };
    untouched.set(memory, one);
  }
  const { machine, digest } = one;
  const loaded = load(machine);
  return judged(loaded, () => {
    untouched.delete(memory);
    if (loaded.ok) machine.start(loaded.image.entry);
    return ran(machine);
  }, () => {
    if (machine.digest() !== digest) throw new Error('a refusal has changed the machine');
  });
}

/** @param {Uint8Array} bytes @param {'elf' | 'linux'} kind */
function image(bytes, kind) {
  return kind === 'elf' ? loads(MIB, (machine) => machine.loadElf(bytes)) : loads(LINUX_MEMORY, (machine) => machine.loadLinux(bytes, { commandLine: 'x' }));
}

/** @param {Uint8Array} bytes */
function tree(bytes) {
  return loads(LINUX_MEMORY, (machine) => machine.loadLinux(IMAGE, { commandLine: 'x', deviceTree: bytes }));
}

/** @template T @param {readonly T[]} all @param {Random} random @returns {T} */
function one(all, random) {
  return /** @type {T} */ (all[random.below(all.length)]);
}

/** @param {Random} random */
async function packed(random) {
  const { packSnapshot } = await import('../../../apps/cli/dist/run/snapshot-file.js');
  return packSnapshot(one(SNAPSHOTS, random));
}

const WEIGHTED = SUBJECTS.filter(({ name }) => name.includes(workerData.only)).flatMap((subject) => Array.from({ length: subject.weight }, () => subject));
/** @type {Record<string, number>} */
const counts = {};
const { from, to, seed, verbose } = workerData;
for (let number = from; number < to; number++) {
  parentPort?.postMessage({ at: number });
  const random = new Random((seed * 0x1_0000 + number) ^ 0x5eed);
  const subject = one(WEIGHTED, random);
  const original = await subject.original(random);
  const { bytes, what } = subject.mutate?.(original, random) ?? mutate(original, random, one([ELF, IMAGE, TREE, SNAPSHOTS[0] ?? ELF], random));
  const name = `${subject.name} (${what})`;
  if (verbose) process.stdout.write(`${name}, ${String(bytes.length)} bytes\n`);
  let outcome;
  try {
    outcome = await subject.give(bytes);
  } catch (error) {
    outcome = 'failed';
    parentPort?.postMessage({ case: number, finding: `${name}: ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, verbose ? 12 : 3).join(' | ') : String(error)}` });
  }
  const key = `${subject.name}, ${outcome}`;
  counts[key] = (counts[key] ?? 0) + 1;
}
parentPort?.postMessage({ counts });
