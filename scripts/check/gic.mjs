// @ts-check
/**
 * `npm run check:gic -- [PREFIX…] [--keep]`: interrupts and timers by bare-metal programs (gic/programs, a file a program), each
 * printing one line a check, on our machine and on qemu-system-aarch64; the lines compared. A program runs with both versions
 * of the GIC, as v2-NAME and v3-NAME, unless its name says one. What is about the physical side is done at EL2 and again at
 * EL1. v3-NAME.explained.mjs says where we differ and why; v3-NAME.expected is what is right where the emulator's answer is
 * none. With `--keep`, what each side printed stays in .cache/check/gic, and no difference is cut.
 */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GIC_PROGRAMS } from './gic/compare.mjs';
import { runWorkers } from './lib/pool.mjs';
import { findTools, reportResults } from './lib/programs.mjs';

/** @typedef {import('./lib/programs.mjs').Result} Result */

/** The part of the lines that may be explained: more than elsewhere, for much of a GIC is IMPLEMENTATION DEFINED. */
const SHARE = 0.03;

const { values, positionals } = parseArgs({ options: { keep: { type: 'boolean' } }, allowPositionals: true });
const names = GIC_PROGRAMS.filter((name) => positionals.length === 0 || positionals.some((prefix) => name.startsWith(prefix) || name.slice(3).startsWith(prefix)));

process.stdout.write(`check:gic  ${String(names.length)} programs\n${findTools()}\n\n`);
const keep = values.keep === true ? fileURLToPath(new URL('../../.cache/check/gic/', import.meta.url)) : undefined;
if (keep !== undefined) mkdirSync(keep, { recursive: true });
const workers = Math.max(1, Math.min(availableParallelism(), names.length));
const parts = await runWorkers(new URL('gic/worker.mjs', import.meta.url), workers, { names, keep }, () => undefined);
const results = parts.flatMap((part) => /** @type {Result[]} */ (part)).sort((a, b) => (a.name < b.name ? -1 : 1));
reportResults(results, { isWhole: positionals.length === 0, isCut: keep === undefined, share: SHARE });
