// @ts-check
/**
 * Prints `PACKAGE PASSED FAILED` for each workspace member, from the report its tests left. A missing report, and a test file
 * that failed before its first test, count as one failure each.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { members, readJson } from '../scripts/lib/workspace.mjs';

for (const { name, folder, manifest } of members()) {
  if (manifest.scripts?.test === undefined) continue;
  const file = join(folder, '.test-report', 'vitest.json');
  if (!existsSync(file)) {
    process.stdout.write(`${name} 0 1\n`);
    continue;
  }
  const report = readJson(file);
  /** @type {{ status: string, assertionResults: { status: string }[] }[]} */
  const files = report.testResults;
  const brokenFiles = files.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed')).length;
  const failed = Number(report.numFailedTests) + brokenFiles;
  process.stdout.write(`${name} ${String(report.numPassedTests)} ${String(failed === 0 && report.success === false ? 1 : failed)}\n`);
}
