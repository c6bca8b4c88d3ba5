/**
 * How a measurement is made. `kut`: the virtual count around the whole loop, as kvm-unit-tests' micro-bench has it. `papers`: PMCCNTR_EL0
 * around each iteration, as the harness of the published tables has it; the bracket is not subtracted.
 */
export const FORMS = ['kut', 'papers'] as const;
export type Form = (typeof FORMS)[number];

/** A guest turns the cycle counter on, for EL2 too. */
export const CYCLE_COUNTER_ON = `
        movz    x1, #0x0800, lsl #16    // PMCCFILTR_EL0.NSH
        msr     pmccfiltr_el0, x1
        movz    x1, #0x8000, lsl #16    // PMCNTENSET_EL0.C
        msr     pmcntenset_el0, x1
        mov     x1, #0x41               // PMCR_EL0.LC, E
        msr     pmcr_el0, x1
`;
