// @ts-check
/**
 * `npm run check:mutants -- [NAME…]`: defects planted one at a time in a copy of the built packages, each of which the check
 * that is named beside it must find. A text that is not there once, and a check that fails without the defect or passes with
 * it, is a finding. Those of the hypervisor stand in mutants/hyp.mjs (`hyp` names them all), with rewrites of plans that the
 * verifier must reject; mutants/bugs.mjs says which bugs of the catalogue they are. Not part of the gate: it takes minutes.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BUGS, UNPLANTED, wrongRows } from './mutants/bugs.mjs';
import { judgePlans, PLANTED } from './mutants/hyp.mjs';

/** @typedef {{ name: string, file: string, find: string, replace: string, check: readonly string[] }} Mutant */

const DIFFERENTIAL = /** @type {const} */ (['differential', '--cases', '60000', '--quick', '--seed', '1']);

/** @type {readonly Mutant[]} */
const MUTANTS = [
  {
    name: 'sbcs-carry',
    file: 'cpu/dist/sem/dp-reg.js',
    find: 'SBCS: withCarry(true, true),',
    replace: 'SBCS: (e, i) => { withCarry(true, true)(e, i); e.flagsLiteral(e.xor(e.nzcv(), e.imm(2, 32))); },',
    check: DIFFERENTIAL,
  },
  {
    name: 'access-flag',
    file: 'cpu/dist/mem/stage1.js',
    find: 'if ((low & AF) === 0 && !range.ha)',
    replace: 'if (false)',
    check: ['system', 'stage1'],
  },
  {
    name: 'e2h-rows-swapped',
    file: 'cpu/dist/arch/sysregs/vhe.js',
    find: 'redirect(el1.ESR_EL1, el2.ESR_EL2),\n    redirect(el1.FAR_EL1, el2.FAR_EL2),',
    replace: 'redirect(el1.ESR_EL1, el2.FAR_EL2),\n    redirect(el1.FAR_EL1, el2.ESR_EL2),',
    check: ['system', 'vhe-pairs'],
  },
  {
    name: 'elr-of-hvc',
    file: 'cpu/dist/engine/stepper.js',
    find: "sync(hvcSyndrome(imm), 'el2', true)",
    replace: "sync(hvcSyndrome(imm), 'el2', false)",
    check: ['system', 'immediates'],
  },
  {
    name: 'tlb-without-vmid',
    file: 'cpu/dist/mem/context.js',
    find: 'const vmid = this.#state.hi(CELL.VTTBR_EL2) >>> 16;',
    replace: 'const vmid = 0;',
    check: ['system', 'tlb'],
  },
  {
    name: 'fma-inexact',
    file: 'cpu/dist/fp/arithmetic.js',
    find: 'cLo, cHi, aLo, aHi, bLo, bHi) {\n    mulAdd(f, f, env, cLo, cHi, aLo, aHi, bLo, bHi);\n}',
    replace: 'cLo, cHi, aLo, aHi, bLo, bHi) {\n    const before = env.flags;\n    mulAdd(f, f, env, cLo, cHi, aLo, aHi, bLo, bHi);\n    env.flags &= before | ~FP_EXCEPTION.INEXACT;\n}',
    check: DIFFERENTIAL,
  },
  {
    name: 'level-not-pending-again',
    file: 'gic/dist/interrupt-block.js',
    find: 'this.#assign(this.active, intid, false);',
    replace: 'this.#assign(this.active, intid, false);\n        this.#assign(this.line, intid, false);',
    check: ['gic', 'v3-level'],
  },
  {
    name: 'priority-mask',
    file: 'gic/dist/priority.js',
    find: 'if (lr.priority >= control.pmr)',
    replace: 'if (lr.priority > control.pmr)',
    check: ['gic', 'v3-priority'],
  },
  {
    name: 'cntvoff-ignored',
    file: 'timer/dist/timers.js',
    find: 'subtract(this.#virtual, this.physicalCount(), this.#offset);',
    replace: 'this.#virtual.set(this.physicalCount());',
    check: ['gic', 'v3-timers'],
  },
  {
    name: 'sgi-source-dropped',
    file: 'gic/dist/v2/distributor.js',
    find: 'this.#setSources(pe, intid, this.#sources[pe][intid] | (1 << from));',
    replace: 'this.#setSources(pe, intid, 1 << from);',
    check: ['gic', 'v2-sgi'],
  },
  {
    name: 'movi-leaves-pending-behind',
    file: 'gic/dist/v3/its/commands.js',
    find: 'if (from !== to && from.isPending(intid)) {',
    replace: 'if (false) {',
    check: ['gic', 'v3-its'],
  },
  {
    name: 'event-stream-falls',
    file: 'timer/dist/event-stream.js',
    find: '(this.control & EVNTDIR.wordMask) === 0 ? half : 0',
    replace: '0',
    check: ['gic', 'v3-event-stream'],
  },
  {
    name: 'snapshot-without-timer-control',
    file: 'timer/dist/timer.js',
    find: 'this.#control = state.word(this.#control, WRITABLE);',
    replace: 'state.word(this.#control, WRITABLE);',
    check: ['fuzz', '--cases', '60', '--seed', '1', '--only', 'as it is'],
  },
  {
    name: 'snapshot-without-active-priorities',
    file: 'gic/dist/physical-interface.js',
    find: 'state.words(registers);',
    replace: '',
    check: ['fuzz', '--cases', '60', '--seed', '1', '--only', 'as it is'],
  },
];

const { positionals } = parseArgs({ allowPositionals: true });
const top = fileURLToPath(new URL('../../', import.meta.url));
const tree = `${top}.cache/mutants/`;
const isChosen = (/** @type {string} */ name) => positionals.length === 0 || positionals.includes(name);
const chosen = [...MUTANTS.filter(({ name }) => isChosen(name)), ...PLANTED.filter(({ name }) => isChosen('hyp') || isChosen(name))];
const plans = judgePlans().filter(({ name }) => isChosen('hyp') || isChosen(name));

copyTree();
process.stdout.write(`check:mutants  ${String(chosen.length)} of ${String(MUTANTS.length + PLANTED.length)} defects, ${String(plans.length)} plans\n\n`);
/** @type {Map<string, boolean>} */
const clean = new Map();
const total = chosen.length + plans.length;
let failed = total === 0 ? 1 : 0;
for (const { name, rules } of plans) {
  if (rules.length === 0) failed++;
  process.stdout.write(`${name}: ${rules.length === 0 ? 'the verifier lets it pass' : `rejected by ${rules.join(', ')}`}\n`);
}
for (const row of wrongRows()) {
  failed++;
  process.stdout.write(`${row}\n`);
}
process.stdout.write(`${BUGS.length.toLocaleString('en')} bugs of the catalogue are classified; observable, and not planted: ${UNPLANTED.join(' ')}\n\n`);
for (const mutant of chosen) {
  const finding = judge(mutant);
  if (finding !== null) failed++;
  process.stdout.write(`${mutant.name}: ${finding ?? `found by check:${mutant.check.join(' ')}`}\n`);
}
process.stdout.write(`\n${String(total - Math.min(failed, total))} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** What is wrong with the mutant or its check; null where the check finds the defect. @param {Mutant} mutant */
function judge({ file, find, replace, check }) {
  const path = `${tree}packages/${file}`;
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) return `the text is not there once: ${find}`;
  const key = check.join(' ');
  if (!clean.has(key)) clean.set(key, runCheck(check) === 'passed');
  if (clean.get(key) !== true) return `check:${key} fails without the defect`;
  writeFileSync(path, text.replace(find, () => replace));
  const verdict = runCheck(check);
  writeFileSync(path, text);
  return verdict === 'failed' ? null : `check:${key} ${verdict === 'passed' ? 'passes' : 'breaks'} with the defect`;
}

/** By the last line, so that a check that dies is not taken for one that finds. @param {readonly string[]} check */
function runCheck([name, ...options]) {
  const { stdout } = spawnSync(process.execPath, [`${tree}scripts/check/${String(name)}.mjs`, ...options], { cwd: tree, encoding: 'utf8', maxBuffer: 1 << 26 });
  const [, passed, findings] = /(\d+) passed, (\d+) failed\s*$/.exec(stdout) ?? [];
  if (passed === undefined) return 'broken';
  return findings === '0' ? 'passed' : 'failed';
}

/** The scripts and the built packages, with their links among each other. */
function copyTree() {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  cpSync(`${top}scripts`, `${tree}scripts`, { recursive: true });
  cpSync(`${top}package.json`, `${tree}package.json`);
  for (const name of readdirSync(`${top}packages`)) {
    for (const part of ['dist', 'package.json', 'node_modules/@worldswitch']) {
      const from = `${top}packages/${name}/${part}`;
      if (existsSync(from)) cpSync(from, `${tree}packages/${name}/${part}`, { recursive: true, verbatimSymlinks: true });
    }
  }
}
