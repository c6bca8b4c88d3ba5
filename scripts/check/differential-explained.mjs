// @ts-check
/** Explained differences of `npm run check:differential`; the rules are in lib/explained.mjs. `tool` is the CPU of the emulator. */

/** @typedef {import('./lib/explained.mjs').Explained} Explained */

/** @type {readonly Explained[]} */
export const EXPLAINED = [];
