// @ts-check
/**
 * `npm run check:sysregs -- [--quick] [--shard I/N] [--workers N] [--write]`: every MRS, MSR, SYS and SYSL word at EL0, EL1 and EL2, with E2H 0 and 1 and
 * TGE 0 and 1 where they can be reached, with every trap bit alone, against rules that share nothing with the core
 * (sysregs/rules.mjs). What the core did is a table with one row a register, docs/conformance/system-registers.md; `--write`
 * writes it, and without it a table that is out of date is a finding. `--quick`: trap bits with named registers only.
 * `--shard I/N`: the I-th of N parts of the trap bits, without the table.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runWorkers } from './lib/pool.mjs';
import { SETTINGS, SITUATIONS } from './sysregs/core.mjs';
import { describeKey, describeSetting, describeSituation, table } from './sysregs/table.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, shard: { type: 'string', default: '1/1' }, workers: { type: 'string', default: '2' }, write: { type: 'boolean' } } });
const quick = values.quick === true;
const file = new URL('../../docs/conformance/system-registers.md', import.meta.url);

const [, shard = 0, shards = 0] = (/^(\d{1,3})\/(\d{1,3})$/.exec(values.shard) ?? []).map(Number);
if (shard < 1 || shard > shards) {
  process.stderr.write(`--shard wants a part and how many there are, as 1/4, not ${values.shard}\n`);
  process.exit(2);
}
const settings = SETTINGS.map((_, setting) => setting).filter((setting) => setting % shards === shard - 1);

let done = 0;
/** @type {import('./sysregs/worker.mjs').Result[]} */
const results = await runWorkers(new URL('sysregs/worker.mjs', import.meta.url), Math.max(1, Number(values.workers) || 1), { quick, settings }, () => {
  done++;
  if (process.stderr.isTTY) process.stderr.write(`\r${String(done)} of ${String(settings.length)} controls`);
});
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

const cases = results.reduce((sum, one) => sum + one.cases, 0);
let failed = results.reduce((sum, one) => sum + one.findingsCount, 0);
const findings = results.flatMap((one) => one.findings);
for (const { setting, situation, key, isRead, ours, rule } of findings) {
  process.stdout.write(`${instruction(key, isRead)} ${describeKey(key)} at ${describeSituation(SITUATIONS[situation])}, ${describeSetting(SETTINGS[setting])}: ${ours}, but the rules say ${rule}\n`);
}
if (failed > findings.length) process.stdout.write(`and ${String(failed - findings.length)} more\n`);

if (shards === 1) checkTable();
process.stdout.write(`no seed: ${cases.toLocaleString('en')} accesses, ${String(SITUATIONS.length)} situations, ${String(settings.length)} of ${String(SETTINGS.length)} settings${quick ? '; controls with named registers only' : ''}\n`);
process.stdout.write(`${String(cases + (shards === 1 ? 1 : 0) - failed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** @param {number} key @param {boolean} isRead */
function instruction(key, isRead) {
  if (key >> 14 === 1) return isRead ? 'SYSL' : 'SYS';
  return isRead ? 'MRS' : 'MSR';
}

function checkTable() {
  const text = table(results.flatMap((one) => one.results));
  if (values.write === true) writeFileSync(file, text);
  else if (readIfThere() !== text) {
    failed++;
    process.stdout.write('docs/conformance/system-registers.md is not what the core does now: npm run check:sysregs -- --quick --write\n');
  }
}

function readIfThere() {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
