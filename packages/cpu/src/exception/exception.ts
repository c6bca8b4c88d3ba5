/**
 * An exception that is about to be taken, as a value. One slot per PE is reused, because traps are what we measure:
 * whoever finds an exception fills the slot and returns false; `route.ts` and `take.ts` are the only readers.
 */

export type ExceptionKind = 'sync' | 'irq' | 'fiq' | 'serror';

/** Who decides the target EL: the default rules, or an EL2 control (a trap, a stage-2 fault) that names EL2. */
export type ExceptionRouting = 'default' | 'el2';

export class ExceptionSlot {
  kind: ExceptionKind = 'sync';
  routing: ExceptionRouting = 'default';
  /** ESR_ELx bits 31:0 (EC, IL, ISS) and 63:32 (ISS2), as the constructors of `arch/esr.ts` make them; all words here are signed. */
  syndrome = 0;
  syndromeHigh = 0;
  /** FAR_ELx, where the exception writes it. */
  hasFar = false;
  farLo = 0;
  farHi = 0;
  /** The faulting IPA, where HPFAR_EL2 is valid: bits 47:12 as two words of the address. */
  hasIpa = false;
  ipaLo = 0;
  ipaHi = 0;
  /** Whether the preferred return address is the next instruction (SVC, HVC, SMC not trapped). */
  returnsToNext = false;

  /** A synchronous exception with a syndrome; FAR and IPA are added by the caller. Always false, for `return slot.sync(…)`. */
  sync(syndrome: number, routing: ExceptionRouting = 'default', returnsToNext = false): false {
    this.kind = 'sync';
    this.routing = routing;
    this.syndrome = syndrome | 0;
    this.syndromeHigh = 0;
    this.hasFar = false;
    this.hasIpa = false;
    this.returnsToNext = returnsToNext;
    return false;
  }

  interrupt(kind: 'irq' | 'fiq' | 'serror', syndrome = 0): false {
    this.sync(syndrome);
    this.kind = kind;
    return false;
  }

  far(lo: number, hi: number): this {
    this.hasFar = true;
    this.farLo = lo | 0;
    this.farHi = hi | 0;
    return this;
  }

  ipa(lo: number, hi: number): this {
    this.hasIpa = true;
    this.ipaLo = lo | 0;
    this.ipaHi = hi | 0;
    return this;
  }
}
