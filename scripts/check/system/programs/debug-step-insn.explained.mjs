// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^TDE EL[01] SS svc: el2 vector 400 esr cb000022 /,
    qemu: / esr ca000022 /,
    section: 'DDI 0487, pseudocode AArch64.SoftwareStepException, SoftwareStep_DidNotStep',
    why: 'the SVC before was stepped, so ISV is 1; the emulator forgets it where the SVC leads to an EL that is stepped, too',
  },
  {
    line: /^EL[12] daifset: .* esr 56000ffe /,
    qemu: / esr cf000022 /,
    section: 'DDI 0487, pseudocode CheckSoftwareStep',
    why: 'the stepped instruction masks debug exceptions, so none is taken after it; the emulator does not look again',
  },
];
