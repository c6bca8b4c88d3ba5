// @ts-check
/** `check:determinism` in one runtime of Node: programs from a file, digests to standard output as JSON. */
import { readFileSync } from 'node:fs';
import { digestOf, WAYS } from './subject.mjs';

const { budget, programs } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
/** @type {Record<string, string>} */
const digests = {};
for (const { name, elf, seed } of programs) {
  const program = { name, elf: elf === null ? null : new Uint8Array(Buffer.from(elf, 'base64')), seed };
  for (const way of WAYS) digests[`${name}: ${way.name}`] = digestOf(program, way, budget);
}
process.stdout.write(JSON.stringify(digests));
