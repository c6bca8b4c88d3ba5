// @ts-check
/**
 * `npm run check:system -- [NAME…] [--keep]`: bare-metal programs at EL1 and EL2 (system/programs), each printing one line a
 * check, on our core and in qemu-system-aarch64; the lines compared. system-explained.mjs says where we differ and why. A
 * program with a file NAME.expected is compared with that: the emulator's answer is none there, and the file says why.
 * With `--keep`, what each side printed stays in .cache/check/system.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXPLAINED } from './system-explained.mjs';
import { buildProgram, findTools, runQemu } from './system/qemu.mjs';
import { runOurs } from './system/machine.mjs';
import { normaliseLine } from './system/normalise.mjs';

const { values, positionals } = parseArgs({ options: { keep: { type: 'boolean' }, seed: { type: 'string' }, quick: { type: 'boolean' } }, allowPositionals: true });
const folder = fileURLToPath(new URL('system/programs/', import.meta.url));
const cache = fileURLToPath(new URL('../../.cache/check/system/', import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.c'))
  .map((file) => file.replace(/\.c$/, ''))
  .filter((name) => positionals.length === 0 || positionals.includes(name))
  .sort();

process.stdout.write(`check:system  ${String(names.length)} programs\n${findTools()}\n\n`);
mkdirSync(cache, { recursive: true });
const matches = EXPLAINED.map(() => 0);
let total = 0;
let failed = 0;
let explainedTotal = 0;
for (const name of names) {
  const elf = buildProgram(name);
  const theirs = runQemu(elf);
  const ours = runOurs(elf);
  if (values.keep === true) {
    writeFileSync(`${cache}${name}.qemu`, theirs.text);
    writeFileSync(`${cache}${name}.ours`, ours.text);
  }
  const expected = `${folder}${name}.expected`;
  const reference = existsSync(expected) ? readFileSync(expected, 'utf8').replace(/^#.*\n/gm, '') : theirs.text;
  const [a, b] = [keyed(reference), keyed(ours.text)];
  const keys = new Set([...a.keys(), ...b.keys()]);
  const count = keys.size;
  /** @type {string[]} */
  const differences = [];
  let explained = 0;
  for (const key of keys) {
    const [their, our] = [normaliseLine(a.get(key) ?? '(nothing)', true), normaliseLine(b.get(key) ?? '(nothing)')];
    if (their === our) continue;
    const entry = EXPLAINED.findIndex((one) => one.program === name && one.line.test(our) && one.qemu.test(their));
    if (entry >= 0) {
      matches[entry] = (matches[entry] ?? 0) + 1;
      explained++;
    } else differences.push(`  ours ${our}\n  ${reference === theirs.text ? 'qemu' : 'want'} ${their}`);
  }
  if (ours.end !== 'exit') differences.push(`  ours ended: ${ours.end}`);
  if (theirs.end !== 'exit') differences.push(`  qemu ended: ${theirs.end}`);
  total += count;
  explainedTotal += explained;
  failed += differences.length;
  process.stdout.write(`${name}: ${String(count)} checks, ${String(explained)} explained, ${String(differences.length)} differ\n`);
  const shown = values.keep === true ? differences : differences.slice(0, 20);
  for (const difference of shown) process.stdout.write(`${difference.slice(0, 500)}\n`);
  if (differences.length > shown.length) process.stdout.write(`  and ${String(differences.length - shown.length)} more\n`);
}
if (positionals.length === 0) {
  EXPLAINED.forEach(({ program, line }, i) => {
    if ((matches[i] ?? 0) > 0) return;
    failed++;
    process.stdout.write(`explained entry never matched: ${program} ${String(line)}\n`);
  });
}
if (explainedTotal > 0.005 * total) {
  failed++;
  process.stdout.write(`the explained entries cover ${String(explainedTotal)} of ${String(total)} checks, more than 0.5 %\n`);
}
process.stdout.write(`\n${String(Math.max(0, total - failed))} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** The lines by what stands before the colon; the second of a name is `NAME #2`. @param {string} text */
function keyed(text) {
  /** @type {Map<string, string>} */
  const lines = new Map();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const name = line.replace(/:.*/, '');
    let key = name;
    for (let n = 2; lines.has(key); n++) key = `${name} #${String(n)}`;
    lines.set(key, line);
  }
  return lines;
}
