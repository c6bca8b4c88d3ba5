/** The program of `demo`: the core of a hypervisor's exit path, as EL2 software would have it. */
export const DEMO_SOURCE = `// A guest called the hypervisor: HVC, an exception to EL2 through the vector for a lower EL.
// What every hypervisor does first: save the guest's registers, and ask why it is here.

        .text
        .global _start
_start:                                 // x0, x1 belong to the guest
        stp     x0, x1, [sp, #-16]!     // so they are saved before anything else
        mrs     x0, esr_el2             // the syndrome
        lsr     x1, x0, #26             // ESR_EL2.EC, the exception class
        cmp     x1, #0x16               // HVC from AArch64
        b.ne    other_exit

hypercall:
        ldp     x0, x1, [sp], #16
        mov     x0, #0                  // the answer: success
        eret                            // to where ELR_EL2 says, after the HVC

other_exit:
        mrs     x1, hcr_el2
        and     x1, x1, #(1 << 27)      // HCR_EL2.TGE: is a host application running?
        cbnz    x1, host_exit
        bl      save_el1_state          // this is what VHE makes cheap
host_exit:
        wfi
        b       host_exit

save_el1_state:
        mrs     x0, sctlr_el1
        mrs     x1, ttbr0_el1
        stp     x0, x1, [sp, #-16]!
        ret
`;
