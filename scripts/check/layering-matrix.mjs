/**
 * Who may import whom: the one place where that is written. `layering.mjs` checks manifests, turbo tags, sources and built
 * files against it, and `eslint.config.js` derives the messages in the editor from it.
 * Facts only; `docs/ARCHITECTURE.md` gives the reasons.
 */

export const scope = '@worldswitch/';

/**
 * `value`: import anything. `type`: `import type` only, so that nothing of it remains in the built file.
 * @typedef {'value' | 'type'} Permission
 *
 * @typedef {object} Layer
 * @property {string} folder
 * @property {boolean} browser Runs in a browser and is deterministic: nothing of the host, see {@link hostGlobals}.
 * @property {boolean} [isBundled] What it publishes contains what it imports: those are `devDependencies`.
 * @property {Readonly<Record<string, Permission>>} imports By specifier without the scope; what is not listed is forbidden.
 */

/** Everything that apps and boards put together. @type {Readonly<Record<string, Permission>>} */
const parts = { 'cpu/arch': 'value', cpu: 'value', 'gic/regs': 'value', gic: 'value', timer: 'value', tools: 'value', hyp: 'value' };

/** Lowest first: an import that points to a later row points upwards. @type {Readonly<Record<string, Layer>>} */
export const layers = {
  cpu: { folder: 'packages/cpu', browser: true, imports: {} },
  gic: { folder: 'packages/gic', browser: true, imports: { 'cpu/arch': 'value', cpu: 'type' } },
  timer: { folder: 'packages/timer', browser: true, imports: { 'cpu/arch': 'value', cpu: 'type' } },
  tools: { folder: 'packages/tools', browser: true, imports: { 'cpu/arch': 'value', 'gic/regs': 'value' } },
  hyp: { folder: 'packages/hyp', browser: true, imports: { 'cpu/arch': 'value', cpu: 'type', 'gic/regs': 'value' } },
  machine: { folder: 'packages/machine', browser: true, imports: parts },
  cli: { folder: 'apps/cli', browser: false, isBundled: true, imports: { ...parts, machine: 'value' } },
  // The command's package has no scope, so its name is not among these.
  harness: { folder: 'apps/harness', browser: false, imports: { ...parts, machine: 'value', cli: 'value' } },
};

/** What a browser-capable, deterministic package may not name: host objects, host time, host scheduling. */
export const hostGlobals = [
  'process', 'Buffer', 'require', 'module', '__dirname', '__filename', 'performance', 'crypto', 'navigator', 'window', 'document', 'fetch',
  'console', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame', 'Date',
];

/** Members of otherwise harmless objects that differ from run to run. @type {readonly (readonly [string, string])[]} */
export const hostMembers = [['Math', 'random'], ['Atomics', 'wait'], ['Atomics', 'waitAsync']];

/** The package part of a specifier without scope: `cpu` of `cpu/arch`. @param {string} specifier */
export const packageOf = (specifier) => specifier.split('/')[0] ?? specifier;

/** The layers that `layer` may depend on, lowest first. @param {string} layer */
export const dependenciesOf = (layer) => {
  const wanted = new Set(Object.keys(layers[layer]?.imports ?? {}).map(packageOf));
  return Object.keys(layers).filter((name) => wanted.has(name));
};

/** The tag that `turbo boundaries` knows a layer by. @param {string} layer */
export const tagOf = (layer) => `layer-${layer}`;
