// @ts-check
/** Defects of the core, the interrupt controllers, the timers and the machine. */

/** @typedef {readonly [name: string, file: string, find: string, replace: string, check: readonly string[]]} Row */

const DIFFERENTIAL = ['differential', '--cases', '60000', '--quick', '--seed', '1'];
const SNAPSHOTS = ['fuzz', '--cases', '60', '--seed', '1', '--only', 'as it is'];

/** @type {readonly Row[]} */
export const CORE = [
  ['sbcs-carry', 'cpu/dist/sem/dp-reg.js', 'SBCS: withCarry(true, true),', 'SBCS: (e, i) => { withCarry(true, true)(e, i); e.flagsLiteral(e.xor(e.nzcv(), e.imm(2, 32))); },', DIFFERENTIAL],
  ['access-flag', 'cpu/dist/mem/stage1.js', 'if ((low & AF) === 0 && !range.ha)', 'if (false)', ['system', 'stage1']],
  ['e2h-rows-swapped', 'cpu/dist/arch/sysregs/vhe.js', 'redirect(el1.ESR_EL1, el2.ESR_EL2),\n    redirect(el1.FAR_EL1, el2.FAR_EL2),', 'redirect(el1.ESR_EL1, el2.FAR_EL2),\n    redirect(el1.FAR_EL1, el2.ESR_EL2),', ['system', 'vhe-pairs']],
  ['elr-of-hvc', 'cpu/dist/engine/stepper.js', "sync(hvcSyndrome(imm), 'el2', true)", "sync(hvcSyndrome(imm), 'el2', false)", ['system', 'immediates']],
  ['tlb-without-vmid', 'cpu/dist/mem/context.js', 'const vmid = this.#state.hi(CELL.VTTBR_EL2) >>> 16;', 'const vmid = 0;', ['system', 'tlb']],
  ['fma-inexact', 'cpu/dist/fp/arithmetic.js', 'cLo, cHi, aLo, aHi, bLo, bHi) {\n    mulAdd(f, f, env, cLo, cHi, aLo, aHi, bLo, bHi);\n}', 'cLo, cHi, aLo, aHi, bLo, bHi) {\n    const before = env.flags;\n    mulAdd(f, f, env, cLo, cHi, aLo, aHi, bLo, bHi);\n    env.flags &= before | ~FP_EXCEPTION.INEXACT;\n}', DIFFERENTIAL],
  ['level-not-pending-again', 'gic/dist/interrupt-block.js', 'this.#assign(this.active, intid, false);', 'this.#assign(this.active, intid, false);\n        this.#assign(this.line, intid, false);', ['gic', 'v3-level']],
  ['priority-mask', 'gic/dist/priority.js', 'if (lr.priority >= control.pmr)', 'if (lr.priority > control.pmr)', ['gic', 'v3-priority']],
  ['cntvoff-ignored', 'timer/dist/timers.js', 'subtract(this.#virtual, this.physicalCount(), this.#offset);', 'this.#virtual.set(this.physicalCount());', ['gic', 'v3-timers']],
  ['sgi-source-dropped', 'gic/dist/v2/distributor.js', 'this.#setSources(pe, intid, this.#sources[pe][intid] | (1 << from));', 'this.#setSources(pe, intid, 1 << from);', ['gic', 'v2-sgi']],
  ['movi-leaves-pending-behind', 'gic/dist/v3/its/commands.js', 'if (from !== to && from.isPending(intid)) {', 'if (false) {', ['gic', 'v3-its']],
  ['event-stream-falls', 'timer/dist/event-stream.js', '(this.control & EVNTDIR.wordMask) === 0 ? half : 0', '0', ['gic', 'v3-event-stream']],
  ['snapshot-without-timer-control', 'timer/dist/timer.js', 'this.#control = state.word(this.#control, WRITABLE);', 'state.word(this.#control, WRITABLE);', SNAPSHOTS],
  ['snapshot-without-active-priorities', 'gic/dist/physical-interface.js', 'state.words(registers);', '', SNAPSHOTS],
  ['psci-on-while-on', 'machine/dist/firmware/psci.js', 'if (target.isOn)', 'if (false)', ['psci']],
  ['psci-entry-of-the-other', 'machine/dist/firmware/psci.js', 'target.start(entry, contextId);', 'target.start(((globalThis.first ??= {})[affinity] ??= entry), contextId);', ['psci']],
];
