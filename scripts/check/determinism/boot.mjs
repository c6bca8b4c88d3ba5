// @ts-check
/**
 * One boot of `check:determinism` in one runtime of Node: a Debian kernel on a described machine, in one of several ways that
 * must not differ; to standard output as JSON the digest every so many instructions and at the end, and why it ended.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMachine, restoreMachine, saveMachine } from '../../../packages/machine/dist/index.js';

/** @typedef {{ name: string, kernel: string, el: 1 | 2, vhe?: boolean, gic: 2 | 3, pes: number, clock?: 'retired' | 'cost', append?: string }} Boot */
/** @typedef {{ name: string, share: number, restoreEvery: number, translation: boolean }} Way `restoreEvery` in digests; 0: never */

const DISK_BYTES = 1 << 20;

/** @param {Boot} boot @param {Way} way @param {{ guests: string, every: number, limit: number }} plan */
function digestsOf(boot, way, { guests, every, limit }) {
  const disk = { bytes: new Uint8Array(DISK_BYTES), isReadOnly: false };
  const { el, vhe, gic, pes, clock = 'cost' } = boot;
  const made = createMachine({ profile: 'generic', el, gic, pes, clock, disks: [disk], translation: way.translation, ...(vhe !== undefined && { vhe }) });
  if (!made.ok) throw new Error(made.error.message);
  let { machine } = made;
  const read = (/** @type {string} */ name) => new Uint8Array(readFileSync(join(guests, boot.kernel, name)));
  const loaded = machine.loadLinux(read('Image'), { initrd: read('initrd'), commandLine: ['console=ttyAMA0', `pes=${String(pes)}`, boot.append ?? ''].join(' ').trim() });
  if (!loaded.ok) throw new Error(loaded.error.message);
  /** @type {string[]} */
  const digests = [];
  for (;;) {
    const next = Math.min(limit, (digests.length + 1) * every);
    let stop = null;
    while (machine.instructions < next && (stop === null || stop.reason === 'limit')) {
      machine.resume();
      stop = machine.run({ maxInstructions: Math.min(next, machine.instructions + way.share) });
    }
    digests.push(machine.digest());
    if (stop === null || stop.reason !== 'limit' || next === limit) return { digests, stop: stop?.reason ?? 'limit', instructions: machine.instructions, lines: machine.console.lines };
    if (way.restoreEvery > 0 && digests.length % way.restoreEvery === 0) {
      const saved = saveMachine(machine);
      if (!saved.ok) throw saved.error;
      const restored = restoreMachine(saved.snapshot, { translation: way.translation });
      if (!restored.ok) throw restored.error;
      ({ machine } = restored);
    }
  }
}

const { boot, way, plan } = JSON.parse(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(digestsOf(boot, way, plan)));
