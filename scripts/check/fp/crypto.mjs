// @ts-check
/** Whole AES, SHA and SM computations in machine code against node:crypto: the tests of packages/cpu, as part of `check:fp`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUN = fileURLToPath(new URL('../../run.mjs', import.meta.url));

/** Runs them. @returns {{ passed: number, failures: string[] }} */
export function cryptography() {
  const { stdout, stderr } = spawnSync(process.execPath, [RUN, 'vitest', 'run', 'packages/cpu/test/crypto.test.ts', '--reporter=json'], { encoding: 'utf8' });
  const start = stdout.indexOf('{');
  if (start < 0) throw new Error(`vitest says nothing: ${stderr}`);
  /** @type {{ testResults: { assertionResults: { status: string, title: string }[] }[] }} */
  const { testResults } = JSON.parse(stdout.slice(start));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failures = tests.filter(({ status }) => status !== 'passed').map(({ title }) => title);
  return { passed: tests.length - failures.length, failures: tests.length === 0 ? ['no test ran'] : failures };
}
