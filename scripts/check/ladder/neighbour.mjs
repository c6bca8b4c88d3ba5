// @ts-check
/** The VM beside a guest of `check:ladder`: whatever registers it can reach hold values of its own when its vCPU is put. */
import { DEVICE, gicOf, load, repeat } from './text.mjs';

/** KVM_RUNs until everything is in place; the VMM injects SPIs 40 and 41 after the first and the second. */
export const NEIGHBOUR_EXITS = 3;

const REGISTERS = ['ttbr0_el1', 'ttbr1_el1', 'tcr_el1', 'esr_el1', 'far_el1', 'afsr0_el1', 'afsr1_el1', 'mair_el1', 'amair_el1', 'contextidr_el1', 'tpidr_el0', 'tpidrro_el0', 'tpidr_el1', 'par_el1', 'elr_el1', 'spsr_el1', 'sp_el0', 'vbar_el1'];

/** @param {import('./text.mjs').Model} model */
export function neighbourText(model) {
  const gic = gicOf(model);
  const exit = `${load('x28', DEVICE.BASE)} ldr w0, [x28]\n`;
  return `_start:
        mov x1, #(3 << 20)
        msr cpacr_el1, x1
        isb
        adr x21, quiet
        ${gic.on}
        ${gic.edges(true)}
        ${exit}                                 // SPI 40 comes, and is active from here on
        ${gic.ack('1')}
        ${exit}                                 // SPI 41 comes, and stays pending
        ${gic.priorityMask(0x80)}
        ${REGISTERS.map((name, n) => `mov x1, #0x${(0x5a00 + 8 * n).toString(16)}\n msr ${name}, x1\n`).join('')}
        mov x1, #2
        msr csselr_el1, x1
        mov x1, #0x303
        msr cntkctl_el1, x1
        mov x1, #-1
        msr cntv_cval_el0, x1
        mov x1, #3
        msr cntv_ctl_el0, x1
        ${repeat(32, (n) => `mov x1, #0x${(0x7700 + n).toString(16)}\n dup v${String(n)}.2d, x1\n`)}
        mov x1, #0x1f
        msr fpsr, x1
        mov x1, #(3 << 22)
        msr fpcr, x1
        ${exit}
again:  ${repeat(28, (n) => `mov x${String(n)}, #0x${(0x6600 + n).toString(16)}\n`)}
        mov x29, #0x29
        mov x30, #0x30
        dup v31.2d, x30
        ${exit}
        b again
quiet:  ret
`;
}
