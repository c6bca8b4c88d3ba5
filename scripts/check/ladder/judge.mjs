// @ts-check
/** What a run of a guest program must be: whether a plan is asked for it at all, and where two runs or a run and its committed trace differ. */

/** @typedef {import('./lab.mjs').Outcome} Outcome */
/** @typedef {import('./text.mjs').Program} Program */

/** Whether the guest's interrupt controller has all that the program asks for. @param {Program} program @param {import('./lab.mjs').Gic} gic */
export const hasItsGic = ({ its }, gic) => its !== true || gic === 'v3';

/** @param {Program} program @param {import('./cells.mjs').PlanCell} cell */
export function isAsked({ mendedBy, notUnder }, { steps, names }) {
  return (mendedBy === undefined || steps.includes(mendedBy)) && !names.some((name) => notUnder?.includes(name));
}

/** @param {Outcome} a @param {Outcome} b */
export function difference(a, b) {
  const at = Math.max(...[a, b].map(({ trace }) => trace.length)) - 1;
  for (let event = 0; event <= at; event++) if (a.trace[event] !== b.trace[event]) return `event ${String(event)} is ${String(b.trace[event])}, elsewhere ${String(a.trace[event])}`;
  return a.digest === b.digest ? null : `digest ${b.digest}, elsewhere ${a.digest}`;
}

/** @param {string} found @param {string} wanted */
export function firstDifference(found, wanted) {
  const [a, b] = [found.split(' | '), wanted.split(' | ')];
  const at = a.findIndex((event, n) => event !== b[n]);
  return at < 0 ? `${String(b.length - a.length)} events less` : `event ${String(at)} is ${String(a[at])}, expected ${String(b[at])}`;
}
