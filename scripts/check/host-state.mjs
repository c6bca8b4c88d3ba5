// @ts-check
/**
 * `npm run check:host-state -- [--seed N] [--quick] [--self-test]`: the host's state at every return from the switch, and in
 * user space, against section 5.1 of the series document (apps/harness/src/experiment/host-state.ts). It is read through the machine and not
 * through the hypervisor; before every entry each register of the host that the switch may touch, and each V register, gets
 * a distinct non-zero value of its own. With `--self-test`, plans that lack one restore must be found.
 */
import { parseArgs } from 'node:util';
import { FINAL, planFor, prefix as prefixSet } from '../../packages/hyp/dist/index.js';
import { drop } from '../../packages/hyp/dist/switch/plan.js';
import { checkHostState } from '../../apps/harness/dist/experiment/host-state.js';

const { values } = parseArgs({ options: { seed: { type: 'string' }, quick: { type: 'boolean' }, 'self-test': { type: 'boolean' } } });
const seed = Number(values.seed ?? '1');
const prefixes = values.quick === true ? [0, 3, 15, 17, 28, 33, 39, 40] : Array.from({ length: 41 }, (_, prefix) => prefix);

let passed = 0;
let failed = 0;
for (const mode of /** @type {const} */ (['vhe', 'nvhe'])) {
  for (const gic of /** @type {const} */ ([3, 2])) {
    for (const prefix of prefixes) {
      const name = `${mode} GICv${String(gic)} p${String(prefix)}`;
      const { checks, findings } = checkHostState({ mode, gic, steps: prefixSet(prefix).steps, plan: planFor(mode, prefixSet(prefix)), seed });
      passed += checks - findings.length;
      failed += findings.length;
      for (const finding of findings.slice(0, 5)) process.stdout.write(`FAILED ${name}: ${finding}\n`);
    }
  }
}
process.stdout.write(`seed ${String(seed)}: ${(passed + failed).toLocaleString('en')} values compared, ${String(prefixes.length)} prefixes, both modes and GICs\n`);
if (values['self-test'] === true) selfTest();
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** Every operation of `exit` and `put` that gives the host something back is taken out of the final plan, one at a time. */
function selfTest() {
  for (const mode of /** @type {const} */ (['vhe', 'nvhe'])) {
    const plan = planFor(mode, FINAL);
    for (const phase of /** @type {const} */ (['exit', 'put'])) {
      const giving = plan.phases[phase].filter(({ id, facts, host, when }) => when === '' && host !== 'gicv2' && host !== 'ras' && !id.includes('spe') && facts.some((fact) => fact.startsWith('restore host') || fact.startsWith('deactivate')));
      for (const { id } of giving) {
        const found = isFound(mode, drop(plan, phase, id));
        if (found) passed++;
        else failed++;
        process.stdout.write(`${found ? 'found' : 'FAILED, not found'}: ${mode} without ${id} in ${phase}\n`);
      }
    }
  }
}

/** @param {'vhe' | 'nvhe'} mode @param {import('../../packages/hyp/dist/index.js').Plan} plan */
function isFound(mode, plan) {
  try {
    return checkHostState({ mode, gic: 3, steps: FINAL.steps, plan, seed }).findings.length > 0;
  } catch {
    // The host could not even go on.
    return true;
  }
}
