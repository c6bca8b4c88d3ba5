// @ts-check
/** What initial RAM disks are made of, whatever they start. */

/** @typedef {import('./cpio.mjs').Entry} Entry */

/** What every archive has. @param {Uint8Array} init @returns {Entry[]} */
export function common(init) {
  return [{ name: 'dev' }, { name: 'proc' }, { name: 'dev/console', mode: 0o600, device: [5, 1] }, { name: 'init', bytes: init }];
}

/** What `init` starts instead of its self-test. @param {readonly string[]} command @returns {Entry} */
export function startedByInit(command) {
  return { name: 'run', mode: 0o644, bytes: Buffer.from(command.map((part) => `${part}\n`).join('')) };
}
