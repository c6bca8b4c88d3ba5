// @ts-check
/**
 * Defects of the hypervisor after the catalogue of bugs that really happened (`bugs.mjs` says which is which): planted in the
 * built code, each for the check that must find it, and as rewrites of plans, each of which the verifier must reject.
 */
import { BASE, FINAL, planFor } from '../../../packages/hyp/dist/index.js';
import { drop, move, unwaive } from '../../../packages/hyp/dist/switch/plan.js';
import { violations } from '../../../packages/hyp/dist/switch/verify.js';

/** @typedef {import('../../../packages/hyp/dist/index.js').Plan} Plan */

/** @param {string} name @param {string} file @param {string} find @param {string} replace @param {readonly string[]} check @returns {import('./core.mjs').Row} */
const mutant = (name, file, find, replace, check) => [name, `hyp/dist/${file}`, find, replace, check];
const api = (/** @type {string} */ filter) => ['api', '--quick', filter];
/** Under all plans: some defects show under one schedule and few plans. @param {string} program */
const everyPlan = (program) => ['ladder', '--workers', '1', '--gic', 'v3', program];
const ladder = (/** @type {string} */ program, gic = 'v3') => ['ladder', '--quick', '--workers', '1', '--gic', gic, program];

export const PLANTED = [
  mutant('accessors-in-memory', 'accessors.js', 'return cpu.cells[2 * scratch] === 1;', 'return false;', ladder('undefined-between')),
  mutant('loaded-flag-never-set', 'switch/around.js', '(cpu) => setLoadedFlag(cpu, 1)', '(cpu) => setLoadedFlag(cpu, 0)', ladder('undefined-between')),
  mutant('register-from-its-neighbour', 'context.js', 'port.restoreRegisters(T, list, base)', 'port.restoreRegisters(T, { keys: list.keys, offsets: list.offsets.map((offset, i) => (i === 5 ? list.offsets[4] : offset)) }, base)', ladder('el1-registers')),
  mutant('fp-trap-open-in-one-mode', 'switch/vhe.js', '(cells[2 * T] | CPACR_TTA) & ~CPACR_FPEN_ZEN', 'cells[2 * T] | CPACR_TTA', ladder('fp-everything')),
  mutant('mdcr-not-rewritten', 'switch/debug.js', 'port.msr(MDCR_EL2.key, T2);\n    port.str(T2, VCPU, VCPU_STRUCT.MDCR_IN_HARDWARE);', 'port.str(T2, VCPU, VCPU_STRUCT.MDCR_IN_HARDWARE);', everyPlan('debug-registers-again')),
  mutant('mdcr-computed-late', 'steps/rewrites/fixes.js', "{ before: 'activate-common-traps' }, initialiseMdcr), 'load', { after: 'activate-common-traps' }, noteMdcr)", "{ after: 'activate-common-traps' }, noteMdcr), 'load', { after: 'activate-common-traps' }, initialiseMdcr)", everyPlan('debug-registers')),
  mutant('events-before-init', 'api/vcpu.js', 'return needsInit && this.vcpu', 'return false && this.vcpu', api('wrong order')),
  mutant('written-then-refused', 'api/one-reg.js', "if (!check(value))\n                return 'EINVAL';\n            for", 'for', api('illegal mode')),
  mutant('id-registers-as-the-host', 'sysregs/id-registers.js', 'CRm(key) >= 4 ? (masks.get(key) ?? ZERO) : ALL', 'ALL', api('ID registers')),
  mutant('count-with-the-offset-of-another-sign', 'api/one-reg.js', 'readHost(cpu, CNTPCT_EL0.key) - value', 'value - readHost(cpu, CNTPCT_EL0.key)', api('SET CNT')),
  mutant('breakpoint-in-another-slot', 'debug/registers.js', '+ 128 * bank + 8 * n)', '+ 128 * bank + 8 * (n === 1 ? 2 : n))', api('own debug registers')),
  mutant('guest-registers-while-debugged', 'switch/debug.js', 'return cpu.cells[2 * T];\n}\nconst DIRTY', 'return VCPU_STRUCT.DEBUG;\n}\nconst DIRTY', api('a hardware breakpoint')),
  mutant('step-forced-on', 'debug/guest-debug.js', 'if ((guestDebug & KVM_GUESTDBG.SINGLESTEP) !== 0) {', 'if (guestDebug !== 0) {', api('software breakpoints')),
  mutant('emulated-instruction-not-a-step', 'debug/guest-debug.js', 'if ((guestDebug & KVM_GUESTDBG.SINGLESTEP) === 0)\n        return false;', 'if (guestDebug >= 0)\n        return false;', api('single-step')),
  mutant('mdscr-not-given-back', 'debug/guest-debug.js', 'cpu.port.ldr(T, VCPU, VCPU_STRUCT.MDSCR_PRESERVED);\n    cpu.port.str(T, VCPU, MDSCR_SLOT);\n', '', api('single-step')),
  mutant('vse-not-read-back', 'switch/ops.js', 'port.mrs(T, HCR_EL2.key);\n    port.str(T, VCPU, VCPU_STRUCT.HCR_EL2);', '', api('VCPU_EVENTS')),
  mutant('serror-not-injected', 'inject.js', 'cells[2 * K] = cells[2 * K] | HCR_EL2.VSE.wordMask;', '', api('external abort')),
  mutant('smc-like-hvc', 'exits/smc.js', 'return SKIP_AND_RESUME;', 'return 1;', api('SMC64')),
  mutant('unknown-call-undefined', 'psci.js', 'KVM_SYSTEM_EVENT_RESET);\n        default:\n            return result(cpu, NOT_SUPPORTED);', "KVM_SYSTEM_EVENT_RESET);\n        default:\n            throw new Error('unknown call');", api('HVC64')),
  mutant('pc-not-advanced-for-user-space', 'run.js', 'if (outcome === SKIP_AND_RESUME || outcome === SKIP_AND_EXIT)', 'if (outcome === SKIP_AND_RESUME)', api('EXIT_MMIO')),
  mutant('immediate-exit-unheard', 'run.js', 'if (vcpu.run.immediateExit)', 'if (false)', api('immediate_exit')),
  mutant('read-not-sign-extended', 'mmio/complete.js', 'if (signExtend && len < 8)', 'if (false)', api('EXIT_MMIO')),
  // The same instruction faults again for ever: found by the time that the check has.
  mutant('fault-not-mapped', 'exits/abort.js', 'mapOnDemand(cpu, vcpu.vm, slot, ipa, isWrite);', '', api('EXIT_MMIO')),
  mutant('others-not-powered-off', 'psci.js', 'one.isPoweredOff = true;', 'one.isPoweredOff = one === vcpu;', api('SYSTEM_OFF is')),
  mutant('fp-enabled-and-not-loaded', 'switch/guest.js', 'restoreFp(port, X_BASE + 1, V, V2);', '', api('FP/ASIMD')),
  mutant('self-clearing-bits-stored', 'pmu/registers.js', 'PMCR_EL0.E.wordMask | PMCR_EL0.D', 'PMCR_EL0.P.wordMask | PMCR_EL0.C.wordMask | PMCR_EL0.E.wordMask | PMCR_EL0.D', api('IRQ before INIT')),
  mutant('cycle-counter-cut', 'pmu/counters.js', 'port.mrs(T, count);', 'port.mrs(T, count);\n        cells[2 * T + 1] = 0;', api('IRQ before INIT')),
  mutant('counters-not-loaded', 'run.js', 'if (pmu.isReady)\n        loadCounters(cpu, pmu);', '', api('before the first run')),
  mutant('line-of-the-other-kind', 'api/irq-line.js', '[HCR_EL2.VI.wordMask, HCR_EL2.VF.wordMask]', '[HCR_EL2.VF.wordMask, HCR_EL2.VI.wordMask]', api('the IRQ line')),
  mutant('result-not-sign-extended', 'cells.js', 'value < 0 ? -1 : 0', '0', ladder('hypercalls')),
  mutant('el2-mode-accepted', 'api/one-reg.js', "['EL0t', 'EL1t', 'EL1h']", "['EL0t', 'EL1t', 'EL1h', 'EL2h']", api('illegal mode')),
  mutant('walk-as-a-write', 'exits/abort.js', 'isWalk ? isFault(fsc, FSC.PERMISSION) : isData', 'isWalk || isData', ladder('tables-in-read-only-slot')),
  mutant('block-beyond-the-slot', 'mmu/memory.js', ' && block + BLOCK_BYTES <= guestPhysAddr + memorySize', '', ladder('read-only-slot')),
  mutant('read-only-slot-writable', 'mmu/stage2.js', "S2AP_RO = S2AP.value('RO')", "S2AP_RO = S2AP.value('RW')", ladder('read-only-slot')),
  mutant('tlb-flush-under-tge', 'switch/vhe.js', 'cells[2 * T] = cells[2 * T] & ~HCR_EL2.TGE.wordMask;', '', ladder('own-tables')),
  mutant('vmid-not-flushed-for-another-vcpu', 'vm.js', 'last !== undefined && last !== vcpu', 'false', ladder('own-tables')),
  mutant('senders-of-one-sgi-lost', 'vgic/list-register.js', 'irq.sources &= ~(1 << image.source);', 'irq.sources = 0;', ladder('sgi-senders', 'v2')),
  mutant('sgi-pending-by-register', 'vgic/interrupt-rows.js', "irq.isSgi && vgic.model === 'gicv2'", 'false', ladder('private-registers', 'v2')),
  mutant('sender-of-what-software-made-active', 'vgic/interrupt-rows.js', 'irq.isActive = true;', 'irq.isActive = true;\n                irq.activeSource = 7;', ladder('sgi-made-active', 'v2')),
  mutant('user-space-touches-the-host', 'api/vgic-device.js', 'cpu.vcpu = null;', '', api('not the host')),
  mutant('not-queued-when-enabled', 'vgic/interrupt-rows.js', 'irq.isEnabled = true;\n                vgic.queue(cpu, irq);', 'irq.isEnabled = true;', ladder('spi-disabled')),
  mutant('folded-by-position', 'vgic/vgic-cpu.js', 'vgic.irq(vcpu, image.vIntid)', 'this.apList[n]', ladder('spi-disabled-beside')),
  mutant('woken-by-what-is-active', 'vgic/vgic-cpu.js', 'irq.isPending && irq.isEnabled && !irq.isActive', 'irq.isEnabled', ladder('wait-active')),
  mutant('redistributor-of-the-caller', 'vgic/frame.js', 'const of = this.#owner ?? vcpu;\n        data[0]', 'const of = vcpu;\n        data[0]', ladder('other-redistributor')),
  mutant('priority-shifted', 'vgic/backend-v2.js', '(image.priority >> PRIORITY_SHIFT)', 'image.priority', ladder('spi-nested', 'v2')),
  mutant('underflow-not-asked-for', 'vgic/vgic-cpu.js', 'backend.setUnderflow(cpu, true);', '', ladder('spi-underflow')),
  mutant('edge-not-taken-back', 'vgic/list-register.js', 'if (image.isPending)\n            irq.pendingLatch = true;', '', ladder('spi-masked')),
  mutant('latch-kept-after-the-edge', 'vgic/list-register.js', 'if (irq.isEdge)\n        irq.pendingLatch = false;', 'if (irq.isEdge)\n        irq.pendingLatch = true;', ladder('spi-edge')),
  mutant('moved-and-not-kicked', 'vgic/vgic-cpu.js', 'vgic.cpus[target.number].apList.push(irq);', '', ladder('spi-routed')),
  mutant('physical-active-not-freed', 'host/gic.js', 'EOImode: 1', 'EOImode: 0', ladder('timer-again', 'v2')),
  mutant('traps-in-the-other-layout', 'traps.js', 'CNTHCTL_EL2_E2H0.EL1PCEN.wordMask', 'CNTHCTL_EL2_E2H0.EL1PCTEN.wordMask', ladder('ptimer-values')),
  mutant('timer-value-unsigned', 'timer/sysregs.js', '(cells[2 * K] | 0)', 'cells[2 * K]', ladder('ptimer-values')),
  mutant('no-timer-while-it-waits', 'timer/arch-timer.js', 'startTimer(cpu, background, at);', '{ }', ladder('timer-wait')),
  mutant('offset-on-the-physical-timer', 'timer/arch-timer.js', 'return isVirtual ? compare + virtualOffset(cpu, vcpu) : compare;', 'return compare + virtualOffset(cpu, vcpu);', ladder('ptimer-wait')),
  mutant('on-while-on', 'psci.js', 'if (!target.isPoweredOff)', 'if (false)', ladder('psci-')),
  mutant('unknown-register-fatal', 'exits/sysreg.js', 'vcpu.vm.noteUnhandled(key);', "throw new Error('unknown register');", ladder('undefined')),
  mutant('set-way-undefined', 'sysregs/vm-registers.js', 'return sysRegKey(1, op1, CRn, CRm, op2);', 'return sysRegKey(0, op1, CRn, CRm, op2);', ladder('caches')),
];

/** @type {readonly (readonly [name: string, mode: 'vhe' | 'nvhe', plan: (mode: 'vhe' | 'nvhe') => Plan, rewrite: (plan: Plan) => Plan])[]} */
const PLANS = [
  ['current-restored-by-nobody', 'vhe', final, (plan) => drop(plan, 'exit', 'restore-host-common')],
  ['el1-not-saved', 'nvhe', final, (plan) => drop(plan, 'exit', 'save-guest-el1')],
  ['host-el1-not-saved', 'nvhe', final, (plan) => drop(plan, 'enter', 'save-host-el1')],
  ['el1-never-loaded', 'vhe', final, (plan) => drop(plan, 'load', 'restore-guest-el1')],
  ['el1-in-hardware-only', 'vhe', final, (plan) => drop(plan, 'put', 'save-guest-el1')],
  ['host-thread-register-lost', 'vhe', final, (plan) => drop(plan, 'put', 'restore-host-user')],
  ['loaded-flag-sticks', 'vhe', final, (plan) => drop(plan, 'put', 'mark-sysregs-put')],
  ['el1-before-a32', 'nvhe', final, (plan) => move(plan, 'restore-guest-a32', 'enter', 'enter', { after: 'restore-guest-el1' })],
  ['fpexc-not-armed', 'nvhe', final, (plan) => drop(plan, 'enter', 'activate-fpexc32')],
  ['fp-asked-too-late', 'vhe', final, (plan) => move(plan, 'read-fp-enabled', 'exit', 'exit', { after: 'deactivate-cptr' })],
  ['fp-not-switched-back', 'vhe', final, (plan) => drop(plan, 'exit', 'switch-fp')],
  ['exit-not-synchronised', 'vhe', final, (plan) => drop(plan, 'exit', 'exit-isb')],
  ['isb-before-the-vectors', 'vhe', final, (plan) => move(plan, 'exit-isb', 'exit', 'exit', { before: 'deactivate-vbar' })],
  ['unmasked-too-early', 'vhe', final, (plan) => move(plan, 'restore-daif', 'exit', 'exit', { before: 'deactivate-hcr' })],
  ['masked-too-late', 'vhe', final, (plan) => move(plan, 'mask-daif', 'enter', 'enter', { after: 'activate-vbar' })],
  ['vttbr-left-for-the-host', 'nvhe', final, (plan) => drop(plan, 'exit', 'deactivate-vm')],
  ['vse-lost', 'nvhe', final, (plan) => drop(plan, 'exit', 'fold-vse')],
  ['vse-read-from-the-host', 'nvhe', final, (plan) => move(plan, 'fold-vse', 'exit', 'exit', { after: 'deactivate-hcr' })],
  ['profiling-drained-late', 'nvhe', base, (plan) => move(plan, 'save-host-spe', 'enter', 'enter', { after: 'restore-guest-el1' })],
  ['mdcr-at-load-only', 'vhe', final, (plan) => unwaive(plan, 'mdcr-is-current')],
  ['dirtiness-asked-late', 'vhe', base, (plan) => move(plan, 'mark-debug-dirty', 'enter', 'enter', { after: 'save-host-debug' })],
  ['host-debug-not-restored', 'nvhe', final, (plan) => drop(plan, 'exit', 'restore-host-debug')],
  ['fault-asked-without-the-guest', 'nvhe', final, (plan) => move(plan, 'fixup-guest-exit', 'exit', 'exit', { after: 'save-guest-el1' })],
  ['syndrome-asked-before-it-is-read', 'nvhe', final, (plan) => move(plan, 'capture-syndrome', 'exit', 'exit', { after: 'fixup-guest-exit' })],
  ['list-registers-behind-the-barrier', 'nvhe', final, (plan) => move(plan, 'gic3-barrier-in', 'enter', 'enter', { before: 'gic3-restore-lrs' })],
  ['list-registers-left', 'vhe', final, (plan) => drop(plan, 'sync', 'gic3-save-lrs')],
  ['priorities-not-saved', 'vhe', final, (plan) => drop(plan, 'put', 'gic3-save-aprs')],
  ['called-off-unsynchronised', 'vhe', final, (plan) => drop(plan, 'cancel', 'cancel-isb')],
  ['timer-left-on', 'nvhe', final, (plan) => drop(plan, 'put', 'put-timer')],
  ['physical-timer-let-through', 'nvhe', final, (plan) => drop(plan, 'enter', 'enable-timer-traps')],
  ['running-vcpu-unknown-to-a-panic', 'nvhe', final, (plan) => drop(plan, 'enter', 'set-running-vcpu')],
];

/** @param {'vhe' | 'nvhe'} mode */
function base(mode) {
  return planFor(mode, BASE);
}

/** @param {'vhe' | 'nvhe'} mode */
function final(mode) {
  return planFor(mode, FINAL);
}

export const ORDERING = PLANS.map(([name]) => name);

/** The rules that each broken plan violates: empty where the verifier lets it pass. @returns {{ name: string, rules: readonly string[] }[]} */
export function judgePlans() {
  return PLANS.map(([name, mode, plan, rewrite]) => ({ name, rules: [...new Set(violations(rewrite(plan(mode))).map(({ rule }) => rule))] }));
}
