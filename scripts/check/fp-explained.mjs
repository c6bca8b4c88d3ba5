// @ts-check
/** Explained differences of `npm run check:fp`; the rules are in lib/explained.mjs. */

/** @typedef {import('./lib/explained.mjs').Explained} Explained */

/** @type {readonly Explained[]} */
export const EXPLAINED = [];
