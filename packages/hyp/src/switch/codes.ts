/** Exit codes of the switch (kvm-arm-vhe-series.md, section 1.8). */
export const CODE_IRQ = 0;
export const CODE_SERROR = 1;
export const CODE_TRAP = 2;
/** What a hyp call returns when KVM's vectors are gone: the answer of the stub. */
export const CODE_HYP_GONE = 0xbad_ca11;
/** Set beside the code when an SError was taken, or found pending, on the way out. */
export const SERROR_PENDING = 0x8000_0000;
