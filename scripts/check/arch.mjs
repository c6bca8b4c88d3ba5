// @ts-check
/**
 * `npm run check:arch [-- --json] [-- --self-test]`: the system register table against sources that are not ours.
 *
 * - names: all 65,536 MRS and MSR words as llvm-mc (14, and 19 where installed) and objdump print them with all features:
 *   name, encoding, and direction. A word is a case.
 * - fields: `arch/arm64/tools/sysreg` of Debian's linux-source-6.1 and -6.12: encodings, fields with their bits, values that
 *   we name too. Each of these is a case. Field names are compared without regard to case, for Linux capitalises some.
 *
 * Differences must stand in `arch-explained.mjs`, each entry must explain one, and no two the same. With `--self-test`, plants
 * one defect of each kind in what is compared, takes out each entry, and requires that it is found. In CI a source that cannot be had is a failure,
 * elsewhere it is skipped and said. Ends with `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explained } from './arch-explained.mjs';
import { fetchLinuxSysregs, parseLinuxSysregs } from './lib/linux-sysregs.mjs';

/** The built package, with the types of its sources. @type {typeof import('../../packages/cpu/src/arch/index.ts')} */
const arch = await import(String(new URL('../../packages/cpu/dist/arch/index.js', import.meta.url)));

const json = process.argv.includes('--json');
const selfTest = process.argv.includes('--self-test');
const inCi = process.env['CI'] === 'true';

/**
 * What was compared and differs. `kind` and `what` are what an entry of the list names, `at` is the case.
 * @typedef {{ source: string, kind: string, what: string, at: string, detail: string }} Difference
 * @typedef {{ source: string, cases: number, differences: Difference[], note?: string }} Comparison
 * @typedef {{ key: number, name: string, directions: string, status: string, impdef: bigint, fields: readonly { name: string, msb: number, lsb: number, values: Readonly<Record<string, number>> }[] }} Row
 */

const FIRST_KEY = 0x8000;
const KEYS = 0x8000;
const DIRECTIONS = /** @type {const} */ (['R', 'W']);

/** MRS X0 of every key, then MSR. */
const words = new Uint32Array(2 * KEYS);
for (let i = 0; i < KEYS; i++) {
  words[i] = 0xd520_0000 | ((FIRST_KEY + i) << 5);
  words[KEYS + i] = 0xd500_0000 | ((FIRST_KEY + i) << 5);
}

/** @template T @param {(folder: string) => T} use @returns {T} */
function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-arch-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'latin1', maxBuffer: 1 << 28 });
  if (error || status !== 0) throw new Error(`${command}: ${error?.message ?? stderr.slice(0, 300)}`);
  return stdout;
}

/** The register that a line of disassembly names, in capitals; null where it is generic. @param {string} line */
function registerIn(line) {
  const name = /^\s*(?:mrs\s+x0,\s*(\w+)|msr\s+(\w+),\s*x0)/.exec(line);
  const found = (name?.[1] ?? name?.[2])?.toUpperCase();
  if (found === undefined) throw new Error(`neither MRS nor MSR: ${line}`);
  return /^S\d_\d_C\d+_C\d+_\d$/.test(found) ? null : found;
}

// LLVM 14 has no `all`.
const LLVM_14_FEATURES =
  'v9.3a,v8r,altnzcv,am,amvs,brbe,ccdp,ccidx,ccpp,complxnum,ecv,el2vmsa,el3,ete,fgt,hcx,lor,ls64,mpam,mte,nv,pan,pan-rwv,pauth,perfmon,predres,rand,ras,rme,sel2,sme,sme-f64,sme-i64,spe,spe-eef,specrestrict,ssbs,sve,sve2,tlb-rmi,tme,tracev8.4,trbe,uaops,v8.8a,vh,xs,mops';

/** @param {string} command @param {string} mattr */
function llvmNames(command, mattr) {
  return withFolder((folder) => {
    const input = join(folder, 'words.txt');
    const hex = (/** @type {number} */ byte) => `0x${(byte & 255).toString(16)}`;
    writeFileSync(input, Array.from(words, (word) => `${hex(word)} ${hex(word >> 8)} ${hex(word >> 16)} ${hex(word >> 24)}\n`).join(''));
    const lines = run(command, ['--disassemble', '-triple=aarch64', `-mattr=${mattr}`, input]).split('\n').filter((line) => /^\s+m[rs][sr]\b/.test(line));
    if (lines.length !== words.length) throw new Error(`${command} printed ${String(lines.length)} of ${String(words.length)} words`);
    return lines.map(registerIn);
  });
}

/** objdump prints a name for either direction, and a note where that direction does not exist. */
function objdumpNames() {
  return withFolder((folder) => {
    const input = join(folder, 'words.bin');
    writeFileSync(input, new Uint8Array(words.buffer));
    const lines = run('aarch64-linux-gnu-objdump', ['-D', '-z', '-M', 'notes', '-b', 'binary', '-m', 'aarch64', '--no-show-raw-insn', input])
      .split('\n')
      .filter((line) => /^\s*[0-9a-f]+:\t/.test(line))
      .map((line) => line.replace(/^\s*[0-9a-f]+:\t/, ''));
    if (lines.length !== words.length) throw new Error(`objdump printed ${String(lines.length)} of ${String(words.length)} words`);
    // The notes of either kind are trusted for what they say of a register, whatever direction they stand at.
    return lines.map((line, i) => {
      const wrong = line.includes('write-only') ? 'R' : line.includes('read-only') ? 'W' : null;
      return wrong === DIRECTIONS[i < KEYS ? 0 : 1] ? null : registerIn(line);
    });
  });
}

/** @param {string} command */
const versionOf = (command) => spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout?.match(/\d+\.\d+(?:\.\d+)?/)?.[0];

/** The tools that are here. @returns {{ name: string, names: (string | null)[] }[]} */
function witnesses() {
  const found = [];
  const old = ['llvm-mc-14', 'llvm-mc'].find((command) => versionOf(command)?.startsWith('14.'));
  if (old !== undefined) found.push({ name: 'llvm-mc 14', names: llvmNames(old, LLVM_14_FEATURES.split(',').map((feature) => `+${feature}`).join(',')) });
  if (versionOf('llvm-mc-19') !== undefined) found.push({ name: 'llvm-mc 19', names: llvmNames('llvm-mc-19', '+all') });
  if (versionOf('aarch64-linux-gnu-objdump') !== undefined) found.push({ name: 'objdump', names: objdumpNames() });
  return found;
}

const ALL_WITNESSES = ['llvm-mc 14', 'llvm-mc 19', 'objdump'];

/**
 * A word passes if each tool prints our name or nothing, and one at least prints it.
 * @param {readonly Row[]} rows @param {{ name: string, names: (string | null)[] }[]} tools @returns {Comparison}
 */
function compareNames(rows, tools) {
  /** @type {Difference[]} */
  const differences = [];
  const ours = { R: new Map(), W: new Map() };
  for (const row of rows) for (const direction of DIRECTIONS) if (row.directions.includes(direction)) ours[direction].set(row.key, row.name);
  const complete = tools.length === ALL_WITNESSES.length;
  for (let i = 0; i < words.length; i++) {
    const direction = DIRECTIONS[i < KEYS ? 0 : 1];
    const key = FIRST_KEY + (i % KEYS);
    const name = ours[direction].get(key);
    const at = `${arch.genericRegisterName(key)} ${direction === 'R' ? 'MRS' : 'MSR'}`;
    let known = name === undefined;
    for (const tool of tools) {
      const printed = tool.names[i] ?? null;
      if (printed === null) continue;
      if (printed === name?.toUpperCase()) known = true;
      else differences.push({ source: tool.name, kind: 'name', what: printed, at, detail: `${at}: ${tool.name} prints ${printed}, the table has ${name ?? 'nothing'}` });
    }
    if (!known && complete) differences.push({ source: 'table', kind: 'unknown', what: name, at, detail: `${at}: no tool knows ${name}` });
  }
  return { source: `names (${tools.map(({ name }) => name).join(', ')})`, cases: words.length, differences };
}

const NEWEST_LINUX = 'linux 6.12';

/** @param {{ msb: number, lsb: number }} field */
const bitsOf = ({ msb, lsb }) => ((1n << BigInt(msb - lsb + 1)) - 1n) << BigInt(lsb);

/** Layouts that belong to a register beside its own. @type {ReadonlyMap<string, readonly { readonly fields: Row['fields'] }[]>} */
const SECOND_LAYOUTS = new Map(
  /** @type {[string, readonly { readonly fields: Row['fields'] }[]][]} */ ([
    ...arch.E2H_LAYOUTS.map(({ register, layouts }) => [register.name, layouts]),
    ['PAR_EL1', [arch.PAR_EL1_F1]],
    ['CCSIDR_EL1', [arch.CCSIDR_CCIDX]],
    ['DISR_EL1', [arch.DISR_ELx_IDS0]],
  ]),
);

/**
 * @param {readonly Row[]} rows @param {string} source
 * @param {import('./lib/linux-sysregs.mjs').LinuxRegister[]} registers
 * @returns {Comparison}
 */
function compareLinux(rows, source, registers) {
  /** @type {Difference[]} */
  const differences = [];
  const byName = new Map(rows.map((row) => [row.name, row]));
  let cases = 0;
  let named = 0;
  let values = 0;
  for (const { name, encoding, fields } of registers) {
    cases++;
    const row = byName.get(name);
    if (row === undefined) {
      differences.push({ source, kind: 'register', what: name, at: name, detail: `${source}: ${name} ${encoding?.join(',') ?? ''} is not in the table` });
      continue;
    }
    const key = arch.sysRegKey(...(/** @type {[number, number, number, number, number]} */ (encoding)));
    if (row.key !== key) differences.push({ source, kind: 'encoding', what: name, at: name, detail: `${source}: ${name} is ${encoding?.join(',') ?? ''}, the table has ${arch.genericRegisterName(row.key)}` });
    if (row.status === 'named') {
      named++;
      continue;
    }
    const ours = [row, ...(SECOND_LAYOUTS.get(name) ?? [])].flatMap(({ fields: list }) => list);
    for (const field of fields) {
      cases++;
      const what = `${name}.${field.name}`;
      if (/^IMPDEF\d*$/.test(field.name) && bitsOf(field) === (row.impdef & bitsOf(field))) continue;
      const candidates = ours.filter((own) => own.name.toLowerCase() === field.name.toLowerCase());
      const own = candidates.find(({ msb, lsb }) => msb === field.msb && lsb === field.lsb);
      if (own === undefined) {
        const said = candidates.map(({ msb, lsb }) => `${String(msb)}:${String(lsb)}`).join(', ');
        differences.push({ source, kind: 'field', what, at: what, detail: `${source}: ${what} is ${String(field.msb)}:${String(field.lsb)}, the table has ${said || 'no such field'}` });
        continue;
      }
      for (const [value, number] of Object.entries(own.values)) {
        const theirs = field.values.get(value) ?? field.values.get(value.toUpperCase());
        if (theirs === undefined) continue;
        cases++;
        values++;
        if (theirs !== number) differences.push({ source, kind: 'value', what: `${what}=${value}`, at: `${what}=${value}`, detail: `${source}: ${what} ${value} is ${String(theirs)}, the table has ${String(number)}` });
      }
    }
    // The other way round: a field of ours in bits of which Linux says something else.
    for (const own of source === NEWEST_LINUX ? row.fields : []) {
      if (fields.length === 0 || fields.some(({ msb, lsb }) => own.msb >= lsb && own.lsb <= msb)) continue;
      cases++;
      differences.push({ source, kind: 'extra', what: `${name}.${own.name}`, at: `${name}.${own.name}`, detail: `${source}: ${name} has no field in ${String(own.msb)}:${String(own.lsb)}, the table has ${own.name}` });
    }
  }
  return { source, cases, differences, note: `, ${String(values)} values among them; ${String(named)} of its registers are named rows without fields` };
}

/**
 * Takes out what the list explains. An entry that has a name which explains nothing is a finding, and so is a difference with
 * two entries: so every entry, and every name of it, is needed.
 * @param {Comparison[]} comparisons @param {readonly string[]} skipped sources that were not compared
 * @param {readonly import('./arch-explained.mjs').Explained[]} [list]
 */
function judge(comparisons, skipped, list = explained) {
  /** @type {Set<string>} */
  const used = new Set();
  /** @type {string[]} */
  const findings = [];
  let cases = 0;
  let covered = 0;
  for (const comparison of comparisons) {
    /** @type {Set<string>} */
    const coveredHere = new Set();
    cases += comparison.cases;
    for (const difference of comparison.differences) {
      const entries = list.filter((entry) => entry.kind === difference.kind && entry.sources.includes(difference.source) && entry.names.includes(difference.what));
      used.add(`${difference.kind} ${difference.what}`);
      if (entries.length === 0) findings.push(difference.detail);
      else coveredHere.add(difference.at);
      if (entries.length > 1) findings.push(`${difference.detail}: explained twice in arch-explained.mjs`);
    }
    covered += coveredHere.size;
  }
  for (const { kind, names, sources, reason, section } of list) {
    if (reason === '' || section === '') findings.push(`arch-explained.mjs: ${names[0] ?? ''} has no reason or no section`);
    if (sources.every((source) => skipped.includes(source))) continue;
    for (const name of names) if (!used.has(`${kind} ${name}`)) findings.push(`arch-explained.mjs: ${kind} ${name} explains nothing any more`);
  }
  if (covered >= cases * 0.005) findings.push(`arch-explained.mjs covers ${String(covered)} of ${String(cases)} cases, which is 0.5 % or more`);
  return { cases, covered, findings };
}

/** @type {readonly Row[]} */
const table = arch.SYSTEM_REGISTERS.rows;
const tools = witnesses();
/** @type {string[]} */
const skipped = ALL_WITNESSES.filter((name) => !tools.some((tool) => tool.name === name));
/** @type {string[]} */
const missing = skipped.map((name) => `${name} is not installed: apt-get install llvm llvm-19 binutils-aarch64-linux-gnu`);
if (skipped.length > 0) skipped.push('table');

/** @type {{ source: string, registers: import('./lib/linux-sysregs.mjs').LinuxRegister[] }[]} */
const linux = [];
for (const series of ['6.1', '6.12']) {
  const source = `linux ${series}`;
  const fetched = fetchLinuxSysregs(series);
  if ('reason' in fetched) {
    skipped.push(source);
    missing.push(`${source}: ${fetched.reason}`);
  } else linux.push({ source, registers: parseLinuxSysregs(fetched.text).registers });
}

const comparisons = [compareNames(table, tools), ...linux.map(({ source, registers }) => compareLinux(table, source, registers))];
const { cases, covered, findings } = judge(comparisons, skipped);
if (inCi) findings.push(...missing);

/** Defects that must be found, each planted in a copy of the table. @type {[string, (rows: Row[]) => void][]} */
const DEFECTS = [
  ['an encoding changed by a bit', (rows) => replace(rows, 'HCR_EL2', (row) => ({ ...row, key: row.key ^ 1 }))],
  ['a row taken out', (rows) => void rows.splice(rows.findIndex(({ name }) => name === 'TPIDR_EL2'), 1)],
  ['a name misspelt', (rows) => replace(rows, 'VBAR_EL1', (row) => ({ ...row, name: 'VBRA_EL1' }))],
  ['a read-only register made writable', (rows) => replace(rows, 'MIDR_EL1', (row) => ({ ...row, directions: 'RW' }))],
  ['a write-only register made readable', (rows) => replace(rows, 'OSLAR_EL1', (row) => ({ ...row, directions: 'RW' }))],
  ['an invented register', (rows) => void rows.push({ key: 0xc000, name: 'ODD_EL1', directions: 'R', status: 'implemented', impdef: 0n, fields: [] })],
];
/** Those that only Linux's file shows. @type {[string, (rows: Row[]) => void][]} */
const FIELD_DEFECTS = [
  ['a field moved by a bit', (rows) => replaceField(rows, 'ID_AA64MMFR1_EL1', 'VH', (field) => ({ ...field, msb: field.msb + 1, lsb: field.lsb + 1 }))],
  ['a field misspelt', (rows) => replaceField(rows, 'ID_AA64MMFR0_EL1', 'PARange', (field) => ({ ...field, name: 'PARagne' }))],
  ['a value changed', (rows) => replaceField(rows, 'ID_AA64ISAR0_EL1', 'Atomic', (field) => ({ ...field, values: { ...field.values, IMP: 1 } }))],
];

/** @param {Row[]} rows @param {string} name @param {(row: Row) => Row} change */
function replace(rows, name, change) {
  const at = rows.findIndex((row) => row.name === name);
  const { key, directions, status, impdef, fields } = rows[at] ?? raise(`no row ${name}`);
  rows[at] = change({ key, name, directions, status, impdef, fields });
}

/** @param {Row[]} rows @param {string} register @param {string} field @param {(field: Row['fields'][number]) => Row['fields'][number]} change */
function replaceField(rows, register, field, change) {
  replace(rows, register, (row) => ({
    ...row,
    fields: row.fields.map(({ name, msb, lsb, values }) => (name === field ? change({ name, msb, lsb, values }) : { name, msb, lsb, values })),
  }));
}

/** @param {string} message @returns {never} */
function raise(message) {
  throw new Error(message);
}

const planted = selfTest ? [...DEFECTS, ...(linux.length > 0 ? FIELD_DEFECTS : [])] : [];
for (const [defect, plant] of planted) {
  const rows = [...table];
  plant(rows);
  const judged = judge([compareNames(rows, tools), ...linux.map(({ source, registers }) => compareLinux(rows, source, registers))], skipped);
  const shown = judged.findings.find((finding) => !findings.includes(finding));
  if (shown === undefined) findings.push(`${defect}: planted and not found`);
  else if (!json) process.stdout.write(`found ${defect}: ${shown}\n`);
}

// And each entry of the list, taken out, must be missed.
const needed = selfTest ? explained.filter(({ sources }) => !sources.every((source) => skipped.includes(source))) : [];
for (const entry of needed) {
  const without = judge(comparisons, skipped, explained.filter((other) => other !== entry));
  if (without.findings.every((finding) => findings.includes(finding))) findings.push(`arch-explained.mjs: ${entry.kind} ${entry.names[0] ?? ''} can be taken out unnoticed`);
}

const failed = findings.length;
const passed = cases + planted.length + needed.length - failed;
if (json) {
  const document = {
    schema: 'worldswitch.check-arch/1',
    registers: table.length,
    sources: comparisons.map(({ source, cases: count, differences }) => ({ source, cases: count, differences: differences.length })),
    explained: covered,
    skipped: missing,
    findings,
    passed,
    failed,
  };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
} else {
  for (const finding of findings) process.stdout.write(`FAILED ${finding}\n`);
  for (const reason of missing) process.stdout.write(`skipped ${reason}\n`);
  for (const comparison of comparisons) {
    process.stdout.write(`${comparison.source}: ${String(comparison.cases)} cases${comparison.note ?? ''}\n`);
  }
  process.stdout.write(`${String(table.length)} registers in the table; ${String(covered)} of ${String(cases)} cases are explained differences\n`);
  process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
}
process.exitCode = failed > 0 ? 1 : 0;
