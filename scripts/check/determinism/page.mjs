// @ts-check
/** `check:determinism` in a browser: bundled into a page, which holds the programs and shows the digests as JSON. */
import { digestOf, WAYS } from './subject.mjs';

const page = /** @type {any} */ (globalThis);
const { budget, programs } = page.input;
/** @type {Record<string, string>} */
const digests = {};
for (const { name, elf, seed } of programs) {
  const program = { name, elf: elf === null ? null : Uint8Array.from(page.atob(elf), (/** @type {string} */ character) => character.charCodeAt(0)), seed };
  for (const way of WAYS) digests[`${name}: ${way.name}`] = digestOf(program, way, budget);
}
page.document.getElementById('digests').textContent = JSON.stringify(digests);
