// @ts-check
/**
 * `npm run check:psci`: PEs 0 and 1 of a bare-metal machine turn PE 2 on again and again, each with an entry and a context of its own,
 * while PE 2 goes off by itself, in many interleavings (DEN 0022, "CPU_ON": ALREADY_ON, and entry point and context of one caller).
 * Each success is one start, with the entry and the context of that caller, of a PE that was off.
 */
import { createMachine } from '../../packages/machine/dist/index.js';
import { assemble, writeElf } from '../../packages/tools/dist/index.js';

const [CPU_OFF, CPU_ON, AFFINITY_INFO, SYSTEM_OFF] = [0x8400_0002, 0xc400_0003, 0xc400_0004, 0x8400_0008];
const MIB = 2 ** 20;
const RAM = 0x4000_0000;
/** What the program counts, by words from RAM + 1 MiB. */
const WORD = { successes0: 0, successes1: 1, startsA: 2, startsB: 3, strangers: 4, whileOn: 5, busy: 6, answers: 7 };
const CALLS = 12;
const DELAYS = [0, 1, 7, 300, 2500];

const call = (/** @type {number} */ id) => `movz x0, #0x${(id & 0xffff).toString(16)}\n movk x0, #0x${(id >>> 16).toString(16)}, lsl #16\n hvc #0\n`;
const delay = (/** @type {string} */ x) => `mov x9, ${x}\n1: cbz x9, 2f\n sub x9, x9, #1\n b 1b\n2:\n`;
const increment = (/** @type {number} */ word) => `ldr x10, [x20, #${String(8 * word)}]\n add x10, x10, #1\n str x10, [x20, #${String(8 * word)}]\n`;
/** Calls CPU_ON of PE 2 and counts: of the answers only SUCCESS and ALREADY_ON may come. */
const callers = (/** @type {string} */ entry, /** @type {number} */ context, /** @type {number} */ successes) => `
        mov x11, #${String(CALLS)}
10:     ${delay('x12')}
        mov x1, #2
        adr x2, ${entry}
        mov x3, #${String(context)}
        ${call(CPU_ON)}
        cbz x0, 11f
        cmn x0, #4
        b.eq 12f
        ${increment(WORD.answers)}
        b 12f
11:     ${increment(successes)}
12:     subs x11, x11, #1
        b.ne 10b
`;
const waitOff = (/** @type {number} */ pe) => `20: mov x1, #${String(pe)}\n mov x2, #0\n ${call(AFFINITY_INFO)} cmp x0, #1\n b.ne 20b\n`;

/** @param {number} d0 @param {number} d1 @param {number} d2 */
const program = (d0, d1, d2) => `
_start: movz x20, #0x4010, lsl #16
        mov x1, #1
        adr x2, second
        mov x3, #0
        ${call(CPU_ON)}
        mov x12, #${String(d0)}
        ${callers('third_a', 1, WORD.successes0)}
        ${waitOff(1)}
        ${waitOff(2)}
        ${call(SYSTEM_OFF)}
second: movz x20, #0x4010, lsl #16
        mov x12, #${String(d1)}
        ${callers('third_b', 2, WORD.successes1)}
        ${call(CPU_OFF)}
third_a: mov x13, #1
        movz x20, #0x4010, lsl #16
        ${increment(WORD.startsA)}
        b third
third_b: mov x13, #2
        movz x20, #0x4010, lsl #16
        ${increment(WORD.startsB)}
third:  cmp x0, x13
        b.eq 3f
        ${increment(WORD.strangers)}
3:      ldr x10, [x20, #${String(8 * WORD.busy)}]
        cbz x10, 4f
        ${increment(WORD.whileOn)}
4:      mov x10, #1
        str x10, [x20, #${String(8 * WORD.busy)}]
        mov x12, #${String(d2)}
        ${delay('x12')}
        str xzr, [x20, #${String(8 * WORD.busy)}]
        ${call(CPU_OFF)}
`;

let passed = 0;
/** @type {string[]} */
const findings = [];
for (const d0 of DELAYS) for (const d1 of DELAYS) for (const d2 of DELAYS) judge(d0, d1, d2);
for (const finding of findings.slice(0, 10)) process.stdout.write(`FAILED ${finding}\n`);
process.stdout.write(`${String(DELAYS.length ** 3)} interleavings of two callers and their target\n${String(passed)} passed, ${String(findings.length)} failed\n`);
process.exitCode = findings.length === 0 ? 0 : 1;

/** @param {number} d0 @param {number} d1 @param {number} d2 */
function judge(d0, d1, d2) {
  const assembled = assemble(program(d0, d1, d2), { base: BigInt(RAM) });
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ line, message }) => `${String(line)}: ${message}`).join('\n'));
  const made = createMachine({ profile: 'generic', el: 1, pes: 3, memory: 2 * MIB, translation: false });
  if (!made.ok) throw new Error(made.error.message);
  const { machine } = made;
  const loaded = machine.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  machine.start(loaded.image.entry);
  const stop = machine.run({ maxInstructions: 400_000 });
  const bytes = machine.ram.bytes(RAM + MIB, 8 * 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [successes0, successes1, startsA, startsB, strangers, whileOn, , answers] = Array.from({ length: 8 }, (_, n) => Number(view.getBigUint64(8 * n, true)));
  const expected = stop.reason === 'poweroff' && successes0 === startsA && successes1 === startsB && strangers === 0 && whileOn === 0 && answers === 0;
  if (expected && Number(startsA) + Number(startsB) > 0) passed++;
  else findings.push(`delays ${String([d0, d1, d2])}: ${stop.reason}; successes ${String([successes0, successes1])}, starts ${String([startsA, startsB])}, of another caller ${String(strangers)}, while on ${String(whileOn)}, other answers ${String(answers)}`);
}
