// @ts-check
/**
 * `npm run check:api -- [--quick] [FILTER]`: section 6 of the series document, every row, as a table (api/rows.mjs): what a
 * VMM can ask of a VM and a vCPU, what it is told, which errno refuses what, and that a refused call changes nothing. Each row
 * runs on machines of its own, in both modes, before and after the series.
 */
import { parseArgs } from 'node:util';
import { Lab } from './api/lab.mjs';
import { ROWS } from './api/rows.mjs';

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const sets = values.quick === true ? ['fixed'] : ['base', 'p28', 'fixed'];

let passed = 0;
let failed = 0;
/** @type {Map<string, number>} */
const sections = new Map();
for (const [section, what, proof] of ROWS) {
  if (positionals.length > 0 && !positionals.some((text) => `${section} ${what}`.includes(text))) continue;
  sections.set(section, (sections.get(section) ?? 0) + 1);
  for (const mode of /** @type {const} */ (['vhe', 'nvhe'])) {
    for (const steps of sets) {
      const lab = new Lab({ mode, steps });
      try {
        proof(lab);
      } catch (error) {
        lab.findings.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
      if (lab.checks === 0) lab.findings.push('the row expects nothing');
      passed += lab.checks - Math.min(lab.checks, lab.findings.length);
      failed += lab.findings.length;
      for (const finding of lab.findings.slice(0, 4)) process.stdout.write(`FAILED ${mode} ${steps}: ${section} ${what}: ${finding}\n`);
    }
  }
}
process.stdout.write(`${String([...sections.values()].reduce((sum, count) => sum + count, 0))} rows (${[...sections].map(([section, count]) => `${section}: ${String(count)}`).join(', ')}), both modes, ${sets.join(', ')}\n`);
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
