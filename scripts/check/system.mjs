// @ts-check
/**
 * `npm run check:system -- [PREFIX…] [--keep]`: bare-metal programs at EL1 and EL2 (system/programs, a file a program), each
 * printing one line a check, on our core and in qemu-system-aarch64; the lines compared. NAME.explained.mjs beside a program
 * says where we differ and why. A program with a file NAME.expected is compared with that: the emulator's answer is none
 * there, and the file says why. With `--keep`, what each side printed stays in .cache/check/system, and no difference is cut.
 */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runWorkers } from './lib/pool.mjs';
import { findTools, reportResults } from './lib/programs.mjs';
import { CORE_PROGRAMS } from './system/compare.mjs';

/** @typedef {import('./lib/programs.mjs').Result} Result */

const { values, positionals } = parseArgs({ options: { keep: { type: 'boolean' } }, allowPositionals: true });
const names = CORE_PROGRAMS.filter((name) => positionals.length === 0 || positionals.some((prefix) => name.startsWith(prefix)));

process.stdout.write(`check:system  ${String(names.length)} programs\n${findTools()}\n\n`);
const keep = values.keep === true ? fileURLToPath(new URL('../../.cache/check/system/', import.meta.url)) : undefined;
if (keep !== undefined) mkdirSync(keep, { recursive: true });
const workers = Math.max(1, Math.min(availableParallelism(), names.length));
const parts = await runWorkers(new URL('system/worker.mjs', import.meta.url), workers, { names, keep }, () => undefined);
const results = parts.flatMap((part) => /** @type {Result[]} */ (part)).sort((a, b) => (a.name < b.name ? -1 : 1));
reportResults(results, { isWhole: positionals.length === 0, isCut: keep === undefined });
